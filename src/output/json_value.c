/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The values of a record's tape as JSON: what most values are is put at once; texts that are cut or partly hidden take
 * the longer way.
 */
#include "json_quick.h"

#include "util/utf8.h"

/* A string of which not all is shown; ret_cut: it was too long. */
static char *put_cautious_text(struct json_writer *json, const struct record *record, const struct item *item,
                               const struct field *row, char *at, bool *ret_cut)
{
    size_t limit = json->max_text;
    struct tape_text text = tape_text(record, item, row, json->options->show_secrets, limit);
    struct bytes after = utf8_cut(text.after, limit);
    *ret_cut = text.cut;
    if (!json_has_room(json, &at, PUT_WORST_BYTE * (text.before.len + after.len)))
        return at;
    at = put_character(at, '"');
    at = put_json(at, text.before, text.before.len);
    if (text.hides) {
        at = put_literal(at, "[hidden]");
        at = put_json(at, after, after.len);
    }
    return put_character(at, '"');
}

/* What json_put_value leaves to others, so that it calls nobody and returns soon. */
static OUT_OF_LINE char *put_value_cautiously(struct json_writer *json, const struct record *record,
                                              const struct item *item, const struct json_step *step,
                                              const struct json_path *path, char *at)
{
    const struct json_path of_field = {.step = step};
    bool cut;
    if (step->is_hidden)
        return put_literal(at, "\"[hidden]\"");
    at = put_cautious_text(json, record, item, step->row, at, &cut);
    if (cut)
        json_add_truncated(json, step, path ? path : &of_field, (struct bytes){NULL, 0});
    return at;
}

static OUT_OF_LINE char *put_time_value(struct json_writer *json, int64_t time_ns, char *at)
{
    *at++ = '"';
    at = put_time(at, &json->second, time_ns, json->time_digits);
    return put_character(at, '"');
}

static OUT_OF_LINE char *put_address(const struct record *record, const struct item *item, char *at)
{
    struct address address;
    memcpy(&address, record->text + item->offset, sizeof address);
    *at++ = '"';
    at += address_text(&address, at);
    return put_character(at, '"');
}

/* Is all of it shown, and does it lie in the tape? */
static inline bool is_simple_text(const struct json_writer *json, const struct record *record, const struct item *item)
{
    return item->length <= json->max_text && item->secret_length == 0 &&
           item->length <= record->text_capacity - item->offset;
}

static OUT_OF_LINE char *put_simple_text(struct json_writer *json, const struct record *record, const struct item *item,
                                         char *at)
{
    struct bytes text = {item->length > 0 ? record->text + item->offset : NULL, item->length};
    if (!json_has_room(json, &at, (size_t)PUT_WORST_BYTE * item->length))
        return at;
    at = put_json(put_character(at, '"'), text, record->text_capacity - item->offset);
    return put_character(at, '"');
}

/* A text that is short and plain. */
static inline char *put_text(struct json_writer *json, const struct record *record, const struct item *item,
                             const struct json_step *step, const struct json_path *path, char *at)
{
    if (!is_simple_text(json, record, item))
        return put_value_cautiously(json, record, item, step, path, at);
    if (item->length > 0 && at + item->length <= json->soft_end) {
        struct bytes text = {record->text + item->offset, item->length};
        char *end = put_if_plain(at + 1, text, record->text_capacity - item->offset);
        if (end) {
            *at = '"';
            return put_character(end, '"');
        }
    }
    return put_simple_text(json, record, item, at);
}

static inline char *put_integer(struct json_writer *json, const struct item *item, const struct json_step *step,
                                char *at)
{
    if (step->type == FIELD_BOOLEAN)
        return item->integer ? put_literal(at, "true") : put_literal(at, "false");
    return step->type == FIELD_TIME ? put_time_value(json, item->integer, at) : put_signed(at, item->integer);
}

/* Every call is the last thing that is done: nothing has to be saved. */
char *json_put_value(struct json_writer *json, const struct record *record, const struct item *item,
                     const struct json_step *step, const struct json_path *path, char *at)
{
    if (step->is_hidden)
        return put_value_cautiously(json, record, item, step, path, at);
    switch ((enum item_kind)item->kind) {
    case ITEM_WORD: /* a long one */
        if (item->length > json->max_text || item->length > JSON_SMALL_VALUE - 2 ||
            !put_is_plain(item->word, item->length))
            return put_value_cautiously(json, record, item, step, path, at);
        *at = '"';
        return put_character(put_bytes(at + 1, item->word, item->length), '"');
    case ITEM_INTEGER:
        return put_integer(json, item, step, at);
    case ITEM_TEXT:
        return put_text(json, record, item, step, path, at);
    case ITEM_ADDRESS:
        return put_address(record, item, at);
    default:
        return put_value_cautiously(json, record, item, step, path, at);
    }
}

char *json_put_new_way(const struct json_step *from, struct json_step *to, char *at)
{
    char *end = json_put_lead(at, from, to, ',');
    size_t length = (size_t)(end - at);
    if (length <= JSON_WAY) {
        memcpy(to->way, at, length);
        to->way_length = length;
        to->way_from = from;
    }
    return end;
}

const struct json_word *json_find_word(struct json_writer *json, size_t place, const struct item *item)
{
    struct json_word *word = &json->words[place];
    struct json_word *beside = &json->words[place ^ 1];
    size_t length = item->length;
    if (beside->word == item->word && beside->length == length + 2)
        return beside;
    if (length + 2 > sizeof word->text || length > json->max_text || !put_is_plain(item->word, length))
        return NULL;
    *beside = *word;
    *word = (struct json_word){.word = item->word, .length = (uint8_t)(length + 2), .text = "\""};
    memcpy(word->text + 1, item->word, length);
    word->text[1 + length] = '"';
    return word;
}

static inline char *put_value(struct json_writer *json, const struct record *record, const struct item *item,
                              const struct json_step *step, const struct json_path *path, char *at)
{
    char *end = step->is_hidden ? NULL : json_put_quick(json, record, item, step, at);
    if (!end)
        end = json_put_value(json, record, item, step, path, at);
    if (json_explains(json, step, (unsigned)(item - record->items)))
        json_explain(json, record, (unsigned)(item - record->items), step, path);
    return end;
}

/* The values of a member that is a list, `first` being the index of the first. */
static char *put_member_list(struct json_writer *json, const struct record *record, uint32_t first, uint32_t end,
                             const struct json_step *step, const struct json_path *path, char *at)
{
    for (uint32_t i = first; i < end; i = tape_after(record, i)) {
        if (record->items[i].kind == ITEM_NOTE || record->items[i].field != step->field)
            continue;
        at = put_value(json, record, &record->items[i], step, path, json_room(json, at));
        *at++ = ',';
    }
    at[-1] = ']';
    return at;
}

static char *close_group(char *at, const struct json_plan *plan, const struct json_step *from)
{
    if (from == plan->steps)
        return put_literal(at, "{}");
    memcpy(at, "}}}}}}}}", JSON_DEPTH_MAX);
    return at + from->depth + 1;
}

/* Members in whatever order. */
static char *put_members_sorted(struct json_writer *json, const struct record *record, uint32_t group, uint32_t end,
                                const struct json_plan *plan, const struct json_path *path, char *at)
{
    uint16_t first[JSON_STEPS_MAX]; /* by step: index of its first value; only where it is present */
    uint64_t present[JSON_STEPS_MAX / 64] = {0};
    for (uint32_t i = group + 1; i < end; i = tape_after(record, i)) {
        const struct item *item = &record->items[i];
        unsigned step = item->kind == ITEM_NOTE ? JSON_NO_STEP : plan->step_of[item->field % JSON_STEPS_MAX];
        if (step == JSON_NO_STEP || (present[step / 64] >> step % 64 & 1))
            continue;
        present[step / 64] |= UINT64_C(1) << step % 64;
        first[step] = (uint16_t)i;
    }
    const struct json_step *from = plan->steps;
    for (unsigned word = 0; word < JSON_STEPS_MAX / 64; word++) {
        for (uint64_t bits = present[word]; bits; bits &= bits - 1) {
            unsigned number = 64 * word + (unsigned)__builtin_ctzll(bits);
            const struct json_step *step = &plan->steps[number];
            const struct item *item = &record->items[first[number]];
            at = json_put_lead(json_room(json, at), from, step, from == plan->steps ? '{' : ',');
            at = step->is_list ? put_member_list(json, record, first[number], end, step, path, at)
                               : put_value(json, record, item, step, path, at);
            from = step;
        }
    }
    return close_group(json_room(json, at), plan, from);
}

/* Where the values of one member, which stand one behind the other, end. */
static uint32_t list_end(const struct record *record, uint32_t first, uint32_t end)
{
    uint32_t i = first;
    do
        i = tape_after(record, i);
    while (i < end && (record->items[i].kind == ITEM_NOTE || record->items[i].field == record->items[first].field));
    return i;
}

/* Members that come in the order of the plan, a list's values one after the other: they are written as they come.
 * NULL where it turns out that they do not. */
static char *put_members_straight(struct json_writer *json, const struct record *record, uint32_t group, uint32_t end,
                                  const struct json_plan *plan, const struct json_path *path, char *at)
{
    const struct json_step *from = plan->steps;
    const struct item *last = &record->items[end];
    for (const struct item *item = &record->items[group + 1]; item < last; item++) {
        if (item->kind == ITEM_NOTE) {
            item += item->length;
            continue;
        }
        const struct json_step *step = &plan->steps[plan->step_of[item->field % JSON_STEPS_MAX]];
        if (step <= from) {
            if (step != from && step != plan->steps)
                return NULL;
            continue; /* where a member comes again, the first counts */
        }
        at = json_put_lead(json_room(json, at), from, step, from == plan->steps ? '{' : ',');
        if (step->is_list) {
            uint32_t first = (uint32_t)(item - record->items);
            uint32_t behind = list_end(record, first, end);
            at = put_member_list(json, record, first, behind, step, path, at);
            item = &record->items[behind - 1];
        } else {
            at = put_value(json, record, item, step, path, at);
        }
        from = step;
    }
    return close_group(json_room(json, at), plan, from);
}

static char *put_group(struct json_writer *json, const struct record *record, unsigned group,
                       const struct json_step *step, struct json_path *path, char *at)
{
    struct json_plan *plan = step->members;
    uint32_t end = tape_group_end(record, group);
    size_t place = (size_t)(at - json->buffer->at);
    size_t notes = json->notes.length, truncated = json->truncated.length;
    char *behind = NULL;
    path->in_group = true;
    if (!plan->reorders)
        behind = put_members_straight(json, record, group, end, plan, path, at);
    if (!behind) {
        plan->reorders = true;
        json->notes.length = notes;
        json->truncated.length = truncated;
        at = json->buffer->failed ? json_grow(json, json->buffer->at + json->start, 0) : json->buffer->at + place;
        behind = put_members_sorted(json, record, group, end, plan, path, at);
    }
    path->in_group = false;
    if (json_explains(json, step, group))
        json_explain(json, record, group, step, path);
    return behind;
}

/* One key of a map with all its values. */
static char *put_key(struct json_writer *json, const struct record *record, const struct json_step *step,
                     uint32_t leader, char *at)
{
    const struct json_map *map = &json->map;
    const struct item *item = &record->items[map->entries[leader].item];
    struct bytes key = tape_key(record, item);
    struct bytes shown = utf8_cut(key, json->max_text);
    bool any_cut = shown.len < key.len;
    if (!json_has_room(json, &at, (size_t)PUT_WORST_BYTE * shown.len))
        return at;
    at = put_character(at, '"');
    at = put_json(at, shown, record->text_capacity - item->key_offset);
    at = put_literal(at, "\":[");
    for (uint32_t i = leader + 1; i; i = map->entries[i - 1].next) {
        const struct item *value = &record->items[map->entries[i - 1].item];
        bool cut = false;
        at = json_room(json, at);
        if (!step->is_hidden && is_simple_text(json, record, value))
            at = put_text(json, record, value, step, NULL, at);
        else
            at = put_cautious_text(json, record, value, step->row, at, &cut);
        at = put_character(at, ',');
        any_cut |= cut;
    }
    at[-1] = ']';
    if (any_cut)
        json_add_truncated(json, step, &(struct json_path){.step = step}, key);
    if (step->catalog || json->tape_notes.any)
        json_explain_key(json, record, leader, step);
    return at;
}

/* A set of keys, for which a few of their letters stand. */
struct key_signs {
    uint64_t seen[8];
};

/* false: there may be such a key already. The key can be read in a block. */
static inline bool add_sign(struct key_signs *signs, const uint8_t *key, size_t length)
{
    uint64_t first;
    memcpy(&first, key, sizeof first);
    if (length < sizeof first)
        first &= (UINT64_C(1) << 8 * length) - 1;
    uint64_t sign = (first + ((uint64_t)length << 32) + ((uint64_t)key[length - 1] << 40)) *
                    UINT64_C(0x9e3779b97f4a7c15);
    uint64_t *word = &signs->seen[sign >> 61];
    uint64_t bit = UINT64_C(1) << (sign >> 55 & 63);
    bool is_new = !(*word & bit);
    *word |= bit;
    return is_new;
}

/* A map whose keys are short, plain and all different, and of whose values nothing is left out: as it comes. NULL: it
 * turns out that it is another. */
static inline char *put_map_quickly(struct json_writer *json, const struct record *record, const struct json_step *step,
                                    unsigned first, char *at)
{
    struct key_signs signs = {0};
    bool explains = step->catalog || json->tape_notes.any;
    *at++ = '{';
    for (unsigned number = first; number; number = record->items[number - 1].next) {
        const struct item *item = &record->items[number - 1];
        const uint8_t *key = record->text + item->key_offset;
        at = json_room(json, at);
        if (item->key_length - 1u >= json->short_text || item->key_offset > json->short_text_end ||
            !add_sign(&signs, key, item->key_length) || !is_simple_text(json, record, item))
            return NULL;
        *at = '"';
        at = put_if_short(at + 1, key, item->key_length);
        if (!at)
            return NULL;
        at = put_literal(at, "\":[");
        char *end = json_put_short_text(json, record, item, at);
        at = end ? end : put_text(json, record, item, step, NULL, at);
        at = put_literal(at, "],");
        if (explains)
            json_explain_entry(json, record, number - 1, step);
    }
    at[-1] = '}';
    return at;
}

static char *put_map(struct json_writer *json, const struct record *record, const struct json_step *step,
                     unsigned first, char *at)
{
    struct json_map *map = &json->map;
    size_t place = (size_t)(at - json->buffer->at);
    size_t notes = json->notes.length;
    if (!step->is_hidden) {
        char *end = put_map_quickly(json, record, step, first, at);
        if (end)
            return end;
        json->notes.length = notes;
        at = json->buffer->failed ? json_grow(json, json->buffer->at + json->start, 0) : json->buffer->at + place;
    }
    if (!json_map_build(map, record, first, json->max_text)) {
        json->buffer->failed = true;
        return at;
    }
    *at++ = '{';
    for (uint32_t i = 0; i < map->count; i++) {
        if (!map->entries[i].leads)
            continue;
        at = put_key(json, record, step, i, json_room(json, at));
        *at++ = ',';
    }
    at[-1] = '}';
    return at;
}

char *json_put_field(struct json_writer *json, const struct record *record, const struct json_step *step,
                     unsigned first, char *at)
{
    if (step->type == FIELD_MAP)
        return put_map(json, record, step, first, at);
    struct json_path path = {.step = step};
    bool is_group = step->type == FIELD_GROUP;
    if (!step->is_list)
        return is_group ? put_group(json, record, first - 1, step, &path, at)
                        : put_value(json, record, &record->items[first - 1], step, &path, at);
    path.indexed = true;
    for (unsigned item = first; item; item = record->items[item - 1].next) {
        at = json_room(json, at);
        at = is_group ? put_group(json, record, item - 1, step, &path, at)
                      : put_value(json, record, &record->items[item - 1], step, &path, at);
        *at++ = ',';
        path.index++;
    }
    at[-1] = ']';
    return at;
}
