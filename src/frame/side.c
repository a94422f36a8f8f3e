/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One side's bytes become messages. Bytes that arrive in order and complete their messages are never copied: the
 * loop runs over the packet itself; what is left of it waits in `pending`, and then the loop runs over that.
 */
#include "inflate.h"
#include "session_state.h"

#include "util/budget.h"

enum { EMPTY_BODIES = 16, LAST_WORD_BYTES = 32 };

/* What the loop is looking at. `moment` is that of the packet in hand. */
struct view {
    struct session *session;
    enum side side;
    struct bytes bytes;
    struct moment moment;
    bool from_pending;
    unsigned empty_bodies; /* in a row: a framer that consumes nothing must not keep us here */
};

static struct side_state *state_of(const struct view *view)
{
    return &view->session->state->sides[view->side];
}

static struct moment moment_of(const struct view *view, uint64_t offset)
{
    return view->from_pending ? pending_moment(state_of(view), offset, view->moment) : view->moment;
}

/* From its first byte to its last. Where segments came out of order, the last may have been seen before the first: then
 * the message was there with the first. */
static void set_moments(struct message *message, const struct view *view, uint64_t offset)
{
    const struct moment end = moment_of(view, offset + message->length - 1);
    message->first = moment_of(view, offset);
    message->last = end.frame > message->first.frame ? end : message->first;
}

/* The first n bytes of the view are done with. While the view is over `pending`, the pending bytes are moved once, at
 * the end of the loop. */
static void view_skip(struct view *view, size_t n)
{
    view->bytes = bytes_skip(view->bytes, n);
    state_of(view)->seen = 0;
}

static uint64_t view_offset(const struct view *view, struct bytes whole)
{
    return state_of(view)->offset + (whole.len - view->bytes.len);
}

/* What is open has waited until then, also what is the oldest only since the message before was told. */
static void let_time_pass(const struct view *view, struct moment until)
{
    struct session_shared *shared = view->session->shared;
    const struct moment heard = shared->heard;
    if (!view->session->state->oldest)
        return;
    shared->heard = until;
    transactions_expire(view->session);
    shared->heard = heard;
}

static enum verdict deliver(struct view *view, struct emitter *emitter, struct message *message)
{
    struct session_state *session = view->session->state;
    message->side = view->side;
    if (message->bytes.len > 0 || !message->incomplete) /* lost bytes have no moment: they are told when given up */
        let_time_pass(view, message->last);
    if (!session->sides[view->side].heard)
        transactions_heard(view->session, view->side);
    session->answered_since |= view->side == SIDE_SERVER && message->kind == MESSAGE_WHOLE;
    struct session_shared *shared = view->session->shared;
    const struct moment heard = shared->heard;
    shared->heard = message->last;
    enum verdict verdict = session->dissector->message(session->state, emitter, message);
    shared->heard = heard;
    return verdict;
}

static void give_up(struct session *session)
{
    route_release(session, END_FIN);
    session->state->opaque = true;
}

static enum verdict deliver_piece(struct view *view, struct emitter *emitter, struct bytes whole, size_t n)
{
    struct side_state *state = state_of(view);
    struct message message = {
        .kind = MESSAGE_BODY,
        .bytes = bytes_first(view->bytes, n),
        .length = n,
        .incomplete = state->incomplete,
    };
    set_moments(&message, view, view_offset(view, whole));
    enum verdict verdict = deliver(view, emitter, &message);
    view_skip(view, n);
    if (!state->until_end)
        state->body_left -= n;
    return verdict;
}

static enum verdict deliver_body_end(struct view *view, struct emitter *emitter, struct moment moment, bool incomplete)
{
    struct side_state *state = state_of(view);
    struct message message = {
        .kind = MESSAGE_BODY_END,
        .incomplete = incomplete || state->incomplete,
        .first = moment,
        .last = moment,
    };
    state->in_body = state->until_end = state->incomplete = false;
    state->body_left = 0;
    return deliver(view, emitter, &message);
}

static enum verdict deliver_message(struct view *view, struct emitter *emitter, struct bytes whole, size_t length)
{
    struct side_state *state = state_of(view);
    struct message message = {
        .kind = MESSAGE_WHOLE,
        .bytes = bytes_first(view->bytes, length),
        .length = length,
    };
    const uint64_t offset = view_offset(view, whole);
    set_moments(&message, view, offset);
    state->lost = state->torn = false;
    state->nonsense = 0;
    state->message_length = 0;
    enum verdict verdict = deliver(view, emitter, &message);
    /* Not mine: the next dissector gets the bytes from the start, so they stay. */
    struct session_state *session = view->session->state;
    bool at_start = offset == 0 && session->sides[side_other(view->side)].offset == 0 && !session->spoke;
    if (verdict == VERDICT_NOT_MINE && at_start)
        return VERDICT_NOT_MINE;
    view_skip(view, length);
    return verdict == VERDICT_NOT_MINE ? VERDICT_OK : verdict;
}

/* A message longer than the dissector takes, or memory is out: told as a gap, so that it finds its way back. */
static void pass_over(struct view *view, struct emitter *emitter, uint64_t length)
{
    struct session_state *session = view->session->state;
    struct side_state *state = state_of(view);
    emit_anomaly(emitter, ANOMALY_MESSAGE_TOO_LONG, session->dissector->message_max, 0);
    state->pass_over = length;
    state->message_length = 0;
    state->lost = true;
    if (session->dissector->gap)
        session->dissector->gap(session->state, emitter, view->side, length);
}

/* At the moment of its first byte. */
static void tell_nonsense(struct view *view, struct emitter *emitter, uint64_t offset)
{
    struct session_shared *shared = view->session->shared;
    const struct moment heard = shared->heard;
    shared->heard = moment_of(view, offset);
    emit_anomaly(emitter, ANOMALY_MESSAGE_NONSENSE, offset, 0);
    shared->heard = heard;
}

static void nonsense(struct view *view, struct emitter *emitter, struct bytes whole, uint64_t length)
{
    struct side_state *state = state_of(view);
    size_t n = length < view->bytes.len ? (size_t)length : view->bytes.len;
    if (n == 0)
        n = 1;
    if (state->nonsense == 0 && !state->lost)
        tell_nonsense(view, emitter, view_offset(view, whole));
    /* Behind a gap it may be the rest of something: who does not read it has lost it. */
    if (state->torn && (state->nonsense == 0 || view->session->state->opened_since))
        transactions_doubt(view->session, view->side);
    state->nonsense += n;
    state->lost = true;
    view->session->unrecognised += n;
    view_skip(view, n);
    if (state->nonsense > LIMIT_RESYNC_BYTES)
        give_up(view->session);
}

enum step { STEP_ON, STEP_WAIT, STEP_LEAVE };

static enum step step_verdict(struct session *session, struct emitter *emitter, enum verdict verdict)
{
    struct session_state *state = session->state;
    if (verdict == VERDICT_OK)
        return STEP_ON;
    if (verdict == VERDICT_HAND_OVER) {
        route_release(session, END_FIN);
        state->excluded = 0;
        state->sides[SIDE_CLIENT].unheard = state->sides[SIDE_SERVER].unheard = 0;
        state->wanted = emitter->next_dissector;
    } else {
        state->excluded |= 1u << route_index(state->dissector);
        route_release(session, END_FIN);
    }
    return STEP_LEAVE;
}

/* Of the first n bytes, which have waited, those that came together, so that each byte has its moment. A CR that a
 * piece ends with goes with what follows it, as it does where the piece did not wait. */
static size_t came_together(const struct view *view, struct bytes whole, size_t n)
{
    const struct side_state *state = state_of(view);
    size_t end = 0;
    while (end < n) {
        uint64_t together = pending_seen_together(state, view_offset(view, whole) + end);
        if (together >= n - end)
            return n;
        end += (size_t)together;
        if (!state->in_piece || bytes_at(view->bytes, end - 1) != '\r')
            return end;
        if (end > 1)
            return end - 1;
    }
    return n;
}

static enum step step_body(struct view *view, struct emitter *emitter, struct bytes *whole)
{
    struct side_state *state = state_of(view);
    size_t n = view->bytes.len;
    if (!state->until_end && state->body_left < n)
        n = (size_t)state->body_left;
    if (view->from_pending)
        n = came_together(view, *whole, n);
    enum verdict verdict = VERDICT_OK;
    struct moment moment = moment_of(view, view_offset(view, *whole) + (n ? n - 1 : 0));
    if (n > 0)
        verdict = deliver_piece(view, emitter, *whole, n);
    if (verdict == VERDICT_OK && !state->until_end && state->body_left == 0)
        verdict = deliver_body_end(view, emitter, moment, false);
    return step_verdict(view->session, emitter, verdict);
}

static enum step step_message(struct view *view, struct emitter *emitter, struct framing framing, struct bytes *whole)
{
    struct session_state *session = view->session->state;
    struct side_state *state = state_of(view);
    if (framing.length == 0) {
        nonsense(view, emitter, *whole, 1);
        return session->opaque ? STEP_LEAVE : STEP_ON;
    }
    if (framing.length > session->dissector->message_max) {
        pass_over(view, emitter, framing.length);
        return STEP_ON;
    }
    if (framing.length > view->bytes.len) {
        state->seen = view->bytes.len;
        state->message_length = framing.length;
        return STEP_WAIT;
    }
    return step_verdict(view->session, emitter, deliver_message(view, emitter, *whole, (size_t)framing.length));
}

static enum step step_frame(struct view *view, struct emitter *emitter, struct bytes *whole)
{
    struct session_state *session = view->session->state;
    struct side_state *state = state_of(view);
    struct framing framing = session->dissector->frame(session->state, view->side, view->bytes, state->seen);
    if ((framing.kind != FRAMING_BODY && framing.kind != FRAMING_PIECE) || framing.length > 0)
        view->empty_bodies = 0;
    switch (framing.kind) {
    case FRAMING_MORE:
        state->seen = view->bytes.len;
        if (view->bytes.len <= session->dissector->message_max)
            return STEP_WAIT;
        pass_over(view, emitter, view->bytes.len);
        return STEP_ON;
    case FRAMING_MESSAGE:
        return step_message(view, emitter, framing, whole);
    case FRAMING_BODY:
    case FRAMING_PIECE:
    case FRAMING_BODY_END:
        if (++view->empty_bodies > EMPTY_BODIES)
            break;
        state->in_body = true;
        state->lost = state->torn = false;
        state->nonsense = 0;
        state->seen = 0;
        state->until_end = framing.kind == FRAMING_BODY_END;
        state->in_piece = framing.kind == FRAMING_PIECE;
        state->body_left = framing.length;
        return STEP_ON;
    case FRAMING_NONSENSE:
        break;
    }
    nonsense(view, emitter, *whole, framing.length);
    return session->opaque ? STEP_LEAVE : STEP_ON;
}

/* Runs until the view is used up, more bytes are needed, or the dissector is no longer this conversation's. */
static void run(struct view *view)
{
    struct session_state *session = view->session->state;
    struct side_state *state = state_of(view);
    struct emitter emitter = {view->session, NULL};
    struct bytes whole = view->bytes;
    enum step step = STEP_ON;
    while (step == STEP_ON && session->dissector && !state->switched &&
           (view->bytes.len > 0 || (state->in_body && !state->until_end && state->body_left == 0))) {
        if (view->bytes.len > 0)
            let_time_pass(view, moment_of(view, view_offset(view, whole)));
        if (state->pass_over > 0) {
            size_t n = state->pass_over < view->bytes.len ? (size_t)state->pass_over : view->bytes.len;
            state->pass_over -= n;
            view_skip(view, n);
        } else if (state->in_body) {
            step = step_body(view, &emitter, &whole);
        } else {
            step = step_frame(view, &emitter, &whole);
        }
    }
}

/* What waits; where it turns out to end in a compressed stream, the rest stays. */
static void run_pending(struct session *session, enum side side)
{
    struct pending *pending = &session->state->sides[side].pending;
    if (pending->length == 0 || !session->state->dissector)
        return;
    struct view view = {session, side, bytes_of(pending->at, pending->length), session_heard(session->shared), true, 0};
    run(&view);
    pending_consume(session, side, pending->length - view.bytes.len);
}

/* Bytes of a side as the dissector reads them. Returns what is not of it any more, where the side has become a
 * compressed stream. */
static struct bytes run_plain(struct session *session, enum side side, struct bytes data, struct moment moment)
{
    const struct bytes none = {NULL, 0};
    struct session_state *state = session->state;
    struct side_state *own = &state->sides[side];
    struct emitter emitter = {session, NULL};
    struct bytes rest = data;
    if (own->pending.length == 0) {
        struct view view = {session, side, data, moment, false, 0};
        run(&view);
        own->offset += data.len - view.bytes.len;
        rest = view.bytes;
    }
    if (rest.len == 0)
        return none;
    if (own->switched)
        return rest;
    if (state->opaque) {
        session->unrecognised += rest.len;
        own->offset += rest.len;
        return none;
    }
    if (!pending_append(session, side, rest, moment)) {
        emit_anomaly(&emitter, ANOMALY_MEMORY_LIMIT, rest.len, 0);
        side_gap(session, side, rest.len);
        return none;
    }
    /* What a first run over the packet left behind has been looked at already. */
    if (rest.at == data.at && rest.len == data.len && own->pending.length > rest.len)
        run_pending(session, side);
    return none;
}

struct inflated_run {
    struct session *session;
    enum side side;
    struct moment moment;
};

static void take_inflated(void *context, struct bytes piece)
{
    const struct inflated_run *run = context;
    (void)run_plain(run->session, run->side, piece, run->moment); /* no stream becomes one inside of itself */
}

/* Bytes of a side that is compressed as a whole. */
static void run_inflated(struct session *session, enum side side, struct bytes data, struct moment moment)
{
    struct session_state *state = session->state;
    struct side_state *own = &state->sides[side];
    struct emitter emitter = {session, NULL};
    if (own->unreadable || state->opaque) {
        session->unrecognised += data.len;
        return;
    }
    struct inflated_run run = {session, side, moment};
    const struct byte_sink sink = {&run, take_inflated};
    if (inflater_take(state->streams[side], data, &sink) == INFLATE_OK)
        return;
    emit_anomaly(&emitter, ANOMALY_MESSAGE_BAD_DEFLATE, inflater_in(state->streams[side]), 0);
    side_gap(session, side, data.len);
    own->unreadable = true;
}

/* The side has just become a deflate stream: what waits belongs to it. */
static void switch_over(struct session *session, enum side side)
{
    struct side_state *own = &session->state->sides[side];
    struct pending raw = own->pending;
    struct moment moment = pending_moment(own, own->offset, session_heard(session->shared));
    own->switched = false;
    own->seen = 0;
    own->message_length = 0;
    own->pending = (struct pending){0};
    if (raw.length > 0)
        run_inflated(session, side, bytes_of(raw.at, raw.length), moment);
    pending_release(session->shared->budget, &raw);
}

/* A piece from the midst of a body, before which nothing waits: most of what is downloaded. It goes to the dissector as
 * it is, for a third of what the way through the loop costs. */
static inline bool is_amidst_body(const struct session_state *state, enum side side, size_t length)
{
    const struct side_state *own = &state->sides[side];
    return own->in_body && (own->until_end || own->body_left > length) && own->pending.length == 0 &&
           own->pass_over == 0 && !own->switched && !own->unreadable && !state->streams[side] && state->dissector;
}

static void run_amidst_body(struct session *session, enum side side, struct bytes data, struct moment moment)
{
    struct session_state *state = session->state;
    struct side_state *own = &state->sides[side];
    struct emitter emitter = {session, NULL};
    const struct message message = {
        .kind = MESSAGE_BODY,
        .side = side,
        .bytes = data,
        .length = data.len,
        .incomplete = own->incomplete,
        .first = moment,
        .last = moment,
    };
    enum verdict verdict = state->dissector->message(state->state, &emitter, &message);
    own->seen = 0;
    own->offset += data.len;
    if (!own->until_end)
        own->body_left -= data.len;
    (void)step_verdict(session, &emitter, verdict);
}

void side_run(struct session *session, enum side side, struct bytes data, struct moment moment)
{
    struct session_state *state = session->state;
    if (is_amidst_body(state, side, data.len)) {
        run_amidst_body(session, side, data, moment);
        return;
    }
    if (state->sides[side].switched)
        switch_over(session, side);
    if (!state->streams[side] && !state->sides[side].unreadable) {
        data = run_plain(session, side, data, moment);
        if (!state->sides[side].switched)
            return;
        switch_over(session, side);
    }
    if (data.len > 0)
        run_inflated(session, side, data, moment);
}

/* The word in which it broke off. */
static struct bytes last_word(struct bytes text)
{
    size_t from = text.len;
    while (from > 0 && text.len - from < LAST_WORD_BYTES && bytes_at(text, from - 1) > ' ' &&
           bytes_at(text, from - 1) != '-' && bytes_at(text, from - 1) != '=')
        from--;
    return bytes_skip(text, from == text.len ? (from > 0 ? from - 1 : 0) : from);
}

/* What open records say already is of other messages, of the same frame perhaps, and whole. */
static void keep_whole(struct session_state *session)
{
    for (struct transaction_node *node = session->oldest; node; node = node->younger)
        node->transaction.record.whole_text = node->transaction.record.text_length;
    objects_keep_whole(session);
}

/* Records that are written meanwhile, and those that stay open, name the fields of which the text was cut. */
static void deliver_broken_off(struct view *view, struct emitter *emitter, struct message *message)
{
    struct session *session = view->session;
    size_t length = message->bytes.len;
    bool in_line_end = length > 0 && bytes_at(message->bytes, length - 1) == '\r';
    session->shared->broken_off = last_word(bytes_trim(bytes_first(message->bytes, in_line_end ? length - 1 : length)));
    keep_whole(session->state);
    (void)deliver(view, emitter, message);
    for (struct transaction_node *node = session->state->oldest; node; node = node->younger)
        if (node->transaction.record.last.frame == message->last.frame)
            record_mark_cut(&node->transaction.record, session->shared->broken_off);
    session->shared->broken_off = (struct bytes){NULL, 0};
}

/* What is there of a message that cannot be completed. */
static void deliver_rest(struct view *view, struct emitter *emitter)
{
    struct side_state *state = state_of(view);
    size_t length = state->pending.length;
    if (length == 0)
        return;
    struct message message = {
        .kind = MESSAGE_REST,
        .bytes = bytes_of(state->pending.at, length),
        .length = length,
        .incomplete = true,
    };
    set_moments(&message, view, state->offset);
    deliver_broken_off(view, emitter, &message);
    pending_consume(view->session, view->side, length);
    state->seen = 0;
    state->message_length = 0;
}

/* A gap inside a body or a message whose length is known: what follows it can be told. Returns what of the gap lies
 * beyond. */
static uint64_t gap_inside(struct view *view, struct emitter *emitter, uint64_t length)
{
    struct side_state *state = state_of(view);
    if (state->in_body) {
        uint64_t inside = state->until_end || length < state->body_left ? length : state->body_left;
        state->incomplete = true;
        if (!state->until_end)
            state->body_left -= inside;
        if (!state->until_end && state->body_left == 0)
            (void)deliver_body_end(view, emitter, view->moment, true);
        return length - inside;
    }
    if (state->pass_over > 0) {
        uint64_t inside = length < state->pass_over ? length : state->pass_over;
        state->pass_over -= inside;
        return length - inside;
    }
    if (state->message_length > state->pending.length) {
        uint64_t left = state->message_length - state->pending.length;
        uint64_t inside = length < left ? length : left;
        deliver_rest(view, emitter);
        state->pass_over = left - inside;
        return length - inside;
    }
    return length;
}

void side_gap(struct session *session, enum side side, uint64_t length)
{
    struct session_state *state = session->state;
    struct side_state *own = &state->sides[side];
    struct emitter emitter = {session, NULL};
    if (own->unreadable)
        return;
    if (state->streams[side])
        own->unreadable = true; /* what was inflated before refers to what is lost */
    if (!state->dissector) {
        /* The first bytes are gone: what comes may begin anywhere. */
        own->lost = own->torn = true;
        own->unheard += length;
        return;
    }
    struct view view = {session, side, {NULL, 0}, session->shared->moment, true, 0};
    bool in_body = own->in_body;
    uint64_t beyond = gap_inside(&view, &emitter, length);
    if (beyond > 0)
        deliver_rest(&view, &emitter);
    if (beyond > 0 || own->unreadable)
        transactions_doubt(session, side);
    if (state->dissector->gap && (beyond > 0 || in_body))
        state->dissector->gap(state->state, &emitter, side, length);
    own->offset += length;
    pending_forget_marks(&own->pending);
    if (beyond > 0) {
        own->lost = own->torn = true;
        own->seen = 0;
    }
}

void side_tell_unheard(struct session *session)
{
    struct session_state *state = session->state;
    struct emitter emitter = {session, NULL};
    for (int side = 0; side < 2; side++) {
        const uint64_t length = state->sides[side].unheard;
        if (length == 0)
            continue;
        transactions_doubt(session, (enum side)side);
        if (state->dissector->gap)
            state->dissector->gap(state->state, &emitter, (enum side)side, length);
    }
}

void side_end(struct session *session, enum side side, bool cleanly, struct moment moment)
{
    struct session_state *state = session->state;
    struct side_state *own = &state->sides[side];
    if (own->ended)
        return;
    if (own->switched)
        switch_over(session, side);
    if (!state->dissector && !state->opaque)
        route_stream(session, true);
    own->ended = true;
    if (!state->dissector)
        return;
    struct emitter emitter = {session, NULL};
    struct view view = {session, side, {NULL, 0}, moment, true, 0};
    if (own->in_body)
        (void)deliver_body_end(&view, &emitter, moment, !(own->until_end && cleanly));
    else
        deliver_rest(&view, &emitter);
}
