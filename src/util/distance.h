/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How near two words are, for "did you mean".
 */
#ifndef OVERHEAR_UTIL_DISTANCE_H
#define OVERHEAR_UTIL_DISTANCE_H

#include "overhear/bytes.h"

enum { DISTANCE_WORD_MAX = 128 }; /* bytes of a word that is compared */

/* How many letters have to be changed, added or left out to make one word of the other. Capital and small letters are
 * the same, and so are `-` and `_`. SIZE_MAX where a word is longer than DISTANCE_WORD_MAX. */
size_t word_distance(struct bytes a, struct bytes b);

#endif
