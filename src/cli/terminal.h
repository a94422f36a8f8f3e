/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What kind of place the transcript is written to.
 */
#ifndef OVERHEAR_CLI_TERMINAL_H
#define OVERHEAR_CLI_TERMINAL_H

#include "options.h"

/* --color, NO_COLOR (https://no-color.org) and whether `descriptor` is a terminal that knows colours. */
bool terminal_wants_color(enum color_mode mode, int descriptor);

/* Columns: of the terminal, else of COLUMNS, else 80. */
unsigned terminal_width(int descriptor);

#endif
