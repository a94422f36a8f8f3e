/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Who is the client. In this order: who sent a SYN, or receives a SYN|ACK; nobody who can be many (multicast,
 * broadcast); not the port that a dissector or -d claims; not the one below 1024; else who was seen first. The first
 * bytes may still say otherwise: then the session swaps.
 */
#include "table.h"

static bool is_many(const struct address *address)
{
    uint8_t first = address->octets[0];
    if (address->family == 6)
        return first == 0xff;
    static const uint8_t broadcast[4] = {255, 255, 255, 255};
    return (first & 0xf0) == 0xe0 || memcmp(address->octets, broadcast, sizeof broadcast) == 0;
}

bool flow_client_sends(const struct session_shared *shared, const struct packet *packet)
{
    unsigned flags = packet->transport == TRANSPORT_TCP ? packet->tcp.flags : 0;
    if ((flags & TCP_SYN) && !(flags & TCP_RST))
        return !(flags & TCP_ACK);
    if (is_many(&packet->destination.ip))
        return true;
    uint16_t from = packet->source.port, to = packet->destination.port;
    bool from_known = session_knows_port(shared, packet->transport, from);
    bool to_known = session_knows_port(shared, packet->transport, to);
    if (from_known != to_known)
        return to_known;
    if ((from < 1024) != (to < 1024))
        return to < 1024;
    return true;
}
