/* SPDX-License-Identifier: BSD-3-Clause */
#include "mail_header_play.h"

static void expect(const char *value, const char *expected)
{
    static char header[4096];
    snprintf(header, sizeof header, "Date: Sun, 22 Nov 2026 13:00:00 GMT\nFrom: a@b\nReceived: %s\n", value);
    const char *written = play_run(play_read_header, bytes_text(header));
    const char *begin = strstr(written, "email.received:");
    assert_non_null(begin);
    const char *end = strstr(begin, "email.journey");
    assert_non_null(end);
    play.written[end - play.written] = '\0';
    assert_string_equal(begin + strlen("email.received:\n"), expected);
}

static void as_servers_write_it(void **state)
{
    (void)state;
    expect("from mx.example.org (mx.example.org [192.0.2.1])\r\n\t(using TLSv1.3 with cipher X (256/256 bits))\r\n"
           "\tby mail.example.net (Postfix, from userid 1000) with ESMTPS id 4F1C2\r\n"
           "\tfor <bob@example.net>; Sun, 22 Nov 2026 14:00:00 +0100 (CET)",
           "  from=mx.example.org\n  from_ip=192.0.2.1\n  by=mail.example.net\n  with=ESMTPS\n  id=4F1C2\n"
           "  for=bob@example.net\n  timestamp=1795352400000000000\n");
    expect("from [192.0.2.7] (helo=laptop.local) by mail.example.net with esmtpsa (TLS1.3) tls TLS_AES_256 "
           "(Exim 4.96) (envelope-from <a@b>) id 1abc-000 for bob@example.net; Sun, 22 Nov 2026 13:00:00 +0000",
           "  from=[192.0.2.7]\n  from_ip=192.0.2.7\n  by=mail.example.net\n  with=esmtpsa tls TLS_AES_256\n"
           "  id=1abc-000\n  for=bob@example.net\n  timestamp=1795352400000000000\n");
    expect("by 2002:a05:6402::1 with SMTP id x1csp; Sun, 22 Nov 2026 05:00:00 -0800 (PST)",
           "  by=2002:a05:6402::1\n  with=SMTP\n  id=x1csp\n  timestamp=1795352400000000000\n");
    expect("from A.example (2001:db8::1) by B.example (2001:db8::2) with Microsoft SMTP Server (version=TLS1_2) id "
           "15.20.1.2; Sun, 22 Nov 2026 13:00:00 +0000",
           "  from=A.example\n  from_ip=2001:db8::1\n  by=B.example\n  with=Microsoft SMTP Server\n"
           "  id=15.20.1.2\n  timestamp=1795352400000000000\n");
    expect("from unknown (HELO friend) (198.51.100.9) by 192.0.2.5 with SMTP; 22 Nov 2026 13:00:00 -0000",
           "  from=unknown\n  from_ip=198.51.100.9\n  by=192.0.2.5\n  with=SMTP\n"
           "  timestamp=1795352400000000000\n");
    expect("(qmail 1234 invoked by uid 89); 22 Nov 2026 13:00:00 -0000", "  timestamp=1795352400000000000\n");
    expect("from x ([IPv6:2001:db8::9]) by y", "  from=x\n  from_ip=2001:db8::9\n  by=y\n");
    expect("FROM x BY y WITH esmtp ID z", "  from=x\n  by=y\n  with=esmtp\n  id=z\n");
}

static void odd_lines(void **state)
{
    (void)state;
    expect("from x by y; not a date", "  from=x\n  by=y\n");
    expect("from x from z by y (a; b); Sun, 22 Nov 2026 13:00:00 +0000",
           "  from=x\n  by=y\n  timestamp=1795352400000000000\n");
    expect("from x by y id a;b; Sun, 22 Nov 2026 13:00:00 +0000", "  from=x\n  by=y\n  id=a;b\n"
                                                                  "  timestamp=1795352400000000000\n");
    expect("from x (192.0.2) by y (open; Sun, 22 Nov 2026 13:00:00 +0000", "  from=x\n  by=y\n");
    expect("by y for a b c", "  by=y\n  for=a\n");
}

static void line_that_says_nothing_is_no_hop(void **state)
{
    (void)state;
    play_header(
        "Received: hello world\nReceived:\nReceived: from by with\nFrom: a@b\nDate: Sun, 22 Nov 2026 13:00:00 GMT\n",
        "email.from.address=a@b\nemail.origination_timestamp=1795352400000000000\n"
        "email.date=Sun, 22 Nov 2026 13:00:00 GMT\n");
}

static void journey_is_newest_first(void **state)
{
    (void)state;
    play_header("Received: from b by c with ESMTPS; Sun, 22 Nov 2026 13:00:10 +0000\n"
                "Received: from a by b with ESMTP; Sun, 22 Nov 2026 14:00:07 +0100\n"
                "From: x@y\n"
                "Received: from laptop by a with ESMTPSA; Sun, 22 Nov 2026 13:00:06 +0000\n"
                "Date: Sun, 22 Nov 2026 13:00:00 +0000\n",
                "email.received:\n  from=b\n  by=c\n  with=ESMTPS\n  timestamp=1795352410000000000\n"
                "  delay=3000000000\n"
                "email.from.address=x@y\n"
                "email.received:\n  from=a\n  by=b\n  with=ESMTP\n  timestamp=1795352407000000000\n"
                "  delay=1000000000\n"
                "email.origination_timestamp=1795352400000000000\nemail.date=Sun, 22 Nov 2026 13:00:00 +0000\n"
                "email.received:\n  from=laptop\n  by=a\n  with=ESMTPSA\n  timestamp=1795352406000000000\n"
                "email.journey.hops=3\nemail.journey.duration=4000000000\n"
                "<mail.journey time=4000000000 count=3>\n<mail.slowest time=3000000000 server=c>\n");
}

static void clocks_disagree(void **state)
{
    (void)state;
    play_header("Received: by c; Sun, 22 Nov 2026 13:00:00 +0000\n"
                "Received: by b; Sun, 22 Nov 2026 13:00:02 +0000\n"
                "From: x@y\nDate: Sun, 22 Nov 2026 13:00:00 +0000\n",
                "email.received:\n  by=c\n  timestamp=1795352400000000000\n  delay=-2000000000\n"
                "  <mail.clocks time=2000000000>\n"
                "email.from.address=x@y\n"
                "email.origination_timestamp=1795352400000000000\nemail.date=Sun, 22 Nov 2026 13:00:00 +0000\n"
                "email.received:\n  by=b\n  timestamp=1795352402000000000\nemail.journey.hops=2\n");
}

static void hop_without_time_has_no_delay(void **state)
{
    (void)state;
    play_header("Received: by c; Sun, 22 Nov 2026 13:00:09 +0000\nReceived: by b\n"
                "Received: by a; Sun, 22 Nov 2026 13:00:00 +0000\n"
                "From: x@y\nDate: Sun, 22 Nov 2026 13:00:00 +0000\n",
                "email.received:\n  by=c\n  timestamp=1795352409000000000\n"
                "email.received:\n  by=b\n"
                "email.from.address=x@y\n"
                "email.origination_timestamp=1795352400000000000\nemail.date=Sun, 22 Nov 2026 13:00:00 +0000\n"
                "email.received:\n  by=a\n  timestamp=1795352400000000000\nemail.journey.hops=3\n"
                "email.journey.duration=9000000000\n<mail.journey time=9000000000 count=3>\n");
}

static void long_texts_are_cut(void **state)
{
    (void)state;
    enum { LETTERS = 300 };
    static char header[LETTERS + 128], expected[LETTERS + 256];
    strcpy(header, "From: a@b\nDate: x\nReceived: by ");
    memset(header + strlen(header), 'x', LETTERS);
    strcpy(expected, "email.from.address=a@b\nemail.date=x\nemail.received:\n  by=");
    memset(expected + strlen(expected), 'x', MAIL_HOP_BYTES);
    strcat(expected, "\nemail.journey.hops=1\n<mail.bad_date>\ncut email.received\n");
    play_header(header, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_servers_write_it),
        cmocka_unit_test(odd_lines),
        cmocka_unit_test(line_that_says_nothing_is_no_hop),
        cmocka_unit_test(journey_is_newest_first),
        cmocka_unit_test(clocks_disagree),
        cmocka_unit_test(hop_without_time_has_no_delay),
        cmocka_unit_test(long_texts_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
