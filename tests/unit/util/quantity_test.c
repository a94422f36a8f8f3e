/* SPDX-License-Identifier: BSD-3-Clause */
#include "util/quantity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define US INT64_C(1000)
#define MS INT64_C(1000000)
#define S INT64_C(1000000000)

static void check_duration(int64_t ns, const char *expected)
{
    char text[QUANTITY_SIZE];
    assert_int_equal(quantity_text(quantity_duration(ns), text), strlen(expected));
    assert_string_equal(text, expected);
}

static void test_durations(void **state)
{
    (void)state;
    check_duration(0, "0 s");
    check_duration(999, "999 ns");
    check_duration(1 * US, "1 µs");
    check_duration(1540, "1.5 µs");
    check_duration(999499, "999 µs");
    check_duration(999500, "1 ms");
    check_duration(16 * MS + 400 * US, "16 ms");
    check_duration(9940 * US, "9.9 ms");
    check_duration(9950 * US, "10 ms");
    check_duration(999 * MS + 600 * US, "1 s");
    check_duration(4 * S + 149 * MS, "4.1 s");
    check_duration(59 * S, "59 s");
    check_duration(60 * S, "1 minute");
    check_duration(61 * S, "61 s");
    check_duration(120 * S, "2 minutes");
    check_duration(3600 * S, "1 hour");
    check_duration(5400 * S, "90 minutes");
    check_duration(86400 * S, "1 day");
    check_duration(86399 * S, "24 hours");
    check_duration(3 * 86400 * S, "3 days");
    check_duration(365 * 86400 * S, "1 year");
    check_duration(1000 * 86400 * S, "3 years");
    check_duration(-5 * S, "-5 s");
    check_duration(INT64_MIN, "-292 years");
}

static void check_size(uint64_t bytes, const char *expected)
{
    char text[QUANTITY_SIZE];
    quantity_text(quantity_size(bytes), text);
    assert_string_equal(text, expected);
}

static void test_sizes(void **state)
{
    (void)state;
    check_size(0, "0 bytes");
    check_size(1, "1 byte");
    check_size(999, "999 bytes");
    check_size(1000, "1 kB");
    check_size(1234, "1.2 kB");
    check_size(12345, "12 kB");
    check_size(999499, "999 kB");
    check_size(999500, "1 MB");
    check_size(1234567, "1.2 MB");
    check_size(UINT64_MAX, "18 EB");
}

static void check_ttl(int64_t seconds, const char *expected)
{
    char text[QUANTITY_SIZE];
    assert_int_equal(quantity_ttl(seconds, text), strlen(expected));
    assert_string_equal(text, expected);
}

static void test_ttls(void **state)
{
    (void)state;
    check_ttl(0, "0 s");
    check_ttl(59, "59 s");
    check_ttl(60, "1 min");
    check_ttl(3599, "59 min 59 s");
    check_ttl(3600, "1 h");
    check_ttl(3601, "1 h"); /* what is left is less than a minute */
    check_ttl(86400, "1 d");
    check_ttl(129600, "1 d 12 h");
    check_ttl(4294967295, "49710 d 6 h");
    check_ttl(-1, "-1 s");
}

static void check_offset(int64_t ns, const char *expected)
{
    char text[QUANTITY_SIZE];
    assert_int_equal(quantity_offset(ns, text), strlen(expected));
    assert_string_equal(text, expected);
}

static void test_offsets(void **state)
{
    (void)state;
    check_offset(0, "0.0 ms");
    check_offset(16 * MS + 499 * US, "16.4 ms");
    check_offset(999 * MS + 999 * US, "999.9 ms");
    check_offset(1 * S + 209 * MS, "1.20 s");
    check_offset(99 * S + 999 * MS, "99.99 s");
    check_offset(125 * S, "2 m 05 s");
    check_offset(3 * 3600 * S + 20 * 60 * S, "3 h 20 m");
    check_offset(99 * 86400 * S + 2 * 3600 * S, "99 d 02 h");
    check_offset(-300 * US, "-0.3 ms");
}

static void check_time(int64_t ns, const char *expected)
{
    char text[QUANTITY_SIZE];
    assert_int_equal(quantity_time(ns, text), strlen(expected));
    assert_string_equal(text, expected);
}

static void test_times(void **state)
{
    (void)state;
    check_time(INT64_C(1795356125999999999), "2026-11-22 14:02:05");
    check_time(-1, "1969-12-31 23:59:59");
    check_time(INT64_MIN, "1677-09-21 00:12:43");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_durations), cmocka_unit_test(test_sizes), cmocka_unit_test(test_ttls),
        cmocka_unit_test(test_offsets),   cmocka_unit_test(test_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
