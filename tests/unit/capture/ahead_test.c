/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What comes through the thread is what the files hold, however it is read, and whatever is left unread.
 */
#include "capture/ahead.h"

#include "capture/source.h"
#include "overhear/limits.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

enum { LONG = 2 * LIMIT_AHEAD_BYTES + 12345, ERROR_SIZE = 256 };

static uint8_t byte_at(size_t file, size_t at)
{
    return (uint8_t)(at * 7 + (at >> 8) * 13 + (at >> 17) + file * 31);
}

/* A file without a name, gzip'd, cut by `cut` bytes. */
static int make_file(size_t file, size_t length, size_t cut)
{
    uint8_t *plain = malloc(length + 1);
    uLong size = compressBound((uLong)length) + 64;
    uint8_t *packed = malloc(size);
    z_stream stream = {.zalloc = NULL};
    assert_non_null(plain);
    assert_non_null(packed);
    for (size_t i = 0; i < length; i++)
        plain[i] = byte_at(file, i);
    assert_int_equal(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = plain;
    stream.avail_in = (uInt)length;
    stream.next_out = packed;
    stream.avail_out = (uInt)size;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size = stream.total_out - cut;
    deflateEnd(&stream);
    int descriptor = memfd_create("file", 0);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, packed, size), size);
    assert_int_equal(lseek(descriptor, 0, SEEK_SET), 0);
    free(plain);
    free(packed);
    return descriptor;
}

/* Reads up to `length` bytes; returns how many were there. */
static size_t read_some(struct source *source, size_t file, size_t length)
{
    size_t at = 0;
    while (at < length) {
        struct bytes bytes = source_peek(source, at % 3000 + 1);
        if (bytes.len == 0)
            break;
        for (size_t i = 0; i < bytes.len; i += 101)
            assert_int_equal(bytes_at(bytes, i), byte_at(file, at + i));
        source_skip(source, bytes.len);
        at += bytes.len;
    }
    return at;
}

static struct source *open_number(struct ahead *ahead, size_t number)
{
    char error[ERROR_SIZE] = "";
    struct source *source = ahead_source(ahead, number, error, sizeof error);
    assert_non_null(source);
    assert_true(source_is_compressed(source));
    return source;
}

static void files_come_whole_and_in_order(void **state)
{
    static const size_t lengths[] = {LONG, 0, 10, 0, 100000, LONG / 2};
    enum { COUNT = sizeof lengths / sizeof *lengths, NOT_OURS = 3 };
    int descriptors[COUNT];
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        descriptors[i] = i == NOT_OURS ? -1 : make_file(i, lengths[i], 0);
    uint64_t size = 0;
    assert_true(ahead_is_for(descriptors[0], &size));
    assert_int_equal(size, lseek(descriptors[0], 0, SEEK_END));
    lseek(descriptors[0], 0, SEEK_SET);
    struct ahead *ahead = ahead_new(descriptors, COUNT);
    assert_non_null(ahead);
    assert_int_equal(ahead_start(ahead), 0);
    for (size_t i = 0; i < COUNT; i++) {
        if (i == NOT_OURS)
            continue;
        struct source *source = open_number(ahead, i);
        assert_int_equal(read_some(source, i, SIZE_MAX), lengths[i]);
        assert_int_equal(source_state(source), SOURCE_END);
        assert_int_equal(source_offset(source), lengths[i]);
        assert_int_equal(source_position(source), source_size(source));
        source_close(source);
    }
    ahead_free(ahead);
}

/* The next one is as it should be although the one before was left: at its beginning, in the middle, when it waits. */
static void what_is_left_is_passed_over(void **state)
{
    static const size_t wanted[] = {0, 1, 5000, LIMIT_AHEAD_BYTES + 1, LONG};
    enum { COUNT = sizeof wanted / sizeof *wanted };
    int descriptors[COUNT];
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        descriptors[i] = make_file(i, LONG, 0);
    struct ahead *ahead = ahead_new(descriptors, COUNT);
    assert_int_equal(ahead_start(ahead), 0);
    for (size_t i = 0; i < COUNT; i++) {
        struct source *source = open_number(ahead, i);
        assert_true(read_some(source, i, wanted[i]) >= wanted[i]);
        source_close(source);
    }
    ahead_free(ahead);
}

static void damage_is_told_after_what_was_good(void **state)
{
    char reason[ERROR_SIZE];
    const int descriptors[] = {make_file(0, 50000, 20), make_file(1, 300, 0)};
    (void)state;
    struct ahead *ahead = ahead_new(descriptors, 2);
    assert_int_equal(ahead_start(ahead), 0);
    struct source *source = open_number(ahead, 0);
    assert_true(read_some(source, 0, SIZE_MAX) > 0);
    assert_int_equal(source_state(source), SOURCE_BROKEN);
    source_reason(source, reason, sizeof reason);
    assert_non_null(strstr(reason, "the gzip stream is cut short"));
    source_close(source);
    source = open_number(ahead, 1);
    assert_int_equal(read_some(source, 1, SIZE_MAX), 300);
    source_close(source);
    ahead_free(ahead);
}

/* At the beginning, while it waits for room, and when it was never started. */
static void it_can_be_stopped(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        const int descriptors[] = {make_file(0, LONG, 0), make_file(1, LONG, 0)};
        struct ahead *ahead = ahead_new(descriptors, 2);
        if (i > 0)
            assert_int_equal(ahead_start(ahead), 0);
        if (i > 1) {
            struct source *source = open_number(ahead, 0);
            assert_true(read_some(source, 0, 100) > 0);
            source_close(source);
        }
        ahead_free(ahead);
    }
    ahead_free(NULL);
}

static void knows_what_it_is_for(void **state)
{
    int ends[2];
    uint64_t size;
    (void)state;
    int plain = memfd_create("plain", 0);
    assert_int_equal(write(plain, "plain", 5), 5);
    lseek(plain, 0, SEEK_SET);
    assert_false(ahead_is_for(plain, &size));
    assert_false(ahead_is_for(-1, &size));
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "\x1f\x8b\x08", 3), 3);
    assert_false(ahead_is_for(ends[0], &size));
    close(ends[0]);
    close(ends[1]);
    close(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_come_whole_and_in_order),
        cmocka_unit_test(what_is_left_is_passed_over),
        cmocka_unit_test(damage_is_told_after_what_was_good),
        cmocka_unit_test(it_can_be_stopped),
        cmocka_unit_test(knows_what_it_is_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
