/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What came most often, of any number of different things, in LIMIT_RANKING_ENTRIES counters: Space-Saving (Metwally,
 * Agrawal, El Abbadi 2005). When all are taken, what is new takes the counter with the smallest count, and takes that
 * count over as its error: it came at most `count` times, and at least `count - error`. Whatever came in more than one
 * of LIMIT_RANKING_ENTRIES cases is there.
 */
#ifndef OVERHEAR_CLI_RANKING_LIST_H
#define OVERHEAR_CLI_RANKING_LIST_H

#include "ranking_hash.h"

enum { RANKING_WORDS = 16, RANKING_BUCKETS = 1024 };

struct ranking_entry {
    uint64_t count, error;
    uint16_t length;
    uint16_t name_length, name_capacity;
    uint8_t *name;       /* another word for the same thing, the last one given; NULL: none */
    const uint8_t *word; /* the static text that it was found by; NULL: none */
    uint8_t text[LIMIT_RANKING_BYTES];
};

/* Of each entry, apart from it: what is looked for and not found touches only this. */
struct ranking_link {
    uint32_t hash;
    uint16_t next; /* in its bucket: number + 1; 0: the last */
};

/* The smallest count first. Counts stand in it together with their numbers, apart from the entries, which are large:
 * ordering it touches only this. */
struct ranking_heap {
    uint64_t at[LIMIT_RANKING_ENTRIES];    /* count << 16 | number */
    uint16_t place[LIMIT_RANKING_ENTRIES]; /* of each number in `at` */
};

struct ranking_list {
    uint64_t total; /* everything added */
    struct ranking_entry *entries;
    uint16_t count, capacity;
    uint16_t words[RANKING_WORDS];     /* number + 1, by the address of a static text */
    uint16_t buckets[RANKING_BUCKETS]; /* number + 1 */
    struct ranking_link links[LIMIT_RANKING_ENTRIES];
    struct ranking_heap *heap; /* made when all counters are taken */
    bool failed;               /* memory was out: something that belongs here is only in `total`, or has no name */
};

/* Begins zeroed. Where memory is out, something new is only in `total`. At most LIMIT_RANKING_BYTES of the text count.
 */
void ranking_list_add(struct ranking_list *list, const struct ranking_key *key, struct bytes text, struct bytes name);
/* As above for a static text, which is known again by its address. */
void ranking_list_add_word(struct ranking_list *list, const struct ranking_key *key, struct bytes word);
void ranking_list_done(struct ranking_list *list);

/* The first of those that are known well enough to be told (an error of at most half the count), most first, then in
 * the order of their bytes. Returns how many. */
size_t ranking_list_first(const struct ranking_list *list, const struct ranking_entry **ret_entries, size_t capacity);

static inline struct bytes ranking_entry_text(const struct ranking_entry *entry)
{
    return bytes_of(entry->text, entry->length);
}

static inline struct bytes ranking_entry_name(const struct ranking_entry *entry)
{
    return bytes_of(entry->name, entry->name_length);
}

#endif
