/* SPDX-License-Identifier: BSD-3-Clause */
#include "overhear/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const uint8_t octets[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static void reads_in_network_order(void **state)
{
    (void)state;
    struct reader r = reader_of(bytes_of(octets, sizeof octets));
    assert_int_equal(reader_u8(&r), 0x01);
    assert_int_equal(reader_u16(&r), 0x0203);
    assert_int_equal(reader_u24(&r), 0x040506);
    assert_int_equal(reader_u32(&r), 0x0708090a);
    assert_int_equal(reader_offset(&r), 10);
    assert_int_equal(reader_u48(&r), 0x0b0c0d0e0f10);
    assert_int_equal(reader_left(&r), 0);
    assert_true(reader_ok(&r));
    r = reader_of(bytes_of(octets, sizeof octets));
    assert_int_equal(reader_u64(&r), 0x0102030405060708);
    assert_int_equal(reader_u16le(&r), 0x0a09);
    assert_int_equal(reader_u32le(&r), 0x0e0d0c0b);
}

/* Each kind of read, with one byte too few: zero, at the end, and failed for good. */
static void fails_for_good(void **state)
{
    (void)state;
    for (size_t have = 0; have < 8; have++) {
        struct reader r = reader_of(bytes_of(octets, have));
        assert_int_equal(reader_u64(&r), 0);
        assert_false(reader_ok(&r));
        assert_int_equal(reader_left(&r), 0);
        assert_int_equal(reader_u8(&r), 0);
        assert_int_equal(reader_take(&r, 0).len, 0);
        assert_false(reader_ok(&r));
    }
    struct reader r = reader_of(bytes_of(octets, 2));
    assert_int_equal(reader_u24(&r), 0);
    assert_false(reader_ok(&r));
    r = reader_of(bytes_of(octets, 5));
    assert_int_equal(reader_u48(&r), 0);
    assert_false(reader_ok(&r));
    r = reader_of(bytes_of(octets, 3));
    reader_skip(&r, 4);
    assert_false(reader_ok(&r));
}

static void a_child_cannot_leave_its_parent(void **state)
{
    (void)state;
    struct reader r = reader_of(bytes_of(octets, 6));
    struct reader child = reader_sub(&r, 4);
    assert_int_equal(reader_left(&child), 4);
    assert_int_equal(reader_left(&r), 2);
    reader_skip(&child, 5);
    assert_false(reader_ok(&child));
    assert_true(reader_ok(&r));
    child = reader_sub(&r, 3);
    assert_false(reader_ok(&child));
    assert_false(reader_ok(&r));
    assert_int_equal(reader_left(&child), 0);
}

static void nothing_is_fine(void **state)
{
    (void)state;
    struct bytes nothing = {NULL, 0};
    struct reader r = reader_of(nothing);
    assert_int_equal(reader_rest(&r).len, 0);
    assert_true(reader_ok(&r));
    assert_int_equal(bytes_at(nothing, 0), 0);
    assert_int_equal(bytes_find(nothing, 'x', 0), 0);
    assert_int_equal(bytes_skip(nothing, 3).len, 0);
    assert_int_equal(bytes_copy(NULL, 0, nothing), 0);
    assert_true(bytes_equal(nothing, bytes_text("")));
    assert_int_equal(bytes_text(NULL).len, 0);
}

static void slices_are_clipped(void **state)
{
    (void)state;
    struct bytes b = bytes_text("hello world");
    assert_true(bytes_is(bytes_first(b, 5), "hello"));
    assert_true(bytes_is(bytes_first(b, 50), "hello world"));
    assert_true(bytes_is(bytes_skip(b, 6), "world"));
    assert_int_equal(bytes_skip(b, 60).len, 0);
    assert_true(bytes_is(bytes_slice(b, 4, 3), "o w"));
    assert_true(bytes_is(bytes_slice(b, 9, 30), "ld"));
    assert_int_equal(bytes_slice(b, 30, 1).len, 0);
    assert_int_equal(bytes_at(b, 10), 'd');
    assert_int_equal(bytes_at(b, 11), 0);
    assert_int_equal(bytes_find(b, 'o', 0), 4);
    assert_int_equal(bytes_find(b, 'o', 5), 7);
    assert_int_equal(bytes_find(b, 'x', 0), 11);
    assert_int_equal(bytes_find(b, 'h', 99), 11);
    assert_int_equal(bytes_offset(b, bytes_skip(b, 6)), 6);
}

static void compares_without_a_locale(void **state)
{
    (void)state;
    assert_true(bytes_is_nocase(bytes_text("CoNTENT-Length"), "content-length"));
    assert_false(bytes_is(bytes_text("Host"), "host"));
    assert_false(bytes_is_nocase(bytes_text("hos"), "host"));
    assert_true(bytes_begin(bytes_text("HTTP/1.1"), "HTTP/"));
    assert_false(bytes_begin(bytes_text("HTT"), "HTTP/"));
    assert_true(bytes_begin_nocase(bytes_text("basic abc"), "Basic "));
    assert_int_equal(byte_lower('['), '[');
    assert_int_equal(byte_upper('{'), '{');
    assert_int_equal(byte_lower(0xc4), 0xc4);
    assert_true(bytes_is(bytes_trim(bytes_text(" \t a b \t")), "a b"));
    assert_int_equal(bytes_trim(bytes_text(" \t ")).len, 0);
}

static void copies_into_the_room_there_is(void **state)
{
    (void)state;
    char room[4] = "....";
    assert_int_equal(bytes_copy(room, 3, bytes_text("abcdef")), 3);
    assert_memory_equal(room, "abc.", 4);
    assert_int_equal(bytes_copy(room, 4, bytes_text("x")), 1);
    assert_memory_equal(room, "xbc.", 4);
}

static void reads_at_an_offset(void **state)
{
    (void)state;
    static const uint8_t numbers[] = {1, 2, 3, 4, 5, 0x86};
    struct bytes b = bytes_of(numbers, sizeof numbers);
    assert_int_equal(bytes_u16(b, 0), 0x0102);
    assert_int_equal(bytes_u16(b, 4), 0x0586);
    assert_int_equal(bytes_u16(b, 5), 0);
    assert_int_equal(bytes_u16(b, SIZE_MAX), 0);
    assert_int_equal(bytes_u16(bytes_first(b, 1), 0), 0);
    assert_int_equal(bytes_u32(b, 0), 0x01020304);
    assert_int_equal(bytes_u32(b, 2), 0x03040586);
    assert_int_equal(bytes_u32(b, 3), 0);
    assert_int_equal(bytes_u32(b, SIZE_MAX - 1), 0);
    assert_int_equal(bytes_u32(bytes_first(b, 3), 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_in_network_order),
        cmocka_unit_test(fails_for_good),
        cmocka_unit_test(a_child_cannot_leave_its_parent),
        cmocka_unit_test(nothing_is_fine),
        cmocka_unit_test(slices_are_clipped),
        cmocka_unit_test(compares_without_a_locale),
        cmocka_unit_test(copies_into_the_room_there_is),
        cmocka_unit_test(reads_at_an_offset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
