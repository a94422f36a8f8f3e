/* SPDX-License-Identifier: BSD-3-Clause
 *
 * JA3 and JA4 of hellos put together by hand; the expected texts were digested with md5sum and sha256sum.
 */
#include "tls/tls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

const struct dissector *const dissector_registry[] = {NULL};

static struct tls_scratch scratch;

static struct bytes raw(const char *text, size_t length)
{
    return bytes_of(text, length);
}

#define RAW(text) raw(text, sizeof(text) - 1)

/* Suites 1301 c02b GREASE; extensions GREASE, 0, 10, 11, 13, 16, 43; groups GREASE, 29, 23; formats 0. */
static struct tls_hello example(void)
{
    return (struct tls_hello){
        .version = 0x0303,
        .whole = true,
        .ciphers = RAW("\x1a\x1a\x13\x01\xc0\x2b"),
        .extensions = RAW("\x0a\x0a\0\0"
                          "\0\x0a\0\0"
                          "\0\0\0\0"
                          "\0\x0b\0\0"
                          "\0\x2b\0\0"
                          "\0\x0d\0\0"
                          "\0\x10\0\0"),
        .extension_count = 7,
        .groups = RAW("\x2a\x2a\0\x1d\0\x17"),
        .point_formats = RAW("\0"),
        .signatures = RAW("\x04\x03\x08\x04"),
        .versions = RAW("\x3a\x3a\x03\x04\x03\x03"),
        .protocols = RAW("\2h2\10http/1.1"),
        .has_server_name = true,
    };
}

/* 771,4865-49195,10-0-11-43-13-16,29-23,0 */
static void test_ja3(void **state)
{
    (void)state;
    struct tls_hello hello = example();
    char hex[33];
    assert_true(tls_ja3(&scratch, &hello, hex));
    assert_string_equal(hex, "24b9e43d72fadbcd3894bebd4bc448ea");
}

/* 771,,,, */
static void test_ja3_empty(void **state)
{
    (void)state;
    struct tls_hello hello = {.version = 0x0303};
    char hex[33];
    assert_true(tls_ja3(&scratch, &hello, hex));
    assert_string_equal(hex, "bddda940f9963577c41d7c28b1a5f65f");
}

/* 771,49199,65281-11 */
static void test_ja3s(void **state)
{
    (void)state;
    struct tls_hello hello = {
        .version = 0x0303, .cipher = 0xc02f, .extensions = RAW("\xff\x01\0\1\0\0\x0b\0\2\1\0"), .extension_count = 2};
    char hex[33];
    assert_true(tls_ja3s(&scratch, &hello, hex));
    assert_string_equal(hex, "303951d4c50efb2e991652225a6f02b1");
}

/* 1301,c02b; 000a,000b,000d,002b_0403,0804 */
static void test_ja4(void **state)
{
    (void)state;
    struct tls_hello hello = example();
    char text[TLS_JA4_SIZE];
    assert_true(tls_ja4(&scratch, &hello, text));
    assert_string_equal(text, "t13d0206h2_777cda164f4b_fb71836bce29");
}

static void assert_first_part(const struct tls_hello *hello, const char *expected)
{
    char text[TLS_JA4_SIZE];
    assert_true(tls_ja4(&scratch, hello, text));
    text[10] = 0;
    assert_string_equal(text, expected);
}

static void test_ja4_first_part(void **state)
{
    (void)state;
    struct tls_hello hello = {.version = 0x0301};
    assert_first_part(&hello, "t10i000000");
    hello.version = 0x0300;
    hello.protocols = RAW("\1x");
    assert_first_part(&hello, "ts3i0000xx");
    hello.protocols = RAW("\2\xab\xcd");
    assert_first_part(&hello, "ts3i0000ad");
    hello.versions = RAW("\3\4\3\3\3\2");
    hello.protocols = RAW("\0");
    assert_first_part(&hello, "t13i000000");
    uint8_t many[400];
    for (size_t i = 0; i < sizeof many; i++)
        many[i] = (uint8_t)(i & 1 ? i : 0xc0);
    hello.ciphers = bytes_of(many, sizeof many);
    assert_first_part(&hello, "t13i990000");
}

static void test_ja4_empty(void **state)
{
    (void)state;
    struct tls_hello hello = {.version = 0x0303};
    char text[TLS_JA4_SIZE];
    assert_true(tls_ja4(&scratch, &hello, text));
    assert_string_equal(text, "t12i000000_000000000000_000000000000");
}

/* The order of suites and extensions does not matter to JA4, and does to JA3. */
static void test_order(void **state)
{
    (void)state;
    struct tls_hello hello = example(), turned = example();
    char one[TLS_JA4_SIZE], other[TLS_JA4_SIZE];
    turned.ciphers = RAW("\xc0\x2b\x1a\x1a\x13\x01");
    assert_true(tls_ja4(&scratch, &hello, one) && tls_ja4(&scratch, &turned, other));
    assert_string_equal(one, other);
    assert_true(tls_ja3(&scratch, &hello, one) && tls_ja3(&scratch, &turned, other));
    assert_string_not_equal(one, other);
}

static void test_too_long(void **state)
{
    (void)state;
    struct tls_hello hello = example();
    uint8_t *many = calloc(1, 2 * TLS_LIST_VALUES + 2);
    char text[TLS_JA4_SIZE];
    assert_non_null(many);
    hello.ciphers = bytes_of(many, 2 * TLS_LIST_VALUES);
    assert_true(tls_ja3(&scratch, &hello, text));
    hello.ciphers = bytes_of(many, 2 * TLS_LIST_VALUES + 2);
    assert_false(tls_ja3(&scratch, &hello, text));
    assert_false(tls_ja4(&scratch, &hello, text));
    free(many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ja3),   cmocka_unit_test(test_ja3_empty),      cmocka_unit_test(test_ja3s),
        cmocka_unit_test(test_ja4),   cmocka_unit_test(test_ja4_first_part), cmocka_unit_test(test_ja4_empty),
        cmocka_unit_test(test_order), cmocka_unit_test(test_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
