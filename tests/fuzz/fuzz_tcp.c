/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bytes become segments of one connection. Whatever they say: the accounting adds up, every side's bytes come in order
 * and without a step that no gap explains, nothing follows an end, memory stays bounded and all is given back.
 *
 * The payload is the low octet of each sequence number, so that order can be checked without a second reassembly.
 */
#include "stream/tcp.h"
#include "util/budget.h"

#include <stdlib.h>

enum {
    LONGEST = 4096,
    /* waiting bytes of both sides, the pieces around them, and the connection itself */
    MEMORY_BOUND = 2 * (LIMIT_TCP_PENDING_BYTES + LIMIT_TCP_PENDING_SEGMENTS * 128) + 16384,
};

struct watch {
    bool begun, ended;
    uint8_t next;
};

static void demand(bool condition)
{
    if (!condition)
        abort();
}

static void pull(struct tcp_stream *stream, struct watch watches[2], bool *reset)
{
    struct tcp_delivery d;
    while (tcp_stream_next(stream, &d)) {
        struct watch *watch = &watches[d.side];
        demand(!*reset || d.kind == TCP_ANOMALY);
        switch (d.kind) {
        case TCP_DATA:
            demand(d.data.len > 0 && d.data.len == d.length && !watch->ended);
            for (size_t i = 0; i < d.data.len; i++) {
                demand(!watch->begun || bytes_at(d.data, i) == watch->next);
                watch->begun = true;
                watch->next = (uint8_t)(bytes_at(d.data, i) + 1);
            }
            break;
        case TCP_GAP:
            demand(d.length > 0 && !watch->ended);
            watch->next = (uint8_t)(watch->next + d.length);
            break;
        case TCP_SIDE_END:
            demand(!watch->ended);
            watch->ended = true;
            break;
        case TCP_RESET:
            *reset = true;
            break;
        case TCP_ANOMALY:
            demand(d.anomaly < ANOMALY_COUNT);
            break;
        }
    }
}

static void check(const struct tcp_stream *stream, const struct budget *budget, bool finished)
{
    for (int side = 0; side < 2; side++) {
        struct tcp_side_statistics own = tcp_stream_statistics(stream, (enum side)side);
        demand(own.seen == own.delivered + own.duplicate + own.over_limit + own.waiting);
        demand(own.waiting <= LIMIT_TCP_PENDING_BYTES && (!finished || own.waiting == 0));
    }
    demand(budget->used <= MEMORY_BOUND);
}

static uint32_t wander(struct reader *r, uint32_t base, unsigned how)
{
    switch (how & 3) {
    case 0:
        return base;
    case 1:
        return base - (uint32_t)INT8_MAX + reader_u8(r);
    case 2:
        return base - (uint32_t)INT16_MAX + reader_u16(r);
    default:
        return reader_u32(r);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t payload[LONGEST];
    struct reader r = reader_of(bytes_of(data, size));
    struct budget budget;
    budget_init(&budget, 0);
    struct tcp_stream *stream = tcp_stream_new(&budget);
    struct watch watches[2] = {{.begun = false}, {.begun = false}};
    uint32_t next[2] = {0xffffff80, 1000};
    struct packet packet = {.transport = TRANSPORT_TCP};
    bool reset = false;
    while (reader_left(&r) >= 4) {
        unsigned control = reader_u8(&r), how = reader_u8(&r);
        enum side side = control & 1 ? SIDE_SERVER : SIDE_CLIENT;
        packet.moment.frame++;
        packet.moment.time_ns += how & 0x40 ? (int64_t)(int8_t)reader_u8(&r) * (1 << 30) : 1000;
        packet.tcp.flags = (uint8_t)(control & 0x80 ? reader_u8(&r) : TCP_ACK);
        packet.tcp.sequence = wander(&r, next[side], how);
        packet.tcp.acknowledgment = wander(&r, next[side_other(side)], how >> 2);
        packet.tcp.window = (uint16_t)(control & 0x20 ? 0 : 0xffff);
        packet.tcp.window_shift = 7;
        packet.tcp.urgent = 3;
        size_t length = control & 0x10 ? reader_u16(&r) % LONGEST : control >> 1 & 7;
        uint32_t first = packet.tcp.sequence + (packet.tcp.flags & TCP_SYN ? 1 : 0);
        for (size_t i = 0; i < length; i++)
            payload[i] = (uint8_t)(first + i);
        packet.payload_length = (uint32_t)length;
        packet.payload = bytes_of(payload, how & 0x80 ? length / 2 : length);
        if (how & 0x20)
            budget.fail_at = 1;
        if (!tcp_stream_is_reuse(stream, side, &packet))
            tcp_stream_segment(stream, side, &packet);
        pull(stream, watches, &reset);
        budget.fail_at = 0;
        memset(payload, 0xee, length);
        if ((how & 3) != 3)
            next[side] = first + (uint32_t)length + (packet.tcp.flags & TCP_FIN ? 1 : 0);
        check(stream, &budget, false);
    }
    tcp_stream_finish(stream);
    pull(stream, watches, &reset);
    check(stream, &budget, true);
    tcp_stream_free(stream);
    demand(budget.used == 0);
    return 0;
}
