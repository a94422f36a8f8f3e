/* SPDX-License-Identifier: BSD-3-Clause
 *
 * "1:" and the base64 of a SHA-1 over: seed (16 bits), the smaller endpoint's address, the other's address, the
 * protocol, a zero byte, and for transports with ports the two ports in the same order.
 */
#include "community_id.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

enum {
    SHA1_SIZE = 20,
    INPUT_SIZE = 2 + 16 + 16 + 1 + 1 + 2 + 2,
};

struct community_id {
    OSSL_LIB_CTX *library; /* our own: nobody's configuration of the library is read or obeyed */
    EVP_MD *sha1;
    EVP_MD_CTX *context;
};

struct community_id *community_id_new(void)
{
    struct community_id *hasher = calloc(1, sizeof *hasher);
    if (!hasher)
        return NULL;
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    hasher->library = OSSL_LIB_CTX_new();
    hasher->sha1 = hasher->library ? EVP_MD_fetch(hasher->library, "SHA1", NULL) : NULL;
    hasher->context = EVP_MD_CTX_new();
    if (hasher->sha1 && hasher->context && EVP_DigestInit_ex(hasher->context, hasher->sha1, NULL) == 1)
        return hasher;
    community_id_free(hasher);
    return NULL;
}

void community_id_free(struct community_id *hasher)
{
    if (!hasher)
        return;
    EVP_MD_CTX_free(hasher->context);
    EVP_MD_free(hasher->sha1);
    OSSL_LIB_CTX_free(hasher->library);
    free(hasher);
}

static bool has_ports(uint8_t transport)
{
    enum { TRANSPORT_SCTP = 132 };
    return transport == TRANSPORT_TCP || transport == TRANSPORT_UDP || transport == TRANSPORT_SCTP;
}

static size_t put_port(uint8_t *to, uint16_t port)
{
    to[0] = (uint8_t)(port >> 8);
    to[1] = (uint8_t)port;
    return 2;
}

/* The bytes that are hashed; returns how many. */
static size_t gather(const struct conversation *conversation, uint8_t input[INPUT_SIZE])
{
    const struct endpoint *low = &conversation->source;
    const struct endpoint *high = &conversation->destination;
    size_t address_size = low->ip.family == 4 ? 4 : 16;
    int order = memcmp(low->ip.octets, high->ip.octets, address_size);
    if (order > 0 || (order == 0 && low->port > high->port)) {
        low = &conversation->destination;
        high = &conversation->source;
    }
    size_t length = 2;
    memset(input, 0, INPUT_SIZE);
    memcpy(input + length, low->ip.octets, address_size);
    length += address_size;
    memcpy(input + length, high->ip.octets, address_size);
    length += address_size;
    input[length] = conversation->transport;
    length += 2;
    if (has_ports(conversation->transport)) {
        length += put_port(input + length, low->port);
        length += put_port(input + length, high->port);
    }
    return length;
}

/* 20 bytes become 28 characters, the last of which is the padding. */
static void put_base64(const uint8_t digest[SHA1_SIZE], char *to)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t padded[SHA1_SIZE + 1] = {0};
    memcpy(padded, digest, SHA1_SIZE);
    for (size_t i = 0; i < sizeof padded; i += 3) {
        uint32_t bits = (uint32_t)padded[i] << 16 | (uint32_t)padded[i + 1] << 8 | padded[i + 2];
        *to++ = alphabet[bits >> 18];
        *to++ = alphabet[bits >> 12 & 63];
        *to++ = alphabet[bits >> 6 & 63];
        *to++ = alphabet[bits & 63];
    }
    to--; /* of padding alone */
    *to++ = '=';
    *to = '\0';
}

size_t community_id_text(struct community_id *hasher, const struct conversation *conversation,
                         char ret_text[COMMUNITY_ID_SIZE])
{
    if (conversation->community_id[0]) {
        memcpy(ret_text, conversation->community_id, COMMUNITY_ID_SIZE);
        ret_text[COMMUNITY_ID_SIZE - 1] = '\0';
        return strlen(ret_text);
    }
    uint8_t digest[SHA1_SIZE];
    uint8_t input[INPUT_SIZE];
    if (conversation->source.ip.family == 0)
        return 0;
    size_t length = gather(conversation, input);
    if (EVP_DigestInit_ex(hasher->context, NULL, NULL) != 1 || EVP_DigestUpdate(hasher->context, input, length) != 1 ||
        EVP_DigestFinal_ex(hasher->context, digest, NULL) != 1)
        return 0;
    ret_text[0] = '1';
    ret_text[1] = ':';
    put_base64(digest, ret_text + 2);
    return 2 + 28;
}
