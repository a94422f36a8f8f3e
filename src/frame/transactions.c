/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Open transactions of a conversation, oldest first. LIMIT_TRANSACTIONS bounds the list, so walking it is bounded too.
 */
#include "session_state.h"

#include "util/budget.h"

static struct transaction_node *node_of(struct transaction *transaction)
{
    /* The transaction is the first member of its node. */
    return (struct transaction_node *)(void *)transaction;
}

enum { KEPT_NODES = 256, KEPT_ITEMS = 128, KEPT_TEXT = 4096, KEPT_BYTES = 2 * 1024 * 1024 };

static size_t node_size(const struct dissector *dissector)
{
    return sizeof(struct transaction_node) + dissector->transaction_size;
}

static void free_node(struct budget *budget, struct transaction_node *node, const struct dissector *dissector)
{
    record_done(&node->transaction.record);
    budget_give(budget, node, node_size(dissector));
}

/* The shelf of this dissector; NULL: all belong to others. */
static struct transaction_shelf *shelf_of(struct session_shared *shared, const struct dissector *dissector)
{
    for (size_t i = 0; i < TRANSACTION_SHELVES; i++) {
        struct transaction_shelf *shelf = &shared->shelves[i];
        if (!shelf->dissector)
            shelf->dissector = dissector;
        if (shelf->dissector == dissector)
            return shelf;
    }
    return NULL;
}

/* What came last is taken first: it is still in the cache. */
static struct transaction_node *take_node(struct session_shared *shared, const struct dissector *dissector)
{
    struct transaction_shelf *shelf = shelf_of(shared, dissector);
    struct transaction_node *node = shelf ? shelf->nodes : NULL;
    if (!node) {
        node = budget_take(shared->budget, node_size(dissector));
        if (node)
            record_init(&node->transaction.record, dissector->dataset, shared->budget);
        return node;
    }
    shelf->nodes = node->older;
    shelf->count--;
    record_reuse(&node->transaction.record, dissector->dataset);
    memset(node + 1, 0, dissector->transaction_size);
    node->transaction.patient = false;
    return node;
}

/* With little memory fewer are kept: no eviction brings them back. */
static void keep_node(struct session_shared *shared, struct transaction_node *node, const struct dissector *dissector)
{
    const struct record *record = &node->transaction.record;
    struct transaction_shelf *shelf = shelf_of(shared, dissector);
    const size_t most = budget_share(shared->budget, KEPT_BYTES) / (KEPT_BYTES / KEPT_NODES);
    if (!shelf || shelf->count >= most || record->item_capacity > KEPT_ITEMS || record->text_capacity > KEPT_TEXT) {
        free_node(shared->budget, node, dissector);
        return;
    }
    node->older = shelf->nodes;
    shelf->nodes = node;
    shelf->count++;
}

void transactions_shared_done(struct session_shared *shared)
{
    for (size_t i = 0; i < TRANSACTION_SHELVES; i++) {
        struct transaction_shelf *shelf = &shared->shelves[i];
        while (shelf->nodes) {
            struct transaction_node *node = shelf->nodes;
            shelf->nodes = node->older;
            free_node(shared->budget, node, shelf->dissector);
        }
        *shelf = (struct transaction_shelf){0};
    }
}

static void unlink_node(struct session_state *state, struct transaction_node *node)
{
    *(node->older ? &node->older->younger : &state->oldest) = node->younger;
    *(node->younger ? &node->younger->older : &state->youngest) = node->older;
    state->transaction_count--;
}

static void remove_node(struct session *session, struct transaction_node *node)
{
    unlink_node(session->state, node);
    keep_node(session->shared, node, session->state->dissector);
}

/* The dissector may close it itself in its hook; then it is gone already. */
static void abandon_oldest(struct session *session)
{
    struct session_state *state = session->state;
    struct transaction_node *node = state->oldest;
    struct emitter emitter = {session, NULL};
    if (state->dissector->abandon)
        state->dissector->abandon(state->state, &emitter, &node->transaction);
    if (state->oldest == node)
        transaction_close(&emitter, &node->transaction);
}

void transactions_abandon_all(struct session *session)
{
    while (session->state->oldest)
        abandon_oldest(session);
}

/* Times from the wire may be anywhere, and the clock may have been set back since. It goes by the time of the bytes in
 * hand: those that waited for others, at a beginning that was not seen or behind a hole, come late, and may be the
 * answer. */
static bool has_waited(const struct session_shared *shared, const struct transaction *transaction)
{
    const int64_t since_ns = transaction->record.last.time_ns;
    const bool earlier = shared->heard.frame && shared->heard.time_ns < shared->now_ns;
    const int64_t now_ns = earlier ? shared->heard.time_ns : shared->now_ns;
    return now_ns > since_ns &&
           (uint64_t)now_ns - (uint64_t)since_ns > LIMIT_TRANSACTION_SECONDS * UINT64_C(1000000000);
}

void transactions_expire(struct session *session)
{
    struct session_state *state = session->state;
    while (state->oldest && !state->oldest->transaction.patient &&
           has_waited(session->shared, &state->oldest->transaction))
        abandon_oldest(session);
}

static void mark_open(struct session_state *state)
{
    state->opened_since = false;
    for (struct transaction_node *node = state->oldest; node; node = node->younger)
        node->transaction.record.incomplete = true;
}

void transactions_doubt(struct session *session, enum side side)
{
    struct session_state *state = session->state;
    bool requests_unheard = side == SIDE_CLIENT && !state->sides[side].heard;
    if (state->dissector->answers_by_name || requests_unheard)
        return;
    state->in_doubt = true;
    state->answered_since = false;
    if (state->sides[SIDE_SERVER].heard)
        mark_open(state);
}

void transactions_heard(struct session *session, enum side side)
{
    struct session_state *state = session->state;
    state->sides[side].heard = true;
    if (side == SIDE_SERVER && state->in_doubt)
        mark_open(state);
}

void emit_in_step(struct emitter *emitter)
{
    emitter->session->state->in_doubt = false;
}

/* Who does not pipeline asks when everything has been answered; then nothing is left to be confused with. */
static bool is_doubtful(struct session_state *state, const struct message *message)
{
    if (message->side == SIDE_CLIENT && state->answered_since && !state->oldest)
        state->in_doubt = false;
    return state->in_doubt && state->sides[SIDE_SERVER].heard;
}

struct transaction *transaction_open(struct emitter *emitter, uint64_t key, const struct message *message)
{
    struct session *session = emitter->session;
    struct session_state *state = session->state;
    if (state->transaction_count >= LIMIT_TRANSACTIONS) {
        emit_anomaly(emitter, ANOMALY_MESSAGE_TRANSACTIONS_LIMIT, LIMIT_TRANSACTIONS, 0);
        abandon_oldest(session);
    }
    struct transaction_node *node = take_node(session->shared, state->dissector);
    if (!node)
        return NULL;
    struct transaction *transaction = &node->transaction;
    transaction->record.conversation = session->conversation;
    transaction->record.wants_notes = session->shared->wants_notes;
    transaction->record.first = message->first;
    transaction->record.incomplete = state->in_doubt && is_doubtful(state, message);
    transaction->key = key;
    transaction->state = node + 1;
    transaction_touch(transaction, message);
    node->younger = NULL;
    node->older = state->youngest;
    *(state->youngest ? &state->youngest->younger : &state->oldest) = node;
    state->youngest = node;
    state->transaction_count++;
    state->opened_since = true;
    return transaction;
}

static struct transaction *find_from(struct transaction_node *node, uint64_t key)
{
    while (node && node->transaction.key != key)
        node = node->younger;
    return node ? &node->transaction : NULL;
}

struct transaction *transaction_find(struct emitter *emitter, uint64_t key)
{
    return find_from(emitter->session->state->oldest, key);
}

struct transaction *transaction_find_next(struct emitter *emitter, struct transaction *after)
{
    (void)emitter;
    return find_from(node_of(after)->younger, after->key);
}

struct transaction *transaction_oldest(struct emitter *emitter)
{
    struct transaction_node *node = emitter->session->state->oldest;
    return node ? &node->transaction : NULL;
}

struct transaction *transaction_younger(struct emitter *emitter, struct transaction *than)
{
    (void)emitter;
    struct transaction_node *node = node_of(than)->younger;
    return node ? &node->transaction : NULL;
}

void transaction_rekey(struct emitter *emitter, struct transaction *transaction, uint64_t key)
{
    (void)emitter;
    transaction->key = key;
}

void transaction_touch(struct transaction *transaction, const struct message *message)
{
    struct record *record = &transaction->record;
    struct moment *own = message->side == SIDE_CLIENT ? &record->request : &record->response;
    if (own->frame == 0)
        *own = message->first;
    if (message->first.frame > record->last.frame) /* what a dissector gathered may end before it began */
        record->last = message->first;
    if (message->last.frame >= record->last.frame)
        record->last = message->last;
    if (message->incomplete)
        record->incomplete = true;
}

void transaction_close(struct emitter *emitter, struct transaction *transaction)
{
    session_write(emitter->session->shared, &transaction->record);
    emitter->session->state->spoke = true;
    remove_node(emitter->session, node_of(transaction));
}

void transaction_drop(struct emitter *emitter, struct transaction *transaction)
{
    remove_node(emitter->session, node_of(transaction));
}
