/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Texts from the wire are counted by a hash that nobody can aim at: NH of Black, Halevi, Krawczyk, Krovetz and Rogaway,
 * "UMAC: Fast and Secure Message Authentication" (1999), as for names (src/frame/names.c). A third of what SipHash
 * costs.
 */
#ifndef OVERHEAR_CLI_RANKING_HASH_H
#define OVERHEAR_CLI_RANKING_HASH_H

#include "overhear/bytes.h"
#include "overhear/limits.h"

enum { RANKING_KEY_WORDS = (LIMIT_RANKING_BYTES + 15) / 16 * 2 };

struct ranking_key {
    uint64_t words[RANKING_KEY_WORDS];
};

struct ranking_key ranking_key_random(void);

/* Of a text of LIMIT_RANKING_BYTES at most. */
uint64_t ranking_hash(const struct ranking_key *key, struct bytes text);

#endif
