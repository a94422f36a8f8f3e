/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Linked with the program in place of its requests for memory and threads (ld's --wrap): what preload.c does, in a
 * build whose sanitizers then see what is leaked or used all the same. Only our own requests count here, not those of
 * libraries.
 *
 *     FAULT_MEMORY=N   the N-th request fails; N+: and every one after it
 *     FAULT_REPORT=D   how many there were is written to descriptor D in the end
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *before, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
int __real_posix_memalign(void **ret_at, size_t alignment, size_t size);
char *__real_strdup(const char *text);
FILE *__real_open_memstream(char **ret_text, size_t *ret_size);
FILE *__real_fdopen(int descriptor, const char *mode);
int __real_pthread_create(pthread_t *ret_thread, const pthread_attr_t *attributes, void *(*run)(void *), void *context);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *before, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
int __wrap_posix_memalign(void **ret_at, size_t alignment, size_t size);
char *__wrap_strdup(const char *text);
FILE *__wrap_open_memstream(char **ret_text, size_t *ret_size);
FILE *__wrap_fdopen(int descriptor, const char *mode);
int __wrap_pthread_create(pthread_t *ret_thread, const pthread_attr_t *attributes, void *(*run)(void *), void *context);

static atomic_long seen;
static long fails_at, fails_for_ever;

__attribute__((constructor)) static void begin(void)
{
    char *text = getenv("FAULT_MEMORY");
    if (!text)
        return;
    fails_at = strtol(text, &text, 10);
    fails_for_ever = *text == '+';
}

__attribute__((destructor)) static void end(void)
{
    const char *descriptor = getenv("FAULT_REPORT");
    if (descriptor)
        (void)dprintf((int)strtol(descriptor, NULL, 10), "%ld 0 0 0\n", atomic_load(&seen));
}

static bool no_memory(void)
{
    const long number = atomic_fetch_add(&seen, 1) + 1;
    if (fails_at == 0 || (number != fails_at && !(fails_for_ever && number > fails_at)))
        return false;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return no_memory() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return no_memory() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *before, size_t size)
{
    return no_memory() ? NULL : __real_realloc(before, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return no_memory() ? NULL : __real_aligned_alloc(alignment, size);
}

int __wrap_posix_memalign(void **ret_at, size_t alignment, size_t size)
{
    return no_memory() ? ENOMEM : __real_posix_memalign(ret_at, alignment, size);
}

char *__wrap_strdup(const char *text)
{
    return no_memory() ? NULL : __real_strdup(text);
}

FILE *__wrap_open_memstream(char **ret_text, size_t *ret_size)
{
    return no_memory() ? NULL : __real_open_memstream(ret_text, ret_size);
}

FILE *__wrap_fdopen(int descriptor, const char *mode)
{
    return no_memory() ? NULL : __real_fdopen(descriptor, mode);
}

int __wrap_pthread_create(pthread_t *ret_thread, const pthread_attr_t *attributes, void *(*run)(void *), void *context)
{
    return no_memory() ? EAGAIN : __real_pthread_create(ret_thread, attributes, run, context);
}
