/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Identifiers are counted up, so those that are open lie close together: a page holds the numbers of many, and is given
 * back when none of them is remembered any more. The pages are found by a table with open addressing, which stays small
 * enough for the cache.
 */
#include "numbers.h"

#include "overhear/limits.h"
#include "util/budget.h"

#include <stdbool.h>

enum { FIRST_PLACES = 64, PAGE = 512 };

struct page {
    size_t count;           /* that are remembered */
    uint64_t numbers[PAGE]; /* 0: not known */
};

struct place {
    uint64_t key; /* 1 + identifier / PAGE; 0: free */
    struct page *page;
};

struct numbers {
    struct budget *budget;
    struct place *places;
    size_t capacity, count; /* the capacity is a power of two; at most two thirds are taken */
    uint64_t last_number;
    uint64_t ended[LIMIT_NUMBERS_KEPT]; /* a ring of identifiers */
    uint64_t ended_count;
};

struct numbers *numbers_new(struct budget *budget)
{
    struct numbers *numbers = budget_take(budget, sizeof *numbers);
    if (!numbers)
        return NULL;
    numbers->budget = budget;
    numbers->capacity = FIRST_PLACES;
    numbers->places = budget_take(budget, FIRST_PLACES * sizeof *numbers->places);
    if (!numbers->places) {
        budget_give(budget, numbers, sizeof *numbers);
        return NULL;
    }
    return numbers;
}

void numbers_free(struct numbers *numbers)
{
    if (!numbers)
        return;
    for (size_t i = 0; i < numbers->capacity; i++)
        budget_give(numbers->budget, numbers->places[i].page, sizeof *numbers->places[i].page);
    budget_give(numbers->budget, numbers->places, numbers->capacity * sizeof *numbers->places);
    budget_give(numbers->budget, numbers, sizeof *numbers);
}

static uint64_t key_of(uint64_t id)
{
    return 1 + id / PAGE;
}

/* Where it is looked for first. */
static size_t home_of(size_t capacity, uint64_t key)
{
    return (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (capacity - 1);
}

/* Its place, or the free one where it would be. */
static size_t place_of(const struct place *places, size_t capacity, uint64_t key)
{
    size_t at = home_of(capacity, key);
    while (places[at].key != 0 && places[at].key != key)
        at = (at + 1) & (capacity - 1);
    return at;
}

static bool make_room(struct numbers *numbers)
{
    if (numbers->count < numbers->capacity / 3 * 2)
        return true;
    size_t capacity = numbers->capacity * 2;
    struct place *places = budget_take(numbers->budget, capacity * sizeof *places);
    if (!places)
        return false;
    for (size_t i = 0; i < numbers->capacity; i++)
        if (numbers->places[i].key != 0)
            places[place_of(places, capacity, numbers->places[i].key)] = numbers->places[i];
    budget_give(numbers->budget, numbers->places, numbers->capacity * sizeof *places);
    numbers->places = places;
    numbers->capacity = capacity;
    return true;
}

static struct page *find_page(const struct numbers *numbers, uint64_t id)
{
    return numbers->places[place_of(numbers->places, numbers->capacity, key_of(id))].page;
}

/* NULL: there is no memory for it. */
static struct page *make_page(struct numbers *numbers, uint64_t id)
{
    struct page *page = make_room(numbers) ? budget_take(numbers->budget, sizeof *page) : NULL;
    if (!page)
        return NULL;
    numbers->places[place_of(numbers->places, numbers->capacity, key_of(id))] = (struct place){key_of(id), page};
    numbers->count++;
    return page;
}

uint64_t numbers_open(struct numbers *numbers, uint64_t id)
{
    uint64_t number = ++numbers->last_number;
    struct page *page = find_page(numbers, id);
    if (!page)
        page = make_page(numbers, id);
    if (page) {
        page->numbers[id % PAGE] = number;
        page->count++;
    }
    return number;
}

uint64_t numbers_find(const struct numbers *numbers, uint64_t id)
{
    const struct page *page = find_page(numbers, id);
    return page ? page->numbers[id % PAGE] : 0;
}

/* Those behind it move up, so that no gap hides one of them. */
static void give_back(struct numbers *numbers, uint64_t id)
{
    const size_t mask = numbers->capacity - 1;
    struct place *places = numbers->places;
    size_t hole = place_of(places, numbers->capacity, key_of(id));
    budget_give(numbers->budget, places[hole].page, sizeof *places[hole].page);
    numbers->count--;
    for (size_t at = (hole + 1) & mask; places[at].key != 0; at = (at + 1) & mask) {
        size_t home = home_of(numbers->capacity, places[at].key);
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            places[hole] = places[at];
            hole = at;
        }
    }
    places[hole] = (struct place){0, NULL};
}

static void forget(struct numbers *numbers, uint64_t id)
{
    struct page *page = find_page(numbers, id);
    if (!page || page->numbers[id % PAGE] == 0)
        return;
    page->numbers[id % PAGE] = 0;
    if (--page->count == 0)
        give_back(numbers, id);
}

void numbers_close(struct numbers *numbers, uint64_t id)
{
    uint64_t *slot = &numbers->ended[numbers->ended_count++ % LIMIT_NUMBERS_KEPT];
    if (*slot != 0)
        forget(numbers, *slot);
    *slot = id;
}
