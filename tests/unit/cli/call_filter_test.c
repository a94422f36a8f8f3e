/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the kernel makes of the filter. There is no way back, so each case is a process of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/call_filter.c"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static const struct call_condition on_seven[] = {{0, UINT64_MAX, 7},
                                                 {2, UINT64_C(0xff00000000), UINT64_C(0x1200000000)}};

/* exit_group, getpid; lseek by descriptor 7 to 0x12........, or with a `whence` that has none of the bits 6. */
static struct call_filter *some_filter(void)
{
    static const struct call_condition masked[] = {{2, 6, 0}};
    struct call_filter *filter = call_filter_new();
    if (!filter)
        return NULL;
    call_filter_allow(filter, SYS_exit_group, NULL, 0);
    call_filter_allow(filter, -1, NULL, 0);
    call_filter_allow(filter, SYS_lseek, on_seven, 2);
    call_filter_allow(filter, SYS_lseek, masked, 1);
    call_filter_allow(filter, SYS_getpid, NULL, 0);
    return filter;
}

/* 0, or errno. */
static int seek(long descriptor, unsigned long whence)
{
    return syscall(SYS_lseek, descriptor, 0L, whence) >= 0 ? 0 : errno;
}

/* The line that is not as expected; 0: none. */
static int allows_what_it_says(void)
{
    struct call_filter *filter = some_filter();
    if (!filter || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || call_filter_load(filter) != 0)
        return __LINE__;
    if (syscall(SYS_getpid) <= 0)
        return __LINE__;
    errno = 0;
    if (syscall(SYS_getppid) != -1 || errno != EPERM)
        return __LINE__;
    if (seek(900, 0) != EBADF || seek(900, 1) != EBADF || seek(900, 2) != EPERM || seek(900, 6) != EPERM)
        return __LINE__;
    /* the kernel looks at 32 bits of `whence` only, the filter at all of them */
    if (seek(7, UINT64_C(0x1200000002)) == EPERM || seek(7, UINT64_C(0x1300000002)) != EPERM ||
        seek(8, UINT64_C(0x1200000002)) != EPERM || seek(7L | 1L << 32, UINT64_C(0x1200000002)) != EPERM)
        return __LINE__;
    return 0;
}

static int needs_no_new_privs(void)
{
    struct call_filter *filter = some_filter();
    if (!filter || (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)))
        return __LINE__;
    return call_filter_load(filter) == -EACCES ? 0 : __LINE__;
}

static int in_process(int (*attempt)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        const int line = attempt();
        (void)syscall(SYS_exit_group, line == 0 ? 0 : 1); /* _exit asks for more where a sanitizer watches */
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void allows_what_is_said_and_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(in_process(allows_what_it_says), 0);
}

static void the_kernel_may_refuse(void **state)
{
    (void)state;
    assert_int_equal(in_process(needs_no_new_privs), 0);
}

static void has_an_end(void **state)
{
    (void)state;
    struct call_filter *filter = call_filter_new();
    assert_non_null(filter);
    for (int i = 0; i < BPF_MAXINSNS; i++)
        call_filter_allow(filter, SYS_lseek, on_seven, 2);
    assert_int_equal(call_filter_load(filter), -E2BIG);
    call_filter_free(filter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allows_what_is_said_and_nothing_else),
        cmocka_unit_test(the_kernel_may_refuse),
        cmocka_unit_test(has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
