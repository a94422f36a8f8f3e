/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The bytes of conversations beside the records: what the tap is told, and when. Its words are in angle brackets, those
 * of the session floor in square ones.
 */
#include "floor.h"

#include "overhear/engine.h"

static void tap_data(void *context, const struct conversation *conversation, enum side side, struct bytes data,
                     struct moment moment)
{
    assert_ptr_equal(context, &w);
    assert_true(data.len > 0);
    assert_true(moment.frame > 0 && moment.frame <= w.now.frame);
    note("%llu%c<%.*s> ", (unsigned long long)conversation->id, letter(side), (int)data.len, (const char *)data.at);
}

static void tap_gap(void *context, const struct conversation *conversation, enum side side, uint64_t length)
{
    assert_ptr_equal(context, &w);
    note("%llu%c<-%llu> ", (unsigned long long)conversation->id, letter(side), (unsigned long long)length);
}

static void tap_swap(void *context, const struct conversation *conversation)
{
    assert_ptr_equal(context, &w);
    note("%llu<swap %u>%u> ", (unsigned long long)conversation->id, conversation->source.port,
         conversation->destination.port);
}

static void tap_end(void *context, const struct conversation *conversation, enum end_reason reason)
{
    assert_ptr_equal(context, &w);
    note("%llu<end %d> ", (unsigned long long)conversation->id, (int)reason);
}

static const struct stream_tap TAP = {&w, tap_data, tap_gap, tap_swap, tap_end};

static void begin_tapped(void)
{
    begin(0);
    w.shared.tap = &TAP;
}

static void datagrams(void **state)
{
    (void)state;
    begin_tapped();
    udp(at(1, 1000), at(2, 53), "ask");
    udp(at(2, 53), at(1, 1000), "answer");
    udp(at(1, 1000), at(2, 53), "");
    struct packet packet = packet_of(TRANSPORT_UDP, at(1, 1000), at(2, 53), "cut");
    packet.payload_length = 10;
    packet.cut = true;
    flow_packet(w.table, &packet);
    assert_string_equal(said(), "1c<ask> 1c[ask] 1s<answer> 1s[answer] 1c[] 1c<cut> 1c<-7> 1c[cut]");
    flow_table_finish(w.table);
    assert_string_equal(said(), "1:end 1<end 4>");
    end();
}

static void a_stream_in_order(void **state)
{
    (void)state;
    begin_tapped();
    handshake();
    tcp(CLIENT, SERVER, TCP_ACK, 1004, 5001, "def");
    tcp(CLIENT, SERVER, TCP_ACK, 1001, 5001, "abc");
    tcp(CLIENT, SERVER, TCP_ACK, 1001, 5001, "abc");
    assert_string_equal(said(), "1c<abc> 1c[abc] 1c<def> 1c[def]");
    tcp(CLIENT, SERVER, TCP_ACK, 1010, 5001, "jkl");
    tcp(SERVER, CLIENT, TCP_RST, 5001, 0, "");
    pass(11 * (int64_t)SECOND);
    udp(at(3, 1), at(4, 2), "x");
    assert_string_equal(said(), "1c<-3> 1c-3 1c<jkl> 1c[jkl] 1:rst 1<end 1> 2c<x> 2c[x]");
    end();
}

/* One byte that nobody saw is the FIN, but not in the midst of a message. */
static void a_byte_or_the_end(void **state)
{
    (void)state;
    for (int amidst = 0; amidst < 2; amidst++) {
        begin_tapped();
        w.is_amidst = amidst;
        handshake();
        tcp(CLIENT, SERVER, TCP_ACK, 1001, 5001, "ab");
        tcp(SERVER, CLIENT, TCP_ACK, 5001, 1004, "yes");
        flow_table_finish(w.table);
        assert_string_equal(said(), amidst ? "1c<ab> 1c[ab] 1c<-1> 1c-1 1s<yes> 1s[yes] 1:end 1<end 4>"
                                           : "1c<ab> 1c[ab] 1s<yes> 1s[yes] 1:end 1<end 4>");
        end();
    }
}

static void without_bytes(void **state)
{
    (void)state;
    begin_tapped();
    tcp(CLIENT, SERVER, TCP_SYN, 1000, 0, "");
    flow_table_finish(w.table);
    assert_string_equal(said(), "1:end 1<end 4>");
    end();
}

static void roles_exchanged(void **state)
{
    (void)state;
    begin_tapped();
    w.wants_swap = true;
    udp(at(1, 5000), at(2, 6000), "I serve");
    udp(at(2, 6000), at(1, 5000), "I ask");
    assert_string_equal(said(), "1c<I serve> 1c[I serve] 1<swap 6000>5000> 1c<I ask> 1c[I ask]");
    end();

    begin_tapped();
    struct endpoint a = at(1, 7000), b = at(2, 7001);
    tcp(a, b, TCP_ACK, 5001, 1004, "yes");
    tcp(b, a, TCP_SYN, 1000, 0, "");
    tcp(a, b, TCP_SYN | TCP_ACK, 5000, 1001, "");
    tcp(b, a, TCP_ACK, 1001, 5001, "ask");
    assert_string_equal(said(), "1<swap 7001>7000> 1c<ask> 1c[ask] 1s<yes> 1s[yes]");
    end();
}

/* No memory for the stream: the bytes are lost, and the tap hears that they were there. */
static void no_memory(void **state)
{
    (void)state;
    begin_tapped();
    w.budget.fail_at = 2;
    tcp(CLIENT, SERVER, TCP_ACK, 1001, 5001, "lost");
    assert_string_equal(said(), "1c<-4> 1!memory.limit(4,0)");
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datagrams),     cmocka_unit_test(a_stream_in_order), cmocka_unit_test(a_byte_or_the_end),
        cmocka_unit_test(without_bytes), cmocka_unit_test(roles_exchanged),   cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
