/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How the two sides agree on a data connection.
 *
 *     PORT h1,h2,h3,h4,p1,p2          RFC 959: the client listens there
 *     227 … (h1,h2,h3,h4,p1,p2)       RFC 959: the server does; the parentheses are custom, not law
 *     EPRT |1|192.0.2.1|2100|         RFC 2428: address family, address, port; any printable delimiter
 *     229 … (|||2100|)                RFC 2428: only the port; the address is the one already in use
 */
#include "ftp.h"

enum { PORT_NUMBERS = 6, IPV6_GROUPS = 8 };

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* A decimal number up to `most`; the reader moves behind it. */
static bool take_number(struct reader *r, unsigned most, unsigned *ret_number)
{
    unsigned number = 0, digits = 0;
    while (is_digit(bytes_at(reader_peek(r), 0)) && digits < 6) {
        number = number * 10 + (unsigned)(reader_u8(r) - '0');
        digits++;
    }
    *ret_number = number;
    return digits > 0 && number <= most;
}

static void skip_spaces(struct reader *r)
{
    while (bytes_at(reader_peek(r), 0) == ' ')
        reader_skip(r, 1);
}

/* Six numbers with commas between. */
static bool take_six(struct reader *r, struct endpoint *ret_endpoint)
{
    struct endpoint endpoint = {.ip = {.family = 4}};
    unsigned numbers[PORT_NUMBERS];
    for (unsigned i = 0; i < PORT_NUMBERS; i++) {
        if (i > 0) {
            skip_spaces(r);
            if (reader_u8(r) != ',')
                return false;
            skip_spaces(r);
        }
        if (!take_number(r, 255, &numbers[i]))
            return false;
    }
    for (unsigned i = 0; i < 4; i++)
        endpoint.ip.octets[i] = (uint8_t)numbers[i];
    endpoint.port = (uint16_t)(numbers[4] << 8 | numbers[5]);
    *ret_endpoint = endpoint;
    return true;
}

bool ftp_parse_port(struct bytes argument, struct endpoint *ret_endpoint)
{
    struct reader r = reader_of(bytes_trim(argument));
    struct endpoint endpoint;
    if (!take_six(&r, &endpoint) || reader_left(&r) > 0)
        return false;
    *ret_endpoint = endpoint;
    return true;
}

bool ftp_parse_passive(struct bytes text, struct endpoint *ret_endpoint)
{
    size_t at = 0;
    while (at < text.len) {
        if (!is_digit(bytes_at(text, at))) {
            at++;
            continue;
        }
        struct reader r = reader_of(bytes_skip(text, at));
        if (take_six(&r, ret_endpoint))
            return true;
        while (is_digit(bytes_at(text, at)))
            at++;
    }
    return false;
}

/* Four numbers with periods between, and nothing else. */
static bool parse_ipv4(struct bytes text, uint8_t ret_octets[4])
{
    struct reader r = reader_of(text);
    for (unsigned i = 0; i < 4; i++) {
        unsigned number;
        if ((i > 0 && reader_u8(&r) != '.') || !take_number(&r, 255, &number))
            return false;
        ret_octets[i] = (uint8_t)number;
    }
    return reader_ok(&r) && reader_left(&r) == 0;
}

static int hex_value(uint8_t c)
{
    if (is_digit(c))
        return c - '0';
    c = byte_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_group(struct reader *r, uint16_t *ret_group)
{
    unsigned group = 0, digits = 0;
    while (digits < 4 && hex_value(bytes_at(reader_peek(r), 0)) >= 0) {
        group = group << 4 | (unsigned)hex_value(reader_u8(r));
        digits++;
    }
    *ret_group = (uint16_t)group;
    return digits > 0;
}

/* An IPv4 address in the last two groups. */
static bool take_ipv4_tail(struct reader *r, uint16_t groups[IPV6_GROUPS], unsigned *count)
{
    uint8_t octets[4];
    if (bytes_find(reader_peek(r), '.', 0) == reader_left(r) || bytes_find(reader_peek(r), ':', 0) < reader_left(r) ||
        *count > IPV6_GROUPS - 2 || !parse_ipv4(reader_peek(r), octets))
        return false;
    groups[(*count)++] = (uint16_t)(octets[0] << 8 | octets[1]);
    groups[(*count)++] = (uint16_t)(octets[2] << 8 | octets[3]);
    reader_rest(r);
    return true;
}

/* `gap`: before which group `::` stands for zeroes; more than IPV6_GROUPS: nowhere. */
static bool place_groups(const uint16_t groups[IPV6_GROUPS], unsigned count, unsigned gap, struct address *ret_address)
{
    if (gap > IPV6_GROUPS ? count != IPV6_GROUPS : count == IPV6_GROUPS)
        return false;
    *ret_address = (struct address){.family = 6};
    for (unsigned i = 0; i < count; i++) {
        size_t place = i < gap ? i : IPV6_GROUPS - count + i;
        if (place >= IPV6_GROUPS)
            return false;
        ret_address->octets[place * 2] = (uint8_t)(groups[i] >> 8);
        ret_address->octets[place * 2 + 1] = (uint8_t)groups[i];
    }
    return true;
}

/* RFC 4291 section 2.2; an interface behind `%` is passed over. */
static bool parse_ipv6(struct bytes text, struct address *ret_address)
{
    uint16_t groups[IPV6_GROUPS] = {0};
    unsigned count = 0, gap = IPV6_GROUPS + 1;
    struct reader r = reader_of(bytes_first(text, bytes_find(text, '%', 0)));
    if (bytes_begin(reader_peek(&r), "::")) {
        reader_skip(&r, 2);
        gap = 0;
    }
    while (reader_left(&r) > 0) {
        if (count == IPV6_GROUPS)
            return false;
        if (take_ipv4_tail(&r, groups, &count))
            break;
        if (!take_group(&r, &groups[count]))
            return false;
        count++;
        if (reader_left(&r) == 0)
            break;
        if (reader_u8(&r) != ':')
            return false;
        if (bytes_at(reader_peek(&r), 0) == ':') {
            if (gap <= IPV6_GROUPS)
                return false;
            reader_skip(&r, 1);
            gap = count;
        } else if (reader_left(&r) == 0) {
            return false;
        }
    }
    return place_groups(groups, count, gap, ret_address);
}

/* ::ffff:192.0.2.1 is the IPv4 address in it. */
static void unmap(struct address *address)
{
    static const uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (address->family != 6 || !bytes_equal(bytes_of(address->octets, 12), bytes_of(prefix, 12)))
        return;
    struct address plain = {.family = 4};
    for (unsigned i = 0; i < 4; i++)
        plain.octets[i] = address->octets[12 + i];
    *address = plain;
}

/* What stands before the next delimiter; the reader moves behind it. */
static bool take_part(struct reader *r, uint8_t delimiter, struct bytes *ret_part)
{
    size_t end = bytes_find(reader_peek(r), delimiter, 0);
    if (end == reader_left(r))
        return false;
    *ret_part = reader_take(r, end);
    reader_skip(r, 1);
    return true;
}

static bool parse_port_number(struct bytes digits, uint16_t *ret_port)
{
    uint64_t number;
    if (!text_number(digits, &number) || number > UINT16_MAX)
        return false;
    *ret_port = (uint16_t)number;
    return true;
}

bool ftp_parse_extended_port(struct bytes argument, struct endpoint *ret_endpoint)
{
    struct reader r = reader_of(bytes_trim(argument));
    struct bytes family, ip, port;
    struct endpoint endpoint = {.ip = {.family = 4}};
    uint8_t delimiter = reader_u8(&r);
    if (!take_part(&r, delimiter, &family) || !take_part(&r, delimiter, &ip) || !take_part(&r, delimiter, &port) ||
        !parse_port_number(port, &endpoint.port))
        return false;
    bool good = bytes_is(family, "1") ? parse_ipv4(ip, endpoint.ip.octets)
                                      : bytes_is(family, "2") && parse_ipv6(ip, &endpoint.ip);
    if (!good)
        return false;
    unmap(&endpoint.ip);
    *ret_endpoint = endpoint;
    return true;
}

bool ftp_parse_extended_passive(struct bytes text, uint16_t *ret_port)
{
    for (size_t at = 0; at + 4 < text.len; at++) {
        uint8_t delimiter = bytes_at(text, at);
        if (delimiter <= ' ' || is_digit(delimiter) || bytes_at(text, at + 1) != delimiter ||
            bytes_at(text, at + 2) != delimiter)
            continue;
        struct reader r = reader_of(bytes_skip(text, at + 3));
        unsigned port;
        if (take_number(&r, UINT16_MAX, &port) && reader_u8(&r) == delimiter) {
            *ret_port = (uint16_t)port;
            return true;
        }
    }
    return false;
}

bool ftp_same_address(const struct address *a, const struct address *b)
{
    return a->family == b->family && bytes_equal(bytes_of(a->octets, 16), bytes_of(b->octets, 16));
}

static enum ftp_scope scope_of_ipv4(const uint8_t octets[4])
{
    uint8_t a = octets[0], b = octets[1];
    if (a == 0 || a == 127)
        return FTP_SCOPE_NONE;
    bool is_private = a == 10 || (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168) || (a == 169 && b == 254) ||
                      (a == 100 && b >= 64 && b < 128);
    return is_private ? FTP_SCOPE_PRIVATE : FTP_SCOPE_PUBLIC;
}

enum ftp_scope ftp_scope_of(const struct address *address)
{
    static const uint8_t zeros[15] = {0};
    if (address->family == 4)
        return scope_of_ipv4(address->octets);
    if (bytes_equal(bytes_of(address->octets, 15), bytes_of(zeros, 15)) && address->octets[15] <= 1)
        return FTP_SCOPE_NONE;
    bool is_private = (address->octets[0] & 0xfe) == 0xfc || (address->octets[0] == 0xfe && address->octets[1] >= 0x80);
    return is_private ? FTP_SCOPE_PRIVATE : FTP_SCOPE_PUBLIC;
}
