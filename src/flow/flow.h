/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The flow floor: conversations. Who talks to whom, since when, until when; one look-up a packet. Conversations end
 * by FIN, RST, silence on the capture's clock, want of memory or the end of the capture, and then give a `flow`
 * record.
 */
#ifndef OVERHEAR_FLOW_FLOW_H
#define OVERHEAR_FLOW_FLOW_H

#include "frame/session.h"
#include "overhear/packet.h"

struct flow_table;

struct flow_statistics {
    uint64_t opened;    /* conversations; equals flow records after flow_table_finish */
    uint64_t ended[5];  /* by enum end_reason */
    uint64_t open;      /* at this moment */
    uint64_t packets;   /* that belonged to one */
    uint64_t untracked; /* packets that would have, but there was no memory */
    /* sums over ended conversations and both sides; see tcp_side_statistics */
    uint64_t seen_bytes, delivered_bytes, gap_bytes, duplicate_bytes, over_limit_bytes;
    uint64_t icmp_errors_matched;
};

/* What was not understood: server port and transport with the bytes that no dissector took. Sorted by bytes. */
struct flow_unknown_port {
    uint8_t transport;
    uint16_t port;
    uint64_t conversations;
    uint64_t bytes;
};

/* shared->budget pays for everything. NULL where memory is out. */
struct flow_table *flow_table_new(struct session_shared *shared);
void flow_table_free(struct flow_table *table);

/* A decoded packet (DECODE_PACKET), or one with packet.icmp.present. */
void flow_packet(struct flow_table *table, const struct packet *packet);

/* Those packets of TCP and UDP will come next, at most FLOW_AHEAD: what is looked for is fetched from memory meanwhile.
 * Then flow_packet_ahead with each, in their order, and its place among them. */
enum { FLOW_AHEAD = 16 };
void flow_prefetch(struct flow_table *table, const struct packet *packets, size_t count);
void flow_packet_ahead(struct flow_table *table, const struct packet *packet, size_t place);

/* A frame that holds no packet for this floor, or one that another engine has: time goes on. */
void flow_pass(struct flow_table *table, struct moment moment);

/* The conversation that the last flow_packet found or opened; NULL: none, or something else was called since. */
const struct conversation *flow_current(struct flow_table *table);

/* No packet has come for a while, and it is `time_ns` now: what has waited for too long is given up, and silent
 * conversations end. Bounded work: with very many conversations it takes several calls until each was looked after. */
void flow_idle(struct flow_table *table, int64_t time_ns);

/* The end of the capture: every conversation ends, in the order of their first frames. */
void flow_table_finish(struct flow_table *table);

const struct flow_statistics *flow_table_statistics(const struct flow_table *table);

/* Fills at most `capacity` rows, most bytes first (ties: lower port); returns how many. */
size_t flow_unknown_ports(const struct flow_table *table, struct flow_unknown_port *ret_rows, size_t capacity);

/* The same of several tables: adds this one's to `sums`, which has FLOW_UNKNOWN_SUMS rows, and begins zeroed. */
enum { FLOW_UNKNOWN_SUMS = 2 * 65536 };
void flow_add_unknown(const struct flow_table *table, struct flow_unknown_port *sums);
size_t flow_most_unknown(const struct flow_unknown_port *sums, struct flow_unknown_port *ret_rows, size_t capacity);

extern const struct dataset flow_dataset;

#endif
