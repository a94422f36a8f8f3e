/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Several engines that share the frames of one capture, each on a thread of its own. One thread reads, deals the frames
 * out, and puts what the engines say in the order in which one engine would have said it: the records are the same, to
 * the last byte. docs/threads.md says how.
 *
 * Where they would not be the same (memory gets short, or one conversation knows of another that a different engine
 * has), the crew says so before anything wrong has left: then one engine has to begin again, and to keep to itself as
 * many records as the crew has handed over.
 */
#ifndef OVERHEAR_ENGINE_CREW_H
#define OVERHEAR_ENGINE_CREW_H

#include "overhear/engine.h"

struct crew;

/* `count`: at least 1, at most LIMIT_WORKERS. The tap and --extract are not for crews. NULL where memory is out. */
struct crew *crew_new(const struct engine_options *options, unsigned count);

/* The threads begin, with all signals blocked. 0, or -1: they cannot; then crew_free is what is left to do. */
int crew_start(struct crew *crew);

/* All four on the thread that reads; the sink is called in the middle two. */

/* Takes the frames, which are copied; waits while too many are waiting. False: see crew_has_given_up. */
bool crew_frames(struct crew *crew, const struct frame *frames, size_t count);

/* The end: everything is said. False: as above. */
bool crew_finish(struct crew *crew);

/* One engine has to begin again. */
bool crew_has_given_up(const struct crew *crew);

/* Records handed over so far. */
uint64_t crew_records(const struct crew *crew);

/* Of all engines together; after crew_finish. */
void crew_statistics(struct crew *crew, struct engine_statistics *ret_statistics);

/* What is not said yet is lost. NULL is fine. */
void crew_free(struct crew *crew);

#endif
