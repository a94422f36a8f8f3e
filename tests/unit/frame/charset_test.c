/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The tables of the single-byte character sets say what the C library says, and go about rests of room and bytes
 * without a meaning in the same way.
 */
#include "frame/charset_tables.h"
#include "frame/session.h"
#include "frame/session_state.h"

#include <errno.h>
#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
    const char *name, *iconv;
} sets[] = {
    {"iso-8859-1", "WINDOWS-1252"},
    {"iso-8859-2", "ISO-8859-2"},
    {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"},
    {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8-i", "ISO-8859-8"},
    {"iso-8859-9", "ISO-8859-9"},
    {"iso-8859-10", "ISO-8859-10"},
    {"iso-8859-11", "ISO-8859-11"},
    {"iso-8859-13", "ISO-8859-13"},
    {"iso-8859-14", "ISO-8859-14"},
    {"Latin-9", "ISO-8859-15"},
    {"iso-8859-16", "ISO-8859-16"},
    {"cp1250", "WINDOWS-1250"},
    {"cp1251", "WINDOWS-1251"},
    {"cp1252", "WINDOWS-1252"},
    {"windows-1253", "WINDOWS-1253"},
    {"windows-1254", "WINDOWS-1254"},
    {"windows-1256", "WINDOWS-1256"},
    {"windows-1257", "WINDOWS-1257"},
    {"windows-874", "CP874"},
    {"tis-620", "TIS-620"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"macintosh", "MACINTOSH"},
};

/* As the program has it done where there is no table. */
static size_t convert_by_iconv(iconv_t converter, struct bytes text, char *ret_text, size_t room)
{
    char *in = (char *)(uintptr_t)text.at, *out = ret_text;
    size_t in_left = text.len, out_left = room;
    iconv(converter, NULL, NULL, NULL, NULL);
    while (in_left > 0 && iconv(converter, &in, &in_left, &out, &out_left) == (size_t)-1) {
        if (errno == E2BIG || out_left == 0)
            break;
        *out++ = *in++;
        in_left--;
        out_left--;
    }
    return room - out_left;
}

static void test_tables_are_those_of_the_library(void **state)
{
    (void)state;
    uint8_t all[512];
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)(i * 7 + i / 256); /* each byte twice, beside different ones */
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        iconv_t converter = iconv_open("UTF-8", sets[i].iconv);
        if (converter == (iconv_t)-1) /* this system does not have it */
            continue;
        for (size_t room = 0; room <= 3 * sizeof all; room += room < 300 ? 1 : 111) {
            char expected[3 * sizeof all], text[3 * sizeof all];
            struct emitter emitter = {0};
            struct bytes wire = bytes_of(all, sizeof all);
            size_t length = convert_by_iconv(converter, wire, expected, room);
            assert_int_equal(emit_utf8(&emitter, bytes_text(sets[i].name), wire, text, room), length);
            assert_memory_equal(text, expected, length);
        }
        iconv_close(converter);
    }
}

static void test_bytes_without_a_meaning(void **state)
{
    (void)state;
    struct emitter emitter = {0};
    char text[16];
    size_t length = emit_utf8(&emitter, bytes_text("ISO-8859-7"), bytes_text("\xe1\xae\xe2"), text, sizeof text);
    assert_int_equal(length, 5);
    assert_memory_equal(text, "α\xaeβ", 5);
    assert_int_equal(emit_utf8(&emitter, bytes_text("cp1252"), bytes_text("\x80"), text, 2), 0);
    assert_int_equal(emit_utf8(&emitter, bytes_text("cp1252"), bytes_text("\x80"), text, 3), 3);
    assert_memory_equal(text, "€", 3);
    assert_int_equal(emit_utf8(&emitter, bytes_text("cp1252"), bytes_of(NULL, 0), text, 3), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_are_those_of_the_library),
        cmocka_unit_test(test_bytes_without_a_meaning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
