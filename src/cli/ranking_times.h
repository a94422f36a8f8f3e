/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How long answers took: a histogram whose steps grow with the value, so that a quantile is off by less than 1 %
 * (64 steps for each doubling; the middle of one is told), and the slowest few as they were.
 */
#ifndef OVERHEAR_CLI_RANKING_TIMES_H
#define OVERHEAR_CLI_RANKING_TIMES_H

#include "overhear/bytes.h"
#include "overhear/limits.h"

enum { RANKING_STEPS = 64, RANKING_TIMES = (63 - 5) * RANKING_STEPS };

struct ranking_slow {
    int64_t duration_ns;
    uint64_t conversation; /* 0: none */
    uint64_t frame;        /* of the request */
    uint16_t length;
    uint8_t text[LIMIT_RANKING_BYTES];
};

struct ranking_times {
    uint64_t count;
    int64_t least_ns, most_ns;
    uint64_t *steps; /* RANKING_TIMES of them, made with the first */
    bool failed;     /* memory was out: some are not counted */
    unsigned slow_count;
    struct ranking_slow slowest[LIMIT_RANKING_SLOWEST]; /* slowest first; the earlier of equals first */
};

/* Begins zeroed. A negative duration (the clock went back) counts as none at all. */
void ranking_times_add(struct ranking_times *times, int64_t duration_ns);
void ranking_times_done(struct ranking_times *times);

/* Whether one that took so long belongs to the slowest, and where it is told then. Its duration is set, the rest is up
 * to the caller. NULL: it does not. */
struct ranking_slow *ranking_times_slow(struct ranking_times *times, int64_t duration_ns);

/* What so many of a hundred did not exceed; 0 where nothing was added. */
int64_t ranking_times_percentile(const struct ranking_times *times, unsigned percent);

#endif
