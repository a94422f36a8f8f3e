/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The decode floor: a loop over layers, from the link to TCP, UDP or ICMP. Each layer reads its own header and says
 * what follows; tunnels re-enter the same loop. Fragments are put together here.
 */
#ifndef OVERHEAR_DECODE_DECODE_H
#define OVERHEAR_DECODE_DECODE_H

#include "overhear/packet.h"

struct budget;
struct decoder;

/* Why the loop stopped. Every frame ends in exactly one; the summary shows the counts, and a test holds that
 * they add up to the frames read. */
enum decode_stop {
    DECODE_PACKET,           /* TCP or UDP: goes on to flow */
    DECODE_ICMP,             /* ICMP or ICMPv6; packet.icmp where it is an error about somebody's packet */
    DECODE_FRAGMENT_WAITING, /* a piece of a datagram that is not whole yet */
    DECODE_FRAGMENT_DROPPED, /* a piece that disagreed, did not fit or came when memory was out */
    DECODE_OTHER_TRANSPORT,  /* IP with a protocol that is not ours (SCTP, IGMP, ESP …) */
    DECODE_NOT_IP,           /* ARP, LLDP, spanning tree … */
    DECODE_UNKNOWN_LINK,     /* a link type without a layer */
    DECODE_ENCRYPTED,        /* 802.11 with protection */
    DECODE_CUT,              /* the snap length ended before the headers did */
    DECODE_MALFORMED,        /* a header that contradicts itself */
    DECODE_TOO_DEEP,         /* LIMIT_LAYERS or LIMIT_TUNNELS */
    DECODE_BAD_CHECKSUM,     /* only with strict checksums */
    DECODE_STOP_COUNT
};

/* Words for the summary: "fragment, waiting". */
const char *decode_stop_name(enum decode_stop stop);

struct decoder_statistics {
    uint64_t stops[DECODE_STOP_COUNT];
    uint64_t unknown_link_frame; /* the first that stopped for its link type; 0: none did */
    uint16_t unknown_link_type;
    uint64_t bad_checksums;
    uint64_t datagrams_reassembled;
    uint64_t datagrams_given_up; /* too old, too many, too long */
    uint64_t fragments_waiting;  /* at this moment */
};

/* NULL where memory is out. strict_checksums: --checksums. */
struct decoder *decoder_new(struct budget *budget, bool strict_checksums);
/* Before the first frame; STACK_LINUX where nothing is said. */
void decoder_set_stack(struct decoder *decoder, enum host_stack stack);
void decoder_free(struct decoder *decoder);

/* Decode one frame. *ret_packet is always filled as far as the loop got (anomalies included); its views are valid
 * until the next call. */
enum decode_stop decode_frame(struct decoder *decoder, const struct frame *frame, struct packet *ret_packet);

/* What decode_frame would say of the first of these frames, as long as that is DECODE_PACKET and their packets borrow
 * nothing of the decoder: all of them are valid together, as long as the frames are. Returns how many were decoded; the
 * one after them wants decode_frame. */
size_t decode_ahead(struct decoder *decoder, const struct frame *frames, size_t count, struct packet *ret_packets);

/* The same as decode_frame without the short way for plain frames (common.h), so that a test can compare. */
enum decode_stop decode_by_layers(struct decoder *decoder, const struct frame *frame, struct packet *ret_packet);

/* A frame that another decoder has: time goes on. Views of the last packet are not valid any more. */
void decode_pass(struct decoder *decoder, int64_t time_ns);

/* As of now. */
const struct decoder_statistics *decoder_statistics(struct decoder *decoder);

#endif
