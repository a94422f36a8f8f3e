/* SPDX-License-Identifier: BSD-3-Clause
 *
 *      0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15
 *     |                      ID                       |
 *     |QR|   OPCODE  |AA|TC|RD|RA| Z|AD|CD|   RCODE   |
 *     |   QDCOUNT   |   ANCOUNT   |  NSCOUNT | ARCOUNT |   each 16 bits
 *
 * The counts are claims: loops over them end with the bytes.
 */
#include "dns_message.h"

#include "dns_explain.h"
#include "dns_rdata.h"
#include "dns_related.h"

#include "overhear/limits.h"
#include "overhear/record_member.h"

enum { MDNS_TOP_BIT = 0x8000, RECORD_HEAD_BYTES = 10 /* type, class, TTL, length */ };

void dns_record_number(struct record *record, unsigned field, const char *prefix, unsigned number)
{
    char buffer[24];
    struct dns_text text = dns_text_in(buffer, sizeof buffer);
    dns_text_word(&text, NULL, prefix, number);
    record_text(record, field, dns_text_bytes(&text));
}

void dns_message_fault(struct dns_message *message, const struct dns_fault *fault)
{
    switch (fault->kind) {
    case DNS_FAULT_NONE:
        break;
    case DNS_FAULT_LOOP:
        emit_anomaly(message->emitter, ANOMALY_DNS_COMPRESSION_LOOP, fault->at, fault->detail);
        break;
    case DNS_FAULT_CHAIN:
        emit_anomaly(message->emitter, ANOMALY_DNS_COMPRESSION_CHAIN, fault->at, fault->detail);
        break;
    case DNS_FAULT_LONG:
        emit_anomaly(message->emitter, ANOMALY_DNS_NAME_TOO_LONG, fault->at, 0);
        break;
    case DNS_FAULT_LABEL:
        emit_anomaly(message->emitter, ANOMALY_DNS_BAD_LABEL, fault->at, fault->detail);
        break;
    case DNS_FAULT_SHORT:
        if (!message->cut)
            emit_anomaly(message->emitter, ANOMALY_DNS_MALFORMED, fault->at, message->bytes.len);
        break;
    case DNS_FAULT_RDATA:
        emit_anomaly(message->emitter, ANOMALY_DNS_MALFORMED, fault->at, message->bytes.len);
        break;
    }
}

/* Of a name and the type and class behind it. */
static bool read_question(struct dns_message *message, char *buffer, struct bytes *name, uint16_t *type,
                          uint16_t *class_number)
{
    struct dns_fault fault = {DNS_FAULT_SHORT, reader_offset(&message->reader), 0};
    if (dns_name_view(message->names, message->bytes, &message->reader, buffer, name, &fault)) {
        *type = reader_u16(&message->reader);
        *class_number = reader_u16(&message->reader);
        if (reader_ok(&message->reader))
            return true;
        fault = (struct dns_fault){DNS_FAULT_SHORT, message->bytes.len, 0};
    }
    message->broken = true;
    if (message->emitter)
        dns_message_fault(message, &fault);
    return false;
}

bool dns_message_begin(struct dns_message *message, struct dns_buffers *buffers, struct bytes bytes)
{
    message->bytes = bytes;
    message->reader = reader_of(bytes);
    message->question_buffer = buffers->question;
    message->names = &buffers->names;
    dns_names_forget(message->names);
    message->name_buffer = buffers->name;

    message->id = bytes_u16(bytes, 0);
    message->flags = bytes_u16(bytes, 2);
    for (size_t i = 0; i < sizeof message->claimed / sizeof *message->claimed; i++)
        message->claimed[i] = bytes_u16(bytes, 4 + 2 * i);
    reader_skip(&message->reader, DNS_HEADER_BYTES);
    bool whole = reader_ok(&message->reader);
    if (!whole && (!message->cut || bytes.len < DNS_FLAGS_END))
        return false;
    message->answer = message->flags & DNS_FLAG_QR;
    message->opcode = message->flags >> 11 & 15;
    message->rcode = message->flags & 15;
    if (!whole || message->claimed[0] == 0 || reader_left(&message->reader) == 0)
        return true;
    if (read_question(message, buffers->question, &message->question, &message->question_type,
                      &message->question_class)) {
        message->has_question = true;
        message->question_end = reader_offset(&message->reader);
        message->found[0] = 1;
        if (message->flavor == DNS_MULTICAST) {
            message->question_unicast = message->question_class & MDNS_TOP_BIT;
            message->question_class &= (uint16_t)~MDNS_TOP_BIT;
        }
    }
    return true;
}

static void write_question(struct dns_message *message)
{
    struct record *record = message->record;
    record_integer(record, DNS_FIELD_ID, message->id);
    if (message->opcode == DNS_OPCODE_QUERY)
        record_word(record, DNS_FIELD_OP_CODE, "QUERY");
    else
        dns_record_word(record, DNS_FIELD_OP_CODE, dns_opcode_word(message->opcode), "OPCODE", message->opcode);
    if (message->claimed[0] != 1 && message->bytes.len >= DNS_HEADER_BYTES)
        record_integer(record, DNS_FIELD_QUESTIONS_COUNT, message->claimed[0]);
    if (!message->has_question)
        return;
    record_text(record, DNS_FIELD_QUESTION_NAME, message->question);
    dns_record_type(record, DNS_FIELD_QUESTION_TYPE, message->question_type);
    dns_record_class(record, DNS_FIELD_QUESTION_CLASS, message->question_class);
    if (message->question_unicast)
        record_boolean(record, DNS_FIELD_QUESTION_UNICAST, true);
}

/* A pointer of two bytes may stand for a name of a thousand characters. Counts what was written of this message; where
 * that is more than any message needs that is not made to be so, what follows is left out. */
static void count_text(struct dns_message *message, size_t written)
{
    const size_t most = LIMIT_NAMES_FREE_BYTES + (size_t)LIMIT_NAMES_RATIO * message->bytes.len;
    message->written += written;
    if (message->written <= most || message->broken)
        return;
    emit_anomaly(message->emitter, ANOMALY_DNS_NAMES_LIMIT, message->bytes.len, most);
    message->broken = true;
}

static void write_other_questions(struct dns_message *message)
{
    uint16_t type, class_number;
    while (!message->broken && message->found[0] < message->claimed[0] && reader_left(&message->reader) > 0) {
        if (!read_question(message, message->name_buffer, &message->name, &type, &class_number))
            return;
        message->found[0]++;
        if (message->flavor == DNS_MULTICAST)
            class_number &= (uint16_t)~MDNS_TOP_BIT;
        record_group_begin(message->record, DNS_FIELD_OTHER_QUESTIONS);
        record_text(message->record, DNS_MEMBER_NAME, message->name);
        dns_record_type(message->record, DNS_MEMBER_TYPE, type);
        if (dns_is_probe(message, type))
            record_unexplained(message->record, RECORD_LAST);
        dns_record_class(message->record, DNS_MEMBER_CLASS, class_number);
        record_group_end(message->record);
        count_text(message, message->name.len);
    }
}

unsigned dns_section_field(unsigned opcode, unsigned section)
{
    if (opcode == DNS_OPCODE_UPDATE && section == DNS_ANSWER)
        return DNS_FIELD_UPDATE_PREREQUISITES;
    if (opcode == DNS_OPCODE_UPDATE && section == DNS_AUTHORITY)
        return DNS_FIELD_UPDATE_CHANGES;
    return DNS_FIELD_ANSWERS + section;
}

static void take_transfer(struct dns_transfer *transfer, uint16_t type, uint32_t serial)
{
    transfer->records++;
    if (transfer->records == 1) {
        transfer->serial = serial;
        transfer->ends = 1;
        transfer->complete = type != DNS_SOA;
        return;
    }
    if (type != DNS_SOA)
        return;
    if (transfer->records == 2 && transfer->changes && serial != transfer->serial)
        transfer->incremental = true;
    if (serial == transfer->serial)
        transfer->ends++;
    transfer->complete = transfer->ends >= (transfer->incremental ? 3 : 2);
}

/* Returns the serial number; the five numbers at the end of an SOA are where the names before them end. */
static uint32_t take_soa(struct dns_message *message, enum dns_section section, uint32_t ttl, struct bytes content)
{
    enum { NUMBERS = 20 };
    if (content.len < NUMBERS)
        return 0;
    struct reader numbers = reader_of(bytes_skip(content, content.len - NUMBERS));
    message->has_soa = true;
    message->soa_serial = reader_u32(&numbers);
    reader_skip(&numbers, 12);
    uint32_t minimum = reader_u32(&numbers);
    if (section == DNS_AUTHORITY) {
        message->has_negative = true;
        message->negative_ttl = minimum < ttl ? minimum : ttl;
    }
    return message->soa_serial;
}

static void take_name_server(struct dns_message *message)
{
    if (!message->answer || message->rcode != 0 || message->opcode != DNS_OPCODE_QUERY ||
        message->flags & DNS_FLAG_AA || message->claimed[1 + DNS_ANSWER] > 0)
        return;
    record_text(message->record, DNS_FIELD_REFERRAL_ZONE, message->name);
    record_text(message->record, DNS_FIELD_REFERRAL_SERVERS, message->data);
    message->referral_count++;
}

/* What an answer tells of names and addresses. */
static void take_answer(struct dns_message *message, uint16_t type, uint32_t ttl, struct bytes content)
{
    const bool is_internet = message->name_class == DNS_CLASS_IN;
    if ((type == DNS_A || type == DNS_AAAA) && is_internet)
        dns_learn_address(message, type, ttl, content);
    else if (type == DNS_CNAME)
        dns_learn_alias(message, ttl);
    else if (type == DNS_PTR && is_internet)
        dns_learn_pointer(message, ttl);
}

/* What the records of a section tell besides being there. The record's group is closed. */
static void take_facts(struct dns_message *message, enum dns_section section, uint16_t type, uint32_t ttl,
                       struct bytes content, bool fine)
{
    uint32_t serial = type == DNS_SOA ? take_soa(message, section, ttl, content) : 0;
    if (section == DNS_ANSWER && message->transfer && message->transfer->wanted)
        take_transfer(message->transfer, type, serial);
    if (!fine || content.len == 0)
        return;
    if (section == DNS_ANSWER)
        take_answer(message, type, ttl, content);
    else if (section == DNS_AUTHORITY && type == DNS_NS)
        take_name_server(message);
}

/* The text of its data stands in the message. */
static void write_members(struct dns_message *message, enum dns_section section, uint16_t type, uint16_t class_number,
                          uint32_t ttl, struct bytes content, bool fine)
{
    struct record *record = message->record;
    const bool notes = record->wants_notes;
    record_member_text(record, DNS_MEMBER_NAME, message->name);
    const struct dns_word *word = dns_low_type(type);
    if (word)
        record_member_word(record, DNS_MEMBER_TYPE, word->text, word->length);
    else
        dns_record_type(record, DNS_MEMBER_TYPE, type);
    if (notes && dns_is_update_part(message, section) && class_number != DNS_CLASS_IN)
        record_unexplained(record, RECORD_LAST);
    if (class_number == DNS_CLASS_IN)
        record_member_word(record, DNS_MEMBER_CLASS, "IN", 2);
    else
        dns_record_class(record, DNS_MEMBER_CLASS, class_number);
    if (notes)
        dns_explain_update(message, section, type, class_number);
    record_member_integer(record, DNS_MEMBER_TTL, ttl);
    if (notes)
        dns_explain_ttl(message, section, ttl);
    if (message->data.len > 0)
        record_member_text(record, DNS_MEMBER_DATA, message->data);
    if (notes && fine)
        dns_explain_data(message, section, type, content);
}

/* All of it at once, as nearly every record is when nobody wants notes. False, and nothing is done, where it is
 * anything else. */
static inline bool write_entry(struct dns_message *message, unsigned field, uint16_t type, uint32_t ttl)
{
    struct record *record = message->record;
    const struct dns_word *word = dns_low_type(type);
    const struct bytes name = message->name, data = message->data;
    if (record->wants_notes || !word || message->name_class != DNS_CLASS_IN || data.len == 0)
        return false;
    struct item *items = record_entry(record, field, DNS_MEMBER_DATA + 1, name.len + data.len);
    if (!items)
        return false;
    record_entry_text(record, &items[DNS_MEMBER_NAME], DNS_MEMBER_NAME, name);
    record_entry_word(&items[DNS_MEMBER_TYPE], DNS_MEMBER_TYPE, word->text, word->length);
    record_entry_word(&items[DNS_MEMBER_CLASS], DNS_MEMBER_CLASS, "IN", 2);
    record_entry_integer(&items[DNS_MEMBER_TTL], DNS_MEMBER_TTL, ttl);
    record_entry_text(record, &items[DNS_MEMBER_DATA], DNS_MEMBER_DATA, data);
    return true;
}

/* What the content says, as text. */
static inline bool read_data(struct dns_message *message, uint16_t type, uint16_t class_number, struct bytes content,
                             struct dns_fault *ret_fault)
{
    struct dns_text *text = &message->data_text;
    const bool is_name = type == DNS_NS || type == DNS_CNAME || type == DNS_PTR;
    struct reader reader = reader_of(content);
    if (is_name && class_number == DNS_CLASS_IN &&
        dns_name_view(message->names, message->bytes, &reader, text->buffer, &message->data, ret_fault) &&
        reader_left(&reader) == 0)
        return true;
    text->length = 0;
    text->cut = false;
    bool fine = dns_rdata_write(message->names, message->bytes, content, type, class_number, text, ret_fault);
    message->data = dns_text_bytes(text);
    return fine;
}

static void write_record(struct dns_message *message, enum dns_section section, uint16_t type, uint16_t class_number,
                         uint32_t ttl, struct bytes content)
{
    struct record *record = message->record;
    struct dns_fault fault = {DNS_FAULT_NONE, 0, 0};
    bool flush = message->flavor == DNS_MULTICAST && class_number & MDNS_TOP_BIT;
    bool fine = true;
    if (message->flavor == DNS_MULTICAST)
        class_number &= (uint16_t)~MDNS_TOP_BIT;
    message->name_class = class_number;

    /* In an UPDATE a record without content stands for all of its name or type. */
    bool has_data = content.len > 0 || (class_number != DNS_CLASS_ANY && class_number != DNS_CLASS_NONE);
    message->data = bytes_of(NULL, 0);
    if (has_data)
        fine = read_data(message, type, class_number, content, &fault);
    if (!fine)
        dns_message_fault(message, &fault);

    const unsigned field = message->opcode == DNS_OPCODE_UPDATE ? dns_section_field(message->opcode, section)
                                                                : DNS_FIELD_ANSWERS + (unsigned)section;
    if (!message->keeps_section[section] && (flush || !write_entry(message, field, type, ttl))) {
        record_group_begin(record, field);
        write_members(message, section, type, class_number, ttl, content, fine);
        if (flush)
            record_boolean(record, DNS_MEMBER_CACHE_FLUSH, true);
        record_group_end(record);
    }
    dns_look_for_unrelated(message, section, type);
    take_facts(message, section, type, ttl, content, fine);
}

static bool read_record(struct dns_message *message, enum dns_section section)
{
    struct reader *reader = &message->reader;
    struct dns_fault fault = {DNS_FAULT_SHORT, reader_offset(reader), 0};
    size_t start = fault.at;
    if (!dns_name_view(message->names, message->bytes, reader, message->name_buffer, &message->name, &fault)) {
        dns_message_fault(message, &fault);
        return false;
    }
    struct bytes head = reader_take(reader, RECORD_HEAD_BYTES);
    uint16_t type = bytes_u16(head, 0);
    uint16_t class_number = bytes_u16(head, 2);
    uint32_t ttl = bytes_u32(head, 4);
    struct bytes content = reader_take(reader, bytes_u16(head, 8));
    if (!reader_ok(reader)) {
        dns_message_fault(message, &(struct dns_fault){DNS_FAULT_SHORT, start, 0});
        return false;
    }
    if (type == DNS_OPT && section == DNS_ADDITIONAL)
        message->rcode |= dns_edns_write(message, class_number, ttl, content) << 4;
    else
        write_record(message, section, type, class_number, ttl, content);
    return true;
}

static void write_sections(struct dns_message *message)
{
    for (unsigned section = 0; section < DNS_SECTIONS; section++) {
        unsigned *found = &message->found[1 + section];
        while (!message->broken && *found < message->claimed[1 + section] && reader_left(&message->reader) > 0) {
            message->data = bytes_of(NULL, 0);
            if (read_record(message, (enum dns_section)section)) {
                (*found)++;
                count_text(message, message->name.len + message->data.len);
            } else {
                message->broken = true;
            }
        }
    }
}

static void report(struct dns_message *message)
{
    unsigned claimed = 0, found = 0;
    for (size_t i = 0; i < sizeof message->claimed / sizeof *message->claimed; i++) {
        claimed += message->claimed[i];
        found += message->found[i];
    }
    if (!dns_opcode_word(message->opcode))
        emit_anomaly(message->emitter, ANOMALY_DNS_BAD_OPCODE, message->opcode, 0);
    if (message->flavor == DNS_UNICAST && message->flags & DNS_FLAG_Z)
        emit_anomaly(message->emitter, ANOMALY_DNS_Z_BIT, 0, 0);
    if (message->broken || message->cut)
        return;
    if (found < claimed)
        emit_anomaly(message->emitter, ANOMALY_DNS_COUNT_MISMATCH, claimed, found);
    else if (reader_left(&message->reader) > 0 && message->opcode != DNS_OPCODE_DSO)
        emit_anomaly(message->emitter, ANOMALY_DNS_TRAILING_BYTES, reader_left(&message->reader), 0);
}

void dns_message_write(struct dns_message *message)
{
    write_question(message);
    message->chain_end = message->question;
    message->chain_ttl = UINT32_MAX;
    write_other_questions(message);
    write_sections(message);
    report(message);
    if (message->may_be_unrelated)
        dns_tell_unrelated(message);
}

void dns_message_write_flags(struct record *record, enum dns_flavor flavor, uint16_t flags)
{
    static const struct {
        uint16_t flag;
        const char *word, *link_local;
    } words[] = {
        {DNS_FLAG_AA, "AA", "C"},  {DNS_FLAG_TC, "TC", "TC"}, {DNS_FLAG_RD, "RD", "T"},
        {DNS_FLAG_RA, "RA", NULL}, {DNS_FLAG_AD, "AD", NULL}, {DNS_FLAG_CD, "CD", NULL},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *word = flavor == DNS_LINK_LOCAL ? words[i].link_local : words[i].word;
        if (flags & words[i].flag && word)
            record_word(record, DNS_FIELD_HEADER_FLAGS, word);
    }
}
