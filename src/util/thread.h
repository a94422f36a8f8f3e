/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Starting a thread, the one way in which all of ours are started; and the lock that they share.
 */
#ifndef OVERHEAR_UTIL_THREAD_H
#define OVERHEAR_UTIL_THREAD_H

#include <pthread.h>

/* All signals are blocked in it, so that they come to the thread that starts it. Its name is `name` and `number`, in at
 * most 15 bytes. 0, or -1: *ret_thread is as it was. */
int thread_start(pthread_t *ret_thread, const char *name, unsigned number, void *(*run)(void *), void *context);

/* A lock that is never held for long: who wants it looks again for a moment before it sleeps. Cheaper than waking it.
 */
void thread_lock_init(pthread_mutex_t *lock);

#endif
