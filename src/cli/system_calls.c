/* SPDX-License-Identifier: BSD-3-Clause
 *
 * docs/sandbox.md says the same in words, and must be kept so.
 */
#include "system_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

enum { CONDITIONS = 3 };

#define ALL UINT64_MAX /* an enumerator has no room for it */

/* Allowed whatever their arguments are. What a system does not have, libseccomp passes over. */
static const int plain_calls[] = {
    /* descriptors that are open */
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64), /* no socket takes it */
    SCMP_SYS(lseek),
    SCMP_SYS(_llseek),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(fstat64),
    SCMP_SYS(ftruncate),
    SCMP_SYS(ftruncate64),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(ppoll_time64),
    /* memory */
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    /* time */
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_gettime64),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(clock_nanosleep_time64),
    /* threads */
    SCMP_SYS(futex),
    SCMP_SYS(futex_time64),
    SCMP_SYS(sched_yield),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    /* signals */
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigreturn),
    SCMP_SYS(restart_syscall),
    /* who we are, what the machine has */
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getrandom),
    SCMP_SYS(sysinfo),
    SCMP_SYS(sched_getaffinity),
};

/* A system call that is allowed where these bits of its arguments have these values. A mask of 0: no condition. */
struct rule {
    int call;
    struct {
        unsigned argument;
        uint64_t mask, value;
    } conditions[CONDITIONS];
};

static int allow(scmp_filter_ctx filter, const struct rule *rule)
{
    struct scmp_arg_cmp arguments[CONDITIONS];
    unsigned count = 0;
    for (size_t i = 0; i < CONDITIONS; i++)
        if (rule->conditions[i].mask == ALL)
            arguments[count++] = (struct scmp_arg_cmp){
                .arg = rule->conditions[i].argument, .op = SCMP_CMP_EQ, .datum_a = rule->conditions[i].value};
        else if (rule->conditions[i].mask != 0)
            arguments[count++] = (struct scmp_arg_cmp){.arg = rule->conditions[i].argument,
                                                       .op = SCMP_CMP_MASKED_EQ,
                                                       .datum_a = rule->conditions[i].mask,
                                                       .datum_b = rule->conditions[i].value};
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, rule->call, count, arguments);
}

static int allow_all(scmp_filter_ctx filter, const struct rule *rules, size_t count)
{
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++)
        result = allow(filter, &rules[i]);
    return result;
}

static int allow_steady_state(scmp_filter_ctx filter)
{
    const struct rule rules[] = {
        /* never code */
        {SCMP_SYS(mmap), {{2, PROT_EXEC, 0}}},
        {SCMP_SYS(mmap2), {{2, PROT_EXEC, 0}}},
        {SCMP_SYS(mprotect), {{2, PROT_EXEC, 0}}},
        /* how fstat is made: of a descriptor */
        {SCMP_SYS(newfstatat), {{3, ALL, AT_EMPTY_PATH}}},
        {SCMP_SYS(fstatat64), {{3, ALL, AT_EMPTY_PATH}}},
        {SCMP_SYS(fcntl), {{1, ALL, F_GETFL}}},
        {SCMP_SYS(fcntl64), {{1, ALL, F_GETFL}}},
        /* is it a terminal, and how wide; how much waits */
        {SCMP_SYS(ioctl), {{1, ALL, TCGETS}}},
        {SCMP_SYS(ioctl), {{1, ALL, TIOCGWINSZ}}},
        {SCMP_SYS(ioctl), {{1, ALL, FIONREAD}}},
        /* abort, and a signal that is raised again: only to ourselves */
        {SCMP_SYS(tgkill), {{0, ALL, (uint64_t)getpid()}}},
    };
    int result = 0;
    for (size_t i = 0; i < sizeof plain_calls / sizeof plain_calls[0] && result == 0; i++)
        result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, plain_calls[i], 0, NULL);
    return result != 0 ? result : allow_all(filter, rules, sizeof rules / sizeof rules[0]);
}

/* Where files may be made and removed, Landlock knows. None is opened to be read. */
static int allow_files(scmp_filter_ctx filter, const struct sandbox_options *options)
{
    static const struct rule adding[] = {
        {SCMP_SYS(openat), {{2, O_ACCMODE | O_PATH | O_TMPFILE, O_WRONLY}}},
        {SCMP_SYS(newfstatat), {{0}}},
        {SCMP_SYS(fstatat64), {{0}}},
    };
    static const struct rule removing[] = {
        {SCMP_SYS(linkat), {{0}}},
        {SCMP_SYS(unlinkat), {{2, ALL, 0}}},
    };
    bool removes = false;
    for (size_t i = 0; i < options->folder_count; i++)
        removes = removes || !options->only_adds[i];
    int result = options->folder_count > 0 ? allow_all(filter, adding, sizeof adding / sizeof adding[0]) : 0;
    return result == 0 && removes ? allow_all(filter, removing, sizeof removing / sizeof removing[0]) : result;
}

/* What listening needs of a packet socket; allow_on adds the descriptor. Frames come by memory that is shared with the
 * kernel. The last five rules are for one that comes back. */
static const struct rule packet_calls[] = {
    {SCMP_SYS(recvfrom), {{0}}},
    {SCMP_SYS(getsockopt), {{0}}},
    {SCMP_SYS(getsockname), {{0}}},
    {SCMP_SYS(setsockopt), {{1, ALL, SOL_SOCKET}, {2, ALL, SO_ATTACH_FILTER}}},
    {SCMP_SYS(setsockopt), {{1, ALL, SOL_PACKET}, {2, ALL, PACKET_ADD_MEMBERSHIP}}},
    {SCMP_SYS(bind), {{0}}},
    {SCMP_SYS(ioctl), {{1, ALL, SIOCGIFINDEX}}},
    {SCMP_SYS(ioctl), {{1, ALL, SIOCGIFFLAGS}}},
};

/* Not on the packet sockets: what is written there is sent. */
static const struct rule write_calls[] = {
    {SCMP_SYS(write), {{0}}},
    {SCMP_SYS(writev), {{0}}},
};

static const struct rule link_calls[] = {
    {SCMP_SYS(sendto), {{0}}},
    {SCMP_SYS(recvfrom), {{0}}},
};

/* For descriptors from `first` on, `size` of them: a power of two, of which `first` is a multiple. */
static int allow_on(scmp_filter_ctx filter, const struct rule *rules, size_t count, unsigned first, unsigned size)
{
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++) {
        struct rule rule = rules[i];
        rule.conditions[CONDITIONS - 1].argument = 0;
        rule.conditions[CONDITIONS - 1].mask = ~(uint64_t)(size - 1);
        rule.conditions[CONDITIONS - 1].value = first;
        result = allow(filter, &rule);
    }
    return result;
}

/* On all descriptors from `first` to `last`, in blocks, because the kernel takes only so long a filter. */
static int allow_between(scmp_filter_ctx filter, const struct rule *rules, size_t count, unsigned first, unsigned last)
{
    int result = 0;
    while (first <= last && result == 0) {
        unsigned size = 1;
        while (first % (2 * size) == 0 && last - first >= 2 * size - 1)
            size *= 2;
        result = allow_on(filter, rules, count, first, size);
        first += size;
    }
    return result;
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
static int allow_packet_sockets(scmp_filter_ctx filter, const struct sandbox_options *options)
{
    unsigned first, last;
    if (options->packet_socket_count == 0)
        return 0;
    find_bounds(options, &first, &last);
    return allow_between(filter, packet_calls, sizeof packet_calls / sizeof packet_calls[0], first, last);
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

static int allow_writing(scmp_filter_ctx filter, const struct sandbox_options *options)
{
    const size_t count = sizeof write_calls / sizeof write_calls[0];
    unsigned first, last;
    if (options->packet_socket_count == 0)
        return allow_all(filter, write_calls, count);
    find_bounds(options, &first, &last);
    int result = first > 0 ? allow_between(filter, write_calls, count, 0, first - 1) : 0;
    for (unsigned i = first; i < last && result == 0; i++)
        if (may_be_written(options, i))
            result = allow_on(filter, write_calls, count, i, 1);
    return result == 0 ? allow_between(filter, write_calls, count, last + 1, INT32_MAX) : result;
}

static int allow_link_sockets(scmp_filter_ctx filter, const struct sandbox_options *options)
{
    int result = 0;
    for (size_t i = 0; i < options->link_socket_count && result == 0; i++)
        result = allow_on(filter, link_calls, sizeof link_calls / sizeof link_calls[0],
                          (unsigned)options->link_sockets[i], 1);
    return result;
}

static int build_filter(scmp_filter_ctx filter, const struct sandbox_options *options)
{
    int result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (result == 0)
        result = allow_steady_state(filter);
    if (result == 0)
        result = allow_writing(filter, options);
    if (result == 0)
        result = allow_files(filter, options);
    if (result == 0)
        result = allow_packet_sockets(filter, options);
    if (result == 0)
        result = allow_link_sockets(filter, options);
    return result;
}

int system_calls_filter(const struct sandbox_options *options)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int result = filter ? build_filter(filter, options) : -ENOMEM;
    if (result == 0)
        result = seccomp_load(filter);
    seccomp_release(filter);
    return result;
}
