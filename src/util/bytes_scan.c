/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The part of bytes.h that walks over long texts: 32 bytes at a time, in vectors as compilers for all our machines know
 * them. Mail and its attachments go through here three times, so on x86-64 the same code is there twice, and a machine
 * that has registers of 32 bytes does it in half the instructions.
 */
#include "overhear/bytes.h"

enum { LANES = 32, STRIDE = 4 * LANES, RUN = 56 /* vectors of which a lane can count the hits */ };

typedef uint8_t lanes __attribute__((vector_size(LANES)));

#if defined(__x86_64__)
#define WIDE __attribute__((target("avx2")))
#endif
#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Of 32 bytes. */
ALWAYS_INLINE bool any(const void *vector)
{
    uint64_t words[LANES / 8];
    memcpy(words, vector, sizeof words);
    return (words[0] | words[1] | words[2] | words[3]) != 0;
}

/* How many bytes, in whole strides, hold no `first` (with `differs`: nothing but it) followed by `second`. */
ALWAYS_INLINE size_t strides_without(const uint8_t *at, size_t length, uint8_t first, uint8_t second, bool differs)
{
    lanes firsts, seconds;
    size_t done = 0;
    memset(&firsts, first, sizeof firsts);
    memset(&seconds, second, sizeof seconds);
    for (; length - done > STRIDE; done += STRIDE) {
        lanes found = {0};
        for (size_t i = 0; i < STRIDE; i += LANES) {
            lanes here, next;
            /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): bytes that are there are not at NULL */
            memcpy(&here, at + done + i, sizeof here);
            memcpy(&next, at + done + i + 1, sizeof next);
            lanes is_first = (lanes)(here == firsts);
            found |= (differs ? ~is_first : is_first) & (lanes)(next == seconds);
        }
        if (any(&found))
            break;
    }
    return done;
}

/* How many bytes, in whole vectors, are of base64's alphabet or white space; *count: how many of them of the alphabet.
 */
ALWAYS_INLINE size_t count_base64(const uint8_t *at, size_t length, uint64_t *count)
{
    size_t done = 0, most = RUN;
    while (length - done >= LANES) {
        size_t end = done + (length - done < most * LANES ? (length - done) / LANES : most) * LANES;
        lanes characters = {0}, odd = {0};
        for (size_t i = done; i < end; i += LANES) {
            lanes c;
            memcpy(&c, at + i, sizeof c);
            lanes letter = (lanes)(((c | 0x20) - 'a') < (lanes){0} + 26);
            lanes digit_or_slash = (lanes)((c - '/') < (lanes){0} + 11);
            lanes character = letter | digit_or_slash | (lanes)(c == '+');
            lanes space = (lanes)((c - '\t') < (lanes){0} + 5) | (lanes)(c == ' ');
            characters -= character;
            odd |= ~(character | space);
        }
        if (any(&odd) && most == 1)
            break;
        if (any(&odd)) { /* in which of them? */
            most = 1;
            continue;
        }
        uint64_t words[LANES / 8], pairs = 0;
        memcpy(words, &characters, sizeof words);
        for (size_t i = 0; i < LANES / 8; i++)
            pairs += (words[i] & 0x00ff00ff00ff00ff) + (words[i] >> 8 & 0x00ff00ff00ff00ff);
        *count += pairs * 0x0001000100010001 >> 48;
        done = end;
    }
    return done;
}

static size_t plain_strides(const uint8_t *at, size_t length, uint8_t first, uint8_t second, bool differs)
{
    return differs ? strides_without(at, length, first, second, true)
                   : strides_without(at, length, first, second, false);
}

static size_t plain_count(const uint8_t *at, size_t length, uint64_t *count)
{
    return count_base64(at, length, count);
}

#ifdef WIDE
WIDE static size_t wide_strides(const uint8_t *at, size_t length, uint8_t first, uint8_t second, bool differs)
{
    return differs ? strides_without(at, length, first, second, true)
                   : strides_without(at, length, first, second, false);
}

WIDE static size_t wide_count(const uint8_t *at, size_t length, uint64_t *count)
{
    return count_base64(at, length, count);
}

static bool is_wide(void)
{
    return __builtin_cpu_supports("avx2");
}
#else
#define wide_strides plain_strides
#define wide_count plain_count

static bool is_wide(void)
{
    return false;
}
#endif

static size_t skip_strides(struct bytes b, uint8_t first, uint8_t second, bool differs)
{
    if (b.len <= STRIDE)
        return 0;
    return is_wide() ? wide_strides(b.at, b.len, first, second, differs)
                     : plain_strides(b.at, b.len, first, second, differs);
}

size_t bytes_find_pair(struct bytes b, uint8_t first, uint8_t second, size_t from)
{
    from += skip_strides(bytes_skip(b, from), first, second, false);
    size_t at = bytes_find(b, first, from);
    while (at + 1 < b.len && bytes_at(b, at + 1) != second) {
        at = bytes_find(b, first, at + 1);
    }
    return at + 1 < b.len ? at : b.len;
}

size_t bytes_find_alone(struct bytes b, uint8_t c, uint8_t before, size_t from)
{
    if (from >= b.len || (from == 0 && bytes_at(b, 0) == c))
        return from < b.len ? from : b.len;
    from = from > 0 ? from : 1;
    from += skip_strides(bytes_skip(b, from - 1), before, c, true);
    size_t at = bytes_find(b, c, from);
    while (at < b.len && bytes_at(b, at - 1) == before)
        at = bytes_find(b, c, at + 1);
    return at;
}

size_t bytes_count_base64(struct bytes b, uint64_t *count)
{
    if (b.len < LANES)
        return 0;
    return is_wide() ? wide_count(b.at, b.len, count) : plain_count(b.at, b.len, count);
}
