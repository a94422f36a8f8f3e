/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which dissector a port belongs to: the dissectors' own tables, and above them what -d says.
 */
#ifndef OVERHEAR_FRAME_PORTS_H
#define OVERHEAR_FRAME_PORTS_H

#include "overhear/dissector.h"

struct port_map;

/* From dissector_registry. NULL where memory is out. */
struct port_map *port_map_new(void);
void port_map_free(struct port_map *map);

/* -d: on both transports. */
void port_map_set(struct port_map *map, uint16_t port, const struct dissector *dissector);

/* NULL: nobody's. *ret_protocol: the network.protocol on that port. */
const struct dissector *port_map_find(const struct port_map *map, uint8_t transport, uint16_t port,
                                      const char **ret_protocol);

#endif
