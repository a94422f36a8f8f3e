/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Time that passes without packets, as it does live. Conversations are visited in turn, a number of them a call, so
 * that a call is short however many there are.
 */
#include "table.h"

/* Those that may have something open. The others end soon anyway, or have been told already. */
static const enum flow_class visited_classes[] = {FLOW_UDP_SINGLE, FLOW_UDP, FLOW_TCP};

enum { VISITED_CLASSES = sizeof visited_classes / sizeof *visited_classes };

static void visit(struct flow_table *table, struct flow_node *node)
{
    struct flow *flow = (struct flow *)node;
    if (node->folded)
        return; /* nothing is open */
    flow_tick(table, flow);
}

/* Once around, unless there are too many, or too much is said. */
static void visit_some(struct flow_table *table)
{
    const uint64_t enough = table->shared->records + LIMIT_EXPIRED_A_PACKET;
    unsigned visits = LIMIT_IDLE_VISITS, classes = VISITED_CLASSES;
    while (visits > 0 && table->shared->records < enough) {
        struct flow_node *node = table->visited;
        if (node) {
            table->visited = flow_node_of(table, node->newer);
            visit(table, node);
            visits--;
        } else if (classes-- > 0) {
            table->visited_class = (uint8_t)((table->visited_class + 1) % VISITED_CLASSES);
            table->visited = table->lists[visited_classes[table->visited_class]].oldest;
        } else {
            return;
        }
    }
}

void flow_idle(struct flow_table *table, int64_t time_ns)
{
    table->current = NULL;
    if (!table->clock_set || !flow_clock_advance(table, time_ns))
        return;
    table->shared->moment.time_ns = time_ns; /* of no frame: the number stays that of the last one */
    flow_expire(table);
    visit_some(table);
}
