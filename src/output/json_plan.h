/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The order in which the values of one dataset are written. The contract's names have dots, and each dot is an object
 * in the JSON; fields of one object need not stand together in the table, and a dataset may add to the objects that
 * every record has. So a plan is made once for each dataset: a list of steps that opens every object exactly once.
 */
#ifndef OVERHEAR_OUTPUT_JSON_PLAN_H
#define OVERHEAR_OUTPUT_JSON_PLAN_H

#include "overhear/record.h"
#include "record/notes.h"

enum json_step_kind {
    STEP_OPEN,
    STEP_CLOSE,
    STEP_FIELD,  /* of the dataset, or of the group */
    STEP_COMMON, /* what every record has; COMMON_TRUNCATED after every step that may cut a text */
};

struct json_step {
    enum json_step_kind kind;
    unsigned field;                     /* of STEP_COMMON: enum common_field */
    const struct field *row;            /* of STEP_FIELD and STEP_COMMON */
    const struct note_catalog *catalog; /* NULL: no notes for its values */
    struct json_plan *members;          /* of a group */
    char *key;                          /* owned: `,"name":`, of STEP_OPEN `,"name":{` */
    size_t key_length;
};

enum { JSON_DEPTH_MAX = 8 }; /* objects inside each other in one plan */

struct json_plan {
    struct json_step *steps;
    size_t count;
};

/* NULL where memory is out. */
struct json_plan *json_plan_new(const struct dataset *dataset, const struct notes *notes);
void json_plan_free(struct json_plan *plan);

#endif
