/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fragments in every order, twice, overlapping, too many, too long, too late.
 */
#include "build.h"

/* A datagram of 32 bytes: the UDP header and 24 letters, in pieces of eight. */
enum { PIECES = 4, PIECE = 8 };
static const char *const letters = "abcdefghijklmnopqrstuvwx";

static void put_datagram(struct build *b)
{
    b->len = 0;
    size_t ip = ipv4_begin(b, 17, client4, server4);
    size_t udp = put_udp(b, 4660, 53, letters);
    seal_transport(b, udp, 17, ip + 12, 4);
}

/* A fragment over IPv4: `length` bytes of the whole at `from` (behind its IP header). */
static void put_piece4(struct build *b, const struct build *whole, unsigned id, size_t from, size_t length, bool more)
{
    b->len = 0;
    put_hex(b, ethernet4);
    size_t ip = ipv4_begin(b, 17, client4, server4);
    set_u16(b, ip + 4, id);
    set_u16(b, ip + 6, (unsigned)(from / 8) | (more ? 0x2000u : 0));
    put_bytes(b, bytes_slice(bytes_of(whole->at, whole->len), 20 + from, length));
    ipv4_end(b, ip);
}

static enum decode_stop send_piece(struct bench *bench, unsigned id, size_t from, size_t length, bool more)
{
    static struct build whole, b;
    put_datagram(&whole);
    put_piece4(&b, &whole, id, from, length, more);
    return bench_frame(bench, 1, &b);
}

static void assert_letters(const struct bench *bench)
{
    assert_true(bench->packet.reassembled);
    assert_int_equal(bench->packet.source.port, 4660);
    assert_int_equal(bench->packet.payload_length, 24);
    assert_payload(&bench->packet, letters);
    assert_false(bench->packet.cut);
    assert_false(bench->packet.bad_checksum);
    assert_int_equal(bench->packet.moment.frame, bench->frames);
}

static void test_every_order(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, true);
    unsigned id = 1;
    for (unsigned order = 0; order < 256; order++) {
        unsigned seen = 0;
        for (int i = 0; i < PIECES; i++)
            seen |= 1u << (order >> 2 * i & 3);
        if (seen != 15)
            continue;
        for (int i = 0; i < PIECES; i++) {
            unsigned piece = order >> 2 * i & 3;
            enum decode_stop stop = send_piece(&bench, id, piece * PIECE, PIECE, piece < PIECES - 1);
            assert_int_equal(stop, i < PIECES - 1 ? DECODE_FRAGMENT_WAITING : DECODE_PACKET);
            assert_int_equal(bench.packet.anomaly_count, 0);
            if (stop == DECODE_PACKET)
                assert_letters(&bench);
        }
        id++;
    }
    const struct decoder_statistics *statistics = decoder_statistics(bench.decoder);
    assert_int_equal(statistics->datagrams_reassembled, 24);
    assert_int_equal(statistics->datagrams_given_up, 0);
    assert_int_equal(statistics->fragments_waiting, 0);
    bench_close(&bench);
}

static void test_duplicates(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, true);
    for (int i = 0; i < 3 * LIMIT_FRAGMENTS; i++) {
        assert_int_equal(send_piece(&bench, 1, 8, 8, true), DECODE_FRAGMENT_WAITING);
        assert_int_equal(send_piece(&bench, 1, 24, 8, false), DECODE_FRAGMENT_WAITING);
    }
    assert_int_equal(decoder_statistics(bench.decoder)->fragments_waiting, 2);
    assert_int_equal(send_piece(&bench, 1, 0, 8, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 1, 16, 8, true), DECODE_PACKET);
    assert_letters(&bench);
    assert_int_equal(bench.packet.anomaly_count, 0);
    bench_close(&bench);
}

static void test_overlaps_that_agree(void **state)
{
    (void)state;
    static const struct {
        size_t from, length;
        bool more;
    } plans[][4] = {
        {{0, 16, true}, {8, 16, true}, {16, 16, false}},
        {{16, 16, false}, {8, 16, true}, {0, 16, true}},
        {{8, 8, true}, {24, 8, false}, {0, 24, true}},
        {{0, 8, true}, {16, 8, true}, {0, 24, true}, {16, 16, false}},
        {{24, 8, false}, {0, 24, true}},
        {{0, 24, true}, {8, 24, false}},
    };
    struct bench bench;
    bench_open(&bench, true);
    decoder_set_stack(bench.decoder, STACK_BSD);
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++) {
        enum decode_stop stop = DECODE_FRAGMENT_WAITING;
        for (int k = 0; k < 4 && plans[i][k].length > 0; k++) {
            assert_int_equal(stop, DECODE_FRAGMENT_WAITING);
            stop = send_piece(&bench, (unsigned)i, plans[i][k].from, plans[i][k].length, plans[i][k].more);
            assert_int_equal(bench.packet.anomaly_count, 0);
        }
        assert_int_equal(stop, DECODE_PACKET);
        assert_letters(&bench);
    }
    bench_close(&bench);
}

/* 4.4BSD: who begins first stays; the difference is told. */
static void test_overlaps_that_differ(void **state)
{
    (void)state;
    static struct build whole, b;
    struct bench bench;
    bench_open(&bench, false);
    decoder_set_stack(bench.decoder, STACK_BSD);
    assert_int_equal(send_piece(&bench, 1, 8, 8, true), DECODE_FRAGMENT_WAITING);
    put_datagram(&whole);
    memcpy(whole.at + 20 + 10, "XYZ", 3); /* of the piece at 8 */
    memcpy(whole.at + 20 + 16, "ijklmnop", 8);
    put_piece4(&b, &whole, 1, 8, 16, true);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_FRAGMENT_WAITING);
    assert_anomaly(&bench.packet, ANOMALY_IP_FRAGMENT_OVERLAP, 10, 3);
    put_piece4(&b, &whole, 1, 8, 8, true);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_FRAGMENT_DROPPED);
    assert_anomaly(&bench.packet, ANOMALY_IP_FRAGMENT_OVERLAP, 10, 3);
    assert_int_equal(send_piece(&bench, 1, 24, 8, false), DECODE_FRAGMENT_WAITING);
    memset(whole.at + 20 + 8, '?', 24);
    put_piece4(&b, &whole, 1, 0, 24, true);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    assert_anomaly(&bench.packet, ANOMALY_IP_FRAGMENT_OVERLAP, 8, 16);
    assert_payload(&bench.packet, "????????????????qrstuvwx");
    bench_close(&bench);
}

/* Linux: what lies within pieces that came one behind the other is not needed. Whatever else overlaps takes all of the
 * datagram with it, and what comes later begins anew. */
static void test_overlaps_on_linux(void **state)
{
    (void)state;
    static struct build whole, b;
    struct bench bench;
    bench_open(&bench, true);
    assert_int_equal(send_piece(&bench, 1, 8, 8, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 1, 16, 8, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 1, 8, 16, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(bench.packet.anomaly_count, 0);
    put_datagram(&whole);
    memset(whole.at + 20 + 16, '?', 8);
    put_piece4(&b, &whole, 1, 8, 16, true);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_FRAGMENT_DROPPED);
    assert_anomaly(&bench.packet, ANOMALY_IP_FRAGMENT_OVERLAP, 16, 8);
    assert_int_equal(send_piece(&bench, 1, 0, 8, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 1, 24, 8, false), DECODE_PACKET);
    assert_letters(&bench);
    /* the same, but the pieces were not one behind the other */
    assert_int_equal(send_piece(&bench, 2, 16, 8, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 2, 8, 8, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 2, 8, 16, true), DECODE_FRAGMENT_DROPPED);
    assert_anomaly(&bench.packet, ANOMALY_IP_FRAGMENT_DISCARDED, 8, 0);
    assert_int_equal(decoder_statistics(bench.decoder)->datagrams_given_up, 1);
    assert_int_equal(decoder_statistics(bench.decoder)->fragments_waiting, 0);
    assert_int_equal(send_piece(&bench, 2, 0, 16, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 2, 16, 16, false), DECODE_PACKET);
    assert_letters(&bench);
    /* a piece that says nothing */
    assert_int_equal(send_piece(&bench, 3, 0, 16, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 3, 16, 0, true), DECODE_FRAGMENT_DROPPED);
    assert_int_equal(send_piece(&bench, 3, 16, 16, false), DECODE_FRAGMENT_WAITING);
    bench_close(&bench);
}

/* Windows, and RFC 8200: only the same piece again does no harm. */
static void test_overlaps_on_windows(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, true);
    decoder_set_stack(bench.decoder, STACK_WINDOWS);
    assert_int_equal(send_piece(&bench, 1, 0, 16, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 1, 0, 16, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(bench.packet.anomaly_count, 0);
    assert_int_equal(send_piece(&bench, 1, 16, 16, false), DECODE_PACKET);
    assert_letters(&bench);
    assert_int_equal(send_piece(&bench, 2, 0, 16, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 2, 0, 8, true), DECODE_FRAGMENT_DROPPED);
    assert_anomaly(&bench.packet, ANOMALY_IP_FRAGMENT_DISCARDED, 0, 0);
    assert_int_equal(send_piece(&bench, 2, 16, 16, false), DECODE_FRAGMENT_WAITING);
    bench_close(&bench);
}

/* Linux cuts a piece in the middle down to eights, the others drop it. */
static void test_odd_lengths(void **state)
{
    (void)state;
    struct bench bench;
    for (int stack = STACK_LINUX; stack <= STACK_WINDOWS; stack++) {
        bench_open(&bench, true);
        decoder_set_stack(bench.decoder, (enum host_stack)stack);
        assert_int_equal(send_piece(&bench, 1, 16, 16, false), DECODE_FRAGMENT_WAITING);
        assert_int_equal(send_piece(&bench, 1, 0, 19, true),
                         stack == STACK_LINUX ? DECODE_PACKET : DECODE_FRAGMENT_DROPPED);
        assert_anomaly(&bench.packet, ANOMALY_IP_FRAGMENT_ODD_LENGTH, 19, 0);
        bench_close(&bench);
    }
}

static void test_lengths_that_differ(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, true);
    /* a last piece before bytes that are there already */
    assert_int_equal(send_piece(&bench, 1, 16, 8, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 1, 8, 8, false), DECODE_FRAGMENT_DROPPED);
    assert_anomaly(&bench.packet, ANOMALY_IP_FRAGMENT_TOO_LONG, 24, 16);
    /* bytes behind the last piece */
    assert_int_equal(send_piece(&bench, 2, 8, 8, false), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 2, 8, 16, true), DECODE_FRAGMENT_DROPPED);
    assert_anomaly(&bench.packet, ANOMALY_IP_FRAGMENT_TOO_LONG, 24, 16);
    /* another last piece, shorter */
    assert_int_equal(send_piece(&bench, 3, 16, 16, false), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 3, 16, 8, false), DECODE_FRAGMENT_DROPPED);
    assert_anomaly(&bench.packet, ANOMALY_IP_FRAGMENT_TOO_LONG, 32, 24);
    assert_int_equal(send_piece(&bench, 3, 0, 16, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 3, 16, 16, false), DECODE_PACKET); /* the first ones were given up */
    assert_letters(&bench);
    assert_int_equal(decoder_statistics(bench.decoder)->datagrams_given_up, 3);
    bench_close(&bench);
}

/* On FreeBSD whoever reaches furthest says whether that is the end. */
static void test_lengths_on_bsd(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, true);
    decoder_set_stack(bench.decoder, STACK_BSD);
    assert_int_equal(send_piece(&bench, 1, 16, 8, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 1, 8, 8, false), DECODE_FRAGMENT_WAITING);
    assert_anomaly(&bench.packet, ANOMALY_IP_FRAGMENT_TOO_LONG, 24, 16);
    assert_int_equal(send_piece(&bench, 1, 0, 8, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 1, 24, 8, false), DECODE_PACKET);
    assert_letters(&bench);
    assert_int_equal(send_piece(&bench, 2, 8, 8, false), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 2, 16, 8, true), DECODE_FRAGMENT_WAITING);
    assert_anomaly(&bench.packet, ANOMALY_IP_FRAGMENT_TOO_LONG, 24, 16);
    assert_int_equal(send_piece(&bench, 2, 0, 8, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 2, 24, 8, false), DECODE_PACKET);
    assert_letters(&bench);
    bench_close(&bench);
}

/* A capture claims that 4 GiB of the frame were sent, and the header leaves the length to the frame: nothing wraps. */
static void test_claimed_beyond_all(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    put_hex(&b, ethernet4);
    size_t ip = ipv4_begin(&b, 16, client4, server4);
    set_u16(&b, ip + 6, 0x2000u | 4096 / 8);
    put_many(&b, 1, 0);
    ipv4_end(&b, ip);
    set_u16(&b, ip + 2, 0);
    ipv4_seal(&b, ip);
    const uint32_t sent = UINT32_MAX - 200;
    assert_int_equal(bench_claims(&bench, 1, &b, b.len, sent), DECODE_FRAGMENT_DROPPED);
    const uint32_t length = (sent - 14 - 20) / 8 * 8;
    assert_anomaly(&bench.packet, ANOMALY_IP_FRAGMENT_TOO_LONG, UINT64_C(4096) + length, 65515);
    bench_close(&bench);
}

static void test_ping_of_death(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    put_hex(&b, ethernet4);
    size_t ip = ipv4_begin(&b, 1, client4, server4);
    set_u16(&b, ip + 6, 65520 / 8);
    put_many(&b, 15, 0);
    ipv4_end(&b, ip);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_FRAGMENT_DROPPED);
    assert_anomaly(&bench.packet, ANOMALY_IP_FRAGMENT_TOO_LONG, 65535, 65515);
    b.len = 0;
    put_hex(&b, ethernet4);
    ip = ipv4_begin(&b, 1, client4, server4);
    set_u16(&b, ip + 6, 65504 / 8);
    put_many(&b, 11, 0);
    ipv4_end(&b, ip);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_FRAGMENT_WAITING);
    bench_close(&bench);
}

/* The longest datagram there is, in the smallest number of ranges: every second piece first. */
static void test_longest_datagram(void **state)
{
    (void)state;
    static struct build whole, b;
    struct bench bench;
    bench_open(&bench, true);
    whole.len = 0;
    size_t ip = ipv4_begin(&whole, 17, client4, server4);
    size_t udp = whole.len;
    put_hex(&whole, "1234 0035 ffeb 0000");
    for (size_t i = 0; i < 65515 - 8; i++)
        put_u8(&whole, (unsigned)(i * 7));
    seal_transport(&whole, udp, 17, ip + 12, 4);
    const size_t step = 1024;
    enum decode_stop stop = DECODE_FRAGMENT_WAITING;
    for (size_t half = 0; half < 2; half++) {
        for (size_t from = half * step; from < 65515; from += 2 * step) {
            assert_int_equal(stop, DECODE_FRAGMENT_WAITING);
            put_piece4(&b, &whole, 9, from, step, from + step < 65515);
            stop = bench_frame(&bench, 1, &b);
        }
    }
    assert_int_equal(stop, DECODE_PACKET);
    assert_int_equal(bench.packet.payload.len, 65507);
    assert_memory_equal(bench.packet.payload.at, whole.at + 28, 65507);
    assert_false(bench.packet.bad_checksum);
    bench_close(&bench);
}

static void test_too_many_pieces(void **state)
{
    (void)state;
    static struct build whole, b;
    struct bench bench;
    bench_open(&bench, true);
    whole.len = 0;
    put_many(&whole, 4096, 0);
    for (size_t i = 0; i < LIMIT_FRAGMENTS; i++) {
        put_piece4(&b, &whole, 9, 16 * i, 8, true);
        bool last = i == LIMIT_FRAGMENTS - 1;
        assert_int_equal(bench_frame(&bench, 1, &b), last ? DECODE_FRAGMENT_DROPPED : DECODE_FRAGMENT_WAITING);
    }
    assert_anomaly(&bench.packet, ANOMALY_IP_FRAGMENTS_LIMIT, LIMIT_FRAGMENTS, 0);
    assert_int_equal(decoder_statistics(bench.decoder)->datagrams_given_up, 1);
    assert_int_equal(decoder_statistics(bench.decoder)->fragments_waiting, 0);
    bench_close(&bench);
}

static void test_too_many_datagrams(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, true);
    for (unsigned id = 0; id <= LIMIT_FRAGMENT_DATAGRAMS; id++)
        assert_int_equal(send_piece(&bench, id, 0, 16, true), DECODE_FRAGMENT_WAITING);
    const struct decoder_statistics *statistics = decoder_statistics(bench.decoder);
    assert_int_equal(statistics->fragments_waiting, LIMIT_FRAGMENT_DATAGRAMS);
    assert_int_equal(statistics->datagrams_given_up, 1);
    assert_int_equal(send_piece(&bench, 1, 16, 16, false), DECODE_PACKET);
    assert_letters(&bench);
    assert_int_equal(send_piece(&bench, 0, 16, 16, false), DECODE_FRAGMENT_WAITING);
    bench_close(&bench);
}

static void test_too_many_bytes(void **state)
{
    (void)state;
    static struct build whole, b;
    struct bench bench;
    bench_open(&bench, true);
    whole.len = 0;
    put_many(&whole, 20 + 65000, 0);
    for (unsigned id = 0; id < 1000; id++) {
        put_piece4(&b, &whole, id, 0, 64000, true);
        assert_int_equal(bench_frame(&bench, 1, &b), DECODE_FRAGMENT_WAITING);
        assert_true(bench.budget.used < LIMIT_FRAGMENT_BYTES + 65536);
    }
    assert_true(decoder_statistics(bench.decoder)->datagrams_given_up > 700);
    put_piece4(&b, &whole, 999, 64000, 8, false);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    bench_close(&bench);
}

/* Waiting pieces cannot be evicted: most of the memory is left to conversations, and a long datagram still passes. */
static void test_little_memory(void **state)
{
    (void)state;
    static struct build whole, b;
    struct bench bench;
    bench_open(&bench, true);
    const size_t empty = bench.budget.used;
    bench.budget.limit = (size_t)1 << 20;
    whole.len = 0;
    put_many(&whole, 20 + 65000, 0);
    for (unsigned id = 0; id < 100; id++) {
        put_piece4(&b, &whole, id, 0, 64000, true);
        assert_int_equal(bench_frame(&bench, 1, &b), DECODE_FRAGMENT_WAITING);
        assert_true(bench.budget.used - empty <= bench.budget.limit / LIMIT_MEMORY_SHARE);
    }
    assert_int_equal(bench.budget.refused, 0);
    assert_int_equal(decoder_statistics(bench.decoder)->datagrams_given_up, 99);
    put_piece4(&b, &whole, 99, 64000, 8, false);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    bench_close(&bench);
}

static void test_patience(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, true);
    const int64_t second = 1000000000;
    bench.time_ns = 100 * second;
    assert_int_equal(send_piece(&bench, 1, 0, 16, true), DECODE_FRAGMENT_WAITING);
    bench.time_ns = 90 * second; /* a clock that goes backwards stands still */
    assert_int_equal(send_piece(&bench, 2, 0, 16, true), DECODE_FRAGMENT_WAITING);
    bench.time_ns = (100 + LIMIT_FRAGMENT_SECONDS) * second;
    assert_int_equal(send_piece(&bench, 1, 16, 16, false), DECODE_PACKET);
    bench.time_ns++;
    assert_int_equal(send_piece(&bench, 2, 16, 16, false), DECODE_FRAGMENT_WAITING);
    assert_int_equal(decoder_statistics(bench.decoder)->datagrams_given_up, 1);
    bench.time_ns = INT64_MAX;
    assert_int_equal(send_piece(&bench, 3, 0, 16, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(decoder_statistics(bench.decoder)->datagrams_given_up, 2);
    bench.time_ns = INT64_MIN;
    assert_int_equal(send_piece(&bench, 3, 16, 16, false), DECODE_PACKET);
    bench_close(&bench);
}

static void test_keys(void **state)
{
    (void)state;
    static struct build whole, b;
    struct bench bench;
    bench_open(&bench, true);
    put_datagram(&whole);
    assert_int_equal(send_piece(&bench, 1, 0, 16, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 2, 16, 16, false), DECODE_FRAGMENT_WAITING);
    put_piece4(&b, &whole, 1, 16, 16, false);
    b.at[14 + 9] = 6; /* another protocol */
    ipv4_seal(&b, 14);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_FRAGMENT_WAITING);
    put_piece4(&b, &whole, 1, 16, 16, false);
    b.at[14 + 15]++; /* another source */
    ipv4_seal(&b, 14);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_FRAGMENT_WAITING);
    struct build tagged = {.len = 0};
    put_hex(&tagged, "020000000001 020000000002 8100 0007 0800"); /* another VLAN */
    put_piece4(&b, &whole, 1, 16, 16, false);
    put_bytes(&tagged, bytes_skip(bytes_of(b.at, b.len), 14));
    assert_int_equal(bench_frame(&bench, 1, &tagged), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 1, 16, 16, false), DECODE_PACKET);
    assert_letters(&bench);
    bench_close(&bench);
}

/* Pieces that are no whole number of eights, or empty. */
static void test_odd_pieces(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, true);
    assert_int_equal(send_piece(&bench, 1, 8, 7, true), DECODE_FRAGMENT_DROPPED);
    assert_int_equal(send_piece(&bench, 1, 8, 0, true), DECODE_FRAGMENT_DROPPED);
    assert_int_equal(send_piece(&bench, 1, 8, 0, false), DECODE_FRAGMENT_DROPPED);
    assert_int_equal(decoder_statistics(bench.decoder)->fragments_waiting, 0);
    assert_int_equal(send_piece(&bench, 1, 8, 12, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 1, 0, 8, true), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 1, 16, 16, false), DECODE_PACKET);
    assert_letters(&bench);
    bench_close(&bench);
}

/* A later piece that the snap length cut: what is before the hole is used. A first piece is used at once. */
static void test_cut_pieces(void **state)
{
    (void)state;
    static struct build whole, b;
    struct bench bench;
    bench_open(&bench, true);
    put_datagram(&whole);
    put_piece4(&b, &whole, 1, 16, 16, false);
    assert_int_equal(bench_cut(&bench, 1, &b, b.len - 10), DECODE_FRAGMENT_WAITING);
    assert_int_equal(send_piece(&bench, 1, 0, 16, true), DECODE_PACKET);
    assert_int_equal(bench.packet.payload_length, 24);
    assert_payload(&bench.packet, "abcdefghijklmn");
    assert_true(bench.packet.cut);
    assert_true(bench.packet.reassembled);

    put_piece4(&b, &whole, 2, 0, 16, true);
    assert_int_equal(bench_cut(&bench, 1, &b, b.len - 3), DECODE_PACKET);
    assert_int_equal(bench.packet.payload_length, 24);
    assert_payload(&bench.packet, "abcde");
    assert_true(bench.packet.cut);
    assert_false(bench.packet.reassembled);
    assert_int_equal(bench.packet.anomaly_count, 0);
    bench_close(&bench);
}

static void put_piece6(struct build *b, const struct build *whole, unsigned id, unsigned next, size_t from,
                       size_t length, bool more)
{
    b->len = 0;
    put_hex(b, ethernet6);
    size_t ip = ipv6_begin(b, 44, client6, server6);
    put_u8(b, next);
    put_u8(b, 0);
    put_u16(b, (unsigned)from | (more ? 1 : 0));
    put_u32(b, id);
    put_bytes(b, bytes_slice(bytes_of(whole->at, whole->len), 40 + from, length));
    ipv6_end(b, ip);
}

/* Destination options travel inside the fragments; what follows them is known to the first piece only. */
static void test_ipv6(void **state)
{
    (void)state;
    static struct build whole, b;
    struct bench bench;
    bench_open(&bench, true);
    size_t ip = ipv6_begin(&whole, 17, client6, server6);
    put_hex(&whole, "11 00 0104 00000000");
    size_t udp = put_udp(&whole, 4660, 53, "question");
    seal_transport(&whole, udp, 17, ip + 8, 16);
    for (unsigned id = 0; id < 2; id++) {
        bool backwards = id == 1;
        put_piece6(&b, &whole, id, backwards ? 99 : 60, backwards ? 16 : 0, backwards ? 8 : 16, !backwards);
        assert_int_equal(bench_frame(&bench, 1, &b), DECODE_FRAGMENT_WAITING);
        put_piece6(&b, &whole, id, backwards ? 60 : 99, backwards ? 0 : 16, backwards ? 16 : 8, backwards);
        assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
        assert_question(&bench.packet, 6);
        assert_true(bench.packet.reassembled);
    }
    /* alone in its datagram: not kept with others of the same number */
    put_piece6(&b, &whole, 7, 60, 16, 8, false);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_FRAGMENT_WAITING);
    put_piece6(&b, &whole, 7, 60, 0, 24, false);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    assert_question(&bench.packet, 6);
    assert_false(bench.packet.reassembled);
    assert_int_equal(decoder_statistics(bench.decoder)->fragments_waiting, 1);
    /* beyond what a payload can hold */
    put_many(&whole, 65536, 0);
    put_piece6(&b, &whole, 8, 60, 65528, 8, false);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_FRAGMENT_DROPPED);
    assert_anomaly(&bench.packet, ANOMALY_IP_FRAGMENT_TOO_LONG, 65536, 65535);
    bench_close(&bench);
}

/* A tunnel in fragments, with fragments in the tunnel. */
static void test_nested(void **state)
{
    (void)state;
    static struct build datagram, piece, outer, b;
    struct bench bench;
    bench_open(&bench, true);
    put_datagram(&datagram);
    for (unsigned inner = 0; inner < 2; inner++) {
        put_piece4(&piece, &datagram, 5, inner * 16, 16, inner == 0);
        outer.len = 0;
        ipv4_begin(&outer, 4, "0a640001", "0a640002");
        put_bytes(&outer, bytes_skip(bytes_of(piece.at, piece.len), 14));
        for (unsigned half = 0; half < 2; half++) {
            size_t from = half * 24, length = half == 0 ? 24 : outer.len - 20 - 24;
            b.len = 0;
            put_hex(&b, ethernet4);
            size_t ip = ipv4_begin(&b, 4, "0a640001", "0a640002");
            set_u16(&b, ip + 4, 6 + inner);
            set_u16(&b, ip + 6, (unsigned)(from / 8) | (half == 0 ? 0x2000u : 0));
            put_bytes(&b, bytes_slice(bytes_of(outer.at, outer.len), 20 + from, length));
            ipv4_end(&b, ip);
            enum decode_stop stop = bench_frame(&bench, 1, &b);
            assert_int_equal(stop, inner == 1 && half == 1 ? DECODE_PACKET : DECODE_FRAGMENT_WAITING);
        }
    }
    assert_letters(&bench);
    assert_address(&bench.packet.source.ip, "10.1.2.3");
    assert_true(bench.packet.inside != 0);
    assert_int_equal(decoder_statistics(bench.decoder)->datagrams_reassembled, 3);
    bench_close(&bench);
}

/* Each request for memory fails once: a piece is dropped, nothing leaks, and the next datagram works. */
static void test_memory_is_out(void **state)
{
    (void)state;
    struct bench bench;
    for (uint64_t fail_at = 1; fail_at <= 4; fail_at++) {
        bench_open(&bench, true);
        bench.budget.fail_at = fail_at;
        enum decode_stop stop = send_piece(&bench, 1, 0, 16, true);
        assert_int_equal(stop, fail_at <= 3 ? DECODE_FRAGMENT_DROPPED : DECODE_FRAGMENT_WAITING);
        bench.budget.fail_at = 0;
        assert_int_equal(send_piece(&bench, 2, 16, 16, false), DECODE_FRAGMENT_WAITING);
        assert_int_equal(send_piece(&bench, 2, 0, 16, true), DECODE_PACKET);
        assert_letters(&bench);
        bench_close(&bench);
    }
    for (uint64_t fail_at = 1; fail_at <= 2; fail_at++) {
        struct budget budget;
        budget_init(&budget, 0);
        budget.fail_at = fail_at;
        assert_null(decoder_new(&budget, false));
        assert_int_equal(budget.used, 0);
    }
}

/* The oldest datagrams pay for the newest where the budget is nearly used up. */
static void test_small_budget(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, true);
    bench.budget.limit = bench.budget.used + 20000;
    for (unsigned id = 0; id < 100; id++)
        assert_int_equal(send_piece(&bench, id, 0, 16, true), DECODE_FRAGMENT_WAITING);
    assert_true(bench.budget.peak <= bench.budget.limit);
    assert_int_equal(send_piece(&bench, 99, 16, 16, false), DECODE_PACKET);
    assert_letters(&bench);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_order),
        cmocka_unit_test(test_duplicates),
        cmocka_unit_test(test_overlaps_that_agree),
        cmocka_unit_test(test_overlaps_that_differ),
        cmocka_unit_test(test_overlaps_on_linux),
        cmocka_unit_test(test_overlaps_on_windows),
        cmocka_unit_test(test_odd_lengths),
        cmocka_unit_test(test_lengths_on_bsd),
        cmocka_unit_test(test_lengths_that_differ),
        cmocka_unit_test(test_claimed_beyond_all),
        cmocka_unit_test(test_ping_of_death),
        cmocka_unit_test(test_longest_datagram),
        cmocka_unit_test(test_too_many_pieces),
        cmocka_unit_test(test_too_many_datagrams),
        cmocka_unit_test(test_too_many_bytes),
        cmocka_unit_test(test_little_memory),
        cmocka_unit_test(test_patience),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_odd_pieces),
        cmocka_unit_test(test_cut_pieces),
        cmocka_unit_test(test_ipv6),
        cmocka_unit_test(test_nested),
        cmocka_unit_test(test_memory_is_out),
        cmocka_unit_test(test_small_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
