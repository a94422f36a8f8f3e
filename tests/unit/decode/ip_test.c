/* SPDX-License-Identifier: BSD-3-Clause
 *
 * IPv4 with options and odd lengths, IPv6 with its extension headers.
 */
#include "build.h"

static void test_ipv4_options(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    put_hex(&b, ethernet4);
    size_t ip = ipv4_begin(&b, 17, client4, server4);
    put_hex(&b, "94040000");
    b.at[ip] = 0x46;
    size_t udp = put_udp(&b, 4660, 53, "question");
    ipv4_end(&b, ip);
    seal_transport(&b, udp, 17, ip + 12, 4);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    assert_question(&bench.packet, 4);
    for (size_t captured = 0; captured < udp + 8; captured++)
        assert_int_equal(bench_cut(&bench, 1, &b, captured), DECODE_CUT);
    bench_close(&bench);
}

/* Whoever segments in hardware leaves the total length 0: the frame says how long it is. */
static void test_ipv4_without_length(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    put_hex(&b, ethernet4);
    size_t ip = b.len;
    put_question4(&b);
    set_u16(&b, ip + 2, 0);
    ipv4_seal(&b, ip);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    assert_question(&bench.packet, 4);
    bench_close(&bench);
}

static void test_ipv4_claims_more(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    put_hex(&b, ethernet4);
    size_t ip = b.len;
    put_question4(&b);
    set_u16(&b, ip + 2, 1500);
    ipv4_seal(&b, ip);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    assert_payload(&bench.packet, "question");
    assert_false(bench.packet.cut);
    assert_anomaly(&bench.packet, ANOMALY_IP_BAD_LENGTH, 1500, 36);
    bench_close(&bench);
}

static void test_ipv4_malformed(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    put_hex(&b, ethernet4);
    size_t ip = b.len;
    put_question4(&b);
    b.at[ip] = 0x44;
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_MALFORMED);
    assert_anomaly(&bench.packet, ANOMALY_IP_BAD_LENGTH, 16, 36);
    b.at[ip] = 0x46;
    set_u16(&b, ip + 2, 23);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_MALFORMED);
    assert_anomaly(&bench.packet, ANOMALY_IP_BAD_LENGTH, 23, 36);
    b.at[ip] = 0x65;
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_MALFORMED);
    bench_close(&bench);
}

static void test_ipv4_checksum(void **state)
{
    (void)state;
    static struct build b;
    struct bench lax, strict;
    bench_open(&lax, false);
    bench_open(&strict, true);
    put_hex(&b, ethernet4);
    size_t ip = b.len;
    put_question4(&b);
    unsigned right = (unsigned)b.at[ip + 10] << 8 | b.at[ip + 11];
    set_u16(&b, ip + 10, 0xbeef);
    assert_int_equal(bench_frame(&lax, 1, &b), DECODE_PACKET);
    assert_payload(&lax.packet, "question");
    assert_true(lax.packet.bad_checksum);
    assert_int_equal(lax.packet.anomaly_count, 0);
    assert_int_equal(decoder_statistics(lax.decoder)->bad_checksums, 1);
    assert_int_equal(bench_frame(&strict, 1, &b), DECODE_BAD_CHECKSUM);
    assert_anomaly(&strict.packet, ANOMALY_IP_BAD_CHECKSUM, 0xbeef, right);
    /* the header is there, so it is judged although the rest is not */
    assert_int_equal(bench_cut(&strict, 1, &b, b.len - 1), DECODE_BAD_CHECKSUM);
    assert_int_equal(bench_cut(&strict, 1, &b, 14 + 19), DECODE_CUT);
    bench_close(&lax);
    bench_close(&strict);
}

/* Extension headers in hex, the first of which is of kind `first`; the question is behind them. */
static void put_extended(struct build *b, unsigned first, const char *extensions)
{
    b->len = 0;
    put_hex(b, ethernet6);
    size_t ip = ipv6_begin(b, first, client6, server6);
    put_hex(b, extensions);
    size_t udp = put_udp(b, 4660, 53, "question");
    ipv6_end(b, ip);
    seal_transport(b, udp, 17, ip + 8, 16);
}

static void test_ipv6_extensions(void **state)
{
    (void)state;
    static const struct {
        unsigned first;
        const char *extensions;
    } rows[] = {
        {0, "11 00 0104 00000000"},
        {60, "11 01 010c 000000000000000000000000"},
        {43, "11 00 0000 00000000"},
        {44, "11 00 0000 12345678"},
        {51, "11 02 0000 00000001 00000002 00000003"},
        {135, "11 00 0104 00000000"},
        {139, "11 00 0104 00000000"},
        {140, "11 00 0104 00000000"},
        {0, "3c 00 0104 00000000 2b 00 0104 00000000 2c 00 0000 00000000 33 00 0000 00000001"
            "3c 02 0000 00000001 00000002 00000003 11 00 0104 00000000"},
    };
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        put_extended(&b, rows[i].first, rows[i].extensions);
        assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
        assert_question(&bench.packet, 6);
        for (size_t captured = 0; captured + 8 < b.len; captured++)
            assert_int_equal(bench_cut(&bench, 1, &b, captured), DECODE_CUT);
    }
    bench_close(&bench);
}

static void test_ipv6_extensions_end(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    put_extended(&b, 59, "");
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_OTHER_TRANSPORT);
    assert_int_equal(bench.packet.transport, 59);
    put_extended(&b, 0, "32 00 0104 00000000");
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_OTHER_TRANSPORT);
    assert_int_equal(bench.packet.transport, 50);
    put_extended(&b, 60, "11 ff 0104 00000000");
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_MALFORMED);
    bench_close(&bench);
}

static void test_ipv6_too_many_extensions(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    for (int count = LIMIT_IPV6_EXTENSIONS; count <= LIMIT_IPV6_EXTENSIONS + 1; count++) {
        char extensions[(LIMIT_IPV6_EXTENSIONS + 1) * 16 + 1] = "";
        for (int i = 1; i <= count; i++)
            strcat(extensions, i < count ? "3c00010400000000" : "1100010400000000");
        put_extended(&b, 60, extensions);
        bool fits = count == LIMIT_IPV6_EXTENSIONS;
        assert_int_equal(bench_frame(&bench, 1, &b), fits ? DECODE_PACKET : DECODE_TOO_DEEP);
        if (fits)
            assert_question(&bench.packet, 6);
        else
            assert_anomaly(&bench.packet, ANOMALY_DECODE_TOO_DEEP, LIMIT_IPV6_EXTENSIONS, 0);
    }
    bench_close(&bench);
}

/* Both ends of the transport's checksum are those of the whole way. */
static void test_ipv6_way_stations(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    const char *const routes[] = {
        "11 04 00 01 00000000 20010db8000000000000000000000009 20010db8000000000000000000000077",
        "11 02 02 01 00000000 20010db8000000000000000000000077",
        "11 04 04 01 01000000 20010db8000000000000000000000077 20010db8000000000000000000000009",
    };
    for (size_t i = 0; i < 3; i++) {
        b.len = 0;
        put_hex(&b, ethernet6);
        size_t ip = ipv6_begin(&b, 43, client6, server6);
        put_hex(&b, routes[i]);
        size_t udp = put_udp(&b, 4660, 53, "question");
        ipv6_end(&b, ip);
        uint8_t last = b.at[ip + 39];
        b.at[ip + 39] = 0x77;
        seal_transport(&b, udp, 17, ip + 8, 16);
        b.at[ip + 39] = last;
        assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
        assert_address(&bench.packet.destination.ip, "2001:db8::77");
        assert_payload(&bench.packet, "question");
    }
    b.len = 0;
    put_hex(&b, ethernet6);
    size_t ip = ipv6_begin(&b, 60, client6, server6);
    put_hex(&b, "11 02 0102 0000 c910 20010db8000000000000000000000042");
    size_t udp = put_udp(&b, 4660, 53, "question");
    ipv6_end(&b, ip);
    b.at[ip + 23] = 0x42;
    seal_transport(&b, udp, 17, ip + 8, 16);
    b.at[ip + 23] = 0x01;
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    assert_address(&bench.packet.source.ip, "2001:db8::42");
    bench_close(&bench);
}

/* What names no other end leaves the addresses of the header. */
static void test_ipv6_other_options(void **state)
{
    (void)state;
    static const struct {
        unsigned first;
        const char *extensions;
    } rows[] = {
        {43, "11 00 00 01 00000000"},                                    /* no address */
        {43, "11 02 03 01 00000000 20010db8000000000000000000000077"},   /* low-power routing */
        {60, "11 02 0100 00 00 00 c90f 20010db80000000000000000000000"}, /* an octet is missing */
        {0, "11 00 c203 000100 00"},                                     /* jumbo, likewise */
        {0, "11 01 c207 00010000000000 0000000000"},                     /* and too long */
        {60, "11 00 c9ff 00000000"},                                     /* beyond its header */
    };
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        put_extended(&b, rows[i].first, rows[i].extensions);
        assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
        assert_question(&bench.packet, 6);
    }
    bench_close(&bench);
}

static void test_ipv6_jumbogram(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    put_hex(&b, ethernet6);
    size_t ip = ipv6_begin(&b, 0, client6, server6);
    put_hex(&b, "11 00 c204 000101d8"); /* 66,008 bytes: 8 of options, 66,000 of UDP */
    size_t udp = b.len;
    put_hex(&b, "1234 0035 0000 0000");
    put_many(&b, 66000 - 8, 'x');
    unsigned sum = plain_sum(17 + 66000 % 65536 + 1, b.at + ip + 8, 32);
    set_u16(&b, udp + 6, ~plain_sum(sum, b.at + udp, 66000) & 0xffff);
    put_hex(&b, "0000"); /* the link's padding */
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    assert_int_equal(bench.packet.payload_length, 65992);
    assert_int_equal(bench.packet.payload.len, 65992);
    assert_int_equal(bench_cut(&bench, 1, &b, 100), DECODE_PACKET);
    assert_int_equal(bench.packet.payload_length, 65992);
    assert_true(bench.packet.cut);
    set_u16(&b, ip + 44, 0xffff);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    assert_anomaly(&bench.packet, ANOMALY_IP_BAD_LENGTH, 0xffff01d8 - 8, 66002);
    put_hex(&b, "00"); /* less than the option's own header */
    set_u16(&b, ip + 44, 0);
    set_u16(&b, ip + 46, 7);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_MALFORMED);
    bench_close(&bench);
}

/* Payload length 0 without the option: cut to size by the card, later than the capture. */
static void test_ipv6_without_length(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    put_hex(&b, ethernet6);
    size_t ip = b.len;
    put_question6(&b);
    set_u16(&b, ip + 4, 0);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    assert_question(&bench.packet, 6);
    bench_close(&bench);
}

static void test_authentication_in_ipv4(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    put_hex(&b, ethernet4);
    size_t ip = ipv4_begin(&b, 51, client4, server4);
    put_hex(&b, "11 04 0000 00000001 00000002 000000030000000400000005");
    size_t udp = put_udp(&b, 4660, 53, "question");
    ipv4_end(&b, ip);
    seal_transport(&b, udp, 17, ip + 12, 4);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    assert_question(&bench.packet, 4);
    assert_true(bench.packet.inside == 0);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ipv4_options),           cmocka_unit_test(test_ipv4_without_length),
        cmocka_unit_test(test_ipv4_claims_more),       cmocka_unit_test(test_ipv4_malformed),
        cmocka_unit_test(test_ipv4_checksum),          cmocka_unit_test(test_ipv6_extensions),
        cmocka_unit_test(test_ipv6_extensions_end),    cmocka_unit_test(test_ipv6_too_many_extensions),
        cmocka_unit_test(test_ipv6_way_stations),      cmocka_unit_test(test_ipv6_other_options),
        cmocka_unit_test(test_ipv6_jumbogram),         cmocka_unit_test(test_ipv6_without_length),
        cmocka_unit_test(test_authentication_in_ipv4),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
