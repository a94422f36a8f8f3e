/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The lists as JSON; docs/summary.md has the keys.
 */
#include "output/text.h"
#include "ranking_state.h"

#include <json-c/json.h>
#include <stdlib.h>

enum { JSON_ENTRIES = 100 };

static void put_number(struct json_object *object, const char *key, uint64_t value)
{
    json_object_object_add(object, key, json_object_new_uint64(value));
}

/* Wire text, in the form that it has in records. */
static void put_text(struct json_object *object, const char *key, struct bytes wire)
{
    struct text_buffer safe = {0};
    text_add_terminal(&safe, wire, SIZE_MAX);
    if (!safe.failed)
        json_object_object_add(object, key, json_object_new_string_len(safe.length ? safe.at : "", (int)safe.length));
    text_buffer_done(&safe);
}

static struct json_object *describe_entry(const struct tally *tally, const struct ranking_entry *entry)
{
    struct json_object *object = json_object_new_object();
    if (tally->kind == TALLY_SERVERS) {
        char address[ADDRESS_TEXT_SIZE];
        const struct endpoint server = ranking_server(entry);
        address_text(&server.ip, address);
        json_object_object_add(object, "ip", json_object_new_string(address));
        put_number(object, "port", server.port);
        if (entry->name_length > 0)
            put_text(object, "domain", ranking_entry_name(entry));
    } else {
        put_text(object, "value", ranking_entry_text(entry));
    }
    put_number(object, "count", entry->count);
    if (entry->error > 0)
        put_number(object, "error", entry->error);
    return object;
}

static void put_list(struct json_object *protocol, struct json_object *others, const struct ranking_row *row)
{
    const struct ranking_entry *entries[JSON_ENTRIES];
    struct json_object *array = json_object_new_array();
    size_t count = row->list ? ranking_list_first(row->list, entries, JSON_ENTRIES) : 0;
    uint64_t left = row->list ? row->list->total : 0;
    for (size_t i = 0; i < count; i++) {
        json_object_array_add(array, describe_entry(row->tally, entries[i]));
        left -= entries[i]->count < left ? entries[i]->count : left;
    }
    json_object_object_add(protocol, row->tally->key, array);
    if (left > 0)
        put_number(others, row->tally->key, left);
}

static void put_times(struct json_object *protocol, const struct ranking_row *row)
{
    struct json_object *object = json_object_new_object();
    struct json_object *slowest = json_object_new_array();
    const struct ranking_times *times = row->times;
    put_number(object, "count", times ? times->count : 0);
    if (times && times->count > 0) {
        put_number(object, "median", (uint64_t)ranking_times_percentile(times, 50));
        put_number(object, "p95", (uint64_t)ranking_times_percentile(times, 95));
        put_number(object, "max", (uint64_t)times->most_ns);
    }
    for (unsigned i = 0; times && i < times->slow_count; i++) {
        const struct ranking_slow *slow = &times->slowest[i];
        struct json_object *entry = json_object_new_object();
        put_number(entry, "duration", (uint64_t)slow->duration_ns);
        if (slow->length > 0)
            put_text(entry, "value", bytes_of(slow->text, slow->length));
        if (slow->conversation != 0)
            put_number(entry, "conversation", slow->conversation);
        put_number(entry, "frame", slow->frame);
        json_object_array_add(slowest, entry);
    }
    json_object_object_add(object, "slowest", slowest);
    json_object_object_add(protocol, row->tally->key, object);
}

int ranking_add_json(struct json_object *root, const struct ranking *ranking)
{
    struct json_object *protocols = json_object_new_object();
    if (!protocols)
        return -1;
    json_object_object_add(root, "protocols", protocols);
    for (size_t i = 0; i < ranking->dataset_count; i++) {
        const struct ranking_dataset *counted = &ranking->datasets[i];
        if (counted->records == 0 || counted->row_count == 0)
            continue;
        struct json_object *protocol = json_object_new_object(), *others = json_object_new_object();
        put_number(protocol, "records", counted->records);
        for (unsigned k = 0; k < counted->row_count; k++) {
            if (counted->rows[k].tally->kind == TALLY_ANSWERS)
                put_times(protocol, &counted->rows[k]);
            else
                put_list(protocol, others, &counted->rows[k]);
        }
        json_object_object_add(protocol, "others", others);
        json_object_object_add(protocols, counted->dataset->name, protocol);
    }
    return 0;
}
