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

static size_t node_size(const struct object_type *type)
{
    return sizeof(struct object_node) + type->state_size;
}

struct object *object_open(struct emitter *emitter, const struct object_type *type, const struct message *message)
{
    struct session *session = emitter->session;
    struct session_state *state = session->state;
    if (state->object_count >= LIMIT_OBJECTS) {
        emit_anomaly(emitter, ANOMALY_MESSAGE_OBJECTS_LIMIT, LIMIT_OBJECTS, 0);
        return NULL;
    }
    struct object_node *node = budget_take(session->shared->budget, node_size(type));
    if (!node) {
        emit_anomaly(emitter, ANOMALY_MEMORY_LIMIT, message ? message->length : 0, 0);
        return NULL;
    }
    struct record *record = &node->object.record;
    record_init(record, type->dataset, session->shared->budget);
    record->conversation = session->conversation;
    record->wants_notes = session->shared->wants_notes;
    record->first = record->last = message ? message->first : session->shared->moment;
    node->object.type = type;
    node->object.state = node + 1;
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
    record_done(&object->record);
    budget_give(emitter->session->shared->budget, node, node_size(object->type));
}

void object_close(struct emitter *emitter, struct object *object)
{
    session_write(emitter->session->shared, &object->record);
    emitter->session->state->spoke = true;
    object_drop(emitter, object);
}

/* A mail abandons the attachment that it holds itself, so the oldest go first; the hook may close its own object. */
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
