/* SPDX-License-Identifier: BSD-3-Clause
 *
 * `overhear explain WORDS`: the notes as a dictionary, without any capture.
 */
#ifndef OVERHEAR_CLI_EXPLAIN_H
#define OVERHEAR_CLI_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { EXPLAIN_ERROR_SIZE = 512 };

struct notes;

struct explain_options {
    const struct notes *notes;
    bool color;
    unsigned width; /* columns */
};

/* Words as typed: `smtp 550`, `dns RRSIG`, `http 307`, `NXDOMAIN`. 0: something was printed; -1: nothing is known of
 * them, or nothing was asked; then ret_error says so and, where there is a near miss, what was perhaps meant. */
int explain_print(FILE *to, const struct explain_options *options, const char *const *words, size_t count,
                  char *ret_error, size_t error_size);

#endif
