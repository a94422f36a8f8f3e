/* SPDX-License-Identifier: BSD-3-Clause */
#include "record_copy.h"

uint8_t *record_copy(struct record *ret_copy, struct conversation *conversation, void *block,
                     const struct record *record)
{
    const size_t items = record->item_count * sizeof *record->items;
    const size_t links = record->dataset->field_count * sizeof *record->first_item;
    memcpy(ret_copy, record, offsetof(struct record, first_item));
    memcpy(ret_copy->first_item, record->first_item, links);
    memcpy(ret_copy->last_item, record->last_item, links);
    ret_copy->keeper = NULL;
    ret_copy->budget = NULL;
    ret_copy->items = block;
    ret_copy->text = (uint8_t *)block + items;
    ret_copy->text_capacity = record->text_length + RECORD_COPY_BEHIND;
    ret_copy->conversation = record->conversation ? conversation : NULL;
    if (record->conversation)
        *conversation = *record->conversation;
    if (items > 0)
        memcpy(ret_copy->items, record->items, items);
    if (record->text_length > 0)
        memcpy(ret_copy->text, record->text, record->text_length);
    return ret_copy->text + ret_copy->text_capacity;
}
