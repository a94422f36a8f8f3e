/* SPDX-License-Identifier: BSD-3-Clause
 *
 * docs/sandbox.md says the same in words, and must be kept so.
 */
#include "system_calls.h"

#include "call_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

enum { CONDITIONS = 3 };

#define ALL UINT64_MAX /* an enumerator has no room for it */

/* What only some systems have. */
#ifndef SYS__llseek
#define SYS__llseek (-1)
#endif
#ifndef SYS_fstat
#define SYS_fstat (-1)
#endif
#ifndef SYS_fstat64
#define SYS_fstat64 (-1)
#endif
#ifndef SYS_ftruncate64
#define SYS_ftruncate64 (-1)
#endif
#ifndef SYS_poll
#define SYS_poll (-1)
#endif
#ifndef SYS_ppoll_time64
#define SYS_ppoll_time64 (-1)
#endif
#ifndef SYS_clock_gettime64
#define SYS_clock_gettime64 (-1)
#endif
#ifndef SYS_time
#define SYS_time (-1)
#endif
#ifndef SYS_clock_nanosleep_time64
#define SYS_clock_nanosleep_time64 (-1)
#endif
#ifndef SYS_futex_time64
#define SYS_futex_time64 (-1)
#endif
#ifndef SYS_sigreturn
#define SYS_sigreturn (-1)
#endif
#ifndef SYS_mmap2
#define SYS_mmap2 (-1)
#endif
#ifndef SYS_newfstatat
#define SYS_newfstatat (-1)
#endif
#ifndef SYS_fstatat64
#define SYS_fstatat64 (-1)
#endif
#ifndef SYS_fcntl64
#define SYS_fcntl64 (-1)
#endif

/* Allowed whatever their arguments are. */
static const int plain_calls[] = {
    /* descriptors that are open */
    SYS_read,
    SYS_readv,
    SYS_pread64,
    SYS_pwrite64, /* no socket takes it */
    SYS_lseek,
    SYS__llseek,
    SYS_close,
    SYS_fstat,
    SYS_fstat64,
    SYS_ftruncate,
    SYS_ftruncate64,
    SYS_fsync,
    SYS_fdatasync,
    SYS_poll,
    SYS_ppoll,
    SYS_ppoll_time64,
    /* memory */
    SYS_brk,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    /* time */
    SYS_clock_gettime,
    SYS_clock_gettime64,
    SYS_clock_getres,
    SYS_gettimeofday,
    SYS_time,
    SYS_nanosleep,
    SYS_clock_nanosleep,
    SYS_clock_nanosleep_time64,
    /* threads */
    SYS_futex,
    SYS_futex_time64,
    SYS_sched_yield,
    SYS_set_robust_list,
    SYS_rseq,
    SYS_exit,
    SYS_exit_group,
    /* signals */
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigreturn,
    SYS_restart_syscall,
    /* who we are, what the machine has */
    SYS_getpid,
    SYS_gettid,
    SYS_getrandom,
    SYS_sysinfo,
    SYS_sched_getaffinity,
};

/* A system call that is allowed where its arguments are so. */
struct rule {
    int call;
    struct call_condition conditions[CONDITIONS];
};

static void allow_all(struct call_filter *filter, const struct rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++)
        call_filter_allow(filter, rules[i].call, rules[i].conditions, CONDITIONS);
}

static void allow_steady_state(struct call_filter *filter)
{
    const struct rule rules[] = {
        /* never code */
        {SYS_mmap, {{2, PROT_EXEC, 0}}},
        {SYS_mmap2, {{2, PROT_EXEC, 0}}},
        {SYS_mprotect, {{2, PROT_EXEC, 0}}},
        /* how fstat is made: of a descriptor */
        {SYS_newfstatat, {{3, ALL, AT_EMPTY_PATH}}},
        {SYS_fstatat64, {{3, ALL, AT_EMPTY_PATH}}},
        {SYS_fcntl, {{1, ALL, F_GETFL}}},
        {SYS_fcntl64, {{1, ALL, F_GETFL}}},
        /* is it a terminal, and how wide; how much waits */
        {SYS_ioctl, {{1, ALL, TCGETS}}},
        {SYS_ioctl, {{1, ALL, TIOCGWINSZ}}},
        {SYS_ioctl, {{1, ALL, FIONREAD}}},
        /* abort, and a signal that is raised again: only to ourselves */
        {SYS_tgkill, {{0, ALL, (uint64_t)getpid()}}},
    };
    for (size_t i = 0; i < sizeof plain_calls / sizeof plain_calls[0]; i++)
        call_filter_allow(filter, plain_calls[i], NULL, 0);
    allow_all(filter, rules, sizeof rules / sizeof rules[0]);
}

/* Where files may be made and removed, Landlock knows. None is opened to be read. */
static void allow_files(struct call_filter *filter, const struct sandbox_options *options)
{
    static const struct rule adding[] = {
        {SYS_openat, {{2, O_ACCMODE | O_PATH | O_TMPFILE, O_WRONLY}}},
        {SYS_newfstatat, {{0}}},
        {SYS_fstatat64, {{0}}},
    };
    static const struct rule removing[] = {
        {SYS_linkat, {{0}}},
        {SYS_unlinkat, {{2, ALL, 0}}},
    };
    bool removes = false;
    for (size_t i = 0; i < options->folder_count; i++)
        removes = removes || !options->only_adds[i];
    if (options->folder_count > 0)
        allow_all(filter, adding, sizeof adding / sizeof adding[0]);
    if (removes)
        allow_all(filter, removing, sizeof removing / sizeof removing[0]);
}

/* What listening needs of a packet socket; allow_on adds the descriptor. Frames come by memory that is shared with the
 * kernel. The last five rules are for one that comes back. */
static const struct rule packet_calls[] = {
    {SYS_recvfrom, {{0}}},
    {SYS_getsockopt, {{0}}},
    {SYS_getsockname, {{0}}},
    {SYS_setsockopt, {{1, ALL, SOL_SOCKET}, {2, ALL, SO_ATTACH_FILTER}}},
    {SYS_setsockopt, {{1, ALL, SOL_PACKET}, {2, ALL, PACKET_ADD_MEMBERSHIP}}},
    {SYS_bind, {{0}}},
    {SYS_ioctl, {{1, ALL, SIOCGIFINDEX}}},
    {SYS_ioctl, {{1, ALL, SIOCGIFFLAGS}}},
};

/* Not on the packet sockets: what is written there is sent. */
static const struct rule write_calls[] = {
    {SYS_write, {{0}}},
    {SYS_writev, {{0}}},
};

static const struct rule link_calls[] = {
    {SYS_sendto, {{0}}},
    {SYS_recvfrom, {{0}}},
};

/* For descriptors from `first` on, `size` of them: a power of two, of which `first` is a multiple. */
static void allow_on(struct call_filter *filter, const struct rule *rules, size_t count, unsigned first, unsigned size)
{
    for (size_t i = 0; i < count; i++) {
        struct rule rule = rules[i];
        rule.conditions[CONDITIONS - 1] = (struct call_condition){0, ~(uint64_t)(size - 1), first};
        call_filter_allow(filter, rule.call, rule.conditions, CONDITIONS);
    }
}

/* On all descriptors from `first` to `last`, in blocks, because the kernel takes only so long a filter. */
static void allow_between(struct call_filter *filter, const struct rule *rules, size_t count, unsigned first,
                          unsigned last)
{
    while (first <= last) {
        unsigned size = 1;
        while (first % (2 * size) == 0 && last - first >= 2 * size - 1)
            size *= 2;
        allow_on(filter, rules, count, first, size);
        first += size;
    }
}

/* The lowest and the highest of the packet sockets. */
static void find_bounds(const struct sandbox_options *options, unsigned *ret_first, unsigned *ret_last)
{
    *ret_first = *ret_last = (unsigned)options->packet_sockets[0];
    for (size_t i = 1; i < options->packet_socket_count; i++) {
        unsigned socket = (unsigned)options->packet_sockets[i];
        *ret_first = socket < *ret_first ? socket : *ret_first;
        *ret_last = socket > *ret_last ? socket : *ret_last;
    }
}

/* Between the packet sockets there are no others, but for those that tell of interfaces. */
static void allow_packet_sockets(struct call_filter *filter, const struct sandbox_options *options)
{
    unsigned first, last;
    if (options->packet_socket_count == 0)
        return;
    find_bounds(options, &first, &last);
    allow_between(filter, packet_calls, sizeof packet_calls / sizeof packet_calls[0], first, last);
}

static bool is_listed(const int *sockets, size_t count, unsigned descriptor)
{
    for (size_t i = 0; i < count; i++)
        if ((unsigned)sockets[i] == descriptor)
            return true;
    return false;
}

/* Of a descriptor between the packet sockets. One that is free may become a file's, but never a socket's: none can be
 * made or duplicated any more. What is no file of any kind (libpcap wakes itself with such) is not written to. */
static bool may_be_written(const struct sandbox_options *options, unsigned descriptor)
{
    struct stat status;
    if (is_listed(options->packet_sockets, options->packet_socket_count, descriptor) ||
        is_listed(options->link_sockets, options->link_socket_count, descriptor))
        return false;
    return fstat((int)descriptor, &status) != 0 || (status.st_mode & S_IFMT) != 0;
}

static void allow_writing(struct call_filter *filter, const struct sandbox_options *options)
{
    const size_t count = sizeof write_calls / sizeof write_calls[0];
    unsigned first, last;
    if (options->packet_socket_count == 0) {
        allow_all(filter, write_calls, count);
        return;
    }
    find_bounds(options, &first, &last);
    if (first > 0)
        allow_between(filter, write_calls, count, 0, first - 1);
    for (unsigned i = first; i < last; i++)
        if (may_be_written(options, i))
            allow_on(filter, write_calls, count, i, 1);
    allow_between(filter, write_calls, count, last + 1, INT32_MAX);
}

static void allow_link_sockets(struct call_filter *filter, const struct sandbox_options *options)
{
    for (size_t i = 0; i < options->link_socket_count; i++)
        allow_on(filter, link_calls, sizeof link_calls / sizeof link_calls[0], (unsigned)options->link_sockets[i], 1);
}

int system_calls_filter(const struct sandbox_options *options)
{
    struct call_filter *filter = call_filter_new();
    if (!filter)
        return -ENOMEM;
    allow_writing(filter, options);
    allow_steady_state(filter);
    allow_files(filter, options);
    allow_packet_sockets(filter, options);
    allow_link_sockets(filter, options);
    const int result = call_filter_load(filter);
    call_filter_free(filter);
    return result;
}
