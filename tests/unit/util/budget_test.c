/* SPDX-License-Identifier: BSD-3-Clause */
#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void never_exceeds_its_limit(void **state)
{
    (void)state;
    struct budget budget;
    budget_init(&budget, 100);
    void *a = budget_take(&budget, 60);
    assert_non_null(a);
    assert_null(budget_take(&budget, 41));
    void *b = budget_take(&budget, 40);
    assert_non_null(b);
    assert_int_equal(budget.used, 100);
    assert_int_equal(budget.peak, 100);
    assert_int_equal(budget.refused, 1);
    budget_give(&budget, a, 60);
    budget_give(&budget, b, 40);
    budget_give(&budget, NULL, 7);
    assert_int_equal(budget.used, 0);
    assert_int_equal(budget.peak, 100);
}

static void takes_zeroed_memory(void **state)
{
    (void)state;
    static const char zeros[64];
    struct budget budget;
    budget_init(&budget, 0);
    void *a = budget_take(&budget, sizeof zeros);
    assert_memory_equal(a, zeros, sizeof zeros);
    budget_give(&budget, a, sizeof zeros);
}

static void resizes_within_its_limit(void **state)
{
    (void)state;
    struct budget budget;
    budget_init(&budget, 100);
    char *a = budget_resize(&budget, NULL, 0, 10);
    memcpy(a, "0123456789", 10);
    assert_null(budget_resize(&budget, a, 10, 101));
    assert_memory_equal(a, "0123456789", 10);
    a = budget_resize(&budget, a, 10, 100);
    assert_memory_equal(a, "0123456789", 10);
    a = budget_resize(&budget, a, 100, 5);
    assert_memory_equal(a, "01234", 5);
    assert_int_equal(budget.used, 5);
    budget_give(&budget, a, 5);
}

static void fails_when_told_to(void **state)
{
    (void)state;
    struct budget budget;
    budget_init(&budget, 0);
    budget.fail_at = 2;
    void *a = budget_take(&budget, 1);
    assert_non_null(a);
    assert_null(budget_take(&budget, 1));
    void *b = budget_take(&budget, 1);
    assert_non_null(b);
    budget_give(&budget, a, 1);
    budget_give(&budget, b, 1);
}

static void shares_a_part_of_what_is_limited(void **state)
{
    (void)state;
    struct budget budget;
    budget_init(&budget, 0);
    assert_int_equal(budget_share(&budget, 1000), 1000);
    budget_init(&budget, 8000);
    assert_int_equal(budget_share(&budget, 999), 999);
    assert_int_equal(budget_share(&budget, 1001), 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_exceeds_its_limit),          cmocka_unit_test(takes_zeroed_memory),
        cmocka_unit_test(resizes_within_its_limit),         cmocka_unit_test(fails_when_told_to),
        cmocka_unit_test(shares_a_part_of_what_is_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
