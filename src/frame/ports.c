/* SPDX-License-Identifier: BSD-3-Clause */
#include "ports.h"

#include <assert.h>
#include <stdlib.h>

enum { PORTS = 65536, CLAIMS = 256 };

/* Whose a port is, and what is spoken there. */
struct claim {
    const struct dissector *dissector;
    const char *protocol;
};

/* A byte for each port, so that what is asked for every conversation stays in the cache. */
struct port_map {
    uint8_t tcp[PORTS], udp[PORTS]; /* which claim; 0: nobody's */
    struct claim claims[CLAIMS];
    unsigned claim_count;
};

static uint8_t claim_of(struct port_map *map, const struct dissector *dissector, const char *protocol)
{
    unsigned number = 1;
    while (number < map->claim_count &&
           (map->claims[number].dissector != dissector || strcmp(map->claims[number].protocol, protocol) != 0))
        number++;
    assert(number < CLAIMS);
    map->claims[number] = (struct claim){dissector, protocol};
    if (number == map->claim_count)
        map->claim_count++;
    return (uint8_t)number;
}

/* What the dissector's own table says of that port. */
static const char *protocol_on(const struct dissector *dissector, uint8_t transport, uint16_t port)
{
    const char *protocol = dissector->name;
    for (const struct port *row = dissector->ports; row && row->transport; row++)
        if (row->transport == transport && row->port == port && row->protocol)
            protocol = row->protocol;
    return protocol;
}

static uint8_t *slot_of(struct port_map *map, uint8_t transport, uint16_t port)
{
    return transport == TRANSPORT_TCP ? &map->tcp[port] : &map->udp[port];
}

static void claim(struct port_map *map, uint8_t transport, uint16_t port, const struct dissector *dissector)
{
    *slot_of(map, transport, port) = dissector ? claim_of(map, dissector, protocol_on(dissector, transport, port)) : 0;
}

struct port_map *port_map_new(void)
{
    struct port_map *map = calloc(1, sizeof *map);
    if (!map)
        return NULL;
    map->claim_count = 1;
    for (const struct dissector *const *d = dissector_registry; *d; d++)
        for (const struct port *port = (*d)->ports; port && port->transport; port++)
            if (*slot_of(map, port->transport, port->port) == 0)
                claim(map, port->transport, port->port, *d);
    return map;
}

void port_map_free(struct port_map *map)
{
    free(map);
}

void port_map_set(struct port_map *map, uint16_t port, const struct dissector *dissector)
{
    claim(map, TRANSPORT_TCP, port, dissector);
    claim(map, TRANSPORT_UDP, port, dissector);
}

const struct dissector *port_map_find(const struct port_map *map, uint8_t transport, uint16_t port,
                                      const char **ret_protocol)
{
    const struct claim *claim = &map->claims[transport == TRANSPORT_TCP ? map->tcp[port] : map->udp[port]];
    if (claim->dissector)
        *ret_protocol = claim->protocol;
    return claim->dissector;
}
