/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What is said beside values: what they mean, and which of them were cut.
 */
#include "json_state.h"

#include "util/utf8.h"

enum { SENTENCE_SIZE = 1024 }; /* of one observation */

/* Room that the path of a value takes, and what stands around it. */
static inline size_t path_room(const struct json_writer *json, const struct json_step *step,
                               const struct json_path *path, struct bytes key)
{
    enum { BESIDE_NAMES = sizeof ",\"[].." + PUT_NUMBER + sizeof "\":\"" };
    size_t room = (path->step ? path->step->name_length : strlen(path->name)) + BESIDE_NAMES + (size_t)3 * PUT_SLACK;
    if (path->in_group)
        room += step->name_length;
    if (key.at)
        room += PUT_WORST_BYTE * utf8_cut(key, json->max_text).len;
    return room;
}

/* `,"dns.answers[0].type"`, the key of a map behind it. */
static inline char *put_path(const struct json_writer *json, const struct json_step *step, const struct json_path *path,
                             struct bytes key, char *to)
{
    if (path->step) {
        to = put_padded(to, path->step->lead + path->step->name_at, path->step->name_length);
    } else {
        to = put_literal(to, ",\"");
        to = put_bytes(to, path->name, strlen(path->name));
    }
    if (path->indexed) {
        to = put_character(to, '[');
        to = put_unsigned(to, path->index);
        to = put_character(to, ']');
    }
    if (path->in_group) { /* without its comma, and with a dot in place of the quote */
        char *dot = to;
        to = put_padded(to, step->lead + step->name_at + 1, step->name_length - 1u);
        *dot = '.';
    }
    if (key.at) {
        struct bytes shown = utf8_cut(key, json->max_text);
        to = put_character(to, '.');
        to = put_json(to, shown, shown.len);
    }
    return put_character(to, '"');
}

/* A sentence is long: moves of a size that processors choose themselves are fewer. */
static inline char *put_sentence(char *to, struct bytes sentence)
{
    memcpy(to, sentence.at, sentence.len);
    return to + sentence.len;
}

/* One more sentence about a value; `begun`: there was one before. */
static inline void add_sentence(struct json_writer *json, bool *begun, const struct json_step *step,
                                const struct json_path *path, struct bytes key, struct note_text sentence)
{
    struct text_buffer *notes = &json->notes;
    if (sentence.plain.len == 0)
        return;
    size_t worst = sentence.json.at ? sentence.json.len : PUT_WORST_BYTE * sentence.plain.len;
    char *start = text_reserve(notes, path_room(json, step, path, key) + worst);
    if (!start)
        return;
    char *to = *begun ? put_literal(start, "; ") : put_literal(put_path(json, step, path, key, start), ":\"");
    to = sentence.json.at ? put_sentence(to, sentence.json) : put_json(to, sentence.plain, sentence.plain.len);
    *to = '"'; /* written over by the next sentence */
    notes->length += (size_t)(to - start);
    *begun = true;
}

static OUT_OF_LINE void add_observations(struct json_writer *json, const struct record *record, unsigned index,
                                         bool *begun, const struct json_step *step, const struct json_path *path,
                                         struct bytes key)
{
    char buffer[SENTENCE_SIZE];
    for (unsigned note = tape_notes_first(&json->tape_notes, index); note;
         note = tape_notes_next(&json->tape_notes, note))
        add_sentence(
            json, begun, step, path, key,
            notes_look_observation(&json->note_cache, json->options->notes, record, note - 1, buffer, sizeof buffer));
}

/* The quote that stands behind the last sentence. */
static inline void end_sentences(struct json_writer *json, bool begun)
{
    json->notes.length += begun;
}

static OUT_OF_LINE void explain_observed(struct json_writer *json, const struct record *record, unsigned index,
                                         const struct json_step *step, const struct json_path *path)
{
    const struct bytes no_key = {NULL, 0};
    const struct json_path of_field = {.step = step};
    bool begun = false;
    path = path ? path : &of_field;
    if (step->catalog)
        add_sentence(json, &begun, step, path, no_key,
                     notes_look_value(&json->note_cache, step->catalog, record, index, step->row));
    add_observations(json, record, index, &begun, step, path, no_key);
    end_sentences(json, begun);
}

/* A sentence that stands in JSON as it is, about a value of a field of ours: nearly all. */
static inline char *put_usual(const struct json_step *step, const struct json_path *path, struct bytes sentence,
                              char *to)
{
    const struct json_step *field = path ? path->step : step;
    to = put_padded(to, field->lead + field->name_at, field->name_length);
    if (path && path->indexed) {
        to = put_unsigned(put_character(to, '['), path->index);
        to = put_character(to, ']');
    }
    if (path && path->in_group) {
        char *dot = to;
        to = put_padded(to, step->lead + step->name_at + 1, step->name_length - 1u);
        *dot = '.';
    }
    to = put_sentence(put_literal(to, "\":\""), sentence);
    return put_character(to, '"');
}

/* Mostly the catalog alone has something to say, or nobody. */
void json_explain(struct json_writer *json, const struct record *record, unsigned index, const struct json_step *step,
                  const struct json_path *path)
{
    enum { BESIDE_SENTENCE = sizeof "[]\":\"\"" + PUT_NUMBER + (size_t)4 * PUT_SLACK };
    struct text_buffer *notes = &json->notes;
    if (tape_notes_first(&json->tape_notes, index) || (path && !path->step)) {
        explain_observed(json, record, index, step, path);
        return;
    }
    struct note_text text = notes_look_value(&json->note_cache, step->catalog, record, index, step->row);
    if (text.plain.len == 0)
        return;
    if (!text.json.at) {
        explain_observed(json, record, index, step, path);
        return;
    }
    size_t names = (size_t)step->name_length + (path ? path->step->name_length : 0);
    char *to = text_reserve(notes, names + text.json.len + BESIDE_SENTENCE);
    if (to)
        notes->length += (size_t)(put_usual(step, path, text.json, to) - to);
}

void json_explain_entry(struct json_writer *json, const struct record *record, unsigned index,
                        const struct json_step *step)
{
    const struct json_path path = {.step = step};
    struct bytes key = tape_key(record, &record->items[index]);
    bool begun = false;
    if (step->catalog)
        add_sentence(json, &begun, step, &path, key,
                     notes_look_value(&json->note_cache, step->catalog, record, index, step->row));
    if (tape_notes_first(&json->tape_notes, index))
        add_observations(json, record, index, &begun, step, &path, key);
    end_sentences(json, begun);
}

void json_explain_key(struct json_writer *json, const struct record *record, uint32_t leader,
                      const struct json_step *step)
{
    const struct json_map_entry *entries = json->map.entries;
    const struct json_path path = {.step = step};
    uint32_t first = entries[leader].item;
    struct bytes key = tape_key(record, &record->items[first]);
    bool begun = false;
    if (step->catalog)
        add_sentence(json, &begun, step, &path, key,
                     notes_look_value(&json->note_cache, step->catalog, record, first, step->row));
    for (uint32_t at = leader + 1; at && json->tape_notes.any; at = entries[at - 1].next)
        add_observations(json, record, entries[at - 1].item, &begun, step, &path, key);
    end_sentences(json, begun);
}

void json_add_note(struct text_buffer *notes, const char *name, struct bytes sentence)
{
    if (sentence.len == 0)
        return;
    text_add(notes, ",\"", 2);
    text_add_string(notes, name);
    text_add(notes, "\":\"", 3);
    text_add_json(notes, sentence, SIZE_MAX);
    text_add(notes, "\"", 1);
}

void json_add_truncated(struct json_writer *json, const struct json_step *step, const struct json_path *path,
                        struct bytes key)
{
    struct text_buffer *truncated = &json->truncated;
    char *start = text_reserve(truncated, path_room(json, step, path, key));
    if (start)
        truncated->length += (size_t)(put_path(json, step, path, key, start) - start);
    json->wanted[json->truncated_step / 64] |= UINT64_C(1) << json->truncated_step % 64;
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

bool json_has_truncated(const struct json_writer *json, const struct record *record)
{
    bool any = json->truncated.length > 0;
    for (unsigned word = 0; word < RECORD_WORDS; word++)
        any |= record->truncated[word] != 0;
    return any;
}

/* Texts that were cut here, then fields of which the record itself had to leave something out. */
char *json_put_truncated(struct json_writer *json, const struct record *record, char *at)
{
    struct text_buffer *cut = &json->truncated;
    size_t ours = cut->length;
    for (unsigned i = 0; i < record->dataset->field_count; i++) {
        const char *name = record->dataset->fields[i].name;
        const struct text_buffer before = {.at = cut->at, .length = ours};
        if (!record_is_truncated(record, i) || is_listed(&before, name))
            continue;
        text_add(cut, ",\"", 2);
        text_add_string(cut, name);
        text_add(cut, "\"", 1);
    }
    if (cut->length == 0 || !json_has_room(json, &at, cut->length))
        return at;
    at = put_character(at, '[');
    at = put_bytes(at, cut->at + 1, cut->length - 1);
    return put_character(at, ']');
}
