/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which interfaces there are, for those who named one that cannot be listened to. For the capture room only;
 * capture_list_interfaces is the rest of it.
 */
#ifndef OVERHEAR_CAPTURE_INTERFACES_H
#define OVERHEAR_CAPTURE_INTERFACES_H

#include "capture.h"

/* There is no such interface: which one may be meant, or which there are. */
void interfaces_explain_missing(const char *name, char ret_error[CAPTURE_ERROR_SIZE]);

/* The right to listen is missing: what helps. */
void interfaces_explain_rights(const char *name, char ret_error[CAPTURE_ERROR_SIZE]);

#endif
