/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What an expression is read into: tests of fields, and a program of one flag that asks them in the order in which they
 * were written, leaving out what no longer matters. Jumps lead forward only, so a program ends.
 */
#ifndef OVERHEAR_FILTER_PROGRAM_H
#define OVERHEAR_FILTER_PROGRAM_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "overhear/record.h"

struct community_id;

enum {
    FILTER_EXPRESSION_MAX = 65536, /* bytes */
    FILTER_NESTING_MAX = 64,       /* parentheses and negations inside each other */
};

/* What a name in an expression is about. */
enum subject {
    SUBJECT_VALUE,   /* one row of the tables */
    SUBJECT_OBJECT,  /* `http.response`: several rows */
    SUBJECT_DATASET, /* `http`: the kind of record */
};

struct filter_field {
    struct bytes name; /* without the key of a map and without [] */
    enum subject subject;
    const struct field *row; /* of SUBJECT_VALUE: tells the type, which is the same in all datasets */
    bool has_key;            /* of a map: one entry, */
    struct bytes key;        /* whose name is this, in small letters */
    bool ignores_case;       /* == and in compare ASCII letters without case */
};

/* Where a dataset has a field. */
enum place_kind { PLACE_ABSENT, PLACE_PRESENT, PLACE_COMMON, PLACE_VALUE, PLACE_MEMBER, PLACE_OBJECT };

struct place {
    uint8_t kind; /* enum place_kind */
    uint16_t top; /* row in the table; of PLACE_COMMON: enum common_field */
    uint16_t member;
    const struct field *row;                       /* NULL where no value is looked at */
    uint8_t fields[(LIMIT_RECORD_FIELDS + 7) / 8]; /* of PLACE_OBJECT: the rows that belong to it */
};

/* One of the things that a value may be. */
struct filter_value {
    int64_t low, high; /* numbers: from, to, both included */
    struct bytes text;
    struct address address;
    unsigned prefix; /* bits of the address that count */
};

enum test_kind { TEST_EXISTS, TEST_IN, TEST_CONTAINS, TEST_MATCHES };

struct test {
    struct filter_field field;
    enum test_kind kind;
    bool negated; /* !=: there is a value, and none is in */
    unsigned first_value, value_count;
    pcre2_code *pattern; /* owned */
};

enum instruction_kind { INSTRUCTION_TEST, INSTRUCTION_NOT, INSTRUCTION_JUMP_IF_TRUE, INSTRUCTION_JUMP_IF_FALSE };

struct instruction {
    enum instruction_kind kind;
    unsigned target; /* the test; where the jump leads */
};

/* The arrays have room for as many as an expression of that length can have. */
struct program {
    struct instruction *instructions;
    struct test *tests;
    struct filter_value *values;
    uint8_t *text; /* what names and values point into */
    unsigned instruction_count, test_count, value_count;
    size_t text_length;
};

#endif
