/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/message.c"

#include <string.h>

static void nothing_steers_the_terminal(void **state)
{
    static const char *const cases[][2] = {
        {"eth0\nlo\n", "eth0\nlo\n"},
        {"a\033[31mb\ac\rd\te\177", "a?[31mb?c?d?e?"},
        {"\xc2\x9b"
         "31m",
         "??31m"}, /* the same in one character */
        {"é\xc2\xa0ü\xc2", "é\xc2\xa0ü?"},
        {"a\x9b"
         "31m\xff\xed\xa0\x80",
         "a?31m????"},
        {"\xe2\x80\xae"
         "fdp.exe\xd8\x9c\xe2\x81\xa6",
         "???fdp.exe?????"},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s", cases[i][0]);
        message_make_plain(text);
        assert_string_equal(text, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_steers_the_terminal)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
