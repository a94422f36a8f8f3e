/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A BPF expression, compiled by libpcap for each link type that turns up.
 */
#ifndef OVERHEAR_CAPTURE_FILTER_H
#define OVERHEAR_CAPTURE_FILTER_H

#include "capture.h"

struct filter;

enum filter_result {
    FILTER_NO,
    FILTER_YES,
    FILTER_MISFIT, /* the expression cannot be compiled for this link type */
};

/* Compiles for link_type (a LINKTYPE_ number), to see whether the expression makes sense. NULL with the message. */
struct filter *filter_new(const char *expression, uint16_t link_type, char ret_error[CAPTURE_ERROR_SIZE]);

/* Before a sandbox, and before any frame is known: compiles for the usual link types, so that names of hosts, ports and
 * protocols are looked up. For other link types it is compiled in the sandbox, where only numbers are understood. NULL
 * with the message: it makes sense for none of them. Where looking up takes more than a second, the rarest link types
 * are left out. */
struct filter *filter_prepare(const char *expression, char ret_error[CAPTURE_ERROR_SIZE]);

/* 0, or -1 with the message: it makes no sense for frames of this link type. */
int filter_fits(struct filter *filter, uint16_t link_type, char ret_error[CAPTURE_ERROR_SIZE]);

/* NULL is fine. */
void filter_free(struct filter *filter);

enum filter_result filter_frame(struct filter *filter, const struct frame *frame);

/* How often filter_frame said FILTER_MISFIT, and why the first time. */
uint64_t filter_misfits(const struct filter *filter, const char **ret_message);

#endif
