/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where the bytes of a segment go: at once to the caller, among those that wait, or nowhere because they were seen
 * before.
 */
#include "side.h"

#include "util/budget.h"

/* Bytes of a segment, and after them those that the snap length took. */
struct range {
    uint64_t start;
    struct bytes data;
    uint32_t lost;
};

/* How bytes came. */
struct manner {
    struct utterance said;
    struct standing standing;
    enum doubt doubt;
};

static uint64_t range_end(const struct range *range)
{
    return range->start + range->data.len + range->lost;
}

/* [from, to) of a range that it covers. */
static struct range range_part(const struct range *range, uint64_t from, uint64_t to)
{
    struct range part = {from, bytes_slice(range->data, (size_t)(from - range->start), (size_t)(to - from)), 0};
    part.lost = (uint32_t)(to - from - part.data.len);
    return part;
}

static bool has_room(const struct tcp_side *own, size_t bytes)
{
    return own->waiting.count < LIMIT_TCP_PENDING_SEGMENTS && bytes <= LIMIT_TCP_PENDING_BYTES - own->waiting.bytes;
}

/* Whether this can be delivered as it is, without a copy. */
static bool is_next(const struct tcp_stream *stream, enum side side, const struct range *part,
                    const struct utterance *said)
{
    const struct tcp_side *own = &stream->sides[side], *other = &stream->sides[side_other(side)];
    return !stream->current.present && own->started && part->start == own->next &&
           (!said->acknowledges || (other->started && tcp_owed(other, said->acknowledgment) <= 0));
}

static void make_current(struct tcp_stream *stream, enum side side, const struct range *part,
                         const struct utterance *said, bool crowded)
{
    stream->current = (struct current){.present = true,
                                       .crowded = crowded,
                                       .side = side,
                                       .start = part->start,
                                       .data = part->data,
                                       .lost = part->lost,
                                       .said = *said};
}

static void add_waiting(struct tcp_stream *stream, enum side side, uint64_t start, struct bytes data, uint32_t lost,
                        const struct manner *manner)
{
    struct tcp_side *own = &stream->sides[side];
    struct piece *piece = waiting_add(&own->waiting, stream->budget, start, data, lost, &manner->said,
                                      manner->standing);
    if (piece) {
        piece->doubt = (uint8_t)manner->doubt;
        return;
    }
    own->bytes_over_limit += data.len;
    tcp_report(stream, side, ANOMALY_MEMORY_LIMIT, data.len, 0);
}

/* A part of which nothing is there yet. */
static void place_new(struct tcp_stream *stream, enum side side, const struct range *part, const struct manner *manner)
{
    struct tcp_side *own = &stream->sides[side];
    if (manner->doubt == DOUBT_NONE && is_next(stream, side, part, &manner->said)) {
        make_current(stream, side, part, &manner->said, false);
        return;
    }
    if (!has_room(own, part->data.len)) {
        if (stream->current.present || manner->doubt != DOUBT_NONE)
            own->bytes_over_limit += part->data.len;
        else
            make_current(stream, side, part, &manner->said, true);
        return;
    }
    if (part->data.len > 0)
        add_waiting(stream, side, part->start, part->data, 0, manner);
    if (part->lost > 0)
        add_waiting(stream, side, part->start + part->data.len, (struct bytes){NULL, 0}, part->lost, manner);
}

/* False where some byte is known to differ, or is not known of one of the two. */
static bool compare(const struct piece *piece, const struct range *part, struct conflict *conflict)
{
    struct bytes held = bytes_slice(piece_data(piece), (size_t)(part->start - piece->start), part->data.len);
    struct bytes data = bytes_first(part->data, held.len);
    if (bytes_equal(held, data))
        return part->lost == 0 && data.len == part->data.len;
    for (size_t i = 0; i < data.len; i++) {
        if (bytes_at(held, i) == bytes_at(data, i))
            continue;
        if (conflict->bytes++ == 0)
            conflict->first = part->start + i;
    }
    return false;
}

/* A piece that waits keeps the lowest acknowledgment it was sent with: a retransmission may know of more. */
static void keep_earlier(struct piece *piece, const struct utterance *said)
{
    if (said->acknowledges && piece->said.acknowledges &&
        (int32_t)(said->acknowledgment - piece->said.acknowledgment) < 0)
        piece->said.acknowledgment = said->acknowledgment;
}

/* Two pieces out of one, the second from `at` on, which is returned. NULL: memory is out, and it is gone. */
static struct piece *split(struct tcp_stream *stream, enum side side, struct piece *piece, uint64_t at)
{
    struct tcp_side *own = &stream->sides[side];
    const uint32_t keep = (uint32_t)(at - piece->start), rest = piece->length - keep;
    const struct manner manner = {piece->said, piece->standing, piece->doubt};
    const struct bytes tail = bytes_skip(piece_data(piece), keep);
    waiting_shorten(&own->waiting, piece, rest);
    add_waiting(stream, side, at, tail, piece->lost ? rest : 0, &manner);
    struct piece *second = waiting_after(&own->waiting, at);
    return second && second->start == at ? second : NULL;
}

/* The part lies within the piece and takes the place of those bytes. Who said the same first has said it. */
static void replace(struct tcp_stream *stream, enum side side, struct piece *piece, const struct range *part,
                    const struct manner *manner, struct conflict *conflict)
{
    struct tcp_side *own = &stream->sides[side];
    struct manner as = *manner;
    const bool equal = compare(piece, part, conflict), whole = range_end(part) == piece_end(piece);
    if (!equal && tcp_is_told_later(piece->doubt)) {
        tcp_report_doubt(stream, side, piece->doubt, piece->start, piece->length);
        piece->doubt = DOUBT_TOLD;
    }
    if (piece->start < part->start && !(piece = split(stream, side, piece, part->start))) {
        place_new(stream, side, part, manner);
        return;
    }
    if (equal) {
        keep_earlier(piece, &manner->said);
        as.said = piece->said;
    }
    const uint32_t held = piece->lost ? 0 : (uint32_t)(range_end(part) - part->start);
    own->bytes_duplicate += held;
    if (equal && whole) {
        piece->standing = manner->standing;
        piece->doubt = DOUBT_NONE;
        return;
    }
    if (whole) {
        waiting_remove(&own->waiting, piece);
        piece_free(piece, stream->budget);
    } else {
        waiting_trim(&own->waiting, piece, (uint32_t)(range_end(part) - part->start));
    }
    place_new(stream, side, part, &as);
}

static void report_conflict(struct tcp_stream *stream, enum side side, enum anomaly anomaly,
                            const struct conflict *conflict)
{
    const struct tcp_side *own = &stream->sides[side];
    if (conflict->bytes > 0)
        tcp_report(stream, side, anomaly, conflict->first > own->origin ? conflict->first - own->origin : 0,
                   conflict->bytes);
}

/* What is there stays, by the host's books or because the new is doubtful. */
static bool stays(const struct piece *piece, uint64_t at, uint64_t keeps, const struct manner *manner)
{
    return manner->standing.segment == STANDING_DOUBTFUL ||
           (at < keeps && piece->standing.segment != STANDING_DOUBTFUL);
}

/* Places what is used of a range that begins at or after the next byte. Returns whether anything of it was new. */
static bool place(struct tcp_stream *stream, enum side side, const struct range *range, const struct utterance *said,
                  enum doubt doubt)
{
    struct tcp_side *own = &stream->sides[side];
    struct conflict kept = {0, 0}, replaced = {0, 0};
    struct manner manner = {.said = *said, .doubt = doubt == DOUBT_FUTURE ? DOUBT_NONE : doubt};
    uint64_t at = range->start, end = range_end(range);
    const uint64_t captured = range->start + range->data.len;
    const uint64_t keeps = at < end ? tcp_overlap_keeps(stream, side, at, end, &manner.standing) : end;
    bool fresh = false;
    if (doubt != DOUBT_NONE)
        manner.standing.segment = STANDING_DOUBTFUL;
    if (manner.doubt != DOUBT_NONE)
        own->doubtful = true;
    while (at < end) {
        struct piece *piece = waiting_after(&own->waiting, at);
        uint64_t to = piece && piece->start < end ? piece->start : end;
        if (to > at) {
            struct range part = range_part(range, at, to);
            place_new(stream, side, &part, &manner);
            fresh = true;
        } else {
            to = piece_end(piece) < end ? piece_end(piece) : end;
            if (at < captured && captured < to)
                to = captured;
            struct range part = range_part(range, at, to);
            if (stays(piece, at, keeps, &manner) ||
                at >= captured) { /* what was not captured cannot take anything's place */
                own->bytes_duplicate += part.data.len;
                (void)compare(piece, &part, &kept);
                keep_earlier(piece, said);
            } else {
                replace(stream, side, piece, &part, &manner, &replaced);
            }
        }
        at = to;
    }
    if (manner.doubt == DOUBT_NONE)
        report_conflict(stream, side, ANOMALY_TCP_OVERLAP_CONFLICT, &kept);
    report_conflict(stream, side, ANOMALY_TCP_OVERLAP_REPLACED, &replaced);
    return fresh;
}

bool tcp_place_crowded(struct tcp_stream *stream)
{
    struct current crowded = stream->current;
    struct tcp_side *own = &stream->sides[crowded.side];
    if (!has_room(own, crowded.data.len))
        return false;
    stream->current.present = false;
    struct range range = {crowded.start, crowded.data, crowded.lost};
    if (own->started && range.start < own->next) {
        uint64_t end = range_end(&range), to = own->next < end ? own->next : end;
        own->bytes_over_limit += range_part(&range, range.start, to).data.len;
        range = range_part(&range, to, end);
    }
    place(stream, crowded.side, &range, &crowded.said, DOUBT_NONE);
    return true;
}

/* Takes away what lies at or after `bound`; returns how many bytes there were. */
static size_t cut_after(struct range *range, uint64_t bound)
{
    if (range_end(range) <= bound)
        return 0;
    size_t before = range->data.len;
    uint64_t keep = bound > range->start ? bound - range->start : 0;
    *range = range_part(range, range->start, range->start + keep);
    return before - range->data.len;
}

/* After its own FIN or RST a side has nothing to say. */
static void cut_after_end(struct tcp_stream *stream, enum side side, struct range *range)
{
    struct tcp_side *own = &stream->sides[side];
    if (own->has_fin) {
        size_t cut = cut_after(range, own->fin);
        own->bytes_over_limit += cut;
        if (cut > 0)
            tcp_report(stream, side, ANOMALY_TCP_DATA_AFTER_FIN, cut, 0);
    }
    if (own->has_reset) {
        size_t cut = cut_after(range, own->reset_at);
        own->bytes_over_limit += cut;
        if (cut > 0)
            tcp_report(stream, side, ANOMALY_TCP_DATA_AFTER_RESET, cut, 0);
    }
}

/* Takes away and counts what lies before the next byte. Returns whether a part of it comes too late for a gap. */
static bool cut_passed(struct tcp_stream *stream, enum side side, struct range *range)
{
    struct tcp_side *own = &stream->sides[side];
    if (!own->started || range->start >= own->next)
        return false;
    uint64_t end = range_end(range), to = own->next < end ? own->next : end;
    struct range passed = range_part(range, range->start, to);
    uint64_t from = passed.start > own->gap_start ? passed.start : own->gap_start;
    uint64_t until = passed.start + passed.data.len;
    until = until < own->gap_end ? until : own->gap_end;
    uint64_t late = until > from ? until - from : 0;
    own->bytes_over_limit += late;
    own->bytes_duplicate += passed.data.len - late;
    if (late == 0 && range->start >= own->origin) {
        const struct conflict conflict = trace_compare(stream, side, range->start, range->data);
        report_conflict(stream, side, ANOMALY_TCP_OVERLAP_CONFLICT, &conflict);
    }
    *range = range_part(range, to, end);
    return late > 0;
}

/* The end waits behind a hole, and these bytes go on over it: the host may forget that it was there. */
static void overrule_end(struct tcp_stream *stream, enum side side, const struct range *range, enum doubt doubt)
{
    struct tcp_side *own = &stream->sides[side];
    const uint64_t end = range_end(range);
    if (!own->has_fin || doubt != DOUBT_NONE || !own->started || end <= own->fin || tcp_received(own) >= own->fin)
        return;
    const uint64_t segment = own->fin - own->fin_bytes;
    bool covers = stream->stack != STACK_WINDOWS && range->start < segment;
    if (stream->stack == STACK_LINUX && range->start == segment && end > own->fin + 1)
        covers = true;
    if (!covers)
        return;
    own->has_fin = false;
    tcp_report(stream, side, ANOMALY_TCP_END_OVERRULED, own->fin - own->origin, end - own->fin);
}

/* It waits, and gives way. */
static void put_aside(struct tcp_stream *stream, enum side side, struct range *range, const struct utterance *said,
                      enum doubt doubt)
{
    const struct tcp_side *own = &stream->sides[side];
    if (own->started && range->start < own->next) {
        const uint64_t end = range_end(range), to = own->next < end ? own->next : end;
        stream->sides[side].bytes_duplicate += range_part(range, range->start, to).data.len;
        *range = range_part(range, to, end);
    }
    const uint64_t bytes = range_end(range) - range->start;
    if (place(stream, side, range, said, doubt) && !tcp_is_told_later(doubt))
        tcp_report_doubt(stream, side, doubt, range->start, bytes);
}

static bool is_keep_alive(const struct tcp_side *own, const struct tcp_side *other, const struct range *range)
{
    return range_end(range) == range->start + 1 && range_end(range) == own->highest && other->has_acked &&
           (int32_t)(other->acked - (uint32_t)own->highest) >= 0;
}

void tcp_payload(struct tcp_stream *stream, enum side side, uint64_t start, struct bytes data, uint32_t lost,
                 const struct utterance *said, enum doubt doubt)
{
    struct tcp_side *own = &stream->sides[side];
    struct range range = {start, data, lost};
    own->bytes_seen += data.len;
    if (is_keep_alive(own, &stream->sides[side_other(side)], &range)) {
        own->keep_alives++;
        own->bytes_duplicate += data.len;
        return;
    }
    if (own->started && range_end(&range) <= own->next)
        doubt = DOUBT_NONE; /* nothing depends on it */
    overrule_end(stream, side, &range, doubt);
    cut_after_end(stream, side, &range);
    if (range_end(&range) == range.start)
        return;
    if (doubt != DOUBT_NONE && doubt != DOUBT_FUTURE) {
        put_aside(stream, side, &range, said, doubt);
        return;
    }
    if (own->phantom && range.start + 1 == own->next) {
        own->phantom = false; /* it was a byte after all */
        own->next--;
    }
    bool later_seen = start < own->highest;
    if (own->highest < range_end(&range))
        own->highest = range_end(&range);
    bool late = cut_passed(stream, side, &range);
    bool fresh = place(stream, side, &range, said, doubt);
    if (late || (fresh && later_seen))
        own->out_of_order++;
    else if (!fresh)
        own->retransmissions++;
}
