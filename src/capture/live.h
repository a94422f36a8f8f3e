/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Frames from interfaces, through libpcap. For capture.c only; the functions do what capture.h says of theirs.
 */
#ifndef OVERHEAR_CAPTURE_LIVE_H
#define OVERHEAR_CAPTURE_LIVE_H

#include "capture.h"

struct live;

/* fanout_with: that of options->fanout_with, or NULL. */
struct live *live_open(const struct capture_live_options *options, const struct live *fanout_with,
                       char ret_error[CAPTURE_ERROR_SIZE]);
void live_close(struct live *live);

/* In the kernel. 0, or -1 with the message. */
int live_filter(struct live *live, const char *expression, char ret_error[CAPTURE_ERROR_SIZE]);

void live_start(struct live *live);
void live_stop(struct live *live);

/* Waits up to a tenth of a second. Sets everything but moment.frame. */
enum capture_result live_next(struct live *live, struct frame *ret_frame, char ret_error[CAPTURE_ERROR_SIZE]);

size_t live_sockets(const struct live *live, int *ret_sockets, size_t capacity, int *ret_link);
size_t live_interfaces(struct live *live, struct capture_interface *ret_rows, size_t capacity);

#endif
