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

static bool is_endpoint(const struct endpoint *a, const struct endpoint *b)
{
    return a->port == b->port && a->ip.family == b->ip.family &&
           memcmp(a->ip.octets, b->ip.octets, sizeof a->ip.octets) == 0;
}

static bool is_domain(const struct json_sides *sides, uint32_t from, uint32_t length, struct bytes domain)
{
    return domain.len == length && (length == 0 || memcmp(sides->domains.at + from, domain.at, length) == 0);
}

static const char *protocol_of(const struct record *record)
{
    return record->protocol ? record->protocol : record->conversation ? record->conversation->protocol : NULL;
}

static bool is_kept(const struct json_sides *sides, const struct record *record)
{
    const struct conversation *conversation = record->conversation;
    return sides->valid && sides->id == conversation->id && sides->protocol == protocol_of(record) &&
           sides->transport == conversation->transport && sides->has_vlan == conversation->has_vlan &&
           sides->vlan == conversation->vlan && is_endpoint(&sides->source, &conversation->source) &&
           is_endpoint(&sides->destination, &conversation->destination) &&
           is_domain(sides, 0, sides->source_domain, record->source_domain) &&
           is_domain(sides, sides->source_domain, sides->destination_domain, record->destination_domain);
}

static void keep(struct json_sides *sides, const struct record *record)
{
    const struct conversation *conversation = record->conversation;
    sides->id = conversation->id;
    sides->protocol = protocol_of(record);
    sides->transport = conversation->transport;
    sides->has_vlan = conversation->has_vlan;
    sides->vlan = conversation->vlan;
    sides->source = conversation->source;
    sides->destination = conversation->destination;
    sides->source_domain = (uint32_t)record->source_domain.len;
    sides->destination_domain = (uint32_t)record->destination_domain.len;
    sides->domains.length = 0;
    text_add(&sides->domains, (const char *)record->source_domain.at, record->source_domain.len);
    text_add(&sides->domains, (const char *)record->destination_domain.at, record->destination_domain.len);
    sides->valid = !sides->domains.failed && !sides->text.failed && !sides->notes.failed;
}

/* An address, a port and a name, a comma behind each. */
static char *put_side(struct json_writer *json, const struct json_plan *plan, struct json_sides *sides,
                      const struct record *record, unsigned side, char *at)
{
    enum { TO_NAME = COMMON_SOURCE_DOMAIN - COMMON_SOURCE_IP };
    const struct conversation *conversation = record->conversation;
    const struct field *row = &common_fields[side ? COMMON_DESTINATION_IP : COMMON_SOURCE_IP];
    struct bytes domain = side ? record->destination_domain : record->source_domain;
    const struct endpoint *endpoint = !conversation ? NULL : side ? &conversation->destination : &conversation->source;
    if (endpoint && endpoint->ip.family != 0) {
        at = put_literal(at, "\"ip\":\"");
        size_t length = address_text(&endpoint->ip, at);
        if (plan->hosts)
            json_add_note(&sides->notes, row->name, note_catalog_find(plan->hosts, bytes_of(at, length)));
        at = put_literal(at + length, "\",");
    }
    if (endpoint && (conversation->transport == TRANSPORT_TCP || conversation->transport == TRANSPORT_UDP)) {
        at = put_literal(at, "\"port\":");
        at = put_character(put_unsigned(at, endpoint->port), ',');
    }
    sides->cut[side] = false;
    if (domain.len > 0) {
        struct bytes shown = utf8_cut(domain, json->max_text);
        at = put_literal(at, "\"domain\":\"");
        at = put_json(at, shown, shown.len);
        at = put_literal(at, "\",");
        sides->cut[side] = shown.len < domain.len;
        if (plan->hosts)
            json_add_note(&sides->notes, row[TO_NAME].name, note_catalog_find(plan->hosts, domain));
    }
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

/* The words are few and told again and again. */
static char *put_kept_words(struct json_writer *json, uint8_t family, uint8_t transport, const char *protocol, char *at)
{
    struct json_network *kept = &json->networks[((uintptr_t)protocol / 4 + transport) % JSON_NETWORKS_KEPT];
    if (kept->length == 0 || kept->protocol != protocol || kept->family != family || kept->transport != transport) {
        char *end = put_network_words(family, transport, protocol, at);
        size_t length = (size_t)(end - at);
        if (length > sizeof kept->text)
            return end;
        *kept = (struct json_network){
            .protocol = protocol, .family = family, .transport = transport, .length = (uint8_t)length};
        memcpy(kept->text, at, length);
    }
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

/* One behind the other, each without the comma at its end. */
static void render(struct json_writer *json, const struct json_plan *plan, struct json_sides *sides,
                   const struct record *record)
{
    enum { ROOM_BESIDE_NAMES = 1024 };
    struct text_buffer *text = &sides->text;
    const char *protocol = protocol_of(record);
    size_t names = utf8_cut(record->source_domain, json->max_text).len +
                   utf8_cut(record->destination_domain, json->max_text).len;
    text->length = sides->notes.length = 0;
    char *start = text_reserve(text, PUT_WORST_BYTE * names + (protocol ? strlen(protocol) : 0) + ROOM_BESIDE_NAMES);
    memset(sides->length, 0, sizeof sides->length);
    if (!start)
        return;
    char *at = start;
    for (unsigned side = 0; side < JSON_SIDES; side++) {
        char *begin = at;
        sides->notes_at[side] = (uint32_t)sides->notes.length;
        at = side < 2 ? put_side(json, plan, sides, record, side, at) : put_network(json, record, at);
        sides->at[side] = (uint32_t)(begin - start);
        sides->length[side] = at > begin ? (uint32_t)(at - begin - 1) : 0;
        sides->notes_length[side] = (uint32_t)sides->notes.length - sides->notes_at[side];
    }
    text->length = (size_t)(at - start);
}

const struct json_sides *json_sides_of(struct json_writer *json, const struct json_plan *plan,
                                       const struct record *record)
{
    const struct conversation *conversation = record->conversation;
    struct json_sides *sides = &json->sides[conversation ? conversation->id % JSON_SIDES_KEPT : JSON_SIDES_KEPT];
    if (conversation && is_kept(sides, record))
        return sides;
    /* Nothing follows on a conversation's own record. */
    bool keeps = conversation && !plan->is_flow;
    if (!keeps)
        sides = &json->sides[JSON_SIDES_KEPT];
    sides->text.failed = sides->notes.failed = sides->domains.failed = false;
    render(json, plan, sides, record);
    if (sides->text.failed || sides->notes.failed)
        json->buffer->failed = true;
    sides->valid = false;
    if (keeps)
        keep(sides, record);
    return sides;
}
