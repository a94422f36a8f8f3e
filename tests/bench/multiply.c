/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Makes a long capture of one of tests/bench/build's: multiply IN.pcap OUT.pcap COPIES. OUT may be -, standard output.
 *
 * Copy after copy, each with times, clients (addresses and ports), sequence numbers, and identifiers of IP and DNS of
 * its own; checksums that were right stay right (RFC 1624). What is said inside stays as it is, also the addresses that
 * FTP's PORT announces: its data connections then are conversations that nobody announced.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILE_HEADER = 24,
    ETHERNET_HEADER = 14,
    FRAME_MAX = 1 << 18,
    COPIES_MAX = 512, /* /24 networks in 198.18.0.0/15, where copies of 198.51.100.0/24 go */
    PORT_FIRST = 1024,
    PORTS = 65536 - PORT_FIRST,
    TCP = 6,
    UDP = 17,
    ICMP6 = 58,
    DNS = 53,
};

/* Where things are in one frame. */
struct parts {
    uint8_t *ip, *transport, *end;
    uint8_t *sum_ip, *sum_transport; /* checksums; NULL: there is none */
    unsigned protocol;
    bool six;
};

static uint32_t get16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void follow(uint8_t *sum, uint32_t before, uint32_t after)
{
    if (!sum)
        return;
    uint32_t total = (~get16(sum) & 0xffff) + (~before & 0xffff) + after;
    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    put16(sum, ~total & 0xffff);
}

/* A word of the transport header or of what it carries. */
static void change(const struct parts *parts, uint8_t *word, uint32_t value)
{
    follow(parts->sum_transport, get16(word), value & 0xffff);
    put16(word, value);
}

/* A word of an address, which both checksums cover. */
static void change_address(const struct parts *parts, uint8_t *word, uint32_t value)
{
    follow(parts->sum_ip, get16(word), value & 0xffff);
    change(parts, word, value);
}

static bool find_ip(struct parts *parts, uint8_t *frame, size_t length)
{
    parts->ip = frame + ETHERNET_HEADER;
    parts->end = frame + length;
    if (length >= ETHERNET_HEADER + 20 && get16(frame + 12) == 0x0800) {
        parts->protocol = parts->ip[9];
        parts->transport = parts->ip + (parts->ip[0] & 15u) * 4u;
        parts->sum_ip = parts->ip + 10;
    } else if (length >= ETHERNET_HEADER + 40 && get16(frame + 12) == 0x86dd) {
        parts->six = true;
        parts->protocol = parts->ip[6];
        parts->transport = parts->ip + 40;
    } else {
        return false;
    }
    return parts->transport <= parts->end;
}

/* Later fragments have no transport header, and shorter frames not all of it. */
static bool find_transport(struct parts *parts)
{
    size_t length = (size_t)(parts->end - parts->transport);
    if (!parts->six && (get16(parts->ip + 6) & 0x1fff) != 0)
        return false;
    if (parts->protocol == TCP && length >= 20)
        parts->sum_transport = parts->transport + 16;
    else if (parts->protocol == UDP && length >= 8)
        parts->sum_transport = get16(parts->transport + 6) != 0 ? parts->transport + 6 : NULL;
    else if (parts->protocol == ICMP6 && length >= 4)
        parts->sum_transport = parts->transport + 2;
    else
        return false;
    return true;
}

/* Gives the client at an address the network of this copy; false: nobody's client is there. */
static bool move_client(const struct parts *parts, uint8_t *address, uint32_t copy)
{
    static const uint8_t clients4[] = {198, 51, 100}, clients6[] = {0x20, 0x01, 0x0d, 0xb8, 0, 0x0c, 0, 0};
    if (parts->six) {
        if (memcmp(address, clients6, sizeof clients6) != 0)
            return false;
        change_address(parts, address + 6, copy);
    } else {
        if (memcmp(address, clients4, sizeof clients4) != 0)
            return false;
        change_address(parts, address, 198u << 8 | (18 + (copy >> 8)));
        change_address(parts, address + 2, (copy & 255) << 8 | address[3]);
    }
    return true;
}

/* The upper words of a sequence number and of those that acknowledge: each side has a distance of its own. */
static void move_numbers(const struct parts *parts, bool from_client, uint32_t copy)
{
    uint8_t *tcp = parts->transport;
    uint32_t own = copy * (from_client ? 31 : 53), other = copy * (from_client ? 53 : 31);
    size_t header = (tcp[12] >> 4) * 4u, length = (size_t)(parts->end - tcp);
    change(parts, tcp + 4, get16(tcp + 4) + own);
    if ((tcp[13] & 0x10) == 0)
        return;
    change(parts, tcp + 8, get16(tcp + 8) + other);
    for (size_t at = 20; at + 1 < header && header <= length && tcp[at] != 0;) {
        size_t size = tcp[at] == 1 ? 1 : tcp[at + 1];
        if (size == 0 || at + size > header)
            return;
        /* SACK (RFC 2018). Where a block begins at an odd byte, its upper word is parts of two words of the checksum.
         */
        for (size_t edge = at + 2; tcp[at] == 5 && edge + 4 <= at + size; edge += 4) {
            uint32_t moved = get16(tcp + edge) + other;
            if (edge % 2 == 0) {
                change(parts, tcp + edge, moved);
            } else {
                change(parts, tcp + edge - 1, (uint32_t)tcp[edge - 1] << 8 | (moved >> 8 & 255));
                change(parts, tcp + edge + 1, (moved & 255) << 8 | tcp[edge + 2]);
            }
        }
        at += size;
    }
}

static void move_port(const struct parts *parts, uint8_t *port, uint32_t copy)
{
    if (get16(port) >= PORT_FIRST)
        change(parts, port, PORT_FIRST + (get16(port) - PORT_FIRST + copy * 977) % PORTS);
}

static bool is_dns(const struct parts *parts)
{
    return (get16(parts->transport) == DNS || get16(parts->transport + 2) == DNS) &&
           parts->end - parts->transport >= 10;
}

static void rewrite(uint8_t *frame, size_t length, uint32_t copy)
{
    struct parts parts = {0};
    if (copy == 0 || !find_ip(&parts, frame, length))
        return;
    bool has_transport = find_transport(&parts);
    uint8_t *source = parts.ip + (parts.six ? 8 : 12);
    if (!parts.six) {
        uint32_t identifier = get16(parts.ip + 4);
        put16(parts.ip + 4, identifier + copy * 7919);
        follow(parts.sum_ip, identifier, get16(parts.ip + 4));
    }
    bool from_client = move_client(&parts, source, copy),
         to_client = move_client(&parts, source + (parts.six ? 16 : 4), copy);
    if (!has_transport || parts.protocol == ICMP6)
        return;
    if (from_client)
        move_port(&parts, parts.transport, copy);
    if (to_client)
        move_port(&parts, parts.transport + 2, copy);
    if (parts.protocol == TCP)
        move_numbers(&parts, from_client, copy);
    else if (is_dns(&parts))
        change(&parts, parts.transport + 8, get16(parts.transport + 8) + copy * 977);
}

/* One copy; returns the time that it ends, in microseconds, or 0: something is wrong. */
static uint64_t write_copy(FILE *in, FILE *out, uint32_t copy, uint64_t distance)
{
    static uint8_t frame[FRAME_MAX];
    uint32_t header[4]; /* seconds, microseconds, captured, original length */
    uint64_t time = 0;
    if (fseek(in, FILE_HEADER, SEEK_SET) != 0)
        return 0;
    while (fread(header, sizeof header, 1, in) == 1) {
        if (header[2] > sizeof frame || fread(frame, 1, header[2], in) != header[2])
            return 0;
        time = header[0] * UINT64_C(1000000) + header[1] + distance;
        header[0] = (uint32_t)(time / 1000000);
        header[1] = (uint32_t)(time % 1000000);
        rewrite(frame, header[2], copy);
        if (fwrite(header, sizeof header, 1, out) != 1 || fwrite(frame, 1, header[2], out) != header[2])
            return 0;
    }
    return time;
}

/* The file's header, and the time of its first frame. */
static bool read_beginning(FILE *in, uint32_t ret_header[FILE_HEADER / 4], uint32_t ret_first[2])
{
    return fread(ret_header, FILE_HEADER, 1, in) == 1 && ret_header[0] == 0xa1b2c3d4 && ret_header[5] == 1 &&
           fread(ret_first, 2 * sizeof *ret_first, 1, in) == 1;
}

int main(int count, char **arguments)
{
    uint32_t header[FILE_HEADER / 4], first[2];
    unsigned long copies = count == 4 ? strtoul(arguments[3], NULL, 10) : 0;
    if (copies < 1 || copies > COPIES_MAX) {
        (void)fprintf(stderr, "multiply IN.pcap OUT.pcap COPIES (1 to %d)\n", COPIES_MAX);
        return 2;
    }
    FILE *in = fopen(arguments[1], "rb"), *out = strcmp(arguments[2], "-") == 0 ? stdout : fopen(arguments[2], "wb");
    if (!in || !out || !read_beginning(in, header, first) || fwrite(header, sizeof header, 1, out) != 1) {
        (void)fprintf(stderr, "multiply: a capture of Ethernet with microseconds is needed, and a place to write to\n");
        return 1;
    }
    uint64_t begin = first[0] * UINT64_C(1000000) + first[1], distance = 0;
    bool good = true;
    for (uint32_t copy = 0; good && copy < copies; copy++) {
        uint64_t end = write_copy(in, out, copy, distance);
        good = end > 0;
        distance = end + 1000000 - begin;
    }
    (void)fclose(in);
    good = fclose(out) == 0 && good;
    if (!good)
        (void)fprintf(stderr, "multiply: %s could not be copied whole\n", arguments[1]);
    return good ? 0 : 1;
}
