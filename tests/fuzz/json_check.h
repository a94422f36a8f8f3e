/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whether a line is what the contract promises, read strictly (RFC 8259): one object, valid UTF-8, no raw control
 * character, DEL, C1 or bidirectional control, no name twice in an object.
 */
#ifndef OVERHEAR_FUZZ_JSON_CHECK_H
#define OVERHEAR_FUZZ_JSON_CHECK_H

#include "overhear/bytes.h"

/* `line` is without its newline. */
bool json_line_is_good(struct bytes line);

/* Nothing that could move a cursor: valid UTF-8 without control characters but newline, and, where `colored`, ESC [
 * digits and semicolons m. */
bool page_is_good(struct bytes page, bool colored);

#endif
