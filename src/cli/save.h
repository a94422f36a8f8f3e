/* SPDX-License-Identifier: BSD-3-Clause
 *
 * -w: frames into files, with tcpdump's rotation (-C, -G, -W) and names; all of them, or those of the conversations
 * that --only and --conversation ask for. docs/saving.md says what users may rely on.
 *
 * A conversation is wanted by --only from when its protocol is known to be one of those asked for, or from when a
 * record of it passed (save_wanted): so `--only mail` saves the SMTP conversations that carried a mail. Until then its
 * frames wait, and those of all others behind them, so that what is saved is in the order of capture. They wait until
 * the conversation is over (save_ended), LIMIT_SAVE_WAITING_SECONDS by the capture's clock, and in no more than
 * LIMIT_SAVE_WAITING_BYTES; what overflows is taken from the conversation for which most waits.
 *
 * A frame that belongs to no conversation (ARP) is saved only where nothing is asked for; a piece of a datagram, of
 * which nobody can say, always.
 *
 * Thread-safe: workers share one. Frames are saved in the order of the calls.
 */
#ifndef OVERHEAR_CLI_SAVE_H
#define OVERHEAR_CLI_SAVE_H

#include "options.h"

struct save;

enum { SAVE_ERROR_SIZE = 512 };

/* Opens the folder and the first file (unless its name has to wait for the first frame's time). Later files are opened
 * relative to the folder. What the captures and -o are when this is called is never written over. The options must
 * outlive it. NULL with the message. */
struct save *save_open(const struct options *options, char ret_error[SAVE_ERROR_SIZE]);

/* Of the file that save_open made, to be lent; -1: none yet, or it is standard output. */
int save_descriptor(const struct save *save);

/* What was said of a frame, after it was analysed. `conversation` NULL: it belongs to none. Bytes are copied if need
 * be. 0; 1: nothing more is wanted (-W has come to its end with -G, or nobody reads the pipe that is `-`); -1 with the
 * message: a frame, or with *ret_failed every further one, cannot be saved. */
int save_frame(struct save *save, const struct frame *frame, const struct conversation *conversation, bool *ret_failed,
               char ret_error[SAVE_ERROR_SIZE]);

/* The same of a frame with a piece of a datagram that is not whole yet. */
int save_fragment(struct save *save, const struct frame *frame, bool *ret_failed, char ret_error[SAVE_ERROR_SIZE]);

/* A record of that conversation passed --only; it is over (its flow record came). Both also from another thread. */
void save_wanted(struct save *save, uint64_t conversation);
void save_ended(struct save *save, uint64_t conversation);

/* Live, each second, also when no frame came: what is known to be wanted goes to the file. `now_ns`: the time as frames
 * have it; 0: not known. As save_frame. */
int save_flush(struct save *save, int64_t now_ns, bool *ret_failed, char ret_error[SAVE_ERROR_SIZE]);

/* Everything that waits is decided, written, closed; the counts below are final. 0, or -1 with the message. */
int save_finish(struct save *save, char ret_error[SAVE_ERROR_SIZE]);

/* Finishes, if that was not done, and frees. 0, or -1 with the message. */
int save_close(struct save *save, char ret_error[SAVE_ERROR_SIZE]);

/* Frames and files written so far; frames that should have been saved, and could not be written or are of another link
 * type; frames that were not saved for want of room while they waited. After a failure the calls above go on counting.
 */
uint64_t save_frames(struct save *save);
uint64_t save_files(struct save *save);
uint64_t save_lost(struct save *save);
uint64_t save_overflowed(struct save *save);

#endif
