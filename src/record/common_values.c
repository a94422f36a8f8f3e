/* SPDX-License-Identifier: BSD-3-Clause */
#include "common_values.h"

#include "tape.h"

static bool give_word(const char *word, struct common_value *ret_value)
{
    if (word)
        ret_value->text = bytes_text(word);
    return word != NULL;
}

static bool give_number(bool known, uint64_t number, struct common_value *ret_value)
{
    ret_value->number = (int64_t)number;
    return known;
}

static bool give_address(const struct endpoint *endpoint, struct common_value *ret_value)
{
    ret_value->address = &endpoint->ip;
    return endpoint->ip.family != 0;
}

static bool give_domain(struct bytes domain, struct common_value *ret_value)
{
    ret_value->text = domain;
    return domain.len > 0;
}

static bool of_event(const struct record *record, enum common_field field, struct common_value *ret_value)
{
    static const char *const outcomes[] = {NULL, "success", "failure", "unknown"};
    struct moment moment;
    int64_t duration;
    switch (field) {
    case COMMON_TIMESTAMP:
        moment = tape_moment(record);
        ret_value->number = moment.time_ns;
        return moment.frame != 0 || moment.time_ns != 0; /* of no frame: a stats record */
    case COMMON_DURATION:
        duration = record->last.time_ns - record->first.time_ns;
        return give_number(record->first.frame && record->last.frame, duration > 0 ? (uint64_t)duration : 0, ret_value);
    case COMMON_OUTCOME:
        return give_word(outcomes[record->outcome], ret_value);
    default:
        return give_word(record->dataset->name, ret_value);
    }
}

const char *common_transport_name(uint8_t transport)
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

static const char *type_name(uint8_t family)
{
    return family == 4 ? "ipv4" : family == 6 ? "ipv6" : NULL;
}

static bool of_conversation(const struct conversation *conversation, enum common_field field,
                            struct common_value *ret_value)
{
    bool has_ports = conversation->transport == TRANSPORT_TCP || conversation->transport == TRANSPORT_UDP;
    switch (field) {
    case COMMON_SOURCE_IP:
        return give_address(&conversation->source, ret_value);
    case COMMON_SOURCE_PORT:
        return give_number(has_ports, conversation->source.port, ret_value);
    case COMMON_DESTINATION_IP:
        return give_address(&conversation->destination, ret_value);
    case COMMON_DESTINATION_PORT:
        return give_number(has_ports, conversation->destination.port, ret_value);
    case COMMON_NETWORK_TYPE:
        return give_word(type_name(conversation->source.ip.family), ret_value);
    case COMMON_TRANSPORT:
        return give_word(common_transport_name(conversation->transport), ret_value);
    case COMMON_VLAN:
        return give_number(conversation->has_vlan, conversation->vlan, ret_value);
    case COMMON_CONVERSATION:
        return give_number(true, conversation->id, ret_value);
    default:
        return false;
    }
}

/* A conversation's record has its first and last frame, another the first bytes of its messages; where it has no
 * messages, its first frame. */
static bool of_frames(const struct record *record, enum common_field field, struct common_value *ret_value)
{
    bool is_flow = strcmp(record->dataset->name, "flow") == 0;
    bool has_messages = !is_flow && (record->request.frame || record->response.frame);
    switch (field) {
    case COMMON_FRAME_REQUEST:
        return give_number(!is_flow && record->request.frame, record->request.frame, ret_value);
    case COMMON_FRAME_RESPONSE:
        return give_number(!is_flow && record->response.frame, record->response.frame, ret_value);
    case COMMON_FRAME_FIRST:
        return give_number(!has_messages && record->first.frame, record->first.frame, ret_value);
    default:
        return give_number(is_flow && record->last.frame, record->last.frame, ret_value);
    }
}

bool common_value(const struct record *record, enum common_field field, struct common_value *ret_value)
{
    switch (field) {
    case COMMON_TIMESTAMP:
    case COMMON_DATASET:
    case COMMON_DURATION:
    case COMMON_OUTCOME:
        return of_event(record, field, ret_value);
    case COMMON_SOURCE_DOMAIN:
        return give_domain(record->source_domain, ret_value);
    case COMMON_DESTINATION_DOMAIN:
        return give_domain(record->destination_domain, ret_value);
    case COMMON_PROTOCOL:
        return give_word(record->protocol       ? record->protocol
                         : record->conversation ? record->conversation->protocol
                                                : NULL,
                         ret_value);
    case COMMON_FRAME_REQUEST:
    case COMMON_FRAME_RESPONSE:
    case COMMON_FRAME_FIRST:
    case COMMON_FRAME_LAST:
        return of_frames(record, field, ret_value);
    case COMMON_INCOMPLETE:
        return give_number(record->incomplete, 1, ret_value);
    case COMMON_ICMP_ERROR:
        return give_word(record->icmp_error, ret_value);
    default:
        return record->conversation && of_conversation(record->conversation, field, ret_value);
    }
}
