/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The files of -w, one after the other: which one a frame goes to, and never one that is being read.
 */
#ifndef OVERHEAR_CLI_SAVE_FILES_H
#define OVERHEAR_CLI_SAVE_FILES_H

#include "options.h"

struct save_files;

enum save_files_result {
    SAVE_FILES_FAILED = -1,  /* nothing more can be written; the message says why */
    SAVE_FILES_REFUSED = -2, /* not this frame; the message says why */
    SAVE_FILES_DONE = 0,
    SAVE_FILES_END = 1, /* nothing more is wanted: -W files of -G are full, or nobody reads the pipe */
};

/* Opens the folder, and the first file unless its name has to wait for the first frame's time. From then on files are
 * opened relative to the folder. The options must outlive it. NULL with the message. */
struct save_files *save_files_open(const struct options *options, char *ret_error, size_t error_size);

/* Of the file in hand, to be lent; -1: there is none, or it is standard output. */
int save_files_descriptor(const struct save_files *files);

enum save_files_result save_files_add(struct save_files *files, const struct frame *frame, char *ret_error,
                                      size_t error_size);
enum save_files_result save_files_flush(struct save_files *files, char *ret_error, size_t error_size);

/* Closes the last file: DONE or FAILED. Nothing is written after it. */
enum save_files_result save_files_finish(struct save_files *files, char *ret_error, size_t error_size);
void save_files_free(struct save_files *files);

/* So far. Frames: those that are in files, or on their way into one that still takes some. */
uint64_t save_files_frames(const struct save_files *files);
uint64_t save_files_count(const struct save_files *files);
/* Frames that should have been in a file and are not: refused, or it could not be written. */
uint64_t save_files_lost(const struct save_files *files);

#endif
