/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Damaged captures: flips FIRST LAST CAPTURE...
 *
 * For each seed from FIRST to LAST two bytes in a hundred of each capture become others: once in its frames only, so
 * that every one is read, once anywhere but in its first 24 bytes. All of it goes through the engine to an output, a
 * different one for each seed. Nothing may crash, sums must add up, the output must be UTF-8 in which nothing acts, and
 * no run may take long. Prints how many runs there were, and the longest.
 */
#include "through.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    SHARE = 50,              /* one byte in so many */
    FILE_HEADER_BYTES = 24,  /* of pcap; a damaged one is soon read */
    FRAME_HEADER_BYTES = 16, /* of pcap */
    MOST_SECONDS = 20,       /* of processor time, under a sanitizer on a busy machine: only against what never ends */
};

static const uint32_t pcap_magic[] = {0xa1b2c3d4, 0xa1b23c4d};

/* splitmix64: any seed will do, and the same numbers everywhere. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static void flip(uint8_t *at, size_t length, uint64_t *state)
{
    for (size_t i = 0; i < length; i++) {
        const uint64_t random = next_random(state);
        if (random % SHARE == 0)
            at[i] = (uint8_t)(random >> 32);
    }
}

static uint32_t number(const uint8_t *at, bool little)
{
    return little ? (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0]
                  : (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* False where it is no plain pcap file. */
static bool flip_in_frames(uint8_t *file, size_t length, uint64_t *state)
{
    bool little = true, found = false;
    for (int order = 0; order < 2 && !found && length >= FILE_HEADER_BYTES; order++) {
        little = order == 1;
        found = number(file, little) == pcap_magic[0] || number(file, little) == pcap_magic[1];
    }
    size_t at = FILE_HEADER_BYTES;
    while (found && at + FRAME_HEADER_BYTES <= length) {
        const size_t captured = number(file + at + 8, little);
        at += FRAME_HEADER_BYTES;
        if (captured > length - at)
            break;
        flip(file + at, captured, state);
        at += captured;
    }
    return found;
}

static bool run(struct bytes bytes, uint64_t seed, const struct notes *notes, int descriptor)
{
    static const unsigned widths[] = {80, 40, 140};
    struct passage passage;
    const struct output_options options = {
        .format = seed % 3 == 0 ? OUTPUT_JSON : OUTPUT_TRANSCRIPT,
        .notes = seed % 4 == 3 ? NULL : notes,
        .detail = seed % 2 == 0 ? DETAIL_VERBOSE : DETAIL_NORMAL,
        .width = widths[seed % 3],
        .color = seed % 3 == 2,
    };
    size_t at = 0;
    bool good = through(bytes, UINT64_MAX, &options, descriptor, &passage);
    if (good && !through_is_harmless(passage.text, options.color, &at)) {
        good = false;
        (void)fprintf(stderr, "the output's byte %zu could be obeyed or is no UTF-8: %02x\n", at,
                      (unsigned char)passage.text.at[at]);
    }
    free(passage.text.at);
    return good;
}

struct course {
    uint64_t runs;
    double longest;
};

static bool run_timed(const char *path, struct bytes bytes, uint64_t seed, const struct notes *notes, int descriptor,
                      struct course *course)
{
    const clock_t begun = clock();
    bool good = run(bytes, seed, notes, descriptor);
    const double seconds = (double)(clock() - begun) / CLOCKS_PER_SEC;
    course->runs++;
    course->longest = seconds > course->longest ? seconds : course->longest;
    good = good && seconds < MOST_SECONDS;
    if (!good)
        (void)fprintf(stderr, "%s, seed %" PRIu64 ", %.1f s\n", path, seed, seconds);
    return good;
}

static bool look(const char *path, struct bytes file, uint64_t seed, const struct notes *notes, int descriptor,
                 struct course *course)
{
    uint8_t *copy = malloc(file.len > 0 ? file.len : 1);
    uint64_t state = seed;
    bool good = copy != NULL;
    if (!good)
        return false;
    memcpy(copy, file.at, file.len);
    if (flip_in_frames(copy, file.len, &state))
        good = run_timed(path, bytes_of(copy, file.len), seed, notes, descriptor, course);
    memcpy(copy, file.at, file.len);
    if (file.len > FILE_HEADER_BYTES)
        flip(copy + FILE_HEADER_BYTES, file.len - FILE_HEADER_BYTES, &state);
    good = good && run_timed(path, bytes_of(copy, file.len), seed, notes, descriptor, course);
    free(copy);
    return good;
}

int main(int count, char **arguments)
{
    if (count < 4)
        return 2;
    const uint64_t first = strtoull(arguments[1], NULL, 10), last = strtoull(arguments[2], NULL, 10);
    struct notes *notes = notes_new();
    const int descriptor = through_open();
    struct course course = {0};
    bool good = notes != NULL;
    for (int i = 3; i < count && good; i++) {
        struct bytes file;
        good = through_read_file(arguments[i], &file);
        if (!good)
            (void)fprintf(stderr, "%s cannot be read\n", arguments[i]);
        for (uint64_t seed = first; seed <= last && good; seed++)
            good = look(arguments[i], file, seed, notes, descriptor, &course);
        void *at;
        memcpy(&at, &file.at, sizeof at);
        free(at);
    }
    notes_free(notes);
    (void)printf("%" PRIu64 " runs, the longest %.2f s\n", course.runs, course.longest);
    return good ? 0 : 1;
}
