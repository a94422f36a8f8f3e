/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The sum of a long piece with the widest registers that the processor has.
 */
#ifndef OVERHEAR_DECODE_CHECKSUM_WIDE_H
#define OVERHEAR_DECODE_CHECKSUM_WIDE_H

#include "overhear/bytes.h"

/* Of shorter pieces it is not worth the call. */
enum { CHECKSUM_WIDE_BYTES = 256 };

/* Adds the first bytes of such a piece to the sum, as checksum_add does; returns how many, an even number: 0 where the
 * processor has nothing better. */
size_t checksum_wide(struct bytes piece, uint64_t *sum);

#endif
