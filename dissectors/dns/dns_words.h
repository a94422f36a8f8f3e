/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The mnemonics of IANA's registries: what people and `dig` call the numbers.
 */
#ifndef OVERHEAR_DNS_WORDS_H
#define OVERHEAR_DNS_WORDS_H

#include "dns_text.h"

enum dns_type {
    DNS_A = 1,
    DNS_NS = 2,
    DNS_CNAME = 5,
    DNS_SOA = 6,
    DNS_WKS = 11,
    DNS_PTR = 12,
    DNS_SIG = 24,
    DNS_AAAA = 28,
    DNS_SRV = 33,
    DNS_A6 = 38,
    DNS_DNAME = 39,
    DNS_OPT = 41,
    DNS_DS = 43,
    DNS_RRSIG = 46,
    DNS_DNSKEY = 48,
    DNS_NSEC3 = 50,
    DNS_TKEY = 249,
    DNS_TSIG = 250,
    DNS_IXFR = 251,
    DNS_AXFR = 252,
    DNS_ANY = 255,
};

enum dns_class {
    DNS_CLASS_IN = 1,
    DNS_CLASS_CH = 3,
    DNS_CLASS_HS = 4,
    DNS_CLASS_NONE = 254,
    DNS_CLASS_ANY = 255,
};

enum dns_opcode {
    DNS_OPCODE_QUERY = 0,
    DNS_OPCODE_IQUERY = 1,
    DNS_OPCODE_STATUS = 2,
    DNS_OPCODE_NOTIFY = 4,
    DNS_OPCODE_UPDATE = 5,
    DNS_OPCODE_DSO = 6,
};

/* The word for a number; NULL where there is none. Static text. */
const char *dns_type_word(uint16_t type);

/* Those of nearly all records, in place, with their lengths: NULL for a number without a word, or too large. */
enum { DNS_LOW_TYPES = 265 };
struct dns_word {
    char text[15];
    uint8_t length;
};
extern const struct dns_word dns_low_types[DNS_LOW_TYPES];
static inline const struct dns_word *dns_low_type(uint16_t type)
{
    return type < DNS_LOW_TYPES && dns_low_types[type].length > 0 ? &dns_low_types[type] : NULL;
}

const char *dns_other_class_word(uint16_t class_number); /* slower */
static inline const char *dns_class_word(uint16_t class_number)
{
    return class_number == DNS_CLASS_IN ? "IN" : dns_other_class_word(class_number);
}
const char *dns_opcode_word(unsigned opcode);
/* With the upper bits that EDNS has, 0 to 4095. */
const char *dns_rcode_word(unsigned rcode);
/* In TSIG and TKEY, where 16 means something else. */
const char *dns_tsig_rcode_word(unsigned rcode);
const char *dns_option_word(uint16_t option);
const char *dns_extended_error_word(unsigned code);
/* For people ("ECDSA P-256"), and as CERT records print it ("ECDSAP256SHA256"). */
const char *dns_algorithm_name(unsigned algorithm);
const char *dns_algorithm_word(unsigned algorithm);
const char *dns_certificate_word(unsigned type);

/* The word, else the prefix with the number: TYPE65280 (RFC 3597). */
void dns_text_word(struct dns_text *text, const char *word, const char *prefix, unsigned number);
void dns_text_type(struct dns_text *text, uint16_t type);

#endif
