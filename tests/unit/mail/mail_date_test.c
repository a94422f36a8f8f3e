/* SPDX-License-Identifier: BSD-3-Clause */
#include "mail/mail_date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const int64_t second_ns = 1000000000;

static void expect_ns(const char *text, int64_t expected_ns)
{
    int64_t time_ns = 0;
    assert_true(mail_date(bytes_text(text), &time_ns));
    assert_int_equal(time_ns, expected_ns);
}

static void expect(const char *text, int64_t seconds)
{
    expect_ns(text, seconds * second_ns);
}

static void refuse(const char *text)
{
    int64_t time_ns = 42;
    assert_false(mail_date(bytes_text(text), &time_ns));
    assert_int_equal(time_ns, 42);
}

static void usual_dates(void **state)
{
    (void)state;
    expect("Sun, 22 Nov 2026 14:00:00 +0100", 1795352400);
    expect("22 Nov 2026 13:00:00 +0000", 1795352400);
    expect("22 nov 2026 13:00 gmt", 1795352400);
    expect("Sun, 22 Nov 2026 08:00:00 -0500 (EST)", 1795352400);
    expect(" Sun,\r\n 22 (a (b) c) Nov 2026\r\n\t13:00:00 +0000 (UTC) (envelope-from <a@b>)", 1795352400);
    expect("Thu, 1 Jan 1970 00:00:00 +0000", 0);
    expect("Wed, 31 Dec 1969 23:59:59 +0000", -1);
    expect("Thu, 29 Feb 2024 12:00:00 +0000", 1709208000);
    expect("Tue, 29 Feb 2000 00:00:00 +0000", 951782400);
    expect("Sat, 31 Dec 2016 23:59:60 +0000", 1483228800);
    expect("Sun, 22 Nov 2026 18:30:00 +0530", 1795352400);
    expect("Sun, 22 Nov 2026 13:00:00 -0000", 1795352400);
}

static void old_dates(void **state)
{
    (void)state;
    expect("Sun, 22 Nov 26 13:00:00 GMT", 1795352400);
    expect("22 Nov 99 13:00:00 GMT", 943275600);
    expect("22 Nov 126 13:00:00 GMT", 1795352400);
    expect("Sun, 22 Nov 2026 08:00:00 EST", 1795352400);
    expect("Sun, 22 Nov 2026 06:00:00 PDT", 1795352400);
    expect("Sun, 22 Nov 2026 13:00:00 Z", 1795352400);
    expect("Sun, 22 Nov 2026 13:00:00 A", 1795352400); /* their signs were told wrongly, so they say nothing */
    expect("Sun, 22 Nov 2026 13:00:00 XYZ", 1795352400);
    expect("Sun, 22 Nov 2026 13:00:00", 1795352400);
    expect("22-Nov-2026 13:00:00 +0000", 1795352400);
    expect("Sun Nov 22 13:00:00 2026", 1795352400);
    expect("Sun Nov 22 13:00:00 2026 +0000", 1795352400);
    expect("Sunday, 22 November 2026 13:00:00 UT", 1795352400);
    expect("Sun, 22 Nov 2026, 13:00:00 +00:00", 1795352400);
    expect("Sun, 22 Nov 2026 13:00:00 +0000 17", 1795352400);
}

static void fractions(void **state)
{
    (void)state;
    expect_ns("Sun, 22 Nov 2026 13:00:00.5 +0000", 1795352400 * second_ns + 500000000);
    expect_ns("Sun, 22 Nov 2026 13:00:00.123456789 +0000", 1795352400 * second_ns + 123456789);
    expect_ns("Sun, 22 Nov 2026 13:00:00.1234567891 +0000", 1795352400 * second_ns + 123456789);
    expect_ns("Sun, 22 Nov 2026 13:00:00. +0000", 1795352400 * second_ns);
}

static void limits(void **state)
{
    (void)state;
    expect("1 Jan 1900 00:00:00 +0000", -2208988800);
    expect("31 Dec 2261 23:59:59 +0000", 9214646399);
    expect("31 Dec 2261 23:59:59 -9959", 9214646399 + 99 * 3600 + 59 * 60);
    expect("1 Jan 1900 00:00:00 +9959", -2208988800 - 99 * 3600 - 59 * 60);
    refuse("31 Dec 1899 00:00:00 +0000");
    refuse("1 Jan 2262 00:00:00 +0000");
    refuse("1 Jan 9999 00:00:00 +0000");
}

static void no_dates(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "yesterday",
        "Sun, 22 Nov 2026",
        "Nov 2026 13:00:00 +0000",
        "22 Nov 13:00:00 +0000",
        "22 2026 13:00:00 +0000",
        "0 Nov 2026 13:00:00 +0000",
        "31 Nov 2026 13:00:00 +0000",
        "29 Feb 2026 13:00:00 +0000",
        "29 Feb 1900 13:00:00 +0000",
        "22 Nov 2026 24:00:00 +0000",
        "22 Nov 2026 13:60:00 +0000",
        "22 Nov 2026 13:00:61 +0000",
        "22 Nov 2026 13:00:00:00 +0000",
        "22 Nov 2026 123:00 +0000",
        "22 Nov 2026 13: +0000",
        "22 Nov 20266 13:00:00 +0000",
        "22 Nov 5 13:00:00 +0000",
        "222 Nov 2026 13:00:00 +0000",
        "22 Nov 2026 (13:00:00 +0000",
        ",,,,,",
        "-----",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        refuse(texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_dates), cmocka_unit_test(old_dates), cmocka_unit_test(fractions),
        cmocka_unit_test(limits),      cmocka_unit_test(no_dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
