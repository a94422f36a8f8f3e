/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One run: everything that is opened for it, and the loop that moves frames from the captures into the engine.
 */
#ifndef OVERHEAR_CLI_RUN_H
#define OVERHEAR_CLI_RUN_H

#include "capture/capture.h"
#include "progress.h"
#include "sink.h"

enum exit_status { STATUS_DONE = 0, STATUS_BROKEN = 1, STATUS_WRONG = 2 };

struct run {
    const struct options *options;
    struct notes *notes;
    struct output *output;
    struct sink sink;
    struct engine *engine;
    struct capture_writer *writer; /* of -w; NULL: none, or it failed */
    struct capture *live;          /* of -i */
    int descriptor;                /* the output's */
    struct progress progress;
    int64_t begun_ns;
    uint64_t frames;         /* numbered so far, over all captures */
    uint64_t taken;          /* given to the engine */
    enum exit_status status; /* the worst so far */
    bool save_refused;       /* -w met a frame that it cannot hold; said once */
    bool knows_drops;
    uint64_t dropped_by_kernel, dropped_by_interface;
};

/* Opens what has to be opened, then gives up what -Z says. Not STATUS_DONE: it has said why; run_close all the same. */
enum exit_status run_open(struct run *run, const struct options *options);

/* Reads all captures, until their end, -c, SIGINT or SIGTERM, or until nobody takes the output any more. */
void run_captures(struct run *run);

/* Ends what is in flight, writes everything, prints the summary. */
void run_finish(struct run *run);

/* Frees; the exit status of the program. */
enum exit_status run_close(struct run *run);

#endif
