/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Mails, as SMTP carries them.
 */
#include "generators.h"

#include <stdio.h>
#include <string.h>

static void begin(struct talk *talk, struct wire *wire, uint64_t number)
{
    talk_begin(talk, wire, number, 25);
    talk_text(talk, SERVER, "220 mail.example.org ESMTP ready\r\n");
    talk_text(talk, CLIENT, "EHLO client.example.org\r\n");
    talk_text(talk, SERVER, "250 mail.example.org\r\n");
}

static void begin_mail(struct talk *talk)
{
    talk_text(talk, CLIENT, "MAIL FROM:<anna@example.org>\r\n");
    talk_text(talk, SERVER, "250 ok\r\n");
    talk_text(talk, CLIENT, "RCPT TO:<ben@example.net>\r\n");
    talk_text(talk, SERVER, "250 ok\r\n");
    talk_text(talk, CLIENT, "DATA\r\n");
    talk_text(talk, SERVER, "354 go on\r\n");
}

static void end_mail(struct talk *talk)
{
    talk_text(talk, CLIENT, "\r\n.\r\n");
    talk_text(talk, SERVER, "250 queued\r\n");
}

/* One mail: a line, and then lines `count` times. */
static void one_mail(struct wire *wire, const char *first, const char *lines, uint64_t count)
{
    struct talk talk;
    begin(&talk, wire, 1);
    begin_mail(&talk);
    talk_text(&talk, CLIENT, first);
    talk_repeat(&talk, CLIENT, lines, count);
    end_mail(&talk);
    talk_end(&talk);
}

static void mime_nest(struct wire *wire, uint64_t count)
{
    struct talk talk;
    char text[128];
    begin(&talk, wire, 1);
    for (uint64_t done = 0; done < count; done += 10000) {
        begin_mail(&talk);
        for (unsigned depth = 0; depth < 10000 && depth < count; depth++) {
            (void)snprintf(text, sizeof text, "Content-Type: multipart/mixed; boundary=b%u\r\n\r\n--b%u\r\n", depth,
                           depth);
            talk_text(&talk, CLIENT, text);
        }
        end_mail(&talk);
    }
    talk_end(&talk);
}

static void mime_messages(struct wire *wire, uint64_t count)
{
    one_mail(wire, "", "Content-Type: message/rfc822\r\n\r\n", count);
}

static void mime_boundaries(struct wire *wire, uint64_t count)
{
    struct talk talk;
    char boundary[71], text[256];
    memset(boundary, 'b', sizeof boundary - 1);
    boundary[sizeof boundary - 1] = 0;
    begin(&talk, wire, 1);
    begin_mail(&talk);
    for (unsigned depth = 0; depth < 30; depth++) {
        (void)snprintf(text, sizeof text,
                       "Content-Type: multipart/mixed; boundary=\"%.60s%02u\"\r\n\r\n--%.60s%02u\r\n", boundary, depth,
                       boundary, depth);
        talk_text(&talk, CLIENT, text);
    }
    talk_text(&talk, CLIENT, "\r\n");
    (void)snprintf(text, sizeof text, "--%.60s99\r\n--%.60s9\r\n", boundary, boundary);
    talk_repeat(&talk, CLIENT, text, count);
    end_mail(&talk);
    talk_end(&talk);
}

static void mime_parts(struct wire *wire, uint64_t count)
{
    one_mail(
        wire, "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
        "--b\r\nContent-Type: text/plain; name=a.txt\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n",
        count);
}

static void mail_received(struct wire *wire, uint64_t count)
{
    one_mail(wire, "",
             "Received: from a (b [192.0.2.1]) by c with ESMTP id 1 for <d@e>; Thu, 1 Jan 2026 00:00:00 +0000\r\n",
             count);
}

static void mail_recipients(struct wire *wire, uint64_t count)
{
    one_mail(wire, "To: a@b", ",\r\n \"x (y\" <anna@example.org>, g: a@b, c@d;", count);
}

static void mail_comments(struct wire *wire, uint64_t count)
{
    struct talk talk;
    begin(&talk, wire, 1);
    for (uint64_t done = 0; done < count; done += 1000) {
        begin_mail(&talk);
        talk_text(&talk, CLIENT, "From: ");
        talk_repeat(&talk, CLIENT, "(((((((((\\(", 1000);
        talk_text(&talk, CLIENT, "\r\nDate: ");
        talk_repeat(&talk, CLIENT, "(((((((((\\(", 1000);
        end_mail(&talk);
    }
    talk_end(&talk);
}

static void mail_encoded(struct wire *wire, uint64_t count)
{
    struct talk talk;
    begin(&talk, wire, 1);
    for (uint64_t done = 0; done < count; done += 500) {
        begin_mail(&talk);
        talk_text(&talk, CLIENT, "Subject:");
        talk_repeat(&talk, CLIENT, " =?iso-2022-jp?B?GyRC?=\r\n =?utf-7?Q?=2B?= =?", 500);
        talk_text(&talk, CLIENT, "\r\nContent-Disposition: attachment");
        talk_repeat(&talk, CLIENT, "; filename*1*=utf-8''%41; filename*2=b", 300);
        end_mail(&talk);
    }
    talk_end(&talk);
}

/* Lines that nearly end the mail, and stuffed dots. */
static void mail_dots(struct wire *wire, uint64_t count)
{
    one_mail(wire, "Subject: dots\r\n\r\n", ".\r.\n..\r\n", count);
}

static void mail_quoted(struct wire *wire, uint64_t count)
{
    one_mail(wire,
             "Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: "
             "attachment\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
             "=3D=\r\n=\t \r\n=zz   \r\n", count);
}

static void mail_base64(struct wire *wire, uint64_t count)
{
    one_mail(wire,
             "Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: "
             "attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n",
             "A=\r\n=A\r\n!BCDE====\r\n", count);
}

static void smtp_recipients(struct wire *wire, uint64_t count)
{
    struct talk talk;
    begin(&talk, wire, 1);
    talk_text(&talk, CLIENT, "MAIL FROM:<a@b>\r\n");
    talk_text(&talk, SERVER, "250 ok\r\n");
    for (uint64_t i = 0; i < count; i++) {
        talk_text(&talk, CLIENT, "RCPT TO:<anna@example.org>\r\n");
        if (i % 100 == 99)
            talk_repeat(&talk, SERVER, "250 ok\r\n", 100);
    }
    talk_text(&talk, CLIENT, "DATA\r\n");
    talk_text(&talk, SERVER, "354 go on\r\n");
    end_mail(&talk);
    talk_end(&talk);
}

static void smtp_mails(struct wire *wire, uint64_t count)
{
    struct talk talk;
    begin(&talk, wire, 1);
    for (uint64_t i = 0; i < count; i++) {
        begin_mail(&talk);
        talk_text(&talk, CLIENT, "Subject: a\r\n\r\nb");
        end_mail(&talk);
    }
    talk_end(&talk);
}

const struct generator mail_generators[] = {
    {"mime_nest", mime_nest, 1000, 200000, "multiparts inside each other, 10,000 deep"},
    {"mime_messages", mime_messages, 2000, 300000, "messages inside each other"},
    {"mime_boundaries", mime_boundaries, 1000, 100000, "lines that nearly are one of 30 boundaries of 62 bytes"},
    {"mime_parts", mime_parts, 1000, 100000, "attachments of one mail"},
    {"mail_received", mail_received, 500, 100000, "Received fields of one mail"},
    {"mail_recipients", mail_recipients, 500, 100000, "recipients in one field"},
    {"mail_comments", mail_comments, 2000, 300000, "times ten comments inside each other, 1,000 a field"},
    {"mail_encoded", mail_encoded, 1000, 200000, "encoded words and continued parameters, 500 a field"},
    {"mail_dots", mail_dots, 3000, 500000, "lines that nearly end a mail"},
    {"mail_quoted", mail_quoted, 3000, 300000, "times three lines of quoted-printable, right and wrong"},
    {"mail_base64", mail_base64, 3000, 300000, "times three lines of base64, right and wrong"},
    {"smtp_recipients", smtp_recipients, 1000, 100000, "recipients of one mail, in the envelope"},
    {"smtp_mails", smtp_mails, 100, 20000, "mails of one session"},
    {0},
};
