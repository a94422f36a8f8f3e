/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the mutators share: an input taken apart into parts of a head and a body each, changed, and put together again.
 */
#ifndef OVERHEAR_FUZZ_MUTATOR_H
#define OVERHEAR_FUZZ_MUTATOR_H

#include "harness.h"

/* libFuzzer's. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

enum { MUTATOR_PARTS = 512, MUTATOR_BODY = 65535, MUTATOR_HEAD = 24, MUTATOR_ROOM = 1 << 20 };

struct mutator_part {
    uint8_t head[MUTATOR_HEAD];
    size_t offset, length; /* of the body, in `bodies` */
};

struct mutator {
    uint64_t state; /* of fuzz_random */
    struct mutator_part parts[MUTATOR_PARTS];
    size_t count;
    uint8_t bodies[MUTATOR_ROOM];
    size_t used;
};

/* Forgets all parts. There is one. */
struct mutator *mutator_begin(unsigned seed);

/* False: there is no room for it. */
bool mutator_add(struct mutator *m, struct bytes head, struct bytes body);

static inline size_t mutator_below(struct mutator *m, size_t n)
{
    return n > 0 ? fuzz_random(&m->state) % n : 0;
}

struct bytes mutator_body(const struct mutator *m, size_t part);

/* The body becomes another of at most `most` bytes, by libFuzzer's means, from `from` on. */
void mutator_change_body(struct mutator *m, size_t part, size_t from, size_t most);
void mutator_set_body(struct mutator *m, size_t part, struct bytes body);

/* A copy of a part goes to another place; a part goes; two change places. */
void mutator_copy(struct mutator *m, size_t part, size_t to);
void mutator_remove(struct mutator *m, size_t part);
void mutator_swap(struct mutator *m, size_t a, size_t b);

#endif
