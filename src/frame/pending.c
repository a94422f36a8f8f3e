/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bytes of one side that wait, and where each of them was seen.
 */
#include "session_state.h"

#include "util/budget.h"

enum { FIRST_PENDING = 1024, FIRST_MARKS = 8 };

/* What is done with stays in the block until there is as much of it as of what waits: so each byte is moved once at
 * most, however little of a long message is taken at a time. */
static void move_to_front(struct pending *pending)
{
    if (pending->passed == 0)
        return;
    memmove(pending->at - pending->passed, pending->at, pending->length);
    pending->at -= pending->passed;
    pending->passed = 0;
}

static bool make_room(struct budget *budget, struct pending *pending, size_t more)
{
    if (more <= pending->capacity - pending->passed - pending->length)
        return true;
    const bool is_amortised = pending->passed >= pending->length;
    move_to_front(pending);
    const size_t wanted = pending->length + more;
    if (is_amortised && wanted <= pending->capacity)
        return true;
    size_t capacity = pending->capacity ? pending->capacity * 2 : FIRST_PENDING;
    while (capacity < wanted)
        capacity *= 2;
    uint8_t *at = budget_resize(budget, pending->at, pending->capacity, capacity);
    if (!at)
        return wanted <= pending->capacity;
    pending->at = at;
    pending->capacity = capacity;
    return true;
}

void pending_forget_marks(struct pending *pending)
{
    if (pending->marks_passed > 0)
        pending->marks -= pending->marks_passed;
    pending->mark_count = pending->marks_passed = 0;
}

/* As make_room, for one more; there may be twice as much room as marks that count. */
static bool make_room_for_mark(struct budget *budget, struct pending *pending)
{
    if (pending->mark_count == LIMIT_MARKS)
        return false;
    if (pending->marks_passed + pending->mark_count < pending->mark_capacity)
        return true;
    const bool is_amortised = pending->marks_passed >= pending->mark_count;
    if (pending->marks_passed > 0) {
        struct mark *front = pending->marks - pending->marks_passed;
        memmove(front, pending->marks, pending->mark_count * sizeof *front);
        pending->marks = front;
        pending->marks_passed = 0;
    }
    if (is_amortised && pending->mark_count < pending->mark_capacity)
        return true;
    size_t capacity = pending->mark_capacity ? pending->mark_capacity * 2 : FIRST_MARKS;
    struct mark *marks = budget_resize(budget, pending->marks, pending->mark_capacity * sizeof *marks,
                                       capacity * sizeof *marks);
    if (!marks)
        return pending->mark_count < pending->mark_capacity;
    pending->marks = marks;
    pending->mark_capacity = capacity;
    return true;
}

/* Past LIMIT_MARKS, or where memory is out, later bytes count as seen with the last mark. */
static void add_mark(struct budget *budget, struct pending *pending, uint64_t offset, struct moment moment)
{
    if (pending->mark_count > 0 && pending->marks[pending->mark_count - 1].moment.frame == moment.frame)
        return;
    if (!make_room_for_mark(budget, pending))
        return;
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
    pending->at += n;
    pending->passed += n;
    pending->length -= n;
    if (pending->length == 0)
        move_to_front(pending);
    state->offset += n;
    size_t passed = 0;
    while (passed + 1 < pending->mark_count && pending->marks[passed + 1].offset <= state->offset)
        passed++;
    if (pending->length == 0)
        passed = pending->mark_count;
    if (passed > 0) {
        pending->marks += passed;
        pending->marks_passed += passed;
        pending->mark_count -= passed;
    }
    if (pending->mark_count == 0)
        pending_forget_marks(pending);
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

void pending_release(struct budget *budget, struct pending *pending)
{
    pending_forget_marks(pending);
    pending->length = 0;
    move_to_front(pending);
    budget_give(budget, pending->at, pending->capacity);
    budget_give(budget, pending->marks, pending->mark_capacity * sizeof *pending->marks);
    *pending = (struct pending){0};
}

void pending_free(struct session *session, enum side side)
{
    pending_release(session->shared->budget, &session->state->sides[side].pending);
}
