/* SPDX-License-Identifier: BSD-3-Clause
 *
 * NDJSON: one line a record, written straight from the tape along the plan of its dataset.
 */
#include "json_state.h"

#include "record/common_values.h"

#include <stdlib.h>

enum { FIRST_PLANS = 16 };

struct json_writer *json_writer_new(const struct output_options *options)
{
    struct json_writer *json = calloc(1, sizeof *json);
    if (!json)
        return NULL;
    json->options = options;
    json->map.key = siphash_key_random();
    json->community_id = community_id_new();
    if (!json->community_id) {
        json_writer_free(json);
        return NULL;
    }
    return json;
}

void json_writer_free(struct json_writer *json)
{
    if (!json)
        return;
    for (size_t i = 0; i < json->plan_count; i++)
        json_plan_free(json->plans[i].plan);
    free(json->plans);
    community_id_free(json->community_id);
    tape_notes_done(&json->tape_notes);
    json_map_done(&json->map);
    text_buffer_done(&json->notes);
    text_buffer_done(&json->truncated);
    free(json);
}

/* Datasets are few and static: a short list, the last one used in front. NULL where memory is out. */
static const struct json_plan *plan_of(struct json_writer *json, const struct dataset *dataset)
{
    for (size_t i = 0; i < json->plan_count; i++)
        if (json->plans[i].dataset == dataset)
            return json->plans[i].plan;
    if (json->plan_count == json->plan_capacity) {
        size_t capacity = json->plan_capacity ? 2 * json->plan_capacity : FIRST_PLANS;
        void *plans = realloc(json->plans, capacity * sizeof *json->plans);
        if (!plans)
            return NULL;
        json->plans = plans;
        json->plan_capacity = capacity;
    }
    struct json_plan *plan = json_plan_new(dataset, json->options->notes);
    if (!plan)
        return NULL;
    json->plans[json->plan_count].dataset = dataset;
    json->plans[json->plan_count].plan = plan;
    json->plan_count++;
    return plan;
}

/* Is `,"name"` in the list already? */
static bool is_listed(const struct text_buffer *list, const char *name)
{
    size_t length = strlen(name);
    if (list->length == 0)
        return false;
    for (const char *at = list->at, *end = at + list->length; at < end;) {
        const char *next = memchr(at + 1, ',', (size_t)(end - at - 1));
        next = next ? next : end;
        if ((size_t)(next - at) == length + 3 && memcmp(at + 2, name, length) == 0)
            return true;
        at = next;
    }
    return false;
}

/* Texts that were cut here, then fields of which the record itself had to leave something out. */
static void add_truncated(const struct json_writer *json, const struct record *record, const struct json_step *step,
                          struct text_buffer *buffer)
{
    const struct text_buffer *cut = &json->truncated;
    size_t start = buffer->length;
    json_add_key(buffer, step);
    text_add(buffer, "[", 1);
    if (cut->length > 0)
        text_add(buffer, cut->at + 1, cut->length - 1);
    bool any = cut->length > 0;
    for (unsigned i = 0; i < record->dataset->field_count; i++) {
        if (!record_is_truncated(record, i))
            continue;
        const char *name = record->dataset->fields[i].name;
        if (is_listed(cut, name))
            continue;
        text_add(buffer, any ? ",\"" : "\"", any ? 2 : 1);
        text_add_string(buffer, name);
        text_add(buffer, "\"", 1);
        any = true;
    }
    text_add(buffer, "]", 1);
    if (!any)
        buffer->length = start;
}

static void add_quoted(struct text_buffer *buffer, const struct json_step *step, const char *text, size_t length)
{
    json_add_key(buffer, step);
    text_add(buffer, "\"", 1);
    text_add(buffer, text, length);
    text_add(buffer, "\"", 1);
}

static void add_time(const struct record *record, const struct json_step *step, int64_t time_ns,
                     struct text_buffer *buffer)
{
    unsigned digits = record->conversation ? record->conversation->time_digits : time_ns % 1000 ? 9 : 6;
    json_add_key(buffer, step);
    text_add(buffer, "\"", 1);
    text_add_time(buffer, time_ns, digits);
    text_add(buffer, "\"", 1);
}

/* Of a name, which comes from the wire, or of a word of ours. */
static void add_text(struct json_writer *json, const struct json_step *step, struct bytes text,
                     struct text_buffer *buffer)
{
    if (step->field != COMMON_SOURCE_DOMAIN && step->field != COMMON_DESTINATION_DOMAIN) {
        add_quoted(buffer, step, (const char *)text.at, text.len);
    } else {
        json_add_key(buffer, step);
        text_add(buffer, "\"", 1);
        if (!text_add_json(buffer, text, json->options->max_text))
            json_add_truncated(json, step->row->name);
        text_add(buffer, "\"", 1);
    }
    if (step->catalog)
        json_add_note(json, step->row->name, note_catalog_find(step->catalog, text));
}

static void add_address(struct json_writer *json, const struct json_step *step, const struct address *address,
                        struct text_buffer *buffer)
{
    char text[ADDRESS_TEXT_SIZE];
    size_t length = address_text(address, text);
    add_quoted(buffer, step, text, length);
    if (step->catalog)
        json_add_note(json, step->row->name, note_catalog_find(step->catalog, bytes_of(text, length)));
}

static void add_community_id(const struct json_writer *json, const struct record *record, const struct json_step *step,
                             struct text_buffer *buffer)
{
    char text[COMMUNITY_ID_SIZE];
    size_t length = record->conversation ? community_id_text(json->community_id, record->conversation, text) : 0;
    if (length > 0)
        add_quoted(buffer, step, text, length);
}

static void add_common(struct json_writer *json, const struct record *record, const struct json_step *step,
                       struct text_buffer *buffer)
{
    enum common_field field = step->field;
    struct common_value value;
    if (field == COMMON_COMMUNITY_ID) {
        add_community_id(json, record, step, buffer);
    } else if (field == COMMON_TRUNCATED) {
        add_truncated(json, record, step, buffer);
    } else if (common_value(record, field, &value)) {
        switch (step->row->type) {
        case FIELD_TIME:
            add_time(record, step, value.number, buffer);
            break;
        case FIELD_TEXT:
            add_text(json, step, value.text, buffer);
            break;
        case FIELD_ADDRESS:
            add_address(json, step, value.address, buffer);
            break;
        case FIELD_BOOLEAN:
            json_add_key(buffer, step);
            text_add_string(buffer, "true");
            break;
        default:
            json_add_key(buffer, step);
            text_add_unsigned(buffer, (uint64_t)value.number);
        }
    }
}

void json_writer_record(struct json_writer *json, const struct record *record, struct text_buffer *buffer)
{
    const struct json_plan *plan = plan_of(json, record->dataset);
    text_add(buffer, "{", 1);
    if (!plan)
        buffer->failed = true;
    size_t open_at[JSON_DEPTH_MAX];
    size_t depth = 0;
    json->notes.length = 0;
    json->truncated.length = 0;
    if (json->options->notes)
        tape_notes_build(&json->tape_notes, record);
    for (size_t i = 0; !buffer->failed && i < plan->count; i++) {
        const struct json_step *step = &plan->steps[i];
        if (step->kind == STEP_FIELD) {
            if (record_first(record, step->field))
                json_add_field(json, record, step, record_first(record, step->field), buffer);
        } else if (step->kind == STEP_OPEN) {
            open_at[depth++] = buffer->length;
            json_add_key(buffer, step);
        } else if (step->kind == STEP_CLOSE) {
            depth--;
            if (buffer->at[buffer->length - 1] == '{')
                buffer->length = open_at[depth];
            else
                text_add(buffer, "}", 1);
        } else {
            add_common(json, record, step, buffer);
        }
    }
    if (json->notes.length > 0) {
        text_add_string(buffer, ",\"notes\":{");
        text_add(buffer, json->notes.at + 1, json->notes.length - 1);
        text_add(buffer, "}", 1);
    }
    text_add(buffer, "}\n", 2);
    if (json->notes.failed || json->truncated.failed) {
        json->notes.failed = json->truncated.failed = false;
        buffer->failed = true;
    }
}
