/* SPDX-License-Identifier: BSD-3-Clause
 *
 * --follow: the bytes of conversations instead of records. One conversation goes to the output, both sides told apart,
 * or one side as it is (--raw); `all` writes every conversation into files of a folder.
 */
#ifndef OVERHEAR_CLI_FOLLOW_H
#define OVERHEAR_CLI_FOLLOW_H

#include "options.h"

struct follow;

struct follow_options {
    enum follow_mode mode;
    uint64_t conversation; /* of FOLLOW_ONE */
    const char *folder;    /* of FOLLOW_ALL: as the user wrote it */
    int folder_descriptor; /* and open */
    bool raw;
    enum side raw_side;
    int descriptor; /* of FOLLOW_ONE: where to write */
    bool color, line_buffered;
    size_t memory; /* what may wait at most, in bytes */
};

/* NULL where memory is out. */
struct follow *follow_new(const struct follow_options *options);

/* For engine_options.tap; valid as long as the follow. */
const struct stream_tap *follow_tap(const struct follow *follow);

/* What waits is written. 0; -1 where writing has failed: follow_error. */
int follow_flush(struct follow *follow);

/* errno of the first failure, 0: none; ret_text (may be NULL) says which file. EPIPE: the reader went away. */
int follow_error(const struct follow *follow, const char **ret_text);

/* Conversations that had bytes; of FOLLOW_ONE: 0 where the number never came up. */
uint64_t follow_conversations(const struct follow *follow);

void follow_free(struct follow *follow);

#endif
