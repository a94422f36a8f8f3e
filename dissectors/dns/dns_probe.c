/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A datagram is certainly DNS where it can be walked to its exact end: header, one question of a known class,
 * records whose lengths add up. In a stream, a length, a sane header and a whole first question (or record) must
 * do, since an answer can be longer than what a probe is shown.
 */
#include "dns_probe.h"

#include "dns_message.h"

enum { QUESTIONS_SANE = 64, NETBIOS_NAME_PORT = 137, RCODE_SANE = 11 };

struct outline {
    uint16_t flags;
    unsigned counts[1 + DNS_SECTIONS];
    unsigned records;
    bool sane; /* as far as a header can be, on its own */
    bool fits; /* so many questions and records can be in that many bytes */
};

static inline struct outline read_outline(struct reader *reader, size_t length)
{
    struct outline outline = {0};
    const struct bytes header = reader_peek(reader);
    outline.flags = bytes_u16(header, 2);
    for (size_t i = 0; i < sizeof outline.counts / sizeof *outline.counts; i++)
        outline.counts[i] = bytes_u16(header, 4 + 2 * i);
    reader_skip(reader, DNS_HEADER_BYTES);
    outline.records = outline.counts[1] + outline.counts[2] + outline.counts[3];
    size_t least = DNS_HEADER_BYTES + (size_t)outline.counts[0] * DNS_QUESTION_BYTES_MIN +
                   (size_t)outline.records * DNS_RECORD_BYTES_MIN;
    unsigned opcode = outline.flags >> 11 & 15, rcode = outline.flags & 15;
    bool is_query = !(outline.flags & DNS_FLAG_QR) && opcode == DNS_OPCODE_QUERY;
    outline.sane = dns_opcode_word(opcode) && !(outline.flags & DNS_FLAG_Z) && rcode <= RCODE_SANE &&
                   outline.counts[0] <= QUESTIONS_SANE && !(is_query && rcode > 0);
    outline.fits = least <= length;
    return outline;
}

static bool is_known_class(uint16_t class_number)
{
    return dns_class_word(class_number & 0x7fff); /* the top bit is mDNS's */
}

/* Past a question or, with `is_record`, a record. */
static inline bool walk(struct bytes message, struct reader *reader, bool is_record)
{
    struct dns_fault fault;
    if (!dns_name_skip_labels(reader) && !dns_name_read(message, reader, NULL, &fault))
        return false;
    reader_skip(reader, 2);
    uint16_t class_number = reader_u16(reader);
    if (is_record) {
        reader_skip(reader, 4);
        reader_skip(reader, reader_u16(reader));
    } else if (!is_known_class(class_number)) {
        return false;
    }
    return reader_ok(reader);
}

static enum probe by_direction(uint16_t flags)
{
    return flags & DNS_FLAG_QR ? PROBE_SERVER : PROBE_CLIENT;
}

/* Passes over as much as can be passed over; returns how many questions and records that was. */
static unsigned walk_all(struct bytes message, struct reader *reader, const struct outline *outline)
{
    unsigned walked = 0, all = outline->counts[0] + outline->records;
    while (walked < all && reader_left(reader) > 0 && walk(message, reader, walked >= outline->counts[0]))
        walked++;
    return walked;
}

static enum probe probe_datagram(struct bytes first)
{
    struct reader reader = reader_of(first);
    struct outline outline = read_outline(&reader, first.len);
    if (!reader_ok(&reader)) /* perhaps cut by the capture */
        return outline.sane && first.len >= DNS_FLAGS_END ? PROBE_MAYBE : PROBE_NO;
    unsigned walked = walk_all(first, &reader, &outline);
    bool exact = walked == outline.counts[0] + outline.records && reader_ok(&reader) && reader_left(&reader) == 0;
    if (exact && outline.sane && outline.counts[0] == 1)
        return by_direction(outline.flags);
    /* One of two signs is enough on a port of ours. */
    return outline.sane || walked > 0 ? PROBE_MAYBE : PROBE_NO;
}

/* Too few bytes to know a name's end: at most this many are needed for it, type and class. */
static bool may_be_short(struct bytes message, size_t length)
{
    return message.len < length && message.len < DNS_HEADER_BYTES + 255 + 4;
}

enum dns_beginning dns_stream_beginning(struct bytes pending)
{
    struct reader reader = reader_of(pending);
    uint16_t length = reader_u16(&reader);
    struct bytes message = bytes_first(bytes_skip(pending, 2), length);
    if (pending.len < 2)
        return DNS_BEGINNING_MORE;
    if (length < DNS_HEADER_BYTES)
        return DNS_BEGINNING_NO;
    if (message.len < DNS_HEADER_BYTES)
        return DNS_BEGINNING_MORE;
    reader = reader_of(message);
    struct outline outline = read_outline(&reader, length);
    if (!outline.sane || !outline.fits || outline.counts[0] > 1 || outline.counts[0] + outline.records == 0)
        return DNS_BEGINNING_NO;

    struct dns_fault fault = {DNS_FAULT_NONE, 0, 0};
    if (!dns_name_read(message, &reader, NULL, &fault))
        return fault.kind == DNS_FAULT_SHORT && may_be_short(message, length) ? DNS_BEGINNING_MORE : DNS_BEGINNING_NO;
    uint16_t type = reader_u16(&reader);
    uint16_t class_number = reader_u16(&reader);
    if (!reader_ok(&reader))
        return may_be_short(message, length) ? DNS_BEGINNING_MORE : DNS_BEGINNING_NO;
    return type == DNS_OPT || is_known_class(class_number) ? DNS_BEGINNING_YES : DNS_BEGINNING_NO;
}

enum probe dns_probe(const struct conversation *conversation, enum side side, struct bytes first)
{
    (void)side;
    if (conversation->source.port == NETBIOS_NAME_PORT || conversation->destination.port == NETBIOS_NAME_PORT)
        return PROBE_NO; /* the same format, another protocol */
    if (conversation->transport != TRANSPORT_TCP)
        return probe_datagram(first);
    switch (dns_stream_beginning(first)) {
    case DNS_BEGINNING_MORE:
        return PROBE_MORE;
    case DNS_BEGINNING_YES: {
        struct reader reader = reader_of(bytes_skip(first, 4));
        return by_direction(reader_u16(&reader));
    }
    default: /* in the middle of a connection the beginning of a message may be yet to come */
        return conversation->midstream ? PROBE_MAYBE : PROBE_NO;
    }
}
