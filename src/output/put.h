/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The engine of the JSON writer: small pieces of text put at a place where there is room, without asking each time.
 *
 * Each function returns where the next piece goes. The caller has made room for what is written and PUT_SLACK bytes
 * behind it: pieces are copied in blocks of a fixed size, which compilers turn into one or two moves, and what is
 * too much is written over by the next piece.
 */
#ifndef OVERHEAR_OUTPUT_PUT_H
#define OVERHEAR_OUTPUT_PUT_H

#include "overhear/bytes.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
    PUT_SLACK = 32,
    PUT_TIME = 30,      /* bytes of the longest time, */
    PUT_NUMBER = 20,    /* of the longest number, */
    PUT_SHORT = 32,     /* of a short text, */
    PUT_WORST_BYTE = 6, /* and of what one byte from the wire may become in a JSON string */
};

/* A text behind which PUT_SLACK bytes can be read. */
static inline char *put_padded(char *to, const char *text, size_t length)
{
    memcpy(to, text, PUT_SLACK);
    for (size_t done = PUT_SLACK; done < length; done += PUT_SLACK)
        memcpy(to + done, text + done, PUT_SLACK);
    return to + length;
}

/* A text of which nothing more can be read: moves of one size, of which the last overlaps. */
static inline char *put_bytes(char *to, const void *from, size_t length)
{
    const char *text = from;
    if (length < 4) {
        if (length > 0) {
            to[0] = text[0];
            to[length / 2] = text[length / 2];
            to[length - 1] = text[length - 1];
        }
    } else if (length <= 8) {
        memcpy(to, text, 4);
        memcpy(to + length - 4, text + length - 4, 4);
    } else if (length <= 16) {
        memcpy(to, text, 8);
        memcpy(to + length - 8, text + length - 8, 8);
    } else {
        for (size_t done = 0; done < length - 16; done += 16)
            memcpy(to + done, text + done, 16);
        memcpy(to + length - 16, text + length - 16, 16);
    }
    return to + length;
}

/* Does none of a word of ours have to be escaped? */
static inline bool put_is_plain(const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)word[i] < 0x20 || word[i] == 0x7f || word[i] == '"' || word[i] == '\\')
            return false;
    return true;
}

/* A string literal; its length is known to the compiler. */
#define put_literal(to, text) ((char *)memcpy((to), (text), sizeof(text) - 1) + sizeof(text) - 1)

static inline char *put_character(char *to, char character)
{
    *to = character;
    return to + 1;
}

extern const char put_pairs[200]; /* "00" to "99" */

/* Two digits of a number below 100. */
static inline void put_pair(char *to, uint32_t value)
{
    memcpy(to, put_pairs + (size_t)2 * value, 2);
}

char *put_large(char *to, uint64_t value); /* 100,000,000 and more */

enum { PUT_DIGITS = 8, PUT_DIGITS_END = 100000000 };

/* The digits of a number below PUT_DIGITS_END, zeros in front: a byte each, the first digit lowest. All of them are
 * found at once, so that nothing depends on how many there are: that is what numbers differ in most. */
static inline uint64_t put_digits(uint32_t value)
{
    uint64_t four = (uint64_t)(value % 10000) << 32 | value / 10000;
    uint64_t high = (four * 10486 >> 20) & UINT64_C(0x0000007f0000007f);
    uint64_t two = high | (four - high * 100) << 16;
    high = (two * 103 >> 10) & UINT64_C(0x000f000f000f000f);
    return high | (two - high * 10) << 8;
}

/* Eight bytes, of which those that count come first. */
static inline void put_eight(char *to, uint64_t digits)
{
    digits |= UINT64_C(0x3030303030303030);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    digits = __builtin_bswap64(digits);
#endif
    memcpy(to, &digits, PUT_DIGITS);
}

/* Below PUT_DIGITS_END. */
static inline char *put_small(char *to, uint32_t value)
{
    if (value < 10)
        return put_character(to, (char)('0' + value));
    uint64_t digits = put_digits(value);
    unsigned zeros = (unsigned)__builtin_ctzll(digits) / 8;
    put_eight(to, digits >> 8 * zeros);
    return to + PUT_DIGITS - zeros;
}

static inline char *put_unsigned(char *to, uint64_t value)
{
    return value < PUT_DIGITS_END ? put_small(to, (uint32_t)value) : put_large(to, value);
}

static inline char *put_signed(char *to, int64_t value)
{
    if (value >= 0)
        return put_unsigned(to, (uint64_t)value);
    *to = '-';
    return put_unsigned(to + 1, 0 - (uint64_t)value);
}

/* The text of the second that was written last: most times share it with the one before. Zeroed at first. */
struct put_second {
    int64_t start_ns;
    bool known;
    char text[20]; /* 2026-11-22T14:02:05. */
};

/* The same for another second than the one before. */
char *put_other_time(char *to, struct put_second *second, int64_t time_ns, unsigned digits);

enum { PUT_SECOND_NS = 1000000000 };

/* What follows the second. */
static inline char *put_fraction(char *to, uint32_t rest_ns, unsigned digits)
{
    put_eight(to, put_digits(rest_ns / 1000) >> 16);
    to += 6;
    if (digits == 9) {
        put_eight(to, put_digits(rest_ns % 1000) >> 40);
        to += 3;
    }
    return put_character(to, 'Z');
}

/* RFC 3339 in UTC with `digits` (6 or 9) after the second. */
static inline char *put_time(char *to, struct put_second *second, int64_t time_ns, unsigned digits)
{
    uint64_t rest_ns = (uint64_t)time_ns - (uint64_t)second->start_ns;
    if (!second->known || time_ns < second->start_ns || rest_ns >= PUT_SECOND_NS)
        return put_other_time(to, second, time_ns, digits);
    memcpy(to, second->text, sizeof second->text);
    return put_fraction(to + sizeof second->text, (uint32_t)rest_ns, digits);
}

/* Wire text inside a JSON string (without the quotes): needs room for PUT_WORST_BYTE times its length. `readable` bytes
 * can be read from where it begins: where they are more than the text, it is read in blocks. */
char *put_json(char *to, struct bytes text, size_t readable);
/* The same a byte at a time: for machines without blocks, and for tests. */
char *put_json_plainly(char *to, struct bytes text);

#ifdef __SSE2__

enum { PUT_BLOCK = 16 };

/* A block is copied, and a bit is set for each of its bytes that does not stand for itself or belongs to no ASCII. */
static inline unsigned put_block(char *to, const uint8_t *from)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)from);
    _mm_storeu_si128((__m128i *)(void *)to, bytes);
    /* Signed, and one more: what is above 0x7e is below 0x21 too. */
    __m128i special = _mm_cmplt_epi8(_mm_add_epi8(bytes, _mm_set1_epi8(1)), _mm_set1_epi8(0x21));
    special = _mm_or_si128(special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    special = _mm_or_si128(special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    return (unsigned)_mm_movemask_epi8(special);
}

/* A text of which nothing is escaped, at least one byte; NULL: there is something, or too little can be read behind it.
 * Needs room for its length alone. */
static inline char *put_if_plain(char *to, struct bytes text, size_t readable)
{
    size_t left = text.len;
    const uint8_t *from = text.at;
    if (readable < left + PUT_BLOCK)
        return NULL;
    for (; left > PUT_BLOCK; left -= PUT_BLOCK, from += PUT_BLOCK, to += PUT_BLOCK)
        if (put_block(to, from) != 0)
            return NULL;
    return put_block(to, from) & ((1u << left) - 1) ? NULL : to + left;
}

/* A text of at most PUT_SHORT bytes, of which nothing is escaped, without a loop: PUT_SHORT bytes can be read and
 * written. NULL: something is. */
static inline char *put_if_short(char *to, const uint8_t *text, size_t length)
{
    uint64_t special = put_block(to, text) | (uint64_t)put_block(to + PUT_BLOCK, text + PUT_BLOCK) << PUT_BLOCK;
    return special & ((UINT64_C(1) << length) - 1) ? NULL : to + length;
}

#else

static inline char *put_if_short(char *to, const uint8_t *text, size_t length)
{
    (void)to, (void)text, (void)length;
    return NULL;
}

static inline char *put_if_plain(char *to, struct bytes text, size_t readable)
{
    (void)to, (void)text, (void)readable;
    return NULL;
}

#endif

#endif
