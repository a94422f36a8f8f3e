/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows of frames: what the targets `engine` and `capture` (a classic pcap, little-endian) and `decode` eat:
 *
 *     pcap:    header 24 | for each frame: seconds 4, microseconds 4, captured 4, on the wire 4 | bytes | how 1
 *     decode:  how 1 | for each frame: link type 2, captured 2, cut off 1, seconds since the last 1 (big-endian) |
 * bytes
 */
#ifndef OVERHEAR_FUZZ_FRAMES_H
#define OVERHEAR_FUZZ_FRAMES_H

#include "overhear/packet.h"

enum { FRAMES_PCAP_HEADER = 24, FRAMES_PCAP_RECORD = 16, FRAMES_ROW_HEAD = 6 };

struct frames_header {
    uint8_t at[FRAMES_PCAP_HEADER];
};

struct frames_record {
    uint8_t at[FRAMES_PCAP_RECORD];
};

static inline void frames_put_little(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static inline struct frames_header frames_pcap_header(uint16_t link_type)
{
    struct frames_header header = {{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0}};
    frames_put_little(header.at + 16, 262144);
    frames_put_little(header.at + 20, link_type);
    return header;
}

static inline struct frames_record frames_pcap_record(const struct frame *frame)
{
    struct frames_record record;
    frames_put_little(record.at, (uint32_t)(frame->moment.time_ns / 1000000000));
    frames_put_little(record.at + 4, (uint32_t)(frame->moment.time_ns % 1000000000 / 1000));
    frames_put_little(record.at + 8, (uint32_t)frame->data.len);
    frames_put_little(record.at + 12, frame->wire_length);
    return record;
}

#endif
