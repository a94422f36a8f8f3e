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

/* A name on its way: where it goes on, and what bounds it. */
struct walk {
    struct bytes message;
    struct reader *reader;
    struct reader elsewhere;
    struct dns_text *text;
    size_t start, limit, length;
    struct dns_fault fault;
};

/* Goes on at a pointer, the first byte of which is `high`. */
static bool jump(struct walk *walk, uint8_t high)
{
    size_t target = (size_t)(high & 0x3f) << 8 | reader_u8(walk->reader);
    if (!reader_ok(walk->reader))
        return false;
    if (target >= walk->limit) {
        walk->fault = (struct dns_fault){DNS_FAULT_LOOP, walk->start, target};
        return false;
    }
    walk->limit = target;
    walk->elsewhere = reader_of(bytes_skip(walk->message, target));
    walk->reader = &walk->elsewhere;
    return true;
}

static bool take_label(struct walk *walk, uint8_t length)
{
    bool first = walk->length == 1;
    walk->length += length + 1u;
    if (length > LABEL_MAX || walk->length > NAME_BYTES_MAX) {
        walk->fault.kind = length > LABEL_MAX ? DNS_FAULT_LABEL : DNS_FAULT_LONG;
        walk->fault.detail = length >> 6;
        return false;
    }
    struct bytes label = reader_take(walk->reader, length);
    if (walk->text && !first)
        dns_text_char(walk->text, '.');
    if (walk->text)
        add_label(walk->text, label);
    return reader_ok(walk->reader);
}

bool dns_name_read(struct bytes message, struct reader *reader, struct dns_text *text, struct dns_fault *ret_fault)
{
    size_t start = bytes_offset(message, reader_peek(reader)), before = text ? text->length : 0;
    struct walk walk = {
        .message = message, .reader = reader, .text = text, .start = start, .limit = start, .length = 1};
    bool fine = true;
    walk.fault = (struct dns_fault){DNS_FAULT_SHORT, start, 0};

    while (fine) {
        uint8_t length = reader_u8(walk.reader);
        if (length == 0) {
            fine = reader_ok(walk.reader);
            break;
        }
        fine = length >= POINTER ? jump(&walk, length) : take_label(&walk, length);
    }
    if (fine) {
        if (text && walk.length == 1)
            dns_text_char(text, '.');
        return true;
    }
    if (text)
        text->length = before;
    reader_fail(reader);
    *ret_fault = walk.fault;
    return false;
}

/* FNV-1a. Who can choose names can make two of them collide; so whoever looks one up compares them too. */
uint64_t dns_name_hash(uint64_t seed, struct bytes name)
{
    uint64_t hash = 0xcbf29ce484222325u ^ seed;
    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ byte_lower(bytes_at(name, i))) * 0x100000001b3u;
    return hash;
}
