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

static size_t node_size(const struct session_state *state)
{
    return sizeof(struct transaction_node) + state->dissector->transaction_size;
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
    record_done(&node->transaction.record);
    budget_give(session->shared->budget, node, node_size(session->state));
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

/* Times from the wire may be anywhere, and the clock may have been set back since. */
static bool has_waited(const struct session_shared *shared, const struct transaction *transaction)
{
    const int64_t since_ns = transaction->record.last.time_ns;
    return shared->now_ns > since_ns &&
           (uint64_t)shared->now_ns - (uint64_t)since_ns > LIMIT_TRANSACTION_SECONDS * UINT64_C(1000000000);
}

void transactions_expire(struct session *session)
{
    struct session_state *state = session->state;
    while (state->oldest && !state->oldest->transaction.patient &&
           has_waited(session->shared, &state->oldest->transaction))
        abandon_oldest(session);
}

struct transaction *transaction_open(struct emitter *emitter, uint64_t key, const struct message *message)
{
    struct session *session = emitter->session;
    struct session_state *state = session->state;
    if (state->transaction_count >= LIMIT_TRANSACTIONS) {
        emit_anomaly(emitter, ANOMALY_MESSAGE_TRANSACTIONS_LIMIT, LIMIT_TRANSACTIONS, 0);
        abandon_oldest(session);
    }
    struct transaction_node *node = budget_take(session->shared->budget, node_size(state));
    if (!node)
        return NULL;
    struct transaction *transaction = &node->transaction;
    record_init(&transaction->record, state->dissector->dataset, session->shared->budget);
    transaction->record.conversation = session->conversation;
    transaction->record.wants_notes = session->shared->wants_notes;
    transaction->record.first = message->first;
    transaction->key = key;
    transaction->state = node + 1;
    transaction_touch(transaction, message);
    node->older = state->youngest;
    *(state->youngest ? &state->youngest->younger : &state->oldest) = node;
    state->youngest = node;
    state->transaction_count++;
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
