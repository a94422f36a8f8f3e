/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What replies, parameters and extensions mean, and commands that are nearly ones.
 */
#include "smtp_play.h"

static const struct step refusals_steps[] = {
    {'S', "220 mx ESMTP\r\n", 0},
    {'C', "EHLO me\r\n", 0},
    {'S', "250-mx\r\n250-XXXXXXXA\r\n250-SIZE 0\r\n250-SIZE\r\n250-SIZE 9223372036854775808\r\n250 AUTH PLAIN\r\n", 0},
    {'C', "MAIL FROM:<a@x> AUTH=<> SIZE=x\r\n", 0},
    {'S', "250 ok\r\n", 0},
    {'C', "RCPT TO:<b@y>\r\n", 0},
    {'S', "451 4.7.1 Graylisted, come back\r\n", 0},
    {'C', "RCPT TO:<b@y>\r\n", 0},
    {'S', "450 in the grey-list\r\n", 0},
    {'C', "RCPT TO:<b@y>\r\n", 0},
    {'S', "554 5.7.1 blocked, see www.spamhaus.org\r\n", 0},
    {'C', "RCPT TO:<b@y>\r\n", 0},
    {'S', "554 Service blocked using a list\r\n", 0},
    {'C', "RCPT TO:<b@y>\r\n", 0},
    {'S', "550 DNSBL\r\n", 0},
    {'C', "RCPT TO:<b@y>\r\n", 0},
    {'S', "550 blacklisted\r\n", 0},
    {'C', "RCPT TO:<b@y>\r\n", 0},
    {'S', "550 blocklisted\r\n", 0},
    {'C', "RCPT TO:<Postmaster>\r\n", 0},
    {'S', "550 5.9.9 of no subject\r\n", 0},
    {'C', "RCPT TO:<\"b\\\"> c\"@y>\r\n", 0},
    {'S', "450 4.3.99 of no detail\r\n", 0},
    {'C', "NOOP\r\n", 0},
    {'S', "250 2.0.1 of no detail\r\n", 0},
    {'C', "RSET\r\n", 0},
    {'S', "250 2.00.1 none\r\n", 0},
    {'C', "VRFY b\r\n", 0},
    {'S', "252 2.1.5.\r\n", 0},
    {'C', "EXPN l\r\n", 0},
    {'S', "550 5.10.1 of no subject\r\n", 0},
    {'C', "ETRN y\r\n", 0},
    {'S', "458 4.7.0\r\n", 0},
    {'C', "QUIT\r\n", 0},
    {'S', "221 bye\r\n", 0},
    {0, NULL, 0},
};

static const char refusals_records[] =
    "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
    "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | "
    "reply.text=mx\\nXXXXXXXA\\nSIZE 0\\nSIZE\\nSIZE 9223372036854775808\\nAUTH PLAIN | reply.domain=mx | "
    "extensions{ name=XXXXXXXA <masked_extension> } | extensions{ name=SIZE value=0 <size_unlimited> } | "
    "extensions{ name=SIZE } | extensions{ name=SIZE value=9223372036854775808 } | extensions{ name=AUTH "
    "value=PLAIN }\n"
    "smtp success | command=MAIL | argument=FROM:<a@x> AUTH=<> SIZE=x | address=a@x | parameters{ name=AUTH "
    "value=<> <auth_unknown> } | parameters{ name=SIZE value=x } | reply.code=250 <sender_accepted> | "
    "reply.text=ok\n"
    "smtp failure | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=451 <greylisted> | "
    "reply.enhanced=4.7.1 | reply.text=Graylisted, come back\n"
    "smtp failure | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=450 <greylisted> | reply.text=in "
    "the grey-list\n"
    "smtp failure | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=554 <blocklisted> | "
    "reply.enhanced=5.7.1 | reply.text=blocked, see www.spamhaus.org\n"
    "smtp failure | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=554 <blocklisted> | "
    "reply.text=Service blocked using a list\n"
    "smtp failure | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=550 <blocklisted> | "
    "reply.text=DNSBL\n"
    "smtp failure | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=550 <blocklisted> | "
    "reply.text=blacklisted\n"
    "smtp failure | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=550 <blocklisted> | "
    "reply.text=blocklisted\n"
    "smtp failure | command=RCPT | argument=TO:<Postmaster> | address=Postmaster <postmaster> | reply.code=550 | "
    "reply.enhanced=5.9.9 <class_5> | reply.text=of no subject\n"
    "smtp failure | command=RCPT | argument=TO:<\"b\\\"> c\"@y> | address=\"b\\\"> c\"@y | reply.code=450 | "
    "reply.enhanced=4.3.99 <class_4> <subject_3> | reply.text=of no detail\n"
    "smtp success | command=NOOP | reply.code=250 <still_there> | reply.enhanced=2.0.1 <class_2> <subject_0> | "
    "reply.text=of no detail\n"
    "smtp success | command=RSET | reply.code=250 <forgotten> | reply.enhanced=2.00.1 <class_2> | reply.text=none\n"
    "smtp success | command=VRFY | argument=b | reply.code=252 | reply.text=2.1.5.\n"
    "smtp failure | command=EXPN | argument=l | reply.code=550 | reply.enhanced=5.10.1 <class_5> | reply.text=of "
    "no subject\n"
    "smtp failure | command=ETRN | argument=y | reply.code=458 | reply.enhanced=4.7.0\n"
    "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n";

static void refusals(void **context)
{
    (void)context;
    play_expect(refusals_steps, refusals_records);
}

static const struct step nearly_steps[] = {
    {'S', "220 mx ESMTP\r\n", 0},     {'C', "EHLO me\r\n", 0},
    {'S', "250 mx\r\n", 0},           {'C', "AUHT PLAIN AGEAYg==\r\n", 0},
    {'S', "500 what\r\n", 0},         {'C', "AUTHX PLAIN AGEAYg==\r\n", 0},
    {'S', "500 what\r\n", 0},         {'C', "UTH PLAIN AGEAYg==\r\n", 0},
    {'S', "500 what\r\n", 0},         {'C', "BUTH PLAIN AGEAYg==\r\n", 0},
    {'S', "500 what\r\n", 0},         {'C', "PASSWORD hunter2\r\n", 0},
    {'S', "500 what\r\n", 0},         {'C', "LOGIM hunter2\r\n", 0},
    {'S', "500 what\r\n", 0},         {'C', "HLEP me\r\n", 0},
    {'S', "500 what\r\n", 0},         {'C', "AGFsaWNlAHMzY3JldA==\r\n", 0},
    {'S', "500 what\r\n", 0},         {'C', "MAIL a@x\r\n", 0},
    {'S', "501 what\r\n", 0},         {'C', "RCPT TO:b@y SIZE=1\r\n", 0},
    {'S', "503 first MAIL\r\n", 0},   {'C', "XCLIENT NAME=[UNAVAILABLE] LOGIN=bob\r\n", 0},
    {'S', "220 mx\r\n", 0},           {'C', "TURN\r\n", 0},
    {'S', "502 no\r\n", 0},           {'C', "AUTH\r\n", 0},
    {'S', "501 how\r\n", 0},          {'C', "AUTH digest-md5\r\n", 0},
    {'S', "504 no\r\n", 0},           {'C', "AUTH LOGIN\r\n", 0},
    {'S', "334 VXNlcm5hbWU6\r\n", 0}, {'C', "*\r\n", 0},
    {'S', "501 given up\r\n", 0},     {0, NULL, 0},
};

static const char nearly_records[] =
    "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
    "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx | "
    "reply.domain=mx\n"
    "smtp failure | command=AUHT <unknown_command> | argument=PLAIN ******** | reply.code=500 | reply.text=what\n"
    "smtp failure | command=AUTHX <unknown_command> | argument=PLAIN ******** | reply.code=500 | reply.text=what\n"
    "smtp failure | command=UTH <unknown_command> | argument=PLAIN ******** | reply.code=500 | reply.text=what\n"
    "smtp failure | command=BUTH <unknown_command> | argument=PLAIN ******** | reply.code=500 | reply.text=what\n"
    "smtp failure | command=PASSWORD <unknown_command> | argument=******* | reply.code=500 | reply.text=what\n"
    "smtp failure | command=LOGIM <unknown_command> | argument=******* | reply.code=500 | reply.text=what\n"
    "smtp failure | command=HLEP <unknown_command> | argument=me | reply.code=500 | reply.text=what\n"
    "smtp failure | command=******************** <hidden_line> | reply.code=500 | reply.text=what\n"
    "smtp failure | command=MAIL | argument=a@x | reply.code=501 | reply.text=what\n"
    "smtp failure | command=RCPT | argument=TO:b@y SIZE=1 | address=b@y | parameters{ name=SIZE value=1 "
    "<size_declared> } | reply.code=503 | reply.text=first MAIL\n"
    "smtp success | command=XCLIENT | argument=NAME=[UNAVAILABLE] LOGIN=bob | parameters{ name=NAME "
    "value=[UNAVAILABLE] } | parameters{ name=LOGIN value=bob } | reply.code=220 <posed> | reply.text=mx\n"
    "smtp failure | command=TURN | reply.code=502 | reply.text=no\n"
    "smtp failure | command=AUTH | reply.code=501 | reply.text=how\n"
    "smtp failure | command=AUTH | argument=digest-md5 | auth.mechanism=DIGEST-MD5 | reply.code=504 | "
    "reply.text=no\n"
    "smtp failure | command=AUTH | argument=LOGIN | auth.mechanism=LOGIN | auth.challenges=Username: | "
    "auth.responses=* <auth_cancelled> | reply.code=501 | reply.text=given up\n";

static void nearly(void **context)
{
    (void)context;
    play_expect(nearly_steps, nearly_records);
}

static const struct step sizes_steps[] = {
    {'S', "220 mx ESMTP\r\n", 0},
    {'C', "EHLO me\r\n", 0},
    {'S', "250-mx\r\n250 CHUNKING\r\n", 0},
    {'C', "MAIL FROM:<a@x> SIZE=3\r\n", 0},
    {'S', "250 ok\r\n", 0},
    {'C', "RCPT TO:<b@y>\r\n", 0},
    {'S', "250 ok\r\n", 0},
    {'C', "BDAT 5\r\nhelloBDAT 2 LAST\r\n\r\n", 0},
    {'S', "250 so far\r\n", 0},
    {'S', "250 ok\r\n", 0},
    {'C', "MAIL FROM:<a@x> SIZE=7\r\n", 0},
    {'S', "250 ok\r\n", 0},
    {'C', "RCPT TO:<b@y>\r\n", 0},
    {'S', "250 ok\r\n", 0},
    {'C', "BDAT 7 LAST\r\nhello\r\n", 0},
    {'w', NULL, 10},
    {'S', "250 ok\r\n", 0},
    {'C', "BDAT 0\r\n", 0},
    {'S', "503 what for\r\n", 0},
    {'C', "BDAT x\r\n", 0},
    {'S', "501 how many\r\n", 0},
    {'C', "BDAT 3 LAST now\r\nabcQUIT\r\n", 0},
    {'S', "501 what\r\n", 0},
    {'S', "221 bye\r\n", 0},
    {0, NULL, 0},
};

static const char sizes_records[] =
    "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
    "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | "
    "reply.text=mx\\nCHUNKING | reply.domain=mx | extensions{ name=CHUNKING }\n"
    "smtp success | command=MAIL | argument=FROM:<a@x> SIZE=3 | address=a@x | parameters{ name=SIZE "
    "value=3 <size_declared> } | reply.code=250 <sender_accepted> | reply.text=ok\n"
    "smtp success | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 <recipient_accepted> | "
    "reply.text=ok\n"
    "anomaly | overhear.anomaly.name=mail.bad_header | overhear.anomaly.detail=the header is broken off "
    "after 0 fields by a line that is none\n"
    "smtp success | command=BDAT | argument=5 | reply.code=250 <chunk_accepted> | reply.text=so far\n"
    "mail success | email.bytes=7 | email.envelope.from=a@x | email.envelope.to=b@y\n"
    "smtp success | command=BDAT | argument=2 LAST | message.bytes=7 <chunks> <size_more> | reply.code=250 "
    "<message_accepted> | reply.text=ok\n"
    "smtp success | command=MAIL | argument=FROM:<a@x> SIZE=7 | address=a@x | parameters{ name=SIZE "
    "value=7 <size_declared> } | reply.code=250 <sender_accepted> | reply.text=ok\n"
    "smtp success | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 <recipient_accepted> | "
    "reply.text=ok\n"
    "anomaly | overhear.anomaly.name=mail.bad_header | overhear.anomaly.detail=the header is broken off "
    "after 0 fields by a line that is none\n"
    "mail success | email.bytes=7 | email.envelope.from=a@x | email.envelope.to=b@y\n"
    "smtp success | command=BDAT | argument=7 LAST | message.bytes=7 <size_as_declared> | reply.code=250 "
    "<message_accepted> | reply.text=ok <slow>\n"
    "smtp failure | command=BDAT | argument=0 | reply.code=503 | reply.text=what for\n"
    "smtp failure | command=BDAT | argument=x | reply.code=501 | reply.text=how many\n"
    "smtp failure | command=BDAT | argument=3 LAST now | reply.code=501 | reply.text=what\n"
    "smtp success | command=ABCQUIT <unknown_command> | reply.code=221 | reply.text=bye\n";

static void sizes(void **context)
{
    (void)context;
    play_expect(sizes_steps, sizes_records);
}

/* What follows the first line says nothing of it. */
static void is_known_by_its_first_line(void **context)
{
    const struct conversation conversation = {
        .transport = TRANSPORT_TCP, .destination = {.port = 587}, .midstream = true};
    (void)context;
    assert_int_equal(smtp_dissector.probe(&conversation, SIDE_CLIENT, bytes_text("EHLO\n")), PROBE_MAYBE);
    assert_int_equal(smtp_dissector.probe(&conversation, SIDE_CLIENT, bytes_text("EHLO\nE")), PROBE_MAYBE);
    assert_int_equal(smtp_dissector.probe(&conversation, SIDE_CLIENT, bytes_text("ELHO\nE")), PROBE_NO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals),
        cmocka_unit_test(nearly),
        cmocka_unit_test(sizes),
        cmocka_unit_test(is_known_by_its_first_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
