/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One order is made of what the engines say; conversations get their numbers and addresses their names.
 */
#include "crew_state.h"

#include <limits.h>

struct position {
    uint64_t frame, turn;
    unsigned part;
};

static bool is_before(const struct position *a, const struct position *b)
{
    if (a->frame != b->frame)
        return a->frame < b->frame;
    return a->turn != b->turn ? a->turn < b->turn : a->part < b->part;
}

static struct said *front_of(struct hand *hand)
{
    if (hand->taken == hand->seen_written)
        return NULL;
    return (struct said *)(void *)(hand->batches[hand->taken % SAID_BATCHES].bytes + hand->at);
}

static void look(struct crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    for (unsigned i = 0; i < crew->count; i++) {
        struct hand *hand = &crew->hands[i];
        hand->seen_written = hand->written;
        hand->seen_progress = hand->progress;
        hand->seen_done = hand->done;
    }
    crew->seen_changes = crew->changes;
    pthread_mutex_unlock(&crew->lock);
}

/* The engine whose oldest word is the first of all, and how far its words may go out before another one must be looked
 * at. NULL: nothing may go out now. */
static struct hand *choose(struct crew *crew, struct position *ret_limit)
{
    struct position first = {UINT64_MAX, UINT64_MAX, UINT_MAX}, second = first;
    struct hand *chosen = NULL;
    for (unsigned i = 0; i < crew->count; i++) {
        struct hand *hand = &crew->hands[i];
        const struct said *said = front_of(hand);
        struct position limit = {UINT64_MAX, UINT64_MAX, UINT_MAX};
        if (said)
            limit = (struct position){said->frame, said->turn, i};
        else if (!hand->seen_done)
            limit = (struct position){hand->seen_progress, 0, i};
        if (is_before(&limit, &first)) {
            second = first;
            first = limit;
            chosen = said ? hand : NULL;
        } else if (is_before(&limit, &second)) {
            second = limit;
        }
    }
    *ret_limit = second;
    return chosen;
}

/* As one engine counts them: so many of each kind. */
static bool is_one_too_many(struct crew *crew, const struct record *record)
{
    if (record->conversation || record->dataset != &anomaly_dataset)
        return false;
    enum anomaly anomaly = session_anomaly_of(record);
    return anomaly < ANOMALY_COUNT && crew->loose_anomalies[anomaly]++ >= LIMIT_ANOMALIES;
}

/* A number that is not known any more would have been known to one engine. */
static uint64_t number_of(void *context, uint64_t id)
{
    struct crew *crew = context;
    uint64_t number = numbers_find(crew->numbers, id);
    if (number == 0)
        crew_trouble(crew);
    return number;
}

/* The table of names goes on, so they are copied; where there is no room, who holds the record copies all of it. */
static void keep_names(struct said_batch *batch, struct record *record)
{
    struct bytes *const names[] = {&record->source_domain, &record->destination_domain};
    if (record->source_domain.len + record->destination_domain.len > SAID_NAMES - batch->names_used) {
        record->keeper = NULL;
        return;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        uint8_t *at = batch->names + batch->names_used;
        batch->names_used += bytes_copy(at, names[i]->len, *names[i]);
        names[i]->at = names[i]->at ? at : NULL;
    }
}

static void hand_over(struct crew *crew, struct hand *hand, struct said_record *said)
{
    struct record *record = &said->record;
    if (is_one_too_many(crew, record))
        return;
    if (record->conversation)
        said->conversation.id = number_of(crew, said->conversation.id);
    names_label(crew->names, record, number_of, crew);
    if (atomic_load_explicit(&crew->trouble, memory_order_relaxed))
        return;
    keep_names(&hand->batches[hand->taken % SAID_BATCHES], record);
    crew->records++;
    if (crew->options.sink.write)
        crew->options.sink.write(crew->options.sink.context, record);
    if (record->conversation && record->dataset == &flow_dataset)
        numbers_close(crew->numbers, said->said.conversation);
}

static void learn(struct crew *crew, const struct said_lesson *lesson)
{
    if (crew->names)
        names_learn(crew->names, lesson->kind, &lesson->asker, &lesson->address, bytes_of(lesson + 1, lesson->length),
                    lesson->time_ns, lesson->ttl_s);
}

static void take(struct crew *crew, struct hand *hand, struct said *said)
{
    switch (said->kind) {
    case SAID_OPENED:
        (void)numbers_open(crew->numbers, said->conversation);
        break;
    case SAID_RECORD:
        hand_over(crew, hand, (struct said_record *)said);
        break;
    case SAID_LESSON:
        learn(crew, (struct said_lesson *)said);
        break;
    case SAID_CROSSING:
        if (!truth_crossing(crew->truth, hand->index, (struct said_crossing *)said))
            crew_trouble(crew);
        break;
    }
}

/* The next one; a batch that is at its end is held no longer. */
static struct said *step(struct hand *hand, const struct said *said)
{
    hand->at += said->size;
    if (hand->at < hand->batches[hand->taken % SAID_BATCHES].used)
        return front_of(hand);
    struct said_batch *batch = &hand->batches[hand->taken++ % SAID_BATCHES];
    hand->at = 0;
    keeper_release(&batch->keeper);
    return front_of(hand);
}

void crew_collect(struct crew *crew)
{
    struct position limit;
    struct hand *hand;
    look(crew);
    while (!atomic_load_explicit(&crew->trouble, memory_order_relaxed) && (hand = choose(crew, &limit)) != NULL) {
        for (struct said *said = front_of(hand); said; said = step(hand, said)) {
            const struct position position = {said->frame, said->turn, hand->index};
            if (!is_before(&position, &limit) || atomic_load_explicit(&crew->trouble, memory_order_relaxed))
                break;
            take(crew, hand, said);
        }
    }
}

void crew_let_go(struct crew *crew)
{
    for (unsigned i = 0; i < crew->count; i++) {
        struct hand *hand = &crew->hands[i];
        if (hand->at == 0)
            continue;
        hand->at = 0;
        keeper_release(&hand->batches[hand->taken++ % SAID_BATCHES].keeper);
    }
    if (crew->options.pause)
        crew->options.pause(crew->options.sink.context);
    pthread_mutex_lock(&crew->lock);
    for (unsigned i = 0; i < crew->count; i++)
        while (crew->hands[i].read < crew->hands[i].taken)
            pthread_cond_wait(&crew->hands[i].changed, &crew->lock);
    pthread_mutex_unlock(&crew->lock);
}
