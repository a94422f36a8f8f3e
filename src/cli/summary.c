/* SPDX-License-Identifier: BSD-3-Clause */
#include "summary.h"

#include "human.h"
#include "ranking.h"
#include "summary_list.h"

enum { CREDENTIAL_SERVERS = 8 };

static void print_read(FILE *to, const struct engine_statistics *statistics)
{
    char frames[HUMAN_SIZE], bytes[HUMAN_SIZE], span[HUMAN_SIZE];
    fprintf(to, "%-*s%s frame%s, %s", SUMMARY_LABEL, "read", human_count(statistics->frames, frames),
            statistics->frames == 1 ? "" : "s", human_bytes((double)statistics->bytes, bytes));
    if (statistics->frames > 1 && statistics->last_ns > statistics->first_ns)
        fprintf(to, ", over %s", human_duration(statistics->last_ns - statistics->first_ns, span));
    fputc('\n', to);
}

static void print_conversations(FILE *to, const struct engine_statistics *statistics)
{
    static const char *const end_names[] = {"fin", "rst", "timeout", "evicted", "end of capture"};
    char number[HUMAN_SIZE];
    if (statistics->conversations == 0)
        return;
    fprintf(to, "%-*s%s", SUMMARY_LABEL, "conversations", human_count(statistics->conversations, number));
    const char *separator = " (ended by: ";
    for (size_t i = 0; i < sizeof end_names / sizeof end_names[0]; i++) {
        if (statistics->ended[i] == 0)
            continue;
        fprintf(to, "%s%s %s", separator, end_names[i], human_count(statistics->ended[i], number));
        separator = ", ";
    }
    fprintf(to, "%s\n", separator[0] == ',' ? ")" : "");
}

static void print_unknown(FILE *to, const struct engine_statistics *statistics, unsigned width)
{
    struct summary_list list = summary_list_of(to, width);
    for (size_t i = 0; i < statistics->unknown_count; i++) {
        const struct engine_unknown *unknown = &statistics->unknown[i];
        char entry[SUMMARY_ENTRY], bytes[HUMAN_SIZE], count[HUMAN_SIZE];
        snprintf(entry, sizeof entry, "%s %u (%s, %s conversation%s)", unknown->transport, unknown->port,
                 human_bytes((double)unknown->bytes, bytes), human_count(unknown->conversations, count),
                 unknown->conversations == 1 ? "" : "s");
        summary_list_add(&list, "not understood", entry);
    }
    summary_list_end(&list);
}

static void print_files(FILE *to, const struct engine_statistics *statistics, unsigned width)
{
    struct summary_list list = summary_list_of(to, width);
    summary_list_add_count(&list, "files", "transferred", statistics->files);
    summary_list_add_count(&list, "files", "saved", statistics->files_saved);
    summary_list_add_count(&list, "files", "not saved", statistics->files_not_saved);
    summary_list_end(&list);
}

/* What an onlooker could have logged in with. */
static void print_credentials(FILE *to, const struct engine_statistics *statistics, unsigned width)
{
    struct summary_list list = summary_list_of(to, width);
    uint64_t elsewhere = 0;
    char entry[SUMMARY_ENTRY], count[HUMAN_SIZE];
    for (size_t i = 0; i < statistics->credential_count; i++) {
        const struct engine_credentials *row = &statistics->credentials[i];
        char address[ADDRESS_TEXT_SIZE];
        if (!row->protocol || i >= CREDENTIAL_SERVERS) {
            elsewhere += row->count;
            continue;
        }
        address_text(&row->server.ip, address);
        snprintf(entry, sizeof entry, "%s %s at %s port %u", row->protocol, human_count(row->count, count), address,
                 row->server.port);
        summary_list_add(&list, "logins in clear", entry);
    }
    if (elsewhere > 0) {
        snprintf(entry, sizeof entry, "%s more at other servers", human_count(elsewhere, count));
        summary_list_add(&list, "logins in clear", entry);
    }
    summary_list_end(&list);
}

/* How far frames got. That all were decoded goes without saying; the engine puts that row first. */
static void print_stops(FILE *to, const struct engine_statistics *statistics, unsigned width)
{
    bool worth_saying = false;
    for (size_t i = 1; i < statistics->stop_count; i++)
        worth_saying = worth_saying || statistics->stops[i].frames > 0;
    struct summary_list list = summary_list_of(to, width);
    for (size_t i = 0; worth_saying && i < statistics->stop_count; i++)
        summary_list_add_count(&list, "frames", statistics->stops[i].name, statistics->stops[i].frames);
    summary_list_end(&list);
}

static void print_losses(FILE *to, const struct engine_statistics *statistics, unsigned width)
{
    struct summary_list lost = summary_list_of(to, width);
    summary_list_add_bytes(&lost, "lost", "in gaps", statistics->gap_bytes);
    summary_list_add_bytes(&lost, "lost", "over limits", statistics->over_limit_bytes);
    summary_list_add_count(&lost, "lost", "datagrams without all fragments", statistics->datagrams_given_up);
    summary_list_end(&lost);
    struct summary_list noticed = summary_list_of(to, width);
    summary_list_add_count(&noticed, "noticed", "bad checksums", statistics->bad_checksums);
    summary_list_add_count(&noticed, "noticed", "datagrams reassembled", statistics->datagrams_reassembled);
    summary_list_add_bytes(&noticed, "noticed", "sent twice", statistics->duplicate_bytes);
    summary_list_end(&noticed);
    if (statistics->memory_refused > 0) {
        char limit[HUMAN_SIZE], count[HUMAN_SIZE];
        fprintf(to, "%-*sthe limit of %s was reached %s times (--memory)\n", SUMMARY_LABEL, "memory",
                human_bytes((double)statistics->memory_limit, limit), human_count(statistics->memory_refused, count));
    }
}

/* `by the kernel 12 (0.1 %)` of all that there were. */
static void add_dropped(struct summary_list *list, const char *by, uint64_t dropped, uint64_t all)
{
    char entry[SUMMARY_ENTRY], count[HUMAN_SIZE];
    const double percent = all > 0 ? 100 * (double)dropped / (double)all : 0;
    if (dropped == 0)
        return;
    if (percent < 0.01)
        snprintf(entry, sizeof entry, "%s %s (less than 0.01 %%)", by, human_count(dropped, count));
    else
        snprintf(entry, sizeof entry, "%s %s (%.*f %%)", by, human_count(dropped, count), percent < 9.95 ? 2 : 0,
                 percent);
    summary_list_add(list, "dropped", entry);
}

/* That nothing was lost is worth a line: it is what one wants to know. */
static void print_dropped(FILE *to, const struct summary *summary)
{
    const uint64_t by_us = summary->statistics->untracked;
    char entry[SUMMARY_ENTRY], count[HUMAN_SIZE];
    struct summary_list list = summary_list_of(to, summary->width);
    if (!summary->knows_drops)
        return;
    add_dropped(&list, "by the kernel", summary->dropped_by_kernel, summary->received + summary->dropped_by_kernel);
    add_dropped(&list, "by the interface", summary->dropped_by_interface,
                summary->received + summary->dropped_by_kernel + summary->dropped_by_interface);
    add_dropped(&list, "by overhear, for want of memory", by_us, summary->received);
    if (list.column == 0)
        summary_list_add(&list, "dropped", "nothing");
    snprintf(entry, sizeof entry, "received %s", human_count(summary->received, count));
    summary_list_add(&list, "dropped", entry);
    summary_list_end(&list);
}

/* Where there are several, which of them. */
static void print_interfaces(FILE *to, const struct summary *summary)
{
    const char *label = "interfaces";
    for (size_t i = 0; summary->interface_count > 1 && i < summary->interface_count; i++) {
        const struct capture_interface *interface = &summary->interfaces[i];
        struct summary_list list = summary_list_of(to, summary->width);
        char entry[SUMMARY_ENTRY], count[HUMAN_SIZE];
        if (interface->known)
            snprintf(entry, sizeof entry, "%s received %s", interface->name, human_count(interface->received, count));
        else
            snprintf(entry, sizeof entry, "%s", interface->name);
        summary_list_add(&list, label, entry);
        label = "";
        summary_list_add_count(&list, label, "dropped by the kernel", interface->dropped_by_kernel);
        summary_list_add_count(&list, label, "dropped by the interface", interface->dropped_by_interface);
        if (!interface->up)
            summary_list_add(&list, label, "is down");
        summary_list_end(&list);
    }
}

static void print_saved(FILE *to, const struct summary *summary)
{
    char frames[HUMAN_SIZE], files[HUMAN_SIZE];
    if (!summary->saves)
        return;
    fprintf(to, "%-*s%s frame%s in %s file%s", SUMMARY_LABEL, "saved", human_count(summary->saved_frames, frames),
            summary->saved_frames == 1 ? "" : "s", human_count(summary->saved_files, files),
            summary->saved_files == 1 ? "" : "s");
    if (summary->not_saved_frames > 0)
        fprintf(to, "; not saved for want of room %s", human_count(summary->not_saved_frames, frames));
    fputc('\n', to);
}

static void print_took(FILE *to, const struct summary *summary)
{
    char elapsed[HUMAN_SIZE], frames[HUMAN_SIZE], bytes[HUMAN_SIZE];
    double seconds = (double)summary->elapsed_ns / 1e9;
    fprintf(to, "%-*s%s", SUMMARY_LABEL, "took", human_duration(summary->elapsed_ns, elapsed));
    if (seconds > 0 && !summary->knows_drops)
        fprintf(to, ": %s frames/s, %s/s",
                human_count((uint64_t)((double)summary->statistics->frames / seconds), frames),
                human_bytes((double)summary->statistics->bytes / seconds, bytes));
    fputc('\n', to);
}

void summary_print_text(FILE *to, const struct summary *summary)
{
    const struct engine_statistics *statistics = summary->statistics;
    const struct ranking *ranking = summary->sink->ranking;
    const unsigned width = summary->width;
    print_read(to, statistics);
    print_conversations(to, statistics);
    struct summary_list records = summary_list_of(to, width);
    for (size_t i = 0; i < summary->sink->dataset_count; i++)
        summary_list_add_count(&records, "records", summary->sink->datasets[i]->name, summary->sink->records[i]);
    summary_list_end(&records);
    struct summary_list anomalies = summary_list_of(to, width);
    for (size_t i = 0; i < ANOMALY_COUNT; i++)
        summary_list_add_count(&anomalies, "anomalies", anomaly_name((enum anomaly)i), statistics->anomaly_counts[i]);
    summary_list_end(&anomalies);
    if (ranking && !summary->full)
        ranking_print_brief(to, ranking, width);
    print_files(to, statistics, width);
    print_credentials(to, statistics, width);
    print_stops(to, statistics, width);
    print_unknown(to, statistics, width);
    print_losses(to, statistics, width);
    print_dropped(to, summary);
    print_interfaces(to, summary);
    print_saved(to, summary);
    print_took(to, summary);
    if (ranking && summary->full)
        ranking_print_full(to, ranking, width);
}
