/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sessions: which reply belongs to which command, and where a message begins and ends.
 */
#include "smtp_play.h"

static void typed_by_hand(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "HELO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n", 0},
        {'C', "RCPT TO:<b@y>\r\n", 0},
        {'S', "250 2.1.5 Ok\r\n", 0},
        {'C', "DATA\r\n", 0},
        {'S', "354 go\r\n", 0},
        {'C', "Subject: s\r\n\r\nhello\r\n..dot\r\n", 0},
        {'C', ".\r\n", 0},
        {'S', "250 2.0.0 Ok: queued\r\n", 0},
        {'C', "QUIT\r\n", 0},
        {'S', "221 bye\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps,
                "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                "smtp success | command=HELO | argument=me | reply.code=250 <hello_accepted> | reply.text=mx | "
                "reply.domain=mx\n"
                "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 <sender_accepted> | "
                "reply.enhanced=2.1.0 | reply.text=Ok\n"
                "smtp success | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 <recipient_accepted> | "
                "reply.enhanced=2.1.5 | reply.text=Ok\n"
                "smtp success | command=DATA | reply.code=354 | reply.text=go\n"
                "mail success | email.subject=s | email.bytes=27 | email.envelope.from=a@x | email.envelope.to=b@y\n"
                "smtp success | command=. | message.bytes=27 | reply.code=250 <message_accepted> | "
                "reply.enhanced=2.0.0 | reply.text=Ok: queued\n"
                "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void extensions(void **context)
{
    static const struct step steps[] = {
        {'S', "220-mx ESMTP\r\n220 at your service\r\n", 0},
        {'C', "ehlo me\r\n", 0},
        {'S', "250-mx hello\r\n250-SIZE 1000\r\n250-AUTH PLAIN LOGIN\r\n250-AUTH=LOGIN\r\n250 PIPELINING\r\n", 0},
        {'C', "MAIL FROM:<> SIZE=27 BODY=8BITMIME RET=HDRS ENVID=x1\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {'C', "RCPT TO:<@r:\"q> q\"@y> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b@y\r\n", 0},
        {'S', "251 2.1.5 moved\r\n", 0},
        {'C', "DATA\r\n", 0},
        {'S', "354 go\r\n", 0},
        {'C', "Subject: s\r\n\r\nhello\r\n..dot\r\n.\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(
        steps, "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP\\nat your service | reply.domain=mx\n"
               "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx "
               "hello\\nSIZE 1000\\nAUTH PLAIN LOGIN\\nAUTH=LOGIN\\nPIPELINING | reply.domain=mx | extensions{ "
               "name=SIZE value=1000 <size_limit> } | extensions{ name=AUTH value=PLAIN LOGIN } | extensions{ "
               "name=AUTH= value=LOGIN } | extensions{ name=PIPELINING }\n"
               "smtp success | command=MAIL | argument=FROM:<> SIZE=27 BODY=8BITMIME RET=HDRS ENVID=x1 | address= "
               "<null_sender> | parameters{ name=SIZE value=27 <size_declared> } | parameters{ name=BODY "
               "value=8BITMIME } | parameters{ name=RET value=HDRS } | parameters{ name=ENVID value=x1 } | "
               "reply.code=250 <sender_accepted> | reply.text=ok\n"
               "smtp success | command=RCPT | argument=TO:<@r:\"q> q\"@y> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b@y | "
               "address=\"q> q\"@y | parameters{ name=NOTIFY value=SUCCESS,DELAY } | parameters{ name=ORCPT "
               "value=rfc822;b@y } | reply.code=251 | reply.enhanced=2.1.5 | reply.text=moved\n"
               "smtp success | command=DATA | reply.code=354 | reply.text=go\n"
               "mail success | email.subject=s | email.bytes=27 | email.envelope.from= | email.envelope.to=\"q> q\"@y\n"
               "smtp success | command=. | message.bytes=27 <size_as_declared> | reply.code=250 <message_accepted> | "
               "reply.text=ok\n");
}

static void pipelined(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\nRCPT TO:<no@y>\r\nRCPT TO:<b@y>\r\nDATA\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n550 5.1.1 unknown\r\n250 2.1.5 Ok\r\n354 go\r\n", 0},
        {'C', "Subject: s\r\n\r\nhello\r\n..dot\r\n.\r\nMAIL FROM:<c@x>\r\nRCPT TO:<d@y>\r\nDATA\r\n", 0},
        {'S', "250 one\r\n250 ok\r\n250 ok\r\n354 go\r\n", 0},
        {'C', "Subject: t\r\n\r\n.\r\nQUIT\r\n", 0},
        {'S', "451 4.3.0 later\r\n221 bye\r\n", 0},
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
        "smtp failure | command=RCPT | argument=TO:<no@y> | address=no@y | reply.code=550 | reply.enhanced=5.1.1 | "
        "reply.text=unknown\n"
        "smtp success | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 <recipient_accepted> | "
        "reply.enhanced=2.1.5 | reply.text=Ok\n"
        "smtp success | command=DATA | reply.code=354 | reply.text=go\n"
        "mail success | email.subject=s | email.bytes=27 | email.envelope.from=a@x | email.envelope.to=b@y\n"
        "smtp success | command=. | message.bytes=27 | reply.code=250 <message_accepted> | reply.text=one\n"
        "smtp success | command=MAIL | argument=FROM:<c@x> | address=c@x | reply.code=250 <sender_accepted> | "
        "reply.text=ok\n"
        "smtp success | command=RCPT | argument=TO:<d@y> | address=d@y | reply.code=250 <recipient_accepted> | "
        "reply.text=ok\n"
        "smtp success | command=DATA | reply.code=354 | reply.text=go\n"
        "mail failure | email.subject=t | email.bytes=14 | email.envelope.from=c@x | email.envelope.to=d@y\n"
        "smtp failure | command=. | message.bytes=14 | reply.code=451 | reply.enhanced=4.3.0 | reply.text=later\n"
        "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void data_refused(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\nRCPT TO:<no@y>\r\nDATA\r\n", 0},
        {'S', "250 ok\r\n550 no\r\n554 5.5.1 no valid recipients\r\n", 0},
        {'C', "RSET\r\n", 0},
        {'S', "250 ok\r\n", 0},
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
                "smtp failure | command=RCPT | argument=TO:<no@y> | address=no@y | reply.code=550 | reply.text=no\n"
                "smtp failure | command=DATA | reply.code=554 | reply.enhanced=5.5.1 | reply.text=no valid recipients\n"
                "smtp success | command=RSET | reply.code=250 <forgotten> | reply.text=ok\n"
                "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void data_refused_text_comes(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n", 0},
        {'C', "DATA\r\n", 0},
        {'S', "503 no recipients\r\n", 0},
        {'C', "Hello\r\n.\r\n", 0},
        {'S', "500 what\r\n500 what\r\n", 0},
        {'C', "QUIT\r\n", 0},
        {'S', "221 bye\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                       "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx "
                       "| reply.domain=mx\n"
                       "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 "
                       "<sender_accepted> | reply.enhanced=2.1.0 | reply.text=Ok\n"
                       "smtp failure | command=DATA | reply.code=503 | reply.text=no recipients\n"
                       "anomaly | overhear.anomaly.name=mail.bad_header | overhear.anomaly.detail=the header is broken "
                       "off after 0 fields by a line that is none\n"
                       "mail failure | email.bytes=7 | email.envelope.from=a@x\n"
                       "smtp failure | command=. | message.bytes=7 | reply.code=500 | reply.text=what\n"
                       "smtp failure | reply.code=500 | reply.text=what\n"
                       "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void text_without_waiting(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "HELO\r\nMAIL FROM:a@x\r\nRCPT TO:b@y\r\nDATA\r\nSubject: s\r\n\r\nhello\r\n..dot\r\n", 0},
        {'S', "501 name\r\n250 ok\r\n250 ok\r\n354 go\r\n", 0},
        {'C', ".\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps,
                "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                "smtp failure | command=HELO | reply.code=501 | reply.text=name\n"
                "smtp success | command=MAIL | argument=FROM:a@x | address=a@x | reply.code=250 <sender_accepted> | "
                "reply.text=ok\n"
                "smtp success | command=RCPT | argument=TO:b@y | address=b@y | reply.code=250 <recipient_accepted> | "
                "reply.text=ok\n"
                "smtp success | command=DATA | reply.code=354 | reply.text=go\n"
                "mail success | email.subject=s | email.bytes=27 | email.envelope.from=a@x | email.envelope.to=b@y\n"
                "smtp success | command=. | message.bytes=27 | reply.code=250 <message_accepted> | reply.text=ok\n");
}

static void never_354(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0}, {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},       {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n", 0}, {'C', "RCPT TO:<b@y>\r\n", 0},
        {'S', "250 2.1.5 Ok\r\n", 0}, {'C', "DATA\r\nSubject: s\r\n\r\nhello\r\n..dot\r\n.\r\n", 0},
        {'S', "250 queued\r\n", 0},   {'C', "QUIT\r\n", 0},
        {'S', "221 bye\r\n", 0},      {0, NULL, 0},
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
                "smtp unknown | command=DATA\n"
                "mail success | email.subject=s | email.bytes=27 | email.envelope.from=a@x | email.envelope.to=b@y\n"
                "smtp success | command=. | message.bytes=27 | reply.code=250 <message_accepted> | reply.text=queued\n"
                "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void lmtp(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx LMTP\r\n", 0},
        {'C', "LHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n", 0},
        {'C', "RCPT TO:<b@y>\r\n", 0},
        {'S', "250 2.1.5 Ok\r\n", 0},
        {'C', "RCPT TO:<no@y>\r\n", 0},
        {'S', "550 5.1.1 no\r\n", 0},
        {'C', "RCPT TO:<d@y>\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {'C', "DATA\r\n", 0},
        {'S', "354 go\r\n", 0},
        {'C', "Subject: s\r\n\r\nhello\r\n..dot\r\n.\r\nQUIT\r\n", 0},
        {'S', "250 2.1.5 <b@y> saved\r\n452 4.2.2 <d@y> full\r\n221 bye\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp success | reply.code=220 <greeting> | reply.text=mx LMTP | reply.domain=mx\n"
                       "smtp success | command=LHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx "
                       "| reply.domain=mx\n"
                       "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 "
                       "<sender_accepted> | reply.enhanced=2.1.0 | reply.text=Ok\n"
                       "smtp success | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 "
                       "<recipient_accepted> | reply.enhanced=2.1.5 | reply.text=Ok\n"
                       "smtp failure | command=RCPT | argument=TO:<no@y> | address=no@y | reply.code=550 | "
                       "reply.enhanced=5.1.1 | reply.text=no\n"
                       "smtp success | command=RCPT | argument=TO:<d@y> | address=d@y | reply.code=250 "
                       "<recipient_accepted> | reply.text=ok\n"
                       "smtp success | command=DATA | reply.code=354 | reply.text=go\n"
                       "mail failure | email.subject=s | email.bytes=27 | email.envelope.from=a@x | "
                       "email.envelope.to=b@y | email.envelope.to=d@y\n"
                       "smtp failure | command=. | message.bytes=27 | recipients{ address=b@y code=250 enhanced=2.1.5 "
                       "text=<b@y> saved } | reply.code=452 | reply.enhanced=4.2.2 | reply.text=<d@y> full | "
                       "recipients{ address=d@y code=452 enhanced=4.2.2 text=<d@y> full }\n"
                       "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void prdr(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "MAIL FROM:<a@x> PRDR\r\nRCPT TO:<b@y>\r\nRCPT TO:<d@y>\r\nDATA\r\n", 0},
        {'S', "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", 0},
        {'C', "Subject: s\r\n\r\nhello\r\n..dot\r\n.\r\n", 0},
        {'S', "353 content analysis\r\n250 first\r\n550 second\r\n250 accepted\r\n", 0},
        {'C', "QUIT\r\n", 0},
        {'S', "221 bye\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(
        steps,
        "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
        "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx | "
        "reply.domain=mx\n"
        "smtp success | command=MAIL | argument=FROM:<a@x> PRDR | address=a@x | parameters{ name=PRDR } | "
        "reply.code=250 <sender_accepted> | reply.text=ok\n"
        "smtp success | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 <recipient_accepted> | "
        "reply.text=ok\n"
        "smtp success | command=RCPT | argument=TO:<d@y> | address=d@y | reply.code=250 <recipient_accepted> | "
        "reply.text=ok\n"
        "smtp success | command=DATA | reply.code=354 | reply.text=go\n"
        "mail success | email.subject=s | email.bytes=27 | email.envelope.from=a@x | email.envelope.to=b@y | "
        "email.envelope.to=d@y\n"
        "smtp success | command=. | message.bytes=27 | recipients{ address=b@y code=250 text=first } | recipients{ "
        "address=d@y code=550 text=second } | reply.code=250 <message_accepted> | reply.text=accepted\n"
        "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void early_reply(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n", 0},
        {'C', "RCPT TO:<b@y>\r\n", 0},
        {'S', "250 2.1.5 Ok\r\n", 0},
        {'C', "DATA\r\n", 0},
        {'S', "354 go\r\n", 0},
        {'C', "Subject: s\r\n\r\nhel", 0},
        {'S', "552 too much\r\n", 0},
        {'C', "lo\r\n.\r\n", 0},
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
                "reply.enhanced=2.1.0 | reply.text=Ok\n"
                "smtp success | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 <recipient_accepted> | "
                "reply.enhanced=2.1.5 | reply.text=Ok\n"
                "smtp success | command=DATA | reply.code=354 | reply.text=go\n"
                "mail failure | email.subject=s | email.bytes=21 | email.envelope.from=a@x | email.envelope.to=b@y\n"
                "smtp failure | reply.code=552 <early_reply> | reply.text=too much | command=. | message.bytes=21\n"
                "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void early_reply_and_end(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n", 0},
        {'C', "RCPT TO:<b@y>\r\n", 0},
        {'S', "250 2.1.5 Ok\r\n", 0},
        {'C', "DATA\r\n", 0},
        {'S', "354 go\r\n", 0},
        {'C', "Subject: s\r\n\r\nhel", 0},
        {'S', "421 4.4.2 timeout\r\n", 0},
        {'e', NULL, 0},
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
        "smtp success | command=DATA | reply.code=354 | reply.text=go\n"
        "mail failure incomplete | email.subject=s | email.envelope.from=a@x | email.envelope.to=b@y | email.bytes=17\n"
        "smtp failure | reply.code=421 <early_reply> | reply.enhanced=4.4.2 | reply.text=timeout\n");
}

static void broken_off(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n", 0},
        {'C', "RCPT TO:<b@y>\r\n", 0},
        {'S', "250 2.1.5 Ok\r\n", 0},
        {'C', "DATA\r\n", 0},
        {'S', "354 go\r\n", 0},
        {'C', "Subject: s\r\n\r\nhel", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                       "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx "
                       "| reply.domain=mx\n"
                       "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 "
                       "<sender_accepted> | reply.enhanced=2.1.0 | reply.text=Ok\n"
                       "smtp success | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 "
                       "<recipient_accepted> | reply.enhanced=2.1.5 | reply.text=Ok\n"
                       "smtp success | command=DATA | reply.code=354 | reply.text=go\n"
                       "mail unknown incomplete | email.subject=s | email.envelope.from=a@x | email.envelope.to=b@y | "
                       "email.bytes=17\n");
}

static void smuggled(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0}, {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},       {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n", 0}, {'C', "RCPT TO:<b@y>\r\n", 0},
        {'S', "250 2.1.5 Ok\r\n", 0}, {'C', "DATA\r\n", 0},
        {'S', "354 go\r\n", 0},       {'C', "Subject: s\r\n\r\nhi\n.\nMAIL FROM:<evil@x>\r\n.\r\n", 0},
        {'S', "250 ok\r\n", 0},       {0, NULL, 0},
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
        "smtp success | command=DATA | reply.code=354 | reply.text=go\n"
        "anomaly | overhear.anomaly.name=smtp.bare_lf | overhear.anomaly.detail=a line ends without a carriage return\n"
        "anomaly | overhear.anomaly.name=smtp.ambiguous_end | overhear.anomaly.detail=a lone period between bare line "
        "ends in the text: some readers end the message there, others do not\n"
        "mail success | email.subject=s | email.bytes=39 | email.envelope.from=a@x | email.envelope.to=b@y\n"
        "smtp success | command=. | message.bytes=39 | reply.code=250 <message_accepted> | reply.text=ok\n");
}

static void bare_lf(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "HELO me\n", 0},
        {'S', "250 mx\n", 0},
        {'C', "MAIL FROM:<a@x>\nRCPT TO:<b@y>\nDATA\n", 0},
        {'S', "250 ok\r\n250 ok\r\n354 go\r\n", 0},
        {'C', "Subject: s\n\nhi\n.\nQUIT\n", 0},
        {'S', "250 ok\r\n221 bye\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(
        steps,
        "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
        "anomaly | overhear.anomaly.name=smtp.bare_lf | overhear.anomaly.detail=a line ends without a carriage return\n"
        "anomaly | overhear.anomaly.name=smtp.bare_lf | overhear.anomaly.detail=a line ends without a carriage return\n"
        "smtp success | command=HELO | argument=me | reply.code=250 <hello_accepted> | reply.text=mx | "
        "reply.domain=mx\n"
        "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 <sender_accepted> | "
        "reply.text=ok\n"
        "smtp success | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 <recipient_accepted> | "
        "reply.text=ok\n"
        "smtp success | command=DATA | reply.code=354 | reply.text=go\n"
        "mail success | email.subject=s | email.bytes=15 | email.envelope.from=a@x | email.envelope.to=b@y\n"
        "smtp success | command=. | message.bytes=15 | reply.code=250 <message_accepted> | reply.text=ok\n"
        "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void turn(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "TURN\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {'C', "220 me\r\n", 0},
        {'S', "HELO mx\r\n", 0},
        {'C', "250 me\r\n", 0},
        {'S', "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n", 0},
        {'C', "250 ok\r\n250 ok\r\n354 go\r\n", 0},
        {'S', "Subject: s\r\n\r\nhello\r\n..dot\r\n.\r\n", 0},
        {'C', "250 ok\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps,
                "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx | "
                "reply.domain=mx\n"
                "smtp success | command=TURN | reply.code=250 <turned> | reply.text=ok\n"
                "smtp success | reply.code=220 <greeting> | reply.text=me | reply.domain=me\n"
                "smtp success | command=HELO | argument=mx | reply.code=250 <hello_accepted> | reply.text=me | "
                "reply.domain=me\n"
                "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 <sender_accepted> | "
                "reply.text=ok\n"
                "smtp success | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 <recipient_accepted> | "
                "reply.text=ok\n"
                "smtp success | command=DATA | reply.code=354 | reply.text=go\n"
                "mail success | email.subject=s | email.bytes=27 | email.envelope.from=a@x | email.envelope.to=b@y\n"
                "smtp success | command=. | message.bytes=27 | reply.code=250 <message_accepted> | reply.text=ok\n");
}

static void exchange_blob(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0}, {'C', "EHLO me\r\n", 0},          {'S', "250 mx\r\n", 0},
        {'C', "XEXCH50 12 2\r\n", 0}, {'S', "354 send\r\n", 0},         {'C', "\r\nQUIT\r\n\r\n\r\n", 0},
        {'C', "NOOP\r\n", 0},         {'S', "250 ok\r\n250 ok\r\n", 0}, {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                       "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx "
                       "| reply.domain=mx\n"
                       "smtp success | command=XEXCH50 | argument=12 2 | reply.code=250 | reply.text=ok\n"
                       "smtp success | command=NOOP | reply.code=250 <still_there> | reply.text=ok\n");
}

static void envelope_kept(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0}, {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},       {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n", 0}, {'C', "RCPT TO:<b@y>\r\n", 0},
        {'S', "250 2.1.5 Ok\r\n", 0}, {'C', "EHLO \303\244\r\n", 0},
        {'S', "501 no\r\n", 0},       {'C', "DATA\r\n", 0},
        {'S', "354 go\r\n", 0},       {'C', "Subject: s\r\n\r\nhello\r\n..dot\r\n.\r\n", 0},
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
                "smtp failure | command=EHLO | argument=\303\244 | reply.code=501 | reply.text=no\n"
                "smtp success | command=DATA | reply.code=354 | reply.text=go\n"
                "mail success | email.subject=s | email.bytes=27 | email.envelope.from=a@x | email.envelope.to=b@y\n"
                "smtp success | command=. | message.bytes=27 | reply.code=250 <message_accepted> | reply.text=ok\n");
}

static void envelope_reset(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0}, {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},       {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n", 0}, {'C', "RCPT TO:<b@y>\r\n", 0},
        {'S', "250 2.1.5 Ok\r\n", 0}, {'C', "RSET\r\n", 0},
        {'S', "250 ok\r\n", 0},       {'C', "MAIL FROM:<z@x>\r\n", 0},
        {'S', "250 ok\r\n", 0},       {'C', "RCPT TO:<w@y>\r\n", 0},
        {'S', "250 ok\r\n", 0},       {'C', "DATA\r\n", 0},
        {'S', "354 go\r\n", 0},       {'C', "Subject: s\r\n\r\nhello\r\n..dot\r\n.\r\n", 0},
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
                "smtp success | command=RSET | reply.code=250 <forgotten> | reply.text=ok\n"
                "smtp success | command=MAIL | argument=FROM:<z@x> | address=z@x | reply.code=250 <sender_accepted> | "
                "reply.text=ok\n"
                "smtp success | command=RCPT | argument=TO:<w@y> | address=w@y | reply.code=250 <recipient_accepted> | "
                "reply.text=ok\n"
                "smtp success | command=DATA | reply.code=354 | reply.text=go\n"
                "mail success | email.subject=s | email.bytes=27 | email.envelope.from=z@x | email.envelope.to=w@y\n"
                "smtp success | command=. | message.bytes=27 | reply.code=250 <message_accepted> | reply.text=ok\n");
}

static void help_in_full(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "HELP\r\n", 0},
        {'S', "214-2.0.0 one\r\n214-2.0.0 two\r\n214 2.0.0 three\r\n", 0},
        {'C', "VRFY b\r\n", 0},
        {'S', "252 cannot say\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps,
                "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx | "
                "reply.domain=mx\n"
                "smtp success | command=HELP | reply.code=214 | reply.enhanced=2.0.0 | reply.text=one\\ntwo\\nthree\n"
                "smtp success | command=VRFY | argument=b | reply.code=252 | reply.text=cannot say\n");
}

static void burl(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0}, {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},       {'C', "BURL imap://u@h/m;uid=1;urlauth=submit+u:internal:91354a LAST\r\n", 0},
        {'S', "250 ok\r\n", 0},       {'C', "XCLIENT ADDR=1.2.3.4 NAME=x\r\n", 0},
        {'S', "220 again\r\n", 0},    {0, NULL, 0},
    };
    (void)context;
    play_expect(steps,
                "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx | "
                "reply.domain=mx\n"
                "smtp success | command=BURL | argument=imap://u@h/m;uid=1;urlauth=************************ LAST | "
                "reply.code=250 | reply.text=ok\n"
                "smtp success | command=XCLIENT | argument=ADDR=1.2.3.4 NAME=x | parameters{ name=ADDR value=1.2.3.4 } "
                "| parameters{ name=NAME value=x } | reply.code=220 <posed> | reply.text=again\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typed_by_hand),
        cmocka_unit_test(extensions),
        cmocka_unit_test(pipelined),
        cmocka_unit_test(data_refused),
        cmocka_unit_test(data_refused_text_comes),
        cmocka_unit_test(text_without_waiting),
        cmocka_unit_test(never_354),
        cmocka_unit_test(lmtp),
        cmocka_unit_test(prdr),
        cmocka_unit_test(early_reply),
        cmocka_unit_test(early_reply_and_end),
        cmocka_unit_test(broken_off),
        cmocka_unit_test(smuggled),
        cmocka_unit_test(bare_lf),
        cmocka_unit_test(turn),
        cmocka_unit_test(exchange_blob),
        cmocka_unit_test(envelope_kept),
        cmocka_unit_test(envelope_reset),
        cmocka_unit_test(help_in_full),
        cmocka_unit_test(burl),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
