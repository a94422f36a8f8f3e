/* SPDX-License-Identifier: BSD-3-Clause
 *
 * An expression's words and signs. A word is whatever stands between blanks and signs: what it means (a field, a
 * number, an address, `and`) depends on where it stands, which the parser knows.
 */
#ifndef OVERHEAR_FILTER_LEXER_H
#define OVERHEAR_FILTER_LEXER_H

#include "complaint.h"

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,
    TOKEN_STRING, /* "...", with its quotes: \ escapes */
    TOKEN_RAW,    /* '...', with its quotes: nothing is escaped */
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_OPEN_SET,
    TOKEN_CLOSE_SET,
    TOKEN_OPEN_KEY,
    TOKEN_CLOSE_KEY,
    TOKEN_COMMA,
    TOKEN_EQUAL,
    TOKEN_NOT_EQUAL,
    TOKEN_LESS,
    TOKEN_LESS_EQUAL,
    TOKEN_GREATER,
    TOKEN_GREATER_EQUAL,
    TOKEN_AND, /* && */
    TOKEN_OR,  /* || */
    TOKEN_NOT, /* ! */
};

struct token {
    enum token_kind kind;
    struct span span;
};

struct lexer {
    const struct source *source;
    size_t at;
};

/* false, with a complaint: no token begins there. Behind the end there is TOKEN_END without length. */
bool lexer_next(struct lexer *lexer, struct token *ret_token);

/* The bytes of a token as they stand there. */
struct bytes token_text(const struct source *source, const struct token *token);
bool token_is(const struct source *source, const struct token *token, const char *word);

/* What a string means, without quotes and with its escapes undone, in at most its own length at `to`. With `pattern`
 * only \" is undone, the rest is the pattern's own business. false, with a complaint: there is no such escape. */
bool token_decode(const struct source *source, const struct token *token, bool pattern, uint8_t *to,
                  size_t *ret_length);

/* Where byte number `offset` of a decoded pattern stands in the expression. */
size_t token_pattern_place(const struct source *source, const struct token *token, size_t offset);

#endif
