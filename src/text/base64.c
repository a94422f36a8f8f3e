/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Base64 (RFC 4648 sections 4 and 5), read leniently and in pieces.
 */
#include "overhear/text.h"

/* What each byte stands for; -1: nothing. Both alphabets. */
static const int8_t values[256] = {
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 62, -1, 62, -1, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61,
    -1, -1, -1, -1, -1, -1, -1, 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    22, 23, 24, 25, -1, -1, -1, -1, 63, -1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44,
    45, 46, 47, 48, 49, 50, 51, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
};

static int value_of(uint8_t c)
{
    return values[c];
}

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Four characters of the alphabet, three bytes: the way of nearly all text. Returns how many characters were taken. */
static size_t take_quads(struct bytes piece, uint8_t *out, size_t room, size_t *ret_count)
{
    struct reader reader = reader_of(piece);
    size_t count = 0, taken = 0;
    while (reader_left(&reader) >= 4 && room - count >= 3) {
        uint32_t four = reader_u32(&reader);
        int a = value_of((uint8_t)(four >> 24)), b = value_of((uint8_t)(four >> 16)),
            c = value_of((uint8_t)(four >> 8)), d = value_of((uint8_t)four);
        if ((a | b | c | d) < 0)
            break;
        uint32_t bits = (uint32_t)a << 18 | (uint32_t)b << 12 | (uint32_t)c << 6 | (uint32_t)d;
        out[count++] = (uint8_t)(bits >> 16);
        out[count++] = (uint8_t)(bits >> 8);
        out[count++] = (uint8_t)bits;
        taken += 4;
    }
    *ret_count = count;
    return taken;
}

size_t base64_piece(struct base64 *base64, struct bytes piece, void *to, size_t room, size_t *ret_used)
{
    uint8_t *out = to;
    size_t count = 0, i = 0;
    for (; i < piece.len; i++) {
        if (base64->held == 0 && !base64->finished) {
            size_t made;
            i += take_quads(bytes_skip(piece, i), out + count, room - count, &made);
            count += made;
            if (i == piece.len)
                break;
        }
        uint8_t c = bytes_at(piece, i);
        if (c == '=' || base64->finished) {
            base64->odd |= c != '=' && !is_space(c);
            base64->finished = true;
            continue;
        }
        int value = value_of(c);
        if (value < 0) {
            base64->odd |= !is_space(c);
            continue;
        }
        if (base64->held < 2) {
            base64->bits = base64->bits << 6 | (uint32_t)value;
            base64->held = (uint8_t)(base64->held + 6);
            continue;
        }
        if (count == room)
            break;
        base64->held = (uint8_t)(base64->held - 2);
        uint32_t bits = base64->bits << 6 | (uint32_t)value;
        out[count++] = (uint8_t)(bits >> base64->held);
        base64->bits = bits & ((1u << base64->held) - 1);
    }
    *ret_used = i;
    return count;
}

size_t base64_decode(struct bytes text, void *to, size_t room)
{
    struct base64 base64 = {0};
    size_t used;
    return base64_piece(&base64, text, to, room, &used);
}
