/* SPDX-License-Identifier: BSD-3-Clause
 *
 * UDP (RFC 768), and the tunnels that travel in it. A port only suggests a tunnel; the layer of that tunnel looks at
 * the header before it is believed, and if what is inside makes no sense after all, the datagram is a plain one again.
 *
 *     source port 2 | destination port 2
 *     length with this header 2 | checksum 2
 */
#include "checksum.h"
#include "layer.h"

enum { HEADER = 8 };

static bool is_tunnel(const struct walk *walk, const struct layer *layer)
{
    if (!layer)
        return false;
    struct walk payload = *walk;
    walk_advance(&payload, HEADER);
    return layer->believes(&payload);
}

static const struct layer *tunnel_of(const struct walk *walk)
{
    const struct layer *layer = walk_find(walk, LAYER_UDP_PORT, walk->packet->destination.port);
    if (is_tunnel(walk, layer))
        return layer;
    layer = walk_find(walk, LAYER_UDP_PORT, walk->packet->source.port);
    return is_tunnel(walk, layer) ? layer : NULL;
}

static bool checksum_stops(struct walk *walk, uint16_t checksum)
{
    if (!walk_is_whole(walk))
        return false;
    uint64_t sum = checksum_add_pseudo(0, walk->packet, TRANSPORT_UDP, walk->length);
    sum = checksum_add(sum, walk->data);
    if (checksum_right(sum))
        return false;
    uint16_t expected = checksum_expected(sum, checksum);
    return walk_bad_checksum(walk, ANOMALY_UDP_BAD_CHECKSUM, checksum, expected ? expected : 0xffff);
}

static bool udp_decode(struct walk *walk)
{
    struct packet *packet = walk->packet;
    packet->transport = TRANSPORT_UDP;
    struct reader r = reader_of(walk->data);
    packet->source.port = reader_u16(&r);
    packet->destination.port = reader_u16(&r);
    uint16_t length = reader_u16(&r);
    uint16_t checksum = reader_u16(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    /* 0: a jumbogram (RFC 2675), or cut to size by the network card; IP tells. */
    if (length > 0 && length < HEADER) {
        walk_anomaly(walk, ANOMALY_UDP_BAD_LENGTH, length, walk->length);
        return walk_stop(walk, DECODE_MALFORMED);
    }
    if (length > 0)
        walk_claim(walk, length, ANOMALY_UDP_BAD_LENGTH);
    const struct layer *tunnel = tunnel_of(walk);
    /* No checksum: fine with IPv4, and with IPv6 for tunnels (RFC 6935). */
    bool unchecked = checksum == 0 && (packet->source.ip.family == 4 || tunnel);
    if (!unchecked && checksum_stops(walk, checksum))
        return false;
    walk_advance(walk, HEADER);
    packet->payload = walk->data;
    packet->payload_length = (uint32_t)walk->length;
    packet->cut = walk->data.len < walk->length;
    if (!tunnel)
        return walk_stop(walk, DECODE_PACKET);
    *walk->fallback = *packet;
    walk->has_fallback = true;
    packet->payload = (struct bytes){0};
    packet->payload_length = 0;
    packet->cut = false;
    walk->next = tunnel;
    return true;
}

const struct layer layer_udp = {
    .name = "udp",
    .ids = {{LAYER_IP_PROTOCOL, TRANSPORT_UDP}},
    .decode = udp_decode,
};
