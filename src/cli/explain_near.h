/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How far apart two words are, for "did you mean".
 */
#ifndef OVERHEAR_CLI_EXPLAIN_NEAR_H
#define OVERHEAR_CLI_EXPLAIN_NEAR_H

#include "overhear/bytes.h"

/* What it takes to make the one out of the other: 2 for a letter too many, too few, another, or two in the wrong order;
 * 1 for one that looks like the other (O and 0, I and 1, - and _). Case does not matter. Words of more than 64 bytes
 * are far from everything. */
unsigned explain_distance(struct bytes a, struct bytes b);

/* The most that somebody who meant this word could have got wrong. */
unsigned explain_tolerance(struct bytes word);

enum { EXPLAIN_FAR = 1000 };

#endif
