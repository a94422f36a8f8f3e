/* SPDX-License-Identifier: BSD-3-Clause */
#include "summary.h"

#include "ranking.h"

#include <json-c/json.h>

static void add_number(struct json_object *object, const char *key, uint64_t value)
{
    json_object_object_add(object, key, json_object_new_uint64(value));
}

static struct json_object *add_object(struct json_object *object, const char *key)
{
    struct json_object *child = json_object_new_object();
    json_object_object_add(object, key, child);
    return child;
}

static void add_counts(struct json_object *root, const struct summary *summary)
{
    const struct engine_statistics *statistics = summary->statistics;
    static const char *const end_names[] = {"fin", "rst", "timeout", "evicted", "end_of_capture"};
    add_number(root, "frames", statistics->frames);
    add_number(root, "bytes", statistics->bytes);
    struct json_object *stops = add_object(root, "stops");
    for (size_t i = 0; i < statistics->stop_count; i++)
        add_number(stops, statistics->stops[i].name, statistics->stops[i].frames);
    add_number(root, "conversations", statistics->conversations);
    struct json_object *ended = add_object(root, "ended");
    for (size_t i = 0; i < sizeof end_names / sizeof end_names[0]; i++)
        add_number(ended, end_names[i], statistics->ended[i]);
    struct json_object *records = add_object(root, "records");
    for (size_t i = 0; i < summary->sink->dataset_count; i++)
        add_number(records, summary->sink->datasets[i]->name, summary->sink->records[i]);
    struct json_object *anomalies = add_object(root, "anomalies");
    for (size_t i = 0; i < ANOMALY_COUNT; i++)
        if (statistics->anomaly_counts[i] > 0)
            add_number(anomalies, anomaly_name((enum anomaly)i), statistics->anomaly_counts[i]);
}

static void add_bytes(struct json_object *root, const struct engine_statistics *statistics)
{
    struct json_object *stream = add_object(root, "stream");
    add_number(stream, "seen", statistics->seen_bytes);
    add_number(stream, "delivered", statistics->delivered_bytes);
    add_number(stream, "gap", statistics->gap_bytes);
    add_number(stream, "duplicate", statistics->duplicate_bytes);
    add_number(stream, "over_limit", statistics->over_limit_bytes);
    add_number(root, "bad_checksums", statistics->bad_checksums);
    struct json_object *datagrams = add_object(root, "datagrams");
    add_number(datagrams, "reassembled", statistics->datagrams_reassembled);
    add_number(datagrams, "given_up", statistics->datagrams_given_up);
    struct json_object *memory = add_object(root, "memory");
    add_number(memory, "peak", statistics->memory_peak);
    add_number(memory, "limit", statistics->memory_limit);
    add_number(memory, "refused", statistics->memory_refused);
}

static void add_unknown(struct json_object *root, const struct engine_statistics *statistics)
{
    struct json_object *ports = json_object_new_array();
    json_object_object_add(root, "unknown_ports", ports);
    for (size_t i = 0; i < statistics->unknown_count; i++) {
        const struct engine_unknown *unknown = &statistics->unknown[i];
        struct json_object *port = json_object_new_object();
        json_object_object_add(port, "transport", json_object_new_string(unknown->transport));
        add_number(port, "port", unknown->port);
        add_number(port, "conversations", unknown->conversations);
        add_number(port, "bytes", unknown->bytes);
        json_object_array_add(ports, port);
    }
}

static void add_files(struct json_object *root, const struct engine_statistics *statistics)
{
    struct json_object *files = add_object(root, "files");
    add_number(files, "transferred", statistics->files);
    add_number(files, "saved", statistics->files_saved);
    add_number(files, "not_saved", statistics->files_not_saved);
}

static void add_credentials(struct json_object *root, const struct engine_statistics *statistics)
{
    struct json_object *rows = json_object_new_array();
    json_object_object_add(root, "credentials_in_clear", rows);
    for (size_t i = 0; i < statistics->credential_count; i++) {
        const struct engine_credentials *credentials = &statistics->credentials[i];
        struct json_object *row = json_object_new_object();
        if (credentials->protocol) {
            char address[ADDRESS_TEXT_SIZE];
            address_text(&credentials->server.ip, address);
            json_object_object_add(row, "protocol", json_object_new_string(credentials->protocol));
            json_object_object_add(row, "ip", json_object_new_string(address));
            add_number(row, "port", credentials->server.port);
        }
        add_number(row, "count", credentials->count);
        json_object_array_add(rows, row);
    }
}

static void tell_dropped(struct json_object *root, const struct summary *summary)
{
    struct json_object *dropped = add_object(root, "dropped");
    add_number(dropped, "kernel", summary->dropped_by_kernel);
    add_number(dropped, "interface", summary->dropped_by_interface);
    add_number(dropped, "overhear", summary->statistics->untracked);
    add_number(root, "received", summary->received);
    struct json_object *interfaces = json_object_new_array();
    json_object_object_add(root, "interfaces", interfaces);
    for (size_t i = 0; i < summary->interface_count; i++) {
        const struct capture_interface *interface = &summary->interfaces[i];
        struct json_object *row = json_object_new_object();
        json_object_object_add(row, "name", json_object_new_string(interface->name));
        json_object_object_add(row, "up", json_object_new_boolean(interface->up));
        if (interface->known) {
            add_number(row, "received", interface->received);
            add_number(row, "dropped_by_kernel", interface->dropped_by_kernel);
            add_number(row, "dropped_by_interface", interface->dropped_by_interface);
        }
        json_object_array_add(interfaces, row);
    }
}

static void tell_saved(struct json_object *root, const struct summary *summary)
{
    struct json_object *saved = add_object(root, "saved");
    add_number(saved, "frames", summary->saved_frames);
    add_number(saved, "files", summary->saved_files);
    add_number(saved, "not_saved", summary->not_saved_frames);
}

int summary_print_json(FILE *to, const struct summary *summary)
{
    struct json_object *root = json_object_new_object();
    if (!root)
        return -1;
    add_counts(root, summary);
    add_bytes(root, summary->statistics);
    add_files(root, summary->statistics);
    add_credentials(root, summary->statistics);
    add_unknown(root, summary->statistics);
    if (summary->sink->ranking && ranking_add_json(root, summary->sink->ranking) != 0) {
        json_object_put(root);
        return -1;
    }
    if (summary->knows_drops)
        tell_dropped(root, summary);
    if (summary->saves)
        tell_saved(root, summary);
    char seconds[32];
    snprintf(seconds, sizeof seconds, "%lld.%06lld", (long long)(summary->elapsed_ns / 1000000000),
             (long long)(summary->elapsed_ns % 1000000000 / 1000));
    json_object_object_add(root, "seconds", json_object_new_double_s((double)summary->elapsed_ns / 1e9, seconds));
    const char *text = json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
    int result = text ? 0 : -1;
    if (text)
        fprintf(to, "%s\n", text);
    json_object_put(root);
    return result;
}
