/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Inflating, behind the emit_inflate functions and for compressed sides. Private to this room.
 */
#ifndef OVERHEAR_FRAME_INFLATE_H
#define OVERHEAR_FRAME_INFLATE_H

#include "overhear/dissector.h"

#include "session.h"

#include "util/budget.h"

struct inflater;

enum inflater_format { INFLATER_GZIP, INFLATER_DEFLATE, INFLATER_RAW };

/* NULL where memory is out. Those of small bodies live for a packet or two: a few that were given back stay on the
 * shelf. */
struct inflater *inflater_new(struct session_shared *shared, enum inflater_format format);
void inflater_free(struct session_shared *shared, struct inflater *inflater);
void inflaters_shared_done(struct session_shared *shared);

/* What the piece inflates to goes to the sink (NULL: nowhere), in pieces of at most 32 KiB. After BAD or BOMB nothing
 * more is inflated. */
enum inflate_result inflater_take(struct inflater *inflater, struct bytes piece, const struct byte_sink *sink);

/* Bytes that came out and that were read so far. */
uint64_t inflater_out(const struct inflater *inflater);
uint64_t inflater_in(const struct inflater *inflater);

#endif
