/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Mails and files that travel inside a conversation: records beside the transactions, at most LIMIT_OBJECTS of them.
 */
#include "session_state.h"

#include "util/budget.h"

struct object_node {
    struct object object; /* the first member: nodes are found from it */
    struct object_node *older, *younger;
};

static struct object_node *node_of(struct object *object)
{
    return (struct object_node *)(void *)object;
}

enum { KEPT_NODES = 32, KEPT_ITEMS = 64, KEPT_TEXT = 1024, KEPT_BYTES = 256 * 1024, KEPT_STATE = 2048 };

static size_t node_size(const struct object_type *type)
{
    return sizeof(struct object_node) + type->state_size;
}

/* The shelf of this type; NULL: all belong to others. */
static struct object_shelf *shelf_of(struct session_shared *shared, const struct object_type *type)
{
    for (size_t i = 0; i < OBJECT_SHELVES; i++) {
        struct object_shelf *shelf = &shared->object_shelves[i];
        if (!shelf->type)
            shelf->type = type;
        if (shelf->type == type)
            return shelf;
    }
    return NULL;
}

static struct object_node *take_node(struct session_shared *shared, const struct object_type *type)
{
    struct object_shelf *shelf = shelf_of(shared, type);
    struct object_node *node = shelf ? shelf->nodes : NULL;
    if (!node) {
        node = budget_take(shared->budget, node_size(type));
        if (node)
            record_init(&node->object.record, type->dataset, shared->budget);
        return node;
    }
    shelf->nodes = node->older;
    shelf->count--;
    record_reuse(&node->object.record, type->dataset);
    memset(node + 1, 0, type->state_size - type->unset_size);
    return node;
}

static void free_node(struct session_shared *shared, struct object_node *node)
{
    record_done(&node->object.record);
    budget_give(shared->budget, node, node_size(node->object.type));
}

/* With little memory fewer are kept: no eviction brings them back. */
static void keep_node(struct session_shared *shared, struct object_node *node)
{
    const struct object_type *type = node->object.type;
    const struct record *record = &node->object.record;
    struct object_shelf *shelf = shelf_of(shared, type);
    const size_t most = budget_share(shared->budget, KEPT_BYTES) / (KEPT_BYTES / KEPT_NODES);
    if (!shelf || shelf->count >= most || record->item_capacity > KEPT_ITEMS || record->text_capacity > KEPT_TEXT ||
        type->state_size > KEPT_STATE) {
        free_node(shared, node);
        return;
    }
    node->older = shelf->nodes;
    shelf->nodes = node;
    shelf->count++;
}

void objects_shared_done(struct session_shared *shared)
{
    for (size_t i = 0; i < OBJECT_SHELVES; i++) {
        struct object_shelf *shelf = &shared->object_shelves[i];
        while (shelf->nodes) {
            struct object_node *node = shelf->nodes;
            shelf->nodes = node->older;
            free_node(shared, node);
        }
        *shelf = (struct object_shelf){0};
    }
}

struct object *object_open(struct emitter *emitter, const struct object_type *type, const struct message *message)
{
    struct session *session = emitter->session;
    struct session_state *state = session->state;
    if (state->object_count >= LIMIT_OBJECTS) {
        emit_anomaly(emitter, ANOMALY_MESSAGE_OBJECTS_LIMIT, LIMIT_OBJECTS, 0);
        return NULL;
    }
    struct object_node *node = take_node(session->shared, type);
    if (!node) {
        emit_anomaly(emitter, ANOMALY_MEMORY_LIMIT, message ? message->length : 0, 0);
        return NULL;
    }
    struct record *record = &node->object.record;
    record->conversation = session->conversation;
    record->wants_notes = session->shared->wants_notes;
    /* A piece of which a part has waited opens something with its end; but what a dissector has kept back until the
     * conversation is over began when it was seen. */
    const bool in_hand = session->shared->heard.frame != 0;
    const bool by_message = message && (message->kind != MESSAGE_BODY || !in_hand);
    record->first = record->last = by_message ? message->first : session_heard(session->shared);
    node->object.type = type;
    node->object.state = node + 1;
    node->younger = NULL;
    node->older = state->youngest_object;
    *(state->youngest_object ? &state->youngest_object->younger : &state->oldest_object) = node;
    state->youngest_object = node;
    state->object_count++;
    return &node->object;
}

void object_drop(struct emitter *emitter, struct object *object)
{
    struct session_state *state = emitter->session->state;
    struct object_node *node = node_of(object);
    *(node->older ? &node->older->younger : &state->oldest_object) = node->younger;
    *(node->younger ? &node->younger->older : &state->youngest_object) = node->older;
    state->object_count--;
    keep_node(emitter->session->shared, node);
}

void object_close(struct emitter *emitter, struct object *object)
{
    session_write(emitter->session->shared, &object->record);
    emitter->session->state->spoke = true;
    object_drop(emitter, object);
}

/* A mail abandons the attachment that it holds itself, so the oldest go first; the hook may close its own object. */
void objects_keep_whole(struct session_state *session)
{
    for (struct object_node *node = session->oldest_object; node; node = node->younger)
        node->object.record.whole_text = node->object.record.text_length;
}

void objects_abandon_all(struct session *session)
{
    struct emitter emitter = {session, NULL};
    while (session->state->oldest_object) {
        struct object_node *node = session->state->oldest_object;
        if (node->object.type->abandon)
            node->object.type->abandon(&emitter, &node->object);
        if (session->state->oldest_object == node)
            object_close(&emitter, &node->object);
    }
}
