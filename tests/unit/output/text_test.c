/* SPDX-License-Identifier: BSD-3-Clause */
#include "output/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct text_buffer buffer;

static const char *json(const char *wire, size_t length, size_t limit)
{
    buffer.length = 0;
    bool whole = text_add_json(&buffer, bytes_of(wire, length), limit);
    text_add(&buffer, whole ? "" : "<cut>", whole ? 0 : 5);
    text_add(&buffer, "", 1);
    return buffer.at;
}

static const char *terminal(const char *wire, size_t length)
{
    buffer.length = 0;
    text_add_terminal(&buffer, bytes_of(wire, length), SIZE_MAX);
    text_add(&buffer, "", 1);
    return buffer.at;
}

#define JSON(wire) json(wire, sizeof wire - 1, SIZE_MAX)
#define TERMINAL(wire) terminal(wire, sizeof wire - 1)

static void test_json_plain(void **state)
{
    (void)state;
    assert_string_equal(JSON(""), "");
    assert_string_equal(JSON("www.example.org"), "www.example.org");
    assert_string_equal(JSON("say \"hi\" \\ there/"), "say \\\"hi\\\" \\\\ there/");
    assert_string_equal(JSON("a\nb\tc"), "a\\nb\\tc");
    assert_string_equal(JSON("Grüße, 日本 😀"), "Grüße, 日本 😀");
}

static void test_json_control_characters(void **state)
{
    (void)state;
    assert_string_equal(JSON("a\0b"), "a\\\\x00b");
    assert_string_equal(JSON("\x1b[31m\r\x7f"), "\\\\x1b[31m\\\\x0d\\\\x7f");
    assert_string_equal(JSON("\xc2\x80\xc2\x9f\xc2\xa0"), "\\\\xc2\\\\x80\\\\xc2\\\\x9f\xc2\xa0");
}

static void test_json_invalid_utf8(void **state)
{
    (void)state;
    assert_string_equal(JSON("\x80"), "\\\\x80");
    assert_string_equal(JSON("\xc0\xaf"), "\\\\xc0\\\\xaf"); /* overlong slash */
    assert_string_equal(JSON("\xc1\xbf"), "\\\\xc1\\\\xbf");
    assert_string_equal(JSON("\xe0\x9f\xbf"), "\\\\xe0\\\\x9f\\\\xbf");            /* overlong U+07FF */
    assert_string_equal(JSON("\xe0\xa0\x80"), "\xe0\xa0\x80");                     /* U+0800 */
    assert_string_equal(JSON("\xf0\x8f\xbf\xbf"), "\\\\xf0\\\\x8f\\\\xbf\\\\xbf"); /* overlong U+FFFF */
    assert_string_equal(JSON("\xed\xa0\x80"), "\\\\xed\\\\xa0\\\\x80");            /* a surrogate */
    assert_string_equal(JSON("\xed\x9f\xbf"), "\xed\x9f\xbf");                     /* just below them */
    assert_string_equal(JSON("\xf4\x8f\xbf\xbf"), "\xf4\x8f\xbf\xbf");             /* U+10FFFF */
    assert_string_equal(JSON("\xf4\x90\x80\x80"), "\\\\xf4\\\\x90\\\\x80\\\\x80"); /* beyond it */
    assert_string_equal(JSON("\xf5\x80\x80\x80"), "\\\\xf5\\\\x80\\\\x80\\\\x80");
    assert_string_equal(JSON("\xe2\x82"), "\\\\xe2\\\\x82"); /* breaks off */
    assert_string_equal(JSON("\xe2\x82x\xac"), "\\\\xe2\\\\x82x\\\\xac");
    assert_string_equal(JSON("\xff\xfe"), "\\\\xff\\\\xfe");
}

static void test_json_what_reads_as_an_escape(void **state)
{
    (void)state;
    assert_string_equal(JSON("\\x41"), "\\\\x5cx41");
    assert_string_equal(JSON("\\xaF"), "\\\\x5cxaF");
    assert_string_equal(JSON("\\x4g"), "\\\\x4g");
    assert_string_equal(JSON("\\X41"), "\\\\X41");
    assert_string_equal(JSON("\\x4"), "\\\\x4");
    assert_string_equal(JSON("\\\\x41"), "\\\\\\\\x5cx41");
    assert_string_equal(TERMINAL("\\x41 \\n"), "\\x5cx41 \\n");
}

static void test_json_bidirectional_controls(void **state)
{
    (void)state;
    assert_string_equal(JSON("\xd8\x9c"), "\\u061c");
    assert_string_equal(JSON("\xe2\x80\x8d\xe2\x80\x8e\xe2\x80\x8f"), "\xe2\x80\x8d\\u200e\\u200f");
    assert_string_equal(JSON("a\xe2\x80\xaa\xe2\x80\xae\xe2\x80\xaf"), "a\\u202a\\u202e\xe2\x80\xaf");
    assert_string_equal(JSON("\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaa"), "\\u2066\\u2069\xe2\x81\xaa");
}

static void test_json_cut_at_a_character(void **state)
{
    (void)state;
    assert_string_equal(json("abcdef", 6, 6), "abcdef");
    assert_string_equal(json("abcdef", 6, 5), "abcde<cut>");
    assert_string_equal(json("abü", 4, 3), "ab<cut>");
    assert_string_equal(json("€uro", 6, 2), "<cut>");
    assert_string_equal(json("€uro", 6, 3), "€<cut>");
    assert_string_equal(json("x\xf0\x9f\x98\x80y", 6, 4), "x<cut>");
    /* bytes that are no character stand for themselves */
    assert_string_equal(json("\x80\x80\x80\x80", 4, 2), "\\\\x80\\\\x80<cut>");
    assert_string_equal(json("abcdef", 6, 0), "<cut>");
}

static void test_terminal(void **state)
{
    (void)state;
    assert_string_equal(TERMINAL("plain \"text\" \\ ü"), "plain \"text\" \\ ü");
    assert_string_equal(TERMINAL("\x1b]0;title\x07"), "\\x1b]0;title\\x07");
    assert_string_equal(TERMINAL("a\nb\tc\rd\b"), "a\\x0ab\\x09c\\x0dd\\x08");
    assert_string_equal(TERMINAL("\xc2\x9b"
                                 "31m"),
                        "\\xc2\\x9b31m"); /* the one-character CSI */
    assert_string_equal(TERMINAL("\xe2\x80\xae"), "\\xe2\\x80\\xae");
}

/* Every byte at every place of the fast path's word. */
static void test_fast_path_finds_every_special_byte(void **state)
{
    (void)state;
    for (int special = 0; special < 256; special++) {
        for (size_t place = 0; place < 19; place++) {
            char wire[19];
            memset(wire, 'a', sizeof wire);
            wire[place] = (char)special;
            const char *text = json(wire, sizeof wire, SIZE_MAX);
            bool plain = special >= 0x20 && special < 0x7f && special != '"' && special != '\\';
            bool pair = special == '"' || special == '\\' || special == '\n' || special == '\t';
            assert_int_equal(strlen(text), plain ? 19 : pair ? 20 : 23);
            assert_int_equal(strspn(text, "a"), plain && special != 'a' ? place : special == 'a' ? 19 : place);
        }
    }
}

/* The way back from JSON's inside to the wire, written independently of the way there. */
static size_t undo(const char *text, uint8_t *wire)
{
    size_t length = 0;
    for (const char *at = text; *at;) {
        unsigned number;
        if (at[0] == '\\' && at[1] == '\\' && at[2] == 'x' && sscanf(at + 3, "%2x", &number) == 1 &&
            strspn(at + 3, "0123456789abcdefABCDEF") >= 2) {
            wire[length++] = (uint8_t)number;
            at += 5;
        } else if (at[0] == '\\' && at[1] == 'u') {
            assert_int_equal(sscanf(at + 2, "%4x", &number), 1);
            if (number >= 0x800)
                wire[length++] = (uint8_t)(0xe0 | number >> 12);
            wire[length++] = (uint8_t)(number >= 0x800 ? 0x80 | (number >> 6 & 0x3f) : 0xc0 | number >> 6);
            wire[length++] = (uint8_t)(0x80 | (number & 0x3f));
            at += 6;
        } else if (at[0] == '\\') {
            wire[length++] = (uint8_t)(at[1] == 'n' ? '\n' : at[1] == 't' ? '\t' : at[1]);
            at += 2;
        } else {
            wire[length++] = (uint8_t)*at++;
        }
    }
    return length;
}

static void test_json_can_be_undone(void **state)
{
    (void)state;
    static const char pieces[] =
        "\\\\\\xxx0a4fF\"\n\t\x1b\x7f\x80\xbf\xc2\x85\xe2\x80\xae\xe2\x82\xac\xf0\x9f\x98\x80 abcdefgh";
    srand(7);
    for (int round = 0; round < 20000; round++) {
        char wire[48];
        uint8_t back[sizeof wire];
        size_t length = (size_t)rand() % sizeof wire;
        for (size_t i = 0; i < length; i++)
            wire[i] = pieces[(size_t)rand() % (sizeof pieces - 1)];
        const char *text = json(wire, length, SIZE_MAX);
        assert_int_equal(undo(text, back), length);
        assert_memory_equal(back, wire, length);
    }
}

static const char *time_text(int64_t time_ns, unsigned digits)
{
    buffer.length = 0;
    text_add_time(&buffer, time_ns, digits);
    text_add(&buffer, "", 1);
    return buffer.at;
}

static void test_time(void **state)
{
    (void)state;
    assert_string_equal(time_text(0, 6), "1970-01-01T00:00:00.000000Z");
    assert_string_equal(time_text(1795356125123456789, 9), "2026-11-22T14:02:05.123456789Z");
    assert_string_equal(time_text(1795356125123456789, 6), "2026-11-22T14:02:05.123456Z");
    assert_string_equal(time_text(951782400000000000, 6), "2000-02-29T00:00:00.000000Z");
    assert_string_equal(time_text(951868800000000000 - 1, 9), "2000-02-29T23:59:59.999999999Z");
    assert_string_equal(time_text(4107542400000000000, 6), "2100-03-01T00:00:00.000000Z");
    assert_string_equal(time_text(-1, 9), "1969-12-31T23:59:59.999999999Z");
    assert_string_equal(time_text(INT64_MIN, 9), "1677-09-21T00:12:43.145224192Z");
    assert_string_equal(time_text(INT64_MAX, 9), "2262-04-11T23:47:16.854775807Z");
}

static void test_numbers(void **state)
{
    (void)state;
    buffer.length = 0;
    text_add_unsigned(&buffer, 0);
    text_add(&buffer, " ", 1);
    text_add_unsigned(&buffer, UINT64_MAX);
    text_add(&buffer, " ", 1);
    text_add_signed(&buffer, INT64_MIN);
    text_add(&buffer, " ", 1);
    text_add_signed(&buffer, -7);
    text_add(&buffer, "", 1);
    assert_string_equal(buffer.at, "0 18446744073709551615 -9223372036854775808 -7");
}

static size_t width(const char *text)
{
    return text_width(text, strlen(text));
}

static void test_width(void **state)
{
    (void)state;
    assert_int_equal(width(""), 0);
    assert_int_equal(width("abc"), 3);
    assert_int_equal(width("Grüße"), 5);
    assert_int_equal(width("e\xcc\x81"), 1); /* a combining accent */
    assert_int_equal(width("日本語"), 6);
    assert_int_equal(width("한글"), 4);
    assert_int_equal(width("ｆ"), 2); /* fullwidth */
    assert_int_equal(width("😀"), 2);
    assert_int_equal(width("▸ ◂ → │ …"), 9);
    assert_int_equal(width("\xe2\x80\x8b"), 0);     /* zero width space */
    assert_int_equal(width("\xf3\xa0\x84\x80"), 0); /* a variation selector */
    assert_int_equal(width("\xff"), 1);
}

static int clean_up(void **state)
{
    (void)state;
    text_buffer_done(&buffer);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_plain),
        cmocka_unit_test(test_json_control_characters),
        cmocka_unit_test(test_json_invalid_utf8),
        cmocka_unit_test(test_json_what_reads_as_an_escape),
        cmocka_unit_test(test_json_bidirectional_controls),
        cmocka_unit_test(test_json_cut_at_a_character),
        cmocka_unit_test(test_terminal),
        cmocka_unit_test(test_fast_path_finds_every_special_byte),
        cmocka_unit_test(test_json_can_be_undone),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_width),
    };
    return cmocka_run_group_tests(tests, NULL, clean_up);
}
