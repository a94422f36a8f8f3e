/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The contract of a layer, inside the decode floor.
 *
 * A layer is stateless: it reads its header at the front of walk->data, moves past it, and says what follows by an
 * identifier (a link type, an EtherType, an IP protocol …). The tables that lead from the identifier to the next layer
 * are built from the rows in `ids`; a new layer is a file with a `const struct layer` and a line in layers.c.
 */
#ifndef OVERHEAR_DECODE_LAYER_H
#define OVERHEAR_DECODE_LAYER_H

#include "decode.h"

#include <assert.h>

/* Whose numbers an identifier is one of. */
enum layer_kind {
    LAYER_NONE = 0,
    LAYER_LINK,        /* LINKTYPE_ of the capture file; unknown: DECODE_UNKNOWN_LINK */
    LAYER_ETHERTYPE,   /* IEEE EtherTypes; unknown: DECODE_NOT_IP, and so for all that follow but the next */
    LAYER_IP_PROTOCOL, /* IANA protocol numbers; unknown: DECODE_OTHER_TRANSPORT */
    LAYER_PPP,         /* PPP data link layer protocols */
    LAYER_SAP,         /* 802.2 service access points */
    LAYER_FAMILY,      /* address families of BSD, Linux and macOS: they share no number for IPv6 */
    LAYER_NLPID,       /* network layer protocol identifiers (RFC 2427) */
    LAYER_NEXT,        /* next protocols of NSH and VXLAN-GPE (RFC 8300) */
    LAYER_ARCNET,      /* ARCnet protocol identifiers (RFC 1201) */
    LAYER_UDP_PORT,    /* tunnels; unknown: an ordinary datagram */
};

enum ethertype {
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_TRANSPARENT_BRIDGING = 0x6558,
    ETHERTYPE_IPV6 = 0x86dd,
    ETHERTYPE_MPLS = 0x8847,
    ETHERTYPE_PPP = 0x880b,
    ETHERTYPE_ERSPAN = 0x88be,
};

enum link_number {
    LINK_ETHERNET = 1,
    LINK_LLC = 100, /* RFC 2684: 802.2 first */
    LINK_RAW_IP = 101,
    LINK_CISCO_HDLC = 104,
    LINK_WLAN = 105,
    LINK_PRISM = 119,
    LINK_RADIOTAP = 127,
    LINK_AVS = 163,
};

struct walk;

struct layer_id {
    enum layer_kind kind;
    uint16_t number;
};

enum { LAYER_IDS = 10 };

struct layer {
    const char *name;
    struct layer_id ids[LAYER_IDS]; /* ended by LAYER_NONE where there are fewer */

    /* True: walk->next is to go on (walk_next sets it). False: walk->stop says why it ended (walk_stop, walk_short). */
    bool (*decode)(struct walk *walk);

    /* Only of layers with a LAYER_UDP_PORT: a port is a hint, so the header must say that this is one. walk->data is
     * the datagram's payload; nothing may be changed. */
    bool (*believes)(const struct walk *walk);
};

/* All layers, ended by NULL. */
extern const struct layer *const decode_layers[];

struct layer_table;
struct fragments;

/* One frame on its way through the layers. */
struct walk {
    struct bytes data; /* what was captured of the present layer, header first */
    size_t length;     /* what the sender sent of it: data.len, more where the snap length cut */
    struct packet *packet;
    const struct layer *next;
    enum decode_stop stop;
    uint8_t layers, tunnels;
    bool gre_sequenced; /* the GRE header had a sequence number: tells ERSPAN's types I and II apart */
    bool incomplete;    /* a header claimed more than was sent */
    bool first_piece;   /* all that will ever be there of a datagram in fragments */
    bool wlan_padded;   /* the capture's driver aligned the 802.11 body to four bytes */
    bool has_fallback;
    struct packet *fallback; /* the UDP datagram that was taken for a tunnel, if has_fallback */
    const struct layer_table *table;
    struct fragments *fragments;
    bool strict_checksums;
};

/* The layer that `number` leads to comes next. Where there is none the walk ends with the kind's reason. */
bool walk_next(struct walk *walk, enum layer_kind kind, uint16_t number);

/* The layer for an identifier; NULL where there is none. */
const struct layer *walk_find(const struct walk *walk, enum layer_kind kind, uint16_t number);

/* IPv4 or IPv6, by the version in the first nibble. */
bool walk_next_ip(struct walk *walk);

/* What follows a two-byte field of Ethernet: an EtherType, or a length and then 802.2. */
bool walk_next_ethernet(struct walk *walk, uint16_t type);

/* The walk ends. Returns false, for `return walk_stop(…)`. */
bool walk_stop(struct walk *walk, enum decode_stop stop);

/* The header is longer than the data: cut by the snap length, or malformed. Returns false. */
bool walk_short(struct walk *walk);

/* Past a header of `size` <= data.len bytes. */
void walk_advance(struct walk *walk, size_t size);

/* Leaves off `size` bytes at the end of what was sent: a checksum of the link. */
void walk_trim(struct walk *walk, size_t size);

/* A length field says that from here on `length` bytes are this layer's; what follows them is padding. More than was
 * sent: the anomaly is noted (ANOMALY_COUNT: none) and what is there is used; of a first piece it is no surprise. */
void walk_claim(struct walk *walk, size_t length, enum anomaly anomaly);

/* Before the bytes inside a tunnel. `network` tells apart what the addresses outside do not: which protocol, and its
 * virtual network identifier where both directions use the same. False: too deep, the walk has ended. */
bool walk_tunnel(struct walk *walk, uint64_t network);

/* A VLAN tag. */
void walk_vlan(struct walk *walk, uint16_t vlan);
void packet_vlan(struct packet *packet, uint16_t vlan);

/* Everything is there that the sender sent and claims: a checksum can be judged. */
bool walk_is_whole(const struct walk *walk);

void walk_anomaly(struct walk *walk, enum anomaly name, uint64_t a, uint64_t b);

/* A checksum field with this value was found wrong. True: the walk has ended, since checksums are strict. */
bool walk_bad_checksum(struct walk *walk, enum anomaly name, uint16_t found, uint16_t expected);

/* Do these bytes begin with an IPv4 or IPv6 header that fits into `length` bytes? */
bool looks_like_ip(struct bytes data, size_t length);

/* An address out of four or sixteen bytes; none where there are not so many. */
struct address address_of(struct bytes octets);

#endif
