/* SPDX-License-Identifier: BSD-3-Clause */
#include "util/write_all.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

enum { MUCH = 1 << 20 };

static void *read_slowly(void *context)
{
    const int *descriptor = context;
    static char buffer[4096];
    size_t total = 0;
    ssize_t length;
    while ((length = read(*descriptor, buffer, sizeof buffer)) > 0)
        total += (size_t)length;
    return (void *)(uintptr_t)total;
}

/* Far more than a pipe holds, into one that never blocks. */
static void waits_for_a_reader(void **state)
{
    (void)state;
    int pipes[2];
    pthread_t reader;
    size_t written = 0;
    void *total = NULL;
    char *much = calloc(1, MUCH);
    assert_non_null(much);
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(fcntl(pipes[1], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(pthread_create(&reader, NULL, read_slowly, &pipes[0]), 0);
    assert_true(write_all(pipes[1], bytes_of((const uint8_t *)much, MUCH), &written));
    assert_int_equal(written, MUCH);
    close(pipes[1]);
    pthread_join(reader, &total);
    assert_int_equal((uintptr_t)total, MUCH);
    close(pipes[0]);
    free(much);
}

static void tells_how_far_it_came(void **state)
{
    (void)state;
    char name[] = "/tmp/overhear-write-XXXXXX";
    int file = mkstemp(name);
    size_t written = 7;
    struct rlimit before, small;
    assert_true(file >= 0);
    unlink(name);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 10;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_false(write_all(file, bytes_text("more than ten bytes"), &written));
    assert_int_equal(errno, EFBIG);
    assert_int_equal(written, 10);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_true(write_all(file, bytes_text(""), &written));
    assert_int_equal(written, 0);
    close(file);
    assert_false(write_all(file, bytes_text("x"), &written));
    assert_int_equal(errno, EBADF);
}

static void takes_back_what_is_last(void **state)
{
    (void)state;
    char name[] = "/tmp/overhear-write-XXXXXX", text[8] = "";
    int pipes[2], file = mkstemp(name);
    size_t written;
    assert_true(file >= 0);
    unlink(name);
    assert_true(write_all(file, bytes_text("whole, half"), &written));
    errno = ENOSPC;
    write_take_back(file, 6);
    assert_int_equal(errno, ENOSPC);
    assert_true(write_all(file, bytes_text("!"), &written));
    assert_int_equal(pread(file, text, sizeof text, 0), 6);
    assert_memory_equal(text, "whole!", 6);
    /* not what somebody else has written behind it */
    assert_int_equal(pwrite(file, "theirs", 6, 6), 6);
    write_take_back(file, 1);
    assert_int_equal(lseek(file, 0, SEEK_END), 12);
    write_take_back(file, 0);
    assert_int_equal(lseek(file, 0, SEEK_END), 12);
    close(file);
    /* nor what is in a pipe */
    assert_int_equal(pipe(pipes), 0);
    assert_true(write_all(pipes[1], bytes_text("gone"), &written));
    write_take_back(pipes[1], 2);
    assert_int_equal(read(pipes[0], text, sizeof text), 4);
    close(pipes[0]);
    close(pipes[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_for_a_reader),
        cmocka_unit_test(tells_how_far_it_came),
        cmocka_unit_test(takes_back_what_is_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
