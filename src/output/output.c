/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Buffering and writing. A record is in the buffer whole or not at all, and the buffer leaves in one write.
 */
#include "output_state.h"

#include "util/write_all.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

enum {
    BUFFER_BYTES = 128 * 1024, /* written out when this much waits */
    BUFFER_KEPT = 1024 * 1024, /* a buffer that one huge record made larger is given back */
    FIRST_ENDS = 256,
    DEFAULT_WIDTH = 80,
    SMALLEST_WIDTH = 40,
};

struct output *output_new(const struct output_options *options)
{
    struct output *output = calloc(1, sizeof *output);
    if (!output)
        return NULL;
    output->options = *options;
    if (output->options.max_text == 0)
        output->options.max_text = LIMIT_TEXT_BYTES;
    if (output->options.width == 0)
        output->options.width = DEFAULT_WIDTH;
    if (output->options.width < SMALLEST_WIDTH)
        output->options.width = SMALLEST_WIDTH;
    if (output->options.detail == 0)
        output->options.detail = DETAIL_NORMAL;
    if (options->format == OUTPUT_JSON)
        output->json = json_writer_new(&output->options);
    else
        output->transcript = transcript_new(&output->options);
    if (!output->json && !output->transcript) {
        free(output);
        return NULL;
    }
    return output;
}

/* Only so many bytes of the buffer were written, for the reason that errno is. */
static void fail(struct output *output, size_t written)
{
    size_t whole = 0;
    while (whole < output->buffered_records && output->ends[whole] <= written)
        whole++;
    output->error = errno;
    output->written_records += whole;
    output->lost_records += output->buffered_records - whole;
    write_take_back(output->options.descriptor, written - (whole > 0 ? output->ends[whole - 1] : 0));
}

int output_flush(struct output *output)
{
    struct text_buffer *buffer = &output->buffer;
    size_t written;
    if (output->error != 0)
        output->lost_records += output->buffered_records;
    else if (write_all(output->options.descriptor, bytes_of(buffer->at, buffer->length), &written))
        output->written_records += output->buffered_records;
    else
        fail(output, written);
    output->buffered_records = 0;
    buffer->length = 0;
    if (buffer->capacity > BUFFER_KEPT)
        text_buffer_done(buffer);
    return output->error ? -1 : 0;
}

void output_look_for_reader(struct output *output)
{
    struct pollfd reader = {.fd = output->options.descriptor};
    if (output->error == 0 && poll(&reader, 1, 0) > 0 && (reader.revents & POLLERR))
        output->error = EPIPE;
}

int output_redirect(struct output *output, int descriptor)
{
    int result = output_flush(output);
    output->options.descriptor = descriptor;
    return result;
}

size_t output_waiting(const struct output *output)
{
    return output->buffer.length;
}

/* What is in the buffer now is whole. False: memory is out. */
static bool note_end(struct output *output)
{
    if (output->buffered_records == output->end_capacity) {
        const size_t capacity = output->end_capacity > 0 ? 2 * output->end_capacity : FIRST_ENDS;
        size_t *ends = realloc(output->ends, capacity * sizeof *ends);
        if (!ends)
            return false;
        output->ends = ends;
        output->end_capacity = capacity;
    }
    output->ends[output->buffered_records++] = output->buffer.length;
    return true;
}

void output_record(void *context, const struct record *record)
{
    struct output *output = context;
    struct text_buffer *buffer = &output->buffer;
    size_t before = buffer->length;
    if (output->error != 0) {
        output->lost_records++;
        return;
    }
    if (output->json)
        json_writer_record(output->json, record, buffer);
    else
        transcript_record(output->transcript, record, buffer);
    if (buffer->failed || !note_end(output)) {
        buffer->failed = false;
        buffer->length = before;
        output->lost_records++;
        return;
    }
    if (!output->options.held && (buffer->length >= BUFFER_BYTES || output->options.line_buffered))
        output_flush(output);
}

int output_errno(const struct output *output)
{
    return output->error;
}

uint64_t output_records_written(const struct output *output)
{
    return output->written_records;
}

uint64_t output_records_lost(const struct output *output)
{
    return output->lost_records;
}

void output_free(struct output *output)
{
    if (!output)
        return;
    text_buffer_done(&output->buffer);
    free(output->ends);
    json_writer_free(output->json);
    transcript_free(output->transcript);
    free(output);
}
