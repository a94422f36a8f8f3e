/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Between engine and output: counts the records of each dataset, and lets those pass that --only asks for.
 */
#ifndef OVERHEAR_CLI_SINK_H
#define OVERHEAR_CLI_SINK_H

#include "options.h"

struct sink {
    struct output *output;
    const bool *only; /* by index of dataset_list; NULL: all pass */
    const struct dataset *datasets[OPTIONS_DATASETS];
    uint64_t records[OPTIONS_DATASETS]; /* all that came, also those that did not pass */
    size_t dataset_count;
};

void sink_init(struct sink *sink, struct output *output, const struct options *options);

/* For struct record_sink: context is the struct sink. */
void sink_write(void *sink, const struct record *record);

#endif
