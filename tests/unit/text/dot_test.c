/* SPDX-License-Identifier: BSD-3-Clause */
#include "overhear/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

const struct dissector *const dissector_registry[] = {NULL};

static const struct {
    const char *sent;
    bool accepts_bare;
    const char *text; /* what comes out before the end */
    size_t end;       /* offset behind the period's line; 0: it never ends */
    bool ambiguous;
} rows[] = {
    {".\r\nQUIT\r\n", false, "", 3, false},
    {"a\r\n.\r\n", false, "a\r\n", 6, false},
    {"a\r\n..\r\n.b\r\n...\r\n.\r\nx", false, "a\r\n.\r\nb\r\n..\r\n", 19, false},
    {"a.\r\n.\r\n", false, "a.\r\n", 7, false},
    {"a\r\n.\rb\r\n.\r\n", false, "a\r\n\rb\r\n", 11, false},
    {"a\r\n.\r\r\n.\r\n", false, "a\r\n\r\r\n", 10, false},
    {"a\r.\r\n.\r\n", false, "a\r.\r\n", 8, true},
    {"a\r.\rb\r\n.\r\n", false, "a\r.\rb\r\n", 10, true},
    {"a\r.b\r\n.\r\n", false, "a\r.b\r\n", 9, false},
    {"\r\n.\r\n", false, "\r\n", 5, false},
    {"a\n.\nb\r\n.\r\n", false, "a\n.\nb\r\n", 10, true},
    {"a\n.\r\nb\r\n.\r\n", false, "a\n.\r\nb\r\n", 11, true},
    {"a\r\n.\nb\r\n.\r\n", false, "a\r\n\nb\r\n", 11, true},
    {"a\n.\r\n.\r\n", false, "a\n.\r\n", 8, true},
    {"a\n..b\r\n.\r\n", false, "a\n..b\r\n", 10, false},
    {"a\n.b\n.\nc", true, "a\nb\n", 7, false},
    {"a\r\n.\r\n", true, "a\r\n", 6, false},
    {"a\n.\r\nb", true, "a\n", 5, true},
    {"a\r\n.\nb", true, "a\r\n", 5, true},
    {".\n", true, "", 2, true},
    {"a\r\n. \r\n", false, "a\r\n \r\n", 0, false},
    {"a\r\n.", false, "a\r\n", 0, false},
    {"a\r\n.\r", false, "a\r\n", 0, false},
    {"a\r", false, "a", 0, false},
};

/* As the core does it: `step` bytes more whenever more are asked for. */
static void play(size_t row, size_t step)
{
    struct bytes sent = bytes_text(rows[row].sent);
    struct dot dot = {.accepts_bare = rows[row].accepts_bare};
    char out[100];
    size_t used = 0, have = 0, length = 0, end = 0;
    while (end == 0 && (used < have || have < sent.len)) {
        struct bytes pending = bytes_slice(sent, used, have - used);
        struct framing framing = {FRAMING_MORE, 0};
        if (pending.len > 0)
            framing = framing_dot(&dot, pending);
        if (framing.kind == FRAMING_MORE) {
            if (have == sent.len)
                break;
            have = have + step < sent.len ? have + step : sent.len;
            continue;
        }
        assert_true(framing.length > 0 && framing.length <= pending.len);
        used += framing.length;
        if (framing.kind == FRAMING_MESSAGE) {
            end = used;
            break;
        }
        assert_int_equal(framing.kind, FRAMING_PIECE);
        struct bytes piece = dot_unstuff(&dot, bytes_first(pending, framing.length));
        length += bytes_copy(out + length, sizeof out - length, piece);
    }
    assert_int_equal(end, rows[row].end);
    assert_int_equal(length, strlen(rows[row].text));
    if (length > 0)
        assert_memory_equal(out, rows[row].text, length);
    assert_int_equal(dot.ambiguous, rows[row].ambiguous);
}

static void however_cut(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++)
        for (size_t step = 1; step <= strlen(rows[row].sent); step++)
            play(row, step);
}

static void one_piece_for_many_lines(void **state)
{
    (void)state;
    struct dot dot = {0};
    struct bytes text = bytes_text("one\r\ntwo\r\nthree\r\n..four\r\n");
    struct framing framing = framing_dot(&dot, text);
    assert_int_equal(framing.kind, FRAMING_PIECE);
    assert_int_equal(framing.length, 17);
    (void)dot_unstuff(&dot, bytes_first(text, 17));
    framing = framing_dot(&dot, bytes_skip(text, 17));
    assert_int_equal(framing.length, 8);
    assert_true(bytes_is(dot_unstuff(&dot, bytes_skip(text, 17)), ".four\r\n"));
}

/* After a loss the text may go on in the middle of a line: its period is no line's beginning. */
static void in_the_middle_of_a_line(void **state)
{
    (void)state;
    struct dot dot = {.inside_line = true};
    struct bytes text = bytes_text(".\r\n.\r\n");
    struct framing framing = framing_dot(&dot, text);
    assert_int_equal(framing.kind, FRAMING_PIECE);
    assert_int_equal(framing.length, 3);
    assert_true(bytes_is(dot_unstuff(&dot, bytes_first(text, 3)), ".\r\n"));
    framing = framing_dot(&dot, bytes_skip(text, 3));
    assert_int_equal(framing.kind, FRAMING_MESSAGE);
    assert_int_equal(framing.length, 3);
}

/* The CR of the line end that is left of a line may be among what was lost: it is no bare one. */
static void a_lost_return(void **state)
{
    (void)state;
    for (int bare = 0; bare < 2; bare++) {
        struct dot dot = {.accepts_bare = bare};
        (void)dot_unstuff(&dot, bytes_text("text"));
        dot_lose(&dot);
        assert_int_equal(dot_unstuff(&dot, bytes_text("\n")).len, 1);
        const struct framing framing = framing_dot(&dot, bytes_text(bare ? ".\n" : ".\r\n"));
        assert_int_equal(framing.kind, FRAMING_MESSAGE);
        assert_false(dot.ambiguous);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(however_cut),
        cmocka_unit_test(one_piece_for_many_lines),
        cmocka_unit_test(in_the_middle_of_a_line),
        cmocka_unit_test(a_lost_return),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
