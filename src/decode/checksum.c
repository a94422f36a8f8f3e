/* SPDX-License-Identifier: BSD-3-Clause */
#include "checksum.h"

#include "checksum_wide.h"

/* Its upper half counts what the lower one carries out. */
__extension__ typedef unsigned __int128 wide;

static inline uint64_t word_of(struct bytes piece, size_t at, size_t size)
{
    uint64_t word = 0;
    bytes_copy(&word, size, bytes_slice(piece, at, size));
    return word;
}

uint64_t checksum_add(uint64_t sum, struct bytes piece)
{
    enum { WORD = 8, BLOCK = 4 * WORD };
    if (piece.len >= CHECKSUM_WIDE_BYTES)
        piece = bytes_skip(piece, checksum_wide(piece, &sum));
    wide total = sum;
    for (; piece.len >= BLOCK; piece = bytes_skip(piece, BLOCK))
        for (size_t i = 0; i < BLOCK; i += WORD)
            total += word_of(piece, i, WORD);
    for (; piece.len >= WORD; piece = bytes_skip(piece, WORD))
        total += word_of(piece, 0, WORD);
    if (piece.len >= 4) {
        total += word_of(piece, 0, 4);
        piece = bytes_skip(piece, 4);
    }
    if (piece.len >= 2) {
        total += word_of(piece, 0, 2);
        piece = bytes_skip(piece, 2);
    }
    if (piece.len > 0)
        total += word_of(piece, 0, 1);
    return checksum_add_word((uint64_t)total, (uint64_t)(total >> 64));
}

uint64_t checksum_add_pseudo(uint64_t sum, const struct packet *packet, uint8_t protocol, size_t length)
{
    size_t octets = packet->source.ip.family == 4 ? 4 : 16;
    sum = checksum_add(sum, bytes_of(packet->source.ip.octets, octets));
    sum = checksum_add(sum, bytes_of(packet->destination.ip.octets, octets));
    return checksum_add_protocol(sum, protocol, length);
}

uint16_t checksum_expected(uint64_t sum, uint16_t found)
{
    uint16_t word = checksum_fold(sum);
    uint32_t without = (uint32_t)bytes_u16(bytes_of(&word, sizeof word), 0) + (uint16_t)~found;
    return (uint16_t) ~((without & 0xffff) + (without >> 16));
}
