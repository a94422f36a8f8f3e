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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_ascii_capitals_change),
        cmocka_unit_test(nothing_beyond_is_touched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
