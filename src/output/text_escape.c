/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bytes from the wire become text. Runs of harmless bytes are found sixteen at a time; what is left goes
 * through one decision a character.
 */
#include "text.h"

#include "put.h"
#include "util/utf8.h"

enum treatment {
    COPY,      /* stands for itself */
    HEX,       /* each of its bytes as \xNN */
    JSON_PAIR, /* backslash and one letter of JSON */
    BIDI,      /* moves what is around it */
};

/* Bytes that are copied without a second look: ASCII but control characters, the quote and the backslash. */
/* clang-format off */
static const uint8_t is_plain[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0,
};
/* clang-format on */

/* Sixteen bytes at once, as compilers for all our machines know them. */
typedef uint8_t block __attribute__((vector_size(16)));

static bool block_is_plain(const uint8_t *at)
{
    block bytes;
    uint64_t halves[2];
    memcpy(&bytes, at, sizeof bytes);
    /* Below 0x20 or above 0x7e: one comparison, as 0x20 is taken away first. */
    block special = (block)((bytes - 0x20) > (block){0} + 0x5e);
    special |= (block)(bytes == '"') | (block)(bytes == '\\');
    memcpy(halves, &special, sizeof halves);
    return (halves[0] | halves[1]) == 0;
}

/* How many bytes from `from` on are plain. */
static size_t plain_run(struct bytes wire, size_t from)
{
    const uint8_t *at = wire.at;
    size_t i = from;
    while (i + sizeof(block) <= wire.len && block_is_plain(at + i))
        i += sizeof(block);
    /* The last bytes again with those before them, where there are as many. */
    if (i + sizeof(block) > wire.len && wire.len - from >= sizeof(block) &&
        block_is_plain(at + wire.len - sizeof(block)))
        return wire.len - from;
    while (i < wire.len && is_plain[at[i]])
        i++;
    return i - from;
}

static bool is_hex_digit(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte_lower(byte) >= 'a' && byte_lower(byte) <= 'f');
}

/* Would what is there read as an escape of ours? */
static bool reads_as_escape(struct bytes wire, size_t at)
{
    return bytes_at(wire, at + 1) == 'x' && is_hex_digit(bytes_at(wire, at + 2)) &&
           is_hex_digit(bytes_at(wire, at + 3));
}

/* What to do with the character at `at`; ret_length: its bytes, at least 1. */
static enum treatment treatment_of(struct bytes wire, size_t at, size_t *ret_length, uint32_t *ret_character)
{
    *ret_length = utf8_character(wire, at, ret_character);
    if (*ret_length == 0) {
        *ret_length = 1;
        return HEX;
    }
    uint32_t character = *ret_character;
    if (character == '\\')
        return reads_as_escape(wire, at) ? HEX : JSON_PAIR;
    if (character == '"' || character == '\n' || character == '\t')
        return JSON_PAIR;
    if (utf8_is_control(character))
        return HEX;
    return utf8_is_bidirectional(character) ? BIDI : COPY;
}

static const char hex_digits[] = "0123456789abcdef";

/* \xNN for each byte. */
static void add_hex(struct text_buffer *buffer, struct bytes raw)
{
    for (size_t i = 0; i < raw.len; i++) {
        uint8_t byte = bytes_at(raw, i);
        char digits[4] = {'\\', 'x', hex_digits[byte >> 4], hex_digits[byte & 15]};
        text_add(buffer, digits, sizeof digits);
    }
}

/* The same in a JSON string, where a backslash is two. */
static char *put_hex(char *to, struct bytes raw)
{
    for (size_t i = 0; i < raw.len; i++) {
        uint8_t byte = bytes_at(raw, i);
        to = put_literal(to, "\\\\x");
        *to++ = hex_digits[byte >> 4];
        *to++ = hex_digits[byte & 15];
    }
    return to;
}

static char *put_pair_escape(char *to, uint32_t character)
{
    to[0] = '\\';
    to[1] = (char)(character == '\n' ? 'n' : character == '\t' ? 't' : character);
    return to + 2;
}

static char *put_unicode_escape(char *to, uint32_t character)
{
    to = put_literal(to, "\\u");
    for (int shift = 12; shift >= 0; shift -= 4)
        *to++ = hex_digits[character >> shift & 15];
    return to;
}

/* The character at *at, which is not plain; *at moves on. */
static char *put_special(char *to, struct bytes text, size_t *at)
{
    size_t length;
    uint32_t character;
    enum treatment treatment = treatment_of(text, *at, &length, &character);
    struct bytes raw = bytes_slice(text, *at, length);
    *at += length;
    switch (treatment) {
    case HEX:
        return put_hex(to, raw);
    case JSON_PAIR:
        return put_pair_escape(to, character);
    case BIDI:
        return put_unicode_escape(to, character);
    default:
        return put_bytes(to, raw.at, raw.len);
    }
}

char *put_json_plainly(char *to, struct bytes text)
{
    size_t at = 0;
    while (at < text.len) {
        size_t run = plain_run(text, at);
        struct bytes plain = bytes_slice(text, at, run);
        to = put_bytes(to, plain.at, plain.len);
        at += run;
        if (at < text.len)
            to = put_special(to, text, &at);
    }
    return to;
}

#ifdef __SSE2__

char *put_json(char *to, struct bytes text, size_t readable)
{
    size_t at = 0;
    while (at < text.len) {
        size_t left = text.len - at;
        struct bytes rest = bytes_skip(text, at);
        uint8_t last[PUT_BLOCK] = {0}; /* where no whole block can be read */
        if (readable - at < PUT_BLOCK)
            put_bytes((char *)last, rest.at, left % PUT_BLOCK);
        unsigned special = put_block(to, readable - at < PUT_BLOCK ? last : rest.at);
        if (left < PUT_BLOCK)
            special &= (1u << left) - 1;
        size_t plain = special ? (size_t)__builtin_ctz(special) : left < PUT_BLOCK ? left : PUT_BLOCK;
        to += plain;
        at += plain;
        /* After a character that is not plain often comes another. */
        while (special && at < text.len && !is_plain[bytes_at(text, at)])
            to = put_special(to, text, &at);
    }
    return to;
}

#else

char *put_json(char *to, struct bytes text, size_t readable)
{
    (void)readable;
    return put_json_plainly(to, text);
}

#endif

bool text_add_json(struct text_buffer *buffer, struct bytes wire, size_t limit)
{
    struct bytes text = utf8_cut(wire, limit);
    char *to = text.len > 0 ? text_reserve(buffer, PUT_WORST_BYTE * text.len + PUT_SLACK) : NULL;
    if (to)
        buffer->length += (size_t)(put_json(to, text, text.len) - to);
    return text.len == wire.len;
}

void text_add_terminal(struct text_buffer *buffer, struct bytes wire, size_t limit)
{
    struct bytes text = utf8_cut(wire, limit);
    size_t at = 0;
    while (at < text.len) {
        size_t run = plain_run(text, at);
        struct bytes plain = bytes_slice(text, at, run);
        text_add(buffer, (const char *)plain.at, plain.len);
        at += run;
        if (at == text.len)
            break;
        size_t length;
        uint32_t character;
        enum treatment treatment = treatment_of(text, at, &length, &character);
        struct bytes raw = bytes_slice(text, at, length);
        bool shown = treatment == COPY || (treatment == JSON_PAIR && (character == '"' || character == '\\'));
        if (shown)
            text_add(buffer, (const char *)raw.at, raw.len);
        else
            add_hex(buffer, raw);
        at += length;
    }
}
