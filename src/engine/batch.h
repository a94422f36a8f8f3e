/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Records copied into one block, one after the other, so that nothing in them belongs to the engine any more: another
 * thread reads them in place.
 */
#ifndef OVERHEAR_ENGINE_BATCH_H
#define OVERHEAR_ENGINE_BATCH_H

#include "overhear/record.h"

struct batch {
    uint8_t *block;
    size_t used, capacity;
};

/* What batch_next returns. The record is whole: with its values, texts, names and its conversation as it is now. */
struct batched {
    size_t size;
    bool marked;
    struct record record;
    struct conversation conversation;
};

enum batch_result {
    BATCH_TAKEN,
    BATCH_FULL,     /* never of an empty one */
    BATCH_NO_MEMORY /* nor would another one take it */
};

/* Takes no memory yet. The block is taken with the first record, and has `capacity` bytes or what the first record
 * needs, if that is more. */
void batch_init(struct batch *batch, size_t capacity);
void batch_done(struct batch *batch);

/* `marked` is for those who read. */
enum batch_result batch_add(struct batch *batch, const struct record *record, bool marked);

/* The one after `before`, NULL: the first one. NULL: there is none. Valid until batch_clear; several threads may read.
 */
const struct batched *batch_next(const struct batch *batch, const struct batched *before);

/* A block that one huge record has made larger than `capacity` is given back. */
void batch_clear(struct batch *batch, size_t capacity);

#endif
