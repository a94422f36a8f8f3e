/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Records that another thread reads in place, one after the other. Those that have a keeper stay where they are and are
 * held; all others are copied into one block, so that nothing in them belongs to the engine any more.
 */
#ifndef OVERHEAR_ENGINE_BATCH_H
#define OVERHEAR_ENGINE_BATCH_H

#include "overhear/record.h"

enum { BATCH_KEEPERS = 16 };

struct batch {
    uint8_t *block;
    size_t used, capacity;
    size_t held; /* bytes of records that are not in the block; with `used` at most `capacity` */
    struct record_keeper *keepers[BATCH_KEEPERS];
    unsigned keeper_count;
};

/* What batch_next returns. The record is whole: with its values, texts, names and its conversation. */
struct batched {
    size_t size;
    bool marked;
    const struct record *record;
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

/* The one after `before`, NULL: the first one. NULL: there is none. Valid until batch_clear or batch_let_go; several
 * threads may read. */
const struct batched *batch_next(const struct batch *batch, const struct batched *before);

/* Nobody reads it any more: records that others keep are held no longer. */
void batch_let_go(struct batch *batch);

/* Lets go, too. A block that one huge record has made larger than `capacity` is given back. */
void batch_clear(struct batch *batch, size_t capacity);

#endif
