/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The little printers that presentation formats are made of.
 */
#include "dns_text.h"

#include "overhear/packet.h"

static const char hex_digits[] = "0123456789ABCDEF";
static const char hex_digits_lower[] = "0123456789abcdef";
static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base32_digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";

void dns_text_string(struct dns_text *text, const char *more)
{
    dns_text_add(text, bytes_text(more));
}

static const char two_digits[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
                                 "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
                                 "8081828384858687888990919293949596979899";

static void put_two(char *at, unsigned value)
{
    (void)bytes_copy(at, 2, bytes_of(two_digits + (size_t)value * 2, 2));
}

enum { DIGITS_MAX = 20 };

void dns_text_padded(struct dns_text *text, uint64_t value, unsigned digits)
{
    char buffer[2 * DIGITS_MAX]; /* what follows the digits is copied with them, where there is room */
    size_t at = DIGITS_MAX;
    for (; value >= 100; value /= 100)
        put_two(buffer + (at -= 2), (unsigned)(value % 100));
    if (value >= 10)
        put_two(buffer + (at -= 2), (unsigned)value);
    else
        buffer[--at] = (char)('0' + value);
    while (DIGITS_MAX - at < digits && at > 0)
        buffer[--at] = '0';
    char *room = dns_text_room(text, DIGITS_MAX);
    if (room) {
        (void)bytes_copy(room, DIGITS_MAX, bytes_of(buffer + at, DIGITS_MAX));
        dns_text_taken(text, DIGITS_MAX - at);
    } else {
        dns_text_add(text, bytes_of(buffer + at, DIGITS_MAX - at));
    }
}

/* Returns how many digits that were. */
static size_t put_octet(char *at, unsigned value)
{
    size_t count = 0;
    if (value >= 100) {
        at[count++] = (char)('0' + value / 100);
        value %= 100;
    } else if (value < 10) {
        at[0] = (char)('0' + value);
        return 1;
    }
    put_two(at + count, value);
    return count + 2;
}

static inline unsigned count_digits(uint32_t value)
{
    unsigned count = 1;
    for (; value >= 10000; value /= 10000)
        count += 4;
    return count + (value >= 10) + (value >= 100) + (value >= 1000);
}

void dns_text_unsigned(struct dns_text *text, uint64_t value)
{
    enum { DIGITS_OF_32_BITS = 10 };
    char *room = value <= UINT32_MAX ? dns_text_room(text, DIGITS_OF_32_BITS) : NULL;
    if (!room) {
        dns_text_padded(text, value, 1);
        return;
    }
    if (value < 256) {
        dns_text_taken(text, put_octet(room, (unsigned)value));
        return;
    }
    uint32_t left = (uint32_t)value;
    const unsigned count = count_digits(left);
    unsigned at = count;
    for (; left >= 100; left /= 100)
        put_two(room + (at -= 2), left % 100);
    if (at == 2)
        put_two(room, left);
    else
        room[0] = (char)('0' + left);
    dns_text_taken(text, count);
}

void dns_text_escape(struct dns_text *text, uint8_t byte)
{
    dns_text_char(text, '\\');
    dns_text_padded(text, byte, 3);
}

static bool is_plain(uint8_t byte)
{
    return byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\';
}

void dns_text_quoted(struct dns_text *text, struct bytes content)
{
    dns_text_char(text, '"');
    while (content.len > 0) {
        size_t plain = 0;
        while (plain < content.len && is_plain(bytes_at(content, plain)))
            plain++;
        dns_text_add(text, bytes_first(content, plain));
        content = bytes_skip(content, plain);
        if (content.len == 0)
            break;
        uint8_t byte = bytes_at(content, 0);
        if (byte == '"' || byte == '\\') {
            dns_text_char(text, '\\');
            dns_text_char(text, (char)byte);
        } else {
            dns_text_escape(text, byte);
        }
        content = bytes_skip(content, 1);
    }
    dns_text_char(text, '"');
}

static void add_hex(struct dns_text *text, struct bytes content, const char *digits)
{
    char *room = dns_text_room(text, content.len * 2);
    if (!room) {
        for (size_t i = 0; i < content.len; i++) {
            dns_text_char(text, digits[bytes_at(content, i) >> 4]);
            dns_text_char(text, digits[bytes_at(content, i) & 15]);
        }
        return;
    }
    for (size_t i = 0; i < content.len; i++) {
        uint8_t byte = bytes_at(content, i);
        room[2 * i] = digits[byte >> 4];
        room[2 * i + 1] = digits[byte & 15];
    }
    dns_text_taken(text, content.len * 2);
}

void dns_text_hex(struct dns_text *text, struct bytes content, size_t split)
{
    while (split > 0 && content.len > split / 2) {
        add_hex(text, bytes_first(content, split / 2), hex_digits);
        dns_text_char(text, ' ');
        content = bytes_skip(content, split / 2);
    }
    add_hex(text, content, hex_digits);
}

void dns_text_hex_lower(struct dns_text *text, struct bytes content)
{
    add_hex(text, content, hex_digits_lower);
}

/* All but the last group of a run, whose groups are full; four digits each. */
static void put_groups(char *to, struct bytes content)
{
    struct reader reader = reader_of(content);
    while (reader_left(&reader) >= 3) {
        uint32_t group = reader_u24(&reader);
        *to++ = base64_digits[group >> 18];
        *to++ = base64_digits[group >> 12 & 63];
        *to++ = base64_digits[group >> 6 & 63];
        *to++ = base64_digits[group & 63];
    }
}

static void add_base64(struct dns_text *text, struct bytes content)
{
    size_t whole = content.len / 3 * 3;
    char *room = dns_text_room(text, whole / 3 * 4);
    if (room) {
        put_groups(room, bytes_first(content, whole));
        dns_text_taken(text, whole / 3 * 4);
        content = bytes_skip(content, whole);
    }
    for (size_t i = 0; i < content.len; i += 3) {
        size_t here = content.len - i;
        uint32_t group = (uint32_t)bytes_at(content, i) << 16 | (uint32_t)bytes_at(content, i + 1) << 8 |
                         bytes_at(content, i + 2);
        dns_text_char(text, base64_digits[group >> 18]);
        dns_text_char(text, base64_digits[group >> 12 & 63]);
        dns_text_char(text, here > 1 ? base64_digits[group >> 6 & 63] : '=');
        dns_text_char(text, here > 2 ? base64_digits[group & 63] : '=');
    }
}

void dns_text_base64(struct dns_text *text, struct bytes content, size_t split)
{
    while (split > 0 && content.len > split / 4 * 3) {
        add_base64(text, bytes_first(content, split / 4 * 3));
        dns_text_char(text, ' ');
        content = bytes_skip(content, split / 4 * 3);
    }
    add_base64(text, content);
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

enum { TIME_DIGITS = 14 };

/* The civil date by counting in cycles of 400 years that begin on the first of March. */
static void put_time(char digits[TIME_DIGITS], uint32_t seconds)
{
    uint32_t day = seconds / 86400 + 719468;
    uint32_t era = day / 146097;
    uint32_t day_of_era = day % 146097;
    uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t shifted_month = (5 * day_of_year + 2) / 153;
    uint32_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    uint32_t year = year_of_era + era * 400 + (month <= 2);
    put_two(digits, year / 100);
    put_two(digits + 2, year % 100);
    put_two(digits + 4, month);
    put_two(digits + 6, day_of_year - (153 * shifted_month + 2) / 5 + 1);
    put_two(digits + 8, seconds / 3600 % 24);
    put_two(digits + 10, seconds / 60 % 60);
    put_two(digits + 12, seconds % 60);
}

/* In place, where there is room: what was just written by twos is not there yet for who copies it by eights. */
void dns_text_time(struct dns_text *text, uint32_t seconds)
{
    char digits[TIME_DIGITS];
    char *room = dns_text_room(text, TIME_DIGITS);
    put_time(room ? room : digits, seconds);
    if (room)
        dns_text_taken(text, TIME_DIGITS);
    else
        dns_text_add(text, bytes_of(digits, sizeof digits));
}

static void add_address(struct dns_text *text, uint8_t family, struct bytes octets)
{
    struct address address = {.family = family};
    char buffer[ADDRESS_TEXT_SIZE];
    char *room = dns_text_room(text, sizeof buffer);
    (void)bytes_copy(address.octets, sizeof address.octets, octets);
    if (room)
        dns_text_taken(text, address_text(&address, room));
    else
        dns_text_add(text, bytes_of(buffer, address_text(&address, buffer)));
}

void dns_text_ipv4(struct dns_text *text, struct bytes octets)
{
    char *room = octets.len == 4 ? dns_text_room(text, ADDRESS_TEXT_SIZE) : NULL;
    if (room)
        dns_text_taken(text, address_text_ipv4(octets.at, room));
    else
        add_address(text, 4, octets);
}

void dns_text_ipv6(struct dns_text *text, struct bytes octets)
{
    add_address(text, 6, octets);
}
