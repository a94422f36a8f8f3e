/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What can be said now, and in which order. A side's next bytes may be delivered when they are there and when the other
 * side's bytes that they acknowledge were delivered before (`may_speak`). A hole becomes a gap when an acknowledgment
 * of it has grown old (`gap_reaches`).
 *
 * Two sides can wait for each other only where a retransmission acknowledges more than the lost original did. Then,
 * after the same patience, the one that was seen first speaks.
 */
#include "side.h"

#include "util/budget.h"

/* What a side says next: bytes, or its FIN. */
struct head {
    bool present;
    uint64_t start;
    const struct utterance *said;
    struct piece *piece; /* NULL: the segment in hand, or the FIN */
    bool is_fin;
};

static struct head head_of(const struct tcp_stream *stream, enum side side)
{
    const struct tcp_side *own = &stream->sides[side];
    const struct current *current = &stream->current;
    struct piece *first = waiting_first(&own->waiting);
    if (current->present && current->side == side && (!first || current->start < first->start))
        return (struct head){true, current->start, &current->said, NULL, false};
    if (first && !tcp_is_vouched(stream, side, first))
        return (struct head){.present = false};
    if (first)
        return (struct head){true, first->start, &first->said, first, false};
    if (own->has_fin && !own->fin_said_done)
        return (struct head){true, own->fin, &own->fin_said, NULL, true};
    return (struct head){.present = false};
}

static bool is_free(const struct tcp_stream *stream, enum side side, const struct utterance *said)
{
    const struct tcp_side *other = &stream->sides[side_other(side)];
    return !said->acknowledges || (other->started && tcp_owed(other, said->acknowledgment) <= 0);
}

/* Both are there and wait for each other, long enough. */
static bool wins_tie(const struct tcp_stream *stream, enum side side, const struct head *head)
{
    enum side opposite = side_other(side);
    const struct tcp_side *own = &stream->sides[side], *other = &stream->sides[opposite];
    bool old = own->has_mature && (int32_t)(own->mature - head->said->acknowledgment) >= 0;
    if (!old && !stream->finishing)
        return false;
    struct head rival = head_of(stream, opposite);
    if (!rival.present || rival.start != other->next || is_free(stream, opposite, rival.said))
        return false;
    return head->said->moment.frame <= rival.said->moment.frame;
}

static bool may_speak(const struct tcp_stream *stream, enum side side, const struct head *head)
{
    if (is_free(stream, side, head->said) || stream->sides[side].forced || stream->letting_go)
        return true;
    const struct tcp_side *other = &stream->sides[side_other(side)];
    if (!other->started)
        return stream->finishing;
    return wins_tie(stream, side, head);
}

/* Of a gap until `to`, what is lost before the other side says its next word: the rest is told after that. */
static uint64_t gap_before_answer(const struct tcp_stream *stream, enum side side, uint64_t to)
{
    const struct tcp_side *own = &stream->sides[side], *other = &stream->sides[side_other(side)];
    const struct head answer = head_of(stream, side_other(side));
    if (!other->started || !answer.present || answer.start != other->next || !answer.said->acknowledges ||
        tcp_owed(own, answer.said->acknowledgment) <= 0)
        return to;
    const uint64_t acknowledged = tcp_locate(own, answer.said->acknowledgment);
    return acknowledged < to ? acknowledged : to;
}

/* How far the bytes of this side are lost. */
static uint64_t gap_reaches(const struct tcp_stream *stream, enum side side, const struct head *head)
{
    const struct tcp_side *own = &stream->sides[side], *other = &stream->sides[side_other(side)];
    uint64_t reaches = own->next;
    if (head->present && own->forced)
        return head->start;
    if (head->present && stream->finishing)
        return gap_before_answer(stream, side, head->start);
    bool all = stream->finishing || !own->seen;
    if (all ? other->has_acked : other->has_mature) {
        uint32_t acknowledged = all ? other->acked : other->mature;
        if (tcp_owed(own, acknowledged) > 0)
            reaches = tcp_locate(own, acknowledged);
    }
    return head->present && head->start < reaches ? head->start : reaches;
}

static void say(struct tcp_delivery *ret, enum tcp_delivery_kind kind, enum side side, struct moment moment)
{
    *ret = (struct tcp_delivery){.kind = kind, .side = side, .moment = moment};
}

/* Returns how many bytes it is. */
static uint64_t take_gap(struct tcp_side *own, uint64_t to)
{
    uint64_t from = own->phantom ? own->next - 1 : own->next;
    own->phantom = false;
    own->bytes_gap += to - from;
    if (own->gap_end != from)
        own->gap_start = from;
    own->gap_end = own->next = to;
    if (own->highest < to)
        own->highest = to;
    own->spoke = true;
    return to - from;
}

static bool deliver_gap(struct tcp_stream *stream, enum side side, uint64_t to, struct tcp_delivery *ret)
{
    say(ret, TCP_GAP, side, stream->now);
    ret->length = take_gap(&stream->sides[side], to);
    return true;
}

void tcp_stream_not_last(struct tcp_stream *stream, enum side side)
{
    struct tcp_side *own = &stream->sides[side];
    if (own->phantom)
        (void)take_gap(own, own->next);
}

static void delivered(struct tcp_stream *stream, enum side side, struct bytes data)
{
    struct tcp_side *own = &stream->sides[side];
    trace_remember(stream, side, own->next, data);
    own->next += data.len;
    own->bytes_delivered += data.len;
    own->spoke = true;
}

/* The segment in hand fits: whatever acknowledged bytes beyond it did so too early, and starts to wait anew. */
static bool deliver_current(struct tcp_stream *stream, struct tcp_delivery *ret)
{
    struct current *current = &stream->current;
    enum side side = current->side;
    struct tcp_side *other = &stream->sides[side_other(side)];
    if (current->data.len == 0) {
        current->present = false;
        return deliver_gap(stream, side, current->start + current->lost, ret);
    }
    say(ret, TCP_DATA, side, current->said.moment);
    ret->data = current->data;
    ret->length = current->data.len;
    delivered(stream, side, current->data);
    other->claimed = other->has_mature = false;
    current->start += current->data.len;
    current->data = (struct bytes){NULL, 0};
    current->present = current->lost > 0;
    if (current->crowded)
        stream->sides[side].forced = current->crowded = false;
    return true;
}

static bool deliver_piece(struct tcp_stream *stream, enum side side, struct piece *piece, struct tcp_delivery *ret)
{
    struct tcp_side *own = &stream->sides[side];
    waiting_remove(&own->waiting, piece);
    stream->held = piece;
    if (piece->lost)
        return deliver_gap(stream, side, piece_end(piece), ret);
    say(ret, TCP_DATA, side, piece->said.moment);
    ret->data = piece_data(piece);
    ret->length = piece->length;
    delivered(stream, side, ret->data);
    return true;
}

static bool deliver_head(struct tcp_stream *stream, enum side side, const struct head *head, struct tcp_delivery *ret)
{
    struct tcp_side *own = &stream->sides[side];
    if (head->is_fin) {
        say(ret, TCP_SIDE_END, side, own->fin_said.moment);
        own->fin_said_done = own->spoke = true;
        own->next++;
        return true;
    }
    if (own->phantom)
        return deliver_gap(stream, side, own->next, ret);
    return head->piece ? deliver_piece(stream, side, head->piece, ret) : deliver_current(stream, ret);
}

static bool deliver_side(struct tcp_stream *stream, enum side side, struct tcp_delivery *ret)
{
    struct tcp_side *own = &stream->sides[side];
    if (!own->started)
        return false;
    struct head head = head_of(stream, side);
    if (head.present && head.start == own->next)
        return may_speak(stream, side, &head) && deliver_head(stream, side, &head, ret);
    uint64_t reaches = gap_reaches(stream, side, &head);
    if (reaches <= own->next)
        return false;
    if (reaches == own->next + 1 && !head.present && !own->fin_said_done && !own->phantom) {
        own->phantom = true; /* more likely a FIN than a byte; told as a gap when more follows */
        own->next = reaches;
        say(ret, TCP_LAST, side, stream->now);
        return true;
    }
    return deliver_gap(stream, side, reaches, ret);
}

static bool deliver_anomaly(struct tcp_stream *stream, struct tcp_delivery *ret)
{
    struct anomaly_queue *queue = stream->anomalies;
    if (queue->taken == queue->count) {
        budget_give(stream->budget, queue, sizeof *queue);
        stream->anomalies = NULL;
        return false;
    }
    const struct queued_anomaly *entry = &queue->entries[queue->taken++];
    say(ret, TCP_ANOMALY, entry->side, stream->now);
    ret->anomaly = entry->anomaly;
    ret->a = entry->a;
    ret->b = entry->b;
    return true;
}

/* Neither bytes nor a FIN of this side are there to be said, and nobody has acknowledged any that are not. */
static inline bool is_silent(const struct tcp_stream *stream, enum side side)
{
    const struct tcp_side *own = &stream->sides[side], *other = &stream->sides[side_other(side)];
    if (own->waiting.root || (own->has_fin && !own->fin_said_done))
        return false;
    return !(stream->finishing || !own->seen ? other->has_acked : other->has_mature);
}

/* Concurrent speech comes in the order in which it was seen. */
static bool deliver_either(struct tcp_stream *stream, struct tcp_delivery *ret)
{
    enum side first = SIDE_CLIENT;
    if (!stream->current.present && is_silent(stream, SIDE_CLIENT) && is_silent(stream, SIDE_SERVER))
        return false;
    struct head client = head_of(stream, SIDE_CLIENT), server = head_of(stream, SIDE_SERVER);
    if (client.present && server.present && server.said->moment.frame < client.said->moment.frame)
        first = SIDE_SERVER;
    return deliver_side(stream, first, ret) || deliver_side(stream, side_other(first), ret);
}

static bool place_crowded(struct tcp_stream *stream)
{
    enum side side = stream->current.side;
    if (!tcp_place_crowded(stream))
        return false;
    stream->sides[side].forced = false;
    return true;
}

/* No more can be delivered, and a piece finds no room to wait: the first hole is given up. */
static void make_room(struct tcp_stream *stream)
{
    enum side side = stream->current.side;
    struct tcp_side *own = &stream->sides[side];
    if (place_crowded(stream))
        return;
    if (own->forced) { /* it cannot be placed */
        own->bytes_over_limit += stream->current.data.len;
        stream->current.present = false;
        return;
    }
    tcp_begin_somewhere(stream, side);
    tcp_drop_doubtful(stream, side);
    if (place_crowded(stream))
        return;
    struct head head = head_of(stream, side);
    own->forced = true;
    tcp_report(stream, side, ANOMALY_TCP_PENDING_LIMIT, LIMIT_TCP_PENDING_BYTES,
               head.start > own->next ? head.start - own->next : 0);
}

/* Nothing is left to deliver: what is owed now, and since when. */
static void settle(struct tcp_stream *stream)
{
    for (int i = 0; i < 2; i++) {
        struct tcp_side *own = &stream->sides[i], *other = &stream->sides[1 - i];
        own->forced = false;
        if (!own->has_acked || !other->started || tcp_owed(other, own->acked) <= 0) {
            own->claimed = own->has_mature = false;
        } else if (!own->claimed && !(own->has_mature && own->mature == own->acked)) {
            own->claimed = true;
            own->claim = own->acked;
            own->claim_frame = stream->frames;
            own->claim_ns = stream->now.time_ns;
        }
    }
    bool unknown = !stream->sides[SIDE_CLIENT].started || !stream->sides[SIDE_SERVER].started;
    if (unknown && !stream->hold && stream->answered) {
        stream->hold_frame = stream->frames;
        stream->hold_ns = stream->now.time_ns;
    }
    stream->hold = unknown && stream->answered;
}

static bool something_waits(const struct tcp_stream *stream)
{
    for (int i = 0; i < 2; i++) {
        const struct tcp_side *own = &stream->sides[i];
        if (own->waiting.root || (own->has_fin && !own->fin_said_done))
            return true;
    }
    return stream->current.present;
}

bool tcp_stream_next(struct tcp_stream *stream, struct tcp_delivery *ret_delivery)
{
    piece_free(stream->held, stream->budget);
    stream->held = NULL;
    for (;;) {
        /* One hole is given up at a time. */
        if (stream->current.crowded && stream->current.present && stream->sides[stream->current.side].forced)
            place_crowded(stream);
        if (stream->anomalies && deliver_anomaly(stream, ret_delivery))
            return true;
        if (deliver_either(stream, ret_delivery))
            return true;
        if (stream->current.present) {
            make_room(stream);
        } else if (stream->finishing && !stream->letting_go && something_waits(stream)) {
            stream->letting_go = true;
        } else {
            break;
        }
    }
    if (stream->finishing && stream->has_reset && !stream->reset_said) {
        stream->reset_said = true;
        say(ret_delivery, TCP_RESET, stream->reset_side, stream->reset_moment);
        return true;
    }
    settle(stream);
    tcp_look_whether_calm(stream);
    return false;
}
