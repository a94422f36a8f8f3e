/* SPDX-License-Identifier: BSD-3-Clause */
#include "util/distance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static size_t between(const char *a, const char *b)
{
    size_t distance = word_distance(bytes_text(a), bytes_text(b));
    assert_int_equal(word_distance(bytes_text(b), bytes_text(a)), distance);
    return distance;
}

static void test_distances(void **state)
{
    (void)state;
    assert_int_equal(between("", ""), 0);
    assert_int_equal(between("", "abc"), 3);
    assert_int_equal(between("eth0", "eth0"), 0);
    assert_int_equal(between("eth0", "eth1"), 1);
    assert_int_equal(between("eth0", "eth"), 1);
    assert_int_equal(between("fileds", "fields"), 2);
    assert_int_equal(between("kitten", "sitting"), 3);
    assert_int_equal(between("User-Agent", "user_agent"), 0);
}

static void test_long_words(void **state)
{
    static const char a[DISTANCE_WORD_MAX + 1] = {'a'};
    (void)state;
    assert_int_equal(word_distance(bytes_of(a, DISTANCE_WORD_MAX), bytes_text("a")), DISTANCE_WORD_MAX - 1);
    assert_true(word_distance(bytes_of(a, DISTANCE_WORD_MAX + 1), bytes_text("a")) == SIZE_MAX);
    assert_true(word_distance(bytes_text("a"), bytes_of(a, DISTANCE_WORD_MAX + 1)) == SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_distances), cmocka_unit_test(test_long_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
