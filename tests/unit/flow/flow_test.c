/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The flow floor on top of a session floor that only writes down what it is told.
 */
#include "floor.h"

static void a_connection(void **state)
{
    (void)state;
    begin(0);
    handshake();
    tcp(CLIENT, SERVER, TCP_ACK, 1001, 5001, "GET");
    tcp(SERVER, CLIENT, TCP_ACK, 5001, 1004, "200 OK");
    tcp(CLIENT, SERVER, TCP_ACK | TCP_FIN, 1004, 5007, "");
    tcp(SERVER, CLIENT, TCP_ACK | TCP_FIN, 5007, 1005, "");
    tcp(CLIENT, SERVER, TCP_ACK, 1005, 5008, "");
    assert_string_equal(said(), "1c[GET] 1s[200 OK] 1c. 1s.");
    tcp(SERVER, CLIENT, TCP_ACK, 5001, 1004, "200 OK"); /* a late one still belongs to it */
    pass(9 * (int64_t)SECOND);
    udp(at(3, 1), at(4, 2), "x");
    assert_string_equal(said(), "2c[x]");
    pass(SECOND);
    udp(at(3, 1), at(4, 2), "y");
    assert_string_equal(said(), "1:fin 2:tick 2c[y]");
    assert_string_equal(w.record,
                        "40000>80 source.bytes=303 source.packets=5 destination.bytes=252 destination.packets=4 "
                        "network.bytes=555 network.packets=9 event.start=1000000000000 event.end=1000003000000 "
                        "overhear.flow.state=closed overhear.flow.reason=fin overhear.flow.rtt=3000000 "
                        "overhear.flow.retransmissions=1 overhear.flow.out_of_order=0 overhear.flow.gap_bytes=0");
    end();
    assert_string_equal(w.record,
                        "1>2 source.bytes=122 source.packets=2 destination.bytes=0 destination.packets=0 "
                        "network.bytes=122 network.packets=2 event.start=1009003000000 "
                        "event.end=1010003000000 overhear.flow.state=udp overhear.flow.reason=end_of_capture");
}

static void roles(void **state)
{
    (void)state;
    begin(0);
    udp(at(1, 53), at(2, 40000), "answer"); /* below 1024 */
    udp(at(1, 5353), at(2, 53), "known");   /* claimed by a dissector */
    udp(at(1, 5000), at(2, 6000), "first");
    udp(at(1, 53), (struct endpoint){{4, {224, 0, 0, 251}}, 9999}, "many");
    udp(at(1, 67), (struct endpoint){{4, {255, 255, 255, 255}}, 9999}, "all");
    udp(at(2, 53), (struct endpoint){{6, {0xff, 2, [15] = 1}}, 9999}, "six");
    tcp(SERVER, CLIENT, TCP_SYN | TCP_ACK, 1, 1, "");
    tcp(at(1, 80), at(2, 40000), TCP_SYN, 1, 1, "");
    assert_string_equal(said(), "1s[answer] 2s[known] 3c[first] 4c[many] 5c[all] 6c[six]");
    end();
    assert_memory_equal(w.record, "80>40000", 8);
}

static void late_syn_corrects_the_roles(void **state)
{
    (void)state;
    begin(0);
    struct endpoint a = at(1, 7000), b = at(2, 7001);
    tcp(a, b, TCP_ACK, 5001, 1004, "yes");
    tcp(b, a, TCP_SYN, 1000, 0, "");
    tcp(a, b, TCP_SYN | TCP_ACK, 5000, 1001, "");
    tcp(b, a, TCP_ACK, 1001, 5001, "ask");
    assert_string_equal(said(), "1c[ask] 1s[yes]");
    end();
    assert_string_equal(w.record,
                        "7001>7000 source.bytes=123 source.packets=2 destination.bytes=123 destination.packets=2 "
                        "network.bytes=246 network.packets=4 event.start=1000000000000 event.end=1000000000000 "
                        "overhear.flow.state=established overhear.flow.reason=end_of_capture "
                        "overhear.flow.retransmissions=0 overhear.flow.out_of_order=0 overhear.flow.gap_bytes=0");
}

static void content_swaps_the_roles(void **state)
{
    (void)state;
    begin(0);
    w.wants_swap = true;
    udp(at(1, 5000), at(2, 6000), "I serve");
    udp(at(2, 6000), at(1, 5000), "I ask");
    udp(at(1, 5000), at(2, 6000), "here");
    assert_string_equal(said(), "1c[I serve] 1c[I ask] 1s[here]");
    end();
    assert_memory_equal(w.record, "6000>5000 source.bytes=65 source.packets=1 destination.bytes=131 ", 64);

    begin(0);
    for (int i = 0; i < 40; i++)
        tcp(at(1, 5000), at(2, 6000), TCP_ACK, 5001 + (uint32_t)i, 1001, "s");
    w.length = 0;
    w.wants_swap = true;
    tcp(at(1, 5000), at(2, 6000), TCP_ACK, 5041, 1001, "S");
    tcp(at(2, 6000), at(1, 5000), TCP_ACK, 1001, 5042, "C");
    tcp(at(1, 5000), at(2, 6000), TCP_ACK, 5042, 1002, "S");
    assert_string_equal(said(), "1c[S] 1c[C] 1s[S]");
    end();
    assert_memory_equal(w.record, "6000>5000 source.bytes=61 source.packets=1 ", 42);
}

static void same_pair_in_different_worlds(void **state)
{
    (void)state;
    begin(0);
    for (uint64_t inside = 0; inside < 2; inside++) {
        struct packet packet = packet_of(TRANSPORT_UDP, at(1, 5), at(2, 6), "x");
        packet.inside = inside;
        packet.has_vlan = inside > 0;
        flow_packet(w.table, &packet);
    }
    tcp(at(1, 5), at(2, 6), TCP_ACK, 1, 1, "");
    udp(at(2, 6), at(1, 5), "y");
    assert_string_equal(said(), "1c[x] 2c[x] 1s[y]");
    assert_int_equal(flow_table_statistics(w.table)->opened, 3);
    end();
}

static void port_is_used_again(void **state)
{
    (void)state;
    begin(0);
    handshake();
    tcp(CLIENT, SERVER, TCP_RST, 1001, 0, "");
    tcp(CLIENT, SERVER, TCP_SYN, 900000, 0, "");
    assert_string_equal(said(), "1:rst");
    tcp(SERVER, CLIENT, TCP_SYN | TCP_ACK, 70000, 900001, "");
    tcp(CLIENT, SERVER, TCP_ACK, 900001, 70001, "again");
    assert_string_equal(said(), "2c[again]");
    tcp(at(9, 40000), SERVER, TCP_SYN, 1, 0, "");
    tcp(at(9, 40000), SERVER, TCP_SYN, 1, 0, "");
    tcp(at(9, 40000), SERVER, TCP_SYN, 2000000, 0, "");
    assert_string_equal(said(), "3:timeout");
    end();
    assert_int_equal(w.records, 4);
}

static void silence_ends(void **state)
{
    (void)state;
    begin(0);
    tcp(at(1, 1000), at(2, 2000), TCP_SYN, 1, 0, "");
    udp(at(1, 1000), at(2, 2000), "x");
    handshake();
    said();
    pass(59 * (int64_t)SECOND);
    udp(at(8, 8), at(9, 9), "");
    assert_string_equal(said(), "4c[]");
    pass(SECOND);
    udp(at(8, 8), at(9, 9), "");
    assert_string_equal(said(), "1:timeout 4:tick 4c[]");
    pass(60 * (int64_t)SECOND);
    udp(at(8, 8), at(9, 9), "");
    assert_string_equal(said(), "2:timeout 3:tick 4:tick 4c[]"); /* the connection is idle: requests are given up */
    pass((3600 - 120) * (int64_t)SECOND - 1);
    udp(at(8, 8), at(9, 9), "");
    assert_string_equal(said(), "4:timeout 5c[]");
    pass(1);
    udp(at(8, 8), at(9, 9), "");
    assert_string_equal(said(), "3:timeout 5c[]");
    end();
}

/* An answer that waits for lost bytes of the request comes before its request is given up. */
static void silence_ends_waiting_first(void **state)
{
    (void)state;
    begin(0);
    handshake();
    tcp(CLIENT, SERVER, TCP_ACK, 1001, 5001, "ask");
    tcp(SERVER, CLIENT, TCP_ACK, 5001, 1014, "say");
    assert_string_equal(said(), "1c[ask]");
    pass(120 * (int64_t)SECOND);
    udp(at(8, 8), at(9, 9), "");
    assert_string_equal(said(), "1c-10 1s[say] 1:tick 2c[]");
    tcp(SERVER, CLIENT, TCP_ACK, 5004, 1017, "more");
    assert_string_equal(said(), "");
    pass(60 * (int64_t)SECOND);
    tcp(CLIENT, SERVER, TCP_ACK, 1014, 5004, "ask");
    assert_string_equal(said(), "1c-3 1s[more] 1:tick");
    end();
}

static void clock_goes_astray(void **state)
{
    (void)state;
    begin(0);
    udp(at(1, 1), at(2, 2), "a");
    int64_t was = w.now.time_ns;
    w.now.time_ns = INT64_MAX; /* one mad frame ends nothing */
    udp(at(1, 1), at(2, 2), "b");
    w.now.time_ns = was + 1;
    udp(at(1, 1), at(2, 2), "c");
    assert_int_equal(w.shared.now_ns, was + 1);
    w.now.time_ns = INT64_MIN;
    udp(at(1, 1), at(2, 2), "d");
    assert_int_equal(w.shared.now_ns, was + 1);
    assert_string_equal(said(), "1c[a] 1c[b] 1c[c] 1c[d]");
    w.now.time_ns = was + 10 * 86400 * (int64_t)SECOND; /* but a second frame from there is believed */
    udp(at(1, 1), at(2, 2), "e");
    udp(at(1, 1), at(2, 2), "f");
    assert_string_equal(said(), "1c[e] 1:timeout 2c[f]");
    end();
}

/* The last moment there is, twice, so that it is believed: no list is due, and least of all an empty one. */
static void clock_at_its_end(void **state)
{
    (void)state;
    begin(0);
    udp(at(1, 1), at(2, 2), "a");
    w.now.time_ns = INT64_MAX;
    udp(at(1, 1), at(2, 2), "b");
    udp(at(1, 1), at(2, 2), "c");
    udp(at(1, 1), at(2, 2), "d");
    assert_string_equal(said(), "1c[a] 1c[b] 1:timeout 2c[c] 2c[d]");
    end();
}

static void expiry_is_spread(void **state)
{
    (void)state;
    begin(0);
    w.quiet = true;
    for (unsigned i = 0; i < 1000; i++)
        udp(at(i, 1000), at(5, 2000), "x");
    assert_int_equal(flow_table_statistics(w.table)->open, 1000);
    pass(121 * (int64_t)SECOND);
    udp(at(1, 1), at(2, 2), "x");
    assert_int_equal(flow_table_statistics(w.table)->ended[END_TIMEOUT], LIMIT_EXPIRED_A_PACKET);
    udp(at(1, 1), at(2, 2), "x");
    assert_int_equal(flow_table_statistics(w.table)->ended[END_TIMEOUT], 2 * LIMIT_EXPIRED_A_PACKET);
    end();
}

/* Packets that say that the clock was set back: two too few, then enough. */
static void clock_is_set_back(void **state)
{
    (void)state;
    begin(0);
    handshake();
    udp(at(1, 1), at(2, 2), "a");
    const int64_t was = w.now.time_ns;
    w.quiet = true;
    pass(-3600 * (int64_t)SECOND);
    for (int i = 0; i < LIMIT_CLOCK_BACK_FRAMES - 1; i++)
        udp(at(1, 1), at(2, 2), "b");
    w.now.time_ns = was - 10 * (int64_t)SECOND; /* not far enough: it may only be late */
    udp(at(1, 1), at(2, 2), "c");
    for (int i = 0; i < 2 * LIMIT_CLOCK_BACK_FRAMES; i++)
        udp(at(1, 1), at(2, 2), "c");
    assert_int_equal(w.shared.now_ns, was);
    w.now.time_ns = was - 3600 * (int64_t)SECOND;
    for (int i = 0; i < LIMIT_CLOCK_BACK_FRAMES - 1; i++)
        udp(at(1, 1), at(2, 2), "b");
    assert_int_equal(w.shared.now_ns, was);
    udp(at(1, 1), at(2, 2), "b");
    assert_int_equal(w.shared.now_ns, was - 3600 * (int64_t)SECOND);
    said();
    w.quiet = false;
    pass(119 * (int64_t)SECOND); /* silence is counted on from there, not from the time before */
    udp(at(8, 8), at(9, 9), "x");
    pass(1 * (int64_t)SECOND);
    udp(at(8, 8), at(9, 9), "y");
    assert_string_equal(said(), "3c[x] 2:timeout 1:tick 3:tick 3c[y]");
    pass((3600 - 120) * (int64_t)SECOND - 1);
    udp(at(8, 8), at(9, 9), "");
    assert_string_equal(said(), "3:timeout 4c[]");
    pass(1);
    udp(at(8, 8), at(9, 9), "");
    assert_string_equal(said(), "1:timeout 4c[]");
    end();
}

static void icmp(struct endpoint from, struct endpoint to)
{
    struct packet packet = packet_of(TRANSPORT_ICMP, at(9, 0), from, "");
    packet.icmp = (struct icmp_error){true, 3, 3, TRANSPORT_UDP, from, to};
    flow_packet(w.table, &packet);
}

static void icmp_errors_find_their_conversation(void **state)
{
    (void)state;
    begin(0);
    udp(at(1, 1000), at(2, 53), "q");
    icmp(at(1, 1000), at(2, 53));
    icmp(at(2, 53), at(1, 1000));
    icmp(at(1, 1001), at(2, 53));
    udp(at(1, 1000), at(2, 53), "q");
    assert_string_equal(said(), "1c[q] 1:icmp4(3,3) 1:icmp4(3,3) 1c[q]");
    assert_int_equal(flow_table_statistics(w.table)->icmp_errors_matched, 2);
    assert_int_equal(flow_table_statistics(w.table)->packets, 2);
    struct packet echo = packet_of(TRANSPORT_ICMP, at(1, 0), at(2, 0), "");
    feed(&echo);
    assert_string_equal(said(), "");
    assert_int_equal(flow_table_statistics(w.table)->opened, 1);
    end();
}

static void anomalies_of_the_packet(void **state)
{
    (void)state;
    begin(0);
    struct packet packet = packet_of(TRANSPORT_UDP, at(1, 1), at(2, 2), "x");
    packet.anomaly_count = 1;
    packet.anomalies[0] = (struct packet_anomaly){ANOMALY_UDP_BAD_CHECKSUM, 1, 2};
    flow_packet(w.table, &packet);
    assert_string_equal(said(), "1!udp.bad_checksum(1,2) 1c[x]");
    end();
}

static void cut_datagrams(void **state)
{
    (void)state;
    begin(0);
    struct packet packet = packet_of(TRANSPORT_UDP, at(1, 1), at(2, 2), "abc");
    packet.payload_length = 10;
    packet.cut = true;
    flow_packet(w.table, &packet);
    end();
    assert_int_equal(w.records, 1);
    assert_non_null(strstr(w.record, " overhear.flow.gap_bytes=7"));
}

/* Ten times as many as there is room for: memory stays below the cap, and whoever talks is not the one who goes. */
static void flood_of_syns(void **state)
{
    (void)state;
    begin(1024 * 1024);
    handshake();
    w.quiet = true;
    size_t open = 0;
    for (unsigned i = 0; i < 40000; i++) {
        tcp(at(i, 1234), SERVER, TCP_SYN, i, 0, "");
        if (i == 20000)
            open = flow_table_statistics(w.table)->open;
    }
    const struct flow_statistics *statistics = flow_table_statistics(w.table);
    assert_true(open > 8000);
    assert_int_equal(statistics->open, open); /* flat */
    assert_int_equal(statistics->ended[END_EVICTED], statistics->opened - open);
    assert_int_equal(w.budget.refused, 0);
    assert_int_equal(w.anomalies, 0);
    w.quiet = false;
    tcp(CLIENT, SERVER, TCP_ACK, 1001, 5001, "still here");
    const char *last = said();
    assert_non_null(strstr(last, "1c[still here]"));
    w.quiet = true;
    end();
}

/* Where memory is full of conversations that were answered, a new one lives until its answer comes. */
static void flood_of_answers(void **state)
{
    (void)state;
    begin(1024 * 1024);
    w.quiet = true;
    for (unsigned i = 0; i < 20000; i++) {
        udp(at(i, 1234), SERVER, "question");
        udp(at(i + 1, 1234), SERVER, "question");
        udp(SERVER, at(i, 1234), "answer");
        assert_int_equal(flow_table_statistics(w.table)->opened, i + 2);
    }
    assert_true(flow_table_statistics(w.table)->ended[END_EVICTED] > 15000);
    end();
}

static void no_memory_for_a_conversation(void **state)
{
    (void)state;
    begin(0);
    w.budget.fail_at = 1;
    udp(at(1, 1), at(2, 2), "lost");
    assert_string_equal(said(), "0!memory.limit(4,0)");
    assert_int_equal(flow_table_statistics(w.table)->over_limit_bytes, 4);
    tcp(CLIENT, SERVER, TCP_SYN, 1000, 0, "");
    flow_settle_all(w.table);
    w.budget.fail_at = 1; /* it stays folded */
    tcp(SERVER, CLIENT, TCP_SYN | TCP_ACK, 5000, 1001, "");
    assert_string_equal(said(), "0!memory.limit(0,0)");
    w.budget.fail_at = 2; /* it is unfolded, but there is no stream: the SYN is forgotten, its answer tells the same */
    tcp(SERVER, CLIENT, TCP_SYN | TCP_ACK, 5000, 1001, "");
    tcp(CLIENT, SERVER, TCP_ACK, 1001, 5001, "GET");
    assert_string_equal(said(), "1c[GET]");
    end();
    assert_int_equal(w.records, 1);
}

static void every_allocation_fails(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 40; n++) {
        begin(0);
        w.budget.fail_at = n;
        handshake();
        tcp(CLIENT, SERVER, TCP_ACK, 1004, 5001, "def");
        tcp(CLIENT, SERVER, TCP_ACK, 1001, 5001, "abc");
        udp(at(1, 1), at(2, 2), "x");
        end();
    }
}

static void the_end_is_in_order(void **state)
{
    (void)state;
    begin(0);
    for (unsigned i = 0; i < 5; i++) {
        udp(at(i, 1000), at(50, 2000), "x");
        tcp(at(i, 1000), at(50, 2000), TCP_SYN, i, 0, "");
    }
    udp(at(50, 2000), at(0, 1000), "answer");
    said();
    flow_table_finish(w.table);
    assert_string_equal(said(), "1:end 2:end 3:end 4:end 5:end 6:end 7:end 8:end 9:end 10:end");
    end();
}

/* In order, too, where ids are more than 32 bits apart, or alike but for the last. */
static void the_end_of_long_captures(void **state)
{
    (void)state;
    begin(0);
    for (unsigned i = 0; i < 3; i++)
        udp(at(i, 1000), at(50, 2000), "x");
    w.table->statistics.opened = UINT64_C(1) << 33;
    for (unsigned i = 3; i < 6; i++)
        udp(at(i, 1000), at(50, 2000), "x");
    said();
    flow_table_finish(w.table);
    assert_string_equal(said(), "1:end 2:end 3:end 8589934593:end 8589934594:end 8589934595:end");
    w.table->statistics.opened = 6;
    end();

    begin(0);
    for (unsigned i = 0; i < 40; i++)
        udp(at(i, 1000), at(50, 2000), "x");
    udp(at(50, 2000), at(7, 1000), "x"); /* the eighth is in another list now */
    w.table->statistics.opened = 5000;
    said();
    flow_table_finish(w.table);
    const char *last = said();
    for (unsigned i = 1; i <= 40; i++) {
        char expected[32];
        int length = snprintf(expected, sizeof expected, "%u:end", i);
        assert_memory_equal(last, expected, (size_t)length);
        last += length + 1;
    }
    w.table->statistics.opened = 40;
    end();
}

/* No memory for more slots: with a limit others go, without one who comes is not looked at. */
static void no_memory_for_slots(void **state)
{
    (void)state;
    for (int is_limited = 0; is_limited < 2; is_limited++) {
        begin(is_limited ? (size_t)64 << 20 : 0);
        w.quiet = true;
        for (unsigned i = 0; i < 1200; i++) {
            if (flow_table_statistics(w.table)->open >= w.table->slot_count / 4 * 3)
                w.budget.fail_at = 2; /* the first is the conversation's own */
            tcp(at(i, 1234), SERVER, TCP_ACK, i, 0, "");
            w.budget.fail_at = 0;
        }
        assert_int_equal(w.table->slot_count, 1024);
        assert_int_equal(flow_table_statistics(w.table)->open, 960);
        /* the second request of the first who made somebody go was for the record of that */
        assert_int_equal(flow_table_statistics(w.table)->ended[END_EVICTED], is_limited ? 239 : 0);
        assert_int_equal(w.anomalies, is_limited ? 1 : 240);
        w.budget.fail_at = 2; /* whoever begins folded is tried in full, too */
        tcp(at(5000, 1234), SERVER, TCP_SYN, 1, 0, "");
        assert_int_equal(flow_table_statistics(w.table)->opened, is_limited ? 1200 : 961);
        assert_int_equal(w.table->slot_count, is_limited ? 1024 : 2048);
        end();
    }
}

/* Of those that were silent for equally long, who came first goes first. */
static void evicted_in_order(void **state)
{
    (void)state;
    begin(1024 * 1024);
    w.quiet = true;
    for (unsigned i = 0; i < 5000; i++) {
        udp(at(2 * i, 1234), SERVER, "question");
        tcp(at(2 * i + 1, 1234), SERVER, TCP_SYN, i, 0, "");
        const struct flow_statistics *statistics = flow_table_statistics(w.table);
        assert_int_equal(w.last_id, statistics->ended[END_EVICTED]);
    }
    assert_true(flow_table_statistics(w.table)->ended[END_EVICTED] > 2000);
    end();
}

static void no_memory_for_the_table(void **state)
{
    (void)state;
    begin(0);
    for (uint64_t n = 1; n <= 3; n++) {
        const size_t before = w.budget.used;
        w.budget.fail_at = n;
        assert_null(flow_table_new(&w.shared));
        assert_int_equal(w.budget.fail_at, 0);
        assert_int_equal(w.budget.used, before);
    }
    end();
}

/* One host that talks to itself. */
static void two_ports_of_a_host(void **state)
{
    (void)state;
    begin(0);
    const struct endpoint six[] = {{{6, {0x20, 1, [15] = 1}}, 1000}, {{6, {0x20, 1, [15] = 1}}, 2000}};
    udp(six[0], six[1], "q");
    udp(six[1], six[0], "a");
    udp(six[0], six[1], "q");
    udp(at(1, 1000), at(1, 2000), "q");
    udp(at(1, 2000), at(1, 1000), "a");
    assert_string_equal(said(), "1s[q] 1c[a] 1s[q] 2s[q] 2c[a]");
    end();
}

/* An answer that pretends to come from who asked does not begin anything new. */
static void answered_by_itself(void **state)
{
    (void)state;
    begin(0);
    tcp(CLIENT, SERVER, TCP_SYN, 1000, 0, "");
    tcp(CLIENT, SERVER, TCP_SYN | TCP_ACK, 7000, 1, "");
    tcp(SERVER, CLIENT, TCP_SYN | TCP_ACK, 5000, 1001, "");
    tcp(CLIENT, SERVER, TCP_ACK, 1001, 5001, "GET");
    assert_string_equal(said(), "1c[GET]");
    tcp(CLIENT, SERVER, TCP_SYN, 9000, 0, "");
    assert_int_equal(flow_table_statistics(w.table)->opened, 1);
    end();
}

static void unknown_ports(void **state)
{
    (void)state;
    begin(0);
    struct flow_unknown_port rows[3];
    static const uint16_t ports[] = {700, 600, 500, 400, 700};
    static const unsigned bytes[] = {10, 30, 30, 5, 15};
    for (unsigned i = 0; i < 5; i++) {
        w.unrecognised = bytes[i];
        udp(at(i, 40000), at(100, ports[i]), "x");
    }
    w.unrecognised = 30;
    flow_table_finish(w.table);
    assert_int_equal(flow_unknown_ports(w.table, rows, 3), 3);
    assert_int_equal(rows[0].port, 500);
    assert_int_equal(rows[1].port, 600);
    assert_int_equal(rows[2].port, 700);
    assert_int_equal(rows[2].bytes, 25);
    assert_int_equal(rows[2].conversations, 2);
    assert_int_equal(rows[2].transport, TRANSPORT_UDP);
    assert_int_equal(flow_unknown_ports(w.table, rows, 0), 0);

    static struct flow_unknown_port sums[FLOW_UNKNOWN_SUMS];
    flow_add_unknown(w.table, sums);
    flow_add_unknown(w.table, sums);
    assert_int_equal(flow_most_unknown(sums, rows, 3), 3);
    assert_int_equal(rows[2].port, 700);
    assert_int_equal(rows[2].bytes, 50);
    assert_int_equal(flow_most_unknown(sums, rows, 0), 0);
    end();
}

/* The same port of both transports, and one that is not among the first. */
static void unknown_ports_of_both(void **state)
{
    (void)state;
    begin(0);
    struct flow_unknown_port rows[2];
    w.unrecognised = 10;
    udp(at(1, 40000), at(100, 700), "x");
    tcp(at(1, 40000), at(100, 700), TCP_SYN, 1, 0, "");
    tcp(at(100, 700), at(1, 40000), TCP_SYN | TCP_ACK, 1, 2, "");
    tcp(at(1, 40000), at(100, 700), TCP_ACK, 2, 2, "x");
    w.unrecognised = 5;
    udp(at(2, 40000), at(100, 800), "x");
    flow_table_finish(w.table);
    assert_int_equal(flow_unknown_ports(w.table, rows, 2), 2);
    assert_int_equal(rows[0].port, 700);
    assert_int_equal(rows[0].transport, TRANSPORT_TCP);
    assert_int_equal(rows[1].port, 700);
    assert_int_equal(rows[1].transport, TRANSPORT_UDP);
    end();
}

/* Counts cannot be evicted: however many ports there are, most of the memory is left to conversations. */
static void many_unknown_ports(void **state)
{
    (void)state;
    begin(1024 * 1024);
    w.quiet = true;
    w.unrecognised = 1;
    const size_t empty = w.budget.used;
    for (unsigned port = 256; port < 65536; port += 128)
        udp(at(1, (uint16_t)(port - 1)), at(2, (uint16_t)port), "what");
    flow_table_finish(w.table);
    assert_true(w.budget.used > empty);
    assert_true(w.budget.used - empty <= w.budget.limit / LIMIT_MEMORY_SHARE);
    assert_int_equal(w.budget.refused, 0);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection),
        cmocka_unit_test(roles),
        cmocka_unit_test(late_syn_corrects_the_roles),
        cmocka_unit_test(content_swaps_the_roles),
        cmocka_unit_test(same_pair_in_different_worlds),
        cmocka_unit_test(port_is_used_again),
        cmocka_unit_test(silence_ends),
        cmocka_unit_test(silence_ends_waiting_first),
        cmocka_unit_test(clock_goes_astray),
        cmocka_unit_test(clock_at_its_end),
        cmocka_unit_test(clock_is_set_back),
        cmocka_unit_test(expiry_is_spread),
        cmocka_unit_test(icmp_errors_find_their_conversation),
        cmocka_unit_test(anomalies_of_the_packet),
        cmocka_unit_test(cut_datagrams),
        cmocka_unit_test(flood_of_syns),
        cmocka_unit_test(flood_of_answers),
        cmocka_unit_test(no_memory_for_a_conversation),
        cmocka_unit_test(every_allocation_fails),
        cmocka_unit_test(the_end_is_in_order),
        cmocka_unit_test(the_end_of_long_captures),
        cmocka_unit_test(no_memory_for_slots),
        cmocka_unit_test(evicted_in_order),
        cmocka_unit_test(no_memory_for_the_table),
        cmocka_unit_test(two_ports_of_a_host),
        cmocka_unit_test(answered_by_itself),
        cmocka_unit_test(unknown_ports),
        cmocka_unit_test(unknown_ports_of_both),
        cmocka_unit_test(many_unknown_ports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
