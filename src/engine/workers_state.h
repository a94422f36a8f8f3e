/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The inside of workers.h. One thread writes each thing here, unless it is atomic or said to be under a lock.
 */
#ifndef OVERHEAR_ENGINE_WORKERS_STATE_H
#define OVERHEAR_ENGINE_WORKERS_STATE_H

#include "engine_part.h"
#include "merge.h"
#include "numbers.h"
#include "queue.h"
#include "workers.h"

#include "frame/names.h"
#include "util/budget.h"

#include <pthread.h>
#include <stdatomic.h>

/* Where something stands among all that is said: by the frame that completed it, then by what else was due with that
 * frame (session_shared.turn), then by worker; things of one worker as it said them. */
struct position {
    uint64_t frame, turn;
    unsigned worker;
};

/* What is said without a frame: after all of that frame. */
static const uint64_t TURN_IDLE = UINT64_MAX;
/* What is said at the end of all sources. */
static const uint64_t FRAME_END = UINT64_MAX;

/* How far a worker is: it says nothing more before this frame, or it is one of these, which no frame has. */
static const uint64_t PROGRESS_UNKNOWN = 0;            /* it is about to take a number */
static const uint64_t PROGRESS_IDLE = UINT64_MAX - 2;  /* nothing before the next number that anybody takes */
static const uint64_t PROGRESS_ENDED = UINT64_MAX - 1; /* nothing before the end of all sources */
static const uint64_t PROGRESS_DONE = UINT64_MAX;      /* nothing at all */

enum event_kind { EVENT_OPENED, EVENT_RECORD, EVENT_LESSON, EVENT_QUESTION };

/* The head of each block in a queue. Behind it: of a record struct record_event, of a lesson struct lesson_event. */
struct event {
    uint64_t frame, turn;
    uint64_t conversation; /* its id among the workers; 0: none */
    enum event_kind kind;
};

/* Behind it the items, then the text. */
struct record_event {
    struct event event;
    struct conversation conversation;
    struct record record;
};

/* emit_name. Behind it the name. */
struct lesson_event {
    struct event event;
    enum name_kind kind;
    struct address asker, address;
    int64_t time_ns;
    uint32_t ttl_s;
    uint32_t length;
};

struct worker {
    struct workers *workers;
    unsigned index;
    struct session_exit exit;
    struct queue queue;
    pthread_t thread;
    bool started;
    /* The worker's thread. */
    uint64_t frame; /* in hand: events get it */
    bool idle;      /* nothing is in hand: events come after all of that frame */
    _Atomic uint64_t progress;
    /* Held while the engine works; statistics are read under it. */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* there is room in the queue, the question is answered */
    struct engine *engine;  /* under `lock` */
    uint64_t answer;        /* under `lock`; 0: not yet */
    _Atomic bool waits;     /* for room */
    _Atomic bool wanted;    /* somebody else wants the lock */
};

struct workers {
    struct workers_options options;
    struct budget budget; /* of the thread that collects: names and numbers */
    struct names *names;
    struct numbers *numbers;
    uint64_t loose_anomalies[ANOMALY_COUNT];
    uint64_t records;
    _Atomic uint64_t frames; /* numbers given out */
    _Atomic bool abandoned;  /* nobody collects any more: what is said is dropped */
    _Atomic bool sleeps;     /* who collects, until there is something */
    pthread_mutex_t wake_lock;
    pthread_cond_t wake;
    struct engine_statistics part; /* room for the statistics of one */
    struct merged_ports ports;
    unsigned count;
    struct worker worker[];
};

/* workers.c: gives the lock up until something has changed, or a few milliseconds have passed. */
void worker_wait(struct worker *worker);

/* worker_exit.c */
void worker_exit_init(struct worker *worker);
/* Whoever collects is told that there is something new. */
void workers_wake(struct workers *workers);

#endif
