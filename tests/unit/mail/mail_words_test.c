/* SPDX-License-Identifier: BSD-3-Clause */
#include "mail_header_play.h"

#include "mail/mail_words.h"

static void read_words(struct play *unused, struct emitter *emitter, const struct message *message)
{
    (void)unused;
    struct mail_words words;
    struct bytes piece;
    mail_words_begin(&words, emitter, message->bytes);
    while (mail_words_next(&words, &piece)) {
        assert_true(piece.len > 0);
        play_text(piece);
    }
}

static void expect(const char *value, const char *expected)
{
    assert_string_equal(play_run(read_words, bytes_text(value)), expected);
}

static void plain_text_stays(void **state)
{
    (void)state;
    expect("Hello, world", "Hello, world");
    expect(" Hello  world \r\n", "Hello  world");
    expect("one\r\n two\n three", "one two three");
    expect("one\r\n\ttwo", "one two");
    expect("one \r\n  two", "one   two");
    expect("a\tb", "a\tb");
    expect("a\rb", "a\rb");
    expect("", "");
    expect("  \r\n ", "");
    expect("Gr\xc3\xbc\xc3\x9f"
           "e \xff",
           "Gr\xc3\xbc\xc3\x9f"
           "e \xff");
}

static void words_are_decoded(void **state)
{
    (void)state;
    expect("=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße");
    expect("=?UTF-8?b?R3LDvMOfZQ==?=", "Grüße");
    expect("=?utf-8?B?R3LDvMOfZQ?=", "Grüße");
    expect("=?iso-8859-1?q?Gr=FC=DFe_aus_K=f6ln?=", "Grüße aus Köln");
    expect("=?iso-8859-1*de?Q?Gr=FC=DFe?=", "Grüße");
    expect("=?koi8-r?B?8NLJ18XU?=", "Привет");
    expect("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本");
    expect("=?gb2312?B?xOO6ww==?=", "你好");
    expect("=?windows-1252?Q?=80_20?=", "€ 20");
    expect("=?us-ascii?Q?a=3D?=", "a=");
    expect("=?x-unknown?Q?=C3=BC?=", "ü");
    expect("=?utf-8?Q?\?=", "");
    expect("a =?utf-8?Q?\?= b", "a  b");
}

static void space_between_words_goes(void **state)
{
    (void)state;
    expect("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab");
    expect("=?utf-8?Q?a?=\r\n =?utf-8?Q?b?=", "ab");
    expect("=?utf-8?Q?a?=\r\n\t =?iso-8859-1?Q?=E9?= =?utf-8?Q?c?=", "aéc");
    expect("=?utf-8?Q?a_?= =?utf-8?Q?b?=", "a b");
    expect("=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c");
    expect("Re: =?utf-8?Q?a?=\r\n b", "Re: a b");
    expect("=?utf-8?Q?a?==?utf-8?Q?b?=", "ab");
    expect("x=?utf-8?Q?a?=y", "xay");
    expect("=?utf-8?Q?a?= =?utf-8?Q? b?= ", "a b");
}

/* Senders count bytes, not characters. */
static void cut_characters_are_joined(void **state)
{
    (void)state;
    expect("=?utf-8?B?4oI=?= =?utf-8?B?rA==?=", "€");
    expect("=?UTF-8?Q?=E2=82?=\r\n =?utf-8?Q?=AC?=", "€");
    expect("=?utf-8?Q?=E2=82?= =?utf-8?B?rA==?=", "€");
    expect("=?gb2312?Q?=C4?= =?gb2312?Q?=E3=BA=C3?=", "你好");
    expect("=?big5?Q?=A4?= =?big5?Q?=A4?=", "中");
    /* Different character sets have nothing to do with each other. */
    expect("=?iso-8859-1?Q?=E9?= =?iso-8859-7?Q?=E9?=", "éι");
}

static void what_is_no_word_stays(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "=?utf-8?Q?open", "=?utf-8?X?a?=", "=?utf-8?Q",    "=?utf-8",   "=?",    "=",        "a=?b",
        "=?utf 8?Q?a?=",  "?\?=",          "=?utf-8?Qa?=", "1 =? 2 ?=", "=?a?b", "=?a?q?b?", "=?a?q",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect(texts[i], texts[i]);
    expect("=?utf-8?Q?a\r\n b?=", "=?utf-8?Q?a b?=");
    expect("=?utf-8?Q?a\n =?utf-8?Q?b?=", "=?utf-8?Q?a b");
    expect("=?=?utf-8?Q?a?=", "=?a");
}

static void q_is_read_leniently(void **state)
{
    (void)state;
    expect("=?utf-8?Q?a b?=", "a b");
    expect("=?utf-8?Q?=4?=", "=4");
    expect("=?utf-8?Q?=ZZ=?=", "=ZZ=");
    expect("=?utf-8?Q?what?\?=", "what?");
    expect("=?utf-8?Q?=41?=", "A");
    expect("=?utf-8?Q?=e2=82=ac?=", "€");
}

static void long_words_come_in_pieces(void **state)
{
    (void)state;
    enum { LETTERS = 3000 };
    static char value[2 * LETTERS + 64], expected[2 * LETTERS + 1];
    strcpy(value, "=?utf-8?Q?");
    for (size_t i = 0; i < LETTERS; i++) {
        strcat(value, i % 2 ? "a" : "b");
        strcat(expected, i % 2 ? "a" : "b");
    }
    strcat(value, "?=");
    expect(value, expected);
    strcpy(value, "=?utf-8?B?");
    expected[0] = '\0';
    for (size_t i = 0; i < LETTERS / 4; i++) {
        strcat(value, "w7xh"); /* three bytes: a piece may end inside a character, the whole does not */
        strcat(expected, "üa");
    }
    strcat(value, "?=");
    expect(value, expected);
}

static void read_cut(struct play *unused, struct emitter *emitter, const struct message *message)
{
    (void)unused;
    uint8_t buffer[5];
    struct mail_text text = mail_text_in(buffer, sizeof buffer);
    mail_words_add(emitter, message->bytes, &text);
    play_text(mail_text_bytes(&text));
    play_string(text.cut ? "|" : "");
}

/* A buffer never ends in the middle of a character. */
static void buffers_end_at_characters(void **state)
{
    (void)state;
    assert_string_equal(play_run(read_cut, bytes_text("abcde")), "abcde");
    assert_string_equal(play_run(read_cut, bytes_text("abcdef")), "abcde|");
    assert_string_equal(play_run(read_cut, bytes_text("abc€")), "abc|");
    assert_string_equal(play_run(read_cut, bytes_text("ab€")), "ab€");
    assert_string_equal(play_run(read_cut, bytes_text("ab€x")), "ab€|");
    assert_string_equal(play_run(read_cut, bytes_text("abcdü")), "abcd|");
    assert_string_equal(play_run(read_cut, bytes_text("a😀b")), "a😀|");
}

/* No end of a word is looked for twice: 16 KiB of beginnings are done at once. */
static void many_beginnings_are_linear(void **state)
{
    (void)state;
    enum { BYTES = 16 * 1024 };
    static char value[BYTES + 8];
    for (size_t i = 0; i + 6 < BYTES; i += 7)
        memcpy(value + i, "x=?a?q?", 7);
    struct mail_word word;
    size_t barren = SIZE_MAX, looked = 0;
    struct bytes text = bytes_text(value);
    for (size_t i = 0; i < text.len; i++) {
        size_t before = barren;
        assert_false(mail_word_at(text, i, &barren, &word));
        looked += before != barren;
    }
    assert_int_equal(looked, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_stays),           cmocka_unit_test(words_are_decoded),
        cmocka_unit_test(space_between_words_goes),   cmocka_unit_test(cut_characters_are_joined),
        cmocka_unit_test(what_is_no_word_stays),      cmocka_unit_test(q_is_read_leniently),
        cmocka_unit_test(long_words_come_in_pieces),  cmocka_unit_test(buffers_end_at_characters),
        cmocka_unit_test(many_beginnings_are_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
