/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Most of what conversations have in common comes to one engine, because they are between the same hosts. What does not
 * is noticed here: everything of that kind is told in the order of the capture, and compared with what one engine would
 * have known. It may be said too often that something is different, and is never said too seldom.
 */
#include "crew_state.h"

#include <stdlib.h>

enum { PORT_CLASSES = 4096 };

struct memory {
    struct address client, server;
    uint64_t what, frame;
};

struct announcement {
    unsigned part;
    uint64_t number; /* of that engine; 0: free */
    bool came;
    struct endpoint listeners[EXPECTATION_LISTENERS];
    size_t count;
};

struct truth {
    struct memory memories[LIMIT_RECOLLECTIONS]; /* a ring, as is: */
    uint64_t memory_count;
    struct announcement announcements[LIMIT_EXPECTATIONS];
    uint64_t announcement_count;
    uint16_t waiting[PORT_CLASSES];    /* listeners, by the low bits of their ports */
    struct session_shared credentials; /* only these of it */
};

struct truth *truth_new(void)
{
    return calloc(1, sizeof(struct truth));
}

void truth_free(struct truth *truth)
{
    free(truth);
}

static bool is_same(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct address)) == 0;
}

static void remember(struct truth *truth, const struct said_crossing *crossing)
{
    truth->memories[truth->memory_count++ % LIMIT_RECOLLECTIONS] = (struct memory){
        crossing->source.ip, crossing->destination.ip, crossing->what, crossing->found};
}

static uint64_t recall(const struct truth *truth, const struct said_crossing *crossing)
{
    for (uint64_t back = 1; back <= LIMIT_RECOLLECTIONS && back <= truth->memory_count; back++) {
        const struct memory *memory = &truth->memories[(truth->memory_count - back) % LIMIT_RECOLLECTIONS];
        if (memory->what == crossing->what && is_same(&memory->client, &crossing->source.ip) &&
            is_same(&memory->server, &crossing->destination.ip))
            return memory->frame;
    }
    return 0;
}

static void count(struct truth *truth, const struct announcement *announcement, int change)
{
    for (size_t i = 0; i < announcement->count; i++) {
        uint16_t *waiting = &truth->waiting[announcement->listeners[i].port % PORT_CLASSES];
        *waiting = (uint16_t)(*waiting + change);
    }
}

static void announce(struct truth *truth, unsigned part, const struct said_crossing *crossing)
{
    struct announcement *slot = &truth->announcements[truth->announcement_count++ % LIMIT_EXPECTATIONS];
    if (slot->number != 0 && !slot->came)
        count(truth, slot, -1);
    *slot = (struct announcement){.part = part, .number = crossing->what, .count = crossing->count};
    memcpy(slot->listeners, crossing->listeners, sizeof slot->listeners);
    count(truth, slot, 1);
}

static bool is_about(const struct announcement *announcement, const struct endpoint *end)
{
    for (size_t i = 0; i < announcement->count; i++)
        if (announcement->listeners[i].port == end->port && is_same(&announcement->listeners[i].ip, &end->ip))
            return true;
    return false;
}

static void come(struct truth *truth, unsigned part, uint64_t number)
{
    for (size_t i = 0; i < LIMIT_EXPECTATIONS; i++) {
        struct announcement *slot = &truth->announcements[i];
        if (slot->number != number || slot->part != part || slot->came)
            continue;
        slot->came = true;
        count(truth, slot, -1);
    }
}

/* What was found has to be remembered still, and nobody else may have announced the same. */
static bool ask(struct truth *truth, unsigned part, const struct said_crossing *crossing)
{
    bool known = crossing->what == 0;
    if (known && truth->waiting[crossing->destination.port % PORT_CLASSES] == 0 &&
        truth->waiting[crossing->source.port % PORT_CLASSES] == 0)
        return true;
    for (size_t i = 0; i < LIMIT_EXPECTATIONS; i++) {
        struct announcement *slot = &truth->announcements[i];
        if (slot->number == 0)
            continue;
        if (slot->part == part && slot->number == crossing->what)
            known = true;
        else if (slot->part != part && !slot->came &&
                 (is_about(slot, &crossing->destination) || is_about(slot, &crossing->source)))
            return false;
    }
    return known;
}

bool truth_crossing(struct truth *truth, unsigned part, const struct said_crossing *crossing)
{
    switch (crossing->kind) {
    case CROSSING_REMEMBERED:
        remember(truth, crossing);
        return true;
    case CROSSING_RECALLED:
        return recall(truth, crossing) == crossing->found;
    case CROSSING_ANNOUNCED:
        announce(truth, part, crossing);
        return true;
    case CROSSING_ASKED:
        return ask(truth, part, crossing);
    case CROSSING_CAME:
        come(truth, part, crossing->what);
        return true;
    case CROSSING_CREDENTIAL:
        session_credential(&truth->credentials, crossing->protocol, &crossing->destination);
        return true;
    }
    return false;
}

void truth_credentials(const struct truth *truth, struct engine_statistics *ret_statistics)
{
    engine_credentials_fill(&truth->credentials, ret_statistics);
}
