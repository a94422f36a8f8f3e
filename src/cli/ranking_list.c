/* SPDX-License-Identifier: BSD-3-Clause */
#include "ranking_list.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 16 };

static bool is_it(const struct ranking_entry *entry, struct bytes text)
{
    return entry->length == text.len && memcmp(entry->text, text.at, text.len) == 0;
}

/* --- the heap: no entry counts less than the one above it --- */

static bool is_less(const struct ranking_list *list, size_t a, size_t b)
{
    return list->entries[list->heap[a]].count < list->entries[list->heap[b]].count;
}

static void place(struct ranking_list *list, size_t at, uint16_t number)
{
    list->heap[at] = number;
    list->entries[number].heap_at = (uint16_t)at;
}

static void sink_down(struct ranking_list *list, size_t at)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= list->count)
            return;
        if (child + 1U < list->count && is_less(list, child + 1, child))
            child++;
        if (!is_less(list, child, at))
            return;
        uint16_t number = list->heap[at];
        place(list, at, list->heap[child]);
        place(list, child, number);
        at = child;
    }
}

static bool make_heap(struct ranking_list *list)
{
    list->heap = calloc(list->count, sizeof *list->heap);
    if (!list->heap)
        return false;
    for (uint16_t i = 0; i < list->count; i++)
        place(list, i, i);
    for (size_t i = list->count / 2; i > 0; i--)
        sink_down(list, i - 1);
    return true;
}

/* --- finding --- */

/* Which of the recent ones it may be. Whoever chooses texts that collide only wins that they are hashed. */
static uint16_t *recent_slot(struct ranking_list *list, struct bytes text)
{
    uint64_t word = 0;
    memcpy(&word, text.at, text.len < sizeof word ? text.len : sizeof word);
    if (text.len > sizeof word) {
        uint64_t tail;
        memcpy(&tail, bytes_skip(text, text.len - sizeof tail).at, sizeof tail);
        word ^= tail << 1;
    }
    word = (word + text.len) * 0x9e3779b97f4a7c15U;
    return &list->recent[word >> 60];
}

static void take_out(struct ranking_list *list, uint16_t number)
{
    uint16_t *link = &list->buckets[list->entries[number].bucket];
    while (*link != number + 1)
        link = &list->entries[*link - 1].next;
    *link = list->entries[number].next;
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
    uint16_t number = list->heap[0];
    struct ranking_entry *entry = &list->entries[number];
    take_out(list, number);
    free(entry->name);
    entry->name = NULL;
    entry->name_length = 0;
    entry->error = entry->count;
    return entry;
}

static struct ranking_entry *find_counter(struct ranking_list *list, const struct siphash_key *key, struct bytes text)
{
    uint16_t *recent = recent_slot(list, text);
    if (*recent > 0 && is_it(&list->entries[*recent - 1], text))
        return &list->entries[*recent - 1];
    uint16_t bucket = (uint16_t)(siphash(key, text.at, text.len) % RANKING_BUCKETS);
    uint16_t number = list->buckets[bucket];
    while (number > 0 && !is_it(&list->entries[number - 1], text))
        number = list->entries[number - 1].next;
    struct ranking_entry *entry = number > 0 ? &list->entries[number - 1] : take_counter(list);
    if (!entry)
        return NULL;
    if (number == 0) {
        entry->length = (uint16_t)text.len;
        memcpy(entry->text, text.at, text.len);
        entry->bucket = bucket;
        entry->next = list->buckets[bucket];
        list->buckets[bucket] = (uint16_t)(entry - list->entries + 1);
    }
    *recent = (uint16_t)(entry - list->entries + 1);
    return entry;
}

static void set_name(struct ranking_entry *entry, struct bytes name)
{
    if (name.len == 0 || bytes_equal(name, ranking_entry_name(entry)) || name.len > UINT16_MAX)
        return;
    uint8_t *copy = realloc(entry->name, name.len);
    if (!copy)
        return;
    memcpy(copy, name.at, name.len);
    entry->name = copy;
    entry->name_length = (uint16_t)name.len;
}

void ranking_list_add(struct ranking_list *list, const struct siphash_key *key, struct bytes text, struct bytes name)
{
    list->total++;
    text = bytes_first(text, LIMIT_RANKING_BYTES);
    if (text.len == 0)
        return;
    struct ranking_entry *entry = find_counter(list, key, text);
    if (!entry)
        return;
    entry->count++;
    if (list->heap)
        sink_down(list, entry->heap_at);
    set_name(entry, name);
}

void ranking_list_done(struct ranking_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->entries[i].name);
    free(list->entries);
    free(list->heap);
    *list = (struct ranking_list){0};
}

static int by_count(const void *a, const void *b)
{
    const struct ranking_entry *const *first = a, *const *second = b;
    if ((*first)->count != (*second)->count)
        return (*first)->count > (*second)->count ? -1 : 1;
    size_t shorter = (*first)->length < (*second)->length ? (*first)->length : (*second)->length;
    int difference = memcmp((*first)->text, (*second)->text, shorter);
    return difference ? difference : (*first)->length - (*second)->length;
}

size_t ranking_list_first(const struct ranking_list *list, const struct ranking_entry **ret_entries, size_t capacity)
{
    const struct ranking_entry *sorted[LIMIT_RANKING_ENTRIES];
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        if (list->entries[i].error <= list->entries[i].count / 2)
            sorted[count++] = &list->entries[i];
    if (count > 1)
        qsort(sorted, count, sizeof *sorted, by_count);
    count = count < capacity ? count : capacity;
    if (count > 0)
        memcpy(ret_entries, sorted, count * sizeof *sorted);
    return count;
}
