/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The values of a record's tape as JSON, and beside them what notes say about each.
 */
#include "json_state.h"

enum {
    SENTENCE_SIZE = 1024, /* of one observation */
    MEMBERS_MAX = LIMIT_RECORD_FIELDS,
};

void json_add_key(struct text_buffer *buffer, const struct json_step *step)
{
    size_t comma = buffer->at[buffer->length - 1] == '{';
    text_add(buffer, step->key + comma, step->key_length - comma);
}

static void add_path(struct text_buffer *buffer, const struct json_path *path, size_t limit)
{
    text_add(buffer, ",\"", 2);
    text_add_string(buffer, path->name);
    if (path->indexed) {
        text_add(buffer, "[", 1);
        text_add_unsigned(buffer, path->index);
        text_add(buffer, "]", 1);
    }
    if (path->member) {
        text_add(buffer, ".", 1);
        text_add_string(buffer, path->member);
    }
    if (path->key.at) {
        text_add(buffer, ".", 1);
        text_add_json(buffer, path->key, limit);
    }
    text_add(buffer, "\"", 1);
}

static void add_sentence(struct text_buffer *notes, bool *begun, const struct json_path *path, struct bytes sentence,
                         size_t limit)
{
    if (sentence.len == 0)
        return;
    if (*begun) {
        text_add(notes, "; ", 2);
    } else {
        add_path(notes, path, limit);
        text_add(notes, ":\"", 2);
    }
    *begun = true;
    text_add_json(notes, sentence, SIZE_MAX);
}

static void add_observations(struct json_writer *json, const struct record *record, unsigned index, bool *begun,
                             const struct json_path *path)
{
    char sentence[SENTENCE_SIZE];
    for (unsigned note = tape_notes_first(&json->tape_notes, index); note;
         note = tape_notes_next(&json->tape_notes, note)) {
        size_t length = notes_fill(json->options->notes, record, note - 1, sentence, sizeof sentence);
        add_sentence(&json->notes, begun, path, bytes_of(sentence, length), json->options->max_text);
    }
}

/* All that there is to say about one value. */
static void explain(struct json_writer *json, const struct record *record, unsigned index, const struct json_step *step,
                    const struct json_path *path)
{
    if (!json->options->notes)
        return;
    bool begun = false;
    if (step->catalog)
        add_sentence(&json->notes, &begun, path, notes_of_value(step->catalog, record, index, step->row),
                     json->options->max_text);
    if (json->tape_notes.any)
        add_observations(json, record, index, &begun, path);
    if (begun)
        text_add(&json->notes, "\"", 1);
}

void json_add_note(struct json_writer *json, const char *name, struct bytes sentence)
{
    bool begun = false;
    add_sentence(&json->notes, &begun, &(struct json_path){.name = name}, sentence, json->options->max_text);
    if (begun)
        text_add(&json->notes, "\"", 1);
}

void json_add_truncated(struct json_writer *json, const char *name)
{
    add_path(&json->truncated, &(struct json_path){.name = name}, json->options->max_text);
}

/* A string; returns whether it was cut. */
static bool add_text(const struct json_writer *json, const struct record *record, const struct item *item,
                     const struct field *row, struct text_buffer *buffer)
{
    size_t limit = json->options->max_text;
    struct tape_text text = tape_text(record, item, row, json->options->show_secrets, limit);
    text_add(buffer, "\"", 1);
    text_add_json(buffer, text.before, limit);
    if (text.hides) {
        text_add_string(buffer, "[hidden]");
        text_add_json(buffer, text.after, limit);
    }
    text_add(buffer, "\"", 1);
    return text.cut;
}

static void add_time(const struct record *record, int64_t time_ns, struct text_buffer *buffer)
{
    text_add(buffer, "\"", 1);
    text_add_time(buffer, time_ns, record->conversation ? record->conversation->time_digits : 6);
    text_add(buffer, "\"", 1);
}

static void add_integer(const struct record *record, const struct item *item, const struct field *row,
                        struct text_buffer *buffer)
{
    if (row->type == FIELD_BOOLEAN)
        text_add_string(buffer, item->integer ? "true" : "false");
    else if (row->type == FIELD_TIME)
        add_time(record, item->integer, buffer);
    else
        text_add_signed(buffer, item->integer);
}

/* One value that is neither group nor map. */
static void add_value(struct json_writer *json, const struct record *record, unsigned index,
                      const struct json_step *step, const struct json_path *path, struct text_buffer *buffer)
{
    const struct item *item = &record->items[index];
    if ((step->row->flags & FIELD_SECRET) && !json->options->show_secrets) {
        text_add_string(buffer, "\"[hidden]\"");
    } else if (item->kind == ITEM_INTEGER) {
        add_integer(record, item, step->row, buffer);
    } else if (item->kind == ITEM_ADDRESS) {
        char text[ADDRESS_TEXT_SIZE];
        struct address address = tape_address(record, item);
        size_t length = address_text(&address, text);
        text_add(buffer, "\"", 1);
        text_add(buffer, text, length);
        text_add(buffer, "\"", 1);
    } else if (add_text(json, record, item, step->row, buffer)) {
        add_path(&json->truncated, path, json->options->max_text);
    }
    explain(json, record, index, step, path);
}

/* The values of a member that is a list, `first` being the index of the first. */
static void add_member_list(struct json_writer *json, const struct record *record, uint32_t first, uint32_t end,
                            const struct json_step *step, const struct json_path *path, struct text_buffer *buffer)
{
    const char *separator = "[";
    for (uint32_t i = first; i < end; i = tape_after(record, i)) {
        if (record->items[i].kind == ITEM_NOTE || record->items[i].field != step->field)
            continue;
        text_add(buffer, separator, 1);
        add_value(json, record, i, step, path, buffer);
        separator = ",";
    }
    text_add(buffer, "]", 1);
}

static void add_group(struct json_writer *json, const struct record *record, unsigned group,
                      const struct json_step *group_step, struct json_path *path, struct text_buffer *buffer)
{
    uint16_t first[MEMBERS_MAX] = {0}; /* index + 1 of the first value of each member */
    uint32_t end = tape_group_end(record, group);
    for (uint32_t i = group + 1; i < end; i = tape_after(record, i)) {
        const struct item *item = &record->items[i];
        if (item->kind != ITEM_NOTE && item->field < MEMBERS_MAX && first[item->field] == 0)
            first[item->field] = (uint16_t)(i + 1);
    }
    size_t open_at[JSON_DEPTH_MAX];
    size_t depth = 0;
    text_add(buffer, "{", 1);
    for (size_t i = 0; i < group_step->members->count && !buffer->failed; i++) {
        const struct json_step *step = &group_step->members->steps[i];
        if (step->kind == STEP_OPEN) {
            open_at[depth++] = buffer->length;
            json_add_key(buffer, step);
        } else if (step->kind == STEP_CLOSE) {
            depth--;
            if (buffer->at[buffer->length - 1] == '{')
                buffer->length = open_at[depth];
            else
                text_add(buffer, "}", 1);
        } else if (step->field < MEMBERS_MAX && first[step->field]) {
            path->member = step->row->name;
            json_add_key(buffer, step);
            if (step->row->flags & FIELD_LIST)
                add_member_list(json, record, first[step->field] - 1u, end, step, path, buffer);
            else
                add_value(json, record, first[step->field] - 1u, step, path, buffer);
        }
    }
    text_add(buffer, "}", 1);
    path->member = NULL;
    explain(json, record, group, group_step, path);
}

static void explain_map_key(struct json_writer *json, const struct record *record, uint32_t leader,
                            const struct json_step *step, const struct json_path *path)
{
    if (!json->options->notes)
        return;
    bool begun = false;
    add_sentence(&json->notes, &begun, path,
                 notes_of_value(step->catalog, record, json->map.entries[leader].item, step->row),
                 json->options->max_text);
    for (uint32_t at = leader + 1; at && json->tape_notes.any; at = json->map.entries[at - 1].next)
        add_observations(json, record, json->map.entries[at - 1].item, &begun, path);
    if (begun)
        text_add(&json->notes, "\"", 1);
}

static void add_map(struct json_writer *json, const struct record *record, const struct json_step *step, unsigned first,
                    struct text_buffer *buffer)
{
    struct json_map *map = &json->map;
    size_t limit = json->options->max_text;
    if (!json_map_build(map, record, first, limit)) {
        buffer->failed = true;
        return;
    }
    for (uint32_t i = 0; i < map->count; i++) {
        if (!map->entries[i].leads)
            continue;
        struct json_path path = {.name = step->row->name,
                                 .key = tape_key(record, &record->items[map->entries[i].item])};
        bool cut = false;
        text_add(buffer, i == 0 ? "{\"" : ",\"", 2);
        text_add_json(buffer, path.key, limit);
        text_add(buffer, "\":[", 3);
        for (uint32_t at = i + 1; at; at = map->entries[at - 1].next) {
            if (at != i + 1)
                text_add(buffer, ",", 1);
            cut |= add_text(json, record, &record->items[map->entries[at - 1].item], step->row, buffer);
        }
        text_add(buffer, "]", 1);
        if (cut || path.key.len > limit)
            add_path(&json->truncated, &path, limit);
        explain_map_key(json, record, i, step, &path);
    }
    text_add(buffer, "}", 1);
}

static void add_one(struct json_writer *json, const struct record *record, unsigned index, const struct json_step *step,
                    struct json_path *path, struct text_buffer *buffer)
{
    if (step->row->type == FIELD_GROUP)
        add_group(json, record, index, step, path, buffer);
    else
        add_value(json, record, index, step, path, buffer);
}

void json_add_field(struct json_writer *json, const struct record *record, const struct json_step *step, unsigned first,
                    struct text_buffer *buffer)
{
    json_add_key(buffer, step);
    if (step->row->type == FIELD_MAP) {
        add_map(json, record, step, first, buffer);
        return;
    }
    struct json_path path = {.name = step->row->name};
    if (!(step->row->flags & FIELD_LIST)) {
        add_one(json, record, first - 1, step, &path, buffer);
        return;
    }
    path.indexed = true;
    for (unsigned at = first; at && !buffer->failed; at = record->items[at - 1].next) {
        text_add(buffer, path.index == 0 ? "[" : ",", 1);
        add_one(json, record, at - 1, step, &path, buffer);
        path.index++;
    }
    text_add(buffer, "]", 1);
}
