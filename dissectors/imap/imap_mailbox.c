/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Mailbox names (RFC 3501 section 5.1.3): ASCII as it is, everything else as UTF-16 in a base64 of its own, `,` in
 * place of `/`, between `&` and `-`; `&-` is an ampersand. `Entw&APw-rfe` is Entwürfe.
 */
#include "imap.h"

enum { RUN_BYTES = IMAP_NAME_BYTES };

/* One character; what cannot be one becomes U+FFFD. Returns the new length; nothing is added where it does not fit. */
static size_t add_character(uint8_t *to, size_t length, size_t room, uint32_t c)
{
    uint8_t bytes[4];
    size_t count = 0;
    if (c >= 0xd800 && c < 0xe000)
        c = 0xfffd;
    if (c < 0x80) {
        bytes[count++] = (uint8_t)c;
    } else if (c < 0x800) {
        bytes[count++] = (uint8_t)(0xc0 | c >> 6);
    } else if (c < 0x10000) {
        bytes[count++] = (uint8_t)(0xe0 | c >> 12);
        bytes[count++] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
    } else {
        bytes[count++] = (uint8_t)(0xf0 | c >> 18);
        bytes[count++] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
        bytes[count++] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
    }
    if (c >= 0x80)
        bytes[count++] = (uint8_t)(0x80 | (c & 0x3f));
    if (count > room - length)
        return length;
    return length + bytes_copy(to + length, room - length, bytes_of(bytes, count));
}

static size_t add_utf16(uint8_t *to, size_t length, size_t room, struct bytes text)
{
    struct reader r = reader_of(text);
    while (reader_left(&r) >= 2) {
        uint32_t c = reader_u16(&r);
        struct reader ahead = r;
        uint32_t low = reader_left(&ahead) >= 2 ? reader_u16(&ahead) : 0;
        if (c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
            r = ahead;
        }
        length = add_character(to, length, room, c);
    }
    return length;
}

/* Only the characters of the base64 of mailbox names. */
static bool is_run(struct bytes run)
{
    for (size_t i = 0; i < run.len; i++) {
        uint8_t c = bytes_at(run, i), lower = byte_lower(c);
        if (!(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9') && c != '+' && c != ',')
            return false;
    }
    return run.len <= RUN_BYTES;
}

static size_t add_run(uint8_t *to, size_t length, size_t room, struct bytes run)
{
    uint8_t base64[RUN_BYTES], decoded[RUN_BYTES];
    size_t count = bytes_copy(base64, sizeof base64, run);
    for (size_t i = 0; i < count; i++)
        if (base64[i] == ',')
            base64[i] = '/';
    return add_utf16(to, length, room,
                     bytes_of(decoded, base64_decode(bytes_of(base64, count), decoded, sizeof decoded)));
}

size_t imap_mailbox_decode(struct bytes name, bool is_utf8, uint8_t *to, size_t room)
{
    size_t length = 0;
    if (is_utf8)
        return bytes_copy(to, room, name);
    while (name.len > 0) {
        size_t plain = bytes_find(name, '&', 0);
        length += bytes_copy(to + length, room - length, bytes_first(name, plain));
        name = bytes_skip(name, plain);
        size_t end = bytes_find(name, '-', 0);
        struct bytes run = bytes_slice(name, 1, end > 0 ? end - 1 : 0);
        if (name.len == 0)
            break;
        if (end == name.len || !is_run(run)) { /* not as it should be: as it is */
            length += bytes_copy(to + length, room - length, bytes_first(name, 1));
            name = bytes_skip(name, 1);
            continue;
        }
        length = run.len == 0 ? add_character(to, length, room, '&') : add_run(to, length, room, run);
        name = bytes_skip(name, end + 1);
    }
    return length;
}
