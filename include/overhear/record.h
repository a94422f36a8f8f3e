/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A fact: typed values on a flat tape, described by a table of fields.
 *
 * A dataset is one kind of record (`dns`, `http`, `flow` …). Its fields are declared once, in a table that
 * is indexed by the dissector's own enum; from it come the JSON, the transcript, the hiding of secrets,
 * `overhear fields`, the schema and the reference in docs/. Keys never come from the wire, but for the one
 * map (HTTP headers) that the contract asks for.
 *
 * A record copies every text that it is given, so it may outlive the packet. Adding to it never fails for
 * its caller: at LIMIT_RECORD_BYTES or LIMIT_RECORD_ITEMS, or where memory is out, the value is left out and
 * its field is named in overhear.truncated.
 */
#ifndef OVERHEAR_RECORD_H
#define OVERHEAR_RECORD_H

#include "overhear/packet.h"

#include <assert.h>

enum field_type {
    FIELD_TEXT,    /* text from the wire or of our own */
    FIELD_INTEGER, /* JSON number */
    FIELD_BOOLEAN,
    FIELD_ADDRESS,  /* an IP address, written as text */
    FIELD_TIME,     /* nanoseconds since 1970, written as RFC 3339 */
    FIELD_DURATION, /* nanoseconds, written as a JSON number */
    FIELD_GROUP,    /* an object; its rows are in `members` */
    FIELD_MAP,      /* lower-cased name from the wire -> array of texts */
};

enum field_flag {
    FIELD_LIST = 1,   /* an array: every value added goes into it */
    FIELD_SECRET = 2, /* the whole value is hidden unless secrets are asked for */
};

struct field {
    const char *name; /* the contract's full name, `dns.question.name`; of a member: `name`, `file.size` */
    enum field_type type;
    unsigned flags;              /* enum field_flag */
    const char *meaning;         /* one line for the reference */
    const char *catalog;         /* which catalog of notes.json explains the values, by their text; NULL: none.
                                  * Of a FIELD_MAP: explains by the key. */
    const struct field *members; /* of a FIELD_GROUP */
    unsigned member_count;
};

/* One line of the transcript, see docs/transcript.md for the little language of `words`:
 *   {field}            the value; the line is left out where the field is absent
 *   [text {field}]     left out alone where a field in it is absent; may not be nested
 *   {!field}           in the strong style
 *   {?field} {^field}  nothing; the line is left out where the field is absent, or is there
 *   {field:size}       1.2 MB; :duration of nanoseconds; :ttl of seconds (`1 d`); :list joins with spaces
 * With `each`, the line is written for every entry of that group list (fields are the members' names) or
 * map ({key}, {value}); two spaces separate columns, which are lined up. What notes say about the values
 * that a line shows stands beside it. */
enum speaker { SPEAKER_SAME, SPEAKER_CLIENT, SPEAKER_SERVER };

enum detail {
    DETAIL_BRIEF = 1,   /* shown with -q */
    DETAIL_NORMAL = 2,  /* shown without -q and -v */
    DETAIL_VERBOSE = 4, /* shown with -v */
    DETAIL_FULL = DETAIL_NORMAL | DETAIL_VERBOSE,
    DETAIL_ALL = 7,
    DETAIL_HEARD = 8,  /* only where the speaker was heard in this record: for kinds that either side may say */
    DETAIL_NOTED = 16, /* only where a note stands beside it: the values are shown elsewhere already */
    DETAIL_SHORT =
        32, /* without -v: only the beginning of a list and of each long text in it, or of a text of many lines */
    DETAIL_LAST = 64, /* of SPEAKER_SAME: the time is that of the last frame, not of the first */
};

enum { LINE_ONCE = -1 };

struct line {
    enum speaker speaker; /* who says it: gives the arrow and the time; SAME continues the line above */
    unsigned detail;      /* enum detail, or'ed */
    int each;             /* field of the group list or map to walk, or LINE_ONCE */
    const char *words;
    const char *const *keys; /* of a map: only these keys, ended by NULL; NULL: all */
};

/* What the closing summary counts of a dataset's records, see docs/summary.md. `words` are those of a line, on one line
 * and without columns; what they say is counted. Besides:
 *   {field:lower}  ASCII letters become small; {field:domain} also, of what follows the last @
 *   {group.member} of the first entry of a group list
 *   {?field=A|B}   only where the field has one of these values
 *   {destination}  the conversation's server: its name, or else its address, and its port
 *   {field|destination}  that, where the field is absent
 *   {?network.protocol=dns}
 * A field in brackets may be absent. Where the words are one field that is a list, each of its values is counted. */
enum tally_kind {
    TALLY_VALUES,  /* what the words say */
    TALLY_SERVERS, /* the conversation's server; the words are conditions alone */
    TALLY_ANSWERS, /* how long it took from request to response; the words name an exchange that took long */
};

enum tally_flag { /* of outcomes: none of them means all */
                  TALLY_SUCCESS = 1,
                  TALLY_FAILURE = 2,
                  TALLY_UNKNOWN = 4,
                  TALLY_BRIEF = 8,    /* also in the short summary, */
                  TALLY_HEADLINE = 16 /* there on the first line; one for each dataset */
};

struct tally {
    enum tally_kind kind;
    unsigned flags;    /* enum tally_flag, or'ed */
    const char *key;   /* in the summary as JSON */
    const char *title; /* for people, at most 13 characters */
    const char *words;
};

struct dataset {
    const char *name;  /* event.dataset */
    const char *title; /* for people: "DNS" */
    const struct field *fields;
    unsigned field_count; /* at most LIMIT_RECORD_FIELDS */
    const struct line *lines;
    unsigned line_count;
    const struct tally *tallies; /* in the order in which they are shown */
    unsigned tally_count;
};

/* What a record says of the conversation that it belongs to. */
struct conversation {
    uint64_t id;                 /* 1, 2, 3 … in the order of first frames */
    struct endpoint source;      /* the client */
    struct endpoint destination; /* the server */
    uint8_t transport;           /* enum transport */
    bool has_vlan;
    uint16_t vlan;
    bool midstream; /* TCP whose beginning was not seen */
    uint8_t time_digits;
    const char *protocol;     /* network.protocol; NULL: not recognised */
    uint16_t anomaly_records; /* written so far, at most LIMIT_ANOMALIES */
    struct moment first, last;
    char community_id[32]; /* Community ID v1, seed 0; empty until asked for */
};

enum outcome { OUTCOME_NONE, OUTCOME_SUCCESS, OUTCOME_FAILURE, OUTCOME_UNKNOWN };

enum item_kind {
    ITEM_TEXT,     /* length bytes at text + offset */
    ITEM_WORD,     /* static text of ours, NUL-ended, at word */
    ITEM_INTEGER,  /* integer; also BOOLEAN, TIME, DURATION: the field's type tells */
    ITEM_ADDRESS,  /* struct address, copied at text + offset */
    ITEM_GROUP,    /* the next `length` items are its members */
    ITEM_MAP,      /* key_length bytes at text + key_offset, value as ITEM_TEXT */
    ITEM_NOTE,     /* observation `word` about item `about`; the next `length` items are its arguments */
    ITEM_ARGUMENT, /* of a note: name at key (static, `word`), text or integer; field holds the argument's kind */

    /* Settled by the core when the record is written; what reads records never sees them. See record_server_name. */
    ITEM_LATE_NAME,         /* a text, with room for a name behind it */
    ITEM_LATE_TEXT,         /* a text that is left out where it is the server's name */
    ITEM_LATE_NOTE,         /* an observation with one argument, which has room for a name; `integer`: hash of a name */
    ITEM_LATE_CONVERSATION, /* integer: conversation.id */
};

struct item {
    uint16_t field;   /* index into the table that the item belongs to */
    uint8_t kind;     /* enum item_kind */
    bool unexplained; /* the catalog is not asked about this value */
    uint16_t next;    /* index + 1 of the next item with the same top-level field; 0: the last */
    uint16_t about;   /* of a note: index of the item that it explains */
    uint32_t length;
    uint32_t offset;
    union {
        struct {
            const char *word; /* of a word, a note, an argument */
            int64_t integer;
        };
        struct { /* of a text or an entry of a map */
            uint32_t key_offset, key_length;
            uint32_t secret_at, secret_length; /* the part that is hidden; length 0: none */
        };
    };
};

static_assert(sizeof(struct item) == 32, "two items in a line of the cache");

struct budget;

enum { RECORD_WORDS = (LIMIT_RECORD_FIELDS + 63) / 64 };

struct record {
    const struct dataset *dataset;
    const struct conversation *conversation; /* NULL: belongs to none */
    const char *protocol;                    /* overrides conversation->protocol; NULL: does not */
    struct moment first, last;               /* of the event; frame 0: not set */
    struct moment request, response;         /* first byte of either message; frame 0: none seen */
    enum outcome outcome;
    bool incomplete;
    const char *icmp_error;                         /* static words, "port unreachable": what a router or host sent back
                                                     * in place of an answer; NULL: nothing */
    struct bytes source_domain, destination_domain; /* set by the core when the record is written */
    bool wants_notes;                               /* false: observations are not stored */
    bool has_late;                                  /* there are items that are settled when the record is written */

    struct record_keeper *keeper; /* src/engine/keeper.h; NULL: gone when the sink has returned */

    /* the tape; walk it with the functions below */
    struct budget *budget;
    struct item *items;
    uint8_t *text;
    uint32_t item_count, item_capacity;
    uint32_t text_length, text_capacity;
    uint32_t whole_text;                      /* bytes of the text that record_mark_cut leaves alone */
    uint16_t open_group;                      /* index + 1; 0: none */
    uint16_t last_value;                      /* index + 1 of the value added last; 0: it was left out */
    bool skipping_group;                      /* the open group did not fit */
    uint64_t present[RECORD_WORDS];           /* a bit for each field that has an item */
    uint64_t truncated[RECORD_WORDS];         /* and for each of which something was left out */
    uint16_t first_item[LIMIT_RECORD_FIELDS]; /* index + 1, only where the field is present: ask record_first */
    uint16_t last_item[LIMIT_RECORD_FIELDS];
};

/* Index + 1 of the first item of a top-level field; 0: absent. */
static inline unsigned record_first(const struct record *record, unsigned field)
{
    return record->present[field / 64] >> field % 64 & 1 ? record->first_item[field] : 0;
}

/* Make this the first item of a field, or 0: the field is absent. For what settles records. */
static inline void record_set_first(struct record *record, unsigned field, unsigned first, unsigned last)
{
    uint64_t bit = UINT64_C(1) << field % 64;
    record->first_item[field] = (uint16_t)first;
    record->last_item[field] = (uint16_t)last;
    record->present[field / 64] = first ? record->present[field / 64] | bit : record->present[field / 64] & ~bit;
}

static inline bool record_is_truncated(const struct record *record, unsigned field)
{
    return record->truncated[field / 64] >> field % 64 & 1;
}

/* The record begins empty and takes its memory from the budget, which must outlive it. */
void record_init(struct record *record, const struct dataset *dataset, struct budget *budget);
void record_done(struct record *record);

/* As if record_done and record_init came one after the other, but the memory stays for the next one. */
void record_reuse(struct record *record, const struct dataset *dataset);

/* Take all values and observations back, as if none had been added; moments, outcome and memory stay. */
void record_clear(struct record *record);

/* Add a value. `field` is an index into the dataset's table or, while a group is open, into the group's
 * members. A field without FIELD_LIST that is added again keeps its first value. Empty texts are added as
 * they are; a value that is not known is simply not added. A text may come from this very record. */
void record_text(struct record *record, unsigned field, struct bytes text);
void record_word_of(struct record *record, unsigned field, const char *static_text, size_t length);
void record_integer(struct record *record, unsigned field, int64_t value);
void record_boolean(struct record *record, unsigned field, bool value);
void record_address(struct record *record, unsigned field, const struct address *address);

/* The compiler knows how long a literal is. */
static inline void record_word(struct record *record, unsigned field, const char *static_text)
{
    record_word_of(record, field, static_text, strlen(static_text));
}

/* A text of which the part from `secret_at`, `secret_length` bytes long, is hidden unless asked for. */
void record_text_secret(struct record *record, unsigned field, struct bytes text, size_t secret_at,
                        size_t secret_length);

/* Replace or add: for fields that change as a message goes on (byte counts). Not for lists. */
void record_set_integer(struct record *record, unsigned field, int64_t value);

/* Add to the end of the field's text (begun where it is absent) as long as it is shorter than `limit`; what goes beyond
 * is left out and the field named in overhear.truncated. For texts that arrive in pieces. Not for lists. */
void record_append(struct record *record, unsigned field, struct bytes text, size_t limit);

/* Name in overhear.truncated each field of which a text ends with the last bytes of what was seen of a message, whose
 * own end is lost: the texts are only beginnings. Letters count as equal whether large or small. */
void record_mark_cut(struct record *record, struct bytes broken_off);

/* An entry of a FIELD_MAP: the key is lower-cased (ASCII) as it is copied. */
void record_map(struct record *record, unsigned field, struct bytes key, struct bytes value);
void record_map_secret(struct record *record, unsigned field, struct bytes key, struct bytes value, size_t secret_at,
                       size_t secret_length);

/* A text of which many values are pieces, kept once. */
struct record_kept {
    const uint8_t *from; /* where the caller has it */
    uint32_t offset;     /* and where it lies in the record */
};

/* False: there is no room for it, so nothing was added. */
bool record_keep(struct record *record, struct bytes text, struct record_kept *ret_kept);

/* Like record_map of two pieces of a text that was kept; the key must not be empty, and is lower-cased for all that
 * refers to these bytes. Not inside of a group. */
void record_map_kept(struct record *record, unsigned field, const struct record_kept *kept, struct bytes key,
                     struct bytes value);

/* Open one entry of a FIELD_GROUP; until the end all values are members of it. Groups do not nest. */
void record_group_begin(struct record *record, unsigned field);
void record_group_end(struct record *record);

/* The text of the first value of a top-level field, as it will be printed for text, word and map values;
 * no bytes (at == NULL) where it is absent. Valid until the record is added to. */
struct bytes record_find_text(const struct record *record, unsigned field);
bool record_find_integer(const struct record *record, unsigned field, int64_t *ret_value);
bool record_has(const struct record *record, unsigned field);

/* Observations: sentences with placeholders from the catalog "observations" of a dissector's notes.json,
 * filled in with the arguments, beside a value of this record. */
enum argument_kind {
    ARGUMENT_TEXT,
    ARGUMENT_INTEGER,
    ARGUMENT_DURATION, /* nanoseconds, printed as `3 days`, `4.1 s` */
    ARGUMENT_SIZE,     /* bytes, printed as `1.2 MB` */
    ARGUMENT_TIME,     /* nanoseconds since 1970, printed as a date and time */
};

struct argument {
    const char *name; /* static: {name} in the sentence */
    enum argument_kind kind;
    struct bytes text;
    int64_t integer;
};

enum { RECORD_LAST = -1 };

/* About the value added last (field RECORD_LAST), or about the first value of a top-level field; dropped
 * where there is none. `observation` is static, the key in the catalog. At most 4 arguments. Inside a
 * group the observation belongs to the member added last. */
void record_observe(struct record *record, int field, const char *observation, const struct argument *arguments,
                    size_t count);

/* In this record the value added last (RECORD_LAST), or the first of a top-level field, means something else than its
 * catalog says of it: nothing is looked up. Observations about it are told as ever. */
void record_unexplained(struct record *record, int field);

/* Some things are not known before a record is written, since they depend on what other conversations said until then.
 * They are added here and settled by the core; not inside of a group.
 *
 * A text: the name by which the conversation's client knows its server, or `otherwise` where it knows none. */
void record_server_name(struct record *record, unsigned field, struct bytes otherwise);

/* A text that is left out where it is that name (without letter case). Of two different ones the first that is not is
 * kept; further ones are not looked at. */
void record_text_unless_server(struct record *record, unsigned field, struct bytes text);

/* An observation like those of record_observe that holds only if the client was told names for its server's address
 * before this record began, and `name` (without letter case) is not among them. Its argument, called `argument`, is the
 * name by which the client knows its server. */
void record_observe_other_name(struct record *record, int field, const char *observation, const char *argument,
                               struct bytes name);

/* The number of a conversation, which is known by its `id` here. */
void record_conversation(struct record *record, unsigned field, uint64_t id);

/* Where finished records go. One function, so that an output, a test or another thread can stand there. The
 * record is borrowed for the call. */
struct record_sink {
    void *context;
    void (*write)(void *context, const struct record *record);
};

#endif
