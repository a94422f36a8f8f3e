/* SPDX-License-Identifier: BSD-3-Clause */
#include "mail_header_play.h"

#include "mail/mail_parameters.h"

/* The token before the parameters, then a "|" and the parameter filename, or "-". */
static void read_filename(struct play *unused, struct emitter *emitter, const struct message *message)
{
    (void)unused;
    uint8_t token[64], buffer[MAIL_NAME_BYTES];
    struct mail_text kind = mail_text_in(token, sizeof token), name = mail_text_in(buffer, sizeof buffer);
    mail_value_token(message->bytes, &kind);
    play_text(mail_text_bytes(&kind));
    if (mail_parameter(emitter, message->bytes, "filename", &name)) {
        play_string("|");
        play_text(mail_text_bytes(&name));
    }
    play_string(name.cut ? "|cut" : "");
}

static void expect(const char *value, const char *expected)
{
    assert_string_equal(play_run(read_filename, bytes_text(value)), expected);
}

static void plain_parameters(void **state)
{
    (void)state;
    expect("attachment; filename=a.txt", "attachment|a.txt");
    expect("Attachment ; FileName = \"a b.txt\" ; size=3", "attachment|a b.txt");
    expect("attachment;\r\n\tfilename=\"a\r\n b\"", "attachment|a b");
    expect("attachment; filename=\"a;b=c.txt\"; x=y", "attachment|a;b=c.txt");
    expect("attachment; size=1; filename=\"\"", "attachment|");
    expect("attachment; filename=", "attachment|");
    expect("attachment", "attachment");
    expect("attachment; name=a.txt; filenames=b; xfilename=c", "attachment");
    expect("attachment; filename=first; filename=second", "attachment|first");
    expect("", "");
    expect("; filename=a", "|a");
    expect("attachment; filename; filename=b", "attachment|b");
    expect("attachment; filename (=a;filename=b) = c.txt (d)", "attachment|c.txt");
    expect("attachment; (x) filename\t(y)\t(z)*=us-ascii''c", "attachment");
    expect("attachment; filename(x)=(y)\"c (d).txt\"(z)", "attachment|c (d).txt");
    expect("attachment; file(x)name=c", "attachment");
    expect(" (what) attach(x)ment (y); (z) filename=a", "attachment|a");
}

static void as_senders_write_them(void **state)
{
    (void)state;
    expect("attachment; filename=my report 1.pdf; size=3", "attachment|my report 1.pdf");
    expect("attachment; filename=report (1).pdf", "attachment|report (1).pdf");
    expect("attachment; filename=a.txt (a comment)", "attachment|a.txt");
    expect("attachment; filename=(a comment) a.txt", "attachment|a.txt");
    expect("attachment; filename=\"C:\\docs\\a.txt\"", "attachment|C:\\docs\\a.txt");
    expect("attachment; filename=\"a\\\"b\\\\c\"", "attachment|a\"b\\c");
    expect("attachment; filename=\"open", "attachment|open");
    expect("attachment; filename=\"=?utf-8?Q?=C3=9Cber?=\r\n =?utf-8?Q?sicht?=.pdf\"", "attachment|Übersicht.pdf");
    expect("attachment; filename==?utf-8?B?w5xiZXI=?=.pdf", "attachment|Über.pdf");
    expect("attachment; filename=\"\xc3\x9c"
           "ber.pdf\"",
           "attachment|Über.pdf");
    expect("attachment; filename=a%20b.txt", "attachment|a%20b.txt");
}

static void rfc_2231(void **state)
{
    (void)state;
    expect("attachment; filename*=utf-8'de'%C3%9Cber.pdf", "attachment|Über.pdf");
    expect("attachment; filename*=UTF-8''%e2%82%ac%20rates", "attachment|€ rates");
    expect("attachment; filename*=iso-8859-1''%DCber.pdf", "attachment|Über.pdf");
    expect("attachment; filename*0=\"a;b\"; filename*1=c; filename*2=\".txt\"", "attachment|a;bc.txt");
    expect("attachment; filename*0*=utf-8'de'%C3%9Cber; filename*1*=s%C3%BC; filename*2=\"%41.pdf\"",
           "attachment|Übersü%41.pdf");
    expect("attachment; filename*0*=utf-8''%E2%82; filename*1*=%AC", "attachment|€");
    expect("attachment; filename*1=b; filename*0=a", "attachment|ab");
    expect("attachment; filename*0=a; filename*2=c", "attachment|a");
    expect("attachment; filename*0=a; filename*0=b", "attachment|a");
    expect("attachment; filename=old.txt; filename*=utf-8''n%C3%A9w.txt", "attachment|néw.txt");
    expect("attachment; filename*=utf-8''new.txt; filename=old.txt", "attachment|new.txt");
    expect("attachment; filename*=\"utf-8''a%20b\"", "attachment|a b");
    expect("attachment; filename*=no%20charset", "attachment|no charset");
    expect("attachment; filename*=x-unknown''%DC", "attachment|\xdc");
    expect("attachment; filename*=utf-8''%4", "attachment|%4");
    expect("attachment; filename*x=a; filename*64=b; filename*-1=c; filename**=d", "attachment");
}

static void long_values_are_marked(void **state)
{
    (void)state;
    enum { LETTERS = 2000 };
    static char value[LETTERS + 64], expected[MAIL_NAME_BYTES + 64];
    strcpy(value, "a; filename=");
    memset(value + strlen(value), 'x', LETTERS);
    strcpy(expected, "a|");
    memset(expected + 2, 'x', MAIL_NAME_BYTES);
    strcpy(expected + 2 + MAIL_NAME_BYTES, "|cut");
    expect(value, expected);
}

static void read_content(struct play *unused, struct emitter *emitter, const struct message *message)
{
    (void)unused;
    struct mail_content content = {.encoding = MAIL_PLAIN};
    struct bytes rest = message->bytes;
    while (rest.len > 0) {
        struct bytes line = bytes_first(rest, bytes_find(rest, '\n', 0));
        size_t colon = bytes_find(line, ':', 0);
        mail_content_take(emitter, &content, bytes_first(line, colon), bytes_skip(line, colon + 1));
        rest = bytes_skip(rest, line.len + 1);
    }
    play_string(content.type);
    play_string("|");
    play_text(bytes_of(content.boundary, content.boundary_length));
    play_string("|");
    play_text(bytes_of(content.name, content.name_length));
    play_string(content.name_from_disposition ? "!" : "");
    play_string(content.is_attachment ? " attachment" : content.is_inline ? " inline" : "");
    play_string(" ");
    play_number(content.encoding);
}

static void expect_content(const char *fields, const char *expected)
{
    assert_string_equal(play_run(read_content, bytes_text(fields)), expected);
}

static void content_fields(void **state)
{
    (void)state;
    expect_content("Subject: x", "|| 0");
    expect_content("Content-Type: Text/Plain; charset=utf-8", "text/plain|| 0");
    expect_content("Content-Type: multipart/mixed; boundary=\"=_a b:c\"", "multipart/mixed|=_a b:c| 0");
    expect_content("content-type: multipart / mixed; boundary=abc (x)", "multipart/mixed|abc| 0");
    expect_content("Content-Type: image/png; name=a.png\nContent-Disposition: INLINE; filename=\"b.png\"",
                   "image/png||b.png! inline 0");
    expect_content("Content-Disposition: attachment; filename=b.png\nContent-Type: image/png; name=a.png",
                   "image/png||b.png! attachment 0");
    expect_content("Content-Disposition: attachment\nContent-Type: image/png; name=a.png",
                   "image/png||a.png attachment 0");
    expect_content("Content-Disposition: strange", "|| attachment 0");
    expect_content("Content-Disposition: ; filename=a", "||a! 0");
    expect_content("Content-Transfer-Encoding: BASE64", "|| 1");
    expect_content("Content-Transfer-Encoding: quoted-printable (x)", "|| 2");
    expect_content("Content-Transfer-Encoding: x-uuencode", "|| 3");
    expect_content("Content-Transfer-Encoding: rot13", "|| 4");
    expect_content("Content-Transfer-Encoding: 8bit", "|| 0");
    expect_content("Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit", "|| 1");
    expect_content("Content-Type: text/html\nContent-Type: multipart/mixed; boundary=x", "text/html|| 0");
    expect_content("Content-Type: multipart/mixed; boundary*0=ab; boundary*1=cd", "multipart/mixed|abcd| 0");
    expect_content("Content-Type: multipart/mixed; boundary=\"\"", "multipart/mixed|| 0");
}

static void long_boundaries_are_none(void **state)
{
    (void)state;
    char value[256] = "Content-Type: multipart/mixed; boundary=";
    size_t length = strlen(value);
    memset(value + length, 'b', MAIL_BOUNDARY_BYTES + 1);
    expect_content(value, "multipart/mixed|| 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_parameters), cmocka_unit_test(as_senders_write_them),
        cmocka_unit_test(rfc_2231),         cmocka_unit_test(long_values_are_marked),
        cmocka_unit_test(content_fields),   cmocka_unit_test(long_boundaries_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
