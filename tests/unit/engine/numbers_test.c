/* SPDX-License-Identifier: BSD-3-Clause */
#include "engine/numbers.h"

#include "overhear/limits.h"
#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void counts_in_the_order_of_opening(void **state)
{
    struct budget budget;
    (void)state;
    budget_init(&budget, 0);
    struct numbers *numbers = numbers_new(&budget);
    assert_non_null(numbers);
    assert_int_equal(numbers_find(numbers, 9), 0);
    assert_int_equal(numbers_open(numbers, 9), 1);
    assert_int_equal(numbers_open(numbers, 1), 2);
    assert_int_equal(numbers_open(numbers, 9 + 1024), 3); /* another one for the same place */
    assert_int_equal(numbers_find(numbers, 9), 1);
    assert_int_equal(numbers_find(numbers, 1), 2);
    assert_int_equal(numbers_find(numbers, 9 + 1024), 3);
    numbers_free(numbers);
    assert_int_equal(budget.used, 0);
}

/* Many are open at a time, in an order unlike that of their identifiers, and most of them end. */
static void remembers_the_open_ones(void **state)
{
    enum { COUNT = 30000 };
    struct budget budget;
    (void)state;
    budget_init(&budget, 0);
    struct numbers *numbers = numbers_new(&budget);
    for (uint64_t i = 1; i <= COUNT; i++)
        assert_int_equal(numbers_open(numbers, 1 + i * 7 % COUNT * 3), i);
    for (uint64_t i = 1; i <= COUNT; i++)
        if (i % 10 != 0)
            numbers_close(numbers, 1 + i * 7 % COUNT * 3);
    for (uint64_t i = 10; i <= COUNT; i += 10)
        assert_int_equal(numbers_find(numbers, 1 + i * 7 % COUNT * 3), i);
    numbers_free(numbers);
    assert_int_equal(budget.used, 0);
}

/* LIMIT_NUMBERS_KEPT */
static void forgets_the_ended_ones_in_time(void **state)
{
    struct budget budget;
    (void)state;
    budget_init(&budget, 0);
    struct numbers *numbers = numbers_new(&budget);
    size_t used = 0;
    for (uint64_t id = 1; id <= 100000; id++) {
        (void)numbers_open(numbers, id);
        numbers_close(numbers, id);
        if (id == LIMIT_NUMBERS_KEPT * 2)
            used = budget.used;
    }
    assert_int_equal(budget.used, used);
    assert_int_equal(numbers_find(numbers, 100000), 100000);
    assert_int_equal(numbers_find(numbers, 100000 - LIMIT_NUMBERS_KEPT + 1), 100000 - LIMIT_NUMBERS_KEPT + 1);
    assert_int_equal(numbers_find(numbers, 100000 - LIMIT_NUMBERS_KEPT), 0);
    numbers_free(numbers);
}

static void goes_on_counting_without_memory(void **state)
{
    struct budget budget;
    (void)state;
    budget_init(&budget, 64 * 1024);
    struct numbers *numbers = numbers_new(&budget);
    assert_non_null(numbers);
    for (uint64_t id = 1; id <= 5000; id++)
        assert_int_equal(numbers_open(numbers, id), id);
    assert_true(budget.used <= budget.limit);
    assert_true(budget.refused > 0);
    assert_int_equal(numbers_find(numbers, 1), 1);
    assert_int_equal(numbers_find(numbers, 5000), 0);
    numbers_close(numbers, 5000);
    for (uint64_t i = 0; i < LIMIT_NUMBERS_KEPT; i++)
        numbers_close(numbers, 6000 + i); /* of what nobody knows */
    assert_int_equal(numbers_find(numbers, 1), 1);
    numbers_free(numbers);
    budget_init(&budget, 1000);
    assert_null(numbers_new(&budget));
    assert_int_equal(budget.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_in_the_order_of_opening),
        cmocka_unit_test(remembers_the_open_ones),
        cmocka_unit_test(forgets_the_ended_ones_in_time),
        cmocka_unit_test(goes_on_counting_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
