/* SPDX-License-Identifier: BSD-3-Clause
 *
 * -i: the loop that listens, alone or with workers, and what is done between frames: stats records, reports, opening
 * the results anew, stopping in time.
 */
#ifndef OVERHEAR_CLI_LISTEN_H
#define OVERHEAR_CLI_LISTEN_H

#include "capture/capture.h"
#include "options.h"
#include "sandbox.h"

struct listening;
struct run;
struct engine_options;

/* Opens the interfaces, once for each worker. NULL with the message. */
struct listening *listening_open(const struct options *options, char ret_error[CAPTURE_ERROR_SIZE]);

/* Lends its sockets to the sandbox's options. */
void listening_fill_sandbox(struct listening *listening, struct sandbox_options *ret_options);

/* With --threads: makes the workers, with engines of these options, and lets them begin; they wait for listening_run.
 * Without: does nothing. 0, or -1 with the message. */
int listening_start(struct listening *listening, struct run *run, const struct engine_options *engine,
                    char ret_error[CAPTURE_ERROR_SIZE]);

/* From here on frames are received. */
void listening_begin(struct listening *listening);

/* Until -c, -a, a signal, or the end of the output. All records of workers have been handed over when it returns. */
void listening_run(struct listening *listening, struct run *run);

/* The workers' statistics. False: there are no workers. */
bool listening_statistics(const struct listening *listening, struct engine_statistics *ret_statistics);

/* What was received and dropped, for the summary: rows of all interfaces. Fills at most `capacity`. */
size_t listening_interfaces(struct listening *listening, struct capture_interface *ret_rows, size_t capacity);

/* Records in the queues of workers, and the memory that they take. */
uint64_t listening_waiting(const struct listening *listening, uint64_t *ret_bytes);

/* Frames read. */
uint64_t listening_frames(const struct listening *listening);

void listening_close(struct listening *listening);

#endif
