/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a good teacher would point at. Each observation is one sentence of notes.json under the key given here.
 */
#include "dns_explain.h"

static const int64_t second_ns = 1000000000, hour_ns = 3600 * INT64_C(1000000000);

static void observe(struct record *record, int field, const char *key)
{
    record_observe(record, field, key, NULL, 0);
}

static void observe_duration(struct record *record, int field, const char *key, int64_t duration_ns)
{
    struct argument argument = {"time", ARGUMENT_DURATION, {NULL, 0}, duration_ns};
    record_observe(record, field, key, &argument, 1);
}

static void observe_text(struct record *record, int field, const char *key, struct bytes text)
{
    struct argument argument = {"name", ARGUMENT_TEXT, text, 0};
    record_observe(record, field, key, &argument, 1);
}

void dns_explain_ttl(struct dns_message *message, enum dns_section section, uint32_t ttl)
{
    bool first = message->found[1 + DNS_ANSWER] == 0 && (!message->transfer || message->transfer->records == 0);
    if (!message->record->wants_notes || !message->answer || section != DNS_ANSWER || !first ||
        message->opcode != DNS_OPCODE_QUERY)
        return;
    if (ttl == 0)
        observe(message->record, RECORD_LAST, message->flavor == DNS_MULTICAST ? "dns.goodbye" : "dns.ttl_zero");
    else
        observe_duration(message->record, RECORD_LAST, "dns.ttl", ttl * second_ns);
}

/* RFC 4034 section 3.1.5: the times of a signature are circular, so only their distance counts. */
static void explain_signature(struct dns_message *message, struct bytes content)
{
    struct reader reader = reader_of(content);
    reader_skip(&reader, 8);
    uint32_t expiration = reader_u32(&reader), inception = reader_u32(&reader);
    uint32_t now = (uint32_t)(message->packet->first.time_ns / second_ns);
    if (!reader_ok(&reader) || message->packet->first.time_ns <= 0)
        return;
    int64_t left = (int32_t)(expiration - now), early = (int32_t)(inception - now);
    if (left < 0)
        observe_duration(message->record, RECORD_LAST, "dns.signature_expired", -left * second_ns);
    else if (early > 0)
        observe_duration(message->record, RECORD_LAST, "dns.signature_early", early * second_ns);
    else
        observe_duration(message->record, RECORD_LAST, "dns.signature_left", left * second_ns);
}

static void explain_key(struct dns_message *message, struct bytes content)
{
    struct reader reader = reader_of(content);
    uint16_t flags = reader_u16(&reader);
    reader_skip(&reader, 1);
    const char *algorithm = dns_algorithm_name(reader_u8(&reader));
    if (!reader_ok(&reader) || !(flags & 0x0100))
        return;
    struct argument argument = {"algorithm", ARGUMENT_TEXT, bytes_text(algorithm ? algorithm : "an unknown algorithm"),
                                0};
    const char *key = flags & 0x0080 ? "dns.key_revoked" : flags & 0x0001 ? "dns.key_signing" : "dns.key_zone";
    record_observe(message->record, RECORD_LAST, key, &argument, 1);
}

static void explain_nsec3(struct dns_message *message, struct bytes content)
{
    struct reader reader = reader_of(content);
    reader_skip(&reader, 1);
    bool opt_out = reader_u8(&reader) & 1;
    uint16_t iterations = reader_u16(&reader);
    if (opt_out)
        observe(message->record, RECORD_LAST, "dns.nsec3_opt_out");
    if (iterations > 0) {
        struct argument argument = {"count", ARGUMENT_INTEGER, {NULL, 0}, iterations};
        record_observe(message->record, RECORD_LAST, "dns.nsec3_iterations", &argument, 1);
    }
}

static bool is_private(uint16_t type, struct bytes octets)
{
    uint8_t first = bytes_at(octets, 0), next = bytes_at(octets, 1);
    if (type == DNS_AAAA)
        return (first & 0xfe) == 0xfc;
    return first == 10 || (first == 172 && (next & 0xf0) == 16) || (first == 192 && next == 168);
}

/* Names that are meant for one house only, and names without any period. */
static bool is_local_name(struct bytes name)
{
    static const char *const endings[] = {".local", ".lan",       ".home.arpa", ".internal", ".home",
                                          ".test",  ".localhost", ".corp",      ".private"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t length = strlen(endings[i]);
        if (name.len > length && bytes_is_nocase(bytes_skip(name, name.len - length), endings[i]))
            return true;
    }
    return bytes_find(name, '.', 0) == name.len;
}

void dns_explain_data(struct dns_message *message, enum dns_section section, uint16_t type, struct bytes content)
{
    if (!message->record->wants_notes)
        return;
    switch (type) {
    case DNS_RRSIG:
    case DNS_SIG:
        if (section == DNS_ANSWER || message->found[1] == 0)
            explain_signature(message, content);
        break;
    case DNS_DNSKEY:
        explain_key(message, content);
        break;
    case DNS_NSEC3:
        explain_nsec3(message, content);
        break;
    case DNS_A:
    case DNS_AAAA:
        if (section == DNS_ANSWER && message->answer && message->flavor == DNS_UNICAST && is_private(type, content) &&
            !is_local_name(message->name))
            observe(message->record, RECORD_LAST, "dns.private_address");
        break;
    default:
        break;
    }
}

static void explain_reverse(struct record *record, struct bytes name)
{
    struct address address;
    char text[ADDRESS_TEXT_SIZE];
    if (dns_reverse_address(name, &address))
        observe_text(record, DNS_FIELD_QUESTION_NAME, "dns.reverse", bytes_of(text, address_text(&address, text)));
}

bool dns_is_probe(const struct dns_message *message, uint16_t type)
{
    return message->flavor == DNS_MULTICAST && !message->answer && type == DNS_ANY &&
           message->claimed[1 + DNS_AUTHORITY] > 0;
}

/* Other operations put a zone where a question stands, with a type that asks for nothing. */
static void explain_operation(struct dns_message *message)
{
    struct record *record = message->record;
    struct argument changes = {"count", ARGUMENT_INTEGER, {NULL, 0}, message->found[1 + DNS_AUTHORITY]};
    if (message->opcode == DNS_OPCODE_QUERY)
        return;
    record_unexplained(record, DNS_FIELD_QUESTION_TYPE);
    if (message->answer)
        return;
    switch (message->opcode) {
    case DNS_OPCODE_NOTIFY:
        observe(record, DNS_FIELD_QUESTION_NAME, "dns.notify");
        break;
    case DNS_OPCODE_UPDATE:
        record_observe(record, DNS_FIELD_QUESTION_NAME, "dns.update", &changes, 1);
        break;
    case DNS_OPCODE_IQUERY:
        observe(record, DNS_FIELD_QUESTION_NAME, "dns.inverse");
        break;
    case DNS_OPCODE_STATUS:
        observe(record, DNS_FIELD_QUESTION_NAME, "dns.status");
        break;
    default:
        if (!dns_opcode_word(message->opcode))
            observe(record, DNS_FIELD_QUESTION_NAME, "dns.other_operation");
        break;
    }
}

bool dns_is_update_part(const struct dns_message *message, enum dns_section section)
{
    return message->opcode == DNS_OPCODE_UPDATE && section != DNS_ADDITIONAL;
}

/* RFC 2136 sections 2.4 and 2.5: class and type say what the record is there for. */
void dns_explain_update(struct dns_message *message, enum dns_section section, uint16_t type, uint16_t class_number)
{
    static const char *const prerequisites[] = {"dns.update_type_exists", "dns.update_name_exists",
                                                "dns.update_no_type", "dns.update_no_name"};
    bool any = type == DNS_ANY, none = class_number == DNS_CLASS_NONE;
    if (!dns_is_update_part(message, section))
        return;
    record_unexplained(message->record, RECORD_LAST);
    if (section == DNS_ANSWER && (none || class_number == DNS_CLASS_ANY))
        observe(message->record, RECORD_LAST, prerequisites[2 * none + any]);
    else if (section == DNS_ANSWER)
        observe(message->record, RECORD_LAST, "dns.update_record_exists");
    else if (class_number == DNS_CLASS_ANY)
        observe(message->record, RECORD_LAST, any ? "dns.update_remove_name" : "dns.update_remove_type");
    else
        observe(message->record, RECORD_LAST, none ? "dns.update_remove_record" : "dns.update_add");
}

void dns_explain_question(struct dns_message *message, const struct dns_story *story)
{
    struct record *record = message->record;
    if (!record->wants_notes || !message->has_question)
        return;
    if (message->question_type == DNS_PTR)
        explain_reverse(record, message->question);
    explain_operation(message);
    if (dns_is_probe(message, message->question_type)) {
        record_unexplained(record, DNS_FIELD_QUESTION_TYPE);
        observe(record, DNS_FIELD_QUESTION_TYPE, "dns.probing");
    }
    if (!message->answer && message->wants_signatures)
        observe(record, DNS_FIELD_OPT_DO, "dns.do");
    if (!message->answer && message->flavor == DNS_MULTICAST && message->found[1 + DNS_ANSWER] > 0)
        observe(record, DNS_FIELD_QUESTION_NAME, "dns.known_answers");
    if (story->after_truncation)
        observe(record, DNS_FIELD_QUESTION_NAME, "dns.after_truncation");
    if (story->letters_differ)
        observe(record, DNS_FIELD_QUESTION_NAME, "dns.letters_differ");
}

static void explain_chain(struct dns_message *message)
{
    struct argument arguments[] = {
        {"count", ARGUMENT_INTEGER, {NULL, 0}, message->chain_length},
        {"name", ARGUMENT_TEXT, message->chain_end, 0},
    };
    if (message->chain_length == 1)
        record_observe(message->record, DNS_FIELD_RESPONSE_CODE, "dns.alias", &arguments[1], 1);
    else if (message->chain_length > 1)
        record_observe(message->record, DNS_FIELD_RESPONSE_CODE, "dns.chain", arguments, 2);
    /* nothing but aliases, and a zone that says no */
    if (message->chain_length > 0 && message->chain_length == message->found[1 + DNS_ANSWER] && message->rcode == 0 &&
        message->has_negative && message->question_type != DNS_CNAME)
        observe(message->record, DNS_FIELD_RESPONSE_CODE, "dns.alias_no_data");
}

/* An answer without answers: pointing elsewhere, or saying no. */
static void explain_empty(struct dns_message *message)
{
    struct record *record = message->record;
    if (message->referral_count > 0) {
        char zone[DNS_NAME_TEXT]; /* the record may move its texts as it takes the note */
        struct dns_text copy = dns_text_in(zone, sizeof zone);
        dns_text_add(&copy, record_find_text(record, DNS_FIELD_REFERRAL_ZONE));
        observe_text(record, DNS_FIELD_RESPONSE_CODE, "dns.referral", dns_text_bytes(&copy));
        return;
    }
    if (message->rcode == 0 && (message->has_negative || message->flags & DNS_FLAG_AA))
        observe(record, DNS_FIELD_RESPONSE_CODE, "dns.no_data");
    if (message->has_negative && (message->rcode == 0 || message->rcode == 3))
        observe_duration(record, DNS_FIELD_RESPONSE_CODE, "dns.negative_ttl", message->negative_ttl * second_ns);
}

static void explain_source(struct dns_message *message)
{
    struct record *record = message->record;
    bool authoritative = message->flags & DNS_FLAG_AA;
    if (message->flavor != DNS_UNICAST)
        return;
    if (authoritative && (message->rcode == 0 || message->rcode == 3))
        observe(record, DNS_FIELD_RESPONSE_CODE, "dns.authoritative");
    else if (!authoritative && message->flags & DNS_FLAG_RA && message->found[1 + DNS_ANSWER] > 0)
        observe(record, DNS_FIELD_RESPONSE_CODE, "dns.from_cache");
    if (message->flags & DNS_FLAG_AD)
        observe(record, DNS_FIELD_RESPONSE_CODE, "dns.validated");
}

void dns_explain_retransmissions(struct record *record, const struct dns_story *story)
{
    if (story->retransmissions == 0)
        return;
    struct argument arguments[] = {
        {"count", ARGUMENT_INTEGER, {NULL, 0}, story->retransmissions + 1},
        {"time", ARGUMENT_DURATION, {NULL, 0}, story->last.time_ns - story->first.time_ns},
    };
    record_observe(record, DNS_FIELD_RETRANSMISSIONS, "dns.repeated", arguments, 2);
}

static void explain_pairing(struct dns_message *message, const struct dns_story *story)
{
    struct record *record = message->record;
    int64_t waited = message->packet->first.time_ns - story->first.time_ns;
    if (story->answered_before) {
        struct argument argument = {"frame", ARGUMENT_INTEGER, {NULL, 0}, (int64_t)story->answer_frame};
        record_observe(record, DNS_FIELD_RESPONSE_CODE, "dns.again", &argument, 1);
    } else if (!story->asked && message->flavor == DNS_UNICAST) {
        observe(record, DNS_FIELD_RESPONSE_CODE, "dns.unasked");
    } else if (!story->asked) {
        observe(record, DNS_FIELD_RESPONSE_CODE, story->everybody ? "dns.announcement" : "dns.direct");
    } else if (story->asked && waited > second_ns && !story->zone_transfer) {
        observe_duration(record, DNS_FIELD_RESPONSE_CODE, "dns.slow", waited);
    }
}

static void explain_transfer(struct dns_message *message, const struct dns_story *story)
{
    struct argument count = {"count", ARGUMENT_INTEGER, {NULL, 0}, story->transferred};
    if (message->question_type == DNS_AXFR)
        record_observe(message->record, DNS_FIELD_RESPONSE_CODE, "dns.transfer_whole", &count, 1);
    else if (story->transferred == 1)
        observe(message->record, DNS_FIELD_RESPONSE_CODE, "dns.transfer_nothing");
    else
        record_observe(message->record, DNS_FIELD_RESPONSE_CODE, "dns.transfer", &count, 1);
}

void dns_explain_answer(struct dns_message *message, const struct dns_story *story)
{
    struct record *record = message->record;
    if (!record->wants_notes)
        return;
    dns_explain_retransmissions(record, story);
    explain_pairing(message, story);
    if (story->zone_transfer) {
        explain_transfer(message, story);
        return;
    }
    if (message->opcode != DNS_OPCODE_QUERY)
        return;
    explain_source(message);
    explain_chain(message);
    if (message->flags & DNS_FLAG_TC && message->flavor != DNS_MULTICAST)
        observe(record, DNS_FIELD_RESPONSE_CODE, "dns.truncated");
    if (message->found[1 + DNS_ANSWER] == 0 && !(message->flags & DNS_FLAG_TC) && !message->broken && !message->cut)
        explain_empty(message);
}

void dns_explain_unanswered(struct record *record, const struct dns_story *story, struct moment now)
{
    int64_t waited = now.time_ns - story->first.time_ns;
    dns_explain_retransmissions(record, story);
    if (story->everybody)
        observe(record, DNS_FIELD_QUESTION_TYPE, "dns.to_everybody");
    else if (record->icmp_error)
        return;
    else if (waited > 0 && waited < hour_ns)
        observe_duration(record, DNS_FIELD_QUESTION_TYPE, "dns.unanswered", waited);
    else
        observe(record, DNS_FIELD_QUESTION_TYPE, "dns.no_answer");
}
