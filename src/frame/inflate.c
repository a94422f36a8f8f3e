/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Deflate in its three dresses, for bodies and for whole sides of a conversation. What comes out goes to a sink as it
 * comes, or is only counted; nothing is kept but the window that the library keeps (87 KiB with its tables, which need
 * not be cleared for each body).
 */
#include "inflate.h"

#include <isa-l/igzip_lib.h>

enum { OUT_BYTES = 32 * 1024, GZIP_FIRST = 0x1f, DEFLATED = 8 };

struct inflater {
    struct inflater *next; /* on the shelf */
    struct budget *budget;
    enum inflater_format format;
    enum inflate_result result;
    uint64_t in, out;
    bool begun;
    bool between; /* a stream is over: another gzip member may follow at once */
    bool over;    /* what comes is padding */
    struct inflate_state state;
    uint8_t buffer[OUT_BYTES];
};

/* With less memory none is kept. */
enum { KEPT = 4, KEPT_BYTES = KEPT * sizeof(struct inflater) };

static void restart(struct inflater *inflater, uint32_t dress)
{
    isal_inflate_reset(&inflater->state);
    inflater->state.crc_flag = dress;
}

static struct inflater *make(struct budget *budget)
{
    struct inflater *inflater = budget_resize(budget, NULL, 0, sizeof *inflater);
    if (!inflater)
        return NULL;
    inflater->budget = budget;
    isal_inflate_init(&inflater->state);
    return inflater;
}

struct inflater *inflater_new(struct session_shared *shared, enum inflater_format format)
{
    struct inflater *inflater = shared->inflaters;
    if (inflater) {
        shared->inflaters = inflater->next;
        shared->inflater_count--;
    } else {
        inflater = make(shared->budget);
    }
    if (!inflater)
        return NULL;
    inflater->format = format;
    inflater->result = INFLATE_OK;
    inflater->in = inflater->out = 0;
    inflater->begun = inflater->between = inflater->over = false;
    restart(inflater, ISAL_DEFLATE);
    return inflater;
}

static void unmake(struct inflater *inflater)
{
    budget_give(inflater->budget, inflater, sizeof *inflater);
}

void inflater_free(struct session_shared *shared, struct inflater *inflater)
{
    if (!inflater)
        return;
    if (shared->inflater_count >= KEPT || budget_share(shared->budget, KEPT_BYTES) < KEPT_BYTES) {
        unmake(inflater);
        return;
    }
    inflater->next = shared->inflaters;
    shared->inflaters = inflater;
    shared->inflater_count++;
}

void inflaters_shared_done(struct session_shared *shared)
{
    while (shared->inflaters) {
        struct inflater *inflater = shared->inflaters;
        shared->inflaters = inflater->next;
        unmake(inflater);
    }
    shared->inflater_count = 0;
}

/* A stream that goes on for days is no bomb for its length, only for its ratio. */
static bool is_bomb(const struct inflater *inflater)
{
    if (inflater->format != INFLATER_RAW && inflater->out > LIMIT_INFLATE_BYTES)
        return true;
    return inflater->out > LIMIT_INFLATE_FREE_BYTES && inflater->out / LIMIT_INFLATE_RATIO > inflater->in;
}

/* "deflate" should be zlib's format, but some servers send the bare stream, and some say one and send the other: told
 * by the first byte, which is 0x1f in gzip, and whose low half is 8 in zlib's header; a bare stream does not begin with
 * that in practice. False: what is no bare stream begins with neither. */
static bool begin(struct inflater *inflater, uint8_t first)
{
    inflater->begun = true;
    if (inflater->format == INFLATER_RAW)
        return true;
    if (first == GZIP_FIRST)
        restart(inflater, ISAL_GZIP);
    else if ((first & 0x0f) == DEFLATED)
        restart(inflater, ISAL_ZLIB);
    else
        restart(inflater, ISAL_DEFLATE);
    return inflater->state.crc_flag != ISAL_DEFLATE || inflater->format == INFLATER_DEFLATE;
}

/* What came out. Libisal counts the copy from before the beginning that it has just refused to make. */
static size_t produced_by(const struct inflate_state *state, int status)
{
    enum { LONGEST_COPY = 258 }; /* RFC 1951 section 3.2.5 */
    size_t produced = OUT_BYTES - state->avail_out;
    size_t refused = status == ISAL_INVALID_LOOKBACK ? LONGEST_COPY : 0;
    return produced > refused ? produced - refused : 0;
}

/* Several gzip members may follow each other. Anything else after the end is padding, and all that follows it. */
static bool goes_on(const struct inflater *inflater, uint8_t next)
{
    return inflater->state.crc_flag == ISAL_GZIP && next == GZIP_FIRST;
}

static enum inflate_result run(struct inflater *inflater, const struct byte_sink *sink)
{
    struct inflate_state *state = &inflater->state;
    do {
        state->next_out = inflater->buffer;
        state->avail_out = OUT_BYTES;
        uint32_t before = state->avail_in;
        int status = isal_inflate(state);
        inflater->in += before - state->avail_in;
        size_t produced = produced_by(state, status);
        inflater->out += produced;
        if (sink && produced > 0)
            sink->take(sink->context, bytes_of(inflater->buffer, produced));
        if (is_bomb(inflater))
            return INFLATE_BOMB;
        if (status != ISAL_DECOMP_OK && status != ISAL_END_INPUT)
            return INFLATE_BAD;
        if (state->block_state == ISAL_BLOCK_FINISH) {
            uint8_t *next_in = state->next_in;
            uint32_t avail_in = state->avail_in;
            inflater->between = avail_in == 0;
            inflater->over = avail_in > 0 && !goes_on(inflater, *next_in);
            if (inflater->over)
                return INFLATE_OK;
            restart(inflater, state->crc_flag);
            state->next_in = next_in;
            state->avail_in = avail_in;
            if (inflater->between)
                return INFLATE_OK;
        }
    } while (state->avail_in > 0 || state->avail_out == 0);
    return INFLATE_OK;
}

enum inflate_result inflater_take(struct inflater *inflater, struct bytes piece, const struct byte_sink *sink)
{
    if (inflater->result != INFLATE_OK || piece.len == 0)
        return inflater->result;
    if (inflater->between)
        inflater->over = !goes_on(inflater, bytes_at(piece, 0));
    inflater->between = false;
    if (inflater->over)
        return INFLATE_OK;
    if (!inflater->begun && !begin(inflater, bytes_at(piece, 0)))
        return inflater->result = INFLATE_BAD;
    /* Nothing is written through this pointer. */
    inflater->state.next_in = (uint8_t *)(uintptr_t)piece.at;
    inflater->state.avail_in = (uint32_t)piece.len;
    inflater->result = run(inflater, sink);
    return inflater->result;
}

uint64_t inflater_out(const struct inflater *inflater)
{
    return inflater->out;
}

/* Some of what was taken waits in the state, bit by bit. */
uint64_t inflater_in(const struct inflater *inflater)
{
    int32_t waiting = inflater->state.read_in_length;
    return inflater->in - (waiting > 0 ? (uint64_t)waiting / 8 : 0);
}
