/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The inside of the JSON writer, shared by the files that make it up: json.c walks the plan, json_common.c writes what
 * every record has, json_value.c the values of the tape, json_notes.c what is said beside them.
 *
 * A line is put straight into the output's buffer (see put.h). `at` is where the next piece goes; it is handed from
 * function to function and returned. Behind it there is always room for `margin` bytes: a lead, a value whose length
 * has a bound, and what closes the line. Whoever puts a text asks for more.
 */
#ifndef OVERHEAR_OUTPUT_JSON_STATE_H
#define OVERHEAR_OUTPUT_JSON_STATE_H

#include "json_map.h"
#include "json_plan.h"
#include "output_state.h"
#include "put.h"
#include "record/community_id.h"

#include <assert.h>

/* Kept out of what nearly all values go through, which then has nothing to save. */
#define OUT_OF_LINE __attribute__((noinline))

enum {
    JSON_SMALL_VALUE = 64, /* the longest value whose length has a bound: an address in quotes */
    JSON_FEW_MEMBERS = 12, /* of a group, for which the margin has room: */
    JSON_FEW_MEMBERS_ROOM = JSON_FEW_MEMBERS * (PUT_SLACK + JSON_SMALL_VALUE),
};

/* What is the same in all records of a conversation, as it was last written. */
struct json_sides {
    uint64_t id;
    bool valid; /* false: one record of it was written, and nothing kept */
    struct endpoint source, destination;
    uint16_t vlan;
    uint8_t transport;
    bool has_vlan;
    const char *protocol;
    uint32_t source_domain, destination_domain; /* their lengths; */
    struct text_buffer domains;                 /* one behind the other */
    struct text_buffer text;                    /* the three objects, padded for put_padded, */
    struct text_buffer notes;                   /* and what is said about the values in them */
};

enum { JSON_SIDES_KEPT = 128 }; /* by conversation.id */

/* What the network is called. */
struct json_network {
    const char *protocol;
    uint8_t family, transport;
    uint8_t length; /* 0: nothing is kept here */
    char text[85];  /* `"type":"…","transport":"…","protocol":"…",` */
};

static_assert(sizeof(struct json_network) == 96, "nothing is lost");

enum { JSON_NETWORKS_KEPT = 16 };

/* A word of ours as it is written. */
struct json_word {
    const char *word; /* where it stands; NULL: none is kept here */
    uint8_t length;   /* of the text */
    char text[23];    /* in its quotes */
};

static_assert(sizeof(struct json_word) == 32, "two in a line of the cache");

/* What is said about an address. */
struct json_host {
    struct address address; /* of no family: none is kept here */
    struct bytes sentence;
};

enum { JSON_HOSTS_KEPT = 64 };

enum { JSON_WORDS_KEPT = 256, JSON_WORDS_SHIFT = 64 - 8 }; /* by where they stand */

struct json_writer {
    const struct output_options *options;
    size_t max_text;
    struct json_plan **plans;
    size_t plan_count, plan_capacity;
    size_t margin;              /* enough for each plan */
    struct text_buffer *buffer; /* of the output, while a record is written */
    size_t start;               /* where the line begins in it */
    char *soft_end;             /* from here to the buffer's end it is `margin` bytes */
    uint64_t wanted[2];         /* the steps to be taken, a bit each; others may be added while the line is written */
    uint64_t short_text;        /* texts up to this length are put at once: at most PUT_SHORT; */
    int64_t short_text_end;     /* they begin here at the latest, since so much is read */
    unsigned time_digits;
    struct put_second second;
    struct json_sides sides[JSON_SIDES_KEPT];
    struct json_network networks[JSON_NETWORKS_KEPT];
    struct tape_notes tape_notes;
    struct note_cache note_cache;
    struct json_map map;
    struct text_buffer notes;     /* of the record in hand: `,"name":"sentence"` … */
    struct text_buffer truncated; /* `,"name"` … */
    uint8_t truncated_step;       /* of the plan in hand */
    struct json_word words[JSON_WORDS_KEPT];
    struct json_host hosts[JSON_HOSTS_KEPT];
};

/* Where a value stands, for the names in `notes` and `overhear.truncated`: dns.answers[0].type. */
struct json_path {
    const struct json_step *step; /* of the field; NULL: the common one of this name */
    const char *name;
    unsigned index; /* in the array */
    bool indexed;
    bool in_group; /* what is spoken of is a member */
};

/* Make room for `need` more bytes than the margin. Where memory is out the record is lost: `buffer->failed` is set, and
 * what follows is put at the line's beginning, where the margin still is. */
char *json_grow(struct json_writer *json, char *at, size_t need);

/* The margin is there again. */
static inline char *json_room(struct json_writer *json, char *at)
{
    return at <= json->soft_end ? at : json_grow(json, at, 0);
}

/* Besides the margin there is room for `need` bytes; false: the text is left out. */
static inline bool json_has_room(struct json_writer *json, char **at, size_t need)
{
    if (json->soft_end - *at >= (ptrdiff_t)need)
        return true;
    *at = json_grow(json, *at, need);
    return !json->buffer->failed;
}

/* From where the step `from` stands to where `to` puts its value: closing and opening objects, and the key. `separator`
 * stands in front: a comma, or the brace behind which the first step goes. */
static inline char *json_put_lead(char *at, const struct json_step *from, const struct json_step *to, char separator)
{
    unsigned common = to->depth;
    uint64_t differs = from->path ^ to->path;
    if (differs) {
        common = (unsigned)__builtin_ctzll(differs) / 8;
        memcpy(at, "}}}}}}}}", JSON_DEPTH_MAX);
        at += from->depth - common;
    }
    size_t skip = to->lead_skip[common];
    char *end = put_padded(at, to->lead + skip, to->lead_length - skip);
    *at = separator;
    return end;
}

/* Is there something to say about the item at `index`? */
static inline bool json_explains(const struct json_writer *json, const struct json_step *step, unsigned index)
{
    return step->catalog || tape_notes_first(&json->tape_notes, index) != 0;
}

/* json_common.c */
char *json_put_event(struct json_writer *json, const struct json_plan *plan, const struct record *record, char *at);
/* One side, 0 or 1, and the network: only where the record has something to say of it. */
bool json_has_side(const struct record *record, unsigned side);
char *json_put_side(struct json_writer *json, const struct json_plan *plan, const struct record *record, unsigned side,
                    char *at);
bool json_has_network(const struct record *record);
char *json_put_network(struct json_writer *json, const struct record *record, char *at);
/* Both sides and the network as one piece, of a record whose conversation has addresses. ret_cut: a name was cut, and
 * nobody was told. */
char *json_put_sides(struct json_writer *json, const struct json_plan *plan, const struct record *record, bool *ret_cut,
                     char *at);
bool json_has_frames(const struct json_plan *plan, const struct record *record);
char *json_put_frames(const struct json_plan *plan, const struct record *record, char *at);
void json_sides_done(struct json_sides *sides);

/* json_shape.c: a line but for its notes and its end. NULL: it has to be put along the plan. */
char *json_put_shaped(struct json_writer *json, struct json_plan *plan, const struct record *record, char *at);

/* json_value.c: the values of one field, whose key was put; `first` is the item's index + 1. A field that is one value
 * is better put by json_put_value. The caller has called json_room. */
char *json_put_field(struct json_writer *json, const struct record *record, const struct json_step *step,
                     unsigned first, char *at);
/* One value that is neither group nor map, without its notes; `path` may be NULL for that of a field. */
char *json_put_value(struct json_writer *json, const struct record *record, const struct item *item,
                     const struct json_step *step, const struct json_path *path, char *at);

/* The same, and kept where it is short enough. */
char *json_put_new_way(const struct json_step *from, struct json_step *to, char *at);
/* A word that is not in its `place` of json->words is beside it, or put there. NULL: it cannot be kept. */
const struct json_word *json_find_word(struct json_writer *json, size_t place, const struct item *item);

/* json_notes.c */
/* All that there is to say about one value; `path` may be NULL for that of a field. */
void json_explain(struct json_writer *json, const struct record *record, unsigned index, const struct json_step *step,
                  const struct json_path *path);
/* About the values with one key of a map: `leader` is the first one's number in json->map. */
void json_explain_key(struct json_writer *json, const struct record *record, uint32_t leader,
                      const struct json_step *step);
/* About an entry whose key has no other. */
void json_explain_entry(struct json_writer *json, const struct record *record, unsigned index,
                        const struct json_step *step);
/* `sentence` about a value of the common part, laid to the others in `notes`. */
void json_add_note(struct text_buffer *notes, const char *name, struct bytes sentence);
/* A value was cut. `key` is that of a map; none: at == NULL. */
void json_add_truncated(struct json_writer *json, const struct json_step *step, const struct json_path *path,
                        struct bytes key);
bool json_has_truncated(const struct json_writer *json, const struct record *record);
char *json_put_truncated(struct json_writer *json, const struct record *record, char *at);

#endif
