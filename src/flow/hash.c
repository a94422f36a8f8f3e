/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whoever sends packets chooses addresses and ports, and must not be able to choose many whose hashes are alike. So
 * they are hashed by a function drawn at random: `start + f1 w1 + f2 w2 + ...` modulo 2^64 over words of 32 bits, of
 * which the upper half counts (Lemire and Kaser, "Strongly universal string hashing is fast", 2014). For any two keys,
 * whatever they are, the halves are alike for one draw in 2^32 and no more; nothing that leaves the program depends on
 * the draw. A last keyed multiplication scatters keys that lie evenly, which linear probing likes less than chance.
 * A dozen instructions for IPv4, where SipHash takes a few hundred.
 */
#include "table.h"

#include "util/siphash.h"

struct flow_hash_key flow_hash_key_random(void)
{
    const struct siphash_key seed = siphash_key_random();
    struct flow_hash_key key;
    /* cppcheck-suppress uninitvar ; their places are taken, not what stands there */
    uint64_t *words[] = {&key.start, &key.finish};
    uint64_t number = 0;
    for (; number < FLOW_HASH_WORDS; number++)
        key.factors[number] = siphash(&seed, &number, sizeof number);
    for (size_t i = 0; i < 2; i++, number++)
        *words[i] = siphash(&seed, &number, sizeof number);
    key.finish |= 1;
    return key;
}

static inline uint32_t word_of(const struct address *address, size_t index)
{
    uint32_t word;
    memcpy(&word, address->octets + 4 * index, sizeof word);
    return word;
}

static inline uint32_t finish(const struct flow_hash_key *key, uint64_t sum)
{
    uint64_t mixed = (sum >> 32 ^ sum) * key->finish;
    return (uint32_t)(mixed >> 32) ^ (uint32_t)(sum >> 32);
}

/* An IPv4 address is one word: it is hashed as the IPv6 address that ends in zeros, and the family tells them apart. */
uint32_t flow_hash(const struct flow_hash_key *key, const struct endpoint *a, const struct endpoint *b,
                   uint8_t transport, uint64_t inside)
{
    const uint64_t *factors = key->factors;
    const struct endpoint *low = a, *high = b;
    uint64_t sum = key->start;
    if (a->ip.family == 4) {
        uint64_t one = (uint64_t)word_of(&a->ip, 0) << 16 | a->port, two = (uint64_t)word_of(&b->ip, 0) << 16 | b->port;
        uint64_t less = one < two ? one : two, more = one < two ? two : one;
        sum += factors[0] * (less >> 16) + factors[1] * (more >> 16);
        sum += factors[2] * ((less & 0xffff) << 16 | (more & 0xffff));
    } else {
        int order = memcmp(a->ip.octets, b->ip.octets, sizeof a->ip.octets);
        if (order > 0 || (order == 0 && a->port > b->port)) {
            low = b;
            high = a;
        }
        sum += factors[0] * word_of(&low->ip, 0) + factors[1] * word_of(&high->ip, 0);
        sum += factors[2] * ((uint32_t)low->port << 16 | high->port);
        for (size_t i = 1; i < 4; i++)
            sum += factors[2 + 2 * i] * word_of(&low->ip, i) + factors[3 + 2 * i] * word_of(&high->ip, i);
    }
    sum += factors[3] * ((uint32_t)a->ip.family << 8 | transport);
    if (inside)
        sum += factors[10] * (uint32_t)inside + factors[11] * (inside >> 32);
    return finish(key, sum);
}
