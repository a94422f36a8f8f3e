/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the files of the flow floor share. Private to this folder.
 */
#ifndef OVERHEAR_FLOW_TABLE_H
#define OVERHEAR_FLOW_TABLE_H

#include "flow.h"

#include "stream/tcp.h"
#include "util/budget.h"
#include "util/slab.h"

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
    uint8_t options; /* of the window scale, and: */
    uint8_t ttl;
};

enum { PARKED_SHIFT = 0x0f, PARKED_HAS_SHIFT = 0x10, PARKED_HAS_STAMP = 0x20, PARKED_PROVES = 0x40 };

struct parked_syn flow_park(const struct packet *packet);
void flow_unpark(struct parked_syn syn, struct packet *ret_packet);

/* What the table knows of a conversation, whether it is folded (rest.c) or not: the beginning of a struct flow, or of a
 * struct rest. The links are numbers (slab_number); 0: none. */
struct flow_node {
    int64_t touched_ns;    /* the table's own clock at the last packet */
    uint32_t older, newer; /* in the list of its class */
    uint32_t hash;
    uint8_t class; /* enum flow_class */
    bool folded;
    uint16_t vlan; /* of a struct rest */
};

struct flow {
    struct flow_node node;
    int64_t ticked_ns; /* when the session was told the time, by the table's own clock */
    uint64_t inside;
    uint64_t packets[2], bytes[2];
    struct conversation conversation;
    bool parked;
    bool heard_again;     /* since it was put there: */
    uint16_t quiet_place; /* in table->quiet, from 1; 0: not there */
    union {
        struct parked_syn syn;     /* of TCP, while parked */
        struct tcp_stream *stream; /* of TCP; NULL: memory was out */
        uint64_t cut_bytes;        /* of UDP: what the snap length took */
    } as;
    struct session session;
};

struct flow_list {
    struct flow_node *oldest, *newest;
    int64_t due_ns; /* when the oldest expires; INT64_MAX: never, or there is none */
    size_t count;
};

struct port_page;

enum { PORT_PAGES = 512 /* 256 of TCP, 256 of UDP */, FLOW_PROTOCOLS = 64, FLOW_REST_SIZES = 47, FLOW_QUIET = 256 };

/* Where a conversation is found: open addressing, eight of them in a cache line. number 0: free. */
struct flow_slot {
    uint32_t hash, number;
};

enum { FLOW_HASH_WORDS = 13 };

/* See flow_hash. */
struct flow_hash_key {
    uint64_t factors[FLOW_HASH_WORDS], start, finish;
};

struct flow_table {
    struct session_shared *shared;
    struct flow_hash_key key;
    struct flow_slot *slots;
    size_t slot_count; /* a power of two */
    struct slab_index index;
    struct slab flows, streams, rests[FLOW_REST_SIZES];
    struct flow_list lists[FLOW_CLASS_COUNT];
    int64_t due_ns; /* nothing expires before */
    struct flow_statistics statistics;
    struct flow_node *current; /* see flow_current */
    struct flow_node *visited; /* whom flow_idle looks after next; NULL: the oldest of the next class */
    uint8_t visited_class;
    bool clock_set, jump_pending;
    uint8_t frames_behind; /* in a row, that say that the capture's clock was set back */
    int64_t elapsed_ns;    /* the table's own clock: goes on with the capture's, and stays where that goes back */
    struct port_page *ports[PORT_PAGES];
    size_t port_pages;                     /* of them that are there */
    const char *protocols[FLOW_PROTOCOLS]; /* that folded conversations have, from 1 */
    struct flow copy;                      /* of a folded conversation that is looked at, or ends */
    uint32_t quiet[FLOW_QUIET];            /* numbers of those that are to be folded, a ring: see quiet.c; 0: none */
    uint32_t quiet_next, quiet_settled;    /* before that one there is nobody */
    struct record record;                  /* of a conversation that ends: there is one at a time */
    bool finishing;                        /* nobody is looked for any more, and the slots are used otherwise */
    bool all_leave;                        /* nor does it matter who is in which list */
    uint32_t ahead[FLOW_AHEAD];            /* the hashes of the packets that flow_prefetch saw */
};

/* hash.c */
struct flow_hash_key flow_hash_key_random(void);
/* The same for both directions. */
uint32_t flow_hash(const struct flow_hash_key *key, const struct endpoint *a, const struct endpoint *b,
                   uint8_t transport, uint64_t inside);

/* Of the conversation that is opened next. */
static inline uint64_t flow_next_id(const struct flow_table *table)
{
    return table->statistics.opened * (table->shared->other_parts + 1) + table->shared->part + 1;
}

/* slots.c */
/* *ret_side: who sends from `source`. NULL: nobody knows them. */
struct flow_node *flow_find(const struct flow_table *table, uint32_t hash, const struct endpoint *source,
                            const struct endpoint *destination, uint8_t transport, uint64_t inside,
                            enum side *ret_side);
/* False where there is no room. */
bool flow_slot_add(struct flow_table *table, uint32_t hash, uint32_t number);
void flow_slot_remove(struct flow_table *table, uint32_t hash, uint32_t number);
void flow_slot_renumber(struct flow_table *table, uint32_t hash, uint32_t from, uint32_t to);
/* One slot in 16 stays free, or searches grow long. */
static inline bool flow_slots_are_full(const struct flow_table *table)
{
    return table->statistics.open + 1 > table->slot_count - table->slot_count / 16;
}

/* table.c */
/* NULL where memory is out. Not yet in a list. */
struct flow *flow_add(struct flow_table *table, uint32_t hash);
/* Out of the table and its list, and freed. */
void flow_remove(struct flow_table *table, struct flow_node *node);
/* Whoever is the newest may be so already: it stays where it is. Others are in no list. */
void flow_list_append(struct flow_table *table, struct flow_node *node, enum flow_class class);
void flow_list_take(struct flow_table *table, struct flow_node *node);
/* `to` takes the place of `from` in the table and in its list. */
void flow_replace(struct flow_table *table, struct flow_node *from, struct flow_node *to);

static inline bool flow_is_newest(const struct flow_table *table, const struct flow_node *node)
{
    return table->lists[node->class].newest == node;
}

static inline struct flow_node *flow_node_of(const struct flow_table *table, uint32_t number)
{
    return number ? slab_block(&table->index, number) : NULL;
}

/* rest.c */
/* False: memory is out. */
bool flow_rests_init(struct flow_table *table);
void flow_rests_done(struct flow_table *table);
void flow_node_free(struct flow_table *table, struct flow_node *node);
/* As small as may be: nothing is open, and nothing waits. Returns what is in the table now. */
struct flow_node *flow_fold(struct flow_table *table, struct flow *flow);
/* A conversation of which this packet is the first, and which is nothing yet but a SYN: most such never become more.
 * Not yet in a list. NULL: the packet is another one, or memory is out, and it is for flow_add. */
struct flow_node *flow_add_folded(struct flow_table *table, uint32_t hash, const struct packet *packet);
/* NULL where memory is out. */
struct flow *flow_unfold(struct flow_table *table, struct flow_node *node);
/* To be looked at: where it is folded this is a copy, without a stream, and stays until the next call. */
struct flow *flow_seen(struct flow_table *table, struct flow_node *node);
/* The same with its stream, where that has something to say yet and memory suffices; to be freed where the node is
 * folded (flow_free_stream). */
struct flow *flow_seen_whole(struct flow_table *table, struct flow_node *node);
/* Of a TCP connection that is over: of `node`, which was seen so. False: it is none, or no more than a SYN. */
bool flow_summary(const struct flow *flow, const struct flow_node *node, struct tcp_summary *ret_summary);
/* FIN or RST, where a folded one is known to have ended so. */
enum end_reason flow_node_reason(const struct flow_node *node, enum end_reason otherwise);
uint64_t flow_node_id(const struct flow_node *node);
uint64_t flow_node_first_frame(const struct flow_node *node);
uint64_t flow_node_last_frame(const struct flow_node *node);
bool flow_node_is_between(const struct flow_node *node, const struct endpoint *source,
                          const struct endpoint *destination, uint8_t transport, uint64_t inside, enum side *ret_side);

/* quiet.c: to be folded once nothing has been heard of it for a while. */
void flow_settle(struct flow_table *table, struct flow *flow);
/* It goes: out of that list. */
void flow_unsettle(struct flow_table *table, struct flow *flow);
/* All of them are folded now, as far as they can be. */
void flow_settle_all(struct flow_table *table);

/* roles.c: the client of a conversation that begins with this packet is its source. */
bool flow_client_sends(const struct session_shared *shared, const struct packet *packet);

/* feed.c */
void flow_feed(struct flow_table *table, struct flow *flow, enum side side, const struct packet *packet);
void flow_free_stream(struct flow_table *table, struct flow *flow);
void flow_finish_stream(struct flow_table *table, struct flow *flow);
/* What can be said by now is said. */
void flow_drain(struct flow_table *table, struct flow *flow);
/* Time has passed: what has waited long enough for missing bytes is said, and then requests that have waited long
 * enough are given up, so that an answer behind a hole is not too late. */
void flow_tick(struct flow_table *table, struct flow *flow);
enum flow_class flow_class_of(const struct flow *flow);
/* True where the packet begins another conversation between the same ports. */
bool flow_is_reused(const struct flow *flow, enum side side, const struct packet *packet);

/* expire.c */
/* False: the time is not believed yet, or lies behind. */
bool flow_clock_advance(struct flow_table *table, int64_t time_ns);
void flow_clock_set(struct flow_table *table, struct moment moment);
/* The same, in line for nearly all frames: time goes on by a little. */
enum { FLOW_STEP_SECONDS = 1 };
static inline void flow_clock(struct flow_table *table, struct moment moment)
{
    const uint64_t step_ns = (uint64_t)moment.time_ns - (uint64_t)table->shared->now_ns;
    if (!table->clock_set || moment.time_ns < table->shared->now_ns ||
        step_ns > FLOW_STEP_SECONDS * UINT64_C(1000000000) || table->elapsed_ns > INT64_MAX / 2) {
        flow_clock_set(table, moment);
        return;
    }
    table->shared->moment = moment;
    table->shared->now_ns = moment.time_ns;
    table->elapsed_ns += (int64_t)step_ns;
    table->jump_pending = false;
    table->frames_behind = 0;
}
void flow_expire(struct flow_table *table);
void flow_evict(struct flow_table *table);
/* Nothing ends before: as flow_expire and flow_evict ask themselves. */
static inline bool flow_is_due(const struct flow_table *table)
{
    return table->elapsed_ns >= table->due_ns;
}

static inline bool flow_is_crowded(const struct flow_table *table)
{
    const struct budget *budget = table->shared->budget;
    return budget->limit > 0 &&
           (budget->used > budget->limit - budget->limit / LIMIT_MEMORY_RESERVE || flow_slots_are_full(table));
}

void flow_end(struct flow_table *table, struct flow_node *node, enum end_reason reason);
/* How a conversation that is not cut off ends: by what was seen, else `otherwise`. */
enum end_reason flow_reason(const struct flow_node *node, enum end_reason otherwise);

/* record.c */
/* `tcp`: flow_summary; NULL: there is none. */
void flow_write_record(struct flow_table *table, struct flow *flow, const struct tcp_summary *tcp,
                       enum end_reason reason);

/* ports.c */
void flow_count_unknown(struct flow_table *table, const struct flow *flow);
void flow_ports_done(struct flow_table *table);

#endif
