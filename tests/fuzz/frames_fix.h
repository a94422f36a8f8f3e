/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where things are in a frame, and lengths and checksums made right again: for the mutators, which otherwise would
 * mostly make frames that go no further than decode.
 */
#ifndef OVERHEAR_FUZZ_FRAMES_FIX_H
#define OVERHEAR_FUZZ_FRAMES_FIX_H

#include "overhear/bytes.h"

/* Offsets in a frame with IP, and TCP or UDP, in it. */
struct frame_place {
    size_t ip, transport, payload;
    bool is_v6, is_tcp;
};

/* Of Ethernet (with tags), Linux cooked, raw IP. False: there is no such packet, or it is a fragment. */
bool frame_find(struct bytes frame, uint16_t link_type, struct frame_place *ret_place);

/* Lengths as the frame is long, checksums as the bytes are. */
void frame_fix(uint8_t *frame, size_t length, const struct frame_place *place);

/* Numbers as the network has them. */
uint32_t frame_get32(const uint8_t *at);
void frame_put32(uint8_t *at, uint32_t value);
void frame_put16(uint8_t *at, size_t value);

#endif
