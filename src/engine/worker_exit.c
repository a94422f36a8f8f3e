/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The worker's end of its queue: what its engine says is copied into a block, whole, so that nothing in it belongs to
 * the engine any more.
 */
#include "workers_state.h"

#include "record_copy.h"

#include <assert.h>

static_assert(sizeof(struct record_event) + LIMIT_RECORD_ITEMS * sizeof(struct item) + LIMIT_RECORD_BYTES +
                      RECORD_COPY_BEHIND + (size_t)2 * QUEUE_ALIGNMENT <=
                  LIMIT_WORKER_BYTES / 2,
              "the longest record fits wherever the queue's end is");
static_assert(_Alignof(struct record_event) <= QUEUE_ALIGNMENT && _Alignof(struct item) <= _Alignof(struct event),
              "blocks are made in place");

void workers_wake(struct workers *workers)
{
    if (!atomic_load(&workers->sleeps) || !atomic_exchange(&workers->sleeps, false))
        return;
    pthread_mutex_lock(&workers->wake_lock);
    pthread_cond_signal(&workers->wake);
    pthread_mutex_unlock(&workers->wake_lock);
}

/* Room for an event, waited for. NULL: nobody will read it. */
static void *begin(struct worker *worker, const struct session_shared *shared, enum event_kind kind,
                   const struct conversation *conversation, size_t length)
{
    struct event *event = queue_reserve(&worker->queue, length);
    while (!event && !atomic_load(&worker->workers->abandoned)) {
        atomic_store(&worker->waits, true);
        event = queue_reserve(&worker->queue, length);
        if (!event)
            worker_wait(worker);
        atomic_store(&worker->waits, false);
    }
    if (event)
        *event = (struct event){.frame = worker->frame,
                                .turn = worker->idle ? TURN_IDLE : shared->turn,
                                .conversation = conversation ? conversation->id : 0,
                                .kind = kind};
    return event;
}

static void end(struct worker *worker)
{
    queue_commit(&worker->queue);
    workers_wake(worker->workers);
}

static void say_opened(void *context, const struct session_shared *shared, const struct conversation *conversation)
{
    struct worker *worker = context;
    if (begin(worker, shared, EVENT_OPENED, conversation, sizeof(struct event)))
        end(worker);
}

static void say_record(void *context, const struct session_shared *shared, const struct record *record)
{
    struct worker *worker = context;
    struct record_event *copy = begin(worker, shared, EVENT_RECORD, record->conversation,
                                      sizeof *copy + record_copy_size(record));
    if (!copy)
        return;
    (void)record_copy(&copy->record, &copy->conversation, copy + 1, record);
    end(worker);
}

static void say_lesson(void *context, const struct session_shared *shared, enum name_kind kind,
                       const struct address *asker, const struct address *address, struct bytes name, uint32_t ttl_s)
{
    struct worker *worker = context;
    struct lesson_event *lesson = worker->workers->names && name.len > 0
                                      ? begin(worker, shared, EVENT_LESSON, NULL, sizeof *lesson + name.len)
                                      : NULL;
    if (!lesson)
        return;
    lesson->kind = kind;
    lesson->asker = *asker;
    lesson->address = *address;
    lesson->time_ns = shared->moment.time_ns;
    lesson->ttl_s = ttl_s;
    lesson->length = (uint32_t)bytes_copy(lesson + 1, name.len, name);
    end(worker);
}

/* The question waits in the queue until its turn comes: then all conversations that began before are numbered. */
static uint64_t ask_number(void *context, const struct session_shared *shared, const struct conversation *conversation)
{
    struct worker *worker = context;
    worker->answer = 0;
    if (!begin(worker, shared, EVENT_QUESTION, conversation, sizeof(struct event)))
        return conversation->id;
    end(worker);
    while (worker->answer == 0 && !atomic_load(&worker->workers->abandoned))
        worker_wait(worker);
    return worker->answer ? worker->answer : conversation->id;
}

void worker_exit_init(struct worker *worker)
{
    worker->exit = (struct session_exit){
        .context = worker, .opened = say_opened, .record = say_record, .lesson = say_lesson, .number = ask_number};
}
