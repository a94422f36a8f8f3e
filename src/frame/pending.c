/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bytes of one side that wait, and where each of them was seen.
 */
#include "session_state.h"

#include "util/budget.h"

enum { FIRST_PENDING = 1024, FIRST_MARKS = 8 };

static bool make_room(struct budget *budget, struct pending *pending, size_t more)
{
    size_t wanted = pending->length + more;
    if (wanted <= pending->capacity)
        return true;
    size_t capacity = pending->capacity ? pending->capacity : FIRST_PENDING;
    while (capacity < wanted)
        capacity *= 2;
    uint8_t *at = budget_resize(budget, pending->at, pending->capacity, capacity);
    if (!at)
        return false;
    pending->at = at;
    pending->capacity = capacity;
    return true;
}

/* Past LIMIT_MARKS, or where memory is out, later bytes count as seen with the last mark. */
static void add_mark(struct budget *budget, struct pending *pending, uint64_t offset, struct moment moment)
{
    if (pending->mark_count > 0 && pending->marks[pending->mark_count - 1].moment.frame == moment.frame)
        return;
    if (pending->mark_count == pending->mark_capacity) {
        size_t capacity = pending->mark_capacity ? pending->mark_capacity * 2 : FIRST_MARKS;
        struct mark *marks = capacity > LIMIT_MARKS
                                 ? NULL
                                 : budget_resize(budget, pending->marks, pending->mark_capacity * sizeof *marks,
                                                 capacity * sizeof *marks);
        if (!marks)
            return;
        pending->marks = marks;
        pending->mark_capacity = capacity;
    }
    pending->marks[pending->mark_count++] = (struct mark){offset, moment};
}

bool pending_append(struct session *session, enum side side, struct bytes data, struct moment moment)
{
    struct side_state *state = &session->state->sides[side];
    struct pending *pending = &state->pending;
    if (!make_room(session->shared->budget, pending, data.len))
        return false;
    add_mark(session->shared->budget, pending, state->offset + pending->length, moment);
    memcpy(pending->at + pending->length, data.at, data.len);
    pending->length += data.len;
    return true;
}

void pending_consume(struct session *session, enum side side, size_t n)
{
    struct side_state *state = &session->state->sides[side];
    struct pending *pending = &state->pending;
    if (n == 0)
        return;
    memmove(pending->at, pending->at + n, pending->length - n);
    pending->length -= n;
    state->offset += n;
    size_t passed = 0;
    while (passed + 1 < pending->mark_count && pending->marks[passed + 1].offset <= state->offset)
        passed++;
    if (pending->length == 0)
        passed = pending->mark_count;
    if (passed > 0) {
        pending->mark_count -= passed;
        memmove(pending->marks, pending->marks + passed, pending->mark_count * sizeof *pending->marks);
    }
}

/* How many marks lie at `offset` or before it. */
static size_t marks_up_to(const struct pending *pending, uint64_t offset)
{
    size_t low = 0, high = pending->mark_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pending->marks[middle].offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint64_t pending_seen_together(const struct side_state *state, uint64_t offset)
{
    const struct pending *pending = &state->pending;
    size_t next = marks_up_to(pending, offset);
    return next < pending->mark_count ? pending->marks[next].offset - offset : UINT64_MAX;
}

struct moment pending_moment(const struct side_state *state, uint64_t offset, struct moment otherwise)
{
    const struct pending *pending = &state->pending;
    size_t low = marks_up_to(pending, offset);
    if (low > 0)
        return pending->marks[low - 1].moment;
    return pending->mark_count > 0 ? pending->marks[0].moment : otherwise; /* memory was out when it came */
}

void pending_free(struct session *session, enum side side)
{
    struct pending *pending = &session->state->sides[side].pending;
    budget_give(session->shared->budget, pending->at, pending->capacity);
    budget_give(session->shared->budget, pending->marks, pending->mark_capacity * sizeof *pending->marks);
    *pending = (struct pending){0};
}
