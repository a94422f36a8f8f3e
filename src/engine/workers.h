/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Several engines side by side, each with a thread and a source of frames of its own; what they say leaves through one
 * sink, on the caller's thread, in the order of the frames that completed it. Conversations are numbered over all of
 * them in the order of their first frames; names from DNS answers hold for all of them: the records are those of one
 * engine over all frames, as long as every source gives all frames between two hosts. docs/threads.md says how.
 *
 * Queues are bounded: a worker whose records nobody collects waits, and then its frames are the kernel's business.
 */
#ifndef OVERHEAR_ENGINE_WORKERS_H
#define OVERHEAR_ENGINE_WORKERS_H

#include "overhear/engine.h"

struct workers;

enum worker_input {
    WORKER_FRAME,   /* here is one */
    WORKER_NOTHING, /* none came within a while (at most 100 ms) */
    WORKER_END,     /* nor will any come */
    WORKER_MOMENT,  /* frame->moment is that of a frame that another worker has; only with `numbered` */
};

struct workers_options {
    struct engine_options engine; /* of each; memory_limit is shared out among them; tap must be NULL */
    unsigned count;               /* at least 1, at most LIMIT_WORKERS */
    void *context;
    /* On the worker's thread. The frame's bytes stay valid until the next call for that worker. */
    enum worker_input (*next)(void *context, unsigned worker, struct frame *ret_frame);
    /* False, for sources that do not know of each other: frames are numbered 1, 2, 3 … here, in the order in which
     * `next` returns them. True: `next` numbers them, and tells every worker of every frame, in the order of their
     * numbers, by WORKER_FRAME or by WORKER_MOMENT; then the records do not depend on the number of workers. It must
     * not keep one worker waiting for what it has read until another one takes what is its own. */
    bool numbered;
    /* On the worker's thread, after the engine had the frame, which has its number; may be NULL. See
     * engine_conversation. Here conversation->id is unique over all workers, and not the number in the records. */
    void (*done)(void *context, unsigned worker, const struct frame *frame, const struct conversation *conversation);
    /* The time, for workers whose source gives nothing (engine_idle); nanoseconds since 1970. On the worker's thread.
     * NULL: there is none but that of the frames. */
    int64_t (*clock)(void *context, unsigned worker);
};

/* NULL where memory is out, or the folder of --extract cannot be used. */
struct workers *workers_new(const struct workers_options *options);

/* The threads begin, with all signals blocked. 0, or -1: they cannot; then workers_free is what is left to do. */
int workers_start(struct workers *workers);

/* Hands over what is ready, waiting for it at most `wait_ms`; a signal does not end the wait. Returns after some
 * thousand records even where more are ready. False: every source has ended, and all is handed over. */
bool workers_collect(struct workers *workers, int wait_ms);

/* Of all workers together, at this moment. On the thread that collects. memory_peak is the sum of the workers' peaks,
 * which may have come at different times. */
void workers_statistics(struct workers *workers, struct engine_statistics *ret_statistics);

/* Records (and what else is to be put in order with them) that wait to be collected, and the memory they take. */
uint64_t workers_waiting(const struct workers *workers);
uint64_t workers_waiting_bytes(const struct workers *workers);

/* Frames that `next` has returned so far. */
uint64_t workers_frames(const struct workers *workers);

/* The sources must have ended, or say WORKER_END soon; what was not collected is lost. NULL is fine. */
void workers_free(struct workers *workers);

#endif
