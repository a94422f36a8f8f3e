/* SPDX-License-Identifier: BSD-3-Clause */
#include "json_shape.h"

#include "json_quick.h"

#include <stddef.h>
#include <stdlib.h>

/* What besides the fields decides about the pieces, a bit each. */
enum key_bit {
    KEY_OUTCOME = 0, /* two bits */
    KEY_TIME = 2,
    KEY_DURATION,
    KEY_REQUEST,
    KEY_RESPONSE,
    KEY_FIRST,
    KEY_LAST,
    KEY_INCOMPLETE,
    KEY_BITS,
};

void json_shapes_done(struct json_shapes *shapes)
{
    for (size_t i = 0; shapes && i < JSON_SHAPES; i++)
        free(shapes->shapes[i]);
    free(shapes);
}

/* A shape in the making. */
struct maker {
    struct json_shape *shape;
    unsigned count;
    bool full;
    char text[512]; /* in front of the next piece */
    char *end;
};

static void add_text(struct maker *maker, const char *text, size_t length)
{
    enum { SLACK = 256 }; /* of a lead */
    if (maker->end + length > maker->text + sizeof maker->text - SLACK) {
        maker->full = true;
        return;
    }
    memcpy(maker->end, text, length);
    maker->end += length;
}

static void add_words(struct maker *maker, const char *words)
{
    add_text(maker, words, strlen(words));
}

static void add_lead(struct maker *maker, const struct json_step *from, const struct json_step *to)
{
    if (maker->end > maker->text + sizeof maker->text - JSON_DEPTH_MAX - UINT8_MAX - PUT_SLACK)
        maker->full = true;
    else
        maker->end = json_put_lead(maker->end, from, to, ',');
}

/* The text so far, and a value behind it. */
static void add_piece(struct maker *maker, enum json_piece_kind kind, struct json_step *step, size_t field)
{
    const char *text = maker->text;
    size_t left = (size_t)(maker->end - text);
    for (bool last = false; !last && !maker->full;) {
        size_t length = left < JSON_PIECE_TEXT ? left : JSON_PIECE_TEXT;
        last = length == left;
        struct json_piece *piece = &maker->shape->pieces[maker->count++];
        *piece = (struct json_piece){.kind = last ? (uint8_t)kind : PIECE_TEXT,
                                     .length = (uint8_t)length,
                                     .field = (uint16_t)field,
                                     .step = step};
        memcpy(piece->text, text, length);
        text += length;
        left -= length;
        maker->full = maker->count == JSON_PIECES_MAX;
    }
    maker->end = maker->text;
}

static bool has(const struct json_key *key, enum key_bit bit)
{
    return key->common >> bit & 1;
}

static void add_event(struct maker *maker, const struct json_plan *plan, const struct json_key *key)
{
    static const char *const outcomes[] = {
        [OUTCOME_NONE] = "",
        [OUTCOME_SUCCESS] = ",\"outcome\":\"success\"",
        [OUTCOME_FAILURE] = ",\"outcome\":\"failure\"",
        [OUTCOME_UNKNOWN] = ",\"outcome\":\"unknown\"",
    };
    add_words(maker, "{");
    if (has(key, KEY_TIME)) {
        add_words(maker, "\"@timestamp\":\"");
        add_piece(maker, PIECE_TIME, NULL, 0);
        add_words(maker, "\",");
    }
    add_text(maker, plan->event, plan->event_length);
    if (has(key, KEY_DURATION)) {
        add_words(maker, ",\"duration\":");
        add_piece(maker, PIECE_DURATION, NULL, 0);
    }
    add_words(maker, outcomes[key->common & 3]);
}

static void add_frame(struct maker *maker, const char *words, size_t offset, bool *begun)
{
    add_words(maker, *begun ? "," : ",\"frames\":{");
    add_words(maker, words);
    add_piece(maker, PIECE_FRAME, NULL, offset);
    *begun = true;
}

static void add_frames(struct maker *maker, const struct json_plan *plan, const struct json_key *key)
{
    bool has_messages = !plan->is_flow && (has(key, KEY_REQUEST) || has(key, KEY_RESPONSE));
    bool begun = false;
    add_words(maker, "\"conversation\":");
    add_piece(maker, PIECE_CONVERSATION, NULL, 0);
    if (has_messages && has(key, KEY_REQUEST))
        add_frame(maker, "\"request\":", offsetof(struct record, request.frame), &begun);
    if (has_messages && has(key, KEY_RESPONSE))
        add_frame(maker, "\"response\":", offsetof(struct record, response.frame), &begun);
    if (!has_messages && has(key, KEY_FIRST))
        add_frame(maker, "\"first\":", offsetof(struct record, first.frame), &begun);
    if (plan->is_flow && has(key, KEY_LAST))
        add_frame(maker, "\"last\":", offsetof(struct record, last.frame), &begun);
    if (begun)
        add_words(maker, "}");
}

static enum json_piece_kind kind_of(const struct json_step *step)
{
    if (step->is_one_value && !step->is_hidden)
        switch ((enum field_type)step->type) {
        case FIELD_TEXT:
            return PIECE_STRING;
        case FIELD_INTEGER:
        case FIELD_DURATION:
            return PIECE_INTEGER;
        case FIELD_BOOLEAN:
            return PIECE_BOOLEAN;
        case FIELD_TIME:
            return PIECE_FIELD_TIME;
        default:
            return PIECE_FIELD;
        }
    return step->type == FIELD_GROUP && step->members->is_flat ? PIECE_GROUPS : PIECE_FIELD;
}

/* Whatever the step puts; returns the step from which the next one is to be reached. */
static const struct json_step *add_step(struct maker *maker, struct json_plan *plan, const struct json_key *key,
                                        struct json_step *step)
{
    switch ((enum json_step_kind)step->kind) {
    case STEP_FIELD:
        add_piece(maker, kind_of(step), step, step->field);
        return step;
    case STEP_SOURCE:
        add_piece(maker, plan->sides_adjoin ? PIECE_SIDES : PIECE_SOURCE, step, 0);
        return plan->sides_adjoin ? &plan->steps[plan->step_of_kind[STEP_NETWORK]] : step;
    case STEP_DESTINATION:
        add_piece(maker, PIECE_DESTINATION, step, 0);
        return step;
    case STEP_NETWORK:
        add_piece(maker, PIECE_NETWORK, step, 0);
        return step;
    case STEP_FRAMES:
        add_frames(maker, plan, key);
        return step;
    default:
        add_words(maker, "true");
        return step;
    }
}

static void add_steps(struct maker *maker, struct json_plan *plan, const struct json_key *key)
{
    const struct json_step *from = &plan->steps[plan->step_of_kind[STEP_EVENT]];
    bool wanted[JSON_STEPS_MAX] = {false};
    for (unsigned field = 0; field < plan->dataset->field_count; field++)
        wanted[plan->step_of[field]] |= key->present[field / 64] >> field % 64 & 1;
    wanted[plan->step_of_kind[STEP_SOURCE]] = true;
    wanted[plan->step_of_kind[STEP_DESTINATION]] = wanted[plan->step_of_kind[STEP_NETWORK]] = !plan->sides_adjoin;
    wanted[plan->step_of_kind[STEP_FRAMES]] = true;
    wanted[plan->step_of_kind[STEP_INCOMPLETE]] = has(key, KEY_INCOMPLETE);
    add_event(maker, plan, key);
    for (unsigned number = 1; number < plan->count && !maker->full; number++) {
        struct json_step *step = &plan->steps[number];
        if (!wanted[number])
            continue;
        add_lead(maker, from, step);
        from = add_step(maker, plan, key, step);
    }
    add_text(maker, "}}}}}}}}", from->depth);
    add_piece(maker, PIECE_END, NULL, 0);
}

/* NULL: memory is out. */
static struct json_shape *make_shape(struct json_plan *plan, const struct json_key *key)
{
    struct maker maker = {.shape = malloc(sizeof *maker.shape + JSON_PIECES_MAX * sizeof maker.shape->pieces[0])};
    if (!maker.shape)
        return NULL;
    maker.end = maker.text;
    maker.shape->key = *key;
    add_steps(&maker, plan, key);
    if (maker.full) { /* which is remembered, too: trying costs as much as writing some records */
        maker.count = 1;
        maker.shape->pieces[0].kind = PIECE_REFUSED;
    }
    struct json_shape *shape = realloc(maker.shape, sizeof *shape + maker.count * sizeof shape->pieces[0]);
    /* cppcheck-suppress memleak ; either is returned */
    return shape ? shape : maker.shape;
}

static bool is_key(const struct json_key *a, const struct json_key *b)
{
    uint64_t differs = a->common ^ b->common;
    for (unsigned word = 0; word < RECORD_WORDS; word++)
        differs |= a->present[word] ^ b->present[word];
    return differs == 0;
}

static inline uint64_t hash_of(const struct json_key *key)
{
    uint64_t hash = key->common;
    for (unsigned word = 0; word < RECORD_WORDS; word++)
        hash = (hash ^ key->present[word]) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

/* Beside its place, or made. A set of fields that comes once is not worth a shape. */
static OUT_OF_LINE const struct json_shape *find_slowly(struct json_plan *plan, const struct json_key *key,
                                                        uint64_t hash)
{
    struct json_shape **place = &plan->shapes->shapes[hash % JSON_SHAPES];
    struct json_shape **beside = &plan->shapes->shapes[hash % JSON_SHAPES ^ 1];
    uint64_t *missed = &plan->shapes->missed[hash % JSON_SHAPES];
    if (*beside && is_key(&(*beside)->key, key))
        return *beside;
    bool comes_again = *missed == hash;
    *missed = hash;
    if (!comes_again)
        return NULL;
    struct json_shape *shape = make_shape(plan, key);
    if (!shape)
        return NULL;
    free(*beside);
    *beside = *place;
    *place = shape;
    return shape;
}

static inline const struct json_shape *find(struct json_plan *plan, const struct json_key *key)
{
    uint64_t hash = hash_of(key);
    const struct json_shape *shape = plan->shapes->shapes[hash % JSON_SHAPES];
    return shape && is_key(&shape->key, key) ? shape : find_slowly(plan, key, hash);
}

static inline void explain(struct json_writer *json, const struct record *record, const struct json_step *step,
                           const struct item *item, const struct json_path *path)
{
    unsigned index = (unsigned)(item - record->items);
    if (json_explains(json, step, index))
        json_explain(json, record, index, step, path);
}

/* What is no short plain value. */
static OUT_OF_LINE char *put_slowly(struct json_writer *json, const struct record *record, const struct item *item,
                                    const struct json_step *step, const struct json_path *path, char *at)
{
    return json_room(json, json_put_value(json, record, item, step, path, at));
}

static inline char *put_value(struct json_writer *json, const struct record *record, const struct item *item,
                              const struct json_step *step, const struct json_path *path, char *at)
{
    char *end = json_put_quick(json, record, item, step, at);
    return end ? end : put_slowly(json, record, item, step, path, at);
}

static inline char *put_moment(struct json_writer *json, const struct record *record, const struct item *item,
                               const struct json_step *step, char *at)
{
    if (item->kind != ITEM_INTEGER)
        return put_slowly(json, record, item, step, NULL, at);
    at = put_character(at, '"');
    at = put_time(at, &json->second, item->integer, json->time_digits);
    return put_character(at, '"');
}

/* Few members that come in the order of a plan that is flat. NULL: it turns out that they do not. */
static inline char *put_members(struct json_writer *json, const struct record *record, const struct item *group,
                                const struct json_plan *plan, const struct json_path *path, bool explains, char *at)
{
    const struct item *item = group + 1;
    const struct item *end = record->items + record->item_count;
    end = group->length < (size_t)(end - item) ? item + group->length : end;
    char separator = '{';
    unsigned next = 0;
    if (end - item >= JSON_FEW_MEMBERS)
        return NULL;
    for (; item < end; item++) {
        if (item->kind == ITEM_NOTE) {
            item += item->length;
            continue;
        }
        if (item->field < next)
            return NULL;
        next = item->field + 1u;
        const struct json_step *step = &plan->steps[next];
        memcpy(at, step->way, PUT_SLACK);
        *at = separator;
        separator = ',';
        at = put_value(json, record, item, step, path, at + step->way_length);
        if (explains)
            explain(json, record, step, item, path);
    }
    return next == 0 ? put_literal(at, "{}") : put_character(at, '}');
}

static inline char *put_groups(struct json_writer *json, const struct record *record, const struct json_step *step,
                               bool explains, char *at)
{
    struct json_path path = {.step = step, .indexed = step->is_list};
    const struct json_plan *plan = step->members;
    for (unsigned number = record->first_item[step->field]; number; number = record->items[number - 1].next) {
        const struct item *group = &record->items[number - 1];
        path.in_group = true;
        at = put_members(json, record, group, plan, &path, explains, json_room(json, at));
        if (!at)
            return NULL;
        path.in_group = false;
        if (explains)
            explain(json, record, step, group, &path);
        path.index++;
        if (!step->is_list)
            return at;
        at = put_character(at, ',');
    }
    at[-1] = ']';
    return at;
}

/* The usual way first; where it turns out that members come in another order, that is expected from then on. */
static inline char *put_any_groups(struct json_writer *json, const struct record *record, struct json_step *step,
                                   bool explains, char *at)
{
    size_t place = (size_t)(at - json->buffer->at);
    size_t notes = json->notes.length, truncated = json->truncated.length;
    if (!step->members->reorders) {
        char *end = put_groups(json, record, step, explains, at);
        if (end)
            return json_room(json, end);
        json->notes.length = notes;
        json->truncated.length = truncated;
        at = json->buffer->failed ? json_grow(json, json->buffer->at + json->start, 0) : json->buffer->at + place;
    }
    return json_room(json, json_put_field(json, record, step, record->first_item[step->field], at));
}

static inline uint64_t frame_at(const struct record *record, size_t offset)
{
    uint64_t frame;
    memcpy(&frame, (const char *)record + offset, sizeof frame);
    return frame;
}

/* Values that stand beside the tape. */
static inline char *put_common(struct json_writer *json, const struct json_plan *plan, const struct record *record,
                               const struct json_piece *piece, bool *cut, char *at)
{
    switch ((enum json_piece_kind)piece->kind) {
    case PIECE_FRAME:
        return put_unsigned(at, frame_at(record, piece->field));
    case PIECE_DURATION: {
        int64_t duration = record->last.time_ns - record->first.time_ns;
        return put_unsigned(at, duration > 0 ? (uint64_t)duration : 0);
    }
    case PIECE_TIME:
        return put_time(at, &json->second, tape_moment(record).time_ns, json->time_digits);
    case PIECE_SIDES:
        return json_room(json, json_put_sides(json, plan, record, cut, at));
    case PIECE_SOURCE:
        return json_room(json, json_put_side(json, plan, record, 0, at));
    case PIECE_DESTINATION:
        return json_room(json, json_put_side(json, plan, record, 1, at));
    case PIECE_NETWORK:
        return json_put_network(json, record, at);
    case PIECE_CONVERSATION:
        return put_unsigned(at, record->conversation->id);
    default:
        return at;
    }
}

/* Once for each of the two ways below, so that the one without notes does not ask for them. */
static inline __attribute__((always_inline)) char *put_pieces(struct json_writer *json, const struct json_plan *plan,
                                                              const struct record *record,
                                                              const struct json_piece *piece, bool explains, bool *cut,
                                                              char *at)
{
    for (;; piece++) {
        const struct item *item;
        memcpy(at, piece->text, JSON_PIECE_TEXT);
        at += piece->length;
        switch ((enum json_piece_kind)piece->kind) {
        case PIECE_END:
            return at;
        case PIECE_STRING:
        case PIECE_INTEGER:
        case PIECE_BOOLEAN:
            item = &record->items[record->first_item[piece->field] - 1u];
            at = put_value(json, record, item, piece->step, NULL, at);
            if (explains)
                explain(json, record, piece->step, item, NULL);
            break;
        case PIECE_FIELD_TIME:
            item = &record->items[record->first_item[piece->field] - 1u];
            at = put_moment(json, record, item, piece->step, at);
            if (explains)
                explain(json, record, piece->step, item, NULL);
            break;
        case PIECE_GROUPS:
            at = put_any_groups(json, record, piece->step, explains, at);
            break;
        case PIECE_FIELD:
            at = json_put_field(json, record, piece->step, record->first_item[piece->field], at);
            at = json_room(json, at);
            break;
        default:
            at = put_common(json, plan, record, piece, cut, at);
            break;
        }
    }
}

static OUT_OF_LINE char *put_explained(struct json_writer *json, const struct json_plan *plan,
                                       const struct record *record, const struct json_piece *pieces, bool *cut,
                                       char *at)
{
    return put_pieces(json, plan, record, pieces, true, cut, at);
}

static inline bool is_shapely(const struct record *record)
{
    uint64_t truncated = 0;
    for (unsigned word = 0; word < RECORD_WORDS; word++)
        truncated |= record->truncated[word];
    return record->conversation && record->conversation->source.ip.family != 0 &&
           record->conversation->destination.ip.family != 0 && truncated == 0 && !record->icmp_error;
}

static inline struct json_key key_of(const struct record *record)
{
    struct json_key key;
    struct moment moment = tape_moment(record);
    bool has_first = record->first.frame != 0, has_last = record->last.frame != 0;
    memcpy(key.present, record->present, sizeof key.present);
    key.common = (uint64_t)record->outcome << KEY_OUTCOME |
                 (uint64_t)(moment.frame != 0 || moment.time_ns != 0) << KEY_TIME |
                 (uint64_t)(has_first && has_last) << KEY_DURATION |
                 (uint64_t)(record->request.frame != 0) << KEY_REQUEST |
                 (uint64_t)(record->response.frame != 0) << KEY_RESPONSE | (uint64_t)has_first << KEY_FIRST |
                 (uint64_t)has_last << KEY_LAST | (uint64_t)record->incomplete << KEY_INCOMPLETE;
    return key;
}

char *json_put_shaped(struct json_writer *json, struct json_plan *plan, const struct record *record, char *at)
{
    if (!is_shapely(record))
        return NULL;
    const struct json_key key = key_of(record);
    const struct json_shape *shape = find(plan, &key);
    bool cut = false;
    if (!shape || shape->pieces[0].kind == PIECE_REFUSED)
        return NULL;
    at = json->options->notes ? put_explained(json, plan, record, shape->pieces, &cut, at)
                              : put_pieces(json, plan, record, shape->pieces, false, &cut, at);
    return cut || json->truncated.length > 0 ? NULL : at;
}
