/* SPDX-License-Identifier: BSD-3-Clause */
#include "summary.h"

#include "human.h"

enum { LABEL_COLUMN = 16, LINE_COLUMNS = 80, ENTRY_SIZE = 120, CREDENTIAL_SERVERS = 8 };

/* A label and a list of entries that wraps under itself. Entries have commas of their own. */
struct list {
    FILE *to;
    size_t column; /* 0: nothing printed yet */
};

/* Columns of UTF-8 text without wide characters: bytes that do not continue a character. */
static size_t columns_of(const char *text)
{
    size_t columns = 0;
    for (; *text != '\0'; text++)
        columns += ((unsigned char)*text & 0xc0) != 0x80;
    return columns;
}

static void list_add(struct list *list, const char *label, const char *entry)
{
    size_t width = columns_of(entry);
    if (list->column == 0) {
        fprintf(list->to, "%-*s%s", LABEL_COLUMN, label, entry);
        list->column = LABEL_COLUMN + width;
    } else if (list->column + 2 + width > LINE_COLUMNS) {
        fprintf(list->to, ";\n%*s%s", LABEL_COLUMN, "", entry);
        list->column = LABEL_COLUMN + width;
    } else {
        fprintf(list->to, "; %s", entry);
        list->column += 2 + width;
    }
}

static void list_end(struct list *list)
{
    if (list->column > 0)
        fputc('\n', list->to);
}

static void list_add_count(struct list *list, const char *label, const char *name, uint64_t count)
{
    char entry[ENTRY_SIZE], number[HUMAN_SIZE];
    if (count == 0)
        return;
    snprintf(entry, sizeof entry, "%s %s", name, human_count(count, number));
    list_add(list, label, entry);
}

static void list_add_bytes(struct list *list, const char *label, const char *name, uint64_t bytes)
{
    char entry[ENTRY_SIZE], number[HUMAN_SIZE];
    if (bytes == 0)
        return;
    snprintf(entry, sizeof entry, "%s %s", name, human_bytes((double)bytes, number));
    list_add(list, label, entry);
}

static void print_read(FILE *to, const struct engine_statistics *statistics)
{
    char frames[HUMAN_SIZE], bytes[HUMAN_SIZE], span[HUMAN_SIZE];
    fprintf(to, "%-*s%s frame%s, %s", LABEL_COLUMN, "read", human_count(statistics->frames, frames),
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
    fprintf(to, "%-*s%s", LABEL_COLUMN, "conversations", human_count(statistics->conversations, number));
    const char *separator = " (ended by: ";
    for (size_t i = 0; i < sizeof end_names / sizeof end_names[0]; i++) {
        if (statistics->ended[i] == 0)
            continue;
        fprintf(to, "%s%s %s", separator, end_names[i], human_count(statistics->ended[i], number));
        separator = ", ";
    }
    fprintf(to, "%s\n", separator[0] == ',' ? ")" : "");
}

static void print_unknown(FILE *to, const struct engine_statistics *statistics)
{
    struct list list = {to, 0};
    for (size_t i = 0; i < statistics->unknown_count; i++) {
        const struct engine_unknown *unknown = &statistics->unknown[i];
        char entry[ENTRY_SIZE], bytes[HUMAN_SIZE], count[HUMAN_SIZE];
        snprintf(entry, sizeof entry, "%s %u (%s, %s conversation%s)", unknown->transport, unknown->port,
                 human_bytes((double)unknown->bytes, bytes), human_count(unknown->conversations, count),
                 unknown->conversations == 1 ? "" : "s");
        list_add(&list, "not understood", entry);
    }
    list_end(&list);
}

static void print_files(FILE *to, const struct engine_statistics *statistics)
{
    struct list list = {to, 0};
    list_add_count(&list, "files", "transferred", statistics->files);
    list_add_count(&list, "files", "saved", statistics->files_saved);
    list_add_count(&list, "files", "not saved", statistics->files_not_saved);
    list_end(&list);
}

/* What an onlooker could have logged in with. */
static void print_credentials(FILE *to, const struct engine_statistics *statistics)
{
    struct list list = {to, 0};
    uint64_t elsewhere = 0;
    char entry[ENTRY_SIZE], count[HUMAN_SIZE];
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
        list_add(&list, "logins in clear", entry);
    }
    if (elsewhere > 0) {
        snprintf(entry, sizeof entry, "%s more at other servers", human_count(elsewhere, count));
        list_add(&list, "logins in clear", entry);
    }
    list_end(&list);
}

/* How far frames got. That all were decoded goes without saying; the engine puts that row first. */
static void print_stops(FILE *to, const struct engine_statistics *statistics)
{
    bool worth_saying = false;
    for (size_t i = 1; i < statistics->stop_count; i++)
        worth_saying = worth_saying || statistics->stops[i].frames > 0;
    struct list list = {to, 0};
    for (size_t i = 0; worth_saying && i < statistics->stop_count; i++)
        list_add_count(&list, "frames", statistics->stops[i].name, statistics->stops[i].frames);
    list_end(&list);
}

static void print_losses(FILE *to, const struct summary *summary)
{
    const struct engine_statistics *statistics = summary->statistics;
    struct list lost = {to, 0};
    list_add_bytes(&lost, "lost", "in gaps", statistics->gap_bytes);
    list_add_bytes(&lost, "lost", "over limits", statistics->over_limit_bytes);
    list_add_count(&lost, "lost", "datagrams without all fragments", statistics->datagrams_given_up);
    list_end(&lost);
    struct list noticed = {to, 0};
    list_add_count(&noticed, "noticed", "bad checksums", statistics->bad_checksums);
    list_add_count(&noticed, "noticed", "datagrams reassembled", statistics->datagrams_reassembled);
    list_add_bytes(&noticed, "noticed", "sent twice", statistics->duplicate_bytes);
    list_end(&noticed);
    struct list dropped = {to, 0};
    list_add_count(&dropped, "dropped", "by the kernel", summary->dropped_by_kernel);
    list_add_count(&dropped, "dropped", "by the interface", summary->dropped_by_interface);
    list_end(&dropped);
    if (statistics->memory_refused > 0) {
        char limit[HUMAN_SIZE], count[HUMAN_SIZE];
        fprintf(to, "%-*sthe limit of %s was reached %s times (--memory)\n", LABEL_COLUMN, "memory",
                human_bytes((double)statistics->memory_limit, limit), human_count(statistics->memory_refused, count));
    }
}

void summary_print_text(FILE *to, const struct summary *summary)
{
    const struct engine_statistics *statistics = summary->statistics;
    print_read(to, statistics);
    print_conversations(to, statistics);
    struct list records = {to, 0};
    for (size_t i = 0; i < summary->sink->dataset_count; i++)
        list_add_count(&records, "records", summary->sink->datasets[i]->name, summary->sink->records[i]);
    list_end(&records);
    struct list anomalies = {to, 0};
    for (size_t i = 0; i < ANOMALY_COUNT; i++)
        list_add_count(&anomalies, "anomalies", anomaly_name((enum anomaly)i), statistics->anomaly_counts[i]);
    list_end(&anomalies);
    print_files(to, statistics);
    print_credentials(to, statistics);
    print_stops(to, statistics);
    print_unknown(to, statistics);
    print_losses(to, summary);

    char elapsed[HUMAN_SIZE], frames[HUMAN_SIZE], bytes[HUMAN_SIZE];
    double seconds = (double)summary->elapsed_ns / 1e9;
    fprintf(to, "%-*s%s", LABEL_COLUMN, "took", human_duration(summary->elapsed_ns, elapsed));
    if (seconds > 0 && !summary->knows_drops)
        fprintf(to, ": %s frames/s, %s/s", human_count((uint64_t)((double)statistics->frames / seconds), frames),
                human_bytes((double)statistics->bytes / seconds, bytes));
    fputc('\n', to);
}
