/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where conversations are found, and in which order they were last heard of.
 */
#include "table.h"

#include <assert.h>

enum { FIRST_BUCKETS = 1024, CHAIN_LIMIT = 8 };

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
    table->key = siphash_key_random();
    table->bucket_count = FIRST_BUCKETS;
    table->buckets = budget_take(shared->budget, FIRST_BUCKETS * sizeof *table->buckets);
    for (int i = 0; i < FLOW_CLASS_COUNT; i++)
        table->lists[i].due_ns = INT64_MAX;
    if (!table->buckets) {
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
            struct flow *flow = table->lists[i].oldest;
            session_end(&flow->session, END_CAPTURE);
            flow_remove(table, flow);
        }
    }
    table->shared->sink = sink;
    flow_ports_done(table);
    budget_give(budget, table->buckets, table->bucket_count * sizeof *table->buckets);
    budget_give(budget, table, sizeof *table);
}

/* Without padding, and the same for both directions. */
struct flow_key {
    uint8_t low_ip[16], high_ip[16];
    uint16_t low_port, high_port;
    uint8_t family, transport, zero[2];
    uint64_t inside;
};

static_assert(sizeof(struct flow_key) == 48, "every byte of the key is hashed");

uint32_t flow_hash(const struct flow_table *table, const struct endpoint *a, const struct endpoint *b,
                   uint8_t transport, uint64_t inside)
{
    int order = memcmp(a->ip.octets, b->ip.octets, sizeof a->ip.octets);
    const struct endpoint *low = order < 0 || (order == 0 && a->port <= b->port) ? a : b;
    const struct endpoint *high = low == a ? b : a;
    struct flow_key key = {.low_port = low->port,
                           .high_port = high->port,
                           .family = low->ip.family,
                           .transport = transport,
                           .inside = inside};
    memcpy(key.low_ip, low->ip.octets, sizeof key.low_ip);
    memcpy(key.high_ip, high->ip.octets, sizeof key.high_ip);
    return (uint32_t)siphash(&table->key, &key, sizeof key);
}

static bool same_endpoint(const struct endpoint *a, const struct endpoint *b)
{
    return a->port == b->port && a->ip.family == b->ip.family &&
           memcmp(a->ip.octets, b->ip.octets, sizeof a->ip.octets) == 0;
}

struct flow *flow_find(const struct flow_table *table, uint32_t hash, const struct endpoint *source,
                       const struct endpoint *destination, uint8_t transport, uint64_t inside, enum side *ret_side)
{
    for (struct flow *flow = table->buckets[hash & (table->bucket_count - 1)]; flow; flow = flow->chain) {
        const struct conversation *known = &flow->conversation;
        if (flow->hash != hash || known->transport != transport || flow->inside != inside)
            continue;
        if (same_endpoint(&known->source, source) && same_endpoint(&known->destination, destination)) {
            *ret_side = SIDE_CLIENT;
            return flow;
        }
        if (same_endpoint(&known->source, destination) && same_endpoint(&known->destination, source)) {
            *ret_side = SIDE_SERVER;
            return flow;
        }
    }
    return NULL;
}

/* Twice as many buckets, where memory allows; else the chains grow a little, and eviction bounds them. */
static void grow(struct flow_table *table)
{
    struct budget *budget = table->shared->budget;
    size_t count = table->bucket_count * 2, size = count * sizeof *table->buckets;
    size_t reserve = budget->limit / LIMIT_MEMORY_RESERVE;
    if (budget->limit > 0 && (budget->used > budget->limit - reserve || size > budget->limit - reserve - budget->used))
        return;
    struct flow **buckets = budget_take(budget, size);
    if (!buckets)
        return;
    for (size_t i = 0; i < table->bucket_count; i++) {
        for (struct flow *flow = table->buckets[i], *next; flow; flow = next) {
            next = flow->chain;
            flow->chain = buckets[flow->hash & (count - 1)];
            buckets[flow->hash & (count - 1)] = flow;
        }
    }
    budget_give(budget, table->buckets, table->bucket_count * sizeof *table->buckets);
    table->buckets = buckets;
    table->bucket_count = count;
}

struct flow *flow_add(struct flow_table *table, uint32_t hash)
{
    struct flow *flow = budget_take(table->shared->budget, sizeof *flow);
    if (!flow)
        return NULL;
    if (table->statistics.open >= table->bucket_count)
        grow(table);
    flow->hash = hash;
    struct flow **bucket = &table->buckets[hash & (table->bucket_count - 1)];
    flow->chain = *bucket;
    *bucket = flow;
    table->statistics.opened++;
    table->statistics.open++;
    return flow;
}

void flow_remove(struct flow_table *table, struct flow *flow)
{
    struct flow **link = &table->buckets[flow->hash & (table->bucket_count - 1)];
    while (*link != flow)
        link = &(*link)->chain;
    *link = flow->chain;
    flow_list_take(table, flow);
    if (flow->conversation.transport == TRANSPORT_TCP && !flow->parked)
        tcp_stream_free(flow->as.stream);
    table->statistics.open--;
    budget_give(table->shared->budget, flow, sizeof *flow);
}

static void set_due(struct flow_list *list, enum flow_class class)
{
    int64_t wait_ns = class_seconds[class] * INT64_C(1000000000);
    if (!list->oldest)
        list->due_ns = INT64_MAX;
    else if (list->oldest->touched_ns > INT64_MAX - wait_ns)
        list->due_ns = INT64_MAX;
    else
        list->due_ns = list->oldest->touched_ns + wait_ns;
}

void flow_list_append(struct flow_table *table, struct flow *flow, enum flow_class class)
{
    struct flow_list *list = &table->lists[class];
    flow->class = (uint8_t) class;
    flow->newer = NULL;
    flow->older = list->newest;
    if (list->newest)
        list->newest->newer = flow;
    else
        list->oldest = flow;
    list->newest = flow;
    list->count++;
    if (list->oldest == flow)
        set_due(list, class);
}

void flow_list_take(struct flow_table *table, struct flow *flow)
{
    struct flow_list *list = &table->lists[flow->class];
    if (table->visited == flow)
        table->visited = flow->newer;
    bool was_oldest = list->oldest == flow;
    if (was_oldest || flow->older) /* else it is in none yet */
        list->count--;
    if (flow->older)
        flow->older->newer = flow->newer;
    else if (was_oldest)
        list->oldest = flow->newer;
    if (flow->newer)
        flow->newer->older = flow->older;
    else if (list->newest == flow)
        list->newest = flow->older;
    flow->older = flow->newer = NULL;
    if (was_oldest)
        set_due(list, flow->class);
}
