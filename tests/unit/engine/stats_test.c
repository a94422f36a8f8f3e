/* SPDX-License-Identifier: BSD-3-Clause */
#include "engine/stats.h"
#include "output/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* What the record looks like in that format. */
static void print(enum output_format format, const struct stats *now, const struct stats *before, char *ret_text,
                  size_t size)
{
    int descriptor = memfd_create("stats", 0);
    const struct output_options options = {
        .format = format, .descriptor = descriptor, .width = 100, .detail = DETAIL_VERBOSE};
    struct output *output = output_new(&options);
    assert_non_null(output);
    stats_write(&(struct record_sink){.context = output, .write = output_record}, now, before);
    assert_true(output_waiting(output) > 0);
    assert_int_equal(output_flush(output), 0);
    assert_int_equal(output_waiting(output), 0);
    output_free(output);
    ssize_t length = pread(descriptor, ret_text, size - 1, 0);
    assert_true(length > 0);
    ret_text[length] = '\0';
    close(descriptor);
}

static const struct stats_interface interfaces[] = {{"eth0", true, 90, 7, 1}, {"eth1", false, 10, 0, 0}};

static const struct stats before = {
    .time_ns = 1700000000000000000,
    .uptime_ns = 1000000000,
    .total = {.received = 40, .dropped_by_kernel = 2, .dropped_by_interface = 3, .analysed = 40, .bytes = 4000},
};

static const struct stats now = {
    .time_ns = 1700000005000000000,
    .uptime_ns = 6000000000,
    .total = {.received = 100,
              .dropped_by_kernel = 7,
              .dropped_by_interface = 1, /* an interface came back and began to count anew */
              .dropped_by_overhear = 4,
              .analysed = 99,
              .bytes = 12345,
              .conversations = 5,
              .records = 6,
              .anomalies = 8},
    .open_conversations = 3,
    .memory_used = 1000,
    .memory_peak = 2000,
    .memory_limit = 3000,
    .resident_bytes = 4096,
    .waiting_records = 11,
    .waiting_bytes = 12,
    .interfaces = interfaces,
    .interface_count = 2,
};

static void tells_totals_and_what_is_new(void **state)
{
    (void)state;
    char text[4096];
    print(OUTPUT_JSON, &now, &before, text, sizeof text);
    assert_string_equal(
        text,
        "{\"@timestamp\":\"2023-11-14T22:13:25.000000Z\",\"event\":{\"dataset\":\"stats\"},\"overhear\":{\"stats\":{"
        "\"uptime\":6000000000,\"interval\":5000000000,\"total\":{\"received\":100,\"dropped_by_kernel\":7,"
        "\"dropped_by_interface\":1,\"dropped_by_overhear\":4,\"analysed\":99,\"bytes\":12345,\"conversations\":5,"
        "\"records\":6,\"anomalies\":8},\"since\":{\"received\":60,\"dropped_by_kernel\":5,\"dropped_by_interface\":0,"
        "\"dropped_by_overhear\":4,\"analysed\":59,\"bytes\":8345,\"conversations\":5,\"records\":6,\"anomalies\":8},"
        "\"open_conversations\":3,\"memory\":{\"used\":1000,\"peak\":2000,\"limit\":3000,\"resident\":4096},"
        "\"waiting\":{\"records\":11,\"bytes\":12},\"interfaces\":[{\"name\":\"eth0\",\"state\":\"up\","
        "\"received\":90,\"dropped_by_kernel\":7,\"dropped_by_interface\":1},{\"name\":\"eth1\",\"state\":\"down\","
        "\"received\":10,\"dropped_by_kernel\":0,\"dropped_by_interface\":0}]}}}\n");
}

static void the_first_counts_from_the_beginning(void **state)
{
    (void)state;
    char text[4096];
    print(OUTPUT_JSON, &before, NULL, text, sizeof text);
    assert_non_null(strstr(text, "\"uptime\":1000000000,\"interval\":1000000000"));
    assert_non_null(strstr(text, "\"since\":{\"received\":40,\"dropped_by_kernel\":2,\"dropped_by_interface\":3,"));
}

static void reads_well(void **state)
{
    (void)state;
    char text[4096];
    print(OUTPUT_TRANSCRIPT, &now, &before, text, sizeof text);
    assert_non_null(strstr(text, "100 frames in 6 s; dropped: kernel 7, interfaces 1, overhear 4\n"));
    assert_non_null(strstr(text, "eth1  down"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_totals_and_what_is_new),
        cmocka_unit_test(the_first_counts_from_the_beginning),
        cmocka_unit_test(reads_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
