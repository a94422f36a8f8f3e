/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture/capture.h"
#include "capture/image.h"

#include <stdio.h>

static struct capture *open_image(const struct image *image)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    struct capture *capture = capture_open_memory(image_bytes(image), 1, error);
    assert_string_equal(error, "");
    assert_non_null(capture);
    return capture;
}

static struct frame expect_frame(struct capture *capture, int64_t time_ns, unsigned link_type, const char *data)
{
    struct frame frame;
    char error[CAPTURE_ERROR_SIZE] = "";
    assert_int_equal(capture_next(capture, &frame, error), CAPTURE_FRAME);
    assert_int_equal(frame.moment.time_ns, time_ns);
    assert_int_equal(frame.link_type, link_type);
    assert_int_equal(frame.data.len, strlen(data));
    assert_memory_equal(frame.data.at, data, frame.data.len);
    return frame;
}

static void expect_end(struct capture *capture, enum capture_result result, const char *message)
{
    struct frame frame;
    char error[CAPTURE_ERROR_SIZE] = "";
    assert_int_equal(capture_next(capture, &frame, error), result);
    assert_string_equal(error, message);
    assert_int_equal(capture_next(capture, &frame, error), CAPTURE_END);
    capture_close(capture);
}

static void reads_sections_of_either_order_with_their_own_interfaces(void **state)
{
    (void)state;
    struct image image = {0};
    image_section(&image, true);
    image_interface(&image, 1, 65535, 6, 0);
    image_interface(&image, 113, 96, 9, 0);
    image_packet(&image, 1, 1700000000123456789, 4, "nano");
    image_packet(&image, 0, 1700000000123456, 1500, "micro");
    image_section(&image, false);
    image_interface(&image, 101, 0, 3, 0);
    image_packet(&image, 0, 1700000000123, 5, "milli");
    struct capture *capture = open_image(&image);
    struct frame frame = expect_frame(capture, 1700000000123456789, 113, "nano");
    assert_int_equal(frame.time_digits, 9);
    frame = expect_frame(capture, 1700000000123456000, 1, "micro");
    assert_int_equal(frame.time_digits, 6);
    assert_int_equal(frame.wire_length, 1500);
    assert_int_equal(frame.moment.frame, 2);
    frame = expect_frame(capture, 1700000000123000000, 101, "milli");
    assert_int_equal(frame.time_digits, 6);
    expect_end(capture, CAPTURE_END, "");
}

static void reads_every_clock(void **state)
{
    (void)state;
    static const struct {
        unsigned resolution;
        int64_t offset;
        uint64_t units;
        int64_t time_ns;
    } cases[] = {
        {0, 0, 7, 7000000000},
        {6, 100, 1500000, 101500000000},
        {6, -3, 1500000, 0},
        {6, -1, 1500000, 500000000},
        {9, 0, UINT64_MAX, INT64_MAX},
        {9, INT64_MIN, 0, 0},
        {9, INT64_MAX, 0, INT64_MAX},
        {12, 0, 1234567890123, 1234567890},
        {28, 0, UINT64_MAX, 1},
        {29, 0, UINT64_MAX, 0},
        {127, 0, UINT64_MAX, 0},
        {0x80 | 0, 0, 3, 3000000000},
        {0x80 | 1, 0, 3, 1500000000},
        {0x80 | 10, 0, 1025, 1000976562},
        {0x80 | 32, 0, (uint64_t)5 << 32 | 0x80000000, 5500000000},
        {0x80 | 63, 0, UINT64_MAX, 1999999999},
        {0x80 | 64, 0, UINT64_MAX, 999999999},
        {0x80 | 93, 0, UINT64_MAX, 1},
        {0x80 | 127, 0, UINT64_MAX, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct image image = {0};
        image_section(&image, i % 2 == 0);
        image_interface(&image, 1, 0, cases[i].resolution, cases[i].offset);
        image_packet(&image, 0, cases[i].units, 1, "x");
        struct capture *capture = open_image(&image);
        expect_frame(capture, cases[i].time_ns, 1, "x");
        expect_end(capture, CAPTURE_END, "");
    }
}

static void reads_simple_and_obsolete_packets(void **state)
{
    (void)state;
    struct image image = {0};
    image_section(&image, true);
    image_interface(&image, 1, 3, 6, 0);
    image_interface(&image, 9, 0, 6, 0);
    size_t start = image_block_begin(&image, 2); /* obsolete */
    image_u16(&image, 1);
    image_u16(&image, 77); /* drops */
    image_u32(&image, 0);
    image_u32(&image, 2000001);
    image_u32(&image, 4);
    image_u32(&image, 4);
    image_text(&image, "oldp");
    image_block_end(&image, start);
    start = image_block_begin(&image, 3); /* simple: the snap length of interface 0 applies */
    image_u32(&image, 10);
    image_text(&image, "abc");
    image_block_end(&image, start);
    struct capture *capture = open_image(&image);
    expect_frame(capture, 2000001000, 9, "oldp");
    struct frame frame = expect_frame(capture, 2000001000, 1, "abc"); /* the time of the frame before */
    assert_int_equal(frame.wire_length, 10);
    expect_end(capture, CAPTURE_END, "");
}

static void passes_unknown_blocks(void **state)
{
    (void)state;
    struct image image = {0};
    image_section(&image, false);
    image_interface(&image, 1, 0, 6, 0);
    size_t start = image_block_begin(&image, 0x80000bad);
    image_text(&image, "whatever this is");
    image_block_end(&image, start);
    image_packet(&image, 0, 1, 1, "x");
    start = image_block_begin(&image, 5);
    image_block_end(&image, start);
    struct capture *capture = open_image(&image);
    expect_frame(capture, 1000, 1, "x");
    expect_end(capture, CAPTURE_END, "");
}

static void tells_the_first_link_type_before_the_first_frame(void **state)
{
    (void)state;
    struct image image = {0};
    char error[CAPTURE_ERROR_SIZE] = "";
    image_section(&image, false);
    image_interface(&image, 105, 0, 6, 0);
    image_packet(&image, 0, 1, 1, "x");
    struct capture *capture = open_image(&image);
    assert_int_equal(capture_filter(capture, "type mgt", error), 0); /* only 802.11 has that */
    capture_close(capture);
}

/* One damage each to a good file: section (28 bytes), interface (32 or more), packet. */
static void says_what_is_wrong_with_a_block(void **state)
{
    (void)state;
    struct image good = {0};
    image_section(&good, false);
    image_interface(&good, 1, 0, 6, 0);
    size_t packet = good.length;
    image_packet(&good, 0, 1000000, 4, "data");
    static const struct {
        size_t offset; /* into the packet block */
        uint8_t value;
        const char *problem;
    } cases[] = {
        {7, 0x25, "a block of 12 to 17825792 bytes, in fours, expected; this one claims 37"},
        {7, 8, "a block of 12 to 17825792 bytes, in fours, expected; this one claims 8"},
        {4, 0x7f, "a block of 12 to 17825792 bytes, in fours, expected; this one claims 2130706468"},
        {7, 0x28, "40 bytes of block expected, 36 there: the capture ends here"},
        {11, 3, "an interface described in this section expected (there are 1), number 3 found"},
        {23, 5, "a frame of 5 bytes expected, its block has room for 4"},
        {35, 0x20, "a block that ends with its length (36) expected, 32 found"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct image bad = good;
        bad.at[packet + cases[i].offset] = cases[i].value;
        char expected[CAPTURE_ERROR_SIZE];
        snprintf(expected, sizeof expected, "memory: frame 1, at byte %zu: %s", packet, cases[i].problem);
        struct capture *capture = open_image(&bad);
        expect_end(capture, CAPTURE_BROKEN, expected);
    }
    for (size_t cut = packet + 1; cut < good.length; cut++) {
        struct image bad = good;
        char expected[CAPTURE_ERROR_SIZE];
        bad.length = cut;
        snprintf(expected, sizeof expected,
                 "memory: frame 1, at byte %zu: %d bytes of block expected, %zu there: the capture ends here", packet,
                 cut < packet + 12 ? 12 : 36, cut - packet);
        struct capture *capture = open_image(&bad);
        expect_end(capture, CAPTURE_BROKEN, expected);
    }
}

static void refuses_a_simple_packet_without_interface(void **state)
{
    (void)state;
    struct image image = {0};
    image_section(&image, false);
    size_t start = image_block_begin(&image, 3);
    image_u32(&image, 1);
    image_text(&image, "x");
    image_block_end(&image, start);
    struct capture *capture = open_image(&image);
    expect_end(
        capture, CAPTURE_BROKEN,
        "memory: frame 1, at byte 28: an interface described in this section expected (there are 0), number 0 found");
}

static void stops_at_too_many_interfaces(void **state)
{
    (void)state;
    enum { BLOCK_BYTES = 20 };
    size_t size = 28 + (size_t)(LIMIT_INTERFACES + 1) * BLOCK_BYTES;
    uint8_t *large = test_malloc(size);
    struct image image = {0};
    image_section(&image, false);
    memcpy(large, image.at, 28);
    image = (struct image){0};
    size_t start = image_block_begin(&image, 1);
    image_u32(&image, 1 << 16);
    image_u32(&image, 0);
    image_block_end(&image, start);
    assert_int_equal(image.length, BLOCK_BYTES);
    for (size_t i = 0; i <= LIMIT_INTERFACES; i++)
        memcpy(large + 28 + i * BLOCK_BYTES, image.at, BLOCK_BYTES);
    char error[CAPTURE_ERROR_SIZE] = "";
    struct capture *capture = capture_open_memory(bytes_of(large, size), 1, error);
    assert_non_null(capture);
    expect_end(capture, CAPTURE_BROKEN,
               "memory: frame 1, at byte 1310748: at most 65536 interfaces expected in a section, here is one more");
    test_free(large);
}

static void refuses_a_section_of_another_version(void **state)
{
    (void)state;
    struct image image = {0};
    char error[CAPTURE_ERROR_SIZE] = "";
    image_section(&image, false);
    image.at[13] = 2;
    assert_null(capture_open_memory(image_bytes(&image), 1, error));
    assert_string_equal(error, "memory: at byte 0: pcapng version 1 expected, 2.0 found");
    image.at[8] = 0;
    assert_null(capture_open_memory(image_bytes(&image), 1, error));
    assert_string_equal(error,
                        "memory: at byte 0: the byte-order mark of a pcapng section expected, something else found");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_sections_of_either_order_with_their_own_interfaces),
        cmocka_unit_test(reads_every_clock),
        cmocka_unit_test(reads_simple_and_obsolete_packets),
        cmocka_unit_test(passes_unknown_blocks),
        cmocka_unit_test(tells_the_first_link_type_before_the_first_frame),
        cmocka_unit_test(says_what_is_wrong_with_a_block),
        cmocka_unit_test(refuses_a_simple_packet_without_interface),
        cmocka_unit_test(stops_at_too_many_interfaces),
        cmocka_unit_test(refuses_a_section_of_another_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
