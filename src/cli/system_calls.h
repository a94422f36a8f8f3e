/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which system calls may still be made: seccomp.
 */
#ifndef OVERHEAR_CLI_SYSTEM_CALLS_H
#define OVERHEAR_CLI_SYSTEM_CALLS_H

#include "sandbox.h"

/* All others fail with EPERM from now on, for all threads of the process. 0, or a negative errno. */
int system_calls_filter(const struct sandbox_options *options);

#endif
