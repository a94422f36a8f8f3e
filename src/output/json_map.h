/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The entries of a map, brought together by key: a JSON object may name a key once, HTTP may send a header often.
 */
#ifndef OVERHEAR_OUTPUT_JSON_MAP_H
#define OVERHEAR_OUTPUT_JSON_MAP_H

#include "overhear/record.h"
#include "util/siphash.h"

struct json_map_entry {
    uint32_t item;
    uint32_t next; /* index + 1 of the next entry with this key; 0: none */
    bool leads;    /* the first one with its key */
};

/* Used again for each map; grows to at most LIMIT_RECORD_ITEMS entries. */
struct json_map {
    struct json_map_entry *entries;
    size_t count, capacity;
    uint32_t *slots; /* open addressing; index + 1 of the last entry with a key, 0: free */
    size_t slot_count;
    struct siphash_key key;
};

/* Entries from item number `first` (index + 1) on, keys compared after `limit` bytes, as they are printed. false
 * where memory is out. */
bool json_map_build(struct json_map *map, const struct record *record, unsigned first, size_t limit);
void json_map_done(struct json_map *map);

#endif
