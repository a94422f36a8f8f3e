/* SPDX-License-Identifier: BSD-3-Clause */
#include "frame/names.h"

#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct address host(uint32_t number)
{
    struct address a = {4, {10, (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number}};
    return a;
}

static void name_is(struct names *names, uint32_t asker, uint32_t address, const char *expected)
{
    struct address a = host(asker), b = host(address);
    struct bytes name = names_find(names, &a, &b, 0);
    assert_int_equal(name.len, strlen(expected));
    assert_memory_equal(name.at, expected, name.len);
}

static void learn(struct names *names, uint32_t asker, uint32_t address, const char *name)
{
    struct address a = host(asker), b = host(address);
    names_learn(names, NAME_FORWARD, &a, &b, bytes_text(name), 0, 60);
}

static void each_asker_knows_its_own(void **state)
{
    (void)state;
    struct budget budget;
    budget_init(&budget, 0);
    struct names *names = names_new(&budget);
    struct address a = host(1), b = host(9);
    assert_null(names_find(names, &a, &b, 0).at);
    learn(names, 1, 9, "first.example");
    learn(names, 2, 9, "other.example");
    learn(names, 1, 9, "last.example");
    name_is(names, 1, 9, "last.example");
    name_is(names, 2, 9, "other.example");
    a = host(3);
    assert_null(names_find(names, &a, &b, 0).at);
    names_free(names);
    assert_int_equal(budget.used, 0);
}

static void forgets_the_least_recently_used(void **state)
{
    (void)state;
    struct budget budget;
    budget_init(&budget, 0);
    struct names *names = names_new(&budget);
    for (uint32_t i = 0; i < LIMIT_NAMES; i++)
        learn(names, 1, i, "name.example");
    name_is(names, 1, 0, "name.example");
    learn(names, 1, LIMIT_NAMES, "new.example");
    name_is(names, 1, 0, "name.example");
    name_is(names, 1, LIMIT_NAMES, "new.example");
    struct address a = host(1), b = host(1);
    assert_null(names_find(names, &a, &b, 0).at);
    names_free(names);
    assert_int_equal(budget.used, 0);
}

/* Names cannot be evicted: however many there are, most of the memory is left to conversations. */
static void leaves_memory_to_others(void **state)
{
    (void)state;
    struct budget budget;
    budget_init(&budget, (size_t)1 << 20);
    struct names *names = names_new(&budget);
    const size_t empty = budget.used;
    for (uint32_t i = 0; i < LIMIT_NAMES; i++) {
        learn(names, 1, i, "name.example");
        name_is(names, 1, i, "name.example");
        assert_true(budget.used - empty <= budget.limit / LIMIT_MEMORY_SHARE);
    }
    assert_int_equal(budget.refused, 0);
    struct address a = host(1), b = host(0);
    assert_null(names_find(names, &a, &b, 0).at);
    names_free(names);
    assert_int_equal(budget.used, 0);
}

static void learns_nothing_without_memory(void **state)
{
    (void)state;
    struct budget budget;
    budget_init(&budget, 0);
    struct names *names = names_new(&budget);
    learn(names, 1, 9, "a.example");
    budget.fail_at = 1;
    learn(names, 1, 9, "b.example");
    struct address a = host(1), b = host(9);
    assert_null(names_find(names, &a, &b, 0).at);
    names_free(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_asker_knows_its_own),
        cmocka_unit_test(forgets_the_least_recently_used),
        cmocka_unit_test(leaves_memory_to_others),
        cmocka_unit_test(learns_nothing_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
