/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The bytes of both sides of a conversation as lines that a person can read. Each line begins with who speaks (▸ the
 * client, ◂ the server) and how the line is to be taken:
 *
 *     "▸ "   bytes, as text: what is not text is shown as \xNN; the line ends where the sender ended it
 *     "▸…"   more of a line that was begun before the other side spoke
 *     "▸:"   bytes that are no text, sixteen a line: where they stand in what this side said, in hexadecimal, as text
 *     "▸!"   nothing that was said, but something about it: bytes that were lost
 *
 * so that whatever the bytes are, they cannot be taken for anything else. Lines that begin otherwise are ours, too.
 */
#ifndef OVERHEAR_CLI_FOLLOW_TEXT_H
#define OVERHEAR_CLI_FOLLOW_TEXT_H

#include "output/text.h"
#include "overhear/dissector.h"

struct follow_side {
    uint8_t carried[4]; /* bytes that cannot be shown yet: a CR, or the beginning of a character */
    size_t carried_length;
    uint64_t offset; /* of the next byte to show */
    bool broken;     /* the line that was begun goes on after the other side's words */
    bool binary;     /* what comes is no text, until it is clearly again */
};

struct follow_text {
    struct text_buffer *out;
    bool color, times;
    int64_t start_ns; /* times are counted from here */
    bool open;        /* a line is begun, by `speaker` */
    bool painted;     /* and its colour is set */
    enum side speaker;
    int64_t spoken_ns;
    struct follow_side sides[2];
};

/* The line that says whose words follow. */
void follow_text_begin(struct follow_text *text, const struct conversation *conversation);

/* `whole`: the piece stands for itself (a datagram), and the next begins a line of its own. */
void follow_text_say(struct follow_text *text, enum side side, struct bytes data, int64_t time_ns, bool whole);

void follow_text_lost(struct follow_text *text, enum side side, uint64_t length);

/* Client and server change places, after some of their words were shown. */
void follow_text_swap(struct follow_text *text, const struct conversation *conversation);

/* A remark of ours on a line of its own. */
void follow_text_remark(struct follow_text *text, const char *words);

/* What was begun is shown as far as it is, so that it can be read while more is waited for. */
void follow_text_pause(struct follow_text *text);

/* What waits is shown, the last line ended. */
void follow_text_end(struct follow_text *text);

/* ADDRESS:PORT, with brackets around IPv6. */
void follow_add_endpoint(struct text_buffer *out, const struct endpoint *endpoint);

#endif
