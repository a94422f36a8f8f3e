/* SPDX-License-Identifier: BSD-3-Clause
 *
 * No password is ever shown, however it was sent: each session is cut in many ways.
 */
#include "imap/imap.h"
#include "text/play.h"

const struct dissector *const dissector_registry[] = {&imap_dissector, NULL};

static void atoms(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},
        {'C', "a LOGIN alice sesame\r\n", 0},
        {'S', "a OK\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=LOGIN\n"
                "imap.argument=alice ******\n"
                "user.name=alice\n"
                "user.password=sesame\n"
                "<imap.password_in_clear>\n"
                "imap.response.status=OK\n");
}

static void quoted(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},
        {'C', "a LOGIN \"al\\\"ice\" \"se\\\\sa me\"\r\n", 0},
        {'S', "a NO [AUTHENTICATIONFAILED] no\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap failure\n"
                "imap.tag=a\n"
                "imap.command=LOGIN\n"
                "imap.argument=\"al\\\"ice\" ***********\n"
                "user.name=al\"ice\n"
                "user.password=se\\sa me\n"
                "<imap.password_in_clear>\n"
                "imap.response.status=NO\n"
                "imap.response.code=AUTHENTICATIONFAILED\n"
                "imap.response.text=no\n");
}

static void literals(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0}, {'C', "a LOGIN {5}\r\n", 0}, {'S', "+ OK\r\n", 0}, {'C', "alice {6}\r\n", 0},
        {'S', "+ OK\r\n", 0},    {'C', "sesame\r\n", 0},      {'S', "a OK\r\n", 0}, {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=LOGIN\n"
                "imap.response.continuation=OK\n"
                "<imap.go_on>\n"
                "imap.response.continuation=OK\n"
                "<imap.go_on>\n"
                "imap.argument={5}\n"
                "alice **********\n"
                "user.name=alice\n"
                "user.password=sesame\n"
                "<imap.password_in_clear>\n"
                "imap.response.status=OK\n");
}

static void literals_at_once(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},
        {'C', "a lOgIn {5+}\r\nalice {8-}\r\nses\r\name\r\n", 0},
        {'S', "a OK\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=LOGIN\n"
                "imap.argument={5+}\n"
                "alice *************\n"
                "user.name=alice\n"
                "user.password=ses\r\n"
                "ame\n"
                "<imap.password_in_clear>\n"
                "imap.response.status=OK\n");
}

static void spaces(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},
        {'C', "  a  LOGIN   alice   sesame  \r\n", 0},
        {'S', "a OK\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=LOGIN\n"
                "imap.argument=alice   ******\n"
                "user.name=alice\n"
                "user.password=sesame\n"
                "<imap.password_in_clear>\n"
                "imap.response.status=OK\n");
}

static void many_words(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},
        {'C', "a LOGIN alice my pass word\r\n", 0},
        {'S', "a BAD\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap failure\n"
                "imap.tag=a\n"
                "imap.command=LOGIN\n"
                "imap.argument=alice ************\n"
                "user.name=alice\n"
                "user.password=my pass word\n"
                "<imap.password_in_clear>\n"
                "imap.response.status=BAD\n");
}

static void open_quote(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},
        {'C', "a LOGIN \"alice sesame\r\n", 0},
        {'S', "a BAD\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap failure\n"
                "imap.tag=a\n"
                "imap.command=LOGIN\n"
                "imap.argument=*************\n"
                "imap.response.status=BAD\n");
}

static void literal_and_more(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},
        {'C', "a LOGIN alice {3+}\r\nses ame\r\n", 0},
        {'S', "a BAD\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap failure\n"
                "imap.tag=a\n"
                "imap.command=LOGIN\n"
                "imap.argument=alice ************\n"
                "user.name=alice\n"
                "user.password={3+}\n"
                "ses ame\n"
                "<imap.password_in_clear>\n"
                "imap.response.status=BAD\n");
}

/* No password is shown: not after a misspelled word, not without a tag, not alone. */
static void misspelled(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},
        {'C', "a LOGGIN alice sesame\r\nLOGIN alice sesame\r\nsesame\r\nalice sesame\r\n", 0},
        {'S', "a BAD what\r\nLOGIN BAD what\r\nsesame BAD what\r\nalice BAD what\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap failure\n"
                "imap.tag=a\n"
                "imap.unparsed=LOGGIN alice sesame\n"
                "<imap.unparsed>\n"
                "imap.response.status=BAD\n"
                "imap.response.text=what\n"
                "imap failure\n"
                "imap.tag=LOGIN\n"
                "imap.unparsed=alice sesame\n"
                "<imap.unparsed>\n"
                "imap.response.status=BAD\n"
                "imap.response.text=what\n"
                "imap failure\n"
                "imap.tag=******\n"
                "imap.unparsed=sesame\n"
                "<imap.unparsed>\n"
                "imap.response.status=BAD\n"
                "imap.response.text=what\n"
                "imap failure\n"
                "imap.tag=alice\n"
                "imap.unparsed=sesame\n"
                "<imap.unparsed>\n"
                "imap.response.status=BAD\n"
                "imap.response.text=what\n");
}

/* Once logged in, only what looks like LOGIN is hidden. */
static void misspelled_later(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},        {'C', "a NOOP\r\nb SELECT x\r\n", 0},
        {'S', "a OK\r\nb OK\r\n", 0},   {'C', "c LOGIM alice sesame\r\nd XYZZY plugh\r\n", 0},
        {'S', "c BAD\r\nd BAD\r\n", 0}, {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=NOOP\n"
                "imap.response.status=OK\n"
                "imap success\n"
                "imap.tag=b\n"
                "imap.command=SELECT\n"
                "imap.argument=x\n"
                "imap.mailbox=x\n"
                "imap.response.status=OK\n"
                "imap failure\n"
                "imap.tag=c\n"
                "imap.unparsed=LOGIM alice sesame\n"
                "<imap.unparsed>\n"
                "imap.response.status=BAD\n"
                "imap failure\n"
                "imap.tag=d\n"
                "imap.command=XYZZY\n"
                "<imap.no_command>\n"
                "imap.argument=plugh\n"
                "imap.response.status=BAD\n");
}

/* The literal is not sent any more. */
static void literal_rejected(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},      {'C', "a LOGIN {5}\r\n", 0}, {'S', "a NO not here\r\n", 0},
        {'C', "b CAPABILITY\r\n", 0}, {'S', "b OK\r\n", 0},        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap failure\n"
                "imap.tag=a\n"
                "imap.command=LOGIN\n"
                "imap.argument=****\n"
                "imap.response.status=NO\n"
                "imap.response.text=not here\n"
                "imap success\n"
                "imap.tag=b\n"
                "imap.command=CAPABILITY\n"
                "imap.response.status=OK\n");
}

static void half(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},
        {'C', "a LOGIN alice ses", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap unknown incomplete\n"
                "imap.tag=a\n"
                "imap.command=LOGIN\n"
                "imap.argument=alice ***\n"
                "user.name=alice\n"
                "user.password=ses\n"
                "<imap.password_in_clear>\n");
}

static void half_literal(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},
        {'C', "a LOGIN alice {10}\r\n", 0},
        {'S', "+ OK\r\n", 0},
        {'C', "sesame", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap unknown incomplete\n"
                "imap.tag=a\n"
                "imap.command=LOGIN\n"
                "imap.response.continuation=OK\n"
                "<imap.go_on>\n"
                "imap.argument=alice ***************\n"
                "user.name=alice\n"
                "user.password=sesame????\n"
                "<imap.password_in_clear>\n");
}

static void plain(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0}, {'C', "a AUTHENTICATE PLAIN\r\n", 0},
        {'S', "+ \r\n", 0},      {'C', "AGFsaWNlAHNlc2FtZQ==\r\n", 0},
        {'S', "a OK\r\n", 0},    {'C', "b NOOP\r\n", 0},
        {'S', "b OK\r\n", 0},    {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=AUTHENTICATE\n"
                "imap.argument=PLAIN\n"
                "imap.auth.mechanism=PLAIN\n"
                "imap.auth.challenges=\n"
                "imap.auth.responses=AGFsaWNlAHNlc2FtZQ==\n"
                "user.name=alice\n"
                "user.password=sesame\n"
                "<imap.password_in_clear>\n"
                "imap.response.status=OK\n"
                "imap success\n"
                "imap.tag=b\n"
                "imap.command=NOOP\n"
                "imap.response.status=OK\n");
}

static void plain_at_once(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},
        {'C', "a authenticate plain AGFsaWNlAHNlc2FtZQ==\r\n", 0},
        {'S', "a OK\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=AUTHENTICATE\n"
                "imap.argument=plain ********************\n"
                "imap.auth.mechanism=PLAIN\n"
                "imap.auth.responses=AGFsaWNlAHNlc2FtZQ==\n"
                "user.name=alice\n"
                "user.password=sesame\n"
                "<imap.password_in_clear>\n"
                "imap.response.status=OK\n");
}

static void sasl_login(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},
        {'C', "a AUTHENTICATE LOGIN\r\n", 0},
        {'S', "+ VXNlciBOYW1lAA==\r\n", 0},
        {'C', "YWxpY2U=\r\n", 0},
        {'S', "+ UGFzc3dvcmQA\r\n", 0},
        {'C', "c2VzYW1l\r\n", 0},
        {'S', "a NO\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap failure\n"
                "imap.tag=a\n"
                "imap.command=AUTHENTICATE\n"
                "imap.argument=LOGIN\n"
                "imap.auth.mechanism=LOGIN\n"
                "imap.auth.challenges=VXNlciBOYW1lAA==\n"
                "imap.auth.responses=YWxpY2U=\n"
                "user.name=alice\n"
                "imap.auth.challenges=UGFzc3dvcmQA\n"
                "imap.auth.responses=c2VzYW1l\n"
                "user.password=sesame\n"
                "<imap.password_in_clear>\n"
                "imap.response.status=NO\n");
}

static void cancelled(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0}, {'C', "a AUTHENTICATE CRAM-MD5\r\n", 0}, {'S', "+ PDEuMkBob3N0Pg==\r\n", 0},
        {'C', "*\r\n", 0},       {'S', "a BAD cancelled\r\n", 0},         {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap failure\n"
                "imap.tag=a\n"
                "imap.command=AUTHENTICATE\n"
                "imap.argument=CRAM-MD5\n"
                "imap.auth.mechanism=CRAM-MD5\n"
                "imap.auth.challenges=<1.2@host>\n"
                "imap.auth.responses=*\n"
                "imap.response.status=BAD\n"
                "imap.response.text=cancelled\n");
}

static void no_mechanism(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},
        {'C', "a AUTHENTICATE AGFsaWNlAHNlc2FtZQ==\r\n", 0},
        {'S', "a BAD\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap failure\n"
                "imap.tag=a\n"
                "imap.command=AUTHENTICATE\n"
                "imap.argument=********************\n"
                "imap.response.status=BAD\n");
}

/* The answer that comes too late is hidden too, and so is the tag that it looks like. */
static void given_up(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},
        {'C', "a AUTHENTICATE PLAIN\r\n", 0},
        {'S', "a NO not that\r\n", 0},
        {'C', "AGFsaWNlAHNlc2FtZQ==\r\n", 0},
        {'S', "AGFsaWNlAHNlc2FtZQ== BAD\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap failure\n"
                "imap.tag=a\n"
                "imap.command=AUTHENTICATE\n"
                "imap.argument=PLAIN\n"
                "imap.auth.mechanism=PLAIN\n"
                "imap.response.status=NO\n"
                "imap.response.text=not that\n"
                "imap failure\n"
                "imap.tag=********************\n"
                "imap.unparsed=AGFsaWNlAHNlc2FtZQ==\n"
                "<imap.unparsed>\n"
                "imap.response.status=BAD\n");
}

/* Only the client is seen: the exchange ends with the next command. */
static void one_side(void **state)
{
    static const struct step steps[] = {
        {'C', "a AUTHENTICATE PLAIN\r\nAGFsaWNlAHNlc2FtZQ==\r\nb1 SELECT INBOX\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap unknown\n"
                "imap.tag=a\n"
                "imap.command=AUTHENTICATE\n"
                "imap.argument=PLAIN\n"
                "imap.auth.mechanism=PLAIN\n"
                "imap.auth.responses=AGFsaWNlAHNlc2FtZQ==\n"
                "user.name=alice\n"
                "user.password=sesame\n"
                "<imap.password_in_clear>\n"
                "imap unknown\n"
                "imap.tag=b1\n"
                "imap.command=SELECT\n"
                "imap.argument=INBOX\n"
                "imap.mailbox=INBOX\n");
}

/* What is lost does not move the border between user and password. */
static void literal_with_a_hole(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0}, {'C', "a LOGIN {10+}\r\nali", 0},
        {'c', NULL, 7},          {'C', " {6+}\r\nsesame\r\n", 0},
        {'S', "a OK\r\n", 0},    {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap success incomplete\n"
                "imap.tag=a\n"
                "imap.command=LOGIN\n"
                "imap.argument={10+}\n"
                "ali??????? ***********\n"
                "user.name=ali???????\n"
                "user.password=sesame\n"
                "<imap.password_in_clear>\n"
                "imap.response.status=OK\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(atoms),
        cmocka_unit_test(quoted),
        cmocka_unit_test(literals),
        cmocka_unit_test(literals_at_once),
        cmocka_unit_test(spaces),
        cmocka_unit_test(many_words),
        cmocka_unit_test(open_quote),
        cmocka_unit_test(literal_and_more),
        cmocka_unit_test(misspelled),
        cmocka_unit_test(misspelled_later),
        cmocka_unit_test(literal_rejected),
        cmocka_unit_test(half),
        cmocka_unit_test(half_literal),
        cmocka_unit_test(plain),
        cmocka_unit_test(plain_at_once),
        cmocka_unit_test(sasl_login),
        cmocka_unit_test(cancelled),
        cmocka_unit_test(no_mechanism),
        cmocka_unit_test(given_up),
        cmocka_unit_test(one_side),
        cmocka_unit_test(literal_with_a_hole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
