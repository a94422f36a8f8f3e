/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Many conversations: more than there is memory for, kept open, half closed, or aimed at one place of the table.
 */
#include "colliding.h"
#include "generators.h"

#include <string.h>

static const uint32_t CLIENTS = 0xc6120000; /* 198.18.0.0/15 is for measuring (RFC 2544) */

static struct ends stranger(uint64_t number, uint16_t port)
{
    /* Every number another pair of address and port, neighbours far from each other. */
    uint64_t spread = number * 0x9e3779b1u & 0xffffffff;
    return (struct ends){{CLIENTS + (uint32_t)(spread >> 15), 0xc0a80050},
                         {(uint16_t)(1024 + (spread & 0x7fff)), port}};
}

static void syn_flood(struct wire *wire, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct ends ends = stranger(i, 80);
        const uint32_t numbers[2] = {(uint32_t)i * 7919, 0};
        wire_tcp(wire, &ends, CLIENT, numbers, WIRE_SYN, NULL, 0);
    }
}

static void udp_flood(struct wire *wire, uint64_t count)
{
    static const uint16_t ports[] = {9, 53, 5353, 40000};
    uint8_t payload[16];
    for (uint64_t i = 0; i < count; i++) {
        struct ends ends = stranger(i, ports[i % 4]);
        for (size_t at = 0; at < sizeof payload; at += 4)
            wire_put32(payload + at, wire_chance(wire, 0xffffffff));
        wire_udp(wire, &ends, CLIENT, payload, sizeof payload);
    }
}

static void ports_flood(struct wire *wire, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct ends ends = {{0xc6120001, 0xc0a80050}, {(uint16_t)(i >> 16), (uint16_t)i}};
        wire_udp(wire, &ends, CLIENT, "?", 1);
    }
}

static void conn_churn(struct wire *wire, uint64_t count)
{
    struct talk talk;
    for (uint64_t i = 0; i < count; i++) {
        talk_begin(&talk, wire, i, 80);
        talk_text(&talk, CLIENT, "GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n");
        talk_text(&talk, SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        talk_end(&talk);
    }
}

static void half_close(struct wire *wire, uint64_t count)
{
    struct talk talk;
    for (uint64_t i = 0; i < count; i++) {
        talk_begin(&talk, wire, i, 80);
        talk_text(&talk, CLIENT, "GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n");
        talk_flush(&talk);
        talk_raw(&talk, CLIENT, talk.next[CLIENT], WIRE_FIN | WIRE_ACK, NULL, 0);
    }
}

static void idle_established(struct wire *wire, uint64_t count)
{
    static const uint16_t ports[] = {21, 23, 25, 43, 79, 80, 110, 143, 443, 53};
    struct talk talk;
    for (uint64_t i = 0; i < count; i++) {
        talk_begin(&talk, wire, i, ports[i % 10]);
        talk_text(&talk, i % 2 ? CLIENT : SERVER, "22");
        talk_heard(&talk);
    }
}

static void hash_sets(struct wire *wire, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct colliding_key key = colliding_make((enum colliding)(i % COLLIDING_KINDS),
                                                  (uint32_t)(i / COLLIDING_KINDS));
        struct ends ends = {{key.source, key.destination}, {(uint16_t)(key.ports >> 16), (uint16_t)key.ports}};
        const uint32_t numbers[2] = {1, 0};
        wire_tcp(wire, &ends, CLIENT, numbers, WIRE_SYN, NULL, 0);
    }
}

/* Connections that are opened again and again between the same two ends. */
static void tuple_reuse(struct wire *wire, uint64_t count)
{
    struct talk talk;
    for (uint64_t i = 0; i < count; i++) {
        talk_begin(&talk, wire, 7, 80);
        talk.next[CLIENT] += (uint32_t)i * 64000;
        talk_text(&talk, CLIENT, "GET / HTTP/1.1\r\n");
        talk_flush(&talk);
        wire->now += 200000;
    }
}

static void bad_clock(struct wire *wire, uint64_t count)
{
    static const uint64_t times[] = {0, 1, 1700000000, 4294967295, 4102444800, 1600000000, 1700086401, 2147483648};
    struct talk talk;
    uint64_t start = wire->now;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t jump = wire_chance(wire, 40);
        wire->now = jump < 8 ? times[jump] * 1000000 : start + i * 1000 + wire_chance(wire, 200000000);
        talk_begin(&talk, wire, i, 80);
        wire->now = jump > 32 ? wire->now - 90000000 : wire->now;
        talk_text(&talk, CLIENT, "GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n");
        talk_flush(&talk);
        struct ends ends = stranger(i, 53);
        wire_udp(wire, &ends, CLIENT, "clock", 5);
    }
}

/* Every conversation, TCP's and UDP's, ends at once when the clock goes on. */
static void timer_storm(struct wire *wire, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct ends ends = stranger(i, 9);
        wire_udp(wire, &ends, CLIENT, "x", 1);
        if (i % 50000 == 49999)
            wire->now += 200000000;
    }
}

/* Without an end of line, in each of as many connections, one after the other. */
static void endless_lines(struct wire *wire, uint64_t count, unsigned times)
{
    static const uint16_t ports[] = {21, 23, 25, 43, 79, 80, 110, 143};
    struct talk talk;
    char text[16384];
    memset(text, 'x', sizeof text);
    for (uint64_t i = 0; i < count; i++) {
        talk_begin(&talk, wire, i, ports[i % 8]);
        talk.segment = sizeof text;
        if (ports[i % 8] == 80)
            talk_text(&talk, CLIENT, "GET /");
        enum side side = ports[i % 8] == 80 || ports[i % 8] == 43 || ports[i % 8] == 79 ? CLIENT : SERVER;
        for (unsigned k = 0; k < times; k++)
            talk_say(&talk, side, text, sizeof text);
        talk_flush(&talk);
    }
}

static void no_newline_everywhere(struct wire *wire, uint64_t count)
{
    endless_lines(wire, count, 1);
}

static void no_newline_megabyte(struct wire *wire, uint64_t count)
{
    endless_lines(wire, count, 64);
}

/* A hole and ten segments behind it, in every connection. */
static void holes_everywhere(struct wire *wire, uint64_t count)
{
    struct talk talk;
    char text[1400];
    memset(text, 'y', sizeof text);
    for (uint64_t i = 0; i < count; i++) {
        talk_begin(&talk, wire, i, 80);
        talk.next[CLIENT]++;
        for (unsigned segment = 0; segment < 10; segment++)
            talk_say(&talk, CLIENT, text, sizeof text);
        talk_flush(&talk);
    }
}

const struct generator flood_generators[] = {
    {"syn_flood", syn_flood, 4000, 1000000, "SYNs, each of another client"},
    {"udp_flood", udp_flood, 4000, 500000, "datagrams, each of another client, to four ports"},
    {"ports_flood", ports_flood, 4000, 500000, "datagrams, each to another port"},
    {"conn_churn", conn_churn, 500, 50000, "connections: opened, one HTTP exchange, closed"},
    {"half_close", half_close, 500, 50000, "connections whose client closes and whose server does not"},
    {"idle_established", idle_established, 500, 100000, "connections to ten ports that say two bytes and no more"},
    {"tuple_reuse", tuple_reuse, 500, 50000, "connections between the same two ends, none of them closed"},
    {"hash_sets", hash_sets, 4000, 500000, "SYNs whose keys collide in XOR, sums, low bits, FNV-1a, CRC-32, lookup3"},
    {"bad_clock", bad_clock, 500, 50000, "conversations while the clock jumps: back, to zero, to 2106, by days"},
    {"timer_storm", timer_storm, 4000, 500000,
     "datagrams, each of another client; every 50,000 the clock goes on by 200 s"},
    {"no_newline_everywhere", no_newline_everywhere, 100, 10000,
     "connections that each send 16 KiB without an end of line"},
    {"no_newline_megabyte", no_newline_megabyte, 2, 300, "connections that each send 1 MiB without an end of line"},
    {"holes_everywhere", holes_everywhere, 200, 20000, "connections with a hole and 14 KB behind it"},
    {0},
};
