/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What is made of a session of which a part was not seen, each cut in many ways.
 */
#include "imap/imap.h"
#include "text/play.h"

extern const struct dissector tls_dissector;
const struct dissector *const dissector_registry[] = {&imap_dissector, &tls_dissector, NULL};

/* Only that literal is incomplete. */
static void in_a_literal(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "a FETCH 1 BODY[]\r\n", 0},
        {'S', "* 1 FETCH (BODY[] {40}\r\nSubject: x\r\n\r\n", 0},
        {'s', NULL, 20},
        {'S', "abcdef)\r\na OK\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "mail success incomplete\n"
                "email.subject=x\n"
                "email.bytes=20\n"
                "imap success incomplete\n"
                "imap.tag=a\n"
                "imap.command=FETCH\n"
                "imap.argument=1 BODY[]\n"
                "imap.items=BODY[]\n"
                "imap.response.untagged=1 FETCH (BODY[] {40 bytes})\n"
                "<imap.fetch>\n"
                "<imap.fetch_message>\n"
                "imap.fetched.messages=1\n"
                "imap.fetched.bytes=40\n"
                "imap.response.status=OK\n");
}

static void to_the_end_of_a_literal(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "a FETCH 1 BODY[]\r\n", 0},
        {'S', "* 1 FETCH (BODY[] {40}\r\nSubject: x\r\n\r\n", 0},
        {'s', NULL, 26},
        {'S', ")\r\na OK\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "mail unknown incomplete\n"
                "email.subject=x\n"
                "email.bytes=14\n"
                "imap success incomplete\n"
                "imap.tag=a\n"
                "imap.command=FETCH\n"
                "imap.argument=1 BODY[]\n"
                "imap.items=BODY[]\n"
                "imap.response.untagged=1 FETCH (BODY[] {40 bytes})\n"
                "<imap.fetch>\n"
                "<imap.fetch_message>\n"
                "imap.fetched.messages=1\n"
                "imap.fetched.bytes=40\n"
                "imap.response.status=OK\n");
}

/* What looks like a response in the body of a mail is none. */
static void beyond_a_literal(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "a FETCH 1:2 BODY[]\r\n", 0},
        {'S', "* 1 FETCH (BODY[] {40}\r\nSubject: x\r\n\r\n", 0},
        {'s', NULL, 60},
        {'S',
         "xx\r\n* Ok this is a list\r\n* LIST of things\r\na letter\r\n+ more\r\n* 2 FETCH (FLAGS (\\Seen))\r\na "
         "OK\r\n",
         0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "mail unknown incomplete\n"
                "email.subject=x\n"
                "email.bytes=14\n"
                "imap success incomplete\n"
                "imap.tag=a\n"
                "imap.command=FETCH\n"
                "imap.argument=1:2 BODY[]\n"
                "imap.items=BODY[]\n"
                "imap.response.untagged=1 FETCH (BODY[] {40 bytes}\n"
                "<imap.fetch>\n"
                "<imap.fetch_message>\n"
                "imap.fetched.messages=2\n"
                "imap.fetched.bytes=40\n"
                "imap.response.untagged=2 FETCH (FLAGS (\\Seen))\n"
                "<imap.flag.seen>\n"
                "imap.response.status=OK\n");
}

/* The answer to the second is lost; that of the third tells so. */
static void between_lines(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "a1 NOOP\r\na2 NOOP\r\na3 NOOP\r\n", 0},
        {'S', "a1 O", 0},
        {'s', NULL, 20},
        {'S', "K\r\na3 OK\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "imap unknown incomplete\n"
                "imap.tag=a1\n"
                "imap.command=NOOP\n"
                "imap unknown incomplete\n"
                "imap.tag=a2\n"
                "imap.command=NOOP\n"
                "imap success incomplete\n"
                "imap.tag=a3\n"
                "imap.command=NOOP\n"
                "imap.response.status=OK\n");
}

static void of_the_client(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "a1 APPEND x {400+}\r\nSubject: x\r\n\r\n", 0},
        {'c', NULL, 500},
        {'C', "I list this\r\n1 copy of it\r\na move\r\nb9 SELECT y\r\n", 0},
        {'S', "b9 OK\r\na2 OK\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "imap success incomplete\n"
                "imap.tag=b9\n"
                "imap.command=SELECT\n"
                "imap.argument=y\n"
                "imap.mailbox=y\n"
                "imap.response.status=OK\n"
                "imap success incomplete\n"
                "imap.tag=a2\n"
                "imap.response.status=OK\n"
                "mail unknown incomplete\n"
                "email.subject=x\n"
                "email.bytes=14\n"
                "imap unknown incomplete\n"
                "imap.tag=a1\n"
                "imap.command=APPEND\n"
                "imap.appended.messages=1\n"
                "imap.appended.bytes=14\n"
                "imap.argument=x {400 bytes}\n"
                "imap.mailbox=x\n");
}

static void midstream(void **state)
{
    static const struct step steps[] = {
        {'S', "body text\r\n* list of things\r\n* 3 EXISTS\r\n", 0},
        {'C', "x fetch it\r\na7 NOOP\r\n", 0},
        {'S', "a7 OK\r\na6 OK\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, true, steps,
                "imap unknown\n"
                "imap.response.untagged=3 EXISTS\n"
                "<imap.exists_now>\n"
                "imap.exists=3\n"
                "imap success\n"
                "imap.tag=a7\n"
                "imap.command=NOOP\n"
                "imap.response.status=OK\n"
                "imap success\n"
                "imap.tag=a6\n"
                "imap.response.status=OK\n");
}

static void midstream_body(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK Whatever\r\n* BYE the way\r\na note\r\n2 OK ideas\r\n", 0},
        {'C', "a4 LOGOUT\r\n", 0},
        {'S', "* BYE x\r\na4 OK\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, true, steps,
                "imap success\n"
                "imap.tag=a4\n"
                "imap.command=LOGOUT\n"
                "imap.response.untagged=BYE x\n"
                "<imap.bye>\n"
                "imap.response.status=OK\n");
}

static void only_the_server(void **state)
{
    static const struct step steps[] = {
        {'S',
         "* OK hi\r\na1 OK [CAPABILITY IMAP4rev1] in\r\n* 3 EXISTS\r\na2 OK [READ-WRITE] sel\r\n* 1 FETCH (BODY[] "
         "{24}\r\nSubject: tides\r\n\r\nhigh\r\n)\r\na3 OK\r\n",
         0},
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
                "imap.tag=a1\n"
                "imap.response.status=OK\n"
                "imap.response.code=CAPABILITY\n"
                "imap.response.code_data=IMAP4rev1\n"
                "imap.response.text=in\n"
                "imap.capabilities=IMAP4rev1\n"
                "imap unknown\n"
                "imap.response.untagged=3 EXISTS\n"
                "<imap.exists_now>\n"
                "imap.exists=3\n"
                "imap success\n"
                "imap.tag=a2\n"
                "imap.response.status=OK\n"
                "imap.response.code=READ-WRITE\n"
                "imap.response.text=sel\n"
                "mail success\n"
                "email.subject=tides\n"
                "email.bytes=24\n"
                "imap unknown\n"
                "imap.response.untagged=1 FETCH (BODY[] {24 bytes})\n"
                "<imap.fetch>\n"
                "<imap.fetch_message>\n"
                "imap.fetched.messages=1\n"
                "imap.fetched.bytes=24\n"
                "imap success\n"
                "imap.tag=a3\n"
                "imap.response.status=OK\n");
}

static void cut_off(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "a FETCH 1 BODY[]\r\n", 0},
        {'S', "* 1 FETCH (BODY[] {40}\r\nSubject: x\r\n\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "mail unknown incomplete\n"
                "email.subject=x\n"
                "email.bytes=14\n"
                "imap unknown incomplete\n"
                "imap.tag=a\n"
                "imap.command=FETCH\n"
                "imap.argument=1 BODY[]\n"
                "imap.items=BODY[]\n"
                "imap.response.untagged=1 FETCH (BODY[] {40 bytes}\n");
}

static void bad_literal(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "a SEARCH TEXT {99999999999999999999}\r\nb NOOP\r\n", 0},
        {'S', "* LIST () \"/\" {5000000000}\r\nb OK\r\n* OK text ends with {5}\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "anomaly\n"
                "overhear.anomaly.name=imap.bad_literal\n"
                "overhear.anomaly.detail=a literal is announced whose length (0) cannot be meant\n"
                "anomaly\n"
                "overhear.anomaly.name=imap.bad_literal\n"
                "overhear.anomaly.detail=a literal is announced whose length (5000000000) cannot be meant\n"
                "imap success\n"
                "imap.tag=b\n"
                "imap.command=NOOP\n"
                "imap.response.status=OK\n"
                "imap unknown\n"
                "imap.tag=a\n"
                "imap.command=SEARCH\n"
                "imap.argument=TEXT {99999999999999999999}\n"
                "imap.response.untagged=LIST () \"/\" {5000000000}\n"
                "<imap.list>\n"
                "imap.response.untagged=OK text ends with {5}\n");
}

static void of_a_search_literal(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},  {'C', "a SEARCH TEXT {6+}\r\nab", 0}, {'c', NULL, 9},
        {'C', "xx\r\nb7 NOOP\r\n", 0}, {'S', "b7 OK\r\na OK\r\n", 0},        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "imap success incomplete\n"
                "imap.tag=b7\n"
                "imap.command=NOOP\n"
                "imap.response.status=OK\n"
                "imap success incomplete\n"
                "imap.tag=a\n"
                "imap.command=SEARCH\n"
                "imap.argument=TEXT {6+}\n"
                "ab????\n"
                "imap.response.status=OK\n");
}

/* The challenge is passed over, so the login is not told as if there had been none. */
static void a_line_that_is_not_believed(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},
        {'C', "a NOOP\r\n", 0},
        {'S', "a OK do", 0},
        {'s', NULL, 2},
        {'S', ".\r\n", 0},
        {'C', "b AUTHENTICATE PLAIN\r\n", 0},
        {'S', "+ \r\n", 0},
        {'C', "*\r\n", 0},
        {'S', "b BAD aborted\r\n", 0},
        {0, NULL, 0},
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
                "imap.command=NOOP\n"
                "imap.response.status=OK\n"
                "imap.response.text=do\n"
                "imap failure incomplete\n"
                "imap.tag=b\n"
                "imap.command=AUTHENTICATE\n"
                "imap.argument=PLAIN\n"
                "imap.auth.mechanism=PLAIN\n"
                "imap.auth.responses=*\n"
                "imap.response.status=BAD\n"
                "imap.response.text=aborted\n");
}

/* An answer out of turn shows that others are lost; those that come all the same are no answers to nothing. */
static void answers_in_another_order(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "a1 NOOP\r\na2 NOOP\r\na3 NOOP\r\n", 0},
        {'S', "a1 O", 0},
        {'s', NULL, 20},
        {'S', "K\r\na3 OK\r\na2 OK\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "imap unknown incomplete\n"
                "imap.tag=a1\n"
                "imap.command=NOOP\n"
                "imap unknown incomplete\n"
                "imap.tag=a2\n"
                "imap.command=NOOP\n"
                "imap success incomplete\n"
                "imap.tag=a3\n"
                "imap.command=NOOP\n"
                "imap.response.status=OK\n"
                "imap success incomplete\n"
                "imap.tag=a2\n"
                "imap.response.status=OK\n");
}

/* Half a name is no mailbox that is open. */
static void half_a_mailbox(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0}, {'C', "a SELECT IN", 0}, {'c', NULL, 2},       {'C', "X\r\n", 0},
        {'S', "a OK\r\n", 0},         {'C', "b NOOP\r\n", 0},  {'S', "b OK\r\n", 0}, {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "imap success incomplete\n"
                "imap.tag=a\n"
                "imap.command=SELECT\n"
                "imap.argument=IN\n"
                "imap.mailbox=IN\n"
                "imap.response.status=OK\n"
                "imap success\n"
                "imap.tag=b\n"
                "imap.command=NOOP\n"
                "imap.response.status=OK\n");
}

/* What was lost may have opened another mailbox, and asked for the end. */
static void around_a_mailbox(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0}, {'C', "a SELECT INBOX\r\n", 0},
        {'S', "a OK\r\n", 0},         {'c', NULL, 20},
        {'S', "b OK\r\n", 0},         {'C', "c FETCH 1 FLAGS\r\n", 0},
        {'S', "c OK\r\n", 0},         {'c', NULL, 10},
        {'S', "* BYE\r\n", 0},        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=SELECT\n"
                "imap.argument=INBOX\n"
                "imap.mailbox=INBOX\n"
                "imap.response.status=OK\n"
                "imap success incomplete\n"
                "imap.tag=b\n"
                "imap.response.status=OK\n"
                "imap success\n"
                "imap.tag=c\n"
                "imap.command=FETCH\n"
                "imap.argument=1 FLAGS\n"
                "imap.items=FLAGS\n"
                "imap.response.status=OK\n"
                "imap unknown incomplete\n"
                "imap.response.untagged=BYE\n"
                "imap.response.status=BYE\n");
}

/* The answer to STARTTLS is lost: the hello tells that TLS begins. */
static void sealed_behind_a_gap(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},
        {'C', "a STARTTLS\r\n", 0},
        {'s', NULL, 20},
        {'C', "\x16\x03\x01\0\x2d\x01\0\0\x29\r\nb NOOP\r\n", 19},
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
                "imap.command=STARTTLS\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_that_is_not_believed),
        cmocka_unit_test(answers_in_another_order),
        cmocka_unit_test(half_a_mailbox),
        cmocka_unit_test(in_a_literal),
        cmocka_unit_test(to_the_end_of_a_literal),
        cmocka_unit_test(beyond_a_literal),
        cmocka_unit_test(between_lines),
        cmocka_unit_test(of_the_client),
        cmocka_unit_test(midstream),
        cmocka_unit_test(midstream_body),
        cmocka_unit_test(only_the_server),
        cmocka_unit_test(cut_off),
        cmocka_unit_test(bad_literal),
        cmocka_unit_test(of_a_search_literal),
        cmocka_unit_test(around_a_mailbox),
        cmocka_unit_test(sealed_behind_a_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
