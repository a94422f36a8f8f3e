/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The target of one row of the registry, built once for each (FUZZ_DISSECTOR): whatever two conversations say on its
 * ports, in whatever pieces, with whatever missing, records are well-formed, memory is within its budget and given
 * back, work is in proportion, and what is recorded does not depend on how the bytes were cut, or on what rested.
 */
#include "harness.h"
#include "play.h"

#include "overhear/dissector.h"

#include <stdio.h>

enum {
    WAYS_MAX = 96,
    NOBODYS_PORT = 5000,
    SPLIT_SHARE = 16,
    PRINT_SHARE = 8,
    GROWTH_SHARE = 4096,
    GROWTH_BYTES = 32 * 1024, /* played once; the other time four times as much */
    GROWTH_NS = 40000000,     /* shorter times say nothing */
    GROWTH_MOST = 10,         /* four times the input may take so many times as long */
    MEASURED_AGAIN = 4,
};

extern const struct dissector FUZZ_DISSECTOR;

static void add_ways(struct play_way *ways, size_t *count, const struct dissector *dissector)
{
    for (const struct port *port = dissector->ports; port && port->transport && *count < WAYS_MAX - 2; port++)
        ways[(*count)++] = (struct play_way){port->transport, port->port};
}

/* All ports of the row, and one of nobody. Who has none is announced: by one of those who heed others. */
static struct play all_ways(void)
{
    static struct play_way ways[WAYS_MAX];
    static size_t count;
    if (count == 0) {
        add_ways(ways, &count, &FUZZ_DISSECTOR);
        for (size_t i = 0; count == 0 && dissector_registry[i]; i++)
            if (dissector_registry[i]->heeds_others)
                add_ways(ways, &count, dissector_registry[i]);
        ways[count++] = (struct play_way){TRANSPORT_UDP, NOBODYS_PORT};
        ways[count++] = (struct play_way){TRANSPORT_TCP, NOBODYS_PORT};
    }
    return (struct play){.ways = ways, .way_count = count};
}

static struct play_result play_as(struct play play, struct bytes input, size_t piece, bool rests)
{
    struct record_watch watch = {.writes = false};
    play.piece = piece;
    play.rests = rests;
    return play_conversations(&play, input, &watch);
}

/* For who looks for the difference. */
static void show(struct play play, struct bytes input, size_t piece, bool rests)
{
    char title[80];
    struct record_watch watch = {.writes = true};
    (void)snprintf(title, sizeof title, "--- pieces of %zu, resting %d", piece, rests);
    play.piece = piece;
    play.rests = rests;
    struct play_result result = play_conversations(&play, input, &watch);
    record_watch_finish(&watch, title);
    if (getenv("OVERHEAR_FUZZ_SHOW"))
        (void)fprintf(stderr, "anomalies %llu, bytes of nobody %llu\n", (unsigned long long)result.anomalies,
                      (unsigned long long)result.unrecognised);
}

static void check_splits(const struct play *play, struct bytes input, const struct play_result *whole, uint64_t number)
{
    const size_t pieces[] = {1, 2 + (number >> 8) % 30};
    for (size_t i = 0; i < (fuzz_replays ? 2u : 1u); i++) {
        size_t piece = pieces[fuzz_replays ? i : number >> 40 & 1];
        struct play_result other = play_as(*play, input, piece, true);
        if (other.refused || other.bad_stream || other.tried_again || other.sum == whole->sum)
            continue;
        show(*play, input, 0, false);
        show(*play, input, piece, true);
        demand(false);
    }
}

static int64_t time_of(struct play play, struct bytes input, unsigned rounds)
{
    struct record_watch watch = {.writes = false};
    play.rounds = rounds;
    int64_t start = fuzz_time_ns();
    (void)play_conversations(&play, input, &watch);
    return fuzz_time_ns() - start;
}

/* Said again and again, four times as much takes about four times as long. */
static void check_growth(const struct play *play, struct bytes input)
{
    unsigned rounds = (unsigned)(GROWTH_BYTES / (input.len + 1)) + 2;
    for (int i = 0; i < MEASURED_AGAIN; i++) {
        int64_t one = time_of(*play, input, rounds), four = time_of(*play, input, 4 * rounds);
        if (four < GROWTH_NS || four < GROWTH_MOST * one)
            return;
    }
    demand(false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint64_t inputs;
    const bool without_splits = fuzz_replays ? fuzz_mutates : getenv("OVERHEAR_FUZZ_WITHOUT_SPLITS") != NULL;
    struct bytes input = bytes_of(data, size);
    if (size < PLAY_HEADER + PLAY_STEP)
        return 0;
    const uint64_t number = fuzz_number(input);
    struct play play = all_ways();
    play.number = ++inputs;
    struct record_watch watch = {.writes = fuzz_one_in(number, PRINT_SHARE), .way = (unsigned)number & 15};
    int64_t start = fuzz_time_ns();
    struct play_result whole = play_conversations(&play, input, &watch);
    record_watch_finish(&watch, "--- as it is");
    bool slow = fuzz_is_slow(fuzz_time_ns() - start, size);
    for (int i = 0; slow && i < MEASURED_AGAIN; i++)
        slow = fuzz_is_slow(time_of(play, input, 1), size);
    demand(!slow);
    const bool comparable = !whole.refused && !whole.bad_stream && !whole.tried_again && play_may_be_cut(&play, input);
    if (comparable && fuzz_one_in(number >> 7, SPLIT_SHARE) && !without_splits)
        check_splits(&play, input, &whole, number);
    if (!fuzz_replays && fuzz_one_in(number >> 13, GROWTH_SHARE))
        check_growth(&play, input);
    return 0;
}
