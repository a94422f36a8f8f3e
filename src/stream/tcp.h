/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The stream floor: the two sides of a TCP connection (RFC 9293) put in order. Pure: segments go in, deliveries are
 * pulled out; it knows no conversation and no dissector. docs/flows.md tells the rules to users.
 *
 * Two orders are kept. Within a side: by sequence number; the first bytes seen for a place win. Between the sides: data
 * that acknowledges bytes which we have not seen yet waits for them, so that a request comes before its response even
 * where the capture has them the other way round.
 *
 * Nothing waits for ever. Bytes that their receiver has acknowledged and that do not come within
 * LIMIT_TCP_REORDER_FRAMES frames of the connection or LIMIT_TCP_REORDER_SECONDS are lost to us: a gap. A beginning
 * that was not seen (no SYN) is waited for under the same tolerance; then the lowest sequence number seen is the
 * beginning. Whatever else waits, waits until a cap is reached or tcp_stream_finish.
 */
#ifndef OVERHEAR_STREAM_TCP_H
#define OVERHEAR_STREAM_TCP_H

#include "overhear/dissector.h"
#include "overhear/packet.h"

struct budget;

enum tcp_delivery_kind {
    TCP_DATA,     /* the next bytes of this side */
    TCP_GAP,      /* `length` bytes of this side are lost to us */
    TCP_LAST,     /* one byte of this side is lost, or it is its FIN: more likely that, unless tcp_stream_not_last */
    TCP_SIDE_END, /* FIN: nothing more from this side */
    TCP_RESET,    /* RST: nothing more from either */
    TCP_ANOMALY,
};

struct tcp_delivery {
    enum tcp_delivery_kind kind;
    enum side side;
    struct bytes data; /* valid until the next call */
    uint64_t length;
    struct moment moment; /* of the segment that first carried this; of a gap: of the frame in hand */
    enum anomaly anomaly;
    uint64_t a, b;
};

/* Accounting of one side. Payload bytes seen = delivered + duplicate + over_limit + waiting; gap bytes were not seen.
 */
struct tcp_side_statistics {
    uint64_t seen; /* payload bytes of all segments, as far as captured */
    uint64_t delivered;
    uint64_t gap;        /* also bytes that a side of which no frame was seen must have sent, by the acknowledgments */
    uint64_t duplicate;  /* seen again, whether equal or not */
    uint64_t over_limit; /* not used: because of a cap or memory, after FIN or RST, too late for a gap, out of place */
    uint64_t waiting;    /* behind a hole at this moment; 0 after tcp_stream_finish was drained */
    uint32_t retransmissions; /* segments whose bytes all were seen before (keep-alives are not), SYNs and FINs too */
    uint32_t out_of_order;    /* segments with new bytes that came after a later one */
    uint32_t keep_alives;
    uint32_t zero_windows;   /* segments that closed the window */
    uint32_t ignored_resets; /* RSTs that the other side cannot have believed */
};

enum tcp_state {
    TCP_STATE_NEW,
    TCP_STATE_HALF_OPEN,
    TCP_STATE_ESTABLISHED,
    TCP_STATE_MIDSTREAM,
    TCP_STATE_CLOSED,
    TCP_STATE_RESET
};

/* What is said of a connection when it is over. */
struct tcp_summary {
    enum tcp_state state;
    int64_t rtt_ns; /* SYN to the SYN's acknowledgment and the handshake's end, as one round trip; 0: not seen */
    struct tcp_side_statistics sides[2];
};

struct tcp_stream;

/* NULL where memory is out. */
struct tcp_stream *tcp_stream_new(struct budget *budget);
/* Before the first segment; STACK_LINUX where nothing is said. */
void tcp_stream_set_stack(struct tcp_stream *stream, enum host_stack stack);
void tcp_stream_free(struct tcp_stream *stream);

/* The same in memory of the caller's, of as many bytes as tcp_stream_size says, zeroed. */
size_t tcp_stream_size(void);
struct tcp_stream *tcp_stream_init(void *memory, struct budget *budget);
void tcp_stream_done(struct tcp_stream *stream);

/* All that is known of a stream of which nothing waits and everything was pulled, in few words, until something happens
 * to it. `last`: a moment near those that it knows, the same for both. Returns how many words; 0: they do not suffice,
 * or something waits. Unpacking takes memory of as many bytes as tcp_stream_size says; false: memory is out. Where it
 * does not go on it may be asked, and end. */
size_t tcp_stream_pack(const struct tcp_stream *stream, struct moment last, uint64_t *ret_words, size_t capacity);
bool tcp_stream_unpack(void *memory, struct budget *budget, struct moment last, const uint64_t *words, size_t count,
                       bool goes_on);
/* Finishing a stream of which nothing waits would say nothing, and change nothing that a summary tells. */
bool tcp_stream_is_settled(const struct tcp_stream *stream);
/* The summary of such a one, without unpacking it; its state is the caller's to know. */
struct tcp_summary tcp_stream_packed_summary(const uint64_t *words, enum tcp_state state);

/* A segment of `side`. Afterwards pull with tcp_stream_next until it says false: deliveries borrow the packet's
 * payload where they can. */
void tcp_stream_segment(struct tcp_stream *stream, enum side side, const struct packet *packet);

/* The short way. True: the segment was taken, and packet->payload is what its side says next (nothing, where it is
 * empty); there is nothing to pull. False: nothing was done, tcp_stream_segment is to have it. */
bool tcp_stream_take(struct tcp_stream *stream, enum side side, const struct packet *packet);

/* It is `now`, and no segment came: what has waited for too long may be said. Then pull. */
void tcp_stream_tick(struct tcp_stream *stream, struct moment now);

/* No more segments: what waits behind holes is delivered with gaps. Then pull. */
void tcp_stream_finish(struct tcp_stream *stream);

bool tcp_stream_next(struct tcp_stream *stream, struct tcp_delivery *ret_delivery);

/* After TCP_LAST: the side is in the midst of something, so that it is a gap of one byte, and counted as such. */
void tcp_stream_not_last(struct tcp_stream *stream, enum side side);

enum tcp_state tcp_stream_state(const struct tcp_stream *stream);
struct tcp_side_statistics tcp_stream_statistics(const struct tcp_stream *stream, enum side side);
/* No SYN was seen of either side. May become false as long as nothing was delivered. */
bool tcp_stream_is_midstream(const struct tcp_stream *stream);
int64_t tcp_stream_rtt(const struct tcp_stream *stream);
struct tcp_summary tcp_stream_summary(const struct tcp_stream *stream);
/* True where a SYN of this segment cannot belong to this connection: port reuse. */
bool tcp_stream_is_reuse(const struct tcp_stream *stream, enum side side, const struct packet *packet);
/* True where a byte of either side, or a gap, was delivered: then the roles should stay as they are. */
bool tcp_stream_has_spoken(const struct tcp_stream *stream);
/* The roles were the wrong way round: client becomes server. */
void tcp_stream_swap(struct tcp_stream *stream);

#endif
