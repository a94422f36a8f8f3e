/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What layers do with the frame in hand: move on, stop, enter tunnels.
 */
#include "checksum.h"
#include "layer.h"
#include "layer_table.h"

static enum decode_stop stop_of_unknown(enum layer_kind kind)
{
    if (kind == LAYER_LINK)
        return DECODE_UNKNOWN_LINK;
    return kind == LAYER_IP_PROTOCOL ? DECODE_OTHER_TRANSPORT : DECODE_NOT_IP;
}

const struct layer *walk_find(const struct walk *walk, enum layer_kind kind, uint16_t number)
{
    return layer_table_find(walk->table, kind, number);
}

bool walk_next(struct walk *walk, enum layer_kind kind, uint16_t number)
{
    walk->next = walk_find(walk, kind, number);
    if (walk->next)
        return true;
    if (kind == LAYER_IP_PROTOCOL)
        walk->packet->transport = (uint8_t)number;
    return walk_stop(walk, stop_of_unknown(kind));
}

bool walk_next_ip(struct walk *walk)
{
    if (walk->data.len == 0)
        return walk_short(walk);
    uint8_t version = bytes_at(walk->data, 0) >> 4;
    if (version == 4)
        return walk_next(walk, LAYER_ETHERTYPE, ETHERTYPE_IPV4);
    if (version == 6)
        return walk_next(walk, LAYER_ETHERTYPE, ETHERTYPE_IPV6);
    return walk_stop(walk, DECODE_NOT_IP);
}

bool walk_next_ethernet(struct walk *walk, uint16_t type)
{
    enum { LONGEST_LENGTH = 1500, FIRST_TYPE = 0x600 };
    if (type >= FIRST_TYPE)
        return walk_next(walk, LAYER_ETHERTYPE, type);
    if (type > LONGEST_LENGTH)
        return walk_stop(walk, DECODE_NOT_IP);
    walk_claim(walk, type, ANOMALY_COUNT);
    return walk_next(walk, LAYER_LINK, LINK_LLC);
}

bool walk_stop(struct walk *walk, enum decode_stop stop)
{
    walk->stop = stop;
    return false;
}

bool walk_short(struct walk *walk)
{
    return walk_stop(walk, walk->data.len < walk->length ? DECODE_CUT : DECODE_MALFORMED);
}

void walk_advance(struct walk *walk, size_t size)
{
    assert(size <= walk->data.len);
    walk->data = bytes_skip(walk->data, size);
    walk->length -= size;
}

void walk_trim(struct walk *walk, size_t size)
{
    walk->length -= size < walk->length ? size : walk->length;
    walk->data = bytes_first(walk->data, walk->length);
}

void walk_claim(struct walk *walk, size_t length, enum anomaly anomaly)
{
    if (length > walk->length && walk->first_piece) {
        walk->length = length;
        return;
    }
    if (length > walk->length) {
        walk->incomplete = true;
        if (anomaly != ANOMALY_COUNT)
            walk_anomaly(walk, anomaly, length, walk->length);
        return;
    }
    walk->length = length;
    walk->data = bytes_first(walk->data, length);
}

/* The finaliser of splitmix64, chained: nothing that an outsider could gain by a collision but one conversation. */
static uint64_t mix(uint64_t state, uint64_t value)
{
    state = (state ^ value) + 0x9e3779b97f4a7c15;
    state = (state ^ state >> 30) * 0xbf58476d1ce4e5b9;
    state = (state ^ state >> 27) * 0x94d049bb133111eb;
    return state ^ state >> 31;
}

static uint64_t mix_address(uint64_t state, const struct address *address)
{
    uint64_t halves[2];
    memcpy(halves, address->octets, sizeof halves);
    return mix(mix(mix(state, address->family), halves[0]), halves[1]);
}

/* 0 says that there is nothing around the packet. */
static uint64_t never_zero(uint64_t value)
{
    return value ? value : 1;
}

bool walk_tunnel(struct walk *walk, uint64_t network)
{
    if (walk->tunnels == LIMIT_TUNNELS) {
        walk_anomaly(walk, ANOMALY_DECODE_TOO_DEEP, LIMIT_TUNNELS, 0);
        return walk_stop(walk, DECODE_TOO_DEEP);
    }
    walk->tunnels++;
    struct packet *packet = walk->packet;
    const struct address *low = &packet->source.ip, *high = &packet->destination.ip;
    if (memcmp(low->octets, high->octets, sizeof low->octets) > 0) {
        low = &packet->destination.ip;
        high = &packet->source.ip;
    }
    packet->inside = never_zero(mix_address(mix_address(mix(packet->inside, network), low), high));
    return true;
}

void walk_vlan(struct walk *walk, uint16_t vlan)
{
    packet_vlan(walk->packet, vlan);
}

void packet_vlan(struct packet *packet, uint16_t vlan)
{
    /* Identifier 0 carries a priority and names no VLAN; often only one direction has it. */
    if (vlan == 0)
        return;
    if (!packet->has_vlan) {
        packet->has_vlan = true;
        packet->vlan = vlan;
    }
    packet->inside = never_zero(mix(packet->inside, vlan));
}

bool walk_is_whole(const struct walk *walk)
{
    return walk->data.len == walk->length && !walk->incomplete;
}

void walk_anomaly(struct walk *walk, enum anomaly name, uint64_t a, uint64_t b)
{
    struct packet *packet = walk->packet;
    if (packet->anomaly_count < LIMIT_PACKET_ANOMALIES)
        packet->anomalies[packet->anomaly_count++] = (struct packet_anomaly){name, a, b};
}

bool walk_bad_checksum(struct walk *walk, enum anomaly name, uint16_t found, uint16_t expected)
{
    walk->packet->bad_checksum = true;
    if (!walk->strict_checksums)
        return false;
    walk_anomaly(walk, name, found, expected);
    walk->stop = DECODE_BAD_CHECKSUM;
    return true;
}

static bool looks_like_ipv4(struct reader *r, uint8_t first, size_t length)
{
    size_t header = (size_t)(first & 0x0f) * 4;
    reader_skip(r, 1);
    size_t total = reader_u16(r);
    return header >= 20 && reader_ok(r) && (total == 0 ? header <= length : total >= header && total <= length);
}

bool looks_like_ip(struct bytes data, size_t length)
{
    struct reader r = reader_of(data);
    uint8_t first = reader_u8(&r);
    if (first >> 4 == 4)
        return looks_like_ipv4(&r, first, length);
    reader_skip(&r, 3);
    size_t payload = reader_u16(&r);
    return first >> 4 == 6 && reader_ok(&r) && 40 + payload <= length;
}

struct address address_of(struct bytes octets)
{
    struct address address = {0};
    if (octets.len == 4 || octets.len == 16) {
        address.family = octets.len == 4 ? 4 : 6;
        memcpy(address.octets, octets.at, octets.len);
    }
    return address;
}
