/* SPDX-License-Identifier: BSD-3-Clause */
#include "util/slab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void charges_block_by_block(void **state)
{
    (void)state;
    struct budget budget;
    struct slab slab;
    budget_init(&budget, 250);
    slab_init(&slab, &budget, 100, NULL); /* is made 104 */
    void *a = slab_take(&slab, 0);
    void *b = slab_take(&slab, 0);
    assert_non_null(a);
    assert_non_null(b);
    assert_int_equal((uintptr_t)a % SLAB_UNIT, 0);
    assert_int_equal((const uint8_t *)b - (const uint8_t *)a, 104);
    assert_int_equal(budget.used, 208);
    assert_null(slab_take(&slab, 0));
    assert_int_equal(budget.refused, 1);
    slab_give(&slab, a);
    slab_give(&slab, NULL);
    assert_int_equal(budget.used, 104);
    assert_ptr_equal(slab_take(&slab, 0), a);
    slab_give(&slab, a);
    slab_give(&slab, b);
    assert_int_equal(budget.used, 0);
    assert_int_equal(budget.peak, 208);
    slab_done(&slab);
    assert_null(budget.regions);
}

static void zeroes_what_is_asked_for(void **state)
{
    (void)state;
    static const uint8_t zeros[64];
    struct budget budget;
    struct slab slab;
    budget_init(&budget, 0);
    slab_init(&slab, &budget, 64, NULL);
    void *block = slab_take(&slab, 64);
    assert_memory_equal(block, zeros, 64);
    memset(block, 0xff, 64);
    slab_give(&slab, block);
    assert_ptr_equal(slab_take(&slab, 48), block);
    assert_memory_equal(block, zeros, 48);
    slab_give(&slab, block);
    slab_done(&slab);
    assert_null(budget.regions);
}

static void fails_where_it_is_told_to(void **state)
{
    (void)state;
    struct budget budget;
    struct slab slab;
    budget_init(&budget, 0);
    budget.fail_at = 2;
    slab_init(&slab, &budget, 16, NULL);
    void *block = slab_take(&slab, 16);
    assert_non_null(block);
    assert_null(slab_take(&slab, 16));
    assert_int_equal(budget.used, 16);
    slab_give(&slab, block);
    slab_done(&slab);
    assert_null(budget.regions);
}

enum { MANY = 5000 };

struct numbered {
    uint32_t number, serial;
    uint8_t rest[88];
};

/* More than a dozen chunks, given back in another order, and taken again. */
static void keeps_blocks_apart_and_numbered(void **state)
{
    (void)state;
    static struct numbered *blocks[MANY];
    struct budget budget;
    struct slab_index index = {NULL, 0, 0, 0};
    struct slab slab;
    budget_init(&budget, 0);
    slab_init(&slab, &budget, sizeof(struct numbered), &index);
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < MANY; i++) {
            if (blocks[i])
                continue;
            blocks[i] = slab_take(&slab, sizeof *blocks[i]);
            assert_non_null(blocks[i]);
            assert_int_equal(blocks[i]->serial, 0);
            blocks[i]->number = slab_number(blocks[i]);
            blocks[i]->serial = i + 1;
        }
        for (uint32_t i = 0; i < MANY; i++) {
            assert_int_not_equal(blocks[i]->number, 0);
            assert_ptr_equal(slab_block(&index, blocks[i]->number), blocks[i]);
            assert_int_equal(blocks[i]->serial, i + 1);
        }
        for (uint32_t i = 0; i < MANY; i++) {
            uint32_t at = i * 7 % MANY;
            if (round == 2 || (at + round) % 3 != 0) {
                slab_give(&slab, blocks[at]);
                blocks[at] = NULL;
            }
        }
    }
    assert_int_equal(budget.used, index.capacity * sizeof *index.chunks);
    assert_true(index.count <= MANY * sizeof(struct numbered) / SLAB_CHUNK_SIZE + 2);
    slab_done(&slab);
    assert_null(budget.regions);
    slab_index_done(&index, &budget);
    assert_int_equal(budget.used, 0);
}

/* Two slabs of different sizes share one index: a number says which block, whatever its size. */
static void shares_an_index(void **state)
{
    (void)state;
    struct budget budget;
    struct slab_index index = {NULL, 0, 0, 0};
    struct slab small, large;
    budget_init(&budget, 0);
    slab_init(&small, &budget, 32, &index);
    slab_init(&large, &budget, 4096, &index);
    void *a = slab_take(&small, 0), *b = slab_take(&large, 0);
    assert_ptr_equal(slab_block(&index, slab_number(a)), a);
    assert_ptr_equal(slab_block(&index, slab_number(b)), b);
    assert_int_equal(slab_number(a), (64 - 24) / SLAB_UNIT);
    slab_give(&small, a);
    slab_give(&large, b);
    slab_done(&small);
    slab_done(&large);
    slab_index_done(&index, &budget);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charges_block_by_block),    cmocka_unit_test(zeroes_what_is_asked_for),
        cmocka_unit_test(fails_where_it_is_told_to), cmocka_unit_test(keeps_blocks_apart_and_numbered),
        cmocka_unit_test(shares_an_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
