/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which address an answer gives a name to, for whoever asked. Only what the question leads to counts: an answer may
 * carry any other record beside it, and clients pass those over as well (RFC 5452 section 6). Aliases are followed in
 * the order in which they stand, as stub resolvers do.
 */
#include "dns_message.h"

/* 4.3.2.1 of 4.3.2.1.in-addr.arpa is 1.2.3.4 */
static bool reverse_ipv4(struct bytes rest, struct address *ret_address)
{
    struct address address = {.family = 4};
    for (size_t i = 0; i < 4; i++) {
        size_t end = bytes_find(rest, '.', 0);
        unsigned octet = 0;
        if (end == 0 || end > 3 || (i < 3) == (end == rest.len))
            return false;
        for (size_t k = 0; k < end; k++) {
            uint8_t digit = bytes_at(rest, k);
            if (digit < '0' || digit > '9')
                return false;
            octet = octet * 10 + (digit - (unsigned)'0');
        }
        if (octet > UINT8_MAX)
            return false;
        address.octets[3 - i] = (uint8_t)octet;
        rest = bytes_skip(rest, end + 1);
    }
    *ret_address = address;
    return true;
}

static int hex_value(uint8_t c)
{
    c = byte_lower(c);
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* 32 digits with periods between them */
static bool reverse_ipv6(struct bytes digits, struct address *ret_address)
{
    struct address address = {.family = 6};
    if (digits.len != 63)
        return false;
    for (size_t i = 0; i < 32; i++) {
        int digit = hex_value(bytes_at(digits, 2 * i));
        if (digit < 0 || (i < 31 && bytes_at(digits, 2 * i + 1) != '.'))
            return false;
        address.octets[15 - i / 2] |= (uint8_t)(i % 2 ? digit << 4 : digit);
    }
    *ret_address = address;
    return true;
}

/* What stands before the ending; false where it does not end so. */
static bool cut_ending(struct bytes name, const char *ending, struct bytes *ret_rest)
{
    const size_t length = strlen(ending);
    if (name.len <= length || !bytes_is_nocase(bytes_skip(name, name.len - length), ending))
        return false;
    *ret_rest = bytes_first(name, name.len - length);
    return true;
}

bool dns_reverse_address(struct bytes name, struct address *ret_address)
{
    struct bytes rest;
    if (cut_ending(name, ".in-addr.arpa", &rest))
        return reverse_ipv4(rest, ret_address);
    return cut_ending(name, ".ip6.arpa", &rest) && reverse_ipv6(rest, ret_address);
}

static bool is_linked(const struct dns_message *message)
{
    const struct bytes name = message->name, end = message->chain_end;
    return message->has_question && ((name.at == end.at && name.len == end.len) || bytes_equal_nocase(name, end));
}

void dns_learn_alias(struct dns_message *message, uint32_t ttl)
{
    if (!message->chain_end_buffer || !is_linked(message))
        return;
    message->chain_end = bytes_of(message->chain_end_buffer,
                                  bytes_copy(message->chain_end_buffer, DNS_NAME_TEXT, message->data));
    message->chain_length++;
    if (message->chain_ttl > ttl)
        message->chain_ttl = ttl;
}

/* The name that the record in hand is an answer for: the one asked for. Multicast answers come without a question, and
 * whoever gives them speaks of himself. */
static bool find_name(const struct dns_message *message, uint32_t ttl, struct bytes *ret_name)
{
    if (message->rcode != 0 || message->unasked)
        return false;
    const bool linked = is_linked(message);
    if (!linked && message->flavor != DNS_MULTICAST)
        return false;
    if (message->flavor == DNS_MULTICAST && ttl == 0) /* a farewell, RFC 6762 section 10.1 */
        return false;
    *ret_name = linked ? message->question : message->name;
    return true;
}

static void learn(struct dns_message *message, enum name_kind kind, const struct address *address, struct bytes name,
                  uint32_t ttl)
{
    const struct conversation *conversation = emit_conversation(message->emitter);
    const bool by_server = message->packet->side == SIDE_SERVER;
    const struct endpoint *asker = by_server ? &conversation->source : &conversation->destination;
    emit_name(message->emitter, kind, &asker->ip, address, name, ttl < message->chain_ttl ? ttl : message->chain_ttl);
}

void dns_learn_address(struct dns_message *message, uint16_t type, uint32_t ttl, struct bytes content)
{
    struct address address = {.family = type == DNS_A ? 4 : 6};
    struct bytes name;
    (void)bytes_copy(address.octets, sizeof address.octets, content);
    if (!message->answer || message->opcode != DNS_OPCODE_QUERY)
        return;
    record_address(message->record, DNS_FIELD_RESOLVED_IP, &address);
    if (find_name(message, ttl, &name))
        learn(message, NAME_FORWARD, &address, name, ttl);
}

void dns_learn_pointer(struct dns_message *message, uint32_t ttl)
{
    struct address address;
    struct bytes name, told = message->data;
    if (message->answer && message->opcode == DNS_OPCODE_QUERY && !bytes_is(told, ".") &&
        find_name(message, ttl, &name) && dns_reverse_address(name, &address))
        learn(message, NAME_REVERSE, &address, told, ttl);
}
