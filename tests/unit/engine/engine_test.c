/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The engine as a whole, with its dissectors: time that passes without frames, whose frame it was, and the bytes of
 * conversations beside the records.
 */
#include "overhear/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SECOND = 1000000000, FRAME_SIZE = 1024, LINKTYPE_RAW = 101, LINKTYPE_ETHERNET = 1 };

static struct {
    struct engine *engine;
    struct moment now;
    size_t length;
    char said[4096];
} w;

static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    w.length += (size_t)vsnprintf(w.said + w.length, sizeof w.said - w.length, format, arguments);
    va_end(arguments);
    assert_true(w.length < sizeof w.said);
}

static const char *said(void)
{
    w.said[w.length > 0 ? w.length - 1 : 0] = '\0';
    w.length = 0;
    return w.said;
}

static void take_record(void *context, const struct record *record)
{
    (void)context;
    note("%llu:%s ", (unsigned long long)record->conversation->id, record->dataset->name);
}

static void tap_data(void *context, const struct conversation *conversation, enum side side, struct bytes data,
                     struct moment moment)
{
    (void)context;
    (void)moment;
    note("%llu%c<%zu> ", (unsigned long long)conversation->id, side == SIDE_CLIENT ? 'c' : 's', data.len);
}

static void tap_gap(void *context, const struct conversation *conversation, enum side side, uint64_t length)
{
    (void)context;
    (void)side;
    note("%llu<-%llu> ", (unsigned long long)conversation->id, (unsigned long long)length);
}

static void tap_swap(void *context, const struct conversation *conversation)
{
    (void)context;
    note("%llu<swap> ", (unsigned long long)conversation->id);
}

static void tap_end(void *context, const struct conversation *conversation, enum end_reason reason)
{
    (void)context;
    note("%llu<%s %d> ", (unsigned long long)conversation->id, conversation->protocol ? conversation->protocol : "-",
         (int)reason);
}

static const struct stream_tap TAP = {NULL, tap_data, tap_gap, tap_swap, tap_end};

static void begin(const struct stream_tap *tap)
{
    memset(&w, 0, sizeof w);
    const struct engine_options options = {.sink = {NULL, take_record}, .tap = tap};
    w.engine = engine_new(&options);
    assert_non_null(w.engine);
    w.now.time_ns = 1000 * (int64_t)SECOND;
}

static void give(const uint8_t *at, size_t length, uint16_t link_type)
{
    uint8_t *own = malloc(length); /* so that a sanitizer sees its end */
    memcpy(own, at, length);
    w.now.frame++;
    const struct frame frame = {
        .data = bytes_of(own, length),
        .moment = w.now,
        .wire_length = (uint32_t)length,
        .link_type = link_type,
        .time_digits = 6,
    };
    engine_frame(w.engine, &frame);
    free(own);
}

static size_t put_ip(uint8_t *at, uint8_t protocol, size_t content, unsigned from, unsigned to)
{
    const uint8_t header[20] = {0x45,
                                0,
                                (uint8_t)((content + 20) >> 8),
                                (uint8_t)(content + 20),
                                0,
                                0,
                                0,
                                0,
                                64,
                                protocol,
                                0,
                                0,
                                10,
                                0,
                                0,
                                (uint8_t)from,
                                10,
                                0,
                                0,
                                (uint8_t)to};
    memcpy(at, header, sizeof header);
    return sizeof header;
}

static size_t put_udp(uint8_t *at, unsigned from_port, unsigned to_port, const char *text, size_t length)
{
    const uint8_t header[8] = {(uint8_t)(from_port >> 8), (uint8_t)from_port,           (uint8_t)(to_port >> 8),
                               (uint8_t)to_port,          (uint8_t)((length + 8) >> 8), (uint8_t)(length + 8)};
    memcpy(at, header, sizeof header);
    memcpy(at + sizeof header, text, length);
    return sizeof header + length;
}

static void udp(unsigned from, unsigned from_port, unsigned to, unsigned to_port, const char *text, size_t length)
{
    uint8_t frame[FRAME_SIZE];
    size_t ip = put_ip(frame, 17, length + 8, from, to);
    give(frame, ip + put_udp(frame + ip, from_port, to_port, text, length), LINKTYPE_RAW);
}

static const char QUESTION[] = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01"
                               "a\x07"
                               "example\x00\x00\x01\x00\x01";

static void ask(unsigned port, char id)
{
    char question[sizeof QUESTION];
    memcpy(question, QUESTION, sizeof QUESTION);
    question[0] = id;
    udp(1, port, 2, 53, question, sizeof QUESTION - 1);
}

static void unanswered_questions_are_told(void **state)
{
    (void)state;
    begin(NULL);
    ask(4000, 1);
    w.now.time_ns += 100 * (int64_t)SECOND;
    ask(4000, 2); /* the conversation goes on, so that it does not end with the first question's wait */
    for (int i = 0; i < 20; i++)
        engine_idle(w.engine, w.now.time_ns += SECOND);
    assert_string_equal(said(), "");
    engine_idle(w.engine, w.now.time_ns += SECOND / 10);
    assert_string_equal(said(), "1:dns");
    engine_idle(w.engine, w.now.time_ns += 99 * (int64_t)SECOND);
    assert_string_equal(said(), "");
    engine_idle(w.engine, w.now.time_ns += SECOND);
    assert_string_equal(said(), "1:dns 1:flow");
    struct engine_statistics statistics;
    engine_statistics(w.engine, &statistics);
    assert_int_equal(statistics.last_ns, 1100 * (int64_t)SECOND); /* the last frame's time stays what it was */
    assert_int_equal(statistics.conversations_ended, 1);
    assert_int_equal(statistics.untracked, 0);
    engine_finish(w.engine);
    assert_string_equal(said(), "");
    engine_free(w.engine);
}

static void whose_frame_it_was(void **state)
{
    (void)state;
    uint8_t frame[FRAME_SIZE] = {0};
    begin(NULL);
    assert_null(engine_conversation(w.engine));
    ask(4000, 1);
    const struct conversation *conversation = engine_conversation(w.engine);
    assert_int_equal(conversation->id, 1);
    assert_string_equal(conversation->protocol, "dns");
    udp(1, 4001, 2, 4002, "?", 1);
    assert_int_equal(engine_conversation(w.engine)->id, 2);
    assert_null(engine_conversation(w.engine)->protocol);

    /* ICMP: port unreachable, about the first one */
    char question[sizeof QUESTION];
    memcpy(question, QUESTION, sizeof QUESTION);
    uint8_t icmp[FRAME_SIZE] = {3, 3};
    size_t quoted = put_ip(icmp + 8, 17, sizeof QUESTION + 7, 1, 2);
    quoted += put_udp(icmp + 8 + quoted, 4000, 53, question, sizeof QUESTION - 1);
    size_t ip = put_ip(frame, 1, 8 + quoted, 2, 1);
    memcpy(frame + ip, icmp, 8 + quoted);
    give(frame, ip + 8 + quoted, LINKTYPE_RAW);
    assert_int_equal(engine_conversation(w.engine)->id, 1);
    assert_string_equal(said(), "1:dns");

    memset(frame, 0, sizeof frame); /* no IP in it */
    give(frame, 60, LINKTYPE_ETHERNET);
    assert_null(engine_conversation(w.engine));
    ask(4000, 2);
    assert_non_null(engine_conversation(w.engine));
    engine_idle(w.engine, w.now.time_ns + SECOND);
    assert_null(engine_conversation(w.engine));
    ask(4000, 3);
    engine_finish(w.engine);
    assert_null(engine_conversation(w.engine));
    engine_free(w.engine);
}

/* What one side says is told before what it means, and the end before the flow record. */
static void bytes_beside_the_records(void **state)
{
    (void)state;
    char answer[sizeof QUESTION];
    begin(&TAP);
    ask(4000, 1);
    memcpy(answer, QUESTION, sizeof QUESTION);
    answer[0] = 1;
    answer[2] = (char)0x81;
    answer[3] = (char)0x83;
    udp(2, 53, 1, 4000, answer, sizeof QUESTION - 1);
    assert_string_equal(said(), "1c<27> 1s<27> 1:dns");
    udp(2, 6000, 1, 4000, answer, sizeof QUESTION - 1);
    engine_finish(w.engine);
    assert_string_equal(said(), "2c<27> 2:dns 2<swap> 1<dns 4> 1:flow 2<dns 4> 2:flow");
    engine_free(w.engine);
}

/* Nothing is to be computed that does not fit; who waits for an answer goes on waiting, or is told. */
static void wild_times(void **state)
{
    (void)state;
    static const int64_t times[] = {INT64_MAX / 2, INT64_MIN / 2, 0, -1, INT64_MAX / 2 - 1, INT64_MIN / 2 + 1};
    begin(NULL);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        for (int n = 0; n < LIMIT_CLOCK_BACK_FRAMES + 2; n++) {
            w.now.time_ns = times[i];
            ask(4000, (char)n);
            ask(4000 + (unsigned)i, (char)n);
            engine_idle(w.engine, times[(i + (size_t)n) % (sizeof times / sizeof *times)]);
            w.length = 0;
        }
    }
    engine_finish(w.engine);
    engine_free(w.engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unanswered_questions_are_told),
        cmocka_unit_test(whose_frame_it_was),
        cmocka_unit_test(bytes_beside_the_records),
        cmocka_unit_test(wild_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
