/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Blocks of one size, of which there are many. They lie side by side in chunks of 64 KiB, so that a block costs its
 * size and no more, and taking or giving one back is a few instructions. A chunk that is empty may serve any slab of
 * the same budget, and goes back to the system with its neighbours; one is kept, so that nothing swings at the border.
 * The budget is charged block by block, as for budget_take.
 *
 * With an index, blocks (of several slabs, too) also have numbers of 32 bits: half of a pointer for those who link
 * very many of them.
 */
#ifndef OVERHEAR_UTIL_SLAB_H
#define OVERHEAR_UTIL_SLAB_H

#include "budget.h"

enum { SLAB_CHUNK_SIZE = 64 * 1024, SLAB_UNIT = 8 /* a block's place in its chunk is a multiple of this */ };

struct slab_chunk;

struct slab_index {
    struct slab_chunk **chunks;
    uint32_t capacity; /* of `chunks` */
    uint32_t count;    /* of it that were ever used */
    uint32_t unused;   /* the first of those that are free again, each names the next; 0: none */
};

struct slab {
    struct budget *budget;
    struct slab_index *index;
    uint32_t block_size;
    struct slab_chunk *open;  /* that have room; blocks come from the first */
    struct slab_chunk *spare; /* empty */
};

/* Blocks of at least `size` bytes, at most 4096, aligned to SLAB_UNIT. `index` may be NULL. Takes no memory yet. */
void slab_init(struct slab *slab, struct budget *budget, size_t size, struct slab_index *index);

/* A block whose first `zeroed` bytes are 0, and the others anything. NULL where memory is out. */
void *slab_take(struct slab *slab, size_t zeroed);

/* NULL is fine. */
void slab_give(struct slab *slab, void *block);

/* Every block has been given back. The slab may be used again. */
void slab_done(struct slab *slab);

/* With room for the first million bytes or so. False: memory is out; slabs may try again. */
bool slab_index_init(struct slab_index *index, struct budget *budget);

/* After the slabs that use it. */
void slab_index_done(struct slab_index *index, struct budget *budget);

/* Never 0. Of a block from a slab with an index. */
uint32_t slab_number(const void *block);

/* The block of a number that slab_number gave. */
static inline void *slab_block(const struct slab_index *index, uint32_t number)
{
    const uint32_t units = SLAB_CHUNK_SIZE / SLAB_UNIT;
    return (uint8_t *)index->chunks[number / units] + (size_t)(number % units) * SLAB_UNIT;
}

#endif
