/* SPDX-License-Identifier: BSD-3-Clause
 *
 * An engine that is one of several: what workers.c needs beside overhear/engine.h.
 */
#ifndef OVERHEAR_ENGINE_ENGINE_PART_H
#define OVERHEAR_ENGINE_ENGINE_PART_H

#include "flow/flow.h"
#include "overhear/engine.h"

struct engine_part {
    const struct session_exit *exit; /* everything leaves there, nothing through the sink; outlives the engine */
    unsigned part, other_parts;      /* from 0: no two parts have conversations of one id */
};

/* See engine_new. */
struct engine *engine_new_part(const struct engine_options *options, const struct engine_part *part);

/* A frame that another part has: time goes on. */
void engine_pass(struct engine *engine, struct moment moment);

/* The frames of other parts among those that an engine has: `moments` is of all, and those before `next` have been. */
struct engine_others {
    const struct moment *moments;
    size_t next;
};

/* As engine_frames; places[i] is where frame i stands among the moments. Time goes on with all of them up to the last
 * frame. */
void engine_frames_among(struct engine *engine, const struct frame *frames, const uint16_t *places, size_t count,
                         struct engine_others *others);

/* Time goes on with those before `end`. */
void engine_pass_others(struct engine *engine, struct engine_others *others, size_t end);

/* A piece of a datagram, or the whole of one that came in pieces, of which another part tells: this one only puts the
 * pieces together, too, and counts nothing. */
void engine_overhear(struct engine *engine, const struct frame *frame);

/* As many as there is room for, where engine_statistics tells the first few; see flow_unknown_ports. */
size_t engine_unknown_ports(const struct engine *engine, struct flow_unknown_port *ret_rows, size_t capacity);

/* See flow_add_unknown; puts the rows where statistics show them. */
void engine_add_unknown(const struct engine *engine, struct flow_unknown_port *sums);
void engine_show_unknown(const struct flow_unknown_port *rows, size_t count, struct engine_statistics *ret_statistics);

/* The list of servers that got credentials in clear; it was empty. */
void engine_credentials_fill(const struct session_shared *shared, struct engine_statistics *ret_statistics);

#endif
