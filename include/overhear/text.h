/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the protocols of lines share: SMTP, POP3, IMAP, FTP and their like. Commands are one line, replies one or
 * several; a longer text ends with a line that is only a period. Pairing pipelined commands with replies needs nothing
 * here: open a transaction for each command, and a reply belongs to transaction_oldest.
 *
 * Nothing in here allocates. Every framer is linear: bytes that were looked at are not looked at again.
 */
#ifndef OVERHEAR_TEXT_H
#define OVERHEAR_TEXT_H

#include "overhear/dissector.h"

/* --- lines --- */

/* A line without its CRLF, or LF alone; of one that broke off in the middle of it, without the CR. *ret_bare (may be
 * NULL) is set, never cleared, where it was LF alone. */
struct bytes text_line(struct bytes line, bool *ret_bare);

/* The first line of `rest` without its end; `rest` moves behind it. The last one may have no end. False: no more. */
bool text_line_next(struct bytes *rest, struct bytes *ret_line);

/* The next word: what stands between spaces and tabs. `rest` moves behind it and the space after it. False: no more. */
bool text_word_next(struct bytes *rest, struct bytes *ret_word);

/* 1 to 18 decimal digits and nothing else. */
bool text_number(struct bytes digits, uint64_t *ret_number);

/* Where a stands in upper case in `words` (ended by NULL), compared without regard to case; -1: nowhere. */
int text_find_word(const char *const *words, struct bytes word);

/* Does TLS begin here, with the hello of either side? Where STARTTLS or its answer is lost, that is what is left to
 * tell it by. */
enum text_tls { TEXT_NO_TLS, TEXT_TLS_MORE, TEXT_TLS };
enum text_tls text_tls_begins(struct bytes first);

/* --- replies: three digits, then a space, or a hyphen where more lines follow --- */

enum reply_style {
    REPLY_SMTP, /* RFC 5321 4.2.1: every line carries a code; the first one without hyphen is the last */
    REPLY_FTP,  /* RFC 959 4.2: lines in between may be anything; the last one has the first one's code and a space */
};

/* Where the first byte stands that some take for the end of a line and others do not, which is how a command is hidden
 * from a filter: NUL, or CR without LF behind it. text.len: nowhere. A CR at the end of the text is its line's. */
size_t text_hidden_end(struct bytes text);

/* Report it, where there is one. */
void text_tell_hidden_line(struct emitter *emitter, struct bytes text);

/* Of a reply that broke off: its whole lines, or what there is of the only one. */
struct bytes reply_whole_lines(struct bytes message);

/* A whole reply, all its lines with their ends. A first line that does not begin with three digits is one line. */
struct framing framing_reply(enum reply_style style, struct bytes pending, size_t seen);

struct reply {
    unsigned code;       /* 0 to 999 */
    unsigned line_count; /* at least 1 */
    struct bytes lines;  /* as sent; walk them with reply_line_next */
    bool bare_lf;
    bool odd; /* a line between has another code, or the code is not followed by space, hyphen or the end */
};

/* False: it does not begin with three digits. An unfinished reply is taken for what is there of it. */
bool reply_parse(enum reply_style style, struct bytes message, struct reply *ret_reply);

/* The text of the next line, without code, separator and end. `rest` begins as reply.lines. */
bool reply_line_next(const struct reply *reply, enum reply_style style, struct bytes *rest, struct bytes *ret_text);

/* All texts joined by LF, appended to the field. At most `limit` bytes. */
void reply_record(const struct reply *reply, enum reply_style style, struct record *record, unsigned field,
                  size_t limit);

/* --- text up to a line that is only a period (RFC 5321 4.5.2, RFC 1939 3) --- */

struct dot {
    bool inside_line;  /* the last byte taken was not the end of a line. Begins false */
    bool torn;         /* and it is not known what it was: see dot_lose */
    bool after_bare;   /* that line ended with LF alone */
    bool accepts_bare; /* set by the dissector where this sender ends its lines with LF alone: then LF period LF ends */
    bool lone_return;  /* the last two bytes taken were CR and a period */
    bool ambiguous; /* set here, once it was seen: a lone period between bare line ends, at which some readers stop and
                     * others do not (the way of SMTP smuggling) */
};

/* FRAMING_MESSAGE: the line with the period, with its end: the text is over. FRAMING_PIECE: so much text, which
 * has to pass dot_unstuff before `frame` is asked again. FRAMING_MORE. */
struct framing framing_dot(struct dot *dot, struct bytes pending);

/* The piece as it was before the sender doubled the periods at the beginning of lines. */
struct bytes dot_unstuff(struct dot *dot, struct bytes piece);

/* Bytes are lost: what follows may stand in the midst of a line, or of its end. */
void dot_lose(struct dot *dot);

/* --- base64 (RFC 4648), lenient: other characters are skipped, also the URL-safe alphabet is understood --- */

struct base64 {
    uint32_t bits;
    uint8_t held;  /* bits of them, below 8 */
    bool finished; /* padding was seen: what follows is passed over */
    bool odd;      /* characters that do not belong, other than white space, or text after the padding */
};

/* Decode the next piece: at most `room` bytes come out, and *ret_used bytes of the piece were taken. Returns how many
 * came out. Begin with a zeroed struct base64. */
size_t base64_piece(struct base64 *base64, struct bytes piece, void *to, size_t room, size_t *ret_used);

/* All at once; what does not fit is left out. Returns how many bytes came out. */
size_t base64_decode(struct bytes text, void *to, size_t room);

#endif
