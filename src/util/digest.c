/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Digests by libcrypto. Its plain functions are called, which version 3 calls old: its new ones look the algorithm up
 * by name each time, and that takes three times as long as the digest of so short a text. They need no configuration
 * and no provider, so nothing is opened either.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "overhear/digest.h"

#include <openssl/md5.h>
#include <openssl/sha.h>

static void hexadecimal(const unsigned char *digest, size_t length, char *ret_hex)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < length; i++) {
        ret_hex[2 * i] = digits[digest[i] >> 4];
        ret_hex[2 * i + 1] = digits[digest[i] & 15];
    }
    ret_hex[2 * length] = 0;
}

static const void *start_of(struct bytes text)
{
    return text.len ? (const void *)text.at : "";
}

void digest_md5(struct bytes text, char ret_hex[33])
{
    unsigned char result[MD5_DIGEST_LENGTH];
    MD5_CTX context;
    bool done = MD5_Init(&context) == 1 && MD5_Update(&context, start_of(text), text.len) == 1 &&
                MD5_Final(result, &context) == 1;
    hexadecimal(result, done ? sizeof result : 0, ret_hex);
}

void digest_sha1(struct bytes text, char ret_hex[41])
{
    unsigned char result[SHA_DIGEST_LENGTH];
    SHA_CTX context;
    bool done = SHA1_Init(&context) == 1 && SHA1_Update(&context, start_of(text), text.len) == 1 &&
                SHA1_Final(result, &context) == 1;
    hexadecimal(result, done ? sizeof result : 0, ret_hex);
}

void digest_sha256(struct bytes text, char ret_hex[65])
{
    unsigned char result[SHA256_DIGEST_LENGTH];
    SHA256_CTX context;
    bool done = SHA256_Init(&context) == 1 && SHA256_Update(&context, start_of(text), text.len) == 1 &&
                SHA256_Final(result, &context) == 1;
    hexadecimal(result, done ? sizeof result : 0, ret_hex);
}
