/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Pieces of one side of a TCP connection that wait for what comes before them: ordered by position, never overlapping.
 * A treap, so that whoever sends a stream backwards or byte by byte costs a logarithm and no more.
 *
 * A position is a sequence number unwrapped to 64 bits, so that nothing here has to think of wrapping.
 */
#ifndef OVERHEAR_STREAM_WAITING_H
#define OVERHEAR_STREAM_WAITING_H

#include "overhear/packet.h"

struct budget;

/* What a segment says besides its bytes; every piece of it keeps that. */
struct utterance {
    struct moment moment;
    uint32_t acknowledgment;
    uint32_t acknowledges; /* whether there is one that can be believed. Not a bool: streams that are packed (rest.c)
                            * had better have no holes, whose bytes are anybody's */
};

/* What a host's books say of the segment that a piece came with: where it begins (bytes before the piece may belong to
 * another by now), and when it came. A segment that was joined to the one before it has the standing of that one. */
struct standing {
    uint64_t segment; /* STANDING_DOUBTFUL: gives way to everything (doubt.c) */
    uint32_t age;
};

static const uint64_t STANDING_DOUBTFUL = UINT64_MAX;

struct piece {
    struct piece *left, *right;
    uint64_t start;
    uint32_t length;
    uint32_t capacity; /* bytes of storage; 0 where `lost` */
    uint32_t offset;   /* into the storage: more than 0 where the beginning was taken off */
    uint32_t priority;
    struct standing standing;
    struct utterance said;
    uint8_t doubt; /* enum doubt */
    bool lost;     /* the snap length took these bytes: a length and no content */
    uint8_t storage[];
};

struct waiting {
    struct piece *root;
    uint32_t bytes; /* without lost ones */
    uint32_t count;
};

static inline uint64_t piece_end(const struct piece *piece)
{
    return piece->start + piece->length;
}

/* The first piece that ends after `position`; NULL: none. */
struct piece *waiting_after(const struct waiting *waiting, uint64_t position);

static inline struct piece *waiting_first(const struct waiting *waiting)
{
    return waiting->root ? waiting_after(waiting, 0) : NULL;
}

/* Copies `data`; or, with no data, `lost` bytes of which only the length is known. The place must be free. NULL where
 * memory is out. */
struct piece *waiting_add(struct waiting *waiting, struct budget *budget, uint64_t start, struct bytes data,
                          uint32_t lost, const struct utterance *said, struct standing standing);

/* Takes bytes away at the beginning of a piece, or at its end; not all of it. */
void waiting_trim(struct waiting *waiting, struct piece *piece, uint32_t bytes);
void waiting_shorten(struct waiting *waiting, struct piece *piece, uint32_t bytes);

/* Unlinks without freeing; then the piece is the caller's until piece_free. */
void waiting_remove(struct waiting *waiting, struct piece *piece);
void piece_free(struct piece *piece, struct budget *budget);

/* The bytes; none where they are lost. */
struct bytes piece_data(const struct piece *piece);

/* Takes everything before `position` away; returns how many bytes that were (lost ones are not counted). */
uint32_t waiting_cut_before(struct waiting *waiting, struct budget *budget, uint64_t position);

void waiting_clear(struct waiting *waiting, struct budget *budget);

#endif
