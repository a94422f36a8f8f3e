/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Behind the head of each record that is copied stand its items, its text and the two names. A block never moves while
 * there is something in it, so pointers are made once, when a record is copied.
 */
#include "batch.h"

#include "keeper.h"
#include "record_copy.h"

#include <stdlib.h>

enum { ALIGNMENT = _Alignof(max_align_t) };

struct copied {
    struct batched batched;
    struct record record;
    struct conversation conversation;
};

void batch_init(struct batch *batch, size_t capacity)
{
    *batch = (struct batch){.capacity = capacity};
}

void batch_let_go(struct batch *batch)
{
    while (batch->keeper_count > 0)
        keeper_release(batch->keepers[--batch->keeper_count]);
}

void batch_done(struct batch *batch)
{
    batch_let_go(batch);
    free(batch->block);
    *batch = (struct batch){0};
}

static bool make_room(struct batch *batch, size_t size)
{
    if (batch->used == 0 && size > batch->capacity) {
        free(batch->block);
        batch->block = NULL;
        batch->capacity = size;
    }
    if (!batch->block)
        batch->block = malloc(batch->capacity);
    return batch->block != NULL;
}

/* False: it holds as many as it can. */
static bool hold(struct batch *batch, struct record_keeper *keeper)
{
    for (unsigned i = 0; i < batch->keeper_count; i++)
        if (batch->keepers[i] == keeper)
            return true;
    if (batch->keeper_count == BATCH_KEEPERS)
        return false;
    batch->keepers[batch->keeper_count++] = keeper;
    keeper_hold(keeper);
    return true;
}

/* Room for what is added, `held` bytes of which are elsewhere. */
static enum batch_result place(struct batch *batch, size_t size, size_t held, struct batched **ret_batched)
{
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (batch->used > 0 && batch->used + batch->held + size + held > batch->capacity)
        return BATCH_FULL;
    if (!make_room(batch, size))
        return BATCH_NO_MEMORY;
    *ret_batched = (struct batched *)(void *)(batch->block + batch->used);
    (*ret_batched)->size = size;
    return BATCH_TAKEN;
}

static enum batch_result add_held(struct batch *batch, const struct record *record, bool marked)
{
    struct batched *batched;
    const size_t held = sizeof *record + record_copy_size(record);
    const enum batch_result result = place(batch, sizeof *batched, held, &batched);
    if (result != BATCH_TAKEN)
        return result;
    if (!hold(batch, record->keeper))
        return BATCH_FULL;
    batched->marked = marked;
    batched->record = record;
    batch->used += batched->size;
    batch->held += held;
    return BATCH_TAKEN;
}

static struct bytes put_name(uint8_t **at, struct bytes name)
{
    const struct bytes copy = {name.at ? *at : NULL, name.len};
    if (name.len > 0)
        memcpy(*at, name.at, name.len);
    *at += name.len;
    return copy;
}

enum batch_result batch_add(struct batch *batch, const struct record *record, bool marked)
{
    if (record->keeper)
        return add_held(batch, record, marked);
    struct batched *batched;
    const size_t size = sizeof(struct copied) + record_copy_size(record) + record->source_domain.len +
                        record->destination_domain.len;
    const enum batch_result result = place(batch, size, 0, &batched);
    if (result != BATCH_TAKEN)
        return result;
    struct copied *copy = (struct copied *)batched;
    batched->marked = marked;
    batched->record = &copy->record;
    uint8_t *at = record_copy(&copy->record, &copy->conversation, copy + 1, record);
    copy->record.source_domain = put_name(&at, record->source_domain);
    copy->record.destination_domain = put_name(&at, record->destination_domain);
    batch->used += batched->size;
    return BATCH_TAKEN;
}

const struct batched *batch_next(const struct batch *batch, const struct batched *before)
{
    const uint8_t *at = before ? (const uint8_t *)before + before->size : batch->block;
    return at && at < batch->block + batch->used ? (const struct batched *)(const void *)at : NULL;
}

void batch_clear(struct batch *batch, size_t capacity)
{
    batch_let_go(batch);
    batch->used = batch->held = 0;
    if (batch->capacity <= capacity)
        return;
    free(batch->block);
    batch_init(batch, capacity);
}
