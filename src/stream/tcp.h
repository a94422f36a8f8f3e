/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The stream floor: the two sides of a TCP connection put in order. Pure: segments go in, deliveries are pulled
 * out; it knows no conversation and no dissector.
 */
#ifndef OVERHEAR_STREAM_TCP_H
#define OVERHEAR_STREAM_TCP_H

#include "overhear/dissector.h"
#include "overhear/packet.h"

struct budget;

enum tcp_delivery_kind {
    TCP_DATA,     /* the next bytes of this side */
    TCP_GAP,      /* `length` bytes of this side are lost to us */
    TCP_SIDE_END, /* FIN: nothing more from this side */
    TCP_RESET,    /* RST: nothing more from either */
    TCP_ANOMALY,
};

struct tcp_delivery {
    enum tcp_delivery_kind kind;
    enum side side;
    struct bytes data; /* valid until the next call */
    uint64_t length;
    struct moment moment;
    enum anomaly anomaly;
    uint64_t a, b;
};

/* Accounting of one side. Payload bytes seen + gap = delivered + gap + duplicate + over_limit + waiting. */
struct tcp_side_statistics {
    uint64_t seen;        /* payload bytes of all segments */
    uint64_t delivered;
    uint64_t gap;
    uint64_t duplicate;   /* seen again, whether equal or not */
    uint64_t over_limit;  /* given up because of a cap or memory */
    uint64_t waiting;     /* behind a hole at this moment; 0 after tcp_stream_finish was drained */
    uint64_t retransmissions; /* segments whose bytes all were seen before (keep-alives are not) */
    uint64_t out_of_order;    /* segments that came before an earlier one */
    uint64_t keep_alives;
    uint64_t zero_windows;
};

enum tcp_state { TCP_STATE_NEW, TCP_STATE_HALF_OPEN, TCP_STATE_ESTABLISHED, TCP_STATE_MIDSTREAM, TCP_STATE_CLOSED, TCP_STATE_RESET };

struct tcp_stream;

/* NULL where memory is out. */
struct tcp_stream *tcp_stream_new(struct budget *budget);
void tcp_stream_free(struct tcp_stream *stream);

/* A segment of `side`. Afterwards pull with tcp_stream_next until it says false: deliveries may borrow the
 * packet's payload. */
void tcp_stream_segment(struct tcp_stream *stream, enum side side, const struct packet *packet);

/* No more segments: what waits behind holes is delivered with gaps. Then pull. */
void tcp_stream_finish(struct tcp_stream *stream);

bool tcp_stream_next(struct tcp_stream *stream, struct tcp_delivery *ret_delivery);

enum tcp_state tcp_stream_state(const struct tcp_stream *stream);
const struct tcp_side_statistics *tcp_stream_statistics(const struct tcp_stream *stream, enum side side);
/* SYN to the SYN's acknowledgment and the handshake's end, as one round trip; 0: not seen. Nanoseconds. */
int64_t tcp_stream_rtt(const struct tcp_stream *stream);
/* True where a SYN of this segment cannot belong to this connection: port reuse. */
bool tcp_stream_is_reuse(const struct tcp_stream *stream, enum side side, const struct packet *packet);
/* The roles were the wrong way round: client becomes server. */
void tcp_stream_swap(struct tcp_stream *stream);

#endif
