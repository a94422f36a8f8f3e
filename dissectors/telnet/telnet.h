/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Telnet (RFC 854, 855): a terminal over a connection. What both sides type and print, put together into lines, and the
 * options that they agree upon. What the files of this room share; docs/telnet.md says what is chosen.
 *
 *   telnet.c         the hooks: where commands stand between the text
 *   telnet_line.c    lines out of keystrokes, prompts and echoes; what is secret
 *   telnet_option.c  commands and options (RFC 855 and onward)
 *   telnet_fields.c  the tables
 *
 * Left out on purpose: what 3270 and 5250 terminals send (EBCDIC), and anything behind ENCRYPT or MCCP.
 */
#ifndef OVERHEAR_DISSECTORS_TELNET_H
#define OVERHEAR_DISSECTORS_TELNET_H

#include "overhear/dissector.h"

enum telnet_field {
    TELNET_SIDE,
    TELNET_TEXT,
    TELNET_ECHOED,
    TELNET_PROMPT,
    TELNET_USER_NAME,
    TELNET_USER_PASSWORD,
    TELNET_OPTIONS,
    TELNET_FIELD_COUNT
};

enum telnet_option_member { TELNET_OPTION_COMMAND, TELNET_OPTION_NAME, TELNET_OPTION_VALUE, TELNET_OPTION_MEMBERS };

extern const struct dataset telnet_dataset;
extern const struct port telnet_ports[];

enum {
    TELNET_LINE_BYTES = 1024,   /* a longer line goes on in the next record */
    TELNET_COMMAND_BYTES = 8192 /* longest option with its values */
};

/* RFC 854 */
enum telnet_command {
    TELNET_EOR = 239, /* RFC 885 */
    TELNET_SE = 240,
    TELNET_NOP,
    TELNET_DM,
    TELNET_BRK,
    TELNET_IP,
    TELNET_AO,
    TELNET_AYT,
    TELNET_EC,
    TELNET_EL,
    TELNET_GA,
    TELNET_SB,
    TELNET_WILL,
    TELNET_WONT,
    TELNET_DO,
    TELNET_DONT,
    TELNET_IAC,
};

struct telnet_line {
    uint16_t length;
    bool begun;
    bool torn; /* bytes of it were lost; of the line in hand struct telnet_side says it */
    struct moment first, last;
    uint8_t text[TELNET_LINE_BYTES];
};

enum telnet_escape { TELNET_NO_ESCAPE, TELNET_ESCAPE, TELNET_ESCAPE_SEQUENCE, TELNET_ESCAPE_TEXT };

struct telnet_side {
    struct telnet_line line;
    enum telnet_escape escape; /* inside a control sequence of a terminal (ECMA-48) */
    bool after_return;         /* the last byte was a carriage return */
    bool unreadable;           /* encrypted or compressed from here on */
    bool heard;
    bool torn;          /* bytes of the line in hand were lost */
    uint16_t looked_at; /* bytes of an option that is not closed yet, whole escapes of them */
    uint16_t text_left; /* bytes that no command is in */
};

struct telnet_state {
    struct telnet_side sides[2];
    struct telnet_line typed; /* the client's line, ended, until it is known whether the server echoed it */
    bool waits;               /* there is one */
    bool prompted;            /* something stood before the cursor when it was typed */
    bool asks_password, asks_user;
    bool server_echoes; /* WILL ECHO: what is typed comes back, unless it is a secret */
    bool password_seen;
    struct transaction *negotiation; /* options of one side in a row */
    enum side negotiator;
};

/* --- lines (telnet_line.c) --- */

void telnet_take_text(struct telnet_state *state, struct emitter *emitter, const struct message *message);
/* Whatever is there of lines is written: before a gap, and at the end. */
void telnet_flush(struct telnet_state *state, struct emitter *emitter);

/* --- commands and options (telnet_option.c) --- */

/* IAC and what follows it, whole. */
enum verdict telnet_take_command(struct telnet_state *state, struct emitter *emitter, const struct message *message);
/* The options in a row are over. */
void telnet_end_negotiation(struct telnet_state *state, struct emitter *emitter);

#endif
