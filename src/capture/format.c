/* SPDX-License-Identifier: BSD-3-Clause */
#include "format.h"

#include <stdio.h>

enum capture_result format_short(const struct source *source, const char *what, size_t expected, size_t there,
                                 char ret_problem[PROBLEM_SIZE])
{
    if (source_state(source) == SOURCE_INTERRUPTED)
        return CAPTURE_NOTHING;
    char reason[PROBLEM_SIZE / 2];
    source_reason(source, reason, sizeof reason);
    snprintf(ret_problem, PROBLEM_SIZE, "%zu bytes of %s expected, %zu there: %s", expected, what, there, reason);
    return CAPTURE_BROKEN;
}
