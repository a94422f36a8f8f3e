/* SPDX-License-Identifier: BSD-3-Clause
 *
 * For the decode tests: frames built byte by byte, and a decoder to send them through.
 */
#ifndef OVERHEAR_TESTS_DECODE_BUILD_H
#define OVERHEAR_TESTS_DECODE_BUILD_H

#include "decode/decode.h"
#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { BUILD_SIZE = 70000 };

struct build {
    uint8_t at[BUILD_SIZE];
    size_t len;
};

static inline void put_u8(struct build *b, unsigned value)
{
    assert_true(b->len < BUILD_SIZE);
    b->at[b->len++] = (uint8_t)value;
}

static inline void put_u16(struct build *b, unsigned value)
{
    put_u8(b, value >> 8);
    put_u8(b, value);
}

static inline void put_u32(struct build *b, uint32_t value)
{
    put_u16(b, value >> 16);
    put_u16(b, value);
}

static inline void put_many(struct build *b, size_t count, unsigned value)
{
    while (count-- > 0)
        put_u8(b, value);
}

static inline void put_bytes(struct build *b, struct bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        put_u8(b, bytes_at(bytes, i));
}

static inline void put_text(struct build *b, const char *text)
{
    put_bytes(b, bytes_text(text));
}

/* Pairs of hex digits; spaces are for the reader. */
static inline void put_hex(struct build *b, const char *hex)
{
    for (; *hex != '\0'; hex++) {
        unsigned value = 0;
        if (*hex == ' ')
            continue;
        assert_int_equal(sscanf(hex, "%2x", &value), 1);
        put_u8(b, value);
        hex++;
    }
}

static inline void set_u16(struct build *b, size_t at, unsigned value)
{
    b->at[at] = (uint8_t)(value >> 8);
    b->at[at + 1] = (uint8_t)value;
}

/* RFC 1071 in its plainest form, apart from the one under test. */
static inline unsigned plain_sum(unsigned sum, const uint8_t *at, size_t len)
{
    for (size_t i = 0; i < len; i++)
        sum += i % 2 == 0 ? (unsigned)at[i] << 8 : at[i];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

/* The IPv4 header; ipv4_end fills in its length and checksum. Returns where it begins. */
static inline size_t ipv4_begin(struct build *b, unsigned protocol, const char *source, const char *destination)
{
    size_t start = b->len;
    put_hex(b, "45 00 0000 1234 0000 40");
    put_u8(b, protocol);
    put_u16(b, 0);
    put_hex(b, source);
    put_hex(b, destination);
    return start;
}

static inline void ipv4_seal(struct build *b, size_t start)
{
    size_t header = (size_t)(b->at[start] & 15) * 4;
    set_u16(b, start + 10, 0);
    set_u16(b, start + 10, ~plain_sum(0, b->at + start, header) & 0xffff);
}

static inline void ipv4_end(struct build *b, size_t start)
{
    set_u16(b, start + 2, (unsigned)(b->len - start));
    ipv4_seal(b, start);
}

static inline size_t ipv6_begin(struct build *b, unsigned next, const char *source, const char *destination)
{
    size_t start = b->len;
    put_hex(b, "60000000 0000");
    put_u8(b, next);
    put_u8(b, 64);
    put_hex(b, source);
    put_hex(b, destination);
    return start;
}

static inline void ipv6_end(struct build *b, size_t start)
{
    set_u16(b, start + 4, (unsigned)(b->len - start - 40));
}

/* Fills in the checksum of the TCP (16) or UDP (6) header that begins at `start` and goes to the end. `addresses` is
 * the place of both addresses, `octets` the length of one. */
static inline void seal_transport(struct build *b, size_t start, unsigned protocol, size_t addresses, size_t octets)
{
    size_t field = start + (protocol == 6 ? 16 : 6);
    set_u16(b, field, 0);
    unsigned sum = plain_sum(protocol + (unsigned)(b->len - start), b->at + addresses, 2 * octets);
    sum = ~plain_sum(sum, b->at + start, b->len - start) & 0xffff;
    set_u16(b, field, sum == 0 && protocol == 17 ? 0xffff : sum);
}

static inline size_t put_udp(struct build *b, unsigned source, unsigned destination, const char *payload)
{
    size_t start = b->len;
    put_u16(b, source);
    put_u16(b, destination);
    put_u16(b, (unsigned)strlen(payload) + 8);
    put_u16(b, 0);
    put_text(b, payload);
    return start;
}

static const char *const client4 = "0a010203", *const server4 = "c0000235";
static const char *const client6 = "20010db8000000000000000000000001", *const server6 =
                                                                           "20010db8000000000000000000000053";

/* 10.1.2.3:4660 to 192.0.2.53:53, "question", everything right. */
static inline void put_question4(struct build *b)
{
    size_t ip = ipv4_begin(b, 17, client4, server4);
    size_t udp = put_udp(b, 4660, 53, "question");
    ipv4_end(b, ip);
    seal_transport(b, udp, 17, ip + 12, 4);
}

/* The same between 2001:db8::1 and 2001:db8::53. */
static inline void put_question6(struct build *b)
{
    size_t ip = ipv6_begin(b, 17, client6, server6);
    size_t udp = put_udp(b, 4660, 53, "question");
    ipv6_end(b, ip);
    seal_transport(b, udp, 17, ip + 8, 16);
}

static const char *const ethernet4 = "020000000001 020000000002 0800";
static const char *const ethernet6 = "020000000001 020000000002 86dd";

struct bench {
    struct budget budget;
    struct decoder *decoder;
    struct packet packet;
    uint64_t frames;
    int64_t time_ns;
};

static inline void bench_open(struct bench *bench, bool strict)
{
    *bench = (struct bench){0};
    budget_init(&bench->budget, 0);
    bench->decoder = decoder_new(&bench->budget, strict);
    assert_non_null(bench->decoder);
}

/* Every frame was counted once, and nothing is left behind. */
static inline void bench_close(struct bench *bench)
{
    const struct decoder_statistics *statistics = decoder_statistics(bench->decoder);
    uint64_t stops = 0;
    for (int i = 0; i < DECODE_STOP_COUNT; i++)
        stops += statistics->stops[i];
    assert_int_equal(stops, bench->frames);
    decoder_free(bench->decoder);
    assert_int_equal(bench->budget.used, 0);
}

/* The first `captured` bytes of a frame of `sent` bytes, in memory of just that size. The packet's views stay valid. */
static inline enum decode_stop bench_claims(struct bench *bench, unsigned link, const struct build *b, size_t captured,
                                            uint32_t sent)
{
    static uint8_t *memory;
    free(memory);
    memory = malloc(captured > 0 ? captured : 1);
    assert_non_null(memory);
    memcpy(memory, b->at, captured);
    struct frame frame = {
        .data = bytes_of(memory, captured),
        .moment = {++bench->frames, bench->time_ns},
        .wire_length = sent,
        .link_type = (uint16_t)link,
        .time_digits = 9,
    };
    enum decode_stop stop = decode_frame(bench->decoder, &frame, &bench->packet);
    assert_true(bench->packet.payload.len <= bench->packet.payload_length);
    return stop;
}

static inline enum decode_stop bench_cut(struct bench *bench, unsigned link, const struct build *b, size_t captured)
{
    return bench_claims(bench, link, b, captured, (uint32_t)b->len);
}

static inline enum decode_stop bench_frame(struct bench *bench, unsigned link, const struct build *b)
{
    return bench_cut(bench, link, b, b->len);
}

static inline void assert_address(const struct address *address, const char *expected)
{
    char text[ADDRESS_TEXT_SIZE];
    address_text(address, text);
    assert_string_equal(text, expected);
}

static inline void assert_payload(const struct packet *packet, const char *expected)
{
    assert_int_equal(packet->payload.len, strlen(expected));
    assert_memory_equal(packet->payload.at, expected, packet->payload.len);
}

/* The packet is one of put_question4 or put_question6. */
static inline void assert_question(const struct packet *packet, unsigned family)
{
    assert_address(&packet->source.ip, family == 4 ? "10.1.2.3" : "2001:db8::1");
    assert_address(&packet->destination.ip, family == 4 ? "192.0.2.53" : "2001:db8::53");
    assert_int_equal(packet->source.port, 4660);
    assert_int_equal(packet->destination.port, 53);
    assert_int_equal(packet->transport, TRANSPORT_UDP);
    assert_payload(packet, "question");
    assert_int_equal(packet->payload_length, 8);
    assert_false(packet->cut);
    assert_false(packet->bad_checksum);
    assert_int_equal(packet->anomaly_count, 0);
}

static inline void assert_anomaly(const struct packet *packet, enum anomaly name, uint64_t a, uint64_t b)
{
    assert_int_equal(packet->anomaly_count, 1);
    assert_string_equal(anomaly_name(packet->anomalies[0].name), anomaly_name(name));
    assert_int_equal(packet->anomalies[0].a, a);
    assert_int_equal(packet->anomalies[0].b, b);
}

#endif
