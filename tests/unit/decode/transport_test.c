/* SPDX-License-Identifier: BSD-3-Clause
 *
 * TCP, UDP and ICMP.
 */
#include "build.h"

/* Ethernet, IPv4, and a TCP header whose length byte and options are given. */
static size_t put_tcp(struct build *b, unsigned length_byte, unsigned flags, const char *options, const char *payload)
{
    b->len = 0;
    put_hex(b, ethernet4);
    size_t ip = ipv4_begin(b, 6, client4, server4);
    size_t tcp = b->len;
    put_hex(b, "1234 0050 89abcdef 01234567");
    put_u8(b, length_byte);
    put_u8(b, flags);
    put_hex(b, "7210 0000 0003");
    put_hex(b, options);
    put_text(b, payload);
    ipv4_end(b, ip);
    seal_transport(b, tcp, 6, ip + 12, 4);
    return tcp;
}

static void test_tcp(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    put_tcp(&b, 0x50, TCP_PSH | TCP_ACK | TCP_URG, "", "GET / HTTP/1.1\r\n");
    put_many(&b, 6, 0);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    const struct packet *packet = &bench.packet;
    assert_int_equal(packet->transport, TRANSPORT_TCP);
    assert_address(&packet->source.ip, "10.1.2.3");
    assert_int_equal(packet->source.port, 4660);
    assert_int_equal(packet->destination.port, 80);
    assert_true(packet->tcp.sequence == 0x89abcdef);
    assert_true(packet->tcp.acknowledgment == 0x01234567);
    assert_int_equal(packet->tcp.flags, TCP_PSH | TCP_ACK | TCP_URG);
    assert_int_equal(packet->tcp.window, 0x7210);
    assert_int_equal(packet->tcp.urgent, 3);
    assert_int_equal(packet->tcp.window_shift, 0xff);
    assert_payload(packet, "GET / HTTP/1.1\r\n");
    assert_int_equal(packet->payload_length, 16);
    assert_int_equal(packet->moment.frame, 1);
    assert_int_equal(packet->time_digits, 9);
    bench_close(&bench);
}

static void test_tcp_window_scale(void **state)
{
    (void)state;
    static const struct {
        unsigned length_byte, flags, shift;
        const char *options;
    } rows[] = {
        {0xa0, TCP_SYN, 7, "020405b4 0402 080a0000000100000000 01 030307"},
        {0x60, TCP_SYN | TCP_ACK, 0, "01 030300"},
        {0x60, TCP_ACK, 0xff, "01 030307"},  /* only a SYN's counts */
        {0x60, TCP_SYN, 0xff, "00 030307"},  /* behind the end */
        {0x60, TCP_SYN, 0xff, "01 01 0303"}, /* broken off */
        {0x60, TCP_SYN, 0xff, "0200 0303"},  /* a length that does not count itself */
        {0x60, TCP_SYN, 0xff, "01 01 01 03"},
        {0x60, TCP_SYN, 0xff, "03040707"}, /* of another length */
    };
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        put_tcp(&b, rows[i].length_byte, rows[i].flags, rows[i].options, "");
        assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
        assert_int_equal(bench.packet.tcp.window_shift, rows[i].shift);
        assert_int_equal(bench.packet.payload_length, 0);
    }
    bench_close(&bench);
}

static void test_tcp_bad_length(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    put_tcp(&b, 0x40, TCP_ACK, "", "data");
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_MALFORMED);
    assert_anomaly(&bench.packet, ANOMALY_TCP_BAD_LENGTH, 16, 24);
    put_tcp(&b, 0xf0, TCP_ACK, "", "data");
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_MALFORMED);
    assert_anomaly(&bench.packet, ANOMALY_TCP_BAD_LENGTH, 60, 24);
    bench_close(&bench);
}

/* The fixed header is enough; options and payload may be missing. */
static void test_tcp_cut(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    size_t tcp = put_tcp(&b, 0x80, TCP_ACK, "0101 080a0000000100000000", "four");
    for (size_t captured = tcp; captured < b.len; captured++) {
        bool enough = captured >= tcp + 20;
        assert_int_equal(bench_cut(&bench, 1, &b, captured), enough ? DECODE_PACKET : DECODE_CUT);
        if (!enough)
            continue;
        assert_int_equal(bench.packet.payload_length, 4);
        assert_int_equal(bench.packet.payload.len, captured > tcp + 32 ? captured - tcp - 32 : 0);
        assert_true(bench.packet.cut);
    }
    bench_close(&bench);
}

static void test_checksums(void **state)
{
    (void)state;
    static struct build b;
    struct bench lax, strict;
    bench_open(&lax, false);
    bench_open(&strict, true);
    /* odd and even lengths, short and longer than the blocks of the sum */
    for (size_t length = 0; length < 300; length++) {
        char payload[301] = {0};
        memset(payload, 'a' + (int)(length % 26), length);
        size_t tcp = put_tcp(&b, 0x50, TCP_ACK, "", payload);
        assert_int_equal(bench_frame(&strict, 1, &b), DECODE_PACKET);
        assert_false(strict.packet.bad_checksum);
        unsigned right = (unsigned)b.at[tcp + 16] << 8 | b.at[tcp + 17];
        set_u16(&b, tcp + 16, right ^ 0x0100);
        assert_int_equal(bench_frame(&strict, 1, &b), DECODE_BAD_CHECKSUM);
        assert_anomaly(&strict.packet, ANOMALY_TCP_BAD_CHECKSUM, right ^ 0x0100, right);
        assert_int_equal(bench_frame(&lax, 1, &b), DECODE_PACKET);
        assert_true(lax.packet.bad_checksum);
        assert_int_equal(lax.packet.anomaly_count, 0);
        assert_int_equal(lax.packet.payload_length, length);
    }
    assert_int_equal(decoder_statistics(lax.decoder)->bad_checksums, 300);
    assert_int_equal(decoder_statistics(strict.decoder)->bad_checksums, 300);
    bench_close(&lax);
    bench_close(&strict);
}

static void test_udp_checksum(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    put_hex(&b, ethernet4);
    size_t udp = b.len + 20;
    put_question4(&b);
    unsigned right = (unsigned)b.at[udp + 6] << 8 | b.at[udp + 7];
    set_u16(&b, udp + 6, 0);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    assert_question(&bench.packet, 4);
    set_u16(&b, udp + 6, 0xaaaa);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_BAD_CHECKSUM);
    assert_anomaly(&bench.packet, ANOMALY_UDP_BAD_CHECKSUM, 0xaaaa, right);
    /* one of zero is sent as 0xffff, since 0 means none */
    unsigned word = plain_sum((unsigned)(b.at[udp + 8] << 8 | b.at[udp + 9]) + right, b.at, 0);
    set_u16(&b, udp + 8, word);
    set_u16(&b, udp + 6, 0xffff);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    set_u16(&b, udp + 6, 0xaaaa);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_BAD_CHECKSUM);
    assert_anomaly(&bench.packet, ANOMALY_UDP_BAD_CHECKSUM, 0xaaaa, 0xffff);
    /* IPv6 has no header checksum to fall back on, so there has to be one here */
    b.len = 0;
    put_hex(&b, ethernet6);
    udp = b.len + 40;
    put_question6(&b);
    right = (unsigned)b.at[udp + 6] << 8 | b.at[udp + 7];
    set_u16(&b, udp + 6, 0);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_BAD_CHECKSUM);
    assert_anomaly(&bench.packet, ANOMALY_UDP_BAD_CHECKSUM, 0, right);
    bench_close(&bench);
}

static void test_udp_lengths(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, false);
    put_hex(&b, ethernet4);
    size_t udp = b.len + 20;
    put_question4(&b);
    set_u16(&b, udp + 4, 12);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    assert_payload(&bench.packet, "ques");
    assert_int_equal(bench.packet.payload_length, 4);
    set_u16(&b, udp + 4, 100);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    assert_payload(&bench.packet, "question");
    assert_int_equal(bench.packet.payload_length, 8);
    assert_anomaly(&bench.packet, ANOMALY_UDP_BAD_LENGTH, 100, 16);
    assert_false(bench.packet.bad_checksum);
    set_u16(&b, udp + 4, 0);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    assert_payload(&bench.packet, "question");
    set_u16(&b, udp + 4, 7);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_MALFORMED);
    assert_anomaly(&bench.packet, ANOMALY_UDP_BAD_LENGTH, 7, 16);
    bench_close(&bench);
}

static enum decode_stop decode_icmp(struct bench *bench, unsigned family, const char *message)
{
    static struct build b;
    b.len = 0;
    put_hex(&b, family == 4 ? ethernet4 : ethernet6);
    size_t ip = family == 4 ? ipv4_begin(&b, 1, server4, client4) : ipv6_begin(&b, 58, server6, client6);
    put_hex(&b, message);
    if (family == 4)
        ipv4_end(&b, ip);
    else
        ipv6_end(&b, ip);
    return bench_frame(bench, 1, &b);
}

static void test_icmp_errors(void **state)
{
    (void)state;
    struct bench bench;
    const struct icmp_error *error = &bench.packet.icmp;
    bench_open(&bench, true);
    const unsigned types[] = {3, 4, 11, 12};
    for (size_t i = 0; i < 4; i++) {
        char message[200];
        snprintf(message, sizeof message,
                 "%02x03 0000 00000000 45000024 1234 0000 40 11 0000 0a010203 c0000235 1234 0035 0010 0000", types[i]);
        assert_int_equal(decode_icmp(&bench, 4, message), DECODE_ICMP);
        assert_int_equal(bench.packet.transport, TRANSPORT_ICMP);
        assert_address(&bench.packet.source.ip, "192.0.2.53");
        assert_address(&bench.packet.destination.ip, "10.1.2.3");
        assert_true(error->present);
        assert_int_equal(error->type, types[i]);
        assert_int_equal(error->code, 3);
        assert_int_equal(error->transport, TRANSPORT_UDP);
        assert_address(&error->source.ip, "10.1.2.3");
        assert_int_equal(error->source.port, 4660);
        assert_address(&error->destination.ip, "192.0.2.53");
        assert_int_equal(error->destination.port, 53);
    }
    /* options in the quoted header */
    assert_int_equal(decode_icmp(&bench, 4,
                                 "0301 0000 00000000 46000028 1234 0000 40 06 0000 0a010203 c0000235 94040000"
                                 "1234 0050 00000001"),
                     DECODE_ICMP);
    assert_true(error->present);
    assert_int_equal(error->transport, TRANSPORT_TCP);
    assert_int_equal(error->destination.port, 80);
    /* what has no ports */
    assert_int_equal(
        decode_icmp(&bench, 4, "0301 0000 00000000 46000028 1234 0000 40 01 0000 0a010203 c0000235 94040000 0800"),
        DECODE_ICMP);
    assert_true(error->present);
    assert_int_equal(error->transport, TRANSPORT_ICMP);
    bench_close(&bench);
}

static void test_icmp_without_a_packet(void **state)
{
    (void)state;
    static const char *const messages[] = {
        "0800 0000 12340001 6162",     /* echo */
        "0501 0000 0a000001 45000024", /* redirect: nobody's packet was lost */
        "0303 0000 00000000",
        "0303 0000 00000000 45000024 1234 0000 40 11 0000 0a010203 c0000235 1234 00",   /* broken off */
        "0303 0000 00000000 45000024 1234 0001 40 11 0000 0a010203 c0000235 1234 0035", /* a later fragment */
        "0303 0000 00000000 65000024 1234 0000 40 11 0000 0a010203 c0000235 1234 0035",
        "0303 0000 00000000 44000024 1234 0000 40 11 0000 0a010203 c0000235 1234 0035",
    };
    struct bench bench;
    bench_open(&bench, true);
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        assert_int_equal(decode_icmp(&bench, 4, messages[i]), DECODE_ICMP);
        assert_false(bench.packet.icmp.present);
    }
    assert_int_equal(decode_icmp(&bench, 4, "0303 0000 000000"), DECODE_MALFORMED);
    assert_int_equal(decode_icmp(&bench, 6, "8700 0000 00000000"), DECODE_ICMP);
    assert_false(bench.packet.icmp.present);
    assert_int_equal(decode_icmp(&bench, 6, "0000 0000 00000000 60"), DECODE_ICMP); /* reserved */
    assert_false(bench.packet.icmp.present);
    bench_close(&bench);
}

/* Headers of options, each followed by another. */
#define OPTIONS "3c 00 0104 00000000 "
#define OPTIONS_5 OPTIONS OPTIONS OPTIONS OPTIONS OPTIONS
#define OPTIONS_15 OPTIONS_5 OPTIONS_5 OPTIONS_5

static void test_icmpv6_errors(void **state)
{
    (void)state;
    static const struct {
        bool present;
        const char *next, *chain;
    } rows[] = {
        {true, "11", "1234 0035 0010 0000"},
        {true, "00", "2c 00 0104 00000000 3c 00 0000 00000001 11 00 0104 00000000 1234 0035 0010 0000"},
        {false, "2c", "11 00 0008 00000001 1234 0035 0010 0000"},
        {false, "00", "11 01 0104 00000000 1234 00"},
        {false, "11", "1234 00"},
        {true, "3c", OPTIONS_15 "11 00 0104 00000000 1234 0035 0010 0000"},
        {false, "3c", OPTIONS_15 OPTIONS "11 00 0104 00000000 1234 0035 0010 0000"},
    };
    struct bench bench;
    bench_open(&bench, true);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char message[600];
        snprintf(message, sizeof message, "0104 0000 00000000 60000000 0010 %s 40 %s %s %s", rows[i].next, client6,
                 server6, rows[i].chain);
        assert_int_equal(decode_icmp(&bench, 6, message), DECODE_ICMP);
        assert_int_equal(bench.packet.transport, TRANSPORT_ICMPV6);
        const struct icmp_error *error = &bench.packet.icmp;
        assert_int_equal(error->present, rows[i].present);
        assert_int_equal(error->type, 1);
        assert_int_equal(error->code, 4);
        if (!error->present)
            continue;
        assert_int_equal(error->transport, TRANSPORT_UDP);
        assert_address(&error->source.ip, "2001:db8::1");
        assert_address(&error->destination.ip, "2001:db8::53");
        assert_int_equal(error->source.port, 4660);
        assert_int_equal(error->destination.port, 53);
    }
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tcp),
        cmocka_unit_test(test_tcp_window_scale),
        cmocka_unit_test(test_tcp_bad_length),
        cmocka_unit_test(test_tcp_cut),
        cmocka_unit_test(test_checksums),
        cmocka_unit_test(test_udp_checksum),
        cmocka_unit_test(test_udp_lengths),
        cmocka_unit_test(test_icmp_errors),
        cmocka_unit_test(test_icmp_without_a_packet),
        cmocka_unit_test(test_icmpv6_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
