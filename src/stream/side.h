/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the files of the stream floor share: the state of a connection. Private to this folder.
 */
#ifndef OVERHEAR_STREAM_SIDE_H
#define OVERHEAR_STREAM_SIDE_H

#include "tcp.h"
#include "waiting.h"

enum {
    TCP_REACH = 1 << 30, /* the largest window there is (RFC 7323): further away a sequence number is out of place */
    TCP_BASE_EPOCH = 1,  /* positions begin in the second round of sequence numbers, so that earlier ones exist */
    TCP_NEARBY = 1024 * 1024, /* how far a SYN or RST may be off where the window says less */
    TCP_ANOMALY_QUEUE = 8,
    TCP_TRACES = 8,
};

/* A trace of a segment that was delivered, to tell a retransmission with other content. */
struct trace {
    uint32_t start, length;
    uint64_t digest;
};

struct trace_ring {
    uint32_t next;
    struct trace traces[TCP_TRACES];
};

/* The last bytes themselves, [from, to), each at its position modulo their number; and the traces, which go on where a
 * stream is packed. */
struct memory {
    struct trace_ring ring;
    uint64_t from, to;
    uint8_t recent[LIMIT_TCP_RECENT_BYTES];
};

struct conflict {
    uint64_t first, bytes;
};

/* What a summary tells comes first: it is found at once where a stream is packed. */
struct tcp_side {
    uint64_t bytes_seen, bytes_delivered, bytes_gap, bytes_duplicate, bytes_over_limit;
    uint32_t retransmissions, out_of_order, keep_alives, zero_windows, ignored_resets;

    uint32_t window;             /* scaled, as last said */
    uint64_t next;               /* position of the next byte to deliver; valid once `based` */
    uint64_t origin;             /* position of the first byte of the side, once `started` */
    uint64_t highest;            /* end of the furthest byte seen */
    uint64_t fin;                /* position of the FIN, with has_fin */
    uint64_t reset_at;           /* position of the RST, with has_reset */
    uint64_t gap_start, gap_end; /* the last gap */
    uint64_t received;           /* the host has all before it; not brought up to date while nothing waits */
    uint32_t fin_bytes;          /* of the segment of the FIN, before it */
    uint32_t urgent;             /* sequence number behind the last urgent byte that was told; 0: none */
    uint32_t age;                /* of the last segment that was placed */
    uint32_t stamp;              /* the latest time of this side's own clock, with has_stamp */
    struct waiting waiting;
    struct memory *memory; /* of what was delivered; NULL: nothing was, or memory is out */
    struct utterance fin_said;

    /* What this side has acknowledged, as sequence numbers of the other. A claim is an acknowledgment of bytes that we
     * have not seen; grown old it is `mature`, and the bytes below it are lost. */
    uint32_t acked_first, acked;
    uint32_t claim, mature;
    uint32_t claim_frame;
    int64_t claim_ns;

    uint8_t window_shift;
    uint8_t outside; /* segments out of place in a row */
    uint8_t ttl;     /* the highest seen */

    bool based;     /* some position is known */
    bool started;   /* the beginning is known or decided */
    bool spoke;     /* something was delivered */
    bool seen;      /* a frame of this side was seen */
    bool syn;       /* its SYN was seen */
    bool has_acked; /* acked_first and acked are valid */
    bool claimed, has_mature;
    bool has_fin, fin_said_done;
    bool fin_doubtful; /* it is one only if the receiver acknowledges it */
    bool has_reset;
    bool forced;      /* until all is delivered that can be, holes are gaps and the other side is not waited for */
    bool phantom;     /* `next` went over one acknowledged byte that may be a FIN we did not see */
    bool says_window; /* since its SYN, so that it is known how it is scaled */
    bool proven;      /* it fills in checksums before they pass here */
    bool stamps;      /* its SYN had a timestamp */
    bool has_stamp;
    bool doubtful; /* some of what waits may be */
};

/* The piece of the segment in hand that is not copied, because it can be delivered at once (or must wait for room). */
struct current {
    bool present;
    bool crowded; /* it has to wait and there is no room: the oldest hole is given up first */
    enum side side;
    uint64_t start;
    struct bytes data;
    uint32_t lost; /* bytes after `data` that the snap length took */
    struct utterance said;
};

struct queued_anomaly {
    enum anomaly anomaly;
    enum side side;
    uint64_t a, b;
};

struct anomaly_queue {
    uint32_t count, taken;
    struct queued_anomaly entries[TCP_ANOMALY_QUEUE];
};

/* Why the receiver may not take a segment. */
enum doubt {
    DOUBT_NONE,
    DOUBT_CORRUPT,
    DOUBT_UNACKNOWLEDGING,
    DOUBT_STAMP,
    DOUBT_WINDOW,
    DOUBT_SYN,
    DOUBT_FUTURE,
    DOUBT_TOLD
};

enum handshake { HANDSHAKE_NONE, HANDSHAKE_SYN, HANDSHAKE_ANSWERED, HANDSHAKE_DONE };

struct tcp_stream {
    struct budget *budget;
    struct tcp_side sides[2];
    struct current current;
    struct piece *held; /* delivered by the last call, freed by the next */
    struct anomaly_queue *anomalies;
    enum host_stack stack;
    struct moment now; /* of the segment in hand */
    uint32_t frames;

    int64_t handshake_ns; /* when its last step was seen */
    int64_t rtt_ns;
    enum handshake handshake;
    enum side opener;

    bool hold; /* somebody's beginning is unknown, since: */
    uint32_t hold_frame;
    int64_t hold_ns;

    bool answered; /* a segment after the SYNs */
    bool has_reset, reset_said;
    bool reset_doubted; /* the receiver believes it only if capture or network lost something */
    enum side reset_side;
    struct moment reset_moment;
    uint32_t reset_frame;

    bool calm;       /* see calm.c; false while a segment is in hand */
    bool finishing;  /* nothing more is waited for */
    bool letting_go; /* and not even order is kept: what is left is absurd */
};

/* Where a sequence number lies, seen from `side`'s next byte. */
static inline uint64_t tcp_locate(const struct tcp_side *side, uint32_t sequence)
{
    return side->next + (uint64_t)(int64_t)(int32_t)(sequence - (uint32_t)side->next);
}

/* How many bytes of `other` an acknowledgment claims that were not delivered yet; <= 0: none, or it is absurd, as it is
 * after its FIN. */
static inline int32_t tcp_owed(const struct tcp_side *other, uint32_t acknowledgment)
{
    int32_t owed = (int32_t)(acknowledgment - (uint32_t)other->next);
    return owed > TCP_REACH || other->fin_said_done ? 0 : owed;
}

/* Nanoseconds since then; the clock may go back, and a hostile one may be anywhere. */
static inline int64_t tcp_elapsed(const struct tcp_stream *stream, int64_t since_ns)
{
    return (int64_t)((uint64_t)stream->now.time_ns - (uint64_t)since_ns);
}

static inline bool tcp_is_old(const struct tcp_stream *stream, uint32_t frame, int64_t time_ns)
{
    return stream->frames - frame >= LIMIT_TCP_REORDER_FRAMES ||
           tcp_elapsed(stream, time_ns) >= LIMIT_TCP_REORDER_SECONDS * INT64_C(1000000000);
}

void tcp_report(struct tcp_stream *stream, enum side side, enum anomaly anomaly, uint64_t a, uint64_t b);

/* The beginning of a side is not known and will not be: decide on one. */
void tcp_begin_somewhere(struct tcp_stream *stream, enum side side);

/* calm.c: nothing is left to deliver; whether the next segments can be taken the short way. */
void tcp_look_whether_calm(struct tcp_stream *stream);

/* payload.c: a segment's bytes at `start`, and `lost` more that the snap length took. */
void tcp_payload(struct tcp_stream *stream, enum side side, uint64_t start, struct bytes data, uint32_t lost,
                 const struct utterance *said, enum doubt doubt);
/* The crowded piece again, where there is room now. False: there is none. */
bool tcp_place_crowded(struct tcp_stream *stream);

/* overlap.c: how far the bytes of [start, end) that are there stay; those from there on take the place of others. */
uint64_t tcp_overlap_keeps(struct tcp_stream *stream, enum side side, uint64_t start, uint64_t end,
                           struct standing *ret_standing);

/* How far the host has received everything. */
uint64_t tcp_received(struct tcp_side *own);

/* doubt.c: of a segment by what its header says; DOUBT_WINDOW and DOUBT_SYN are for those who know its place. */
enum doubt tcp_doubt(const struct tcp_stream *stream, enum side side, const struct packet *packet);
/* The first place for which the receiver of a segment at `position` has no room; UINT64_MAX: not known. */
uint64_t tcp_window_edge(struct tcp_stream *stream, enum side side, uint64_t position);
/* It acknowledges what was not sent, or what we have not seen: it waits for that as any other, but gives way. */
bool tcp_is_of_the_future(const struct tcp_stream *stream, enum side side, const struct utterance *said);
/* The piece is not doubtful, or the receiver has acknowledged it. */
bool tcp_is_vouched(const struct tcp_stream *stream, enum side side, const struct piece *piece);
void tcp_report_doubt(struct tcp_stream *stream, enum side side, enum doubt doubt, uint64_t position, uint64_t bytes);
/* Captures lose frames and are edited, frames change places on their way: a window, a timestamp or a checksum proves
 * nothing until it is seen what else comes for the same place, or that nothing is acknowledged. Then it is told. */
bool tcp_is_told_later(enum doubt doubt);
void tcp_drop_doubtful(struct tcp_stream *stream, enum side side);
void tcp_know_sender(struct tcp_stream *stream, enum side side, const struct packet *packet);
void tcp_know_stamp(struct tcp_stream *stream, enum side side, const struct packet *packet);

/* trace.c: remember what was delivered, and where a retransmission of [start, start + data.len) differs from it. */
void trace_remember(struct tcp_stream *stream, enum side side, uint64_t start, struct bytes data);
struct conflict trace_compare(const struct tcp_stream *stream, enum side side, uint64_t start, struct bytes data);
/* Something delivered may still be sent again with other content, because its receiver has not acknowledged it. */
bool trace_is_needed(const struct tcp_stream *stream, enum side side);

#endif
