/* SPDX-License-Identifier: BSD-3-Clause */
#include "checksum.h"

#include "checksum_wide.h"

uint64_t checksum_add(uint64_t sum, struct bytes piece)
{
    enum { WORD = 8, BLOCK = 4 * WORD };
    size_t wide = checksum_wide(piece, &sum);
    piece = bytes_skip(piece, wide);
    for (; piece.len >= BLOCK; piece = bytes_skip(piece, BLOCK))
        for (size_t i = 0; i < BLOCK; i += WORD)
            sum = checksum_add_8(sum, bytes_slice(piece, i, WORD));
    for (; piece.len >= WORD; piece = bytes_skip(piece, WORD))
        sum = checksum_add_8(sum, bytes_first(piece, WORD));
    if (piece.len >= WORD / 2) {
        sum = checksum_add_4(sum, bytes_first(piece, WORD / 2));
        piece = bytes_skip(piece, WORD / 2);
    }
    uint8_t last[WORD / 2] = {0};
    for (size_t i = 0; i < piece.len; i++)
        last[i % sizeof last] = bytes_at(piece, i);
    return checksum_add_4(sum, bytes_of(last, sizeof last));
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
