/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The checksum of the Internet (RFC 1071): the one's complement sum of 16-bit words.
 *
 * Every packet passes here, so eight bytes are taken at a time: what a 64-bit sum carries out is added at its other
 * end, which is the same sum, since 2^16 - 1 divides 2^64 - 1. It is folded to 16 bits once, at the end.
 */
#ifndef OVERHEAR_DECODE_CHECKSUM_H
#define OVERHEAR_DECODE_CHECKSUM_H

#include "overhear/packet.h"

/* A sum in the making begins as 0: words in this machine's own order, which RFC 1071 allows. All pieces but the last
 * must have an even length. Together at most 2^32 bytes. */
uint64_t checksum_add(uint64_t sum, struct bytes piece);

static inline uint64_t checksum_add_word(uint64_t sum, uint64_t word)
{
    sum += word;
    return sum + (sum < word);
}

/* Four or eight bytes. */
static inline uint64_t checksum_add_4(uint64_t sum, struct bytes piece)
{
    uint32_t word = 0;
    bytes_copy(&word, sizeof word, piece);
    return checksum_add_word(sum, word);
}

static inline uint64_t checksum_add_8(uint64_t sum, struct bytes piece)
{
    uint64_t word = 0;
    bytes_copy(&word, sizeof word, piece);
    return checksum_add_word(sum, word);
}

/* What the pseudo-header of TCP and UDP has beside the addresses: protocol and length (RFC 9293, RFC 8200 section 8.1).
 */
static inline uint64_t checksum_add_protocol(uint64_t sum, uint8_t protocol, size_t length)
{
    const uint8_t rest[8] = {
        (uint8_t)(length >> 24), (uint8_t)(length >> 16), (uint8_t)(length >> 8), (uint8_t)length, 0, 0, 0, protocol};
    return checksum_add_8(sum, bytes_of(rest, sizeof rest));
}

/* The whole pseudo-header. */
uint64_t checksum_add_pseudo(uint64_t sum, const struct packet *packet, uint8_t protocol, size_t length);

/* Down to 16 bits, in this machine's order. */
static inline uint16_t checksum_fold(uint64_t sum)
{
    uint32_t half = (uint32_t)sum + (uint32_t)(sum >> 32);
    half += half < (uint32_t)sum;
    uint16_t quarter = (uint16_t)((half & 0xffff) + (half >> 16));
    return (uint16_t)(quarter + (quarter < (half & 0xffff)));
}

/* True where the sum over everything, the checksum field included, says that nothing changed on the way. */
static inline bool checksum_right(uint64_t sum)
{
    return checksum_fold(sum) == 0xffff;
}

/* The field is still to be filled in by the network card: it holds the sum of the pseudo-header (with the length, or
 * without where the card cuts to size), or nothing. `addresses`: the sum of those. */
static inline bool checksum_is_left_out(uint64_t addresses, uint8_t protocol, size_t length, struct bytes field)
{
    uint16_t found = 0;
    bytes_copy(&found, sizeof found, field);
    return found == 0 || found == checksum_fold(checksum_add_protocol(addresses, protocol, length)) ||
           found == checksum_fold(checksum_add_protocol(addresses, protocol, 0));
}

/* What the field should have held, where the sum contains `found`. */
uint16_t checksum_expected(uint64_t sum, uint16_t found);

#endif
