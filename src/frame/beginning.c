/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What both sides said before anybody knew whose conversation it is. It is told in the order in which it was seen, a
 * moment at a time, as if it had been known from the beginning: when it was recognised changes nothing.
 */
#include "session_state.h"

struct beginning {
    struct pending pending;
    uint64_t start, end; /* offsets of the first byte and behind the last */
    uint64_t offset;     /* of the next byte */
    size_t mark;         /* its moment */
};

static struct beginning take_beginning(struct side_state *own)
{
    const struct beginning beginning = {own->pending, own->offset, own->offset + own->pending.length, own->offset, 0};
    own->pending = (struct pending){0};
    own->seen = 0;
    return beginning;
}

/* Where memory was out when it came, there is no mark. */
static struct moment moment_of(const struct beginning *beginning, struct moment otherwise)
{
    return beginning->mark < beginning->pending.mark_count ? beginning->pending.marks[beginning->mark].moment
                                                           : otherwise;
}

/* All of one moment. */
static void tell(struct session *session, enum side side, struct beginning *own, struct moment moment)
{
    const size_t next = own->mark + 1;
    const uint64_t until = next < own->pending.mark_count ? own->pending.marks[next].offset : own->end;
    const struct bytes all = bytes_of(own->pending.at, own->pending.length);
    const struct bytes piece = bytes_slice(all, (size_t)(own->offset - own->start), (size_t)(until - own->offset));
    session->shared->heard = moment;
    if (session->state->oldest)
        transactions_expire(session);
    side_run(session, side, piece, moment);
    own->offset = until;
    own->mark = next;
}

void side_run_beginnings(struct session *session)
{
    struct session_shared *shared = session->shared;
    const struct moment heard = shared->heard, now = session_heard(shared);
    struct beginning both[2] = {take_beginning(&session->state->sides[SIDE_CLIENT]),
                                take_beginning(&session->state->sides[SIDE_SERVER])};
    for (;;) {
        const struct moment moments[2] = {moment_of(&both[SIDE_CLIENT], now), moment_of(&both[SIDE_SERVER], now)};
        const bool has_client = both[SIDE_CLIENT].offset < both[SIDE_CLIENT].end;
        const bool has_server = both[SIDE_SERVER].offset < both[SIDE_SERVER].end;
        if (!has_client && !has_server)
            break;
        const bool is_server = !has_client || (has_server && moments[SIDE_SERVER].frame < moments[SIDE_CLIENT].frame);
        const enum side side = is_server ? SIDE_SERVER : SIDE_CLIENT;
        tell(session, side, &both[side], moments[side]);
    }
    shared->heard = heard;
    for (int side = 0; side < 2; side++)
        pending_release(shared->budget, &both[side].pending);
}
