/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Looking through long texts: the same as byte by byte, wherever a hit stands and wherever the text ends.
 */
#include "overhear/bytes.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { LENGTH = 400 };

static void test_pair(void **state)
{
    (void)state;
    uint8_t text[LENGTH];
    for (size_t length = 0; length < LENGTH; length += length < 70 ? 1 : 33) {
        for (size_t at = 0; at < length; at++) {
            struct bytes b = bytes_of(text, length);
            memset(text, 'x', sizeof text);
            text[at] = '\n';
            assert_int_equal(bytes_find_pair(b, '\n', '.', 0), length);
            text[at + 1 < LENGTH ? at + 1 : 0] = '.'; /* perhaps behind the end: that is not to be seen */
            size_t expected = at + 1 < length ? at : length;
            assert_int_equal(bytes_find_pair(b, '\n', '.', 0), expected);
            assert_int_equal(bytes_find_pair(b, '\n', '.', at), expected);
            assert_int_equal(bytes_find_pair(b, '\n', '.', at + 1), length);
        }
    }
    assert_int_equal(bytes_find_pair(bytes_text("\n\n.\n."), '\n', '.', 0), 1);
    assert_int_equal(bytes_find_pair(bytes_text("\n\n"), '\n', '\n', 0), 0);
    assert_int_equal(bytes_find_pair(bytes_text("\n."), '\n', '.', 9), 2);
}

static void test_alone(void **state)
{
    (void)state;
    uint8_t text[LENGTH];
    for (size_t length = 0; length < LENGTH; length += length < 70 ? 1 : 33) {
        for (size_t at = 0; at < length; at++) {
            struct bytes b = bytes_of(text, length);
            memset(text, 'x', sizeof text);
            for (size_t i = 1; i < length; i += 5)
                memcpy(text + i - 1, "\r\n", 2);
            size_t all = bytes_find_alone(b, '\n', '\r', 0);
            assert_int_equal(all, length);
            text[at] = '\n';
            if (at > 0)
                text[at - 1] = 'x';
            assert_int_equal(bytes_find_alone(b, '\n', '\r', 0), at);
            assert_int_equal(bytes_find_alone(b, '\n', '\r', at), at);
        }
    }
    assert_int_equal(bytes_find_alone(bytes_text("\n"), '\n', '\r', 1), 1);
    assert_int_equal(bytes_find_alone(bytes_text("\n\n"), '\n', '\r', 1), 1);
}

static bool is_in(const char *set, uint8_t c)
{
    return c != 0 && strchr(set, c);
}

static void test_base64(void **state)
{
    (void)state;
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t text[5000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i % 78 > 75 ? "\r\n"[i % 78 - 76] : alphabet[i * 7 % 64]);
    for (size_t length = 0; length < sizeof text; length += 61) {
        uint64_t count = 5, expected = 5;
        size_t done = bytes_count_base64(bytes_of(text, length), &count);
        assert_true(done <= length && length - done < 32);
        for (size_t i = 0; i < done; i++)
            expected += is_in(alphabet, text[i]);
        assert_int_equal(count, expected);
    }
    for (unsigned c = 0; c < 256; c++) {
        uint8_t lines[64];
        uint64_t count = 0;
        memset(lines, 'A', sizeof lines);
        lines[c % 64] = (uint8_t)c;
        bool is_character = is_in(alphabet, (uint8_t)c), is_space = is_in(" \t\r\n\v\f", (uint8_t)c);
        bool is_odd = !is_character && !is_space;
        size_t done = !is_odd ? 64 : c % 64 < 32 ? 0 : 32;
        assert_int_equal(bytes_count_base64(bytes_of(lines, 64), &count), done);
        assert_int_equal(count, is_space ? 63 : done);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pair),
        cmocka_unit_test(test_alone),
        cmocka_unit_test(test_base64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
