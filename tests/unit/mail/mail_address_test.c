/* SPDX-License-Identifier: BSD-3-Clause */
#include "mail_header_play.h"

#include "mail/mail_address.h"

/* address|name, a line each; a group as :name. */
static void read_addresses(struct play *unused, struct emitter *emitter, const struct message *message)
{
    (void)unused;
    struct mail_addresses addresses;
    struct mail_mailbox mailbox;
    mail_addresses_begin(&addresses, emitter, message->bytes);
    while (mail_addresses_next(&addresses, &mailbox)) {
        play_string(mailbox.is_group ? ":" : "");
        play_text(mailbox.address);
        play_string(mailbox.is_group ? "" : mailbox.has_address ? "|" : "-|");
        play_text(mailbox.name);
        play_string(mailbox.cut ? " cut\n" : "\n");
    }
}

static void expect(const char *value, const char *expected)
{
    assert_string_equal(play_run(read_addresses, bytes_text(value)), expected);
}

static void addresses_and_names(void **state)
{
    (void)state;
    expect("alice@example.org", "alice@example.org|\n");
    expect(" <alice@example.org> ", "alice@example.org|\n");
    expect("Alice <alice@example.org>", "alice@example.org|Alice\n");
    expect("Alice  B.\r\n Clark <alice@example.org>", "alice@example.org|Alice B. Clark\n");
    expect("\"Doe, John\" <john@example.org>, bob@example.net", "john@example.org|Doe, John\nbob@example.net|\n");
    expect("\"a \\\"b\\\" \\\\ c\" <x@y>", "x@y|a \"b\" \\ c\n");
    expect("John \"the man\" Doe <x@y>", "x@y|John the man Doe\n");
    expect("a@x,b@y;c@z", "a@x|\nb@y|\nc@z|\n");
    expect("", "");
    expect(" , ,\r\n ,", "");
    expect("root", "root|\n");
    expect("<>", "|\n");
    expect("MAILER-DAEMON <>", "|MAILER-DAEMON\n");
    expect("Just a Name", "-|Just a Name\n");
    expect("\"quoted alone\"", "-|quoted alone\n");
}

static void comments(void **state)
{
    (void)state;
    expect("alice@example.org (Alice)", "alice@example.org|Alice\n");
    expect("alice@example.org (Alice (of Wonderland))", "alice@example.org|Alice (of Wonderland)\n");
    expect("(a, b) alice(c)@(d)example(e).org", "alice@example.org|e\n");
    expect("Al(comment)ice <alice @ example . org>", "alice@example.org|Al ice\n");
    expect("Alice <alice@example.org> (ignored, as there is a name)", "alice@example.org|Alice\n");
    expect("alice@example.org (open", "alice@example.org|open\n");
    expect("a@b (x\\)y), c@d", "a@b|x\\)y\nc@d|\n");
    expect("bob@x (=?utf-8?Q?B=C3=B6b_(Jr.)?=)", "bob@x|Böb (Jr.)\n");
}

static void groups(void **state)
{
    (void)state;
    expect("Undisclosed recipients:;", ":Undisclosed recipients\n");
    expect("undisclosed-recipients: ;", ":undisclosed-recipients\n");
    expect("A Group:Ed Jones <joe@where.test>,joe@where.test,John <jdoe@one.test>;",
           ":A Group\njoe@where.test|Ed Jones\njoe@where.test|\njdoe@one.test|John\n");
    expect("a@x, \"Team: A\": b@x, c@x; , d@x", "a@x|\n:Team: A\nb@x|\nc@x|\nd@x|\n");
    expect("one: a@x; two: b@y;", ":one\na@x|\n:two\nb@y|\n");
    expect("=?utf-8?Q?Gr=C3=BCppe?=: a@x;", ":Grüppe\na@x|\n");
}

static void odd_addresses(void **state)
{
    (void)state;
    expect("\"john doe\"@example.org", "\"john doe\"@example.org|\n");
    expect("<\"a>b,c\"@example.org>", "\"a>b,c\"@example.org|\n");
    expect("user@[192.0.2.1]", "user@[192.0.2.1]|\n");
    expect("user@[IPv6:2001:db8::1], b@c", "user@[IPv6:2001:db8::1]|\nb@c|\n");
    expect("<@relay,@other.example:user@host.example>", "user@host.example|\n");
    expect("< user @ host >", "user@host|\n");
    expect("us\xc3\xa9r@ex\xc3\xa4mple.org", "usér@exämple.org|\n");
    expect("Al\xe9 <a@b>", "a@b|Al\xe9\n");
    expect("<a@b> <c@d>", "a@b|\n");
    expect("a@b@c", "a@b@c|\n");
    expect("Bob <bob@x, carol@y", "bob@x|Bob\ncarol@y|\n");
    expect("<a@b", "a@b|\n");
    expect("x<", "|x\n");
    expect("\"unclosed <a@b>, c@d", "a@b|unclosed\nc@d|\n");
    expect("<,<,a@b", "|\n|\na@b|\n");
}

static void encoded_names(void **state)
{
    (void)state;
    expect("=?utf-8?Q?J=C3=BCrgen?= <j@x>", "j@x|Jürgen\n");
    expect("=?utf-8?Q?J=C3=BCrgen?= =?utf-8?Q?_M=C3=BCller?= <j@x>", "j@x|Jürgen Müller\n");
    expect("=?utf-8?Q?Doe,_John_(X)?= <j@x>, k@y", "j@x|Doe, John (X)\nk@y|\n");
    expect("\"=?utf-8?Q?Doe,_John?=\" <j@x>", "j@x|Doe, John\n");
    expect("=?utf-8?B?4oI=?=\r\n =?utf-8?B?rA==?= <j@x>", "j@x|€\n");
    expect("=?utf-8?Q?a@b?= <c@d>", "c@d|a@b\n");
    expect("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?= <j@x>", "j@x|日本\n");
}

static void long_ones_are_marked(void **state)
{
    (void)state;
    enum { LETTERS = 2000 };
    static char value[LETTERS + 64], expected[LETTERS + 64];
    memset(value, 'a', LETTERS);
    strcpy(value + LETTERS, "@b, c@d");
    memset(expected, 'a', MAIL_ADDRESS_BYTES);
    strcpy(expected + MAIL_ADDRESS_BYTES, "| cut\nc@d|\n");
    expect(value, expected);
}

static void record_fields(void **state)
{
    (void)state;
    play_header("From: Alice <alice@example.org>\nTo: Bob <bob@example.org>, carol@example.org\nCc: list:dan@x;\n"
                "Date: Sun, 22 Nov 2026 13:00:00 +0000\n",
                "email.from.address=alice@example.org\nemail.from.name=Alice\n"
                "email.to.address=bob@example.org\nemail.to.name=Bob\nemail.to.address=carol@example.org\n"
                "email.groups=list\nemail.cc.address=dan@x\n"
                "email.origination_timestamp=1795352400000000000\nemail.date=Sun, 22 Nov 2026 13:00:00 +0000\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_and_names), cmocka_unit_test(comments),      cmocka_unit_test(groups),
        cmocka_unit_test(odd_addresses),       cmocka_unit_test(encoded_names), cmocka_unit_test(long_ones_are_marked),
        cmocka_unit_test(record_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
