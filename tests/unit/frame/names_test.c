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

static const int64_t SECOND = 1000000000;

static void tell(struct names *names, enum name_kind kind, const char *name, int64_t now_s, uint32_t ttl_s)
{
    struct address a = host(1), b = host(9);
    names_learn(names, kind, &a, &b, bytes_text(name), now_s * SECOND, ttl_s);
}

static void told(struct names *names, int64_t at_ns, const char *expected)
{
    struct address a = host(1), b = host(9);
    struct bytes name = names_find(names, &a, &b, at_ns);
    if (expected)
        assert_true(bytes_is(name, expected));
    else
        assert_null(name.at);
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
    name_is(names, 1, 9, "a.example");
    budget.fail_at = 1;
    learn(names, 1, 9, "a-longer-name.b.example");
    struct address a = host(1), b = host(9);
    assert_null(names_find(names, &a, &b, 0).at);
    names_free(names);
}

/* TTL and five minutes; a TTL of more than a week counts as a week, one of 0 leaves the five minutes. */
static void expires(void **state)
{
    (void)state;
    struct budget budget;
    budget_init(&budget, 0);
    struct names *names = names_new(&budget);
    tell(names, NAME_FORWARD, "a.example", 1000, 60);
    told(names, 0, "a.example"); /* of a conversation that began before */
    told(names, 1360 * SECOND, "a.example");
    told(names, 1360 * SECOND + 1, NULL);
    told(names, 1360 * SECOND, "a.example"); /* still there for those who began earlier */
    tell(names, NAME_FORWARD, "a.example", 1100, 60);
    told(names, 1460 * SECOND, "a.example");
    tell(names, NAME_FORWARD, "b.example", 2000, 0);
    told(names, 2300 * SECOND, "b.example");
    told(names, 2300 * SECOND + 1, NULL);
    tell(names, NAME_FORWARD, "c.example", 2000, UINT32_MAX);
    told(names, (2300 + 7 * 24 * 3600) * SECOND, "c.example");
    told(names, (2300 + 7 * 24 * 3600) * SECOND + 1, NULL);
    tell(names, NAME_FORWARD, "d.example", INT64_MAX / SECOND, 60);
    told(names, INT64_MAX, "d.example");
    names_free(names);
    assert_int_equal(budget.used, 0);
}

static void prefers_what_was_asked_for(void **state)
{
    (void)state;
    struct budget budget;
    budget_init(&budget, 0);
    struct names *names = names_new(&budget);
    tell(names, NAME_REVERSE, "r.example", 1000, 60);
    told(names, 1000 * SECOND, "r.example");
    tell(names, NAME_FORWARD, "f.example", 1001, 60);
    told(names, 1000 * SECOND, "f.example");
    tell(names, NAME_REVERSE, "r.example", 1361, 60);
    told(names, 1361 * SECOND, "f.example");
    tell(names, NAME_REVERSE, "r.example", 1362, 60);
    told(names, 1362 * SECOND, "r.example");
    tell(names, NAME_FORWARD, "", 1363, 60);
    told(names, 1362 * SECOND, "r.example");
    names_free(names);
    assert_int_equal(budget.used, 0);
}

static void keeps_255_small_letters(void **state)
{
    char text[300];
    (void)state;
    struct budget budget;
    budget_init(&budget, 0);
    struct names *names = names_new(&budget);
    tell(names, NAME_FORWARD, "wWw.EXAMPLE", 0, 60);
    told(names, 0, "www.example");
    const size_t used = budget.used;
    tell(names, NAME_FORWARD, "WWW.example", 0, 60);
    told(names, 0, "www.example");
    assert_int_equal(budget.used, used);
    memset(text, 'x', sizeof text);
    text[299] = '\0';
    tell(names, NAME_FORWARD, text, 0, 60);
    text[255] = '\0';
    told(names, 0, text);
    names_free(names);
    assert_int_equal(budget.used, 0);
}

static uint32_t drawn(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)*seed * below >> 32);
}

/* Of two that are told the same, one settles what waits at once. They know the same of every pair, those that are about
 * to be forgotten included. */
static void waits_unseen(void **state)
{
    enum { PAIRS = LIMIT_NAMES + 50, OPERATIONS = 60000 };
    static const char *const texts[] = {"a.example", "B.example", "a-longer-one.example", "c.example", "D.EXAMPLE"};
    (void)state;
    struct budget budget;
    budget_init(&budget, 0);
    struct names *late = names_new(&budget), *prompt = names_new(&budget);
    uint32_t seed = 1, known = 0;
    for (uint32_t i = 0; i < LIMIT_NAMES + OPERATIONS; i++) {
        /* The oldest pairs are those that come next. */
        const uint32_t next = i < LIMIT_NAMES ? i : drawn(&seed, 8) ? (i + drawn(&seed, 60)) % PAIRS : drawn(&seed, 9);
        const uint32_t text = drawn(&seed, 5), kind = drawn(&seed, 2);
        struct address a = host(1), b = host(next);
        if (i < LIMIT_NAMES || drawn(&seed, 3) == 0) {
            names_learn(late, kind, &a, &b, bytes_text(texts[text]), i, 60);
            names_learn(prompt, kind, &a, &b, bytes_text(texts[text]), i, 60);
            (void)names_agree(prompt, &a, &a, 0, 0);
            continue;
        }
        const struct bytes expected = names_find(prompt, &a, &b, i), found = names_find(late, &a, &b, i);
        assert_int_equal(found.len, expected.len);
        if (found.len > 0)
            assert_memory_equal(found.at, expected.at, expected.len);
        known += found.len > 0;
    }
    assert_in_range(known, OPERATIONS / 3, OPERATIONS * 2 / 3 - 100);
    names_free(late);
    names_free(prompt);
    assert_int_equal(budget.used, 0);
}

static void use(struct names *names, uint32_t address)
{
    struct address a = host(1), b = host(address);
    (void)names_find(names, &a, &b, 0);
}

/* How many of these addresses nothing is known of, without using them. */
static unsigned lost(struct names *names, uint32_t first, uint32_t end)
{
    const uint64_t other_name = 12345;
    const int64_t later = 100 * SECOND;
    const struct address a = host(1);
    unsigned count = 0;
    for (uint32_t address = first; address < end; address++) {
        const struct address b = host(address);
        count += names_agree(names, &a, &b, other_name, later);
    }
    return count;
}

/* Names that were used while a lesson waited are no newer than those that were used after them, however long nothing
 * else is learned: they are the first to be forgotten. */
static void keeps_the_order_of_use(void **state)
{
    enum { FIRST = 100, EARLY = FIRST + 100, EARLY_END = EARLY + 8, END = FIRST + 400, MORE = 10000, LITTLE = 1 << 20 };
    struct budget budget;
    (void)state;
    budget_init(&budget, LITTLE);
    struct names *names = names_new(&budget);
    assert_non_null(names);
    for (uint32_t i = FIRST; i < END; i++)
        learn(names, 1, i, "a.name");
    assert_int_equal(lost(names, FIRST, END), 0);
    learn(names, 1, END, "a.name");
    for (uint32_t i = EARLY; i < EARLY_END; i++)
        use(names, i);
    for (uint32_t i = FIRST; i <= END; i++)
        if (i < EARLY || i >= EARLY_END)
            use(names, i);
    for (uint32_t i = MORE; lost(names, FIRST, END) < EARLY_END - EARLY; i++)
        learn(names, 1, i, "a.name");
    assert_int_equal(lost(names, EARLY, EARLY_END), EARLY_END - EARLY);
    names_free(names);
    assert_int_equal(budget.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_asker_knows_its_own),
        cmocka_unit_test(forgets_the_least_recently_used),
        cmocka_unit_test(leaves_memory_to_others),
        cmocka_unit_test(learns_nothing_without_memory),
        cmocka_unit_test(expires),
        cmocka_unit_test(prefers_what_was_asked_for),
        cmocka_unit_test(keeps_255_small_letters),
        cmocka_unit_test(waits_unseen),
        cmocka_unit_test(keeps_the_order_of_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
