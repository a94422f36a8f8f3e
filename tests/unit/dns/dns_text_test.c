/* SPDX-License-Identifier: BSD-3-Clause */
#include "dns/dns_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* Into a large buffer, and into one that has room for nothing more. */
static void is_written(uint64_t value)
{
    char expected[24], buffer[64];
    const size_t length = (size_t)snprintf(expected, sizeof expected, "%llu", (unsigned long long)value);
    struct dns_text text = dns_text_in(buffer, sizeof buffer), tight = dns_text_in(buffer, length);
    dns_text_unsigned(&text, value);
    assert_int_equal(text.length, length);
    assert_memory_equal(buffer, expected, length);
    memset(buffer, 0, sizeof buffer);
    dns_text_unsigned(&tight, value);
    assert_int_equal(tight.length, length);
    assert_memory_equal(buffer, expected, length);
    assert_int_equal(buffer[length], 0);
}

static void numbers_of_all_lengths(void **state)
{
    (void)state;
    for (uint64_t value = 0; value < 70000; value++)
        is_written(value);
    for (uint64_t power = 1; power <= UINT64_MAX / 10; power *= 10) {
        is_written(power - 1);
        is_written(power);
        is_written(power + 7);
    }
    is_written(UINT32_MAX);
    is_written((uint64_t)UINT32_MAX + 1);
    is_written(UINT64_MAX);
}

static void addresses(void **state)
{
    const uint8_t octets[] = {192, 0, 2, 7};
    char buffer[64];
    (void)state;
    struct dns_text text = dns_text_in(buffer, sizeof buffer), tight = dns_text_in(buffer, 9);
    dns_text_ipv4(&text, bytes_of(octets, sizeof octets));
    assert_true(bytes_is(dns_text_bytes(&text), "192.0.2.7"));
    assert_false(text.cut);
    dns_text_ipv4(&tight, bytes_of(octets, sizeof octets));
    assert_true(bytes_is(dns_text_bytes(&tight), "192.0.2.7"));
    assert_false(tight.cut);
}

static void times(void **state)
{
    char buffer[64];
    (void)state;
    struct dns_text text = dns_text_in(buffer, sizeof buffer), tight = dns_text_in(buffer, 8);
    dns_text_time(&text, 951782399);
    dns_text_char(&text, ' ');
    dns_text_time(&text, UINT32_MAX);
    assert_true(bytes_is(dns_text_bytes(&text), "20000228235959 21060207062815"));
    assert_false(text.cut);
    dns_text_time(&tight, 951782400);
    assert_true(bytes_is(dns_text_bytes(&tight), "20000229"));
    assert_true(tight.cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_all_lengths),
        cmocka_unit_test(addresses),
        cmocka_unit_test(times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
