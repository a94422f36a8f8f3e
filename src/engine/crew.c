/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Frames go out in rounds, which all engines read in place; each works through all rounds, in order, on its own
 * frames, and hears of the moments of the others'.
 */
#include "crew_state.h"

#include "overhear/analyzer.h"

#include "util/thread.h"

#include <stdlib.h>

/* Those from `at` on that are this engine's own, up to `end`. */
static size_t count_own(const struct round *round, size_t at, size_t end)
{
    size_t own = 0;
    while (at + own < end && !round->heard[at + own])
        own++;
    return own;
}

static void work(struct hand *hand, const struct round *round)
{
    struct engine_others others = {.moments = round->moments};
    const size_t end = round->begins[hand->index + 1];
    for (size_t at = round->begins[hand->index]; at < end;) {
        const size_t own = count_own(round, at, end);
        engine_frames_among(hand->engine, round->frames + at, round->places + at, own, &others);
        at += own;
        if (own > 0)
            continue;
        engine_pass_others(hand->engine, &others, round->places[at]);
        others.next++;
        engine_overhear(hand->engine, &round->frames[at++]);
    }
    engine_pass_others(hand->engine, &others, round->count);
}

/* NULL: there is none, nor will there be. */
static const struct round *next_round(struct hand *hand)
{
    struct crew *crew = hand->crew;
    pthread_mutex_lock(&crew->lock);
    while (hand->rounds == crew->filled && !crew->ended && !atomic_load(&crew->abandoned))
        pthread_cond_wait(&hand->changed, &crew->lock);
    bool any = hand->rounds < crew->filled && !atomic_load(&crew->abandoned);
    pthread_mutex_unlock(&crew->lock);
    return any ? &crew->rounds[hand->rounds % crew->round_count] : NULL;
}

static void *run(void *context)
{
    struct hand *hand = context;
    struct crew *crew = hand->crew;
    const struct round *round;
    while ((round = next_round(hand)) != NULL) {
        const uint64_t last = round->moments[round->count - 1].frame;
        work(hand, round);
        if (hand_is_short(hand))
            crew_trouble(crew);
        hand_publish(hand, last + 1, PUBLISHING_ROUND);
    }
    if (!atomic_load(&crew->abandoned)) {
        hand->finishing = true;
        engine_finish(hand->engine);
    }
    hand_publish(hand, CREW_END, PUBLISHING_END);
    return NULL;
}

static bool prepare(struct crew *crew)
{
    crew->round_count = crew->count + ROUNDS_BESIDE;
    crew->rounds = calloc(crew->round_count, sizeof *crew->rounds);
    crew->numbers = numbers_new(&crew->budget);
    crew->names = crew->options.no_names ? NULL : names_new(&crew->budget);
    crew->dealer = dealer_new(&crew->options, crew->count);
    crew->truth = truth_new();
    bool fine = crew->rounds && crew->numbers && crew->dealer && crew->truth && (crew->names || crew->options.no_names);
    for (unsigned i = 0; i < crew->count && fine; i++) {
        struct hand *hand = &crew->hands[i];
        const struct engine_part part = {.exit = &hand->exit, .part = i, .other_parts = crew->count - 1};
        hand->crew = crew;
        hand->index = i;
        hand_exit_init(hand);
        hand->engine = engine_new_part(&crew->options, &part);
        fine = hand->engine != NULL;
        if (fine)
            hand_allow(hand);
    }
    return fine;
}

struct crew *crew_new(const struct engine_options *options, unsigned count)
{
    if (count < 1 || count > LIMIT_WORKERS || options->tap || options->extract_folder)
        return NULL;
    struct crew *crew = calloc(1, sizeof *crew + count * sizeof *crew->hands);
    if (!crew)
        return NULL;
    crew->options = *options;
    crew->count = count;
    const size_t limit = options->memory_limit ? options->memory_limit : (size_t)LIMIT_MEMORY_MIB << 20;
    budget_init(&crew->budget, limit);
    crew->watch_bytes = limit / LIMIT_MEMORY_RESERVE * (LIMIT_MEMORY_RESERVE - 2);
    thread_lock_init(&crew->lock);
    pthread_cond_init(&crew->news, NULL);
    for (unsigned i = 0; i < count; i++)
        pthread_cond_init(&crew->hands[i].changed, NULL);
    if (prepare(crew))
        return crew;
    crew_free(crew);
    return NULL;
}

int crew_start(struct crew *crew)
{
    for (unsigned i = 0; i < crew->count; i++) {
        struct hand *hand = &crew->hands[i];
        if (thread_start(&hand->thread, "engine", i + 1, run, hand) != 0)
            return -1;
        hand->started = true;
    }
    return 0;
}

/* The frames of each engine come to stand together. */
static void seal(const struct crew *crew, struct round *round)
{
    uint32_t next[LIMIT_WORKERS + 1] = {0};
    for (size_t i = 0; i < round->count; i++)
        for (unsigned part = 0; part < crew->count; part++)
            next[part + 1] += round->deals[i].to_all || round->deals[i].part == part;
    for (unsigned part = 0; part < crew->count; part++)
        next[part + 1] += next[part];
    memcpy(round->begins, next, sizeof next);
    for (size_t i = 0; i < round->count; i++) {
        const struct deal deal = round->deals[i];
        const unsigned first = deal.to_all ? 0 : deal.part, last = deal.to_all ? crew->count - 1 : deal.part;
        for (unsigned part = first; part <= last; part++) {
            const uint32_t at = next[part]++;
            round->frames[at] = round->dealt[i];
            round->places[at] = (uint16_t)i;
            round->heard[at] = part != deal.part;
        }
    }
}

/* Under the lock. */
static bool has_room(const struct crew *crew)
{
    for (unsigned i = 0; i < crew->count; i++)
        if (crew->hands[i].rounds < crew->wanted)
            return false;
    return true;
}

/* Under the lock, which is given up in between: who reads records later takes locks of its own. */
static void pause_sink(struct crew *crew)
{
    pthread_mutex_unlock(&crew->lock);
    if (crew->options.pause)
        crew->options.pause(crew->options.sink.context);
    pthread_mutex_lock(&crew->lock);
}

/* Hands over until `ready` says so. */
static bool collect_until(struct crew *crew, bool (*ready)(const struct crew *crew))
{
    for (;;) {
        crew_collect(crew);
        pthread_mutex_lock(&crew->lock);
        bool is_ready = ready(crew);
        for (unsigned i = 0; i < crew->count; i++)
            crew->hands[i].collected = crew->hands[i].taken;
        if (!is_ready && crew->stuck > 0 && crew->changes == crew->seen_changes)
            pause_sink(crew);
        while (!is_ready && crew->changes == crew->seen_changes && !atomic_load(&crew->trouble))
            pthread_cond_wait(&crew->news, &crew->lock);
        pthread_mutex_unlock(&crew->lock);
        if (atomic_load(&crew->trouble))
            return false;
        if (is_ready)
            return true;
    }
}

static bool send(struct crew *crew)
{
    struct round *round = &crew->rounds[crew->filled % crew->round_count];
    seal(crew, round);
    bool is_full = false;
    pthread_mutex_lock(&crew->lock);
    crew->filled++;
    for (unsigned i = 0; i < crew->count; i++)
        is_full = is_full || crew->filled - crew->hands[i].rounds == crew->round_count;
    /* Where there has to be a pause, it is a longer one. */
    crew->wanted = is_full ? crew->filled - crew->round_count / 2 : 0;
    pthread_mutex_unlock(&crew->lock);
    /* Without the lock, which is what they want first of all. */
    for (unsigned i = 0; i < crew->count; i++)
        pthread_cond_signal(&crew->hands[i].changed);
    if (!collect_until(crew, has_room))
        return false;
    round = &crew->rounds[crew->filled % crew->round_count];
    round->count = round->entries = round->used = 0;
    return true;
}

static bool make_room(struct round *round, size_t size)
{
    if (round->bytes && size <= round->capacity)
        return true;
    free(round->bytes);
    round->capacity = size > ROUND_BYTES ? size : ROUND_BYTES;
    round->bytes = malloc(round->capacity);
    return round->bytes != NULL;
}

/* The new room is kept in the round. */
ANALYZER_IS_WRONG("-Wanalyzer-malloc-leak")
static bool add(struct crew *crew, const struct frame *frame)
{
    struct round *round = &crew->rounds[crew->filled % crew->round_count];
    const struct deal deal = deal_frame(crew->dealer, frame);
    const size_t entries = deal.to_all ? crew->count : 1;
    if (round->count > 0 &&
        (round->entries + entries > ROUND_FRAMES || frame->data.len > round->capacity - round->used)) {
        if (!send(crew))
            return false;
        round = &crew->rounds[crew->filled % crew->round_count];
    }
    if (round->count == 0 && !make_room(round, frame->data.len)) {
        crew_trouble(crew);
        return false;
    }
    struct frame *copy = &round->dealt[round->count];
    *copy = *frame;
    copy->data.at = round->bytes + round->used;
    bytes_copy(round->bytes + round->used, frame->data.len, frame->data);
    round->used += frame->data.len;
    round->deals[round->count] = deal;
    round->moments[round->count++] = frame->moment;
    round->entries += entries;
    return true;
}
ANALYZER_MAY_BE_RIGHT

bool crew_frames(struct crew *crew, const struct frame *frames, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!add(crew, &frames[i]))
            return false;
    return true;
}

static bool is_over(const struct crew *crew)
{
    for (unsigned i = 0; i < crew->count; i++)
        if (!crew->hands[i].done || crew->hands[i].written != crew->hands[i].taken)
            return false;
    return true;
}

bool crew_finish(struct crew *crew)
{
    if (!atomic_load(&crew->trouble) && crew->rounds[crew->filled % crew->round_count].count > 0)
        (void)send(crew);
    pthread_mutex_lock(&crew->lock);
    crew->ended = true;
    for (unsigned i = 0; i < crew->count; i++)
        pthread_cond_signal(&crew->hands[i].changed);
    pthread_mutex_unlock(&crew->lock);
    if (!atomic_load(&crew->trouble))
        (void)collect_until(crew, is_over);
    return !atomic_load(&crew->trouble);
}

bool crew_has_given_up(const struct crew *crew)
{
    return atomic_load(&crew->trouble);
}

uint64_t crew_records(const struct crew *crew)
{
    return crew->records;
}

/* Those of all ports there are; the first few of them are shown. */
static void add_unknown(struct crew *crew, struct engine_statistics *ret_statistics)
{
    struct flow_unknown_port *sums = calloc(FLOW_UNKNOWN_SUMS, sizeof *sums);
    struct flow_unknown_port rows[sizeof ret_statistics->unknown / sizeof *ret_statistics->unknown];
    for (unsigned i = 0; sums && i < crew->count; i++)
        engine_add_unknown(crew->hands[i].engine, sums);
    if (sums)
        engine_show_unknown(rows, flow_most_unknown(sums, rows, sizeof rows / sizeof *rows), ret_statistics);
    else
        ret_statistics->memory_failed++;
    free(sums);
}

void crew_statistics(struct crew *crew, struct engine_statistics *ret_statistics)
{
    struct engine_statistics *sum = ret_statistics;
    *sum = (struct engine_statistics){.records = 0};
    for (unsigned i = 0; i < crew->count; i++) {
        const uint64_t reassembled = sum->datagrams_reassembled, given_up = sum->datagrams_given_up;
        engine_statistics(crew->hands[i].engine, &crew->part);
        statistics_add(sum, &crew->part);
        if (i > 0) { /* all of them put them together */
            sum->datagrams_reassembled = reassembled;
            sum->datagrams_given_up = given_up;
        }
    }
    add_unknown(crew, sum);
    sum->credential_count = 0;
    truth_credentials(crew->truth, sum);
    sum->records = crew->records;
    sum->memory_used += crew->budget.used;
    sum->memory_peak += crew->budget.peak;
    sum->memory_limit = crew->budget.limit;
    sum->memory_failed += crew->budget.failed;
}

void crew_free(struct crew *crew)
{
    if (!crew)
        return;
    pthread_mutex_lock(&crew->lock);
    atomic_store(&crew->abandoned, true);
    for (unsigned i = 0; i < crew->count; i++)
        pthread_cond_signal(&crew->hands[i].changed);
    pthread_mutex_unlock(&crew->lock);
    for (unsigned i = 0; i < crew->count; i++)
        if (crew->hands[i].started)
            pthread_join(crew->hands[i].thread, NULL);
    crew_let_go(crew);
    for (unsigned i = 0; i < crew->count; i++) {
        struct hand *hand = &crew->hands[i];
        engine_free(hand->engine);
        for (size_t batch = 0; batch < SAID_BATCHES; batch++)
            free(hand->batches[batch].bytes);
        pthread_cond_destroy(&hand->changed);
    }
    for (unsigned i = 0; crew->rounds && i < crew->round_count; i++)
        free(crew->rounds[i].bytes);
    free(crew->rounds);
    names_free(crew->names);
    numbers_free(crew->numbers);
    dealer_free(crew->dealer);
    truth_free(crew->truth);
    pthread_cond_destroy(&crew->news);
    pthread_mutex_destroy(&crew->lock);
    free(crew);
}
