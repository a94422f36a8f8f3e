/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Numbers, durations, times, addresses and networks as people write them. Each function returns NULL, or in words what
 * was expected.
 */
#ifndef OVERHEAR_FILTER_LITERAL_H
#define OVERHEAR_FILTER_LITERAL_H

#include "overhear/packet.h"

/* 404, -1, 0x1f, 10K: K, M and G are powers of 1024. */
const char *literal_integer(struct bytes text, int64_t *ret_value);

/* 100ms, 1.5s, 1m30s, -2s, 0: nanoseconds. Units: ns, us, ms, s, m, h, d. */
const char *literal_duration(struct bytes text, int64_t *ret_value);

/* 2026-11-22, 2026-11-22T10:30, 2026-11-22T10:30:05.123+01:00; UTC where no zone is given. Nanoseconds since 1970, the
 * first and the last that the words mean: of a date alone, the whole day. */
const char *literal_time(struct bytes text, int64_t *ret_first, int64_t *ret_last);

/* true, false */
const char *literal_boolean(struct bytes text, int64_t *ret_value);

/* An address, or with /N a network: of ret_address its first *ret_prefix bits count. Of a network with bits behind its
 * prefix the complaint, which names the network that was perhaps meant, is written to ret_why. */
enum { LITERAL_WHY_SIZE = 96 };
const char *literal_address(struct bytes text, struct address *ret_address, unsigned *ret_prefix,
                            char ret_why[LITERAL_WHY_SIZE]);

#endif
