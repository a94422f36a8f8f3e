/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which descriptors may be written to once frames are listened for. Pairs of local sockets stand for packet sockets:
 * the filter knows numbers only. There is no way back, so each case is a process of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/call_filter.c"
#include "cli/system_calls.c"

#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

enum { PACKET = 40, LINK = 41, BETWEEN = 42, FREE = 43, OTHER_PACKET = 44, ABOVE = 45, FAR_ABOVE = 900 };

/* Each with a peer, so that what is written has somewhere to go. */
static bool put_socket(int descriptor)
{
    int pair[2];
    return socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0 && dup2(pair[0], descriptor) == descriptor;
}

static bool confine(const int *sockets, size_t count)
{
    const int links[] = {LINK};
    const struct sandbox_options options = {
        .packet_sockets = sockets, .packet_socket_count = count, .link_sockets = links, .link_socket_count = 1};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && system_calls_filter(&options) == 0;
}

/* 0, or errno. */
static int write_one(long descriptor)
{
    return syscall(SYS_write, descriptor, "x", 1) == 1 ? 0 : errno;
}

static int writev_one(long descriptor)
{
    char byte = 'x';
    struct iovec piece = {&byte, 1};
    return syscall(SYS_writev, descriptor, &piece, 1) == 1 ? 0 : errno;
}

static bool is_refused(long descriptor)
{
    const long disguised = (long)((unsigned long)descriptor | 1UL << 32); /* the kernel looks at 32 bits only */
    return write_one(descriptor) == EPERM && writev_one(descriptor) == EPERM && write_one(disguised) == EPERM &&
           writev_one(disguised) == EPERM;
}

static bool is_written(long descriptor)
{
    return write_one(descriptor) == 0 && writev_one(descriptor) == 0;
}

/* The line that is not as expected; 0: none. */
static int two_sockets(void)
{
    const int sockets[] = {OTHER_PACKET, PACKET};
    if (!put_socket(PACKET) || !put_socket(LINK) || !put_socket(BETWEEN) || !put_socket(OTHER_PACKET) ||
        !put_socket(ABOVE) || !put_socket(FAR_ABOVE) || !put_socket(STDIN_FILENO) || !confine(sockets, 2))
        return __LINE__;
    if (!is_refused(PACKET) || !is_refused(OTHER_PACKET) || !is_refused(LINK))
        return __LINE__;
    if (!is_written(STDIN_FILENO) || !is_written(BETWEEN) || !is_written(ABOVE) || !is_written(FAR_ABOVE))
        return __LINE__;
    if (write_one(FREE) != EBADF || write_one(INT32_MAX) != EBADF) /* a file may get that number */
        return __LINE__;
    errno = 0;
    if (dup(PACKET) >= 0 || errno != EPERM)
        return __LINE__;
    return 0;
}

static int first_of_all(void)
{
    const int sockets[] = {STDIN_FILENO};
    if (!put_socket(STDIN_FILENO) || !put_socket(ABOVE) || !confine(sockets, 1))
        return __LINE__;
    return is_refused(STDIN_FILENO) && is_written(ABOVE) ? 0 : __LINE__;
}

static int no_socket(void)
{
    if (!put_socket(ABOVE) || !confine(NULL, 0))
        return __LINE__;
    return is_written(ABOVE) ? 0 : __LINE__;
}

static int in_process(int (*attempt)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        (void)syscall(SYS_exit_group, attempt() == 0 ? 0 : 1); /* _exit asks for more where a sanitizer watches */
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void nothing_is_sent_by_packet_sockets(void **state)
{
    (void)state;
    assert_int_equal(in_process(two_sockets), 0);
    assert_int_equal(in_process(first_of_all), 0);
}

static void everything_is_written_without_them(void **state)
{
    (void)state;
    assert_int_equal(in_process(no_socket), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_sent_by_packet_sockets),
        cmocka_unit_test(everything_is_written_without_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
