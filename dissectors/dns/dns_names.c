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

#include "overhear/limits.h"

enum {
    NAME_BYTES_MAX = DNS_NAME_BYTES_MAX,
    LABEL_MAX = DNS_LABEL_MAX,
    POINTER = 0xc0,
    OFFSET_MAX = 0x3fff,
    POINTERS_ASKED = 8, /* pointers of one name of which it is asked whether what they lead to is known */
};

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
    unsigned pointers;
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

/* All that follows has been read before. */
static enum step take_known(struct walk *walk, const struct dns_found_name *found)
{
    if (walk->length + found->length - 1 > NAME_BYTES_MAX) {
        walk->fault.kind = DNS_FAULT_LONG;
        return STEP_WRONG;
    }
    add_period(walk);
    dns_text_add(walk->text, found->text);
    walk->length += found->length - 1;
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
    if (++walk->pointers > LIMIT_NAME_POINTERS) {
        walk->fault.kind = DNS_FAULT_CHAIN;
        walk->fault.detail = LIMIT_NAME_POINTERS;
        return STEP_WRONG;
    }
    if (!walk->jumped) {
        walk->jumped = true;
        walk->after = walk->here;
        walk->target = target;
        walk->length_before = walk->length;
        walk->text_before = walk->text ? walk->text->length : 0;
    }
    struct dns_found_name found = {bytes_of(NULL, 0), 0};
    if (walk->names && walk->pointers <= POINTERS_ASKED)
        found = dns_names_find(walk->names, target);
    if (found.length > 0)
        return take_known(walk, &found);
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

/* It does not see that nothing is remembered where there are no names to remember it by. */
ANALYZER_IS_WRONG("-Wanalyzer-null-dereference")
static inline bool is_full(const struct dns_names *names)
{
    return names->count == DNS_NAMES_KNOWN || names->text_length > DNS_NAMES_TEXT;
}
ANALYZER_MAY_BE_RIGHT

/* A text that stands at the end of what is remembered already. */
static inline void keep(struct dns_names *names, size_t offset, size_t length, uint64_t labels, size_t text_length)
{
    if (is_full(names) || offset > OFFSET_MAX || text_length > NAME_BYTES_MAX)
        return;
    names->known[names->count++] = (struct dns_known_name){
        .labels = labels,
        .offset = (uint16_t)offset,
        .text_at = (uint16_t)names->text_length,
        .length = (uint8_t)length,
        .text_length = (uint8_t)text_length,
    };
    names->text_length += text_length;
}

/* A name at `offset`, `length` bytes long where none of it is elsewhere. */
static void remember(struct dns_names *names, size_t offset, size_t length, struct bytes text)
{
    if (length <= 1 || is_full(names) || text.len > NAME_BYTES_MAX)
        return;
    (void)bytes_copy(names->text + names->text_length, text.len, text);
    keep(names, offset, length, 1, text.len);
}

/* The name that began at `start`, with its text from `before`, and what its first pointer led to. */
static inline void remember_both(struct dns_names *names, const struct walk *walk, size_t start, size_t before)
{
    struct bytes text = dns_text_bytes(walk->text);
    if (walk->text->cut)
        return;
    if (!walk->jumped || walk->length_before > 1)
        remember(names, start, walk->length, bytes_skip(text, before));
    if (!walk->jumped || walk->length == walk->length_before || dns_names_find(names, walk->target).length > 0)
        return;
    size_t period = walk->length_before > 1;
    remember(names, walk->target, walk->length - walk->length_before + 1, bytes_skip(text, walk->text_before + period));
}

/* The name that a pointer leads to, where it is known; `used` bytes stood before the pointer. */
static inline struct dns_found_name find_pointed(const struct dns_names *names, struct bytes pointer, size_t start,
                                                 size_t used)
{
    size_t target = (size_t)(bytes_at(pointer, 0) & 0x3f) << 8 | bytes_at(pointer, 1);
    struct dns_found_name found = {bytes_of(NULL, 0), 0};
    if (pointer.len > 1 && target < start)
        found = dns_names_find(names, target);
    return used + found.length <= NAME_BYTES_MAX ? found : (struct dns_found_name){bytes_of(NULL, 0), 0};
}

/* A short text is copied as one block, as there is always room for one and something to read; what follows the text may
 * be where it goes. */
static inline void copy_text(char *to, const struct dns_found_name *found)
{
    char block[32];
    if (found->text.len <= sizeof block) {
        (void)bytes_copy(block, sizeof block, bytes_of(found->text.at, sizeof block));
        (void)bytes_copy(to, sizeof block, bytes_of(block, sizeof block));
    } else {
        (void)bytes_copy(to, found->text.len, found->text);
    }
}

/* Copies `count` bytes behind a name's first byte, lengths of labels among them; false where another is not plain. */
static inline bool copy_plain(char *to, struct bytes from, size_t count, uint64_t lengths)
{
    unsigned odd = 0;
    size_t last = count > DNS_LABEL_BLOCK ? count - DNS_LABEL_BLOCK : 0; /* the last block overlaps the one before */
    if (from.len < DNS_LABEL_BLOCK)
        return false;
    for (size_t i = 0; i < last; i += DNS_LABEL_BLOCK)
        odd |= dns_label_copy(to + i, bytes_skip(from, i)) & ~(unsigned)(lengths >> i);
    unsigned odd_last = dns_label_copy(to + last, bytes_skip(from, last)) & ~(unsigned)(lengths >> last);
    return odd == 0 && (count >= DNS_LABEL_BLOCK ? odd_last : odd_last & ((1u << count) - 1)) == 0;
}

/* Plain labels, at most 64 bytes of them, and then the end or a pointer to a name that is known. Where what is known is
 * full, or it is anything else, no bytes, and nothing is done. */
static inline struct bytes take_labels(struct dns_names *names, struct bytes rest, struct reader *reader, size_t start)
{
    const struct bytes none = {NULL, 0};
    char *to = names->text + names->text_length;
    uint64_t labels = 0;
    size_t used = 0;
    uint8_t length = bytes_at(rest, 0);
    while (length > 0 && length <= LABEL_MAX && used + length < 64) {
        labels |= UINT64_C(1) << used;
        used += length + 1u;
        length = bytes_at(rest, used);
    }
    struct dns_found_name found = {bytes_of(NULL, 0), 1}; /* the root */
    if (length > 0)
        found = length >= POINTER ? find_pointed(names, bytes_slice(rest, used, 2), start, used)
                                  : (struct dns_found_name){bytes_of(NULL, 0), 0};
    const size_t end = used + (length > 0 ? 2 : 1);
    if (used == 0 || end > reader_left(reader) || found.length == 0 || start > OFFSET_MAX || is_full(names) ||
        !copy_plain(to, bytes_skip(rest, 1), used - 1, labels >> 1))
        return none;
    for (uint64_t left = labels & (labels - 1); left > 0; left &= left - 1)
        to[__builtin_ctzll(left) - 1] = '.';
    size_t written = used - 1;
    if (found.text.len > 0) {
        to[written++] = '.';
        copy_text(to + written, &found);
        written += found.text.len;
    }
    keep(names, start, used + found.length, labels, written);
    reader_skip(reader, end);
    return bytes_of(to, written);
}

/* Apart, so that the usual name does not pay for its room on the stack. */
__attribute__((noinline)) static bool walk_name(struct dns_names *names, struct bytes message, struct reader *reader,
                                                size_t start, struct dns_text *text, struct dns_fault *ret_fault)
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

bool dns_name_view_other(struct dns_names *names, struct bytes message, struct reader *reader, char *buffer,
                         struct bytes *ret_name, struct dns_fault *ret_fault)
{
    const struct bytes ahead = reader_peek(reader);
    const size_t start = bytes_offset(message, ahead);
    const uint8_t first = bytes_at(ahead, 0);
    if (first > 0 && first <= LABEL_MAX) {
        *ret_name = take_labels(names, bytes_skip(message, start), reader, start);
        if (ret_name->len > 0)
            return true;
    } else if (first == 0 && ahead.len > 0) {
        reader_skip(reader, 1);
        *ret_name = bytes_of(".", 1);
        return true;
    }
    struct dns_text text = dns_text_in(buffer, DNS_NAME_TEXT);
    bool is_name = walk_name(names, message, reader, start, &text, ret_fault);
    *ret_name = dns_text_bytes(&text);
    return is_name;
}

bool dns_name_recall(struct dns_names *names, struct bytes message, struct reader *reader, struct dns_text *text,
                     struct dns_fault *ret_fault)
{
    struct bytes name;
    if (!text && dns_name_skip_labels(reader))
        return true;
    char *room = names && text ? dns_text_room(text, DNS_NAME_TEXT) : NULL;
    if (!names || !room)
        return walk_name(names, message, reader, bytes_offset(message, reader_peek(reader)), text, ret_fault);
    if (!dns_name_view(names, message, reader, room, &name, ret_fault))
        return false;
    if (name.at == (const uint8_t *)room)
        dns_text_taken(text, name.len);
    else
        dns_text_add(text, name);
    return true;
}

bool dns_name_read(struct bytes message, struct reader *reader, struct dns_text *text, struct dns_fault *ret_fault)
{
    return dns_name_recall(NULL, message, reader, text, ret_fault);
}

static inline uint64_t eight_of(struct bytes name, size_t at)
{
    uint64_t eight = 0;
    (void)bytes_copy(&eight, sizeof eight, bytes_of(bytes_skip(name, at).at, sizeof eight));
    return eight;
}

/* Eight bytes at a time, the last of which may overlap those before; capitals made small by one bit, which also makes
 * one of some other characters: that is for the comparison that follows. Who can choose names can make two of them
 * collide; so whoever looks one up compares them. */
uint64_t dns_name_hash(uint64_t seed, struct bytes name)
{
    enum { STEP = sizeof(uint64_t) };
    const uint64_t factor = 0x9e3779b97f4a7c15u, small = 0x2020202020202020u;
    uint64_t hash = (seed ^ name.len) * factor;
    uint64_t last = 0;
    for (size_t at = 0; at + STEP < name.len; at += STEP) {
        hash = (hash ^ (eight_of(name, at) | small)) * factor;
        hash ^= hash >> 29;
    }
    if (name.len >= STEP)
        last = eight_of(name, name.len - STEP);
    for (size_t i = 0; name.len < STEP && i < name.len; i++)
        last = last << 8 | bytes_at(name, i);
    hash = (hash ^ (last | small)) * factor;
    return hash ^ hash >> 32;
}
