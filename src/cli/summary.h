/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the run came to, on standard error.
 */
#ifndef OVERHEAR_CLI_SUMMARY_H
#define OVERHEAR_CLI_SUMMARY_H

#include "sink.h"

struct summary {
    const struct engine_statistics *statistics;
    const struct sink *sink; /* records of each dataset */
    int64_t elapsed_ns;
    bool knows_drops; /* live: */
    uint64_t dropped_by_kernel, dropped_by_interface;
};

/* Aligned lines; those that would say zero are left out. */
void summary_print_text(FILE *to, const struct summary *summary);

/* One JSON object on one line, all keys always there. -1 where memory is out. */
int summary_print_json(FILE *to, const struct summary *summary);

#endif
