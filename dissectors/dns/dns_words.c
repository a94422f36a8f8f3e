/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Numbers and their names. Indexed by the number where it is small.
 */
#include "dns_words.h"

/* NOLINTBEGIN(bugprone-macro-parentheses): a text in parentheses initializes no array */
#define WORD(text)                                                                                                     \
    {                                                                                                                  \
        text, sizeof text - 1                                                                                          \
    }
/* NOLINTEND(bugprone-macro-parentheses) */
const struct dns_word dns_low_types[DNS_LOW_TYPES] = {
    [1] = WORD("A"),         [2] = WORD("NS"),      [3] = WORD("MD"),          [4] = WORD("MF"),
    [5] = WORD("CNAME"),     [6] = WORD("SOA"),     [7] = WORD("MB"),          [8] = WORD("MG"),
    [9] = WORD("MR"),        [10] = WORD("NULL"),   [11] = WORD("WKS"),        [12] = WORD("PTR"),
    [13] = WORD("HINFO"),    [14] = WORD("MINFO"),  [15] = WORD("MX"),         [16] = WORD("TXT"),
    [17] = WORD("RP"),       [18] = WORD("AFSDB"),  [19] = WORD("X25"),        [20] = WORD("ISDN"),
    [21] = WORD("RT"),       [22] = WORD("NSAP"),   [23] = WORD("NSAP-PTR"),   [24] = WORD("SIG"),
    [25] = WORD("KEY"),      [26] = WORD("PX"),     [27] = WORD("GPOS"),       [28] = WORD("AAAA"),
    [29] = WORD("LOC"),      [30] = WORD("NXT"),    [31] = WORD("EID"),        [32] = WORD("NIMLOC"),
    [33] = WORD("SRV"),      [34] = WORD("ATMA"),   [35] = WORD("NAPTR"),      [36] = WORD("KX"),
    [37] = WORD("CERT"),     [38] = WORD("A6"),     [39] = WORD("DNAME"),      [40] = WORD("SINK"),
    [41] = WORD("OPT"),      [42] = WORD("APL"),    [43] = WORD("DS"),         [44] = WORD("SSHFP"),
    [45] = WORD("IPSECKEY"), [46] = WORD("RRSIG"),  [47] = WORD("NSEC"),       [48] = WORD("DNSKEY"),
    [49] = WORD("DHCID"),    [50] = WORD("NSEC3"),  [51] = WORD("NSEC3PARAM"), [52] = WORD("TLSA"),
    [53] = WORD("SMIMEA"),   [55] = WORD("HIP"),    [56] = WORD("NINFO"),      [57] = WORD("RKEY"),
    [58] = WORD("TALINK"),   [59] = WORD("CDS"),    [60] = WORD("CDNSKEY"),    [61] = WORD("OPENPGPKEY"),
    [62] = WORD("CSYNC"),    [63] = WORD("ZONEMD"), [64] = WORD("SVCB"),       [65] = WORD("HTTPS"),
    [66] = WORD("DSYNC"),    [67] = WORD("HHIT"),   [68] = WORD("BRID"),       [99] = WORD("SPF"),
    [100] = WORD("UINFO"),   [101] = WORD("UID"),   [102] = WORD("GID"),       [103] = WORD("UNSPEC"),
    [104] = WORD("NID"),     [105] = WORD("L32"),   [106] = WORD("L64"),       [107] = WORD("LP"),
    [108] = WORD("EUI48"),   [109] = WORD("EUI64"), [128] = WORD("NXNAME"),    [249] = WORD("TKEY"),
    [250] = WORD("TSIG"),    [251] = WORD("IXFR"),  [252] = WORD("AXFR"),      [253] = WORD("MAILB"),
    [254] = WORD("MAILA"),   [255] = WORD("ANY"),   [256] = WORD("URI"),       [257] = WORD("CAA"),
    [258] = WORD("AVC"),     [259] = WORD("DOA"),   [260] = WORD("AMTRELAY"),  [261] = WORD("RESINFO"),
    [262] = WORD("WALLET"),  [263] = WORD("CLA"),   [264] = WORD("IPN"),
};
#undef WORD

static const char *const rcodes[] = {
    "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",  "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
    "NXRRSET", "NOTAUTH", "NOTZONE",  "DSOTYPENI", NULL,      NULL,      NULL,       NULL,
    "BADVERS", "BADKEY",  "BADTIME",  "BADMODE",   "BADNAME", "BADALG",  "BADTRUNC", "BADCOOKIE",
};

static const char *const opcodes[] = {"QUERY", "IQUERY", "STATUS", NULL, "NOTIFY", "UPDATE", "DSO"};

static const char *const options[] = {
    [1] = "LLQ",
    [2] = "UL",
    [3] = "NSID",
    [4] = "OWNER",
    [5] = "DAU",
    [6] = "DHU",
    [7] = "N3U",
    [8] = "CLIENT-SUBNET",
    [9] = "EXPIRE",
    [10] = "COOKIE",
    [11] = "TCP-KEEPALIVE",
    [12] = "PADDING",
    [13] = "CHAIN",
    [14] = "KEY-TAG",
    [15] = "EDE",
    [16] = "CLIENT-TAG",
    [17] = "SERVER-TAG",
    [18] = "REPORT-CHANNEL",
    [19] = "ZONEVERSION",
};

static const char *const extended_errors[] = {
    [0] = "Other Error",
    [1] = "Unsupported DNSKEY Algorithm",
    [2] = "Unsupported DS Digest Type",
    [3] = "Stale Answer",
    [4] = "Forged Answer",
    [5] = "DNSSEC Indeterminate",
    [6] = "DNSSEC Bogus",
    [7] = "Signature Expired",
    [8] = "Signature Not Yet Valid",
    [9] = "DNSKEY Missing",
    [10] = "RRSIGs Missing",
    [11] = "No Zone Key Bit Set",
    [12] = "NSEC Missing",
    [13] = "Cached Error",
    [14] = "Not Ready",
    [15] = "Blocked",
    [16] = "Censored",
    [17] = "Filtered",
    [18] = "Prohibited",
    [19] = "Stale NXDOMAIN Answer",
    [20] = "Not Authoritative",
    [21] = "Not Supported",
    [22] = "No Reachable Authority",
    [23] = "Network Error",
    [24] = "Invalid Data",
    [25] = "Signature Expired before Valid",
    [26] = "Too Early",
    [27] = "Unsupported NSEC3 Iterations Value",
    [28] = "Unable to conform to policy",
    [29] = "Synthesized",
    [30] = "Invalid Query Type",
};

static const char *const algorithm_names[] = {
    [1] = "RSA/MD5",
    [2] = "Diffie-Hellman",
    [3] = "DSA/SHA-1",
    [5] = "RSA/SHA-1",
    [6] = "DSA/SHA-1 (NSEC3)",
    [7] = "RSA/SHA-1 (NSEC3)",
    [8] = "RSA/SHA-256",
    [10] = "RSA/SHA-512",
    [12] = "GOST R 34.10-2001",
    [13] = "ECDSA P-256/SHA-256",
    [14] = "ECDSA P-384/SHA-384",
    [15] = "Ed25519",
    [16] = "Ed448",
};

static const char *const algorithm_words[] = {
    [1] = "RSAMD5",           [2] = "DH",        [3] = "DSA",        [5] = "RSASHA1",    [6] = "NSEC3DSA",
    [7] = "NSEC3RSASHA1",     [8] = "RSASHA256", [10] = "RSASHA512", [12] = "ECCGOST",   [13] = "ECDSAP256SHA256",
    [14] = "ECDSAP384SHA384", [15] = "ED25519",  [16] = "ED448",     [252] = "INDIRECT", [253] = "PRIVATEDNS",
    [254] = "PRIVATEOID",
};

static const char *const certificate_words[] = {
    [1] = "PKIX", [2] = "SPKI",   [3] = "PGP",     [4] = "IPKIX", [5] = "ISPKI",
    [6] = "IPGP", [7] = "ACPKIX", [8] = "IACPKIX", [253] = "URI", [254] = "OID",
};

static const char *word_at(const char *const *table, size_t count, size_t number)
{
    return number < count ? table[number] : NULL;
}

const char *dns_type_word(uint16_t type)
{
    if (type == 32768)
        return "TA";
    if (type == 32769)
        return "DLV";
    const struct dns_word *word = dns_low_type(type);
    return word ? word->text : NULL;
}

const char *dns_other_class_word(uint16_t class_number)
{
    switch (class_number) {
    case DNS_CLASS_IN:
        return "IN";
    case DNS_CLASS_CH:
        return "CH";
    case DNS_CLASS_HS:
        return "HS";
    case DNS_CLASS_NONE:
        return "NONE";
    case DNS_CLASS_ANY:
        return "ANY";
    default:
        return NULL;
    }
}

const char *dns_opcode_word(unsigned opcode)
{
    return word_at(opcodes, sizeof opcodes / sizeof *opcodes, opcode);
}

const char *dns_rcode_word(unsigned rcode)
{
    return word_at(rcodes, sizeof rcodes / sizeof *rcodes, rcode);
}

const char *dns_tsig_rcode_word(unsigned rcode)
{
    return rcode == 16 ? "BADSIG" : dns_rcode_word(rcode);
}

const char *dns_option_word(uint16_t option)
{
    enum { UMBRELLA = 20292, DEVICE = 26946 };
    if (option == UMBRELLA)
        return "Umbrella Ident";
    return option == DEVICE ? "DeviceID" : word_at(options, sizeof options / sizeof *options, option);
}

const char *dns_extended_error_word(unsigned code)
{
    return word_at(extended_errors, sizeof extended_errors / sizeof *extended_errors, code);
}

const char *dns_algorithm_name(unsigned algorithm)
{
    return word_at(algorithm_names, sizeof algorithm_names / sizeof *algorithm_names, algorithm);
}

const char *dns_algorithm_word(unsigned algorithm)
{
    return word_at(algorithm_words, sizeof algorithm_words / sizeof *algorithm_words, algorithm);
}

const char *dns_certificate_word(unsigned type)
{
    return word_at(certificate_words, sizeof certificate_words / sizeof *certificate_words, type);
}

void dns_text_word(struct dns_text *text, const char *word, const char *prefix, unsigned number)
{
    if (word) {
        dns_text_string(text, word);
        return;
    }
    dns_text_string(text, prefix);
    dns_text_unsigned(text, number);
}

void dns_text_type(struct dns_text *text, uint16_t type)
{
    dns_text_word(text, dns_type_word(type), "TYPE", type);
}
