/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every link layer: a header of it, and the same question behind.
 */
#include "build.h"

struct link_case {
    const char *what;
    unsigned link;
    unsigned family; /* 4 or 6: the question behind it */
    const char *header, *trailer;
};

static const struct link_case cases[] = {
    {"ethernet", 1, 4, "020000000001 020000000002 0800", ""},
    {"ethernet, padded", 1, 4, "020000000001 020000000002 0800", "0000000000000000 0000"},
    {"ethernet, IPv6", 1, 6, "020000000001 020000000002 86dd", "00"},
    {"802.3 with SNAP", 1, 4, "020000000001 020000000002 002c aaaa03 000000 0800", "ffff"},
    {"802.3, bridge tunnel", 1, 4, "020000000001 020000000002 002c aaaa03 0000f8 0800", ""},
    {"802.3, IP's own SAP", 1, 4, "020000000001 020000000002 0027 060603", ""},
    {"bridged ethernet in SNAP", 1, 4,
     "020000000001 020000000002 003c aaaa03 0080c2 0007 020000000001 020000000002 0800", ""},
    {"bridged ethernet in SNAP, with checksum", 1, 4,
     "020000000001 020000000002 003c aaaa03 0080c2 0001 020000000001 020000000002 0800", "01020304"},
    {"ATM", 100, 4, "aaaa03 000000 0800", ""},
    {"FDDI", 10, 4, "50 020000000001 020000000002 aaaa03 000000 0800", ""},
    {"FDDI, synchronous", 10, 4, "d0 020000000001 020000000002 aaaa03 000000 0800", ""},
    {"mpacket, express", 274, 4, "55555555555555d5 020000000001 020000000002 0800", "01020304"},
    {"mpacket, first piece", 274, 4, "555555555555e6 020000000001 020000000002 0800", "01020304"},
    {"MPLS, IPv4", 1, 4, "020000000001 020000000002 8847 0001 0140", ""},
    {"MPLS, two labels, IPv6", 1, 6, "020000000001 020000000002 8847 00010040 00020140", ""},
    {"MPLS, pseudowire", 1, 4, "020000000001 020000000002 8847 00010140 00000000 020000000001 020000000002 0800", ""},
    {"MPLS, pseudowire without control word", 1, 4,
     "020000000001 020000000002 8848 00010140 020000000001 020000000002 0800", ""},
    {"MPLS, address that looks like IPv4", 1, 4,
     "020000000001 020000000002 8848 00010140 45ffffff0001 020000000002 0800", ""},
    {"MPLS, address that looks like a management channel", 1, 4,
     "020000000001 020000000002 8848 00010140 1affffff0001 020000000002 0800", ""},
    {"PPPoE", 1, 4, "020000000001 020000000002 8864 11000001 0026 0021", "0000"},
    {"PPPoE, IPv6", 1, 6, "020000000001 020000000002 8864 11000001 003a 0057", ""},
    {"PPP over Ethernet as a link", 51, 4, "11000001 0026 0021", ""},
    {"PPP", 9, 4, "ff03 0021", ""},
    {"PPP without address", 9, 6, "0057", ""},
    {"PPP, compressed protocol", 9, 4, "ff03 21", ""},
    {"PPP, compressed everything", 9, 4, "21", ""},
    {"PPP, MPLS", 9, 4, "ff03 0281 00010140", ""},
    {"PPP, HDLC framing", 50, 4, "ff03 0021", ""},
    {"PPP, HDLC framing, Cisco", 50, 4, "0f00 0800", ""},
    {"PPP with direction", 204, 4, "01 ff03 0021", ""},
    {"PPP, HDLC framing, Cisco, to all", 50, 6, "8f00 86dd", ""},
    {"Cisco HDLC", 104, 6, "8f00 86dd", ""},
    {"Frame Relay", 107, 4, "1841 03 cc", ""},
    {"Frame Relay, padded", 107, 6, "1841 03 00 8e", ""},
    {"Frame Relay, SNAP", 107, 4, "1841 03 00 80 000000 0800", ""},
    {"Frame Relay, Cisco", 107, 4, "1841 0800", ""},
    {"Frame Relay, long address", 107, 4, "18404041 03 cc", ""},
    {"cooked", 113, 4, "0000 0001 0006 0200000000010000 0800", ""},
    {"cooked, tagged", 113, 6, "0000 0001 0006 0200000000010000 8100 0000 86dd", ""},
    {"cooked, LLC", 113, 4, "0000 0001 0006 0200000000010000 0004 aaaa03 000000 0800", ""},
    {"cooked 2", 276, 4, "0800 0000 00000002 0001 00 06 0200000000010000", ""},
    {"cooked 2, IPv6", 276, 6, "86dd 0000 00000002 0304 04 00 0000000000000000", ""},
    {"cooked 2, LLC", 276, 4, "0004 0000 00000002 0001 00 06 0200000000010000 aaaa03 000000 0800", ""},
    {"cooked, radiotap", 113, 4,
     "0000 0323 0006 0200000000010000 0004 0000 0800 00000000"
     "08020000 020000000001 020000000002 020000000003 0000 aaaa03 000000 0800",
     ""},
    {"cooked, Prism", 113, 4,
     "0000 0322 0006 0200000000010000 0004 44000000 18000000 00000000000000000000000000000000"
     "08020000 020000000001 020000000002 020000000003 0000 aaaa03 000000 0800",
     ""},
    {"cooked, 802.11", 113, 4,
     "0000 0321 0006 0200000000010000 0004 08020000 020000000001 020000000002 020000000003 0000 aaaa03 000000 0800",
     ""},
    {"loopback, little-endian", 0, 4, "02000000", ""},
    {"loopback, big-endian", 0, 4, "00000002", ""},
    {"loopback, FreeBSD", 0, 6, "1c000000", ""},
    {"loopback, macOS", 0, 6, "1e000000", ""},
    {"loopback, NetBSD", 0, 6, "18000000", ""},
    {"loopback, Linux", 0, 6, "0a000000", ""},
    {"loopback, Cisco HDLC", 0, 4, "0f00 0800", ""},
    {"loop", 108, 6, "00000018", ""},
    {"raw", 101, 4, "", ""},
    {"raw, IPv6", 101, 6, "", ""},
    {"raw, DLT 12", 12, 4, "", ""},
    {"raw, DLT 14", 14, 6, "", ""},
    {"IPv4", 228, 4, "", ""},
    {"IPv6", 229, 6, "", ""},
    {"enc", 109, 4, "02000000 00000000 00000000", ""},
    {"pflog", 117, 4, "0d 02 0000 000000000000 0000 00000000", ""},
    {"NFLOG", 239, 4, "02000000 08000100 08000103 05000a00 78000000 28000900", ""},
    {"NFLOG, big-endian", 239, 6, "0a000000 00080001 08000103 003c 0009", ""},
    {"NFLOG, no family", 239, 4, "00000000 28000900", ""},
    {"NFLOG, bridge", 239, 4, "07000000 28000900", ""},
    {"ARCnet", 7, 4, "0102 d4 00 0001", ""},
    {"ARCnet, RFC 1051", 7, 4, "0102 f0", ""},
    {"ARCnet, first piece", 7, 4, "0102 d4 01 0001", ""},
    {"ARCnet, exception", 7, 4, "0102 d4 ff ffff d4 00 0001", ""},
    {"ARCnet, IPv6", 7, 6, "0102 c4 00 0001", ""},
    {"ARCnet, Linux", 129, 4, "0102 0000 d4 00 0001", ""},
    {"ARCnet, Linux, RFC 1051", 129, 4, "0102 0000 f0", ""},
    {"802.11", 105, 4, "08020000 020000000001 020000000002 020000000003 0000 aaaa03 000000 0800", ""},
    {"802.11, quality of service", 105, 4,
     "88020000 020000000001 020000000002 020000000003 0000 0000 aaaa03 000000 0800", ""},
    {"802.11, HT control", 105, 6,
     "88820000 020000000001 020000000002 020000000003 0000 0000 00000000 aaaa03 000000 86dd", ""},
    {"802.11, four addresses", 105, 4,
     "08030000 020000000001 020000000002 020000000003 0000 020000000004 aaaa03 000000 0800", ""},
    {"802.11, aggregate", 105, 4,
     "88020000 020000000001 020000000002 020000000003 0000 8000"
     "020000000001 020000000002 002c aaaa03 000000 0800",
     "00000102"},
    {"radiotap", 127, 4, "0000 0800 00000000 08020000 020000000001 020000000002 020000000003 0000 aaaa03 000000 0800",
     ""},
    {"radiotap, checksum behind", 127, 4,
     "0000 1200 03000000 0000000000000000 10 00 08020000 020000000001 020000000002 020000000003 0000"
     "aaaa03 000000 0800",
     "deadbeef"},
    {"radiotap, more words, aligned clock, padded body", 127, 4,
     "0000 1a00 03000080 00000000 00000000 0000000000000000 20 00"
     "88020000 020000000001 020000000002 020000000003 0000 0000 0000 aaaa03 000000 0800",
     ""},
    {"AVS", 163, 4,
     "80211001 0000000c 00000000 08020000 020000000001 020000000002 020000000003 0000 aaaa03 000000 0800", ""},
    {"Prism", 119, 4,
     "44000000 18000000 00000000000000000000000000000000"
     "08020000 020000000001 020000000002 020000000003 0000 aaaa03 000000 0800",
     ""},
    {"Prism, big-endian", 119, 4,
     "00000044 00000018 00000000000000000000000000000000"
     "08020000 020000000001 020000000002 020000000003 0000 aaaa03 000000 0800",
     ""},
    {"Prism that is AVS", 119, 4,
     "80211001 00000008 08020000 020000000001 020000000002 020000000003 0000 aaaa03 000000 0800", ""},
    {"PPI", 192, 4, "00 00 0800 69000000 08020000 020000000001 020000000002 020000000003 0000 aaaa03 000000 0800", ""},
    {"PPI, ethernet", 192, 6, "00 00 0c00 01000000 00000000 020000000001 020000000002 86dd", ""},
    {"backbone", 1, 4, "020000000001 020000000002 88e7 00000001 020000000001 020000000002 0800", ""},
    {"FabricPath", 1, 4, "020000000001 020000000002 8903 0801 020000000001 020000000002 0800", ""},
    {"Cisco metadata", 1, 6, "020000000001 020000000002 8909 01 01 0001 0007 86dd", ""},
    {"service header", 1, 4, "020000000001 020000000002 894f 0fc2 02 01 00000100", ""},
};

static void put_case(struct build *b, const struct link_case *link_case)
{
    b->len = 0;
    put_hex(b, link_case->header);
    if (link_case->family == 4)
        put_question4(b);
    else
        put_question6(b);
    put_hex(b, link_case->trailer);
}

static void test_links_lead_to_the_question(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        put_case(&b, &cases[i]);
        enum decode_stop stop = bench_frame(&bench, cases[i].link, &b);
        if (stop != DECODE_PACKET)
            print_error("%s: %s\n", cases[i].what, decode_stop_name(stop));
        assert_int_equal(stop, DECODE_PACKET);
        assert_question(&bench.packet, cases[i].family);
        assert_false(bench.packet.has_vlan);
        assert_true(bench.packet.inside == 0);
        assert_int_equal(bench.packet.frame_length, b.len);
    }
    bench_close(&bench);
}

/* Whatever the snap length leaves: cut before the ports are known, used as far as it goes afterwards. */
static void test_links_cut_anywhere(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        put_case(&b, &cases[i]);
        struct build trailer = {.len = 0};
        put_hex(&trailer, cases[i].trailer);
        size_t whole = b.len - trailer.len;
        for (size_t captured = 0; captured < whole; captured++) {
            enum decode_stop stop = bench_cut(&bench, cases[i].link, &b, captured);
            enum decode_stop expected = captured + 8 < whole ? DECODE_CUT : DECODE_PACKET;
            if (stop != expected)
                print_error("%s at %zu of %zu: %s\n", cases[i].what, captured, whole, decode_stop_name(stop));
            assert_int_equal(stop, expected);
            if (stop != DECODE_PACKET)
                continue;
            assert_true(bench.packet.cut);
            assert_int_equal(bench.packet.payload_length, 8);
            assert_int_equal(bench.packet.payload.len, 8 - (whole - captured));
            assert_int_equal(bench.packet.anomaly_count, 0);
        }
    }
    bench_close(&bench);
}

static const struct {
    const char *what;
    unsigned link;
    enum decode_stop stop;
    const char *frame;
} ends[] = {
    {"ARP", 1, DECODE_NOT_IP, "ffffffffffff 020000000002 0806 0001080006040001"},
    {"a bridge's own protocol", 1, DECODE_NOT_IP, "020000000001 020000000002 0010 aaaa03 0080c2 000e 0102030405060708"},
    {"FDDI, management", 10, DECODE_NOT_IP, "41 020000000001 020000000002 aaaa03"},
    {"spanning tree", 1, DECODE_NOT_IP, "0180c2000000 020000000002 0026 424203 0000000000"},
    {"a type between the two kinds", 1, DECODE_NOT_IP, "020000000001 020000000002 05dd 00"},
    {"a connection of 802.2", 1, DECODE_NOT_IP, "020000000001 020000000002 0004 aaaa 0100"},
    {"CDP", 1, DECODE_NOT_IP, "01000ccccccc 020000000002 0010 aaaa03 00000c 2000 01b4"},
    {"too short for ethernet", 1, DECODE_MALFORMED, "020000000001 02000000"},
    {"too short for a tag", 1, DECODE_MALFORMED, "020000000001 020000000002 8100 00"},
    {"PPPoE discovery", 1, DECODE_NOT_IP, "ffffffffffff 020000000002 8864 1109 0000 0000"},
    {"PPPoE of another version", 1, DECODE_MALFORMED, "ffffffffffff 020000000002 8864 2100 0000 0002 0021"},
    {"PPP, LCP", 9, DECODE_NOT_IP, "ff03 c021 01010004"},
    {"Cisco's keep-alive", 104, DECODE_NOT_IP, "8f00 8035 00000002"},
    {"Frame Relay without an end of its address", 107, DECODE_MALFORMED, "18404040 03cc"},
    {"MPLS, management channel", 1, DECODE_NOT_IP, "020000000001 020000000002 8847 00010140 10000007"},
    {"netlink", 113, DECODE_NOT_IP, "0004 0338 0000 0000000000000000 0000 00"},
    {"Novell in a cooked capture", 113, DECODE_NOT_IP, "0000 0001 0006 0200000000010000 0001 ffff0022"},
    {"802.11 beacon", 105, DECODE_NOT_IP, "8000"},
    {"802.11 without data", 105, DECODE_NOT_IP, "48010000 020000000001 020000000002 020000000003 0000"},
    {"802.11, protected", 105, DECODE_ENCRYPTED, "08410000 020000000001 020000000002 020000000003 0000 00000000"},
    {"802.11, second fragment", 105, DECODE_FRAGMENT_DROPPED,
     "08010000 020000000001 020000000002 020000000003 1100 00000000"},
    {"radiotap of another version", 127, DECODE_MALFORMED, "0100 0800 00000000"},
    {"radiotap, endless words", 127, DECODE_MALFORMED, "0000 0c00 00000080 00000080"},
    {"radiotap, longer than the frame", 127, DECODE_MALFORMED, "0000 ff00 00000000"},
    {"radiotap, shorter than it can be", 127, DECODE_MALFORMED, "0000 0400 00000000"},
    {"radiotap, no room for the checksum", 127, DECODE_MALFORMED, "0000 0900 02000000 10 0802"},
    {"AVS, shorter than it can be", 163, DECODE_MALFORMED, "80211001 00000007 00000000"},
    {"PPI, a link without number", 192, DECODE_UNKNOWN_LINK, "00 00 0800 00000100"},
    {"ARCnet, second piece", 7, DECODE_FRAGMENT_DROPPED, "0102 d4 02 0001 45"},
    {"mpacket, verification", 274, DECODE_NOT_IP, "5555555555555507 00000000"},
    {"NFLOG, an attribute without length", 239, DECODE_MALFORMED, "02000000 0000 0000"},
    {"NFLOG of another version", 239, DECODE_MALFORMED, "02010000 28000900"},
    {"NFLOG without a packet", 239, DECODE_MALFORMED, "02000000 08000100 08000103"},
    {"pflog without a length", 117, DECODE_MALFORMED, "00 02 0000"},
    {"service header, shorter than it can be", 1, DECODE_MALFORMED,
     "020000000001 020000000002 894f 0fc1 02 01 00000100"},
    {"raw, neither IP", 101, DECODE_NOT_IP, "00010203"},
    {"raw, empty", 101, DECODE_MALFORMED, ""},
    {"loopback, other family", 0, DECODE_NOT_IP, "07000000 00"},
    {"loopback, no family", 0, DECODE_NOT_IP, "01020304 00"},
    {"no PKTAP", 149, DECODE_UNKNOWN_LINK, "000000000000000000000000"},
    {"cut before PKTAP ends", 258, DECODE_MALFORMED, "6c000000 0100"},
    {"PKTAP, longer than the frame", 258, DECODE_MALFORMED, "6c000000 01000000 01000000"},
    {"PKTAP of another record", 258, DECODE_UNKNOWN_LINK, "6c000000 02000000 01000000"},
    {"PKTAP, a link without number", 258, DECODE_UNKNOWN_LINK, "6c000000 01000000 00000100"},
    {"a link without layer", 147, DECODE_UNKNOWN_LINK, "00"},
};

static void test_other_ends(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        b.len = 0;
        put_hex(&b, ends[i].frame);
        enum decode_stop stop = bench_frame(&bench, ends[i].link, &b);
        if (stop != ends[i].stop)
            print_error("%s: %s\n", ends[i].what, decode_stop_name(stop));
        assert_int_equal(stop, ends[i].stop);
    }
    bench_close(&bench);
}

static void test_pktap(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    const unsigned links[] = {258, 149};
    for (size_t i = 0; i < 2; i++) {
        b.len = 0;
        put_hex(&b, "6c000000 01000000 01000000");
        put_many(&b, 96, 0);
        put_hex(&b, ethernet4);
        put_question4(&b);
        assert_int_equal(bench_frame(&bench, links[i], &b), DECODE_PACKET);
        assert_question(&bench.packet, 4);
    }
    b.at[4] = 0; /* no packet, but what the kernel says about one */
    assert_int_equal(bench_frame(&bench, 258, &b), DECODE_NOT_IP);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_links_lead_to_the_question),
        cmocka_unit_test(test_links_cut_anywhere),
        cmocka_unit_test(test_other_ends),
        cmocka_unit_test(test_pktap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
