/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The output floor: records become JSON lines or a transcript. Outputs walk the tape and know no protocol.
 */
#ifndef OVERHEAR_OUTPUT_OUTPUT_H
#define OVERHEAR_OUTPUT_OUTPUT_H

#include "overhear/record.h"

struct notes;
struct output;

enum output_format { OUTPUT_TRANSCRIPT, OUTPUT_JSON };

struct output_options {
    enum output_format format;
    int descriptor;            /* where to write; not closed by the output */
    const struct notes *notes; /* NULL: --no-notes */
    bool show_secrets;
    size_t max_text;    /* bytes of one text; 0: LIMIT_TEXT_BYTES */
    bool line_buffered; /* -l, and live */
    bool held;          /* nothing is written before output_flush */
    /* the transcript's */
    unsigned detail; /* DETAIL_BRIEF, DETAIL_NORMAL or DETAIL_VERBOSE */
    bool color;
    unsigned width;  /* columns; 0: 80 */
    bool local_time; /* false: UTC, so that every run gives the same bytes */
};

/* NULL where memory is out. */
struct output *output_new(const struct output_options *options);

/* For struct record_sink: context is the struct output. */
void output_record(void *output, const struct record *record);

/* Nobody reads the pipe any more, and nothing has been written since that would have told: output_errno says EPIPE
 * then. Costs a system call. */
void output_look_for_reader(struct output *output);

/* Write what is buffered. 0; -1 where writing failed (errno kept in output_errno), from then on nothing is written.
 * What reached a file of a record that is not whole is taken back. */
int output_flush(struct output *output);
/* From now on write there: what is buffered is written to the old descriptor first. As output_flush. */
int output_redirect(struct output *output, int descriptor);

/* Bytes that wait to be written. */
size_t output_waiting(const struct output *output);

/* 0: fine so far. EPIPE: the reader went away. */
int output_errno(const struct output *output);
/* Records that are whole where they were written to, and those that are not, for want of memory or of room. */
uint64_t output_records_written(const struct output *output);
uint64_t output_records_lost(const struct output *output);
void output_free(struct output *output);

#endif
