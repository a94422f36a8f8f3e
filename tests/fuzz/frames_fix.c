/* SPDX-License-Identifier: BSD-3-Clause */
#include "frames_fix.h"

enum {
    LINK_ETHERNET = 1,
    LINK_RAW = 101,
    LINK_COOKED = 113,
    TYPE_IPV4 = 0x0800,
    TYPE_IPV6 = 0x86dd,
    TYPE_VLAN = 0x8100,
    TYPE_QINQ = 0x88a8,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    IPV6_HEADER = 40,
    UDP_HEADER = 8,
    TCP_HEADER = 20,
};

uint32_t frame_get32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

void frame_put32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

void frame_put16(uint8_t *at, size_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static size_t find_ip(struct bytes frame, uint16_t link_type)
{
    if (link_type == LINK_RAW)
        return 0;
    size_t type = link_type == LINK_ETHERNET ? 12 : link_type == LINK_COOKED ? 14 : frame.len;
    while (bytes_u16(frame, type) == TYPE_VLAN || bytes_u16(frame, type) == TYPE_QINQ)
        type += 4;
    return bytes_u16(frame, type) == TYPE_IPV4 || bytes_u16(frame, type) == TYPE_IPV6 ? type + 2 : frame.len;
}

bool frame_find(struct bytes frame, uint16_t link_type, struct frame_place *ret_place)
{
    struct frame_place place = {.ip = find_ip(frame, link_type)};
    unsigned version = bytes_at(frame, place.ip) >> 4, protocol;
    if (version == 4) {
        place.transport = place.ip + (bytes_at(frame, place.ip) & 0x0fu) * 4u;
        protocol = bytes_at(frame, place.ip + 9);
        if ((bytes_u16(frame, place.ip + 6) & 0x3fff) || place.transport < place.ip + 20)
            return false;
    } else if (version == 6) {
        place.transport = place.ip + IPV6_HEADER;
        protocol = bytes_at(frame, place.ip + 6);
    } else {
        return false;
    }
    place.is_v6 = version == 6;
    place.is_tcp = protocol == PROTOCOL_TCP;
    place.payload = place.transport +
                    (place.is_tcp ? (bytes_at(frame, place.transport + 12) >> 4) * 4u : (size_t)UDP_HEADER);
    *ret_place = place;
    return (protocol == PROTOCOL_UDP || (place.is_tcp && place.payload >= place.transport + TCP_HEADER)) &&
           place.payload <= frame.len;
}

static uint32_t sum(const uint8_t *at, size_t length, uint32_t start)
{
    uint32_t total = start;
    for (size_t i = 0; i < length; i++)
        total += i & 1 ? at[i] : (uint32_t)at[i] << 8;
    return total;
}

static uint16_t fold(uint32_t total)
{
    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    return (uint16_t)~total;
}

void frame_fix(uint8_t *frame, size_t length, const struct frame_place *place)
{
    size_t inner = length - place->transport;
    uint8_t *ip = frame + place->ip, *transport = frame + place->transport;
    uint32_t start = (uint32_t)inner + (place->is_tcp ? PROTOCOL_TCP : PROTOCOL_UDP);
    if (place->is_v6) {
        frame_put16(ip + 4, length - place->ip - IPV6_HEADER);
        start = sum(ip + 8, 32, start);
    } else {
        frame_put16(ip + 2, length - place->ip);
        frame_put16(ip + 10, 0);
        frame_put16(ip + 10, fold(sum(ip, place->transport - place->ip, 0)));
        start = sum(ip + 12, 8, start);
    }
    if (!place->is_tcp)
        frame_put16(transport + 4, inner);
    uint8_t *checksum = transport + (place->is_tcp ? 16 : 6);
    frame_put16(checksum, 0);
    frame_put16(checksum, fold(sum(transport, inner, start)));
}
