/* SPDX-License-Identifier: BSD-3-Clause
 *
 * SVCB and HTTPS, RFC 9460: a priority, a target, and parameters, each a 16-bit key, a 16-bit length and a
 * value that depends on the key.
 */
#include "dns_rdata.h"

enum { KEY_MANDATORY, KEY_ALPN, KEY_NO_DEFAULT_ALPN, KEY_PORT, KEY_IPV4HINT, KEY_ECH, KEY_IPV6HINT, KEY_KNOWN };

static const char *const key_words[KEY_KNOWN] = {"mandatory", "alpn", "no-default-alpn", "port",
                                                 "ipv4hint",  "ech",  "ipv6hint"};

static void add_key(struct dns_text *text, uint16_t key)
{
    dns_text_word(text, key < KEY_KNOWN ? key_words[key] : NULL, "key", key);
}

/* A comma inside an identifier is escaped for the list, then the backslash of that for the quotes. */
static void add_alpn_identifier(struct dns_text *text, struct bytes identifier)
{
    for (size_t i = 0; i < identifier.len; i++) {
        uint8_t byte = bytes_at(identifier, i);
        if (byte < ' ' || byte > '~') {
            dns_text_escape(text, byte);
            continue;
        }
        if (byte == ',' || byte == '\\')
            dns_text_string(text, byte == ',' ? "\\\\" : "\\\\\\");
        else if (byte == '"')
            dns_text_char(text, '\\');
        dns_text_char(text, (char)byte);
    }
}

static bool add_alpn(struct dns_text *text, struct reader *value)
{
    bool first = true;
    dns_text_char(text, '"');
    while (reader_left(value) > 0) {
        struct bytes identifier = reader_take(value, reader_u8(value));
        if (identifier.len == 0)
            return false;
        if (!first)
            dns_text_char(text, ',');
        first = false;
        add_alpn_identifier(text, identifier);
    }
    dns_text_char(text, '"');
    return !first;
}

static bool add_keys(struct dns_text *text, struct reader *value)
{
    bool first = true;
    while (reader_left(value) > 0) {
        if (!first)
            dns_text_char(text, ',');
        first = false;
        add_key(text, reader_u16(value));
    }
    return !first && reader_ok(value);
}

static bool add_addresses(struct dns_text *text, struct reader *value, size_t size)
{
    bool first = true;
    while (reader_left(value) > 0) {
        struct bytes octets = reader_take(value, size);
        if (!reader_ok(value))
            return false;
        if (!first)
            dns_text_char(text, ',');
        first = false;
        if (size == 4)
            dns_text_ipv4(text, octets);
        else
            dns_text_ipv6(text, octets);
    }
    return !first;
}

static bool add_value(struct dns_text *text, uint16_t key, struct reader *value)
{
    switch (key) {
    case KEY_MANDATORY:
        return add_keys(text, value);
    case KEY_ALPN:
        return add_alpn(text, value);
    case KEY_NO_DEFAULT_ALPN:
        return false; /* has no value */
    case KEY_PORT:
        dns_text_unsigned(text, reader_u16(value));
        return reader_ok(value) && reader_left(value) == 0;
    case KEY_IPV4HINT:
        return add_addresses(text, value, 4);
    case KEY_ECH:
        dns_text_base64(text, reader_rest(value), DNS_UNSPLIT);
        return true;
    case KEY_IPV6HINT:
        return add_addresses(text, value, 16);
    default:
        dns_text_quoted(text, reader_rest(value));
        return true;
    }
}

bool dns_part_svcb(struct dns_rdata *rdata)
{
    dns_part_u16(rdata);
    dns_part_space(rdata);
    if (!reader_ok(&rdata->reader) || !dns_part_name(rdata))
        return false;
    while (reader_left(&rdata->reader) > 0) {
        uint16_t key = reader_u16(&rdata->reader);
        struct reader value = reader_sub(&rdata->reader, reader_u16(&rdata->reader));
        if (!reader_ok(&rdata->reader))
            return false;
        dns_part_space(rdata);
        add_key(rdata->text, key);
        bool needs_value = key < KEY_KNOWN && key != KEY_NO_DEFAULT_ALPN;
        if (reader_left(&value) == 0 && !needs_value)
            continue;
        dns_text_char(rdata->text, '=');
        if (!add_value(rdata->text, key, &value))
            return false;
    }
    return true;
}
