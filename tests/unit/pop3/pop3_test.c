/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whole sessions, each cut in many ways.
 */
#include "text/play.h"

extern const struct dissector pop3_dissector;
const struct dissector *const dissector_registry[] = {&pop3_dissector, NULL};

static void a_session(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK ready <1.2@host>\r\n", 0},
        {'C', "USER alice\r\n", 0},
        {'S', "+OK\r\n", 0},
        {'C', "pass se cret\r\n", 0},
        {'S', "+OK in\r\n", 0},
        {'C', "STAT\r\n", 0},
        {'S', "+OK 2 320\r\n", 0},
        {'C', "RETR 1\r\n", 0},
        {'S', "+OK 120 octets\r\nSubject: x\r\n\r\n..\r\n+OK not a status\r\n.\r\n", 0},
        {'C', "DELE 1\r\n", 0},
        {'S', "+OK\r\n", 0},
        {'C', "QUIT\r\n", 0},
        {'S', "+OK bye\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=ready <1.2@host>\n"
                "pop3.response.bytes=22\n"
                "<pop3.apop_offered>\n"
                "pop3 success\n"
                "pop3.command=USER\n"
                "pop3.argument=alice\n"
                "user.name=alice\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=5\n"
                "pop3 success\n"
                "pop3.command=PASS\n"
                "pop3.argument=*******\n"
                "user.name=alice\n"
                "user.password=se cret\n"
                "<pop3.password_in_clear>\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=in\n"
                "pop3.response.bytes=8\n"
                "pop3 success\n"
                "pop3.command=STAT\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=2 320\n"
                "pop3.response.bytes=11\n"
                "pop3.mailbox.messages=2\n"
                "pop3.mailbox.bytes=320\n"
                "user.name=alice\n"
                "<pop3.mailbox>\n"
                "pop3 success\n"
                "pop3.command=RETR\n"
                "pop3.argument=1\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=120 octets\n"
                "pop3.response.bytes=55\n"
                "user.name=alice\n"
                "mail success\n"
                "email.subject=x\n"
                "email.bytes=35\n"
                "pop3 success\n"
                "pop3.command=DELE\n"
                "pop3.argument=1\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=5\n"
                "user.name=alice\n"
                "pop3 success\n"
                "pop3.command=QUIT\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=bye\n"
                "pop3.response.bytes=9\n"
                "user.name=alice\n"
                "<pop3.removed_one>\n");
}

static void lists(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0}, {'C', "LIST\r\n", 0},      {'S', "+OK 2 messages\r\n1 120\r\n2 200\r\n.\r\n", 0},
        {'C', "LIST 2\r\n", 0}, {'S', "+OK 2 200\r\n", 0}, {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 success\n"
                "pop3.command=LIST\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=2 messages\n"
                "1 120\n"
                "2 200\n"
                "pop3.response.bytes=33\n"
                "pop3 success\n"
                "pop3.command=LIST\n"
                "pop3.argument=2\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=2 200\n"
                "pop3.response.bytes=11\n");
}

static void pipelined(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0},
        {'C', "CAPA\r\nSTAT\r\nRETR 9\r\nTOP 1 0\r\nUIDL\r\nLANG\r\nLANG de\r\nquit\r\n", 0},
        {'S', "+OK\r\nTOP\r\nSASL PLAIN LOGIN\r\n.\r\n+OK 1 5\r\n-ERR [SYS/TEMP] no such\r\n", 0},
        {'S', "+OK\r\nSubject: t\r\n\r\n.\r\n+OK\r\n.\r\n+OK\r\nde Deutsch\r\n.\r\n+OK de gut\r\n+OK\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 success\n"
                "pop3.command=CAPA\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=31\n"
                "pop3.response.text=\n"
                "TOP\n"
                "SASL PLAIN LOGIN\n"
                "pop3.capabilities:\n"
                "  name=TOP\n"
                "pop3.capabilities:\n"
                "  name=SASL\n"
                "  parameters=PLAIN LOGIN\n"
                "pop3 success\n"
                "pop3.command=STAT\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=1 5\n"
                "pop3.response.bytes=9\n"
                "pop3.mailbox.messages=1\n"
                "pop3.mailbox.bytes=5\n"
                "<pop3.mailbox_one>\n"
                "pop3 failure\n"
                "pop3.command=RETR\n"
                "pop3.argument=9\n"
                "pop3.response.status=-ERR\n"
                "pop3.response.code=SYS/TEMP\n"
                "pop3.response.text=no such\n"
                "pop3.response.bytes=25\n"
                "pop3 success\n"
                "pop3.command=TOP\n"
                "pop3.argument=1 0\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=22\n"
                "mail success\n"
                "email.subject=t\n"
                "email.bytes=14\n"
                "pop3 success\n"
                "pop3.command=UIDL\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=8\n"
                "pop3 success\n"
                "pop3.command=LANG\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=20\n"
                "pop3.response.text=\n"
                "de Deutsch\n"
                "pop3 success\n"
                "pop3.command=LANG\n"
                "pop3.argument=de\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=de gut\n"
                "pop3.response.bytes=12\n"
                "pop3 success\n"
                "pop3.command=QUIT\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=5\n");
}

static void auth_plain(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0}, {'C', "AUTH PLAIN\r\n", 0}, {'S', "+ \r\n", 0},  {'C', "AHRpbQB0YW5zdGFhZg==\r\n", 0},
        {'S', "+OK in\r\n", 0}, {'C', "NOOP\r\n", 0},       {'S', "+OK\r\n", 0}, {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 success\n"
                "pop3.command=AUTH\n"
                "pop3.auth.mechanism=PLAIN\n"
                "pop3.argument=PLAIN\n"
                "pop3.response.bytes=12\n"
                "pop3.auth.responses=AHRpbQB0YW5zdGFhZg==\n"
                "user.name=tim\n"
                "user.password=tanstaaf\n"
                "<pop3.password_in_clear>\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=in\n"
                "pop3 success\n"
                "pop3.command=NOOP\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=5\n"
                "user.name=tim\n");
}

static void auth_login_without_waiting(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0},
        {'C', "auth login dGlt\r\nc2VzYW1l\r\nSTAT\r\n", 0},
        {'S', "+ UGFzc3dvcmQ6\r\n-ERR [AUTH] no\r\n-ERR first log in\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 failure\n"
                "pop3.command=AUTH\n"
                "pop3.auth.mechanism=LOGIN\n"
                "pop3.argument=login ****\n"
                "user.name=tim\n"
                "pop3.auth.responses=c2VzYW1l\n"
                "user.password=sesame\n"
                "<pop3.password_in_clear>\n"
                "pop3.response.bytes=32\n"
                "pop3.auth.challenges=Password:\n"
                "pop3.response.status=-ERR\n"
                "pop3.response.code=AUTH\n"
                "pop3.response.text=no\n"
                "<pop3.refused>\n"
                "pop3 failure\n"
                "pop3.command=STAT\n"
                "pop3.response.status=-ERR\n"
                "pop3.response.text=first log in\n"
                "pop3.response.bytes=19\n");
}

static void auth_without_a_name_lists(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0},
        {'C', "AUTH\r\n", 0},
        {'S', "+OK mechanisms\r\nPLAIN\r\n.\r\n", 0},
        {'C', "AUTH CRAM-MD5\r\n", 0},
        {'S', "+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UuZXhhbXBsZS5uZXQ+\r\n", 0},
        {'C', "*\r\n", 0},
        {'S', "-ERR as you like\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 success\n"
                "pop3.command=AUTH\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=mechanisms\n"
                "PLAIN\n"
                "pop3.response.bytes=26\n"
                "pop3 failure\n"
                "pop3.command=AUTH\n"
                "pop3.auth.mechanism=CRAM-MD5\n"
                "pop3.argument=CRAM-MD5\n"
                "pop3.response.bytes=74\n"
                "pop3.auth.challenges=<1896.697170952@postoffice.example.net>\n"
                "pop3.auth.responses=*\n"
                "<pop3.cancelled>\n"
                "pop3.response.status=-ERR\n"
                "pop3.response.text=as you like\n"
                "<pop3.refused>\n");
}

/* Windows answers AUTH NTLM with +OK, and only then the exchange begins. */
static void ntlm_begins_with_ok(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0},
        {'C', "AUTH NTLM\r\n", 0},
        {'S', "+OK\r\n", 0},
        {'C', "TlRMTVNTUAABAAAAB4IIog==\r\n", 0},
        {'S', "+ TlRMTVNTUAACAAAA\r\n", 0},
        {'C', "TlRMTVNTUAADAAAA\r\n", 0},
        {'S', "+OK in\r\n", 0},
        {'C', "STAT\r\n", 0},
        {'S', "+OK 0 0\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 success\n"
                "pop3.command=AUTH\n"
                "pop3.auth.mechanism=NTLM\n"
                "pop3.argument=NTLM\n"
                "pop3.response.bytes=33\n"
                "pop3.auth.responses=TlRMTVNTUAABAAAAB4IIog==\n"
                "pop3.auth.challenges=TlRMTVNTUAACAAAA\n"
                "pop3.auth.responses=TlRMTVNTUAADAAAA\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=in\n"
                "pop3 success\n"
                "pop3.command=STAT\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=0 0\n"
                "pop3.response.bytes=9\n"
                "pop3.mailbox.messages=0\n"
                "pop3.mailbox.bytes=0\n"
                "<pop3.mailbox>\n");
}

static void apop(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi <1.2@host>\r\n", 0},
        {'C', "APOP mrose c4c9334bac560ecc979e58001b3e22fb\r\n", 0},
        {'S', "-ERR no\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi <1.2@host>\n"
                "pop3.response.bytes=19\n"
                "<pop3.apop_offered>\n"
                "pop3 failure\n"
                "pop3.command=APOP\n"
                "user.name=mrose\n"
                "pop3.auth.mechanism=APOP\n"
                "pop3.argument=mrose ********************************\n"
                "<pop3.guessable>\n"
                "pop3.response.status=-ERR\n"
                "pop3.response.text=no\n"
                "pop3.response.bytes=9\n"
                "<pop3.refused>\n");
}

/* What could be a password is hidden, whatever stands before it. */
static void slips_of_the_finger(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0},
        {'C', "PASSS x\r\nFOO bar\r\n  Pass  y \r\n PASSword\r\nUSER bob\r\nsesame\r\n\r\nAUTH c2Vz=\r\n", 0},
        {'S', "-ERR\r\n-ERR\r\n-ERR\r\n-ERR\r\n+OK\r\n-ERR\r\n-ERR\r\n-ERR\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 failure\n"
                "pop3.unrecognised=PASSS x\n"
                "pop3.response.status=-ERR\n"
                "pop3.response.bytes=6\n"
                "pop3 failure\n"
                "pop3.command=FOO\n"
                "pop3.argument=***\n"
                "pop3.response.status=-ERR\n"
                "pop3.response.bytes=6\n"
                "pop3 failure\n"
                "pop3.command=PASS\n"
                "pop3.argument=***\n"
                "user.password= y \n"
                "<pop3.password_in_clear>\n"
                "pop3.response.status=-ERR\n"
                "pop3.response.bytes=6\n"
                "<pop3.refused>\n"
                "pop3 failure\n"
                "pop3.unrecognised= PASSword\n"
                "pop3.response.status=-ERR\n"
                "pop3.response.bytes=6\n"
                "pop3 success\n"
                "pop3.command=USER\n"
                "pop3.argument=bob\n"
                "user.name=bob\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=5\n"
                "pop3 failure\n"
                "pop3.unrecognised=sesame\n"
                "pop3.response.status=-ERR\n"
                "pop3.response.bytes=6\n"
                "pop3 failure\n"
                "pop3.response.status=-ERR\n"
                "pop3.response.bytes=6\n"
                "pop3 failure\n"
                "pop3.command=AUTH\n"
                "pop3.argument=*****\n"
                "pop3.response.status=-ERR\n"
                "pop3.response.bytes=6\n");
}

static void stls(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0},
        {'C', "STLS\r\nSTAT\r\n", 0},
        {'S', "+OK go\r\n\x16\x03\x01", 0},
        {'C', "\x16\x03\x01", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 success\n"
                "pop3.command=STLS\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=go\n"
                "pop3.response.bytes=8\n"
                "<pop3.tls_begins>\n"
                "anomaly\n"
                "overhear.anomaly.name=pop3.commands_after_stls\n"
                "overhear.anomaly.detail=1 commands were sent in clear behind STLS\n"
                "pop3 unknown\n"
                "pop3.command=STAT\n");
}

static void stls_refused(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0}, {'C', "STLS\r\n", 0}, {'S', "-ERR no\r\n", 0},
        {'C', "QUIT\r\n", 0},   {'S', "+OK\r\n", 0},  {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 failure\n"
                "pop3.command=STLS\n"
                "pop3.response.status=-ERR\n"
                "pop3.response.text=no\n"
                "pop3.response.bytes=9\n"
                "pop3 success\n"
                "pop3.command=QUIT\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=5\n");
}

static void only_the_client(void **state)
{
    static const struct step steps[] = {
        {'C', "USER bob\r\nPASS x\r\nAUTH LOGIN\r\ndGlt\r\nc2VzYW1l\r\nQUIT\r\nRETR 1\r\nSTLS\r\n\x16\x03\x01USER\r\n",
         0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 unknown\n"
                "pop3.command=USER\n"
                "pop3.argument=bob\n"
                "user.name=bob\n"
                "pop3 unknown\n"
                "pop3.command=PASS\n"
                "pop3.argument=*\n"
                "user.name=bob\n"
                "user.password=x\n"
                "<pop3.password_in_clear>\n"
                "pop3 unknown\n"
                "pop3.command=AUTH\n"
                "pop3.auth.mechanism=LOGIN\n"
                "pop3.argument=LOGIN\n"
                "pop3.auth.responses=dGlt\n"
                "user.name=tim\n"
                "pop3.auth.responses=c2VzYW1l\n"
                "user.password=sesame\n"
                "<pop3.password_in_clear>\n"
                "pop3 unknown\n"
                "pop3.command=QUIT\n"
                "pop3 unknown\n"
                "pop3.command=RETR\n"
                "pop3.argument=1\n"
                "pop3 unknown\n"
                "pop3.command=STLS\n");
}

static void only_the_server(void **state)
{
    static const struct step steps[] = {
        {'S',
         "+OK 12 octets\r\nSubject: a\r\n\r\nb\r\n.\r\n+OK\r\n1 2\r\n.\r\n+OK x\r\n+OK y\r\n-ERR\r\n+OK "
         "go\r\n\x16\x03\x01",
         0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, true, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=12 octets\n"
                "pop3.response.bytes=35\n"
                "mail success\n"
                "email.subject=a\n"
                "email.bytes=17\n"
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=13\n"
                "pop3.response.text=\n"
                "1 2\n"
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=x\n"
                "pop3.response.bytes=7\n"
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=y\n"
                "pop3.response.bytes=7\n"
                "pop3 failure\n"
                "pop3.response.status=-ERR\n"
                "pop3.response.bytes=6\n"
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=go\n"
                "pop3.response.bytes=8\n");
}

static void joined_in_a_mail(void **state)
{
    static const struct step steps[] = {
        {'S', "ject: x\r\n+ foo\r\nbar\r\n.\r\n+OK\r\n1 2\r\n.\r\n", 0},
        {'C', "STAT\r\n", 0},
        {'S', "+OK 1 2\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, true, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=13\n"
                "pop3.response.text=\n"
                "1 2\n"
                "pop3 success\n"
                "pop3.command=STAT\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=1 2\n"
                "pop3.response.bytes=9\n"
                "pop3.mailbox.messages=1\n"
                "pop3.mailbox.bytes=2\n"
                "<pop3.mailbox_one>\n");
}

static void joined_while_logging_in(void **state)
{
    static const struct step steps[] = {
        {'C', "c2VzYW1l\r\n", 0}, {'S', "+OK in\r\n", 0}, {'C', "STAT\r\n", 0}, {'S', "+OK 1 2\r\n", 0}, {0, NULL, 0},
    };
    (void)state;
    play_expect(110, true, steps,
                "pop3 success\n"
                "pop3.unrecognised=c2VzYW1l\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=in\n"
                "pop3.response.bytes=8\n"
                "pop3 success\n"
                "pop3.command=STAT\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=1 2\n"
                "pop3.response.bytes=9\n"
                "pop3.mailbox.messages=1\n"
                "pop3.mailbox.bytes=2\n"
                "<pop3.mailbox_one>\n");
}

static void a_hole_in_a_mail(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0},
        {'C', "RETR 1\r\n", 0},
        {'S', "+OK\r\nSubject: a\r\n\r\nbo", 0},
        {'s', NULL, 10},
        {'S', "dy\r\n+OK it is text\r\n.\r\n", 0},
        {'C', "STAT\r\n", 0},
        {'S', "+OK 1 2\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 success incomplete\n"
                "pop3.command=RETR\n"
                "pop3.argument=1\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=44\n"
                "mail success incomplete\n"
                "email.subject=a\n"
                "email.bytes=36\n"
                "pop3 success\n"
                "pop3.command=STAT\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=1 2\n"
                "pop3.response.bytes=9\n"
                "pop3.mailbox.messages=1\n"
                "pop3.mailbox.bytes=2\n"
                "<pop3.mailbox_one>\n");
}

static void a_hole_with_the_end_of_a_mail(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0},
        {'C', "RETR 1\r\n", 0},
        {'S', "+OK\r\nSubject: a\r\n\r\nbo", 0},
        {'s', NULL, 10},
        {'S', "dy\r\n+OK it is text\r\n", 0},
        {'C', "STAT\r\n", 0},
        {'S', "+OK 1 2\r\n", 0},
        {'C', "NOOP\r\n", 0},
        {'S', "+OK\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 success incomplete\n"
                "pop3.command=RETR\n"
                "pop3.argument=1\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=41\n"
                "mail success incomplete\n"
                "email.subject=a\n"
                "email.bytes=36\n"
                "pop3 success incomplete\n"
                "pop3.command=STAT\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=1 2\n"
                "pop3.response.bytes=9\n"
                "pop3.mailbox.messages=1\n"
                "pop3.mailbox.bytes=2\n"
                "<pop3.mailbox_one>\n"
                "pop3 success incomplete\n"
                "pop3.command=NOOP\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=5\n");
}

static void a_hole_with_an_answer(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0},
        {'C', "NOOP\r\n", 0},
        {'s', NULL, 5},
        {'C', "STAT\r\n", 0},
        {'S', "+OK 1 2\r\n", 0},
        {'C', "LIST\r\n", 0},
        {'S', "+OK\r\n1 2\r\n.\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 unknown incomplete\n"
                "pop3.command=NOOP\n"
                "pop3 success incomplete\n"
                "pop3.command=STAT\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=1 2\n"
                "pop3.response.bytes=9\n"
                "pop3.mailbox.messages=1\n"
                "pop3.mailbox.bytes=2\n"
                "<pop3.mailbox_one>\n"
                "pop3 success incomplete\n"
                "pop3.command=LIST\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=13\n"
                "pop3.response.text=\n"
                "1 2\n");
}

static void a_hole_in_a_password(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0},
        {'C', "USER bob\r\n", 0},
        {'S', "+OK\r\n", 0},
        {'C', "PASS se", 0},
        {'c', NULL, 3},
        {'C', "same\r\nSTAT\r\n", 0},
        {'S', "+OK\r\n+OK 1 2\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 success\n"
                "pop3.command=USER\n"
                "pop3.argument=bob\n"
                "user.name=bob\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=5\n"
                "pop3 success incomplete\n"
                "pop3.command=PASS\n"
                "pop3.argument=**\n"
                "user.name=bob\n"
                "user.password=se\n"
                "<pop3.password_in_clear>\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=5\n"
                "pop3 success incomplete\n"
                "pop3.command=STAT\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=1 2\n"
                "pop3.response.bytes=9\n"
                "pop3.mailbox.messages=1\n"
                "pop3.mailbox.bytes=2\n"
                "user.name=bob\n"
                "<pop3.mailbox_one>\n");
}

static void a_hole_with_commands(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0}, {'c', NULL, 8},      {'S', "+OK 12 octets\r\nSubject: a\r\n\r\n.\r\n", 0},
        {'C', "DELE 1\r\n", 0}, {'S', "+OK\r\n", 0}, {'C', "QUIT\r\n", 0},
        {'S', "+OK\r\n", 0},    {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=12 octets\n"
                "pop3.response.bytes=32\n"
                "mail success incomplete\n"
                "email.subject=a\n"
                "email.bytes=14\n"
                "pop3 success\n"
                "pop3.command=DELE\n"
                "pop3.argument=1\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=5\n"
                "pop3 success\n"
                "pop3.command=QUIT\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=5\n"
                "<pop3.removed_one>\n");
}

static void bare_line_ends(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\n", 0}, {'C', "RETR 1\n", 0}, {'S', "+OK\nSubject: a\n\n..b\n.\n", 0},
        {'C', "QUIT\n", 0},   {'S', "+OK\n", 0},    {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "anomaly\n"
                "overhear.anomaly.name=pop3.bare_lf\n"
                "overhear.anomaly.detail=a line ends without a carriage return\n"
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=7\n"
                "pop3 success\n"
                "pop3.command=RETR\n"
                "pop3.argument=1\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=22\n"
                "mail success\n"
                "email.subject=a\n"
                "email.bytes=15\n"
                "pop3 success\n"
                "pop3.command=QUIT\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=4\n");
}

/* A period between bare line ends is text here, and said to be dangerous. */
static void an_end_that_is_none(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0},
        {'C', "RETR 1\r\n", 0},
        {'S', "+OK\r\nSubject: a\r\n\r\nb\n.\nc\r\n.\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "anomaly\n"
                "overhear.anomaly.name=pop3.ambiguous_end\n"
                "overhear.anomaly.detail=a lone period stands between line ends without carriage return\n"
                "pop3 success\n"
                "pop3.command=RETR\n"
                "pop3.argument=1\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=29\n"
                "mail success\n"
                "email.subject=a\n"
                "email.bytes=21\n");
}

static void broken_off(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0}, {'C', "RETR 1\r\n", 0}, {'S', "+OK\r\nSubject: a\r\n\r\nbo", 0},
        {'e', NULL, 0},         {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 success incomplete\n"
                "pop3.command=RETR\n"
                "pop3.argument=1\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=21\n"
                "mail unknown incomplete\n"
                "email.subject=a\n"
                "email.bytes=16\n");
}

static void nonsense_between(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0},
        {'C', "STAT\r\n", 0},
        {'S', "* hello\r\n* more\r\n+OK 1 2\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "anomaly\n"
                "overhear.anomaly.name=message.nonsense\n"
                "overhear.anomaly.detail=from stream byte 8 on, what is sent makes no sense in this protocol\n"
                "pop3 success\n"
                "pop3.command=STAT\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=1 2\n"
                "pop3.response.bytes=9\n"
                "pop3.mailbox.messages=1\n"
                "pop3.mailbox.bytes=2\n"
                "<pop3.mailbox_one>\n");
}

static void answers_nobody_asked_for(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0},
        {'C', "NOOP\r\n", 0},
        {'S', "+OK\r\n+OK again\r\n-ERR and again\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 success\n"
                "pop3.command=NOOP\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=5\n"
                "anomaly\n"
                "overhear.anomaly.name=pop3.unasked\n"
                "overhear.anomaly.detail=a response to no command that was seen\n"
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=again\n"
                "pop3.response.bytes=11\n"
                "anomaly\n"
                "overhear.anomaly.name=pop3.unasked\n"
                "overhear.anomaly.detail=a response to no command that was seen\n"
                "pop3 failure\n"
                "pop3.response.status=-ERR\n"
                "pop3.response.text=and again\n"
                "pop3.response.bytes=16\n");
}

static void unknown_command_with_text(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0},
        {'C', "XTND XLST\r\nXFOO\r\nQUIT\r\n", 0},
        {'S', "+OK\r\n1 Subject\r\n.\r\n+OK\r\n+OK\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 success\n"
                "pop3.command=XTND\n"
                "pop3.argument=XLST\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=19\n"
                "pop3.response.text=\n"
                "1 Subject\n"
                "pop3 success\n"
                "pop3.command=XFOO\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=5\n"
                "pop3 success\n"
                "pop3.command=QUIT\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=5\n");
}

static void greeting_after_a_command(void **state)
{
    static const struct step steps[] = {
        {'C', "CAPA\r\n", 0},
        {'S', "+OK POP3 ready\r\n+OK\r\nUIDL\r\n.\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=POP3 ready\n"
                "pop3.response.bytes=16\n"
                "pop3 success\n"
                "pop3.command=CAPA\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=14\n"
                "pop3.response.text=\n"
                "UIDL\n"
                "pop3.capabilities:\n"
                "  name=UIDL\n");
}

/* The command is lost, and with it whether this is all of the mail. */
static void mail_of_a_lost_command(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0},
        {'C', "TO", 0},
        {'c', NULL, 7},
        {'S', "+OK\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n.\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 success incomplete\n"
                "pop3.command=TO\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=70\n"
                "mail success incomplete\n"
                "email.subject=x\n"
                "email.bytes=62\n");
}

/* The line with the user is lost: the password is not taken for him. */
static void a_hole_in_a_login(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0},   {'C', "AUTH LOGIN\r\n", 0}, {'S', "+ VXNlcm5hbWU6\r\n", 0},
        {'c', NULL, 1},           {'C', "m9i\r\n", 0},        {'S', "+ UGFzc3dvcmQ6\r\n", 0},
        {'C', "a2VscA==\r\n", 0}, {'S', "+OK\r\n", 0},        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 success incomplete\n"
                "pop3.command=AUTH\n"
                "pop3.auth.mechanism=LOGIN\n"
                "pop3.argument=LOGIN\n"
                "pop3.response.bytes=37\n"
                "pop3.auth.challenges=Username:\n"
                "pop3.auth.challenges=Password:\n"
                "pop3.auth.responses=a2VscA==\n"
                "pop3.response.status=+OK\n");
}

/* The command is lost: what the server asks and the client answers has none. */
static void a_hole_with_auth(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0},   {'c', NULL, 12},     {'S', "+ UGFzc3dvcmQ6\r\n", 0},
        {'C', "a2VscA==\r\n", 0}, {'S', "+OK\r\n", 0}, {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 success incomplete\n"
                "pop3.response.bytes=21\n"
                "pop3.auth.challenges=Password:\n"
                "pop3.response.status=+OK\n");
}

/* Behind the end of the text in which it was, nothing is in doubt: the challenge is one, and counted. */
static void a_hole_before_a_login(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0}, {'C', "LIST\r\n", 0},   {'S', "+OK\r\n1 ", 0},
        {'s', NULL, 5},         {'S', "3\r\n.\r\n", 0}, {'C', "AUTH PLAIN\r\n", 0},
        {'S', "+ \r\n", 0},     {'C', "*\r\n", 0},      {'S', "-ERR\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 success incomplete\n"
                "pop3.command=LIST\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=13\n"
                "pop3.response.text=\n"
                "1 \n"
                "pop3 failure\n"
                "pop3.command=AUTH\n"
                "pop3.auth.mechanism=PLAIN\n"
                "pop3.argument=PLAIN\n"
                "pop3.response.bytes=10\n"
                "pop3.auth.responses=*\n"
                "<pop3.cancelled>\n"
                "pop3.response.status=-ERR\n"
                "<pop3.refused>\n");
}

/* A line end whose CR is lost is no bare one. */
static void a_hole_in_a_line_end(void **state)
{
    static const struct step steps[] = {
        {'S', "+OK hi\r\n", 0}, {'C', "RETR 1\r\n", 0}, {'S', "+OK\r\nSubject: a\r\n\r\nbody", 0},
        {'s', NULL, 1},         {'S', "\n.\r\n", 0},    {'C', "QUIT\r\n", 0},
        {'S', "+OK\r\n", 0},    {0, NULL, 0},
    };
    (void)state;
    play_expect(110, false, steps,
                "pop3 success\n"
                "pop3.response.status=+OK\n"
                "pop3.response.text=hi\n"
                "pop3.response.bytes=8\n"
                "pop3 success incomplete\n"
                "pop3.command=RETR\n"
                "pop3.argument=1\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=27\n"
                "mail success incomplete\n"
                "email.subject=a\n"
                "email.bytes=19\n"
                "pop3 success\n"
                "pop3.command=QUIT\n"
                "pop3.response.status=+OK\n"
                "pop3.response.bytes=5\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_of_a_lost_command),
        cmocka_unit_test(a_session),
        cmocka_unit_test(lists),
        cmocka_unit_test(pipelined),
        cmocka_unit_test(auth_plain),
        cmocka_unit_test(auth_login_without_waiting),
        cmocka_unit_test(auth_without_a_name_lists),
        cmocka_unit_test(ntlm_begins_with_ok),
        cmocka_unit_test(apop),
        cmocka_unit_test(slips_of_the_finger),
        cmocka_unit_test(stls),
        cmocka_unit_test(stls_refused),
        cmocka_unit_test(only_the_client),
        cmocka_unit_test(only_the_server),
        cmocka_unit_test(joined_in_a_mail),
        cmocka_unit_test(joined_while_logging_in),
        cmocka_unit_test(a_hole_in_a_mail),
        cmocka_unit_test(a_hole_with_the_end_of_a_mail),
        cmocka_unit_test(a_hole_with_an_answer),
        cmocka_unit_test(a_hole_in_a_password),
        cmocka_unit_test(a_hole_with_commands),
        cmocka_unit_test(bare_line_ends),
        cmocka_unit_test(an_end_that_is_none),
        cmocka_unit_test(broken_off),
        cmocka_unit_test(nonsense_between),
        cmocka_unit_test(answers_nobody_asked_for),
        cmocka_unit_test(unknown_command_with_text),
        cmocka_unit_test(greeting_after_a_command),
        cmocka_unit_test(a_hole_in_a_login),
        cmocka_unit_test(a_hole_with_auth),
        cmocka_unit_test(a_hole_before_a_login),
        cmocka_unit_test(a_hole_in_a_line_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
