/* SPDX-License-Identifier: BSD-3-Clause */
#include "layer_table.h"

static uint32_t key_of(enum layer_kind kind, uint16_t number)
{
    return (uint32_t)kind << 16 | number;
}

/* The keys are ours, not the sender's: which of them are in the table is fixed, so the hash needs no key. */
static size_t slot_of(uint32_t key)
{
    return key * 0x9e3779b1u >> 23 & (LAYER_TABLE_SIZE - 1);
}

static void insert(struct layer_table *table, uint32_t key, const struct layer *layer)
{
    size_t slot = slot_of(key);
    while (table->slots[slot].key != 0) {
        assert(table->slots[slot].key != key);
        slot = (slot + 1) % LAYER_TABLE_SIZE;
    }
    table->slots[slot].key = key;
    table->slots[slot].layer = layer;
}

void layer_table_init(struct layer_table *table)
{
    *table = (struct layer_table){0};
    size_t rows = 0;
    for (size_t i = 0; decode_layers[i]; i++) {
        const struct layer *layer = decode_layers[i];
        for (size_t k = 0; k < LAYER_IDS && layer->ids[k].kind != LAYER_NONE; k++, rows++)
            insert(table, key_of(layer->ids[k].kind, layer->ids[k].number), layer);
    }
    assert(rows <= LAYER_TABLE_SIZE / 4);
}

const struct layer *layer_table_find(const struct layer_table *table, enum layer_kind kind, uint16_t number)
{
    uint32_t key = key_of(kind, number);
    size_t slot = slot_of(key);
    while (table->slots[slot].key != key) {
        if (table->slots[slot].key == 0)
            return NULL;
        slot = (slot + 1) % LAYER_TABLE_SIZE;
    }
    return table->slots[slot].layer;
}
