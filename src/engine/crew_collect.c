/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One order is made of what the engines say; conversations get their numbers and addresses their names.
 */
#include "crew_state.h"

#include <limits.h>

static inline bool is_before(const struct position *a, const struct position *b)
{
    if (a->frame != b->frame)
        return a->frame < b->frame;
    return a->turn != b->turn ? a->turn < b->turn : a->part < b->part;
}

/* Where the engine stands: at its oldest word, or where a word of it may come next. */
static void look_at_front(struct hand *hand)
{
    hand->front = NULL;
    if (hand->taken < hand->seen_written) {
        hand->front = (struct said *)(void *)(hand->batches[hand->taken % SAID_BATCHES].bytes + hand->at);
        hand->position = (struct position){hand->front->frame, hand->front->turn, hand->index};
    } else if (!hand->seen_done) {
        hand->position = (struct position){hand->seen_progress, 0, hand->index};
    } else {
        hand->position = (struct position){UINT64_MAX, UINT64_MAX, hand->index};
    }
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
    for (unsigned i = 0; i < crew->count; i++)
        look_at_front(&crew->hands[i]);
}

/* The engine that stands before all others; its words may go out as long as it stands before the second one, too. */
static struct hand *choose(struct crew *crew, struct position *ret_second)
{
    struct hand *first = &crew->hands[0];
    *ret_second = (struct position){UINT64_MAX, UINT64_MAX, UINT_MAX};
    for (unsigned i = 1; i < crew->count; i++) {
        struct hand *hand = &crew->hands[i];
        if (is_before(&hand->position, &first->position)) {
            *ret_second = first->position;
            first = hand;
        } else if (is_before(&hand->position, ret_second)) {
            *ret_second = hand->position;
        }
    }
    return first;
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

/* To the next one; a batch that is at its end is held no longer. */
static void step(struct hand *hand)
{
    hand->at += hand->front->size;
    if (hand->at == hand->batches[hand->taken % SAID_BATCHES].used) {
        struct said_batch *batch = &hand->batches[hand->taken++ % SAID_BATCHES];
        hand->at = 0;
        keeper_release(&batch->keeper);
    }
    look_at_front(hand);
}

static inline bool is_in_trouble(const struct crew *crew)
{
    return atomic_load_explicit(&crew->trouble, memory_order_relaxed);
}

void crew_collect(struct crew *crew)
{
    look(crew);
    while (!is_in_trouble(crew)) {
        struct position second;
        struct hand *hand = choose(crew, &second);
        if (!hand->front)
            break;
        do {
            take(crew, hand, hand->front);
            step(hand);
        } while (hand->front && is_before(&hand->position, &second) && !is_in_trouble(crew));
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
