/* SPDX-License-Identifier: BSD-3-Clause */
#include "talk.h"

static struct talk longer, shorter;

static void both(enum side side, unsigned flags, uint32_t sequence, uint32_t acknowledgment, const char *text)
{
    talk(&longer, side, flags, sequence, acknowledgment, text);
    talk(&shorter, side, flags, sequence, acknowledgment, text);
}

static void both_begin(void)
{
    talk_begin(&longer);
    talk_begin(&shorter);
    shorter.by_calm = true;
}

static void both_end(void)
{
    static char expected[LOG_SIZE];
    for (int side = 0; side < 2; side++) {
        struct tcp_side_statistics a = tcp_stream_statistics(longer.stream, (enum side)side);
        struct tcp_side_statistics b = tcp_stream_statistics(shorter.stream, (enum side)side);
        /* without the padding behind the last of them */
        assert_memory_equal(&a, &b, offsetof(struct tcp_side_statistics, ignored_resets) + sizeof a.ignored_resets);
    }
    assert_int_equal(tcp_stream_state(longer.stream), tcp_stream_state(shorter.stream));
    assert_int_equal(tcp_stream_rtt(longer.stream), tcp_stream_rtt(shorter.stream));
    talk_finish(&longer);
    talk_finish(&shorter);
    strcpy(expected, talk_said(&longer));
    assert_string_equal(talk_said(&shorter), expected);
    talk_end(&longer);
    talk_end(&shorter);
}

static void takes_what_comes_in_order(void **state)
{
    (void)state;
    talk_begin(&shorter);
    shorter.by_calm = true;
    talk_handshake(&shorter);
    assert_int_equal(shorter.calm, 0); /* the handshake ends with the acknowledgment */
    talk(&shorter, C, TCP_ACK, 1001, 5001, "ask");
    talk(&shorter, S, TCP_ACK, 5001, 1004, "");
    talk(&shorter, S, TCP_ACK | TCP_PSH, 5001, 1004, "answer");
    assert_int_equal(shorter.calm, 3);
    assert_string_equal(talk_said(&shorter), "c[ask] s[answer]");
    talk(&shorter, S, TCP_ACK | TCP_FIN, 5007, 1004, "");
    talk(&shorter, C, TCP_ACK, 1004, 5008, "more");
    assert_int_equal(shorter.calm, 3);
    assert_string_equal(talk_said(&shorter), "s. c[more]");
    talk_end(&shorter);
}

static uint32_t random_state;

static uint32_t below(uint32_t bound)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % bound;
}

/* What a sender may do to either side at a moment: mostly the next bytes, at times something odd. */
static void say_something(uint32_t next[2])
{
    static const char *const words[] = {"", "a", "bc", "def", "ghijklmnopqrstuvwxyz0123456789"};
    enum side side = below(2) ? C : S, other = side_other(side);
    const char *word = words[below(5)];
    uint32_t length = (uint32_t)strlen(word), acknowledgment = next[other], sequence = next[side];
    unsigned flags = TCP_ACK;
    longer.window = shorter.window = 8192;
    longer.cut = shorter.cut = 0;
    switch (below(40)) {
    case 0: /* again, perhaps with other content, or a keep-alive */
        both(side, flags, sequence - below(5), acknowledgment, word);
        return;
    case 1: /* a hole, perhaps filled later */
        next[side] += 1 + below(3);
        return;
    case 2:
        acknowledgment += below(6);
        break;
    case 3:
        acknowledgment -= below(6);
        break;
    case 4:
        longer.cut = shorter.cut = length / 2;
        break;
    case 5:
        longer.window = shorter.window = 0;
        break;
    case 6: /* before its place, and then at it */
        both(side, flags, sequence + 2, acknowledgment, "late");
        return;
    case 7:
        flags = below(4) ? TCP_ACK | TCP_PSH : TCP_ACK | TCP_URG;
        break;
    case 8:
        flags = below(6) ? 0 : below(2) ? TCP_ACK | TCP_FIN : TCP_RST;
        break;
    default:
        break;
    }
    both(side, flags, sequence, acknowledgment, word);
    next[side] += length;
}

static void makes_no_difference(void **state)
{
    (void)state;
    uint64_t calm = 0, packs = 0, summaries = 0;
    for (uint32_t seed = 1; seed <= 400; seed++) {
        uint32_t next[2] = {1001, 5001};
        random_state = seed;
        both_begin();
        shorter.by_pack = seed % 2;
        if (seed % 4 != 0) {
            both(C, TCP_SYN, 1000, 0, "");
            both(S, TCP_SYN | TCP_ACK, 5000, 1001, "");
            both(C, TCP_ACK, 1001, 5001, "");
        }
        for (int i = 0; i < 120; i++)
            say_something(next);
        calm += shorter.calm;
        packs += shorter.packs;
        summaries += shorter.summaries;
        both_end();
    }
    assert_true(calm > 5000);
    assert_true(packs > 1000); /* only where everything was acknowledged */
    assert_true(summaries > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_comes_in_order),
        cmocka_unit_test(makes_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
