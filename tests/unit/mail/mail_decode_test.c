/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Transfer encodings, cut anywhere, decoded and only counted.
 */
#include "mail/mail_stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

struct taken {
    size_t length;
    char text[4096];
};

static void take(void *context, struct bytes piece)
{
    struct taken *taken = context;
    assert_true(piece.len > 0);
    assert_true(taken->length + piece.len <= sizeof taken->text);
    memcpy(taken->text + taken->length, piece.at, piece.len);
    taken->length += piece.len;
}

static const size_t cuts[] = {1, 2, 3, 5, 7, 64, 77, 1 << 20};

static void expect_bytes(enum mail_encoding encoding, struct bytes text, struct bytes expected, bool odd)
{
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        struct mail_decoder decoder = {.encoding = encoding}, counter = {.encoding = encoding};
        struct taken taken = {0};
        const struct byte_sink sink = {&taken, take};
        uint64_t decoded = 0, counted = 0;
        for (struct bytes rest = text; rest.len > 0; rest = bytes_skip(rest, cuts[i])) {
            decoded += mail_decode(&decoder, bytes_first(rest, cuts[i]), &sink);
            counted += mail_decode(&counter, bytes_first(rest, cuts[i]), NULL);
        }
        decoded += mail_decode_end(&decoder, &sink);
        counted += mail_decode_end(&counter, NULL);
        assert_int_equal(taken.length, expected.len);
        assert_memory_equal(taken.text, expected.at, expected.len);
        assert_int_equal(decoded, expected.len);
        assert_int_equal(counted, expected.len);
        assert_int_equal(decoder.odd, odd);
        assert_int_equal(counter.odd, odd);
    }
}

static void expect(enum mail_encoding encoding, const char *text, const char *expected, bool odd)
{
    expect_bytes(encoding, bytes_text(text), bytes_text(expected), odd);
}

static void base64(void **state)
{
    (void)state;
    expect(MAIL_BASE64, "", "", false);
    expect(MAIL_BASE64, "Zm9v", "foo", false);
    expect(MAIL_BASE64, "Zm9vYg==", "foob", false);
    expect(MAIL_BASE64, "Zm9vYmE=\r\n", "fooba", false);
    expect(MAIL_BASE64, "Zm9vYmE", "fooba", false); /* the padding is missing */
    expect(MAIL_BASE64, "Zm9vY", "foo", false);     /* six bits too few */
    expect(MAIL_BASE64, "Z\r\nm\t9 v\n\n", "foo", false);
    expect(MAIL_BASE64, "Zm*9v!", "foo", true);
    expect(MAIL_BASE64, "Zm9vYg==\r\n-- \r\nlist", "foob", true); /* what a mailing list adds */
    expect(MAIL_BASE64, "Zm9vYg==\r\n=\r\n", "foob", false);
    expect(MAIL_BASE64, "--Z__m-9v_", "foo", true); /* not the URL-safe alphabet */
    /* longer than the blocks that are counted at a time */
    expect(MAIL_BASE64,
           "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0\r\n"
           "NTY3ODlBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWmFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6\r\nMDEyMzQ1Njc4OQ==\r\n",
           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
           false);
}

/* Every byte on its own, between others that make up a block: the fast count and the slow one agree with decoding. */
static void base64_of_every_byte(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 256; c++) {
        uint8_t text[256];
        memset(text, 'A', sizeof text);
        text[70] = (uint8_t)c;
        struct mail_decoder decoder = {.encoding = MAIL_BASE64}, counter = {.encoding = MAIL_BASE64};
        struct taken taken = {0};
        const struct byte_sink sink = {&taken, take};
        uint64_t decoded = mail_decode(&decoder, bytes_of(text, sizeof text), &sink);
        assert_int_equal(mail_decode(&counter, bytes_of(text, sizeof text), NULL), decoded);
        assert_int_equal(counter.odd, decoder.odd);
        assert_int_equal(counter.base64.held, decoder.base64.held);
        assert_int_equal(counter.base64.finished, decoder.base64.finished);
    }
}

static void quoted_printable(void **state)
{
    (void)state;
    expect(MAIL_QUOTED_PRINTABLE, "gr=C3=BC=c3=9Fe",
           "gr\xc3\xbc\xc3\x9f"
           "e",
           false);
    expect(MAIL_QUOTED_PRINTABLE, "one=\r\ntwo=\nthree= \t\r\nfour= \nfive", "onetwothreefourfive", false);
    expect(MAIL_QUOTED_PRINTABLE, "a \t b  \r\nc\t\nd ", "a \t b\r\nc\nd", false);
    expect(MAIL_QUOTED_PRINTABLE, "a=20\r\nb=09=\r\n", "a \r\nb\t", false);
    expect(MAIL_QUOTED_PRINTABLE, "the end=", "the end", false); /* a soft break whose line end was the delimiter's */
    expect(MAIL_QUOTED_PRINTABLE, "the end= \r", "the end", false);
    /* escapes that are none */
    expect(MAIL_QUOTED_PRINTABLE, "1=2=3D3 =ZZ =4", "1=2=3 =ZZ =4", true);
    expect(MAIL_QUOTED_PRINTABLE, "a==41=  b=\rc", "a=A=  b=\rc", true);
    expect(MAIL_QUOTED_PRINTABLE, "a=4\r\nb", "a=4\r\nb", true);
    expect(MAIL_QUOTED_PRINTABLE, "a \rb \r\rc", "a \rb \r\rc", false);
    expect_bytes(MAIL_QUOTED_PRINTABLE, bytes_of("a=00b\0c", 7), bytes_of("a\0b\0c", 5), false);
}

/* More white space than is held: the first of it stays. */
static void much_white_space(void **state)
{
    char text[2 * MAIL_HELD_BYTES + 17];
    (void)state;
    memset(text, ' ', sizeof text);
    text[sizeof text - 1] = '\n';
    expect_bytes(MAIL_QUOTED_PRINTABLE, bytes_of(text, sizeof text), bytes_of(text + 16, 2 * MAIL_HELD_BYTES + 1),
                 false);
    text[0] = '=';
    expect_bytes(MAIL_QUOTED_PRINTABLE, bytes_of(text, MAIL_HELD_BYTES), bytes_of("", 0), false);
}

static void uuencode(void **state)
{
    (void)state;
    expect(MAIL_UUENCODE, "text\r\nbegin 644 hello.txt\r\n&:&5L;&\\*\r\n`\r\nend\r\nmore\r\n", "hello\n", false);
    expect(MAIL_UUENCODE, "beginning\nbegin 644 x\n#0V%T\n#0V%T\n \nend\n", "CatCat", false);
    /* spaces at the end of a line got lost */
    expect_bytes(MAIL_UUENCODE, bytes_text("begin 644 x\n$0V%T\n\"\nend"), bytes_of("Cat\0\0\0", 6), false);
    expect_bytes(MAIL_UUENCODE, bytes_text("begin 644 x\n#0V"), bytes_of("C`\0", 3), false);
    expect(MAIL_UUENCODE, "begin 644 x\n#0V%T\n\x80\n#0V%T\n", "Cat", true);
    expect(MAIL_UUENCODE, "no beginning\n#0V%T\n", "", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64),           cmocka_unit_test(base64_of_every_byte),
        cmocka_unit_test(quoted_printable), cmocka_unit_test(much_white_space),
        cmocka_unit_test(uuencode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
