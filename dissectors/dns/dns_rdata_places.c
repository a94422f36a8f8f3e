/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Parts of the records that say where something is: on earth (LOC, RFC 1876), in lists of prefixes (APL,
 * RFC 3123), at which ports (WKS, RFC 1035), under which address of another kind (NSAP, RFC 1706; A6, RFC 2874;
 * EUI, RFC 7043; locators, RFC 6742).
 */
#include "dns_rdata.h"

/* A size as two digits: centimetres are the high one times ten to the power of the low one. */
static bool add_size(struct dns_text *text, uint8_t size)
{
    static const uint64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    unsigned digit = size >> 4, exponent = size & 15;
    if (digit > 9 || exponent > 9)
        return false;
    if (exponent >= 2) {
        dns_text_unsigned(text, digit * powers[exponent - 2]);
    } else {
        dns_text_string(text, "0.");
        dns_text_padded(text, digit * powers[exponent], 2);
    }
    dns_text_char(text, 'm');
    return true;
}

/* Thousandths of a second of arc, counted from 2^31 at the equator and at Greenwich. */
static bool add_angle(struct dns_text *text, uint32_t angle, const char *positive, const char *negative, uint32_t max)
{
    const uint32_t middle = 0x80000000u;
    uint32_t distance = angle >= middle ? angle - middle : middle - angle;
    if (distance > max)
        return false;
    dns_text_unsigned(text, distance / 3600000);
    dns_text_char(text, ' ');
    dns_text_unsigned(text, distance / 60000 % 60);
    dns_text_char(text, ' ');
    dns_text_unsigned(text, distance / 1000 % 60);
    dns_text_char(text, '.');
    dns_text_padded(text, distance % 1000, 3);
    dns_text_string(text, angle >= middle ? positive : negative);
    return true;
}

/*     +--------+--------+--------+--------+
 *     |VERSION |  SIZE  | HORIZ  |  VERT  |   precisions
 *     +--------+--------+--------+--------+
 *     |            LATITUDE               |
 *     |            LONGITUDE              |
 *     |            ALTITUDE               |   centimetres above 100 km below the reference sphere
 *     +--------+--------+--------+--------+ */
bool dns_part_loc(struct dns_rdata *rdata)
{
    struct dns_text *text = rdata->text;
    uint8_t version = reader_u8(&rdata->reader);
    uint8_t size = reader_u8(&rdata->reader);
    uint8_t horizontal = reader_u8(&rdata->reader);
    uint8_t vertical = reader_u8(&rdata->reader);
    uint32_t latitude = reader_u32(&rdata->reader);
    uint32_t longitude = reader_u32(&rdata->reader);
    int64_t altitude = (int64_t)reader_u32(&rdata->reader) - 10000000;
    if (!reader_ok(&rdata->reader) || version != 0 || !add_angle(text, latitude, " N ", " S ", 324000000) ||
        !add_angle(text, longitude, " E ", " W ", 648000000))
        return false;
    if (altitude < 0)
        dns_text_char(text, '-');
    uint64_t centimetres = (uint64_t)(altitude < 0 ? -altitude : altitude);
    dns_text_unsigned(text, centimetres / 100);
    dns_text_char(text, '.');
    dns_text_padded(text, centimetres % 100, 2);
    dns_text_string(text, "m ");
    bool fine = add_size(text, size);
    dns_part_space(rdata);
    fine = fine && add_size(text, horizontal);
    dns_part_space(rdata);
    return fine && add_size(text, vertical);
}

/* Octets at the end of an address that are zero are not sent. */
static bool add_prefix(struct dns_rdata *rdata, uint16_t family, struct bytes octets)
{
    uint8_t whole[16] = {0};
    size_t size = family == 1 ? 4 : 16;
    if ((family != 1 && family != 2) || octets.len > size)
        return false;
    (void)bytes_copy(whole, sizeof whole, octets);
    if (family == 1)
        dns_text_ipv4(rdata->text, bytes_of(whole, size));
    else
        dns_text_ipv6(rdata->text, bytes_of(whole, size));
    return true;
}

bool dns_part_apl(struct dns_rdata *rdata)
{
    bool spaced = false;
    while (reader_left(&rdata->reader) > 0) {
        uint16_t family = reader_u16(&rdata->reader);
        uint8_t prefix = reader_u8(&rdata->reader);
        uint8_t length = reader_u8(&rdata->reader);
        struct bytes octets = reader_take(&rdata->reader, length & 0x7f);
        if (!reader_ok(&rdata->reader) || prefix > (family == 1 ? 32 : 128))
            return false;
        if (spaced)
            dns_part_space(rdata);
        spaced = true;
        if (length & 0x80)
            dns_text_char(rdata->text, '!');
        dns_text_unsigned(rdata->text, family);
        dns_text_char(rdata->text, ':');
        if (!add_prefix(rdata, family, octets))
            return false;
        dns_text_char(rdata->text, '/');
        dns_text_unsigned(rdata->text, prefix);
    }
    return true;
}

bool dns_part_wks(struct dns_rdata *rdata)
{
    dns_part_ipv4(rdata);
    dns_part_space(rdata);
    dns_part_u8(rdata);
    struct bytes bits = reader_rest(&rdata->reader);
    for (size_t i = 0; i < bits.len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            if (!(bytes_at(bits, i) & 0x80u >> bit))
                continue;
            dns_part_space(rdata);
            dns_text_unsigned(rdata->text, i * 8 + bit);
        }
    }
    return reader_ok(&rdata->reader) && bits.len <= 8192;
}

bool dns_part_nsap(struct dns_rdata *rdata)
{
    struct bytes address = reader_rest(&rdata->reader);
    dns_text_string(rdata->text, "0x");
    dns_text_hex_lower(rdata->text, address);
    return address.len > 0;
}

/* A length of prefix, the rest of the address, and where the prefix is to be found. */
bool dns_part_a6(struct dns_rdata *rdata)
{
    uint8_t octets[16] = {0};
    uint8_t prefix = reader_u8(&rdata->reader);
    if (prefix > 128)
        return false;
    dns_text_unsigned(rdata->text, prefix);
    dns_part_space(rdata);
    size_t absent = prefix / 8u;
    struct bytes suffix = reader_take(&rdata->reader, sizeof octets - absent);
    if (!reader_ok(&rdata->reader))
        return false;
    (void)bytes_copy(octets + absent, sizeof octets - absent, suffix);
    if (absent < sizeof octets) {
        octets[absent] &= (uint8_t)(0xff >> prefix % 8);
        dns_text_ipv6(rdata->text, bytes_of(octets, sizeof octets));
    }
    if (prefix == 0)
        return true;
    dns_part_space(rdata);
    return dns_part_name(rdata);
}

bool dns_part_eui(struct dns_rdata *rdata)
{
    struct bytes content = reader_rest(&rdata->reader);
    for (size_t i = 0; i < content.len; i++) {
        if (i > 0)
            dns_text_char(rdata->text, '-');
        dns_text_hex_lower(rdata->text, bytes_slice(content, i, 1));
    }
    return content.len == 6 || content.len == 8;
}

/* 64 bits as a quarter of an IPv6 address is written, without leading zeros. */
bool dns_part_locator(struct dns_rdata *rdata)
{
    for (unsigned group = 0; group < 4; group++) {
        uint16_t value = reader_u16(&rdata->reader);
        bool begun = false;
        if (group > 0)
            dns_text_char(rdata->text, ':');
        for (int shift = 12; shift >= 0; shift -= 4) {
            unsigned digit = ((unsigned)value >> shift) & 15;
            begun = begun || digit > 0 || shift == 0;
            if (begun)
                dns_text_char(rdata->text, (char)(digit < 10 ? '0' + digit : 'a' + digit - 10));
        }
    }
    return reader_ok(&rdata->reader);
}
