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

/* As many as there is room for, where engine_statistics tells the first few; see flow_unknown_ports. */
size_t engine_unknown_ports(const struct engine *engine, struct flow_unknown_port *ret_rows, size_t capacity);

#endif
