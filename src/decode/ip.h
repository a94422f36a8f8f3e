/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What IPv4 and IPv6 share.
 */
#ifndef OVERHEAR_DECODE_IP_H
#define OVERHEAR_DECODE_IP_H

#include "fragments.h"
#include "layer.h"

enum ip_protocol {
    IP_PROTOCOL_HOP_BY_HOP = 0,
    IP_PROTOCOL_IPV4 = 4,
    IP_PROTOCOL_IPV6 = 41,
    IP_PROTOCOL_ROUTING = 43,
    IP_PROTOCOL_FRAGMENT = 44,
    IP_PROTOCOL_AUTHENTICATION = 51,
    IP_PROTOCOL_DESTINATION = 60,
    IP_PROTOCOL_MOBILITY = 135,
    IP_PROTOCOL_HOST_IDENTITY = 139,
    IP_PROTOCOL_SHIM6 = 140,
};

/* A new IP header: what an outer one said is forgotten. */
void ip_begin(struct walk *walk, struct address source, struct address destination);

/* Length of an extension header of IPv6 by its number and its length byte; 0: it is none. */
size_t ipv6_extension_size(uint8_t number, uint8_t length);

/* The piece in walk->data. True: the datagram is whole, walk->data is its payload and *ret_next what it begins with; or
 * it is a first piece that was cut short, which is used as far as it goes. The addresses come from the packet; the
 * caller fills the rest. */
bool ip_reassemble(struct walk *walk, struct fragment *fragment, uint8_t *ret_next);

#endif
