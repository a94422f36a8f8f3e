/* SPDX-License-Identifier: BSD-3-Clause
 *
 * SMTP (RFC 5321), its extensions and LMTP (RFC 2033). What the files of this room share. docs/smtp.md says what is
 * chosen where senders disagree.
 *
 *   smtp.c          the hooks: which bytes are a command, a reply, a message; gaps
 *   smtp_frame.c    probe, and where lines, replies, texts and chunks begin and end
 *   smtp_words.c    commands by name, and which lines can be commands at all
 *   smtp_command.c  what a command line says
 *   smtp_reply.c    what a reply says, and whose it is
 *   smtp_message.c  the message between DATA and the period, or in chunks; the envelope
 *   smtp_auth.c     logins, and what has to be hidden
 *   smtp_explain.c  observations
 *   smtp_fields.c   the tables
 *
 * Left out on purpose: what the message says (dissectors/mail), and what happens after STARTTLS (dissectors/tls).
 */
#ifndef OVERHEAR_DISSECTORS_SMTP_H
#define OVERHEAR_DISSECTORS_SMTP_H

#include "overhear/mail.h"
#include "overhear/sasl.h"
#include "overhear/text.h"

enum {
    SMTP_MESSAGE_BYTES_MAX = 64 * 1024, /* longest line or reply that is taken apart */
    SMTP_JUDGED_BYTES = 512,            /* of a line: enough to tell a command from text (RFC 5321 4.5.3.1.4) */
    SMTP_VERB_BYTES = 32,               /* longest word that may be a command */
    SMTP_WAITING_MAILS = 3,             /* messages in flight while no server is heard; then the oldest is written */
};

enum smtp_field_index {
    SMTP_COMMAND,
    SMTP_ARGUMENT,
    SMTP_ADDRESS,
    SMTP_PARAMETERS,
    SMTP_MESSAGE_BYTES,
    SMTP_REPLY_CODE,
    SMTP_REPLY_ENHANCED,
    SMTP_REPLY_TEXT,
    SMTP_REPLY_DOMAIN,
    SMTP_EXTENSIONS,
    SMTP_RECIPIENTS,
    SMTP_AUTH_MECHANISM,
    SMTP_AUTH_CHALLENGES,
    SMTP_AUTH_RESPONSES,
    SMTP_AUTH_ACTS_FOR,
    SMTP_USER_NAME,
    SMTP_USER_PASSWORD,
    SMTP_FIELD_COUNT,
};

enum smtp_pair_member { SMTP_PAIR_NAME, SMTP_PAIR_VALUE };

enum smtp_recipient_member {
    SMTP_RECIPIENT_ADDRESS,
    SMTP_RECIPIENT_CODE,
    SMTP_RECIPIENT_ENHANCED,
    SMTP_RECIPIENT_TEXT,
};

extern const struct dataset smtp_dataset;
extern const struct port smtp_ports[]; /* ended by a zeroed row */

/* --- words (smtp_words.c) --- */

enum smtp_verb {
    SMTP_VERB_OTHER,
    SMTP_VERB_HELO,
    SMTP_VERB_EHLO,
    SMTP_VERB_LHLO,
    SMTP_VERB_MAIL, /* also SEND, SOML and SAML, which begin a message as MAIL does */
    SMTP_VERB_RCPT,
    SMTP_VERB_DATA,
    SMTP_VERB_BDAT,
    SMTP_VERB_BURL,
    SMTP_VERB_RSET,
    SMTP_VERB_NOOP,
    SMTP_VERB_QUIT,
    SMTP_VERB_VRFY,
    SMTP_VERB_EXPN,
    SMTP_VERB_HELP,
    SMTP_VERB_AUTH, /* also X-EXPS */
    SMTP_VERB_STARTTLS,
    SMTP_VERB_ETRN,
    SMTP_VERB_TURN, /* also ATRN: client and server change places */
    SMTP_VERB_XCLIENT,
    SMTP_VERB_XFORWARD,
    SMTP_VERB_XEXCH50,
    SMTP_VERB_SOLITARY, /* known, nothing to know about it here: VERB, ONEX */
    SMTP_VERB_END,      /* the line with the period */
    SMTP_VERB_REPLY,    /* no command at all: a reply alone */
};

/* By name, without regard to case. */
enum smtp_verb smtp_verb_of(struct bytes word);

/* How sure must one be that a line is a command, and no line of a message? */
enum smtp_trust {
    SMTP_TRUST_WORD,   /* a known command with an argument that it can have */
    SMTP_TRUST_STRICT, /* the same, written as programs write it */
};

bool smtp_is_command(struct bytes line, enum smtp_trust trust);

/* A line that is only a period. */
bool smtp_is_period(struct bytes line);

/* Three digits, the first of them 2 to 5 (or 1), as far as the bytes go; *ret_whole: all three are there. */
bool smtp_is_code(struct bytes bytes, bool *ret_whole);

/* Does `part` (lower case) occur in the text, in whichever case? */
bool smtp_mentions(struct bytes text, const char *part);

/* --- an exchange: the block beside the record of a transaction --- */

struct smtp_exchange {
    enum smtp_verb verb;
    bool answered;       /* the reply is in the record, which waits for the end of the message */
    bool flowing;        /* the message or chunk is still coming */
    bool ends_message;   /* the reply to this is the reply to the message: period, BDAT LAST */
    bool gives_up;       /* RSET and the like in the middle of chunks: the message was never ended */
    bool doubtful;       /* replies are lost, its own perhaps */
    bool broken;         /* the end of its line is lost: an address in it is none */
    bool collects;       /* a reply for each recipient comes (LMTP, PRDR) */
    bool answers_blank;  /* a reply to an empty line, which is no command */
    bool final_follows;  /* PRDR: and one for all behind them */
    uint32_t expected;   /* replies for recipients; */
    uint32_t collected;  /* of them here */
    uint32_t failed;     /* of them refusals */
    uint32_t cursor;     /* in the envelope: see smtp_envelope_next */
    struct object *mail; /* closed with this exchange */
    uint64_t blob;       /* XEXCH50: bytes that follow its 354 */
    uint64_t text_bytes, declared;
    uint32_t chunks;
    int64_t sent_ns; /* when its last byte was seen */
};

static inline struct smtp_exchange *smtp_exchange_of(struct transaction *transaction)
{
    return transaction->state;
}

/* --- the state of a conversation --- */

enum smtp_phase {
    SMTP_COMMANDS,
    SMTP_AFTER_DATA, /* DATA was sent: text, unless the server refused */
    SMTP_TEXT,       /* up to the line with the period */
    SMTP_CHUNK,      /* `left` bytes of chunk (BDAT), or of something that is passed over (XEXCH50) */
    SMTP_SEARCH,     /* lost: the next line that can be nothing but a command */
};

struct smtp_client {
    enum smtp_phase phase;
    bool heard;         /* it said something */
    bool hailed;        /* it said HELO, EHLO or LHLO */
    bool believed;      /* a command was understood, or the server greeted: what comes is commands */
    bool lost;          /* bytes of this side were lost at some time */
    bool astray;        /* commands were lost: what looks like one may stand in a text, until an answer fits it */
    bool searched;      /* there was a SEARCH: text may have gone by unseen */
    bool mid_line;      /* SEARCH: pending does not begin at the beginning of a line */
    bool bare_said;     /* smtp.bare_lf was told */
    bool after_cr;      /* the last byte of text was CR */
    bool text_gap;      /* a part of the text in hand is lost */
    bool unasked;       /* its DATA was not seen */
    bool learns;        /* how its lines end, from the first of them */
    bool envelope_lost; /* since the last MAIL bytes are lost: a recipient perhaps, or another MAIL */
    bool refused;       /* the text in hand comes although DATA, or a chunk of it, was refused */
    bool ambiguous;     /* smtp.ambiguous_end was told about this text */
    bool last_chunk;    /* CHUNK: BDAT LAST */
    bool blob;          /* CHUNK: no part of a message */
    struct dot dot;
    uint64_t left;       /* CHUNK */
    uint64_t gap_inside; /* bytes of the chunk that the gap about to be told took */
    uint64_t text_bytes, declared;
    uint32_t chunks;
    struct object *mail;       /* the message that is coming; NULL: none, or nobody keeps it */
    struct transaction *chunk; /* BDAT whose chunk is coming */
};

struct smtp_server {
    bool spoke;     /* a reply was seen */
    bool continues; /* and one before it */
    bool lost;      /* after a gap: a line with a code is looked for */
    bool missed;    /* bytes of this side were lost at some time */
    bool mid_line;  /* pending does not begin at the beginning of a line */
    bool bare_said; /* smtp.bare_lf was told */
};

struct smtp_state {
    struct smtp_client client;
    struct smtp_server server;
    bool turned;               /* TURN: who was the client is the server now */
    bool lmtp;                 /* LHLO was said */
    bool sealed;               /* TLS begins, although nobody was heard agreeing on it */
    bool greeted;              /* the server greeted, or is past that */
    bool surplus;              /* text came after a refusal: each of its lines was answered */
    uint32_t blanks;           /* empty lines of the client: some servers answer them */
    uint32_t owed;             /* replies to come for commands that were given up */
    unsigned data_answer;      /* to the last DATA; 0: none yet */
    struct transaction *early; /* a reply that came before the message was over */
    struct object *envelope;   /* accepted addresses; see smtp_message.c */
    uint32_t recipients;       /* accepted for the message to come */
    struct sasl sasl;
    struct transaction *auth; /* the login in hand */
    bool challenged;          /* the client's next line is a response */
    bool counted;             /* its credential was counted */
    bool suspicious;          /* a login has just ended: an odd line may be a password */
};

/* --- hooks (smtp_frame.c) --- */

enum probe smtp_probe(const struct conversation *conversation, enum side side, struct bytes first);
struct framing smtp_frame(void *state, enum side side, struct bytes pending, size_t seen);

/* --- commands (smtp_command.c) --- */

/* One line of the client, with its end (or, of a rest, without). */
enum verdict smtp_take_command(struct smtp_state *state, struct emitter *emitter, const struct message *message);

/* Open a transaction in the state of this room. NULL where memory is out. */
struct transaction *smtp_open(struct smtp_state *state, struct emitter *emitter, enum smtp_verb verb,
                              const struct message *message);

/* The address of MAIL or RCPT and what follows it. */
struct bytes smtp_path(struct bytes argument, struct bytes *ret_rest);

/* Words like NAME=value into one group each. */
void smtp_record_parameters(struct record *record, struct bytes rest);

/* --- replies (smtp_reply.c) --- */

/* A whole reply, or with MESSAGE_REST what is there of it. */
enum verdict smtp_take_reply(struct smtp_state *state, struct emitter *emitter, const struct message *message);

/* The code of RFC 3463 at the beginning of a reply's text; no bytes: none. */
struct bytes smtp_enhanced(struct bytes text);

/* Nobody may point to a transaction that goes; then it goes, with its mail before it. */
void smtp_forget(struct smtp_state *state, struct transaction *transaction);
void smtp_close(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction);

/* Its reply will not be seen: what it asked for counts as granted. The transaction is closed by the caller. */
void smtp_unanswered(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction);

/* --- messages (smtp_message.c) --- */

/* After DATA: is it certain that text follows? Else its first line decides, and so much has to speak for a command. */
bool smtp_expects_text(const struct smtp_state *state);
enum smtp_trust smtp_trust_after_data(const struct smtp_state *state);
/* DATA was sent: the text begins with what comes next. */
void smtp_begin_data(struct smtp_state *state, bool bare_lf);

/* Told once for each text, as soon as it is seen. */
void smtp_say_ambiguous(struct smtp_client *client, struct emitter *emitter);

/* A piece of text or chunk. */
void smtp_take_text(struct smtp_state *state, struct emitter *emitter, const struct message *message);

/* The line with the period. */
void smtp_end_text(struct smtp_state *state, struct emitter *emitter, const struct message *message);

/* BDAT was sent, and its bytes follow. `transaction` may be NULL. */
void smtp_begin_chunk(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction, uint64_t size,
                      bool last, const struct message *message);
void smtp_end_chunk(struct smtp_state *state, struct emitter *emitter, const struct message *message);

/* The server has answered a message whose end was lost. */
struct transaction *smtp_end_unseen(struct smtp_state *state, struct emitter *emitter, const struct message *message);

/* A command comes although a message in chunks is not complete: it is over, with the answer to that command (NULL:
 * now).
 */
void smtp_give_message_up(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction,
                          const struct message *message);

/* `length` bytes of the message are lost. */
void smtp_lose_text(struct smtp_state *state, struct emitter *emitter, uint64_t length);

/* The message is written, with the envelope as it is now. */
void smtp_close_mail(struct smtp_state *state, struct emitter *emitter, struct object *mail, enum outcome outcome);

/* The envelope: what the server accepted, in the order of its replies. */
void smtp_envelope_from(struct smtp_state *state, struct emitter *emitter, struct bytes address);
void smtp_envelope_to(struct smtp_state *state, struct emitter *emitter, struct bytes address);
void smtp_envelope_clear(struct smtp_state *state);
/* The next recipient; *cursor is 0 before the first. False: no more are kept. */
bool smtp_envelope_next(const struct smtp_state *state, uint32_t *cursor, struct bytes *ret_address);

/* --- logins (smtp_auth.c) --- */

/* AUTH and its argument, into the record. */
void smtp_auth_begin(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction,
                     struct bytes argument);

/* Does this line of the client belong to the login in hand? */
bool smtp_auth_wants(const struct smtp_state *state, struct bytes line);
void smtp_auth_line(struct smtp_state *state, struct emitter *emitter, struct bytes line,
                    const struct message *message);

/* A 334: the next challenge. */
void smtp_auth_challenge(struct smtp_state *state, struct transaction *transaction, struct bytes text);
void smtp_auth_end(struct smtp_state *state);

/* A line with an unknown command, into the record, with whatever may be a password hidden. */
void smtp_record_unknown(const struct smtp_state *state, struct record *record, struct bytes line);

/* --- observations (smtp_explain.c) --- */

void smtp_explain_path(struct record *record, enum smtp_verb verb, struct bytes address);
void smtp_explain_parameter(struct record *record, struct bytes name, struct bytes value);
void smtp_explain_extension(struct record *record, struct bytes name, struct bytes value);
/* True: it is told why it was refused. */
bool smtp_explain_reply(struct record *record, const struct smtp_exchange *exchange, unsigned code, bool greeting,
                        struct bytes text);
/* About the value added last. */
void smtp_explain_enhanced(struct record *record, struct bytes enhanced);
void smtp_explain_message(struct record *record, const struct smtp_exchange *exchange);
void smtp_explain_waiting(struct record *record, const struct smtp_exchange *exchange, const struct message *reply);

#endif
