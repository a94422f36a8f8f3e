/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The filter, the numbers of frames, and what -w writes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture/capture.h"
#include "capture/image.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ETHERNET_UDP_BYTES = 42 };

/* Ethernet, IPv4, UDP from port 1000 to `port`, without payload; text without NUL is not needed here. */
static void add_udp(struct image *image, bool raw, unsigned port)
{
    if (!raw) {
        image_text(image, "\x02\x02\x02\x02\x02\x02\x03\x03\x03\x03\x03\x03");
        image_u8(image, 8);
        image_u8(image, 0);
    }
    static const uint8_t ip[] = {0x45, 0,  0, 28, 0, 0,  0, 0, 64, 17,        0,
                                 0,    10, 0, 0,  1, 10, 0, 0, 2,  1000 >> 8, 1000 & 0xff};
    for (size_t i = 0; i < sizeof ip; i++)
        image_u8(image, ip[i]);
    image_u8(image, port >> 8);
    image_u8(image, port & 0xff);
    image_u8(image, 0);
    image_u8(image, 8);
    image_u8(image, 0);
    image_u8(image, 0);
}

static void add_pcap_udp(struct image *image, uint32_t seconds, unsigned port)
{
    image_u32(image, seconds);
    image_u32(image, 0);
    image_u32(image, ETHERNET_UDP_BYTES);
    image_u32(image, ETHERNET_UDP_BYTES);
    add_udp(image, false, port);
}

static void add_pcapng_udp(struct image *image, uint32_t interface, bool raw, unsigned port)
{
    size_t start = image_block_begin(image, 6);
    image_u32(image, interface);
    image_u32(image, 0);
    image_u32(image, 0);
    image_u32(image, raw ? 28 : 42);
    image_u32(image, raw ? 28 : 42);
    add_udp(image, raw, port);
    image_block_end(image, start);
}

static struct capture *open_image(const struct image *image, uint64_t first_frame)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    struct capture *capture = capture_open_memory(image_bytes(image), first_frame, error);
    assert_string_equal(error, "");
    return capture;
}

static void filters_but_numbers_all(void **state)
{
    (void)state;
    struct image image = {0};
    char error[CAPTURE_ERROR_SIZE] = "";
    image_pcap_header(&image, 0xa1b2c3d4, 4, 1);
    for (unsigned i = 0; i < 6; i++)
        add_pcap_udp(&image, i, i % 3 == 1 ? 53 : 80);
    struct capture *capture = open_image(&image, 101);
    assert_int_equal(capture_filter(capture, "udp port 53", error), 0);
    struct frame frame;
    assert_int_equal(capture_next(capture, &frame, error), CAPTURE_FRAME);
    assert_int_equal(frame.moment.frame, 102);
    assert_int_equal(capture_next(capture, &frame, error), CAPTURE_FRAME);
    assert_int_equal(frame.moment.frame, 105);
    assert_int_equal(capture_next(capture, &frame, error), CAPTURE_END);
    assert_int_equal(capture_frames(capture), 6);
    assert_int_equal(capture_filter_misfits(capture, NULL), 0);
    capture_close(capture);
}

static void gives_way_where_nothing_matches(void **state)
{
    (void)state;
    enum { FRAMES = 5000 };
    size_t record = 16 + ETHERNET_UDP_BYTES;
    uint8_t *large = malloc(24 + FRAMES * record);
    assert_non_null(large);
    struct image image = {0};
    char error[CAPTURE_ERROR_SIZE] = "";
    image_pcap_header(&image, 0xa1b2c3d4, 4, 1);
    add_pcap_udp(&image, 1, 80);
    memcpy(large, image.at, 24);
    for (size_t i = 0; i < FRAMES; i++)
        memcpy(large + 24 + i * record, image.at + 24, record);
    struct capture *capture = capture_open_memory(bytes_of(large, 24 + FRAMES * record), 1, error);
    assert_int_equal(capture_filter(capture, "tcp", error), 0);
    struct frame frame;
    assert_int_equal(capture_next(capture, &frame, error), CAPTURE_NOTHING);
    assert_int_equal(capture_next(capture, &frame, error), CAPTURE_END);
    assert_int_equal(capture_frames(capture), FRAMES);
    capture_close(capture);
    free(large);
}

/* LINKTYPE_RAW is 101, libpcap's DLT_RAW is 12: both interfaces must be understood. */
static void compiles_for_each_link_type(void **state)
{
    (void)state;
    struct image image = {0};
    char error[CAPTURE_ERROR_SIZE] = "";
    image_section(&image, true);
    image_interface(&image, 1, 0, 6, 0);
    image_interface(&image, 101, 0, 6, 0);
    image_interface(&image, 147, 0, 6, 0); /* for private use: no expression fits */
    add_pcapng_udp(&image, 0, false, 53);
    add_pcapng_udp(&image, 1, true, 53);
    add_pcapng_udp(&image, 1, true, 80);
    add_pcapng_udp(&image, 2, true, 53);
    add_pcapng_udp(&image, 0, false, 53);
    struct capture *capture = open_image(&image, 1);
    assert_int_equal(capture_filter(capture, "udp dst port 53", error), 0);
    struct frame frame;
    static const uint64_t matching[] = {1, 2, 5};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(capture_next(capture, &frame, error), CAPTURE_FRAME);
        assert_int_equal(frame.moment.frame, matching[i]);
    }
    assert_int_equal(capture_next(capture, &frame, error), CAPTURE_END);
    const char *reason = NULL;
    assert_int_equal(capture_filter_misfits(capture, &reason), 1);
    assert_non_null(strstr(reason, "link type 147"));
    capture_close(capture);
}

static void refuses_a_wrong_expression(void **state)
{
    (void)state;
    struct image image = {0};
    char error[CAPTURE_ERROR_SIZE] = "";
    image_pcap_header(&image, 0xa1b2c3d4, 4, 1);
    struct capture *capture = open_image(&image, 1);
    assert_int_equal(capture_filter(capture, "tcp prot 25", error), -1);
    assert_memory_equal(error, "filter 'tcp prot 25': ", 22);
    capture_close(capture);
}

static size_t read_file(const char *path, uint8_t *ret_at, size_t size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t length = fread(ret_at, 1, size, file);
    fclose(file);
    return length;
}

static void writes_what_it_reads(void **state)
{
    (void)state;
    char path[] = "/tmp/overhear-writer-XXXXXX";
    char error[CAPTURE_ERROR_SIZE] = "";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);

    struct image image = {.little = true};
    image_pcap_header(&image, 0xa1b23c4d, 4, 1);
    image.length = 16;
    image_u32(&image, 262144); /* the snap length that the writer states */
    image_u32(&image, 1);
    image_pcap_frame(&image, 7, 123456789, 100, "first");
    image_pcap_frame(&image, 4294967295U, 1, 6, "second");
    struct capture *capture = open_image(&image, 1);
    struct capture_writer *writer = capture_writer_open(path, error);
    assert_non_null(writer);
    struct frame frame = {0};
    while (capture_next(capture, &frame, error) == CAPTURE_FRAME)
        assert_int_equal(capture_writer_add(writer, &frame, error), 0);
    frame.link_type = 101;
    assert_int_equal(capture_writer_add(writer, &frame, error), CAPTURE_WRITER_REFUSED);
    assert_non_null(strstr(error, "link type 101"));
    assert_int_equal(capture_writer_close(writer, error), 0);
    capture_close(capture);

    uint8_t written[1000];
    assert_int_equal(read_file(path, written, sizeof written), image.length);
    assert_memory_equal(written, image.at, image.length);

    /* without a frame: a file that every reader accepts */
    writer = capture_writer_open(path, error);
    assert_int_equal(capture_writer_close(writer, error), 0);
    assert_int_equal(read_file(path, written, sizeof written), 24);
    unlink(path);
}

static void clamps_times_that_pcap_cannot_hold(void **state)
{
    (void)state;
    char path[] = "/tmp/overhear-writer-XXXXXX";
    char error[CAPTURE_ERROR_SIZE] = "";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    struct capture_writer *writer = capture_writer_open(path, error);
    static const int64_t times_ns[] = {-1, INT64_MAX, 1999999999};
    for (size_t i = 0; i < 3; i++) {
        const struct frame frame = {
            .data = bytes_text("x"), .moment.time_ns = times_ns[i], .wire_length = 1, .link_type = 1, .time_digits = 6};
        assert_int_equal(capture_writer_add(writer, &frame, error), 0);
    }
    assert_int_equal(capture_writer_close(writer, error), 0);
    struct capture *capture = capture_open_file(path, 1, error);
    static const int64_t expected_ns[] = {0, 4294967295000000000, 1999999000};
    for (size_t i = 0; i < 3; i++) {
        struct frame frame;
        assert_int_equal(capture_next(capture, &frame, error), CAPTURE_FRAME);
        assert_int_equal(frame.moment.time_ns, expected_ns[i]);
    }
    assert_int_equal(capture_position(capture), capture_size(capture));
    capture_close(capture);
    unlink(path);
}

static void tells_a_full_disk(void **state)
{
    (void)state;
    char error[CAPTURE_ERROR_SIZE] = "";
    struct stat status;
    if (stat("/dev/full", &status) != 0)
        skip();
    struct capture_writer *writer = capture_writer_open("/dev/full", error);
    assert_non_null(writer);
    const struct frame frame = {.data = bytes_text("x"), .wire_length = 1, .link_type = 1, .time_digits = 6};
    assert_int_equal(capture_writer_add(writer, &frame, error), 0);
    assert_int_equal(capture_writer_close(writer, error), CAPTURE_WRITER_FAILED);
    assert_string_equal(error, "/dev/full: writing frames failed: No space left on device");
}

/* What no other program would read is cut; sizes count what the buffer holds, and a flush brings it to the file. */
static void cuts_frames_that_nobody_would_read(void **state)
{
    (void)state;
    static uint8_t bytes[CAPTURE_WRITER_FRAME_BYTES + 1];
    char path[] = "/tmp/overhear-writer-XXXXXX";
    char error[CAPTURE_ERROR_SIZE] = "";
    struct stat status;
    struct frame frame = {.data = bytes_of(bytes, sizeof bytes), .wire_length = sizeof bytes, .link_type = 1};
    struct capture_writer *writer = capture_writer_open_descriptor(mkstemp(path), path, error);
    assert_non_null(writer);
    assert_int_equal(capture_writer_size(writer), 24);
    assert_int_equal(capture_writer_add(writer, &frame, error), 0);
    frame.data = bytes_of(bytes, 0);
    assert_int_equal(capture_writer_add(writer, &frame, error), 0);
    assert_int_equal(capture_writer_frames(writer), 2);
    assert_int_equal(capture_writer_size(writer), 24 + 16 + CAPTURE_WRITER_FRAME_BYTES + 16);
    assert_int_equal(capture_writer_flush(writer, error), 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, 24 + 16 + CAPTURE_WRITER_FRAME_BYTES + 16);
    assert_int_equal(capture_writer_close(writer, error), 0);

    struct capture *capture = capture_open_file(path, 1, error);
    assert_int_equal(capture_next(capture, &frame, error), CAPTURE_FRAME);
    assert_int_equal(frame.data.len, CAPTURE_WRITER_FRAME_BYTES);
    assert_int_equal(frame.wire_length, sizeof bytes);
    assert_int_equal(capture_next(capture, &frame, error), CAPTURE_FRAME);
    assert_int_equal(frame.data.len, 0);
    assert_int_equal(capture_next(capture, &frame, error), CAPTURE_END);
    capture_close(capture);
    unlink(path);
}

static bool is_open(int descriptor)
{
    return fcntl(descriptor, F_GETFD) >= 0;
}

/* A file that is open already is read to its end, and closed whatever comes of it. */
static void reads_a_descriptor(void **state)
{
    (void)state;
    struct image image = {0};
    char path[] = "/tmp/overhear-capture-XXXXXX";
    char error[CAPTURE_ERROR_SIZE] = "";
    struct frame frame;
    image_section(&image, true);
    image_interface(&image, 1, 1000, 6, 0);
    image_packet(&image, 0, 1700000000000000, 22, "a frame that is longer");
    struct bytes bytes = image_bytes(&image);
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes.at, bytes.len), bytes.len);
    assert_int_equal(lseek(descriptor, 0, SEEK_SET), 0);
    assert_int_equal(unlink(path), 0);
    struct capture *capture = capture_open_descriptor(descriptor, "a name", 7, error);
    assert_non_null(capture);
    assert_int_equal(capture_size(capture), bytes.len);
    assert_int_equal(capture_next(capture, &frame, error), CAPTURE_FRAME);
    assert_int_equal(frame.moment.frame, 7);
    assert_int_equal(capture_next(capture, &frame, error), CAPTURE_END);
    assert_true(is_open(descriptor));
    capture_close(capture);
    assert_false(is_open(descriptor));

    descriptor = open("/", O_RDONLY);
    assert_null(capture_open_descriptor(descriptor, "a name", 1, error));
    assert_string_equal(error, "a name: is a directory; expected a capture file");
    assert_false(is_open(descriptor));
    descriptor = open("/dev/null", O_RDONLY);
    assert_null(capture_open_descriptor(descriptor, "a name", 1, error));
    assert_false(is_open(descriptor));
    assert_null(capture_open_descriptor(descriptor, "a name", 1, error));
    assert_string_equal(error, "a name: Bad file descriptor");
}

/* More link types than programs are kept: the oldest is compiled again. */
static void compiles_again_beyond_its_limit(void **state)
{
    (void)state;
    struct image image = {0};
    char error[CAPTURE_ERROR_SIZE] = "";
    struct frame frame;
    static const unsigned types[] = {0,   1,   6,   7,   8,   9,   10,  50,  51,  101, 104, 105,
                                     107, 108, 113, 117, 119, 127, 129, 147, 148, 149, 150, 151,
                                     152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162};
    const unsigned interfaces = sizeof types / sizeof *types;
    assert_true(interfaces > LIMIT_FILTERS);
    image_section(&image, true);
    for (unsigned i = 0; i < interfaces; i++)
        image_interface(&image, types[i], 1000, 6, 0);
    for (unsigned i = 0; i < 2 * interfaces; i++)
        image_packet(&image, i % interfaces, 1700000000000000, i % 2 ? 40 : 22, "a frame that is longer");
    struct capture *capture = capture_open_memory(image_bytes(&image), 1, error);
    assert_non_null(capture);
    assert_int_equal(capture_filter(capture, "greater 30", error), 0);
    unsigned found = 0;
    while (capture_next(capture, &frame, error) == CAPTURE_FRAME)
        found++;
    assert_int_equal(found, interfaces);
    assert_int_equal(capture_filter_misfits(capture, NULL), 0);
    capture_close(capture);
}

static void waits_for_a_slow_reader(void **state)
{
    enum { FRAMES = 20 };
    static const uint8_t zeros[50000];
    char error[CAPTURE_ERROR_SIZE], read_bytes[4096];
    const struct frame frame = {.data = bytes_of(zeros, sizeof zeros), .wire_length = sizeof zeros, .link_type = 1};
    int ends[2], status = 0;
    (void)state;
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        size_t total = 0;
        close(ends[1]);
        for (ssize_t count = 1; count != 0; total += count > 0 ? (size_t)count : 0) {
            count = read(ends[0], read_bytes, sizeof read_bytes);
            if (count < 0)
                usleep(1000);
        }
        _exit(total == 24 + FRAMES * (16 + sizeof zeros) ? 0 : 1);
    }
    close(ends[0]);
    struct capture_writer *writer = capture_writer_open_descriptor(ends[1], "-", error);
    assert_non_null(writer);
    for (int i = 0; i < FRAMES; i++)
        assert_int_equal(capture_writer_add(writer, &frame, error), 0);
    assert_int_equal(capture_writer_close(writer, error), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_for_a_slow_reader),
        cmocka_unit_test(reads_a_descriptor),
        cmocka_unit_test(compiles_again_beyond_its_limit),
        cmocka_unit_test(filters_but_numbers_all),
        cmocka_unit_test(gives_way_where_nothing_matches),
        cmocka_unit_test(compiles_for_each_link_type),
        cmocka_unit_test(refuses_a_wrong_expression),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(clamps_times_that_pcap_cannot_hold),
        cmocka_unit_test(tells_a_full_disk),
        cmocka_unit_test(cuts_frames_that_nobody_would_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
