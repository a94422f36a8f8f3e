/* SPDX-License-Identifier: BSD-3-Clause */
#include "output/put.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static uint64_t random_state = 20261122;

static uint64_t random_number(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* Mostly plain, with what is escaped and beginnings and ends of UTF-8 in between. */
static void random_text(uint8_t *text, size_t length, unsigned one_in)
{
    static const uint8_t special[] = {'"',  '\\', 'x',  0x00, 0x1f, '\n', '\t', 0x7f, 0x80,
                                      0xc2, 0x9f, 0xe2, 0x80, 0x8e, 0xae, 0xf0, 0x9f, 0xff};
    for (size_t i = 0; i < length; i++) {
        uint64_t number = random_number();
        text[i] = number % one_in == 0 ? special[number / one_in % sizeof special]
                                       : (uint8_t)(0x20 + number / one_in % 0x5f);
    }
}

/* In blocks as a byte at a time, wherever the text begins, however long it is, and whatever can be read behind it. */
static void test_blocks_escape_as_bytes_do(void **state)
{
    enum { LONGEST = 100, BESIDE = 64 };
    static const unsigned rates[] = {1, 3, 20, 200};
    (void)state;
    for (unsigned round = 0; round < 40000; round++) {
        size_t length = random_number() % (LONGEST + 1);
        size_t start = random_number() % 32;
        size_t behind = random_number() % 2 ? random_number() % BESIDE : 0;
        size_t room = PUT_WORST_BYTE * length + PUT_SLACK;
        /* Of its very size, so that the sanitizer sees what is read or written beside it. */
        uint8_t *wire = malloc(start + length + behind + 1);
        char *fast = malloc(room), *plain = malloc(room);
        assert_true(wire && fast && plain);
        random_text(wire + 1, start + length + behind, rates[round % 4]);
        struct bytes text = bytes_of(wire + 1 + start, length);
        size_t fast_length = (size_t)(put_json(fast, text, length + behind) - fast);
        size_t plain_length = (size_t)(put_json_plainly(plain, text) - plain);
        assert_int_equal(fast_length, plain_length);
        assert_memory_equal(fast, plain, plain_length);
        free(wire);
        free(fast);
        free(plain);
    }
}

static void test_every_byte_in_every_place(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        for (size_t place = 0; place < 33; place++) {
            uint8_t wire[64];
            char fast[6 * 33 + PUT_SLACK], plain[6 * 33 + PUT_SLACK];
            memset(wire, 'a', sizeof wire);
            wire[place] = (uint8_t)byte;
            struct bytes text = bytes_of(wire, 33);
            size_t fast_length = (size_t)(put_json(fast, text, sizeof wire) - fast);
            size_t plain_length = (size_t)(put_json_plainly(plain, text) - plain);
            assert_int_equal(fast_length, plain_length);
            assert_memory_equal(fast, plain, plain_length);
        }
    }
}

/* Of a short text every byte that counts is looked at, and none behind it. */
static void test_short_texts(void **state)
{
    (void)state;
#ifdef __SSE2__
    static const uint8_t bytes[] = {0, 0x1f, ' ', '!', '"', '#', '[', '\\', ']', '~', 0x7f, 0x80, 0xff};
    for (size_t length = 1; length <= PUT_SHORT; length++) {
        for (size_t place = 0; place < PUT_SHORT; place++) {
            for (size_t i = 0; i < sizeof bytes; i++) {
                uint8_t wire[PUT_SHORT];
                char text[PUT_SHORT];
                memset(wire, 'a', sizeof wire);
                wire[place] = bytes[i];
                bool plain = place >= length || put_is_plain((const char *)&bytes[i], 1);
                plain = plain && (place >= length || bytes[i] < 0x80);
                assert_true(put_if_short(text, wire, length) == (plain ? text + length : NULL));
                if (plain)
                    assert_memory_equal(text, wire, length);
            }
        }
    }
#endif
}

static void check_number(int64_t value)
{
    char got[1 + PUT_NUMBER + PUT_SLACK], expected[32];
    *put_signed(got, value) = '\0';
    snprintf(expected, sizeof expected, "%" PRId64, value);
    assert_string_equal(got, expected);
    *put_unsigned(got, (uint64_t)value) = '\0';
    snprintf(expected, sizeof expected, "%" PRIu64, (uint64_t)value);
    assert_string_equal(got, expected);
}

static void test_numbers(void **state)
{
    (void)state;
    for (int64_t value = -20000; value <= 20000; value++)
        check_number(value);
    for (int64_t power = 1; power < INT64_MAX / 10; power *= 10)
        for (int64_t beside = -1; beside <= 1; beside++)
            check_number(10 * power + beside);
    check_number(INT64_MAX);
    check_number(INT64_MIN);
    check_number(-1);
    for (unsigned i = 0; i < 20000; i++)
        check_number((int64_t)(random_number() >> random_number() % 64));
}

static void check_time(struct put_second *second, int64_t time_ns)
{
    char got[PUT_TIME + PUT_SLACK], expected[64], date[32];
    int64_t seconds = time_ns / 1000000000 - (time_ns % 1000000000 < 0);
    time_t calendar = (time_t)seconds;
    struct tm parts;
    assert_non_null(gmtime_r(&calendar, &parts));
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
    unsigned rest = (unsigned)(((time_ns % 1000000000) + 1000000000) % 1000000000);
    *put_time(got, second, time_ns, 9) = '\0';
    snprintf(expected, sizeof expected, "%s.%09uZ", date, rest);
    assert_string_equal(got, expected);
    *put_time(got, second, time_ns, 6) = '\0';
    snprintf(expected, sizeof expected, "%s.%06uZ", date, rest / 1000);
    assert_string_equal(got, expected);
}

static void test_times(void **state)
{
    (void)state;
    struct put_second second = {0};
    check_time(&second, 0);
    check_time(&second, 999999999);
    check_time(&second, 1000000000);
    check_time(&second, -1);
    check_time(&second, INT64_MAX);
    check_time(&second, INT64_MIN);
    check_time(&second, INT64_MIN + 1);
    check_time(&second, INT64_MIN + 999999999);
    for (unsigned i = 0; i < 20000; i++) {
        int64_t time_ns = (int64_t)random_number();
        check_time(&second, time_ns);
        check_time(&second, time_ns / 1000000000 * 1000000000);
        check_time(&second, time_ns / 1000000000 * 1000000000 + (time_ns > 0 ? 999999999 : 1));
    }
}

static void test_pieces(void **state)
{
    (void)state;
    char text[100 + PUT_SLACK], to[100 + PUT_SLACK];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('!' + i % 90);
    for (size_t length = 0; length <= 100; length++) {
        memset(to, 0, sizeof to);
        assert_ptr_equal(put_bytes(to, text, length), to + length);
        assert_memory_equal(to, text, length);
        assert_int_equal(to[length], 0);
        memset(to, 0, sizeof to);
        assert_ptr_equal(put_padded(to, text, length), to + length);
        assert_memory_equal(to, text, length);
    }
    assert_true(put_is_plain("NOERROR", 7));
    assert_false(put_is_plain("a\"b", 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_escape_as_bytes_do),
        cmocka_unit_test(test_every_byte_in_every_place),
        cmocka_unit_test(test_short_texts),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
