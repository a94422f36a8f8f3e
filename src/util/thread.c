/* SPDX-License-Identifier: BSD-3-Clause */
#include "thread.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define IS_SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#endif

/* No function takes more than 4 KiB of it, and none calls itself (tests/rules/stack.py); sanitizers want more. */
#if defined(IS_SANITIZED) || !defined(__OPTIMIZE__)
enum { STACK_BYTES = 1024 * 1024 };
#else
enum { STACK_BYTES = 128 * 1024 };
#endif

enum { NAME_BYTES = 16 /* what the kernel keeps */ };

int thread_start(pthread_t *ret_thread, const char *name, unsigned number, void *(*run)(void *), void *context)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    char full[NAME_BYTES], own[NAME_BYTES] = "";
    if (pthread_attr_init(&attributes) != 0)
        return -1;
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    /* Threads inherit the signals that are blocked, and the name: to give it one later takes a file of /proc, which is
     * out of reach by then. */
    snprintf(full, sizeof full, "%s/%u", name, number);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    (void)prctl(PR_GET_NAME, own);
    (void)prctl(PR_SET_NAME, full);
    pthread_t thread;
    int result = pthread_create(&thread, &attributes, run, context);
    (void)prctl(PR_SET_NAME, own);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (result != 0)
        return -1;
    *ret_thread = thread;
    return 0;
}

void thread_lock_init(pthread_mutex_t *lock)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
    pthread_mutex_init(lock, &attributes);
    pthread_mutexattr_destroy(&attributes);
}
