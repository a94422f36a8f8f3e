/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whose conversation is this? -d and the port come first, then what the first bytes say. The decision never depends
 * on how the bytes were cut into segments: a probe that cannot tell yet is asked again with more.
 */
#include "inflate.h"
#include "ports.h"
#include "session_state.h"

enum {
    DATAGRAM_ATTEMPTS = 4,   /* datagrams of a conversation that are probed before it counts as nobody's */
    MIDSTREAM_ATTEMPTS = 16, /* the same for segments of a connection that was under way */
};

static const struct dissector *claimed_by_port(const struct session *session, const char **ret_protocol)
{
    const struct conversation *c = session->conversation;
    const struct dissector *dissector = port_map_find(session->shared->ports, c->transport, c->destination.port,
                                                      ret_protocol);
    if (dissector)
        return dissector;
    return port_map_find(session->shared->ports, c->transport, c->source.port, ret_protocol);
}

unsigned route_index(const struct dissector *dissector)
{
    unsigned index = 0;
    while (dissector_registry[index] != dissector)
        index++;
    return index;
}

static bool is_excluded(const struct session *session, const struct dissector *dissector)
{
    return session->state->excluded != 0 && session->state->excluded & 1u << route_index(dissector);
}

static enum probe ask(const struct session *session, const struct dissector *dissector, enum side side,
                      struct bytes first)
{
    if (!dissector->probe)
        return PROBE_MAYBE;
    return dissector->probe(session->conversation, side, first);
}

/* The roles were the wrong way round. Who sent the SYN is not argued with. */
static void swap_roles(struct session *session)
{
    struct conversation *c = session->conversation;
    struct session_state *state = session->state;
    struct endpoint source = c->source;
    c->source = c->destination;
    c->destination = source;
    state->swapped = !state->swapped;
    if (c->transport != TRANSPORT_TCP)
        return;
    struct side_state client = state->sides[SIDE_CLIENT];
    state->sides[SIDE_CLIENT] = state->sides[SIDE_SERVER];
    state->sides[SIDE_SERVER] = client;
}

static bool may_swap(const struct session *session)
{
    const struct conversation *c = session->conversation;
    return !session->state->spoke && (c->transport == TRANSPORT_UDP || c->midstream);
}

/* The conversation is this dissector's. Returns false where memory is out. */
static bool give_to(struct session *session, const struct dissector *dissector, const char *protocol)
{
    struct session_state *state = session->state;
    if (!session_take_own(session, dissector)) {
        state->opaque = true;
        return false;
    }
    state->dissector = dissector;
    session->conversation->protocol = protocol ? protocol : dissector->name;
    return true;
}

bool route_resume(struct session *session, const struct dissector *dissector, const struct remainder *remainder)
{
    struct session_state *state = session->state;
    if (!session_take_own(session, dissector))
        return false;
    state->dissector = dissector;
    if (dissector->wake)
        dissector->wake(state->state, session->conversation, remainder);
    return true;
}

struct choice {
    const struct dissector *dissector;
    const char *protocol;
    bool swap;
    bool wait; /* somebody cannot tell yet */
};

static bool takes(struct choice *choice, const struct dissector *dissector, const char *protocol, enum probe probe,
                  enum side side, bool maybe_counts)
{
    if (probe == PROBE_MORE)
        choice->wait = true;
    if (probe < PROBE_MAYBE || (probe == PROBE_MAYBE && !maybe_counts))
        return false;
    choice->dissector = dissector;
    choice->protocol = protocol;
    choice->swap = (probe == PROBE_CLIENT && side == SIDE_SERVER) || (probe == PROBE_SERVER && side == SIDE_CLIENT);
    return true;
}

static const struct dissector *dissector_named(const char *name)
{
    for (unsigned i = 0; name && dissector_registry[i]; i++)
        if (strcmp(dissector_registry[i]->name, name) == 0)
            return dissector_registry[i];
    return NULL;
}

bool route_announced(struct session *session, const char *dissector_name, bool swap)
{
    const struct dissector *dissector = dissector_named(dissector_name);
    if (swap && may_swap(session))
        swap_roles(session);
    return dissector && give_to(session, dissector, NULL);
}

/* The first of the registry that recognises these bytes. */
static void choose_by_content(const struct session *session, enum side side, struct bytes first,
                              const struct dissector *claimant, struct choice *choice)
{
    for (unsigned i = 0; dissector_registry[i]; i++) {
        const struct dissector *dissector = dissector_registry[i];
        if (dissector == claimant || is_excluded(session, dissector) || !dissector->probe ||
            (session->conversation->transport == TRANSPORT_TCP && !dissector->frame))
            continue;
        if (takes(choice, dissector, NULL, ask(session, dissector, side, first), side, false))
            return;
    }
}

/* Ask whoever may want the first bytes of this side. When no more will come (`final`), a beginning that could be that
 * of the port's protocol is taken for it. */
static struct choice choose(const struct session *session, enum side side, struct bytes first, bool final)
{
    struct choice choice = {NULL, NULL, false, false};
    const char *protocol = NULL;
    const struct dissector *wanted = dissector_named(session->state->wanted);
    const struct dissector *claimant = wanted ? wanted : claimed_by_port(session, &protocol);
    enum probe probe = PROBE_NO;
    if (claimant && !is_excluded(session, claimant)) {
        probe = ask(session, claimant, side, first);
        if (final && probe == PROBE_MORE)
            probe = PROBE_MAYBE;
        if (takes(&choice, claimant, protocol, probe, side, true) || choice.wait)
            return choice;
    }
    choose_by_content(session, side, first, claimant, &choice);
    if (probe == PROBE_LAST && !choice.dissector && (!choice.wait || final))
        (void)takes(&choice, claimant, protocol, PROBE_MAYBE, side, true);
    choice.wait = choice.wait || probe == PROBE_LATER;
    return choice;
}

/* The port's dissector, where the beginning was not seen and so cannot be judged, or nobody else wants it. */
static bool fall_back_to_port(struct session *session, enum side side)
{
    const char *protocol = NULL;
    const struct dissector *claimant = claimed_by_port(session, &protocol);
    bool beginning_unseen = session->conversation->midstream || session->state->sides[side].lost;
    if (!claimant || !beginning_unseen || is_excluded(session, claimant))
        return false;
    session->state->sides[SIDE_CLIENT].lost = session->state->sides[SIDE_SERVER].lost = true;
    return give_to(session, claimant, protocol);
}

static void drop_pending(struct session *session, enum side side)
{
    struct session_state *state = session->state;
    size_t length = state->sides[side].pending.length;
    session->unrecognised += length;
    state->sides[side].seen = 0;
    pending_consume(session, side, length);
}

/* Nobody wants what this side begins with. */
static void refuse(struct session *session, enum side side, bool final)
{
    struct session_state *state = session->state;
    state->sides[side].refused = true;
    /* What was understood before shows where one stands in the stream: the next segment is no better beginning. */
    bool again = session->conversation->midstream && !state->spoke && ++state->attempts < MIDSTREAM_ATTEMPTS && !final;
    if (again) {
        state->sides[side].refused = false;
        drop_pending(session, side);
        return;
    }
    state->opaque = true;
    drop_pending(session, SIDE_CLIENT);
    drop_pending(session, SIDE_SERVER);
}

/* The dissector before has named the one that follows, since both sides had agreed on it; these bytes are none of its.
 * Where some are lost, they may be from the middle of what is. */
static void tell_disagreement(struct session *session, enum side side, const struct choice *choice)
{
    struct session_state *state = session->state;
    const struct dissector *wanted = dissector_named(state->wanted);
    if (!wanted || choice->dissector == wanted || (choice->wait && !choice->dissector) || state->disagreement_said ||
        state->in_doubt || state->sides[side].lost || session->conversation->midstream ||
        session->conversation->transport != TRANSPORT_TCP)
        return;
    state->disagreement_said = true;
    emit_anomaly(&(struct emitter){session, NULL}, ANOMALY_MESSAGE_NOT_AS_AGREED, state->sides[side].offset, 0);
}

static bool decide(struct session *session, enum side side, bool final)
{
    struct session_state *state = session->state;
    struct side_state *own = &state->sides[side];
    if (own->pending.length == 0)
        return false;
    struct bytes first = bytes_first(bytes_of(own->pending.at, own->pending.length), LIMIT_PROBE_BYTES);
    struct choice choice = choose(session, side, first, final || own->pending.length >= LIMIT_PROBE_BYTES);
    if (state->wanted)
        tell_disagreement(session, side, &choice);
    if (choice.dissector) {
        if (choice.swap && may_swap(session))
            swap_roles(session);
        return give_to(session, choice.dissector, choice.protocol);
    }
    if (choice.wait && !final && own->pending.length < LIMIT_PROBE_BYTES)
        return false;
    if (fall_back_to_port(session, side) || session_take_announced(session, false))
        return true;
    refuse(session, side, final);
    return false;
}

static enum side earlier_side(const struct session_state *state)
{
    const struct pending *client = &state->sides[SIDE_CLIENT].pending;
    const struct pending *server = &state->sides[SIDE_SERVER].pending;
    if (client->mark_count == 0 || server->mark_count == 0)
        return client->mark_count ? SIDE_CLIENT : SIDE_SERVER;
    return server->marks[0].moment.frame < client->marks[0].moment.frame ? SIDE_SERVER : SIDE_CLIENT;
}

static size_t bytes_waiting(const struct session_state *state)
{
    return state->sides[SIDE_CLIENT].pending.length + state->sides[SIDE_SERVER].pending.length;
}

void route_stream(struct session *session, bool final)
{
    struct session_state *state = session->state;
    /* After a hand-over or a refusal the next dissector may hand on as well; each round consumes or excludes. */
    while (!state->dissector && !state->opaque) {
        enum side side = earlier_side(state);
        if (!decide(session, side, final) && (state->opaque || !decide(session, side_other(side), final)))
            return;
        side_tell_unheard(session);
        const struct dissector *taker = state->dissector;
        const size_t before = bytes_waiting(state);
        const unsigned excluded = state->excluded;
        side_run_beginnings(session);
        if (!state->dissector && !state->opaque && bytes_waiting(state) == before)
            state->excluded |= excluded | 1u << route_index(taker); /* it handed on what it has not read: not again */
    }
}

bool route_datagram(struct session *session, enum side *side, struct bytes data)
{
    struct session_state *state = session->state;
    struct choice choice = choose(session, *side, data, true);
    if (!choice.dissector) {
        state->opaque = ++state->attempts >= DATAGRAM_ATTEMPTS;
        return false;
    }
    if (choice.swap && may_swap(session)) {
        swap_roles(session);
        *side = side_other(*side);
    }
    return give_to(session, choice.dissector, choice.protocol);
}

void route_release(struct session *session, enum end_reason reason)
{
    struct session_state *state = session->state;
    if (!state->dissector)
        return;
    struct emitter emitter = {session, NULL};
    transactions_abandon_all(session);
    if (state->dissector->end)
        state->dissector->end(state->state, &emitter, reason);
    objects_abandon_all(session);
    for (int side = 0; side < 2; side++) {
        inflater_free(session->shared, state->inflaters[side]);
        state->inflaters[side] = NULL;
    }
    session_give_own(session, state->dissector);
    state->dissector = NULL;
    for (int side = 0; side < 2 && session->conversation->transport == TRANSPORT_TCP; side++) {
        struct side_state *own = &state->sides[side];
        own->in_body = own->until_end = own->incomplete = false;
        own->body_left = own->pass_over = own->message_length = 0;
        own->seen = 0;
    }
}
