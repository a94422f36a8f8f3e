/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names become a tree, the tree a list of steps. All of it is our own tables: nothing here depends on traffic.
 */
#include "json_plan.h"

#include "json_shape.h"
#include "put.h"
#include "record/common_fields.h"
#include "record/common_values.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* A name's part between two dots. Nodes are numbered; 0 is the root, and as a link "none". */
struct node {
    const char *name;
    size_t length;
    unsigned parent, first_child, last_child, next;
    unsigned ordinal; /* from 1, among the children of its parent */
    bool leaf;
    struct json_step step; /* of a leaf */
};

struct tree {
    struct node *nodes;
    size_t count, capacity;
};

static unsigned find_child(const struct tree *tree, unsigned parent, const char *name, size_t length)
{
    unsigned child = tree->nodes[parent].first_child;
    while (child && (tree->nodes[child].length != length || memcmp(tree->nodes[child].name, name, length) != 0))
        child = tree->nodes[child].next;
    return child;
}

/* 0 where the tree is full, which its capacity rules out. */
static unsigned add_child(struct tree *tree, unsigned parent, const char *name, size_t length)
{
    if (tree->count == tree->capacity)
        return 0;
    unsigned child = (unsigned)tree->count++;
    struct node *above = &tree->nodes[parent];
    tree->nodes[child] = (struct node){.name = name, .length = length, .parent = parent, .ordinal = 1};
    if (above->last_child)
        tree->nodes[child].ordinal = tree->nodes[above->last_child].ordinal + 1;
    if (above->last_child)
        tree->nodes[above->last_child].next = child;
    else
        above->first_child = child;
    above->last_child = child;
    return child;
}

/* The first of two equal names stays: a dataset cannot redefine what every record has. */
static void add_name(struct tree *tree, const char *name, struct json_step step)
{
    unsigned at = 0;
    unsigned depth = 1;
    for (;;) {
        size_t length = strcspn(name, ".");
        bool last = name[length] == '\0' || depth == JSON_DEPTH_MAX;
        if (last)
            length = strlen(name);
        unsigned child = find_child(tree, at, name, length);
        if (child && (last || tree->nodes[child].leaf))
            return;
        if (!child)
            child = add_child(tree, at, name, length);
        if (last) {
            tree->nodes[child].leaf = true;
            tree->nodes[child].step = step;
            return;
        }
        at = child;
        name += length + 1;
        depth++;
    }
}

/* Where the fields of one step begin; they are one leaf each, so that no dataset can redefine them, and those behind
 * the first are passed over when the steps are made. Of an object the dots are left out: no dataset adds to it. */
static void add_commons(struct tree *tree, enum common_field first, enum common_field last, enum json_step_kind kind)
{
    for (unsigned i = first; i <= last; i++) {
        bool is_object = i == COMMON_VLAN || (i >= COMMON_FRAME_REQUEST && i <= COMMON_FRAME_LAST);
        const char *name = i == COMMON_VLAN ? "network.vlan" : is_object ? "overhear.frames" : common_fields[i].name;
        add_name(tree, name, (struct json_step){.kind = (uint8_t)kind, .row = &common_fields[i]});
    }
}

static void add_fields(struct tree *tree, const struct field *fields, unsigned count, const struct notes *notes,
                       bool hides_secrets, bool about_overhear)
{
    for (unsigned i = 0; i < count; i++) {
        const struct field *row = &fields[i];
        if ((strncmp(row->name, "overhear.", strlen("overhear.")) == 0) != about_overhear)
            continue;
        add_name(tree, row->name,
                 (struct json_step){.kind = STEP_FIELD,
                                    .field = (uint16_t)i,
                                    .row = row,
                                    .type = (uint8_t)row->type,
                                    .is_list = (row->flags & FIELD_LIST) && row->type != FIELD_MAP,
                                    .is_one_value = !(row->flags & FIELD_LIST) && row->type != FIELD_MAP &&
                                                    row->type != FIELD_GROUP,
                                    .is_hidden = (row->flags & FIELD_SECRET) && hides_secrets,
                                    .catalog = notes && row->catalog ? notes_catalog(notes, row->catalog) : NULL});
    }
}

/* Without members of groups. */
static void free_steps(struct json_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        free(plan->steps[i].lead);
    free(plan->event);
    json_shapes_done(plan->shapes);
    free(plan);
}

void json_plan_free(struct json_plan *plan)
{
    if (!plan)
        return;
    for (size_t i = 0; i < plan->count; i++)
        if (plan->steps[i].members)
            free_steps(plan->steps[i].members); /* groups do not nest */
    free_steps(plan);
}

/* The name of a step that is several fields is not in its lead: they have theirs. */
static bool has_name(const struct json_step *step)
{
    return step->kind == STEP_FIELD || step->kind >= STEP_TRUNCATED;
}

/* The text that leads to a leaf, and the objects in it. */
static bool make_lead(const struct tree *tree, unsigned leaf, struct json_step *step)
{
    unsigned above[JSON_DEPTH_MAX];
    size_t size = tree->nodes[leaf].length + sizeof ",\"\":[" + PUT_SLACK;
    step->depth = 0;
    for (unsigned at = tree->nodes[leaf].parent; at; at = tree->nodes[at].parent) {
        above[step->depth++] = at;
        size += tree->nodes[at].length + strlen("\"\":{");
    }
    step->name_length = (uint16_t)(strlen(step->row->name) + 2);
    step->lead = calloc(1, size + step->name_length + 1 + PUT_SLACK);
    if (!step->lead)
        return false;
    step->name_at = (uint16_t)size;
    snprintf(step->lead + size, step->name_length + 1u, ",\"%s", step->row->name);
    size_t length = 1;
    step->lead[0] = ',';
    for (unsigned i = 0; i < step->depth; i++) {
        const struct node *object = &tree->nodes[above[step->depth - 1 - i]];
        assert(length <= UINT8_MAX);
        step->lead_skip[i] = (uint8_t)(length - 1);
        step->path |= (uint64_t)object->ordinal << 8 * i;
        length += (size_t)snprintf(step->lead + length, size - length, "\"%.*s\":{", (int)object->length, object->name);
    }
    assert(length <= UINT8_MAX);
    step->lead_skip[step->depth] = (uint8_t)(length - 1);
    if (has_name(step))
        length += (size_t)snprintf(step->lead + length, size - length, "\"%.*s\":%s", (int)tree->nodes[leaf].length,
                                   tree->nodes[leaf].name, step->is_list ? "[" : "");
    step->lead_length = (uint16_t)length;
    return true;
}

/* Several fields that are one step: only the first has a step, but of `event`, which begins outside of it. */
static bool is_passed_over(const struct json_plan *plan, const struct json_step *step)
{
    if (step->kind == STEP_EVENT)
        return step->row == &common_fields[COMMON_TIMESTAMP] || plan->step_of_kind[STEP_EVENT] != JSON_NO_STEP;
    return step->kind != STEP_FIELD && plan->step_of_kind[step->kind] != JSON_NO_STEP;
}

static bool add_step(struct json_plan *plan, const struct tree *tree, unsigned leaf)
{
    struct json_step step = tree->nodes[leaf].step;
    if (is_passed_over(plan, &step))
        return true;
    assert(plan->count < JSON_STEPS_MAX);
    if (!make_lead(tree, leaf, &step))
        return false;
    if (step.kind == STEP_FIELD)
        plan->step_of[step.field] = (uint8_t)plan->count;
    else
        plan->step_of_kind[step.kind] = (uint8_t)plan->count;
    if (plan->longest_lead < step.lead_length)
        plan->longest_lead = step.lead_length;
    plan->steps[plan->count++] = step;
    return true;
}

/* Walks the tree depth first, children in the order of their first mention. */
static struct json_plan *flatten(const struct tree *tree)
{
    struct json_plan *plan = calloc(1, sizeof *plan + (1 + tree->count) * sizeof plan->steps[0]);
    if (!plan)
        return NULL;
    plan->count = 1; /* behind JSON_NO_STEP */
    unsigned at = tree->nodes[0].first_child;
    while (at) {
        const struct node *node = &tree->nodes[at];
        if (node->leaf && !add_step(plan, tree, at)) {
            free_steps(plan);
            return NULL;
        }
        if (node->first_child) {
            at = node->first_child;
            continue;
        }
        while (at && !tree->nodes[at].next)
            at = tree->nodes[at].parent;
        if (at)
            at = tree->nodes[at].next;
    }
    return plan;
}

static bool tree_init(struct tree *tree, const struct field *fields, unsigned count, size_t commons)
{
    size_t capacity = 1 + commons;
    for (unsigned i = 0; i < count; i++)
        for (const char *at = fields[i].name; at; at = strchr(at + 1, '.'))
            capacity++;
    *tree = (struct tree){.nodes = calloc(capacity, sizeof *tree->nodes), .capacity = capacity, .count = 1};
    return tree->nodes != NULL;
}

static bool is_flat(const struct json_plan *plan)
{
    for (size_t i = 1; i < plan->count; i++)
        if (plan->steps[i].depth > 0 || plan->steps[i].is_list || plan->steps[i].lead_length > PUT_SLACK ||
            plan->steps[i].is_hidden || plan->steps[i].field + 1u != i)
            return false;
    return true;
}

static void keep_leads(struct json_plan *plan)
{
    static_assert((int)PUT_SLACK <= (int)JSON_WAY, "a lead that is not long");
    for (size_t i = 1; i < plan->count; i++) {
        struct json_step *step = &plan->steps[i];
        memcpy(step->way, step->lead, PUT_SLACK);
        step->way_length = step->lead_length;
    }
}

static struct json_plan *members_plan(const struct field *group, const struct notes *notes, bool hides_secrets)
{
    struct tree tree;
    if (!tree_init(&tree, group->members, group->member_count, 0))
        return NULL;
    add_fields(&tree, group->members, group->member_count, notes, hides_secrets, false);
    struct json_plan *plan = flatten(&tree);
    free(tree.nodes);
    if (!plan)
        return NULL;
    plan->is_flat = is_flat(plan);
    if (plan->is_flat)
        keep_leads(plan);
    return plan;
}

static void add_everything(struct tree *tree, const struct dataset *dataset, const struct notes *notes,
                           bool hides_secrets)
{
    add_commons(tree, COMMON_TIMESTAMP, COMMON_OUTCOME, STEP_EVENT);
    add_commons(tree, COMMON_SOURCE_IP, COMMON_SOURCE_DOMAIN, STEP_SOURCE);
    add_commons(tree, COMMON_DESTINATION_IP, COMMON_DESTINATION_DOMAIN, STEP_DESTINATION);
    add_commons(tree, COMMON_NETWORK_TYPE, COMMON_VLAN, STEP_NETWORK);
    add_fields(tree, dataset->fields, dataset->field_count, notes, hides_secrets, false);
    /* `overhear` comes last: it tells which texts were cut. */
    add_commons(tree, COMMON_CONVERSATION, COMMON_FRAME_LAST, STEP_FRAMES);
    add_fields(tree, dataset->fields, dataset->field_count, notes, hides_secrets, true);
    add_commons(tree, COMMON_TRUNCATED, COMMON_TRUNCATED, STEP_TRUNCATED);
    add_commons(tree, COMMON_INCOMPLETE, COMMON_INCOMPLETE, STEP_INCOMPLETE);
    add_commons(tree, COMMON_ICMP_ERROR, COMMON_ICMP_ERROR, STEP_ICMP_ERROR);
}

/* Where the steps of all fields are one behind the other, and in one word with the common ones, what is present can be
 * shifted to where it is wanted. */
static int shift_of(const struct json_plan *plan, const struct dataset *dataset)
{
    int shift = (int)plan->step_of[0];
    bool fits = dataset->field_count > 0 && shift + (int)dataset->field_count <= 64;
    for (unsigned i = 0; fits && i < dataset->field_count; i++)
        fits = plan->step_of[i] == shift + (int)i;
    return fits ? shift : 0;
}

/* Plans of groups, and what the steps of the common part need. */
static bool complete(struct json_plan *plan, const struct dataset *dataset, const struct notes *notes,
                     bool hides_secrets)
{
    static const char begin[] = "\"event\":{\"dataset\":\"";
    plan->event_length = strlen(begin) + strlen(dataset->name) + 1;
    plan->event = calloc(1, plan->event_length + 1 + PUT_SLACK);
    plan->shapes = calloc(1, sizeof *plan->shapes);
    if (!plan->event || !plan->shapes)
        return false;
    snprintf(plan->event, plan->event_length + 1, "%s%s\"", begin, dataset->name);
    if (plan->longest_lead < plan->event_length)
        plan->longest_lead = plan->event_length;
    plan->dataset = dataset;
    plan->shift = shift_of(plan, dataset);
    plan->is_flow = strcmp(dataset->name, "flow") == 0;
    plan->sides_adjoin = plan->step_of_kind[STEP_DESTINATION] == plan->step_of_kind[STEP_SOURCE] + 1 &&
                         plan->step_of_kind[STEP_NETWORK] == plan->step_of_kind[STEP_DESTINATION] + 1;
    plan->hosts = notes ? notes_catalog(notes, "host") : NULL;
    for (size_t i = 0; i < plan->count; i++) {
        struct json_step *step = &plan->steps[i];
        if (step->kind == STEP_ICMP_ERROR && notes)
            step->catalog = notes_catalog(notes, step->row->catalog);
        if (step->kind != STEP_FIELD || step->type != FIELD_GROUP)
            continue;
        step->members = members_plan(step->row, notes, hides_secrets);
        if (!step->members)
            return false;
        if (plan->longest_lead < step->members->longest_lead)
            plan->longest_lead = step->members->longest_lead;
    }
    return true;
}

struct json_plan *json_plan_new(const struct dataset *dataset, const struct notes *notes, bool hides_secrets)
{
    enum { COMMON_NODES = 64 }; /* more than the names above have parts */
    struct tree tree;
    if (!tree_init(&tree, dataset->fields, dataset->field_count, COMMON_NODES))
        return NULL;
    add_everything(&tree, dataset, notes, hides_secrets);
    struct json_plan *plan = flatten(&tree);
    free(tree.nodes);
    if (plan && !complete(plan, dataset, notes, hides_secrets)) {
        json_plan_free(plan);
        return NULL;
    }
    return plan;
}
