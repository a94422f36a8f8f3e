/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whoever has just spoken is likely to speak again at once: the answer to a SYN, the acknowledgment of a FIN, the next
 * question from the same port. So a conversation is not folded when nothing is open in it but when some hundreds of
 * others have followed, and it has said nothing since. Where memory is short nobody waits.
 */
#include "table.h"

static void put(struct flow_table *table, struct flow *flow)
{
    const uint32_t at = table->quiet_next++ % FLOW_QUIET;
    flow->heard_again = false;
    flow->quiet_place = (uint16_t)(at + 1);
    table->quiet[at] = slab_number(flow);
}

static void fetch_lines(const void *memory, size_t size)
{
    enum { LINE = 64 };
    for (size_t i = 0; i < size; i += LINE)
        __builtin_prefetch((const uint8_t *)memory + i);
}

/* Who comes to be folded soon: where it lies, and then where it is found, and its stream. */
static void fetch(const struct flow_table *table)
{
    const struct flow *far = (struct flow *)flow_node_of(table, table->quiet[(table->quiet_next + 8) % FLOW_QUIET]);
    const struct flow *near = (struct flow *)flow_node_of(table, table->quiet[(table->quiet_next + 4) % FLOW_QUIET]);
    if (far)
        fetch_lines(far, sizeof *far);
    if (!near)
        return;
    __builtin_prefetch(&table->slots[near->node.hash & (table->slot_count - 1)]);
    if (near->node.class == FLOW_CLOSED && near->as.stream)
        fetch_lines(near->as.stream, tcp_stream_size());
}

/* Who was at the place that is next, and is there no more; NULL: nobody. */
static struct flow *take(struct flow_table *table)
{
    const uint32_t at = table->quiet_next % FLOW_QUIET;
    struct flow *flow = (struct flow *)flow_node_of(table, table->quiet[at]);
    table->quiet[at] = 0;
    if (flow)
        flow->quiet_place = 0;
    return flow;
}

/* Each that goes round once more was heard since: a packet for a round. */
void flow_settle(struct flow_table *table, struct flow *flow)
{
    if (flow->quiet_place > 0) {
        flow->heard_again = true;
        return;
    }
    fetch(table);
    for (struct flow *next = flow; next;) {
        struct flow *before = take(table);
        put(table, next);
        next = before && before->heard_again ? before : NULL;
        if (before && !next)
            (void)flow_fold(table, before);
    }
}

void flow_unsettle(struct flow_table *table, struct flow *flow)
{
    if (flow->quiet_place > 0)
        table->quiet[flow->quiet_place - 1] = 0;
    flow->quiet_place = 0;
}

void flow_settle_all(struct flow_table *table)
{
    if (table->quiet_next - table->quiet_settled > FLOW_QUIET)
        table->quiet_settled = table->quiet_next - FLOW_QUIET;
    for (; table->quiet_settled != table->quiet_next; table->quiet_settled++) {
        uint32_t *number = &table->quiet[table->quiet_settled % FLOW_QUIET];
        struct flow *flow = (struct flow *)flow_node_of(table, *number);
        *number = 0;
        if (!flow)
            continue;
        flow->quiet_place = 0;
        (void)flow_fold(table, flow);
    }
}
