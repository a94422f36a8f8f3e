/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture/capture.h"
#include "capture/image.h"

#include <stdio.h>

static const uint32_t microseconds = 0xa1b2c3d4, nanoseconds = 0xa1b23c4d, modified = 0xa1b2cd34;

static struct capture *open_image(const struct image *image)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    struct capture *capture = capture_open_memory(image_bytes(image), 1, error);
    assert_string_equal(error, "");
    assert_non_null(capture);
    return capture;
}

static void expect_frame(struct capture *capture, uint64_t number, int64_t time_ns, uint32_t wire, const char *data)
{
    struct frame frame;
    char error[CAPTURE_ERROR_SIZE] = "";
    assert_int_equal(capture_next(capture, &frame, error), CAPTURE_FRAME);
    assert_int_equal(frame.moment.frame, number);
    assert_int_equal(frame.moment.time_ns, time_ns);
    assert_int_equal(frame.wire_length, wire);
    assert_int_equal(frame.data.len, strlen(data));
    assert_memory_equal(frame.data.at, data, frame.data.len);
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

static void reads_both_byte_orders_and_units(void **state)
{
    (void)state;
    for (int variant = 0; variant < 4; variant++) {
        struct image image = {.little = variant % 2 == 1};
        bool fine = variant >= 2;
        image_pcap_header(&image, fine ? nanoseconds : microseconds, 4, 113);
        image_pcap_frame(&image, 1700000000, 5, 3, "abc");
        image_pcap_frame(&image, 4294967295U, 999999, 100, "defg");
        struct capture *capture = open_image(&image);
        struct frame frame;
        char error[CAPTURE_ERROR_SIZE];
        assert_int_equal(capture_next(capture, &frame, error), CAPTURE_FRAME);
        assert_int_equal(frame.link_type, 113);
        assert_int_equal(frame.time_digits, fine ? 9 : 6);
        assert_int_equal(frame.moment.time_ns, 1700000000000000000 + (fine ? 5 : 5000));
        expect_frame(capture, 2, 4294967295000000000 + (fine ? 999999 : 999999000), 100, "defg");
        assert_int_equal(capture_frames(capture), 2);
        expect_end(capture, CAPTURE_END, "");
    }
}

static void takes_the_link_type_from_the_lower_half(void **state)
{
    (void)state;
    struct image image = {0};
    image_pcap_header(&image, microseconds, 4, 0x24000001); /* FCS of 4 bytes */
    image_pcap_frame(&image, 1, 0, 1, "x");
    struct capture *capture = open_image(&image);
    struct frame frame;
    char error[CAPTURE_ERROR_SIZE];
    assert_int_equal(capture_next(capture, &frame, error), CAPTURE_FRAME);
    assert_int_equal(frame.link_type, 1);
    expect_end(capture, CAPTURE_END, "");
}

static void reads_the_modified_form(void **state)
{
    (void)state;
    struct image image = {.little = true};
    image_pcap_header(&image, modified, 4, 1);
    for (uint32_t i = 1; i <= 2; i++) {
        image_u32(&image, i);
        image_u32(&image, 7);
        image_u32(&image, 2);
        image_u32(&image, 60);
        image_u32(&image, 3); /* interface */
        image_u32(&image, 0); /* protocol, packet type, padding */
        image_text(&image, "hi");
    }
    struct capture *capture = open_image(&image);
    expect_frame(capture, 1, 1000007000, 60, "hi");
    expect_frame(capture, 2, 2000007000, 60, "hi");
    expect_end(capture, CAPTURE_END, "");
}

static void swaps_the_lengths_of_very_old_files(void **state)
{
    (void)state;
    for (unsigned minor = 2; minor <= 3; minor++) {
        struct image image = {0};
        image_pcap_header(&image, microseconds, minor, 1);
        image_u32(&image, 1);
        image_u32(&image, 0);
        image_u32(&image, 90); /* wire first */
        image_u32(&image, 2);
        image_text(&image, "ab");
        struct capture *capture = open_image(&image);
        expect_frame(capture, 1, 1000000000, 90, "ab");
        expect_end(capture, CAPTURE_END, "");
    }
}

static void never_claims_less_on_the_wire_than_was_captured(void **state)
{
    (void)state;
    struct image image = {0};
    image_pcap_header(&image, microseconds, 4, 1);
    image_pcap_frame(&image, 1, 0, 0, "abcd");
    struct capture *capture = open_image(&image);
    expect_frame(capture, 1, 1000000000, 4, "abcd");
    expect_end(capture, CAPTURE_END, "");
}

static void carries_impossible_fractions_into_the_seconds(void **state)
{
    (void)state;
    struct image image = {0};
    image_pcap_header(&image, microseconds, 4, 1);
    image_pcap_frame(&image, 10, 2500000, 1, "a");
    image_pcap_frame(&image, 4294967295U, 4294967295U, 1, "b");
    struct capture *capture = open_image(&image);
    expect_frame(capture, 1, 12500000000, 1, "a");
    expect_frame(capture, 2, 4294967295000000000 + 4294967295000, 1, "b");
    expect_end(capture, CAPTURE_END, "");
}

static void says_where_a_capture_breaks_off(void **state)
{
    (void)state;
    struct image image = {0};
    image_pcap_header(&image, microseconds, 4, 1);
    image_pcap_frame(&image, 1, 0, 5, "hello");
    size_t second = image.length;
    image_pcap_frame(&image, 2, 0, 6, "world!");
    size_t whole = image.length;
    for (size_t cut = second; cut < whole; cut++) {
        image.length = cut;
        char expected[CAPTURE_ERROR_SIZE] = "";
        enum capture_result result = CAPTURE_BROKEN;
        if (cut == second)
            result = CAPTURE_END;
        else if (cut < second + 16)
            snprintf(expected, sizeof expected,
                     "memory: frame 2, at byte 45: 16 bytes of frame header expected, %zu there: the capture ends here",
                     cut - second);
        else
            snprintf(expected, sizeof expected,
                     "memory: frame 2, at byte 45: 6 bytes of frame expected, %zu there: the capture ends here",
                     cut - second - 16);
        struct capture *capture = open_image(&image);
        expect_frame(capture, 1, 1000000000, 5, "hello");
        expect_end(capture, result, expected);
    }
}

static void refuses_a_frame_beyond_the_limit(void **state)
{
    (void)state;
    struct image image = {0};
    image_pcap_header(&image, microseconds, 4, 1);
    image_pcap_frame(&image, 1, 0, 1, "x");
    image_u32(&image, 2);
    image_u32(&image, 0);
    image_u32(&image, LIMIT_FRAME_BYTES + 1);
    image_u32(&image, LIMIT_FRAME_BYTES + 1);
    struct capture *capture = open_image(&image);
    expect_frame(capture, 1, 1000000000, 1, "x");
    expect_end(capture, CAPTURE_BROKEN,
               "memory: frame 2, at byte 41: at most 16777216 bytes of frame expected, the header claims 16777217");
}

static void refuses_what_is_no_capture(void **state)
{
    (void)state;
    static const struct {
        const char *content;
        const char *message;
    } cases[] = {
        {"", "memory: is empty; expected a pcap or pcapng capture"},
        {"hello\n", "memory: is no pcap or pcapng capture: it is text"},
        {"\x01\x02", "memory: is no pcap or pcapng capture: it has only 2 bytes"},
        {"\x01\x02\x03\xff\x05", "memory: is no pcap or pcapng capture: it begins with the bytes 01 02 03 ff"},
        {"PK\x03\x04....", "memory: is no pcap or pcapng capture: it is a zip archive: unpack it first"},
        {"\xa1\xb2\xc3\xd4",
         "memory: at byte 0: 24 bytes of pcap file header expected, 4 there: the capture ends here"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char error[CAPTURE_ERROR_SIZE] = "";
        assert_null(capture_open_memory(bytes_text(cases[i].content), 1, error));
        assert_string_equal(error, cases[i].message);
    }
    struct image image = {0};
    image_u32(&image, microseconds);
    image_u16(&image, 3);
    for (int i = 0; i < 9; i++)
        image_u16(&image, 0);
    char error[CAPTURE_ERROR_SIZE] = "";
    assert_null(capture_open_memory(image_bytes(&image), 1, error));
    assert_string_equal(error, "memory: at byte 0: pcap version 2 expected, 3.0 found");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_byte_orders_and_units),
        cmocka_unit_test(takes_the_link_type_from_the_lower_half),
        cmocka_unit_test(reads_the_modified_form),
        cmocka_unit_test(swaps_the_lengths_of_very_old_files),
        cmocka_unit_test(never_claims_less_on_the_wire_than_was_captured),
        cmocka_unit_test(carries_impossible_fractions_into_the_seconds),
        cmocka_unit_test(says_where_a_capture_breaks_off),
        cmocka_unit_test(refuses_a_frame_beyond_the_limit),
        cmocka_unit_test(refuses_what_is_no_capture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
