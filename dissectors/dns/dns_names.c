/* SPDX-License-Identifier: BSD-3-Clause
 *
 *     +--+--+--+--+--+--+--+--+          +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 *     | 0  0|     LENGTH      |          | 1  1|     OFFSET from the message's start      |
 *     +--+--+--+--+--+--+--+--+          +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 *     a label of 0 to 63 bytes follows;  the name goes on there
 *     length 0 ends the name
 */
#include "dns_names.h"

#include "dns_label.h"

enum { NAME_BYTES_MAX = 255, LABEL_MAX = 63, POINTER = 0xc0, OFFSET_MAX = 0x3fff };

static bool is_plain(uint8_t byte)
{
    uint8_t small = byte | 0x20;
    return (small >= 'a' && small <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' || byte == '_';
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

/* A name on its way. */
struct walk {
    struct bytes message;
    const struct dns_names *names;
    struct dns_text *text;
    struct reader here;
    size_t limit;  /* a pointer must lead to before this */
    size_t length; /* bytes of the name so far, with the one that ends it */
    struct dns_fault fault;

    /* the first pointer of the name */
    bool jumped;
    struct reader after;                       /* what follows it */
    size_t target, length_before, text_before; /* where it leads to, and what was read until there */
};

enum step { STEP_ON, STEP_END, STEP_WRONG };

static inline void add_period(struct walk *walk)
{
    if (walk->text && walk->length > 1)
        dns_text_char(walk->text, '.');
}

static const struct dns_known_name *find_known(const struct dns_names *names, size_t offset)
{
    for (unsigned i = 0; i < names->count; i++)
        if (names->known[i].offset == offset)
            return &names->known[i];
    return NULL;
}

/* All that follows has been read before. */
static enum step take_known(struct walk *walk, const struct dns_known_name *known)
{
    if (walk->length + known->length - 1 > NAME_BYTES_MAX) {
        walk->fault.kind = DNS_FAULT_LONG;
        return STEP_WRONG;
    }
    add_period(walk);
    dns_text_add(walk->text, bytes_of(walk->names->text + known->text_at, known->text_length));
    walk->length += known->length - 1u;
    return STEP_END;
}

/* Goes on at a pointer, the first byte of which is `high`. */
static inline enum step jump(struct walk *walk, uint8_t high)
{
    size_t target = (size_t)(high & 0x3f) << 8 | reader_u8(&walk->here);
    if (!reader_ok(&walk->here))
        return STEP_WRONG;
    if (target >= walk->limit) {
        walk->fault.kind = DNS_FAULT_LOOP;
        walk->fault.detail = target;
        return STEP_WRONG;
    }
    if (!walk->jumped) {
        walk->jumped = true;
        walk->after = walk->here;
        walk->target = target;
        walk->length_before = walk->length;
        walk->text_before = walk->text ? walk->text->length : 0;
    }
    const struct dns_known_name *known = walk->names ? find_known(walk->names, target) : NULL;
    if (known)
        return take_known(walk, known);
    walk->limit = target;
    walk->here = reader_of(bytes_skip(walk->message, target));
    return STEP_ON;
}

static inline enum step take_label(struct walk *walk, uint8_t length)
{
    add_period(walk);
    walk->length += length + 1u;
    if (length > LABEL_MAX || walk->length > NAME_BYTES_MAX) {
        walk->fault.kind = length > LABEL_MAX ? DNS_FAULT_LABEL : DNS_FAULT_LONG;
        walk->fault.detail = length >> 6;
        return STEP_WRONG;
    }
    struct bytes label = reader_take(&walk->here, length);
    if (!reader_ok(&walk->here))
        return STEP_WRONG;
    if (walk->text)
        add_label(walk->text, label);
    return STEP_ON;
}

/* A short text is copied as one block, which is as long as there is always room for. */
static inline void copy_text(char *to, const char *from, size_t length)
{
    if (length <= DNS_NAMES_BLOCK)
        memcpy(to, from, DNS_NAMES_BLOCK);
    else
        memcpy(to, from, length);
}

static inline void add_known(struct dns_names *names, size_t offset, size_t length, size_t text_at, size_t text_length)
{
    if (names->count < DNS_NAMES_KNOWN && offset <= OFFSET_MAX)
        names->known[names->count++] = (struct dns_known_name){
            .offset = (uint16_t)offset,
            .length = (uint8_t)length,
            .text_length = (uint8_t)text_length,
            .text_at = (uint16_t)text_at,
        };
}

/* A name at `offset`, `length` bytes long where none of it is elsewhere. */
static void remember(struct dns_names *names, size_t offset, size_t length, struct bytes text)
{
    if (length <= 1 || text.len > NAME_BYTES_MAX || text.len > DNS_NAMES_TEXT - names->text_length)
        return;
    add_known(names, offset, length, names->text_length, text.len);
    names->text_length += bytes_copy(names->text + names->text_length, text.len, text);
}

/* The name that began at `start`, with its text from `before`, and what its first pointer led to. */
static inline void remember_both(struct dns_names *names, const struct walk *walk, size_t start, size_t before)
{
    struct bytes text = dns_text_bytes(walk->text);
    if (walk->text->cut)
        return;
    if (!walk->jumped || walk->length_before > 1)
        remember(names, start, walk->length, bytes_skip(text, before));
    if (!walk->jumped || find_known(names, walk->target) || walk->length == walk->length_before)
        return;
    size_t period = walk->length_before > 1;
    remember(names, walk->target, walk->length - walk->length_before + 1, bytes_skip(text, walk->text_before + period));
}

/* The label that `ahead`, which goes on to the message's end, begins with. False where it is not plain. */
static inline bool copy_plain(char *to, size_t length, struct bytes ahead)
{
    for (; length > 0 && ahead.len >= DNS_LABEL_BLOCK; to += DNS_LABEL_BLOCK) {
        size_t count = length < DNS_LABEL_BLOCK ? length : DNS_LABEL_BLOCK;
        if (!dns_label_copy(to, ahead.at, count))
            return false;
        length -= count;
        ahead = bytes_skip(ahead, count);
    }
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = bytes_at(ahead, i);
        if (!is_plain(byte))
            return false;
        to[i] = (char)byte;
    }
    return true;
}

/* The name that a pointer leads to, where it is known; `used` bytes stood before the pointer. */
static inline const struct dns_known_name *find_pointed(const struct dns_names *names, struct bytes pointer,
                                                        size_t start, size_t used)
{
    size_t target = (size_t)(bytes_at(pointer, 0) & 0x3f) << 8 | bytes_at(pointer, 1);
    const struct dns_known_name *known = pointer.len > 1 && target < start ? find_known(names, target) : NULL;
    return known && used + known->length <= NAME_BYTES_MAX ? known : NULL;
}

/* The whole name is a pointer to one that is known, as in nearly all records of an answer, or it is the root. */
static inline bool read_short(const struct dns_names *names, struct reader *reader, size_t start, struct dns_text *text)
{
    struct bytes ahead = reader_peek(reader);
    uint8_t first = bytes_at(ahead, 0);
    char *to = dns_text_room(text, NAME_BYTES_MAX);
    if (!to || ahead.len == 0 || (first > 0 && first < POINTER))
        return false;
    if (first == 0) {
        *to = '.';
        dns_text_taken(text, 1);
        reader_skip(reader, 1);
        return true;
    }
    const struct dns_known_name *known = find_pointed(names, ahead, start, 0);
    if (!known)
        return false;
    copy_text(to, names->text + known->text_at, known->text_length);
    dns_text_taken(text, known->text_length);
    reader_skip(reader, 2);
    return true;
}

/* What was written of a name that consists of labels alone, and of each that is a part of it. */
static void remember_labels(struct dns_names *names, struct bytes rest, size_t start, const char *text, size_t written)
{
    if (written > DNS_NAMES_TEXT - names->text_length)
        return;
    for (size_t i = 0; i < written; i += bytes_at(rest, i) + 1u)
        add_known(names, start + i, written - i + 2, names->text_length + i, written - i);
    copy_text(names->text + names->text_length, text, written);
    names->text_length += written;
}

/* Plain labels, and then the end or a pointer to a name that is known. False, and nothing is done, where it is anything
 * else. */
static bool read_labels(struct dns_names *names, struct bytes rest, struct reader *reader, size_t start,
                        struct dns_text *text)
{
    const size_t left = reader_left(reader);
    char *to = dns_text_room(text, 2 * NAME_BYTES_MAX + DNS_LABEL_BLOCK);
    size_t used = 0; /* so much of the text, too, as it has a period for each length but the first */
    uint8_t length = bytes_at(rest, 0);
    if (!to)
        return false;
    while (length > 0 && length <= LABEL_MAX) {
        if (used + length + 1 >= left || used + length + 1 >= NAME_BYTES_MAX ||
            !copy_plain(to + used, length, bytes_skip(rest, used + 1)))
            return false;
        used += length;
        to[used++] = '.';
        length = bytes_at(rest, used);
    }
    if (used == 0 || (length > 0 && length < POINTER))
        return false;
    if (length == 0) {
        remember_labels(names, rest, start, to, used - 1);
        dns_text_taken(text, used - 1);
        reader_skip(reader, used + 1);
        return true;
    }
    const struct dns_known_name *known = find_pointed(names, bytes_slice(rest, used, left - used), start, used);
    if (!known)
        return false;
    copy_text(to + used, names->text + known->text_at, known->text_length);
    remember(names, start, used + known->length, bytes_of(to, used + known->text_length));
    dns_text_taken(text, used + known->text_length);
    reader_skip(reader, used + 2);
    return true;
}

static bool walk_name(struct dns_names *names, struct bytes message, struct reader *reader, size_t start,
                      struct dns_text *text, struct dns_fault *ret_fault)
{
    const size_t before = text ? text->length : 0;
    struct walk walk = {
        .message = message,
        .names = text ? names : NULL,
        .text = text,
        .here = *reader,
        .limit = start,
        .length = 1,
        .fault = {DNS_FAULT_SHORT, start, 0},
    };
    enum step step = STEP_ON;

    while (step == STEP_ON) {
        uint8_t length = reader_u8(&walk.here);
        if (length == 0)
            step = reader_ok(&walk.here) ? STEP_END : STEP_WRONG;
        else
            step = length >= POINTER ? jump(&walk, length) : take_label(&walk, length);
    }
    if (step == STEP_WRONG) {
        if (text)
            text->length = before;
        reader_fail(reader);
        *ret_fault = walk.fault;
        return false;
    }
    if (text && walk.length == 1)
        dns_text_char(text, '.');
    else if (walk.names)
        remember_both(names, &walk, start, before);
    *reader = walk.jumped ? walk.after : walk.here;
    return true;
}

bool dns_name_recall(struct dns_names *names, struct bytes message, struct reader *reader, struct dns_text *text,
                     struct dns_fault *ret_fault)
{
    const size_t start = bytes_offset(message, reader_peek(reader));
    if (names && text &&
        (read_short(names, reader, start, text) || read_labels(names, bytes_skip(message, start), reader, start, text)))
        return true;
    return walk_name(names, message, reader, start, text, ret_fault);
}

bool dns_name_read(struct bytes message, struct reader *reader, struct dns_text *text, struct dns_fault *ret_fault)
{
    return dns_name_recall(NULL, message, reader, text, ret_fault);
}

/* Eight bytes at a time, capitals made small by one bit, which also makes one of some other characters: that is for the
 * comparison that follows. Who can choose names can make two of them collide; so whoever looks one up compares them. */
uint64_t dns_name_hash(uint64_t seed, struct bytes name)
{
    const uint64_t factor = 0x9e3779b97f4a7c15u, small = 0x2020202020202020u;
    uint64_t hash = (seed ^ name.len) * factor;
    struct reader reader = reader_of(name);
    while (reader_left(&reader) >= 8) {
        hash = (hash ^ (reader_u64(&reader) | small)) * factor;
        hash ^= hash >> 29;
    }
    uint64_t last = 0;
    while (reader_left(&reader) > 0)
        last = last << 8 | reader_u8(&reader);
    hash = (hash ^ (last | small)) * factor;
    return hash ^ hash >> 32;
}
