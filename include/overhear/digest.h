/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Digests of short texts, for fingerprints. Made by libcrypto.
 */
#ifndef OVERHEAR_DIGEST_H
#define OVERHEAR_DIGEST_H

#include "overhear/bytes.h"

/* Lower-case hexadecimal, NUL-ended. Empty where libcrypto refuses. */
void digest_md5(struct bytes text, char ret_hex[33]);
void digest_sha256(struct bytes text, char ret_hex[65]);
void digest_sha1(struct bytes text, char ret_hex[41]);

#endif
