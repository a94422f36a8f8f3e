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
    enum { MOST = 60 };
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_empty_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
