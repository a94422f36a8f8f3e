/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What travels down the upper floors: a frame as it was captured, and the packet that was found in it.
 */
#ifndef OVERHEAR_PACKET_H
#define OVERHEAR_PACKET_H

#include "overhear/anomaly.h"
#include "overhear/bytes.h"
#include "overhear/limits.h"

/* An IP address. family: 4, 6, or 0 for none. An IPv4 address fills the first four octets, the rest is 0. */
struct address {
    uint8_t family;
    uint8_t octets[16];
};

enum { ADDRESS_TEXT_SIZE = 46 };

/* Writes the usual text form (RFC 5952 for IPv6) with its NUL into ret_text; returns its length, 0 where
 * the family is none. */
size_t address_text(const struct address *address, char ret_text[ADDRESS_TEXT_SIZE]);
size_t address_text_ipv4(const uint8_t octets[4], char ret_text[ADDRESS_TEXT_SIZE]);

struct endpoint {
    struct address ip;
    uint16_t port;
};

/* When a byte was seen, and in which frame. */
struct moment {
    uint64_t frame;  /* from 1, over all files of one run */
    int64_t time_ns; /* since 1970-01-01 UTC */
};

/* A frame as capture gives it. `data` is what was captured, wire_length what the sender sent. */
struct frame {
    struct bytes data;
    struct moment moment;
    uint32_t wire_length;
    uint16_t link_type;  /* LINKTYPE_ number of the capture file */
    uint8_t time_digits; /* digits after the second that the capture has: 6 or 9 (fewer count as 6) */
};

enum transport {
    TRANSPORT_NONE = 0,
    TRANSPORT_ICMP = 1,
    TRANSPORT_TCP = 6,
    TRANSPORT_UDP = 17,
    TRANSPORT_ICMPV6 = 58,
};

/* Hosts differ in what they make of packets that contradict each other: whose way is followed. docs/evasion.md tells
 * which versions, and how they differ. */
enum host_stack { STACK_LINUX, STACK_BSD, STACK_WINDOWS };

enum tcp_flag { /* RFC 9293 section 3.1 */
                TCP_FIN = 0x01,
                TCP_SYN = 0x02,
                TCP_RST = 0x04,
                TCP_PSH = 0x08,
                TCP_ACK = 0x10,
                TCP_URG = 0x20,
};

/* An ICMP error (RFC 792, RFC 4443) and whom it is about: the addresses of the packet quoted in it. */
struct icmp_error {
    bool present;
    uint8_t type;
    uint8_t code;
    uint8_t transport;                   /* of the quoted packet */
    struct endpoint source, destination; /* of the quoted packet, in its own direction */
};

struct packet_anomaly {
    enum anomaly name;
    uint64_t a, b;
};

/* One packet: the innermost that the layers of a frame led to. Views borrow the frame's bytes, or the
 * decoder's fragment buffer; both are valid until the next frame. */
struct packet {
    struct moment moment;
    uint8_t time_digits;
    uint32_t frame_length; /* bytes of the whole frame on the wire */
    struct endpoint source, destination;
    uint8_t transport;       /* enum transport */
    bool cut;                /* the snap length took a part: payload is shorter than payload_length */
    bool bad_checksum;       /* of IPv4, TCP or UDP; looked at only where nothing was cut */
    bool corrupt;            /* and it is not what stands there until a network card fills it in */
    bool reassembled;        /* put together from fragments */
    uint8_t ttl;             /* or hop limit */
    struct bytes payload;    /* of TCP or UDP, as far as captured */
    uint32_t payload_length; /* as the sender sent it, after all length fields */
    uint16_t vlan;           /* the outermost VLAN identifier, and */
    bool has_vlan;           /* whether there is one */
    uint64_t inside;         /* identifies all VLAN tags and tunnels around this packet; 0: none */
    struct {
        uint32_t sequence, acknowledgment;
        uint16_t window, urgent;
        uint8_t flags;        /* enum tcp_flag */
        uint8_t window_shift; /* of a SYN; 0xff: the option is absent */
        bool has_stamp;       /* the timestamp option (RFC 7323), with */
        uint32_t stamp;       /* the sender's clock */
    } tcp;
    struct icmp_error icmp;
    uint8_t anomaly_count;
    struct packet_anomaly anomalies[LIMIT_PACKET_ANOMALIES];
};

#endif
