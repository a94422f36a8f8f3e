/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Saving files that travelled (--extract): into one folder that was opened at the start, under names that are safe,
 * never over a file that is there. Nothing here prints; the first reason why a file could not be saved is kept.
 */
#ifndef OVERHEAR_FILE_SAVE_H
#define OVERHEAR_FILE_SAVE_H

#include "overhear/bytes.h"

enum { SAVE_NAME_BYTES = 256, SAVE_ERROR_BYTES = 256 };

struct files {
    bool wants_hash;
    int folder;       /* descriptor; -1: nothing is saved */
    const char *path; /* of the folder, as the user wrote it; owned by the caller */
    uint64_t limit;   /* bytes of one file */
    uint64_t seen, saved, not_saved;
    char error[SAVE_ERROR_BYTES]; /* the first reason; empty: none */
};

/* `folder` NULL: nothing is saved. `descriptor`: of the folder, where it is open already; 0: it is opened by its name.
 * 0, or -1 with the reason in files->error. */
int files_open(struct files *files, bool wants_hash, const char *folder, int descriptor, uint64_t limit);
void files_close(struct files *files);

struct saved_file {
    int descriptor; /* -1: not open */
    uint64_t written;
    bool cut;                   /* at the limit, or nothing more could be written */
    char name[SAVE_NAME_BYTES]; /* in the folder */
};

/* Create a file for what calls itself `name` (may be empty) in that conversation. False: it cannot be saved. */
bool saved_file_open(struct files *files, struct saved_file *file, struct bytes name, uint64_t conversation);
void saved_file_add(struct files *files, struct saved_file *file, struct bytes piece);
/* Leave a hole for what was lost. */
void saved_file_skip(struct files *files, struct saved_file *file, uint64_t length);
/* `partial`: the name gets the ending .partial. */
void saved_file_close(struct files *files, struct saved_file *file, bool partial);
/* As if it had never been. */
void saved_file_remove(struct files *files, struct saved_file *file);

/* The last part of a path, without anything that could act in a file system or a terminal: control characters, slashes
 * and backslashes, bytes that are not UTF-8, and periods and spaces at its beginning and end become `_`; at most 120
 * bytes, the extension kept. Empty: `unnamed`. NUL-ended. */
void safe_file_name(struct bytes name, char ret_name[SAVE_NAME_BYTES]);

#endif
