/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The threads: each takes a frame, gives it to its engine, and tells the others how far it is.
 */
#include "workers.h"

#include "merge.h"
#include "workers_state.h"

#include "util/thread.h"

#include <sched.h>
#include <stdlib.h>
#include <time.h>

enum {
    WAIT_NS = 5 * 1000 * 1000,
    SECOND_NS = 1000 * 1000 * 1000,
    COLLECTOR_SHARE = 4, /* of --memory: one part for names and numbers, the others for the engines */
};

void worker_wait(struct worker *worker)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += WAIT_NS;
    if (until.tv_nsec >= SECOND_NS) {
        until.tv_nsec -= SECOND_NS;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&worker->changed, &worker->lock, &until);
}

/* Who else wants the lock goes first: a worker that lets it go only to take it again would keep it. */
static void take_lock(struct worker *worker)
{
    while (atomic_load(&worker->wanted))
        sched_yield();
    pthread_mutex_lock(&worker->lock);
}

/* The order of the steps matters: what the others may hand over is computed from the numbers given out, read first,
 * and from what this worker says of itself, read then. A worker that seems idle takes a higher number than that. */
static void work(struct worker *worker, struct frame *frame)
{
    struct workers *workers = worker->workers;
    const bool numbered = workers->options.numbered;
    if (!numbered) {
        atomic_store(&worker->progress, PROGRESS_UNKNOWN);
        frame->moment.frame = atomic_fetch_add(&workers->frames, 1) + 1;
    }
    worker->frame = frame->moment.frame;
    atomic_store(&worker->progress, worker->frame);
    take_lock(worker);
    engine_frame(worker->engine, frame);
    pthread_mutex_unlock(&worker->lock);
    if (workers->options.done)
        workers->options.done(workers->options.context, worker->index, frame, engine_conversation(worker->engine));
    atomic_store(&worker->progress, numbered ? worker->frame + 1 : PROGRESS_IDLE);
}

static void pass(struct worker *worker, struct moment moment)
{
    worker->frame = moment.frame;
    take_lock(worker);
    engine_pass(worker->engine, moment);
    pthread_mutex_unlock(&worker->lock);
    atomic_store(&worker->progress, worker->frame + 1);
}

static void rest(struct worker *worker)
{
    struct workers *workers = worker->workers;
    if (!workers->options.clock || workers->options.numbered)
        return;
    atomic_store(&worker->progress, PROGRESS_UNKNOWN);
    worker->frame = atomic_load(&workers->frames);
    worker->idle = true;
    atomic_store(&worker->progress, worker->frame);
    take_lock(worker);
    engine_idle(worker->engine, workers->options.clock(workers->options.context, worker->index));
    pthread_mutex_unlock(&worker->lock);
    worker->idle = false;
    atomic_store(&worker->progress, PROGRESS_IDLE);
}

static void finish(struct worker *worker)
{
    worker->frame = FRAME_END;
    atomic_store(&worker->progress, PROGRESS_ENDED);
    take_lock(worker);
    engine_finish(worker->engine);
    pthread_mutex_unlock(&worker->lock);
    atomic_store(&worker->progress, PROGRESS_DONE);
    workers_wake(worker->workers);
}

static void *run(void *context)
{
    struct worker *worker = context;
    const struct workers_options *options = &worker->workers->options;
    for (;;) {
        struct frame frame = {.wire_length = 0};
        if (atomic_load(&worker->workers->abandoned))
            break;
        enum worker_input input = options->next(options->context, worker->index, &frame);
        if (input == WORKER_END)
            break;
        if (input == WORKER_FRAME)
            work(worker, &frame);
        else if (input == WORKER_MOMENT)
            pass(worker, frame.moment);
        else
            rest(worker);
    }
    finish(worker);
    return NULL;
}

static bool prepare_worker(struct workers *workers, unsigned index, const struct engine_options *options,
                           const pthread_condattr_t *attributes)
{
    struct worker *worker = &workers->worker[index];
    const struct engine_part part = {.exit = &worker->exit, .part = index, .other_parts = workers->options.count - 1};
    if (pthread_mutex_init(&worker->lock, NULL) != 0)
        return false;
    if (pthread_cond_init(&worker->changed, attributes) != 0) {
        pthread_mutex_destroy(&worker->lock);
        return false;
    }
    workers->count++; /* from here on workers_free knows it */
    worker->workers = workers;
    worker->index = index;
    worker_exit_init(worker);
    atomic_store(&worker->progress, workers->options.numbered ? 1 : PROGRESS_IDLE);
    worker->engine = engine_new_part(options, &part);
    return worker->engine && queue_init(&worker->queue, LIMIT_WORKER_BYTES);
}

static bool prepare(struct workers *workers)
{
    struct engine_options each = workers->options.engine;
    size_t limit = each.memory_limit ? each.memory_limit : (size_t)LIMIT_MEMORY_MIB << 20;
    budget_init(&workers->budget, limit / COLLECTOR_SHARE);
    each.memory_limit = (limit - limit / COLLECTOR_SHARE) / workers->options.count;
    workers->numbers = numbers_new(&workers->budget);
    workers->names = each.no_names ? NULL : names_new(&workers->budget);
    if (!workers->numbers || (!workers->names && !each.no_names))
        return false;
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0)
        return false;
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&workers->wake_lock, NULL);
    bool fine = pthread_cond_init(&workers->wake, &attributes) == 0;
    for (unsigned i = 0; i < workers->options.count && fine; i++)
        fine = prepare_worker(workers, i, &each, &attributes);
    pthread_condattr_destroy(&attributes);
    return fine;
}

struct workers *workers_new(const struct workers_options *options)
{
    if (options->count < 1 || options->count > LIMIT_WORKERS || options->engine.tap)
        return NULL;
    size_t size = sizeof(struct workers) + options->count * sizeof(struct worker);
    size = (size + _Alignof(struct workers) - 1) / _Alignof(struct workers) * _Alignof(struct workers);
    struct workers *workers = aligned_alloc(_Alignof(struct workers), size);
    if (!workers)
        return NULL;
    memset(workers, 0, size);
    workers->options = *options;
    if (!prepare(workers)) {
        workers_free(workers);
        return NULL;
    }
    return workers;
}

int workers_start(struct workers *workers)
{
    for (unsigned i = 0; i < workers->count; i++) {
        struct worker *worker = &workers->worker[i];
        if (thread_start(&worker->thread, "overhear", i + 1, run, worker) != 0)
            return -1;
        worker->started = true;
    }
    return 0;
}

static void add_worker(struct worker *worker, struct engine_statistics *part, struct merged_ports *ports)
{
    struct flow_unknown_port rows[64];
    atomic_store(&worker->wanted, true);
    pthread_mutex_lock(&worker->lock);
    atomic_store(&worker->wanted, false);
    engine_statistics(worker->engine, part);
    size_t count = engine_unknown_ports(worker->engine, rows, sizeof rows / sizeof *rows);
    pthread_mutex_unlock(&worker->lock);
    merged_ports_add(ports, rows, count);
}

void workers_statistics(struct workers *workers, struct engine_statistics *ret_statistics)
{
    *ret_statistics = (struct engine_statistics){.records = 0};
    workers->ports.count = 0;
    for (unsigned i = 0; i < workers->count; i++) {
        add_worker(&workers->worker[i], &workers->part, &workers->ports);
        statistics_add(ret_statistics, &workers->part);
    }
    merged_ports_show(&workers->ports, ret_statistics);
    ret_statistics->records = workers->records;
    ret_statistics->memory_used += workers->budget.used;
    ret_statistics->memory_peak += workers->budget.peak;
    ret_statistics->memory_limit += workers->budget.limit;
    ret_statistics->memory_refused += workers->budget.refused;
    ret_statistics->memory_failed += workers->budget.failed;
}

uint64_t workers_waiting(const struct workers *workers)
{
    uint64_t blocks = 0;
    for (unsigned i = 0; i < workers->count; i++)
        blocks += queue_blocks(&workers->worker[i].queue);
    return blocks;
}

uint64_t workers_waiting_bytes(const struct workers *workers)
{
    uint64_t bytes = 0;
    for (unsigned i = 0; i < workers->count; i++)
        bytes += queue_bytes(&workers->worker[i].queue);
    return bytes;
}

uint64_t workers_frames(const struct workers *workers)
{
    return atomic_load(&workers->frames);
}

void workers_free(struct workers *workers)
{
    if (!workers)
        return;
    atomic_store(&workers->abandoned, true);
    for (unsigned i = 0; i < workers->count; i++) {
        struct worker *worker = &workers->worker[i];
        if (worker->started)
            pthread_join(worker->thread, NULL);
        engine_free(worker->engine);
        queue_done(&worker->queue);
        pthread_cond_destroy(&worker->changed);
        pthread_mutex_destroy(&worker->lock);
    }
    names_free(workers->names);
    numbers_free(workers->numbers);
    free(workers);
}
