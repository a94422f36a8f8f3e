/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What an engine of a crew says is copied into a batch, whole, so that nothing in it belongs to the engine any more.
 */
#include "crew_state.h"

#include "overhear/analyzer.h"

#include "engine_budget.h"
#include "record_copy.h"

#include <stdlib.h>

enum {
    ALLOWANCES = 8,
    ALIGNMENT = 16,
};

void crew_trouble(struct crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    atomic_store(&crew->trouble, true);
    atomic_store(&crew->abandoned, true);
    crew->changes++;
    for (unsigned i = 0; i < crew->count; i++)
        pthread_cond_signal(&crew->hands[i].changed);
    pthread_cond_signal(&crew->news);
    pthread_mutex_unlock(&crew->lock);
}

void hand_allow(struct hand *hand)
{
    struct crew *crew = hand->crew;
    const size_t peak = engine_budget(hand->engine)->peak;
    size_t left = crew->watch_bytes;
    for (unsigned i = 0; i < crew->count; i++)
        left -= i == hand->index ? 0 : crew->hands[i].allowed;
    const size_t wanted = peak + crew->watch_bytes / ALLOWANCES / crew->count;
    hand->allowed = wanted < left ? wanted : left;
}

bool hand_is_short(const struct hand *hand)
{
    const struct budget *budget = engine_budget(hand->engine);
    return budget->peak > hand->allowed || budget->refused > 0;
}

/* Under the lock. Waking who collects for every batch would cost more than what it does then. What it has collected
 * and others still read is no reason. */
static bool is_worth_waking(const struct hand *hand)
{
    const struct crew *crew = hand->crew;
    bool have_worked = true, is_waited_for = false;
    for (unsigned i = 0; i < crew->count; i++) {
        const struct hand *other = &crew->hands[i];
        have_worked = have_worked && other->rounds >= crew->wanted;
        is_waited_for = is_waited_for || (other->is_stuck && other->written > other->collected);
    }
    return have_worked || is_waited_for || hand->done || crew->ended || hand->written - hand->collected >= SAID_ENOUGH;
}

/* Enough of it for a thread to be woken. */
static bool has_space(const struct hand *hand)
{
    return hand->written - hand->read <= SAID_BATCHES / 2;
}

/* The last one who held a batch. */
static void let_go(struct record_keeper *keeper)
{
    struct said_batch *batch = (struct said_batch *)(void *)keeper; /* it is the first member */
    struct hand *hand = batch->hand;
    pthread_mutex_lock(&hand->crew->lock);
    batch->free = true;
    for (struct said_batch *oldest; (oldest = &hand->batches[hand->read % SAID_BATCHES])->free; hand->read++)
        oldest->free = false;
    if ((hand->is_stuck && has_space(hand)) || atomic_load(&hand->crew->abandoned))
        pthread_cond_signal(&hand->changed);
    pthread_mutex_unlock(&hand->crew->lock); /* from here on the crew may be gone */
}

/* Under the lock. Waits until there is a batch to be filled. */
static void wait_for_space(struct hand *hand)
{
    struct crew *crew = hand->crew;
    hand->is_stuck = true;
    crew->stuck++;
    while (!has_space(hand) && !atomic_load(&crew->abandoned))
        pthread_cond_wait(&hand->changed, &crew->lock);
    hand->is_stuck = false;
    crew->stuck--;
}

/* Nobody holds it. One that a huge record has made larger than others gives its block back. */
static void empty(struct said_batch *batch)
{
    batch->used = batch->names_used = 0;
    if (batch->capacity <= SAID_BYTES)
        return;
    free(batch->bytes);
    batch->bytes = NULL;
    batch->capacity = 0;
}

void hand_publish(struct hand *hand, uint64_t progress, enum publishing why)
{
    struct crew *crew = hand->crew;
    pthread_mutex_lock(&crew->lock);
    struct said_batch *batch = &hand->batches[hand->written % SAID_BATCHES];
    if (batch->used > 0 && !atomic_load(&crew->abandoned)) { /* else there may have been no room, and it is held */
        atomic_store_explicit(&batch->keeper.holders, 1, memory_order_relaxed);
        hand->written++;
    }
    hand->progress = progress;
    hand->done = why == PUBLISHING_END;
    if (why == PUBLISHING_ROUND) {
        hand->rounds++;
        hand_allow(hand);
    }
    crew->changes++;
    const bool is_full = hand->written - hand->read == SAID_BATCHES;
    const bool is_worth_it = !is_full && is_worth_waking(hand);
    if (is_full) {
        pthread_cond_signal(&crew->news);
        wait_for_space(hand);
    }
    pthread_mutex_unlock(&crew->lock);
    if (is_worth_it) /* without the lock, which is what who is woken wants first of all */
        pthread_cond_signal(&crew->news);
    if (why != PUBLISHING_END && !atomic_load(&crew->abandoned))
        empty(&hand->batches[hand->written % SAID_BATCHES]);
}

static bool make_room(struct said_batch *batch, size_t size)
{
    if (batch->bytes && size <= batch->capacity)
        return true;
    free(batch->bytes);
    batch->capacity = size > SAID_BYTES ? size : SAID_BYTES;
    batch->bytes = malloc(batch->capacity);
    return batch->bytes != NULL;
}

/* The new room is kept in the batch. */
ANALYZER_IS_WRONG("-Wanalyzer-malloc-leak")
/* Room for what is to be said. NULL: nobody will read it. */
static void *say(struct hand *hand, const struct session_shared *shared, enum said_kind kind,
                 const struct conversation *conversation, size_t size)
{
    struct crew *crew = hand->crew;
    if (atomic_load_explicit(&crew->abandoned, memory_order_relaxed))
        return NULL;
    if (hand_is_short(hand)) {
        crew_trouble(crew);
        return NULL;
    }
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    const uint64_t frame = hand->finishing ? CREW_END : shared->moment.frame;
    struct said_batch *batch = &hand->batches[hand->written % SAID_BATCHES];
    if (batch->used > 0 && size > batch->capacity - batch->used) {
        hand_publish(hand, frame, PUBLISHING_WORDS);
        if (atomic_load(&crew->abandoned))
            return NULL;
        batch = &hand->batches[hand->written % SAID_BATCHES];
    }
    if (batch->used == 0 && !make_room(batch, size)) {
        crew_trouble(crew);
        return NULL;
    }
    struct said *said = (struct said *)(void *)(batch->bytes + batch->used);
    batch->used += size;
    *said = (struct said){size, frame, shared->turn, conversation ? conversation->id : 0, kind};
    return said;
}
ANALYZER_MAY_BE_RIGHT

static void say_opened(void *context, const struct session_shared *shared, const struct conversation *conversation)
{
    (void)say(context, shared, SAID_OPENED, conversation, sizeof(struct said));
}

static void say_record(void *context, const struct session_shared *shared, const struct record *record)
{
    struct said_record *copy = say(context, shared, SAID_RECORD, record->conversation,
                                   sizeof *copy + record_copy_size(record));
    if (!copy)
        return;
    struct hand *hand = context;
    (void)record_copy(&copy->record, &copy->conversation, copy + 1, record);
    copy->record.keeper = &hand->batches[hand->written % SAID_BATCHES].keeper;
}

static void say_lesson(void *context, const struct session_shared *shared, enum name_kind kind,
                       const struct address *asker, const struct address *address, struct bytes name, uint32_t ttl_s)
{
    struct hand *hand = context;
    struct said_lesson *lesson = hand->crew->names && name.len > 0
                                     ? say(hand, shared, SAID_LESSON, NULL, sizeof *lesson + name.len)
                                     : NULL;
    if (!lesson)
        return;
    lesson->kind = kind;
    lesson->asker = *asker;
    lesson->address = *address;
    lesson->time_ns = shared->moment.time_ns;
    lesson->ttl_s = ttl_s;
    lesson->length = (uint32_t)bytes_copy(lesson + 1, name.len, name);
}

/* Only for names of files, which a crew does not save. */
static uint64_t number(void *context, const struct session_shared *shared, const struct conversation *conversation)
{
    (void)context;
    (void)shared;
    return conversation->id;
}

static void say_crossing(void *context, const struct session_shared *shared, const struct crossing *crossing)
{
    const struct conversation *conversation = crossing->conversation;
    struct said_crossing *said = say(context, shared, SAID_CROSSING, conversation, sizeof *said);
    if (!said)
        return;
    said->kind = crossing->kind;
    said->protocol = conversation->protocol;
    said->source = conversation->source;
    said->destination = conversation->destination;
    said->what = crossing->what;
    said->found = crossing->kind == CROSSING_REMEMBERED ? shared->moment.frame : crossing->frame;
    said->count = crossing->count;
    for (size_t i = 0; i < crossing->count; i++)
        said->listeners[i] = crossing->listeners[i];
}

void hand_exit_init(struct hand *hand)
{
    for (size_t i = 0; i < SAID_BATCHES; i++) {
        hand->batches[i].keeper.let_go = let_go;
        hand->batches[i].hand = hand;
    }
    hand->exit = (struct session_exit){.context = hand,
                                       .opened = say_opened,
                                       .record = say_record,
                                       .lesson = say_lesson,
                                       .number = number,
                                       .crossing = say_crossing};
}
