/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bytes from the wire become text. Runs of harmless bytes are found eight at a time and copied whole; what is
 * left goes through one decision a character.
 */
#include "text.h"
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

static bool is_bidi_control(uint32_t character)
{
    return character == 0x061c || character == 0x200e || character == 0x200f ||
           (character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069);
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
    if (character < 0x20 || (character >= 0x7f && character <= 0x9f))
        return HEX;
    return is_bidi_control(character) ? BIDI : COPY;
}

static const char hex_digits[] = "0123456789abcdef";

/* \xNN for each byte; the backslash itself is written as `backslash`. */
static void add_hex(struct text_buffer *buffer, struct bytes raw, const char *backslash)
{
    for (size_t i = 0; i < raw.len; i++) {
        uint8_t byte = bytes_at(raw, i);
        char digits[3] = {'x', hex_digits[byte >> 4], hex_digits[byte & 15]};
        text_add_string(buffer, backslash);
        text_add(buffer, digits, sizeof digits);
    }
}

static void add_json_pair(struct text_buffer *buffer, uint32_t character)
{
    char pair[2] = {'\\', (char)(character == '\n' ? 'n' : character == '\t' ? 't' : character)};
    text_add(buffer, pair, sizeof pair);
}

static void add_json_unicode(struct text_buffer *buffer, uint32_t character)
{
    char escape[6] = {'\\',
                      'u',
                      hex_digits[character >> 12 & 15],
                      hex_digits[character >> 8 & 15],
                      hex_digits[character >> 4 & 15],
                      hex_digits[character & 15]};
    text_add(buffer, escape, sizeof escape);
}

bool text_add_json(struct text_buffer *buffer, struct bytes wire, size_t limit)
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
        if (treatment == COPY)
            text_add(buffer, (const char *)raw.at, raw.len);
        else if (treatment == HEX)
            add_hex(buffer, raw, "\\\\");
        else if (treatment == JSON_PAIR)
            add_json_pair(buffer, character);
        else
            add_json_unicode(buffer, character);
        at += length;
    }
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
            add_hex(buffer, raw, "\\");
        at += length;
    }
}
