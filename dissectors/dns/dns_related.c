/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Records that have nothing to do with the question. A resolver that keeps whatever an answer brings can be made to
 * keep lies about names that nobody asked for (cache poisoning; RFC 2181 section 5.4.1, RFC 5452 section 6).
 *
 * What belongs to an answer is found from the question on: its name; the names that aliases, pointers, name servers,
 * mail servers and services of such names lead to; and the zones above them, whose name servers and SOA may stand
 * beside. So delegations with their glue, additional addresses and service discovery belong to it, in whatever order
 * they stand, and so does a name in a foreign zone that a record of these leads to: whom a server may speak for cannot
 * be seen from one message. Names of signed denial (NSEC, NSEC3 and their signatures) are neighbours of what was asked
 * for, and nobody's address; they are passed over, as are additional records that are no address.
 */
#include "dns_related.h"

/* Hashes of names are never 0. */
static uint64_t hash_of(struct bytes name)
{
    return dns_name_hash(0, name) | 1;
}

static bool is_among(const uint64_t *hashes, unsigned count, uint64_t hash)
{
    for (unsigned i = 0; i < count; i++)
        if (hashes[i] == hash)
            return true;
    return false;
}

/* The zone itself is above, too. A whole label begins it: bank.test is not above mybank.test. */
static bool is_above(struct bytes zone, struct bytes name)
{
    const size_t before = name.len < zone.len ? name.len : name.len - zone.len;
    const bool is_label = before == 0 || bytes_at(name, before - 1) == '.';
    return bytes_is(zone, ".") || (is_label && bytes_equal_nocase(bytes_skip(name, before), zone));
}

static inline bool may_be_unrelated(const struct dns_message *message, enum dns_section section, uint16_t type)
{
    const struct bytes name = message->name, end = message->chain_end;
    switch (section) {
    case DNS_ANSWER:
        return !(name.at == end.at && name.len == end.len) && !bytes_equal_nocase(name, end);
    case DNS_AUTHORITY:
        return (type == DNS_NS || type == DNS_SOA) && !is_above(name, end);
    default:
        return (type == DNS_A || type == DNS_AAAA) &&
               !is_among(message->targets, message->target_count, hash_of(name)) && !bytes_equal_nocase(name, end);
    }
}

/* The last word of the data, where that is a name to which the record leads. */
static inline struct bytes target_of(const struct dns_message *message, uint16_t type)
{
    enum { MX = 15 };
    if (type == DNS_NS)
        return message->data;
    if (type != MX && type != DNS_SRV)
        return bytes_first(message->data, 0);
    size_t from = message->data.len;
    while (from > 0 && bytes_at(message->data, from - 1) != ' ')
        from--;
    return bytes_skip(message->data, from);
}

void dns_look_for_unrelated(struct dns_message *message, enum dns_section section, uint16_t type)
{
    if (!message->answer || message->flavor != DNS_UNICAST || message->may_be_unrelated)
        return;
    if (may_be_unrelated(message, section, type)) {
        message->may_be_unrelated = true;
        return;
    }
    if (section == DNS_ADDITIONAL || message->claimed[1 + DNS_ADDITIONAL] == 0 || message->target_count == DNS_TARGETS)
        return;
    const struct bytes target = target_of(message, type);
    if (target.len > 0)
        message->targets[message->target_count++] = hash_of(target);
}

/* The name, and all above it. */
static void add_zones(struct dns_related *related, struct bytes name)
{
    struct bytes rest = name;
    while (rest.len > 0) {
        const uint64_t hash = hash_of(rest);
        if (!is_among(related->zones, related->zone_count, hash)) {
            if (related->zone_count == DNS_RELATED_ZONES)
                related->full = true;
            else
                related->zones[related->zone_count++] = hash;
        }
        rest = bytes_skip(rest, bytes_find(rest, '.', 0) + 1);
    }
}

/* One that is not among them. */
static void add_name(struct dns_related *related, struct bytes name)
{
    if (related->name_count == DNS_RELATED_NAMES)
        related->full = true;
    else
        related->names[related->name_count++] = hash_of(name);
    add_zones(related, name);
}

/* Reads a name at the reader into the room; false where there is none. */
static bool read_name(struct dns_related *related, struct bytes message, struct reader *reader, struct bytes *ret_name)
{
    struct dns_text text = dns_text_in(related->name, sizeof related->name);
    struct dns_fault fault;
    if (!dns_name_read(message, reader, &text, &fault))
        return false;
    *ret_name = dns_text_bytes(&text);
    return true;
}

/* Where in the content of a record of this type the name stands to which it leads; -1: none. */
static int place_of_target(uint16_t type, struct bytes content)
{
    enum {
        MD = 3,
        MF = 4,
        MB = 7,
        MG = 8,
        MR = 9,
        MX = 15,
        AFSDB = 18,
        RT = 21,
        KX = 36,
        NAPTR = 35,
        SVCB = 64,
        HTTPS = 65,
        LP = 107
    };
    switch (type) {
    case DNS_NS:
    case DNS_CNAME:
    case DNS_PTR:
    case DNS_DNAME:
    case DNS_SOA:
    case MD:
    case MF:
    case MB:
    case MG:
    case MR:
        return 0;
    case MX:
    case AFSDB:
    case RT:
    case KX:
    case LP:
    case SVCB:
    case HTTPS:
        return 2;
    case DNS_SRV:
        return 6;
    case NAPTR: { /* order, preference, and three texts with their lengths */
        size_t at = 4;
        for (int i = 0; i < 3; i++)
            at += 1u + bytes_at(content, at);
        return (int)at;
    }
    default:
        return -1;
    }
}

/* A service with the root as its target is at its own name. */
static void find_target(struct dns_related *related, struct bytes message, struct dns_related_record *record,
                        struct bytes content)
{
    struct bytes name;
    const int place = place_of_target(record->type, content);
    if (place < 0)
        return;
    struct reader reader = reader_of(bytes_skip(content, (size_t)place));
    if (read_name(related, message, &reader, &name) && !bytes_is(name, "."))
        record->target = hash_of(name);
}

static bool read_record(struct dns_related *related, const struct dns_message *message, struct reader *reader,
                        unsigned section)
{
    struct bytes name;
    const size_t at = reader_offset(reader);
    if (related->record_count == DNS_RELATED_RECORDS || !read_name(related, message->bytes, reader, &name))
        return false;
    struct dns_related_record *record = &related->records[related->record_count];
    *record = (struct dns_related_record){.owner = hash_of(name), .at = (uint16_t)at, .section = (uint8_t)section};
    record->type = reader_u16(reader);
    reader_skip(reader, 6);
    struct bytes content = reader_take(reader, reader_u16(reader));
    if (!reader_ok(reader))
        return false;
    find_target(related, message->bytes, record, content);
    related->record_count++;
    return true;
}

/* Behind the questions. */
static bool read_records(struct dns_related *related, const struct dns_message *message)
{
    struct reader reader = reader_of(message->bytes);
    struct dns_fault fault;
    reader_skip(&reader, DNS_HEADER_BYTES);
    for (unsigned i = 0; i < message->found[0]; i++) {
        if (!dns_name_read(message->bytes, &reader, NULL, &fault))
            return false;
        reader_skip(&reader, 4);
    }
    for (unsigned section = 0; section < DNS_SECTIONS; section++)
        for (unsigned i = 0; i < message->found[1 + section]; i++)
            if (!read_record(related, message, &reader, section))
                return false;
    return true;
}

/* The name that a record leads to belongs to the answer; its text is read once more, for the zones above it. */
static void follow(struct dns_related *related, const struct dns_message *message,
                   const struct dns_related_record *record)
{
    struct reader reader = reader_of(bytes_skip(message->bytes, record->at));
    struct dns_fault fault;
    struct bytes name;
    if (!dns_name_read(message->bytes, &reader, NULL, &fault))
        return;
    reader_skip(&reader, 8);
    const struct bytes content = reader_take(&reader, reader_u16(&reader));
    reader = reader_of(bytes_skip(content, (size_t)place_of_target(record->type, content)));
    if (read_name(related, message->bytes, &reader, &name))
        add_name(related, name);
}

static bool belongs(const struct dns_related *related, const struct dns_related_record *record)
{
    const bool speaks_of_zone = record->section == DNS_AUTHORITY || record->type == DNS_DNAME;
    return is_among(related->names, related->name_count, record->owner) ||
           (speaks_of_zone && is_among(related->zones, related->zone_count, record->owner));
}

/* What nobody would look up later, or that is proof and no more. */
static bool is_harmless(const struct dns_related_record *record)
{
    switch (record->section) {
    case DNS_ANSWER:
        return false;
    case DNS_AUTHORITY:
        return record->type != DNS_NS && record->type != DNS_SOA;
    default:
        return record->type != DNS_A && record->type != DNS_AAAA;
    }
}

/* True where a record was found to belong to it that leads to another name. */
static bool find_more(struct dns_related *related, const struct dns_message *message)
{
    bool found = false;
    for (unsigned i = 0; i < related->record_count; i++) {
        struct dns_related_record *record = &related->records[i];
        if (record->is_known || !belongs(related, record))
            continue;
        record->is_known = true;
        if (record->target == 0 || is_among(related->names, related->name_count, record->target))
            continue;
        follow(related, message, record);
        found = true;
    }
    return found;
}

/* Neither cut nor broken, an answer to a question of which the name is known, and no zone transfer. */
static bool is_to_be_judged(const struct dns_message *message)
{
    const bool transfer = message->question_type == DNS_AXFR || message->question_type == DNS_IXFR;
    return message->related && !message->broken && !message->cut && message->has_question && !transfer &&
           message->opcode == DNS_OPCODE_QUERY;
}

static void tell(const struct dns_message *message, const struct dns_related *related)
{
    unsigned count = 0, first = 0;
    for (unsigned i = related->record_count; i-- > 0;) {
        const struct dns_related_record *record = &related->records[i];
        if (record->is_known || is_harmless(record))
            continue;
        first = record->at;
        count++;
    }
    if (count > 0)
        emit_anomaly(message->emitter, ANOMALY_DNS_UNRELATED_RECORD, count, first);
}

void dns_tell_unrelated(const struct dns_message *message)
{
    struct dns_related *related = message->related;
    unsigned rounds = 0;
    if (!is_to_be_judged(message))
        return;
    related->name_count = related->zone_count = related->record_count = 0;
    related->full = false;
    add_name(related, message->question);
    add_zones(related, bytes_text("."));
    if (!read_records(related, message))
        return;
    while (!related->full && find_more(related, message))
        related->full = related->full || ++rounds == DNS_RELATED_ROUNDS;
    if (!related->full)
        tell(message, related);
}
