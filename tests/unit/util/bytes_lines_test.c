/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Looking for the ends of lines: the same as byte by byte, wherever they stand and wherever the text ends.
 */
#include "overhear/bytes.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The same with a byte at a time. */
static struct bytes_cut cut_plainly(struct bytes b)
{
    const size_t end = bytes_find(b, '\n', 0);
    return (struct bytes_cut){bytes_find(bytes_first(b, end), ':', 0), end};
}

static void test_cut(void **state)
{
    (void)state;
    enum { MOST = 70 };
    uint8_t text[MOST + 2];
    for (size_t length = 0; length <= MOST; length++)
        for (size_t mark = 0; mark <= length; mark++)
            for (size_t end = 0; end <= length; end++) {
                struct bytes b = bytes_of(text, length);
                memset(text, 'x', sizeof text);
                text[mark] = ':'; /* perhaps behind the end: that is not to be seen */
                text[end] = '\n';
                const struct bytes_cut cut = bytes_find_cut(b, ':', '\n'), expected = cut_plainly(b);
                assert_int_equal(cut.mark, expected.mark);
                assert_int_equal(cut.end, expected.end);
            }
    const struct bytes_cut cut = bytes_find_cut(bytes_text("a:b:c\nd:e\n"), ':', '\n');
    assert_int_equal(cut.mark, 1);
    assert_int_equal(cut.end, 5);
}

static void test_empty_line(void **state)
{
    (void)state;
    enum { MOST = 200 };
    uint8_t text[MOST + 3];
    for (size_t length = 0; length <= MOST; length++)
        for (size_t at = 0; at < length; at++) {
            struct bytes b = bytes_of(text, length);
            memset(text, 'x', sizeof text);
            text[at] = '\n';
            assert_int_equal(bytes_find_empty_line(b, 0), 0);
            memcpy(text + at, "\n\r\n", 3);
            const size_t long_one = at + 3 <= length ? at + 3 : 0;
            assert_int_equal(bytes_find_empty_line(b, 0), long_one);
            assert_int_equal(bytes_find_empty_line(b, at), long_one);
            assert_int_equal(bytes_find_empty_line(b, at + 1), 0);
            memcpy(text + at, "\n\nx", 3);
            assert_int_equal(bytes_find_empty_line(b, 0), at + 2 <= length ? at + 2 : 0);
            memcpy(text + at, "\nx\n", 3);
            assert_int_equal(bytes_find_empty_line(b, 0), 0);
        }
    assert_int_equal(bytes_find_empty_line(bytes_text("a\nb\nc\n\n\n"), 0), 7);
    assert_int_equal(bytes_find_empty_line(bytes_text("\n\n"), 9), 0);
}

static void field_is(struct bytes_field field, const char *name, const char *value)
{
    assert_int_equal(field.name.len, strlen(name));
    assert_memory_equal(field.name.at, name, field.name.len);
    assert_int_equal(field.value.len, strlen(value));
    assert_memory_equal(field.value.at, value, field.value.len);
}

static void test_fields(void **state)
{
    (void)state;
    static const char longest[] = "0123456789012345678901234567890123456789012345678901234567890123456789";
    char text[200] = "Host: a.test\r\nX:\r\nY: \t z:\tz \r\nLong-Name-Of-A-Field:a\r\nEnd: ";
    struct bytes_field fields[8];
    strcat(strcat(text, longest), "\r\n\r\n");
    struct bytes rest = bytes_text(text);
    assert_int_equal(bytes_take_fields(&rest, fields, 2), 2);
    field_is(fields[0], "Host", "a.test");
    field_is(fields[1], "X", "");
    assert_int_equal(bytes_take_fields(&rest, fields, 8), 3);
    field_is(fields[0], "Y", "z:\tz");
    field_is(fields[1], "Long-Name-Of-A-Field", "a");
    field_is(fields[2], "End", longest);
    assert_true(bytes_is(rest, "\r\n"));
    assert_int_equal(bytes_take_fields(&rest, fields, 8), 0);
}

/* What is odd stays, wherever it stands: the lines before it are taken. */
static void test_odd_fields(void **state)
{
    (void)state;
    static const char *const odd[] = {
        "no colon\r\n",
        ": no name\r\n",
        " a: space before it\r\n",
        "a : space behind it\r\n",
        "a: bare\n",
        ":\n",
        "a: folded\r\n more\r\n",
        "a: folded\r\n\tmore\r\n",
        "a: no end",
        "\r\n",
        "\n",
        "a:\n",
    };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        for (size_t shift = 0; shift < 80; shift++) {
            char text[160] = "b: ";
            memset(text + 3, 'x', shift);
            strcat(text, "\r\n");
            struct bytes tail = bytes_text(strcat(text, odd[i]));
            struct bytes rest = tail;
            struct bytes_field fields[4];
            tail = bytes_skip(tail, shift + 5);
            const size_t count = bytes_take_fields(&rest, fields, 4);
            if (odd[i][0] == ' ') /* which continues the line before it */
                assert_int_equal(count, 0);
            else
                assert_true(count == 1 || (count == 0 && shift + 5 + tail.len < 64));
            if (count == 1)
                assert_ptr_equal(rest.at, tail.at);
        }
}

/* Each byte at each place of texts around the sizes of blocks, and CR before everything. */
static void test_unusual(void **state)
{
    (void)state;
    enum { MOST = 50 };
    uint8_t text[MOST + 1];
    for (size_t length = 1; length <= MOST; length++)
        for (size_t at = 0; at < length; at++)
            for (unsigned c = 0; c <= UINT8_MAX; c++) {
                memset(text, 'x', sizeof text);
                text[at] = (uint8_t)c;
                const bool usual = (c >= ' ' && c < 0x7f) || c == '\t' || c == '\n';
                assert_int_equal(bytes_find_unusual(bytes_of(text, length)), usual ? length : at);
                text[at] = '\r';
                text[at + 1] = (uint8_t)c;
                const bool pair = c == '\n' && at + 1 < length;
                assert_int_equal(bytes_find_unusual(bytes_of(text, length)), pair ? length : at);
            }
    assert_int_equal(bytes_find_unusual(bytes_of(NULL, 0)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut),        cmocka_unit_test(test_empty_line), cmocka_unit_test(test_fields),
        cmocka_unit_test(test_odd_fields), cmocka_unit_test(test_unusual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
