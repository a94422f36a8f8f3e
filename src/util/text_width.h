/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How much room a text takes on a terminal.
 */
#ifndef OVERHEAR_UTIL_TEXT_WIDTH_H
#define OVERHEAR_UTIL_TEXT_WIDTH_H

#include <stddef.h>

/* Columns that a text without control characters takes on a terminal: UTF-8 aware, wide characters are two, a byte that
 * belongs to no character is one. */
size_t text_width(const char *text, size_t length);

#endif
