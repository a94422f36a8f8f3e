/* SPDX-License-Identifier: BSD-3-Clause */
#include "json_map.h"

#include "record/tape.h"
#include "util/utf8.h"

#include <stdlib.h>

enum { FEW = 32 };

static bool reserve(struct json_map *map, size_t count)
{
    if (count <= map->capacity)
        return true;
    size_t capacity = map->capacity ? map->capacity : 32;
    while (capacity < count)
        capacity *= 2;
    struct json_map_entry *entries = realloc(map->entries, capacity * sizeof *entries);
    if (entries)
        map->entries = entries;
    uint32_t *slots = realloc(map->slots, 2 * capacity * sizeof *slots);
    if (slots)
        map->slots = slots;
    if (!entries || !slots)
        return false;
    map->capacity = capacity;
    return true;
}

/* The last entry with this key so far, or a free slot. */
static uint32_t *find_slot(const struct json_map *map, const struct record *record, struct bytes key, size_t limit)
{
    size_t mask = map->slot_count - 1;
    size_t at = siphash(&map->key, key.at, key.len) & mask;
    while (map->slots[at]) {
        const struct item *item = &record->items[map->entries[map->slots[at] - 1].item];
        if (bytes_equal(utf8_cut(tape_key(record, item), limit), key))
            break;
        at = (at + 1) & mask;
    }
    return &map->slots[at];
}

static struct bytes key_of(const struct json_map *map, const struct record *record, uint32_t entry, size_t limit)
{
    return utf8_cut(tape_key(record, &record->items[map->entries[entry].item]), limit);
}

/* Few entries are compared with each other, and only where the length and the letters at both ends say that there may
 * be an equal one. */
static void build_few(struct json_map *map, const struct record *record, unsigned first, size_t limit)
{
    uint64_t seen = 0;
    for (unsigned at = first; at; at = record->items[at - 1].next) {
        uint32_t number = (uint32_t)map->count++;
        map->entries[number] = (struct json_map_entry){.item = at - 1, .leads = true};
        struct bytes key = key_of(map, record, number, limit);
        size_t sign = key.len + (size_t)7 * bytes_at(key, 0) + (size_t)31 * bytes_at(key, key.len - 1);
        uint64_t bit = UINT64_C(1) << sign % 64;
        for (uint32_t i = number; (seen & bit) && i > 0; i--) {
            if (!bytes_equal(key_of(map, record, i - 1, limit), key))
                continue;
            map->entries[i - 1].next = number + 1;
            map->entries[number].leads = false;
            break;
        }
        seen |= bit;
    }
}

bool json_map_build(struct json_map *map, const struct record *record, unsigned first, size_t limit)
{
    size_t count = 0;
    for (unsigned at = first; at; at = record->items[at - 1].next)
        count++;
    if (!reserve(map, count))
        return false;
    map->count = 0;
    if (count <= FEW) {
        build_few(map, record, first, limit);
        return true;
    }
    map->slot_count = 8;
    while (map->slot_count < 2 * count)
        map->slot_count *= 2;
    memset(map->slots, 0, map->slot_count * sizeof *map->slots);
    for (unsigned at = first; at; at = record->items[at - 1].next) {
        uint32_t number = (uint32_t)map->count + 1;
        struct bytes key = utf8_cut(tape_key(record, &record->items[at - 1]), limit);
        uint32_t *slot = find_slot(map, record, key, limit);
        map->entries[map->count++] = (struct json_map_entry){.item = at - 1, .leads = *slot == 0};
        if (*slot)
            map->entries[*slot - 1].next = number;
        *slot = number;
    }
    return true;
}

void json_map_done(struct json_map *map)
{
    free(map->entries);
    free(map->slots);
    *map = (struct json_map){0};
}
