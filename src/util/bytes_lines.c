/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The part of bytes.h that looks for the ends of short lines: heads of a few hundred bytes, of which every line is some
 * twenty long. A call of memchr for each byte that is looked for cost more than all else that was done with a line;
 * here both are looked for at once, sixteen bytes at a time.
 */
#include "overhear/bytes.h"

#ifdef __SSE2__
#include <emmintrin.h>

enum { LANES = 16, BLOCK = 64 };

static inline __m128i load(const uint8_t *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

/* A bit for each byte that is the one in `wanted`. */
static inline unsigned hits(__m128i bytes, __m128i wanted)
{
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted));
}

static inline size_t lowest(uint64_t bits)
{
    return (size_t)__builtin_ctzll(bits);
}

/* The same of 64 bytes. */
struct block {
    __m128i parts[BLOCK / LANES];
};

static inline struct block load_block(const uint8_t *at)
{
    return (struct block){{load(at), load(at + LANES), load(at + (size_t)2 * LANES), load(at + (size_t)3 * LANES)}};
}

static inline uint64_t block_hits(const struct block *block, __m128i wanted)
{
    return (uint64_t)hits(block->parts[0], wanted) | (uint64_t)hits(block->parts[1], wanted) << 16 |
           (uint64_t)hits(block->parts[2], wanted) << 32 | (uint64_t)hits(block->parts[3], wanted) << 48;
}

/* Where a block begins that holds the byte at `at`: of the last ones some were looked at before. */
static inline size_t block_at(struct bytes b, size_t at)
{
    return at < b.len - BLOCK ? at : b.len - BLOCK;
}
#endif

struct bytes_cut bytes_find_cut(struct bytes b, uint8_t mark, uint8_t end)
{
    size_t at = 0, marked = b.len;
#ifdef __SSE2__
    const __m128i marks = _mm_set1_epi8((char)mark), ends = _mm_set1_epi8((char)end);
    while (b.len >= LANES && at < b.len) {
        /* the last ones are looked at together with some before them, again */
        const unsigned again = at > b.len - LANES ? (unsigned)(at - (b.len - LANES)) : 0;
        const __m128i bytes = load(b.at + at - again);
        const unsigned is_mark = hits(bytes, marks) >> again, is_end = hits(bytes, ends) >> again;
        if (is_mark && marked == b.len)
            marked = at + lowest(is_mark);
        if (is_end) {
            const size_t ended = at + lowest(is_end);
            return (struct bytes_cut){marked < ended ? marked : ended, ended};
        }
        at += LANES - again;
    }
#endif
    for (; at < b.len && b.at[at] != end; at++)
        if (b.at[at] == mark && marked == b.len)
            marked = at;
    return (struct bytes_cut){marked < at ? marked : at, at};
}

/* Behind the empty line that follows the line end at `at`, or 0. */
static inline size_t behind_empty_line(struct bytes b, size_t at)
{
    if (bytes_at(b, at + 1) == '\n')
        return at + 2;
    return bytes_at(b, at + 1) == '\r' && bytes_at(b, at + 2) == '\n' ? at + 3 : 0;
}

size_t bytes_find_empty_line(struct bytes b, size_t from)
{
    size_t at = from;
#ifdef __SSE2__
    const __m128i ends = _mm_set1_epi8('\n');
    /* what follows the last two bytes is not known before the next block */
    for (; b.len >= BLOCK && at < b.len - 2; at = block_at(b, at) + BLOCK - 2) {
        const size_t start = block_at(b, at);
        const struct block block = load_block(b.at + start);
        const uint64_t all = block_hits(&block, ends), before = at - start;
        uint64_t both = all & (all >> 1 | all >> 2) & UINT64_MAX << before;
        for (; both; both &= both - 1) {
            const size_t behind = behind_empty_line(b, start + lowest(both));
            if (behind > 0)
                return behind;
        }
    }
#endif
    for (at = bytes_find(b, '\n', at); at < b.len; at = bytes_find(b, '\n', at + 1)) {
        const size_t behind = behind_empty_line(b, at);
        if (behind > 0)
            return behind;
    }
    return 0;
}

size_t bytes_find_unusual(struct bytes b)
{
    size_t at = 0;
#ifdef __SSE2__
    const __m128i lowest_usual = _mm_set1_epi8(' '), deletes = _mm_set1_epi8(0x7f), ends = _mm_set1_epi8('\n'),
                  returns = _mm_set1_epi8('\r'), tabs = _mm_set1_epi8('\t');
    for (; b.len > LANES && at < b.len - LANES; at += LANES) {
        const __m128i bytes = load(b.at + at), behind = load(b.at + at + 1);
        /* as signed numbers, those beyond ASCII are small as well */
        const __m128i small = _mm_or_si128(_mm_cmplt_epi8(bytes, lowest_usual), _mm_cmpeq_epi8(bytes, deletes));
        const __m128i pair = _mm_and_si128(_mm_cmpeq_epi8(bytes, returns), _mm_cmpeq_epi8(behind, ends));
        const __m128i fine = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, ends), _mm_cmpeq_epi8(bytes, tabs)), pair);
        const unsigned odd = (unsigned)_mm_movemask_epi8(_mm_andnot_si128(fine, small));
        if (odd)
            return at + lowest(odd);
    }
#endif
    for (; at < b.len; at++) {
        const uint8_t c = b.at[at];
        const bool is_fine = (c >= ' ' && c < 0x7f) || c == '\n' || c == '\t' ||
                             (c == '\r' && bytes_at(b, at + 1) == '\n');
        if (!is_fine)
            return at;
    }
    return b.len;
}

static inline bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* The line from `start` to the LF at `end`, with the first colon at `colon`; both lie inside of the bytes. */
static inline bool put_field(struct bytes b, size_t start, size_t colon, size_t end, struct bytes_field *to)
{
    const uint8_t *from = b.at + colon + 1, *until = b.at + end - 1;
    if (colon == start || from > until || *until != '\r' || is_blank(b.at[start]) || is_blank(b.at[colon - 1]) ||
        is_blank(bytes_at(b, end + 1)))
        return false;
    while (from < until && is_blank(*from))
        from++;
    while (until > from && is_blank(until[-1]))
        until--;
    *to = (struct bytes_field){bytes_of(b.at + start, colon - start), bytes_of(from, (size_t)(until - from))};
    return true;
}

#ifdef __SSE2__
/* Finds the colons and the ends of all lines in one pass, as a block holds two or three of them. */
size_t bytes_take_fields(struct bytes *rest, struct bytes_field *to, size_t most)
{
    const struct bytes b = *rest;
    const __m128i marks = _mm_set1_epi8(':'), ends = _mm_set1_epi8('\n');
    size_t count = 0, line = 0, colon = SIZE_MAX;
    for (size_t at = 0; b.len >= BLOCK && at < b.len; at += BLOCK) {
        const size_t start = block_at(b, at);
        const struct block block = load_block(b.at + start);
        const uint64_t fresh = UINT64_MAX << (at - start);
        uint64_t is_mark = block_hits(&block, marks) & fresh, is_end = block_hits(&block, ends) & fresh;
        if (colon == SIZE_MAX && is_mark)
            colon = start + lowest(is_mark);
        while (is_end) {
            const size_t bit = lowest(is_end), end = start + bit;
            if (colon > end || count == most || !put_field(b, line, colon, end, &to[count])) {
                *rest = bytes_skip(b, line);
                return count;
            }
            count++;
            line = end + 1;
            is_mark &= UINT64_MAX << bit;
            is_end &= is_end - 1;
            colon = is_mark ? start + lowest(is_mark) : SIZE_MAX;
        }
    }
    *rest = bytes_skip(b, line);
    return count;
}
#else
size_t bytes_take_fields(struct bytes *rest, struct bytes_field *to, size_t most)
{
    size_t count = 0;
    while (count < most) {
        const struct bytes b = *rest;
        const struct bytes_cut cut = bytes_find_cut(b, ':', '\n');
        if (cut.end == b.len || cut.mark == cut.end || !put_field(b, 0, cut.mark, cut.end, &to[count]))
            break;
        *rest = bytes_skip(b, cut.end + 1);
        count++;
    }
    return count;
}
#endif
