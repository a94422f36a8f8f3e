/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which bytes a host uses where a segment has some in common with others that wait in front of a hole. Every host trims
 * what it has received in order already; what lies beyond is a matter of taste, and an observer with another taste than
 * the receiver reads another text. docs/evasion.md has the sources, and what each way comes to in all relations that
 * two segments can have.
 *
 * Linux (tcp_data_queue_ofo): segments are kept whole, by where they begin, and whoever begins first is read first. One
 * that lies within another is dropped; it drops those that lie within it; and where two begin at the same place the
 * longer one stays. One that begins exactly where another ends is joined to that, and from then on begins with it;
 * whether it meets that one on its way down the tree depends on the tree, of which the age of both is told here: that
 * is exact for two that wait, and for more as long as the tree was not turned.
 *
 * FreeBSD (tcp_reass): bytes without a hole between them are one block. What a new segment begins in or at stays;
 * beyond the end of that block it takes the place of all that it meets.
 *
 * Windows: what came first stays.
 */
#include "side.h"

static bool is_solid(const struct piece *piece)
{
    return piece->standing.segment != STANDING_DOUBTFUL;
}

uint64_t tcp_received(struct tcp_side *own)
{
    const struct piece *piece;
    if (own->received < own->next)
        own->received = own->next;
    while ((piece = waiting_after(&own->waiting, own->received)) && piece->start <= own->received && is_solid(piece))
        own->received = piece_end(piece);
    return own->received;
}

/* The segment that ends at `start`, where the host would join another to it. */
static const struct piece *joins(const struct tcp_side *own, uint64_t start, uint64_t end)
{
    const struct piece *before = waiting_after(&own->waiting, start - 1);
    if (!before || piece_end(before) != start || !is_solid(before))
        return NULL;
    const struct piece *piece = waiting_after(&own->waiting, start);
    for (; piece && piece->start < end && piece->standing.segment <= start;
         piece = waiting_after(&own->waiting, piece_end(piece)))
        if (piece->standing.age <= before->standing.age)
            return NULL;
    return before;
}

/* Whether the segment that the piece belongs to goes on to `end`. */
static bool goes_on_to(const struct tcp_side *own, const struct piece *piece, uint64_t end)
{
    const uint32_t age = piece->standing.age;
    uint64_t to = piece->start;
    for (; piece && piece->start <= to && piece->standing.age == age && to < end;
         piece = waiting_after(&own->waiting, to))
        to = piece_end(piece);
    return to >= end;
}

static uint64_t linux_keeps(const struct tcp_side *own, uint64_t start, uint64_t end, struct standing *standing)
{
    const struct piece *joined = joins(own, start, end);
    if (joined) {
        *standing = joined->standing;
        return start;
    }
    uint64_t kept = start;
    const struct piece *piece = waiting_after(&own->waiting, start);
    for (; piece && piece->start <= kept && kept < end && piece->standing.segment <= start;
         piece = waiting_after(&own->waiting, kept)) {
        if (piece->standing.segment < start) {
            kept = piece_end(piece);
        } else if (goes_on_to(own, piece, end)) {
            kept = end;
        } else {
            standing->age = piece->standing.age;
            break;
        }
    }
    return kept;
}

static uint64_t bsd_keeps(const struct tcp_side *own, uint64_t start, uint64_t end)
{
    uint64_t kept = start;
    const struct piece *piece = waiting_after(&own->waiting, start);
    for (; piece && piece->start <= kept && kept < end && is_solid(piece); piece = waiting_after(&own->waiting, kept))
        kept = piece_end(piece);
    return kept;
}

uint64_t tcp_overlap_keeps(struct tcp_stream *stream, enum side side, uint64_t start, uint64_t end,
                           struct standing *ret_standing)
{
    struct tcp_side *own = &stream->sides[side];
    *ret_standing = (struct standing){start, ++own->age};
    if (!own->waiting.root || stream->stack == STACK_WINDOWS)
        return end;
    uint64_t kept = own->started ? tcp_received(own) : 0;
    if (kept < start)
        kept = stream->stack == STACK_LINUX ? linux_keeps(own, start, end, ret_standing) : bsd_keeps(own, start, end);
    return kept < end ? kept : end;
}
