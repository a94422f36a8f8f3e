/* SPDX-License-Identifier: BSD-3-Clause
 *
 * SipHash-1-3: the keyed hash of every table whose keys an outsider chooses.
 */
#ifndef OVERHEAR_UTIL_SIPHASH_H
#define OVERHEAR_UTIL_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
    uint64_t k0, k1;
};

/* 128 random bits from the system. Output never depends on the key, only the place in a table does. */
struct siphash_key siphash_key_random(void);

uint64_t siphash(const struct siphash_key *key, const void *data, size_t length);

#endif
