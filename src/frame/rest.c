/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A session at rest. Hundreds of thousands of questions are answered while the conversations that asked them are still
 * remembered; what they keep until they speak again is a few bytes.
 */
#include "inflate.h"
#include "session_state.h"

#include "util/budget.h"

void session_give_back(struct session *session)
{
    struct session_state *state = session->state;
    if (session->conversation->transport == TRANSPORT_TCP) {
        pending_free(session, SIDE_CLIENT);
        pending_free(session, SIDE_SERVER);
        inflater_free(state->streams[SIDE_CLIENT]);
        inflater_free(state->streams[SIDE_SERVER]);
    }
    budget_give(session->shared->budget, state, session_state_size(session));
    session->state = NULL;
}

/* Nothing is left to be said of what was heard, or to be done with what waits. */
static bool is_quiet(const struct session *session)
{
    const struct session_state *state = session->state;
    const bool is_tcp = session->conversation->transport == TRANSPORT_TCP;
    bool waits = state->oldest || state->oldest_object || state->swapped || state->inflaters[SIDE_CLIENT] ||
                 state->inflaters[SIDE_SERVER];
    for (int side = 0; side < 2 && is_tcp; side++)
        waits = waits || !state->sides[side].ended || state->sides[side].pending.length > 0;
    return !waits && (is_tcp || !state->wanted);
}

/* Whether the dissector's state may go; what must be kept of it is then in `rest`. */
static bool lets_go(const struct session *session, struct session_rest *rest)
{
    const struct dissector *dissector = session->state->dissector;
    if (!dissector)
        return true;
    if (dissector->end)
        return false;
    rest->dissector = (uint8_t)(route_index(dissector) + 1);
    if (dissector->state_size == 0 || session->conversation->transport == TRANSPORT_TCP)
        return true;
    struct remainder remainder = {0, 0};
    if (!dissector->rest || !dissector->rest(session->state->state, session->conversation, &remainder))
        return false;
    rest->number = remainder.number;
    rest->bits = remainder.bits;
    return true;
}

bool session_rest(struct session *session)
{
    struct session_state *state = session->state;
    if (!state)
        return true;
    struct session_rest rest = {.attempts = state->attempts,
                                .resting = true,
                                .spoke = state->spoke,
                                .opaque = state->opaque,
                                .excluded = state->excluded};
    if (!is_quiet(session) || !lets_go(session, &rest))
        return false;
    route_release(session, END_FIN);
    session_give_back(session);
    session->rest = rest;
    return true;
}

bool session_wake(struct session *session)
{
    const struct session_rest rest = session->rest;
    if (!rest.resting || session->conversation->transport == TRANSPORT_TCP)
        return true;
    struct session_state *state = budget_take(session->shared->budget, session_state_size(session));
    if (!state)
        return false;
    session->state = state;
    const struct remainder remainder = {rest.number, rest.bits};
    if (rest.dissector > 0 && !route_resume(session, dissector_registry[rest.dissector - 1], &remainder)) {
        session_give_back(session);
        return false;
    }
    state->attempts = rest.attempts;
    state->spoke = rest.spoke;
    state->opaque = rest.opaque;
    state->excluded = rest.excluded;
    session->rest = (struct session_rest){0};
    return true;
}
