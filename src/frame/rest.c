/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A session at rest. Hundreds of thousands of questions are answered while the conversations that asked them are still
 * remembered; what they keep until they speak again is a few bytes.
 */
#include "session_state.h"

/* Nothing is left to be said of what was heard, or to be done with what waits. */
static bool is_quiet(const struct session *session)
{
    const struct session_state *state = session->state;
    const bool is_tcp = session_is_stream(session);
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
    if (dissector->state_size == 0 || session_is_stream(session))
        return true;
    return dissector->rest && dissector->rest(session->state->state, session->conversation, &rest->remainder);
}

bool session_rest(struct session *session)
{
    struct session_state *state = session->state;
    if (!state)
        return true;
    struct session_rest *rest = &session->rest;
    rest->dissector = rest->remainder.bits = rest->remainder.count = 0;
    if (!is_quiet(session) || !lets_go(session, rest))
        return false;
    rest->attempts = state->attempts;
    rest->spoke = state->spoke;
    rest->opaque = state->opaque;
    rest->excluded = state->excluded;
    rest->resting = true;
    route_release(session, END_FIN);
    session_give_state(session);
    return true;
}

bool session_wake(struct session *session)
{
    struct session_rest *rest = &session->rest;
    if (!rest->resting || session_is_stream(session))
        return true;
    if (!session_take_state(session))
        return false;
    if (rest->dissector > 0 && !route_resume(session, dissector_registry[rest->dissector - 1], &rest->remainder)) {
        session_give_state(session);
        return false;
    }
    struct session_state *state = session->state;
    state->attempts = rest->attempts;
    state->spoke = rest->spoke;
    state->opaque = rest->opaque;
    state->excluded = rest->excluded;
    rest->resting = false;
    return true;
}
