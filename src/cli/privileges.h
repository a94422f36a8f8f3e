/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef OVERHEAR_CLI_PRIVILEGES_H
#define OVERHEAR_CLI_PRIVILEGES_H

#include <stddef.h>

/* -Z: become this user, with its groups, for good. 0, or -1 with the message. */
int privileges_become(const char *user, char *ret_error, size_t error_size);

#endif
