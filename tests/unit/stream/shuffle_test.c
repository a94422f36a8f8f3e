/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The same talk, captured in another order, is the same talk.
 */
#include "talk.h"

enum { SEGMENTS = 400, WINDOW = 8, ROUNDS = 300 };

struct segment {
    enum side side;
    unsigned flags;
    uint32_t sequence, acknowledgment;
    size_t from, length; /* of the side's text */
    uint32_t place;      /* in the capture */
};

struct script {
    struct segment segments[3 * SEGMENTS];
    size_t count;
    char text[2][SEGMENTS * 64];
    char expected[LOG_SIZE];
};

static struct talk t;
static struct script script;

static uint32_t dice(uint64_t *seed, uint32_t sides)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (uint32_t)(*seed >> 33) % sides;
}

static void add(enum side side, unsigned flags, const uint32_t next[2], size_t from, size_t length)
{
    script.segments[script.count++] = (struct segment){
        .side = side,
        .flags = flags,
        .sequence = next[side],
        .acknowledgment = flags & TCP_ACK ? next[side_other(side)] : 0,
        .from = from,
        .length = length,
    };
}

/* Turns of one to six segments; now and then the listener acknowledges in between. */
static void write_script(uint64_t *seed, bool handshake)
{
    uint32_t next[2] = {0xffffff00u + dice(seed, 512), dice(seed, 0xffffff)};
    size_t used[2] = {0, 0}, written = 0;
    memset(&script, 0, sizeof script);
    if (handshake) {
        add(C, TCP_SYN, next, 0, 0);
        next[C]++;
        add(S, TCP_SYN | TCP_ACK, next, 0, 0);
        next[S]++;
        add(C, TCP_ACK, next, 0, 0);
    }
    enum side speaker = dice(seed, 2) ? C : S;
    for (int turn = 0; turn < 24; turn++, speaker = side_other(speaker)) {
        char letter = (char)((speaker == C ? 'a' : 'A') + turn);
        written += (size_t)sprintf(script.expected + written, "%s%c[", turn ? "] " : "", speaker == C ? 'c' : 's');
        for (uint32_t left = 1 + dice(seed, 6); left > 0; left--) {
            size_t length = 1 + dice(seed, 20), from = used[speaker];
            memset(script.text[speaker] + from, letter, length);
            memset(script.expected + written, letter, length);
            written += length;
            used[speaker] += length;
            add(speaker, TCP_ACK, next, from, length);
            next[speaker] += (uint32_t)length;
            if (dice(seed, 3) == 0)
                add(side_other(speaker), TCP_ACK, next, 0, 0);
        }
    }
    sprintf(script.expected + written, "] c. s.");
    add(C, TCP_ACK | TCP_FIN, next, 0, 0);
    next[C]++;
    add(S, TCP_ACK | TCP_FIN, next, 0, 0);
    next[S]++;
    add(C, TCP_ACK, next, 0, 0);
}

static int by_place(const void *a, const void *b)
{
    const struct segment *one = a, *two = b;
    return one->place < two->place ? -1 : one->place > two->place;
}

/* Nobody moves by more than WINDOW frames; one in five comes twice. */
static void shuffle(uint64_t *seed)
{
    size_t count = script.count;
    for (size_t i = 0; i < count; i++) {
        struct segment copy = script.segments[i];
        script.segments[i].place = (uint32_t)(i + dice(seed, WINDOW)) * 2;
        if (dice(seed, 5) > 0)
            continue;
        copy.place = (uint32_t)(i + dice(seed, WINDOW)) * 2 + 1;
        script.segments[script.count++] = copy;
    }
    for (size_t i = 0; i < script.count; i++)
        script.segments[i].place = script.segments[i].place << 12 | (uint32_t)i;
    qsort(script.segments, script.count, sizeof *script.segments, by_place);
}

static void play(void)
{
    talk_begin(&t);
    for (size_t i = 0; i < script.count; i++) {
        const struct segment *s = &script.segments[i];
        talk_bytes(&t, s->side, s->flags, s->sequence, s->acknowledgment, script.text[s->side] + s->from, s->length);
    }
    talk_finish(&t);
    assert_string_equal(talk_said(&t), script.expected);
    for (int side = 0; side < 2; side++) {
        struct tcp_side_statistics own = tcp_stream_statistics(t.stream, (enum side)side);
        assert_int_equal(own.gap, 0);
        assert_int_equal(own.over_limit, 0);
        assert_int_equal(own.ignored_resets, 0);
    }
    assert_int_equal(tcp_stream_state(t.stream), TCP_STATE_CLOSED);
    talk_end(&t);
}

static void as_it_was_said(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        uint64_t random = seed * 0x9e3779b97f4a7c15;
        write_script(&random, seed % 3 > 0);
        play();
    }
}

static void in_another_order(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        uint64_t random = seed * 0x9e3779b97f4a7c15;
        write_script(&random, seed % 3 > 0);
        shuffle(&random);
        play();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_it_was_said),
        cmocka_unit_test(in_another_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
