/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The sum of RFC 1071, of every length and at every alignment, as its plainest form gives it.
 */
#include "build.h"

#include "decode/checksum.h"

static void assert_sums(struct bytes piece)
{
    enum { PART = 60000 }; /* which plain_sum can add up without a carry */
    unsigned plain = 0;
    for (size_t at = 0; at < piece.len; at += PART) {
        struct bytes part = bytes_slice(piece, at, PART);
        plain = plain_sum(plain, part.at, part.len);
    }
    uint16_t word = checksum_fold(checksum_add(0, piece));
    assert_int_equal(bytes_u16(bytes_of(&word, sizeof word), 0), plain);
}

static void fill(uint8_t *bytes, size_t size)
{
    uint32_t random = 1;
    for (size_t i = 0; i < size; i++) {
        random = random * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(random >> 24);
    }
}

static void test_lengths(void **state)
{
    (void)state;
    static uint8_t bytes[3000];
    fill(bytes, sizeof bytes);
    for (size_t length = 0; length <= sizeof bytes - 40; length++)
        assert_sums(bytes_of(bytes + length % 40, length));
}

/* More than the widest registers hold without a carry; all ones and all zeros are the corners. */
static void test_long_ones(void **state)
{
    (void)state;
    enum { SIZE = 1500001 };
    static const int fillings[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    uint8_t *bytes = malloc(SIZE);
    assert_non_null(bytes);
    for (size_t i = 0; i < sizeof fillings / sizeof fillings[0]; i++) {
        memset(bytes, fillings[i], SIZE);
        assert_sums(bytes_of(bytes, SIZE));
        assert_sums(bytes_of(bytes + 1, 524288 + 127));
        assert_sums(bytes_of(bytes, 300));
    }
    fill(bytes, SIZE);
    assert_sums(bytes_of(bytes, SIZE));
    free(bytes);
}

static void test_parts(void **state)
{
    (void)state;
    static uint8_t bytes[2000];
    fill(bytes, sizeof bytes);
    struct bytes all = bytes_of(bytes, sizeof bytes);
    uint16_t whole = checksum_fold(checksum_add(0, all));
    for (size_t at = 0; at <= sizeof bytes; at += 2) {
        uint64_t sum = checksum_add(checksum_add(0, bytes_first(all, at)), bytes_skip(all, at));
        assert_int_equal(checksum_fold(sum), whole);
    }
    assert_int_equal(checksum_fold(checksum_add_8(0, bytes_first(all, 8))),
                     checksum_fold(checksum_add(0, bytes_first(all, 8))));
    assert_int_equal(checksum_fold(checksum_add_4(0, bytes_first(all, 4))),
                     checksum_fold(checksum_add(0, bytes_first(all, 4))));
}

/* The header of RFC 1071's kind that everybody quotes: 4500 0073 … with the checksum b861. */
static void test_known(void **state)
{
    (void)state;
    static struct build b;
    put_hex(&b, "45000073 00004000 4011b861 c0a80001 c0a800c7");
    uint64_t sum = checksum_add(0, bytes_of(b.at, b.len));
    assert_true(checksum_right(sum));
    set_u16(&b, 10, 0x1234);
    sum = checksum_add(0, bytes_of(b.at, b.len));
    assert_false(checksum_right(sum));
    assert_int_equal(checksum_expected(sum, 0x1234), 0xb861);
    assert_false(checksum_right(0));
    assert_int_equal(checksum_fold(UINT64_MAX), 0xffff);
    assert_int_equal(checksum_fold(UINT64_C(0xfffffffffffe)), 0xfffe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_long_ones),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
