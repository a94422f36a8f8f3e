/* SPDX-License-Identifier: BSD-3-Clause */
#include "ports.h"

#include <stdlib.h>

enum { PORTS = 65536 };

struct port_map {
    const struct dissector *tcp[PORTS];
    const struct dissector *udp[PORTS];
};

static void claim(const struct dissector **slot, const struct dissector *dissector)
{
    if (!*slot)
        *slot = dissector;
}

struct port_map *port_map_new(void)
{
    struct port_map *map = calloc(1, sizeof *map);
    if (!map)
        return NULL;
    for (const struct dissector *const *d = dissector_registry; *d; d++)
        for (const struct port *port = (*d)->ports; port && port->transport; port++)
            claim(port->transport == TRANSPORT_TCP ? &map->tcp[port->port] : &map->udp[port->port], *d);
    return map;
}

void port_map_free(struct port_map *map)
{
    free(map);
}

void port_map_set(struct port_map *map, uint16_t port, const struct dissector *dissector)
{
    map->tcp[port] = dissector;
    map->udp[port] = dissector;
}

const struct dissector *port_map_find(const struct port_map *map, uint8_t transport, uint16_t port,
                                      const char **ret_protocol)
{
    const struct dissector *dissector = transport == TRANSPORT_TCP ? map->tcp[port] : map->udp[port];
    if (!dissector)
        return NULL;
    *ret_protocol = dissector->name;
    for (const struct port *row = dissector->ports; row && row->transport; row++)
        if (row->transport == transport && row->port == port && row->protocol)
            *ret_protocol = row->protocol;
    return dissector;
}
