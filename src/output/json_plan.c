/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names become a tree, the tree a list of steps. All of it is our own tables: nothing here depends on traffic.
 */
#include "json_plan.h"

#include "record/common_fields.h"
#include "record/common_values.h"

#include <stdio.h>
#include <stdlib.h>

/* A name's part between two dots. Nodes are numbered; 0 is the root, and as a link "none". */
struct node {
    const char *name;
    size_t length;
    unsigned parent, first_child, last_child, next;
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
    tree->nodes[child] = (struct node){.name = name, .length = length, .parent = parent};
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

/* Addresses and names of either side are explained by one catalog. */
static const struct note_catalog *common_catalog(enum common_field field, const struct notes *notes)
{
    bool is_host = field == COMMON_SOURCE_IP || field == COMMON_SOURCE_DOMAIN || field == COMMON_DESTINATION_IP ||
                   field == COMMON_DESTINATION_DOMAIN;
    const char *name = is_host ? "host" : common_fields[field].catalog;
    return notes && name ? notes_catalog(notes, name) : NULL;
}

static void add_commons(struct tree *tree, enum common_field first, enum common_field last, const struct notes *notes)
{
    for (unsigned i = first; i <= last; i++)
        add_name(tree, common_fields[i].name,
                 (struct json_step){.kind = STEP_COMMON,
                                    .field = i,
                                    .row = &common_fields[i],
                                    .catalog = common_catalog((enum common_field)i, notes)});
}

static void add_fields(struct tree *tree, const struct field *fields, unsigned count, const struct notes *notes,
                       bool about_overhear)
{
    for (unsigned i = 0; i < count; i++) {
        const struct field *row = &fields[i];
        if ((strncmp(row->name, "overhear.", strlen("overhear.")) == 0) != about_overhear)
            continue;
        const struct note_catalog *catalog = notes && row->catalog ? notes_catalog(notes, row->catalog) : NULL;
        add_name(tree, row->name, (struct json_step){.kind = STEP_FIELD, .field = i, .row = row, .catalog = catalog});
    }
}

/* Without members of groups. */
static void free_steps(struct json_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        free(plan->steps[i].key);
    free(plan->steps);
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

static bool add_step(struct json_plan *plan, const struct node *node, struct json_step step)
{
    const char *end = step.kind == STEP_OPEN ? "{" : "";
    size_t size = node->length + sizeof ",\"\":{";
    step.key = malloc(size);
    if (!step.key)
        return false;
    step.key_length = (size_t)snprintf(step.key, size, ",\"%.*s\":%s", (int)node->length, node->name, end);
    plan->steps[plan->count++] = step;
    return true;
}

/* Walks the tree depth first, children in the order of their first mention. */
static struct json_plan *flatten(const struct tree *tree)
{
    struct json_plan *plan = calloc(1, sizeof *plan);
    struct json_step *steps = calloc(2 * tree->count, sizeof *steps);
    if (!plan || !steps) {
        free(plan);
        free(steps);
        return NULL;
    }
    plan->steps = steps;
    unsigned at = tree->nodes[0].first_child;
    while (at) {
        const struct node *node = &tree->nodes[at];
        if (!add_step(plan, node, node->leaf ? node->step : (struct json_step){.kind = STEP_OPEN})) {
            free_steps(plan);
            return NULL;
        }
        if (node->first_child) {
            at = node->first_child;
            continue;
        }
        while (at && !tree->nodes[at].next) {
            at = tree->nodes[at].parent;
            if (at)
                plan->steps[plan->count++] = (struct json_step){.kind = STEP_CLOSE};
        }
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

static struct json_plan *members_plan(const struct field *group, const struct notes *notes)
{
    struct tree tree;
    if (!tree_init(&tree, group->members, group->member_count, 0))
        return NULL;
    add_fields(&tree, group->members, group->member_count, notes, false);
    struct json_plan *plan = flatten(&tree);
    free(tree.nodes);
    return plan;
}

static void add_everything(struct tree *tree, const struct dataset *dataset, const struct notes *notes)
{
    bool is_flow = strcmp(dataset->name, "flow") == 0;
    add_commons(tree, COMMON_TIMESTAMP, COMMON_VLAN, notes);
    add_fields(tree, dataset->fields, dataset->field_count, notes, false);
    /* `overhear` comes last: it tells which texts were cut. */
    add_commons(tree, COMMON_CONVERSATION, COMMON_CONVERSATION, notes);
    add_commons(tree, is_flow ? COMMON_FRAME_FIRST : COMMON_FRAME_REQUEST,
                is_flow ? COMMON_FRAME_LAST : COMMON_FRAME_FIRST, notes);
    add_fields(tree, dataset->fields, dataset->field_count, notes, true);
    add_commons(tree, COMMON_TRUNCATED, COMMON_ICMP_ERROR, notes);
}

struct json_plan *json_plan_new(const struct dataset *dataset, const struct notes *notes)
{
    enum { COMMON_NODES = 64 }; /* more than the names above have parts */
    struct tree tree;
    if (!tree_init(&tree, dataset->fields, dataset->field_count, COMMON_NODES))
        return NULL;
    add_everything(&tree, dataset, notes);
    struct json_plan *plan = flatten(&tree);
    free(tree.nodes);
    for (size_t i = 0; plan && i < plan->count; i++) {
        struct json_step *step = &plan->steps[i];
        if (step->kind != STEP_FIELD || step->row->type != FIELD_GROUP)
            continue;
        step->members = members_plan(step->row, notes);
        if (!step->members) {
            json_plan_free(plan);
            return NULL;
        }
    }
    return plan;
}
