/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Copies of records that another thread reads: items and text lie in one block, and nothing belongs to the engine.
 */
#ifndef OVERHEAR_ENGINE_RECORD_COPY_H
#define OVERHEAR_ENGINE_RECORD_COPY_H

#include "overhear/record.h"

enum {
    RECORD_COPY_BEHIND =
        16, /* who renders a text reads beyond its end, as far as the capacity goes: so much that it pays */
};

/* Bytes of a block that takes the items and the text. */
static inline size_t record_copy_size(const struct record *record)
{
    return record->item_count * sizeof *record->items + record->text_length + RECORD_COPY_BEHIND;
}

/* `block` is that large and aligned for items; `conversation` takes that of the record where it has one. The names of
 * its sides still stand where they stood. Returns where the block ends. */
uint8_t *record_copy(struct record *ret_copy, struct conversation *conversation, void *block,
                     const struct record *record);

#endif
