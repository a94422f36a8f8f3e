/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Loaded before everything else (LD_PRELOAD), it makes the system fail, as the environment says; not built into
 * anything, io_faults.py and allocations.py compile it.
 *
 *     FAULT_MEMORY=N     the N-th request for memory or for a thread fails, by whoever it is in the process, once;
 *     FAULT_MEMORY=N+    and every one after it
 *     FAULT_WRITE=N:E:K  from the N-th write(2) to a file or pipe on K of them fail with errno E (K 0: all); messages
 *                        (descriptor 2) do not count. E 0: only half of what is to be written is.
 *     FAULT_READ=N:E:K   the same of read(2)
 *     FAULT_CLOSE=N:E:K  the same of close(2): the descriptor is closed all the same
 *     FAULT_REPORT=D     how many requests for memory, writes, reads and closes there were is written to descriptor D
 *                        in the end
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *before, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

struct plan {
    long at, error, count;
    atomic_long seen;
};

static struct plan memory_plan, write_plan, read_plan, close_plan;
static int report = -1;
static bool begun;

static void read_plan_of(const char *name, struct plan *plan)
{
    char *text = getenv(name);
    plan->count = 1;
    if (!text)
        return;
    plan->at = strtol(text, &text, 10);
    if (*text == '+')
        plan->count = 0;
    if (*text == ':')
        plan->error = strtol(text + 1, &text, 10);
    if (*text == ':')
        plan->count = strtol(text + 1, &text, 10);
}

__attribute__((constructor)) static void begin(void)
{
    const char *descriptor = getenv("FAULT_REPORT");
    read_plan_of("FAULT_MEMORY", &memory_plan);
    read_plan_of("FAULT_WRITE", &write_plan);
    read_plan_of("FAULT_READ", &read_plan);
    read_plan_of("FAULT_CLOSE", &close_plan);
    report = descriptor ? (int)strtol(descriptor, NULL, 10) : -1;
    begun = true;
}

__attribute__((destructor)) static void end(void)
{
    char text[100];
    begun = false;
    if (report < 0)
        return;
    int length = snprintf(text, sizeof text, "%ld %ld %ld %ld\n", memory_plan.seen, write_plan.seen, read_plan.seen,
                          close_plan.seen);
    syscall(SYS_write, report, text, (size_t)length);
}

/* Is it the turn of this one to fail? */
static bool fails(struct plan *plan)
{
    if (!begun)
        return false;
    const long number = atomic_fetch_add(&plan->seen, 1) + 1;
    return plan->at > 0 && number >= plan->at && (plan->count == 0 || number < plan->at + plan->count);
}

static bool no_memory(void)
{
    if (!fails(&memory_plan))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return no_memory() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return no_memory() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *before, size_t size)
{
    return no_memory() ? NULL : __libc_realloc(before, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return no_memory() ? NULL : __libc_memalign(alignment, size);
}

void *memalign(size_t alignment, size_t size)
{
    return no_memory() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **ret_at, size_t alignment, size_t size)
{
    if (no_memory())
        return ENOMEM;
    *ret_at = __libc_memalign(alignment, size);
    return *ret_at ? 0 : ENOMEM;
}

void *mmap(void *at, size_t length, int protection, int flags, int descriptor, off_t offset)
{
    return no_memory() ? MAP_FAILED : (void *)syscall(SYS_mmap, at, length, protection, flags, descriptor, offset);
}

int pthread_create(pthread_t *ret_thread, const pthread_attr_t *attributes, void *(*run)(void *), void *context)
{
    int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    *(void **)&create = dlsym(RTLD_NEXT, "pthread_create");
    return fails(&memory_plan) ? EAGAIN : create(ret_thread, attributes, run, context);
}

ssize_t write(int descriptor, const void *from, size_t size)
{
    if (descriptor != 2 && fails(&write_plan)) {
        if (write_plan.error == 0)
            size = (size + 1) / 2;
        else {
            errno = (int)write_plan.error;
            return -1;
        }
    }
    return syscall(SYS_write, descriptor, from, size);
}

static ssize_t read_or_fail(int descriptor, void *to, size_t size)
{
    if (fails(&read_plan)) {
        if (read_plan.error == 0)
            size = (size + 1) / 2;
        else {
            errno = (int)read_plan.error;
            return -1;
        }
    }
    return syscall(SYS_read, descriptor, to, size);
}

ssize_t read(int descriptor, void *to, size_t size)
{
    return read_or_fail(descriptor, to, size);
}

ssize_t __read_chk(int descriptor, void *to, size_t size, size_t room);
ssize_t __read_chk(int descriptor, void *to, size_t size, size_t room)
{
    return read_or_fail(descriptor, to, size < room ? size : room);
}

int close(int descriptor)
{
    const bool fail = fails(&close_plan);
    const int result = (int)syscall(SYS_close, descriptor);
    if (!fail)
        return result;
    errno = (int)close_plan.error;
    return -1;
}
