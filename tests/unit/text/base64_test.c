/* SPDX-License-Identifier: BSD-3-Clause */
#include "overhear/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

const struct dissector *const dissector_registry[] = {NULL};

static const struct {
    const char *text, *decoded;
    bool odd;
} rows[] = {
    {"", "", false},
    {"Zg==", "f", false},
    {"Zm8=", "fo", false},
    {"Zm9v", "foo", false},
    {"Zm9vYg==", "foob", false},
    {"Zm9vYmE=", "fooba", false},
    {"Zm9vYmFy", "foobar", false},
    {"Zm9vYg", "foob", false},            /* without padding */
    {"Zm9v\r\nYm Fy\t", "foobar", false}, /* white space */
    {"Zm*9v", "foo", true},
    {"Zg==Zg==", "f", true}, /* what follows the padding is passed over */
    {"Zg==\r\n", "f", false},
    {"Zg=", "f", false},
    {"====", "", false},
    {"Z", "", false},
    {"-_+/", "\xfb\xff\xbf", false}, /* both alphabets */
};

static void in_pieces(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        struct bytes text = bytes_text(rows[row].text);
        size_t wanted = strlen(rows[row].decoded);
        for (size_t step = 1; step <= text.len + 1; step++) {
            for (size_t room = 1; room < 8; room++) {
                struct base64 base64 = {0};
                char out[16];
                size_t length = 0, at = 0;
                while (at < text.len) {
                    size_t used = 0, left = sizeof out - length;
                    length += base64_piece(&base64, bytes_slice(text, at, step), out + length,
                                           room < left ? room : left, &used);
                    assert_true(used > 0);
                    at += used;
                }
                assert_int_equal(length, wanted);
                if (wanted > 0)
                    assert_memory_equal(out, rows[row].decoded, wanted);
                assert_int_equal(base64.odd, rows[row].odd);
            }
        }
    }
}

static void at_once(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        char out[16];
        size_t wanted = strlen(rows[row].decoded);
        assert_int_equal(base64_decode(bytes_text(rows[row].text), out, sizeof out), wanted);
        if (wanted > 0)
            assert_memory_equal(out, rows[row].decoded, wanted);
    }
    char small[4];
    assert_int_equal(base64_decode(bytes_text("Zm9vYmFy"), small, sizeof small), 4);
    assert_memory_equal(small, "foob", 4);
    assert_int_equal(base64_decode(bytes_text("Zm9vYmFy"), small, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(in_pieces), cmocka_unit_test(at_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
