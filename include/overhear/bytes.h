/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Borrowed bytes, and the one way to read them.
 *
 * `struct bytes` owns nothing and is passed by value. A view of packet memory is valid until the hook that
 * received it returns; whoever wants to keep something copies it into a record or its state.
 *
 * `struct reader` walks over bytes and is sticky: a read that does not fit gives zero (or no bytes), moves
 * to the end and marks the reader failed for good. A parser reads straight down and asks `reader_ok` once;
 * a loop over `reader_left` ends by itself. A nested length becomes a `reader_sub`, which cannot leave its
 * parent. A count from the wire is compared with `reader_left` before anything loops over it.
 *
 * Nobody outside this header indexes packet memory or adds to a pointer into it (tests/rules holds that).
 */
#ifndef OVERHEAR_BYTES_H
#define OVERHEAR_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Behind a variable: room that another function fills. Release builds set every automatic variable to zero, lest old
 * bytes of the stack get out; where that costs more than one part in 500 of a run, this word leaves it out. */
#if defined __has_attribute
#if __has_attribute(uninitialized)
#define FILLED_LATER __attribute__((uninitialized))
#endif
#endif
#ifndef FILLED_LATER
#define FILLED_LATER
#endif

struct bytes {
    const uint8_t *at;
    size_t len;
};

/* `at` is NULL only where `len` is 0: whoever makes a struct bytes keeps that. Said to compilers, which look for paths
 * where it were otherwise; UndefinedBehaviorSanitizer asks. */
static inline void bytes_known(struct bytes b)
{
    if (b.len > 0 && !b.at)
        __builtin_unreachable();
}

/* The bytes of a C string, without its NUL. */
static inline struct bytes bytes_text(const char *text)
{
    return (struct bytes){(const uint8_t *)text, text ? strlen(text) : 0};
}

static inline struct bytes bytes_of(const void *at, size_t len)
{
    return (struct bytes){(const uint8_t *)at, len};
}

/* Byte number i, or 0 where there is none. */
static inline uint8_t bytes_at(struct bytes b, size_t i)
{
    bytes_known(b);
    return i < b.len ? b.at[i] : 0;
}

/* The big-endian number at offset i, or 0 where it does not fit: for headers whose length has been looked at, where the
 * compiler then leaves the question out. */
static inline uint16_t bytes_u16(struct bytes b, size_t i)
{
    if (b.len < 2 || i > b.len - 2)
        return 0;
    bytes_known(b);
    return (uint16_t)((uint16_t)(b.at[i] << 8) | b.at[i + 1]);
}

static inline uint32_t bytes_u32(struct bytes b, size_t i)
{
    if (b.len < 4 || i > b.len - 4)
        return 0;
    bytes_known(b);
    return (uint32_t)b.at[i] << 24 | (uint32_t)b.at[i + 1] << 16 | (uint32_t)b.at[i + 2] << 8 | b.at[i + 3];
}

/* The first n bytes; fewer where there are fewer. */
static inline struct bytes bytes_first(struct bytes b, size_t n)
{
    return (struct bytes){b.at, n < b.len ? n : b.len};
}

/* What follows the first n bytes; nothing where there are fewer. */
static inline struct bytes bytes_skip(struct bytes b, size_t n)
{
    if (n > b.len)
        n = b.len;
    return (struct bytes){b.at ? b.at + n : b.at, b.len - n};
}

/* n bytes from offset `from`; clipped to what is there. */
static inline struct bytes bytes_slice(struct bytes b, size_t from, size_t n)
{
    return bytes_first(bytes_skip(b, from), n);
}

static inline bool bytes_equal(struct bytes a, struct bytes b)
{
    bytes_known(a);
    bytes_known(b);
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool bytes_is(struct bytes b, const char *text)
{
    return bytes_equal(b, bytes_text(text));
}

/* ASCII only: no locale, ever. */
static inline uint8_t byte_lower(uint8_t c)
{
    return (uint8_t)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static inline uint8_t byte_upper(uint8_t c)
{
    return (uint8_t)(c >= 'a' && c <= 'z' ? c - 32 : c);
}

/* Eight letters at once; only capital letters become small. */
static inline uint64_t bytes_lower8(uint64_t letters)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
    uint64_t low = letters & ~high;
    uint64_t capital = (low + ones * (0x80 - 'A')) & ~(low + ones * (0x80 - 'Z' - 1)) & ~letters & high;
    return letters | capital >> 2;
}

/* As many bytes as fit, 4 to 8 of them, some of them twice. */
static inline uint64_t bytes_ends8(const uint8_t *at, size_t len)
{
    uint32_t first, last;
    memcpy(&first, at, sizeof first);
    memcpy(&last, at + len - sizeof last, sizeof last);
    return (uint64_t)first << 32 | last;
}

static inline bool bytes_equal_nocase(struct bytes a, struct bytes b)
{
    if (a.len != b.len)
        return false;
    bytes_known(a);
    bytes_known(b);
    size_t i = 0;
    for (; a.len - i >= 8; i += 8) {
        uint64_t x, y;
        memcpy(&x, a.at + i, 8);
        memcpy(&y, b.at + i, 8);
        if (x != y && bytes_lower8(x) != bytes_lower8(y))
            return false;
    }
    if (a.len - i >= 4)
        return bytes_lower8(bytes_ends8(a.at + i, a.len - i)) == bytes_lower8(bytes_ends8(b.at + i, a.len - i));
    for (; i < a.len; i++)
        if (byte_lower(a.at[i]) != byte_lower(b.at[i]))
            return false;
    return true;
}

/* The same, where `small` has no capital letters. */
static inline bool bytes_equal_small(struct bytes a, struct bytes small)
{
    if (a.len != small.len)
        return false;
    bytes_known(a);
    bytes_known(small);
    size_t i = 0;
    for (; a.len - i >= 8; i += 8) {
        uint64_t x, y;
        memcpy(&x, a.at + i, 8);
        memcpy(&y, small.at + i, 8);
        if (bytes_lower8(x) != y)
            return false;
    }
    if (a.len - i >= 4)
        return bytes_lower8(bytes_ends8(a.at + i, a.len - i)) == bytes_ends8(small.at + i, a.len - i);
    for (; i < a.len; i++)
        if (byte_lower(a.at[i]) != small.at[i])
            return false;
    return true;
}

static inline bool bytes_is_nocase(struct bytes b, const char *text)
{
    return bytes_equal_nocase(b, bytes_text(text));
}

static inline bool bytes_begin(struct bytes b, const char *text)
{
    return bytes_equal(bytes_first(b, strlen(text)), bytes_text(text));
}

static inline bool bytes_begin_nocase(struct bytes b, const char *text)
{
    return bytes_equal_nocase(bytes_first(b, strlen(text)), bytes_text(text));
}

/* Offset of the first `c` at or after `from`; b.len where there is none. */
static inline size_t bytes_find(struct bytes b, uint8_t c, size_t from)
{
    if (from >= b.len)
        return b.len;
    bytes_known(b);
    const uint8_t *hit = memchr(b.at + from, c, b.len - from);
    return hit ? (size_t)(hit - b.at) : b.len;
}

/* For long texts. Where the first `first` at or after `from` is that `second` follows; b.len where there is none. */
size_t bytes_find_pair(struct bytes b, uint8_t first, uint8_t second, size_t from);

/* Where the first `c` at or after `from` is without `before` before it; b.len where there is none. */
size_t bytes_find_alone(struct bytes b, uint8_t c, uint8_t before, size_t from);

/* For short texts, in one go: where the first `end` is, and the first `mark` before it. b.len, where there is no end;
 * the end's offset, where no mark is before it. */
struct bytes_cut {
    size_t mark, end;
};
struct bytes_cut bytes_find_cut(struct bytes b, uint8_t mark, uint8_t end);

/* Takes header lines from the beginning of `rest`, at most `most` of them, as long as they are as nearly all are: a
 * name, a colon at once, a value, CR LF, and no line after it that continues it. Values are without spaces and tabs at
 * both ends. Stops before a line that is anything else; of less than 64 bytes it may take none. */
struct bytes_field {
    struct bytes name, value;
};
size_t bytes_take_fields(struct bytes *rest, struct bytes_field *to, size_t most);

/* The offset of the first byte that is neither printable ASCII nor a tab nor a part of a line's end (LF, or CR LF);
 * b.len where there is none. */
size_t bytes_find_unusual(struct bytes b);

/* The offset behind the first empty line (LF LF or LF CR LF) whose first LF is at or after `from`; 0: there is none. */
size_t bytes_find_empty_line(struct bytes b, size_t from);

/* How many bytes at the beginning are certainly of the alphabet of base64 (RFC 2045) or white space: it stops less than
 * 32 before the end or the first that is anything else. Those of the alphabet are added to *count. */
size_t bytes_count_base64(struct bytes b, uint64_t *count);

/* Without spaces and tabs at both ends. */
static inline struct bytes bytes_trim(struct bytes b)
{
    bytes_known(b);
    while (b.len > 0 && (b.at[0] == ' ' || b.at[0] == '\t')) {
        b.at++;
        b.len--;
    }
    while (b.len > 0 && (b.at[b.len - 1] == ' ' || b.at[b.len - 1] == '\t'))
        b.len--;
    return b;
}

/* Copies as many bytes as there is room for; returns how many. */
static inline size_t bytes_copy(void *to, size_t room, struct bytes from)
{
    bytes_known(from);
    size_t count = from.len < room ? from.len : room;
    if (count > 0)
        memcpy(to, from.at, count);
    return count;
}

/* Where `part` begins inside `whole`; the caller knows that it does. */
static inline size_t bytes_offset(struct bytes whole, struct bytes part)
{
    return (size_t)(part.at - whole.at);
}

struct reader {
    const uint8_t *start;
    const uint8_t *at;
    const uint8_t *end;
    bool failed;
};

static inline struct reader reader_of(struct bytes b)
{
    static const uint8_t nothing[1] = {0};
    const uint8_t *at = b.at ? b.at : nothing;
    return (struct reader){at, at, at + (b.at ? b.len : 0), false};
}

static inline size_t reader_left(const struct reader *r)
{
    return (size_t)(r->end - r->at);
}

static inline size_t reader_offset(const struct reader *r)
{
    return (size_t)(r->at - r->start);
}

static inline bool reader_ok(const struct reader *r)
{
    return !r->failed;
}

static inline void reader_fail(struct reader *r)
{
    r->at = r->end;
    r->failed = true;
}

static inline bool reader_has(struct reader *r, size_t n)
{
    if (reader_left(r) >= n)
        return true;
    reader_fail(r);
    return false;
}

static inline struct bytes reader_take(struct reader *r, size_t n)
{
    if (!reader_has(r, n))
        return (struct bytes){r->end, 0};
    struct bytes b = {r->at, n};
    r->at += n;
    return b;
}

static inline void reader_skip(struct reader *r, size_t n)
{
    if (reader_has(r, n))
        r->at += n;
}

static inline struct bytes reader_rest(struct reader *r)
{
    return reader_take(r, reader_left(r));
}

/* What is left, without taking it. */
static inline struct bytes reader_peek(const struct reader *r)
{
    return (struct bytes){r->at, reader_left(r)};
}

/* A child over the next n bytes, which the parent moves past. Too few: both fail. */
static inline struct reader reader_sub(struct reader *r, size_t n)
{
    bool fits = reader_has(r, n);
    struct reader child = reader_of(reader_take(r, fits ? n : 0));
    child.failed = !fits;
    return child;
}

static inline uint8_t reader_u8(struct reader *r)
{
    return reader_has(r, 1) ? *r->at++ : 0;
}

/* Big-endian, as the network has it. */
static inline uint16_t reader_u16(struct reader *r)
{
    if (!reader_has(r, 2))
        return 0;
    uint16_t v = (uint16_t)((uint16_t)(r->at[0] << 8) | r->at[1]);
    r->at += 2;
    return v;
}

static inline uint32_t reader_u24(struct reader *r)
{
    if (!reader_has(r, 3))
        return 0;
    uint32_t v = (uint32_t)r->at[0] << 16 | (uint32_t)r->at[1] << 8 | r->at[2];
    r->at += 3;
    return v;
}

static inline uint32_t reader_u32(struct reader *r)
{
    if (!reader_has(r, 4))
        return 0;
    uint32_t v = (uint32_t)r->at[0] << 24 | (uint32_t)r->at[1] << 16 | (uint32_t)r->at[2] << 8 | r->at[3];
    r->at += 4;
    return v;
}

static inline uint64_t reader_u48(struct reader *r)
{
    if (!reader_has(r, 6))
        return 0;
    uint64_t high = reader_u16(r);
    return high << 32 | reader_u32(r);
}

static inline uint64_t reader_u64(struct reader *r)
{
    if (!reader_has(r, 8))
        return 0;
    uint64_t v = (uint64_t)r->at[0] << 56 | (uint64_t)r->at[1] << 48 | (uint64_t)r->at[2] << 40 |
                 (uint64_t)r->at[3] << 32 | (uint64_t)r->at[4] << 24 | (uint64_t)r->at[5] << 16 |
                 (uint64_t)r->at[6] << 8 | r->at[7];
    r->at += 8;
    return v;
}

/* Little-endian, for radiotap and capture files. */
static inline uint16_t reader_u16le(struct reader *r)
{
    if (!reader_has(r, 2))
        return 0;
    uint16_t v = (uint16_t)((uint16_t)(r->at[1] << 8) | r->at[0]);
    r->at += 2;
    return v;
}

static inline uint32_t reader_u32le(struct reader *r)
{
    if (!reader_has(r, 4))
        return 0;
    uint32_t v = (uint32_t)r->at[3] << 24 | (uint32_t)r->at[2] << 16 | (uint32_t)r->at[1] << 8 | r->at[0];
    r->at += 4;
    return v;
}

#endif
