/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Packets below TCP and UDP: fragments, and layers inside layers.
 */
#include "generators.h"

#include <string.h>

static const struct ends ends = {{0xc6120001, 0xc0a80035}, {40000, 9}};

static void fragment(struct wire *wire, uint32_t identification, size_t offset, bool more, const uint8_t *bytes,
                     size_t length)
{
    wire_ip(wire, ends.address, WIRE_UDP,
            identification << 16 | (more ? (uint32_t)WIRE_MORE_FRAGMENTS : 0) | (uint32_t)offset / 8, bytes, length);
}

/* A datagram in pieces of 8 bytes, with a payload of 800; `reverse`: the last one first. */
static void tiny(struct wire *wire, uint64_t count, bool reverse)
{
    uint8_t payload[800], body[808];
    memset(payload, 'f', sizeof payload);
    wire_udp_body(body, &ends, CLIENT, payload, sizeof payload);
    for (uint64_t i = 0; i < count; i++) {
        size_t pieces = sizeof body / 8, piece = (size_t)(i % pieces);
        if (reverse)
            piece = pieces - 1 - piece;
        fragment(wire, (uint32_t)(i / pieces) & 0xffff, piece * 8, piece + 1 < pieces, body + piece * 8, 8);
    }
}

static void frag_tiny(struct wire *wire, uint64_t count)
{
    tiny(wire, count, false);
}

static void frag_reverse(struct wire *wire, uint64_t count)
{
    tiny(wire, count, true);
}

static void frag_overlap(struct wire *wire, uint64_t count)
{
    uint8_t bytes[1024];
    for (uint64_t i = 0; i < count; i++) {
        memset(bytes, (int)(i & 0xff), sizeof bytes);
        size_t length = 8 + 8 * wire_chance(wire, 100), offset = 8 * wire_chance(wire, 100);
        fragment(wire, (uint32_t)(i / 120) & 0xffff, offset, wire_chance(wire, 8) > 0, bytes, length);
    }
}

static void frag_first_only(struct wire *wire, uint64_t count)
{
    uint8_t payload[64] = {0}, body[72];
    wire_udp_body(body, &ends, CLIENT, payload, sizeof payload);
    for (uint64_t i = 0; i < count; i++) {
        const uint32_t address[2] = {0xc6120000 + (uint32_t)(i >> 16), ends.address[1]};
        wire_ip(wire, address, WIRE_UDP, (uint32_t)(i & 0xffff) << 16 | (uint32_t)WIRE_MORE_FRAGMENTS, body,
                sizeof body);
    }
}

/* Fragments of 64 KB datagrams of which the first is missing. */
static void frag_large(struct wire *wire, uint64_t count)
{
    static uint8_t bytes[1480];
    for (uint64_t i = 0; i < count; i++)
        fragment(wire, (uint32_t)(i / 40) & 0xffff, (i % 40 + 1) * sizeof bytes, true, bytes, sizeof bytes);
}

static size_t put_ipv6(uint8_t *at, uint8_t next, size_t length)
{
    memset(at, 0, 40);
    at[0] = 0x60;
    wire_put16(at + 4, (uint32_t)length);
    at[6] = next;
    at[7] = 64;
    wire_put32(at + 8, 0x20010db8);
    at[23] = 1;
    wire_put32(at + 24, 0x20010db8);
    at[39] = 2;
    return 40;
}

static void frag_ipv6(struct wire *wire, uint64_t count)
{
    uint8_t packet[40 + 8 + 64] = {0};
    for (uint64_t i = 0; i < count; i++) {
        put_ipv6(packet, 44, sizeof packet - 40);
        packet[40] = WIRE_UDP;
        packet[41] = 0;
        wire_put16(packet + 42, (uint32_t)(i % 100) * 64 | 1);
        wire_put32(packet + 44, (uint32_t)(i / 90));
        wire_ethernet(wire, WIRE_IPV6, packet, sizeof packet);
    }
}

/* IP in IP in IP, as often as a frame holds; the depth goes round. */
static void tunnel_nest(struct wire *wire, uint64_t count)
{
    static uint8_t packet[65000];
    for (uint64_t i = 0; i < count; i++) {
        size_t depth = 1 + (size_t)(i % 70), length = depth * 20;
        for (size_t at = 0; at < length; at += 20) {
            uint8_t *header = packet + at;
            memset(header, 0, 20);
            header[0] = 0x45;
            wire_put16(header + 2, (uint32_t)(length - at));
            header[8] = 64;
            header[9] = at + 20 < length ? 4 : 255;
            wire_put32(header + 12, ends.address[0]);
            wire_put32(header + 16, ends.address[1]);
            wire_put16(header + 10, wire_checksum(header, 20, 0));
        }
        wire_ethernet(wire, WIRE_IPV4, packet, length);
    }
}

/* GRE over IP over GRE over IP ... */
static void tunnel_gre(struct wire *wire, uint64_t count)
{
    static uint8_t packet[65000];
    for (uint64_t i = 0; i < count; i++) {
        size_t depth = 1 + (size_t)(i % 50), length = depth * 24;
        for (size_t at = 0; at < length; at += 24) {
            uint8_t *header = packet + at;
            memset(header, 0, 24);
            header[0] = 0x45;
            wire_put16(header + 2, (uint32_t)(length - at));
            header[8] = 64;
            header[9] = 47;
            wire_put32(header + 12, ends.address[0]);
            wire_put32(header + 16, ends.address[1]);
            wire_put16(header + 10, wire_checksum(header, 20, 0));
            wire_put16(header + 22, WIRE_IPV4);
        }
        wire_ethernet(wire, WIRE_IPV4, packet, length);
    }
}

static void vlan_nest(struct wire *wire, uint64_t count)
{
    static uint8_t tags[1500];
    for (uint64_t i = 0; i < count; i++) {
        size_t length = 4 * (1 + (size_t)(i % 370));
        for (size_t at = 0; at < length; at += 4) {
            wire_put16(tags + at, 1 + (uint32_t)at % 4000);
            wire_put16(tags + at + 2, 0x8100);
        }
        wire_ethernet(wire, 0x88a8, tags, length);
    }
}

static void ext_headers(struct wire *wire, uint64_t count)
{
    static const uint8_t kinds[] = {0, 43, 60};
    static uint8_t packet[1500];
    for (uint64_t i = 0; i < count; i++) {
        size_t length = 8 * (1 + (size_t)(i % 180));
        put_ipv6(packet, 0, length);
        for (size_t at = 0; at < length; at += 8) {
            memset(packet + 40 + at, 0, 8);
            packet[40 + at] = at + 8 < length ? kinds[at / 8 % 3] : 59;
        }
        wire_ethernet(wire, WIRE_IPV6, packet, 40 + length);
    }
}

const struct generator packet_generators[] = {
    {"frag_tiny", frag_tiny, 4000, 500000, "fragments of 8 bytes"},
    {"frag_reverse", frag_reverse, 4000, 500000, "the same, the last one of each datagram first"},
    {"frag_overlap", frag_overlap, 4000, 300000, "fragments that overlap, with other bytes"},
    {"frag_first_only", frag_first_only, 4000, 500000, "first fragments, each of another datagram"},
    {"frag_large", frag_large, 4000, 300000, "fragments of 1,480 bytes of datagrams whose beginning is missing"},
    {"frag_ipv6", frag_ipv6, 4000, 500000, "fragments of IPv6 that never become whole"},
    {"tunnel_nest", tunnel_nest, 3000, 300000, "packets of up to 70 times IP in IP"},
    {"tunnel_gre", tunnel_gre, 3000, 300000, "packets of up to 50 times GRE"},
    {"vlan_nest", vlan_nest, 3000, 300000, "frames with up to 370 VLAN tags"},
    {"ext_headers", ext_headers, 3000, 300000, "IPv6 packets with up to 180 extension headers"},
    {0},
};
