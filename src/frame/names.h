/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names that clients were told for addresses, as seen in DNS answers. Bounded by LIMIT_NAMES: the pair that was
 * used least recently goes.
 */
#ifndef OVERHEAR_FRAME_NAMES_H
#define OVERHEAR_FRAME_NAMES_H

#include "overhear/packet.h"

struct budget;
struct names;

/* NULL where memory is out. */
struct names *names_new(struct budget *budget);
void names_free(struct names *names);

/* `asker` was told that `address` is `name`. The last one told wins. Names longer than 255 bytes are cut; where memory
 * is out, nothing is learned. */
void names_learn(struct names *names, const struct address *asker, const struct address *address, struct bytes name);

/* No bytes where the asker was told nothing. Valid until the next names_learn. */
struct bytes names_find(struct names *names, const struct address *asker, const struct address *address);

#endif
