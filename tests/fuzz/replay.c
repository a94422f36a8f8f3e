/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Feeds inputs to a fuzz target without libFuzzer, so that every test run, with any compiler, sees again what once
 * was found: replay_X [--mutate N] FILE... runs each file, and N mutations of it that are the same in every run.
 */
#include "harness.h"

#include <stdio.h>

enum { INPUT_MAX = 1 << 20 };

struct input {
    uint8_t *at;
    size_t length;
};

/* In a block of exactly its size, so that a sanitizer sees each byte too far. */
static void feed(const uint8_t *data, size_t length)
{
    uint8_t *copy = fuzz_copy(bytes_of(data, length));
    (void)LLVMFuzzerTestOneInput(copy, length);
    free(copy);
}

static void mutate(const struct input *input, uint8_t *scratch, uint64_t *state)
{
    size_t length = input->length;
    memcpy(scratch, input->at, length);
    uint64_t changes = 1 + fuzz_random(state) % 8;
    while (changes-- > 0 && length > 0) {
        size_t at = fuzz_random(state) % length;
        switch (fuzz_random(state) % 5) {
        case 0:
            scratch[at] = (uint8_t)fuzz_random(state);
            break;
        case 1:
            scratch[at] ^= (uint8_t)(1u << fuzz_random(state) % 8);
            break;
        case 2:
            scratch[at] = fuzz_random(state) % 2 ? 0xff : 0;
            break;
        case 3: /* cut */
            length = at;
            break;
        default: { /* a piece moves */
            size_t from = fuzz_random(state) % length;
            size_t most = length - (at > from ? at : from);
            memmove(scratch + at, scratch + from, fuzz_random(state) % (most + 1));
            break;
        }
        }
    }
    feed(scratch, length);
}

static bool read_input(const char *path, struct input *input)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    input->length = fread(input->at, 1, INPUT_MAX, file);
    bool good = !ferror(file);
    (void)fclose(file);
    return good;
}

int main(int count, char **arguments)
{
    int first = 1;
    fuzz_replays = true;
    unsigned long mutations = 0;
    if (count > 2 && strcmp(arguments[1], "--mutate") == 0) {
        mutations = strtoul(arguments[2], NULL, 10);
        first = 3;
    }
    struct input input = {malloc(INPUT_MAX), 0};
    uint8_t *scratch = malloc(INPUT_MAX);
    int status = input.at && scratch ? 0 : 1;
    for (int i = first; i < count && status == 0; i++) {
        if (!read_input(arguments[i], &input)) {
            (void)fprintf(stderr, "cannot read %s\n", arguments[i]);
            status = 1;
            break;
        }
        fuzz_mutates = false;
        feed(input.at, input.length);
        fuzz_mutates = true;
        uint64_t state = 0x9e3779b97f4a7c15u;
        for (unsigned long n = 0; n < mutations; n++)
            mutate(&input, scratch, &state);
    }
    free(input.at);
    free(scratch);
    return status;
}
