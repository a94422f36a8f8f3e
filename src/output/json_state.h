/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The inside of the JSON writer, shared by the files that make it up: json.c walks the plan, json_value.c writes
 * values with their notes.
 */
#ifndef OVERHEAR_OUTPUT_JSON_STATE_H
#define OVERHEAR_OUTPUT_JSON_STATE_H

#include "json_map.h"
#include "json_plan.h"
#include "output_state.h"
#include "record/community_id.h"

struct json_writer {
    const struct output_options *options;
    struct community_id *community_id;
    struct {
        const struct dataset *dataset;
        struct json_plan *plan;
    } * plans;
    size_t plan_count, plan_capacity;
    struct tape_notes tape_notes;
    struct json_map map;
    struct text_buffer notes;     /* of the record in hand: `,"name":"sentence"` … */
    struct text_buffer truncated; /* `,"name"` … */
};

/* Where a value stands, for the names in `notes` and `overhear.truncated`: dns.answers[0].type. */
struct json_path {
    const char *name;
    const char *member; /* NULL: none */
    struct bytes key;   /* of a map; at == NULL: none */
    unsigned index;     /* in the array */
    bool indexed;
};

/* The values of one field; `first` is the item's index + 1. */
void json_add_field(struct json_writer *json, const struct record *record, const struct json_step *step, unsigned first,
                    struct text_buffer *buffer);

/* `sentence` about a value of the common part. */
void json_add_note(struct json_writer *json, const char *name, struct bytes sentence);

/* A value of the common part was cut. */
void json_add_truncated(struct json_writer *json, const char *name);

/* `,"key":`, without the comma behind an opening brace. */
void json_add_key(struct text_buffer *buffer, const struct json_step *step);

#endif
