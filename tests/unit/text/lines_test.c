/* SPDX-License-Identifier: BSD-3-Clause */
#include "overhear/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

const struct dissector *const dissector_registry[] = {NULL};

static void assert_bytes(struct bytes got, const char *wanted)
{
    assert_int_equal(got.len, strlen(wanted));
    if (got.len > 0)
        assert_memory_equal(got.at, wanted, got.len);
}

static void line_ends(void **state)
{
    static const struct {
        const char *line, *wanted;
        bool bare;
    } rows[] = {
        {"a\r\n", "a", false},     {"a\n", "a", true},  {"\r\n", "", false},
        {"\n", "", true},          {"", "", false},     {"a", "a", false},
        {"a\r\r\n", "a\r", false}, {"a\r", "a", false}, {" a \r\n", " a ", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool bare = false;
        assert_bytes(text_line(bytes_text(rows[i].line), &bare), rows[i].wanted);
        assert_int_equal(bare, rows[i].bare);
        assert_bytes(text_line(bytes_text(rows[i].line), NULL), rows[i].wanted);
    }
    bool bare = true;
    (void)text_line(bytes_text("a\r\n"), &bare);
    assert_true(bare); /* never cleared */
}

static void hidden_ends(void **state)
{
    (void)state;
    assert_int_equal(text_hidden_end(bytes_text("a b\r")), 4);
    assert_int_equal(text_hidden_end(bytes_text("a\rb")), 1);
    assert_int_equal(text_hidden_end(bytes_text("a\r\nb\r\r\n")), 4);
    assert_int_equal(text_hidden_end(bytes_of("a\0\r", 3)), 1);
    assert_int_equal(text_hidden_end(bytes_text("a\r\n\r\n")), 5);
    assert_int_equal(text_hidden_end(bytes_text("")), 0);
}

static void lines_one_by_one(void **state)
{
    (void)state;
    struct bytes rest = bytes_text("one\r\n\r\nthree\nfour"), line;
    assert_true(text_line_next(&rest, &line));
    assert_bytes(line, "one");
    assert_true(text_line_next(&rest, &line));
    assert_bytes(line, "");
    assert_true(text_line_next(&rest, &line));
    assert_bytes(line, "three");
    assert_true(text_line_next(&rest, &line));
    assert_bytes(line, "four");
    assert_false(text_line_next(&rest, &line));
    rest = bytes_text("a\r\n");
    assert_true(text_line_next(&rest, &line));
    assert_false(text_line_next(&rest, &line)); /* no empty line behind the last end */
}

static void words(void **state)
{
    (void)state;
    struct bytes rest = bytes_text("  MAIL \t FROM:<a b>  "), word;
    assert_true(text_word_next(&rest, &word));
    assert_bytes(word, "MAIL");
    assert_bytes(rest, "\t FROM:<a b>  "); /* one space behind it is taken */
    assert_true(text_word_next(&rest, &word));
    assert_bytes(word, "FROM:<a");
    assert_true(text_word_next(&rest, &word));
    assert_bytes(word, "b>");
    assert_false(text_word_next(&rest, &word));
    assert_int_equal(rest.len, 0);
    rest = (struct bytes){0};
    assert_false(text_word_next(&rest, &word));
}

static void numbers(void **state)
{
    (void)state;
    uint64_t number = 7;
    assert_true(text_number(bytes_text("0"), &number));
    assert_int_equal(number, 0);
    assert_true(text_number(bytes_text("000042"), &number));
    assert_int_equal(number, 42);
    assert_true(text_number(bytes_text("999999999999999999"), &number));
    assert_int_equal(number, 999999999999999999);
    static const char *const wrong[] = {"", "1000000000000000000", "-1", "+1", " 1", "1 ", "1a", "0x1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        number = 7;
        assert_false(text_number(bytes_text(wrong[i]), &number));
        assert_int_equal(number, 7);
    }
}

static void find_words(void **state)
{
    static const char *const list[] = {"STAT", "LIST", "RETR", NULL};
    (void)state;
    assert_int_equal(text_find_word(list, bytes_text("STAT")), 0);
    assert_int_equal(text_find_word(list, bytes_text("rEtR")), 2);
    assert_int_equal(text_find_word(list, bytes_text("LIS")), -1);
    assert_int_equal(text_find_word(list, bytes_text("LISTS")), -1);
    assert_int_equal(text_find_word(list, bytes_text("")), -1);
}

static void hellos_of_tls(void **state)
{
    static const uint8_t hello[] = {0x16, 3, 1, 2, 0, 1, 0, 1}, answer[] = {0x16, 3, 3, 0, 90, 2, 0, 0};
    (void)state;
    for (size_t length = 0; length <= sizeof hello; length++) {
        assert_int_equal(text_tls_begins(bytes_of(hello, length)), length < 7 ? TEXT_TLS_MORE : TEXT_TLS);
        assert_int_equal(text_tls_begins(bytes_of(answer, length)), length < 7 ? TEXT_TLS_MORE : TEXT_TLS);
    }
    assert_int_equal(text_tls_begins(bytes_text("\x16\x03 x")), TEXT_NO_TLS);
    assert_int_equal(text_tls_begins(bytes_text("250 ok")), TEXT_NO_TLS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_ends),     cmocka_unit_test(hidden_ends), cmocka_unit_test(lines_one_by_one),
        cmocka_unit_test(words),         cmocka_unit_test(numbers),     cmocka_unit_test(find_words),
        cmocka_unit_test(hellos_of_tls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
