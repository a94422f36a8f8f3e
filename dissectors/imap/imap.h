/* SPDX-License-Identifier: BSD-3-Clause
 *
 * IMAP4rev1 (RFC 3501) and IMAP4rev2 (RFC 9051) with the extensions in use: mail that stays on the server. What the
 * files of this room share. docs/imap.md says what is chosen where senders disagree.
 *
 *   imap.c           the hooks: lines, literals, gaps
 *   imap_frame.c     probe, where lines and literals end, and what is believed while lost
 *   imap_syntax.c    atoms, quoted strings, literals, lists
 *   imap_command.c   what the client sends
 *   imap_ask.c       what a whole command says
 *   imap_append.c    messages that the client uploads
 *   imap_login.c     passwords: LOGIN, AUTHENTICATE, and lines that may hold one
 *   imap_response.c  what the server sends
 *   imap_data.c      what untagged responses say
 *   imap_cause.c     which command an untagged response belongs to
 *   imap_fetch.c     FETCH responses, and the messages in them
 *   imap_mailbox.c   mailbox names in modified UTF-7
 *   imap_words.c     commands, responses, codes, flags, attributes
 *   imap_fields.c    the tables
 *
 * A logical line is text and literals in turn: `a1 LOGIN {5}` CRLF `alice` ` {6}` CRLF `secret` CRLF. Text comes as
 * messages, one a line (a very long one in parts), literals as bodies that flow through. Nothing is held but the
 * beginning of the logical line in hand of each side.
 *
 * Left out on purpose: what BODYSTRUCTURE and ENVELOPE say in detail.
 */
#ifndef OVERHEAR_DISSECTORS_IMAP_H
#define OVERHEAR_DISSECTORS_IMAP_H

#include "overhear/mail.h"
#include "overhear/sasl.h"

enum {
    IMAP_LINE_BYTES = 16 * 1024, /* a longer line comes in parts */
    IMAP_TEXT_BYTES = 4200,      /* of a logical line that is kept; more than LIMIT_TEXT_BYTES */
    IMAP_INLINE_BYTES = 256,     /* a longer literal is only counted */
    IMAP_TAG_BYTES = 64,
    IMAP_WORD_BYTES = 32,   /* longest command, kind or item that is told apart */
    IMAP_NAME_BYTES = 1024, /* of a mailbox name after decoding */
    IMAP_OPEN_BYTES = 256,  /* of the name of the mailbox that is open */
    IMAP_UNTAGGED = 1000,   /* untagged responses that one record holds; more are counted */
    IMAP_LISTED = 500,      /* mailboxes of one record taken apart */
    IMAP_DEPTH = 64,        /* lists inside each other before it is said */
    IMAP_APPENDS = 4,       /* uploaded messages that wait for the server's verdict */
};

enum imap_field_index {
    IMAP_TAG,
    IMAP_COMMAND,
    IMAP_ARGUMENT,
    IMAP_UNPARSED,
    IMAP_MAILBOX,
    IMAP_NEW_MAILBOX,
    IMAP_SELECTED,
    IMAP_ITEMS,
    IMAP_FLAGS,
    IMAP_STATUS,
    IMAP_CODE,
    IMAP_CODE_DATA,
    IMAP_TEXT,
    IMAP_RESPONSES,
    IMAP_UNTAGGED_TEXT,
    IMAP_CONTINUATION,
    IMAP_IDLE_END,
    IMAP_EXISTS,
    IMAP_RECENT,
    IMAP_UNSEEN,
    IMAP_UID_VALIDITY,
    IMAP_UID_NEXT,
    IMAP_MAILBOX_FLAGS,
    IMAP_FOUND,
    IMAP_EXPUNGED,
    IMAP_FETCHED_MESSAGES,
    IMAP_FETCHED_BYTES,
    IMAP_APPENDED_MESSAGES,
    IMAP_APPENDED_BYTES,
    IMAP_CAPABILITIES,
    IMAP_MAILBOXES,
    IMAP_ID,
    IMAP_USER,
    IMAP_PASSWORD,
    IMAP_AUTH_MECHANISM,
    IMAP_AUTH_CHALLENGES,
    IMAP_AUTH_RESPONSES,
    IMAP_FIELD_COUNT,
};

enum imap_mailbox_member { IMAP_MAILBOX_NAME, IMAP_MAILBOX_DELIMITER, IMAP_MAILBOX_ATTRIBUTES };
enum imap_id_member { IMAP_ID_SIDE, IMAP_ID_NAME, IMAP_ID_VALUE };

extern const struct dissector imap_dissector;
extern const struct dataset imap_dataset;
extern const struct port imap_ports[]; /* ended by a zeroed row */

/* --- words (imap_words.c) --- */

enum imap_command {
    IMAP_COMMAND_OTHER,
    IMAP_COMMAND_APPEND,
    IMAP_COMMAND_AUTHENTICATE,
    IMAP_COMMAND_CAPABILITY,
    IMAP_COMMAND_CHECK,
    IMAP_COMMAND_CLOSE,
    IMAP_COMMAND_COMPRESS,
    IMAP_COMMAND_COPY,
    IMAP_COMMAND_CREATE,
    IMAP_COMMAND_DELETE,
    IMAP_COMMAND_DELETEACL,
    IMAP_COMMAND_ENABLE,
    IMAP_COMMAND_EXAMINE,
    IMAP_COMMAND_EXPUNGE,
    IMAP_COMMAND_FETCH,
    IMAP_COMMAND_GETACL,
    IMAP_COMMAND_GETMETADATA,
    IMAP_COMMAND_GETQUOTA,
    IMAP_COMMAND_GETQUOTAROOT,
    IMAP_COMMAND_ID,
    IMAP_COMMAND_IDLE,
    IMAP_COMMAND_LIST,
    IMAP_COMMAND_LISTRIGHTS,
    IMAP_COMMAND_LOGIN,
    IMAP_COMMAND_LOGOUT,
    IMAP_COMMAND_LSUB,
    IMAP_COMMAND_MOVE,
    IMAP_COMMAND_MYRIGHTS,
    IMAP_COMMAND_NAMESPACE,
    IMAP_COMMAND_NOOP,
    IMAP_COMMAND_NOTIFY,
    IMAP_COMMAND_RENAME,
    IMAP_COMMAND_REPLACE,
    IMAP_COMMAND_SEARCH,
    IMAP_COMMAND_SELECT,
    IMAP_COMMAND_SETACL,
    IMAP_COMMAND_SETMETADATA,
    IMAP_COMMAND_SETQUOTA,
    IMAP_COMMAND_SORT,
    IMAP_COMMAND_STARTTLS,
    IMAP_COMMAND_STATUS,
    IMAP_COMMAND_STORE,
    IMAP_COMMAND_SUBSCRIBE,
    IMAP_COMMAND_THREAD,
    IMAP_COMMAND_UNAUTHENTICATE,
    IMAP_COMMAND_UNSELECT,
    IMAP_COMMAND_UNSUBSCRIBE,
    IMAP_COMMAND_XLIST,
    IMAP_COMMAND_COUNT,
};

struct imap_command_row {
    const char *name, *uid_name; /* as the record has it; uid_name where UID may stand before it */
    uint8_t arguments;           /* least number of words behind it; 0: nothing may follow */
    bool optional;               /* with `arguments` 0: something may follow */
    uint8_t mailbox;             /* which argument, from 1, names a mailbox; 0: none */
};

/* COMMAND_OTHER is a row without a name. */
const struct imap_command_row *imap_command_row(enum imap_command command);

/* A known command, without regard to case; *ret_other where it is one that needs no row of its own. */
enum imap_command imap_command_find(struct bytes word, const char **ret_other);

enum imap_kind {
    IMAP_KIND_OTHER,
    IMAP_KIND_OK,
    IMAP_KIND_NO,
    IMAP_KIND_BAD,
    IMAP_KIND_BYE,
    IMAP_KIND_PREAUTH,
    IMAP_KIND_ACL,
    IMAP_KIND_CAPABILITY,
    IMAP_KIND_ENABLED,
    IMAP_KIND_ESEARCH,
    IMAP_KIND_EXISTS,
    IMAP_KIND_EXPUNGE,
    IMAP_KIND_FETCH,
    IMAP_KIND_FLAGS,
    IMAP_KIND_ID,
    IMAP_KIND_LIST,
    IMAP_KIND_LISTRIGHTS,
    IMAP_KIND_LSUB,
    IMAP_KIND_METADATA,
    IMAP_KIND_MYRIGHTS,
    IMAP_KIND_NAMESPACE,
    IMAP_KIND_QUOTA,
    IMAP_KIND_QUOTAROOT,
    IMAP_KIND_RECENT,
    IMAP_KIND_SEARCH,
    IMAP_KIND_SORT,
    IMAP_KIND_STATUS,
    IMAP_KIND_THREAD,
    IMAP_KIND_VANISHED,
    IMAP_KIND_XLIST,
    IMAP_KIND_COUNT,
};

struct imap_kind_row {
    const char *name;
    const char *observation; /* NULL: none, or imap_data.c makes its own */
    uint64_t causes;         /* bits of enum imap_command */
    bool numbered;           /* a number stands before it */
    bool strict;             /* never sent unasked: without such a command in flight it stands alone */
};

const struct imap_kind_row *imap_kind_row(enum imap_kind kind);
enum imap_kind imap_kind_find(struct bytes word);

static inline bool imap_kind_is_status(enum imap_kind kind)
{
    return kind >= IMAP_KIND_OK && kind <= IMAP_KIND_PREAUTH;
}

/* The observation about a response code, a flag or an attribute, by its number from 0; -1: unknown. Fewer than 64 of
 * each. */
int imap_code_find(struct bytes name);
const char *imap_code_observation(int code);
uint64_t imap_code_causes(int code); /* commands that such a code answers; 0: any */
int imap_flag_find(struct bytes flag);
const char *imap_flag_observation(int flag);
int imap_attribute_find(struct bytes attribute);
const char *imap_attribute_observation(int attribute);

/* --- syntax (imap_syntax.c) --- */

struct imap_literal {
    uint64_t length;
    size_t marker; /* where `{` or `~{` begins in the line */
    bool waits;    /* for the server's `+` */
    bool binary;   /* literal8 */
    bool bad;      /* a length that cannot be meant */
};

/* Does this line, without its end, end with the announcement of a literal? */
bool imap_literal_at_end(struct bytes line, struct imap_literal *ret_literal);

/* The beginning of a logical line, with its literals as `{5}` LF and their bytes, or as `{310 bytes}`. */
struct imap_text {
    uint16_t length;
    bool cut;
    uint8_t kept[IMAP_TEXT_BYTES];
};

static inline struct bytes imap_text_bytes(const struct imap_text *text)
{
    return bytes_of(text->kept, text->length);
}

void imap_text_add(struct imap_text *text, struct bytes more);
void imap_text_add_number(struct imap_text *text, uint64_t number);
/* A question mark for each byte that is lost, so that what follows stands where it should. */
void imap_text_add_lost(struct imap_text *text, uint64_t length);
/* The mark of something left out at the end, once. */
void imap_text_end(struct imap_text *text);

enum imap_token_kind { IMAP_TOKEN_ATOM, IMAP_TOKEN_QUOTED, IMAP_TOKEN_LITERAL, IMAP_TOKEN_OPEN, IMAP_TOKEN_CLOSE };

struct imap_token {
    enum imap_token_kind kind;
    struct bytes raw;   /* with quotes or the announcement */
    struct bytes value; /* without; escapes still in it */
    bool broken;        /* the quote or the literal does not end here */
};

/* The next token of such a text; `rest` moves behind it and the spaces after it. False: no more. */
bool imap_token_next(struct bytes *rest, struct imap_token *ret_token);

/* The value without its escapes, at most `room` bytes. */
size_t imap_token_text(const struct imap_token *token, void *to, size_t room);

/* What stands between the parenthesis that was just taken and its partner; `rest` moves behind that. */
struct bytes imap_list_take(struct bytes *rest);

/* Words behind the first `n` spaces; upper case of at most `room` bytes. */
struct bytes imap_upper(struct bytes word, void *to, size_t room);
bool imap_is_number(struct bytes word);

/* --- mailbox names (imap_mailbox.c) --- */

/* In UTF-8. What is not valid modified UTF-7 stays as it is, and so do all names once the client has asked for UTF-8.
 * Returns how many bytes were written, at most `room`. */
size_t imap_mailbox_decode(struct bytes name, bool is_utf8, uint8_t *to, size_t room);

/* --- the state of a conversation --- */

enum imap_phase { IMAP_PHASE_LINE, IMAP_PHASE_LITERAL };

struct imap_side {
    enum imap_phase phase;
    bool spoke;     /* a line of it was understood */
    bool searching; /* lost: only what can be nothing else is believed */
    bool continued; /* the logical line in hand goes on */
    bool skipping;  /* the rest of a long line that nobody reads */
    bool inside;    /* the literal's bytes go into `text` */
    bool quoted;    /* there as a quoted string */
    bool waits;     /* the literal comes when the server wants it */
    bool begun;     /* bytes of the literal were seen, or lost */
    bool gap;       /* something was lost */
    bool said_bad;  /* said already that a line makes no sense, and none did since */
    bool said_deep;
    uint64_t left;               /* of the literal */
    uint64_t lost;               /* of the literal whose end is missing: so much of the gap that is told next */
    struct transaction *current; /* whose logical line this is; NULL: nobody keeps it */
    struct object *mail;         /* the message that is coming in */
    struct imap_text text;
};

/* Where we are in a FETCH response (imap_fetch.c). */
enum imap_fetch_place { IMAP_FETCH_BEFORE, IMAP_FETCH_NAME, IMAP_FETCH_VALUE, IMAP_FETCH_IN_VALUE, IMAP_FETCH_AFTER };
enum imap_fetch_item { IMAP_ITEM_OTHER, IMAP_ITEM_MESSAGE, IMAP_ITEM_HEADER, IMAP_ITEM_BEGINNING, IMAP_ITEM_FLAGS };

struct imap_fetch {
    enum imap_fetch_place place;
    enum imap_fetch_item item;
    uint32_t depth;
    bool in_quote, escaped, in_section;
    bool in_list;        /* of header fields, in a section */
    bool has_content;    /* something of a message came, */
    bool has_whole;      /* and it is all of it */
    uint8_t name_length; /* of the item, or of the flag */
    uint8_t name[IMAP_WORD_BYTES];
    uint64_t flags; /* known ones in this response, bits by imap_flag_find */
    uint64_t message_bytes;
};

enum imap_mode { IMAP_MODE_COMMAND, IMAP_MODE_SASL, IMAP_MODE_IDLE };

/* An uploaded message, or a few: all that is said of it is its transaction's outcome. */
struct imap_append {
    struct object *mail;
    struct transaction *transaction;
};

struct imap_state {
    struct imap_side sides[2]; /* by enum side */
    bool begun;                /* the first bytes were seen */
    bool greeted;              /* the server's first line was read, or cannot come any more */
    bool authenticated;
    bool sealed;     /* TLS begins, although nobody was heard agreeing on it */
    bool gave_up;    /* a command that waited too long, so that its answer may still come */
    bool utf8;       /* mailbox names are UTF-8 from here on */
    bool idle_asked; /* the server said `+` */
    enum imap_mode mode;
    struct transaction *exchange; /* of the mode; NULL: nobody keeps it */
    struct sasl sasl;
    int64_t idle_ns; /* when the server said `+` */
    /* the command that is coming in */
    bool catenate; /* a message put together from parts */
    /* the response that is coming in */
    enum imap_kind kind;
    uint64_t number;
    uint64_t words; /* of it so far */
    struct imap_fetch fetch;
    struct imap_append appends[IMAP_APPENDS];
    uint16_t open_length;
    uint8_t open[IMAP_OPEN_BYTES]; /* the mailbox that is selected, decoded */
};

struct imap_transaction {
    uint8_t command; /* enum imap_command */
    bool complete;   /* the whole command was seen, or what is there was read */
    bool stale;      /* its answer may be among what was lost */
    bool uids;       /* its FETCH responses carry UIDs */
    bool content_said;
    uint32_t untagged, listed, fetched, expunged, appended;
    uint64_t fetched_bytes, appended_bytes;
    uint64_t kinds_said, codes_said, flags_said, attributes_said; /* bits: explained already */
};

static inline struct imap_transaction *imap_of(struct transaction *transaction)
{
    return transaction->state;
}

/* Keys: commands by a hash of their tag (never 0), untagged responses that stand alone while they come in. */
enum { IMAP_KEY_ALONE };
uint64_t imap_tag_key(struct bytes tag);

/* --- recognition (imap_frame.c) --- */

enum probe imap_probe(const struct conversation *conversation, enum side side, struct bytes first);
struct framing imap_frame(void *state, enum side side, struct bytes pending, size_t seen);

/* While lost, could this line be nothing but a command, or a response that is not tagged? */
bool imap_surely_command(struct bytes line);
bool imap_surely_response(struct bytes line);
/* A tag, then OK, NO or BAD. */
bool imap_tagged_parts(struct bytes line, struct bytes *ret_tag, enum imap_kind *ret_kind, struct bytes *ret_rest);
bool imap_surely_tag(struct bytes tag);

/* --- the client (imap_command.c, imap_ask.c, imap_append.c, imap_login.c) --- */

/* A line or a part of one, without its end. */
void imap_take_client(struct imap_state *state, struct emitter *emitter, const struct message *message,
                      struct bytes line, bool ended);
/* The literal is complete. */
void imap_client_literal_end(struct imap_state *state, struct emitter *emitter, const struct message *message);
/* What is there of the command in hand is all there will be. */
void imap_command_finish(struct imap_state *state, struct emitter *emitter);

/* What the arguments say, all of them being there as far as they are kept. */
void imap_ask(struct imap_state *state, struct emitter *emitter, struct transaction *transaction,
              struct bytes argument);

/* A literal begins: is it a message? Called with the text before it. True: its bytes are not to be kept. */
bool imap_append_begin(struct imap_state *state, struct emitter *emitter, const struct message *message,
                       struct bytes chunk);
void imap_append_end(struct imap_state *state, struct emitter *emitter, const struct message *message);
/* Text of the command between literals. */
void imap_append_text(struct imap_state *state, struct emitter *emitter, const struct message *message,
                      struct bytes chunk);
/* The message announced does not come. */
void imap_append_drop(struct imap_state *state, struct emitter *emitter);
/* The command is over. `message` may be NULL: it was broken off. */
void imap_append_finish(struct imap_state *state, struct emitter *emitter, const struct message *message);
/* The server's verdict on the messages of this command (NULL: of all). */
void imap_append_close(struct imap_state *state, struct emitter *emitter, const struct transaction *transaction,
                       enum outcome outcome);

/* Passwords. */
void imap_login(struct emitter *emitter, struct record *record, struct bytes argument);
void imap_authenticate(struct imap_state *state, struct emitter *emitter, struct transaction *transaction,
                       struct bytes argument);
/* A line of the client while AUTHENTICATE goes on. */
void imap_sasl_line(struct imap_state *state, struct emitter *emitter, const struct message *message,
                    struct bytes line);
/* May a line that is no command hold a password? */
bool imap_may_hold_secret(const struct imap_state *state, struct bytes tag, struct bytes command);
/* The exchange or the waiting that this command began is over. */
void imap_mode_end(struct imap_state *state);

/* --- the server (imap_response.c, imap_data.c, imap_cause.c, imap_fetch.c) --- */

enum verdict imap_take_server(struct imap_state *state, struct emitter *emitter, const struct message *message,
                              struct bytes line, bool ended);
void imap_server_literal_end(struct imap_state *state, struct emitter *emitter, const struct message *message);
/* The logical line is over. */
void imap_untagged_finish(struct imap_state *state, struct emitter *emitter);

/* Text of a status response: `[CODE data] words`. Any part may be missing. */
struct imap_status {
    struct bytes code, data, text;
};
void imap_status_parse(struct bytes text, struct imap_status *ret_status);
/* What a code says in numbers and lists, into the record's fields. */
void imap_code_fields(struct record *record, const struct imap_status *status);

/* What an untagged response says: observations about its text, just added to the record, and then the fields. */
void imap_data_explain(struct imap_state *state, struct record *record, struct imap_transaction *own,
                       struct bytes text);
void imap_data_fields(struct imap_state *state, struct record *record, struct imap_transaction *own, struct bytes text);

void imap_capabilities(struct record *record, struct bytes words);
/* (name value name value …) */
void imap_id_list(struct record *record, const char *side, struct bytes text);
/* \Seen \Deleted … into the list `field`. */
void imap_flag_list(struct record *record, unsigned field, struct bytes text);

/* The command in flight that this response belongs to; NULL: none. `text`: what follows its kind. */
struct transaction *imap_cause(struct emitter *emitter, enum imap_kind kind, struct bytes text);
/* Nobody may point to a transaction that goes. */
void imap_forget(struct imap_state *state, const struct transaction *transaction);
/* Behind lost bytes a line was passed over that may have been theirs all the same. */
void imap_doubt_open(struct emitter *emitter);
/* The oldest command with that tag. */
struct transaction *imap_find_tag(struct emitter *emitter, struct bytes tag);

void imap_fetch_begin(struct imap_fetch *fetch);
void imap_fetch_text(struct imap_state *state, struct emitter *emitter, const struct message *message,
                     struct bytes chunk);
/* A literal begins. True: it may be shown where it is short. */
bool imap_fetch_literal(struct imap_state *state, struct emitter *emitter, const struct message *message,
                        uint64_t length);
void imap_fetch_literal_end(struct imap_state *state, struct emitter *emitter, const struct message *message);
/* The message in hand ends here, whatever became of it. */
void imap_fetch_mail_end(struct imap_state *state, struct emitter *emitter, const struct message *message,
                         bool incomplete);

#endif
