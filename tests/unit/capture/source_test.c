/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

enum { PLAIN_BYTES = 700 * 1000, PACKED_BYTES = 800 * 1000 };

struct sample {
    uint8_t *plain; /* does not compress well, and is longer than the source's buffers */
    uint8_t *packed;
    size_t packed_length;
};

/* One gzip member at `at`; returns its length. */
static size_t pack(struct bytes plain, uint8_t *at, size_t room)
{
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    uint8_t *copy = malloc(plain.len + 1); /* zlib's input is not const everywhere */
    assert_non_null(copy);
    memcpy(copy, plain.at, plain.len);
    stream.next_in = copy;
    stream.avail_in = (uInt)plain.len;
    stream.next_out = at;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t length = room - stream.avail_out;
    deflateEnd(&stream);
    free(copy);
    return length;
}

static int make_sample(void **state)
{
    struct sample *sample = calloc(1, sizeof *sample);
    if (!sample || !(sample->plain = malloc(PLAIN_BYTES)) || !(sample->packed = malloc(PACKED_BYTES)))
        return -1;
    uint32_t random = 12345;
    for (size_t i = 0; i < PLAIN_BYTES; i++) {
        random = random * 1664525 + 1013904223;
        sample->plain[i] = (uint8_t)(random >> 24);
    }
    sample->packed_length = pack(bytes_of(sample->plain, PLAIN_BYTES), sample->packed, PACKED_BYTES);
    *state = sample;
    return 0;
}

static int free_sample(void **state)
{
    struct sample *sample = *state;
    free(sample->plain);
    free(sample->packed);
    free(sample);
    return 0;
}

/* Reads in pieces of odd sizes; returns how many bytes came, which are compared. */
static size_t read_all(struct source *source, const uint8_t *expected)
{
    size_t done = 0;
    for (size_t want = 1;; want = want * 3 % 70001 + 1) {
        struct bytes piece = source_peek(source, want);
        assert_true(piece.len <= want);
        assert_memory_equal(piece.at, expected + done, piece.len);
        source_skip(source, piece.len);
        done += piece.len;
        assert_int_equal(source_offset(source), done);
        if (piece.len < want)
            return done;
    }
}

static void reads_plain_bytes(void **state)
{
    const struct sample *sample = *state;
    struct source *source = source_open_memory(bytes_of(sample->plain, PLAIN_BYTES));
    assert_false(source_is_compressed(source));
    assert_int_equal(source_size(source), PLAIN_BYTES);
    assert_int_equal(read_all(source, sample->plain), PLAIN_BYTES);
    assert_int_equal(source_state(source), SOURCE_END);
    assert_int_equal(source_position(source), PLAIN_BYTES);
    source_close(source);
}

static void reads_gzip(void **state)
{
    const struct sample *sample = *state;
    struct source *source = source_open_memory(bytes_of(sample->packed, sample->packed_length));
    assert_true(source_is_compressed(source));
    assert_int_equal(read_all(source, sample->plain), PLAIN_BYTES);
    assert_int_equal(source_state(source), SOURCE_END);
    source_close(source);
}

static void peeks_at_more_than_its_buffer(void **state)
{
    const struct sample *sample = *state;
    struct source *source = source_open_memory(bytes_of(sample->packed, sample->packed_length));
    source_skip(source, 1000);
    struct bytes piece = source_peek(source, 600 * 1000);
    assert_int_equal(piece.len, 600 * 1000);
    assert_memory_equal(piece.at, sample->plain + 1000, piece.len);
    source_skip(source, 650 * 1000); /* more than was peeked at */
    piece = source_peek(source, 10);
    assert_int_equal(piece.len, 10);
    assert_memory_equal(piece.at, sample->plain + 651 * 1000, 10);
    assert_int_equal(source_offset(source), 651 * 1000);
    source_skip(source, 1000 * 1000); /* beyond the end */
    assert_int_equal(source_peek(source, 1).len, 0);
    source_close(source);
}

static void gives_everything_before_a_cut(void **state)
{
    (void)state;
    static const char text[] = "abcdefghijklmnopqrstuvwxyz, 0123456789";
    uint8_t packed[200];
    size_t length = pack(bytes_text(text), packed, sizeof packed);
    size_t most = 0;
    for (size_t cut = 3; cut < length; cut++) {
        struct source *source = source_open_memory(bytes_of(packed, cut));
        struct bytes piece = source_peek(source, sizeof text);
        assert_int_equal(source_state(source), SOURCE_BROKEN);
        assert_memory_equal(piece.at, text, piece.len);
        assert_true(piece.len >= most);
        most = piece.len;
        char reason[100], expected[100];
        snprintf(expected, sizeof expected, "the gzip stream is cut short at its byte %zu", cut);
        source_reason(source, reason, sizeof reason);
        assert_string_equal(reason, expected);
        source_close(source);
    }
    assert_int_equal(most, sizeof text - 1); /* only the check at the end was missing */
}

static void notices_damage(void **state)
{
    (void)state;
    static const char text[] = "abcdefghijklmnopqrstuvwxyz, 0123456789";
    uint8_t packed[200];
    char reason[100];
    size_t length = pack(bytes_text(text), packed, sizeof packed);
    packed[length - 8] ^= 1; /* CRC-32 */
    struct source *source = source_open_memory(bytes_of(packed, length));
    assert_int_equal(source_peek(source, sizeof text).len, sizeof text - 1);
    assert_int_equal(source_state(source), SOURCE_BROKEN);
    source_reason(source, reason, sizeof reason);
    assert_memory_equal(reason, "the gzip stream is damaged near its byte ", 41);
    source_close(source);
}

static void reads_members_in_a_row_and_padding(void **state)
{
    (void)state;
    uint8_t packed[300] = {0};
    size_t length = pack(bytes_text("one "), packed, sizeof packed);
    length += pack(bytes_text("two"), packed + length, sizeof packed - length);
    struct source *source = source_open_memory(bytes_of(packed, length + 20)); /* zeros follow */
    struct bytes piece = source_peek(source, 100);
    assert_int_equal(piece.len, 7);
    assert_memory_equal(piece.at, "one two", 7);
    assert_int_equal(source_state(source), SOURCE_END);
    source_close(source);

    packed[length + 5] = 'x';
    source = source_open_memory(bytes_of(packed, length + 20));
    assert_int_equal(source_peek(source, 100).len, 7);
    assert_int_equal(source_state(source), SOURCE_BROKEN);
    char reason[100], expected[100];
    snprintf(expected, sizeof expected, "the gzip stream is followed by bytes that are no gzip at its byte %zu",
             length + 5);
    source_reason(source, reason, sizeof reason);
    assert_string_equal(reason, expected);
    source_close(source);
}

static void says_why_it_cannot_open(void **state)
{
    (void)state;
    char error[100] = "";
    assert_null(source_open("/nonexistent/file", error, sizeof error));
    assert_string_equal(error, "no such file");
    assert_null(source_open("/", error, sizeof error));
    assert_string_equal(error, "is a directory; expected a capture file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_plain_bytes),
        cmocka_unit_test(reads_gzip),
        cmocka_unit_test(peeks_at_more_than_its_buffer),
        cmocka_unit_test(gives_everything_before_a_cut),
        cmocka_unit_test(notices_damage),
        cmocka_unit_test(reads_members_in_a_row_and_padding),
        cmocka_unit_test(says_why_it_cannot_open),
    };
    return cmocka_run_group_tests(tests, make_sample, free_sample);
}
