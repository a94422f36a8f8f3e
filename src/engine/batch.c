/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Behind the head of each record stand its items, its text and the two names. A block never moves while there is
 * something in it, so pointers are made once, when a record is copied.
 */
#include "batch.h"

#include "record_copy.h"

#include <stdlib.h>

enum { ALIGNMENT = _Alignof(max_align_t) };

void batch_init(struct batch *batch, size_t capacity)
{
    *batch = (struct batch){.capacity = capacity};
}

void batch_done(struct batch *batch)
{
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
    size_t size = sizeof(struct batched) + record_copy_size(record) + record->source_domain.len +
                  record->destination_domain.len;
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (batch->used > 0 && size > batch->capacity - batch->used)
        return BATCH_FULL;
    if (!make_room(batch, size))
        return BATCH_NO_MEMORY;
    struct batched *copy = (struct batched *)(void *)(batch->block + batch->used);
    copy->size = size;
    copy->marked = marked;
    uint8_t *at = record_copy(&copy->record, &copy->conversation, copy + 1, record);
    copy->record.source_domain = put_name(&at, record->source_domain);
    copy->record.destination_domain = put_name(&at, record->destination_domain);
    batch->used += size;
    return BATCH_TAKEN;
}

const struct batched *batch_next(const struct batch *batch, const struct batched *before)
{
    const uint8_t *at = before ? (const uint8_t *)before + before->size : batch->block;
    return at && at < batch->block + batch->used ? (const struct batched *)(const void *)at : NULL;
}

void batch_clear(struct batch *batch, size_t capacity)
{
    batch->used = 0;
    if (batch->capacity <= capacity)
        return;
    free(batch->block);
    batch_init(batch, capacity);
}
