/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The other end of the queues: one order is made of them, conversations get their numbers and addresses their names.
 */
#include "workers_state.h"

#include <limits.h>
#include <time.h>

enum {
    A_CALL = 4096,   /* events that one call hands over at most */
    NAP_NS = 200000, /* a worker may still say something earlier, or say more */
    SECOND_NS = 1000 * 1000 * 1000,
    MILLISECOND_NS = 1000 * 1000,
};

static bool is_before(const struct position *a, const struct position *b)
{
    if (a->frame != b->frame)
        return a->frame < b->frame;
    return a->turn != b->turn ? a->turn < b->turn : a->worker < b->worker;
}

/* Nothing that this worker will still say stands before *ret_limit. `frames` must have been read before. */
static void limit_of(const struct worker *worker, uint64_t frames, struct position *ret_limit)
{
    uint64_t progress = atomic_load(&worker->progress);
    if (progress == PROGRESS_DONE)
        *ret_limit = (struct position){UINT64_MAX, UINT64_MAX, UINT_MAX};
    else if (progress == PROGRESS_ENDED)
        *ret_limit = (struct position){FRAME_END, 0, 0};
    else if (progress == PROGRESS_IDLE)
        *ret_limit = (struct position){frames, TURN_IDLE, UINT_MAX};
    else
        *ret_limit = (struct position){progress, 0, 0};
}

/* The worker whose oldest event is the first of all, and how far its events may go out before somebody else must be
 * looked at. NULL: nothing may go out now; *ret_any: though there are events, *ret_done: nor ever will. */
static struct worker *choose(struct workers *workers, struct position *ret_limit, bool *ret_any, bool *ret_done)
{
    const uint64_t frames = atomic_load(&workers->frames);
    struct position first = {UINT64_MAX, UINT64_MAX, UINT_MAX}, second = first;
    struct worker *chosen = NULL;
    *ret_any = false;
    *ret_done = true;
    for (unsigned i = 0; i < workers->count; i++) {
        struct worker *worker = &workers->worker[i];
        struct position limit;
        limit_of(worker, frames, &limit); /* before its queue is looked at */
        const struct event *event = queue_front(&worker->queue);
        *ret_done = *ret_done && !event && limit.worker == UINT_MAX && limit.frame == UINT64_MAX;
        if (event) {
            limit = (struct position){event->frame, event->turn, i};
            *ret_any = true;
        }
        if (is_before(&limit, &first)) {
            second = first;
            first = limit;
            chosen = event ? worker : NULL;
        } else if (is_before(&limit, &second)) {
            second = limit;
        }
    }
    *ret_limit = second;
    return chosen;
}

static uint64_t number_of(void *context, uint64_t id)
{
    return numbers_find(context, id);
}

/* As one engine counts them: so many of each kind. */
static bool is_one_too_many(struct workers *workers, const struct record *record)
{
    if (record->conversation || record->dataset != &anomaly_dataset)
        return false;
    enum anomaly anomaly = session_anomaly_of(record);
    return anomaly < ANOMALY_COUNT && workers->loose_anomalies[anomaly]++ >= LIMIT_ANOMALIES;
}

static void hand_over(struct workers *workers, struct record_event *event)
{
    struct record *record = &event->record;
    if (is_one_too_many(workers, record))
        return;
    if (record->conversation) {
        uint64_t number = numbers_find(workers->numbers, event->conversation.id);
        /* There was no memory to remember it: at least no other conversation has this one. */
        event->conversation.id = number ? number : UINT64_MAX / 2 + event->conversation.id;
    }
    names_label(workers->names, record, number_of, workers->numbers);
    workers->records++;
    if (workers->options.engine.sink.write)
        workers->options.engine.sink.write(workers->options.engine.sink.context, record);
    if (record->conversation && record->dataset == &flow_dataset)
        numbers_close(workers->numbers, event->event.conversation);
}

static void learn(struct workers *workers, const struct lesson_event *lesson)
{
    if (workers->names)
        names_learn(workers->names, lesson->kind, &lesson->asker, &lesson->address,
                    bytes_of(lesson + 1, lesson->length), lesson->time_ns, lesson->ttl_s);
}

static void answer(struct workers *workers, struct worker *worker, const struct event *event)
{
    uint64_t number = numbers_find(workers->numbers, event->conversation);
    pthread_mutex_lock(&worker->lock);
    worker->answer = number ? number : event->conversation;
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
}

static void take(struct workers *workers, struct worker *worker, void *event)
{
    switch (((struct event *)event)->kind) {
    case EVENT_OPENED:
        (void)numbers_open(workers->numbers, ((struct event *)event)->conversation);
        break;
    case EVENT_RECORD:
        hand_over(workers, event);
        break;
    case EVENT_LESSON:
        learn(workers, event);
        break;
    case EVENT_QUESTION:
        answer(workers, worker, event);
        break;
    }
}

/* A worker that waits for room is woken when there is plenty of it, so that it has something to do. */
static void make_room(struct worker *worker)
{
    queue_pop(&worker->queue);
    if (!atomic_load(&worker->waits) || queue_bytes(&worker->queue) > LIMIT_WORKER_BYTES / 4)
        return;
    pthread_mutex_lock(&worker->lock);
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
}

/* Everything whose turn it is. Returns how many events; *ret_any, *ret_done as of choose(). */
static unsigned take_all(struct workers *workers, bool *ret_any, bool *ret_done)
{
    unsigned taken = 0;
    struct position limit;
    struct worker *worker;
    while (taken < A_CALL && (worker = choose(workers, &limit, ret_any, ret_done)) != NULL) {
        struct event *event = queue_front(&worker->queue);
        while (event && taken < A_CALL) {
            const struct position position = {event->frame, event->turn, worker->index};
            if (!is_before(&position, &limit))
                break;
            take(workers, worker, event);
            make_room(worker);
            taken++;
            event = queue_front(&worker->queue);
        }
    }
    return taken;
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

static struct timespec timespec_of(int64_t time_ns)
{
    return (struct timespec){.tv_sec = (time_t)(time_ns / SECOND_NS), .tv_nsec = (long)(time_ns % SECOND_NS)};
}

/* Until there is something new, or that time. */
static void sleep_until(struct workers *workers, int64_t until_ns)
{
    const struct timespec until = timespec_of(until_ns);
    bool any = false, done;
    struct position limit;
    pthread_mutex_lock(&workers->wake_lock);
    atomic_store(&workers->sleeps, true);
    (void)choose(workers, &limit, &any, &done);
    if (!any && !done)
        pthread_cond_timedwait(&workers->wake, &workers->wake_lock, &until);
    atomic_store(&workers->sleeps, false);
    pthread_mutex_unlock(&workers->wake_lock);
}

/* Before a deep sleep a nap: a worker that says one thing after the other need not wake anybody for each of them. */
bool workers_collect(struct workers *workers, int wait_ms)
{
    const struct timespec nap = {.tv_nsec = NAP_NS};
    const int64_t until_ns = now_ns() + (int64_t)wait_ms * MILLISECOND_NS;
    bool any = false, done = false;
    for (unsigned tries = 0;; tries++) {
        if (take_all(workers, &any, &done) > 0)
            return true;
        if (done)
            return false;
        if (until_ns - now_ns() <= 0)
            return true;
        if (any || tries == 0)
            nanosleep(&nap, NULL);
        else
            sleep_until(workers, until_ns);
    }
}
