/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the two halves of the seed writer share: seeds of conversations, and seeds of frames.
 */
#ifndef OVERHEAR_FUZZ_SEEDS_H
#define OVERHEAR_FUZZ_SEEDS_H

#include "overhear/dissector.h"

enum { SEED_BYTES = 8192 };

/* A seed in the making. */
struct seed {
    uint8_t at[SEED_BYTES];
    size_t length;
    bool full; /* something did not fit: nothing more is added */
};

/* All or nothing. */
bool seed_add(struct seed *seed, struct bytes bytes);
bool seed_add_number(struct seed *seed, uint64_t value, size_t octets);

/* Write FOLDER/TARGET/CAPTURE-number; nothing where the seed is empty. */
void seed_write(const char *target, const struct seed *seed);

/* Frames: those of each conversation are a seed of `engine` and `capture`, of `decode`, and of TCP one of `tcp`. */
struct seed_frames;
struct seed_frames *seed_frames_new(void);
void seed_frames_add(struct seed_frames *frames, const struct frame *frame, uint64_t conversation);
void seed_frames_write(const struct seed_frames *frames);
void seed_frames_free(struct seed_frames *frames);

#endif
