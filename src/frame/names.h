/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names that clients were told for addresses, as seen in DNS answers. Bounded by LIMIT_NAMES: the pair that was
 * used least recently goes. docs/names.md has the reasons.
 */
#ifndef OVERHEAR_FRAME_NAMES_H
#define OVERHEAR_FRAME_NAMES_H

#include "overhear/dissector.h"

struct budget;
struct names;

enum { NAMES_TOLD = 4 };

/* NULL where memory is out. */
struct names *names_new(struct budget *budget);
void names_free(struct names *names);

/* `asker` was told at `now_ns` (the capture's clock) that `address` is `name`, for `ttl_s` seconds. The last one told
 * wins; letters become small. Names longer than 255 bytes are cut; of none, and where memory is out, nothing is
 * learned. It may be entered later, but nobody can tell. */
void names_learn(struct names *names, enum name_kind kind, const struct address *asker, const struct address *address,
                 struct bytes name, int64_t now_ns, uint32_t ttl_s);

/* No bytes where the asker was told nothing, or so long before `at_ns` that it must have forgotten: TTL and five
 * minutes. Valid until the next names_learn. */
struct bytes names_find(struct names *names, const struct address *asker, const struct address *address, int64_t at_ns);

/* Whether the name with that hash (late_name_hash) is one of the last NAMES_TOLD that the asker was told for the
 * address, or all it was told about it came at `before_ns` or later. Also true where it was told nothing, and where
 * `names` is NULL. */
bool names_agree(struct names *names, const struct address *asker, const struct address *address, uint64_t hash,
                 int64_t before_ns);

/* Of these two a record is likely to be written soon: what names_label looks for first is fetched meanwhile. */
void names_prefetch(const struct names *names, const struct address *client, const struct address *server);

/* The last thing that happens to a record before it is written: the names under which its two ends know each other, and
 * what it left open (record_settle). `names` NULL: nobody knows any. `conversation_number` as in struct late. */
void names_label(struct names *names, struct record *record,
                 uint64_t (*conversation_number)(void *context, uint64_t id), void *context);

#endif
