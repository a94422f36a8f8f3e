/* SPDX-License-Identifier: BSD-3-Clause
 *
 * -w: frames into files, with tcpdump's rotation (-C, -G, -W) and names; all of them, or those of the conversations
 * that
 * --only and --conversation ask for.
 *
 * Of a conversation whose protocol is not known yet the frames wait, in the order of all frames, in a buffer of
 * LIMIT_SAVE_WAITING_BYTES; what overflows it is decided by what is known then. A frame that belongs to no conversation
 * (ARP, an earlier fragment) is saved only where nothing is asked for, but for fragments, of which nobody can say.
 *
 * Thread-safe: workers share one.
 */
#ifndef OVERHEAR_CLI_SAVE_H
#define OVERHEAR_CLI_SAVE_H

#include "options.h"

struct save;

enum { SAVE_ERROR_SIZE = 512 };

/* Opens the first file (unless its name has to wait for the first frame's time). NULL with the message. */
struct save *save_open(const struct options *options, char ret_error[SAVE_ERROR_SIZE]);

/* What was said of a frame, after it was analysed. `conversation` NULL: it belongs to none. Bytes are copied if need
 * be. 0; 1: -W has come to its end with -G (nothing more is wanted); -1 with the message: this frame, or with
 * *ret_failed every further one, cannot be saved. */
int save_frame(struct save *save, const struct frame *frame, const struct conversation *conversation, bool *ret_failed,
               char ret_error[SAVE_ERROR_SIZE]);

/* Everything that waits is decided, written, closed, freed. 0, or -1 with the message. */
int save_close(struct save *save, char ret_error[SAVE_ERROR_SIZE]);

/* Frames and files written so far. */
uint64_t save_frames(const struct save *save);
uint64_t save_files(const struct save *save);

#endif
