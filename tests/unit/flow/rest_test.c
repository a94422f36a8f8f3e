/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Conversations that are folded behave as those that are not.
 */
#include "floor.h"

static struct endpoint at6(uint8_t host, uint16_t port)
{
    return (struct endpoint){{6, {0x20, 1, 0x0d, 0xb8, [12] = 9, [15] = host}}, port};
}

static void play(bool rests, bool alike, char ret_log[LOG_SIZE], char ret_record[1024])
{
    begin(0);
    if (alike) /* then all hashes are */
        w.table->key = (struct flow_hash_key){.start = 0};
    w.rests = w.folds = rests;
    w.unrecognised = 7;
    struct packet tunnelled = packet_of(TRANSPORT_UDP, at(3, 1000), at(4, 53), "t");
    tunnelled.inside = 0x1234567890abcdef;
    tunnelled.vlan = 77;
    tunnelled.has_vlan = true;
    feed(&tunnelled);
    udp(at(1, 1000), at(2, 53), "q");
    udp(at6(1, 1000), at6(2, 53), "six");
    tcp(CLIENT, SERVER, TCP_SYN, 1000, 0, "");
    pass(300000000);
    udp(at(2, 53), at(1, 1000), "a");
    udp(at6(2, 53), at6(1, 1000), "seis");
    assert_int_equal(flow_current(w.table)->source.port, 1000);
    assert_int_equal(flow_current(w.table)->source.ip.octets[15], 1);
    assert_int_equal(flow_current(w.table)->id, 3);
    assert_int_equal(flow_current(w.table)->last.frame, w.now.frame);
    tcp(SERVER, CLIENT, TCP_SYN | TCP_ACK, 5000, 1001, "");
    tcp(CLIENT, SERVER, TCP_ACK, 1001, 5001, "GET");
    pass(INT64_C(2) * SECOND);
    udp(at(1, 1000), at(2, 53), "q2");
    tunnelled.moment = (struct moment){++w.now.frame, w.now.time_ns};
    feed(&tunnelled);
    struct packet error = packet_of(TRANSPORT_ICMP, at(2, 0), at(1, 0), "");
    error.icmp = (struct icmp_error){.present = true, .type = 3, .code = 3, .transport = TRANSPORT_UDP};
    error.icmp.source = at(1, 1000);
    error.icmp.destination = at(2, 53);
    feed(&error);
    tcp(CLIENT, SERVER, TCP_ACK | TCP_FIN, 1004, 5001, "");
    tcp(SERVER, CLIENT, TCP_ACK | TCP_FIN, 5001, 1005, "");
    tcp(CLIENT, SERVER, TCP_ACK, 1005, 5002, "");
    tcp(CLIENT, SERVER, TCP_ACK, 1001, 5001, "PUT"); /* again, and otherwise */
    tcp(at(5, 1), SERVER, TCP_SYN, 1000, 0, "");
    tcp(SERVER, at(5, 1), TCP_RST | TCP_ACK, 0, 1001, "");
    tcp(SERVER, at(5, 1), TCP_RST | TCP_ACK, 0, 1001, "");
    pass(-2000000); /* late, but not so much that the clock was set back */
    udp(at(1, 1000), at(2, 53), "late");
    tcp(at(6, 1), SERVER, TCP_SYN, 1000, 0, "");
    assert_int_equal(flow_current(w.table)->last.time_ns, w.now.time_ns);
    pass(1000000);
    tcp(SERVER, at(6, 1), TCP_SYN | TCP_ACK, 5000, 1001, "");
    udp(at6(2, 53), at6(1, 1000), "tarde");
    assert_int_equal(flow_current(w.table)->last.time_ns, w.now.time_ns);
    assert_int_equal(flow_table_statistics(w.table)->opened, 6);
    assert_int_equal(flow_table_statistics(w.table)->icmp_errors_matched, 1);
    flow_table_finish(w.table);
    struct flow_unknown_port unknown[4] = {{0, 0, 0, 0}};
    assert_int_equal(flow_unknown_ports(w.table, unknown, 4), 2);
    note("%u:%llu in %llu, ", unknown[0].port, (unsigned long long)unknown[0].bytes,
         (unsigned long long)unknown[0].conversations);
    strcpy(ret_log, said());
    strcpy(ret_record, w.record);
    end();
}

static void makes_no_difference(void **state)
{
    (void)state;
    static char folded[LOG_SIZE], unfolded[LOG_SIZE], records[2][1024];
    play(true, false, folded, records[0]);
    for (int way = 0; way < 3; way++) {
        play(way == 2, way > 0, unfolded, records[1]);
        assert_string_equal(folded, unfolded);
        assert_string_equal(records[0], records[1]);
    }
    assert_non_null(strstr(folded, "2s[a] 3s[seis]"));
    assert_non_null(strstr(folded, "4c[GET]"));
    assert_non_null(strstr(folded, "2:icmp4(3,3)"));
    assert_non_null(strstr(folded, "4!tcp.overlap_conflict"));
    assert_non_null(strstr(folded, "53:63 in 3"));
    assert_non_null(strstr(records[0], "event.start=1002298000000 event.end=1002299000000"));
}

/* Hashes that are alike, and conversations that differ in one thing each. */
static void alike_in_all_but_one(void **state)
{
    (void)state;
    struct endpoint near = at6(1, 1000), far = at6(1, 1000);
    far.ip.octets[15] = 77;
    const struct endpoint ends[][2] = {
        {at(1, 1000), at(2, 53)}, {at(1, 1000), at(3, 53)}, {at(3, 1000), at(2, 53)}, {at(1, 1000), at(2, 54)},
        {at(1, 1001), at(2, 53)}, {near, at6(2, 53)},       {far, at6(2, 53)},        {near, at6(3, 53)},
    };
    enum { PAIRS = sizeof ends / sizeof ends[0] };
    for (int rests = 0; rests < 2; rests++) {
        begin(0);
        w.table->key = (struct flow_hash_key){.start = 0};
        w.rests = w.folds = rests;
        for (int round = 0; round < 4; round++)
            for (unsigned i = 0; i < PAIRS; i++) {
                const bool answers = round % 2;
                udp(ends[i][answers], ends[i][!answers], "x");
                assert_int_equal(flow_current(w.table)->id, i + 1);
                assert_int_equal(flow_current(w.table)->source.port, ends[i][0].port);
            }
        assert_int_equal(flow_table_statistics(w.table)->opened, PAIRS);
        end();
    }
}

/* What does not fit stays as it is. */
static void large_numbers(void **state)
{
    (void)state;
    begin(0);
    w.rests = true;
    for (int i = 0; i < 3; i++) {
        struct packet packet = packet_of(TRANSPORT_UDP, at(1, 1000), at(2, 53), "q");
        packet.frame_length = UINT32_MAX;
        packet.payload_length = UINT32_MAX;
        flow_packet(w.table, &packet);
    }
    pass(-5 * (int64_t)SECOND); /* far behind the table's own clock */
    udp(at(2, 53), at(1, 1000), "a");
    flow_table_finish(w.table);
    assert_non_null(strstr(w.record, "source.bytes=12884901885"));
    assert_non_null(strstr(w.record, "destination.bytes=61"));
    assert_non_null(strstr(w.record, "overhear.flow.gap_bytes=12884901882"));
    end();
}

static bool table_folds(struct endpoint client)
{
    enum side side;
    const uint32_t hash = flow_hash(&w.table->key, &client, &SERVER, TRANSPORT_UDP, 0);
    const struct flow_node *node = flow_find(w.table, hash, &client, &SERVER, TRANSPORT_UDP, 0, &side);
    return node && node->folded && side == SIDE_CLIENT;
}

static bool connection_folds(struct endpoint client)
{
    enum side side;
    const uint32_t hash = flow_hash(&w.table->key, &client, &SERVER, TRANSPORT_TCP, 0);
    const struct flow_node *node = flow_find(w.table, hash, &client, &SERVER, TRANSPORT_TCP, 0, &side);
    return node && node->folded && side == SIDE_CLIENT;
}

static bool stream_folds(uint16_t port, const char *text)
{
    struct endpoint client = at(9, port);
    tcp(client, SERVER, TCP_SYN, 1000, 0, "");
    tcp(SERVER, client, TCP_SYN | TCP_ACK, 5000, 1001, "");
    tcp(client, SERVER, TCP_ACK | TCP_FIN, 1001, 5001, text);
    tcp(SERVER, client, TCP_ACK | TCP_FIN, 5001, 1002 + (uint32_t)strlen(text), "");
    return connection_folds(client);
}

/* A conversation that begins with this packet, and what is said of it when it was answered. */
static const char *answered(struct packet syn, bool folds)
{
    syn.tcp.sequence = 1000;
    syn.tcp.flags = TCP_SYN;
    feed(&syn);
    assert_int_equal(connection_folds(syn.source), folds);
    assert_int_equal(flow_current(w.table)->first.frame, w.now.frame);
    pass(2000000);
    tcp(SERVER, syn.source, TCP_SYN | TCP_ACK, 5000, 1001, "");
    pass(1000000);
    tcp(syn.source, SERVER, TCP_ACK, 1001, 5001, "GET");
    assert_false(connection_folds(syn.source));
    tcp(syn.source, SERVER, TCP_RST, 1004, 5001, "");
    flow_table_finish(w.table);
    w.length = 0;
    return w.record;
}

/* One that is no more than a SYN is folded from the beginning, unless it does not fit. */
static void begins_folded(void **state)
{
    (void)state;
    char record[1024];
    begin(0);
    w.rests = true;
    const struct packet plain = packet_of(TRANSPORT_TCP, CLIENT, SERVER, "");
    strcpy(record, answered(plain, true));
    assert_non_null(strstr(record, "source.packets=3"));
    assert_non_null(strstr(record, "overhear.flow.rtt=3000000"));
    struct packet digits = packet_of(TRANSPORT_TCP, CLIENT, SERVER, "");
    digits.time_digits = 16;
    assert_string_equal(strstr(answered(digits, false), "overhear.flow"), strstr(record, "overhear.flow"));
    struct packet full = packet_of(TRANSPORT_TCP, CLIENT, SERVER, "fast open");
    assert_non_null(strstr(answered(full, false), "source.packets=3"));
    tcp(CLIENT, SERVER, TCP_SYN, 1000, 0, "");
    flow_table_finish(w.table);
    assert_non_null(strstr(w.record, "source.packets=1"));
    assert_non_null(strstr(w.record, "half_open"));
    assert_int_equal(flow_table_statistics(w.table)->packets, 13);
    end();
}

/* Connections that are over, too; and who follows within the next few hundred packets is not folded in between. */
static void waits_for_the_next(void **state)
{
    (void)state;
    begin(0);
    w.rests = true;
    assert_false(stream_folds(1, "GET"));
    w.folds = true;
    assert_true(stream_folds(2, "GET"));
    assert_true(stream_folds(3, ""));
    w.folds = false;
    for (unsigned i = 0; i < FLOW_QUIET; i++) {
        udp(at(i + 100, 1000), SERVER, "q");
        udp(at(77, 1000), SERVER, "again");
        assert_false(table_folds(at(77, 1000)));
    }
    assert_true(table_folds(at(100, 1000)));
    flow_settle_all(w.table);
    assert_true(table_folds(at(77, 1000)));
    end();
}

/* Who cannot be unfolded stays as he is, and is lost nothing of but the packet. */
static void no_memory_to_unfold(void **state)
{
    (void)state;
    static char record[1024];
    for (uint64_t n = 0; n <= 3; n++) {
        begin(0);
        w.rests = w.folds = true;
        assert_true(stream_folds(2, "GET"));
        said();
        w.budget.fail_at = n;
        if (n > 0)
            tcp(SERVER, at(9, 2), TCP_ACK | TCP_FIN, 5001, 1005, "");
        assert_int_equal(w.budget.fail_at, 0);
        assert_string_equal(said(), n > 0 ? "0!memory.limit(0,0)" : "");
        assert_true(connection_folds(at(9, 2)));
        flow_table_finish(w.table);
        if (n == 0)
            strcpy(record, w.record);
        assert_string_equal(w.record, record);
        end();
    }
}

/* A protocol for which there is no number any more keeps its conversations from being folded. */
static void too_many_protocols(void **state)
{
    (void)state;
    static const char names[FLOW_PROTOCOLS][2];
    begin(0);
    w.rests = w.folds = true;
    for (int i = 0; i < FLOW_PROTOCOLS; i++) {
        w.protocol = names[i];
        udp(at((unsigned)i, 1000), SERVER, "q");
        assert_int_equal(table_folds(at((unsigned)i, 1000)), i < FLOW_PROTOCOLS - 1);
        assert_ptr_equal(flow_current(w.table)->protocol, names[i]);
    }
    end();
}

/* Whoever is there at the end goes in the order of first frames, also where there were more than there are slots. */
static void end_in_order(void **state)
{
    (void)state;
    for (unsigned many = 10; many <= 10000; many *= 1000) {
        unsigned long long id, last = 0;
        unsigned count = 0;
        begin(0);
        w.shared.ends_all = w.quiet = w.rests = true;
        for (unsigned i = 0; i < many; i++) {
            if (i % 1000 == 0)
                pass(INT64_C(1000) * SECOND);
            udp(at(i, 1000), SERVER, "q");
        }
        assert_int_equal(flow_table_statistics(w.table)->opened > w.table->slot_count, many > 1000);
        w.quiet = false;
        tcp(CLIENT, SERVER, TCP_SYN, 1000, 0, "");
        udp(at(many - 5, 1000), SERVER, "q");
        (void)said();
        flow_table_finish(w.table);
        for (char *at = strtok(w.log, " "); at; at = strtok(NULL, " "), count++, last = id) {
            assert_int_equal(sscanf(at, "%llu:end", &id), 1);
            assert_true(id > last);
        }
        assert_int_equal(count, many > 1000 ? 1001 : many + 1);
        assert_int_equal(last, many + 1);
        end();
    }
}

static void are_small(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    begin(0);
    w.rests = w.quiet = true;
    for (unsigned i = 0; i < COUNT; i++)
        udp(at(i, 1000), SERVER, "q");
    assert_true(w.budget.used / COUNT <= 120);
    for (unsigned i = 0; i < 1000; i++)
        assert_true(table_folds(at(i, 1000)));
    udp(at(4711, 1000), SERVER, "again");
    assert_int_equal(flow_table_statistics(w.table)->opened, COUNT);
    end();
    assert_int_equal(w.last_id, COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_no_difference), cmocka_unit_test(alike_in_all_but_one),
        cmocka_unit_test(large_numbers),       cmocka_unit_test(begins_folded),
        cmocka_unit_test(are_small),           cmocka_unit_test(no_memory_to_unfold),
        cmocka_unit_test(too_many_protocols),  cmocka_unit_test(end_in_order),
        cmocka_unit_test(waits_for_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
