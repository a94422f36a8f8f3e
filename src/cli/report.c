/* SPDX-License-Identifier: BSD-3-Clause */
#include "report.h"

#include "clock.h"
#include "listen.h"
#include "message.h"
#include "run.h"

#include <stdlib.h>
#include <unistd.h>

enum { INTERFACES_MAX = 64 /* told in a stats record */ };

/* The process' memory: the second number of /proc/self/statm, in pages. */
static uint64_t resident_bytes(const struct run *run)
{
    char text[128];
    ssize_t length = run->memory_descriptor >= 0 ? pread(run->memory_descriptor, text, sizeof text - 1, 0) : -1;
    if (length <= 0)
        return 0;
    text[length] = '\0';
    const char *space = strchr(text, ' ');
    return space ? strtoull(space, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

static struct stats_counts count_all(const struct engine_statistics *statistics, const struct capture_interface *rows,
                                     size_t row_count)
{
    struct stats_counts counts = {
        .dropped_by_overhear = statistics->untracked,
        .analysed = statistics->frames,
        .bytes = statistics->bytes,
        .conversations = statistics->conversations,
        .records = statistics->records,
        .anomalies = statistics->anomalies,
    };
    for (size_t i = 0; i < row_count; i++) {
        counts.received += rows[i].received;
        counts.dropped_by_kernel += rows[i].dropped_by_kernel;
        counts.dropped_by_interface += rows[i].dropped_by_interface;
    }
    return counts;
}

struct report {
    struct stats stats;
    struct stats_interface interfaces[INTERFACES_MAX];
    struct capture_interface rows[INTERFACES_MAX];
    struct engine_statistics statistics;
};

/* NULL where memory is out; the caller frees it. */
static struct report *report_new(const struct reporter *reporter, const struct run *run, struct listening *listening)
{
    struct report *report = calloc(1, sizeof *report);
    if (!report)
        return NULL;
    const struct engine_statistics *statistics = &report->statistics;
    run_statistics(run, &report->statistics);
    uint64_t bytes;
    const uint64_t records = listening_waiting(listening, &bytes);
    size_t count = listening_interfaces(listening, report->rows, INTERFACES_MAX);
    for (size_t i = 0; i < count; i++)
        report->interfaces[i] = (struct stats_interface){report->rows[i].name, report->rows[i].up,
                                                         report->rows[i].received, report->rows[i].dropped_by_kernel,
                                                         report->rows[i].dropped_by_interface};
    report->stats = (struct stats){
        .time_ns = clock_wall_ns(),
        .uptime_ns = clock_ns() - reporter->begun_ns,
        .total = count_all(statistics, report->rows, count),
        .open_conversations = statistics->conversations - statistics->conversations_ended,
        .memory_used = statistics->memory_used,
        .memory_peak = statistics->memory_peak,
        .memory_limit = statistics->memory_limit,
        .resident_bytes = resident_bytes(run),
        .waiting_records = records,
        .waiting_bytes = bytes + (run->output ? output_waiting(run->output) : 0),
        .interfaces = report->interfaces,
        .interface_count = count,
    };
    return report;
}

void report_write(struct reporter *reporter, struct run *run, struct listening *listening)
{
    struct report *report = report_new(reporter, run, listening);
    if (!report)
        return;
    const struct record_sink sink = {.context = &run->sink, .write = sink_write_always};
    stats_write(&sink, &report->stats, reporter->has_before ? &reporter->before : NULL);
    reporter->before = report->stats;
    reporter->before.interfaces = NULL;
    reporter->before.interface_count = 0;
    reporter->has_before = true;
    free(report);
}

void report_say(const struct reporter *reporter, struct run *run, struct listening *listening)
{
    struct report *report = report_new(reporter, run, listening);
    if (!report)
        return;
    const struct stats *stats = &report->stats;
    progress_erase(&run->progress);
    message("%llu frames received; dropped by the kernel %llu, interfaces %llu, overhear %llu",
            (unsigned long long)stats->total.received, (unsigned long long)stats->total.dropped_by_kernel,
            (unsigned long long)stats->total.dropped_by_interface,
            (unsigned long long)stats->total.dropped_by_overhear);
    message("%llu records; %llu conversations are open; memory: %llu of %llu KiB",
            (unsigned long long)stats->total.records, (unsigned long long)stats->open_conversations,
            (unsigned long long)stats->memory_used / 1024, (unsigned long long)stats->memory_limit / 1024);
    free(report);
}
