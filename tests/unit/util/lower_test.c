/* SPDX-License-Identifier: BSD-3-Clause */
#include "util/lower.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void only_ascii_capitals_change(void **state)
{
    uint8_t from[256], to[256];
    (void)state;
    for (unsigned i = 0; i < 256; i++)
        from[i] = (uint8_t)i;
    lower_copy(to, from, sizeof from);
    for (unsigned i = 0; i < 256; i++)
        assert_int_equal(to[i], i >= 'A' && i <= 'Z' ? i + 32 : i);
}

static void nothing_beyond_is_touched(void **state)
{
    (void)state;
    for (size_t length = 0; length <= 17; length++) {
        uint8_t text[18];
        memset(text, 'Z', sizeof text);
        lower_copy(text, text, length);
        for (size_t i = 0; i < sizeof text; i++)
            assert_int_equal(text[i], i < length ? 'z' : 'Z');
    }
}

static void lowers_in_place(void **state)
{
    (void)state;
    for (size_t room = 8; room <= 40; room += 8)
        for (size_t length = 0; length <= room; length++) {
            uint8_t text[41];
            memset(text, 'Z', sizeof text);
            lower_in_place(text, length, room);
            for (size_t i = 0; i < sizeof text; i++)
                assert_int_equal(text[i], i < length ? 'z' : 'Z');
        }
    for (unsigned c = 0; c < 256; c++) {
        uint8_t text[16] = {(uint8_t)c};
        lower_in_place(text, 1, sizeof text);
        assert_int_equal(text[0], c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_ascii_capitals_change),
        cmocka_unit_test(nothing_beyond_is_touched),
        cmocka_unit_test(lowers_in_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
