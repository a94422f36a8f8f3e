/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Most types are a row of simple parts (an MX is a number and a name), so they are data: `layouts` says which
 * parts follow each other, and one loop prints them with a space between. The irregular types have a part of
 * their own. RFC 1035, 1183, 1876, 2230, 2782, 2915, 3403, 3597, 4034, 4255, 5155, 6698, 6742, 7553, 8659, 8976 …
 */
#include "dns_rdata.h"

enum part {
    END,
    NAME,
    U8,
    U16,
    U32,
    IPV4,
    IPV6,
    STRING,
    STRINGS,
    BASE64,
    BASE64_WHOLE,
    HEX,
    QUOTED_REST,
    TAG,
    TYPE,
    TIME,
    TYPES,
    SALT,
    HASH,
    LOC,
    APL,
    WKS,
    NSAP,
    A6,
    EUI,
    LOCATOR,
    CERT,
    NXT,
    TSIG,
    TKEY,
    HIP,
    IPSECKEY,
    AMTRELAY,
    SVCB,
    CHAOS,
    PART_COUNT,
};

enum { PARTS_MAX = 10, LAYOUT_TYPES = 264 };

struct layout {
    bool in_only; /* means this in class IN alone */
    uint8_t parts[PARTS_MAX];
};

static const struct layout layouts[LAYOUT_TYPES] = {
    [1] = {true, {IPV4}},
    [2] = {false, {NAME}},
    [3] = {false, {NAME}},
    [4] = {false, {NAME}},
    [5] = {false, {NAME}},
    [6] = {false, {NAME, NAME, U32, U32, U32, U32, U32}},
    [7] = {false, {NAME}},
    [8] = {false, {NAME}},
    [9] = {false, {NAME}},
    [11] = {true, {WKS}},
    [12] = {false, {NAME}},
    [13] = {false, {STRING, STRING}},
    [14] = {false, {NAME, NAME}},
    [15] = {false, {U16, NAME}},
    [16] = {false, {STRINGS}},
    [17] = {false, {NAME, NAME}},
    [18] = {false, {U16, NAME}},
    [19] = {false, {STRING}},
    [20] = {false, {STRINGS}},
    [21] = {false, {U16, NAME}},
    [22] = {true, {NSAP}},
    [23] = {true, {NAME}},
    [24] = {false, {TYPE, U8, U8, U32, TIME, TIME, U16, NAME, BASE64}},
    [25] = {false, {U16, U8, U8, BASE64}},
    [26] = {true, {U16, NAME, NAME}},
    [27] = {false, {STRING, STRING, STRING}},
    [28] = {true, {IPV6}},
    [29] = {false, {LOC}},
    [30] = {false, {NXT}},
    [31] = {true, {HEX}},
    [32] = {true, {HEX}},
    [33] = {true, {U16, U16, U16, NAME}},
    [35] = {false, {U16, U16, STRING, STRING, STRING, NAME}},
    [36] = {true, {U16, NAME}},
    [37] = {false, {CERT}},
    [38] = {true, {A6}},
    [39] = {false, {NAME}},
    [40] = {false, {U8, U8, U8, BASE64}},
    [42] = {true, {APL}},
    [43] = {false, {U16, U8, U8, HEX}},
    [44] = {false, {U8, U8, HEX}},
    [45] = {false, {IPSECKEY}},
    [46] = {false, {TYPE, U8, U8, U32, TIME, TIME, U16, NAME, BASE64}},
    [47] = {false, {NAME, TYPES}},
    [48] = {false, {U16, U8, U8, BASE64}},
    [49] = {true, {BASE64}},
    [50] = {false, {U8, U8, U16, SALT, HASH, TYPES}},
    [51] = {false, {U8, U8, U16, SALT}},
    [52] = {false, {U8, U8, U8, HEX}},
    [53] = {false, {U8, U8, U8, HEX}},
    [55] = {false, {HIP}},
    [56] = {false, {STRINGS}},
    [57] = {false, {U16, U8, U8, BASE64}},
    [58] = {false, {NAME, NAME}},
    [59] = {false, {U16, U8, U8, HEX}},
    [60] = {false, {U16, U8, U8, BASE64}},
    [61] = {false, {BASE64}},
    [62] = {false, {U32, U16, TYPES}},
    [63] = {false, {U32, U8, U8, HEX}},
    [64] = {true, {SVCB}},
    [65] = {true, {SVCB}},
    [66] = {false, {TYPE, U8, U16, NAME}},
    [67] = {false, {BASE64}},
    [68] = {false, {BASE64}},
    [99] = {false, {STRINGS}},
    [104] = {false, {U16, LOCATOR}},
    [105] = {false, {U16, IPV4}},
    [106] = {false, {U16, LOCATOR}},
    [107] = {false, {U16, NAME}},
    [108] = {false, {EUI}},
    [109] = {false, {EUI}},
    [249] = {false, {TKEY}},
    [250] = {false, {TSIG}},
    [256] = {false, {U16, U16, QUOTED_REST}},
    [257] = {false, {U8, TAG, QUOTED_REST}},
    [258] = {false, {STRINGS}},
    [259] = {false, {U32, U32, U8, STRING, BASE64_WHOLE}},
    [260] = {false, {AMTRELAY}},
    [261] = {false, {STRINGS}},
    [262] = {false, {STRINGS}},
    [263] = {false, {STRINGS}},
};

static const struct layout trust_anchor = {false, {U16, U8, U8, HEX}}; /* TA and DLV */
static const struct layout chaos_address = {false, {CHAOS}};
static const struct layout unknown = {false, {END}};

static bool done(const struct dns_rdata *rdata)
{
    return reader_ok(&rdata->reader);
}

bool dns_part_name(struct dns_rdata *rdata)
{
    return dns_name_recall(rdata->names, rdata->message, &rdata->reader, rdata->text, &rdata->fault);
}

bool dns_part_u8(struct dns_rdata *rdata)
{
    dns_text_unsigned(rdata->text, reader_u8(&rdata->reader));
    return done(rdata);
}

bool dns_part_u16(struct dns_rdata *rdata)
{
    dns_text_unsigned(rdata->text, reader_u16(&rdata->reader));
    return done(rdata);
}

bool dns_part_u32(struct dns_rdata *rdata)
{
    dns_text_unsigned(rdata->text, reader_u32(&rdata->reader));
    return done(rdata);
}

bool dns_part_ipv4(struct dns_rdata *rdata)
{
    dns_text_ipv4(rdata->text, reader_take(&rdata->reader, 4));
    return done(rdata);
}

bool dns_part_ipv6(struct dns_rdata *rdata)
{
    dns_text_ipv6(rdata->text, reader_take(&rdata->reader, 16));
    return done(rdata);
}

bool dns_part_string(struct dns_rdata *rdata)
{
    dns_text_quoted(rdata->text, reader_take(&rdata->reader, reader_u8(&rdata->reader)));
    return done(rdata);
}

static bool part_strings(struct dns_rdata *rdata)
{
    bool fine = dns_part_string(rdata);
    while (fine && reader_left(&rdata->reader) > 0) {
        dns_part_space(rdata);
        fine = dns_part_string(rdata);
    }
    return fine;
}

bool dns_part_base64(struct dns_rdata *rdata)
{
    dns_text_base64(rdata->text, reader_rest(&rdata->reader), DNS_SPLIT);
    return true;
}

static bool part_base64_whole(struct dns_rdata *rdata)
{
    struct bytes rest = reader_rest(&rdata->reader);
    if (rest.len == 0)
        dns_text_char(rdata->text, '-');
    dns_text_base64(rdata->text, rest, DNS_UNSPLIT);
    return true;
}

bool dns_part_hex(struct dns_rdata *rdata)
{
    dns_text_hex(rdata->text, reader_rest(&rdata->reader), DNS_SPLIT);
    return true;
}

static bool part_quoted_rest(struct dns_rdata *rdata)
{
    dns_text_quoted(rdata->text, reader_rest(&rdata->reader));
    return true;
}

/* The property of a CAA record, RFC 8659 section 4.1: letters and digits. */
static bool part_tag(struct dns_rdata *rdata)
{
    struct bytes tag = reader_take(&rdata->reader, reader_u8(&rdata->reader));
    for (size_t i = 0; i < tag.len; i++) {
        uint8_t byte = byte_lower(bytes_at(tag, i));
        if (!((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')))
            return false;
    }
    dns_text_add(rdata->text, tag);
    return tag.len > 0 && done(rdata);
}

/* The A record of Chaosnet: a name and an address in octal. */
static bool part_chaos(struct dns_rdata *rdata)
{
    if (!dns_part_name(rdata))
        return false;
    dns_part_space(rdata);
    uint16_t address = reader_u16(&rdata->reader);
    bool begun = false;
    for (int shift = 15; shift >= 0; shift -= 3) {
        unsigned digit = ((unsigned)address >> shift) & 7;
        begun = begun || digit > 0 || shift == 0;
        if (begun)
            dns_text_char(rdata->text, (char)('0' + digit));
    }
    return done(rdata);
}

static const dns_part parts[PART_COUNT] = {
    [NAME] = dns_part_name,
    [U8] = dns_part_u8,
    [U16] = dns_part_u16,
    [U32] = dns_part_u32,
    [IPV4] = dns_part_ipv4,
    [IPV6] = dns_part_ipv6,
    [STRING] = dns_part_string,
    [STRINGS] = part_strings,
    [BASE64] = dns_part_base64,
    [BASE64_WHOLE] = part_base64_whole,
    [HEX] = dns_part_hex,
    [QUOTED_REST] = part_quoted_rest,
    [TAG] = part_tag,
    [TYPE] = dns_part_type,
    [TIME] = dns_part_time,
    [TYPES] = dns_part_types,
    [SALT] = dns_part_salt,
    [HASH] = dns_part_hash,
    [LOC] = dns_part_loc,
    [APL] = dns_part_apl,
    [WKS] = dns_part_wks,
    [NSAP] = dns_part_nsap,
    [A6] = dns_part_a6,
    [EUI] = dns_part_eui,
    [LOCATOR] = dns_part_locator,
    [CERT] = dns_part_cert,
    [NXT] = dns_part_nxt,
    [TSIG] = dns_part_tsig,
    [TKEY] = dns_part_tkey,
    [HIP] = dns_part_hip,
    [IPSECKEY] = dns_part_ipseckey,
    [AMTRELAY] = dns_part_amtrelay,
    [SVCB] = dns_part_svcb,
    [CHAOS] = part_chaos,
};

static const struct layout *layout_of(uint16_t type, uint16_t class_number)
{
    if (type == 32768 || type == 32769)
        return &trust_anchor;
    if (type >= LAYOUT_TYPES)
        return &unknown;
    if (layouts[type].in_only && !dns_class_word(class_number))
        return &unknown;
    if (layouts[type].in_only && class_number == DNS_CLASS_CH)
        return type == DNS_A ? &chaos_address : &unknown;
    return &layouts[type];
}

static bool write_parts(struct dns_rdata *rdata, const struct layout *layout)
{
    struct dns_text *text = rdata->text;
    for (size_t i = 0; i < PARTS_MAX && layout->parts[i] != END; i++) {
        if (i > 0)
            dns_text_char(text, ' ');
        size_t before = text->length;
        if (!parts[layout->parts[i]](rdata))
            return false;
        if (text->length == before && i > 0 && !text->cut) /* a part that is empty takes its space with it */
            text->length--;
    }
    return reader_ok(&rdata->reader) && reader_left(&rdata->reader) == 0;
}

static void write_unknown(struct bytes content, struct dns_text *text)
{
    dns_text_string(text, "\\# ");
    dns_text_unsigned(text, content.len);
    if (content.len > 0)
        dns_text_char(text, ' ');
    dns_text_hex(text, content, DNS_SPLIT);
}

static bool write_authority(struct dns_names *names, struct bytes message, struct bytes content, struct dns_text *text)
{
    enum { NAMES = 2, NUMBERS = 5 };
    struct dns_fault fault;
    struct reader reader = reader_of(content);
    for (unsigned i = 0; i < NAMES; i++) {
        if (!dns_name_recall(names, message, &reader, text, &fault))
            return false;
        dns_text_char(text, ' ');
    }
    const struct bytes numbers = reader_rest(&reader);
    if (numbers.len != NUMBERS * sizeof(uint32_t))
        return false;
    for (unsigned i = 0; i < NUMBERS; i++) {
        if (i > 0)
            dns_text_char(text, ' ');
        dns_text_unsigned(text, bytes_u32(numbers, i * sizeof(uint32_t)));
    }
    return !text->cut;
}

/* The few types that nearly all records are of, as the table above has them too. False, and nothing is done, where it
 * is anything else, or wrong. */
static bool write_usual(struct dns_names *names, struct bytes message, struct bytes content, uint16_t type,
                        struct dns_text *text)
{
    const size_t before = text->length;
    switch (type) {
    case DNS_A:
        if (content.len == 4)
            dns_text_ipv4(text, content);
        return content.len == 4;
    case DNS_AAAA:
        if (content.len == 16)
            dns_text_ipv6(text, content);
        return content.len == 16;
    case DNS_SOA:
        if (write_authority(names, message, content, text))
            return true;
        text->length = before;
        text->cut = false;
        return false;
    default:
        return false;
    }
}

bool dns_rdata_write(struct dns_names *names, struct bytes message, struct bytes content, uint16_t type,
                     uint16_t class_number, struct dns_text *text, struct dns_fault *ret_fault)
{
    if (class_number == DNS_CLASS_IN && write_usual(names, message, content, type, text))
        return true;
    const struct layout *layout = layout_of(type, class_number);
    size_t before = text->length;
    struct dns_rdata rdata = {.names = names, .message = message, .reader = reader_of(content), .text = text};

    if (layout->parts[0] == END) {
        write_unknown(content, text);
        return true;
    }
    if (write_parts(&rdata, layout))
        return true;
    text->length = before;
    text->cut = false;
    write_unknown(content, text);
    *ret_fault = rdata.fault;
    if (rdata.fault.kind == DNS_FAULT_NONE || rdata.fault.kind == DNS_FAULT_SHORT)
        *ret_fault = (struct dns_fault){DNS_FAULT_RDATA, bytes_offset(message, content), type};
    return false;
}
