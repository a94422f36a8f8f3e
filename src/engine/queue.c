/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Before each block stands its length. A block is never cut in two: where it does not fit before the end of the ring, a
 * head of length 0 says that it begins at the front.
 */
#include "queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert(sizeof(uint64_t) <= QUEUE_ALIGNMENT, "the head keeps the block aligned");

bool queue_init(struct queue *queue, size_t size)
{
    assert(size % QUEUE_ALIGNMENT == 0);
    memset(queue, 0, sizeof *queue);
    queue->ring = aligned_alloc(QUEUE_ALIGNMENT, size);
    queue->size = size;
    return queue->ring != NULL;
}

void queue_done(struct queue *queue)
{
    free(queue->ring);
    queue->ring = NULL;
}

static void put_head(struct queue *queue, uint64_t at, uint64_t length)
{
    memcpy(queue->ring + at % queue->size, &length, sizeof length);
}

static uint64_t head_at(const struct queue *queue, uint64_t at)
{
    uint64_t length;
    memcpy(&length, queue->ring + at % queue->size, sizeof length);
    return length;
}

void *queue_reserve(struct queue *queue, size_t length)
{
    uint64_t begin = atomic_load_explicit(&queue->written, memory_order_relaxed);
    uint64_t room = queue->size - (begin - atomic_load_explicit(&queue->read, memory_order_acquire));
    uint64_t need = QUEUE_ALIGNMENT + (length + QUEUE_ALIGNMENT - 1) / QUEUE_ALIGNMENT * QUEUE_ALIGNMENT;
    uint64_t behind = queue->size - begin % queue->size; /* to the end of the ring */
    uint64_t passed = behind < need ? behind : 0;
    assert(length > 0 && need <= queue->size / 2);
    if (passed + need > room)
        return NULL;
    if (passed > 0)
        put_head(queue, begin, 0);
    put_head(queue, begin + passed, need);
    queue->reserved = begin + passed + need;
    return queue->ring + (begin + passed) % queue->size + QUEUE_ALIGNMENT;
}

/* In one order with what others do that both sides must agree on: whether anybody sleeps. */
void queue_commit(struct queue *queue)
{
    atomic_fetch_add_explicit(&queue->blocks_written, 1, memory_order_relaxed);
    atomic_store_explicit(&queue->written, queue->reserved, memory_order_seq_cst);
}

/* Where the oldest block's head stands; what is passed over at the end of the ring is given back. */
static bool find_front(struct queue *queue, uint64_t *ret_at)
{
    uint64_t at = atomic_load_explicit(&queue->read, memory_order_relaxed);
    if (at == atomic_load_explicit(&queue->written, memory_order_seq_cst))
        return false;
    if (head_at(queue, at) == 0) {
        at += queue->size - at % queue->size;
        atomic_store_explicit(&queue->read, at, memory_order_release);
    }
    *ret_at = at;
    return true;
}

void *queue_front(struct queue *queue)
{
    uint64_t at;
    return find_front(queue, &at) ? queue->ring + at % queue->size + QUEUE_ALIGNMENT : NULL;
}

void queue_pop(struct queue *queue)
{
    uint64_t at;
    if (!find_front(queue, &at))
        return;
    atomic_fetch_add_explicit(&queue->blocks_read, 1, memory_order_relaxed);
    atomic_store_explicit(&queue->read, at + head_at(queue, at), memory_order_seq_cst);
}

/* What is read first can only be too low: never more than there is. */
static uint64_t between(const _Atomic uint64_t *end, const _Atomic uint64_t *begin)
{
    uint64_t from = atomic_load_explicit(begin, memory_order_acquire);
    return atomic_load_explicit(end, memory_order_acquire) - from;
}

uint64_t queue_bytes(const struct queue *queue)
{
    return between(&queue->written, &queue->read);
}

uint64_t queue_blocks(const struct queue *queue)
{
    return between(&queue->blocks_written, &queue->blocks_read);
}
