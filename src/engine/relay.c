/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The batches are a ring. All that is counted only grows, and is under one lock, which is taken a few times a batch:
 *
 *     delivered, heard <= taken <= filled <= lesser of delivered and heard + slots
 *
 * Nobody waits for its turn: hearing and delivering are done by whoever comes by while nobody else does it, for all
 * batches whose turn it is.
 */
#include "relay.h"

#include "batch.h"

#include "overhear/limits.h"
#include "util/thread.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    SLOTS_BESIDE = 2, /* beside those in hand: one that is being filled, one that waits */
};

struct slot {
    struct batch batch;
    bool prepared;            /* and not delivered yet */
    _Atomic unsigned readers; /* hearing and preparing, as far as they are to come */
};

struct relay {
    struct relay_options options;
    pthread_mutex_t lock;
    pthread_cond_t work, room;
    uint64_t filled, taken, heard, delivered; /* batches */
    bool hearing, delivering;                 /* somebody does it */
    bool is_waited_for;                       /* who hands on wants room */
    bool ended;                               /* no more batches are filled */
    pthread_t threads[LIMIT_WORKERS];
    unsigned started;
    unsigned slot_count;
    struct slot slots[];
};

unsigned relay_slots(unsigned threads)
{
    return 2 * threads + SLOTS_BESIDE;
}

static struct slot *slot_of(struct relay *relay, uint64_t batch)
{
    return &relay->slots[batch % relay->slot_count];
}

struct relay *relay_new(const struct relay_options *options)
{
    if (options->threads < 1 || options->threads > LIMIT_WORKERS)
        return NULL;
    const unsigned slots = relay_slots(options->threads);
    struct relay *relay = calloc(1, sizeof *relay + slots * sizeof *relay->slots);
    if (!relay)
        return NULL;
    relay->options = *options;
    relay->slot_count = slots;
    for (unsigned i = 0; i < slots; i++)
        batch_init(&relay->slots[i].batch, LIMIT_BATCH_BYTES);
    thread_lock_init(&relay->lock);
    pthread_cond_init(&relay->work, NULL);
    pthread_cond_init(&relay->room, NULL);
    return relay;
}

static uint64_t done_with(const struct relay *relay)
{
    return relay->heard < relay->delivered ? relay->heard : relay->delivered;
}

/* Enough of it for who hands on to be woken. */
static bool has_room(const struct relay *relay)
{
    return relay->filled - done_with(relay) <= relay->slot_count / 2;
}

static void tell_of_room(struct relay *relay)
{
    if (!relay->is_waited_for || !has_room(relay))
        return;
    relay->is_waited_for = false;
    pthread_cond_signal(&relay->room);
}

/* Not under the lock: who is told takes one of its own. */
static void has_read(struct slot *slot)
{
    if (atomic_fetch_sub_explicit(&slot->readers, 1, memory_order_acq_rel) == 1)
        batch_let_go(&slot->batch);
}

static void hear(struct relay *relay, const struct batch *batch)
{
    const struct batched *each = NULL;
    while (relay->options.hear && (each = batch_next(batch, each)) != NULL)
        relay->options.hear(relay->options.context, each->record);
}

/* Under the lock, which is given up in between. */
static void hear_all(struct relay *relay)
{
    while (!relay->hearing && relay->heard < relay->filled) {
        struct slot *slot = slot_of(relay, relay->heard);
        relay->hearing = true;
        pthread_mutex_unlock(&relay->lock);
        hear(relay, &slot->batch);
        has_read(slot);
        pthread_mutex_lock(&relay->lock);
        relay->hearing = false;
        relay->heard++;
        tell_of_room(relay);
    }
}

/* As hear_all. */
static void deliver_all(struct relay *relay)
{
    while (!relay->delivering && slot_of(relay, relay->delivered)->prepared) {
        const unsigned slot = (unsigned)(relay->delivered % relay->slot_count);
        relay->delivering = true;
        pthread_mutex_unlock(&relay->lock);
        relay->options.deliver(relay->options.context, slot);
        pthread_mutex_lock(&relay->lock);
        relay->delivering = false;
        relay->slots[slot].prepared = false;
        relay->delivered++;
        tell_of_room(relay);
    }
}

static void prepare(struct relay *relay, unsigned slot)
{
    const struct batched *each = NULL;
    while ((each = batch_next(&relay->slots[slot].batch, each)) != NULL)
        if (each->marked)
            relay->options.prepare(relay->options.context, slot, each->record);
}

static void *run(void *context)
{
    struct relay *relay = context;
    pthread_mutex_lock(&relay->lock);
    for (;;) {
        while (relay->taken == relay->filled && !relay->ended)
            pthread_cond_wait(&relay->work, &relay->lock);
        if (relay->taken == relay->filled)
            break;
        const unsigned slot = (unsigned)(relay->taken++ % relay->slot_count);
        hear_all(relay);
        pthread_mutex_unlock(&relay->lock);
        prepare(relay, slot);
        has_read(&relay->slots[slot]);
        pthread_mutex_lock(&relay->lock);
        relay->slots[slot].prepared = true;
        deliver_all(relay);
    }
    pthread_mutex_unlock(&relay->lock);
    return NULL;
}

int relay_start(struct relay *relay)
{
    while (relay->started < relay->options.threads) {
        if (thread_start(&relay->threads[relay->started], "overhear", relay->started + 1, run, relay) != 0)
            return -1;
        relay->started++;
    }
    return 0;
}

/* The batch in hand goes its way, and there is another one to be filled when this returns. */
static void send(struct relay *relay)
{
    atomic_store_explicit(&slot_of(relay, relay->filled)->readers, 2, memory_order_relaxed);
    pthread_mutex_lock(&relay->lock);
    relay->filled++;
    const bool is_full = relay->filled - done_with(relay) == relay->slot_count;
    pthread_mutex_unlock(&relay->lock);
    /* Without the lock, which who is woken wants first of all. */
    pthread_cond_signal(&relay->work);
    if (is_full) {
        pthread_mutex_lock(&relay->lock);
        while (!has_room(relay)) {
            relay->is_waited_for = true;
            pthread_cond_wait(&relay->room, &relay->lock);
        }
        pthread_mutex_unlock(&relay->lock);
    }
    batch_clear(&slot_of(relay, relay->filled)->batch, LIMIT_BATCH_BYTES);
}

bool relay_pass(struct relay *relay, const struct record *record, bool prepare_it)
{
    enum batch_result result = batch_add(&slot_of(relay, relay->filled)->batch, record, prepare_it);
    if (result == BATCH_FULL) {
        send(relay);
        result = batch_add(&slot_of(relay, relay->filled)->batch, record, prepare_it);
    }
    return result == BATCH_TAKEN;
}

void relay_pause(struct relay *relay)
{
    if (!relay->ended && relay->started > 0 && slot_of(relay, relay->filled)->batch.used > 0)
        send(relay);
}

void relay_finish(struct relay *relay)
{
    if (relay->ended)
        return;
    relay_pause(relay);
    pthread_mutex_lock(&relay->lock);
    relay->ended = true;
    pthread_cond_broadcast(&relay->work);
    pthread_mutex_unlock(&relay->lock);
    for (unsigned i = 0; i < relay->started; i++)
        pthread_join(relay->threads[i], NULL);
}

void relay_free(struct relay *relay)
{
    if (!relay)
        return;
    relay_finish(relay);
    for (unsigned i = 0; i < relay->slot_count; i++)
        batch_done(&relay->slots[i].batch);
    pthread_cond_destroy(&relay->room);
    pthread_cond_destroy(&relay->work);
    pthread_mutex_destroy(&relay->lock);
    free(relay);
}
