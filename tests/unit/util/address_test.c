/* SPDX-License-Identifier: BSD-3-Clause */
#include "overhear/packet.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void assert_text(const char *given, const char *expected)
{
    struct address address = {.family = strchr(given, ':') ? 6 : 4};
    assert_int_equal(inet_pton(address.family == 4 ? AF_INET : AF_INET6, given, address.octets), 1);
    char text[ADDRESS_TEXT_SIZE];
    assert_int_equal(address_text(&address, text), strlen(expected));
    assert_string_equal(text, expected);
}

static void test_ipv4(void **state)
{
    (void)state;
    assert_text("0.0.0.0", "0.0.0.0");
    assert_text("10.9.0.100", "10.9.0.100");
    assert_text("255.255.255.255", "255.255.255.255");
}

static void test_all_octets(void **state)
{
    (void)state;
    for (unsigned octet = 0; octet < 256; octet++) {
        const uint8_t octets[4] = {(uint8_t)octet, 1, (uint8_t)octet, (uint8_t)(255 - octet)};
        char expected[INET_ADDRSTRLEN], text[ADDRESS_TEXT_SIZE];
        assert_non_null(inet_ntop(AF_INET, octets, expected, sizeof expected));
        assert_int_equal(address_text_ipv4(octets, text), strlen(expected));
        assert_string_equal(text, expected);
    }
}

static void test_ipv6(void **state)
{
    (void)state;
    assert_text("0:0:0:0:0:0:0:0", "::");
    assert_text("0:0:0:0:0:0:0:1", "::1");
    assert_text("1:0:0:0:0:0:0:0", "1::");
    assert_text("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1");
    assert_text("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1");
    assert_text("2001:0:0:1:0:0:0:1", "2001:0:0:1::1");
    assert_text("fe80:0:0:0:a00:27ff:fe00:10", "fe80::a00:27ff:fe00:10");
    assert_text("0:0:0:0:0:ffff:c000:0235", "::ffff:192.0.2.53");
    assert_text("0:0:0:0:0:0:c000:0235", "::192.0.2.53");
    assert_text("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    assert_text("0:2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8");
    assert_text("0:0:3:4:5:6:7:0", "::3:4:5:6:7:0");
    assert_text("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::");
}

/* Every pattern of zero words gives what the C library gives. */
static void test_ipv6_as_the_library(void **state)
{
    (void)state;
    const unsigned words[] = {1, 0x10, 0x100, 0xffff, 0xabcd};
    for (unsigned pattern = 0; pattern < 256; pattern++) {
        for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
            struct address address = {.family = 6};
            for (unsigned i = 0; i < 8; i++) {
                unsigned word = pattern >> i & 1 ? words[k] : 0;
                address.octets[2 * i] = (uint8_t)(word >> 8);
                address.octets[2 * i + 1] = (uint8_t)word;
            }
            char expected[INET6_ADDRSTRLEN], text[ADDRESS_TEXT_SIZE];
            assert_non_null(inet_ntop(AF_INET6, address.octets, expected, sizeof expected));
            address_text(&address, text);
            assert_string_equal(text, expected);
        }
    }
}

static void test_none(void **state)
{
    (void)state;
    struct address address = {0};
    char text[ADDRESS_TEXT_SIZE] = "x";
    assert_int_equal(address_text(&address, text), 0);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ipv4), cmocka_unit_test(test_all_octets),
        cmocka_unit_test(test_ipv6), cmocka_unit_test(test_ipv6_as_the_library),
        cmocka_unit_test(test_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
