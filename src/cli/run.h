/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One run: everything that is opened for it, and the loop that moves frames from the captures into the engine.
 */
#ifndef OVERHEAR_CLI_RUN_H
#define OVERHEAR_CLI_RUN_H

#include "capture/capture.h"
#include "privileges.h"
#include "progress.h"
#include "results.h"
#include "sink.h"

#include <stdatomic.h>

enum exit_status { STATUS_DONE = 0, STATUS_BROKEN = 1, STATUS_WRONG = 2 };

/* A capture file, opened before the sandbox. */
struct opened_file {
    int descriptor; /* -1: it could not be opened, */
    int reason;     /* for this errno; said when its turn comes */
    int again;      /* the same file once more, to begin again; -1: it cannot be read again */
    bool is_ahead;  /* another thread has it, and inflates it */
    uint64_t size;  /* of such a one */
};

struct crew;
struct filter;
struct follow;
struct listening;
struct run_threads;

struct run {
    const struct options *options;
    struct identity identity;
    struct notes *notes;
    struct results results;
    struct output *output;       /* NULL: only the summary is wanted, or bytes, or: */
    struct ahead *ahead;         /* inflates files; NULL: the thread that reads does it */
    struct run_threads *threads; /* print; NULL: the thread that reads does it */
    struct sink sink;
    struct engine *engine; /* NULL: workers analyse, or: */
    struct crew *crew;     /* several engines with a thread each share the files' frames */
    struct engine_options engine_options;
    struct save *save; /* of -w; NULL: none, or it failed */
    struct follow *follow;
    struct listening *listening;                    /* of -i */
    struct opened_file *files;                      /* as many as captures */
    struct filter *filter;                          /* of files; NULL: none */
    int save_folder, extract_folder, follow_folder; /* of -w that rotates, --extract, --follow all; -1: none */
    int memory_descriptor;                          /* tells how much memory the process takes; -1: unknown */
    struct progress progress;
    int64_t begun_ns;
    uint64_t frames;            /* numbered so far, over all captures */
    uint64_t taken;             /* given to the engine */
    bool ended_early;           /* files hold more frames than were read */
    unsigned told, told_before; /* what was wrong with files; and so many times when they were read before */
    atomic_int status;          /* enum exit_status: the worst so far; workers may fail, too */
    atomic_bool save_refused;   /* -w met a frame that it cannot hold; said once */
    atomic_bool save_failed;    /* -w can write nothing more */
    atomic_bool save_complete;  /* -W with -G: as many files as were wanted */
};

/* Opens what has to be opened, gives up rights, enters the sandbox. Not STATUS_DONE: it has said why; run_close all the
 * same. */
enum exit_status run_open(struct run *run, const struct options *options);

/* Reads all captures, or listens, until their end, -c, -a, SIGINT or SIGTERM, or until nobody takes the output any
 * more. */
void run_captures(struct run *run);

/* Ends what is in flight, writes everything, prints the summary. */
void run_finish(struct run *run);

/* Frees; the exit status of the program. */
enum exit_status run_close(struct run *run);

/* Is the summary to be printed at the end? Not after the bytes of one conversation of a file, unless it is asked for.
 */
bool run_wants_summary(const struct options *options);

/* For the loops: */

/* Says what went wrong; the exit status will tell, too. */
void run_fail(struct run *run, const char *text);

/* Why results cannot be written, as an errno; 0: they can so far. */
int run_output_errno(const struct run *run);

/* Nothing more is to be read. */
bool run_is_over(const struct run *run);

/* Saves and analyses a frame. */
void run_take_frame(struct run *run, const struct frame *frame);

/* What the engine or the workers have counted. */
void run_statistics(const struct run *run, struct engine_statistics *ret_statistics);

/* Results, saved frames and bytes that wait are written. `now_ns`: the time as frames have it; 0: not known. */
void run_flush(struct run *run, int64_t now_ns);

/* What came of saving a frame: says what has to be said, once. */
void run_saved(struct run *run, int result, bool failed, const char *error);

#endif
