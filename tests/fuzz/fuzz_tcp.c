/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bytes become segments of one connection. Whatever they say: the accounting adds up, every side's bytes come in order
 * and without a step that no gap explains, nothing follows an end, memory stays bounded and all is given back.
 *
 * What a byte is says which sequence number it has (6 bits) and which version of that place it is (2 bits): so the
 * order can be checked without a second reassembly, and that what is delivered was sent there, whatever the policy.
 */
#include "harness.h"

#include "stream/side.h"
#include "util/budget.h"

enum {
    LONGEST = 4096,
    PLACES = 1 << 13, /* sequence numbers that share a mark: further ones are told apart by nothing */
    PLACE_MASK = 63,
    VERSION_SHIFT = 6,
    /* waiting bytes of both sides, the pieces around them, and the connection itself */
    MEMORY_BOUND = 2 * (LIMIT_TCP_PENDING_BYTES + LIMIT_TCP_PENDING_SEGMENTS * 128) + 16384,
};

struct watch {
    bool begun, ended;
    uint32_t next;
    uint64_t delivered, gap;
};

/* Which versions were sent of each place of a side. */
static uint8_t sent[2][PLACES];

static uint8_t byte_of(uint32_t sequence, unsigned version)
{
    return (uint8_t)((sequence & PLACE_MASK) | version << VERSION_SHIFT);
}

static void check_data(struct watch *watch, const struct tcp_delivery *d, uint32_t start)
{
    demand(d->data.len > 0 && d->data.len == d->length && !watch->ended);
    demand(!watch->begun || start == watch->next);
    for (size_t i = 0; i < d->data.len; i++) {
        uint8_t byte = bytes_at(d->data, i);
        uint32_t sequence = start + (uint32_t)i;
        demand((byte & PLACE_MASK) == (sequence & PLACE_MASK));
        demand(sent[d->side][sequence % PLACES] >> (byte >> VERSION_SHIFT) & 1);
    }
    watch->begun = true;
    watch->next = start + (uint32_t)d->length;
    watch->delivered += d->length;
}

static void pull(struct tcp_stream *stream, struct watch watches[2], bool *reset)
{
    struct tcp_delivery d;
    while (tcp_stream_next(stream, &d)) {
        struct watch *watch = &watches[d.side];
        const uint32_t now = (uint32_t)stream->sides[d.side].next;
        demand(!*reset || d.kind == TCP_ANOMALY);
        switch (d.kind) {
        case TCP_DATA:
            check_data(watch, &d, now - (uint32_t)d.length);
            break;
        case TCP_GAP:
            demand(d.length > 0 && !watch->ended);
            demand(!watch->begun || now == watch->next + (uint32_t)d.length);
            watch->next = now;
            watch->begun = true;
            watch->gap += d.length;
            break;
        case TCP_LAST:
            demand(!watch->ended);
            if (watch->delivered % 2 == 0)
                break;
            tcp_stream_not_last(stream, d.side);
            demand(now == watch->next + 1 || !watch->begun);
            watch->next = now;
            watch->begun = true;
            watch->gap++;
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

static void check(const struct tcp_stream *stream, const struct budget *budget, const struct watch watches[2],
                  bool finished)
{
    for (int side = 0; side < 2; side++) {
        struct tcp_side_statistics own = tcp_stream_statistics(stream, (enum side)side);
        demand(own.seen == own.delivered + own.duplicate + own.over_limit + own.waiting);
        demand(own.delivered == watches[side].delivered && own.gap == watches[side].gap);
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
    memset(sent, 0, sizeof sent);
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
        unsigned version = how & 0x10 ? reader_u8(&r) & 3 : 0;
        for (size_t i = 0; i < length; i++) {
            payload[i] = byte_of(first + (uint32_t)i, version);
            sent[side][(first + i) % PLACES] |= (uint8_t)(1u << version);
        }
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
        check(stream, &budget, watches, false);
    }
    tcp_stream_finish(stream);
    pull(stream, watches, &reset);
    check(stream, &budget, watches, true);
    tcp_stream_free(stream);
    demand(budget.used == 0);
    return 0;
}
