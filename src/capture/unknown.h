/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a file is that is no capture, so that the message helps.
 */
#ifndef OVERHEAR_CAPTURE_UNKNOWN_H
#define OVERHEAR_CAPTURE_UNKNOWN_H

#include "source.h"

/* One line without the path, for a source of which nothing was skipped. */
void unknown_explain(struct source *source, char *ret_text, size_t size);

#endif
