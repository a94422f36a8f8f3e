/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The `stats` record: how the program itself is doing, every --stats seconds.
 */
#ifndef OVERHEAR_ENGINE_STATS_H
#define OVERHEAR_ENGINE_STATS_H

#include "overhear/engine.h"

/* What is counted from the beginning. */
struct stats_counts {
    uint64_t received;             /* frames that the kernel has handed to us, or holds for us */
    uint64_t dropped_by_kernel;    /* we were not fast enough */
    uint64_t dropped_by_interface; /* nor was it */
    uint64_t dropped_by_overhear;  /* no memory to track them */
    uint64_t analysed;             /* frames, */
    uint64_t bytes;                /* and as long as they were on the wire */
    uint64_t conversations, records, anomalies;
};

struct stats_interface {
    const char *name;
    bool up;
    uint64_t received, dropped_by_kernel, dropped_by_interface;
};

struct stats {
    int64_t time_ns;   /* 1970 */
    int64_t uptime_ns; /* since listening began */
    struct stats_counts total;
    uint64_t open_conversations;
    uint64_t memory_used, memory_peak, memory_limit; /* as --memory counts it */
    uint64_t resident_bytes;                         /* as the system counts it */
    uint64_t waiting_records;                        /* in the queues of workers */
    uint64_t waiting_bytes;                          /* that they take, and of output that is not written yet */
    const struct stats_interface *interfaces;
    size_t interface_count;
};

/* Writes the record; what happened since `before` (may be NULL) is told beside the totals. */
void stats_write(const struct record_sink *sink, const struct stats *now, const struct stats *before);

extern const struct dataset stats_dataset;

#endif
