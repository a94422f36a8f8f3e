/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The manual page and the completions of shells: printed from the tables that the program itself uses, so that each
 * option is written down once. The build calls them; `make install` puts them where they belong.
 */
#ifndef OVERHEAR_CLI_MANUAL_H
#define OVERHEAR_CLI_MANUAL_H

#include <stdio.h>

/* overhear.1, for man (mdoc or man macros). */
void manual_print(FILE *to);

/* shell: bash, zsh or fish. 0, or -1: there is no such shell. */
int completion_print(FILE *to, const char *shell);

#endif
