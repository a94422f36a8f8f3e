/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What every record has. Either side of a conversation and its network are rendered once and kept, since the next
 * records of the same conversation begin alike.
 */
#include "json_state.h"

#include "record/common_fields.h"
#include "record/common_values.h"
#include "util/utf8.h"

#include <stdlib.h>

void json_sides_done(struct json_sides *sides)
{
    text_buffer_done(&sides->domains);
    text_buffer_done(&sides->text);
    text_buffer_done(&sides->notes);
}

char *json_put_event(struct json_writer *json, const struct json_plan *plan, const struct record *record, char *at)
{
    static const struct {
        char text[24];
        uint8_t length;
    } outcomes[] = {
        [OUTCOME_NONE] = {"", 0},
        [OUTCOME_SUCCESS] = {",\"outcome\":\"success\"", 20},
        [OUTCOME_FAILURE] = {",\"outcome\":\"failure\"", 20},
        [OUTCOME_UNKNOWN] = {",\"outcome\":\"unknown\"", 20},
    };
    struct moment moment = record->first;
    if (moment.frame == 0 && moment.time_ns == 0)
        moment = tape_moment(record);
    *at++ = '{';
    if (moment.frame != 0 || moment.time_ns != 0) { /* a stats record has a time and no frame */
        unsigned digits = record->conversation ? json->time_digits : moment.time_ns % 1000 ? 9 : 6;
        at = put_literal(at, "\"@timestamp\":\"");
        at = put_time(at, &json->second, moment.time_ns, digits);
        at = put_literal(at, "\",");
    }
    at = put_padded(at, plan->event, plan->event_length);
    if (record->first.frame && record->last.frame) {
        int64_t duration = record->last.time_ns - record->first.time_ns;
        at = put_literal(at, ",\"duration\":");
        at = put_unsigned(at, duration > 0 ? (uint64_t)duration : 0);
    }
    memcpy(at, outcomes[record->outcome].text, sizeof outcomes[0].text);
    return at + outcomes[record->outcome].length;
}

static bool has_messages(const struct json_plan *plan, const struct record *record)
{
    return !plan->is_flow && (record->request.frame || record->response.frame);
}

bool json_has_frames(const struct json_plan *plan, const struct record *record)
{
    return record->conversation || has_messages(plan, record) || record->first.frame ||
           (plan->is_flow && record->last.frame);
}

/* `"conversation":1,"frames":{"request":1,"response":2}`: a comma too many is taken back. */
char *json_put_frames(const struct json_plan *plan, const struct record *record, char *at)
{
    if (record->conversation) {
        at = put_literal(at, "\"conversation\":");
        at = put_unsigned(at, record->conversation->id);
        at = put_character(at, ',');
    }
    char *frames = at;
    at = put_literal(at, "\"frames\":{");
    char *first = at;
    if (has_messages(plan, record)) {
        if (record->request.frame) {
            at = put_literal(at, "\"request\":");
            at = put_character(put_unsigned(at, record->request.frame), ',');
        }
        if (record->response.frame) {
            at = put_literal(at, "\"response\":");
            at = put_character(put_unsigned(at, record->response.frame), ',');
        }
    } else if (record->first.frame) {
        at = put_literal(at, "\"first\":");
        at = put_character(put_unsigned(at, record->first.frame), ',');
    }
    if (plan->is_flow && record->last.frame) {
        at = put_literal(at, "\"last\":");
        at = put_character(put_unsigned(at, record->last.frame), ',');
    }
    if (at == first)
        return frames - 1;
    at[-1] = '}';
    return at;
}

static const char *protocol_of(const struct record *record)
{
    return record->protocol ? record->protocol : record->conversation ? record->conversation->protocol : NULL;
}

static bool has_ports(const struct conversation *conversation)
{
    return conversation->transport == TRANSPORT_TCP || conversation->transport == TRANSPORT_UDP;
}

static inline char *put_plain_address(char *at, const struct address *address)
{
    at = put_literal(at, "\"ip\":\"");
    at += address_text(address, at);
    return put_literal(at, "\",");
}

/* `"domain":"name",` */
static __attribute__((noinline)) char *put_domain(struct json_writer *json, struct bytes domain, bool *ret_cut,
                                                  char *at)
{
    struct bytes shown = utf8_cut(domain, json->max_text);
    *ret_cut = shown.len < domain.len;
    if (!json_has_room(json, &at, PUT_WORST_BYTE * shown.len))
        return at;
    at = put_literal(at, "\"domain\":\"");
    at = put_json(at, shown, shown.len);
    return put_literal(at, "\",");
}

static struct bytes sentence_about(struct json_writer *json, const struct json_plan *plan,
                                   const struct address *address)
{
    uint64_t words[2];
    char text[ADDRESS_TEXT_SIZE];
    memcpy(words, address->octets, sizeof words);
    uint64_t mixed = (words[0] ^ words[1] * 3) * UINT64_C(0x9e3779b97f4a7c15);
    struct json_host *host = &json->hosts[mixed >> 32 & (JSON_HOSTS_KEPT - 1)];
    if (host->address.family != address->family ||
        memcmp(host->address.octets, address->octets, sizeof address->octets) != 0) {
        host->address = *address;
        host->sentence = note_catalog_find(plan->hosts, bytes_of(text, address_text(address, text)));
    }
    return host->sentence;
}

static void explain_side(struct json_writer *json, const struct json_plan *plan, unsigned side,
                         const struct endpoint *endpoint, struct bytes domain, struct text_buffer *notes)
{
    enum { TO_NAME = COMMON_SOURCE_DOMAIN - COMMON_SOURCE_IP };
    const struct field *row = &common_fields[side ? COMMON_DESTINATION_IP : COMMON_SOURCE_IP];
    if (endpoint && endpoint->ip.family != 0)
        json_add_note(notes, row->name, sentence_about(json, plan, &endpoint->ip));
    if (domain.len > 0)
        json_add_note(notes, row[TO_NAME].name, note_catalog_find(plan->hosts, domain));
}

/* An address, a port and a name, a comma behind each. */
static inline char *put_side(struct json_writer *json, const struct json_plan *plan, const struct record *record,
                             unsigned side, struct text_buffer *notes, bool *ret_cut, char *at)
{
    const struct conversation *conversation = record->conversation;
    struct bytes domain = side ? record->destination_domain : record->source_domain;
    const struct endpoint *endpoint = !conversation ? NULL : side ? &conversation->destination : &conversation->source;
    if (endpoint && endpoint->ip.family != 0)
        at = put_plain_address(at, &endpoint->ip);
    if (endpoint && has_ports(conversation)) {
        at = put_literal(at, "\"port\":");
        at = put_character(put_unsigned(at, endpoint->port), ',');
    }
    *ret_cut = false;
    if (domain.len > 0)
        at = put_domain(json, domain, ret_cut, at);
    if (plan->hosts)
        explain_side(json, plan, side, endpoint, domain, notes);
    return at;
}

bool json_has_side(const struct record *record, unsigned side)
{
    const struct conversation *conversation = record->conversation;
    const struct endpoint *endpoint = !conversation ? NULL : side ? &conversation->destination : &conversation->source;
    return (endpoint && (endpoint->ip.family != 0 || has_ports(conversation))) ||
           (side ? record->destination_domain : record->source_domain).len > 0;
}

/* What was put ends in a comma too many. */
char *json_put_side(struct json_writer *json, const struct json_plan *plan, const struct record *record, unsigned side,
                    char *at)
{
    static const enum common_field domain_fields[] = {COMMON_SOURCE_DOMAIN, COMMON_DESTINATION_DOMAIN};
    bool cut;
    at = put_side(json, plan, record, side, &json->notes, &cut, at) - 1;
    if (cut)
        json_add_truncated(json, NULL, &(struct json_path){.name = common_fields[domain_fields[side]].name},
                           (struct bytes){NULL, 0});
    return at;
}

static char *put_word(char *at, const char *word)
{
    if (!word)
        return at;
    size_t length = strlen(word);
    memcpy(at, word, length);
    return put_literal(at + length, "\",");
}

static char *put_network_words(uint8_t family, uint8_t transport, const char *protocol, char *at)
{
    const char *transport_name = common_transport_name(transport);
    if (family == 4 || family == 6)
        at = put_word(at, family == 4 ? "\"type\":\"ipv4" : "\"type\":\"ipv6");
    if (transport_name)
        at = put_word(put_literal(at, "\"transport\":\""), transport_name);
    if (protocol)
        at = put_word(put_literal(at, "\"protocol\":\""), protocol);
    return at;
}

static OUT_OF_LINE char *put_other_words(struct json_network *kept, uint8_t family, uint8_t transport,
                                         const char *protocol, char *at)
{
    char *end = put_network_words(family, transport, protocol, at);
    size_t length = (size_t)(end - at);
    if (length > sizeof kept->text)
        return end;
    *kept = (struct json_network){
        .protocol = protocol, .family = family, .transport = transport, .length = (uint8_t)length};
    memcpy(kept->text, at, length);
    return end;
}

/* The words are few and told again and again. */
static inline char *put_kept_words(struct json_writer *json, uint8_t family, uint8_t transport, const char *protocol,
                                   char *at)
{
    struct json_network *kept = &json->networks[((uintptr_t)protocol / 4 + transport) % JSON_NETWORKS_KEPT];
    if (kept->length == 0 || kept->protocol != protocol || kept->family != family || kept->transport != transport)
        return put_other_words(kept, family, transport, protocol, at);
    memcpy(at, kept->text, sizeof kept->text);
    return at + kept->length;
}

static char *put_network(struct json_writer *json, const struct record *record, char *at)
{
    const struct conversation *conversation = record->conversation;
    const char *protocol = protocol_of(record);
    if (!conversation)
        return put_network_words(0, 0, protocol, at);
    at = put_kept_words(json, conversation->source.ip.family, conversation->transport, protocol, at);
    char *text = put_literal(at, "\"community_id\":\"");
    size_t length = community_id_put(conversation, text);
    if (length > 0)
        at = put_literal(text + length, "\",");
    if (conversation->has_vlan) {
        at = put_literal(at, "\"vlan\":{\"id\":");
        at = put_literal(put_unsigned(at, conversation->vlan), "},");
    }
    return at;
}

/* A protocol's name is one of ours, so it has a bound that the margin covers. */
char *json_put_network(struct json_writer *json, const struct record *record, char *at)
{
    return put_network(json, record, at) - 1;
}

bool json_has_network(const struct record *record)
{
    const struct conversation *conversation = record->conversation;
    return protocol_of(record) ||
           (conversation && (conversation->source.ip.family != 0 || conversation->community_id[0] ||
                             common_transport_name(conversation->transport) || conversation->has_vlan));
}

static bool is_endpoint(const struct endpoint *a, const struct endpoint *b)
{
    return a->port == b->port && a->ip.family == b->ip.family &&
           memcmp(a->ip.octets, b->ip.octets, sizeof a->ip.octets) == 0;
}

static bool is_domain(const struct json_sides *sides, uint32_t from, uint32_t length, struct bytes domain)
{
    return domain.len == length && (length == 0 || memcmp(sides->domains.at + from, domain.at, length) == 0);
}

static bool is_kept(const struct json_sides *sides, const struct record *record)
{
    const struct conversation *conversation = record->conversation;
    return sides->valid && sides->protocol == protocol_of(record) && sides->transport == conversation->transport &&
           sides->has_vlan == conversation->has_vlan && sides->vlan == conversation->vlan &&
           is_endpoint(&sides->source, &conversation->source) &&
           is_endpoint(&sides->destination, &conversation->destination) &&
           is_domain(sides, 0, sides->source_domain, record->source_domain) &&
           is_domain(sides, sides->source_domain, sides->destination_domain, record->destination_domain);
}

static void keep(struct json_sides *sides, const struct record *record, const char *text, size_t length)
{
    const struct conversation *conversation = record->conversation;
    sides->protocol = protocol_of(record);
    sides->transport = conversation->transport;
    sides->has_vlan = conversation->has_vlan;
    sides->vlan = conversation->vlan;
    sides->source = conversation->source;
    sides->destination = conversation->destination;
    sides->source_domain = (uint32_t)record->source_domain.len;
    sides->destination_domain = (uint32_t)record->destination_domain.len;
    sides->domains.length = sides->text.length = 0;
    text_add(&sides->domains, (const char *)record->source_domain.at, record->source_domain.len);
    text_add(&sides->domains, (const char *)record->destination_domain.at, record->destination_domain.len);
    text_add(&sides->text, text, length);
    sides->valid = text_reserve(&sides->text, PUT_SLACK) && !sides->domains.failed && !sides->text.failed &&
                   !sides->notes.failed;
    sides->domains.failed = sides->text.failed = sides->notes.failed = false;
}

/* Over the comma that ends it; where memory is out the line stands at its beginning again, and has none. */
static inline char *behind_side(const struct json_writer *json, char *at)
{
    return json->buffer->failed ? at : at - 1;
}

/* All three, as they stand between the brace that opens the first and that which closes the last. */
static char *render(struct json_writer *json, const struct json_plan *plan, const struct record *record,
                    struct text_buffer *notes, bool *ret_cut, char *at)
{
    bool cut[2];
    at = put_side(json, plan, record, 0, notes, &cut[0], at);
    at = put_literal(behind_side(json, at), "},\"destination\":{");
    at = put_side(json, plan, record, 1, notes, &cut[1], json_room(json, at));
    at = put_literal(behind_side(json, at), "},\"network\":{");
    *ret_cut = cut[0] || cut[1];
    return put_network(json, record, json_room(json, at)) - 1;
}

/* The second record of a conversation, or the first since it changed: its text is kept for the next. */
static OUT_OF_LINE char *put_and_keep(struct json_writer *json, const struct json_plan *plan,
                                      const struct record *record, struct json_sides *sides, bool *ret_cut, char *at)
{
    size_t start = (size_t)(at - json->buffer->at);
    /* the notes are of what is kept: both go together, also where a name turns out to be cut */
    sides->valid = false;
    sides->notes.length = 0;
    at = render(json, plan, record, &sides->notes, ret_cut, at);
    json->notes.failed = json->notes.failed || sides->notes.failed;
    if (!*ret_cut && !json->buffer->failed) {
        keep(sides, record, json->buffer->at + start, (size_t)(at - json->buffer->at) - start);
        text_add(&json->notes, sides->notes.at, sides->notes.length);
    }
    return at;
}

char *json_put_sides(struct json_writer *json, const struct json_plan *plan, const struct record *record, bool *ret_cut,
                     char *at)
{
    const struct conversation *conversation = record->conversation;
    struct json_sides *sides = &json->sides[conversation->id % JSON_SIDES_KEPT];
    if (sides->id != conversation->id) { /* its only record, for what is known */
        sides->id = conversation->id;
        sides->valid = false;
        return render(json, plan, record, &json->notes, ret_cut, at);
    }
    if (!is_kept(sides, record))
        return put_and_keep(json, plan, record, sides, ret_cut, at);
    *ret_cut = false;
    if (sides->notes.length > 0)
        text_add(&json->notes, sides->notes.at, sides->notes.length);
    return json_has_room(json, &at, sides->text.length) ? put_padded(at, sides->text.at, sides->text.length) : at;
}
