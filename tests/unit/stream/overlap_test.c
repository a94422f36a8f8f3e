/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Two and three segments that disagree, behind a hole: what each host reads. tests/live/stack.py holds the rows of
 * Linux against the kernel; tests/adversarial has all relations that two intervals can have.
 */
#include "talk.h"

static struct talk t;

/* A segment of the same letter over and over. Places count from the first byte behind a hole of one byte. */
struct part {
    uint32_t from, to;
};

static void send_part(struct part part, char letter)
{
    char text[64];
    memset(text, letter, sizeof text);
    talk_bytes(&t, C, TCP_ACK, 1002 + part.from, 5001, text, part.to - part.from);
}

/* What is read once the hole is filled, without the byte of the hole; and every byte is in the books. */
static void reads(enum host_stack stack, struct part a, struct part b, struct part c, const char *expected)
{
    talk_begin(&t);
    tcp_stream_set_stack(t.stream, stack);
    talk_handshake(&t);
    t.by_pack = true;
    send_part(a, 'A');
    send_part(b, 'B');
    if (c.to > 0)
        send_part(c, 'C');
    (void)talk_said(&t); /* the anomalies */
    talk(&t, C, TCP_ACK, 1001, 5001, "-");
    char line[80];
    snprintf(line, sizeof line, "c[-%s]", expected);
    assert_string_equal(talk_said(&t), line);
    struct tcp_side_statistics side = tcp_stream_statistics(t.stream, C);
    assert_int_equal(side.seen, 1 + a.to - a.from + b.to - b.from + c.to - c.from);
    assert_int_equal(side.delivered, strlen(expected) + 1);
    assert_int_equal(side.duplicate, side.seen - side.delivered);
    talk_end(&t);
}

static const struct part nothing = {0, 0};

static void two_segments(void **state)
{
    (void)state;
    static const struct {
        struct part a, b;
        const char *on_linux, *on_bsd, *on_windows;
    } rows[] = {
        {{0, 4}, {0, 4}, "AAAA", "AAAA", "AAAA"},       /* equals */
        {{0, 2}, {0, 4}, "BBBB", "AABB", "AABB"},       /* starts */
        {{0, 4}, {0, 2}, "AAAA", "AAAA", "AAAA"},       /* started by */
        {{0, 4}, {2, 6}, "AAAABB", "AAAABB", "AAAABB"}, /* overlaps */
        {{2, 6}, {0, 4}, "BBBBAA", "BBBBAA", "BBAAAA"}, /* overlapped by */
        {{2, 4}, {0, 6}, "BBBBBB", "BBBBBB", "BBAABB"}, /* during */
        {{0, 6}, {2, 4}, "AAAAAA", "AAAAAA", "AAAAAA"}, /* contains */
        {{2, 4}, {0, 4}, "BBBB", "BBBB", "BBAA"},       /* finishes */
        {{0, 4}, {2, 4}, "AAAA", "AAAA", "AAAA"},       /* finished by */
        {{0, 2}, {2, 4}, "AABB", "AABB", "AABB"},       /* meets */
        {{2, 4}, {0, 2}, "BBAA", "BBAA", "BBAA"},       /* met by */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        reads(STACK_LINUX, rows[i].a, rows[i].b, nothing, rows[i].on_linux);
        reads(STACK_BSD, rows[i].a, rows[i].b, nothing, rows[i].on_bsd);
        reads(STACK_WINDOWS, rows[i].a, rows[i].b, nothing, rows[i].on_windows);
    }
}

/* Where two do not tell what happens to three. */
static void three_segments(void **state)
{
    (void)state;
    static const struct {
        struct part a, b, c;
        const char *on_linux, *on_bsd, *on_windows;
    } rows[] = {
        {{0, 2}, {2, 4}, {2, 6}, "AABBCC", "AABBCC", "AABBCC"}, /* b was joined to a */
        {{2, 4}, {0, 2}, {2, 6}, "BBCCCC", "BBAACC", "BBAACC"}, /* a was not joined to b */
        {{1, 4}, {0, 3}, {3, 5}, "BBBAC", "BBBAC", "BAAAC"},    /* c does not meet b on its way */
        {{0, 3}, {1, 5}, {3, 4}, "AAACB", "AAABB", "AAABB"},    /* c meets a first, and is joined to it */
        {{0, 2}, {4, 6}, {1, 7}, "AACCCCC", "AACCCCC", "AACCBBC"},
        {{2, 3}, {0, 5}, {1, 6}, "BBBBBC", "BBBBBC", "BBABBC"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        reads(STACK_LINUX, rows[i].a, rows[i].b, rows[i].c, rows[i].on_linux);
        reads(STACK_BSD, rows[i].a, rows[i].b, rows[i].c, rows[i].on_bsd);
        reads(STACK_WINDOWS, rows[i].a, rows[i].b, rows[i].c, rows[i].on_windows);
    }
}

/* Who is replaced and by how much is told, once a segment and way. */
static void what_is_told(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    send_part((struct part){0, 4}, 'A');
    send_part((struct part){6, 8}, 'B');
    send_part((struct part){2, 10}, 'C');
    assert_string_equal(talk_said(&t), "c!tcp.overlap_conflict(3,2) c!tcp.overlap_replaced(7,2)");
    talk(&t, C, TCP_ACK, 1001, 5001, "-");
    assert_string_equal(talk_said(&t), "c[-AAAACCCCCC]");
    talk_end(&t);
}

/* Bytes that agree keep the moment in which they came first, and nothing is told. */
static void what_agrees_stays(void **state)
{
    (void)state;
    struct tcp_delivery d;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, C, TCP_ACK, 1004, 5001, "def"); /* frame 4 */
    struct packet packet = {.moment = {5, 0}, .transport = TRANSPORT_TCP, .payload_length = 5};
    packet.payload = bytes_of("abcde", 5);
    packet.tcp.sequence = 1001;
    packet.tcp.acknowledgment = 5001;
    packet.tcp.flags = TCP_ACK;
    tcp_stream_segment(t.stream, C, &packet);
    const struct {
        uint64_t length, frame;
    } expected[] = {{3, 5}, {2, 4}, {1, 4}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_true(tcp_stream_next(t.stream, &d));
        assert_int_equal(d.kind, TCP_DATA);
        assert_int_equal(d.length, expected[i].length);
        assert_int_equal(d.moment.frame, expected[i].frame);
    }
    assert_false(tcp_stream_next(t.stream, &d));
    talk_end(&t);
}

/* What the snap length took cannot take the place of bytes that are there. */
static void cut_bytes_replace_nothing(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    send_part((struct part){2, 6}, 'A');
    t.cut = 4;
    send_part((struct part){0, 8}, 'B');
    t.cut = 0;
    assert_string_equal(talk_said(&t), "c!tcp.overlap_replaced(3,2)");
    talk(&t, C, TCP_ACK, 1001, 5001, "-");
    assert_string_equal(talk_said(&t), "c[-BBBBAA] c-2");
    talk_end(&t);
}

/* What waits for the other side's bytes was received all the same. */
static void received_but_not_said(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, C, TCP_ACK, 1001, 5003, "abc"); /* two bytes of the server are missing here */
    talk(&t, C, TCP_ACK, 1001, 5003, "ABCDEF");
    assert_string_equal(talk_said(&t), "c!tcp.overlap_conflict(0,3)");
    talk(&t, S, TCP_ACK, 5001, 1001, "ok");
    assert_string_equal(talk_said(&t), "s[ok] c[abcDEF]");
    talk_end(&t);
}

/* However it is cut: against the bytes themselves, until they are acknowledged. */
static void again_with_other_content(void **state)
{
    (void)state;
    talk_begin(&t);
    talk_handshake(&t);
    talk(&t, C, TCP_ACK, 1001, 5001, "abcd");
    talk(&t, C, TCP_ACK, 1005, 5001, "efgh");
    talk(&t, C, TCP_ACK, 1003, 5001, "cdXf");
    talk(&t, C, TCP_ACK, 1001, 5001, "abcdefghij");
    talk(&t, C, TCP_ACK, 1010, 5001, "YZ");
    assert_string_equal(talk_said(&t), "c[abcdefgh] c!tcp.overlap_conflict(4,1) c[ij] "
                                       "c!tcp.overlap_conflict(9,1) c[Z]");
    talk(&t, S, TCP_ACK, 5001, 1009, "");
    talk(&t, C, TCP_ACK, 1003, 5001, "cdXf"); /* it has made its choice */
    talk(&t, C, TCP_ACK, 1005, 5001, "EFGH"); /* the range of a segment is compared for longer */
    talk(&t, C, TCP_ACK, 1008, 5001, "XXJ");  /* what was acknowledged, and a byte that was not */
    assert_string_equal(talk_said(&t), "c!tcp.overlap_conflict(4,4) c!tcp.overlap_conflict(8,2)");
    talk_end(&t);
}

/* Of a long segment the end, and across the place where the memory begins anew. */
static void recent_bytes(void **state)
{
    (void)state;
    static char bulk[1500];
    memset(bulk, 'b', sizeof bulk);
    talk_begin(&t);
    talk_handshake(&t);
    for (uint32_t i = 0; i < 4; i++)
        talk_bytes(&t, C, TCP_ACK, 1001 + i * 1500, 5001, bulk, sizeof bulk);
    (void)talk_said(&t);
    const uint32_t end = 1001 + 4 * 1500;
    talk_bytes(&t, C, TCP_ACK, end - LIMIT_TCP_RECENT_BYTES, 5001, bulk, 1000);
    assert_string_equal(talk_said(&t), "");
    bulk[0] = 'X';
    talk_bytes(&t, C, TCP_ACK, end - LIMIT_TCP_RECENT_BYTES - 1, 5001, bulk, 1000); /* no longer known */
    assert_string_equal(talk_said(&t), "");
    talk_bytes(&t, C, TCP_ACK, end - LIMIT_TCP_RECENT_BYTES, 5001, bulk, 1000);
    assert_string_equal(talk_said(&t), "c!tcp.overlap_conflict(4976,1)");
    talk_end(&t);
}

/* An end that waits behind a hole, and data over it. */
static void end_overruled(void **state)
{
    (void)state;
    static const char *const expected[] = {
        [STACK_LINUX] = "c!tcp.end_overruled(3,3) c[abcdef]",
        [STACK_BSD] = "c!tcp.data_after_fin(3,0) c[abc] c.",
        [STACK_WINDOWS] = "c!tcp.data_after_fin(3,0) c[abc] c.",
    };
    for (int stack = STACK_LINUX; stack <= STACK_WINDOWS; stack++) {
        talk_begin(&t);
        tcp_stream_set_stack(t.stream, (enum host_stack)stack);
        talk_handshake(&t);
        talk(&t, C, TCP_ACK | TCP_FIN, 1004, 5001, "");
        talk(&t, C, TCP_ACK, 1004, 5001, "def");
        talk(&t, C, TCP_ACK, 1001, 5001, "abc");
        assert_string_equal(talk_said(&t), expected[stack]);
        talk_end(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_segments),
        cmocka_unit_test(three_segments),
        cmocka_unit_test(what_is_told),
        cmocka_unit_test(what_agrees_stays),
        cmocka_unit_test(cut_bytes_replace_nothing),
        cmocka_unit_test(received_but_not_said),
        cmocka_unit_test(again_with_other_content),
        cmocka_unit_test(recent_bytes),
        cmocka_unit_test(end_overruled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
