/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The blocks of sessions: they come and go with every conversation.
 */
#include "inflate.h"
#include "session_state.h"

#include "util/budget.h"

enum { SLAB_BLOCK_MOST = 4096 };

static struct slab *slab_of(struct slab *slab, struct budget *budget, size_t size)
{
    if (!slab->budget)
        slab_init(slab, budget, size, NULL);
    return slab;
}

bool session_take_state(struct session *session)
{
    const bool is_stream = session_is_stream(session);
    const size_t size = sizeof(struct session_state) + (is_stream ? 2 * sizeof(struct side_state) : 0);
    session->state = slab_take(slab_of(&session->shared->sessions[is_stream], session->shared->budget, size), size);
    return session->state != NULL;
}

void session_give_state(struct session *session)
{
    struct session_state *state = session->state;
    const bool is_stream = session_is_stream(session);
    if (is_stream) {
        pending_free(session, SIDE_CLIENT);
        pending_free(session, SIDE_SERVER);
        inflater_free(session->shared, state->streams[SIDE_CLIENT]);
        inflater_free(session->shared, state->streams[SIDE_SERVER]);
    }
    slab_give(&session->shared->sessions[is_stream], state);
    session->state = NULL;
}

bool session_take_own(struct session *session, const struct dissector *dissector)
{
    struct session_shared *shared = session->shared;
    const size_t size = dissector->state_size;
    void *own = NULL;
    if (size > SLAB_BLOCK_MOST)
        own = budget_take(shared->budget, size);
    else if (size > 0)
        own = slab_take(slab_of(&shared->states[route_index(dissector)], shared->budget, size), size);
    session->state->state = own;
    return size == 0 || own;
}

void session_give_own(struct session *session, const struct dissector *dissector)
{
    struct session_shared *shared = session->shared;
    if (dissector->state_size > SLAB_BLOCK_MOST)
        budget_give(shared->budget, session->state->state, dissector->state_size);
    else if (dissector->state_size > 0)
        slab_give(&shared->states[route_index(dissector)], session->state->state);
    session->state->state = NULL;
}

static void done(struct slab *slab)
{
    if (slab->budget)
        slab_done(slab);
    *slab = (struct slab){.budget = NULL};
}

void session_blocks_done(struct session_shared *shared)
{
    done(&shared->sessions[0]);
    done(&shared->sessions[1]);
    for (size_t i = 0; i < DISSECTORS_MAX; i++)
        done(&shared->states[i]);
}
