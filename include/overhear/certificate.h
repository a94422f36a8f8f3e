/* SPDX-License-Identifier: BSD-3-Clause
 *
 * An X.509 certificate (RFC 5280), taken apart by libcrypto into texts of bounded size.
 */
#ifndef OVERHEAR_CERTIFICATE_H
#define OVERHEAR_CERTIFICATE_H

#include "overhear/bytes.h"

enum { CERTIFICATE_NAME_BYTES = 1024, CERTIFICATE_NAMES = 100 /* longest list of names that is given out */ };

struct certificate {
    char subject[CERTIFICATE_NAME_BYTES]; /* RFC 2253 order as openssl prints it with -nameopt RFC2253, UTF-8, cut to
                                             fit */
    char issuer[CERTIFICATE_NAME_BYTES];
    char common_name[256];               /* of the subject; empty: none */
    char serial[65];                     /* hexadecimal, upper case; empty: longer than 32 bytes */
    char sha256[65];                     /* of the DER bytes, lower case */
    char key[48];                        /* "RSA 2048", "EC P-256", "Ed25519" */
    unsigned key_bits;                   /* 0: not known */
    char signature[48];                  /* "sha256WithRSAEncryption" */
    int64_t not_before_ns, not_after_ns; /* since 1970; clamped to what 64 bits hold */
    bool self_issued;                    /* subject and issuer are the same */
    bool self_signed; /* and its own key verifies it; not tried where the key is of an uncommon kind or
                         size, for which that would be slow */
    bool is_authority;
    unsigned name_count; /* of subjectAltName: DNS names and IP addresses */
};

/* False: it is not one. `der` is not kept. ret_name (may be NULL) is called for each name of subjectAltName, at most
 * CERTIFICATE_NAMES of them. */
bool certificate_parse(struct bytes der, struct certificate *ret_certificate,
                       void (*ret_name)(void *context, struct bytes name), void *context);

#endif
