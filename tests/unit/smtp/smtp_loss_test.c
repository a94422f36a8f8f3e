/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sessions of which a part is missing, or that go wrong.
 */
#include "smtp_play.h"

static void gap_with_end(void **context)
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
        {'c', NULL, 40},
        {'S', "250 ok\r\n", 0},
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
        "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 <sender_accepted> | "
        "reply.enhanced=2.1.0 | reply.text=Ok\n"
        "smtp success | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 <recipient_accepted> | "
        "reply.enhanced=2.1.5 | reply.text=Ok\n"
        "smtp success | command=DATA | reply.code=354 | reply.text=go\n"
        "mail success incomplete | email.subject=s | email.bytes=17 | email.envelope.from=a@x | email.envelope.to=b@y\n"
        "smtp success incomplete | command=. <end_unseen> | message.bytes=17 | reply.code=250 <message_accepted> | "
        "reply.text=ok\n"
        "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void gap_in_text(void **context)
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
        {'c', NULL, 40},
        {'C', "lo\r\n.\r\n", 0},
        {'S', "250 ok\r\n", 0},
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
        "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 <sender_accepted> | "
        "reply.enhanced=2.1.0 | reply.text=Ok\n"
        "smtp success | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 <recipient_accepted> | "
        "reply.enhanced=2.1.5 | reply.text=Ok\n"
        "smtp success | command=DATA | reply.code=354 | reply.text=go\n"
        "mail success incomplete | email.subject=s | email.bytes=21 | email.envelope.from=a@x | email.envelope.to=b@y\n"
        "smtp success incomplete | command=. | message.bytes=21 | reply.code=250 <message_accepted> | reply.text=ok\n"
        "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void gap_with_data(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},     {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},           {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n", 0},     {'c', NULL, 21},
        {'S', "250 ok\r\n354 go\r\n", 0}, {'C', "Subject: s\r\n\r\nhello\r\n..dot\r\n.\r\n", 0},
        {'S', "250 ok\r\n", 0},           {0, NULL, 0},
    };
    (void)context;
    play_expect(
        steps,
        "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
        "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx | "
        "reply.domain=mx\n"
        "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 <sender_accepted> | "
        "reply.enhanced=2.1.0 | reply.text=Ok\n"
        "smtp success incomplete | reply.code=250 | reply.text=ok\n"
        "smtp success incomplete | reply.code=354 | reply.text=go\n"
        "mail success incomplete | email.bytes=27 | email.envelope.from=a@x\n"
        "smtp success incomplete | command=. | message.bytes=27 | reply.code=250 <message_accepted> | reply.text=ok\n");
}

static void replies_lost(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'s', NULL, 14},
        {'C', "RCPT TO:<b@y>\r\n", 0},
        {'S', "250 2.1.5 Ok\r\n", 0},
        {'C', "DATA\r\n", 0},
        {'S', "354 go\r\n", 0},
        {'C', "Subject: s\r\n\r\nhello\r\n..dot\r\n.\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps,
                "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx | "
                "reply.domain=mx\n"
                "smtp unknown incomplete | command=MAIL | argument=FROM:<a@x> | address=a@x\n"
                "smtp success incomplete | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 "
                "<recipient_accepted> | reply.enhanced=2.1.5 | reply.text=Ok\n"
                "smtp success | command=DATA | reply.code=354 | reply.text=go\n"
                "mail success | email.subject=s | email.bytes=27 | email.envelope.from=a@x | email.envelope.to=b@y\n"
                "smtp success | command=. | message.bytes=27 | reply.code=250 <message_accepted> | reply.text=ok\n");
}

static void replies_lost_pipelined(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n", 0},
        {'s', NULL, 20},
        {'S', " 2.1.5 Ok\r\n354 go\r\n", 0},
        {'C', "Subject: s\r\n\r\nhello\r\n..dot\r\n.\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(
        steps,
        "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
        "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx | "
        "reply.domain=mx\n"
        "smtp unknown incomplete | command=MAIL | argument=FROM:<a@x> | address=a@x\n"
        "smtp unknown incomplete | command=RCPT | argument=TO:<b@y> | address=b@y\n"
        "smtp success incomplete | command=DATA | reply.code=354 | reply.text=go\n"
        "mail success incomplete | email.subject=s | email.bytes=27 | email.envelope.from=a@x | email.envelope.to=b@y\n"
        "smtp success | command=. | message.bytes=27 | reply.code=250 <message_accepted> | reply.text=ok\n");
}

static void client_only(void **context)
{
    static const struct step steps[] = {
        {'C', "EHLO me\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'C', "RCPT TO:<b@y>\r\n", 0},
        {'C', "DATA\r\n", 0},
        {'C', "Subject: s\r\n\r\nhello\r\n..dot\r\n.\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'C', "DATA\r\n", 0},
        {'C', "RSET\r\n", 0},
        {'C', "QUIT\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps,
                "smtp unknown | command=EHLO | argument=me\n"
                "smtp unknown | command=MAIL | argument=FROM:<a@x> | address=a@x\n"
                "smtp unknown | command=RCPT | argument=TO:<b@y> | address=b@y\n"
                "smtp unknown | command=DATA\n"
                "mail unknown | email.subject=s | email.bytes=27 | email.envelope.from=a@x | email.envelope.to=b@y\n"
                "smtp unknown | command=. | message.bytes=27\n"
                "smtp unknown | command=MAIL | argument=FROM:<a@x> | address=a@x\n"
                "smtp unknown | command=DATA\n"
                "smtp unknown | command=RSET\n"
                "smtp unknown | command=QUIT\n");
}

static void server_only(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0}, {'S', "250 ok\r\n", 0}, {'S', "354 go\r\n", 0},
        {'S', "250 ok\r\n", 0},       {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                       "smtp success | reply.code=250 | reply.text=ok\n"
                       "smtp success | reply.code=354 | reply.text=go\n"
                       "smtp success | reply.code=250 | reply.text=ok\n");
}

static void early_talker(void **context)
{
    static const struct step steps[] = {
        {'C', "EHLO me\r\n", 0},
        {'S', "220 mx ESMTP\r\n250 mx\r\n", 0},
        {'C', "QUIT\r\n", 0},
        {'S', "221 bye\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                       "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx "
                       "| reply.domain=mx\n"
                       "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void unasked(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0}, {'C', "EHLO me\r\n", 0}, {'S', "250 mx\r\n", 0}, {'S', "250 huh\r\n", 0},
        {'C', "QUIT\r\n", 0},         {'S', "221 bye\r\n", 0}, {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                       "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx "
                       "| reply.domain=mx\n"
                       "anomaly | overhear.anomaly.name=smtp.unasked_reply | overhear.anomaly.detail=a reply with code "
                       "250 to no command that was seen\n"
                       "smtp success | reply.code=250 | reply.text=huh\n"
                       "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void no_service(void **context)
{
    static const struct step steps[] = {
        {'S', "554 no mail here\r\n", 0},
        {'C', "QUIT\r\n", 0},
        {'S', "221 bye\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp failure | reply.code=554 <no_service> | reply.text=no mail here\n"
                       "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void slow(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'w', NULL, 4},
        {'S', "450 4.7.1 greylisted\r\n", 0},
        {'C', "RCPT TO:<b@y>\r\n", 0},
        {'S', "550 5.9.77 relay denied\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                       "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx "
                       "| reply.domain=mx\n"
                       "smtp failure | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=450 <greylisted> "
                       "| reply.enhanced=4.7.1 | reply.text=greylisted <slow>\n"
                       "smtp failure | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=550 <relay_denied> "
                       "| reply.enhanced=5.9.77 | reply.text=relay denied\n");
}

static void late_answer(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0}, {'C', "EHLO me\r\n", 0}, {'S', "250 mx\r\n", 0},
        {'C', "NOOP\r\n", 0},         {'w', NULL, 200},        {'S', "250 late\r\n", 0},
        {'C', "QUIT\r\n", 0},         {'S', "221 bye\r\n", 0}, {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                       "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx "
                       "| reply.domain=mx\n"
                       "smtp unknown | command=NOOP\n"
                       "smtp success | reply.code=250 | reply.text=late\n"
                       "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void unfinished_command(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "QUIT", 0},
        {'E', NULL, 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                       "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx "
                       "| reply.domain=mx\n"
                       "smtp unknown incomplete | command=QUIT\n");
}

static void midstream_text(void **context)
{
    static const struct step steps[] = {
        {'C', "lorem ipsum\r\nMAIL FROM: you\r\n.\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {'C', "QUIT\r\n", 0},
        {'S', "221 bye\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "anomaly | overhear.anomaly.name=message.nonsense | overhear.anomaly.detail=from stream byte 0 "
                       "on, what is sent makes no sense in this protocol\n"
                       "smtp success | command=. | reply.code=250 <message_accepted> | reply.text=ok\n"
                       "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

/* Whether the server wanted the text is not known, nor the recipient: the next line is a command. */
static void refusals_lost(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<nobody@y>\r\nDATA\r\n", 0},
        {'S', "250 mx\r\n250 2.1.0 Ok\r\n", 0},
        {'s', NULL, 60},
        {'C', "RSET\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                       "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx "
                       "| reply.domain=mx\n"
                       "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 "
                       "<sender_accepted> | reply.enhanced=2.1.0 | reply.text=Ok\n"
                       "smtp unknown incomplete | command=RCPT | argument=TO:<nobody@y> | address=nobody@y\n"
                       "smtp unknown incomplete | command=DATA\n"
                       "smtp unknown incomplete | command=RSET\n");
}

/* The server did not want the text: what breaks off behind that is the next command. */
static void command_after_a_refusal_breaks_off(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "DATA\r\n", 0},
        {'S', "503 need MAIL\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r", 0},
        {'c', NULL, 1},
        {'S', "250 Ok\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                       "smtp failure | command=DATA | reply.code=503 | reply.text=need MAIL\n"
                       "smtp success incomplete | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 "
                       "<sender_accepted> | reply.text=Ok\n");
}

/* Perhaps one of them was refused. */
static void answer_to_a_recipient_lost(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\nRCPT TO:<nobody@y>\r\nRCPT TO:<b@y>\r\nDATA\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n", 0},
        {'s', NULL, 30},
        {'S', "250 2.1.5 Ok\r\n354 go\r\n", 0},
        {'C', "Subject: s\r\n\r\nhello\r\n.\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps,
                "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 <sender_accepted> | "
                "reply.enhanced=2.1.0 | reply.text=Ok\n"
                "smtp unknown incomplete | command=RCPT | argument=TO:<nobody@y> | address=nobody@y\n"
                "smtp success incomplete | command=RCPT | argument=TO:<b@y> | address=b@y | reply.code=250 "
                "<recipient_accepted> | reply.enhanced=2.1.5 | reply.text=Ok\n"
                "smtp success incomplete | command=DATA | reply.code=354 | reply.text=go\n"
                "mail success incomplete | email.subject=s | email.bytes=21 | email.envelope.from=a@x | "
                "email.envelope.to=nobody@y | email.envelope.to=b@y\n"
                "smtp success | command=. | message.bytes=21 | reply.code=250 <message_accepted> | reply.text=ok\n");
}

/* Nobody knows to whom the message goes besides. */
static void recipient_lost(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {'C', "RCPT TO:<", 0},
        {'c', NULL, 6},
        {'S', "250 ok\r\n", 0},
        {'C', "RCPT TO:<b@y>\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {'C', "DATA\r\n", 0},
        {'S', "354 go\r\n", 0},
        {'C', "Subject: s\r\n\r\n.\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {'C', "MAIL FROM:<c@x>\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {'C', "RCPT TO:<d@y>\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {'C', "DATA\r\n", 0},
        {'S', "354 go\r\n", 0},
        {'C', "Subject: t\r\n\r\n.\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(
        steps,
        "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
        "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx | "
        "reply.domain=mx\n"
        "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 <sender_accepted> | "
        "reply.text=ok\n"
        "smtp success incomplete | command=RCPT | argument=TO:< | reply.code=250 <recipient_accepted> | reply.text=ok\n"
        "smtp success incomplete | reply.code=250 | reply.text=ok\n"
        "smtp success incomplete | command=DATA | reply.code=354 | reply.text=go\n"
        "mail success incomplete | email.subject=s | email.bytes=14 | email.envelope.from=a@x\n"
        "smtp success | command=. | message.bytes=14 | reply.code=250 <message_accepted> | reply.text=ok\n"
        "smtp success | command=MAIL | argument=FROM:<c@x> | address=c@x | reply.code=250 <sender_accepted> | "
        "reply.text=ok\n"
        "smtp success | command=RCPT | argument=TO:<d@y> | address=d@y | reply.code=250 <recipient_accepted> | "
        "reply.text=ok\n"
        "smtp success | command=DATA | reply.code=354 | reply.text=go\n"
        "mail success | email.subject=t | email.bytes=14 | email.envelope.from=c@x | email.envelope.to=d@y\n"
        "smtp success | command=. | message.bytes=14 | reply.code=250 <message_accepted> | reply.text=ok\n");
}

/* DATA is lost, and with it how the lines of this client end. */
static void data_of_bare_lines_lost(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0}, {'C', "HELO me\n", 0},
        {'S', "250 mx\r\n", 0},       {'c', NULL, 5},
        {'S', "354 go\r\n", 0},       {'C', "Subject: s\n\nhello\n.\n", 0},
        {'S', "250 ok\r\n", 0},       {'C', "QUIT\n", 0},
        {'S', "221 bye\r\n", 0},      {0, NULL, 0},
    };
    (void)context;
    play_expect(
        steps,
        "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
        "anomaly | overhear.anomaly.name=smtp.bare_lf | overhear.anomaly.detail=a line ends without a carriage return\n"
        "smtp success | command=HELO | argument=me | reply.code=250 <hello_accepted> | reply.text=mx | "
        "reply.domain=mx\n"
        "smtp success incomplete | reply.code=354 | reply.text=go\n"
        "mail success incomplete | email.bytes=18\n"
        "smtp success incomplete | command=. | message.bytes=18 | reply.code=250 <message_accepted> | reply.text=ok\n"
        "smtp success incomplete | command=QUIT | reply.code=221 | reply.text=bye\n");
}

/* The answer to the message is its end, also where that was not understood. */
static void end_of_a_text_without_data(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0}, {'C', "HELO me\r\n", 0},
        {'S', "250 mx\r\n", 0},       {'c', NULL, 5},
        {'S', "354 go\r\n", 0},       {'C', "Subject: s\r\n\r\nhello\n.\n", 0},
        {'S', "250 ok\r\n", 0},       {'C', "QUIT\r\n", 0},
        {'S', "221 bye\r\n", 0},      {0, NULL, 0},
    };
    (void)context;
    play_expect(
        steps,
        "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
        "smtp success | command=HELO | argument=me | reply.code=250 <hello_accepted> | reply.text=mx | "
        "reply.domain=mx\n"
        "smtp success incomplete | reply.code=354 | reply.text=go\n"
        "anomaly | overhear.anomaly.name=smtp.bare_lf | overhear.anomaly.detail=a line ends without a carriage return\n"
        "anomaly | overhear.anomaly.name=smtp.ambiguous_end | overhear.anomaly.detail=a lone period between bare line "
        "ends in the text: some readers end the message there, others do not\n"
        "mail success incomplete | email.bytes=22\n"
        "smtp success incomplete | command=. <end_unseen> | message.bytes=22 | reply.code=250 <message_accepted> | "
        "reply.text=ok\n"
        "smtp success incomplete | command=QUIT | reply.code=221 | reply.text=bye\n");
}

/* The answer to STARTTLS is lost: the hello tells that TLS begins. */
static void sealed_behind_a_gap(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "STARTTLS\r\n", 0},
        {'s', NULL, 20},
        {'C', "\x16\x03\x01\0\x2d\x01\0\0\x29\r\nNOOP\r\n", 17},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                       "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx "
                       "| reply.domain=mx\n"
                       "smtp unknown incomplete | command=STARTTLS\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gap_with_end),
        cmocka_unit_test(gap_in_text),
        cmocka_unit_test(gap_with_data),
        cmocka_unit_test(replies_lost),
        cmocka_unit_test(replies_lost_pipelined),
        cmocka_unit_test(client_only),
        cmocka_unit_test(server_only),
        cmocka_unit_test(early_talker),
        cmocka_unit_test(unasked),
        cmocka_unit_test(no_service),
        cmocka_unit_test(slow),
        cmocka_unit_test(late_answer),
        cmocka_unit_test(unfinished_command),
        cmocka_unit_test(midstream_text),
        cmocka_unit_test(refusals_lost),
        cmocka_unit_test(command_after_a_refusal_breaks_off),
        cmocka_unit_test(answer_to_a_recipient_lost),
        cmocka_unit_test(recipient_lost),
        cmocka_unit_test(data_of_bare_lines_lost),
        cmocka_unit_test(end_of_a_text_without_data),
        cmocka_unit_test(sealed_behind_a_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
