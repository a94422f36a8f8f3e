/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fields of a header, and what is said of those that two readers take for two things. Each is played in pieces of
 * several sizes.
 */
#include "mail_stream_play.h"

static const struct scene plain = {0};

/* Name and sentence of each anomaly. */
static void write_anomaly(void *context, const struct record *record)
{
    struct play *play = context;
    if (record->dataset != &anomaly_dataset)
        return;
    play_value(play, record, &record->items[0]);
    play_string(play, ": ");
    play_value(play, record, &record->items[1]);
    play_string(play, "\n");
}

/* `|` stands for 10 bytes that are lost, \x02 for a zero byte. */
static void said_of(const char *words, const char *expected)
{
    static struct play play;
    static char mail[32 * 1024];
    const size_t length = strlen(words);
    assert_true(length <= sizeof mail);
    for (size_t i = 0; i < length; i++)
        mail[i] = (char)(words[i] == 2 ? 0 : words[i]);
    for (size_t i = 0; i < sizeof play_cuts / sizeof *play_cuts; i++) {
        struct bytes rest = bytes_of(mail, length);
        carriage_in_hand = &plain.carriage;
        play_begin(&play, false);
        play.shared.sink.write = write_anomaly;
        while (rest.len > 0) {
            const size_t gap = bytes_find(rest, '|', 0);
            play_bytes(&play, bytes_first(rest, gap), play_cuts[i]);
            if (gap < rest.len)
                session_gap(&play.session, SIDE_CLIENT, 10);
            rest = bytes_skip(rest, gap + 1);
        }
        assert_string_equal(play_end(&play), expected);
    }
}

/* One field in the mail's own header. */
static void field(const char *text, const char *expected)
{
    char mail[2048];
    assert_true((size_t)snprintf(mail, sizeof mail, "%s\r\n\r\ntext\r\n", text) < sizeof mail);
    said_of(mail, expected);
}

#define ENCODED_ADDRESS "mail.encoded_address: an encoded word stands inside an address\n"
#define DECEPTIVE "mail.deceptive_sender: the name of a sender is the address of another one\n"
#define HIDDEN "mail.hidden_line: an encoded word has a line end or a zero byte in it\n"
#define DOUBLED "mail.doubled_parameter: a parameter of a part stands there twice and says two things\n"
#define ODD_BOUNDARY "mail.odd_boundary: a boundary is written so that its end can be seen in two places\n"
#define NO_BOUNDARY "mail.no_boundary: a multipart does not say what separates its parts\n"
#define ODD_ENCODING "mail.odd_encoding: a transfer encoding that is none of the known ones, or more than its word\n"
#define SPACE "mail.space_before_colon: space stands between a header field's name and its colon\n"
#define PACKED "mail.encoded_container: a multipart, or a message inside, has a transfer encoding that packs it\n"
#define COMMENT(at)                                                                                                    \
    "mail.comment: who takes the comment at byte " at " of a field for text sees another type, boundary or name\n"

static void senders(void **state)
{
    (void)state;
    field("From: Alice <a@x.example>", "");
    field("From: \"c@z.example\" <a@x.example>", DECEPTIVE);
    field("From: c@z.example <a@x.example>", DECEPTIVE);
    field("Sender: \"c@z.example\" <a@x.example>", DECEPTIVE);
    field("Reply-To: \"c@z.example\" <a@x.example>", DECEPTIVE);
    field("From: a@x.example (c@z.example)", DECEPTIVE);
    field("From: \"A@X.Example\" <a@x.eXample>", "");
    /* it is the last of several */
    field("Sender: a@x.example, \"c@z.example\" <b@x.example>", DECEPTIVE);
    /* of recipients it is their own business, and of others, too */
    field("To: \"c@z.example\" <a@x.example>", "");
    field("Return-Path: \"c@z.example\" <a@x.example>", "");
    field("Subject: \"c@z.example\" <a@x.example>", "");
    /* no address: nothing before the @, nothing behind it, no period */
    field("From: \"@z.example\" <a@x.example>", "");
    field("From: \"c.d@\" <a@x.example>", "");
    field("From: \"c@z\" <a@x.example>", "");
    field("From: \"c.d@z\" <a@x.example>", "");
    /* plain to see: an address is a part of the name */
    field("From: \"'c@z.example' via List\" <a@x.example>", "");
    field("From: \"Boss <c@z.example>\" <a@x.example>", "");
    field("From: \"'A@x.example'\" <a@x.example>", "");
    field("From: \"'c@z.example'\" <a@x.example>", DECEPTIVE);
    field("From: \" <c@z.example>,\" <a@x.example>", DECEPTIVE);
    /* which it is not where it is encoded */
    field("From: =?utf-8?q?Boss_<c=40z.example>?= <a@x.example>", DECEPTIVE);
    field("From: =?utf-8?q?Boss_<a=40x.example>?= <a@x.example>", "");
    field("From: =?utf-8?q?via_a=40x.example?= <a@x.example>", "");
    field("From: =?utf-8?q?via_'a=40x.example'?= <a@x.example>", "");
    field("To: =?utf-8?q?Boss_<c=40z.example>?= <a@x.example>", "");
    /* a part's own fields are nobody's sender */
    said_of("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nFrom: \"c@z.example\" <a@x.example>\r\n\r\n--b--",
            "");
}

static void encoded_words(void **state)
{
    (void)state;
    field("From: =?utf-8?q?J=C3=BCrgen?= <a@x.example>", "");
    field("From: =?utf-8?b?SsO8cmdlbg==?= <a@x.example>", "");
    field("From: <=?utf-8?q?a?=@x.example>", ENCODED_ADDRESS);
    field("To: <a@=?utf-8?q?x?=.example>", ENCODED_ADDRESS);
    field("Cc: =?utf-8?q?a?=@x.example", ENCODED_ADDRESS);
    field("Reply-To: B <b@x.example>, <=?utf-8?q?a?=@x.example>", ENCODED_ADDRESS);
    field("Bcc: <=?utf-8?q?a?=@x.example>", "");
    field("To: <a@x.example> =?utf-8?q?c?=, <b@x.example>", "");
    /* a line end and a zero byte, in both encodings */
    field("From: =?utf-8?q?A=0AB?= <a@x.example>", HIDDEN);
    field("From: =?utf-8?q?A=0DB?= <a@x.example>", HIDDEN);
    field("From: =?utf-8?q?A=00?= <a@x.example>", HIDDEN);
    field("From: =?utf-8?b?QQpC?= <a@x.example>", HIDDEN);
    field("From: =?utf-8?q?A=09B?= <a@x.example>", "");
    field("From: \"A\r\n b@c\" <a@x.example>", "");
    /* all of it at once, and each once */
    field("From: =?utf-8?q?c=40z.example=00?= <=?utf-8?q?a?=@x.example>, =?utf-8?q?c=40z.example=00?= <b@x>",
          ENCODED_ADDRESS DECEPTIVE HIDDEN "mail.several_authors: 2 addresses in From, and no Sender\n");
}

static void doubled_parameters(void **state)
{
    (void)state;
    field("Content-Type: text/plain; charset=a; charset=b", DOUBLED);
    field("Content-Type: text/plain; charset=a; charset=a", "");
    field("Content-Type: text/plain; charset=a; CharSet=A", DOUBLED);
    field("Content-Type: text/plain; x=1; charset=a; y=2; charset=b", DOUBLED);
    field("Content-Type: text/plain; charset=a; charset*=us-ascii''a", DOUBLED);
    field("Content-Type: text/plain; charset*0=a; charset*1=b", "");
    field("Content-Type: text/plain; name=a; name=b", DOUBLED);
    field("Content-Type: text/plain; name=a; name*=us-ascii''b", "");
    field("Content-Type: text/plain; format=flowed; format=fixed", "");
    field("Content-Disposition: inline; filename=a; filename=b", DOUBLED);
    field("Content-Disposition: inline; filename=a; name=b", "");
    field("Content-Disposition: inline; (x) filename (y) = a; filename=b", DOUBLED);
    field("Content-Disposition: inline; filename; filename=b", DOUBLED);
    field("Content-Language: de; charset=a; charset=b", "");
    field("Content-Type: multipart/mixed; boundary=b; boundary=c",
          DOUBLED "mail.unclosed_multipart: the multipart at depth 1 has no closing delimiter\n");
    /* the first sixteen are looked at */
    field("Content-Type: text/plain; a; a; a; a; a; a; a; a; a; a; a; a; a; a; a; charset=a; charset=b", DOUBLED);
    field("Content-Type: text/plain; a; a; a; a; a; a; a; a; a; a; a; a; a; a; a; a; charset=a; charset=b", "");
}

/* A multipart with this parameter, whose boundary is `boundary`. */
static void multipart(const char *parameter, const char *boundary, const char *expected)
{
    char mail[2048];
    assert_true((size_t)snprintf(mail, sizeof mail,
                                 "Content-Type: multipart/mixed; %s\r\n\r\n--%s\r\n\r\ntext\r\n--%s--\r\n", parameter,
                                 boundary, boundary) < sizeof mail);
    said_of(mail, expected);
}

#define SEVENTY "1234567890123456789012345678901234567890123456789012345678901234567890"

static void boundaries(void **state)
{
    static const char *const usual[] = {"a", "zZ09", "'()+_,-./:=?", "{}#$%&*!~^@<>[]", "a b", SEVENTY};
    static const char *const odd[] = {"a;b", "a`b", "a\x80", "a\x01", "a\x02", "a\tb", SEVENTY "1"};
    char quoted[256];
    (void)state;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        snprintf(quoted, sizeof quoted, "boundary=\"%s\"", usual[i]);
        multipart(quoted, usual[i], "");
    }
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        snprintf(quoted, sizeof quoted, "boundary=\"%s\"", odd[i]);
        multipart(quoted, odd[i], ODD_BOUNDARY);
    }
    multipart("boundary=b", "b", "");
    multipart("Boundary = \"b\"", "b", "");
    multipart("x=y; boundary=b", "b", "");
    multipart("boundary=\"b\" ", "b", "");
    multipart("boundary=b c", "b c", ODD_BOUNDARY);
    multipart("boundary=b\tc", "b\tc", ODD_BOUNDARY);
    multipart("boundary=\"b\"c", "b", ODD_BOUNDARY);
    multipart("boundary=\"b", "b", ODD_BOUNDARY);
    multipart("boundary*=us-ascii''b", "b", ODD_BOUNDARY);
    multipart("boundary*0=b; boundary*1=c", "bc", ODD_BOUNDARY);
    multipart("boundary=\"\"", "", ODD_BOUNDARY NO_BOUNDARY);
    multipart("boundary=", "", ODD_BOUNDARY NO_BOUNDARY);
    multipart("x=boundary", "", NO_BOUNDARY);
    field("Content-Type: text/plain; boundary=\"b;\"", "");
    said_of("Content-Type: (x) multipart/mixed; boundary=b c\r\n\r\n--b c--\r\n", COMMENT("1") ODD_BOUNDARY);
    said_of("Content-Type: multipart/mixed; boundary=\"b \"\r\n\r\n--b--\r\n", ODD_BOUNDARY);
}

static void encodings(void **state)
{
    static const char *const known[] = {"7bit",       "8BIT",  " binary ", "Base64", "quoted-printable\t",
                                        "x-uuencode", "x-uue", "uuencode", "uue"};
    static const char *const odd[] = {
        "", "base64 (so)", "\"base64\"", "base64,", "7 bit", "base32", "quoted-printable quoted-printable"};
    char text[128];
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        snprintf(text, sizeof text, "Content-Transfer-Encoding:%s\r\nSubject: s", known[i]);
        field(text, "");
    }
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        snprintf(text, sizeof text, "Content-Transfer-Encoding:%s", odd[i]);
        field(text, ODD_ENCODING);
    }
    field("Content-Transfer-Encoding:\r\n base64", "");
    field("Content-Encoding: base32", "");
}

static void colons(void **state)
{
    (void)state;
    field("Subject : s", SPACE);
    field("Subject\t: s", SPACE);
    field("X : y", SPACE);
    field("From : \"c@z.example\" <a@x.example>", SPACE DECEPTIVE);
    field("Content-Transfer-Encoding : x", SPACE ODD_ENCODING);
}

/* A comment matters where it says something else to who does not know it. */
static void comments(void **state)
{
    (void)state;
    field("Content-Type: text/plain; charset=us-ascii (Plain text)", "");
    field("Content-Type: text/plain (x)", COMMENT("12"));
    field("Content-Type: text/(x)plain", COMMENT("6"));
    field("Content-Type: (x)text/plain; charset=(y)a", COMMENT("1"));
    field("Content-Disposition: inline (x)", COMMENT("8"));
    field("Content-Language: de (x)", "");
    /* boundaries */
    multipart("boundary=b (c)", "b", COMMENT("29"));
    multipart("boundary=b(c)", "b", COMMENT("28"));
    multipart("boundary=(c)b", "b", COMMENT("27"));
    multipart("boundary (=c) = b", "b", COMMENT("27"));
    multipart("(a;boundary=c;) boundary=b", "b", COMMENT("18"));
    multipart("(boundary=\"c) boundary=b", "b", COMMENT("18"));
    multipart("((boundary=c;) \\) ) boundary=b", "b", COMMENT("18"));
    multipart("boundary=b; (x) y=z", "b", "");
    multipart("boundary= \"b\" (c)", "b", "");
    multipart("boundary=b; boundary=c (x)", "b", DOUBLED);
    multipart("x=\"a;boundary=c\"; boundary=b(y)", "b", COMMENT("46"));
    multipart("boundary=\"b\" (c)", "b", "");
    multipart("(c) x=y; boundary=\"b\"", "b", "");
    multipart("x=\"(\"; boundary=\"b(c)\"", "b(c)", "");
    multipart("x=\"(\"; boundary=b(c)", "b", COMMENT("35"));
    /* how a name ends; what else there is of it is harmless */
    field("Content-Disposition: inline; filename=a.exe (.pdf)", COMMENT("24"));
    field("Content-Disposition: inline; filename=a.pdf (v2)", COMMENT("24"));
    field("Content-Disposition: inline; filename=report (1).pdf", "");
    field("Content-Disposition: inline; filename=(x) a.pdf", "");
    field("Content-Disposition: inline; filename=\"a.exe\" (.pdf)", "");
    field("Content-Disposition: inline; filename*=us-ascii''a.exe(.pdf)", COMMENT("34"));
    field("Content-Type: text/plain; name=a.txt(.exe)", COMMENT("23"));
    field("Content-Type: text/plain; name=a.txt; name=b.exe (.pdf)", DOUBLED);
    /* never closed */
    field("Content-Disposition: inline; filename=a.exe(.pdf", COMMENT("23"));
}

static void mail_of(const char *type, const char *encoding, const char *expected)
{
    char mail[512];
    snprintf(mail, sizeof mail,
             "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: %s\r\n"
             "Content-Transfer-Encoding: %s\r\n\r\n--c--\r\n--b--\r\n",
             type, encoding);
    said_of(mail, expected);
}

static void packed_containers(void **state)
{
    static const char mixed[] = "multipart/mixed; boundary=c";
    (void)state;
    mail_of(mixed, "7bit", "");
    mail_of(mixed, "binary", "");
    mail_of(mixed, "x-other", ODD_ENCODING);
    mail_of(mixed, "base64", PACKED);
    mail_of(mixed, "Quoted-Printable", PACKED);
    mail_of(mixed, "x-uuencode", PACKED);
    mail_of("Multipart/Digest; boundary=c", "base64", PACKED);
    mail_of("multipart/mixed", "quoted-printable", PACKED NO_BOUNDARY);
    mail_of("message/rfc822", "quoted-printable", PACKED);
    mail_of("message/news", "uuencode", PACKED);
    mail_of("message/global", "quoted-printable", "");
    mail_of("message/delivery-status", "quoted-printable", "");
    mail_of("text/plain", "quoted-printable", "");
    /* the mail itself, and what is a message because it stands in a digest */
    said_of("Content-Transfer-Encoding: base64\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b--\r\n", PACKED);
    said_of("Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: "
            "quoted-printable\r\n\r\n--b--\r\n",
            PACKED);
}

/* Each is told once in a mail, however often it is there. */
static void each_once(void **state)
{
    (void)state;
    said_of(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\nContent-Transfer-Encoding: x\r\nX : y\r\nContent-Type: (x) text/plain; name=a; name=b\r\n\r\n"
        "--b\r\nContent-Transfer-Encoding: x\r\nX : y\r\nContent-Type: (x) text/plain; name=a; name=b\r\n\r\n--b--\r\n",
        ODD_ENCODING SPACE COMMENT("1") DOUBLED);
    said_of("Content-Type: multipart/mixed; boundary=b\r\n\r\n"
            "--b\r\nContent-Transfer-Encoding: base64\r\nContent-Type: message/rfc822\r\n\r\nAAAA\r\n"
            "--b\r\nContent-Transfer-Encoding: base64\r\nContent-Type: message/rfc822\r\n\r\nAAAA\r\n--b--\r\n",
            PACKED);
}

/* Behind a gap nobody knows what a line is, and of a field that is cut nobody knows what it says. */
static void what_is_not_judged(void **state)
{
    char *mail = malloc(32 * 1024);
    (void)state;
    said_of("Subject: s|\r\nX : y\r\nContent-Transfer-Encoding: x\r\n\r\n", "");
    said_of(
        "Subject: s|\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\n--b--",
        "");
    assert_non_null(mail);
    size_t length = (size_t)snprintf(mail, 64, "Content-Type: text/plain; charset=a; charset=");
    memset(mail + length, 'b', MAIL_FIELD_BYTES);
    memcpy(mail + length + MAIL_FIELD_BYTES, "\r\n\r\n", 5);
    said_of(mail, "mail.header_too_long: a header field is longer than 16384 bytes; its beginning counts\n");
    free(mail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(senders),
        cmocka_unit_test(encoded_words),
        cmocka_unit_test(doubled_parameters),
        cmocka_unit_test(boundaries),
        cmocka_unit_test(encodings),
        cmocka_unit_test(colons),
        cmocka_unit_test(comments),
        cmocka_unit_test(packed_containers),
        cmocka_unit_test(each_once),
        cmocka_unit_test(what_is_not_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
