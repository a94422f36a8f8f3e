/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Digests by libcrypto. Its configuration file is not read: it could not be opened once the process is confined, and
 * nothing here depends on it.
 */
#include "overhear/digest.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

static void hexadecimal(const unsigned char *digest, size_t length, char *ret_hex)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < length; i++) {
        ret_hex[2 * i] = digits[digest[i] >> 4];
        ret_hex[2 * i + 1] = digits[digest[i] & 15];
    }
    ret_hex[2 * length] = 0;
}

/* `length`: of the digest. */
static void digest(const char *algorithm, struct bytes text, size_t length, char *ret_hex)
{
    unsigned char result[EVP_MAX_MD_SIZE];
    size_t got = 0;
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    ERR_set_mark();
    int done = EVP_Q_digest(NULL, algorithm, NULL, text.len ? (const void *)text.at : "", text.len, result, &got);
    ERR_pop_to_mark();
    hexadecimal(result, done == 1 && got == length ? length : 0, ret_hex);
}

void digest_md5(struct bytes text, char ret_hex[33])
{
    digest("MD5", text, 16, ret_hex);
}

void digest_sha1(struct bytes text, char ret_hex[41])
{
    digest("SHA1", text, 20, ret_hex);
}

void digest_sha256(struct bytes text, char ret_hex[65])
{
    digest("SHA256", text, 32, ret_hex);
}
