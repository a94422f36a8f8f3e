/* SPDX-License-Identifier: BSD-3-Clause
 *
 *     +--+--+--+--+--+--+--+--+          +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 *     | 0  0|     LENGTH      |          | 1  1|     OFFSET from the message's start      |
 *     +--+--+--+--+--+--+--+--+          +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 *     a label of 0 to 63 bytes follows;  the name goes on there
 *     length 0 ends the name
 */
#include "dns_names.h"

enum { NAME_BYTES_MAX = 255, LABEL_MAX = 63, POINTER = 0xc0 };

static bool fault(struct reader *reader, struct dns_fault *ret_fault, struct dns_fault what)
{
    *ret_fault = what;
    reader_fail(reader);
    return false;
}

/* As master files want it: these have a meaning there, and a period inside a label is none of its ends. */
static bool is_special(uint8_t byte)
{
    return byte == '.' || byte == '"' || byte == '(' || byte == ')' || byte == ';' || byte == '\\' || byte == '@' ||
           byte == '$';
}

static void add_label(struct dns_text *text, struct bytes label)
{
    for (size_t i = 0; i < label.len; i++) {
        uint8_t byte = bytes_at(label, i);
        if (byte <= ' ' || byte > '~') {
            dns_text_escape(text, byte);
            continue;
        }
        if (is_special(byte))
            dns_text_char(text, '\\');
        dns_text_char(text, (char)byte);
    }
}

bool dns_name_read(struct bytes message, struct reader *reader, struct dns_text *text, struct dns_fault *ret_fault)
{
    size_t start = bytes_offset(message, reader_peek(reader));
    size_t limit = start, wire_length = 1, before = text ? text->length : 0;
    struct reader elsewhere;
    struct reader *walk = reader;
    struct dns_fault what = {DNS_FAULT_SHORT, start, 0};

    for (;;) {
        uint8_t length = reader_u8(walk);
        if (length == 0)
            break;
        if (length >= POINTER) {
            size_t target = (size_t)(length & 0x3f) << 8 | reader_u8(walk);
            if (!reader_ok(walk))
                break;
            if (target >= limit) {
                what = (struct dns_fault){DNS_FAULT_LOOP, start, target};
                break;
            }
            limit = target;
            elsewhere = reader_of(bytes_skip(message, target));
            walk = &elsewhere;
            continue;
        }
        wire_length += length + 1u;
        if (length > LABEL_MAX || wire_length > NAME_BYTES_MAX) {
            what.kind = length > LABEL_MAX ? DNS_FAULT_LABEL : DNS_FAULT_LONG;
            what.detail = length >> 6;
            break;
        }
        struct bytes label = reader_take(walk, length);
        if (text) {
            if (wire_length > length + 2u)
                dns_text_char(text, '.');
            add_label(text, label);
        }
    }
    if (what.kind != DNS_FAULT_SHORT || !reader_ok(walk)) {
        if (text)
            text->length = before;
        return fault(reader, ret_fault, what);
    }
    if (text && wire_length == 1)
        dns_text_char(text, '.');
    return true;
}

/* FNV-1a. Who can choose names can make two of them collide; so whoever looks one up compares them too. */
uint64_t dns_name_hash(uint64_t seed, struct bytes name)
{
    uint64_t hash = 0xcbf29ce484222325u ^ seed;
    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ byte_lower(bytes_at(name, i))) * 0x100000001b3u;
    return hash;
}
