/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Frames that wait until it is known whether their conversation is wanted, in the order in which they came, and those
 * behind them. All of it together takes at most so many bytes as were said: when it is full, the conversation for which
 * most waits loses the oldest of its frames.
 */
#ifndef OVERHEAR_CLI_SAVE_QUEUE_H
#define OVERHEAR_CLI_SAVE_QUEUE_H

#include "overhear/packet.h"

struct save_queue;

/* NULL where memory is out. */
struct save_queue *save_queue_new(size_t limit_bytes);
void save_queue_free(struct save_queue *queue);

/* Is this conversation wanted, as far as was said? */
bool save_queue_is_wanted(const struct save_queue *queue, uint64_t conversation);

/* From now on it is, and so are its frames that wait. False where memory is out. */
bool save_queue_want(struct save_queue *queue, uint64_t conversation);

/* No frame of it comes any more: what waits of it and is not wanted is dropped. */
void save_queue_end(struct save_queue *queue, uint64_t conversation);

/* Copies a frame to the end. conversation 0: it is wanted, whatever it belongs to. False where memory is out. After
 * each call that may have made frames wanted they are to be taken from the front: that is what holds the limit. */
bool save_queue_add(struct save_queue *queue, const struct frame *frame, uint64_t conversation);

/* Frames from before that time that still wait at the front are dropped. */
void save_queue_expire(struct save_queue *queue, int64_t before_ns);

/* Everything that still waits is dropped. */
void save_queue_decide(struct save_queue *queue);

/* The frame at the front if it is wanted; valid until save_queue_pop. False: there is none. */
bool save_queue_front(const struct save_queue *queue, struct frame *ret_frame);
void save_queue_pop(struct save_queue *queue);

bool save_queue_is_empty(const struct save_queue *queue);

/* Memory in use, and frames dropped for want of it. */
size_t save_queue_bytes(const struct save_queue *queue);
uint64_t save_queue_overflowed(const struct save_queue *queue);

#endif
