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
    SHA1_WORDS = 5,
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

static void sha1(const uint8_t block[SHA_CBLOCK], uint32_t ret_words[SHA1_WORDS])
{
    SHA_CTX state;
    SHA1_Init(&state);
    SHA1_Transform(&state, block);
    ret_words[0] = state.h0;
    ret_words[1] = state.h1;
    ret_words[2] = state.h2;
    ret_words[3] = state.h3;
    ret_words[4] = state.h4;
}

/* 48 bits, the highest first, become eight numbers of six bits: a byte each, the first one highest. */
static inline uint64_t spread(uint64_t bits)
{
    bits = (bits & UINT64_C(0x0000ffffff000000)) << 8 | (bits & UINT64_C(0x0000000000ffffff));
    bits = (bits & UINT64_C(0x00fff00000fff000)) << 4 | (bits & UINT64_C(0x00000fff00000fff));
    return (bits & UINT64_C(0x0fc00fc00fc00fc0)) << 2 | (bits & UINT64_C(0x003f003f003f003f));
}

/* Of each byte below 64 the letter that base64 has for it, all eight at once: what is added depends on how many of the
 * borders between the alphabet's parts a number has reached. No byte reaches the next one. */
static inline uint64_t letters(uint64_t numbers)
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    uint64_t small = (numbers + (128 - 26) * each) >> 7 & each; /* 1: 'a' and what follows */
    uint64_t digit = (numbers + (128 - 52) * each) >> 7 & each; /* 1: '0' and what follows */
    uint64_t plus = (numbers + (128 - 62) * each) >> 7 & each;
    uint64_t slash = (numbers + (128 - 63) * each) >> 7 & each;
    return numbers + 'A' * each + ('a' - 'Z' - 1) * small - ('z' + 1 - '0') * digit - ('9' + 1 - '+') * plus +
           ('/' - '+' - 1) * slash;
}

static inline void put_letters(uint64_t bits, char *to)
{
    uint64_t text = htobe64(letters(spread(bits)));
    memcpy(to, &text, sizeof text);
}

/* Five words, 20 bytes, become 28 characters, the last of which is the padding. */
static void put_base64(const uint32_t words[SHA1_WORDS], char *to)
{
    uint64_t first = (uint64_t)words[0] << 32 | words[1], second = (uint64_t)words[2] << 32 | words[3];
    put_letters(first >> 16, to);
    put_letters((first << 32 | second >> 32) & UINT64_C(0xffffffffffff), to + 8);
    put_letters((second << 16 | words[4] >> 16) & UINT64_C(0xffffffffffff), to + 16);
    uint64_t text = htobe64(letters(spread((uint64_t)(words[4] & 0xffff) << 32)));
    memcpy(to + 24, &text, 4);
    to[27] = '=';
}

static void put_new(const uint8_t block[SHA_CBLOCK], char *to)
{
    uint32_t words[SHA1_WORDS];
    sha1(block, words);
    to[0] = '1';
    to[1] = ':';
    put_base64(words, to + 2);
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
