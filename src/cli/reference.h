/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The verbs that print what the program knows: its fields, their schema, its protocols, and how it is used. All
 * come from the tables that the work itself uses.
 */
#ifndef OVERHEAR_CLI_REFERENCE_H
#define OVERHEAR_CLI_REFERENCE_H

#include "overhear/record.h"

#include <stdio.h>

/* Only these datasets ("record": what all have); none given: all. 0, or -1 with the name that is unknown. */
int reference_print_fields(FILE *to, const char *const *names, size_t count, const char **ret_unknown);

/* A JSON Schema of one line of the output. -1 where memory is out. */
int reference_print_schema(FILE *to);

void reference_print_protocols(FILE *to);
void reference_print_help(FILE *to);
void reference_print_version(FILE *to);

#endif
