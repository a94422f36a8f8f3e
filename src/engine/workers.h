/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Several engines side by side, each with a thread and a source of frames of its own; what they say leaves through one
 * sink, on the caller's thread, in the order of the frames that completed it. Conversations are numbered over all of
 * them in the order of their first frames; names from DNS answers hold for all of them: the records are those of one
 * engine over all frames, as long as every source gives all frames between two hosts.
 *
 * Queues are bounded: a worker whose records nobody collects waits, and then its frames are the kernel's business.
 */
#ifndef OVERHEAR_ENGINE_WORKERS_H
#define OVERHEAR_ENGINE_WORKERS_H

#include "overhear/engine.h"

struct workers;

enum worker_input {
    WORKER_FRAME,   /* here is one; frame->moment.frame is unique over all workers */
    WORKER_NOTHING, /* none came within a while (at most 100 ms) */
    WORKER_END,
};

struct workers_options {
    struct engine_options engine; /* of each; memory_limit is shared out among them; tap must be NULL */
    unsigned count;               /* at least 1, at most LIMIT_WORKERS */
    void *context;
    /* On the worker's thread. The frame's bytes stay valid until the next call for that worker. */
    enum worker_input (*next)(void *context, unsigned worker, struct frame *ret_frame);
    /* On the worker's thread, after the engine had the frame; may be NULL. See engine_conversation. */
    void (*done)(void *context, unsigned worker, const struct frame *frame, const struct conversation *conversation);
    /* The time, for workers whose source gives nothing (engine_idle); nanoseconds since 1970. */
    int64_t (*clock)(void *context);
};

/* NULL where memory or threads are out. */
struct workers *workers_new(const struct workers_options *options);

/* The threads begin. 0, or -1: they cannot. */
int workers_start(struct workers *workers);

/* Hands over what is ready, waiting for it at most `wait_ms`. False: every source has ended, and all is handed over. */
bool workers_collect(struct workers *workers, int wait_ms);

/* Of all workers together, at this moment. */
void workers_statistics(struct workers *workers, struct engine_statistics *ret_statistics);

/* Records that wait to be collected. */
uint64_t workers_waiting(struct workers *workers);

/* Sources must have ended, and workers_collect must have said so; or nothing was started. */
void workers_free(struct workers *workers);

#endif
