/* SPDX-License-Identifier: BSD-3-Clause */
#include "harness.h"

#include <time.h>

bool fuzz_replays = false;
bool fuzz_mutates = false;

enum {
    /* Sanitizers cost a factor of three to ten; the dearest byte that is known (a byte of a body that inflates to 250)
     * takes some 3 microseconds with them. */
    SLOW_NS_A_BYTE = 20000,
    SLOW_NS_AT_ALL = 20000000,
};

void demand(bool condition)
{
    if (!condition)
        abort();
}

void fuzz_mix_bytes(uint64_t *number, struct bytes bytes)
{
    fuzz_mix(number, bytes.len);
    size_t at = 0;
    for (; at + sizeof(uint64_t) <= bytes.len; at += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, bytes.at + at, sizeof word);
        fuzz_mix(number, word);
    }
    for (; at < bytes.len; at++)
        fuzz_mix(number, bytes.at[at]);
}

uint64_t fuzz_number(struct bytes input)
{
    uint64_t number = 0xcbf29ce484222325;
    fuzz_mix_bytes(&number, input);
    return number;
}

uint8_t *fuzz_copy(struct bytes bytes)
{
    uint8_t *copy = malloc(bytes.len > 0 ? bytes.len : 1);
    demand(copy != NULL);
    if (bytes.len > 0)
        memcpy(copy, bytes.at, bytes.len);
    return copy;
}

int64_t fuzz_time_ns(void)
{
    struct timespec now;
    if (fuzz_replays || clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0)
        return 0;
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

bool fuzz_is_slow(int64_t took_ns, size_t length)
{
    return took_ns > SLOW_NS_AT_ALL && took_ns > SLOW_NS_A_BYTE * (int64_t)length;
}
