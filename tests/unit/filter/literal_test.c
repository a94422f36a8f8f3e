/* SPDX-License-Identifier: BSD-3-Clause */
#include "filter/literal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct number {
    const char *text;
    bool good;
    int64_t value;
};

static void test_integers(void **state)
{
    static const struct number rows[] = {
        {"0", true, 0},
        {"404", true, 404},
        {"-1", true, -1},
        {"+7", true, 7},
        {"0x1f", true, 31},
        {"0XfF", true, 255},
        {"10K", true, 10240},
        {"1m", true, 1048576},
        {"2G", true, INT64_C(2147483648)},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775807", true, -INT64_MAX},
        {"9223372036854775808", false, 0},
        {"18446744073709551616", false, 0},
        {"0xffffffffffffffff", false, 0},
        {"8589934592G", false, 0},
        {"0x10K", false, 0},
        {"0x", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"K", false, 0},
        {"1.5", false, 0},
        {"10KB", false, 0},
        {"1e3", false, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t value = 0;
        const char *wrong = literal_integer(bytes_text(rows[i].text), &value);
        if ((wrong == NULL) != rows[i].good || (!wrong && value != rows[i].value))
            fail_msg("%s: %lld, %s", rows[i].text, (long long)value, wrong ? wrong : "");
    }
}

static void test_durations(void **state)
{
    static const struct number rows[] = {
        {"0", true, 0},
        {"5ns", true, 5},
        {"5us", true, 5000},
        {"5\xc2\xb5s", true, 5000},
        {"5\xce\xbcs", true, 5000},
        {"100ms", true, 100000000},
        {"1.5s", true, 1500000000},
        {"0.000000001s", true, 1},
        {"1.0000000019s", true, 1000000001},
        {"2m", true, INT64_C(120000000000)},
        {"1h", true, INT64_C(3600000000000)},
        {"1d", true, INT64_C(86400000000000)},
        {"1m30s", true, INT64_C(90000000000)},
        {"1h0.5m", true, INT64_C(3630000000000)},
        {"-2s", true, -2000000000},
        {"106751d", true, INT64_C(106751) * INT64_C(86400000000000)},
        {"106752d", false, 0},
        {"999999999999d", false, 0},
        {"5", false, 0},
        {"5 s", false, 0},
        {"s", false, 0},
        {"1.s", false, 0},
        {".5s", false, 0},
        {"1s2", false, 0},
        {"1week", false, 0},
        {"", false, 0},
        {"-", false, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t value = 0;
        const char *wrong = literal_duration(bytes_text(rows[i].text), &value);
        if ((wrong == NULL) != rows[i].good || (!wrong && value != rows[i].value))
            fail_msg("%s: %lld, %s", rows[i].text, (long long)value, wrong ? wrong : "");
    }
}

#define SECOND INT64_C(1000000000)

static void test_times(void **state)
{
    static const struct {
        const char *text;
        bool good;
        int64_t first, span;
    } rows[] = {
        {"1970-01-01", true, 0, 86400 * SECOND},
        {"2026-11-22", true, 1795305600 * SECOND, 86400 * SECOND},
        {"2024-02-29", true, 1709164800 * SECOND, 86400 * SECOND},
        {"2000-02-29", true, 951782400 * SECOND, 86400 * SECOND},
        {"1969-12-31T23:59:59Z", true, -SECOND, SECOND},
        {"1678-01-01", true, INT64_C(-9214560000) * SECOND, 86400 * SECOND},
        {"2261-12-31", true, INT64_C(9214560000) * SECOND, 86400 * SECOND},
        {"2026-11-22T14:02", true, 1795356120 * SECOND, 60 * SECOND},
        {"2026-11-22 14:02", true, 1795356120 * SECOND, 60 * SECOND},
        {"2026-11-22t14:02:05z", true, 1795356125 * SECOND, SECOND},
        {"2026-11-22T14:02:05.25Z", true, 1795356125 * SECOND + 250000000, 10000000},
        {"2026-11-22T14:02:05.123456789Z", true, 1795356125 * SECOND + 123456789, 1},
        {"2026-11-22T14:02:05+01:00", true, 1795352525 * SECOND, SECOND},
        {"2026-11-22T14:02:05-05:30", true, 1795375925 * SECOND, SECOND},
        {"2026-11-22T14:02+01:00", true, 1795352520 * SECOND, 60 * SECOND},
        {"2026-11-22T23:59:60Z", true, 1795392000 * SECOND, SECOND},
        {"2026-11", false, 0, 0},
        {"2026-13-01", false, 0, 0},
        {"2026-00-01", false, 0, 0},
        {"2026-02-29", false, 0, 0},
        {"1900-02-29", false, 0, 0},
        {"2026-04-31", false, 0, 0},
        {"2026-11-22T", false, 0, 0},
        {"2026-11-22T14", false, 0, 0},
        {"2026-11-22T24:00", false, 0, 0},
        {"2026-11-22T14:60", false, 0, 0},
        {"2026-11-22T14:02:61", false, 0, 0},
        {"2026-11-22T14:02:05.", false, 0, 0},
        {"2026-11-22T14:02:05.1234567890Z", false, 0, 0},
        {"2026-11-22T14:02:05+1", false, 0, 0},
        {"2026-11-22Z", false, 0, 0},
        {"2026-11-22T14:02:05Zx", false, 0, 0},
        {"1677-01-01", false, 0, 0},
        {"2262-01-01", false, 0, 0},
        {"26-11-22", false, 0, 0},
        {"now", false, 0, 0},
        {"", false, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t first = 0, last = 0;
        const char *wrong = literal_time(bytes_text(rows[i].text), &first, &last);
        if ((wrong == NULL) != rows[i].good || (!wrong && (first != rows[i].first || last != first + rows[i].span - 1)))
            fail_msg("%s: %lld to %lld", rows[i].text, (long long)first, (long long)last);
    }
}

static void test_addresses(void **state)
{
    static const struct {
        const char *text;
        const char *wrong; /* how the complaint begins; NULL: none */
        uint8_t family, first, last;
        unsigned prefix;
    } rows[] = {
        {"192.0.2.1", NULL, 4, 192, 0, 32},
        {"192.0.2.0/24", NULL, 4, 192, 0, 24},
        {"0.0.0.0/0", NULL, 4, 0, 0, 0},
        {"10.0.0.1/32", NULL, 4, 10, 0, 32},
        {"::1", NULL, 6, 0, 1, 128},
        {"2001:db8::/32", NULL, 6, 0x20, 0, 32},
        {"::ffff:192.0.2.1", NULL, 6, 0, 1, 128},
        {"fe80::1/127", "there are bits behind the prefix; did you mean fe80::/127?", 0, 0, 0, 0},
        {"192.0.2.1/24", "there are bits behind the prefix; did you mean 192.0.2.0/24?", 0, 0, 0, 0},
        {"192.0.2.1/0", "there are bits behind the prefix; did you mean 0.0.0.0/0?", 0, 0, 0, 0},
        {"192.0.2.0/33", "expected a prefix length from 0 to 32", 0, 0, 0, 0},
        {"192.0.2.0/", "expected a prefix length from 0 to 32", 0, 0, 0, 0},
        {"192.0.2.0/x", "expected a prefix length from 0 to 32", 0, 0, 0, 0},
        {"192.0.2.0/0000024", "expected a prefix length from 0 to 32", 0, 0, 0, 0},
        {"2001:db8::/129", "expected a prefix length from 0 to 128", 0, 0, 0, 0},
        {"192.0.2", "expected an address", 0, 0, 0, 0},
        {"192.0.2.256", "expected an address", 0, 0, 0, 0},
        {"fe80::1%eth0", "expected an address", 0, 0, 0, 0},
        {"example.com", "expected an address", 0, 0, 0, 0},
        {"", "expected an address", 0, 0, 0, 0},
        {"1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111", "expected an address", 0, 0, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct address address;
        unsigned prefix;
        char why[LITERAL_WHY_SIZE];
        const char *wrong = literal_address(bytes_text(rows[i].text), &address, &prefix, why);
        bool good = rows[i].wrong ? wrong && strncmp(wrong, rows[i].wrong, strlen(rows[i].wrong)) == 0
                                  : !wrong && address.family == rows[i].family && prefix == rows[i].prefix &&
                                        address.octets[0] == rows[i].first && address.octets[15] == rows[i].last;
        if (!good)
            fail_msg("%s: %s", rows[i].text, wrong ? wrong : "no complaint");
    }
    struct address address;
    unsigned prefix;
    char why[LITERAL_WHY_SIZE];
    assert_non_null(literal_address(bytes_of("10.0.0.1\0x", 10), &address, &prefix, why));
}

static void test_booleans(void **state)
{
    int64_t value = -1;
    (void)state;
    assert_null(literal_boolean(bytes_text("true"), &value));
    assert_int_equal(value, 1);
    assert_null(literal_boolean(bytes_text("false"), &value));
    assert_int_equal(value, 0);
    assert_non_null(literal_boolean(bytes_text("TRUE"), &value));
    assert_non_null(literal_boolean(bytes_text("1"), &value));
    assert_non_null(literal_boolean(bytes_text(""), &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers),  cmocka_unit_test(test_durations), cmocka_unit_test(test_times),
        cmocka_unit_test(test_addresses), cmocka_unit_test(test_booleans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
