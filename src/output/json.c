/* SPDX-License-Identifier: BSD-3-Clause
 *
 * NDJSON: one line a record, written straight from the tape along the plan of its dataset. Only the steps for which the
 * record has something are taken.
 */
#include "json_quick.h"
#include "json_shape.h"

#include "record/common_fields.h"
#include "record/common_values.h"

#include <stdlib.h>

enum {
    FIRST_PLANS = 16,
    /* Room for a line of usual length, so that its pieces rarely ask. */
    USUAL_LINE = 8192,
    /* In the margin beside a lead: the longest step of the common part whose length has a bound, the frames; or
     * a small value, or a group of few, and all pieces of a shape; what closes the line; and the slack of the last. */
    MARGIN_BESIDE_LEAD = 512 + JSON_FEW_MEMBERS_ROOM + JSON_SHAPE_ROOM,
};

struct json_writer *json_writer_new(const struct output_options *options)
{
    struct json_writer *json = calloc(1, sizeof *json);
    if (!json)
        return NULL;
    json->options = options;
    json->max_text = options->max_text;
    json->short_text = options->max_text < PUT_SHORT ? options->max_text : PUT_SHORT;
    json->map.key = siphash_key_random();
    return json;
}

void json_writer_free(struct json_writer *json)
{
    if (!json)
        return;
    for (size_t i = 0; i < json->plan_count; i++)
        json_plan_free(json->plans[i]);
    free(json->plans);
    for (size_t i = 0; i < JSON_SIDES_KEPT; i++)
        json_sides_done(&json->sides[i]);
    tape_notes_done(&json->tape_notes);
    json_map_done(&json->map);
    text_buffer_done(&json->notes);
    text_buffer_done(&json->truncated);
    free(json);
}

/* Datasets are few and static: a short list. NULL where memory is out. */
static struct json_plan *plan_of(struct json_writer *json, const struct dataset *dataset)
{
    for (size_t i = 0; i < json->plan_count; i++)
        if (json->plans[i]->dataset == dataset)
            return json->plans[i];
    if (json->plan_count == json->plan_capacity) {
        size_t capacity = json->plan_capacity ? 2 * json->plan_capacity : FIRST_PLANS;
        struct json_plan **plans = realloc(json->plans, capacity * sizeof(struct json_plan *));
        if (!plans)
            return NULL;
        json->plans = plans;
        json->plan_capacity = capacity;
    }
    struct json_plan *plan = json_plan_new(dataset, json->options->notes, !json->options->show_secrets);
    if (!plan)
        return NULL;
    json->plans[json->plan_count++] = plan;
    if (json->margin < plan->longest_lead + MARGIN_BESIDE_LEAD)
        json->margin = plan->longest_lead + MARGIN_BESIDE_LEAD;
    return plan;
}

char *json_grow(struct json_writer *json, char *at, size_t need)
{
    struct text_buffer *buffer = json->buffer;
    buffer->length = (size_t)(at - buffer->at);
    if (!text_reserve(buffer, need + json->margin)) {
        buffer->length = json->start;
        at = buffer->at + json->start;
    } else {
        at = buffer->at + buffer->length;
    }
    json->soft_end = buffer->at + buffer->capacity - json->margin;
    return at;
}

/* Fields of the record, each where the plan has it. */
static void want_fields(struct json_writer *json, const struct json_plan *plan, const struct record *record)
{
    if (plan->shift > 0) {
        json->wanted[0] = record->present[0] << plan->shift;
        return;
    }
    for (unsigned word = 0; word < RECORD_WORDS; word++) {
        const uint8_t *step_of = plan->step_of + (size_t)64 * word;
        for (uint64_t bits = record->present[word]; bits; bits &= bits - 1) {
            unsigned step = step_of[__builtin_ctzll(bits)];
            if (step != JSON_NO_STEP)
                json->wanted[step / 64] |= UINT64_C(1) << step % 64;
        }
    }
}

static char *put_icmp_error(struct json_writer *json, const struct record *record, const struct json_step *step,
                            char *at)
{
    struct bytes word = bytes_text(record->icmp_error);
    if (!json_has_room(json, &at, word.len + 2))
        return at;
    at = put_character(at, '"');
    at = put_bytes(at, word.at, word.len);
    if (step->catalog)
        json_add_note(&json->notes, step->row->name, note_catalog_find(step->catalog, word));
    return put_character(at, '"');
}

static char *put_common(struct json_writer *json, const struct record *record, const struct json_plan *plan,
                        const struct json_step *step, char *at)
{
    switch ((enum json_step_kind)step->kind) {
    case STEP_SOURCE:
    case STEP_DESTINATION:
        return json_put_side(json, plan, record, step->kind == STEP_DESTINATION, at);
    case STEP_NETWORK:
        return json_put_network(json, record, at);
    case STEP_FRAMES:
        return json_put_frames(plan, record, at);
    case STEP_TRUNCATED:
        return json_put_truncated(json, record, at);
    case STEP_ICMP_ERROR:
        return put_icmp_error(json, record, step, at);
    default:
        return put_literal(at, "true");
    }
}

static inline char *put_field(struct json_writer *json, const struct record *record, const struct json_step *step,
                              char *at)
{
    unsigned first = record->first_item[step->field];
    if (!step->is_one_value)
        return json_put_field(json, record, step, first, at);
    char *end = step->is_hidden ? NULL : json_put_quick(json, record, &record->items[first - 1], step, at);
    if (!end)
        end = json_put_value(json, record, &record->items[first - 1], step, NULL, at);
    if (json->options->notes && json_explains(json, step, first - 1))
        json_explain(json, record, first - 1, step, NULL);
    return end;
}

static void want(struct json_writer *json, const struct json_plan *plan, enum json_step_kind kind, bool wanted)
{
    unsigned step = plan->step_of_kind[kind];
    json->wanted[step / 64] |= (uint64_t)wanted << step % 64;
}

/* All but what closes the line, along the plan. */
static OUT_OF_LINE char *put_steps(struct json_writer *json, struct json_plan *plan, const struct record *record,
                                   char *at)
{
    const struct json_step *from = &plan->steps[plan->step_of_kind[STEP_EVENT]];
    json->wanted[0] = json->wanted[1] = 0;
    json->truncated_step = plan->step_of_kind[STEP_TRUNCATED];
    want_fields(json, plan, record);
    want(json, plan, STEP_SOURCE, json_has_side(record, 0));
    want(json, plan, STEP_DESTINATION, json_has_side(record, 1));
    want(json, plan, STEP_NETWORK, json_has_network(record));
    want(json, plan, STEP_FRAMES, json_has_frames(plan, record));
    want(json, plan, STEP_TRUNCATED, json_has_truncated(json, record));
    want(json, plan, STEP_INCOMPLETE, record->incomplete);
    want(json, plan, STEP_ICMP_ERROR, record->icmp_error != NULL);
    at = json_put_event(json, plan, record, at);
    for (unsigned word = 0; word < 2; word++) {
        struct json_step *steps = plan->steps + (size_t)64 * word;
        uint64_t done = 0;
        uint64_t left;
        while ((left = json->wanted[word] & ~done) != 0) {
            struct json_step *step = &steps[__builtin_ctzll(left)];
            done |= left & -left;
            at = json_put_way(from, step, json_room(json, at));
            at = step->kind == STEP_FIELD ? put_field(json, record, step, at)
                                          : put_common(json, record, plan, step, at);
            from = step;
        }
    }
    at = json_room(json, at);
    memcpy(at, "}}}}}}}}", JSON_DEPTH_MAX);
    return at + from->depth;
}

void json_writer_record(struct json_writer *json, const struct record *record, struct text_buffer *buffer)
{
    struct json_plan *plan = plan_of(json, record->dataset);
    json->buffer = buffer;
    json->start = buffer->length;
    if (!plan || !text_reserve(buffer, json->margin + USUAL_LINE)) {
        buffer->failed = true;
        return;
    }
    json->soft_end = buffer->at + buffer->capacity - json->margin;
    json->short_text_end = (int64_t)record->text_capacity - PUT_SHORT;
    json->time_digits = record->conversation ? record->conversation->time_digits : 6;
    json->notes.length = 0;
    json->truncated.length = 0;
    const bool has_notes = !json->options->notes || tape_notes_build(&json->tape_notes, record);
    char *at = json_put_shaped(json, plan, record, buffer->at + buffer->length);
    if (!at) {
        json->notes.length = 0;
        json->truncated.length = 0;
        at = json->buffer->failed ? json_grow(json, buffer->at + json->start, 0) : buffer->at + json->start;
        at = put_steps(json, plan, record, at);
    }
    if (json->notes.length > 0 && json_has_room(json, &at, json->notes.length)) {
        at = put_literal(at, ",\"notes\":{");
        memcpy(at, json->notes.at + 1, json->notes.length - 1);
        at += json->notes.length - 1;
        at = put_character(at, '}');
    }
    at = put_literal(at, "}\n");
    buffer->length = (size_t)(at - buffer->at);
    if (json->notes.failed || json->truncated.failed || !has_notes) {
        json->notes.failed = json->truncated.failed = false;
        buffer->failed = true;
    }
}
