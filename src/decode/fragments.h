/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Datagrams put together from their fragments (RFC 791, RFC 8200 section 4.5).
 *
 * Pieces may come in any order, twice, or overlapping: what becomes of those that overlap is what `stack` does with
 * them (docs/evasion.md). Bounds: LIMIT_FRAGMENTS pieces that each
 * bring something new, LIMIT_FRAGMENT_DATAGRAMS datagrams, LIMIT_FRAGMENT_BYTES (with little memory,
 * budget_share) and LIMIT_FRAGMENT_SECONDS; past them the datagram that began to wait first is given up. The work for a
 * piece depends on its own length only.
 */
#ifndef OVERHEAR_DECODE_FRAGMENTS_H
#define OVERHEAR_DECODE_FRAGMENTS_H

#include "overhear/packet.h"

struct budget;
struct fragments;

struct fragment {
    /* which datagram */
    struct address source, destination;
    uint32_t identification;
    uint8_t protocol; /* IPv4 only; 0 for IPv6, whose pieces may differ in it */
    uint64_t inside;
    /* which part of it */
    uint32_t offset;
    bool more;           /* not the last */
    struct bytes data;   /* as far as captured */
    uint32_t length;     /* as sent, >= data.len */
    uint32_t room;       /* how long a datagram may become behind its headers */
    uint8_t next_header; /* of the first piece it counts */
};

enum fragment_verdict {
    FRAGMENT_WAITING,
    FRAGMENT_DROPPED,
    FRAGMENT_COMPLETE,
};

struct fragment_result {
    /* where complete; valid until fragments_clock is called next */
    struct bytes data; /* up to the first byte that no piece captured */
    uint32_t length;   /* as sent */
    uint8_t next_header;
    /* set together with any verdict; name ANOMALY_COUNT: none */
    struct packet_anomaly anomaly;
};

/* NULL where memory is out. */
struct fragments *fragments_new(struct budget *budget);
/* Before the first piece; STACK_LINUX where nothing is said. */
void fragments_set_stack(struct fragments *fragments, enum host_stack stack);
void fragments_free(struct fragments *fragments);

/* A new frame, at this time: frees what the last one completed and gives up what waited too long. Time that goes
 * backwards stands still. */
void fragments_clock(struct fragments *fragments, int64_t time_ns);

enum fragment_verdict fragments_add(struct fragments *fragments, const struct fragment *fragment,
                                    struct fragment_result *ret_result);

/* None waits, and no completed datagram is looked at: fragments_clock would do nothing but note the time. */
bool fragments_are_idle(const struct fragments *fragments);

struct fragments_statistics {
    uint64_t reassembled, given_up; /* datagrams */
    uint64_t waiting;               /* pieces, at this moment */
};

struct fragments_statistics fragments_statistics(const struct fragments *fragments);

#endif
