/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Segments that their receiver drops: they are put aside, give way, and are used only where they are acknowledged.
 */
#include "talk.h"

static struct talk t;

/* A segment of the client with this header; afterwards everything is pulled. */
static void put(struct packet header, uint32_t sequence, const char *text)
{
    static uint8_t payload[64];
    const size_t length = strlen(text);
    memcpy(payload, text, length);
    t.now.frame++;
    t.now.time_ns += 1000000;
    header.moment = t.now;
    header.transport = TRANSPORT_TCP;
    header.payload = bytes_of(payload, length);
    header.payload_length = (uint32_t)length;
    header.tcp.sequence = sequence;
    header.tcp.window = 8192;
    header.tcp.window_shift = 0xff;
    if (header.tcp.flags == 0)
        header.tcp.flags = TCP_ACK;
    if (header.tcp.flags & TCP_ACK)
        header.tcp.acknowledgment = 5001;
    if (t.by_calm && tcp_stream_take(t.stream, C, &header)) {
        talk_data(&t, C, header.payload);
        return;
    }
    tcp_stream_segment(t.stream, C, &header);
    talk_pull(&t);
    memset(payload, '?', sizeof payload);
}

static void begin(void)
{
    talk_begin(&t);
    talk_handshake(&t);
}

/* The false one first, then the real one; nothing is acknowledged in between. */
static void wrong_checksums(void **state)
{
    (void)state;
    begin();
    put((struct packet){.corrupt = true, .bad_checksum = true}, 1001, "false");
    assert_string_equal(talk_said(&t), "");
    put((struct packet){0}, 1001, "right");
    assert_string_equal(talk_said(&t), "c!tcp.corrupt(5,0) c!tcp.overlap_replaced(0,5) c[right]");
    talk_finish(&t);
    assert_string_equal(talk_said(&t), "");
    struct tcp_side_statistics c = tcp_stream_statistics(t.stream, C);
    assert_int_equal(c.duplicate, 5);
    assert_int_equal(c.delivered, 5);
    talk_end(&t);
}

/* A damaged SYN opens nothing, and its bytes have no place. */
static void wrong_checksum_on_a_syn(void **state)
{
    (void)state;
    begin();
    put((struct packet){.corrupt = true, .bad_checksum = true, .tcp = {.flags = TCP_SYN}}, 1001, "false");
    talk(&t, S, TCP_ACK, 5001, 1006, "");
    talk_finish(&t);
    assert_string_equal(talk_said(&t), "c-5");
    assert_int_equal(tcp_stream_statistics(t.stream, C).over_limit, 5);
    talk_end(&t);
}

/* The server still knows a connection of the same ports: what it acknowledges is nothing of this one. */
static void half_open(void **state)
{
    (void)state;
    talk_begin(&t);
    talk(&t, C, TCP_SYN, 1000, 0, "");
    talk(&t, S, TCP_ACK, 900000000, 500001000, "");
    talk(&t, C, TCP_RST, 500001000, 0, "");
    talk(&t, C, TCP_SYN, 1000, 0, "");
    talk(&t, S, TCP_SYN | TCP_ACK, 5000, 1001, "");
    talk(&t, C, TCP_ACK, 1001, 5001, "hello");
    talk(&t, S, TCP_ACK, 5001, 1006, "there");
    talk_finish(&t);
    assert_string_equal(talk_said(&t), "c[hello] s[there]");
    assert_int_equal(tcp_stream_statistics(t.stream, C).gap, 0);
    talk_end(&t);
}

/* They came damaged, the capture has not the good ones, and the receiver has. */
static void acknowledged_all_the_same(void **state)
{
    (void)state;
    begin();
    put((struct packet){.corrupt = true, .bad_checksum = true}, 1001, "hello");
    talk(&t, C, TCP_ACK, 1006, 5001, " there");
    assert_string_equal(talk_said(&t), "");
    talk(&t, S, TCP_ACK, 5001, 1012, "");
    assert_string_equal(talk_said(&t), "c[hello there]");
    talk_end(&t);
}

/* Nobody acknowledged them: they are not used, and that is told. */
static void never_acknowledged(void **state)
{
    (void)state;
    begin();
    talk(&t, C, TCP_ACK, 1001, 5001, "abc");
    talk(&t, S, TCP_ACK, 5001, 1004, "");
    put((struct packet){.corrupt = true, .bad_checksum = true}, 1004, "false");
    talk_finish(&t);
    assert_string_equal(talk_said(&t), "c[abc] c!tcp.corrupt(5,3)");
    assert_int_equal(tcp_stream_statistics(t.stream, C).over_limit, 5);
    talk_end(&t);
}

/* A card fills in checksums after the capture, or somebody has changed all addresses: no side has shown a right one. */
static void checksums_never_right(void **state)
{
    (void)state;
    static const struct packet bad = {.corrupt = true, .bad_checksum = true};
    talk_begin(&t);
    struct packet syn = bad;
    syn.tcp.flags = TCP_SYN;
    put(syn, 1000, "");
    talk(&t, S, TCP_SYN | TCP_ACK, 5000, 1001, "");
    put(bad, 1001, "used");
    assert_string_equal(talk_said(&t), "c[used]");
    talk_end(&t);
}

static void stamped_handshake(enum host_stack stack)
{
    static const struct packet syn = {.tcp = {.flags = TCP_SYN, .has_stamp = true, .stamp = 100}};
    talk_begin(&t);
    tcp_stream_set_stack(t.stream, stack);
    t.by_calm = true;
    put(syn, 1000, "");
    struct packet answer = {.transport = TRANSPORT_TCP};
    answer.tcp.sequence = 5000;
    answer.tcp.acknowledgment = 1001;
    answer.tcp.flags = TCP_SYN | TCP_ACK;
    answer.tcp.has_stamp = true;
    answer.tcp.window = 8192;
    answer.tcp.window_shift = 0xff;
    tcp_stream_segment(t.stream, S, &answer);
    talk_pull(&t);
}

static void stamped(uint32_t stamp, uint32_t sequence, const char *text)
{
    put((struct packet){.tcp = {.has_stamp = true, .stamp = stamp}}, sequence, text);
}

/* RFC 7323: from the past. Linux forgives one tick, and a missing timestamp. */
static void old_timestamps(void **state)
{
    (void)state;
    for (int stack = STACK_LINUX; stack <= STACK_WINDOWS; stack++) {
        stamped_handshake((enum host_stack)stack);
        stamped(200, 1001, "abc");
        stamped(199, 1004, "XYZ");
        stamped(150, 1007, "false");
        stamped(201, 1004, "def");
        stamped(202, 1007, "right");
        const char *first = stack == STACK_LINUX
                                ? "c[abcXYZ] c!tcp.overlap_conflict(3,3) "
                                : "c[abc] c!tcp.old_timestamp(3,3) c!tcp.overlap_replaced(3,3) c[def] ";
        char line[200];
        snprintf(line, sizeof line, "%s%s", first, "c!tcp.old_timestamp(5,6) c!tcp.overlap_replaced(6,5) c[right]");
        if (stack == STACK_LINUX)
            snprintf(line, sizeof line, "%s",
                     "c[abcXYZ] c!tcp.overlap_conflict(3,3) "
                     "c!tcp.old_timestamp(5,6) c!tcp.overlap_replaced(6,5) c[right]");
        assert_string_equal(talk_said(&t), line);
        put((struct packet){0}, 1012, "bare");
        assert_string_equal(talk_said(&t), stack == STACK_BSD ? "" : "c[bare]");
        talk_end(&t);
    }
}

/* What comes ahead of a hole does not set the clock, and old bytes do not matter. */
static void reordered_timestamps(void **state)
{
    (void)state;
    stamped_handshake(STACK_LINUX);
    stamped(200, 1004, "def");
    stamped(100, 1001, "abc");
    stamped(90, 1001, "abc");
    stamped(300, 1007, "g");
    assert_string_equal(talk_said(&t), "c[abcdefg]");
    talk_end(&t);
}

static void no_acknowledgment(void **state)
{
    (void)state;
    begin();
    put((struct packet){.tcp = {.flags = TCP_PSH}}, 1001, "false");
    talk(&t, C, TCP_ACK, 1001, 5001, "right");
    assert_string_equal(talk_said(&t), "c!tcp.no_acknowledgment(5,0) c!tcp.overlap_replaced(0,5) c[right]");
    talk_end(&t);
}

/* Linux takes all or nothing, the others what fits. */
static void beyond_the_window(void **state)
{
    (void)state;
    for (int stack = STACK_LINUX; stack <= STACK_WINDOWS; stack++) {
        talk_begin(&t);
        tcp_stream_set_stack(t.stream, (enum host_stack)stack);
        talk(&t, C, TCP_SYN, 1000, 0, "");
        t.window = 8;
        talk(&t, S, TCP_SYN | TCP_ACK, 5000, 1001, "");
        talk(&t, C, TCP_ACK, 1001, 5001, "");
        talk(&t, S, TCP_ACK, 5001, 1001, "");
        talk(&t, C, TCP_ACK, 1004, 5001, "FALSE!!"); /* 1009 is the first for which there is no room */
        talk(&t, C, TCP_ACK, 1001, 5001, "abc");
        t.window = 100;
        talk(&t, S, TCP_ACK, 5001, 1004, "");
        talk(&t, C, TCP_ACK, 1004, 5001, "right..");
        static const char *const expected[] = {
            [STACK_LINUX] = "c[abc] c!tcp.beyond_window(7,3) c!tcp.overlap_replaced(3,7) c[right..]",
            [STACK_BSD] =
                "c[abcFALSE] c!tcp.overlap_conflict(3,5) c!tcp.beyond_window(2,8) c!tcp.overlap_replaced(8,2) c[..]",
            [STACK_WINDOWS] =
                "c[abcFALSE] c!tcp.overlap_conflict(3,5) c!tcp.beyond_window(2,8) c!tcp.overlap_replaced(8,2) c[..]",
        };
        assert_string_equal(talk_said(&t), expected[stack]);
        talk_end(&t);
    }
}

/* Bytes on a SYN count where the answer acknowledges them (TCP Fast Open); else they come again. */
static void data_on_a_syn(void **state)
{
    (void)state;
    talk_begin(&t);
    talk(&t, C, TCP_SYN, 1000, 0, "fast");
    assert_string_equal(talk_said(&t), "c!tcp.syn_data(4,0)");
    talk(&t, S, TCP_SYN | TCP_ACK, 5000, 1005, "");
    assert_string_equal(talk_said(&t), "c[fast]");
    talk_end(&t);
    talk_begin(&t);
    talk(&t, C, TCP_SYN, 1000, 0, "false");
    talk(&t, S, TCP_SYN | TCP_ACK, 5000, 1001, "greet");
    talk(&t, C, TCP_ACK, 1001, 5001, "right");
    talk(&t, S, TCP_ACK, 5001, 1006, "GREET");
    assert_string_equal(talk_said(&t), "c!tcp.syn_data(5,0) s!tcp.syn_data(5,0) c!tcp.overlap_replaced(0,5) c[right] "
                                       "s!tcp.overlap_replaced(0,5) s[GREET]");
    talk_end(&t);
}

/* One side of a capture only: there is nobody to ask. */
static void data_on_a_syn_of_one_side(void **state)
{
    (void)state;
    talk_begin(&t);
    talk(&t, C, TCP_SYN, 1000, 0, "fast");
    talk(&t, C, TCP_ACK, 1005, 5001, "er");
    talk_finish(&t);
    assert_string_equal(talk_said(&t), "c!tcp.syn_data(4,0) c[faster]");
    talk_end(&t);
}

static void low_ttl(void **state)
{
    (void)state;
    begin();
    put((struct packet){.ttl = 57}, 1001, "abc");
    put((struct packet){.ttl = 54}, 1004, "def"); /* another path */
    put((struct packet){.ttl = 3}, 1007, "ghi");
    assert_string_equal(talk_said(&t), "c[abcdef] c!tcp.low_ttl(3,57) c[ghi]");
    talk_end(&t);
}

/* RFC 5961: exactly where the receiver expects it, or it is none; who is right shows by who goes on. */
static void resets(void **state)
{
    (void)state;
    begin();
    talk(&t, C, TCP_ACK, 1001, 5001, "abc");
    talk(&t, C, TCP_RST, 1010, 0, "");
    assert_int_equal(tcp_stream_state(t.stream), TCP_STATE_RESET); /* something may be missing here */
    talk(&t, S, TCP_ACK, 5001, 1004, "");                          /* the challenge */
    assert_int_equal(tcp_stream_state(t.stream), TCP_STATE_ESTABLISHED);
    talk(&t, C, TCP_ACK, 1004, 5001, "def");
    assert_string_equal(talk_said(&t), "c[abc] c!tcp.reset_ignored(9,3) c[def]");
    assert_int_equal(tcp_stream_statistics(t.stream, C).ignored_resets, 1);
    talk(&t, C, TCP_RST, 1007, 0, "");
    talk(&t, S, TCP_ACK, 5001, 1007, "was under way");
    assert_int_equal(tcp_stream_state(t.stream), TCP_STATE_RESET);
    talk_finish(&t);
    assert_string_equal(talk_said(&t), "s[was under way] c#");
    talk_end(&t);
    begin(); /* what is missing before it was lost to us alone */
    talk(&t, C, TCP_ACK, 1001, 5001, "abc");
    talk(&t, C, TCP_RST, 1010, 0, "");
    talk(&t, S, TCP_ACK | TCP_FIN, 5001, 1010, "");
    talk_finish(&t);
    assert_int_equal(tcp_stream_state(t.stream), TCP_STATE_RESET);
    assert_string_equal(talk_said(&t), "c[abc] c-6 s. c#");
    talk_end(&t);
    begin();
    put((struct packet){.corrupt = true, .bad_checksum = true, .tcp = {.flags = TCP_RST}}, 1001, "");
    assert_int_equal(tcp_stream_state(t.stream), TCP_STATE_ESTABLISHED);
    talk_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_checksums),
        cmocka_unit_test(wrong_checksum_on_a_syn),
        cmocka_unit_test(half_open),
        cmocka_unit_test(acknowledged_all_the_same),
        cmocka_unit_test(never_acknowledged),
        cmocka_unit_test(checksums_never_right),
        cmocka_unit_test(old_timestamps),
        cmocka_unit_test(reordered_timestamps),
        cmocka_unit_test(no_acknowledgment),
        cmocka_unit_test(beyond_the_window),
        cmocka_unit_test(data_on_a_syn),
        cmocka_unit_test(data_on_a_syn_of_one_side),
        cmocka_unit_test(low_ttl),
        cmocka_unit_test(resets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
