/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From one thread to one other: blocks of any length in a ring of bytes. Who writes makes a block in place, who reads
 * reads it in place; nobody waits here, and no memory is taken after the beginning.
 */
#ifndef OVERHEAR_ENGINE_QUEUE_H
#define OVERHEAR_ENGINE_QUEUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QUEUE_ALIGNMENT = 16 };

struct queue {
    uint8_t *ring;
    size_t size;
    /* Who writes. Both positions only grow; their difference is what waits. */
    _Alignas(64) _Atomic uint64_t written;
    _Atomic uint64_t blocks_written;
    uint64_t reserved; /* where the block in the making ends */
    /* Who reads. */
    _Alignas(64) _Atomic uint64_t read;
    _Atomic uint64_t blocks_read;
};

/* `size` is a multiple of QUEUE_ALIGNMENT; it is at least twice that of the longest block and its head (16 bytes).
 * False: no memory. */
bool queue_init(struct queue *queue, size_t size);
void queue_done(struct queue *queue);

/* Room for a block, aligned to QUEUE_ALIGNMENT; NULL: not now. Nobody sees it before queue_commit. */
void *queue_reserve(struct queue *queue, size_t length);
void queue_commit(struct queue *queue);

/* The oldest block; NULL: there is none. It may be changed, and stays until queue_pop. */
void *queue_front(struct queue *queue);
void queue_pop(struct queue *queue);

/* What waits, at this moment; from any thread. */
uint64_t queue_bytes(const struct queue *queue);
uint64_t queue_blocks(const struct queue *queue);

#endif
