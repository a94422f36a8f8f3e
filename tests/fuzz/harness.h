/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the fuzz targets share. A target is one LLVMFuzzerTestOneInput; it aborts where something does not hold. With
 * replay.c instead of libFuzzer the same targets see their kept inputs in every test run.
 */
#ifndef OVERHEAR_FUZZ_HARNESS_H
#define OVERHEAR_FUZZ_HARNESS_H

#include "overhear/bytes.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Aborts where it does not hold. A function of its own, so that the trace tells who demanded. */
void demand(bool condition);

/* A number that depends on all of the input: what is done with a share of the inputs is done with the same ones in
 * every run. */
uint64_t fuzz_number(struct bytes input);

/* Mix bytes into a number (FNV-1a, eight at a time). */
static inline void fuzz_mix(uint64_t *number, uint64_t value)
{
    *number = (*number ^ value) * 0x9e3779b97f4a7c15u;
    *number ^= *number >> 29;
}

void fuzz_mix_bytes(uint64_t *number, struct bytes bytes);

/* A replay looks at every input in every way; the fuzzer, which wants to be quick, does what is dear with a share. */
extern bool fuzz_replays;

/* What a replay is feeding is a mutation: nobody has ever looked at it. */
extern bool fuzz_mutates;

static inline bool fuzz_one_in(uint64_t number, unsigned share)
{
    return fuzz_replays || (number >> 20) % share == 0;
}

/* Memory of exactly that size, so that the sanitizer sees a byte too far. For free(). */
uint8_t *fuzz_copy(struct bytes bytes);

/* Work per byte. Processor time of this thread; nothing is looked at in a replay. */
int64_t fuzz_time_ns(void);

/* `took_ns` for `length` bytes is more than any honest work. Say so only when it was measured several times. */
bool fuzz_is_slow(int64_t took_ns, size_t length);

/* xorshift64*: the same numbers everywhere. The state may not be 0. */
static inline uint64_t fuzz_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 2685821657736338717u;
}

#endif
