/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A chunk begins with its header, and lies at a multiple of its size: the header of a block is found by its address.
 *
 * Chunks come from regions of sixteen, which all slabs of one budget share. Taken from malloc one by one they left
 * holes as large as themselves wherever something small came in between: some megabytes of 64, in one run more than in
 * the next.
 */
#include "slab.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What was given back is nobody's: the sanitizer is to say so, as it does of malloc's. */
#if defined(__SANITIZE_ADDRESS__)
#define WITH_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ADDRESS_SANITIZER 1
#endif
#endif
#ifdef WITH_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

/* A little less than the distance between two chunks: a region's own header fits between the first two of them, and
 * malloc's between two regions. */
enum { CHUNK_BYTES = SLAB_CHUNK_SIZE - 64, FIRST_CHUNKS = 16, MOST_CHUNKS = 1 << 19 };
enum { REGION_CHUNKS = 16, REGION_BYTES = REGION_CHUNKS * SLAB_CHUNK_SIZE - 64 };

struct slab_region {
    struct slab_region *previous, *next; /* that have chunks to give, too */
    uint32_t unused;                     /* a bit for each chunk that nobody has */
};

static_assert(sizeof(struct slab_region) <= SLAB_CHUNK_SIZE - CHUNK_BYTES, "it fits behind the first chunk");

struct slab_chunk {
    struct slab_chunk *previous, *next; /* that have room, too */
    void *returned;                     /* blocks, each begins with the address of the next */
    uint32_t fresh;                     /* where those begin that were never taken */
    uint32_t blocks;                    /* taken */
    uint32_t number;                    /* in the index */
    uint32_t place;                     /* in its region */
};

enum { FIRST_BLOCK = (sizeof(struct slab_chunk) + SLAB_UNIT - 1) / SLAB_UNIT * SLAB_UNIT };

void slab_init(struct slab *slab, struct budget *budget, size_t size, struct slab_index *index)
{
    assert(size > 0 && size <= 4096);
    *slab = (struct slab){
        .budget = budget, .index = index, .block_size = (uint32_t)((size + SLAB_UNIT - 1) / SLAB_UNIT * SLAB_UNIT)};
}

static struct slab_chunk *chunk_of(const void *block)
{
    uintptr_t offset = (uintptr_t)block % SLAB_CHUNK_SIZE;
    const uint8_t *at = block;
    union {
        const uint8_t *in;
        struct slab_chunk *out;
    } chunk = {.in = at - offset};
    return chunk.out;
}

uint32_t slab_number(const void *block)
{
    return chunk_of(block)->number * (SLAB_CHUNK_SIZE / SLAB_UNIT) +
           (uint32_t)((uintptr_t)block % SLAB_CHUNK_SIZE / SLAB_UNIT);
}

static bool is_full(const struct slab *slab, const struct slab_chunk *chunk)
{
    return !chunk->returned && chunk->fresh + slab->block_size > CHUNK_BYTES;
}

static void link_first(struct slab *slab, struct slab_chunk *chunk)
{
    chunk->previous = NULL;
    chunk->next = slab->open;
    if (slab->open)
        slab->open->previous = chunk;
    slab->open = chunk;
}

static void unlink_chunk(struct slab *slab, struct slab_chunk *chunk)
{
    if (chunk->previous)
        chunk->previous->next = chunk->next;
    else
        slab->open = chunk->next;
    if (chunk->next)
        chunk->next->previous = chunk->previous;
}

/* A number that is free holds, in place of a chunk, which one is free next. */
union entry {
    struct slab_chunk *chunk;
    uintptr_t next;
};

static bool make_room(struct slab_index *index, struct budget *budget)
{
    if (index->unused || index->count < index->capacity)
        return true;
    uint32_t capacity = index->capacity ? index->capacity * 2 : FIRST_CHUNKS;
    if (capacity > MOST_CHUNKS)
        return false;
    struct slab_chunk **chunks = budget_resize(budget, index->chunks, index->capacity * sizeof *chunks,
                                               capacity * sizeof *chunks);
    if (!chunks)
        return false;
    index->chunks = chunks;
    index->capacity = capacity;
    return true;
}

bool slab_index_init(struct slab_index *index, struct budget *budget)
{
    *index = (struct slab_index){.chunks = NULL};
    return make_room(index, budget);
}

static void number_chunk(struct slab_index *index, struct slab_chunk *chunk)
{
    uint32_t number = index->unused;
    if (number) {
        index->unused = (uint32_t)(union entry){.chunk = index->chunks[number - 1]}.next;
    } else {
        number = ++index->count;
    }
    index->chunks[number - 1] = chunk;
    chunk->number = number - 1;
}

static void forget_number(struct slab_index *index, const struct slab_chunk *chunk)
{
    index->chunks[chunk->number] = (union entry){.next = index->unused}.chunk;
    index->unused = chunk->number + 1;
}

static void link_region(struct budget *budget, struct slab_region *region)
{
    region->previous = NULL;
    region->next = budget->regions;
    if (budget->regions)
        budget->regions->previous = region;
    budget->regions = region;
}

static void unlink_region(struct budget *budget, struct slab_region *region)
{
    if (region->previous)
        region->previous->next = region->next;
    else
        budget->regions = region->next;
    if (region->next)
        region->next->previous = region->previous;
}

static uint8_t *region_memory(struct slab_region *region)
{
    return (uint8_t *)region - CHUNK_BYTES;
}

static struct slab_region *new_region(struct budget *budget)
{
    union {
        void *memory;
        uint8_t *octets;
    } from;
    if (posix_memalign(&from.memory, SLAB_CHUNK_SIZE, REGION_BYTES) != 0) {
        budget->failed++;
        return NULL;
    }
    union {
        uint8_t *octets;
        struct slab_region *region;
    } to = {.octets = from.octets + CHUNK_BYTES};
    to.region->unused = (1u << REGION_CHUNKS) - 1;
    link_region(budget, to.region);
    return to.region;
}

static void *take_chunk(struct budget *budget, uint32_t *ret_place)
{
    struct slab_region *region = budget->regions ? budget->regions : new_region(budget);
    if (!region)
        return NULL;
    *ret_place = (uint32_t)__builtin_ctz(region->unused);
    region->unused &= region->unused - 1;
    if (region->unused == 0)
        unlink_region(budget, region);
    return region_memory(region) + (size_t)*ret_place * SLAB_CHUNK_SIZE;
}

static void give_chunk(struct budget *budget, struct slab_chunk *chunk)
{
    union {
        struct slab_chunk *chunk;
        uint8_t *octets;
        struct slab_region *region;
    } at = {.chunk = chunk};
    const uint32_t bit = 1u << chunk->place;
    at.octets += CHUNK_BYTES - (ptrdiff_t)chunk->place * SLAB_CHUNK_SIZE;
    if (at.region->unused == 0)
        link_region(budget, at.region);
    at.region->unused |= bit;
    if (at.region->unused != (1u << REGION_CHUNKS) - 1)
        return;
    unlink_region(budget, at.region);
    free(region_memory(at.region));
}

static struct slab_chunk *new_chunk(struct slab *slab)
{
    uint32_t place;
    if (slab->index && !make_room(slab->index, slab->budget))
        return NULL;
    void *memory = take_chunk(slab->budget, &place);
    if (!memory)
        return NULL;
    struct slab_chunk *chunk = memory;
    *chunk = (struct slab_chunk){.fresh = FIRST_BLOCK, .place = place};
    if (slab->index)
        number_chunk(slab->index, chunk);
    ASAN_POISON_MEMORY_REGION((uint8_t *)memory + FIRST_BLOCK, CHUNK_BYTES - FIRST_BLOCK);
    return chunk;
}

static void free_chunk(struct slab *slab, struct slab_chunk *chunk)
{
    if (slab->index)
        forget_number(slab->index, chunk);
    ASAN_UNPOISON_MEMORY_REGION((uint8_t *)chunk + FIRST_BLOCK, CHUNK_BYTES - FIRST_BLOCK);
    give_chunk(slab->budget, chunk);
}

static struct slab_chunk *chunk_with_room(struct slab *slab)
{
    struct slab_chunk *chunk = slab->open;
    if (chunk)
        return chunk;
    chunk = slab->spare ? slab->spare : new_chunk(slab);
    slab->spare = NULL;
    if (chunk)
        link_first(slab, chunk);
    return chunk;
}

void *slab_take(struct slab *slab, size_t zeroed)
{
    struct slab_chunk *chunk = budget_admits(slab->budget, slab->block_size) ? chunk_with_room(slab) : NULL;
    if (!chunk) {
        slab->budget->refused++;
        return NULL;
    }
    void *block = chunk->returned;
    if (block) {
        ASAN_UNPOISON_MEMORY_REGION(block, slab->block_size);
        chunk->returned = *(void **)block;
    } else {
        block = (uint8_t *)chunk + chunk->fresh;
        ASAN_UNPOISON_MEMORY_REGION(block, slab->block_size);
        chunk->fresh += slab->block_size;
    }
    chunk->blocks++;
    if (is_full(slab, chunk))
        unlink_chunk(slab, chunk);
    budget_charge(slab->budget, slab->block_size);
    if (zeroed > 0)
        memset(block, 0, zeroed);
    return block;
}

void slab_give(struct slab *slab, void *block)
{
    if (!block)
        return;
    struct slab_chunk *chunk = chunk_of(block);
    if (is_full(slab, chunk))
        link_first(slab, chunk);
    *(void **)block = chunk->returned;
    chunk->returned = block;
    ASAN_POISON_MEMORY_REGION(block, slab->block_size);
    budget_discharge(slab->budget, slab->block_size);
    if (--chunk->blocks > 0)
        return;
    unlink_chunk(slab, chunk);
    if (slab->spare)
        free_chunk(slab, slab->spare);
    slab->spare = chunk;
}

void slab_done(struct slab *slab)
{
    assert(!slab->open);
    if (slab->spare)
        free_chunk(slab, slab->spare);
    slab->spare = NULL;
}

void slab_index_done(struct slab_index *index, struct budget *budget)
{
    budget_give(budget, index->chunks, index->capacity * sizeof(struct slab_chunk *));
    *index = (struct slab_index){.chunks = NULL};
}
