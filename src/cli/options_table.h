/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One row for each option: what the parser needs, and the help page prints.
 */
#ifndef OVERHEAR_CLI_OPTIONS_TABLE_H
#define OVERHEAR_CLI_OPTIONS_TABLE_H

#include "options.h"

enum option_argument {
    ARGUMENT_NONE,
    ARGUMENT_REQUIRED,
    ARGUMENT_ATTACHED, /* optional, and then after a '=' */
    ARGUMENT_FOLDER,   /* required, and after the word `all` a folder */
};

enum option_group {
    GROUP_INPUT,
    GROUP_MEANING,
    GROUP_CHOICE,
    GROUP_OUTPUT,
    GROUP_LIVE,
    GROUP_SAVE,
    GROUP_LIMITS,
    GROUP_OTHER,
    GROUP_COUNT
};

struct option_row {
    char short_name; /* 0: none */
    enum option_argument argument;
    const char *long_name; /* NULL: none */
    const char *argument_name;
    /* Takes the value (NULL where there is none). Returns NULL, or what was expected instead; the
     * parser lists the names that would do after one that ends with a colon. */
    const char *(*take)(struct options *options, const char *value);
    enum option_group group;
    const char *help; /* NULL: not shown */
};

extern const struct option_row option_rows[];
extern const size_t option_row_count;
extern const char *const option_group_titles[GROUP_COUNT];

#endif
