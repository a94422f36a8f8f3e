/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The program has one register. Each rule stands for itself:
 *
 *         load the number of the call                 where a rule before has loaded something else
 *         is it this one?                             no: on to the next rule
 *         load half an argument, mask it, compare     no: likewise; both halves of each argument that has a condition
 *         allow
 *
 * and behind the last one stands the refusal.
 */
#include "call_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

struct call_filter {
    bool is_too_long;
    bool holds_number; /* the register, where the next instruction comes to stand: that of the call */
    unsigned short length;
    struct sock_filter program[BPF_MAXINSNS];
};

/* What the kernel calls this processor in struct seccomp_data; 0: we do not know. */
static uint32_t own_processor(void)
{
#if defined __x86_64__ && !defined __ILP32__
    return AUDIT_ARCH_X86_64;
#elif defined __i386__
    return AUDIT_ARCH_I386;
#elif defined __aarch64__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return AUDIT_ARCH_AARCH64;
#elif defined __arm__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return AUDIT_ARCH_ARM;
#elif defined __riscv && __riscv_xlen == 64
    return AUDIT_ARCH_RISCV64;
#elif defined __powerpc64__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return AUDIT_ARCH_PPC64LE;
#elif defined __s390x__
    return AUDIT_ARCH_S390X;
#elif defined __loongarch64
    return AUDIT_ARCH_LOONGARCH64;
#else
    return 0;
#endif
}

static void put(struct call_filter *filter, unsigned code, unsigned if_true, unsigned if_false, uint32_t value)
{
    if (filter->length == BPF_MAXINSNS) {
        filter->is_too_long = true;
        return;
    }
    filter->program[filter->length++] = (struct sock_filter){
        .code = (uint16_t)code, .jt = (uint8_t)if_true, .jf = (uint8_t)if_false, .k = value};
}

static void load(struct call_filter *filter, size_t offset)
{
    put(filter, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offset);
}

static void answer(struct call_filter *filter, uint32_t value)
{
    put(filter, BPF_RET | BPF_K, 0, 0, value);
}

/* Goes on with the next instruction where the register is this value, else `else_over` further. */
static void compare(struct call_filter *filter, uint32_t value, unsigned else_over)
{
    put(filter, BPF_JMP | BPF_JEQ | BPF_K, 0, else_over, value);
}

struct call_filter *call_filter_new(void)
{
    struct call_filter *filter = calloc(1, sizeof *filter);
    if (!filter)
        return NULL;
    load(filter, offsetof(struct seccomp_data, arch));
    put(filter, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, own_processor());
    answer(filter, SECCOMP_RET_KILL_PROCESS);
    return filter;
}

/* One half of an argument: 32 bits. */
struct half {
    size_t offset;
    uint32_t mask, value;
};

enum { MOST_HALVES = 12, HALF_LENGTH = 3 };

static size_t split(const struct call_condition *conditions, size_t count, struct half ret_halves[MOST_HALVES])
{
    const size_t low = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 4;
    size_t halves = 0;
    for (size_t i = 0; i < count && halves + 2 <= MOST_HALVES; i++) {
        const struct call_condition *condition = &conditions[i];
        const size_t at = offsetof(struct seccomp_data, args) + condition->argument * sizeof(uint64_t);
        const uint64_t value = condition->value & condition->mask;
        const struct half both[] = {{at + low, (uint32_t)condition->mask, (uint32_t)value},
                                    {at + 4 - low, (uint32_t)(condition->mask >> 32), (uint32_t)(value >> 32)}};
        for (size_t half = 0; half < 2; half++)
            if (both[half].mask != 0)
                ret_halves[halves++] = both[half];
    }
    return halves;
}

void call_filter_allow(struct call_filter *filter, int call, const struct call_condition *conditions, size_t count)
{
    struct half halves[MOST_HALVES];
    const size_t half_count = split(conditions, count, halves);
    if (call < 0)
        return;
    if (!filter->holds_number)
        load(filter, offsetof(struct seccomp_data, nr));
    unsigned left = (unsigned)half_count * HALF_LENGTH + 1;
    compare(filter, (uint32_t)call, left);
    for (size_t i = 0; i < half_count; i++) {
        left -= HALF_LENGTH;
        load(filter, halves[i].offset);
        put(filter, BPF_ALU | BPF_AND | BPF_K, 0, 0, halves[i].mask);
        compare(filter, halves[i].value, left);
    }
    answer(filter, SECCOMP_RET_ALLOW);
    filter->holds_number = half_count == 0;
}

int call_filter_load(struct call_filter *filter)
{
    answer(filter, SECCOMP_RET_ERRNO | EPERM);
    if (filter->is_too_long)
        return -E2BIG;
    if (own_processor() == 0)
        return -ENOSYS;
    const struct sock_fprog program = {.len = filter->length, .filter = filter->program};
    const long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
    if (result > 0)
        return -ECANCELED; /* a thread has a filter of its own */
    return result < 0 ? -errno : 0;
}

void call_filter_free(struct call_filter *filter)
{
    free(filter);
}
