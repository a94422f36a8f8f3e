/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Most records of a dataset have the same few sets of fields. For each such set the plan is walked once, and what it
 * comes to is kept: pieces of text, each with a value behind it. A record is then written piece by piece, without
 * asking which step is next, what is open, or whether there is room.
 *
 * Whatever is rare has no shape and goes along the plan: a record of no conversation, one of which something was cut,
 * one that ICMP speaks of.
 */
#ifndef OVERHEAR_OUTPUT_JSON_SHAPE_H
#define OVERHEAR_OUTPUT_JSON_SHAPE_H

#include "json_plan.h"
#include "put.h"

enum json_piece_kind {
    PIECE_END,
    PIECE_REFUSED,    /* the first one: there would be too many */
    PIECE_TEXT,       /* no value behind it */
    PIECE_STRING,     /* one value of a FIELD_TEXT, */
    PIECE_INTEGER,    /* of a number, */
    PIECE_BOOLEAN,    /* of a yes or no, */
    PIECE_GROUPS,     /* of groups, in a list or not, */
    PIECE_FIELD_TIME, /* of a time; */
    PIECE_FIELD,      /* of any other field */
    PIECE_FRAME,      /* a number of a frame, found at an offset into the record; */
    PIECE_TIME,       /* @timestamp */
    PIECE_DURATION,
    PIECE_SIDES, /* source, destination and network as one piece, or */
    PIECE_SOURCE,
    PIECE_DESTINATION,
    PIECE_NETWORK,
    PIECE_CONVERSATION,
};

enum {
    JSON_PIECE_TEXT = 48,
    JSON_PIECES_MAX = 72,
    /* What all pieces whose length has a bound may take. */
    JSON_SHAPE_ROOM = JSON_PIECES_MAX * (JSON_PIECE_TEXT + 80) + 1024,
    JSON_SHAPES = 64, /* kept of each plan */
};

struct json_piece {
    uint8_t kind;   /* enum json_piece_kind */
    uint8_t length; /* of the text */
    uint16_t field; /* of a field; of PIECE_FRAME the offset */
    struct json_step *step;
    char text[JSON_PIECE_TEXT];
};

static_assert(sizeof(struct json_piece) == 64, "a line of the cache");

/* Which pieces a record has. */
struct json_key {
    uint64_t present[RECORD_WORDS];
    uint64_t common;
};

struct json_shape {
    struct json_key key;
    struct json_piece pieces[]; /* at most JSON_PIECES_MAX */
};

/* Zeroed at first. */
struct json_shapes {
    struct json_shape *shapes[JSON_SHAPES];
    uint64_t missed[JSON_SHAPES]; /* the hash of a key that had no shape: made when it comes again */
};

void json_shapes_done(struct json_shapes *shapes);

#endif
