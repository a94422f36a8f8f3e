/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The life of a session. The blocks it needs are made when the first bytes come, so that a conversation that says
 * nothing costs nothing here.
 */
#include "session.h"

#include "inflate.h"
#include "names.h"
#include "ports.h"
#include "session_state.h"

#include "util/budget.h"

void session_init(struct session *session, struct session_shared *shared, struct conversation *conversation)
{
    memset(session, 0, offsetof(struct session, rest.remainder.numbers));
    session->shared = shared;
    session->conversation = conversation;
}

bool session_take_announced(struct session *session, bool certain)
{
    const char *dissector;
    struct announced_as as;
    if (session->conversation->transport != TRANSPORT_TCP)
        return false;
    uint64_t number = expectation_match(session->shared, session->conversation, &dissector, &as);
    if (number == 0 || as.certain != certain)
        return false;
    expectation_take(session->shared, session->conversation, number);
    if (!route_announced(session, dissector, as.swap))
        return false;
    session->state->announced = number;
    return true;
}

static bool wake(struct session *session, uint64_t length)
{
    const bool is_over = session->conversation->transport == TRANSPORT_TCP;
    if (!is_over && session_wake(session))
        return true;
    if (!is_over)
        session_anomaly(session->shared, session->conversation, ANOMALY_MEMORY_LIMIT, length, 0);
    return false;
}

static bool begin(struct session *session, uint64_t length)
{
    if (session->state)
        return true;
    if (session->rest.resting)
        return wake(session, length);
    if (session_take_state(session)) {
        (void)session_take_announced(session, true);
        return true;
    }
    session_anomaly(session->shared, session->conversation, ANOMALY_MEMORY_LIMIT, length, 0);
    return false;
}

void session_datagram(struct session *session, enum side side, struct bytes data, uint64_t length, struct moment moment)
{
    if (!begin(session, length))
        return;
    struct session_state *state = session->state;
    if (!state->opaque && !state->dissector)
        (void)route_datagram(session, &side, data);
    if (!state->dissector) {
        session->unrecognised += length;
        return;
    }
    transactions_expire(session);
    if (state->oldest && session->shared->names) /* an answer, perhaps */
        names_prefetch(session->shared->names, &session->conversation->source.ip,
                       &session->conversation->destination.ip);
    struct emitter emitter = {session, NULL};
    struct message message = {
        .kind = MESSAGE_WHOLE,
        .side = side,
        .bytes = data,
        .length = length,
        .incomplete = length > data.len,
        .first = moment,
        .last = moment,
    };
    if (state->dissector->message(state->state, &emitter, &message) == VERDICT_OK || state->spoke || state->oldest)
        return;
    /* Not its protocol after all, and nothing was said yet: it is nobody's. */
    route_release(session, END_FIN);
    session->conversation->protocol = NULL;
    session->unrecognised += length;
    state->opaque = true;
}

void session_data(struct session *session, enum side side, struct bytes data, struct moment moment)
{
    if (data.len == 0 || !begin(session, data.len))
        return;
    struct session_state *state = session->state;
    session->shared->heard = moment;
    if (state->oldest)
        transactions_expire(session);
    side_run(session, side, data, moment);
    if (!state->dissector && !state->opaque)
        route_stream(session, false);
    session->shared->heard.frame = 0;
}

void session_gap(struct session *session, enum side side, uint64_t length)
{
    if (length == 0 || !begin(session, length))
        return;
    if (!session->state->dissector && !session->state->opaque)
        route_stream(session, true);
    side_gap(session, side, length);
}

bool session_is_amidst(const struct session *session, enum side side)
{
    const struct session_state *state = session->state;
    if (!state || !state->dissector || !session_is_stream(session))
        return false;
    const struct side_state *own = &state->sides[side];
    return own->pending.length > 0 || own->pass_over > 0 || (own->in_body && !own->until_end && own->body_left > 0);
}

void session_side_end(struct session *session, enum side side, struct moment moment)
{
    if (!session->state)
        return;
    session->shared->heard = moment;
    side_end(session, side, true, moment);
    session->shared->heard.frame = 0;
}

/* RFC 792 and RFC 4443, for people. `ends`: nobody waits for an answer after that. */
struct icmp_meaning {
    uint8_t family, type;
    int16_t code; /* -1: any other */
    bool ends;
    const char *words;
};

static const struct icmp_meaning icmp_meanings[] = {
    {4, 3, 0, true, "network unreachable"},
    {4, 3, 1, true, "host unreachable"},
    {4, 3, 2, true, "protocol unreachable"},
    {4, 3, 3, true, "port unreachable"},
    {4, 3, 4, false, "packet too big"},
    {4, 3, 5, true, "source route failed"},
    {4, 3, 6, true, "network unknown"},
    {4, 3, 7, true, "host unknown"},
    {4, 3, 9, true, "network prohibited"},
    {4, 3, 10, true, "host prohibited"},
    {4, 3, 13, true, "communication prohibited"},
    {4, 3, -1, true, "unreachable"},
    {4, 4, -1, false, "source quench"},
    {4, 5, -1, false, "redirect"},
    {4, 11, 0, true, "time to live exceeded"},
    {4, 11, -1, true, "reassembly time exceeded"},
    {6, 1, 0, true, "no route"},
    {6, 1, 1, true, "communication prohibited"},
    {6, 1, 2, true, "beyond the scope of the source address"},
    {6, 1, 3, true, "address unreachable"},
    {6, 1, 4, true, "port unreachable"},
    {6, 1, 5, true, "source address prohibited"},
    {6, 1, 6, true, "route rejected"},
    {6, 1, -1, true, "unreachable"},
    {6, 2, -1, false, "packet too big"},
    {6, 3, 0, true, "hop limit exceeded"},
    {6, 3, -1, true, "reassembly time exceeded"},
};

static const struct icmp_meaning *icmp_meaning_of(const struct icmp_error *error, uint8_t family)
{
    static const struct icmp_meaning other = {0, 0, -1, false, "parameter problem"};
    for (size_t i = 0; i < sizeof icmp_meanings / sizeof *icmp_meanings; i++) {
        const struct icmp_meaning *row = &icmp_meanings[i];
        if (row->family == family && row->type == error->type && (row->code == error->code || row->code < 0))
            return row;
    }
    return &other;
}

void session_icmp_error(struct session *session, const struct icmp_error *error, uint8_t family)
{
    /* A redirect, a smaller packet size or a request to slow down do not end a request; TCP tries again by itself. */
    const struct icmp_meaning *meaning = icmp_meaning_of(error, family);
    if (!session->state || session->conversation->transport != TRANSPORT_UDP || !meaning->ends)
        return;
    for (struct transaction_node *node = session->state->oldest; node; node = node->younger) {
        node->transaction.record.icmp_error = meaning->words;
        node->transaction.record.last = session->shared->moment;
    }
    transactions_abandon_all(session);
}

void session_tick(struct session *session)
{
    if (session->state && session->state->dissector)
        transactions_expire(session);
}

void session_end(struct session *session, enum end_reason reason)
{
    /* An empty file is a file: it has no first byte to tell of it. */
    const char *dissector;
    struct announced_as as;
    if (!session->state && !session->rest.resting &&
        expectation_match(session->shared, session->conversation, &dissector, &as) != 0)
        (void)begin(session, 0);
    struct session_state *state = session->state;
    if (!state)
        return;
    bool cleanly = reason == END_FIN;
    if (session->conversation->transport == TRANSPORT_TCP) {
        side_end(session, SIDE_CLIENT, cleanly, session->shared->moment);
        side_end(session, SIDE_SERVER, cleanly, session->shared->moment);
    }
    route_release(session, reason);
    session_give_state(session);
}

bool session_knows_port(const struct session_shared *shared, uint8_t transport, uint16_t port)
{
    const char *protocol;
    return port_map_find(shared->ports, transport, port, &protocol) != NULL;
}

uint64_t session_unrecognised_bytes(const struct session *session)
{
    return session->unrecognised;
}

bool session_take_swap(struct session *session)
{
    bool swapped = session->state && session->state->swapped;
    if (swapped)
        session->state->swapped = false;
    return swapped;
}
