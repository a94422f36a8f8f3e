/* SPDX-License-Identifier: BSD-3-Clause
 *
 * --follow: the bytes of conversations instead of records. One conversation goes to the output, both sides told apart,
 * or one side as it is (--raw); `all` writes every conversation into files of a folder. docs/following.md says what
 * users may rely on.
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
    bool times;    /* before each line, when it was said */
    size_t memory; /* what may wait at most, in bytes; of FOLLOW_ALL: what is known of conversations under way */
};

/* Of FOLLOW_ALL, begins the folder's index: afterwards follow_error tells whether that worked. NULL where memory is
 * out. */
struct follow *follow_new(const struct follow_options *options);

/* For engine_options.tap; valid as long as the follow. */
const struct stream_tap *follow_tap(const struct follow *follow);

/* What waits is written. 0; -1 where writing has failed: follow_error. */
int follow_flush(struct follow *follow);

/* errno of the first failure, 0: none; ret_text (may be NULL) says which file. EPIPE: the reader went away. Of
 * FOLLOW_ALL this is no reason to stop: what can be written still is. EEXIST of the index, after follow_new: the folder
 * holds the files of an earlier run. */
int follow_error(const struct follow *follow, const char **ret_text);

/* Conversations that had bytes; of FOLLOW_ONE: 0 where the number never came up. */
uint64_t follow_conversations(const struct follow *follow);

/* Of FOLLOW_ONE: bytes of the output that are written, and those that could not be: what comes after a failure is only
 * counted. */
void follow_written(const struct follow *follow, uint64_t *ret_written, uint64_t *ret_lost);

/* Of FOLLOW_ONE: the conversation has ended, nothing more will come of it. */
bool follow_is_over(const struct follow *follow);

/* What the user has to hear in the end, of a capture with so many conversations: that the number never came up, that
 * what was written is not all that was said. Not the failures that follow_error knows, but of FOLLOW_ALL how much they
 * cost. False: nothing, all is well. */
enum { FOLLOW_TEXT_SIZE = 256 };
bool follow_complaint(const struct follow *follow, uint64_t conversations, char ret_text[FOLLOW_TEXT_SIZE]);

void follow_free(struct follow *follow);

#endif
