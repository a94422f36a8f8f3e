/* SPDX-License-Identifier: BSD-3-Clause */
#include "sample.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

static struct output *new_output(int descriptor, bool line_buffered)
{
    struct output *output = output_new(
        &(struct output_options){.format = OUTPUT_JSON, .descriptor = descriptor, .line_buffered = line_buffered});
    assert_non_null(output);
    return output;
}

/* Nothing leaves before the buffer is full; then whole lines leave. */
static void test_buffers_whole_lines(void **state)
{
    (void)state;
    int descriptor = memfd_create("output", 0);
    struct output *output = new_output(descriptor, false);
    struct record record;
    sample_dns(&record);
    output_record(output, &record);
    assert_int_equal(lseek(descriptor, 0, SEEK_END), 0);
    assert_int_equal(output_flush(output), 0);
    off_t line = lseek(descriptor, 0, SEEK_END);
    assert_true(line > 500);
    for (int i = 0; i < 300; i++)
        output_record(output, &record);
    off_t length = lseek(descriptor, 0, SEEK_END);
    assert_true(length >= 128 * 1024 && length % line == 0);
    output_flush(output);
    assert_int_equal(lseek(descriptor, 0, SEEK_END), 301 * line);
    output_free(output);
    record_done(&record);
    close(descriptor);
}

static void test_line_buffered(void **state)
{
    (void)state;
    int descriptor = memfd_create("output", 0);
    struct output *output = new_output(descriptor, true);
    struct record record;
    sample_dns(&record);
    output_record(output, &record);
    assert_true(lseek(descriptor, 0, SEEK_END) > 500);
    output_free(output);
    record_done(&record);
    close(descriptor);
}

static void test_reader_went_away(void **state)
{
    (void)state;
    int ends[2];
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    struct output *output = new_output(ends[1], false);
    struct record record;
    sample_dns(&record);
    output_record(output, &record);
    output_record(output, &record);
    assert_int_equal(output_errno(output), 0);
    assert_int_equal(output_flush(output), -1);
    assert_int_equal(output_errno(output), EPIPE);
    assert_int_equal(output_records_lost(output), 2);
    output_record(output, &record);
    assert_int_equal(output_flush(output), -1);
    assert_int_equal(output_records_lost(output), 3);
    output_free(output);
    record_done(&record);
    close(ends[1]);
}

/* Also where there is nothing to write. */
static void test_looks_for_the_reader(void **state)
{
    (void)state;
    int ends[2];
    FILE *file = tmpfile();
    assert_int_equal(pipe(ends), 0);
    assert_non_null(file);
    struct output *output = new_output(ends[1], false);
    output_look_for_reader(output);
    assert_int_equal(output_errno(output), 0);
    close(ends[0]);
    output_look_for_reader(output);
    assert_int_equal(output_errno(output), EPIPE);
    output_free(output);
    output = new_output(fileno(file), false);
    output_look_for_reader(output);
    assert_int_equal(output_errno(output), 0);
    output_free(output);
    (void)fclose(file);
    close(ends[1]);
}

static void test_full_disk(void **state)
{
    (void)state;
    int descriptor = open("/dev/full", O_WRONLY);
    if (descriptor < 0)
        skip();
    struct output *output = new_output(descriptor, true);
    struct record record;
    sample_dns(&record);
    output_record(output, &record);
    assert_int_equal(output_errno(output), ENOSPC);
    assert_int_equal(output_records_lost(output), 1);
    output_free(output);
    record_done(&record);
    close(descriptor);
}

/* What is in the file of a record that does not fit is taken back; what was there before, and whole records, stay. */
static void test_disk_full_in_the_middle(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    assert_non_null(file);
    const int descriptor = fileno(file);
    struct rlimit before, little;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    struct output *output = new_output(descriptor, false);
    struct record record;
    sample_dns(&record);
    output_record(output, &record);
    assert_int_equal(output_flush(output), 0);
    const off_t line = lseek(descriptor, 0, SEEK_END);
    little = before;
    little.rlim_cur = (rlim_t)(3 * line + line / 2);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    for (int i = 0; i < 5; i++)
        output_record(output, &record);
    const int flushed = output_flush(output);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(flushed, -1);
    assert_int_equal(output_errno(output), EFBIG);
    assert_int_equal(output_records_written(output), 3);
    assert_int_equal(output_records_lost(output), 3);
    assert_int_equal(lseek(descriptor, 0, SEEK_END), 3 * line);
    output_record(output, &record);
    assert_int_equal(output_flush(output), -1);
    assert_int_equal(output_records_lost(output), 4);
    assert_int_equal(lseek(descriptor, 0, SEEK_END), 3 * line);
    output_free(output);
    record_done(&record);
    (void)fclose(file);
}

/* A pipe that does not take everything at once, and does not block. */
static void test_slow_reader(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    struct record record;
    sample_dns(&record);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct output *output = new_output(ends[1], false);
        for (int i = 0; i < 1000; i++)
            output_record(output, &record);
        _exit(output_flush(output) == 0 && output_records_lost(output) == 0 ? 0 : 1);
    }
    close(ends[1]);
    size_t lines = 0;
    fcntl(ends[0], F_SETFL, 0);
    char piece[4096];
    for (ssize_t got; (got = read(ends[0], piece, sizeof piece)) > 0;)
        for (ssize_t i = 0; i < got; i++)
            lines += piece[i] == '\n';
    assert_int_equal(lines, 1000);
    close(ends[0]);
    record_done(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buffers_whole_lines),  cmocka_unit_test(test_line_buffered),
        cmocka_unit_test(test_reader_went_away),     cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_slow_reader),          cmocka_unit_test(test_disk_full_in_the_middle),
        cmocka_unit_test(test_looks_for_the_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
