/* SPDX-License-Identifier: BSD-3-Clause
 *
 * "1:" and the base64 of a SHA-1 over: seed (16 bits), the smaller endpoint's address, the other's address, the
 * protocol, a zero byte, and for transports with ports the two ports in the same order.
 */
#include "community_id.h"

#include <assert.h>
#include <endian.h>

/* One block of SHA-1 is all that is needed. By the functions that libcrypto recommends it costs five times as much, and
 * they have to be fetched at the start; the one used here, which chooses the processor's own instructions just the
 * same, is called old-fashioned. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <stdlib.h>

enum {
    SHA1_SIZE = 20,
    INPUT_SIZE = 2 + 16 + 16 + 1 + 1 + 2 + 2,
    TEXT_LENGTH = 2 + 28,
    KEPT = 64, /* identifiers of the last conversations: their next record is likely soon */
};

struct kept {
    uint8_t block[SHA_CBLOCK];    /* what is hashed, padded */
    char text[COMMUNITY_ID_SIZE]; /* empty: nothing is kept here */
};

struct community_id {
    struct kept kept[KEPT];
};

struct community_id *community_id_new(void)
{
    return calloc(1, sizeof(struct community_id));
}

void community_id_free(struct community_id *hasher)
{
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

static inline int compare(const uint8_t a[16], const uint8_t b[16], size_t size)
{
    uint32_t first_a, first_b;
    memcpy(&first_a, a, sizeof first_a);
    memcpy(&first_b, b, sizeof first_b);
    if (first_a != first_b)
        return be32toh(first_a) < be32toh(first_b) ? -1 : 1;
    return size == 4 ? 0 : memcmp(a, b, 16);
}

/* The bytes that are hashed, over zeros; returns how many. */
static size_t gather(const struct conversation *conversation, uint8_t input[INPUT_SIZE])
{
    const struct endpoint *low = &conversation->source;
    const struct endpoint *high = &conversation->destination;
    size_t address_size = low->ip.family == 4 ? 4 : 16;
    int order = compare(low->ip.octets, high->ip.octets, address_size);
    if (order > 0 || (order == 0 && low->port > high->port)) {
        low = &conversation->destination;
        high = &conversation->source;
    }
    size_t length = 2;
    if (address_size == 4) {
        memcpy(input + length, low->ip.octets, 4);
        memcpy(input + length + 4, high->ip.octets, 4);
    } else {
        memcpy(input + length, low->ip.octets, 16);
        memcpy(input + length + 16, high->ip.octets, 16);
    }
    length += 2 * address_size;
    input[length] = conversation->transport;
    length += 2;
    if (has_ports(conversation->transport)) {
        length += put_port(input + length, low->port);
        length += put_port(input + length, high->port);
    }
    return length;
}

/* The input is shorter than a block by more than its padding: a one bit, zeros, and its length in bits. */
static void gather_block(const struct conversation *conversation, uint8_t block[SHA_CBLOCK])
{
    static_assert(INPUT_SIZE + 1 + 8 <= SHA_CBLOCK, "one block");
    memset(block, 0, SHA_CBLOCK);
    size_t length = gather(conversation, block);
    block[length] = 0x80;
    block[SHA_CBLOCK - 2] = (uint8_t)(length >> 5);
    block[SHA_CBLOCK - 1] = (uint8_t)(length << 3);
}

static void sha1(const uint8_t block[SHA_CBLOCK], uint8_t ret_digest[SHA1_SIZE])
{
    SHA_CTX state;
    SHA1_Init(&state);
    SHA1_Transform(&state, block);
    const uint32_t words[] = {htobe32(state.h0), htobe32(state.h1), htobe32(state.h2), htobe32(state.h3),
                              htobe32(state.h4)};
    static_assert(sizeof words == SHA1_SIZE, "all of it");
    memcpy(ret_digest, words, SHA1_SIZE);
}

/* 20 bytes become 28 characters, the last of which is the padding. */
static void put_base64(const uint8_t digest[SHA1_SIZE], char *to)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    enum { STEP = 3, LAST = SHA1_SIZE - SHA1_SIZE % STEP };
    for (size_t i = 0; i < LAST; i += STEP, to += 4) {
        uint32_t bits = (uint32_t)digest[i] << 16 | (uint32_t)digest[i + 1] << 8 | digest[i + 2];
        to[0] = alphabet[bits >> 18];
        to[1] = alphabet[bits >> 12 & 63];
        to[2] = alphabet[bits >> 6 & 63];
        to[3] = alphabet[bits & 63];
    }
    uint32_t bits = (uint32_t)digest[LAST] << 16 | (uint32_t)digest[LAST + 1] << 8;
    to[0] = alphabet[bits >> 18];
    to[1] = alphabet[bits >> 12 & 63];
    to[2] = alphabet[bits >> 6 & 63];
    to[3] = '=';
}

static void put_new(const uint8_t block[SHA_CBLOCK], char *to)
{
    uint8_t digest[SHA1_SIZE];
    sha1(block, digest);
    memcpy(to, "1:", 2);
    put_base64(digest, to + 2);
}

/* Whoever chooses addresses that collide only wins that they are hashed again. */
static size_t place_of(const uint8_t block[SHA_CBLOCK])
{
    uint64_t words[(INPUT_SIZE + 7) / 8], sum = 0;
    memcpy(words, block, sizeof words);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        sum = (sum ^ words[i]) * 0x9e3779b97f4a7c15u;
    static_assert(KEPT == 64, "six bits");
    return sum >> 58;
}

size_t community_id_text(struct community_id *hasher, const struct conversation *conversation,
                         char ret_text[COMMUNITY_ID_SIZE])
{
    if (conversation->community_id[0]) {
        memcpy(ret_text, conversation->community_id, COMMUNITY_ID_SIZE);
        ret_text[COMMUNITY_ID_SIZE - 1] = '\0';
        return strlen(ret_text);
    }
    uint8_t block[SHA_CBLOCK];
    if (conversation->source.ip.family == 0)
        return 0;
    gather_block(conversation, block);
    struct kept *kept = &hasher->kept[place_of(block)];
    if (!kept->text[0] || memcmp(kept->block, block, SHA_CBLOCK) != 0) {
        memcpy(kept->block, block, SHA_CBLOCK);
        put_new(block, kept->text);
    }
    memcpy(ret_text, kept->text, COMMUNITY_ID_SIZE);
    return TEXT_LENGTH;
}

size_t community_id_put(const struct conversation *conversation, char *to)
{
    if (conversation->community_id[0]) {
        size_t length = strnlen(conversation->community_id, COMMUNITY_ID_SIZE - 1);
        memcpy(to, conversation->community_id, length);
        return length;
    }
    uint8_t block[SHA_CBLOCK];
    if (conversation->source.ip.family == 0)
        return 0;
    gather_block(conversation, block);
    put_new(block, to);
    return TEXT_LENGTH;
}
