/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Behind an engine: records are handed on to other threads, which do what takes long with them, while the engine goes
 * on. They travel in batches; those threads take one batch each, and what they have made of it leaves in the order in
 * which the records came. docs/threads.md says how.
 *
 * Memory is bounded: where all batches are on their way, who hands on waits.
 */
#ifndef OVERHEAR_ENGINE_RELAY_H
#define OVERHEAR_ENGINE_RELAY_H

#include "overhear/record.h"

struct relay;

struct relay_options {
    unsigned threads; /* at least 1, at most LIMIT_WORKERS */
    void *context;
    /* All three on some thread of the relay's. Batches of different slots are prepared at the same time, those of one
     * slot one after the other; with one thread everything is in order. */

    /* Every record, in order, one at a time; may be NULL. */
    void (*hear)(void *context, const struct record *record);
    /* Every record that was handed on to be prepared; in order within a batch. */
    void (*prepare)(void *context, unsigned slot, const struct record *record);
    /* In order: what was prepared in that slot since it was delivered last. */
    void (*deliver)(void *context, unsigned slot);
};

/* How many slots there are with so many threads. */
unsigned relay_slots(unsigned threads);

/* NULL where memory is out. */
struct relay *relay_new(const struct relay_options *options);

/* The threads begin, with all signals blocked. 0, or -1: they cannot; then relay_free is what is left to do. */
int relay_start(struct relay *relay);

/* Copies the record, or holds it if it has a keeper, until it is heard and prepared. False: there was no memory for it,
 * it is lost. */
bool relay_pass(struct relay *relay, const struct record *record, bool prepare);

/* Nothing follows for a while: what has been passed is heard, prepared, and let go soon. */
void relay_pause(struct relay *relay);

/* Waits until everything is heard and delivered, and the threads have ended. Idempotent. */
void relay_finish(struct relay *relay);

/* Finishes, if that has not been done. NULL is fine. */
void relay_free(struct relay *relay);

#endif
