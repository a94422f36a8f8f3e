/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A connection for tests: segments go in by hand, and what comes out is written down as one line.
 *
 *     c[hello]  bytes of the client (neighbouring pieces are joined)     s-5   five bytes of the server are lost
 *     c.        the client has ended      s#  the server has reset       c!tcp.urgent(4,0)  an anomaly
 */
#ifndef TESTS_STREAM_TALK_H
#define TESTS_STREAM_TALK_H

#include "stream/tcp.h"
#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h> /* after those that it needs */

enum { LOG_SIZE = 1 << 21 };

static const enum side C = SIDE_CLIENT, S = SIDE_SERVER;

struct talk {
    struct budget budget;
    struct tcp_stream *stream;
    struct moment now;
    uint16_t window;
    uint16_t urgent;
    bool by_calm;  /* tcp_stream_take is asked first */
    uint64_t calm; /* segments that it took */
    bool by_pack;  /* after each segment it is packed and unpacked */
    uint64_t packs;
    uint64_t summaries; /* of them, those that could be had without unpacking */
    uint32_t cut;       /* bytes of each payload that the snap length took */
    bool open;          /* the log ends inside brackets of side `last` */
    enum side last;
    size_t length;
    char log[LOG_SIZE];
};

static inline void talk_log(struct talk *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline void talk_log(struct talk *t, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    t->length += (size_t)vsnprintf(t->log + t->length, sizeof t->log - t->length, format, arguments);
    va_end(arguments);
    assert_true(t->length < sizeof t->log);
}

static inline void talk_close(struct talk *t)
{
    if (t->open)
        talk_log(t, "] ");
    t->open = false;
}

static inline void talk_data(struct talk *t, enum side side, struct bytes data)
{
    if (!t->open || t->last != side)
        talk_close(t);
    if (!t->open)
        talk_log(t, "%c[", side == SIDE_CLIENT ? 'c' : 's');
    t->open = true;
    t->last = side;
    talk_log(t, "%.*s", (int)data.len, (const char *)data.at);
}

static inline void talk_pull(struct talk *t)
{
    struct tcp_delivery d;
    while (tcp_stream_next(t->stream, &d)) {
        char who = d.side == SIDE_CLIENT ? 'c' : 's';
        if (d.kind != TCP_DATA)
            talk_close(t);
        switch (d.kind) {
        case TCP_DATA:
            talk_data(t, d.side, d.data);
            break;
        case TCP_GAP:
            talk_log(t, "%c-%llu ", who, (unsigned long long)d.length);
            break;
        case TCP_LAST:
            talk_log(t, "%c? ", who);
            break;
        case TCP_SIDE_END:
            talk_log(t, "%c. ", who);
            break;
        case TCP_RESET:
            talk_log(t, "%c# ", who);
            break;
        case TCP_ANOMALY:
            talk_log(t, "%c!%s(%llu,%llu) ", who, anomaly_name(d.anomaly), (unsigned long long)d.a,
                     (unsigned long long)d.b);
            break;
        }
    }
    struct tcp_side_statistics c = tcp_stream_statistics(t->stream, SIDE_CLIENT),
                               s = tcp_stream_statistics(t->stream, SIDE_SERVER);
    assert_int_equal(c.seen, c.delivered + c.duplicate + c.over_limit + c.waiting);
    assert_int_equal(s.seen, s.delivered + s.duplicate + s.over_limit + s.waiting);
}

static inline void talk_same_summary(struct tcp_summary a, struct tcp_summary b)
{
    const size_t size = offsetof(struct tcp_side_statistics, ignored_resets) + sizeof a.sides->ignored_resets;
    assert_int_equal(a.state, b.state);
    assert_int_equal(a.rtt_ns, b.rtt_ns);
    assert_memory_equal(&a.sides[0], &b.sides[0], size);
    assert_memory_equal(&a.sides[1], &b.sides[1], size);
}

/* What a packed stream says of itself is what it would say if it were unpacked, and finished. */
static inline void talk_summary(struct talk *t, const uint64_t *words, size_t count)
{
    struct tcp_delivery d;
    if (!tcp_stream_is_settled(t->stream))
        return;
    t->summaries++;
    struct tcp_stream *copy = malloc(tcp_stream_size());
    assert_true(tcp_stream_unpack(copy, &t->budget, t->now, words, count, false));
    tcp_stream_finish(copy);
    while (tcp_stream_next(copy, &d))
        assert_int_equal(d.kind, TCP_RESET);
    talk_same_summary(tcp_stream_packed_summary(words, tcp_stream_state(t->stream)), tcp_stream_summary(copy));
    tcp_stream_done(copy);
    free(copy);
}

static inline void talk_pack(struct talk *t)
{
    uint64_t words[200];
    const size_t count = tcp_stream_pack(t->stream, t->now, words, sizeof words / sizeof *words);
    if (count == 0)
        return;
    t->packs++;
    talk_summary(t, words, count);
    tcp_stream_done(t->stream);
    memset(t->stream, '?', tcp_stream_size());
    assert_true(tcp_stream_unpack(t->stream, &t->budget, t->now, words, count, true));
}

static inline void talk_begin(struct talk *t)
{
    memset(t, 0, sizeof *t);
    budget_init(&t->budget, 0);
    t->stream = tcp_stream_new(&t->budget);
    t->window = 8192;
    assert_non_null(t->stream);
}

/* One segment, a millisecond after the last. The payload is overwritten afterwards: nothing may be borrowed longer. */
static inline void talk_bytes(struct talk *t, enum side side, unsigned flags, uint32_t sequence,
                              uint32_t acknowledgment, const void *data, size_t length)
{
    static uint8_t payload[65536];
    assert_true(length <= sizeof payload);
    if (length > 0)
        memcpy(payload, data, length);
    t->now.frame++;
    t->now.time_ns += 1000000;
    struct packet packet = {.moment = t->now, .transport = TRANSPORT_TCP, .payload_length = (uint32_t)length};
    packet.payload = bytes_of(payload, length > t->cut ? length - t->cut : 0);
    packet.tcp.sequence = sequence;
    packet.tcp.acknowledgment = acknowledgment;
    packet.tcp.flags = (uint8_t)flags;
    packet.tcp.window = t->window;
    packet.tcp.urgent = t->urgent;
    packet.tcp.window_shift = 0xff;
    if (t->by_calm && tcp_stream_take(t->stream, side, &packet)) {
        t->calm++;
        if (length > 0)
            talk_data(t, side, packet.payload);
    } else {
        tcp_stream_segment(t->stream, side, &packet);
        talk_pull(t);
    }
    memset(payload, '?', length);
    if (t->by_pack)
        talk_pack(t);
}

static inline void talk(struct talk *t, enum side side, unsigned flags, uint32_t sequence, uint32_t acknowledgment,
                        const char *text)
{
    talk_bytes(t, side, flags, sequence, acknowledgment, text, strlen(text));
}

/* SYN, SYN|ACK, ACK: the client's bytes begin at 1001, the server's at 5001. */
static inline void talk_handshake(struct talk *t)
{
    talk(t, SIDE_CLIENT, TCP_SYN, 1000, 0, "");
    talk(t, SIDE_SERVER, TCP_SYN | TCP_ACK, 5000, 1001, "");
    talk(t, SIDE_CLIENT, TCP_ACK, 1001, 5001, "");
}

/* So many pure acknowledgments of the client, to let patience run out. */
static inline void talk_idle(struct talk *t, int frames, uint32_t sequence, uint32_t acknowledgment)
{
    for (int i = 0; i < frames; i++)
        talk(t, SIDE_CLIENT, TCP_ACK, sequence, acknowledgment, "");
}

/* The whole line so far. */
static inline const char *talk_said(struct talk *t)
{
    talk_close(t);
    if (t->length > 0 && t->log[t->length - 1] == ' ')
        t->log[--t->length] = 0;
    t->log[t->length] = 0;
    char *log = t->log;
    t->length = 0;
    return log;
}

static inline void talk_finish(struct talk *t)
{
    tcp_stream_finish(t->stream);
    talk_pull(t);
    assert_int_equal(tcp_stream_statistics(t->stream, SIDE_CLIENT).waiting, 0);
    assert_int_equal(tcp_stream_statistics(t->stream, SIDE_SERVER).waiting, 0);
}

static inline void talk_end(struct talk *t)
{
    tcp_stream_free(t->stream);
    assert_int_equal(t->budget.used, 0);
}

#endif
