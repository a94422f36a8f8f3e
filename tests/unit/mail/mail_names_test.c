/* SPDX-License-Identifier: BSD-3-Clause */
#include "mail/mail_header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void names_that_deceive(void **state)
{
    static const struct {
        const char *name;
        bool deceives;
    } rows[] = {
        {"a.pdf", false},
        {"a.exe", false},
        {"a.pdf.exe", true},
        {"a.PDF .Scr ", true},
        {"a.pdf.zip", false},
        {"backup.tar.gz", false},
        {"my.file.txt", false},
        {".exe", false},
        {"", false},
        {"a\xe2\x80\xae"
         "fdp.exe",
         true},
        {"a\xe2\x80\x8b.pdf", true},
        {"a\xe2\x81\xa6.pdf", true},
        {"a\xe2\x80\x94"
         "b.pdf",
         false},
        {"a\x01.pdf", true},
        {"a\tb.pdf", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(mail_name_deceives(bytes_text(rows[i].name)), rows[i].deceives);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_that_deceive)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
