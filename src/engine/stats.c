/* SPDX-License-Identifier: BSD-3-Clause */
#include "stats.h"

#include "util/budget.h"

/* The same counts twice: from the beginning, and since the record before. */
enum {
    COUNT_RECEIVED,
    COUNT_DROPPED_BY_KERNEL,
    COUNT_DROPPED_BY_INTERFACE,
    COUNT_DROPPED_BY_OVERHEAR,
    COUNT_ANALYSED,
    COUNT_BYTES,
    COUNT_CONVERSATIONS,
    COUNT_RECORDS,
    COUNT_ANOMALIES,
    COUNT_COUNT
};

enum {
    STATS_FIELD_UPTIME,
    STATS_FIELD_INTERVAL,
    STATS_FIELD_TOTAL,
    STATS_FIELD_SINCE = STATS_FIELD_TOTAL + COUNT_COUNT,
    STATS_FIELD_OPEN = STATS_FIELD_SINCE + COUNT_COUNT,
    STATS_FIELD_MEMORY_USED,
    STATS_FIELD_MEMORY_PEAK,
    STATS_FIELD_MEMORY_LIMIT,
    STATS_FIELD_RESIDENT,
    STATS_FIELD_WAITING_RECORDS,
    STATS_FIELD_WAITING_BYTES,
    STATS_FIELD_INTERFACES,
    STATS_FIELD_COUNT
};

enum {
    INTERFACE_NAME,
    INTERFACE_STATE,
    INTERFACE_RECEIVED,
    INTERFACE_DROPPED_BY_KERNEL,
    INTERFACE_DROPPED_BY_INTERFACE,
    INTERFACE_MEMBERS
};

static const struct field interface_members[INTERFACE_MEMBERS] = {
    [INTERFACE_NAME] = {.name = "name", .type = FIELD_TEXT, .meaning = "what the system calls it"},
    [INTERFACE_STATE] = {.name = "state", .type = FIELD_TEXT, .meaning = "up or down"},
    [INTERFACE_RECEIVED] = {.name = "received", .type = FIELD_INTEGER, .meaning = "frames received there"},
    [INTERFACE_DROPPED_BY_KERNEL] = {.name = "dropped_by_kernel",
                                     .type = FIELD_INTEGER,
                                     .meaning = "frames that found the kernel's buffer full"},
    [INTERFACE_DROPPED_BY_INTERFACE] = {.name = "dropped_by_interface",
                                        .type = FIELD_INTEGER,
                                        .meaning = "frames that the interface lost before the kernel had them"},
};

static const struct field fields[STATS_FIELD_COUNT] = {
    [STATS_FIELD_UPTIME] = {.name = "overhear.stats.uptime",
                            .type = FIELD_DURATION,
                            .meaning = "since listening began"},
    [STATS_FIELD_INTERVAL] = {.name = "overhear.stats.interval",
                              .type = FIELD_DURATION,
                              .meaning = "since the stats record before, which `since` is about"},
    [STATS_FIELD_TOTAL + COUNT_RECEIVED] = {.name = "overhear.stats.total.received",
                                            .type = FIELD_INTEGER,
                                            .meaning = "frames that matched the filter and were not dropped"},
    [STATS_FIELD_TOTAL + COUNT_DROPPED_BY_KERNEL] = {.name = "overhear.stats.total.dropped_by_kernel",
                                                     .type = FIELD_INTEGER,
                                                     .meaning = "frames that found the kernel's buffer full"},
    [STATS_FIELD_TOTAL +
        COUNT_DROPPED_BY_INTERFACE] = {.name = "overhear.stats.total.dropped_by_interface",
                                       .type = FIELD_INTEGER,
                                       .meaning = "frames that interfaces lost before the kernel had them"},
    [STATS_FIELD_TOTAL + COUNT_DROPPED_BY_OVERHEAR] = {.name = "overhear.stats.total.dropped_by_overhear",
                                                       .type = FIELD_INTEGER,
                                                       .meaning = "packets that were not tracked for want of memory"},
    [STATS_FIELD_TOTAL + COUNT_ANALYSED] = {.name = "overhear.stats.total.analysed",
                                            .type = FIELD_INTEGER,
                                            .meaning = "frames analysed"},
    [STATS_FIELD_TOTAL + COUNT_BYTES] = {.name = "overhear.stats.total.bytes",
                                         .type = FIELD_INTEGER,
                                         .meaning = "their bytes, as they were on the wire"},
    [STATS_FIELD_TOTAL + COUNT_CONVERSATIONS] = {.name = "overhear.stats.total.conversations",
                                                 .type = FIELD_INTEGER,
                                                 .meaning = "conversations begun"},
    [STATS_FIELD_TOTAL + COUNT_RECORDS] = {.name = "overhear.stats.total.records",
                                           .type = FIELD_INTEGER,
                                           .meaning = "records found, printed or not"},
    [STATS_FIELD_TOTAL + COUNT_ANOMALIES] = {.name = "overhear.stats.total.anomalies",
                                             .type = FIELD_INTEGER,
                                             .meaning = "anomalies counted"},
    [STATS_FIELD_SINCE + COUNT_RECEIVED] = {.name = "overhear.stats.since.received",
                                            .type = FIELD_INTEGER,
                                            .meaning = "as in `total`, since the stats record before"},
    [STATS_FIELD_SINCE + COUNT_DROPPED_BY_KERNEL] = {.name = "overhear.stats.since.dropped_by_kernel",
                                                     .type = FIELD_INTEGER,
                                                     .meaning = "likewise"},
    [STATS_FIELD_SINCE + COUNT_DROPPED_BY_INTERFACE] = {.name = "overhear.stats.since.dropped_by_interface",
                                                        .type = FIELD_INTEGER,
                                                        .meaning = "likewise"},
    [STATS_FIELD_SINCE + COUNT_DROPPED_BY_OVERHEAR] = {.name = "overhear.stats.since.dropped_by_overhear",
                                                       .type = FIELD_INTEGER,
                                                       .meaning = "likewise"},
    [STATS_FIELD_SINCE +
        COUNT_ANALYSED] = {.name = "overhear.stats.since.analysed", .type = FIELD_INTEGER, .meaning = "likewise"},
    [STATS_FIELD_SINCE +
        COUNT_BYTES] = {.name = "overhear.stats.since.bytes", .type = FIELD_INTEGER, .meaning = "likewise"},
    [STATS_FIELD_SINCE + COUNT_CONVERSATIONS] = {.name = "overhear.stats.since.conversations",
                                                 .type = FIELD_INTEGER,
                                                 .meaning = "likewise"},
    [STATS_FIELD_SINCE +
        COUNT_RECORDS] = {.name = "overhear.stats.since.records", .type = FIELD_INTEGER, .meaning = "likewise"},
    [STATS_FIELD_SINCE +
        COUNT_ANOMALIES] = {.name = "overhear.stats.since.anomalies", .type = FIELD_INTEGER, .meaning = "likewise"},
    [STATS_FIELD_OPEN] = {.name = "overhear.stats.open_conversations",
                          .type = FIELD_INTEGER,
                          .meaning = "conversations that are not over"},
    [STATS_FIELD_MEMORY_USED] = {.name = "overhear.stats.memory.used",
                                 .type = FIELD_INTEGER,
                                 .meaning = "bytes in use, as --memory counts them"},
    [STATS_FIELD_MEMORY_PEAK] = {.name = "overhear.stats.memory.peak",
                                 .type = FIELD_INTEGER,
                                 .meaning = "the most that was in use"},
    [STATS_FIELD_MEMORY_LIMIT] = {.name = "overhear.stats.memory.limit",
                                  .type = FIELD_INTEGER,
                                  .meaning = "the limit, --memory"},
    [STATS_FIELD_RESIDENT] = {.name = "overhear.stats.memory.resident",
                              .type = FIELD_INTEGER,
                              .meaning = "memory of the whole process, as the system counts it"},
    [STATS_FIELD_WAITING_RECORDS] = {.name = "overhear.stats.waiting.records",
                                     .type = FIELD_INTEGER,
                                     .meaning = "records in the queues between threads"},
    [STATS_FIELD_WAITING_BYTES] = {.name = "overhear.stats.waiting.bytes",
                                   .type = FIELD_INTEGER,
                                   .meaning = "bytes in these queues, and of output that is not written yet"},
    [STATS_FIELD_INTERFACES] = {.name = "overhear.stats.interfaces",
                                .type = FIELD_GROUP,
                                .flags = FIELD_LIST,
                                .meaning = "each interface, from the beginning",
                                .members = interface_members,
                                .member_count = INTERFACE_MEMBERS},
};

static const struct line lines[] = {
    {.speaker = SPEAKER_SAME,
     .detail = DETAIL_ALL,
     .each = LINE_ONCE,
     .words = "{overhear.stats.total.received} frames in {overhear.stats.uptime:duration}; dropped: "
              "kernel {overhear.stats.total.dropped_by_kernel}, interfaces "
              "{overhear.stats.total.dropped_by_interface}, overhear {overhear.stats.total.dropped_by_overhear}"},
    {.speaker = SPEAKER_SAME,
     .detail = DETAIL_FULL,
     .each = LINE_ONCE,
     .words = "last {overhear.stats.interval:duration}: {overhear.stats.since.received} frames, "
              "{overhear.stats.since.bytes:size}; kernel dropped {overhear.stats.since.dropped_by_kernel}; "
              "records {overhear.stats.since.records}"},
    {.speaker = SPEAKER_SAME,
     .detail = DETAIL_FULL,
     .each = LINE_ONCE,
     .words = "open conversations: {overhear.stats.open_conversations}; memory {overhear.stats.memory.used:size} of "
              "{overhear.stats.memory.limit:size}, process {overhear.stats.memory.resident:size}"},
    {.speaker = SPEAKER_SAME,
     .detail = DETAIL_VERBOSE,
     .each = STATS_FIELD_INTERFACES,
     .words = "{name}  {state}  received {received}  dropped by the kernel {dropped_by_kernel}  by the interface "
              "{dropped_by_interface}"},
};

const struct dataset stats_dataset = {
    .name = "stats",
    .title = "Stats",
    .fields = fields,
    .field_count = STATS_FIELD_COUNT,
    .lines = lines,
    .line_count = sizeof lines / sizeof *lines,
};

static void list_counts(const struct stats_counts *counts, uint64_t ret_list[COUNT_COUNT])
{
    ret_list[COUNT_RECEIVED] = counts->received;
    ret_list[COUNT_DROPPED_BY_KERNEL] = counts->dropped_by_kernel;
    ret_list[COUNT_DROPPED_BY_INTERFACE] = counts->dropped_by_interface;
    ret_list[COUNT_DROPPED_BY_OVERHEAR] = counts->dropped_by_overhear;
    ret_list[COUNT_ANALYSED] = counts->analysed;
    ret_list[COUNT_BYTES] = counts->bytes;
    ret_list[COUNT_CONVERSATIONS] = counts->conversations;
    ret_list[COUNT_RECORDS] = counts->records;
    ret_list[COUNT_ANOMALIES] = counts->anomalies;
}

static void add_counts(struct record *record, const struct stats *now, const struct stats *before)
{
    const struct stats_counts none = {0};
    uint64_t total[COUNT_COUNT], earlier[COUNT_COUNT];
    list_counts(&now->total, total);
    list_counts(before ? &before->total : &none, earlier);
    for (unsigned i = 0; i < COUNT_COUNT; i++)
        record_integer(record, STATS_FIELD_TOTAL + i, (int64_t)total[i]);
    for (unsigned i = 0; i < COUNT_COUNT; i++) /* what interfaces count may begin anew */
        record_integer(record, STATS_FIELD_SINCE + i, total[i] > earlier[i] ? (int64_t)(total[i] - earlier[i]) : 0);
    if (total[COUNT_DROPPED_BY_KERNEL] > earlier[COUNT_DROPPED_BY_KERNEL])
        record_observe(record, STATS_FIELD_SINCE + COUNT_DROPPED_BY_KERNEL, "overhear.stats.dropping", NULL, 0);
}

static void add_interfaces(struct record *record, const struct stats *now)
{
    for (size_t i = 0; i < now->interface_count; i++) {
        const struct stats_interface *interface = &now->interfaces[i];
        record_group_begin(record, STATS_FIELD_INTERFACES);
        record_text(record, INTERFACE_NAME, bytes_text(interface->name));
        record_word(record, INTERFACE_STATE, interface->up ? "up" : "down");
        record_integer(record, INTERFACE_RECEIVED, (int64_t)interface->received);
        record_integer(record, INTERFACE_DROPPED_BY_KERNEL, (int64_t)interface->dropped_by_kernel);
        record_integer(record, INTERFACE_DROPPED_BY_INTERFACE, (int64_t)interface->dropped_by_interface);
        record_group_end(record);
    }
}

void stats_write(const struct record_sink *sink, const struct stats *now, const struct stats *before)
{
    struct record record;
    struct budget budget;
    budget_init(&budget, 0);
    record_init(&record, &stats_dataset, &budget);
    record.wants_notes = true;
    record.first = record.last = (struct moment){.time_ns = now->time_ns};
    record_integer(&record, STATS_FIELD_UPTIME, now->uptime_ns);
    record_integer(&record, STATS_FIELD_INTERVAL,
                   now->time_ns - (before ? before->time_ns : now->time_ns - now->uptime_ns));
    add_counts(&record, now, before);
    record_integer(&record, STATS_FIELD_OPEN, (int64_t)now->open_conversations);
    record_integer(&record, STATS_FIELD_MEMORY_USED, (int64_t)now->memory_used);
    record_integer(&record, STATS_FIELD_MEMORY_PEAK, (int64_t)now->memory_peak);
    record_integer(&record, STATS_FIELD_MEMORY_LIMIT, (int64_t)now->memory_limit);
    record_integer(&record, STATS_FIELD_RESIDENT, (int64_t)now->resident_bytes);
    record_integer(&record, STATS_FIELD_WAITING_RECORDS, (int64_t)now->waiting_records);
    record_integer(&record, STATS_FIELD_WAITING_BYTES, (int64_t)now->waiting_bytes);
    add_interfaces(&record, now);
    sink->write(sink->context, &record);
    record_done(&record);
}
