/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The inside of an output: a big buffer that is written out at line boundaries, and what one of the two formats
 * remembers between records.
 */
#ifndef OVERHEAR_OUTPUT_OUTPUT_STATE_H
#define OVERHEAR_OUTPUT_OUTPUT_STATE_H

#include "output.h"
#include "record/tape.h"
#include "text.h"

struct json_writer;
struct transcript;

struct output {
    struct output_options options; /* width and max_text with their defaults */
    struct text_buffer buffer;     /* whole records that wait to be written */
    size_t *ends;                  /* where each of them ends */
    size_t buffered_records, end_capacity;
    uint64_t written_records, lost_records;
    int error;
    struct json_writer *json; /* one of these two */
    struct transcript *transcript;
};

/* JSON. */
struct json_writer *json_writer_new(const struct output_options *options);
void json_writer_free(struct json_writer *json);
/* One line, or (buffer->failed) a part of it. */
void json_writer_record(struct json_writer *json, const struct record *record, struct text_buffer *buffer);

/* The transcript. */
struct transcript *transcript_new(const struct output_options *options);
void transcript_free(struct transcript *transcript);
void transcript_record(struct transcript *transcript, const struct record *record, struct text_buffer *buffer);

#endif
