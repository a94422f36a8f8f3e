/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the fault programs share: a capture in memory goes through every floor to an output, and what came of it is
 * looked at.
 */
#ifndef OVERHEAR_TESTS_FAULTS_THROUGH_H
#define OVERHEAR_TESTS_FAULTS_THROUGH_H

#include "capture/capture.h"
#include "output/output.h"
#include "overhear/engine.h"
#include "record/notes.h"

/* The bytes of an output; the caller frees `at`. */
struct text {
    char *at;
    size_t length;
};

/* How far a capture could be read, and what was said of it. */
struct passage {
    uint64_t frames;
    bool opened, broken;
    char error[CAPTURE_ERROR_SIZE];
    struct text text;
};

/* A file of the kernel's for outputs to write to; aborts where there is none. */
int through_open(void);

/* At most `most` frames of the capture in `bytes` go to an engine with one output, which writes to `descriptor` of
 * through_open. False, with words on standard error, where the sums do not add up. The caller frees ret_passage->text.
 */
bool through(struct bytes bytes, uint64_t most, const struct output_options *options, int descriptor,
             struct passage *ret_passage);

/* The file's bytes, which the caller frees; false where it cannot be read. */
bool through_read_file(const char *path, struct bytes *ret_bytes);

/* Valid UTF-8, and nothing that a terminal could obey but newlines and, where `colored`, our own colours. Where not,
 * ret_at says where. */
bool through_is_harmless(struct text text, bool colored, size_t *ret_at);

#endif
