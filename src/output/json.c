/* SPDX-License-Identifier: BSD-3-Clause
 *
 * NDJSON: one line a record, written straight from the tape along the plan of its dataset.
 */
#include "json_state.h"

#include <stdlib.h>

enum { FIRST_PLANS = 16 };

struct json_writer *json_writer_new(const struct output_options *options)
{
    struct json_writer *json = calloc(1, sizeof *json);
    if (!json)
        return NULL;
    json->options = options;
    json->hosts = options->notes ? notes_catalog(options->notes, "host") : NULL;
    json->icmp_errors = options->notes ? notes_catalog(options->notes, "icmp_error") : NULL;
    json->map.key = siphash_key_random();
    json->community_id = community_id_new();
    if (!json->community_id) {
        json_writer_free(json);
        return NULL;
    }
    return json;
}

void json_writer_free(struct json_writer *json)
{
    if (!json)
        return;
    for (size_t i = 0; i < json->plan_count; i++)
        json_plan_free(json->plans[i].plan);
    free(json->plans);
    community_id_free(json->community_id);
    tape_notes_done(&json->tape_notes);
    json_map_done(&json->map);
    text_buffer_done(&json->notes);
    text_buffer_done(&json->truncated);
    free(json);
}

/* Datasets are few and static: a short list, the last one used in front. NULL where memory is out. */
static const struct json_plan *plan_of(struct json_writer *json, const struct dataset *dataset)
{
    for (size_t i = 0; i < json->plan_count; i++)
        if (json->plans[i].dataset == dataset)
            return json->plans[i].plan;
    if (json->plan_count == json->plan_capacity) {
        size_t capacity = json->plan_capacity ? 2 * json->plan_capacity : FIRST_PLANS;
        void *plans = realloc(json->plans, capacity * sizeof *json->plans);
        if (!plans)
            return NULL;
        json->plans = plans;
        json->plan_capacity = capacity;
    }
    struct json_plan *plan = json_plan_new(dataset, json->options->notes);
    if (!plan)
        return NULL;
    json->plans[json->plan_count].dataset = dataset;
    json->plans[json->plan_count].plan = plan;
    json->plan_count++;
    return plan;
}

static void add_word(struct text_buffer *buffer, const struct json_step *step, const char *word)
{
    if (!word)
        return;
    json_add_key(buffer, step);
    text_add(buffer, "\"", 1);
    text_add_string(buffer, word);
    text_add(buffer, "\"", 1);
}

static void add_number(struct text_buffer *buffer, const struct json_step *step, bool known, uint64_t number)
{
    if (!known)
        return;
    json_add_key(buffer, step);
    text_add_unsigned(buffer, number);
}

static void add_timestamp(const struct record *record, const struct json_step *step, struct text_buffer *buffer)
{
    struct moment moment = tape_moment(record);
    if (!moment.frame && moment.time_ns == 0)
        return;
    unsigned digits = record->conversation ? record->conversation->time_digits : moment.time_ns % 1000 ? 9 : 6;
    json_add_key(buffer, step);
    text_add(buffer, "\"", 1);
    text_add_time(buffer, moment.time_ns, digits);
    text_add(buffer, "\"", 1);
}

static void add_event(const struct record *record, const struct json_step *step, struct text_buffer *buffer)
{
    static const char *const outcomes[] = {NULL, "success", "failure", "unknown"};
    if (step->kind == STEP_DATASET) {
        add_word(buffer, step, record->dataset->name);
    } else if (step->kind == STEP_OUTCOME) {
        add_word(buffer, step, outcomes[record->outcome]);
    } else {
        int64_t duration = record->last.time_ns - record->first.time_ns;
        add_number(buffer, step, record->first.frame && record->last.frame, duration > 0 ? (uint64_t)duration : 0);
    }
}

static void add_ip(struct json_writer *json, const struct json_step *step, const struct address *address,
                   struct text_buffer *buffer)
{
    char text[ADDRESS_TEXT_SIZE];
    size_t length = address_text(address, text);
    if (length == 0)
        return;
    add_word(buffer, step, text);
    if (json->hosts)
        json_add_note(json, step->kind == STEP_SOURCE_IP ? "source.ip" : "destination.ip",
                      note_catalog_find(json->hosts, bytes_of(text, length)));
}

static void add_domain(struct json_writer *json, const struct json_step *step, struct bytes name,
                       struct text_buffer *buffer)
{
    if (name.len == 0)
        return;
    json_add_key(buffer, step);
    text_add(buffer, "\"", 1);
    text_add_json(buffer, name, json->options->max_text);
    text_add(buffer, "\"", 1);
    if (json->hosts)
        json_add_note(json, step->kind == STEP_SOURCE_DOMAIN ? "source.domain" : "destination.domain",
                      note_catalog_find(json->hosts, name));
}

static void add_side(struct json_writer *json, const struct record *record, const struct json_step *step,
                     struct text_buffer *buffer)
{
    const struct conversation *conversation = record->conversation;
    if (step->kind == STEP_SOURCE_DOMAIN || step->kind == STEP_DESTINATION_DOMAIN) {
        bool is_source = step->kind == STEP_SOURCE_DOMAIN;
        add_domain(json, step, is_source ? record->source_domain : record->destination_domain, buffer);
        return;
    }
    if (!conversation)
        return;
    bool is_source = step->kind == STEP_SOURCE_IP || step->kind == STEP_SOURCE_PORT;
    const struct endpoint *endpoint = is_source ? &conversation->source : &conversation->destination;
    if (step->kind == STEP_SOURCE_IP || step->kind == STEP_DESTINATION_IP) {
        add_ip(json, step, &endpoint->ip, buffer);
    } else {
        bool has_ports = conversation->transport == TRANSPORT_TCP || conversation->transport == TRANSPORT_UDP;
        add_number(buffer, step, has_ports, endpoint->port);
    }
}

static const char *transport_name(uint8_t transport)
{
    switch (transport) {
    case TRANSPORT_TCP:
        return "tcp";
    case TRANSPORT_UDP:
        return "udp";
    case TRANSPORT_ICMP:
        return "icmp";
    case TRANSPORT_ICMPV6:
        return "ipv6-icmp";
    default:
        return NULL;
    }
}

static void add_network(struct json_writer *json, const struct record *record, const struct json_step *step,
                        struct text_buffer *buffer)
{
    const struct conversation *conversation = record->conversation;
    char text[COMMUNITY_ID_SIZE];
    if (step->kind == STEP_PROTOCOL)
        add_word(buffer, step, record->protocol ? record->protocol : conversation ? conversation->protocol : NULL);
    else if (!conversation)
        return;
    else if (step->kind == STEP_NETWORK_TYPE)
        add_word(buffer, step,
                 conversation->source.ip.family == 4   ? "ipv4"
                 : conversation->source.ip.family == 6 ? "ipv6"
                                                       : NULL);
    else if (step->kind == STEP_TRANSPORT)
        add_word(buffer, step, transport_name(conversation->transport));
    else if (step->kind == STEP_VLAN)
        add_number(buffer, step, conversation->has_vlan, conversation->vlan);
    else if (community_id_text(json->community_id, conversation, text) > 0)
        add_word(buffer, step, text);
}

static void add_frame(const struct record *record, const struct json_step *step, struct text_buffer *buffer)
{
    bool is_flow = strcmp(record->dataset->name, "flow") == 0;
    bool has_messages = !is_flow && (record->request.frame || record->response.frame);
    if (step->kind == STEP_FRAME_REQUEST)
        add_number(buffer, step, has_messages && record->request.frame, record->request.frame);
    else if (step->kind == STEP_FRAME_RESPONSE)
        add_number(buffer, step, has_messages && record->response.frame, record->response.frame);
    else if (step->kind == STEP_FRAME_FIRST)
        add_number(buffer, step, !has_messages && record->first.frame, record->first.frame);
    else
        add_number(buffer, step, record->last.frame, record->last.frame);
}

/* Is `,"name"` in the list already? */
static bool is_listed(const struct text_buffer *list, const char *name)
{
    size_t length = strlen(name);
    if (list->length == 0)
        return false;
    for (const char *at = list->at, *end = at + list->length; at < end;) {
        const char *next = memchr(at + 1, ',', (size_t)(end - at - 1));
        next = next ? next : end;
        if ((size_t)(next - at) == length + 3 && memcmp(at + 2, name, length) == 0)
            return true;
        at = next;
    }
    return false;
}

/* Texts that were cut here, then fields of which the record itself had to leave something out. */
static void add_truncated(const struct json_writer *json, const struct record *record, const struct json_step *step,
                          struct text_buffer *buffer)
{
    const struct text_buffer *cut = &json->truncated;
    size_t start = buffer->length;
    json_add_key(buffer, step);
    text_add(buffer, "[", 1);
    if (cut->length > 0)
        text_add(buffer, cut->at + 1, cut->length - 1);
    bool any = cut->length > 0;
    for (unsigned i = 0; i < record->dataset->field_count; i++) {
        if (!(record->truncated[i / 8] & 1u << i % 8))
            continue;
        const char *name = record->dataset->fields[i].name;
        if (is_listed(cut, name))
            continue;
        text_add(buffer, any ? ",\"" : "\"", any ? 2 : 1);
        text_add_string(buffer, name);
        text_add(buffer, "\"", 1);
        any = true;
    }
    text_add(buffer, "]", 1);
    if (!any)
        buffer->length = start;
}

static void add_icmp_error(struct json_writer *json, const struct record *record, const struct json_step *step,
                           struct text_buffer *buffer)
{
    if (!record->icmp_error)
        return;
    json_add_key(buffer, step);
    text_add(buffer, "\"", 1);
    text_add_string(buffer, record->icmp_error);
    text_add(buffer, "\"", 1);
    json_add_note(json, "overhear.icmp_error", note_catalog_find(json->icmp_errors, bytes_text(record->icmp_error)));
}

static void add_common(struct json_writer *json, const struct record *record, const struct json_step *step,
                       struct text_buffer *buffer)
{
    switch (step->kind) {
    case STEP_TIMESTAMP:
        add_timestamp(record, step, buffer);
        break;
    case STEP_DATASET:
    case STEP_DURATION:
    case STEP_OUTCOME:
        add_event(record, step, buffer);
        break;
    case STEP_CONVERSATION:
        add_number(buffer, step, record->conversation, record->conversation ? record->conversation->id : 0);
        break;
    case STEP_FRAME_REQUEST:
    case STEP_FRAME_RESPONSE:
    case STEP_FRAME_FIRST:
    case STEP_FRAME_LAST:
        add_frame(record, step, buffer);
        break;
    case STEP_TRUNCATED:
        add_truncated(json, record, step, buffer);
        break;
    case STEP_INCOMPLETE:
        if (record->incomplete) {
            json_add_key(buffer, step);
            text_add_string(buffer, "true");
        }
        break;
    case STEP_ICMP_ERROR:
        add_icmp_error(json, record, step, buffer);
        break;
    default:
        if (step->kind <= STEP_DESTINATION_DOMAIN)
            add_side(json, record, step, buffer);
        else
            add_network(json, record, step, buffer);
    }
}

void json_writer_record(struct json_writer *json, const struct record *record, struct text_buffer *buffer)
{
    const struct json_plan *plan = plan_of(json, record->dataset);
    text_add(buffer, "{", 1);
    if (!plan)
        buffer->failed = true;
    size_t open_at[JSON_DEPTH_MAX];
    size_t depth = 0;
    json->notes.length = 0;
    json->truncated.length = 0;
    if (json->options->notes)
        tape_notes_build(&json->tape_notes, record);
    for (size_t i = 0; !buffer->failed && i < plan->count; i++) {
        const struct json_step *step = &plan->steps[i];
        if (step->kind == STEP_FIELD) {
            if (record->first_item[step->field])
                json_add_field(json, record, step, record->first_item[step->field], buffer);
        } else if (step->kind == STEP_OPEN) {
            open_at[depth++] = buffer->length;
            json_add_key(buffer, step);
        } else if (step->kind == STEP_CLOSE) {
            depth--;
            if (buffer->at[buffer->length - 1] == '{')
                buffer->length = open_at[depth];
            else
                text_add(buffer, "}", 1);
        } else {
            add_common(json, record, step, buffer);
        }
    }
    if (json->notes.length > 0) {
        text_add_string(buffer, ",\"notes\":{");
        text_add(buffer, json->notes.at + 1, json->notes.length - 1);
        text_add(buffer, "}", 1);
    }
    text_add(buffer, "}\n", 2);
    if (json->notes.failed || json->truncated.failed) {
        json->notes.failed = json->truncated.failed = false;
        buffer->failed = true;
    }
}
