/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What IPv4 and IPv6 share: the addresses, fragments, and the headers of IP that stand between IP and the transport.
 */
#include "ip.h"

void ip_begin(struct walk *walk, struct address source, struct address destination)
{
    struct packet *packet = walk->packet;
    packet->source = (struct endpoint){source, 0};
    packet->destination = (struct endpoint){destination, 0};
    packet->transport = TRANSPORT_NONE;
    packet->corrupt = false; /* that was said of a header outside */
}

bool ip_reassemble(struct walk *walk, struct fragment *fragment, uint8_t *ret_next)
{
    struct packet *packet = walk->packet;
    /* Where a part of the first piece is missing the others add nothing that could be read. */
    if (fragment->offset == 0 && !walk_is_whole(walk)) {
        walk->first_piece = true;
        walk->incomplete = true;
        *ret_next = fragment->next_header;
        return true;
    }
    fragment->source = packet->source.ip;
    fragment->destination = packet->destination.ip;
    fragment->inside = packet->inside;
    fragment->data = walk->data;
    fragment->length = (uint32_t)walk->length;
    struct fragment_result result;
    enum fragment_verdict verdict = fragments_add(walk->fragments, fragment, &result);
    if (result.anomaly.name != ANOMALY_COUNT)
        walk_anomaly(walk, result.anomaly.name, result.anomaly.a, result.anomaly.b);
    if (verdict != FRAGMENT_COMPLETE)
        return walk_stop(walk, verdict == FRAGMENT_WAITING ? DECODE_FRAGMENT_WAITING : DECODE_FRAGMENT_DROPPED);
    packet->reassembled = true;
    walk->data = result.data;
    walk->length = result.length;
    *ret_next = result.next_header;
    return true;
}

size_t ipv6_extension_size(uint8_t number, uint8_t length)
{
    static const struct {
        uint8_t number, unit, more;
    } extensions[] = {
        {IP_PROTOCOL_HOP_BY_HOP, 8, 1},     {IP_PROTOCOL_ROUTING, 8, 1},     {IP_PROTOCOL_FRAGMENT, 0, 0},
        {IP_PROTOCOL_AUTHENTICATION, 4, 2}, {IP_PROTOCOL_DESTINATION, 8, 1}, {IP_PROTOCOL_MOBILITY, 8, 1},
        {IP_PROTOCOL_HOST_IDENTITY, 8, 1},  {IP_PROTOCOL_SHIM6, 8, 1},
    };
    enum { FRAGMENT_SIZE = 8 };
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++)
        if (extensions[i].number == number)
            return number == IP_PROTOCOL_FRAGMENT ? FRAGMENT_SIZE
                                                  : (size_t)(length + extensions[i].more) * extensions[i].unit;
    return 0;
}

/* Authentication header (RFC 4302): next header 1 | length in fours, less two 1 | … Behind IPv6 it is walked there. */
static bool authentication_decode(struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    uint8_t next = reader_u8(&r);
    size_t size = ipv6_extension_size(IP_PROTOCOL_AUTHENTICATION, reader_u8(&r));
    if (!reader_ok(&r) || size > walk->data.len)
        return walk_short(walk);
    walk_advance(walk, size);
    return walk_next(walk, LAYER_IP_PROTOCOL, next);
}

const struct layer layer_authentication = {
    .name = "ah",
    .ids = {{LAYER_IP_PROTOCOL, IP_PROTOCOL_AUTHENTICATION}},
    .decode = authentication_decode,
};
