/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The end of the capture: all conversations that are open end, in the order of their first frames. They lie scattered
 * in memory, and may be a million: so it is not they who are sorted but their numbers, in the table of slots, which
 * nobody needs any more. Mostly there is a slot for each conversation that ever was, and that is the order.
 */
#include "table.h"

#include "overhear/record.h"

enum { RADIX = 256, FEW = 32, DIGIT_BITS = 8, FIRST_SHIFT = 24, AHEAD = 16, LINE = 64 };

/* While this goes on `hash` is how much higher the conversation's id is than the lowest. */
static void sort_few(struct flow_slot *slots, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct flow_slot slot = slots[i];
        size_t at = i;
        for (; at > 0 && slots[at - 1].hash > slot.hash; at--)
            slots[at] = slots[at - 1];
        slots[at] = slot;
    }
}

static uint32_t digit_of(struct flow_slot slot, int shift)
{
    return slot.hash >> shift & (RADIX - 1);
}

/* Puts each into the heap of its digit, in place. */
static void deal(struct flow_slot *slots, size_t count, int shift)
{
    uint32_t next[RADIX], ends[RADIX] = {0}, sum = 0; /* there are no more slots than 32 bits tell apart */
    for (size_t i = 0; i < count; i++)
        ends[digit_of(slots[i], shift)]++;
    for (size_t digit = 0; digit < RADIX; digit++) {
        next[digit] = sum;
        sum += ends[digit];
        ends[digit] = sum;
    }
    for (uint32_t digit = 0; digit < RADIX; digit++) {
        while (next[digit] < ends[digit]) {
            struct flow_slot slot = slots[next[digit]];
            uint32_t own = digit_of(slot, shift);
            slots[next[digit]] = slots[next[own]];
            slots[next[own]++] = slot;
        }
    }
}

/* By the highest digit, then each heap by the next. Heaps that are small stay as they are until the end: then nobody is
 * further than that from where he belongs. */
static void sort(struct flow_slot *slots, size_t count, int shift)
{
    for (; shift >= 0 && count > FEW; shift -= DIGIT_BITS) {
        for (size_t start = 0, end; start < count; start = end) {
            const uint64_t heap = (uint64_t)slots[start].hash >> shift >> DIGIT_BITS;
            for (end = start + 1; end < count && (uint64_t)slots[end].hash >> shift >> DIGIT_BITS == heap;)
                end++;
            if (end - start > FEW)
                deal(slots + start, end - start, shift);
        }
    }
    sort_few(slots, count);
}

/* Where it lies is known long before it is needed. */
static void fetch(const struct flow_table *table, struct flow_slot slot)
{
    const uint8_t *node = (const uint8_t *)flow_node_of(table, slot.number);
    __builtin_prefetch(node);
    __builtin_prefetch(node + LINE);
}

static uint64_t lowest_id(const struct flow_table *table)
{
    uint64_t lowest = UINT64_MAX;
    for (int class = 0; class < FLOW_CLASS_COUNT; class ++) {
        for (const struct flow_node *node = table->lists[class].oldest; node; node = flow_node_of(table, node->newer)) {
            uint64_t id = flow_node_id(node);
            lowest = id < lowest ? id : lowest;
        }
    }
    return lowest;
}

/* Those with the lowest ids, as many as 32 bits tell apart; returns how many they are. The lists lead to them nearly in
 * the order in which they lie in memory, and are nearly sorted; the slots are neither. *ret_highest: of their ids. */
static size_t gather(struct flow_table *table, uint32_t *ret_highest)
{
    const uint64_t lowest = table->statistics.opened <= UINT32_MAX / LIMIT_WORKERS ? 0 : lowest_id(table);
    size_t gathered = 0;
    *ret_highest = 0;
    for (int class = 0; class < FLOW_CLASS_COUNT; class ++) {
        const struct flow_node *node = table->lists[class].oldest;
        for (; node; node = flow_node_of(table, node->newer)) {
            const uint64_t above = flow_node_id(node) - lowest;
            if (above > UINT32_MAX)
                continue;
            *ret_highest |= (uint32_t)above;
            table->slots[gathered++] = (struct flow_slot){(uint32_t)above, slab_number(node)};
        }
    }
    return gathered;
}

static int first_shift(uint32_t highest)
{
    int shift = FIRST_SHIFT;
    while (shift > 0 && highest >> shift == 0)
        shift -= DIGIT_BITS;
    return shift;
}

/* Each to the slot that its id says, and then together. */
static size_t line_up(struct flow_table *table)
{
    struct flow_slot *slots = table->slots;
    const uint64_t step = table->shared->other_parts + 1;
    size_t count = 0;
    memset(slots, 0, table->statistics.opened * sizeof *slots);
    for (int class = 0; class < FLOW_CLASS_COUNT; class ++) {
        const struct flow_node *node = table->lists[class].oldest;
        for (uint32_t number = node ? slab_number(node) : 0; number; number = node->newer) {
            node = flow_node_of(table, number);
            slots[(flow_node_id(node) - 1) / step].number = number;
        }
    }
    for (size_t i = 0; i < table->statistics.opened; i++)
        if (slots[i].number)
            slots[count++] = slots[i];
    return count;
}

static size_t gather_in_order(struct flow_table *table)
{
    uint32_t highest;
    if (table->statistics.opened <= table->slot_count)
        return line_up(table);
    const size_t gathered = gather(table, &highest);
    sort(table->slots, gathered, first_shift(highest));
    return gathered;
}

static void end_all(struct flow_table *table, const struct flow_slot *slots, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct flow_node *node = flow_node_of(table, slots[i].number);
        if (count - i > AHEAD)
            fetch(table, slots[i + AHEAD]);
        table->shared->turn = flow_node_first_frame(node);
        flow_end(table, node, flow_reason(node, END_CAPTURE));
    }
}

void flow_table_finish(struct flow_table *table)
{
    table->current = table->visited = NULL;
    table->finishing = true;
    while (table->statistics.open > 0) {
        const size_t gathered = gather_in_order(table);
        table->all_leave = gathered == table->statistics.open;
        end_all(table, table->slots, gathered);
    }
    if (table->record.budget)
        record_done(&table->record);
    table->record.budget = NULL;
    memset(table->slots, 0, table->slot_count * sizeof *table->slots);
    for (int i = 0; i < FLOW_CLASS_COUNT; i++)
        table->lists[i] = (struct flow_list){.due_ns = INT64_MAX};
    table->finishing = table->all_leave = false;
}
