/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed files are inflated by a thread of their own, one after the other, while what came before is parsed: the
 * next file's first bytes are there when its turn comes. What is inflated and not yet read is bounded
 * (LIMIT_AHEAD_BYTES); then the thread waits.
 */
#ifndef OVERHEAR_CAPTURE_AHEAD_H
#define OVERHEAR_CAPTURE_AHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ahead;
struct source;

/* Whether a file that is open, and has not been read from, is worth it: gzip'd, and no pipe. Then its size, too. */
bool ahead_is_for(int descriptor, uint64_t *ret_size);

/* Files in the order in which they will be read; those of `descriptors` that are -1 are others' business. The rest is
 * taken over, also where this fails. NULL where memory is out. */
struct ahead *ahead_new(const int *descriptors, size_t count);

/* The thread begins, with all signals blocked. 0, or -1. */
int ahead_start(struct ahead *ahead);

/* The file `number`, as a source: one at a time, in order. NULL where it could not be read at all, with a message as
 * source_open_descriptor has it. `ahead` must outlive the source. */
struct source *ahead_source(struct ahead *ahead, size_t number, char *ret_error, size_t error_size);

/* For source.c. The next bytes, waited for; 0: there are no more, and ahead_inner() has ended. *ret_position: how much
 * of the file has been read by then. */
size_t ahead_read(struct ahead *ahead, uint8_t *ret_bytes, size_t room, uint64_t *ret_position);
/* What the thread reads from; its state and its reason are for others when ahead_read has said 0. */
const struct source *ahead_inner(const struct ahead *ahead);
/* Nobody wants the rest of this file. */
void ahead_leave(struct ahead *ahead);

/* NULL is fine. */
void ahead_free(struct ahead *ahead);

#endif
