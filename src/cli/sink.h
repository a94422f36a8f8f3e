/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Between engine and output: counts the records, and lets those pass that were asked for.
 */
#ifndef OVERHEAR_CLI_SINK_H
#define OVERHEAR_CLI_SINK_H

#include "options.h"

struct display_filter;
struct ranking;
struct run_threads;
struct save;

struct sink {
    struct output *output;                 /* NULL: nothing is printed here */
    struct run_threads *threads;           /* print, and have the ranking; NULL: there are none */
    struct display_filter *display_filter; /* -Y; NULL: all pass */
    struct ranking *ranking;               /* counts every record; NULL: nobody wants it */
    struct save *save;                     /* is told which conversations --only found; NULL: nobody saves */
    uint64_t conversation;                 /* only of this one; 0: all pass */
    const bool *only;                      /* by index of dataset_list; NULL: all pass */
    const struct dataset *datasets[OPTIONS_DATASETS];
    uint64_t records[OPTIONS_DATASETS]; /* all that came, also those that did not pass */
    uint64_t passed;
    uint64_t skipped; /* so many records to come have been here before */
    size_t dataset_count;
};

/* The output, the filter and the others are the caller's, and are set by it. */
void sink_init(struct sink *sink, const struct options *options);

/* For struct record_sink: context is the struct sink. */
void sink_write(void *sink, const struct record *record);

/* For struct engine_options, with the same context. */
void sink_pause(void *sink);

/* For what the user asked for by name, such as --stats: no filter keeps it back. */
void sink_write_always(void *sink, const struct record *record);

#endif
