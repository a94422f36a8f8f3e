/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Starting a thread, the one way in which all of ours are started.
 */
#ifndef OVERHEAR_UTIL_THREAD_H
#define OVERHEAR_UTIL_THREAD_H

#include <pthread.h>

/* All signals are blocked in it, so that they come to the thread that starts it. Its name is `name` and `number`, in at
 * most 15 bytes. 0, or -1: *ret_thread is as it was. */
int thread_start(pthread_t *ret_thread, const char *name, unsigned number, void *(*run)(void *), void *context);

#endif
