/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bodies are inflated only to measure them: what comes out is counted and thrown away.
 */
#include "session_state.h"

#include "util/budget.h"

#include <zlib.h>

enum {
    OUT_BYTES = 32 * 1024,
    WINDOW_ANY = MAX_WBITS + 32, /* zlib or gzip, told by the header */
};

struct inflater {
    z_stream stream;
    struct budget *budget;
    enum inflate_format format;
    enum inflate_result result;
    uint64_t in, out;
    bool begun, finished;
    uint8_t sink[OUT_BYTES];
};

/* zlib's own memory is charged to the budget; each block remembers its size. */
static void *take_for_zlib(void *budget, unsigned items, unsigned size)
{
    size_t total = (size_t)items * size + sizeof(max_align_t);
    max_align_t *block = budget_take(budget, total);
    if (!block)
        return Z_NULL;
    memcpy(block, &total, sizeof total);
    return block + 1;
}

static void give_from_zlib(void *budget, void *memory)
{
    max_align_t *block = (max_align_t *)memory - 1;
    size_t total;
    memcpy(&total, block, sizeof total);
    budget_give(budget, block, total);
}

void inflater_free(struct session *session, enum side side)
{
    struct inflater *inflater = session->state->inflaters[side];
    if (!inflater)
        return;
    inflateEnd(&inflater->stream);
    budget_give(session->shared->budget, inflater, sizeof *inflater);
    session->state->inflaters[side] = NULL;
}

bool emit_inflate_begin(struct emitter *emitter, enum side side, enum inflate_format format)
{
    struct budget *budget = emitter->session->shared->budget;
    inflater_free(emitter->session, side);
    struct inflater *inflater = budget_take(budget, sizeof *inflater);
    if (!inflater)
        return false;
    inflater->budget = budget;
    inflater->format = format;
    inflater->stream.zalloc = take_for_zlib;
    inflater->stream.zfree = give_from_zlib;
    inflater->stream.opaque = budget;
    if (inflateInit2(&inflater->stream, WINDOW_ANY) != Z_OK) {
        budget_give(budget, inflater, sizeof *inflater);
        return false;
    }
    emitter->session->state->inflaters[side] = inflater;
    return true;
}

static bool is_bomb(const struct inflater *inflater)
{
    return inflater->out > LIMIT_INFLATE_BYTES ||
           (inflater->out > LIMIT_INFLATE_FREE_BYTES && inflater->out / LIMIT_INFLATE_RATIO > inflater->in);
}

/* "deflate" should be zlib's format, but some servers send the bare stream: tell by the first byte, whose low half
 * is 8 in zlib's header and which a bare stream does not begin with in practice. */
static bool begin(struct inflater *inflater, struct bytes piece)
{
    inflater->begun = true;
    if (inflater->format == INFLATE_DEFLATE && (bytes_at(piece, 0) & 0x0f) != Z_DEFLATED)
        return inflateReset2(&inflater->stream, -MAX_WBITS) == Z_OK;
    return true;
}

static enum inflate_result run(struct inflater *inflater)
{
    z_stream *stream = &inflater->stream;
    do {
        stream->next_out = inflater->sink;
        stream->avail_out = OUT_BYTES;
        unsigned before = stream->avail_in;
        int status = inflate(stream, Z_NO_FLUSH);
        inflater->in += before - stream->avail_in;
        inflater->out += OUT_BYTES - stream->avail_out;
        if (is_bomb(inflater))
            return INFLATE_BOMB;
        if (status == Z_STREAM_END) {
            /* Several gzip members may follow each other. Anything else after the end is padding. */
            inflater->finished = inflater->format != INFLATE_GZIP || stream->avail_in == 0 || *stream->next_in != 0x1f;
            if (!inflater->finished || stream->avail_in == 0)
                (void)inflateReset(stream);
            if (inflater->finished)
                return INFLATE_OK;
        } else if (status == Z_BUF_ERROR) {
            return INFLATE_OK;
        } else if (status != Z_OK) {
            return INFLATE_BAD;
        }
    } while (stream->avail_in > 0 || stream->avail_out == 0);
    return INFLATE_OK;
}

enum inflate_result emit_inflate(struct emitter *emitter, enum side side, struct bytes piece, uint64_t *decoded_bytes)
{
    struct inflater *inflater = emitter->session->state->inflaters[side];
    if (!inflater || inflater->result != INFLATE_OK || piece.len == 0)
        return inflater ? inflater->result : INFLATE_BAD;
    if (inflater->finished && bytes_at(piece, 0) != 0x1f)
        return INFLATE_OK;
    inflater->finished = false;
    if (!inflater->begun && !begin(inflater, piece))
        return INFLATE_BAD;
    uint64_t before = inflater->out;
    /* zlib takes an unsigned count and a pointer that it does not write through. */
    inflater->stream.next_in = (z_const Bytef *)(uintptr_t)piece.at;
    inflater->stream.avail_in = (unsigned)piece.len;
    inflater->result = run(inflater);
    *decoded_bytes += inflater->out - before;
    return inflater->result;
}

void emit_inflate_end(struct emitter *emitter, enum side side)
{
    inflater_free(emitter->session, side);
}
