/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A bar on standard error for files that take more than a second.
 *
 * It is shown only where standard error is a terminal and the results go somewhere else: when both are the same
 * terminal, the transcript itself shows how far we are. Messages erase it first.
 */
#ifndef OVERHEAR_CLI_PROGRESS_H
#define OVERHEAR_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

enum { PROGRESS_FRAMES = 4096 }; /* call progress_show once in so many frames: it reads the clock */

struct progress {
    bool wanted;
    bool drawn;
    int64_t begun_ns, drawn_ns;
    uint64_t total;  /* bytes of all files; 0: not known */
    uint64_t before; /* bytes of the files that are done */
};

/* results: the descriptor that the output is written to. */
void progress_init(struct progress *progress, int results, bool wanted);

/* `position`: bytes of the file in hand consumed so far. At most five times a second something is drawn. */
void progress_show(struct progress *progress, const char *path, uint64_t position, uint64_t frames);
void progress_erase(struct progress *progress);

/* The bar as it is drawn, for `columns` columns: percent, rate, time left. */
void progress_line(char *ret_text, unsigned size, unsigned columns, const char *path, uint64_t done, uint64_t total,
                   uint64_t frames, int64_t elapsed_ns);

#endif
