/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The little printers that presentation formats are made of.
 */
#include "dns_text.h"

#include "overhear/packet.h"

static const char hex_digits[] = "0123456789ABCDEF";
static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base32_digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";

void dns_text_add(struct dns_text *text, struct bytes more)
{
    size_t added = bytes_copy(text->buffer + text->length, text->capacity - text->length, more);
    text->length += added;
    text->cut = text->cut || added < more.len;
}

void dns_text_string(struct dns_text *text, const char *more)
{
    dns_text_add(text, bytes_text(more));
}

void dns_text_padded(struct dns_text *text, uint64_t value, unsigned digits)
{
    char buffer[24];
    size_t at = sizeof buffer;
    do {
        buffer[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (sizeof buffer - at < digits && at > 0)
        buffer[--at] = '0';
    dns_text_add(text, bytes_of(buffer + at, sizeof buffer - at));
}

void dns_text_unsigned(struct dns_text *text, uint64_t value)
{
    dns_text_padded(text, value, 1);
}

void dns_text_escape(struct dns_text *text, uint8_t byte)
{
    dns_text_char(text, '\\');
    dns_text_padded(text, byte, 3);
}

void dns_text_quoted(struct dns_text *text, struct bytes content)
{
    dns_text_char(text, '"');
    for (size_t i = 0; i < content.len; i++) {
        uint8_t byte = bytes_at(content, i);
        if (byte < ' ' || byte > '~') {
            dns_text_escape(text, byte);
            continue;
        }
        if (byte == '"' || byte == '\\')
            dns_text_char(text, '\\');
        dns_text_char(text, (char)byte);
    }
    dns_text_char(text, '"');
}

void dns_text_hex(struct dns_text *text, struct bytes content, size_t split)
{
    for (size_t i = 0; i < content.len; i++) {
        uint8_t byte = bytes_at(content, i);
        if (split > 0 && i > 0 && i * 2 % split == 0)
            dns_text_char(text, ' ');
        dns_text_char(text, hex_digits[byte >> 4]);
        dns_text_char(text, hex_digits[byte & 15]);
    }
}

void dns_text_hex_lower(struct dns_text *text, struct bytes content)
{
    for (size_t i = 0; i < content.len; i++) {
        uint8_t byte = bytes_at(content, i);
        dns_text_char(text, (char)byte_lower((uint8_t)hex_digits[byte >> 4]));
        dns_text_char(text, (char)byte_lower((uint8_t)hex_digits[byte & 15]));
    }
}

void dns_text_base64(struct dns_text *text, struct bytes content, size_t split)
{
    for (size_t i = 0, written = 0; i < content.len; i += 3, written += 4) {
        size_t here = content.len - i;
        uint32_t group = (uint32_t)bytes_at(content, i) << 16 | (uint32_t)bytes_at(content, i + 1) << 8 |
                         bytes_at(content, i + 2);
        if (split > 0 && written > 0 && written % split == 0)
            dns_text_char(text, ' ');
        dns_text_char(text, base64_digits[group >> 18]);
        dns_text_char(text, base64_digits[group >> 12 & 63]);
        dns_text_char(text, here > 1 ? base64_digits[group >> 6 & 63] : '=');
        dns_text_char(text, here > 2 ? base64_digits[group & 63] : '=');
    }
}

void dns_text_base32hex(struct dns_text *text, struct bytes content)
{
    uint32_t pending = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < content.len; i++) {
        pending = (pending << 8 | bytes_at(content, i)) & 0xffff;
        bits += 8;
        while (bits >= 5) {
            bits -= 5;
            dns_text_char(text, base32_digits[pending >> bits & 31]);
        }
    }
    if (bits > 0)
        dns_text_char(text, base32_digits[pending << (5 - bits) & 31]);
}

/* The civil date by counting in cycles of 400 years that begin on the first of March. */
void dns_text_time(struct dns_text *text, uint32_t seconds)
{
    uint32_t day = seconds / 86400 + 719468;
    uint32_t era = day / 146097;
    uint32_t day_of_era = day % 146097;
    uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t shifted_month = (5 * day_of_year + 2) / 153;
    uint32_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    dns_text_padded(text, year_of_era + era * 400 + (month <= 2), 4);
    dns_text_padded(text, month, 2);
    dns_text_padded(text, day_of_year - (153 * shifted_month + 2) / 5 + 1, 2);
    dns_text_padded(text, seconds / 3600 % 24, 2);
    dns_text_padded(text, seconds / 60 % 60, 2);
    dns_text_padded(text, seconds % 60, 2);
}

void dns_text_ipv4(struct dns_text *text, struct bytes octets)
{
    for (size_t i = 0; i < 4; i++) {
        if (i > 0)
            dns_text_char(text, '.');
        dns_text_unsigned(text, bytes_at(octets, i));
    }
}

void dns_text_ipv6(struct dns_text *text, struct bytes octets)
{
    struct address address = {.family = 6};
    char buffer[ADDRESS_TEXT_SIZE];
    (void)bytes_copy(address.octets, sizeof address.octets, octets);
    dns_text_add(text, bytes_of(buffer, address_text(&address, buffer)));
}
