/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Text of a header field with its encoded words (RFC 2047), as UTF-8: "=?charset?B or Q?text?=".
 *
 * White space between two encoded words is none. Neighbours in the same character set are put together before they are
 * converted, as senders cut characters in two. Line ends of folding go; a tab that follows one becomes a space. Words
 * are also read where the RFC forbids them but senders write them: within quotes, without space around them, with
 * spaces in them.
 */
#ifndef OVERHEAR_DISSECTORS_MAIL_WORDS_H
#define OVERHEAR_DISSECTORS_MAIL_WORDS_H

#include "mail_scan.h"
#include "overhear/text.h"

enum {
    MAIL_WORDS_RAW = 896, /* bytes of neighbours that are converted at a time */
    MAIL_WORDS_UTF8 = 3 * MAIL_WORDS_RAW,
};

struct mail_word {
    struct bytes charset; /* without language */
    struct bytes text;
    bool is_base64;
    size_t length; /* of all of it */
};

/* The encoded word that stands at offset `at`. `barren` begins as SIZE_MAX and is kept while one text is looked through
 * from front to back: words that begin more than so many bytes before its end are known to have no end, which keeps
 * this linear. */
bool mail_word_at(struct bytes text, size_t at, size_t *barren, struct mail_word *ret_word);

/* A walk over decoded pieces. */
struct mail_words {
    struct emitter *emitter;
    struct bytes rest;
    size_t barren;
    struct mail_word word; /* in hand; text is what is left of it */
    struct base64 base64;
    bool inside; /* a run of words is in hand */
    size_t count;
    struct bytes charset; /* of the first word */
    uint8_t raw[MAIL_WORDS_RAW];
    uint8_t utf8[MAIL_WORDS_UTF8];
};

void mail_words_begin(struct mail_words *words, struct emitter *emitter, struct bytes value);

/* The next piece, never empty; valid until the next call. False: no more. */
bool mail_words_next(struct mail_words *words, struct bytes *ret_piece);

/* All of it, added to `text`. */
void mail_words_add(struct emitter *emitter, struct bytes value, struct mail_text *text);

#endif
