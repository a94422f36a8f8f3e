/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The engine wires the floors together: frames go in, records come out. All state hangs from it, so that several
 * run side by side in one process. Not thread-safe: one engine, one thread.
 */
#ifndef OVERHEAR_ENGINE_H
#define OVERHEAR_ENGINE_H

#include "overhear/dissector.h"
#include "overhear/record.h"

struct engine;

struct engine_port {
    uint16_t port;
    const struct dissector *dissector;
};

/* The bytes of conversations, in order, for those who want them beside the records. The tap borrows what it is given
 * for the call; a conversation stays where it is until its `end` is told. What a side sent is told in the order of the
 * stream, datagrams as they come; both sides in the order in which the session takes them. */
struct stream_tap {
    void *context;
    void (*data)(void *context, const struct conversation *conversation, enum side side, struct bytes data,
                 struct moment moment);
    /* `length` bytes of that side are lost here. */
    void (*gap)(void *context, const struct conversation *conversation, enum side side, uint64_t length);
    /* Client and server turned out to be the other way round: so are the sides told before. Comes before the next
     * bytes, and only to conversations over UDP and those that were under way when the capture began. */
    void (*swap)(void *context, const struct conversation *conversation);
    /* Also of a conversation that had no bytes. */
    void (*end)(void *context, const struct conversation *conversation, enum end_reason reason);
};

struct engine_options {
    struct record_sink sink;         /* gets every record, in order */
    void (*pause)(void *context);    /* the sink's: records that it holds had better go on now. NULL: it holds none */
    size_t memory_limit;             /* bytes; 0: LIMIT_MEMORY_MIB */
    bool strict_checksums;           /* packets with bad checksums are dropped */
    enum host_stack stack;           /* --stack: packets that contradict each other are taken as this host takes them */
    bool no_names;                   /* do not label addresses with names seen in DNS answers */
    bool no_notes;                   /* store no observations */
    bool ends_all;                   /* a frame ends all conversations whose time is up, however long that takes */
    bool hash_files;                 /* --hash: file.hash.sha256 */
    const char *extract_folder;      /* --extract: an existing folder where files are saved; NULL: nowhere */
    int extract_descriptor;          /* it is open already, by this descriptor; 0: it is opened by its name */
    uint64_t extract_limit;          /* --extract-limit: bytes of one file that are saved; 0: LIMIT_EXTRACT_BYTES */
    const struct engine_port *ports; /* -d: above the dissectors' own ports */
    size_t port_count;
    const struct stream_tap *tap; /* NULL: nobody wants bytes */
};

struct engine_stop {
    const char *name; /* why frames went no further, or "decoded" */
    uint64_t frames;
};

struct engine_unknown {
    const char *transport; /* "tcp", "udp" */
    uint16_t port;
    uint64_t conversations, bytes;
};

/* Credentials seen in clear. */
struct engine_credentials {
    const char *protocol; /* NULL: all further servers together */
    struct endpoint server;
    uint64_t count;
};

struct engine_statistics {
    uint64_t frames, bytes; /* on the wire */
    int64_t first_ns, last_ns;
    struct engine_stop stops[16];
    size_t stop_count;
    uint64_t unknown_link_frames; /* of the stops: those whose link type nobody knows; */
    uint64_t unknown_link_first;  /* the number of the first of them, and what it says */
    uint16_t unknown_link_type;
    uint64_t conversations, conversations_ended;
    uint64_t untracked; /* packets without a conversation, for want of memory */
    uint64_t ended[5];  /* by enum end_reason */
    uint64_t records, anomalies;
    uint64_t anomaly_counts[ANOMALY_COUNT];
    uint64_t bad_checksums, datagrams_reassembled, datagrams_given_up;
    uint64_t seen_bytes, delivered_bytes, gap_bytes, duplicate_bytes, over_limit_bytes;
    uint64_t memory_used, memory_peak, memory_limit, memory_refused;
    uint64_t memory_failed; /* of those refused: below the limit, the system had no more */
    struct engine_credentials credentials[LIMIT_CREDENTIAL_SERVERS + 1]; /* most first */
    size_t credential_count;
    uint64_t files, files_saved,
        files_not_saved;              /* objects transferred; with --extract: written, and not for want of room */
    char extract_error[256];          /* the first reason why one could not be saved; empty: none */
    struct engine_unknown unknown[8]; /* what was not understood, most bytes first */
    size_t unknown_count;
};

/* NULL where memory is out. The options are copied, what they point to must outlive the engine. */
struct engine *engine_new(const struct engine_options *options);

/* One frame. Records that it completes have left through the sink when this returns. */
void engine_frame(struct engine *engine, const struct frame *frame);

/* The same as engine_frame for each of them: cheaper, because what one needs is fetched while others are worked on. The
 * bytes of all have to be valid. */
void engine_frames(struct engine *engine, const struct frame *frames, size_t count);

/* The conversation that the last frame belonged to; NULL: none (no IP, a fragment that waits for others, no memory).
 * Valid until the next call. Its protocol is NULL as long as nobody has recognised what is spoken. */
const struct conversation *engine_conversation(const struct engine *engine);

/* The last frame was a piece of a datagram that is not whole yet, or never will be: whose it is, nobody can say. */
bool engine_is_fragment(const struct engine *engine);

/* Live, when no frame has come for a while: it is `time_ns` now (1970, as frames have it). Transactions that have
 * waited too long are told, silent conversations end. A time before the last frame's changes nothing. Cheap enough for
 * ten calls a second; a call does bounded work, so with very many conversations it takes some until each had its turn.
 *
 * Best is the time of the last frame and what a clock that nobody sets (CLOCK_BOOTTIME) has counted since: then it does
 * not matter whether the wall clock jumps, or that of the network card goes differently. A leap of more than a day
 * counts when the next call or frame confirms it. */
void engine_idle(struct engine *engine, int64_t time_ns);

/* The end of the capture: everything in flight is written. */
void engine_finish(struct engine *engine);

void engine_statistics(const struct engine *engine, struct engine_statistics *ret_statistics);
void engine_free(struct engine *engine);

/* What engines otherwise have the C library and libcrypto load when they first need it (character sets, digests),
 * loaded before: for a process that is about to give up opening files. While it is held no engine needs a file but
 * those of --extract. NULL where memory is out. Thread-safe, as are the engines' own uses of it. */
struct engine_library;
struct engine_library *engine_load(void);
void engine_unload(struct engine_library *library);

/* By name; NULL where there is none. */
const struct dissector *dissector_find(const char *name);

/* All datasets: those of the registry and the core's flow and anomaly; ended by NULL. */
size_t dataset_list(const struct dataset **ret_datasets, size_t capacity);

#endif
