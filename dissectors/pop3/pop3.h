/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the files of this folder share.
 *
 * The client's commands wait in a queue of their own, beside the transactions: how long an answer is follows from its
 * command, and `frame` has to know before there is a message. A command's number is the key of its transaction.
 */
#ifndef OVERHEAR_POP3_H
#define OVERHEAR_POP3_H

#include "overhear/mail.h"
#include "overhear/sasl.h"

enum pop3_field {
    POP3_COMMAND,
    POP3_ARGUMENT,
    POP3_UNRECOGNISED,
    POP3_STATUS,
    POP3_CODE,
    POP3_TEXT,
    POP3_BYTES,
    POP3_USER,
    POP3_PASSWORD,
    POP3_ACTS_FOR,
    POP3_MECHANISM,
    POP3_CHALLENGES,
    POP3_RESPONSES,
    POP3_MESSAGES,
    POP3_MAILBOX_BYTES,
    POP3_CAPABILITIES,
    POP3_FIELD_COUNT
};

enum pop3_capability_field { POP3_CAPABILITY_NAME, POP3_CAPABILITY_PARAMETERS, POP3_CAPABILITY_FIELD_COUNT };

/* In the order of pop3_commands. */
enum pop3_command {
    POP3_USER_COMMAND,
    POP3_PASS,
    POP3_APOP,
    POP3_AUTH,
    POP3_STAT,
    POP3_LIST,
    POP3_RETR,
    POP3_DELE,
    POP3_NOOP,
    POP3_RSET,
    POP3_QUIT,
    POP3_TOP,
    POP3_UIDL,
    POP3_CAPA,
    POP3_STLS,
    POP3_UTF8,
    POP3_LANG,
    POP3_LAST,
    POP3_RPOP,
    POP3_XTND,
    POP3_HELP,
    POP3_COMMAND_COUNT,
    POP3_NO_COMMAND = POP3_COMMAND_COUNT /* not known, or not seen */
};

/* What follows the line of a positive answer. */
enum pop3_answer {
    POP3_ANSWER_LINE, /* nothing */
    POP3_ANSWER_LIST,
    POP3_ANSWER_MAIL,
    POP3_ANSWER_PART,    /* the beginning of a mail */
    POP3_ANSWER_UNKNOWN, /* what comes next tells */
};

enum pop3_status { POP3_STATUS_MORE, POP3_STATUS_NONE, POP3_STATUS_OK, POP3_STATUS_ERR, POP3_STATUS_CHALLENGE };

enum pop3_phase {
    POP3_PHASE_REPLY, /* the next line is a status */
    POP3_PHASE_CHECK, /* after a positive one: another status, or text? */
    POP3_PHASE_TEXT,  /* up to a line with a period */
};

enum {
    POP3_LINE_BYTES = 16384, /* the longest line */
    POP3_ASKED = LIMIT_TRANSACTIONS,
    POP3_USER_BYTES = 256,
    POP3_STEPS = 16 /* challenges and responses of one exchange that are kept */
};

struct pop3_asked {
    uint8_t command; /* enum pop3_command */
    uint8_t answer;  /* enum pop3_answer */
};

struct pop3_side {
    bool mid_line; /* passing over the rest of a line */
    bool lost;     /* the bytes before are lost: the next one may stand in the middle of a line */
};

struct pop3_state {
    struct pop3_side sides[2];
    struct pop3_asked asked[POP3_ASKED]; /* by number modulo POP3_ASKED */
    uint64_t next;                       /* number of the next command; 0 stands for none */
    uint64_t oldest;                     /* of the oldest without an answer */
    uint64_t doubtful; /* bytes of the server are lost: commands below may have been answered in them */

    uint8_t phase;    /* enum pop3_phase */
    uint8_t text;     /* enum pop3_answer of the text, or what is expected in POP3_PHASE_CHECK */
    uint8_t command;  /* of the answer in hand, enum pop3_command */
    uint64_t current; /* the number of the command whose text flows or may follow; UINT64_MAX: of none that was seen */
    bool text_lost;   /* its end may be among lost bytes */
    bool text_overtaken; /* and since then the client went on */
    bool text_broken;    /* a status stood in it: it ended unseen */
    bool text_line;      /* of a list: the line in hand has begun */
    bool holes;          /* any bytes were lost: what an answer should be is verified */
    struct dot dot;
    struct object *mail;
    bool mail_begun; /* also where there was no memory for it */

    struct sasl sasl;
    uint64_t exchange; /* the command whose exchange it is */
    uint8_t steps;
    bool challenged; /* the server waits for a line of the client */

    bool greeted, tls, bare_lf;
    bool asked_password; /* USER was the last command */
    bool logged_in;
    uint16_t user_length;
    uint8_t user[POP3_USER_BYTES]; /* who logs in */
    uint64_t deleted;              /* marked messages */
};

extern const char *const pop3_commands[POP3_COMMAND_COUNT + 1];
extern const struct dataset pop3_dataset;

/* Commands without an answer. */
bool pop3_is_waiting(const struct pop3_state *state);
struct pop3_asked *pop3_asked_at(struct pop3_state *state, uint64_t number);

/* pop3_frame.c. Does the line begin with a status? `strict`: in upper case, and nothing clings to it. */
enum pop3_status pop3_status_of(struct bytes line, bool strict);

struct framing pop3_frame(void *state, enum side side, struct bytes pending, size_t seen);
enum pop3_command pop3_command_of(struct bytes line, struct bytes *ret_verb, struct bytes *ret_argument);

/* pop3_client.c */
void pop3_take_line(struct pop3_state *state, struct emitter *emitter, const struct message *message);
/* What sasl_response read goes into the record. */
void pop3_said(struct pop3_state *state, struct emitter *emitter, struct record *record, struct bytes line);

/* pop3_server.c. Does this text look like what a server says first? */
bool pop3_is_greeting(struct bytes text);
/* `settle` ends what has ended without a sign of its own. */
void pop3_settle(struct pop3_state *state, struct emitter *emitter);
enum verdict pop3_take_reply(struct pop3_state *state, struct emitter *emitter, const struct message *message);
void pop3_take_text(struct pop3_state *state, struct emitter *emitter, const struct message *message);
void pop3_take_text_end(struct pop3_state *state, struct emitter *emitter, const struct message *message);
/* The client goes on: what the server said to the commands before the lost bytes will not come any more. */
void pop3_forget_doubtful(struct pop3_state *state, struct emitter *emitter);

/* pop3_explain.c: observations, where context has something worth saying */
void pop3_explain_reply(struct pop3_state *state, struct emitter *emitter, struct record *record,
                        enum pop3_command command, struct bytes text);

#endif
