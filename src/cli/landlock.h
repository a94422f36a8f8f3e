/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Landlock (Linux 5.13 and later): which files a process may still reach. The kernel is asked how much it has of it;
 * headers need not know.
 */
#ifndef OVERHEAR_CLI_LANDLOCK_H
#define OVERHEAR_CLI_LANDLOCK_H

#include "sandbox.h"

/* The level of Landlock that this kernel has, from 1; 0: none, or not enabled. */
int landlock_level(void);

/* From now on this thread, and those that it starts, may make and write files beneath the folders of the options, and
 * reach nothing else by a path: not read, not write, not run. Descriptors that are open stay as they are. Where the
 * level has it: no TCP connections (4), no signals and abstract sockets of other processes (6). Needs no_new_privs. 0,
 * or -1 with the message. */
int landlock_confine(const struct sandbox_options *options, int level, char ret_error[SANDBOX_ERROR_SIZE]);

#endif
