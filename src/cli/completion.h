/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the completions of the three shells have in common: what an option's argument may be.
 */
#ifndef OVERHEAR_CLI_COMPLETION_H
#define OVERHEAR_CLI_COMPLETION_H

#include "options_table.h"

#include <stdio.h>

enum completion_kind {
    COMPLETES_NOTHING, /* a number, say */
    COMPLETES_WORDS,
    COMPLETES_CAPTURES, /* files, those with names of captures first */
    COMPLETES_FILES,
    COMPLETES_FOLDERS,
    COMPLETES_INTERFACES,
    COMPLETES_DATASETS, /* several, with commas */
    COMPLETES_PROTOCOLS,
    COMPLETES_EXPRESSION,
    COMPLETES_USERS,
};

struct completion {
    const char *argument_name; /* of the option */
    const char *long_name;     /* only of this option; NULL: of all with that argument */
    enum completion_kind kind;
    const char *words; /* with spaces between them; one that ends with a colon is continued by the user */
    bool repeats;      /* the option may be given several times */
};

/* What the option's argument may be: never NULL. */
const struct completion *completion_of(const struct option_row *row);

/* The same for what follows a verb: NULL where nothing does. */
const char *completion_verb_words(const char *verb, bool *ret_datasets);

/* Are these for the first word after the verb only? What stands behind a protocol that is to be explained is anybody's
 * guess. */
bool completion_is_one_word(const char *verb);

/* Does the word after it belong to it? */
bool completion_takes_word(const struct option_row *row);

/* Lists with `separator` after each word but the last. */
void completion_print_datasets(FILE *to, const char *separator);
void completion_print_protocols(FILE *to, const char *separator);
void completion_print_fields(FILE *to, const char *separator); /* each full name once */

extern const char completion_comparisons[]; /* of the display filter, with spaces between them */
extern const char completion_suffixes[];    /* of names of captures, without the period */

void completion_print_bash(FILE *to);
void completion_print_zsh(FILE *to);
void completion_print_fish(FILE *to);

#endif
