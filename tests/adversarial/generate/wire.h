/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Frames of captures that are made up: Ethernet, IPv4, TCP and UDP with right lengths and checksums, written as they
 * come, so that ten million of them cost some seconds and no memory. Nothing here is random: the same arguments
 * give the same bytes.
 */
#ifndef ADVERSARIAL_WIRE_H
#define ADVERSARIAL_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    WIRE_FRAME_MAX = 1 << 17,
    WIRE_TCP = 6,
    WIRE_UDP = 17,
    WIRE_FIN = 1,
    WIRE_SYN = 2,
    WIRE_RST = 4,
    WIRE_PSH = 8,
    WIRE_ACK = 16,
    WIRE_IPV4 = 0x0800,
    WIRE_IPV6 = 0x86dd,
    WIRE_MORE_FRAGMENTS = 0x2000, /* beside the offset, in units of 8 bytes */
};

enum side { CLIENT, SERVER };

/* Frames of a capture that go among those of a generator: one after so many. */
struct honest {
    uint8_t *file; /* all of it; NULL: there is none */
    size_t length, at;
    uint64_t every, until_next;
    bool alone; /* only they are written, at the times that they would have among the others */
};

struct wire {
    FILE *out;
    uint64_t now, step; /* microseconds: the time of the next frame, and how much later each is */
    uint64_t chance;    /* of wire_chance */
    struct honest honest;
    uint8_t frame[WIRE_FRAME_MAX];
};

void wire_begin(struct wire *wire, FILE *out);

/* Loads a pcap of Ethernet, microseconds and this machine's byte order; one of its frames goes after every `every`. */
bool wire_mix(struct wire *wire, const char *path, uint64_t every, bool alone);

/* What is left of the honest frames. False: something could not be written. */
bool wire_end(struct wire *wire);

/* The next of a sequence of numbers that look random, below `limit`. */
uint32_t wire_chance(struct wire *wire, uint32_t limit);

void wire_put16(uint8_t *at, uint32_t value);
void wire_put32(uint8_t *at, uint32_t value);

/* The checksum of IP, TCP and UDP (RFC 1071) over bytes, on top of a sum of 16-bit words. */
uint16_t wire_checksum(const uint8_t *at, size_t length, uint64_t sum);

/* Whole frames, from the inside out. Addresses and ports in host byte order; a fragment field as IPv4's. */
void wire_frame(struct wire *wire, const void *bytes, size_t length);
void wire_ethernet(struct wire *wire, uint32_t type, const void *payload, size_t length);
void wire_ip(struct wire *wire, const uint32_t address[2], uint8_t protocol, uint32_t identification_and_fragment,
             const void *payload, size_t length);

/* From address[side], port[side] to the other ones. */
struct ends {
    uint32_t address[2];
    uint16_t port[2];
};
void wire_udp(struct wire *wire, const struct ends *ends, enum side side, const void *payload, size_t length);
void wire_tcp(struct wire *wire, const struct ends *ends, enum side side, const uint32_t numbers[2], uint8_t flags,
              const void *payload, size_t length);

/* A UDP header and payload as they stand in IP, for those who cut it in pieces; returns their length. */
size_t wire_udp_body(uint8_t *body, const struct ends *ends, enum side side, const void *payload, size_t length);

/*
 * A TCP connection that knows its own numbers. What is said is gathered into segments of `segment` bytes; it goes
 * out when a segment is full, when the other side speaks, and with talk_flush.
 */
struct talk {
    struct wire *wire;
    struct ends ends;
    uint32_t next[2];
    size_t segment;
    enum side speaker;
    size_t waiting;
    uint8_t buffer[65536];
};

/* Number by number another client. With the three-way handshake. */
void talk_begin(struct talk *talk, struct wire *wire, uint64_t number, uint16_t server_port);
void talk_say(struct talk *talk, enum side side, const void *bytes, size_t length);
void talk_text(struct talk *talk, enum side side, const char *text);
void talk_repeat(struct talk *talk, enum side side, const char *text, uint64_t count);
void talk_flush(struct talk *talk);
/* With an acknowledgment of what was said last. */
void talk_heard(struct talk *talk);
/* One segment at a place of its own; the connection's own numbers stay. */
void talk_raw(const struct talk *talk, enum side side, uint32_t sequence, uint8_t flags, const void *bytes,
              size_t length);
/* FIN from both sides. */
void talk_end(struct talk *talk);

#endif
