/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The statistics of several engines as if they were one.
 */
#ifndef OVERHEAR_ENGINE_MERGE_H
#define OVERHEAR_ENGINE_MERGE_H

#include "flow/flow.h"
#include "overhear/engine.h"

enum { MERGED_PORTS = 512 };

struct merged_ports {
    struct flow_unknown_port rows[MERGED_PORTS];
    size_t count;
};

/* Adds what `one` has to *sum, which begins zeroed; the lists of servers stay within their bounds, most first. The list
 * of unknown ports is left alone. */
void statistics_add(struct engine_statistics *sum, const struct engine_statistics *one);

/* Rows of another engine; beyond MERGED_PORTS ports further ones are not counted. */
void merged_ports_add(struct merged_ports *ports, const struct flow_unknown_port *rows, size_t count);

/* Puts the first of them where statistics show them. */
void merged_ports_show(struct merged_ports *ports, struct engine_statistics *ret_statistics);

#endif
