/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the layer of TCP shares with the short way (common.h).
 */
#ifndef OVERHEAR_DECODE_TCP_H
#define OVERHEAR_DECODE_TCP_H

#include "overhear/bytes.h"

/* The window scale option; 0xff: absent. */
uint8_t tcp_window_shift(struct bytes options);

#endif
