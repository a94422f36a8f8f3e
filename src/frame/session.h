/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The frame floor: from the bytes of the two sides of one conversation to whole messages for a dissector.
 * It decides which dissector that is, gathers messages that come in pieces, passes over what cannot be
 * understood, and keeps the transactions.
 *
 * The flow floor owns a session in each conversation and feeds it; records leave through the sink.
 */
#ifndef OVERHEAR_FRAME_SESSION_H
#define OVERHEAR_FRAME_SESSION_H

#include "overhear/dissector.h"
#include "overhear/record.h"

#include "util/siphash.h"
#include "util/slab.h"

struct budget;
struct names;
struct port_map;
struct stream_tap;

/* Something a dissector remembers of a client and a server. */
struct recollection {
    struct address client, server;
    uint64_t what;
    struct moment moment;
};

/* A server to which credentials went in clear. */
struct credential_row {
    const char *protocol;
    struct endpoint server;
    uint64_t count;
};

struct expectations;
struct charsets;
struct files;

struct session_shared;
struct inflater;
struct transaction_node;
struct object_node;

/* Closed transactions of one dissector, with the memory of their tapes, for the next ones that it opens. */
struct transaction_shelf {
    const struct dissector *dissector; /* NULL: of nobody yet */
    struct transaction_node *nodes;
    size_t count;
};

/* The same of objects of one type: files, mostly. */
struct object_shelf {
    const struct object_type *type;
    struct object_node *nodes;
    size_t count;
};

enum { TRANSACTION_SHELVES = 4, OBJECT_SHELVES = 2, DISSECTORS_MAX = 32 /* in the registry */ };

/* What one conversation does that another may feel: of the state of an engine that is not a conversation's. */
enum crossing_kind {
    CROSSING_REMEMBERED, /* emit_remember */
    CROSSING_RECALLED,   /* emit_recall */
    CROSSING_ANNOUNCED,  /* emit_expect */
    CROSSING_ASKED,      /* whether somebody has announced this conversation */
    CROSSING_CAME,       /* it is the one that was announced */
    CROSSING_CREDENTIAL, /* emit_credential */
};

struct crossing {
    enum crossing_kind kind;
    const struct conversation *conversation;
    uint64_t what;  /* remembered, recalled; or the number of what was announced, 0: asked in vain */
    uint64_t frame; /* recalled: when it was remembered; 0: it was not */
    const struct endpoint *listeners;
    size_t count;
};

/* Where everything leaves an engine that is one of several: names and numbers hold for all of them, so they are given
 * where it all comes together. shared->turn and shared->now_ns belong to what is said. */
struct session_exit {
    void *context;
    /* A conversation has begun. */
    void (*opened)(void *context, const struct session_shared *shared, const struct conversation *conversation);
    /* Nothing is settled in it yet (record_settle), and no names stand beside the addresses. Borrowed for the call. */
    void (*record)(void *context, const struct session_shared *shared, const struct record *record);
    /* See emit_name. */
    void (*lesson)(void *context, const struct session_shared *shared, enum name_kind kind, const struct address *asker,
                   const struct address *address, struct bytes name, uint32_t ttl_s);
    /* The number that people see; may have to wait until it is known. */
    uint64_t (*number)(void *context, const struct session_shared *shared, const struct conversation *conversation);
    /* For those who watch over what engines do not know of each other; may be NULL. */
    void (*crossing)(void *context, const struct session_shared *shared, const struct crossing *crossing);
};

/* When something is said while one frame is in hand, for those who put the records of several engines in order: who
 * ends by silence goes first, in the order in which one engine with all conversations comes to them; then what the
 * frame itself says. At the end of the capture: the number of the conversation's first frame. */
static inline uint64_t session_turn_of_silence(unsigned class, uint64_t last_frame)
{
    return (uint64_t) class << 56 | (last_frame & (UINT64_MAX >> 8));
}

static const uint64_t SESSION_TURN_FRAME = UINT64_C(0xff) << 56;

/* What all sessions of one engine share. Owned by the engine. */
struct session_shared {
    struct budget *budget;
    struct names *names;    /* learned from DNS; NULL with -n */
    struct port_map *ports; /* which dissector a port belongs to */
    struct record_sink sink;
    const struct session_exit *exit; /* NULL: the engine stands alone, records go to the sink */
    uint64_t turn;                   /* of what is said now. Set by the flow floor */
    unsigned part, other_parts;      /* this is one of several engines: no two have conversations of one id */
    const struct stream_tap *tap;    /* gets the bytes of conversations from the flow floor; NULL: nobody does */
    struct siphash_key host_key;     /* of numbers that stand for names of hosts */
    enum host_stack stack;           /* --stack: whose way contradictions are taken. Read by the flow floor */
    struct bytes broken_off; /* the message in hand, where its end is lost: texts that end with it are not whole */
    bool wants_notes;
    bool ends_all;        /* all whose time is up end at once, however many: nobody waits for the next frame */
    int64_t now_ns;       /* the capture's clock, see flow_clock. Set by the flow floor */
    struct moment moment; /* of the frame in hand. Set by the flow floor */
    struct moment heard;  /* of the bytes in hand, which may have waited for that frame; frame 0: there are none */
    struct recollection recollections[LIMIT_RECOLLECTIONS]; /* a ring */
    void *scratch;                                          /* see emit_scratch; session_shared_done frees it */
    size_t scratch_size;
    uint64_t recollection_count;       /* ever made */
    struct expectations *expectations; /* made when the first conversation is announced */
    struct charsets *charsets;         /* made when the first text needs one */
    struct files *files;               /* what is done with files that travel; NULL: they are only counted */
    struct transaction_shelf shelves[TRANSACTION_SHELVES];
    struct object_shelf object_shelves[OBJECT_SHELVES];
    struct record blank;        /* of anomalies: there is one at a time */
    struct inflater *inflaters; /* that nobody uses now */
    size_t inflater_count;
    struct slab sessions[2];            /* their state: without streams, with them */
    struct slab states[DISSECTORS_MAX]; /* the dissectors', as in the registry */
    struct credential_row credentials[LIMIT_CREDENTIAL_SERVERS];
    size_t credential_rows;
    uint64_t credentials_elsewhere; /* at servers beyond the table */
    uint64_t records;               /* written */
    uint64_t anomalies;             /* counted, whether written or not */
    uint64_t anomaly_counts[ANOMALY_COUNT];
    uint64_t loose_anomalies[ANOMALY_COUNT]; /* of them, those that belong to no conversation */
};

/* What is left of a session at rest: see session_rest. Private to this floor; it may be copied. */
struct session_rest {
    uint32_t excluded;
    uint8_t dissector; /* index + 1 in the registry; 0: none */
    uint8_t attempts;
    bool resting : 1, spoke : 1, opaque : 1;
    struct remainder remainder;
};

struct session {
    struct session_shared *shared;
    struct conversation *conversation; /* owned by the flow floor, outlives the session */
    struct session_state *state;       /* made when the first bytes come; private to this floor */
    uint64_t unrecognised;             /* bytes of both sides that no dissector understood */
    struct session_rest rest;          /* the last member, as the numbers are of it: they need not be zeroed */
};

/* Frees what the sessions shared made themselves: not the budget, the names and the ports. The sessions are over. */
void session_shared_done(struct session_shared *shared);

/* `conversation` is the public part of the flow floor's conversation. Takes no memory yet. */
void session_init(struct session *session, struct session_shared *shared, struct conversation *conversation);

/* One datagram of `side`. `length`: as the sender sent it, >= data.len. */
void session_datagram(struct session *session, enum side side, struct bytes data, uint64_t length,
                      struct moment moment);

/* The next bytes of `side`, in order, seen at `moment`. */
void session_data(struct session *session, enum side side, struct bytes data, struct moment moment);

/* `length` bytes of `side` are lost. */
void session_gap(struct session *session, enum side side, uint64_t length);

/* Of what `side` has begun to say, a part is missing yet: it cannot have ended there. */
bool session_is_amidst(const struct session *session, enum side side);

/* `side` sends nothing more: a FIN, seen at `moment`. Idempotent. */
void session_side_end(struct session *session, enum side side, struct moment moment);

/* An ICMP error came about this conversation: open requests will not be answered. `type`, `code` as on the wire. */
void session_icmp_error(struct session *session, const struct icmp_error *error, uint8_t family);

/* Called now and then with the clock in shared->now_ns: gives up transactions that waited too long. */
void session_tick(struct session *session);

/* Give back all memory, where nothing is open and nothing waits. True: it is given back, now or before, and the session
 * consists of `unrecognised` and `rest` alone; with these in another session of the same conversation (session_init)
 * all goes on as if nothing had happened. UDP: session_wake comes before the next datagram, while conversation->last is
 * what it was. Session_end needs no waking. TCP: only where both sides have ended, and then for good: there is nothing
 * more to be fed. */
bool session_rest(struct session *session);

/* False where memory is out: the session still rests. One that does not rest is awake. */
bool session_wake(struct session *session);

/* The conversation is over: ends both sides, abandons what is open, frees everything. */
void session_end(struct session *session, enum end_reason reason);

/* Whether a dissector claims this port (or -d does): then it is the server's. */
bool session_knows_port(const struct session_shared *shared, uint8_t transport, uint16_t port);

/* Bytes that no dissector understood, of both sides: for the summary's list of unknown ports. Complete after
 * session_end. */
uint64_t session_unrecognised_bytes(const struct session *session);

/* Roles by content: set by the session when a probe says that `source` is really the server. The session
 * swaps conversation->source and ->destination itself and tells the flow floor with this flag, which then
 * maps its own sides anew. Only ever set before any record was written. */
bool session_take_swap(struct session *session);

/* Write an anomaly record about this conversation (or none: conversation NULL), at `moment`. Counts always;
 * writes the first LIMIT_ANOMALIES of a conversation, and as many of each kind that belong to none. */
void session_anomaly(struct session_shared *shared, struct conversation *conversation, enum anomaly anomaly, uint64_t a,
                     uint64_t b);

/* Hand a finished record to the sink, with the names its conversation's client knows, or to the exit as it is. */
void session_write(struct session_shared *shared, struct record *record);

/* Before the first frame of this conversation is read, but after all is known that opened it. */
void session_opened(struct session_shared *shared, const struct conversation *conversation);

/* The conversation's number for people: in names of files. */
uint64_t session_number(struct session_shared *shared, const struct conversation *conversation);

/* To the exit, where there is one that wants it. */
void session_crossing(struct session_shared *shared, const struct crossing *crossing);

/* Credentials went in clear to that server: see emit_credential. */
void session_credential(struct session_shared *shared, const char *protocol, const struct endpoint *server);

/* The dataset of anomaly records, and which anomaly such a record is about; ANOMALY_COUNT: nobody knows. */
extern const struct dataset anomaly_dataset;
enum anomaly session_anomaly_of(const struct record *record);

/* The dataset of files that travelled. */
extern const struct dataset file_dataset;

#endif
