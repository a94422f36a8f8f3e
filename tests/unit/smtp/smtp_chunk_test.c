/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Messages in chunks (BDAT).
 */
#include "smtp_play.h"

static void chunks(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nBDAT 12\r\nSubject: s\r\nBDAT 7 LAST\r\n\r\n.\r\nhi", 0},
        {'S', "250 ok\r\n250 ok\r\n250 12\r\n250 2.6.0 done\r\n", 0},
        {'C', "QUIT\r\n", 0},
        {'S', "221 bye\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps,
                "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx | "
                "reply.domain=mx\n"
                "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 <sender_accepted> | "
                "reply.text=ok\n"
                "smtp success | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 <recipient_accepted> | "
                "reply.text=ok\n"
                "smtp success | command=BDAT | argument=12 | reply.code=250 <chunk_accepted> | reply.text=12\n"
                "mail success | email.subject=s | email.bytes=19 | email.envelope.from=a@x | email.envelope.to=b@y\n"
                "smtp success | command=BDAT | argument=7 LAST | message.bytes=19 <chunks> | reply.code=250 "
                "<message_accepted> | reply.enhanced=2.6.0 | reply.text=done\n"
                "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void chunks_empty_last(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0}, {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},       {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n", 0}, {'C', "RCPT TO:<b@y>\r\n", 0},
        {'S', "250 2.1.5 Ok\r\n", 0}, {'C', "BDAT 12\r\nSubject: s\r\n", 0},
        {'S', "250 ok\r\n", 0},       {'C', "BDAT 0 LAST\r\n", 0},
        {'S', "250 ok\r\n", 0},       {0, NULL, 0},
    };
    (void)context;
    play_expect(steps,
                "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx | "
                "reply.domain=mx\n"
                "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 <sender_accepted> | "
                "reply.enhanced=2.1.0 | reply.text=Ok\n"
                "smtp success | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 <recipient_accepted> | "
                "reply.enhanced=2.1.5 | reply.text=Ok\n"
                "smtp success | command=BDAT | argument=12 | reply.code=250 <chunk_accepted> | reply.text=ok\n"
                "mail success | email.subject=s | email.bytes=12 | email.envelope.from=a@x | email.envelope.to=b@y\n"
                "smtp success | command=BDAT | argument=0 LAST | message.bytes=12 <chunks> | reply.code=250 "
                "<message_accepted> | reply.text=ok\n");
}

static void chunks_wrong(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},     {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},           {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n", 0},     {'C', "RCPT TO:<b@y>\r\n", 0},
        {'S', "250 2.1.5 Ok\r\n", 0},     {'C', "BDAT 5 X\r\n", 0},
        {'S', "501 5.5.4 syntax\r\n", 0}, {'C', "BDAT\r\n", 0},
        {'S', "501 what\r\n", 0},         {'C', "BDAT 184467440737095516150 LAST\r\n", 0},
        {'S', "501 what\r\n", 0},         {'C', "QUIT\r\n", 0},
        {'S', "221 bye\r\n", 0},          {0, NULL, 0},
    };
    (void)context;
    play_expect(
        steps,
        "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
        "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx | "
        "reply.domain=mx\n"
        "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 <sender_accepted> | "
        "reply.enhanced=2.1.0 | reply.text=Ok\n"
        "smtp success | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 <recipient_accepted> | "
        "reply.enhanced=2.1.5 | reply.text=Ok\n"
        "smtp failure | command=BDAT | argument=5 X | reply.code=501 | reply.enhanced=5.5.4 | reply.text=syntax\n"
        "smtp failure | command=BDAT | reply.code=501 | reply.text=what\n"
        "smtp failure | command=BDAT | argument=184467440737095516150 LAST | reply.code=501 | reply.text=what\n"
        "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void chunks_given_up(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},   {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},         {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n", 0},   {'C', "RCPT TO:<b@y>\r\n", 0},
        {'S', "250 2.1.5 Ok\r\n", 0},   {'C', "BDAT 12\r\nSubject: s\r\n", 0},
        {'S', "452 4.3.1 full\r\n", 0}, {'C', "RSET\r\n", 0},
        {'S', "250 ok\r\n", 0},         {0, NULL, 0},
    };
    (void)context;
    play_expect(
        steps,
        "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
        "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx | "
        "reply.domain=mx\n"
        "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 <sender_accepted> | "
        "reply.enhanced=2.1.0 | reply.text=Ok\n"
        "smtp success | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 <recipient_accepted> | "
        "reply.enhanced=2.1.5 | reply.text=Ok\n"
        "smtp failure | command=BDAT | argument=12 | reply.code=452 | reply.enhanced=4.3.1 | reply.text=full\n"
        "mail failure incomplete | email.subject=s | email.bytes=12 | email.envelope.from=a@x | email.envelope.to=b@y\n"
        "smtp success | command=RSET | reply.code=250 <forgotten> | reply.text=ok\n");
}

static void chunk_refused_meanwhile(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n", 0},
        {'C', "BDAT 12 LAST\r\nSubj", 0},
        {'S', "503 no recipients\r\n", 0},
        {'C', "ect: s\r\nQUIT\r\n", 0},
        {'S', "221 bye\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                       "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx "
                       "| reply.domain=mx\n"
                       "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 "
                       "<sender_accepted> | reply.enhanced=2.1.0 | reply.text=Ok\n"
                       "mail failure | email.subject=s | email.bytes=12 | email.envelope.from=a@x\n"
                       "smtp failure | command=BDAT | argument=12 LAST | reply.code=503 | reply.text=no recipients | "
                       "message.bytes=12\n"
                       "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void gap_in_chunk(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n", 0},
        {'C', "RCPT TO:<b@y>\r\n", 0},
        {'S', "250 2.1.5 Ok\r\n", 0},
        {'C', "BDAT 40 LAST\r\nSubject: s\r\n", 0},
        {'c', NULL, 20},
        {'C', "12345678QUIT\r\n", 0},
        {'S', "250 ok\r\n221 bye\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(
        steps,
        "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
        "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx | "
        "reply.domain=mx\n"
        "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 <sender_accepted> | "
        "reply.enhanced=2.1.0 | reply.text=Ok\n"
        "smtp success | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 <recipient_accepted> | "
        "reply.enhanced=2.1.5 | reply.text=Ok\n"
        "mail success incomplete | email.subject=s | email.bytes=20 | email.envelope.from=a@x | email.envelope.to=b@y\n"
        "smtp success incomplete | command=BDAT | argument=40 LAST | message.bytes=20 | reply.code=250 "
        "<message_accepted> | reply.text=ok\n"
        "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void gap_over_chunk_end(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n", 0},
        {'C', "RCPT TO:<b@y>\r\n", 0},
        {'S', "250 2.1.5 Ok\r\n", 0},
        {'C', "BDAT 40 LAST\r\nSubject: s\r\n", 0},
        {'c', NULL, 30},
        {'C', "IT\r\n", 0},
        {'S', "250 ok\r\n221 bye\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(
        steps,
        "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
        "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx | "
        "reply.domain=mx\n"
        "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 <sender_accepted> | "
        "reply.enhanced=2.1.0 | reply.text=Ok\n"
        "smtp success | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 <recipient_accepted> | "
        "reply.enhanced=2.1.5 | reply.text=Ok\n"
        "mail success incomplete | email.subject=s | email.bytes=12 | email.envelope.from=a@x | email.envelope.to=b@y\n"
        "smtp success incomplete | command=BDAT | argument=40 LAST | message.bytes=12 | reply.code=250 "
        "<message_accepted> | reply.text=ok\n"
        "smtp success incomplete | reply.code=221 | reply.text=bye\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks),
        cmocka_unit_test(chunks_empty_last),
        cmocka_unit_test(chunks_wrong),
        cmocka_unit_test(chunks_given_up),
        cmocka_unit_test(chunk_refused_meanwhile),
        cmocka_unit_test(gap_in_chunk),
        cmocka_unit_test(gap_over_chunk_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
