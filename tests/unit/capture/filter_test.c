/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Filters that are made before the sandbox.
 */
#include "capture/filter.h"
#include "image.h"

#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static bool has_services(void)
{
    return getservbyname("domain", "udp") != NULL;
}

/* An IPv4 datagram from port 1024 to that port. */
static struct frame datagram(uint8_t packet[28], uint8_t port, uint16_t link_type)
{
    static const uint8_t header[] = {0x45, 0, 0, 28, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 4, 0};
    memset(packet, 0, 28);
    memcpy(packet, header, sizeof header);
    packet[23] = port;
    return (struct frame){.data = bytes_of(packet, 28), .wire_length = 28, .link_type = link_type, .time_digits = 6};
}

static void knows_names_for_usual_link_types(void **state)
{
    (void)state;
    char error[CAPTURE_ERROR_SIZE] = "";
    uint8_t packet[28];
    if (!has_services())
        skip();
    struct filter *filter = filter_prepare("dst port domain", error);
    assert_non_null(filter);
    static const uint16_t raw[] = {101, 228, 12};
    for (size_t i = 0; i < sizeof raw / sizeof raw[0]; i++) {
        struct frame frame = datagram(packet, 53, raw[i]);
        assert_int_equal(filter_frame(filter, &frame), FILTER_YES);
        frame = datagram(packet, 54, raw[i]);
        assert_int_equal(filter_frame(filter, &frame), FILTER_NO);
    }
    static const uint16_t others[] = {1, 113, 276, 0, 108, 127, 105, 9, 50, 229};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(filter_fits(filter, others[i], error), 0);
    assert_string_equal(error, "");
    assert_int_equal(filter_misfits(filter, NULL), 0);
    filter_free(filter);
}

static void refuses_what_makes_no_sense_anywhere(void **state)
{
    (void)state;
    char error[CAPTURE_ERROR_SIZE] = "";
    assert_null(filter_prepare("tcp prot 25", error));
    assert_memory_equal(error, "filter 'tcp prot 25': ", 22);
    assert_non_null(strstr(error, "(for frames of link type 1, EN10MB)"));
    assert_null(filter_prepare("port no-such-port-at-all", error));
    assert_string_equal(error,
                        "filter 'port no-such-port-at-all': unknown port 'no-such-port-at-all' (for frames of link "
                        "type 1, EN10MB)");
    filter_free(NULL);
}

/* Makes sense for Ethernet, not for IP alone. */
static void tells_a_misfit_of_a_usual_link_type(void **state)
{
    (void)state;
    char error[CAPTURE_ERROR_SIZE] = "";
    const char *reason = NULL;
    uint8_t packet[28];
    struct filter *filter = filter_prepare("ether src 02:00:00:00:00:01", error);
    assert_non_null(filter);
    assert_int_equal(filter_fits(filter, 1, error), 0);
    assert_string_equal(error, "");
    assert_int_equal(filter_fits(filter, 101, error), -1);
    assert_non_null(strstr(error, "link type 101"));
    assert_null(strstr(error, "--no-sandbox"));
    const struct frame frame = datagram(packet, 53, 101);
    assert_int_equal(filter_frame(filter, &frame), FILTER_MISFIT);
    assert_int_equal(filter_misfits(filter, &reason), 1);
    assert_string_equal(reason, error);
    filter_free(filter);
}

/* 147: for private use; 220: USB. Where a name is looked up too late, the way out is named. */
static void compiles_the_rest_when_it_comes(void **state)
{
    (void)state;
    char error[CAPTURE_ERROR_SIZE] = "";
    const char *reason = NULL;
    uint8_t packet[28];
    struct filter *filter = filter_prepare("greater 20", error);
    const struct frame frame = datagram(packet, 53, 220);
    assert_non_null(filter);
    assert_int_equal(filter_frame(filter, &frame), FILTER_YES);
    filter_free(filter);

    filter = filter_prepare("ip", error);
    assert_int_equal(filter_fits(filter, 147, error), -1);
    assert_non_null(strstr(error, "link type 147"));
    const struct frame private = datagram(packet, 53, 147);
    assert_int_equal(filter_frame(filter, &private), FILTER_MISFIT);
    assert_int_equal(filter_misfits(filter, &reason), 1);
    assert_string_equal(reason, error);
    filter_free(filter);
}

/* The usual ones stay, however many others come. */
static void keeps_the_usual_ones_beyond_its_limit(void **state)
{
    (void)state;
    char error[CAPTURE_ERROR_SIZE] = "";
    uint8_t packet[28];
    struct filter *filter = filter_prepare("less 100 or ether src 02:00:00:00:00:01", error);
    assert_non_null(filter);
    for (uint16_t round = 0; round < 2; round++)
        for (uint16_t type = 147; type < 147 + 2 * LIMIT_FILTERS; type++) {
            const struct frame frame = datagram(packet, 53, type);
            (void)filter_frame(filter, &frame);
        }
    const struct frame ethernet = datagram(packet, 53, 1);
    assert_int_equal(filter_frame(filter, &ethernet), FILTER_YES);
    assert_int_equal(filter_fits(filter, 101, error), -1); /* as before */
    filter_free(filter);
}

static void add_frame(struct image *image, uint32_t interface, struct bytes data)
{
    size_t start = image_block_begin(image, 6);
    image_u32(image, interface);
    image_u32(image, 0);
    image_u32(image, 0);
    image_u32(image, (uint32_t)data.len);
    image_u32(image, (uint32_t)data.len);
    for (size_t i = 0; i < data.len; i++)
        image_u8(image, bytes_at(data, i));
    image_block_end(image, start);
}

/* One filter for captures of two link types; each tells its own misfits. */
static void serves_captures_one_after_the_other(void **state)
{
    (void)state;
    char error[CAPTURE_ERROR_SIZE] = "";
    uint8_t packet[28];
    struct filter *filter = filter_prepare("dst port 53", error);
    assert_non_null(filter);
    for (unsigned i = 0; i < 2; i++) {
        struct image image = {.little = true};
        struct frame frame = datagram(packet, 53, 101);
        const char *reason = NULL;
        image_section(&image, true);
        image_interface(&image, 101, 0, 6, 0);
        image_interface(&image, 147, 0, 6, 0);
        for (unsigned k = 0; k < 2; k++)
            add_frame(&image, k, frame.data);
        struct capture *capture = capture_open_memory(image_bytes(&image), 1, error);
        assert_non_null(capture);
        assert_int_equal(capture_use_filter(capture, filter, error), 0);
        assert_int_equal(capture_next(capture, &frame, error), CAPTURE_FRAME);
        assert_int_equal(frame.moment.frame, 1);
        assert_int_equal(capture_next(capture, &frame, error), CAPTURE_END);
        assert_int_equal(capture_filter_misfits(capture, &reason), 1);
        assert_non_null(strstr(reason, "link type 147"));
        capture_close(capture);
    }
    struct image image = {.little = true};
    image_pcap_header(&image, 0xa1b2c3d4, 4, 147);
    struct capture *capture = capture_open_memory(image_bytes(&image), 1, error);
    assert_non_null(capture);
    assert_int_equal(capture_use_filter(capture, filter, error), -1);
    assert_non_null(strstr(error, "link type 147"));
    assert_int_equal(capture_filter(capture, "greater 1", error), 0); /* one of its own in place of a borrowed one */
    capture_close(capture);
    filter_free(filter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_names_for_usual_link_types),      cmocka_unit_test(refuses_what_makes_no_sense_anywhere),
        cmocka_unit_test(tells_a_misfit_of_a_usual_link_type),   cmocka_unit_test(compiles_the_rest_when_it_comes),
        cmocka_unit_test(keeps_the_usual_ones_beyond_its_limit), cmocka_unit_test(serves_captures_one_after_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
