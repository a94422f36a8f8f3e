/* SPDX-License-Identifier: BSD-3-Clause
 *
 * An input as two conversations between the same two hosts, told to the frame floor:
 *
 *     0  which way conversation A goes: a row of the table of ways
 *     1  flags: enum play_flag; above them the way of B, 0: TCP to the port at 3
 *     2  0xc0 + n: the n-th request for memory is refused; else nothing is
 *     3  port of the server of B, 2 octets
 *     5  IPv4 addresses of the client and of the server, 4 octets each
 *    13  what happens, one after the other: how 1 | length 2 | as many bytes, where `how` says that there are any
 *
 * how: bit 0 the side, bit 1 the conversation, bits 2 to 4 enum play_kind.
 */
#ifndef OVERHEAR_FUZZ_PLAY_H
#define OVERHEAR_FUZZ_PLAY_H

#include "record_check.h"

#include "overhear/dissector.h"

enum play_flag {
    PLAY_MIDSTREAM_A = 1,
    PLAY_MIDSTREAM_B = 2,
    PLAY_REVERSED_B = 4, /* the server of A is the client of B */
    PLAY_HASH = 8,       /* files are hashed */
    PLAY_WAY_B = 16,     /* times the way */
};

enum play_kind {
    PLAY_DATA,
    PLAY_DATA_2, /* the same: data is what matters most */
    PLAY_DATA_3,
    PLAY_CUT,  /* a datagram of which the snap length took ten bytes; of TCP data */
    PLAY_GAP,  /* `length` bytes are lost, no bytes follow; and so below */
    PLAY_END,  /* of TCP: this side says nothing more, or with an odd length: a reset. Of UDP: an ICMP error */
    PLAY_TIME, /* `length` seconds pass */
    PLAY_LEAP, /* `length` * 4096 bytes are lost */
};

enum { PLAY_HEADER = 13, PLAY_STEP = 3 };

struct play_way {
    uint8_t transport;
    uint16_t port;
};

struct play {
    const struct play_way *ways; /* at least one; the last is TCP, to a port of nobody, and the one before it UDP */
    size_t way_count;
    size_t piece;    /* no data is told in longer pieces than that; 0: as it is */
    bool rests;      /* conversations over UDP rest whenever they can */
    unsigned rounds; /* so often all of it happens, one after the other; 0: once */
    uint64_t number; /* of the input: no two have conversations of one id, since outputs remember */
};

struct play_result {
    uint64_t sum;    /* of all that was recorded and counted */
    bool refused;    /* memory was */
    bool bad_stream; /* something could not be inflated: how far that came may depend on the pieces */
    /* In mid-stream nobody wanted a segment, so the next was looked at as a beginning: which are depends on the cuts.
     */
    bool tried_again;
    uint64_t bytes; /* that were told */
    uint64_t anomalies, unrecognised;
};

/* Memory was within the budget and all of it was given back, or this aborts. */
struct play_result play_conversations(const struct play *play, struct bytes input, struct record_watch *watch);

/* Whether what is recorded may not depend on how the bytes are cut. It does where the beginning was not seen and the
 * port is nobody's (the last two ways): each segment is then asked whether something known begins with it. */
bool play_may_be_cut(const struct play *play, struct bytes input);

/* One of the steps. False: there is none. */
struct play_step {
    unsigned how;
    uint16_t length;
    struct bytes data;
};

static inline enum play_kind play_kind_of(unsigned how)
{
    return (enum play_kind)(how >> 2 & 7);
}

static inline bool play_next_step(struct reader *r, struct play_step *ret_step)
{
    if (reader_left(r) < PLAY_STEP)
        return false;
    ret_step->how = reader_u8(r);
    ret_step->length = reader_u16(r);
    size_t n = play_kind_of(ret_step->how) <= PLAY_CUT ? ret_step->length : 0;
    ret_step->data = reader_take(r, n < reader_left(r) ? n : reader_left(r));
    return true;
}

#endif
