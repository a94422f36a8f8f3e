/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A session floor that only writes down what it is told, and packets for the flow floor above it.
 */
#ifndef OVERHEAR_TESTS_FLOW_FLOOR_H
#define OVERHEAR_TESTS_FLOW_FLOOR_H

#include "flow/table.h"
#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h> /* after those that it needs */

enum { LOG_SIZE = 1 << 16, SECOND = 1000000000 };

static struct {
    struct budget budget;
    struct session_shared shared;
    struct flow_table *table;
    struct moment now;
    bool quiet;
    uint64_t ticks, records_a_tick;
    bool wants_swap; /* the next bytes say that the roles are wrong */
    bool is_amidst;  /* of what was said, something is missing */
    uint64_t unrecognised;
    const char *protocol; /* of who speaks */
    bool rests;           /* nothing is ever open */
    bool folds;           /* and what may be folded is, after every packet */
    uint64_t records, anomalies;
    uint64_t last_id;
    size_t length;
    char log[LOG_SIZE];
    char record[1024];
} w;

static inline void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

static inline void note(const char *format, ...)
{
    va_list arguments;
    if (w.quiet)
        return;
    va_start(arguments, format);
    w.length += (size_t)vsnprintf(w.log + w.length, sizeof w.log - w.length, format, arguments);
    va_end(arguments);
    assert_true(w.length < sizeof w.log);
}

static inline const char *said(void)
{
    if (w.length > 0 && w.log[w.length - 1] == ' ')
        w.length--;
    w.log[w.length] = 0;
    w.length = 0;
    return w.log;
}

static inline char letter(enum side side)
{
    return side == SIDE_CLIENT ? 'c' : 's';
}

/* The session floor. */

void session_init(struct session *session, struct session_shared *shared, struct conversation *conversation)
{
    *session = (struct session){.shared = shared, .conversation = conversation};
}

void session_opened(struct session_shared *shared, const struct conversation *conversation)
{
    (void)shared;
    assert_int_equal(conversation->first.frame, w.now.frame);
}

bool session_rest(struct session *session)
{
    return w.rests || (session->conversation->transport == TRANSPORT_TCP && !session->state);
}

bool session_wake(struct session *session)
{
    (void)session;
    return true;
}

static inline void hear(struct session *session, enum side side, struct bytes data)
{
    assert_true(session->shared->moment.frame == w.now.frame);
    note("%llu%c[%.*s] ", (unsigned long long)session->conversation->id, letter(side), (int)data.len,
         (const char *)data.at);
    session->unrecognised += w.unrecognised;
    if (w.protocol)
        session->conversation->protocol = w.protocol;
}

void session_datagram(struct session *session, enum side side, struct bytes data, uint64_t length, struct moment moment)
{
    assert_true(length >= data.len);
    assert_int_equal(moment.frame, w.now.frame);
    hear(session, side, data);
}

void session_data(struct session *session, enum side side, struct bytes data, struct moment moment)
{
    assert_true(moment.frame <= w.now.frame);
    hear(session, side, data);
}

void session_gap(struct session *session, enum side side, uint64_t length)
{
    note("%llu%c-%llu ", (unsigned long long)session->conversation->id, letter(side), (unsigned long long)length);
}

bool session_is_amidst(const struct session *session, enum side side)
{
    (void)session;
    (void)side;
    return w.is_amidst;
}

void session_side_end(struct session *session, enum side side, struct moment moment)
{
    (void)moment;
    note("%llu%c. ", (unsigned long long)session->conversation->id, letter(side));
}

void session_icmp_error(struct session *session, const struct icmp_error *error, uint8_t family)
{
    note("%llu:icmp%u(%u,%u) ", (unsigned long long)session->conversation->id, family, error->type, error->code);
}

void session_tick(struct session *session)
{
    w.ticks++;
    session->shared->records += w.records_a_tick;
    note("%llu:tick ", (unsigned long long)session->conversation->id);
}

void session_end(struct session *session, enum end_reason reason)
{
    static const char *const reasons[] = {"fin", "rst", "timeout", "evicted", "end"};
    note("%llu:%s ", (unsigned long long)session->conversation->id, reasons[reason]);
}

bool session_knows_port(const struct session_shared *shared, uint8_t transport, uint16_t port)
{
    (void)shared;
    return transport == TRANSPORT_UDP && port == 5353;
}

uint64_t session_unrecognised_bytes(const struct session *session)
{
    return session->unrecognised;
}

bool session_take_swap(struct session *session)
{
    bool swap = w.wants_swap;
    w.wants_swap = false;
    if (swap) {
        struct endpoint source = session->conversation->source;
        session->conversation->source = session->conversation->destination;
        session->conversation->destination = source;
    }
    return swap;
}

void session_anomaly(struct session_shared *shared, struct conversation *conversation, enum anomaly anomaly, uint64_t a,
                     uint64_t b)
{
    (void)shared;
    w.anomalies++;
    note("%llu!%s(%llu,%llu) ", conversation ? (unsigned long long)conversation->id : 0, anomaly_name(anomaly),
         (unsigned long long)a, (unsigned long long)b);
}

/* The record in hand as `name=value` in the order of the dataset's table. */
void session_write(struct session_shared *shared, struct record *record)
{
    char *at = w.record;
    (void)shared;
    w.records++;
    w.last_id = record->conversation->id;
    assert_ptr_equal(record->dataset, &flow_dataset);
    if (w.quiet)
        return;
    at += sprintf(at, "%u>%u", record->conversation->source.port, record->conversation->destination.port);
    for (unsigned i = 0; i < flow_dataset.field_count; i++) {
        int64_t integer;
        struct bytes text = record_find_text(record, i);
        if (text.at)
            at += sprintf(at, " %s=%.*s", flow_dataset.fields[i].name, (int)text.len, (const char *)text.at);
        else if (record_find_integer(record, i, &integer))
            at += sprintf(at, " %s=%lld", flow_dataset.fields[i].name, (long long)integer);
    }
}

/* Packets. */

static inline void begin(size_t limit)
{
    memset(&w, 0, sizeof w);
    budget_init(&w.budget, limit);
    w.shared.budget = &w.budget;
    w.table = flow_table_new(&w.shared);
    w.now.time_ns = 1000 * (int64_t)SECOND;
    assert_non_null(w.table);
}

static inline void end(void)
{
    flow_table_finish(w.table);
    const struct flow_statistics *statistics = flow_table_statistics(w.table);
    uint64_t ended = 0;
    for (int i = 0; i < 5; i++)
        ended += statistics->ended[i];
    assert_int_equal(statistics->opened, w.records);
    assert_int_equal(statistics->opened, ended);
    assert_int_equal(statistics->open, 0);
    assert_int_equal(statistics->seen_bytes,
                     statistics->delivered_bytes + statistics->duplicate_bytes + statistics->over_limit_bytes);
    flow_table_free(w.table);
    assert_int_equal(w.budget.used, 0);
}

static inline struct endpoint at(unsigned host, uint16_t port)
{
    return (struct endpoint){{4, {10, (uint8_t)(host >> 16), (uint8_t)(host >> 8), (uint8_t)host}}, port};
}

static inline struct packet packet_of(uint8_t transport, struct endpoint from, struct endpoint to, const char *text)
{
    w.now.frame++;
    return (struct packet){
        .moment = w.now,
        .time_digits = 6,
        .frame_length = 60 + (uint32_t)strlen(text),
        .source = from,
        .destination = to,
        .transport = transport,
        .payload = bytes_text(text),
        .payload_length = (uint32_t)strlen(text),
        .tcp.window = 1000,
        .tcp.window_shift = 0xff,
    };
}

static inline void feed(const struct packet *packet)
{
    flow_packet(w.table, packet);
    if (w.folds)
        flow_settle_all(w.table);
}

static inline void udp(struct endpoint from, struct endpoint to, const char *text)
{
    struct packet packet = packet_of(TRANSPORT_UDP, from, to, text);
    feed(&packet);
}

static inline void tcp(struct endpoint from, struct endpoint to, unsigned flags, uint32_t sequence,
                       uint32_t acknowledgment, const char *text)
{
    struct packet packet = packet_of(TRANSPORT_TCP, from, to, text);
    packet.tcp.flags = (uint8_t)flags;
    packet.tcp.sequence = sequence;
    packet.tcp.acknowledgment = acknowledgment;
    feed(&packet);
}

static inline void pass(int64_t nanoseconds)
{
    w.now.time_ns += nanoseconds;
}

static const struct endpoint CLIENT = {{4, {10, 0, 0, 1}}, 40000}, SERVER = {{4, {10, 0, 0, 2}}, 80};

static inline void handshake(void)
{
    tcp(CLIENT, SERVER, TCP_SYN, 1000, 0, "");
    pass(2000000);
    tcp(SERVER, CLIENT, TCP_SYN | TCP_ACK, 5000, 1001, "");
    pass(1000000);
    tcp(CLIENT, SERVER, TCP_ACK, 1001, 5001, "");
}

#endif
