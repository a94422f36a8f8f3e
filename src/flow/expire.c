/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How conversations end: by silence on the capture's clock, by want of memory, with the capture.
 */
#include "table.h"

#include "overhear/engine.h"

#include <assert.h>
#include <limits.h>

enum { SECOND_NS = 1000000000 };

static_assert((int)LIMIT_CLOCK_JUMP_SECONDS >= (int)FLOW_STEP_SECONDS, "a small step is no leap");

/* Later - earlier, and INT64_MAX where that is more: times from the wire may be anywhere. */
static int64_t between(int64_t earlier_ns, int64_t later_ns)
{
    uint64_t distance = (uint64_t)later_ns - (uint64_t)earlier_ns;
    return distance > INT64_MAX ? INT64_MAX : (int64_t)distance;
}

/* One frame with a wild time does not end everything: a leap of more than a day counts when the next packet, too, comes
 * from there. */
bool flow_clock_advance(struct flow_table *table, int64_t time_ns)
{
    struct session_shared *shared = table->shared;
    if (time_ns <= shared->now_ns) {
        table->jump_pending = false;
        return false;
    }
    int64_t step_ns = between(shared->now_ns, time_ns);
    bool leaps = step_ns > LIMIT_CLOCK_JUMP_SECONDS * (int64_t)SECOND_NS;
    table->jump_pending = leaps && !table->jump_pending;
    if (table->jump_pending)
        return false;
    shared->now_ns = time_ns;
    table->elapsed_ns = step_ns > INT64_MAX - table->elapsed_ns ? INT64_MAX : table->elapsed_ns + step_ns;
    return true;
}

/* The capture's clock is the latest time seen. Packets that are a little late do not move it; but where many in a row
 * say that it was set back (by NTP, or with an older capture that follows), they are believed, else requests made from
 * then on would seem to have waited since long ago. Conversations age by the table's own clock, which only goes on. */
void flow_clock_set(struct flow_table *table, struct moment moment)
{
    struct session_shared *shared = table->shared;
    int64_t time_ns = moment.time_ns;
    shared->moment = moment;
    if (!table->clock_set) {
        table->clock_set = true;
        shared->now_ns = table->elapsed_ns = time_ns;
        return;
    }
    (void)flow_clock_advance(table, time_ns);
    bool behind = time_ns < shared->now_ns &&
                  between(time_ns, shared->now_ns) > LIMIT_CLOCK_BACK_SECONDS * (int64_t)SECOND_NS;
    table->frames_behind = behind ? (uint8_t)(table->frames_behind + 1) : 0;
    if (table->frames_behind < LIMIT_CLOCK_BACK_FRAMES)
        return;
    table->frames_behind = 0;
    shared->now_ns = time_ns;
}

enum end_reason flow_reason(const struct flow_node *node, enum end_reason otherwise)
{
    const struct flow *flow = (const struct flow *)node;
    if (node->folded)
        return flow_node_reason(node, otherwise);
    if (flow->conversation.transport != TRANSPORT_TCP || flow->parked || !flow->as.stream)
        return otherwise;
    switch (tcp_stream_state(flow->as.stream)) {
    case TCP_STATE_CLOSED:
        return END_FIN;
    case TCP_STATE_RESET:
        return END_RST;
    case TCP_STATE_NEW:
    case TCP_STATE_HALF_OPEN:
    case TCP_STATE_ESTABLISHED:
    case TCP_STATE_MIDSTREAM:
        break;
    }
    return otherwise;
}

static void add_sums(struct flow_table *table, const struct flow *flow, const struct tcp_summary *tcp)
{
    struct flow_statistics *sums = &table->statistics;
    if (flow->conversation.transport != TRANSPORT_TCP) {
        sums->gap_bytes += flow->as.cut_bytes;
        return;
    }
    for (int side = 0; side < 2 && tcp; side++) {
        const struct tcp_side_statistics *own = &tcp->sides[side];
        sums->seen_bytes += own->seen;
        sums->delivered_bytes += own->delivered;
        sums->gap_bytes += own->gap;
        sums->duplicate_bytes += own->duplicate;
        sums->over_limit_bytes += own->over_limit;
    }
}

void flow_end(struct flow_table *table, struct flow_node *node, enum end_reason reason)
{
    const struct stream_tap *tap = table->shared->tap;
    struct flow *flow = flow_seen_whole(table, node);
    flow_finish_stream(table, flow);
    session_end(&flow->session, reason);
    if (tap)
        tap->end(tap->context, &flow->conversation, reason);
    flow_count_unknown(table, flow);
    struct tcp_summary summary;
    const struct tcp_summary *tcp = flow_summary(flow, node, &summary) ? &summary : NULL;
    flow_write_record(table, flow, tcp, reason);
    add_sums(table, flow, tcp);
    table->statistics.ended[reason]++;
    if (node->folded)
        flow_free_stream(table, flow);
    flow_remove(table, node);
}

/* A connection that has been silent for as long as a request may wait hears of it, and goes on waiting. */
static void become_idle(struct flow_table *table, struct flow_node *node)
{
    struct flow *flow = (struct flow *)node; /* nobody folds one of FLOW_TCP */
    flow_list_take(table, node);
    flow_tick(table, flow);
    flow_list_append(table, node, FLOW_TCP_IDLE);
}

void flow_expire(struct flow_table *table)
{
    int64_t now_ns = table->elapsed_ns;
    int quota = table->shared->ends_all ? INT_MAX : LIMIT_EXPIRED_A_PACKET;
    if (now_ns < table->due_ns)
        return;
    for (int class = 0; class < FLOW_CLASS_COUNT; class ++) {
        struct flow_list *list = &table->lists[class];
        while (list->due_ns < INT64_MAX && list->due_ns <= now_ns && quota-- > 0) {
            table->shared->turn = session_turn_of_silence((unsigned)class, flow_node_last_frame(list->oldest));
            if (class == FLOW_TCP)
                become_idle(table, list->oldest);
            else
                flow_end(table, list->oldest, flow_reason(list->oldest, END_TIMEOUT));
        }
    }
    table->shared->turn = SESSION_TURN_FRAME;
    table->due_ns = INT64_MAX;
    for (int class = 0; class < FLOW_CLASS_COUNT; class ++)
        if (table->lists[class].due_ns < table->due_ns)
            table->due_ns = table->lists[class].due_ns;
}

/* Of two lists that which has been silent for longer; ties: the conversation opened earlier. */
static struct flow_node *older_of(struct flow_node *a, struct flow_node *b)
{
    if (!a || !b)
        return a ? a : b;
    if (a->touched_ns != b->touched_ns)
        return a->touched_ns < b->touched_ns ? a : b;
    return flow_node_id(a) < flow_node_id(b) ? a : b;
}

/* Whoever has least to lose: nobody answered it, then it is over anyway, then it has been silent for longest. A few
 * that nobody answered are left alone, or where memory is full of conversations that were answered, each new one would
 * go before its answer can come. */
static struct flow_node *least_missed(const struct flow_table *table)
{
    const struct flow_list *lists = table->lists;
    struct flow_node *newcomer = older_of(lists[FLOW_HALF_OPEN].oldest, lists[FLOW_UDP_SINGLE].oldest);
    if (lists[FLOW_HALF_OPEN].count + lists[FLOW_UDP_SINGLE].count > table->statistics.open / LIMIT_NEWCOMERS)
        return newcomer;
    struct flow_node *node = lists[FLOW_CLOSED].oldest;
    if (!node)
        node = older_of(lists[FLOW_UDP].oldest, older_of(lists[FLOW_TCP].oldest, lists[FLOW_TCP_IDLE].oldest));
    return node ? node : newcomer;
}

void flow_evict(struct flow_table *table)
{
    const struct budget *budget = table->shared->budget;
    if (budget->limit > 0 && budget->used > budget->limit - budget->limit / LIMIT_MEMORY_RESERVE)
        flow_settle_all(table);
    while (flow_is_crowded(table)) {
        struct flow_node *node = least_missed(table);
        if (!node)
            return;
        flow_end(table, node, END_EVICTED);
    }
}
