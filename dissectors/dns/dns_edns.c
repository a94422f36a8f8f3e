/* SPDX-License-Identifier: BSD-3-Clause
 *
 * EDNS, RFC 6891: a record of type OPT whose fields mean something else. Its class is the longest datagram that
 * the sender takes, its TTL is
 *
 *     | upper bits of RCODE |  VERSION  |DO|            Z            |
 *
 * and its content a row of options: code, length, value.
 */
#include "dns_message.h"

enum edns_option {
    OPTION_LLQ = 1,
    OPTION_UPDATE_LEASE = 2,
    OPTION_NSID = 3,
    OPTION_DAU = 5,
    OPTION_DHU = 6,
    OPTION_N3U = 7,
    OPTION_CLIENT_SUBNET = 8,
    OPTION_EXPIRE = 9,
    OPTION_COOKIE = 10,
    OPTION_KEEPALIVE = 11,
    OPTION_PADDING = 12,
    OPTION_CHAIN = 13,
    OPTION_KEY_TAG = 14,
    OPTION_EXTENDED_ERROR = 15,
    OPTION_REPORT_CHANNEL = 18,
};

/* RFC 7871: family, length of the prefix asked about, length the answer is good for, as many octets as needed. */
static bool write_client_subnet(struct dns_text *text, struct reader *value)
{
    uint8_t whole[16] = {0};
    uint16_t family = reader_u16(value);
    uint8_t prefix = reader_u8(value), scope = reader_u8(value);
    struct bytes octets = reader_rest(value);
    size_t size = family == 1 ? 4 : 16;
    if (!reader_ok(value) || octets.len > size || family > 2 || prefix > size * 8)
        return false;
    (void)bytes_copy(whole, sizeof whole, octets);
    if (family == 1)
        dns_text_ipv4(text, bytes_of(whole, 4));
    else if (family == 2)
        dns_text_ipv6(text, bytes_of(whole, 16));
    else
        dns_text_char(text, '0');
    dns_text_char(text, '/');
    dns_text_unsigned(text, prefix);
    dns_text_char(text, '/');
    dns_text_unsigned(text, scope);
    return true;
}

static bool write_numbers(struct dns_text *text, struct reader *value, size_t size)
{
    bool spaced = false;
    while (reader_left(value) >= size) {
        if (spaced)
            dns_text_char(text, ' ');
        spaced = true;
        dns_text_unsigned(text, size == 1 ? reader_u8(value) : reader_u16(value));
    }
    return reader_left(value) == 0;
}

static bool is_printable(struct bytes content)
{
    for (size_t i = 0; i < content.len; i++)
        if (bytes_at(content, i) < ' ' || bytes_at(content, i) > '~')
            return false;
    return content.len > 0;
}

/* A name of the server for its operators: free bytes, mostly text. */
static bool write_identifier(struct dns_text *text, struct reader *value)
{
    struct bytes identifier = reader_rest(value);
    if (is_printable(identifier))
        dns_text_quoted(text, identifier);
    else
        dns_text_hex_lower(text, identifier);
    return true;
}

static bool write_keepalive(struct dns_text *text, struct reader *value)
{
    if (reader_left(value) == 0)
        return true;
    uint16_t tenths = reader_u16(value);
    dns_text_unsigned(text, tenths / 10);
    dns_text_char(text, '.');
    dns_text_unsigned(text, tenths % 10);
    dns_text_string(text, " secs");
    return reader_ok(value) && reader_left(value) == 0;
}

static bool write_padding(struct dns_text *text, struct reader *value)
{
    dns_text_unsigned(text, reader_left(value));
    dns_text_string(text, " bytes");
    return true;
}

/* RFC 8914: a code, and what the server has to say in its own words. */
static bool write_extended_error(struct dns_message *message, struct dns_text *text, struct reader *value)
{
    uint16_t code = reader_u16(value);
    struct bytes own_words = reader_rest(value);
    const char *word = dns_extended_error_word(code);
    if (!reader_ok(value))
        return false;
    dns_text_unsigned(text, code);
    if (word) {
        dns_text_string(text, " (");
        dns_text_string(text, word);
        dns_text_char(text, ')');
    }
    if (own_words.len > 0) {
        dns_text_string(text, ": ");
        dns_text_add(text, own_words);
    }
    if (record_has(message->record, DNS_FIELD_EXTENDED_ERROR_CODE))
        return true;
    record_integer(message->record, DNS_FIELD_EXTENDED_ERROR_CODE, code);
    if (word)
        record_word(message->record, DNS_FIELD_EXTENDED_ERROR_NAME, word);
    if (own_words.len > 0)
        record_text(message->record, DNS_FIELD_EXTENDED_ERROR_TEXT, own_words);
    return true;
}

static bool write_seconds(struct dns_text *text, struct reader *value)
{
    if (reader_left(value) == 0)
        return true;
    dns_text_unsigned(text, reader_u32(value));
    return reader_ok(value);
}

static bool write_long_lived(struct dns_text *text, struct reader *value)
{
    static const char *const labels[] = {"version ", ", opcode ", ", error "};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        dns_text_string(text, labels[i]);
        dns_text_unsigned(text, reader_u16(value));
    }
    dns_text_string(text, ", identifier ");
    dns_text_unsigned(text, reader_u64(value));
    dns_text_string(text, ", lifetime ");
    dns_text_unsigned(text, reader_u32(value));
    return reader_ok(value) && reader_left(value) == 0;
}

static bool write_value(struct dns_message *message, uint16_t code, struct reader *value)
{
    struct dns_text *text = &message->data_text;
    struct dns_fault fault;
    switch (code) {
    case OPTION_LLQ:
        return write_long_lived(text, value);
    case OPTION_UPDATE_LEASE:
    case OPTION_EXPIRE:
        return write_seconds(text, value);
    case OPTION_NSID:
        return write_identifier(text, value);
    case OPTION_DAU:
    case OPTION_DHU:
    case OPTION_N3U:
        return write_numbers(text, value, 1);
    case OPTION_CLIENT_SUBNET:
        return write_client_subnet(text, value);
    case OPTION_KEEPALIVE:
        return write_keepalive(text, value);
    case OPTION_PADDING:
        return write_padding(text, value);
    case OPTION_CHAIN:
    case OPTION_REPORT_CHANNEL:
        return dns_name_recall(message->names, message->bytes, value, text, &fault);
    case OPTION_KEY_TAG:
        return write_numbers(text, value, 2);
    case OPTION_EXTENDED_ERROR:
        return write_extended_error(message, text, value);
    case OPTION_COOKIE:
    default:
        dns_text_hex_lower(text, reader_rest(value));
        return true;
    }
}

static void write_option(struct dns_message *message, uint16_t code, struct bytes content)
{
    struct reader value = reader_of(content);
    message->data_text.length = 0;
    message->data_text.cut = false;
    if (!write_value(message, code, &value)) {
        struct dns_fault fault = {DNS_FAULT_RDATA, bytes_offset(message->bytes, content), code};
        dns_message_fault(message, &fault);
        message->data_text.length = 0;
        dns_text_hex_lower(&message->data_text, content);
    }
    record_group_begin(message->record, DNS_FIELD_OPT_OPTIONS);
    dns_record_word(message->record, DNS_OPTION_NAME, dns_option_word(code), "OPT", code);
    if (message->data_text.length > 0)
        record_text(message->record, DNS_OPTION_DATA, dns_text_bytes(&message->data_text));
    record_group_end(message->record);
}

unsigned dns_edns_write(struct dns_message *message, uint16_t udp_size, uint32_t ttl, struct bytes content)
{
    struct record *record = message->record;
    unsigned upper_rcode = ttl >> 24;
    message->has_opt = true;
    message->wants_signatures = ttl & 0x8000;
    if (record_has(record, DNS_FIELD_OPT_VERSION)) /* there may be only one; and that of a query may be kept */
        return upper_rcode;
    record_integer(record, DNS_FIELD_OPT_VERSION, ttl >> 16 & 0xff);
    record_integer(record, DNS_FIELD_OPT_UDP_SIZE, udp_size);
    record_boolean(record, DNS_FIELD_OPT_DO, message->wants_signatures);
    record_integer(record, DNS_FIELD_OPT_EXT_RCODE, upper_rcode);

    struct reader options = reader_of(content);
    while (reader_left(&options) > 0) {
        uint16_t code = reader_u16(&options);
        struct bytes value = reader_take(&options, reader_u16(&options));
        if (!reader_ok(&options)) {
            struct dns_fault fault = {DNS_FAULT_RDATA, bytes_offset(message->bytes, content), code};
            dns_message_fault(message, &fault);
            break;
        }
        write_option(message, code, value);
    }
    return upper_rcode;
}
