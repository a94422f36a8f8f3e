/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bodies that are compressed, in pieces: form 1, piece 1, then the stream. What comes out does not depend on the
 * pieces; what zlib reads without a complaint comes out as zlib has it; and there are limits.
 */
#include "harness.h"

#include "frame/inflate.h"
#include "frame/session.h"

#include <zlib.h>

enum { OUT_MAX = 1 << 20, MEMORY = 8 << 20 };

struct out {
    uint8_t at[OUT_MAX];
    size_t length; /* may be more than what is kept */
    uint64_t sum;
};

static void take(void *context, struct bytes piece)
{
    struct out *out = context;
    demand(piece.len > 0 && piece.len <= 32 * 1024);
    if (out->length < OUT_MAX)
        bytes_copy(out->at + out->length, OUT_MAX - out->length, piece);
    out->length += piece.len;
}

static enum inflate_result inflate_in_pieces(struct session_shared *shared, enum inflater_format format,
                                             struct bytes stream, size_t piece, struct out *out)
{
    const struct byte_sink sink = {out, take};
    enum inflate_result result = INFLATE_OK;
    struct inflater *inflater = inflater_new(shared, format);
    demand(inflater != NULL);
    out->length = 0;
    for (struct bytes rest = stream; rest.len > 0 && result == INFLATE_OK; rest = bytes_skip(rest, piece)) {
        struct bytes now = bytes_first(rest, piece);
        uint8_t *copy = fuzz_copy(now);
        result = inflater_take(inflater, bytes_of(copy, now.len), &sink);
        free(copy);
    }
    demand(inflater_out(inflater) == out->length);
    demand(out->length <= LIMIT_INFLATE_FREE_BYTES + (size_t)LIMIT_INFLATE_RATIO * (stream.len + 1) + 64 * 1024);
    inflater_free(shared, inflater);
    return result;
}

/* How many bytes zlib makes of it; SIZE_MAX: it complains, or the end is missing. */
static size_t inflate_by_zlib(struct bytes stream, enum inflater_format format, uint8_t *to)
{
    z_stream z = {.avail_in = (uInt)stream.len, .avail_out = OUT_MAX};
    uint8_t *copy = fuzz_copy(stream);
    z.next_in = copy;
    z.next_out = to;
    demand(inflateInit2(&z, format == INFLATER_GZIP ? 31 : format == INFLATER_RAW ? -15 : 15) == Z_OK);
    int status = inflate(&z, Z_FINISH);
    size_t length = status == Z_STREAM_END ? (size_t)z.total_out : SIZE_MAX;
    (void)inflateEnd(&z);
    free(copy);
    return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct out whole, pieces;
    static uint8_t expected[OUT_MAX];
    static struct budget budget;
    static struct session_shared shared;
    if (size < 3)
        return 0;
    enum inflater_format format = (enum inflater_format)(data[0] % 3);
    size_t piece = 1 + data[1] % 64u;
    struct bytes stream = bytes_of(data + 2, size - 2);
    shared.budget = &budget;
    budget_init(&budget, MEMORY);
    int64_t start = fuzz_time_ns();
    enum inflate_result result = inflate_in_pieces(&shared, format, stream, stream.len, &whole);
    demand(!fuzz_is_slow(fuzz_time_ns() - start, size));
    enum inflate_result other = inflate_in_pieces(&shared, format, stream, piece, &pieces);
    if (whole.length < OUT_MAX && result != INFLATE_BOMB && other != INFLATE_BOMB) {
        size_t both = whole.length < pieces.length ? whole.length : pieces.length;
        bool is_bad = result == INFLATE_BAD || other == INFLATE_BAD;
        demand(is_bad || (result == other && whole.length == pieces.length));
        demand(memcmp(whole.at, pieces.at, both) == 0);
    }
    size_t length = inflate_by_zlib(stream, format, expected);
    if (length != SIZE_MAX && result != INFLATE_BOMB)
        demand(whole.length >= length && memcmp(whole.at, expected, length) == 0);
    inflaters_shared_done(&shared);
    demand(budget.used == 0 && budget.peak <= MEMORY);
    return 0;
}
