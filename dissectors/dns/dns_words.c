/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Numbers and their names. Indexed by the number where it is small.
 */
#include "dns_words.h"

static const char *const low_types[] = {
    [1] = "A",          [2] = "NS",        [3] = "MD",          [4] = "MF",     [5] = "CNAME",     [6] = "SOA",
    [7] = "MB",         [8] = "MG",        [9] = "MR",          [10] = "NULL",  [11] = "WKS",      [12] = "PTR",
    [13] = "HINFO",     [14] = "MINFO",    [15] = "MX",         [16] = "TXT",   [17] = "RP",       [18] = "AFSDB",
    [19] = "X25",       [20] = "ISDN",     [21] = "RT",         [22] = "NSAP",  [23] = "NSAP-PTR", [24] = "SIG",
    [25] = "KEY",       [26] = "PX",       [27] = "GPOS",       [28] = "AAAA",  [29] = "LOC",      [30] = "NXT",
    [31] = "EID",       [32] = "NIMLOC",   [33] = "SRV",        [34] = "ATMA",  [35] = "NAPTR",    [36] = "KX",
    [37] = "CERT",      [38] = "A6",       [39] = "DNAME",      [40] = "SINK",  [41] = "OPT",      [42] = "APL",
    [43] = "DS",        [44] = "SSHFP",    [45] = "IPSECKEY",   [46] = "RRSIG", [47] = "NSEC",     [48] = "DNSKEY",
    [49] = "DHCID",     [50] = "NSEC3",    [51] = "NSEC3PARAM", [52] = "TLSA",  [53] = "SMIMEA",   [55] = "HIP",
    [56] = "NINFO",     [57] = "RKEY",     [58] = "TALINK",     [59] = "CDS",   [60] = "CDNSKEY",  [61] = "OPENPGPKEY",
    [62] = "CSYNC",     [63] = "ZONEMD",   [64] = "SVCB",       [65] = "HTTPS", [66] = "DSYNC",    [67] = "HHIT",
    [68] = "BRID",      [99] = "SPF",      [100] = "UINFO",     [101] = "UID",  [102] = "GID",     [103] = "UNSPEC",
    [104] = "NID",      [105] = "L32",     [106] = "L64",       [107] = "LP",   [108] = "EUI48",   [109] = "EUI64",
    [128] = "NXNAME",   [249] = "TKEY",    [250] = "TSIG",      [251] = "IXFR", [252] = "AXFR",    [253] = "MAILB",
    [254] = "MAILA",    [255] = "ANY",     [256] = "URI",       [257] = "CAA",  [258] = "AVC",     [259] = "DOA",
    [260] = "AMTRELAY", [261] = "RESINFO", [262] = "WALLET",    [263] = "CLA",  [264] = "IPN",
};

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
    return type == 32769 ? "DLV" : word_at(low_types, sizeof low_types / sizeof *low_types, type);
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
