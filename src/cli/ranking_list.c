/* SPDX-License-Identifier: BSD-3-Clause */
#include "ranking_list.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 16, NAME_STEP = 64 };

static bool is_it(const struct ranking_entry *entry, struct bytes text)
{
    return entry->length == text.len && memcmp(entry->text, text.at, text.len) == 0;
}

/* --- the heap: no entry counts less than the one above it --- */

enum { COUNT_SHIFT = 16 };

static void sink_down(struct ranking_list *list, size_t at)
{
    struct ranking_heap *heap = list->heap;
    const uint64_t sinking = heap->at[at];
    for (size_t child; (child = 2 * at + 1) < list->count; at = child) {
        if (child + 1U < list->count && heap->at[child + 1] >> COUNT_SHIFT < heap->at[child] >> COUNT_SHIFT)
            child++;
        const uint64_t rising = heap->at[child];
        if (rising >> COUNT_SHIFT >= sinking >> COUNT_SHIFT)
            break;
        heap->at[at] = rising;
        heap->place[(uint16_t)rising] = (uint16_t)at;
    }
    heap->at[at] = sinking;
    heap->place[(uint16_t)sinking] = (uint16_t)at;
}

static bool make_heap(struct ranking_list *list)
{
    list->heap = calloc(1, sizeof *list->heap);
    if (!list->heap)
        return false;
    for (uint16_t i = 0; i < list->count; i++) {
        list->heap->at[i] = list->entries[i].count << COUNT_SHIFT | i;
        list->heap->place[i] = i;
    }
    for (size_t i = list->count / 2; i > 0; i--)
        sink_down(list, i - 1);
    return true;
}

static void count_one(struct ranking_list *list, struct ranking_entry *entry)
{
    entry->count++;
    if (!list->heap)
        return;
    const size_t at = list->heap->place[entry - list->entries];
    list->heap->at[at] += 1U << COUNT_SHIFT;
    sink_down(list, at);
    /* Nothing of the one that goes next is in the cache. */
    const struct ranking_entry *next = &list->entries[(uint16_t)list->heap->at[0]];
    __builtin_prefetch(next);
    __builtin_prefetch(next->text);
}

/* --- finding --- */

static void take_out(struct ranking_list *list, uint16_t number)
{
    uint16_t *link = &list->buckets[list->links[number].hash % RANKING_BUCKETS];
    while (*link != number + 1)
        link = &list->links[*link - 1].next;
    *link = list->links[number].next;
}

static bool grow(struct ranking_list *list)
{
    size_t capacity = list->capacity ? 2U * list->capacity : FIRST_CAPACITY;
    if (capacity > LIMIT_RANKING_ENTRIES)
        capacity = LIMIT_RANKING_ENTRIES;
    struct ranking_entry *entries = realloc(list->entries, capacity * sizeof *entries);
    if (!entries)
        return false;
    list->entries = entries;
    list->capacity = (uint16_t)capacity;
    return true;
}

/* A counter for something new: NULL where memory is out. */
static struct ranking_entry *take_counter(struct ranking_list *list)
{
    if (list->count < LIMIT_RANKING_ENTRIES) {
        if (list->count == list->capacity && !grow(list))
            return NULL;
        struct ranking_entry *entry = &list->entries[list->count++];
        *entry = (struct ranking_entry){0};
        return entry;
    }
    if (!list->heap && !make_heap(list))
        return NULL;
    uint16_t number = (uint16_t)list->heap->at[0];
    struct ranking_entry *entry = &list->entries[number];
    take_out(list, number);
    entry->name_length = 0;
    entry->word = NULL;
    entry->error = entry->count;
    return entry;
}

static struct ranking_entry *find_counter(struct ranking_list *list, const struct ranking_key *key, struct bytes text)
{
    const uint32_t hash = (uint32_t)(ranking_hash(key, text) >> 32);
    uint16_t *bucket = &list->buckets[hash % RANKING_BUCKETS];
    uint16_t number = *bucket;
    while (number > 0 && (list->links[number - 1].hash != hash || !is_it(&list->entries[number - 1], text)))
        number = list->links[number - 1].next;
    if (number > 0)
        return &list->entries[number - 1];
    struct ranking_entry *entry = take_counter(list);
    if (!entry)
        return NULL;
    entry->length = (uint16_t)text.len;
    memcpy(entry->text, text.at, text.len);
    number = (uint16_t)(entry - list->entries);
    list->links[number] = (struct ranking_link){.hash = hash, .next = *bucket};
    *bucket = (uint16_t)(number + 1);
    return entry;
}

static void set_name(struct ranking_list *list, struct ranking_entry *entry, struct bytes name)
{
    if (name.len == 0 || bytes_equal(name, ranking_entry_name(entry)) || name.len > UINT16_MAX - NAME_STEP)
        return;
    if (name.len > entry->name_capacity) {
        const size_t capacity = (name.len + NAME_STEP - 1) / NAME_STEP * NAME_STEP;
        uint8_t *room = realloc(entry->name, capacity);
        if (!room) {
            list->failed = true;
            return;
        }
        entry->name = room;
        entry->name_capacity = (uint16_t)capacity;
    }
    memcpy(entry->name, name.at, name.len);
    entry->name_length = (uint16_t)name.len;
}

/* NULL: it is only in the total. */
static struct ranking_entry *count_text(struct ranking_list *list, const struct ranking_key *key, struct bytes text)
{
    list->total++;
    text = bytes_first(text, LIMIT_RANKING_BYTES);
    struct ranking_entry *entry = text.len > 0 ? find_counter(list, key, text) : NULL;
    if (entry)
        count_one(list, entry);
    else
        list->failed = list->failed || text.len > 0;
    return entry;
}

void ranking_list_add(struct ranking_list *list, const struct ranking_key *key, struct bytes text, struct bytes name)
{
    struct ranking_entry *entry = count_text(list, key, text);
    if (entry)
        set_name(list, entry, name);
}

void ranking_list_add_word(struct ranking_list *list, const struct ranking_key *key, struct bytes word)
{
    uint16_t *known = &list->words[((uintptr_t)word.at * 0x9e3779b97f4a7c15U) >> 60];
    if (*known > 0) {
        struct ranking_entry *entry = &list->entries[*known - 1];
        if (entry->word == word.at && entry->length == word.len) {
            list->total++;
            count_one(list, entry);
            return;
        }
    }
    struct ranking_entry *entry = count_text(list, key, word);
    if (!entry || word.len > LIMIT_RANKING_BYTES)
        return;
    entry->word = word.at;
    *known = (uint16_t)(entry - list->entries + 1);
}

void ranking_list_done(struct ranking_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->entries[i].name);
    free(list->entries);
    free(list->heap);
    *list = (struct ranking_list){0};
}

static bool comes_before(const struct ranking_entry *first, const struct ranking_entry *second)
{
    if (first->count != second->count)
        return first->count > second->count;
    size_t shorter = first->length < second->length ? first->length : second->length;
    int difference = memcmp(first->text, second->text, shorter);
    return difference != 0 ? difference < 0 : first->length < second->length;
}

size_t ranking_list_first(const struct ranking_list *list, const struct ranking_entry **ret_entries, size_t capacity)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct ranking_entry *entry = &list->entries[i];
        if (entry->error > entry->count / 2)
            continue;
        size_t at = count < capacity ? count++ : capacity;
        for (; at > 0 && comes_before(entry, ret_entries[at - 1]); at--)
            if (at < capacity)
                ret_entries[at] = ret_entries[at - 1];
        if (at < capacity)
            ret_entries[at] = entry;
    }
    return count;
}
