/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Frames from an interface, through libpcap. For capture.c only.
 */
#ifndef OVERHEAR_CAPTURE_LIVE_H
#define OVERHEAR_CAPTURE_LIVE_H

#include "capture.h"

struct live;

struct live *live_open(const struct capture_live_options *options, char ret_error[CAPTURE_ERROR_SIZE]);
void live_close(struct live *live);

/* In the kernel where it can be. 0, or -1 with the message. */
int live_filter(struct live *live, const char *expression, char ret_error[CAPTURE_ERROR_SIZE]);

/* Waits up to a quarter of a second. Sets everything but moment.frame. */
enum capture_result live_next(struct live *live, struct frame *ret_frame, char ret_error[CAPTURE_ERROR_SIZE]);

bool live_drops(struct live *live, uint64_t *ret_kernel, uint64_t *ret_interface);

#endif
