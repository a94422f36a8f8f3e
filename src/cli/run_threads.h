/* SPDX-License-Identifier: BSD-3-Clause
 *
 * --threads of files: one thread reads, several analyse, and others turn the records into output and count them for the
 * summary. The bytes are those of one thread.
 */
#ifndef OVERHEAR_CLI_RUN_THREADS_H
#define OVERHEAR_CLI_RUN_THREADS_H

#include "output/output.h"
#include "run.h"

struct options;
struct ranking;
struct run;
struct run_threads;

/* How many threads are to write, beside the one that reads; 0: that one does it, too. Says so where more were asked for
 * than can be had. */
unsigned run_threads_wanted(const struct run *run);

/* Compressed files get a thread that inflates them, where that pays. False: it cannot be made. */
bool run_threads_inflate(struct run *run);

/* What analyses: several engines, where that pays and changes nothing, or one. */
enum exit_status run_threads_engines(struct run *run);

/* The crew has given up: one engine begins again, and what has been told stays told. False: memory is out. */
bool run_threads_begin_again(struct run *run);

/* `threads` is what run_threads_wanted has said, not 0. NULL where memory is out. */
struct run_threads *run_threads_new(const struct output_options *output, struct ranking *ranking, unsigned threads);

/* 0, or -1: they cannot be made. */
int run_threads_start(struct run_threads *threads);

/* Counts the record, and prints it if it is wanted. */
void run_threads_record(struct run_threads *threads, const struct record *record, bool wanted);

/* Nothing follows for a while. */
void run_threads_pause(struct run_threads *threads);

/* What went wrong when writing, as an errno; 0: nothing so far. */
int run_threads_errno(const struct run_threads *threads);

/* Everything is written, and counted, when this returns; the threads are gone. */
void run_threads_finish(struct run_threads *threads);

/* After run_threads_finish: records that are whole where they were written to. */
uint64_t run_threads_written(const struct run_threads *threads);

/* NULL is fine. */
void run_threads_free(struct run_threads *threads);

#endif
