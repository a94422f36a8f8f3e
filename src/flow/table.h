/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the files of the flow floor share. Private to this folder.
 */
#ifndef OVERHEAR_FLOW_TABLE_H
#define OVERHEAR_FLOW_TABLE_H

#include "flow.h"

#include "stream/tcp.h"
#include "util/budget.h"
#include "util/siphash.h"

/* Conversations of one class wait for the same time, so that a list in the order of their last packets is also in the
 * order in which they expire. */
enum flow_class {
    FLOW_HALF_OPEN,  /* TCP that nobody answered */
    FLOW_UDP_SINGLE, /* UDP of which one side has spoken */
    FLOW_UDP,
    FLOW_TCP,
    FLOW_TCP_IDLE, /* TCP that has been silent for as long as a request waits */
    FLOW_CLOSED,   /* FIN or RST, lingering */
    FLOW_CLASS_COUNT
};

/* A conversation that is no more than one SYN has no stream yet: a flood of them is kept small. */
struct parked_syn {
    uint32_t sequence;
    uint16_t window;
    uint8_t window_shift;
};

struct flow {
    struct conversation conversation;
    struct session session;
    struct flow *chain;         /* of its hash bucket */
    struct flow *older, *newer; /* in the list of its class */
    int64_t touched_ns;         /* the table's own clock at the last packet */
    int64_t ticked_ns;          /* and when the session was told the time */
    uint64_t inside;
    uint64_t packets[2], bytes[2];
    uint32_t hash;
    uint8_t class; /* enum flow_class */
    bool parked;
    union {
        struct parked_syn syn;     /* of TCP, while parked */
        struct tcp_stream *stream; /* of TCP; NULL: memory was out */
        uint64_t cut_bytes;        /* of UDP: what the snap length took */
    } as;
};

struct flow_list {
    struct flow *oldest, *newest;
    int64_t due_ns; /* when the oldest expires; INT64_MAX: never, or there is none */
    size_t count;
};

struct port_page;

enum { PORT_PAGES = 512 /* 256 of TCP, 256 of UDP */ };

struct flow_table {
    struct session_shared *shared;
    struct siphash_key key;
    struct flow **buckets;
    size_t bucket_count; /* a power of two */
    struct flow_list lists[FLOW_CLASS_COUNT];
    struct flow_statistics statistics;
    struct flow *current; /* see flow_current */
    struct flow *visited; /* whom flow_idle looks after next; NULL: the oldest of the next class */
    uint8_t visited_class;
    bool clock_set, jump_pending;
    uint8_t frames_behind; /* in a row, that say that the capture's clock was set back */
    int64_t elapsed_ns;    /* the table's own clock: goes on with the capture's, and stays where that goes back */
    struct port_page *ports[PORT_PAGES];
    size_t port_pages; /* of them that are there */
};

/* table.c */
uint32_t flow_hash(const struct flow_table *table, const struct endpoint *a, const struct endpoint *b,
                   uint8_t transport, uint64_t inside);
/* *ret_side: who sends from `source`. NULL: nobody knows them. */
struct flow *flow_find(const struct flow_table *table, uint32_t hash, const struct endpoint *source,
                       const struct endpoint *destination, uint8_t transport, uint64_t inside, enum side *ret_side);
/* NULL where memory is out. Not yet in a list. */
struct flow *flow_add(struct flow_table *table, uint32_t hash);
/* Out of the table and its list, and freed. */
void flow_remove(struct flow_table *table, struct flow *flow);
void flow_list_append(struct flow_table *table, struct flow *flow, enum flow_class class);
void flow_list_take(struct flow_table *table, struct flow *flow);

/* roles.c: the client of a conversation that begins with this packet is its source. */
bool flow_client_sends(const struct session_shared *shared, const struct packet *packet);

/* feed.c */
void flow_feed(struct flow_table *table, struct flow *flow, enum side side, const struct packet *packet);
void flow_finish_stream(struct flow_table *table, struct flow *flow);
/* What can be said by now is said. */
void flow_drain(struct flow_table *table, struct flow *flow);
enum flow_class flow_class_of(const struct flow *flow);
/* True where the packet begins another conversation between the same ports. */
bool flow_is_reused(const struct flow *flow, enum side side, const struct packet *packet);

/* expire.c */
/* False: the time is not believed yet, or lies behind. */
bool flow_clock_advance(struct flow_table *table, int64_t time_ns);
void flow_clock(struct flow_table *table, struct moment moment);
void flow_expire(struct flow_table *table);
void flow_evict(struct flow_table *table);
void flow_end(struct flow_table *table, struct flow *flow, enum end_reason reason);
/* How a conversation that is not cut off ends: by what was seen, else `otherwise`. */
enum end_reason flow_reason(const struct flow *flow, enum end_reason otherwise);

/* record.c */
void flow_write_record(struct flow_table *table, struct flow *flow, enum end_reason reason);

/* ports.c */
void flow_count_unknown(struct flow_table *table, const struct flow *flow);
void flow_ports_done(struct flow_table *table);

#endif
