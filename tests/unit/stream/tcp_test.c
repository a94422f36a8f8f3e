/* SPDX-License-Identifier: BSD-3-Clause */
#include "talk.h"

static struct talk t;

static void in_order(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    assert_int_equal(tcp_stream_state(t.stream), TCP_STATE_ESTABLISHED);
    talk(&t, C, TCP_ACK, 1001, 5001, "GET");
    talk(&t, S, TCP_ACK, 5001, 1004, "200 ");
    talk(&t, S, TCP_ACK, 5005, 1004, "OK");
    talk(&t, C, TCP_ACK | TCP_FIN, 1004, 5007, "");
    talk(&t, S, TCP_ACK | TCP_FIN, 5007, 1005, "");
    talk(&t, C, TCP_ACK, 1005, 5008, "");
    assert_string_equal(talk_said(&t), "c[GET] s[200 OK] c. s.");
    assert_int_equal(tcp_stream_state(t.stream), TCP_STATE_CLOSED);
    struct tcp_side_statistics c = tcp_stream_statistics(t.stream, C), s = tcp_stream_statistics(t.stream, S);
    assert_int_equal(c.seen, 3);
    assert_int_equal(c.delivered, 3);
    assert_int_equal(s.delivered, 6);
    assert_int_equal(c.retransmissions + s.retransmissions + c.out_of_order + s.out_of_order + c.gap + s.gap, 0);
    assert_int_equal(c.keep_alives + s.keep_alives, 0);
    talk_end(&t);
}

static void no_copy_in_order(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, C, TCP_ACK, 1001, 5001, "x");
    size_t used = t.budget.used;
    t.budget.limit = used; /* nothing more is to be had */
    char bulk[1400];
    memset(bulk, 'b', sizeof bulk);
    for (uint32_t i = 0; i < 10; i++)
        talk_bytes(&t, C, TCP_ACK, 1002 + i * 1400, 5001, bulk, sizeof bulk);
    assert_int_equal(tcp_stream_statistics(t.stream, C).delivered, 14001);
    assert_int_equal(t.budget.used, used);
    assert_int_equal(t.budget.refused, 0);
    talk_end(&t);
}

static void reordered_within_a_side(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, C, TCP_ACK, 1007, 5001, "ghi");
    talk(&t, C, TCP_ACK, 1004, 5001, "def");
    assert_int_equal(tcp_stream_statistics(t.stream, C).waiting, 6);
    talk(&t, C, TCP_ACK, 1001, 5001, "abc");
    assert_string_equal(talk_said(&t), "c[abcdefghi]");
    assert_int_equal(tcp_stream_statistics(t.stream, C).out_of_order, 2);
    assert_int_equal(tcp_stream_statistics(t.stream, C).retransmissions, 0);
    talk_end(&t);
}

static void moments_stay_with_their_bytes(void **state)
{
    (void)state;
    struct tcp_stream *stream;
    struct budget budget;
    budget_init(&budget, 0);
    stream = tcp_stream_new(&budget);
    struct packet p = {.transport = TRANSPORT_TCP, .tcp.flags = TCP_SYN, .tcp.sequence = 0xffffffff};
    struct tcp_delivery d;
    p.moment = (struct moment){1, 100};
    tcp_stream_segment(stream, C, &p);
    assert_false(tcp_stream_next(stream, &d));
    p.tcp.flags = 0;
    p.tcp.sequence = 3;
    p.payload = bytes_text("def");
    p.payload_length = 3;
    p.moment = (struct moment){2, 200};
    tcp_stream_segment(stream, C, &p);
    assert_false(tcp_stream_next(stream, &d));
    p.tcp.sequence = 0;
    p.payload = bytes_text("abcdef"); /* once more, and what was missing */
    p.payload_length = 6;
    p.moment = (struct moment){3, 300};
    tcp_stream_segment(stream, C, &p);
    assert_true(tcp_stream_next(stream, &d));
    assert_int_equal(d.kind, TCP_DATA);
    assert_ptr_equal(d.data.at, p.payload.at);
    assert_int_equal(d.data.len, 3);
    assert_int_equal(d.moment.frame, 3);
    assert_true(tcp_stream_next(stream, &d));
    assert_true(bytes_is(d.data, "def"));
    assert_int_equal(d.moment.frame, 2);
    assert_int_equal(d.moment.time_ns, 200);
    assert_false(tcp_stream_next(stream, &d));
    tcp_stream_free(stream);
    assert_int_equal(budget.used, 0);
}

static void response_waits_for_its_request(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, S, TCP_ACK | TCP_FIN, 5001, 1004, "200");
    assert_string_equal(talk_said(&t), "");
    talk(&t, C, TCP_ACK, 1001, 5001, "GET");
    talk(&t, C, TCP_ACK | TCP_FIN, 1004, 5005, "");
    assert_string_equal(talk_said(&t), "c[GET] s[200] s. c.");
    talk_end(&t);
}

static void acknowledged_hole_is_a_gap(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, S, TCP_ACK, 5011, 1001, "after");
    talk_idle(&t, 100, 1001, 5011 - 10); /* not acknowledged: it may still come */
    assert_string_equal(talk_said(&t), "");
    talk_idle(&t, LIMIT_TCP_REORDER_FRAMES, 1001, 5016);
    assert_string_equal(talk_said(&t), "");
    talk_idle(&t, 1, 1001, 5016);
    assert_string_equal(talk_said(&t), "s-10 s[after]");
    assert_int_equal(tcp_stream_statistics(t.stream, S).gap, 10);
    talk(&t, S, TCP_ACK, 5001, 1001, "too late!!"); /* its place is gone */
    talk(&t, S, TCP_ACK, 5016, 1001, "more");
    assert_string_equal(talk_said(&t), "s[more]");
    assert_int_equal(tcp_stream_statistics(t.stream, S).over_limit, 10);
    assert_int_equal(tcp_stream_statistics(t.stream, S).duplicate, 0);
    talk_end(&t);
}

static void time_makes_a_gap_too(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, S, TCP_ACK, 5011, 1001, "after");
    talk_idle(&t, 1, 1001, 5016);
    t.now.time_ns += LIMIT_TCP_REORDER_SECONDS * INT64_C(1000000000) - 2000000;
    talk_idle(&t, 1, 1001, 5016);
    assert_string_equal(talk_said(&t), "");
    talk_idle(&t, 1, 1001, 5016);
    assert_string_equal(talk_said(&t), "s-10 s[after]");
    talk_end(&t);
}

static void hole_is_filled_in_time(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, S, TCP_ACK, 5004, 1001, "def");
    talk_idle(&t, LIMIT_TCP_REORDER_FRAMES - 1, 1001, 5007);
    talk(&t, S, TCP_ACK, 5001, 1001, "abc");
    talk_idle(&t, 100, 1001, 5007);
    assert_string_equal(talk_said(&t), "s[abcdef]");
    assert_int_equal(tcp_stream_statistics(t.stream, S).gap, 0);
    talk_end(&t);
}

/* Holes that are acknowledged together are given up together: patience does not add up. */
static void many_holes_cost_one_wait(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    for (uint32_t i = 0; i < 10; i++)
        talk(&t, S, TCP_ACK, 5002 + 2 * i, 1001, "x");
    talk_idle(&t, LIMIT_TCP_REORDER_FRAMES + 1, 1001, 5022 - 1);
    assert_string_equal(talk_said(&t), "s-1 s[x] s-1 s[x] s-1 s[x] s-1 s[x] s-1 s[x] s-1 s[x] s-1 s[x] s-1 s[x] s-1 "
                                       "s[x] s-1 s[x]");
    talk_end(&t);
}

static void request_after_a_lost_response(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, C, TCP_ACK, 1001, 5001, "one");
    talk(&t, C, TCP_ACK, 1004, 5101, "two"); /* it has 100 bytes that we have not */
    assert_string_equal(talk_said(&t), "c[one]");
    talk_idle(&t, LIMIT_TCP_REORDER_FRAMES, 1007, 5101);
    assert_string_equal(talk_said(&t), "s-100 c[two]");
    talk(&t, S, TCP_ACK, 5101, 1007, "yes");
    assert_string_equal(talk_said(&t), "s[yes]");
    talk_end(&t);
}

static void unacknowledged_hole_lasts_until_the_end(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, C, TCP_ACK, 1005, 5001, "later");
    talk(&t, C, TCP_ACK | TCP_FIN, 1020, 5001, "");
    talk_finish(&t);
    assert_string_equal(talk_said(&t), "c-4 c[later] c-10 c.");
    assert_int_equal(tcp_stream_statistics(t.stream, C).gap, 14);
    talk_end(&t);
}

static void first_bytes_win_on_windows(void **state)
{
    (void)state;
    talk_begin(&t);
    tcp_stream_set_stack(t.stream, STACK_WINDOWS);
    talk_handshake(&t);
    talk(&t, C, TCP_ACK, 1003, 5001, "CDE");
    talk(&t, C, TCP_ACK, 1002, 5001, "bcXef"); /* c differs in case, X and C-E too */
    talk(&t, C, TCP_ACK, 1001, 5001, "a");
    assert_string_equal(talk_said(&t), "c!tcp.overlap_conflict(2,3) c[abCDEf]");
    struct tcp_side_statistics c = tcp_stream_statistics(t.stream, C);
    assert_int_equal(c.duplicate, 3);
    assert_int_equal(c.delivered, 6);
    talk_end(&t);
}

static void equal_overlap_is_no_anomaly(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, C, TCP_ACK, 1003, 5001, "cd");
    talk(&t, C, TCP_ACK, 1006, 5001, "f");
    talk(&t, C, TCP_ACK, 1002, 5001, "bcdefg");
    talk(&t, C, TCP_ACK, 1001, 5001, "abc");
    talk(&t, C, TCP_ACK, 1005, 5001, "efgh");
    assert_string_equal(talk_said(&t), "c[abcdefgh]");
    struct tcp_side_statistics c = tcp_stream_statistics(t.stream, C);
    assert_int_equal(c.duplicate, 3 + 2 + 3);
    assert_int_equal(c.retransmissions, 0);
    talk_end(&t);
}

static void conflict_with_what_was_delivered(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, C, TCP_ACK, 1001, 5001, "USER alice");
    talk(&t, C, TCP_ACK, 1001, 5001, "USER alice");
    talk(&t, C, TCP_ACK, 1001, 5001, "USER mally");
    assert_string_equal(talk_said(&t), "c[USER alice] c!tcp.overlap_conflict(5,5)");
    struct tcp_side_statistics c = tcp_stream_statistics(t.stream, C);
    assert_int_equal(c.duplicate, 20);
    assert_int_equal(c.retransmissions, 2);
    talk_end(&t);
}

static void sequence_numbers_wrap(void **state)
{
    (void)state;
    talk_begin(&t);
    talk(&t, C, TCP_SYN, 0xfffffffc, 0, "");
    talk(&t, S, TCP_SYN | TCP_ACK, 0xffffffff, 0xfffffffd, "");
    talk(&t, C, TCP_ACK, 3, 0, "ghi");
    talk(&t, C, TCP_ACK, 0xfffffffd, 0, "abcdef");
    talk(&t, S, TCP_ACK, 0, 6, "ok");
    talk(&t, C, TCP_ACK, 0xfffffffd, 2, "abcdef");
    assert_string_equal(talk_said(&t), "c[abcdefghi] s[ok]");
    assert_int_equal(tcp_stream_statistics(t.stream, C).retransmissions, 1);
    talk_end(&t);
}

static void data_on_the_syn(void **state)
{
    (void)state;
    talk_begin(&t);
    talk(&t, C, TCP_SYN, 1000, 0, "GET");
    talk(&t, S, TCP_SYN | TCP_ACK, 5000, 1004, "200");
    talk(&t, C, TCP_ACK, 1004, 5004, "bye");
    assert_string_equal(talk_said(&t), "c!tcp.syn_data(3,0) s!tcp.syn_data(3,0) c[GET] s[200] c[bye]");
    talk_end(&t);
}

static void keep_alives(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, C, TCP_ACK, 1001, 5001, "abc");
    talk(&t, C, TCP_ACK, 1003, 5001, "c"); /* not acknowledged yet: a retransmission */
    talk(&t, S, TCP_ACK, 5001, 1004, "");
    talk(&t, C, TCP_ACK, 1003, 5001, "");
    talk(&t, C, TCP_ACK, 1003, 5001, "\x01"); /* garbage, as RFC 9293 allows */
    assert_string_equal(talk_said(&t), "c[abc]");
    struct tcp_side_statistics c = tcp_stream_statistics(t.stream, C);
    assert_int_equal(c.keep_alives, 2);
    assert_int_equal(c.retransmissions, 1);
    assert_int_equal(c.duplicate, 2);
    talk_end(&t);
}

static void zero_windows_and_urgent_data(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, C, TCP_ACK, 1001, 5001, "abc");
    t.window = 0;
    talk(&t, S, TCP_ACK, 5001, 1004, "");
    t.window = 100;
    t.urgent = 2;
    talk(&t, C, TCP_ACK | TCP_URG, 1004, 5001, "def");
    talk(&t, C, TCP_ACK | TCP_URG, 1007, 5001, "ghi");
    assert_string_equal(talk_said(&t), "c[abc] c!tcp.urgent(5,0) c[def] c!tcp.urgent(8,0) c[ghi]");
    talk(&t, C, TCP_ACK | TCP_URG, 1007, 5001, "ghi"); /* the same again */
    assert_string_equal(talk_said(&t), "");
    assert_int_equal(tcp_stream_statistics(t.stream, S).zero_windows, 1);
    talk_end(&t);
}

static void fin_before_its_data(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, C, TCP_ACK | TCP_FIN, 1004, 5001, "def");
    talk(&t, C, TCP_ACK | TCP_FIN, 1004, 5001, "def");
    talk(&t, C, TCP_ACK, 1001, 5001, "abc");
    talk(&t, C, TCP_ACK, 1007, 5001, "xyz");
    assert_string_equal(talk_said(&t), "c[abcdef] c. c!tcp.data_after_fin(3,0)");
    assert_int_equal(tcp_stream_statistics(t.stream, C).over_limit, 3);
    talk_end(&t);
}

static void reset_lets_late_data_pass(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, C, TCP_RST, 1004, 0, "");
    assert_int_equal(tcp_stream_state(t.stream), TCP_STATE_RESET);
    talk(&t, C, TCP_ACK, 1001, 5001, "abcd"); /* overtaken, but for the last byte */
    talk(&t, S, TCP_ACK, 5001, 1004, "ok");   /* was under way */
    assert_string_equal(talk_said(&t), "c!tcp.data_after_reset(1,0) c[abc] s[ok]");
    talk_idle(&t, LIMIT_TCP_REORDER_FRAMES, 1004, 5001);
    assert_string_equal(talk_said(&t), "c#");
    talk(&t, S, TCP_ACK, 5003, 1004, "more");
    assert_string_equal(talk_said(&t), "s!tcp.data_after_reset(4,0)");
    talk_finish(&t);
    assert_string_equal(talk_said(&t), "");
    talk_end(&t);
}

static void absurd_resets_are_ignored(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, C, TCP_ACK, 1001, 5001, "abc");
    talk(&t, S, TCP_ACK, 5001, 1004, "");
    talk(&t, C, TCP_RST, 1000, 0, "");            /* below what the server has */
    talk(&t, C, TCP_RST, 1004 + 50000000, 0, ""); /* beyond any window */
    talk(&t, S, TCP_RST, 0, 0, "");
    assert_int_equal(tcp_stream_state(t.stream), TCP_STATE_ESTABLISHED);
    talk(&t, C, TCP_ACK, 1004, 5001, "def");
    assert_string_equal(talk_said(&t), "c[abcdef]");
    assert_int_equal(tcp_stream_statistics(t.stream, C).ignored_resets, 2);
    assert_int_equal(tcp_stream_statistics(t.stream, S).ignored_resets, 1);
    talk_end(&t);
}

static void refused(void **state)
{
    (void)state;
    talk_begin(&t);
    talk(&t, C, TCP_SYN, 1000, 0, "");
    assert_int_equal(tcp_stream_state(t.stream), TCP_STATE_HALF_OPEN);
    talk(&t, S, TCP_RST | TCP_ACK, 0, 4711, ""); /* not about this SYN */
    assert_int_equal(tcp_stream_state(t.stream), TCP_STATE_HALF_OPEN);
    talk(&t, S, TCP_RST | TCP_ACK, 0, 1001, "");
    assert_int_equal(tcp_stream_state(t.stream), TCP_STATE_RESET);
    talk_finish(&t);
    assert_string_equal(talk_said(&t), "s#");
    talk_end(&t);
}

static void midstream(void **state)
{
    (void)state;
    talk_begin(&t);
    talk(&t, S, TCP_ACK, 5003, 1001, "cd"); /* overtakes */
    assert_true(tcp_stream_is_midstream(t.stream));
    assert_int_equal(tcp_stream_state(t.stream), TCP_STATE_MIDSTREAM);
    talk(&t, S, TCP_ACK, 5001, 1001, "ab");
    talk(&t, C, TCP_ACK, 1001, 5005, "GET");
    talk(&t, S, TCP_ACK, 5005, 1004, "200");
    assert_string_equal(talk_said(&t), "");
    talk_idle(&t, LIMIT_TCP_REORDER_FRAMES, 1004, 5008);
    assert_string_equal(talk_said(&t), "s[abcd] c[GET] s[200]");
    assert_int_equal(tcp_stream_statistics(t.stream, C).gap + tcp_stream_statistics(t.stream, S).gap, 0);
    talk_end(&t);
}

/* Where the beginning is not known, the number behind a FIN may be seen before it. */
static void midstream_fin_behind_its_number(void **state)
{
    (void)state;
    talk_begin(&t);
    talk(&t, S, TCP_ACK, 5001, 1001, "bye");
    talk(&t, C, TCP_ACK, 1002, 5005, "");
    talk(&t, S, TCP_ACK | TCP_FIN, 5004, 1002, "");
    talk(&t, C, TCP_ACK | TCP_FIN, 1001, 5004, "");
    talk_finish(&t);
    assert_string_equal(talk_said(&t), "s[bye] c. s.");
    assert_int_equal(tcp_stream_state(t.stream), TCP_STATE_CLOSED);
    talk_end(&t);

    talk_begin(&t);
    talk(&t, C, TCP_ACK, 1002, 5001, "");
    talk(&t, C, TCP_ACK, 1001, 5001, "on"); /* there were bytes, so that is no end */
    talk(&t, C, TCP_ACK | TCP_FIN, 1001, 5001, "");
    talk_finish(&t);
    assert_string_equal(talk_said(&t), "c[on]");
    talk_end(&t);
}

static void late_syn_is_the_beginning(void **state)
{
    (void)state;
    talk_begin(&t);
    talk(&t, C, TCP_ACK, 1001, 5001, "GET");
    talk(&t, S, TCP_SYN | TCP_ACK, 5000, 1001, "");
    assert_false(tcp_stream_is_midstream(t.stream));
    talk(&t, C, TCP_SYN, 1000, 0, "");
    talk(&t, S, TCP_ACK, 5001, 1004, "200");
    assert_string_equal(talk_said(&t), "c[GET] s[200]");
    assert_int_equal(tcp_stream_state(t.stream), TCP_STATE_ESTABLISHED);
    talk_end(&t);
}

static void one_side_only(void **state)
{
    (void)state;
    talk_begin(&t);
    talk(&t, C, TCP_SYN, 1000, 0, "");
    talk(&t, C, TCP_ACK, 1001, 5001, "");
    talk(&t, C, TCP_ACK, 1001, 5001, "one ");
    assert_string_equal(talk_said(&t), "");
    talk_idle(&t, LIMIT_TCP_REORDER_FRAMES, 1005, 5001);
    assert_string_equal(talk_said(&t), "c[one ]");
    talk(&t, C, TCP_ACK, 1005, 5101, "two ");
    talk(&t, C, TCP_ACK | TCP_FIN, 1009, 5202, ""); /* the last one may be its FIN */
    assert_string_equal(talk_said(&t), "s-100 c[two ] s-101 c.");
    assert_int_equal(tcp_stream_statistics(t.stream, S).gap, 201);
    talk_end(&t);
}

/* A single acknowledged byte that nobody saw is more likely the FIN. */
static void lost_fin_is_no_gap(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, S, TCP_ACK, 5001, 1001, "bye");
    talk(&t, C, TCP_ACK | TCP_FIN, 1001, 5005, "");
    talk_finish(&t);
    assert_string_equal(talk_said(&t), "s[bye] s? c.");
    assert_int_equal(tcp_stream_statistics(t.stream, S).gap, 0);
    talk_end(&t);

    talk_begin(&t);
    talk_handshake(&t);
    talk_idle(&t, LIMIT_TCP_REORDER_FRAMES + 1, 1001, 5002);
    talk(&t, S, TCP_ACK, 5002, 1001, "it was a byte");
    assert_string_equal(talk_said(&t), "s? s-1 s[it was a byte]");
    talk_end(&t);
}

/* Who hears that knows better what it is: not of a side that has not said all of something. */
static void lost_byte_in_the_midst(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, C, TCP_ACK, 1001, 5001, "NOOP\r");
    talk(&t, S, TCP_ACK, 5001, 1007, "+OK");
    assert_string_equal(talk_said(&t), "c[NOOP\r]");
    talk_idle(&t, LIMIT_TCP_REORDER_FRAMES, 1007, 5004);
    assert_string_equal(talk_said(&t), "c? s[+OK]");
    tcp_stream_not_last(t.stream, C);
    tcp_stream_not_last(t.stream, C); /* it is said once */
    tcp_stream_not_last(t.stream, S); /* of that side nothing is in doubt */
    assert_int_equal(tcp_stream_statistics(t.stream, C).gap, 1);
    assert_int_equal(tcp_stream_statistics(t.stream, S).gap, 0);
    talk(&t, C, TCP_ACK, 1007, 5004, "QUIT");
    assert_string_equal(talk_said(&t), "c[QUIT]");
    assert_int_equal(tcp_stream_statistics(t.stream, C).gap, 1);
    talk_end(&t);
}

/* What the receiver has acknowledged it has, though it passed by here: the RST behind that stands where it must. */
static void reset_behind_lost_bytes(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, S, TCP_ACK, 5001, 1004, "");
    talk(&t, C, TCP_RST, 1004, 0, "");
    talk(&t, S, TCP_ACK, 5001, 1004, "late");
    talk_finish(&t);
    assert_string_equal(talk_said(&t), "c-3 s[late] c#");
    assert_int_equal(tcp_stream_statistics(t.stream, C).ignored_resets, 0);
    talk_end(&t);

    talk_begin(&t); /* with its end seen, but not what was before it */
    talk_handshake(&t);
    talk(&t, C, TCP_ACK, 1003, 5001, "c");
    talk(&t, C, TCP_ACK | TCP_FIN, 1004, 5001, "");
    talk(&t, S, TCP_ACK, 5001, 1004, "");
    talk(&t, C, TCP_RST, 1005, 0, "");
    talk(&t, S, TCP_ACK, 5001, 1004, "late");
    talk_finish(&t);
    assert_string_equal(talk_said(&t), "c-2 c[c] c. s[late] c#");
    assert_int_equal(tcp_stream_statistics(t.stream, C).ignored_resets, 0);
    talk_end(&t);
}

static void simultaneous_open(void **state)
{
    (void)state;
    talk_begin(&t);
    talk(&t, C, TCP_SYN, 1000, 0, "");
    talk(&t, S, TCP_SYN, 5000, 0, "");
    talk(&t, C, TCP_SYN | TCP_ACK, 1000, 5001, "");
    talk(&t, S, TCP_SYN | TCP_ACK, 5000, 1001, "");
    talk(&t, C, TCP_ACK, 1001, 5001, "hi");
    talk(&t, S, TCP_ACK, 5001, 1003, "ho");
    assert_string_equal(talk_said(&t), "c[hi] s[ho]");
    talk_end(&t);
}

static void round_trip(void **state)
{
    (void)state;
    talk_begin(&t);
    talk(&t, C, TCP_SYN, 1000, 0, "");
    t.now.time_ns += 9000000;
    talk(&t, C, TCP_SYN, 1000, 0, ""); /* again; the answer is to this one */
    t.now.time_ns += 4000000;
    talk(&t, S, TCP_SYN | TCP_ACK, 5000, 1001, "");
    assert_int_equal(tcp_stream_rtt(t.stream), 0);
    t.now.time_ns += 1000000;
    talk(&t, C, TCP_ACK, 1001, 5001, "");
    assert_int_equal(tcp_stream_rtt(t.stream), 7000000);
    assert_int_equal(tcp_stream_statistics(t.stream, C).retransmissions, 1);
    talk_end(&t);
}

static void cut_by_the_snap_length(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    t.cut = 4;
    talk(&t, C, TCP_ACK, 1009, 5001, "jklmnopq");
    talk(&t, C, TCP_ACK, 1001, 5001, "abcdefgh");
    talk(&t, C, TCP_ACK, 1017, 5001, "xyz");
    assert_string_equal(talk_said(&t), "c[abcd] c-4 c[jklm] c-4 c-3");
    struct tcp_side_statistics c = tcp_stream_statistics(t.stream, C);
    assert_int_equal(c.seen, 8);
    assert_int_equal(c.delivered, 8);
    assert_int_equal(c.gap, 11);
    talk_end(&t);
}

static bool reuse(enum side side, unsigned flags, uint32_t sequence, uint32_t acknowledgment)
{
    struct packet packet = {.transport = TRANSPORT_TCP};
    packet.tcp.flags = (uint8_t)flags;
    packet.tcp.sequence = sequence;
    packet.tcp.acknowledgment = acknowledgment;
    return tcp_stream_is_reuse(t.stream, side, &packet);
}

static void port_reuse(void **state)
{
    (void)state;
    talk_begin(&t);
    talk(&t, C, TCP_SYN, 1000, 0, "");
    assert_false(reuse(C, TCP_SYN, 1000, 0));
    assert_true(reuse(C, TCP_SYN, 77000, 0));
    assert_false(reuse(S, TCP_SYN, 5000, 0));
    talk(&t, S, TCP_SYN | TCP_ACK, 5000, 1001, "");
    talk(&t, C, TCP_ACK, 1001, 5001, "abc");
    assert_false(reuse(C, TCP_SYN, 1000, 0));
    assert_false(reuse(C, TCP_SYN, 1002, 0)); /* inside: answered with a challenge, not with a connection */
    assert_true(reuse(C, TCP_SYN, 1000 + 2 * 1024 * 1024, 0));
    assert_false(reuse(C, TCP_ACK, 1000 + 2 * 1024 * 1024, 0));
    talk(&t, C, TCP_ACK | TCP_FIN, 1004, 5001, "");
    talk(&t, S, TCP_ACK | TCP_FIN, 5001, 1005, "");
    assert_true(reuse(C, TCP_SYN, 1500, 0));
    assert_false(reuse(C, TCP_SYN, 1000, 0));
    assert_false(reuse(S, TCP_SYN | TCP_ACK, 5000, 1001));
    talk_end(&t);
}

static void pending_limit(void **state)
{
    (void)state;
    static char block[16384];
    memset(block, 'p', sizeof block);
    talk_begin(&t);
    talk_handshake(&t);
    for (uint32_t i = 0; i < LIMIT_TCP_PENDING_BYTES / sizeof block; i++)
        talk_bytes(&t, C, TCP_ACK, 1011 + i * (uint32_t)sizeof block, 5001, block, sizeof block);
    assert_int_equal(tcp_stream_statistics(t.stream, C).waiting, LIMIT_TCP_PENDING_BYTES);
    assert_string_equal(talk_said(&t), "");
    talk(&t, C, TCP_ACK, 1011 + LIMIT_TCP_PENDING_BYTES, 5001, "Z");
    const char *said = "c!tcp.pending_limit(1048576,10) c-10 c[pp";
    talk_close(&t);
    assert_memory_equal(t.log, said, strlen(said));
    struct tcp_side_statistics c = tcp_stream_statistics(t.stream, C);
    assert_int_equal(c.waiting, 0);
    assert_int_equal(c.delivered, LIMIT_TCP_PENDING_BYTES + 1);
    assert_int_equal(c.over_limit, 0);
    talk_end(&t);
}

/* One byte each, backwards: the worst order there is. */
static void pending_segments_limit(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    for (uint32_t i = 0; i < 20000; i++)
        talk(&t, C, TCP_ACK, 1000000 - 2 * i, 5001, "x");
    struct tcp_side_statistics c = tcp_stream_statistics(t.stream, C);
    assert_int_equal(c.waiting, LIMIT_TCP_PENDING_SEGMENTS);
    /* The first that finds no room is itself the oldest, and everything before it is a gap; what is still further back
     * comes too late then. */
    assert_int_equal(c.delivered, 1);
    assert_int_equal(c.over_limit, 20000 - LIMIT_TCP_PENDING_SEGMENTS - 1);
    assert_true(t.budget.peak < 1024 * 1024);
    talk_finish(&t);
    talk_end(&t);
}

static void memory_is_out(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, C, TCP_ACK, 1001, 5001, "a");
    t.budget.fail_at = 1;
    talk(&t, C, TCP_ACK, 1005, 5001, "efgh");
    talk(&t, C, TCP_ACK, 1002, 5001, "bcd");
    talk(&t, C, TCP_ACK, 1009, 5001, "i");
    talk_finish(&t);
    assert_string_equal(talk_said(&t), "c[a] c!memory.limit(4,0) c[bcd] c-4 c[i]");
    assert_int_equal(tcp_stream_statistics(t.stream, C).over_limit, 4);
    talk_end(&t);
}

static void roles_change(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, C, TCP_ACK, 1004, 5001, "def");
    tcp_stream_swap(t.stream);
    talk(&t, S, TCP_ACK, 1001, 5001, "abc");
    talk(&t, C, TCP_ACK, 5001, 1007, "ok");
    assert_string_equal(talk_said(&t), "s[abcdef] c[ok]");
    assert_int_equal(tcp_stream_statistics(t.stream, S).delivered, 6);
    talk_end(&t);
}

/* An acknowledgment from nowhere must not make us skip what is really said. */
static void forged_acknowledgment(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, C, TCP_ACK, 1001, 5001 + 1000000, "");
    for (uint32_t i = 0; i < 200; i++)
        talk(&t, S, TCP_ACK, 5001 + i, 1001, "s");
    assert_int_equal(tcp_stream_statistics(t.stream, S).delivered, 200);
    assert_int_equal(tcp_stream_statistics(t.stream, S).gap, 0);
    talk(&t, C, TCP_ACK, 1001, 0x80000000u, "beyond all windows"); /* the acknowledgment is not believed */
    assert_int_equal(tcp_stream_statistics(t.stream, C).delivered, 18);
    talk_end(&t);
}

static void more_lost_than_a_window(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, C, TCP_ACK, 1001, 5001, "a");
    for (uint32_t i = 0; i < 40; i++)
        talk(&t, C, TCP_ACK, 0x90000000u + i, 5001, "z");
    talk_close(&t);
    assert_string_equal(talk_said(&t), "c[a] c-2415918134 c[zzzzzzzz]");
    assert_int_equal(tcp_stream_statistics(t.stream, C).over_limit, 32);
    talk_end(&t);
}

/* A hole in which there was an answer: what was lost behind the answer is told behind it. */
static void a_gap_in_two_parts(void **state)
{
    (void)state;
    talk_begin(&t);
    talk(&t, C, TCP_SYN, 1000, 0, "");
    talk(&t, S, TCP_SYN | TCP_ACK, 5000, 1001, "");
    talk(&t, C, TCP_ACK, 1001, 5001, "abc");
    talk(&t, S, TCP_ACK, 5001, 1007, "one");
    talk(&t, C, TCP_ACK, 1010, 5004, "xyz");
    talk(&t, S, TCP_ACK, 5004, 1013, "two");
    talk_finish(&t);
    assert_string_equal(talk_said(&t), "c[abc] c-3 s[one] c-3 c[xyz] s[two]");
    talk_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gap_in_two_parts),
        cmocka_unit_test(in_order),
        cmocka_unit_test(no_copy_in_order),
        cmocka_unit_test(reordered_within_a_side),
        cmocka_unit_test(moments_stay_with_their_bytes),
        cmocka_unit_test(response_waits_for_its_request),
        cmocka_unit_test(acknowledged_hole_is_a_gap),
        cmocka_unit_test(time_makes_a_gap_too),
        cmocka_unit_test(hole_is_filled_in_time),
        cmocka_unit_test(many_holes_cost_one_wait),
        cmocka_unit_test(request_after_a_lost_response),
        cmocka_unit_test(unacknowledged_hole_lasts_until_the_end),
        cmocka_unit_test(first_bytes_win_on_windows),
        cmocka_unit_test(equal_overlap_is_no_anomaly),
        cmocka_unit_test(conflict_with_what_was_delivered),
        cmocka_unit_test(sequence_numbers_wrap),
        cmocka_unit_test(data_on_the_syn),
        cmocka_unit_test(keep_alives),
        cmocka_unit_test(zero_windows_and_urgent_data),
        cmocka_unit_test(fin_before_its_data),
        cmocka_unit_test(reset_lets_late_data_pass),
        cmocka_unit_test(absurd_resets_are_ignored),
        cmocka_unit_test(refused),
        cmocka_unit_test(midstream),
        cmocka_unit_test(midstream_fin_behind_its_number),
        cmocka_unit_test(late_syn_is_the_beginning),
        cmocka_unit_test(one_side_only),
        cmocka_unit_test(lost_fin_is_no_gap),
        cmocka_unit_test(lost_byte_in_the_midst),
        cmocka_unit_test(reset_behind_lost_bytes),
        cmocka_unit_test(simultaneous_open),
        cmocka_unit_test(round_trip),
        cmocka_unit_test(cut_by_the_snap_length),
        cmocka_unit_test(port_reuse),
        cmocka_unit_test(pending_limit),
        cmocka_unit_test(pending_segments_limit),
        cmocka_unit_test(memory_is_out),
        cmocka_unit_test(roles_change),
        cmocka_unit_test(forged_acknowledgment),
        cmocka_unit_test(more_lost_than_a_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
