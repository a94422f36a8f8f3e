/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The prose of the manual page and of --help: whatever is not in the table of options. Texts are plain, but for
 * `literal words` between backticks (printed bold) and <NAMES> of what the user fills in (in italics).
 */
#ifndef OVERHEAR_CLI_MANUAL_TEXT_H
#define OVERHEAR_CLI_MANUAL_TEXT_H

#include <stddef.h>

struct manual_verb {
    const char *name;
    const char *arguments; /* NULL: none */
    const char *help;
};

struct manual_example {
    const char *command;
    const char *meaning;
};

/* label NULL: a paragraph; else what the text explains. */
struct manual_block {
    const char *label;
    const char *text;
};

struct manual_section {
    const char *title;
    const struct manual_block *blocks;
    size_t block_count;
};

extern const struct manual_verb manual_verbs[];
extern const size_t manual_verb_count;

extern const struct manual_example manual_examples[];
extern const size_t manual_example_count;
/* So many of them, the first, are on the page of --help. */
extern const size_t manual_short_example_count;

extern const struct manual_block manual_exit_status[];
extern const size_t manual_exit_status_count;

/* What the help sentence of an option has no room for: the label is its long name. */
extern const struct manual_block manual_options[];
extern const size_t manual_option_count;

extern const char manual_summary[]; /* one line, without a period */
extern const char manual_date[];    /* when these texts last changed */
extern const char manual_description[];

/* Those after the options, in the order of the page. */
extern const struct manual_section manual_sections[];
extern const size_t manual_section_count;

#endif
