/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Numbers of IANA's registries for TLS and their names.
 */
#ifndef OVERHEAR_DISSECTORS_TLS_NAMES_H
#define OVERHEAR_DISSECTORS_TLS_NAMES_H

#include "overhear/bytes.h"

struct tls_name {
    unsigned code;
    const char *name;
};

/* Names are static text; NULL: not assigned, or not known here. "GREASE" (RFC 8701) for the numbers that browsers mix
 * in so that servers get used to what they do not know. */
const char *tls_suite_name(unsigned code);
const char *tls_old_suite_name(unsigned code); /* three bytes of SSL 2.0 */
const char *tls_extension_name(unsigned code);
const char *tls_group_name(unsigned code);
const char *tls_signature_name(unsigned code);
const char *tls_compression_name(unsigned code);
const char *tls_alert_name(unsigned code);
const char *tls_version_name(unsigned code); /* "1.2", "1.3 draft 23", "3.0" (of SSL) */

/* 0x0a0a, 0x1a1a … 0xfafa. */
static inline bool tls_is_grease(unsigned code)
{
    return (code & 0x0f0f) == 0x0a0a && code >> 8 == (code & 0xff);
}

/* Drafts of TLS 1.3 count as it; what is not a version gives 0. */
unsigned tls_version_plain(unsigned code);
/* A draft of TLS 1.3 whose ServerHello had no session identifier and no compression method: up to 21. */
bool tls_version_is_early_draft(unsigned code);

/* Where numbers follow each other, so do the rows of a table: this far apart for those that are in use today. NULL: it
 * is in none of these places, but may be in another. */
enum { TLS_SHIFTS = 4 };
static inline const char *tls_name_near(const struct tls_name *table, size_t count, const uint16_t shifts[TLS_SHIFTS],
                                        unsigned code)
{
    for (size_t i = 0; i < TLS_SHIFTS; i++) {
        const size_t row = (size_t)code - shifts[i]; /* huge, where it is before */
        if (row < count && table[row].code == code)
            return table[row].name;
    }
    return NULL;
}

/* In a table ordered by code. */
const char *tls_name_find(const struct tls_name *table, size_t count, unsigned code);

/* "0x1a2b" with NUL, of at least two digits. */
enum { TLS_NUMBER_SIZE = 16 };
const char *tls_number_text(unsigned code, unsigned digits, char ret_text[TLS_NUMBER_SIZE]);

/* What the name of a suite tells. */
struct tls_suite {
    bool tls13;                                   /* only the cipher: keys are agreed upon apart from it */
    bool null, export, rc4, des, triple_des, old; /* old: IDEA, RC2 and the like */
    bool aead, cbc;
    bool anonymous, psk;
    bool forward_secrecy; /* the long-lived key does not open recorded traffic */
    bool ecdhe, dhe;      /* how the ServerKeyExchange reads */
};

struct tls_suite tls_suite_of(const char *name);

#endif
