/* SPDX-License-Identifier: BSD-3-Clause */
#include "budget.h"

#include "overhear/limits.h"

#include <stdlib.h>
#include <string.h>

void budget_init(struct budget *budget, size_t limit)
{
    *budget = (struct budget){.limit = limit};
}

void *budget_take(struct budget *budget, size_t size)
{
    const bool admitted = budget_admits(budget, size);
    void *memory = admitted ? calloc(1, size) : NULL;
    if (memory) {
        budget_charge(budget, size);
    } else {
        budget->refused++;
        budget->failed += admitted;
    }
    return memory;
}

void *budget_resize(struct budget *budget, void *memory, size_t old_size, size_t new_size)
{
    size_t more = new_size > old_size ? new_size - old_size : 0;
    const bool admitted = budget_admits(budget, more);
    void *resized = admitted ? realloc(memory, new_size) : NULL;
    if (!resized) {
        budget->refused++;
        budget->failed += admitted;
        return NULL;
    }
    budget->used -= old_size;
    budget_charge(budget, new_size);
    return resized;
}

size_t budget_share(const struct budget *budget, size_t most)
{
    size_t share = budget->limit / LIMIT_MEMORY_SHARE;
    return budget->limit > 0 && share < most ? share : most;
}

void budget_give(struct budget *budget, void *memory, size_t size)
{
    if (!memory)
        return;
    free(memory);
    budget_discharge(budget, size);
}
