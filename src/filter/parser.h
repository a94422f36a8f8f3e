/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reads an expression:
 *
 *     expression = negation { ("and" | "&&" | "or" | "||") negation }     and binds closer than or
 *     negation   = { "not" | "!" } ( "(" expression ")" | test )
 *     test       = field [ "exists" | operator value | "in" "{" value { "," value } "}" ]
 *
 * Nothing here calls itself: what is open stands on a stack of fixed height.
 */
#ifndef OVERHEAR_FILTER_PARSER_H
#define OVERHEAR_FILTER_PARSER_H

#include "fields.h"
#include "lexer.h"

struct parser {
    struct source source;
    struct lexer lexer;
    struct token token; /* the one that is to be read next */
    size_t end;         /* of the one before it */
    const struct dataset_table *table;
    struct program *program;
};

/* Reads all of source.text into the program, whose arrays have room. false, with a complaint. */
bool parser_read(struct parser *parser);

/* The next token; false, with a complaint. */
bool parser_advance(struct parser *parser);

/* test.c: one test, which begins with the token in hand, a word. */
bool parser_read_test(struct parser *parser);

/* value.c: the value or the set that the test is about, `meaning` being its operator. */
enum verb {
    VERB_EXISTS,
    VERB_EQUAL,
    VERB_NOT_EQUAL,
    VERB_LESS,
    VERB_LESS_EQUAL,
    VERB_GREATER,
    VERB_GREATER_EQUAL,
    VERB_CONTAINS,
    VERB_MATCHES,
    VERB_IN,
};

bool parser_read_values(struct parser *parser, struct test *test, enum verb verb);

/* Bytes that the program keeps: there is room for as many as the expression has. */
uint8_t *parser_text(struct parser *parser, size_t length);

#endif
