/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The numbers of conversations over all workers: 1, 2, 3 … in the order in which they are told of. Remembered as long
 * as a conversation is open, and for a while longer where another may refer to it.
 */
#ifndef OVERHEAR_ENGINE_NUMBERS_H
#define OVERHEAR_ENGINE_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

struct budget;
struct numbers;

/* NULL where memory is out. */
struct numbers *numbers_new(struct budget *budget);
void numbers_free(struct numbers *numbers);

/* A conversation begins; its number. Where memory is out it has one, but it is not remembered. `id` > 0 is not open. */
uint64_t numbers_open(struct numbers *numbers, uint64_t id);

/* 0: it is not known. */
uint64_t numbers_find(const struct numbers *numbers, uint64_t id);

/* The conversation is over. It is forgotten when LIMIT_NUMBERS_KEPT others are. */
void numbers_close(struct numbers *numbers, uint64_t id);

#endif
