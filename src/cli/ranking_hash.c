/* SPDX-License-Identifier: BSD-3-Clause */
#include "ranking_hash.h"

#include "util/siphash.h"

__extension__ typedef unsigned __int128 wide;

struct ranking_key ranking_key_random(void)
{
    const struct siphash_key seed = siphash_key_random();
    struct ranking_key key;
    for (uint64_t i = 0; i < RANKING_KEY_WORDS; i++)
        key.words[i] = siphash(&seed, &i, sizeof i);
    return key;
}

static inline uint64_t word_at(struct bytes text, size_t at)
{
    uint64_t word;
    memcpy(&word, bytes_skip(text, at).at, sizeof word);
    return word;
}

static inline wide product(const struct ranking_key *key, size_t number, uint64_t first, uint64_t second)
{
    return (wide)(first + key->words[number]) * (second + key->words[number + 1]);
}

/* Two words that no other text of the same length has, up to 15 bytes. */
static inline wide product_of_short(const struct ranking_key *key, struct bytes text)
{
    if (text.len >= 8)
        return product(key, 0, word_at(text, 0), word_at(text, text.len - 8));
    uint64_t word = 0;
    for (size_t i = 0; i < text.len; i++)
        word = word << 8 | bytes_at(text, i);
    return product(key, 0, word, 0);
}

/* The last sixteen bytes may overlap those before. */
uint64_t ranking_hash(const struct ranking_key *key, struct bytes text)
{
    wide sum = 0;
    if (text.len < 16) {
        sum = product_of_short(key, text);
    } else {
        size_t at = 0;
        for (; at + 16 < text.len; at += 16)
            sum += product(key, at / 8, word_at(text, at), word_at(text, at + 8));
        sum += product(key, at / 8, word_at(text, text.len - 16), word_at(text, text.len - 8));
    }
    sum += text.len;
    return ((uint64_t)sum ^ (uint64_t)(sum >> 64)) * UINT64_C(0x9e3779b97f4a7c15);
}
