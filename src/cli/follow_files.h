/* SPDX-License-Identifier: BSD-3-Clause
 *
 * --follow all: what each side of each conversation said, in a file of its own, and an index of them.
 *
 * A file is named for the conversation's number, and for who said it to whom:
 *
 *     000003-10.0.0.2.41234-to-192.0.2.1.80
 *
 * so that its name stays right when client and server turn out to be the other way round: nothing is ever renamed.
 * Nothing is overwritten, either. A few files are open at a time; the others are opened again when more comes.
 */
#ifndef OVERHEAR_CLI_FOLLOW_FILES_H
#define OVERHEAR_CLI_FOLLOW_FILES_H

#include "overhear/dissector.h"

struct follow_files;

enum { FOLLOW_NAME_SIZE = 160, FOLLOW_PLACE_SIZE = 512 };

/* `folder`: open, stays the caller's; `path`: as the user wrote it. `memory`: for what is known of conversations.
 * Begins the index, see follow_files_error. NULL where memory is out. */
struct follow_files *follow_files_new(int folder, const char *path, size_t memory);

/* As the tap is told. */
void follow_files_data(struct follow_files *files, const struct conversation *conversation, enum side side,
                       struct bytes data);
void follow_files_gap(struct follow_files *files, const struct conversation *conversation, enum side side,
                      uint64_t length);
void follow_files_swap(struct follow_files *files, const struct conversation *conversation);
void follow_files_end(struct follow_files *files, const struct conversation *conversation, enum end_reason reason);

/* The index is written as far as it goes. */
void follow_files_flush(struct follow_files *files);

/* errno of the first failure, 0: none; ret_place (may be NULL): the file. */
int follow_files_error(const struct follow_files *files, const char **ret_place);

/* Conversations that had bytes. */
uint64_t follow_files_count(const struct follow_files *files);
/* Bytes that could not be written, and conversations of which nothing could. */
uint64_t follow_files_unwritten(const struct follow_files *files);

void follow_files_free(struct follow_files *files);

#endif
