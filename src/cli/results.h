/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where the results go: standard output, or -o FILE, which can be opened anew while we run (logrotate).
 */
#ifndef OVERHEAR_CLI_RESULTS_H
#define OVERHEAR_CLI_RESULTS_H

#include <stdbool.h>
#include <stddef.h>

struct results {
    int descriptor;   /* to write to */
    int folder;       /* that the file is in, open; -1: none */
    const char *path; /* as the user wrote it; NULL: standard output */
    const char *name; /* in the folder */
};

/* path NULL: standard output. A file is emptied, or with `appends` added to: if its last line has no end (the program
 * that wrote it was killed), one is put there first, so that the next line is whole. 0, or -1 with the message. */
int results_open(struct results *results, const char *path, bool appends, char *ret_error, size_t error_size);

/* Opens a file of the same name anew, added to where there is one, and gives its descriptor; the caller then closes the
 * old one. Works inside the sandbox. -1 with the message: nothing has changed. */
int results_reopen(struct results *results, char *ret_error, size_t error_size);

/* 0, or -1 with the message: what was written last may be lost. */
int results_close(struct results *results, char *ret_error, size_t error_size);

#endif
