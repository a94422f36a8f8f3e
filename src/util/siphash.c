/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Aumasson and Bernstein, "SipHash: a fast short-input PRF", with one compression and three finalisation rounds.
 */
#include "siphash.h"

#include <string.h>
#include <sys/random.h>

struct siphash_key siphash_key_random(void)
{
    struct siphash_key key = {0x6f76657268656172, 0x73697068617368};
    /* Early at boot, or in a sandbox without the call, a fixed key still gives right results. */
    if (getrandom(&key, sizeof key, 0) != (ssize_t)sizeof key)
        key.k0 ^= (uint64_t)(uintptr_t)&key;
    return key;
}

struct state {
    uint64_t v0, v1, v2, v3;
};

static inline uint64_t rotate(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

static inline void round_of(struct state *s)
{
    s->v0 += s->v1;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v2 = rotate(s->v2, 32);
}

uint64_t siphash(const struct siphash_key *key, const void *data, size_t length)
{
    const uint8_t *at = data;
    struct state s = {key->k0 ^ 0x736f6d6570736575, key->k1 ^ 0x646f72616e646f6d, key->k0 ^ 0x6c7967656e657261,
                      key->k1 ^ 0x7465646279746573};
    size_t words = length / 8;
    for (size_t i = 0; i < words; i++) {
        uint64_t word;
        memcpy(&word, at + 8 * i, 8);
        s.v3 ^= word;
        round_of(&s);
        s.v0 ^= word;
    }
    uint64_t last = (uint64_t)length << 56;
    for (size_t i = 8 * words; i < length; i++)
        last |= (uint64_t)at[i] << (8 * (i % 8));
    s.v3 ^= last;
    round_of(&s);
    s.v0 ^= last;
    s.v2 ^= 0xff;
    for (int i = 0; i < 3; i++)
        round_of(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
