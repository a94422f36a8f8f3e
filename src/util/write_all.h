/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef OVERHEAR_UTIL_WRITE_ALL_H
#define OVERHEAR_UTIL_WRITE_ALL_H

#include "overhear/bytes.h"

/* Writes all of it, however often the kernel takes only a part, a signal comes, or a pipe that never blocks is full:
 * then it waits. False with errno: it could not be done; *ret_written bytes were written either way. */
bool write_all(int descriptor, struct bytes data, size_t *ret_written);

/* The last `count` bytes that were written are taken back: of a file, and where nobody has written behind them. Else
 * they stay. errno is as it was. */
void write_take_back(int descriptor, size_t count);

#endif
