/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Community ID version 1, seed 0: a short name for a conversation that other tools compute alike.
 */
#ifndef OVERHEAR_RECORD_COMMUNITY_ID_H
#define OVERHEAR_RECORD_COMMUNITY_ID_H

#include "overhear/record.h"

struct community_id; /* the identifiers of the last conversations */

enum { COMMUNITY_ID_SIZE = 32 };

/* NULL where memory is out. */
struct community_id *community_id_new(void);
void community_id_free(struct community_id *hasher);

/* The identifier with its NUL, taken from conversation->community_id where it is filled. Returns its length; 0:
 * there is none (no address). */
size_t community_id_text(struct community_id *hasher, const struct conversation *conversation,
                         char ret_text[COMMUNITY_ID_SIZE]);

/* The same without its NUL, for whoever keeps it himself: nothing is remembered. Writes at most COMMUNITY_ID_SIZE
 * bytes. */
size_t community_id_put(const struct conversation *conversation, char *to);

#endif
