/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From an identifier to its layer: open addressing over the rows of all layers, built once.
 */
#ifndef OVERHEAR_DECODE_LAYER_TABLE_H
#define OVERHEAR_DECODE_LAYER_TABLE_H

#include "layer.h"

enum { LAYER_TABLE_SIZE = 512 }; /* at least four times the rows there are */

struct layer_table {
    struct {
        uint32_t key; /* kind and number; 0: free */
        const struct layer *layer;
    } slots[LAYER_TABLE_SIZE];
};

void layer_table_init(struct layer_table *table);

const struct layer *layer_table_find(const struct layer_table *table, enum layer_kind kind, uint16_t number);

#endif
