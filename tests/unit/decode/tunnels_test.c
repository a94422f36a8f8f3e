/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every tunnel: a header of it, and the question inside; `inside` is one for both directions and for nobody else.
 */
#include "build.h"

struct tunnel_case {
    const char *what;
    unsigned protocol; /* of the outer IP header: 17 is a tunnel in UDP to `port` */
    unsigned port;
    unsigned family; /* of the question inside */
    const char *header;
};

static const struct tunnel_case cases[] = {
    {"IPv4 in IP", 4, 0, 4, ""},
    {"IPv6 in IP", 41, 0, 6, ""},
    {"MPLS in IP", 137, 0, 4, "00010140"},
    {"ethernet in IP", 143, 0, 4, "020000000001 020000000002 0800"},
    {"EtherIP", 97, 0, 4, "3000 020000000001 020000000002 0800"},
    {"GRE", 47, 0, 4, "0000 0800"},
    {"GRE, IPv6", 47, 0, 6, "0000 86dd"},
    {"GRE, everything", 47, 0, 4, "f000 0800 0000 0000 00000007 00000001 0002 00 04 c0000201 0000 00 00"},
    {"GRE, routing of no family", 47, 0, 4, "4000 0800 0000 0000 0000 00 04 c0000201 0000 00 00"},
    {"GRE, checksum", 47, 0, 4, "8000 0800 1234 0000"},
    {"GRE, ethernet", 47, 0, 4, "2000 6558 00000001 020000000001 020000000002 0800"},
    {"GRE, MPLS", 47, 0, 4, "0000 8847 00010140"},
    {"GRE, PPP", 47, 0, 4, "0000 880b ff03 0021"},
    {"PPTP", 47, 0, 4, "3001 880b 0026 0001 00000001 0021"},
    {"PPTP with acknowledgment", 47, 0, 6, "3081 880b 003c 0001 00000001 00000002 ff03 0057"},
    {"WCCP", 47, 0, 4, "0000 883e"},
    {"WCCP 2", 47, 0, 4, "0000 883e 01000000"},
    {"ERSPAN I", 47, 0, 4, "0000 88be 020000000001 020000000002 0800"},
    {"ERSPAN II", 47, 0, 4, "1000 88be 00000001 1001 0001 00000000 020000000001 020000000002 0800"},
    {"ERSPAN III", 47, 0, 4, "1000 22eb 00000001 2001 0001 00000000 0000 0000 020000000001 020000000002 0800"},
    {"ERSPAN III, more", 47, 0, 4,
     "1000 22eb 00000001 2001 0001 00000000 0000 0001 0000000000000000 020000000001 020000000002 0800"},
    {"ERSPAN III, IP", 47, 0, 4, "1000 22eb 00000001 2001 0001 00000000 0000 0800"},
    {"GRE in UDP", 17, 4754, 4, "2000 0800 00000001"},
    {"VXLAN", 17, 4789, 4, "08000000 00002a00 020000000001 020000000002 0800"},
    {"VXLAN, old port", 17, 8472, 6, "08000000 00002a00 020000000001 020000000002 86dd"},
    {"VXLAN, policy", 17, 4789, 4, "88080007 00002a00 020000000001 020000000002 0800"},
    {"VXLAN, group", 17, 4789, 4, "08000700 00002a00 020000000001 020000000002 0800"},
    {"VXLAN, reserved fields used", 17, 4789, 4, "08000000 00002a07 020000000001 020000000002 0800"},
    {"VXLAN-GPE", 17, 4790, 4, "0c000001 00002a00"},
    {"VXLAN-GPE, IPv6", 17, 4790, 6, "0c000002 00002a00"},
    {"VXLAN-GPE, ethernet", 17, 4790, 4, "0c000003 00002a00 020000000001 020000000002 0800"},
    {"VXLAN-GPE, service header", 17, 4790, 4, "0c000004 00002a00 0fc2 02 01 00000100"},
    {"Geneve", 17, 6081, 4, "00006558 00002a00 020000000001 020000000002 0800"},
    {"Geneve, options", 17, 6081, 6, "024086dd 00002a00 00010001 00000000"},
    {"GTP-U", 17, 2152, 4, "30ff 0024 00000001"},
    {"GTP-U, sequence", 17, 2152, 4, "32ff 0028 00000001 0001 00 00"},
    {"GTP-U, extensions", 17, 2152, 6, "34ff 0044 00000001 0000 00 85 01 0009 85 01 0009 00"},
    {"Teredo", 17, 3544, 6, ""},
    {"Teredo, origin", 17, 3544, 6, "0000 edcb 3f55fefd"},
    {"Teredo, authentication and origin", 17, 3544, 6, "0001 02 01 aabb cc 0102030405060708 00 0000 edcb 3f55fefd"},
    {"AYIYA", 17, 5072, 6,
     "44 51 11 29 00000000 20010db8000000000000000000000009 0000000000000000000000000000000000000000"},
};

enum { CASES = sizeof cases / sizeof cases[0] };

static void put_inner(struct build *b, const struct tunnel_case *tunnel)
{
    put_hex(b, tunnel->header);
    if (tunnel->family == 4)
        put_question4(b);
    else
        put_question6(b);
}

static void put_tunnel(struct build *b, const struct tunnel_case *tunnel, const char *source, const char *destination)
{
    b->len = 0;
    put_hex(b, ethernet4);
    size_t ip = ipv4_begin(b, tunnel->protocol, source, destination);
    if (tunnel->protocol != 17) {
        put_inner(b, tunnel);
        ipv4_end(b, ip);
        return;
    }
    size_t udp = put_udp(b, 50000, tunnel->port, "");
    put_inner(b, tunnel);
    set_u16(b, udp + 4, (unsigned)(b->len - udp));
    ipv4_end(b, ip);
    seal_transport(b, udp, 17, ip + 12, 4);
}

static void test_tunnels_lead_to_the_question(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    uint64_t inside[CASES];
    bench_open(&bench, true);
    for (size_t i = 0; i < CASES; i++) {
        put_tunnel(&b, &cases[i], "0a640001", "0a640002");
        enum decode_stop stop = bench_frame(&bench, 1, &b);
        if (stop != DECODE_PACKET || bench.packet.destination.port != 53)
            print_error("%s: %s\n", cases[i].what, decode_stop_name(stop));
        assert_int_equal(stop, DECODE_PACKET);
        assert_question(&bench.packet, cases[i].family);
        inside[i] = bench.packet.inside;
        assert_true(inside[i] != 0);
        put_tunnel(&b, &cases[i], "0a640002", "0a640001");
        assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
        assert_true(bench.packet.inside == inside[i]);
        put_tunnel(&b, &cases[i], "0a640003", "0a640001");
        assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
        assert_true(bench.packet.inside != inside[i]);
    }
    bench_close(&bench);
}

/* At no length is a cut tunnel taken for malformed, or for something else than itself or the datagram around it. */
static void test_tunnels_cut_anywhere(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    for (size_t i = 0; i < CASES; i++) {
        put_tunnel(&b, &cases[i], "0a640001", "0a640002");
        for (size_t captured = 0; captured < b.len; captured++) {
            enum decode_stop stop = bench_cut(&bench, 1, &b, captured);
            bool outer = stop == DECODE_PACKET && bench.packet.destination.port == cases[i].port;
            bool inner = stop == DECODE_PACKET && bench.packet.destination.port == 53;
            if (stop != DECODE_CUT && !outer && !inner)
                print_error("%s at %zu of %zu: %s\n", cases[i].what, captured, b.len, decode_stop_name(stop));
            assert_true(stop == DECODE_CUT || outer || inner);
            assert_true(stop == DECODE_CUT || bench.packet.cut);
            assert_int_equal(inner, captured + 8 >= b.len);
            assert_int_equal(bench.packet.anomaly_count, 0);
        }
    }
    bench_close(&bench);
}

/* The port alone does not make a tunnel. */
static void test_ports_are_not_believed(void **state)
{
    (void)state;
    static const struct {
        unsigned port;
        const char *payload; /* hex */
    } liars[] = {
        {4789, "1234 8180 0001 0001 0000 0000 0377777700 0001 0001"},
        {4789, "08000000 00002a"},
        {4789, "08000001 00002a00 020000000001 020000000002 9999 00"},
        {4790, "0c000009 00002a00 00000000"},
        {4790, "0c000001 00002a01 45000014"},
        {4790, "0c000101 00002a00 45000014"},
        {4790, "04000001 00002a00 45000014"},
        {6081, "003f6558 00002a00 020000000001 020000000002 0800"},
        {6081, "00006558 00002a01 020000000001 020000000002 0800"},
        {6081, "40006558 00002a00 020000000001 020000000002 0800"},
        {6081, "00009999 00002a00 020000000001"},
        {6081, "3f006558 00002a00 020000000001"},
        {2152, "3001 0004 00000000 00000000"},
        {2152, "30ff 0014 00000000 55000014"},
        {2152, "34ff 0008 00000000 0000 00 85 00 000000"},
        {2152, "32ff 0002 00000001 0001 00 00"},
        {2152, "30ff 0002 00000001 4500"},
        {2152, "30ff 0014 00000001 44000014 0000000000000000 0000000000000000"},
        {2152, "30ff 0014 00000001 45000013 0000000000000000 0000000000000000"},
        {3544, "45000014 00000000 40110000 0a000001 0a000002"},
        {3544, "60000000 00ff 11 40"},
        {3544, "0001 ff ff"},
        {4754, "0fff 0800 45"},
        {4754, "0000 9999 45"},
        {5072, "44 51 12 29 00000000"},
        {5072, "04 01 12 29 00000000 00 60000000 0000 3b 40 00000000000000000000000000000000"
               "00000000000000000000000000000000"},
        {5072, "04 01 11 2a 00000000 00 60000000 0000 3b 40 00000000000000000000000000000000"
               "00000000000000000000000000000000"},
        {5072, "04 01 11 04 00000000 00 20000000"},
    };
    static struct build b;
    struct bench bench;
    bench_open(&bench, false);
    for (size_t i = 0; i < sizeof liars / sizeof liars[0]; i++) {
        b.len = 0;
        put_hex(&b, ethernet4);
        size_t ip = ipv4_begin(&b, 17, "0a640001", "0a640002");
        size_t udp = put_udp(&b, 53, liars[i].port, "");
        put_hex(&b, liars[i].payload);
        set_u16(&b, udp + 4, (unsigned)(b.len - udp));
        ipv4_end(&b, ip);
        assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
        assert_int_equal(bench.packet.source.port, 53);
        assert_int_equal(bench.packet.destination.port, liars[i].port);
        assert_int_equal(bench.packet.payload.len, b.len - udp - 8);
        assert_true(bench.packet.inside == 0);
    }
    bench_close(&bench);
}

/* Believed, but what is inside breaks off: the datagram around it comes back as it was. */
static void test_nonsense_inside_gives_the_datagram_back(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    put_hex(&b, ethernet4);
    size_t ip = ipv4_begin(&b, 17, "0a640001", "0a640002");
    size_t udp = put_udp(&b, 50000, 4789, "");
    put_hex(&b, "08000000 00002a00 020000000001 020000000002 0800 4f000020 12345678");
    set_u16(&b, udp + 4, (unsigned)(b.len - udp));
    ipv4_end(&b, ip);
    seal_transport(&b, udp, 17, ip + 12, 4);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    assert_address(&bench.packet.source.ip, "10.100.0.1");
    assert_int_equal(bench.packet.destination.port, 4789);
    assert_int_equal(bench.packet.payload.len, 30);
    assert_int_equal(bench.packet.anomaly_count, 0);
    assert_true(bench.packet.inside == 0);
    bench_close(&bench);
}

static uint64_t inside_of(struct bench *bench, const char *tags)
{
    static struct build b;
    b.len = 0;
    put_hex(&b, "020000000001 020000000002");
    put_hex(&b, tags);
    put_question4(&b);
    assert_int_equal(bench_frame(bench, 1, &b), DECODE_PACKET);
    assert_question(&bench->packet, 4);
    return bench->packet.inside;
}

static void test_vlans(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, true);
    assert_true(inside_of(&bench, "0800") == 0);
    assert_false(bench.packet.has_vlan);
    assert_true(inside_of(&bench, "8100 e000 0800") == 0);
    assert_false(bench.packet.has_vlan);
    uint64_t vlan7 = inside_of(&bench, "8100 e007 0800");
    assert_true(bench.packet.has_vlan);
    assert_int_equal(bench.packet.vlan, 7);
    assert_true(vlan7 != 0);
    assert_true(inside_of(&bench, "8100 0007 0800") == vlan7);
    assert_true(inside_of(&bench, "88a8 0007 8100 2000 0800") == vlan7);
    assert_true(inside_of(&bench, "8100 0008 0800") != vlan7);
    uint64_t stacked = inside_of(&bench, "88a8 0fff 8100 0007 0800");
    assert_int_equal(bench.packet.vlan, 4095);
    assert_true(stacked != vlan7);
    assert_true(inside_of(&bench, "88a8 0007 8100 0fff 0800") != stacked);
    assert_true(inside_of(&bench, "9100 0fff 9200 0007 0800") == stacked);
    assert_true(inside_of(&bench, "8100 0007 002c aaaa03 000000 0800") == vlan7);
    bench_close(&bench);
}

/* The same addresses on two virtual networks are two places. */
static void test_virtual_networks(void **state)
{
    (void)state;
    static const struct tunnel_case networks[] = {
        {"42", 17, 4789, 4, "08000000 00002a00 020000000001 020000000002 0800"},
        {"43", 17, 4789, 4, "08000000 00002b00 020000000001 020000000002 0800"},
        {"phone, there", 17, 2152, 4, "30ff 0024 00000001"},
        {"phone, back", 17, 2152, 4, "30ff 0024 00000002"},
    };
    static struct build b;
    struct bench bench;
    uint64_t inside[4];
    bench_open(&bench, true);
    for (size_t i = 0; i < 4; i++) {
        put_tunnel(&b, &networks[i], "0a640001", "0a640002");
        assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
        inside[i] = bench.packet.inside;
    }
    assert_true(inside[0] != inside[1]);
    assert_true(inside[2] == inside[3]);
    bench_close(&bench);
}

/* An answer's source is the tunnel's port. */
static void test_tunnels_by_their_source(void **state)
{
    (void)state;
    static const struct tunnel_case answers = {"", 17, 50000, 4, "08000000 00002a00 020000000001 020000000002 0800"};
    static struct build b;
    struct bench bench;
    bench_open(&bench, false);
    put_tunnel(&b, &answers, "0a640001", "0a640002");
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    assert_int_equal(bench.packet.destination.port, 50000);
    set_u16(&b, 14 + 20, 4789);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    assert_int_equal(bench.packet.destination.port, 53);
    assert_payload(&bench.packet, "question");
    assert_true(bench.packet.inside != 0);
    bench_close(&bench);
}

/* Over IPv6 a tunnel, and nothing else, may do without a checksum (RFC 6935). */
static void test_tunnels_without_checksum(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    for (int is_tunnel = 0; is_tunnel < 2; is_tunnel++) {
        b.len = 0;
        put_hex(&b, ethernet6);
        size_t ip = ipv6_begin(&b, 17, client6, server6);
        size_t udp = put_udp(&b, 50000, is_tunnel ? 4789 : 4788, "");
        put_hex(&b, "08000000 00002a00 020000000001 020000000002 0800");
        put_question4(&b);
        set_u16(&b, udp + 4, (unsigned)(b.len - udp));
        ipv6_end(&b, ip);
        assert_int_equal(bench_frame(&bench, 1, &b), is_tunnel ? DECODE_PACKET : DECODE_BAD_CHECKSUM);
        if (is_tunnel)
            assert_question(&bench.packet, 4);
    }
    bench_close(&bench);
}

static void put_nested(struct build *b, int tunnels)
{
    b->len = 0;
    put_hex(b, ethernet4);
    size_t starts[16];
    for (int i = 0; i < tunnels; i++)
        starts[i] = ipv4_begin(b, 4, "0a640001", "0a640002");
    put_question4(b);
    for (int i = tunnels - 1; i >= 0; i--)
        ipv4_end(b, starts[i]);
}

static void test_depth(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    put_nested(&b, LIMIT_TUNNELS);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    assert_question(&bench.packet, 4);
    put_nested(&b, LIMIT_TUNNELS + 1);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_TOO_DEEP);
    assert_anomaly(&bench.packet, ANOMALY_DECODE_TOO_DEEP, LIMIT_TUNNELS, 0);

    /* Ethernet, IPv4 and UDP leave room for all layers but three. */
    for (int tags = LIMIT_LAYERS - 3; tags <= LIMIT_LAYERS - 2; tags++) {
        b.len = 0;
        put_hex(&b, "020000000001 020000000002");
        for (int i = 0; i < tags; i++)
            put_hex(&b, "8100 0007");
        put_hex(&b, "0800");
        put_question4(&b);
        bool fits = tags == LIMIT_LAYERS - 3;
        assert_int_equal(bench_frame(&bench, 1, &b), fits ? DECODE_PACKET : DECODE_TOO_DEEP);
        if (fits)
            assert_question(&bench.packet, 4);
        else
            assert_anomaly(&bench.packet, ANOMALY_DECODE_TOO_DEEP, LIMIT_LAYERS, 0);
    }
    bench_close(&bench);
}

/* Each tunnel counts, whichever it is. */
static void test_depth_of_each(void **state)
{
    (void)state;
    static struct build inner, b;
    struct bench bench;
    bench_open(&bench, true);
    for (size_t i = 0; i < CASES; i++) {
        put_tunnel(&inner, &cases[i], "0a640001", "0a640002");
        for (int around = LIMIT_TUNNELS - 1; around <= LIMIT_TUNNELS; around++) {
            size_t starts[LIMIT_TUNNELS];
            b.len = 0;
            put_hex(&b, ethernet4);
            for (int k = 0; k < around; k++)
                starts[k] = ipv4_begin(&b, 4, "0a640001", "0a640002");
            put_bytes(&b, bytes_of(inner.at + 14, inner.len - 14));
            for (int k = around - 1; k >= 0; k--)
                ipv4_end(&b, starts[k]);
            bool fits = around < LIMIT_TUNNELS;
            assert_int_equal(bench_frame(&bench, 1, &b), fits ? DECODE_PACKET : DECODE_TOO_DEEP);
            if (fits)
                assert_question(&bench.packet, cases[i].family);
            else
                assert_anomaly(&bench.packet, ANOMALY_DECODE_TOO_DEEP, LIMIT_TUNNELS, 0);
        }
    }
    bench_close(&bench);
}

static void test_ends_inside(void **state)
{
    (void)state;
    static const struct {
        unsigned protocol;
        enum decode_stop stop;
        const char *payload;
    } rows[] = {
        {47, DECODE_NOT_IP, "0000 2001 00"},                 /* next hop resolution */
        {47, DECODE_NOT_IP, "2081 880b 0000 0001 00000002"}, /* PPTP, only an acknowledgment */
        {47, DECODE_NOT_IP, "3001 880b 0000 0001 00000001"}, /* PPTP, empty */
        {47, DECODE_NOT_IP,
         "1000 22eb 00000001 2001 0001 00000000 0000 0400"},      /* ERSPAN III, neither Ethernet nor IP */
        {47, DECODE_MALFORMED, "0002 0800 45"},                   /* another version */
        {47, DECODE_MALFORMED, "4000 0800 0000 0000 0002 00 ff"}, /* routing without an end */
        {97, DECODE_MALFORMED, "4000 020000000001"},
        {4, DECODE_MALFORMED, "60000000 0000 3b 40"}, /* IPv6 where IPv4 was said */
        {41, DECODE_MALFORMED, "45000014"},
        {132, DECODE_OTHER_TRANSPORT, "00"}, /* SCTP */
    };
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        b.len = 0;
        put_hex(&b, ethernet4);
        size_t ip = ipv4_begin(&b, rows[i].protocol, "0a640001", "0a640002");
        put_hex(&b, rows[i].payload);
        ipv4_end(&b, ip);
        assert_int_equal(bench_frame(&bench, 1, &b), rows[i].stop);
        assert_address(&bench.packet.source.ip, "10.100.0.1");
    }
    assert_int_equal(bench.packet.transport, 132);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tunnels_lead_to_the_question),
        cmocka_unit_test(test_tunnels_cut_anywhere),
        cmocka_unit_test(test_ports_are_not_believed),
        cmocka_unit_test(test_nonsense_inside_gives_the_datagram_back),
        cmocka_unit_test(test_vlans),
        cmocka_unit_test(test_virtual_networks),
        cmocka_unit_test(test_tunnels_by_their_source),
        cmocka_unit_test(test_tunnels_without_checksum),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_depth_of_each),
        cmocka_unit_test(test_ends_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
