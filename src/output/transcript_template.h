/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The little language of `struct line.words` (docs/transcript.md), taken apart once for each dataset.
 */
#ifndef OVERHEAR_OUTPUT_TRANSCRIPT_TEMPLATE_H
#define OVERHEAR_OUTPUT_TRANSCRIPT_TEMPLATE_H

#include "overhear/record.h"
#include "record/notes.h"

enum token_kind {
    TOKEN_WORDS,    /* our own words, as they stand */
    TOKEN_FIELD,    /* a value of the record */
    TOKEN_MEMBER,   /* a value of the entry that `each` has reached */
    TOKEN_KEY,      /* the key of that entry */
    TOKEN_VALUE,    /* its value */
    TOKEN_ELAPSED,  /* {event.duration} */
    TOKEN_COLUMN,   /* two spaces: the next column begins */
    TOKEN_OPTIONAL, /* [ */
    TOKEN_END,      /* ] */
    TOKEN_PRESENT,  /* {?field}: the line is left out where the field is absent */
    TOKEN_ABSENT,   /* {^field}: the line is left out where it is there */
};

enum token_format { FORMAT_PLAIN, FORMAT_SIZE, FORMAT_DURATION, FORMAT_TTL, FORMAT_LIST };

struct token {
    enum token_kind kind;
    enum token_format format;
    bool strong;
    unsigned field;                     /* of FIELD and MEMBER */
    const struct field *row;            /* of FIELD, MEMBER, KEY and VALUE */
    const struct note_catalog *catalog; /* NULL: nothing is said about its values */
    struct bytes words;                 /* of WORDS; borrowed from the line */
    size_t end;                         /* of OPTIONAL: number of its TOKEN_END */
};

enum {
    TEMPLATE_COLUMNS = 12, /* further ones are joined with the last */
    TEMPLATE_TOKENS = 96,  /* in one line */
};

struct line_template {
    const struct line *line;
    const struct field *each; /* NULL: once */
    struct token *tokens;
    size_t token_count;
    struct bytes *keys; /* line->keys, and a bit for each of their lengths (63: that or more) */
    size_t key_count;
    uint64_t key_lengths;
    bool is_table;                /* has columns, and is told for each of several */
    uint64_t needs[RECORD_WORDS]; /* a bit for each field without which the line is left out for sure */
    size_t same_as;               /* number of the first line with the same words: their columns line up */
    /* Of the record in hand, filled by who prints: */
    size_t widths[TEMPLATE_COLUMNS];
    bool is_begun;     /* there is something to measure; */
    bool is_alone;     /* the table has one row, whose own widths count, */
    size_t most_width; /* unless they are larger */
};

struct transcript_plan {
    struct line_template *lines;
    size_t count;
    bool is_anomaly;   /* a record of what is wrong */
    struct line *made; /* of a dataset without lines: one for each field, */
    char *made_words;  /* and what they say */
};

/* NULL where memory is out. A name that the dataset does not have is printed as it stands, to be seen. */
struct transcript_plan *transcript_plan_new(const struct dataset *dataset, const struct notes *notes);
void transcript_plan_free(struct transcript_plan *plan);

#endif
