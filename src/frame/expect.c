/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Conversations that another one announced: a ring of LIMIT_EXPECTATIONS, found by number and by listener.
 *
 * An announcement is a claim by whoever speaks on the control connection. It must not let him hide the connections of
 * others from their dissectors, so a port that a dissector claims is never expected, and an announcement serves one
 * connection.
 */
#include "session_state.h"

#include "util/budget.h"

enum { PORT_CLASSES = 4096 };

struct expectation {
    uint64_t number; /* 0: free */
    const char *dissector;
    struct address ends[2]; /* of the conversation that announced it */
    struct endpoint listeners[EXPECTATION_LISTENERS];
    size_t count;
    int64_t made_ns;
    bool came;
    void *block;
};

struct expectations {
    struct budget *budget;
    uint64_t made;
    uint16_t waiting[PORT_CLASSES]; /* listeners not yet connected to, by the low bits of their ports */
    struct expectation ring[LIMIT_EXPECTATIONS];
};

static struct expectation *slot_of(struct expectations *expectations, uint64_t number)
{
    struct expectation *slot = &expectations->ring[number % LIMIT_EXPECTATIONS];
    return number != 0 && slot->number == number ? slot : NULL;
}

static void count_listeners(struct expectations *expectations, const struct expectation *slot, int change)
{
    for (size_t i = 0; i < slot->count; i++) {
        uint16_t *waiting = &expectations->waiting[slot->listeners[i].port % PORT_CLASSES];
        *waiting = (uint16_t)(*waiting + change);
    }
}

static void forget(struct expectations *expectations, struct expectation *slot)
{
    if (slot->number != 0 && !slot->came)
        count_listeners(expectations, slot, -1);
    budget_give(expectations->budget, slot->block, EXPECTATION_BYTES);
    *slot = (struct expectation){0};
}

void expectations_free(struct expectations *expectations)
{
    if (!expectations)
        return;
    for (size_t i = 0; i < LIMIT_EXPECTATIONS; i++)
        forget(expectations, &expectations->ring[i]);
    budget_give(expectations->budget, expectations, sizeof *expectations);
}

static struct expectations *expectations_of(struct session_shared *shared)
{
    if (!shared->expectations) {
        shared->expectations = budget_take(shared->budget, sizeof *shared->expectations);
        if (shared->expectations)
            shared->expectations->budget = shared->budget;
    }
    return shared->expectations;
}

/* No eviction brings the blocks back: with little memory fewer are remembered. */
static void forget_beyond_share(struct expectations *expectations, uint64_t youngest)
{
    const size_t most = (size_t)LIMIT_EXPECTATIONS * EXPECTATION_BYTES;
    uint64_t kept = budget_share(expectations->budget, most) / EXPECTATION_BYTES;
    struct expectation *slot = youngest > kept ? slot_of(expectations, youngest - kept) : NULL;
    if (slot)
        forget(expectations, slot);
}

uint64_t emit_expect(struct emitter *emitter, const char *dissector_name, const struct endpoint *listeners,
                     size_t count)
{
    struct session_shared *shared = emitter->session->shared;
    struct expectations *expectations = expectations_of(shared);
    if (!expectations)
        return 0;
    uint64_t number = ++expectations->made;
    struct expectation *slot = &expectations->ring[number % LIMIT_EXPECTATIONS];
    forget(expectations, slot);
    forget_beyond_share(expectations, number);
    void *block = budget_take(expectations->budget, EXPECTATION_BYTES);
    if (!block)
        return 0;
    *slot = (struct expectation){
        .number = number,
        .dissector = dissector_name,
        .ends = {emitter->session->conversation->source.ip, emitter->session->conversation->destination.ip},
        .made_ns = shared->now_ns,
        .block = block};
    for (size_t i = 0; i < count && slot->count < EXPECTATION_LISTENERS; i++)
        if (!session_knows_port(shared, TRANSPORT_TCP, listeners[i].port))
            slot->listeners[slot->count++] = listeners[i];
    count_listeners(expectations, slot, 1);
    session_crossing(shared, &(struct crossing){.kind = CROSSING_ANNOUNCED,
                                                .conversation = emitter->session->conversation,
                                                .what = number,
                                                .listeners = slot->listeners,
                                                .count = slot->count});
    return number;
}

void emit_expect_no_more(struct emitter *emitter, uint64_t number)
{
    struct expectations *expectations = emitter->session->shared->expectations;
    struct expectation *slot = expectations ? slot_of(expectations, number) : NULL;
    if (slot && !slot->came)
        forget(expectations, slot);
}

void *emit_expectation(struct emitter *emitter, uint64_t number)
{
    struct expectations *expectations = emitter->session->shared->expectations;
    struct expectation *slot = expectations ? slot_of(expectations, number) : NULL;
    return slot ? slot->block : NULL;
}

uint64_t emit_announced(const struct emitter *emitter)
{
    return emitter->session->state->announced;
}

static bool is_listener(const struct expectation *slot, const struct endpoint *endpoint)
{
    for (size_t i = 0; i < slot->count; i++)
        if (slot->listeners[i].port == endpoint->port &&
            memcmp(&slot->listeners[i].ip, &endpoint->ip, sizeof endpoint->ip) == 0)
            return true;
    return false;
}

static bool is_own(const struct expectation *slot, const struct address *listener)
{
    return memcmp(listener, &slot->ends[0], sizeof *listener) == 0 ||
           memcmp(listener, &slot->ends[1], sizeof *listener) == 0;
}

/* Times from the wire may be anywhere, and the clock may have been set back since. */
static bool is_old(const struct session_shared *shared, const struct expectation *slot)
{
    return shared->now_ns > slot->made_ns &&
           (uint64_t)shared->now_ns - (uint64_t)slot->made_ns > LIMIT_EXPECTATION_SECONDS * UINT64_C(1000000000);
}

static uint64_t find(struct session_shared *shared, const struct conversation *conversation, const char **ret_dissector,
                     struct announced_as *ret_as)
{
    struct expectations *expectations = shared->expectations;
    if (!expectations || conversation->transport != TRANSPORT_TCP ||
        (expectations->waiting[conversation->destination.port % PORT_CLASSES] == 0 &&
         expectations->waiting[conversation->source.port % PORT_CLASSES] == 0))
        return 0;
    /* The youngest first: a port may have been announced again. */
    for (uint64_t back = 0; back < LIMIT_EXPECTATIONS && back < expectations->made; back++) {
        struct expectation *slot = slot_of(expectations, expectations->made - back);
        if (!slot || slot->came || is_old(shared, slot))
            continue;
        bool listens = is_listener(slot, &conversation->destination);
        if (!listens && !is_listener(slot, &conversation->source))
            continue;
        ret_as->swap = !listens;
        ret_as->certain = is_own(slot, listens ? &conversation->destination.ip : &conversation->source.ip);
        *ret_dissector = slot->dissector;
        return slot->number;
    }
    return 0;
}

uint64_t expectation_match(struct session_shared *shared, const struct conversation *conversation,
                           const char **ret_dissector, struct announced_as *ret_as)
{
    uint64_t number = find(shared, conversation, ret_dissector, ret_as);
    session_crossing(shared, &(struct crossing){.kind = CROSSING_ASKED, .conversation = conversation, .what = number});
    return number;
}

void expectation_take(struct session_shared *shared, const struct conversation *conversation, uint64_t number)
{
    struct expectation *slot = slot_of(shared->expectations, number);
    if (!slot || slot->came)
        return;
    slot->came = true;
    session_crossing(shared, &(struct crossing){.kind = CROSSING_CAME, .conversation = conversation, .what = number});
    count_listeners(shared->expectations, slot, -1);
}
