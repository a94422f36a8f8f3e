/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where conversations are found: one table of hashes and numbers, searched from where the hash says on to the first
 * free slot. Looking for somebody unknown is one cache line, for somebody known one more. No slot is left as a
 * tombstone: those behind one that goes move up.
 */
#include "table.h"

#include <assert.h>

enum { LINE = 64 };

struct flow_node *flow_find(const struct flow_table *table, uint32_t hash, const struct endpoint *source,
                            const struct endpoint *destination, uint8_t transport, uint64_t inside, enum side *ret_side)
{
    const struct flow_slot *slots = table->slots;
    const size_t mask = table->slot_count - 1;
    for (size_t at = hash & mask; slots[at].number; at = (at + 1) & mask) {
        if (slots[at].hash != hash)
            continue;
        struct flow_node *node = flow_node_of(table, slots[at].number);
        if (flow_node_is_between(node, source, destination, transport, inside, ret_side))
            return node;
    }
    return NULL;
}

static size_t slot_of(const struct flow_table *table, uint32_t hash, uint32_t number)
{
    const size_t mask = table->slot_count - 1;
    size_t at = hash & mask;
    while (table->slots[at].number != number)
        at = (at + 1) & mask;
    return at;
}

static void put(struct flow_slot *slots, size_t mask, struct flow_slot slot)
{
    size_t at = slot.hash & mask;
    while (slots[at].number)
        at = (at + 1) & mask;
    slots[at] = slot;
}

/* Twice as many slots, where memory allows. */
static void grow(struct flow_table *table)
{
    struct budget *budget = table->shared->budget;
    size_t count = table->slot_count * 2, size = count * sizeof *table->slots;
    size_t reserve = budget->limit / LIMIT_MEMORY_RESERVE;
    if (budget->limit > 0 && (budget->used > budget->limit - reserve || size > budget->limit - reserve - budget->used))
        return;
    struct flow_slot *slots = budget_take(budget, size);
    if (!slots)
        return;
    for (size_t i = 0; i < table->slot_count; i++)
        if (table->slots[i].number)
            put(slots, count - 1, table->slots[i]);
    budget_give(budget, table->slots, table->slot_count * sizeof *table->slots);
    table->slots = slots;
    table->slot_count = count;
}

bool flow_slot_add(struct flow_table *table, uint32_t hash, uint32_t number)
{
    if (table->statistics.open >= table->slot_count / 4 * 3)
        grow(table);
    if (flow_slots_are_full(table))
        return false;
    put(table->slots, table->slot_count - 1, (struct flow_slot){hash, number});
    return true;
}

void flow_slot_remove(struct flow_table *table, uint32_t hash, uint32_t number)
{
    struct flow_slot *slots = table->slots;
    const size_t mask = table->slot_count - 1;
    size_t hole = slot_of(table, hash, number);
    for (size_t at = (hole + 1) & mask; slots[at].number; at = (at + 1) & mask) {
        size_t home = slots[at].hash & mask;
        if (((at - home) & mask) < ((at - hole) & mask))
            continue; /* its search would not come by the hole */
        slots[hole] = slots[at];
        hole = at;
    }
    slots[hole] = (struct flow_slot){0, 0};
}

void flow_slot_renumber(struct flow_table *table, uint32_t hash, uint32_t from, uint32_t to)
{
    table->slots[slot_of(table, hash, from)].number = to;
}

static const struct flow_slot *slot_for(const struct flow_table *table, uint32_t hash)
{
    const struct flow_slot *slots = table->slots;
    const size_t mask = table->slot_count - 1;
    size_t at = hash & mask;
    while (slots[at].number && slots[at].hash != hash)
        at = (at + 1) & mask;
    return &slots[at];
}

static void fetch(const void *memory, size_t lines)
{
    for (size_t i = 0; i < lines; i++)
        __builtin_prefetch((const uint8_t *)memory + i * LINE);
}

/* Each step needs what the one before it fetches, and finds it there because the others came in between: the slot, the
 * conversation, and what a stream or a session has of its own. */
void flow_prefetch(struct flow_table *table, const struct packet *packets, size_t count)
{
    uint32_t *hashes = table->ahead;
    const struct flow_node *nodes[FLOW_AHEAD];
    assert(count <= FLOW_AHEAD);
    for (size_t i = 0; i < count; i++) {
        const struct packet *packet = &packets[i];
        hashes[i] = flow_hash(&table->key, &packet->source, &packet->destination, packet->transport, packet->inside);
        __builtin_prefetch(&table->slots[hashes[i] & (table->slot_count - 1)]);
    }
    for (size_t i = 0; i < count; i++) {
        nodes[i] = flow_node_of(table, slot_for(table, hashes[i])->number);
        if (nodes[i])
            fetch(nodes[i], 2);
    }
    for (size_t i = 0; i < count; i++) {
        if (!nodes[i] || nodes[i]->folded)
            continue;
        const struct flow *flow = (const struct flow *)nodes[i];
        fetch(&flow->as, 2);
        if (flow->conversation.transport == TRANSPORT_TCP && !flow->parked && flow->as.stream)
            fetch(flow->as.stream, 4);
    }
}
