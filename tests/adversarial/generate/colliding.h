/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Keys of conversations (two addresses and two ports) that fall on the same place of a table whose hash is one of
 * those in common use, unkeyed: what somebody sends who has read the source of such a table.
 */
#ifndef ADVERSARIAL_COLLIDING_H
#define ADVERSARIAL_COLLIDING_H

#include <stdint.h>

enum colliding {
    COLLIDING_XOR,      /* addresses and ports XORed: always the same */
    COLLIDING_SUM,      /* added: always the same */
    COLLIDING_LOW_BITS, /* the low 16 bits of the addresses and both ports are the same */
    COLLIDING_FNV,      /* FNV-1a over the 12 bytes: the low 16 bits */
    COLLIDING_CRC32,    /* CRC-32 over the 12 bytes: all of it */
    COLLIDING_LOOKUP3,  /* Jenkins's lookup3 with seed 0 over the three words: all of it */
    COLLIDING_KINDS,
};

struct colliding_key {
    uint32_t source, destination, ports; /* the source port in the high half */
};

static inline uint32_t colliding_stir(uint32_t value)
{
    value = (value ^ value >> 16) * 0x7feb352du;
    value = (value ^ value >> 15) * 0x846ca68bu;
    return value ^ value >> 16;
}

static inline uint8_t colliding_byte(const struct colliding_key *key, unsigned at)
{
    const uint32_t words[3] = {key->source, key->destination, key->ports};
    return (uint8_t)(words[at / 4] >> (24 - at % 4 * 8));
}

static inline uint32_t colliding_fnv(const struct colliding_key *key, unsigned bytes)
{
    uint32_t hash = 2166136261u;
    for (unsigned i = 0; i < bytes; i++)
        hash = (hash ^ colliding_byte(key, i)) * 16777619u;
    return hash;
}

static inline uint32_t colliding_crc32(const struct colliding_key *key)
{
    uint32_t crc = 0xffffffff;
    for (unsigned i = 0; i < 12; i++) {
        crc ^= colliding_byte(key, i);
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static inline uint32_t colliding_rotate(uint32_t value, unsigned by)
{
    return value << by | value >> (32 - by);
}

static inline uint32_t colliding_lookup3(const struct colliding_key *key)
{
    uint32_t start = 0xdeadbeef + 12, a = start + key->source, b = start + key->destination, c = start + key->ports;
    c = (c ^ b) - colliding_rotate(b, 14);
    a = (a ^ c) - colliding_rotate(c, 11);
    b = (b ^ a) - colliding_rotate(a, 25);
    c = (c ^ b) - colliding_rotate(b, 16);
    a = (a ^ c) - colliding_rotate(c, 4);
    b = (b ^ a) - colliding_rotate(a, 14);
    c = (c ^ b) - colliding_rotate(b, 24);
    return c;
}

/* Whose lookup3 is 0x5eed: its last mixing, backwards from what shall come out. */
static inline struct colliding_key colliding_lookup3_key(uint32_t number)
{
    uint32_t a = colliding_stir(number), b = number, c = 0x5eed, start = 0xdeadbeef + 12;
    c = (c + colliding_rotate(b, 24)) ^ b;
    b = (b + colliding_rotate(a, 14)) ^ a;
    a = (a + colliding_rotate(c, 4)) ^ c;
    c = (c + colliding_rotate(b, 16)) ^ b;
    b = (b + colliding_rotate(a, 25)) ^ a;
    a = (a + colliding_rotate(c, 11)) ^ c;
    c = (c + colliding_rotate(b, 14)) ^ b;
    return (struct colliding_key){a - start, b - start, c - start};
}

/* CRC-32 is linear: the ports are what brings the state after the addresses to where it shall be. */
static inline struct colliding_key colliding_crc32_key(uint32_t number)
{
    struct colliding_key key = {0xc6120000u + (number & 0x1ffff), colliding_stir(number), 0};
    uint32_t wanted = 0x5eed, found = colliding_crc32(&key), difference = wanted ^ found;
    /* The register backwards through 32 steps: what must be XORed into the four last bytes. */
    for (unsigned bit = 0; bit < 32; bit++)
        difference = difference & 0x80000000u ? (difference ^ 0xedb88320u) << 1 | 1 : difference << 1;
    for (unsigned i = 0; i < 4; i++)
        key.ports |= (difference >> (8 * i) & 0xff) << (24 - 8 * i);
    return key;
}

/* The low 16 bits of FNV depend on nothing above them, so the last three bytes are soon found. */
static inline struct colliding_key colliding_fnv_key(uint32_t number)
{
    struct colliding_key key = {0xc6120000u + (number & 0x1ffff), colliding_stir(number), 0};
    for (uint32_t first = 0; first < 0x10000; first++) {
        key.ports = (first ^ (number << 1 & 0xffff)) << 16;
        uint32_t inverse = 0x0193; /* of 0x0193, the low half of the prime: by Newton, modulo 2^16 */
        for (unsigned i = 0; i < 4; i++)
            inverse *= 2 - 0x0193u * inverse;
        uint32_t last = (0x5eed * inverse) & 0xffff;
        for (uint32_t third = 0; third < 256; third++) {
            uint32_t state = (colliding_fnv(&key, 10) ^ third) * 16777619u;
            if (((state ^ last) & 0xff00) == 0) {
                key.ports |= third << 8 | ((state ^ last) & 0xff);
                return key;
            }
        }
    }
    return key;
}

/* The number-th key of a kind. Different numbers give different keys up to some millions. */
static inline struct colliding_key colliding_make(enum colliding kind, uint32_t number)
{
    uint32_t stirred = colliding_stir(number);
    switch (kind) {
    case COLLIDING_XOR:
        return (struct colliding_key){0x0a000000 ^ stirred, 0xc0a80000 ^ stirred,
                                      0x10001000 ^ (number & 0xffff) * 0x10001};
    case COLLIDING_SUM:
        return (struct colliding_key){0x0a000000 + number, 0xc0a80000 - number, 40000u << 16 | 80};
    case COLLIDING_LOW_BITS:
        return (struct colliding_key){number << 16 | 0x0a0b, (number & 0xffff0000) | 0x5050, 40000u << 16 | 80};
    case COLLIDING_FNV:
        return colliding_fnv_key(number);
    case COLLIDING_CRC32:
        return colliding_crc32_key(number);
    case COLLIDING_LOOKUP3:
    case COLLIDING_KINDS:
        break;
    }
    return colliding_lookup3_key(number);
}

#endif
