/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Time that passes without packets.
 */
#include "floor.h"

static void idle(int64_t nanoseconds)
{
    pass(nanoseconds);
    flow_idle(w.table, w.now.time_ns);
}

static void nothing_before_the_first_packet(void **state)
{
    (void)state;
    begin(0);
    idle(SECOND);
    assert_int_equal(w.shared.now_ns, 0);
    udp(at(1, 1), at(2, 2), "a");
    assert_int_equal(w.shared.now_ns, w.now.time_ns);
    flow_idle(w.table, w.now.time_ns); /* not later */
    flow_idle(w.table, INT64_MIN);
    assert_int_equal(w.shared.now_ns, w.now.time_ns);
    assert_string_equal(said(), "1c[a]");
    end();
}

static void everybody_is_told_the_time(void **state)
{
    (void)state;
    begin(0);
    handshake();
    udp(at(1, 1), at(2, 2), "a");
    udp(at(1, 3), at(2, 4), "b");
    udp(at(2, 4), at(1, 3), "c");
    tcp(at(1, 9), at(2, 9), TCP_SYN, 1, 0, ""); /* nothing can be open in that */
    said();
    idle(SECOND / 10);
    assert_string_equal(said(), "3:tick 1:tick 2:tick");
    assert_int_equal(w.shared.moment.time_ns, w.now.time_ns);
    assert_int_equal(w.shared.moment.frame, w.now.frame);
    idle(SECOND / 10);
    assert_string_equal(said(), "3:tick 1:tick 2:tick");
    w.rests = true; /* nor in those that are folded */
    flow_settle_all(w.table);
    idle(SECOND / 10);
    assert_string_equal(said(), "1:tick");
    end();
}

static void silence_ends_without_packets(void **state)
{
    (void)state;
    begin(0);
    handshake();
    udp(at(1, 1), at(2, 2), "a");
    tcp(at(1, 9), at(2, 9), TCP_SYN, 1, 0, "");
    said();
    idle(60 * (int64_t)SECOND);
    assert_string_equal(said(), "3:timeout 1:tick 2:tick");
    idle(60 * (int64_t)SECOND);
    assert_string_equal(said(), "2:timeout 1:tick");
    idle(SECOND);
    assert_string_equal(said(), ""); /* it waits for nothing any more */
    idle((3600 - 121) * (int64_t)SECOND);
    assert_string_equal(said(), "1:timeout");
    assert_int_equal(flow_table_statistics(w.table)->open, 0);
    idle(SECOND);
    end();
}

static void a_leap_is_confirmed(void **state)
{
    (void)state;
    begin(0);
    udp(at(1, 1), at(2, 2), "a");
    said();
    idle(3 * 86400 * (int64_t)SECOND); /* the machine was suspended */
    assert_string_equal(said(), "");
    idle(SECOND / 10);
    assert_string_equal(said(), "1:timeout");
    udp(at(1, 1), at(2, 2), "b");
    const int64_t was = w.now.time_ns;
    idle(3 * 86400 * (int64_t)SECOND); /* or the clock was wrong for a moment */
    w.now.time_ns = was;
    idle(SECOND / 10);
    idle(3 * 86400 * (int64_t)SECOND);
    assert_string_equal(said(), "2c[b] 2:tick");
    end();
}

/* A wild time of a frame is not confirmed by the right time after it. */
static void a_wild_frame_is_not_confirmed(void **state)
{
    (void)state;
    begin(0);
    udp(at(1, 1), at(2, 2), "a");
    const int64_t was = w.now.time_ns;
    w.now.time_ns = INT64_MAX;
    udp(at(1, 1), at(2, 2), "b");
    w.now.time_ns = was;
    idle(SECOND);
    assert_int_equal(w.shared.now_ns, was + SECOND);
    w.now.time_ns = INT64_MAX;
    udp(at(1, 1), at(2, 2), "c");
    w.now.time_ns = was;
    udp(at(1, 1), at(2, 2), "d");
    assert_int_equal(w.shared.now_ns, was + SECOND);
    assert_string_equal(said(), "1c[a] 1c[b] 1:tick 1c[c] 1c[d]");
    end();
}

/* The clock ran ahead without packets and is set back; those that come then are believed after a while. */
static void a_clock_that_was_set_back(void **state)
{
    (void)state;
    begin(0);
    udp(at(1, 1), at(2, 2), "a");
    idle(3600 * (int64_t)SECOND);
    const int64_t was = w.now.time_ns;
    pass(-3000 * (int64_t)SECOND);
    idle(0);
    assert_int_equal(w.shared.now_ns, was);
    w.quiet = true;
    for (int i = 0; i < LIMIT_CLOCK_BACK_FRAMES; i++)
        udp(at(1, 1), at(2, 2), "b");
    assert_int_equal(w.shared.now_ns, was - 3000 * (int64_t)SECOND);
    idle(119 * (int64_t)SECOND);
    assert_int_equal(flow_table_statistics(w.table)->open, 1);
    idle(2 * (int64_t)SECOND);
    assert_int_equal(flow_table_statistics(w.table)->open, 0);
    end();
}

/* What waits for bytes that were acknowledged and do not come. */
static void holes_are_given_up(void **state)
{
    (void)state;
    begin(0);
    handshake();
    tcp(CLIENT, SERVER, TCP_ACK, 1004, 5001, "after");
    tcp(SERVER, CLIENT, TCP_ACK, 5001, 1009, "");
    assert_string_equal(said(), "");
    idle(9 * (int64_t)SECOND);
    assert_string_equal(said(), "1:tick");
    idle(SECOND);
    assert_string_equal(said(), "1c-3 1c[after] 1:tick");
    tcp(CLIENT, SERVER, TCP_ACK, 1009, 5001, "on");
    assert_string_equal(said(), "1c[on]");
    tcp(at(1, 7000), at(2, 7001), TCP_ACK, 1, 1, "under way");
    idle(10 * (int64_t)SECOND);
    assert_string_equal(said(), "1:tick 2c[under way] 2:tick");
    end();
}

static void work_is_bounded(void **state)
{
    (void)state;
    enum { MANY = 3 * LIMIT_IDLE_VISITS };
    begin(0);
    w.quiet = true;
    for (unsigned i = 0; i < MANY; i++)
        udp(at(i, 1000), at(5, 2000), "x");
    assert_int_equal(w.ticks, 0);
    for (unsigned call = 1; call <= 6; call++) {
        idle(SECOND / 10);
        assert_int_equal(w.ticks, call * LIMIT_IDLE_VISITS);
    }
    idle(121 * (int64_t)SECOND);
    assert_int_equal(flow_table_statistics(w.table)->open, MANY - LIMIT_EXPIRED_A_PACKET);
    idle(SECOND);
    assert_int_equal(flow_table_statistics(w.table)->open, MANY - 2 * LIMIT_EXPIRED_A_PACKET);
    end();
}

/* Each tick tells of requests: after enough of them the next call goes on. */
static void words_are_bounded(void **state)
{
    (void)state;
    begin(0);
    w.quiet = true;
    w.records_a_tick = 100;
    for (unsigned i = 0; i < 10; i++)
        udp(at(i, 1000), at(5, 2000), "x");
    idle(SECOND / 10);
    assert_int_equal(w.ticks, LIMIT_EXPIRED_A_PACKET / 100);
    idle(SECOND / 10);
    assert_int_equal(w.ticks, 2 * LIMIT_EXPIRED_A_PACKET / 100);
    end();
}

/* Whoever is to be looked after next goes away: by silence, for want of memory, or because it moves on. */
static void the_next_one_goes_away(void **state)
{
    (void)state;
    begin(0);
    w.quiet = true;
    w.records_a_tick = LIMIT_EXPIRED_A_PACKET;
    for (unsigned i = 0; i < 4; i++)
        udp(at(i, 1000), at(5, 2000), "x");
    idle(SECOND);
    w.quiet = false;
    udp(at(5, 2000), at(1, 1000), "answer");
    assert_string_equal(said(), "2:tick 2c[answer]");
    idle(SECOND);
    assert_string_equal(said(), "3:tick");
    w.budget.limit = w.budget.used;
    udp(at(5, 2000), at(1, 1000), "more");
    w.budget.limit = 0;
    said();
    while (flow_table_statistics(w.table)->open > 0)
        idle(60 * (int64_t)SECOND);
    end();
}

static void whose_packet_it_was(void **state)
{
    (void)state;
    begin(0);
    assert_null(flow_current(w.table));
    udp(at(1, 1), at(2, 2), "a");
    assert_int_equal(flow_current(w.table)->id, 1);
    tcp(CLIENT, SERVER, TCP_SYN, 1000, 0, "");
    assert_int_equal(flow_current(w.table)->id, 2);
    tcp(CLIENT, SERVER, TCP_SYN, 900000, 0, ""); /* the old one ends inside the call */
    assert_int_equal(flow_current(w.table)->id, 3);
    struct packet packet = packet_of(TRANSPORT_ICMP, at(9, 0), at(1, 1), "");
    packet.icmp = (struct icmp_error){true, 3, 3, TRANSPORT_UDP, at(1, 1), at(2, 2)};
    flow_packet(w.table, &packet);
    assert_int_equal(flow_current(w.table)->id, 1);
    packet.icmp.source.port = 77;
    flow_packet(w.table, &packet);
    assert_null(flow_current(w.table));
    udp(at(1, 1), at(2, 2), "a");
    idle(SECOND);
    assert_null(flow_current(w.table));
    udp(at(1, 1), at(2, 2), "a");
    pass(121 * (int64_t)SECOND);
    udp(at(1, 1), at(2, 2), "a"); /* again after its end */
    assert_int_equal(flow_current(w.table)->id, 4);
    assert_int_equal(flow_table_statistics(w.table)->untracked, 0);
    w.budget.fail_at = 1;
    udp(at(1, 1), at(2, 3), "a");
    assert_null(flow_current(w.table));
    assert_int_equal(flow_table_statistics(w.table)->untracked, 1);
    flow_table_finish(w.table);
    assert_null(flow_current(w.table));
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_before_the_first_packet),
        cmocka_unit_test(everybody_is_told_the_time),
        cmocka_unit_test(silence_ends_without_packets),
        cmocka_unit_test(a_leap_is_confirmed),
        cmocka_unit_test(a_wild_frame_is_not_confirmed),
        cmocka_unit_test(a_clock_that_was_set_back),
        cmocka_unit_test(holes_are_given_up),
        cmocka_unit_test(work_is_bounded),
        cmocka_unit_test(words_are_bounded),
        cmocka_unit_test(the_next_one_goes_away),
        cmocka_unit_test(whose_packet_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
