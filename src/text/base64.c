/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Base64 (RFC 4648 sections 4 and 5), read leniently and in pieces.
 */
#include "overhear/text.h"

static int value_of(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

size_t base64_piece(struct base64 *base64, struct bytes piece, void *to, size_t room, size_t *ret_used)
{
    uint8_t *out = to;
    size_t count = 0, i = 0;
    for (; i < piece.len; i++) {
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
