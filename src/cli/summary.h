/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the run came to: on standard error beside the results, or in their place (docs/summary.md).
 */
#ifndef OVERHEAR_CLI_SUMMARY_H
#define OVERHEAR_CLI_SUMMARY_H

#include "capture/capture.h"
#include "sink.h"

struct summary {
    const struct engine_statistics *statistics;
    const struct sink *sink; /* records of each dataset, and what they rank (NULL: nothing) */
    int64_t elapsed_ns;
    bool full;      /* all lists, not only the most useful lines */
    unsigned width; /* columns of the text; 0: 80 */

    /* live: */
    bool knows_drops;
    uint64_t received, dropped_by_kernel, dropped_by_interface; /* of all interfaces; see struct capture_interface */
    const struct capture_interface *interfaces;                 /* told one by one where there are several */
    size_t interface_count;

    /* -w: */
    bool saves;
    uint64_t saved_frames, saved_files, not_saved_frames;
};

/* Aligned lines; those that would say zero are left out, but for what was dropped live. */
void summary_print_text(FILE *to, const struct summary *summary);

/* One JSON object on one line, all keys always there. -1 where memory is out. */
int summary_print_json(FILE *to, const struct summary *summary);

#endif
