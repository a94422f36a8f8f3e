/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where conversations are found, and in which order they were last heard of.
 */
#include "table.h"

#include <assert.h>

enum { FIRST_SLOTS = 1024 };

static const int class_seconds[FLOW_CLASS_COUNT] = {
    [FLOW_HALF_OPEN] = LIMIT_TCP_HALF_OPEN_SECONDS,
    [FLOW_UDP_SINGLE] = LIMIT_UDP_SECONDS,
    [FLOW_UDP] = LIMIT_UDP_SECONDS,
    [FLOW_TCP] = LIMIT_TRANSACTION_SECONDS,
    [FLOW_TCP_IDLE] = LIMIT_TCP_SECONDS,
    [FLOW_CLOSED] = LIMIT_TCP_LINGER_SECONDS,
};

static_assert(LIMIT_TRANSACTION_SECONDS < LIMIT_TCP_SECONDS, "an idle connection outlives its requests");

struct flow_table *flow_table_new(struct session_shared *shared)
{
    struct flow_table *table = budget_take(shared->budget, sizeof *table);
    if (!table)
        return NULL;
    table->shared = shared;
    table->key = flow_hash_key_random();
    table->slot_count = FIRST_SLOTS;
    table->slots = budget_take(shared->budget, FIRST_SLOTS * sizeof *table->slots);
    table->due_ns = INT64_MAX;
    for (int i = 0; i < FLOW_CLASS_COUNT; i++)
        table->lists[i].due_ns = INT64_MAX;
    if (!table->slots || !flow_rests_init(table)) {
        budget_give(shared->budget, table->slots, FIRST_SLOTS * sizeof *table->slots);
        budget_give(shared->budget, table, sizeof *table);
        return NULL;
    }
    return table;
}

static void write_nothing(void *context, const struct record *record)
{
    (void)context;
    (void)record;
}

/* An unfinished table may still hold conversations: they go without a word. */
void flow_table_free(struct flow_table *table)
{
    if (!table)
        return;
    struct budget *budget = table->shared->budget;
    const struct record_sink sink = table->shared->sink;
    table->shared->sink = (struct record_sink){NULL, write_nothing};
    for (int i = 0; i < FLOW_CLASS_COUNT; i++) {
        while (table->lists[i].oldest) {
            struct flow_node *node = table->lists[i].oldest;
            session_end(&flow_seen(table, node)->session, END_CAPTURE);
            flow_remove(table, node);
        }
    }
    table->shared->sink = sink;
    flow_ports_done(table);
    flow_rests_done(table);
    if (table->record.budget)
        record_done(&table->record);
    budget_give(budget, table->slots, table->slot_count * sizeof *table->slots);
    budget_give(budget, table, sizeof *table);
}

/* The session is not zeroed: session_init is the next thing that happens to it. */
struct flow *flow_add(struct flow_table *table, uint32_t hash)
{
    struct flow *flow = slab_take(&table->flows, offsetof(struct flow, session));
    if (!flow)
        return NULL;
    if (!flow_slot_add(table, hash, slab_number(flow))) {
        slab_give(&table->flows, flow);
        return NULL;
    }
    flow->node.hash = hash;
    table->statistics.opened++;
    table->statistics.open++;
    return flow;
}

void flow_remove(struct flow_table *table, struct flow_node *node)
{
    if (!table->finishing)
        flow_slot_remove(table, node->hash, slab_number(node));
    if (!table->all_leave)
        flow_list_take(table, node);
    if (!node->folded) {
        flow_unsettle(table, (struct flow *)node);
        flow_free_stream(table, (struct flow *)node);
    }
    table->statistics.open--;
    flow_node_free(table, node);
}

static void set_due(struct flow_table *table, enum flow_class class)
{
    struct flow_list *list = &table->lists[class];
    int64_t wait_ns = class_seconds[class] * INT64_C(1000000000);
    const bool is_due = list->oldest && list->oldest->touched_ns <= INT64_MAX - wait_ns;
    list->due_ns = is_due ? list->oldest->touched_ns + wait_ns : INT64_MAX;
    if (list->due_ns < table->due_ns)
        table->due_ns = list->due_ns;
}

void flow_list_take(struct flow_table *table, struct flow_node *node)
{
    struct flow_list *list = &table->lists[node->class];
    struct flow_node *older = flow_node_of(table, node->older), *newer = flow_node_of(table, node->newer);
    if (table->visited == node)
        table->visited = newer;
    bool was_oldest = list->oldest == node;
    if (was_oldest || older) /* else it is in none yet */
        list->count--;
    if (older)
        older->newer = node->newer;
    else if (was_oldest)
        list->oldest = newer;
    if (newer)
        newer->older = node->older;
    else if (list->newest == node)
        list->newest = older;
    node->older = node->newer = 0;
    if (was_oldest)
        set_due(table, node->class);
}

void flow_list_append(struct flow_table *table, struct flow_node *node, enum flow_class class)
{
    struct flow_list *list = &table->lists[class];
    const uint32_t number = slab_number(node);
    if (flow_is_newest(table, node)) {
        if (node->class == class) {
            if (list->oldest == node)
                set_due(table, class);
            return;
        }
        flow_list_take(table, node);
    }
    node->class = (uint8_t) class;
    node->newer = 0;
    node->older = 0;
    if (list->newest) {
        list->newest->newer = number;
        node->older = slab_number(list->newest);
    } else {
        list->oldest = node;
    }
    list->newest = node;
    list->count++;
    if (list->oldest == node)
        set_due(table, class);
}

void flow_replace(struct flow_table *table, struct flow_node *from, struct flow_node *to)
{
    const uint32_t number = slab_number(to);
    struct flow_list *list = &table->lists[from->class];
    flow_slot_renumber(table, from->hash, slab_number(from), number);
    if (from->older)
        flow_node_of(table, from->older)->newer = number;
    else if (list->oldest == from)
        list->oldest = to;
    if (from->newer)
        flow_node_of(table, from->newer)->older = number;
    else if (list->newest == from)
        list->newest = to;
    if (table->visited == from)
        table->visited = to;
    if (table->current == from)
        table->current = to;
}
