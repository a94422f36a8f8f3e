/* SPDX-License-Identifier: BSD-3-Clause
 *
 * FTP: RFC 959 with 1123 (host requirements), 2228 (security), 2389 (FEAT, OPTS), 2428 (EPRT, EPSV), 2640 (LANG), 3659
 * (MDTM, SIZE, REST, MLST, MLSD), 4217 (TLS), 7151 (HOST), and what clients send besides. What the files of this room
 * share; docs/ftp.md says what is chosen where senders disagree.
 *
 *   ftp.c          the hooks of the control connection: lines, replies, gaps
 *   ftp_probe.c    are these bytes FTP?
 *   ftp_command.c  what a client's line says
 *   ftp_verbs.c    the commands there are
 *   ftp_reply.c    what a reply says, and to which command
 *   ftp_login.c    secrets: what is hidden, and where the server repeats it
 *   ftp_path.c     the current directory and full paths
 *   ftp_address.c  PORT, EPRT, PASV, EPSV
 *   ftp_transfer.c announcing data connections, and what they tell back
 *   ftp_data.c     the data connection: files and listings
 *   ftp_listing.c  a line of a listing
 *   ftp_explain.c  observations
 *   ftp_fields.c   the tables
 *
 * Left out on purpose: block and compressed mode (counted, not decoded), LPRT and SPSV connections, and what is said
 * under TLS or GSSAPI.
 */
#ifndef OVERHEAR_DISSECTORS_FTP_H
#define OVERHEAR_DISSECTORS_FTP_H

#include "overhear/file.h"
#include "overhear/text.h"

enum {
    FTP_LINE_BYTES = 64 * 1024, /* longest command or reply that is taken apart */
    FTP_PATH_BYTES = 1024,      /* longest path that is followed */
    FTP_USER_BYTES = 128,
    FTP_OPTIONS_BYTES = 128,      /* of an argument that is passed on to the data connection */
    FTP_LISTING_ENTRIES = 256,    /* entries of one listing that are recorded; the rest is counted */
    FTP_LISTING_LINE_BYTES = 1024 /* of one line of a listing */
};

enum ftp_field_index {
    FTP_COMMAND,
    FTP_ARGUMENT,
    FTP_PATH,
    FTP_USER_NAME,
    FTP_USER_PASSWORD,
    FTP_PRELIMINARY,
    FTP_REPLY_CODE,
    FTP_REPLY_TEXT,
    FTP_FEATURES,
    FTP_DATA_MODE,
    FTP_DATA_IP,
    FTP_DATA_PORT,
    FTP_DATA_BYTES,
    FTP_LISTING_COUNT,
    FTP_PARENT_CONVERSATION,
    FTP_LISTING,
    FTP_FIELD_COUNT,
};

enum ftp_preliminary_member { FTP_PRELIMINARY_CODE, FTP_PRELIMINARY_TEXT };

enum ftp_feature_member { FTP_FEATURE_NAME, FTP_FEATURE_PARAMETERS };

enum ftp_listing_member {
    FTP_ENTRY_TYPE,
    FTP_ENTRY_PERMISSIONS,
    FTP_ENTRY_OWNER,
    FTP_ENTRY_SIZE,
    FTP_ENTRY_MODIFIED,
    FTP_ENTRY_NAME,
    FTP_ENTRY_TARGET,
    FTP_ENTRY_TEXT,
};

extern const struct dataset ftp_dataset;
extern const struct dissector ftp_dissector;
extern const struct dissector ftp_data_dissector;
extern const struct port ftp_ports[]; /* ended by a zeroed row */

/* --- commands (ftp_verbs.c) --- */

/* What has to be done about a command; those that are only explained are OTHER. */
enum ftp_kind {
    FTP_OTHER,
    FTP_USER,
    FTP_PASS,
    FTP_ACCT,
    FTP_CWD,
    FTP_CDUP,
    FTP_SMNT,
    FTP_REIN,
    FTP_PORT,
    FTP_EPRT,
    FTP_PASV,
    FTP_EPSV,
    FTP_TYPE,
    FTP_STRU,
    FTP_MODE,
    FTP_RETR,
    FTP_STOR,
    FTP_STOU,
    FTP_APPE,
    FTP_LIST,
    FTP_NLST,
    FTP_MLSD,
    FTP_REST,
    FTP_ABOR,
    FTP_MKD,
    FTP_PWD,
    FTP_SITE,
    FTP_STAT,
    FTP_HELP,
    FTP_AUTH,
    FTP_SEALED, /* the argument is another command, wrapped or enciphered: ADAT, MIC, CONF, ENC */
    FTP_PROT,
    FTP_FEAT,
    FTP_SIZE,
    FTP_MDTM,
    FTP_MFMT, /* a time or facts stand before the path */
    FTP_QUIT,
};

enum ftp_verb_flag {
    FTP_ONLY = 1, /* no other protocol of lines has this command */
    FTP_NAMES = 2 /* the argument is a path */
};

struct ftp_verb {
    const char *name;
    uint8_t kind; /* enum ftp_kind */
    uint8_t flags;
};

/* Without regard to case; NULL: not one of FTP. */
const struct ftp_verb *ftp_verb_find(struct bytes word);

/* RETR STOR STOU APPE LIST NLST MLSD: bytes travel over a data connection. */
bool ftp_is_transfer(enum ftp_kind kind);
bool ftp_is_listing(enum ftp_kind kind);
bool ftp_is_upload(enum ftp_kind kind);

/* --- paths (ftp_path.c) --- */

struct ftp_path {
    uint16_t length; /* 0: nothing is known */
    uint8_t text[FTP_PATH_BYTES];
};

static inline struct bytes ftp_path_bytes(const struct ftp_path *path)
{
    return bytes_of(path->text, path->length);
}

/* `argument` seen from the directory `from`, without `.`, `..` and doubled slashes. Where `from` does not begin with a
 * slash, what comes out is relative to where the session began. Too long: nothing. */
void ftp_path_join(const struct ftp_path *from, struct bytes argument, struct ftp_path *ret_path);

/* `/x`, `~user`, `C:\x`: it does not matter from where. */
bool ftp_path_stands_alone(struct bytes argument);

/* The path between quotes, doubled ones undone (RFC 959, appendix II); without quotes a first word that begins with a
 * slash. False: none. */
bool ftp_path_quoted(struct bytes text, struct ftp_path *ret_path);

/* --- addresses (ftp_address.c) --- */

/* `h1,h2,h3,h4,p1,p2` and nothing else. */
bool ftp_parse_port(struct bytes argument, struct endpoint *ret_endpoint);

/* The same anywhere in the text of a 227. */
bool ftp_parse_passive(struct bytes text, struct endpoint *ret_endpoint);

/* `|1|192.0.2.1|2100|`, `|2|2001:db8::1|2100|`. */
bool ftp_parse_extended_port(struct bytes argument, struct endpoint *ret_endpoint);

/* `(|||2100|)` anywhere in the text of a 229. */
bool ftp_parse_extended_passive(struct bytes text, uint16_t *ret_port);

enum ftp_scope { FTP_SCOPE_NONE /* 0.0.0.0, loopback */, FTP_SCOPE_PRIVATE, FTP_SCOPE_PUBLIC };
enum ftp_scope ftp_scope_of(const struct address *address);
bool ftp_same_address(const struct address *a, const struct address *b);

/* --- state of the control connection --- */

enum ftp_data_mode { FTP_DATA_NONE, FTP_DATA_ACTIVE, FTP_DATA_PASSIVE };

struct ftp_data_state {
    uint64_t expectation;  /* number of the announcement that waits; 0: none */
    bool ordered;          /* a transfer command goes with it */
    bool by_default;       /* nobody named it: the port from which the client speaks */
    uint8_t mode;          /* enum ftp_data_mode */
    struct endpoint named; /* by PORT or PASV; family 0: never */
};

struct ftp_side {
    bool searching; /* after a gap: the next line that can be one is looked for */
    bool mid_line;  /* and what comes is certainly not the beginning of a line */
    bool astray;    /* bytes, of whichever side, were lost at some time */
};

struct ftp_state {
    struct ftp_side sides[2]; /* by enum side */
    struct ftp_data_state data;
    uint64_t rest;   /* offset from REST for the next transfer */
    uint8_t type;    /* `A` (0 means that too), `I`, `E`, `L` */
    uint8_t mode;    /* `S` (0 means that too), `B`, `C`, `Z` */
    bool greeted;    /* the greeting is past */
    bool from_start; /* and was seen: so the first line of the client begins at its beginning */
    bool client_spoke, server_spoke;
    bool doubtful;       /* replies or commands were lost, or a transfer was broken off */
    bool settle;         /* replies were lost: the next command means that those before have theirs */
    bool wants_password; /* 331 or 332 was the last word on the login */
    bool anonymous;
    bool sealed;       /* TLS begins, although nobody was heard agreeing on it */
    bool private_data; /* PROT P: the data connections are enciphered */
    uint16_t open;     /* commands without final reply */
    uint16_t passives; /* of them, those that will agree on a data connection with it */
    uint16_t user_length;
    uint8_t user[FTP_USER_BYTES];
    bool astray; /* bytes were lost: which directory is the current one is not known */
    struct ftp_path directory;
};

/* Of one command. */
struct ftp_exchange {
    uint8_t kind;                      /* enum ftp_kind */
    bool commanded;                    /* a line of the client is in it; false: a reply alone */
    bool empty;                        /* an empty line */
    bool preliminary;                  /* 1yz came */
    bool unordered;                    /* a transfer that waits for the reply to a PASV before it */
    bool located;                      /* ftp.path was said */
    bool names;                        /* the part of the argument below is a path */
    uint8_t secret_field;              /* where the secret of this command stands, and what part of it it is */
    uint32_t secret_at, secret_length; /* length 0: none */
    uint32_t path_at;                  /* in ftp.argument */
    uint32_t path_length;              /* 0: the current directory */
    uint64_t expectation;              /* of the data connection that this transfer uses */
    uint64_t offset;                   /* REST before it */
    uint8_t type;                      /* TYPE at that moment, or of TYPE itself the one asked for */
    const char *word;                  /* static name of a known command; NULL: another */
};

static inline struct ftp_exchange *ftp_exchange_of(struct transaction *transaction)
{
    return transaction->state;
}

/* --- lines and replies --- */

/* A line of the client (ftp_command.c). */
void ftp_take_command(struct ftp_state *state, struct emitter *emitter, const struct message *message);

/* A reply of the server, or a line that should be one (ftp_reply.c). */
enum verdict ftp_take_reply(struct ftp_state *state, struct emitter *emitter, const struct message *message);

/* What is known only at the end goes into the record. Closing is left to the caller. */
void ftp_finish(struct ftp_state *state, struct emitter *emitter, struct transaction *transaction);

/* No reply will come any more: the record is written. */
void ftp_settle(struct ftp_state *state, struct emitter *emitter, struct transaction *transaction);

/* The full path that the command means, seen from the current directory as it is now. False: none. */
bool ftp_full_path(const struct ftp_state *state, struct transaction *transaction, struct ftp_path *ret_path);

/* Recorded, once, and told to the data connection. Not before the replies to earlier commands: they may have changed
 * the directory. */
void ftp_locate(struct ftp_state *state, struct emitter *emitter, struct transaction *transaction);

/* --- secrets (ftp_login.c) --- */

/* Does a word that is no command look as if PASS had been meant? */
bool ftp_is_like_pass(struct bytes word);

/* Does this argument of SITE hold a password? */
bool ftp_is_secret_site(struct bytes argument);

/* All lines of a reply as one text, no longer than the reply itself. Returns its length. */
size_t ftp_join_lines(const struct reply *reply, void *to, size_t room);

/* What the server says, with what the command kept secret hidden also where the server repeats it. */
void ftp_record_text(struct transaction *transaction, struct bytes text);
void ftp_record_reply_text(struct emitter *emitter, struct transaction *transaction, const struct reply *reply);

/* --- data connections (ftp_transfer.c) --- */

/* The block that the control connection and its data connection share. */
struct ftp_transfer {
    /* written by the control connection */
    bool ordered;  /* a transfer command was seen */
    bool answered; /* with 1yz or 2yz */
    bool refused;  /* with 4yz or 5yz before anything was sent */
    bool broken;   /* 4yz or 5yz after 1yz */
    bool has_total;
    uint8_t kind;                  /* enum ftp_kind */
    uint8_t type, mode;            /* as in struct ftp_state */
    uint8_t data_mode;             /* enum ftp_data_mode */
    uint64_t control;              /* conversation */
    uint64_t offset;               /* REST */
    uint64_t total;                /* bytes, as the 150 says, with or without what lies before the offset */
    struct address client, server; /* of the control connection */
    const char *word;              /* the command; static */
    uint16_t user_length, options_length;
    uint8_t user[FTP_USER_BYTES];
    uint8_t options[FTP_OPTIONS_BYTES]; /* the argument of a listing command */
    struct ftp_path path;
    /* written by the data connection */
    bool began, finished;
    bool incomplete;
    bool elsewhere; /* it connects other hosts than those of the control connection */
    bool sealed;    /* what came is TLS */
    uint64_t bytes;
    int64_t first_ns, last_ns;
};

_Static_assert(sizeof(struct ftp_transfer) <= EXPECTATION_BYTES, "the shared block holds a transfer");

/* A data connection to this listener was agreed on: it is recorded, explained and expected. */
void ftp_agree(struct ftp_state *state, struct emitter *emitter, struct record *record, enum ftp_data_mode mode,
               const struct endpoint *named);

/* It will not come. */
void ftp_disagree(struct ftp_state *state, struct emitter *emitter);

/* A transfer command: what is known of it goes to its data connection; where a PASV before it has no reply yet, when
 * that has come. */
void ftp_order(struct ftp_state *state, struct emitter *emitter, struct transaction *transaction);

/* The reply to this PASV has come: the transfer that was sent behind it, without waiting, uses the connection. */
void ftp_order_waiting(struct ftp_state *state, struct emitter *emitter, struct transaction *passive);

/* Nothing is waited for any more. */
void ftp_order_now(struct ftp_state *state, struct emitter *emitter, struct transaction *transaction);

/* The block of the transfer that this command ordered; NULL: none, or it is forgotten. */
struct ftp_transfer *ftp_transfer_of(struct emitter *emitter, const struct ftp_exchange *exchange);

/* --- listings (ftp_listing.c) --- */

/* One line, without its end, becomes an entry of ftp.listing where `record` is not NULL. False: it is none (`total 12`,
 * an empty line). */
bool ftp_listing_line(struct record *record, enum ftp_kind kind, struct bytes line);

/* --- observations (ftp_explain.c) --- */

void ftp_explain_command(const struct ftp_state *state, struct record *record, const struct ftp_exchange *exchange,
                         struct bytes argument);
void ftp_explain_address(struct emitter *emitter, struct record *record, enum ftp_data_mode mode,
                         const struct endpoint *named);
void ftp_explain_reply(const struct ftp_state *state, struct record *record, const struct ftp_exchange *exchange,
                       unsigned code, struct bytes text);
/* Of a transfer, when the server begins it. */
void ftp_explain_beginning(const struct ftp_state *state, struct record *record, const struct ftp_exchange *exchange);
void ftp_explain_path(struct record *record, const struct ftp_path *path);
void ftp_explain_transfer(struct record *record, const struct ftp_exchange *exchange,
                          const struct ftp_transfer *transfer);

/* Digits of a code that has no sentence of its own. */
void ftp_explain_code(struct record *record, unsigned code);

/* `YYYYMMDDHHMMSS`, perhaps with a fraction, in UTC (RFC 3659 section 2.3), as nanoseconds since 1970. */
bool ftp_parse_time(struct bytes text, int64_t *ret_ns);

/* Offset of the first place where `text` stands in `in`, without regard to case; in.len: nowhere. */
size_t ftp_find_text(struct bytes in, struct bytes text, size_t from);

/* --- hooks of ftp_probe.c --- */

enum probe ftp_probe(const struct conversation *conversation, enum side side, struct bytes first);

#endif
