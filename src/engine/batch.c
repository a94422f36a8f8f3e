/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Behind the head of each record stand its items, its text and the two names. A block never moves while there is
 * something in it, so pointers are made once, when a record is copied.
 */
#include "batch.h"

#include <stdlib.h>

enum {
    ALIGNMENT = _Alignof(max_align_t),
    BEHIND_TEXT = 16, /* who renders a text reads beyond its end, as far as the capacity goes: so much that it pays */
};

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

static uint8_t *put(uint8_t *at, const void *from, size_t size)
{
    if (size > 0)
        memcpy(at, from, size);
    return at + size;
}

static struct bytes put_name(uint8_t **at, struct bytes name)
{
    const struct bytes copy = {name.at ? *at : NULL, name.len};
    *at = put(*at, name.at, name.len);
    return copy;
}

static void copy_record(struct batched *copy, const struct record *record)
{
    const size_t items = record->item_count * sizeof *record->items;
    uint8_t *at = (uint8_t *)(copy + 1);
    copy->record = *record;
    copy->record.budget = NULL;
    copy->record.items = (struct item *)(void *)at;
    at = put(at, record->items, items);
    copy->record.text = at;
    copy->record.text_capacity = record->text_length + BEHIND_TEXT;
    at = put(at, record->text, record->text_length) + BEHIND_TEXT;
    copy->record.source_domain = put_name(&at, record->source_domain);
    copy->record.destination_domain = put_name(&at, record->destination_domain);
    if (!record->conversation)
        return;
    copy->conversation = *record->conversation;
    copy->record.conversation = &copy->conversation;
}

enum batch_result batch_add(struct batch *batch, const struct record *record, bool marked)
{
    size_t size = sizeof(struct batched) + record->item_count * sizeof *record->items + record->text_length +
                  BEHIND_TEXT + record->source_domain.len + record->destination_domain.len;
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (batch->used > 0 && size > batch->capacity - batch->used)
        return BATCH_FULL;
    if (!make_room(batch, size))
        return BATCH_NO_MEMORY;
    struct batched *copy = (struct batched *)(void *)(batch->block + batch->used);
    copy->size = size;
    copy->marked = marked;
    copy_record(copy, record);
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
