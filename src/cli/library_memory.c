/* SPDX-License-Identifier: BSD-3-Clause */
#include "library_memory.h"

#include <openssl/crypto.h>
#include <stdatomic.h>
#include <stdlib.h>

static _Atomic uint64_t failed;

static void *counted(void *memory)
{
    if (!memory)
        atomic_fetch_add_explicit(&failed, 1, memory_order_relaxed);
    return memory;
}

static void *take(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return size > 0 ? counted(malloc(size)) : NULL;
}

static void give(void *memory, const char *file, int line)
{
    (void)file;
    (void)line;
    free(memory);
}

static void *resize(void *memory, size_t size, const char *file, int line)
{
    if (size > 0)
        return counted(realloc(memory, size));
    give(memory, file, line);
    return NULL;
}

void library_memory_watch(void)
{
    (void)CRYPTO_set_mem_functions(take, resize, give);
}

uint64_t library_memory_failed(void)
{
    return atomic_load_explicit(&failed, memory_order_relaxed);
}
