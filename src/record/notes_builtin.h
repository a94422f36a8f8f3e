/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The catalogs that the build compiled in (cmake/notes_compile.c), and the hash that it and the look-up share.
 *
 * Everything is an offset or a number, nothing a pointer: the tables stay in the pages of the program's file, which are
 * read when a catalog is first asked and never copied, and nothing has to be done with them at the start.
 */
#ifndef OVERHEAR_RECORD_NOTES_BUILTIN_H
#define OVERHEAR_RECORD_NOTES_BUILTIN_H

#include "overhear/bytes.h"

#include <endian.h>

/* At `text`: the key, the sentence, then the sentence as it stands in a JSON string where that is not the same. */
struct builtin_note {
    uint32_t hash, text;
    uint16_t key_length, sentence_length;
    uint16_t json_length; /* 0: JSON has the sentence as it is */
};

struct builtin_catalog {
    uint32_t name;       /* in the text, ended by NUL */
    uint32_t first_note; /* of its notes, which follow each other */
    uint32_t first_slot; /* of its hash table: slot_mask + 1 slots, each 0 or the number of a note, counted from 1 */
    uint16_t note_count, slot_mask;
    uint16_t longest; /* key */
};

struct builtin_notes {
    const struct builtin_catalog *catalogs;
    const struct builtin_note *notes;
    const uint16_t *slots;
    const unsigned char *text;
    size_t catalog_count;
};

extern const struct builtin_notes builtin_notes;

static inline uint64_t notes_hash_word(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return le64toh(word) | 0x2020202020202020u; /* one look-up serves both kinds of match */
}

static inline uint64_t notes_hash_half(const uint8_t *at)
{
    uint32_t half;
    memcpy(&half, at, sizeof half);
    return le32toh(half) | 0x20202020u;
}

static inline uint64_t notes_hash_mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

/* The same for keys that differ only in the case of ASCII letters. Values come from the wire but only our own files
 * fill the tables, so a plain hash will do: what an outsider chooses can at most find the longest run of slots that the
 * catalogs have. */
static inline uint32_t notes_hash(struct bytes key)
{
    if (key.len == 0)
        return 0;
    const uint8_t *end = key.at + key.len;
    uint64_t hash = key.len;
    if (key.len >= 8) {
        for (const uint8_t *at = key.at; end - at > 8; at += 8)
            hash = notes_hash_mix(hash, notes_hash_word(at));
        hash = notes_hash_mix(hash, notes_hash_word(end - 8)); /* some of it may have been there before */
    } else if (key.len >= 4) {
        hash = notes_hash_mix(hash, notes_hash_half(key.at) << 32 | notes_hash_half(end - 4));
    } else {
        hash = notes_hash_mix(hash, (uint64_t)(*key.at | 0x20) << 16 | (uint64_t)(key.at[key.len / 2] | 0x20) << 8 |
                                        (end[-1] | 0x20));
    }
    return (uint32_t)hash;
}

#endif
