/* SPDX-License-Identifier: BSD-3-Clause */
#include "ranking_times.h"

#include <stdlib.h>

enum { STEP_BITS = 6 };

/* Values below 64 each have a step of their own, then 64 share a doubling. */
static size_t step_of(uint64_t value)
{
    if (value < RANKING_STEPS)
        return (size_t)value;
    unsigned exponent = 63U - (unsigned)__builtin_clzll(value);
    unsigned shift = exponent - STEP_BITS;
    return ((size_t)(shift + 1) << STEP_BITS) + ((value >> shift) & (RANKING_STEPS - 1));
}

static uint64_t middle_of(size_t step)
{
    if (step < RANKING_STEPS)
        return step;
    unsigned shift = (unsigned)(step >> STEP_BITS) - 1;
    uint64_t low = (RANKING_STEPS + (step & (RANKING_STEPS - 1))) << shift;
    return low + (((uint64_t)1 << shift) >> 1);
}

void ranking_times_add(struct ranking_times *times, int64_t duration_ns)
{
    if (duration_ns < 0)
        return;
    if (!times->steps)
        times->steps = calloc(RANKING_TIMES, sizeof *times->steps);
    if (!times->steps) {
        times->failed = true;
        return;
    }
    if (times->count == 0 || duration_ns < times->least_ns)
        times->least_ns = duration_ns;
    if (times->count == 0 || duration_ns > times->most_ns)
        times->most_ns = duration_ns;
    times->count++;
    times->steps[step_of((uint64_t)duration_ns)]++;
}

void ranking_times_done(struct ranking_times *times)
{
    free(times->steps);
    *times = (struct ranking_times){0};
}

struct ranking_slow *ranking_times_slow(struct ranking_times *times, int64_t duration_ns)
{
    unsigned at = times->slow_count;
    if (duration_ns < 0)
        return NULL;
    while (at > 0 && times->slowest[at - 1].duration_ns < duration_ns)
        at--;
    if (at == LIMIT_RANKING_SLOWEST)
        return NULL;
    if (times->slow_count < LIMIT_RANKING_SLOWEST)
        times->slow_count++;
    memmove(&times->slowest[at + 1], &times->slowest[at], (times->slow_count - 1 - at) * sizeof *times->slowest);
    times->slowest[at] = (struct ranking_slow){.duration_ns = duration_ns};
    return &times->slowest[at];
}

int64_t ranking_times_percentile(const struct ranking_times *times, unsigned percent)
{
    if (times->count == 0)
        return 0;
    /* The nearest rank, without a product that could be too large. */
    uint64_t rank = times->count / 100 * percent + (times->count % 100 * percent + 99) / 100;
    uint64_t below = 0;
    size_t step = 0;
    while (step + 1 < RANKING_TIMES && below + times->steps[step] < rank)
        below += times->steps[step++];
    int64_t value = (int64_t)middle_of(step);
    value = value < times->least_ns ? times->least_ns : value;
    return value > times->most_ns ? times->most_ns : value;
}
