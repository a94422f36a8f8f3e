/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Memory that libcrypto asks for. Where it gets none, it often says something else (a certificate without a key, a
 * signature that does not hold), so what fails is counted where it fails.
 */
#ifndef OVERHEAR_CLI_LIBRARY_MEMORY_H
#define OVERHEAR_CLI_LIBRARY_MEMORY_H

#include <stdint.h>

/* Before anything else is done with libcrypto, once; later it has no effect. */
void library_memory_watch(void);

/* How many requests have failed, of all threads. */
uint64_t library_memory_failed(void);

#endif
