/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every packet passes here, so the sum takes eight bytes at a time: both halves of a 64-bit word are added to a 64-bit
 * sum, whose carries are folded in once at the end.
 */
#include "checksum.h"

static uint64_t halves(uint64_t word)
{
    return (word & 0xffffffff) + (word >> 32);
}

uint64_t checksum_add(uint64_t sum, struct bytes piece)
{
    enum { BLOCK = 8 };
    struct reader r = reader_of(piece);
    while (reader_left(&r) >= BLOCK * sizeof(uint64_t)) {
        uint64_t words[BLOCK];
        memcpy(words, reader_take(&r, sizeof words).at, sizeof words);
        for (size_t i = 0; i < BLOCK; i++)
            sum += halves(words[i]);
    }
    while (reader_left(&r) >= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, reader_take(&r, sizeof word).at, sizeof word);
        sum += halves(word);
    }
    struct bytes rest = reader_rest(&r);
    if (rest.len > 0) {
        uint64_t word = 0;
        memcpy(&word, rest.at, rest.len);
        sum += halves(word);
    }
    return sum;
}

uint64_t checksum_add_pseudo(uint64_t sum, const struct packet *packet, uint8_t protocol, size_t length)
{
    size_t octets = packet->source.ip.family == 4 ? 4 : 16;
    sum = checksum_add(sum, bytes_of(packet->source.ip.octets, octets));
    sum = checksum_add(sum, bytes_of(packet->destination.ip.octets, octets));
    const uint8_t rest[8] = {
        (uint8_t)(length >> 24), (uint8_t)(length >> 16), (uint8_t)(length >> 8), (uint8_t)length, 0, 0, 0, protocol};
    return checksum_add(sum, bytes_of(rest, sizeof rest));
}

/* Down to 16 bits, in network order. */
static uint16_t fold(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    uint16_t word = (uint16_t)sum;
    struct reader r = reader_of(bytes_of(&word, sizeof word));
    return reader_u16(&r);
}

bool checksum_right(uint64_t sum)
{
    return fold(sum) == 0xffff;
}

uint16_t checksum_expected(uint64_t sum, uint16_t found)
{
    uint32_t without = (uint32_t)fold(sum) + (uint16_t)~found;
    return (uint16_t) ~((without & 0xffff) + (without >> 16));
}
