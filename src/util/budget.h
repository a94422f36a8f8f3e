/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Memory that is counted. Everything that the traffic can make grow is taken from one budget (--memory) and
 * given back to it; the budget refuses what would exceed its limit, so the cap is never exceeded. Who asks
 * must cope with NULL; the flow floor keeps room by ending conversations early.
 */
#ifndef OVERHEAR_UTIL_BUDGET_H
#define OVERHEAR_UTIL_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct budget {
    size_t limit; /* bytes; 0 means no limit */
    size_t used;
    size_t peak;
    uint64_t refused;            /* requests that got NULL */
    uint64_t failed;             /* of them: the limit was not to blame, the system had no more */
    uint64_t fail_at;            /* tests: the n-th request from now fails; 0: none */
    struct slab_region *regions; /* slab.c: of memory of which a part is nobody's now */
};

void budget_init(struct budget *budget, size_t limit);

/* Zeroed memory, or NULL. size > 0. */
void *budget_take(struct budget *budget, size_t size);

/* Like realloc: the first min(old, new) bytes stay, the rest is not zeroed. NULL: the old block is as before.
 * `memory` may be NULL with old_size 0. */
void *budget_resize(struct budget *budget, void *memory, size_t old_size, size_t new_size);

/* How much a holder may have whose memory no eviction brings back: `most`, and at most one part in LIMIT_MEMORY_SHARE
 * of the limit, so that it never crowds out the conversations. */
size_t budget_share(const struct budget *budget, size_t most);

/* `size` as it was taken. NULL is fine. */
void budget_give(struct budget *budget, void *memory, size_t size);

/* For those who hand out memory of their own (slab.h): whether `size` may be taken, and that it was, or was given back.
 */
static inline bool budget_admits(struct budget *budget, size_t size)
{
    if (budget->fail_at > 0 && --budget->fail_at == 0)
        return false;
    return budget->limit == 0 || (budget->used <= budget->limit && size <= budget->limit - budget->used);
}

static inline void budget_charge(struct budget *budget, size_t size)
{
    budget->used += size;
    if (budget->used > budget->peak)
        budget->peak = budget->used;
}

static inline void budget_discharge(struct budget *budget, size_t size)
{
    budget->used -= size;
}

#endif
