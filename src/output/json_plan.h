/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The order in which the values of one dataset are written. The contract's names have dots, and each dot is an object
 * in the JSON; fields of one object need not stand together in the table, and a dataset may add to the objects that
 * every record has. So a plan is made once for each dataset: a list of steps, one for each place where a value may
 * stand, with the text that leads there. What a record lacks is passed over, and no object is opened for it.
 */
#ifndef OVERHEAR_OUTPUT_JSON_PLAN_H
#define OVERHEAR_OUTPUT_JSON_PLAN_H

#include "overhear/record.h"
#include "record/notes.h"

#include <assert.h>

enum json_step_kind {
    STEP_FIELD, /* of the dataset, or of the group */
    /* What every record has. Fields that stand together are one step: */
    STEP_EVENT,       /* the time and what is in `event` */
    STEP_SOURCE,      /* what is in `source`, */
    STEP_DESTINATION, /* in `destination`, */
    STEP_NETWORK,     /* and in `network` */
    STEP_FRAMES,      /* the conversation and the frames */
    STEP_TRUNCATED,   /* after every step that may cut a text */
    STEP_INCOMPLETE,
    STEP_ICMP_ERROR,
    STEP_KINDS,
};

enum {
    JSON_DEPTH_MAX = 8, /* names inside each other in one plan: one less of objects */
    JSON_STEPS_MAX = 128,
    JSON_WAY = 48,
    JSON_NO_STEP = 0, /* the first step of a plan: where a line or a group begins */
};

/* 128 bytes, so that a step is found by a shift. */
struct json_step {
    uint8_t kind;  /* enum json_step_kind */
    uint8_t type;  /* enum field_type, of STEP_FIELD */
    uint8_t depth; /* how many objects are around it */
    bool is_list;
    bool is_hidden;                    /* a secret that nobody asked for */
    bool is_one_value;                 /* a field that is no list, no group and no map */
    uint16_t field;                    /* of STEP_FIELD */
    uint8_t lead_skip[JSON_DEPTH_MAX]; /* where in the lead to begin when so many of the objects are open already: there
                                        * stands a brace or comma, in place of which a comma is written */
    uint16_t lead_length;
    uint16_t name_at, name_length;      /* `,"name`, what a note about the field begins with, stands behind the lead */
    char *lead;                         /* owned: `,"object":{"name":[`, padded for put_padded */
    uint64_t path;                      /* the objects around it, a byte each, the outermost lowest */
    const struct field *row;            /* of STEP_FIELD and STEP_ICMP_ERROR */
    const struct note_catalog *catalog; /* NULL: no notes for its values */
    struct json_plan *members;          /* of a group */
    /* What came between the step before and the value when this step was taken last: nearly always the same again. Of
     * a plan that is flat, the lead. */
    const struct json_step *way_from; /* NULL: nothing is kept */
    size_t way_length;
    char way[JSON_WAY];
};

static_assert(sizeof(struct json_step) == 128, "a power of two");

struct json_shapes;

struct json_plan {
    const struct dataset *dataset; /* NULL: the members of a group */
    bool is_flow;
    bool is_flat;  /* no step has objects around it, a list, a long lead or a secret; they stand in the fields' order */
    bool reorders; /* the members come in another order than that of the plan: seen once, then expected */
    bool sides_adjoin; /* the steps of source, destination and network are one behind the other */
    size_t longest_lead;
    struct json_shapes *shapes; /* owned; NULL: members of a group */
    char *event;                /* owned: `"event":{"dataset":"…"`, padded for put_padded */
    size_t event_length;
    int shift;                        /* the step of each field is its number and this; 0: of some it is another */
    const struct note_catalog *hosts; /* for addresses and names of either side */
    uint8_t step_of[JSON_STEPS_MAX];  /* by field; JSON_NO_STEP: it has none */
    uint8_t step_of_kind[STEP_KINDS]; /* but STEP_FIELD */
    size_t count;
    struct json_step steps[]; /* at most JSON_STEPS_MAX */
};

/* NULL where memory is out. `hides_secrets`: of FIELD_SECRET. */
struct json_plan *json_plan_new(const struct dataset *dataset, const struct notes *notes, bool hides_secrets);
void json_plan_free(struct json_plan *plan);

#endif
