/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whose a frame is, where several engines share a capture: all frames of a conversation come to one of them, and so do
 * all conversations between two hosts that may depend on each other.
 */
#ifndef OVERHEAR_ENGINE_DEAL_H
#define OVERHEAR_ENGINE_DEAL_H

#include "overhear/engine.h"

struct dealer;

struct deal {
    unsigned part;
    bool to_all; /* it is a piece of a datagram: the others have to hear of it (engine_overhear) */
};

/* NULL where memory is out. */
struct dealer *dealer_new(const struct engine_options *options, unsigned parts);
void dealer_free(struct dealer *dealer);

/* Of the next frame of the capture. */
struct deal deal_frame(struct dealer *dealer, const struct frame *frame);

#endif
