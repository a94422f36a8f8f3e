/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A filter of system calls in the making: those that are allowed, by what their arguments are. seccomp takes it as a
 * program for its classic BPF, one instruction after the other; so does what is written here. (libseccomp would write
 * it, too, from more than a thousand pieces of memory, and crashes, loops or forgets rules where one of them cannot be
 * had.)
 */
#ifndef OVERHEAR_CLI_CALL_FILTER_H
#define OVERHEAR_CLI_CALL_FILTER_H

#include <stddef.h>
#include <stdint.h>

struct call_filter;

/* The bits of `mask` in this argument (0 to 5) are those of `value`. A mask of 0: no condition. */
struct call_condition {
    unsigned argument;
    uint64_t mask, value;
};

/* NULL where memory is out. */
struct call_filter *call_filter_new(void);

/* The call with this number (SYS_...; negative: this system has none) is allowed where all conditions are met, or those
 * of another call of this function. */
void call_filter_allow(struct call_filter *filter, int call, const struct call_condition *conditions, size_t count);

/* All others fail with EPERM from now on, for all threads; what is made for another kind of processor ends the process.
 * 0, or a negative errno: -E2BIG, more than the kernel takes; -ENOSYS, not for this processor. no_new_privs has to be
 * set. */
int call_filter_load(struct call_filter *filter);

void call_filter_free(struct call_filter *filter);

#endif
