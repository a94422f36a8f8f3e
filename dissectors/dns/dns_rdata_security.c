/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Parts of the records that are about keys and signatures: DNSSEC (RFC 4034, 5155), certificates (RFC 4398),
 * transaction signatures (RFC 8945, 2930), host identity (RFC 8005), IPsec keys (RFC 4025), and AMT relays
 * (RFC 8777), which are built like the latter.
 */
#include "dns_rdata.h"

bool dns_part_type(struct dns_rdata *rdata)
{
    dns_text_type(rdata->text, reader_u16(&rdata->reader));
    return reader_ok(&rdata->reader);
}

bool dns_part_time(struct dns_rdata *rdata)
{
    dns_text_time(rdata->text, reader_u32(&rdata->reader));
    return reader_ok(&rdata->reader);
}

static void add_type_bits(struct dns_rdata *rdata, struct bytes bits, unsigned base, bool *spaced)
{
    for (size_t i = 0; i < bits.len; i++) {
        uint8_t byte = bytes_at(bits, i);
        for (unsigned bit = 0; byte != 0; bit++, byte = (uint8_t)(byte << 1)) {
            if (!(byte & 0x80))
                continue;
            if (*spaced)
                dns_part_space(rdata);
            *spaced = true;
            dns_text_type(rdata->text, (uint16_t)(base + i * 8 + bit));
        }
    }
}

/* RFC 4034 section 4.1.2: windows of 256 types: number, length 1 to 32, bits. */
bool dns_part_types(struct dns_rdata *rdata)
{
    bool spaced = false;
    int previous = -1;
    while (reader_left(&rdata->reader) > 0) {
        unsigned window = reader_u8(&rdata->reader);
        uint8_t length = reader_u8(&rdata->reader);
        struct bytes bits = reader_take(&rdata->reader, length);
        if (!reader_ok(&rdata->reader) || length == 0 || length > 32 || (int)window <= previous)
            return false;
        add_type_bits(rdata, bits, window * 256, &spaced);
        previous = (int)window;
    }
    return reader_ok(&rdata->reader);
}

bool dns_part_salt(struct dns_rdata *rdata)
{
    struct bytes salt = reader_take(&rdata->reader, reader_u8(&rdata->reader));
    if (salt.len == 0)
        dns_text_char(rdata->text, '-');
    dns_text_hex(rdata->text, salt, DNS_UNSPLIT);
    return reader_ok(&rdata->reader);
}

bool dns_part_hash(struct dns_rdata *rdata)
{
    struct bytes hash = reader_take(&rdata->reader, reader_u8(&rdata->reader));
    dns_text_base32hex(rdata->text, hash);
    return hash.len > 0 && reader_ok(&rdata->reader);
}

bool dns_part_cert(struct dns_rdata *rdata)
{
    uint16_t type = reader_u16(&rdata->reader);
    dns_text_word(rdata->text, dns_certificate_word(type), "", type);
    dns_part_space(rdata);
    dns_part_u16(rdata);
    dns_part_space(rdata);
    uint8_t algorithm = reader_u8(&rdata->reader);
    dns_text_word(rdata->text, dns_algorithm_word(algorithm), "", algorithm);
    dns_part_space(rdata);
    return reader_ok(&rdata->reader) && dns_part_base64(rdata);
}

/* NXT, the forefather of NSEC: the types up to 127 as one row of bits. */
bool dns_part_nxt(struct dns_rdata *rdata)
{
    if (!dns_part_name(rdata))
        return false;
    struct bytes bits = reader_rest(&rdata->reader);
    bool spaced = true;
    add_type_bits(rdata, bits, 0, &spaced);
    return bits.len <= 16;
}

static void add_error(struct dns_rdata *rdata)
{
    uint16_t error = reader_u16(&rdata->reader);
    dns_text_word(rdata->text, dns_tsig_rcode_word(error), "", error);
}

/* A length and that many bytes as base64; the text ends after the length where there are none. */
static bool add_counted_base64(struct dns_rdata *rdata)
{
    uint16_t length = reader_u16(&rdata->reader);
    dns_text_unsigned(rdata->text, length);
    if (length > 0)
        dns_part_space(rdata);
    dns_text_base64(rdata->text, reader_take(&rdata->reader, length), DNS_SPLIT);
    return reader_ok(&rdata->reader);
}

/* Algorithm, time of signing, fudge, signature, original ID, error, other data. */
bool dns_part_tsig(struct dns_rdata *rdata)
{
    if (!dns_part_name(rdata))
        return false;
    dns_part_space(rdata);
    dns_text_unsigned(rdata->text, reader_u48(&rdata->reader));
    dns_part_space(rdata);
    dns_part_u16(rdata);
    dns_part_space(rdata);
    if (!add_counted_base64(rdata))
        return false;
    dns_part_space(rdata);
    dns_part_u16(rdata);
    dns_part_space(rdata);
    add_error(rdata);
    dns_part_space(rdata);
    return add_counted_base64(rdata);
}

/* Algorithm, inception, expiration, mode, error, key, other data. */
bool dns_part_tkey(struct dns_rdata *rdata)
{
    if (!dns_part_name(rdata))
        return false;
    dns_part_space(rdata);
    dns_part_u32(rdata);
    dns_part_space(rdata);
    dns_part_u32(rdata);
    dns_part_space(rdata);
    dns_part_u16(rdata);
    dns_part_space(rdata);
    add_error(rdata);
    dns_part_space(rdata);
    if (!add_counted_base64(rdata))
        return false;
    dns_part_space(rdata);
    return add_counted_base64(rdata);
}

bool dns_part_hip(struct dns_rdata *rdata)
{
    uint8_t identity_length = reader_u8(&rdata->reader);
    dns_part_u8(rdata);
    dns_part_space(rdata);
    uint16_t key_length = reader_u16(&rdata->reader);
    dns_text_hex(rdata->text, reader_take(&rdata->reader, identity_length), DNS_UNSPLIT);
    dns_part_space(rdata);
    dns_text_base64(rdata->text, reader_take(&rdata->reader, key_length), DNS_UNSPLIT);
    while (reader_left(&rdata->reader) > 0) {
        dns_part_space(rdata);
        if (!dns_part_name(rdata))
            return false;
    }
    return identity_length > 0 && key_length > 0 && reader_ok(&rdata->reader);
}

/* The kind of address that IPSECKEY and AMTRELAY have in common. */
static bool add_gateway(struct dns_rdata *rdata, unsigned kind)
{
    switch (kind) {
    case 0:
        dns_text_char(rdata->text, '.');
        return true;
    case 1:
        return dns_part_ipv4(rdata);
    case 2:
        return dns_part_ipv6(rdata);
    case 3:
        return dns_part_name(rdata);
    default:
        return false;
    }
}

bool dns_part_ipseckey(struct dns_rdata *rdata)
{
    dns_part_u8(rdata);
    dns_part_space(rdata);
    uint8_t kind = reader_u8(&rdata->reader);
    dns_text_unsigned(rdata->text, kind);
    dns_part_space(rdata);
    dns_part_u8(rdata);
    dns_part_space(rdata);
    if (!reader_ok(&rdata->reader) || !add_gateway(rdata, kind))
        return false;
    if (reader_left(&rdata->reader) > 0)
        dns_part_space(rdata);
    return dns_part_base64(rdata);
}

/* The highest bit of the second byte says that the relay may be asked without discovery. */
bool dns_part_amtrelay(struct dns_rdata *rdata)
{
    dns_part_u8(rdata);
    dns_part_space(rdata);
    uint8_t byte = reader_u8(&rdata->reader);
    dns_text_unsigned(rdata->text, byte >> 7);
    dns_part_space(rdata);
    dns_text_unsigned(rdata->text, byte & 0x7f);
    dns_part_space(rdata);
    return reader_ok(&rdata->reader) && add_gateway(rdata, byte & 0x7f);
}
