/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A table with open addressing. Identifiers are counted up: they are scattered, or all that are open would lie side by
 * side, and who is forgotten would have to be looked for among all of them.
 */
#include "numbers.h"

#include "overhear/limits.h"
#include "util/budget.h"

#include <stdbool.h>

enum { FIRST_PLACES = 1024 };

struct place {
    uint64_t id; /* 0: free */
    uint64_t number;
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
    budget_give(numbers->budget, numbers->places, numbers->capacity * sizeof *numbers->places);
    budget_give(numbers->budget, numbers, sizeof *numbers);
}

/* Where it is looked for first. */
static size_t home_of(size_t capacity, uint64_t id)
{
    return (size_t)(id * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (capacity - 1);
}

/* Its place, or the free one where it would be. */
static size_t place_of(const struct place *places, size_t capacity, uint64_t id)
{
    size_t at = home_of(capacity, id);
    while (places[at].id != 0 && places[at].id != id)
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
        if (numbers->places[i].id != 0)
            places[place_of(places, capacity, numbers->places[i].id)] = numbers->places[i];
    budget_give(numbers->budget, numbers->places, numbers->capacity * sizeof *places);
    numbers->places = places;
    numbers->capacity = capacity;
    return true;
}

uint64_t numbers_open(struct numbers *numbers, uint64_t id)
{
    uint64_t number = ++numbers->last_number;
    if (!make_room(numbers))
        return number;
    numbers->places[place_of(numbers->places, numbers->capacity, id)] = (struct place){id, number};
    numbers->count++;
    return number;
}

uint64_t numbers_find(const struct numbers *numbers, uint64_t id)
{
    return numbers->places[place_of(numbers->places, numbers->capacity, id)].number;
}

/* Those behind it move up, so that no gap hides one of them. */
static void forget(struct numbers *numbers, uint64_t id)
{
    const size_t mask = numbers->capacity - 1;
    struct place *places = numbers->places;
    size_t hole = place_of(places, numbers->capacity, id);
    if (places[hole].id == 0)
        return;
    numbers->count--;
    for (size_t at = (hole + 1) & mask; places[at].id != 0; at = (at + 1) & mask) {
        size_t home = home_of(numbers->capacity, places[at].id);
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            places[hole] = places[at];
            hole = at;
        }
    }
    places[hole] = (struct place){0, 0};
}

void numbers_close(struct numbers *numbers, uint64_t id)
{
    uint64_t *slot = &numbers->ended[numbers->ended_count++ % LIMIT_NUMBERS_KEPT];
    if (*slot != 0)
        forget(numbers, *slot);
    *slot = id;
}
