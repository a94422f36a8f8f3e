/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Deflate in its three dresses, for bodies and for whole sides of a conversation. What comes out goes to a sink as it
 * comes, or is only counted; nothing is kept but zlib's own window.
 */
#include "inflate.h"

#include <zlib.h>

enum {
    OUT_BYTES = 32 * 1024,
    WINDOW_ANY = MAX_WBITS + 32, /* zlib or gzip, told by the header */
};

/* Behind it, as large as they are: a window and what zlib keeps beside it. With less memory none is kept. */
enum { KEPT = 4, KEPT_BYTES = 4 * (OUT_BYTES + 48 * 1024) };

struct inflater {
    struct inflater *next; /* on the shelf */
    z_stream stream;
    struct budget *budget;
    enum inflater_format format;
    enum inflate_result result;
    uint64_t in, out;
    bool begun, finished;
    uint8_t buffer[OUT_BYTES];
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

/* All but the buffer, which is only written to. */
static struct inflater *make(struct budget *budget, int window)
{
    struct inflater *inflater = budget_resize(budget, NULL, 0, sizeof *inflater);
    if (!inflater)
        return NULL;
    memset(inflater, 0, offsetof(struct inflater, buffer));
    inflater->budget = budget;
    inflater->stream.zalloc = take_for_zlib;
    inflater->stream.zfree = give_from_zlib;
    inflater->stream.opaque = budget;
    if (inflateInit2(&inflater->stream, window) == Z_OK)
        return inflater;
    budget_give(budget, inflater, sizeof *inflater);
    return NULL;
}

struct inflater *inflater_new(struct session_shared *shared, enum inflater_format format)
{
    const int window = format == INFLATER_RAW ? -MAX_WBITS : WINDOW_ANY;
    struct inflater *inflater = shared->inflaters;
    if (inflater) {
        shared->inflaters = inflater->next;
        shared->inflater_count--;
        inflater->result = INFLATE_OK;
        inflater->in = inflater->out = 0;
        inflater->begun = inflater->finished = false;
        (void)inflateReset2(&inflater->stream, window); /* fails only for a window that there is not */
    } else {
        inflater = make(shared->budget, window);
    }
    if (inflater)
        inflater->format = format;
    return inflater;
}

static void unmake(struct inflater *inflater)
{
    inflateEnd(&inflater->stream);
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

/* "deflate" should be zlib's format, but some servers send the bare stream: tell by the first byte, whose low half
 * is 8 in zlib's header and which a bare stream does not begin with in practice. */
static bool begin(struct inflater *inflater, struct bytes piece)
{
    inflater->begun = true;
    if (inflater->format == INFLATER_DEFLATE && (bytes_at(piece, 0) & 0x0f) != Z_DEFLATED)
        return inflateReset2(&inflater->stream, -MAX_WBITS) == Z_OK;
    return true;
}

static enum inflate_result run(struct inflater *inflater, const struct byte_sink *sink)
{
    z_stream *stream = &inflater->stream;
    do {
        stream->next_out = inflater->buffer;
        stream->avail_out = OUT_BYTES;
        unsigned before = stream->avail_in;
        int status = inflate(stream, inflater->format == INFLATER_RAW ? Z_SYNC_FLUSH : Z_NO_FLUSH);
        inflater->in += before - stream->avail_in;
        size_t produced = OUT_BYTES - stream->avail_out;
        inflater->out += produced;
        if (sink && produced > 0)
            sink->take(sink->context, bytes_of(inflater->buffer, produced));
        if (is_bomb(inflater))
            return INFLATE_BOMB;
        if (status == Z_STREAM_END) {
            /* Several gzip members may follow each other. Anything else after the end is padding. */
            inflater->finished = inflater->format != INFLATER_GZIP || stream->avail_in == 0 || *stream->next_in != 0x1f;
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

enum inflate_result inflater_take(struct inflater *inflater, struct bytes piece, const struct byte_sink *sink)
{
    if (inflater->result != INFLATE_OK || piece.len == 0)
        return inflater->result;
    if (inflater->finished && bytes_at(piece, 0) != 0x1f)
        return INFLATE_OK;
    inflater->finished = false;
    if (!inflater->begun && !begin(inflater, piece))
        return INFLATE_BAD;
    /* zlib takes an unsigned count and a pointer that it does not write through. */
    inflater->stream.next_in = (z_const Bytef *)(uintptr_t)piece.at;
    inflater->stream.avail_in = (unsigned)piece.len;
    inflater->result = run(inflater, sink);
    return inflater->result;
}

uint64_t inflater_out(const struct inflater *inflater)
{
    return inflater->out;
}

uint64_t inflater_in(const struct inflater *inflater)
{
    return inflater->in;
}
