/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The sanitizer maps each large block anew and unmaps it when it is freed: a third of the time of a target that needs
 * one for each input. Here such blocks are kept, poisoned, until one of just the same size is asked for again. What
 * lies behind a block is its own redzone as before; what is done with one after it was freed is seen until then.
 *
 * Put between a fuzz target and the allocator by the linker (--wrap).
 */
#include <errno.h>
#include <sanitizer/asan_interface.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LARGE = 96 * 1024, KEPT = 32 };

struct large_block {
    uint8_t *at;
    size_t size, alignment;
    bool in_use;
};

static struct large_block blocks[KEPT];
static const uint8_t *lowest = (const uint8_t *)UINTPTR_MAX, *highest;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *at, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
int __real_posix_memalign(void **ret_at, size_t alignment, size_t size);
void __real_free(void *at);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *at, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
int __wrap_posix_memalign(void **ret_at, size_t alignment, size_t size);
void __wrap_free(void *at);

static void *made(size_t alignment, size_t size)
{
    void *at = NULL;
    return alignment <= 16 ? __real_malloc(size) : __real_posix_memalign(&at, alignment, size) == 0 ? at : NULL;
}

/* A block that is free, or else a new one, in the place of a free one of another size where all places are taken. */
static void *take(size_t alignment, size_t size)
{
    struct large_block *place = NULL;
    for (size_t i = 0; i < KEPT; i++) {
        struct large_block *block = &blocks[i];
        if (!block->in_use && block->at && block->size == size && block->alignment == alignment) {
            block->in_use = true;
            __asan_unpoison_memory_region(block->at, size);
            return block->at;
        }
        if (!block->in_use && (!place || !block->at))
            place = block;
    }
    uint8_t *at = made(alignment, size);
    if (!at || !place)
        return at;
    if (place->at) {
        __asan_unpoison_memory_region(place->at, place->size);
        __real_free(place->at);
    }
    *place = (struct large_block){at, size, alignment, true};
    lowest = at < lowest ? at : lowest;
    highest = at > highest ? at : highest;
    return at;
}

static struct large_block *block_at(const void *at)
{
    const uint8_t *wanted = at;
    if (wanted < lowest || wanted > highest)
        return NULL;
    for (size_t i = 0; i < KEPT; i++)
        if (blocks[i].at == wanted)
            return &blocks[i];
    return NULL;
}

void *__wrap_malloc(size_t size)
{
    return size < LARGE ? __real_malloc(size) : take(16, size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    if (count == 0 || size == 0 || count > SIZE_MAX / size || count * size < LARGE)
        return __real_calloc(count, size);
    void *at = take(16, count * size);
    return at ? memset(at, 0, count * size) : NULL;
}

void *__wrap_realloc(void *at, size_t size)
{
    if (!at)
        return __wrap_malloc(size);
    const struct large_block *block = block_at(at);
    if (!block)
        return __real_realloc(at, size);
    uint8_t *other = __wrap_malloc(size);
    if (!other)
        return NULL;
    memcpy(other, at, size < block->size ? size : block->size);
    __wrap_free(at);
    return other;
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return size < LARGE ? __real_aligned_alloc(alignment, size) : take(alignment, size);
}

int __wrap_posix_memalign(void **ret_at, size_t alignment, size_t size)
{
    if (size < LARGE)
        return __real_posix_memalign(ret_at, alignment, size);
    void *at = take(alignment, size);
    if (at)
        *ret_at = at;
    return at ? 0 : ENOMEM;
}

void __wrap_free(void *at)
{
    struct large_block *block = at ? block_at(at) : NULL;
    if (!block) {
        __real_free(at);
        return;
    }
    if (!block->in_use)
        abort(); /* twice */
    block->in_use = false;
    __asan_poison_memory_region(block->at, block->size);
}
