/* SPDX-License-Identifier: BSD-3-Clause
 *
 * -w: pcap in the byte order of this machine. The buffer is ours, not the C library's, so that what is handed to the
 * kernel always ends with a whole frame, and what a full disk cut off in the middle can be taken back.
 */
#include "capture.h"

#include "util/write_all.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    LINK_TYPE_ETHERNET = 1,
    BUFFER_BYTES = 2 * CAPTURE_WRITER_FRAME_BYTES,
    DIGITS_NANOSECONDS = 9,
};

struct file_header {
    uint32_t magic;
    uint16_t major, minor;
    uint32_t zone, accuracy, snap_length, link_type;
};

struct frame_header {
    uint32_t seconds, fraction, captured, wire;
};

struct capture_writer {
    int descriptor;
    char *path;
    bool begun, nanoseconds, failed;
    uint16_t link_type;
    uint64_t size;   /* bytes so far, those in the buffer included */
    uint64_t frames; /* likewise */
    size_t used;
    uint8_t buffer[BUFFER_BYTES]; /* begins with the file's header or a frame's */
};

static_assert(sizeof(struct file_header) + sizeof(struct frame_header) + CAPTURE_WRITER_FRAME_BYTES <= BUFFER_BYTES,
              "an empty buffer takes any frame");

struct capture_writer *capture_writer_open(const char *path, char ret_error[CAPTURE_ERROR_SIZE])
{
    bool is_stdout = strcmp(path, "-") == 0;
    int descriptor = is_stdout ? dup(STDOUT_FILENO) : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.200s: cannot be written: %s", path, strerror(errno));
        return NULL;
    }
    return capture_writer_open_descriptor(descriptor, path, ret_error);
}

struct capture_writer *capture_writer_open_descriptor(int descriptor, const char *path,
                                                      char ret_error[CAPTURE_ERROR_SIZE])
{
    struct capture_writer *writer = malloc(sizeof *writer);
    char *copy = strdup(path);
    if (!writer || !copy) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.200s: out of memory", path);
        free(writer);
        free(copy);
        close(descriptor);
        return NULL;
    }
    writer->descriptor = descriptor;
    writer->path = copy;
    writer->begun = writer->nanoseconds = writer->failed = false;
    writer->link_type = 0;
    writer->size = writer->frames = 0;
    writer->used = 0;
    return writer;
}

/* How much of the buffer's first `length` bytes is whole; the frames after that are no longer counted. */
static size_t whole_part(struct capture_writer *writer, size_t length)
{
    const bool at_start = writer->size == writer->used;
    size_t whole = at_start ? sizeof(struct file_header) : 0;
    uint64_t lost = 0;
    if (whole > writer->used)
        return 0;
    size_t end = whole;
    while (end < writer->used) {
        struct frame_header header;
        memcpy(&header, writer->buffer + end, sizeof header);
        end += sizeof header + header.captured;
        if (end <= length)
            whole = end;
        else
            lost++;
    }
    writer->frames -= lost;
    return whole <= length ? whole : 0;
}

/* Writing broke off with errno after `written` bytes of the buffer: of a file what is no whole frame is taken back. */
static int fail(struct capture_writer *writer, size_t written, char ret_error[CAPTURE_ERROR_SIZE])
{
    const int error = errno;
    const size_t whole = whole_part(writer, written);
    snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.200s: writing frames failed: %s", writer->path, strerror(error));
    write_take_back(writer->descriptor, written - whole);
    writer->size -= writer->used - whole;
    writer->used = 0;
    writer->failed = true;
    return error == EPIPE ? CAPTURE_WRITER_GONE : CAPTURE_WRITER_FAILED;
}

int capture_writer_flush(struct capture_writer *writer, char ret_error[CAPTURE_ERROR_SIZE])
{
    size_t written;
    if (writer->failed)
        return 0;
    if (!write_all(writer->descriptor, bytes_of(writer->buffer, writer->used), &written))
        return fail(writer, written, ret_error);
    writer->used = 0;
    return 0;
}

static void put(struct capture_writer *writer, const void *from, size_t length)
{
    memcpy(writer->buffer + writer->used, from, length);
    writer->used += length;
    writer->size += length;
}

static void begin(struct capture_writer *writer, uint16_t link_type, bool nanoseconds)
{
    const struct file_header header = {.magic = nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4,
                                       .major = 2,
                                       .minor = 4,
                                       .snap_length = CAPTURE_WRITER_FRAME_BYTES,
                                       .link_type = link_type};
    writer->begun = true;
    writer->link_type = link_type;
    writer->nanoseconds = nanoseconds;
    put(writer, &header, sizeof header);
}

/* Whole seconds of a time, as far as 32 bits hold it, and the rest. */
static void split_time(int64_t time_ns, bool nanoseconds, struct frame_header *ret_header)
{
    const int64_t second = 1000000000;
    if (time_ns < 0)
        time_ns = 0;
    if (time_ns / second > UINT32_MAX)
        time_ns = (int64_t)UINT32_MAX * second;
    ret_header->seconds = (uint32_t)(time_ns / second);
    ret_header->fraction = (uint32_t)(nanoseconds ? time_ns % second : time_ns % second / 1000);
}

int capture_writer_add(struct capture_writer *writer, const struct frame *frame, char ret_error[CAPTURE_ERROR_SIZE])
{
    if (writer->failed) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.200s: writing frames has failed before", writer->path);
        return CAPTURE_WRITER_FAILED;
    }
    if (!writer->begun)
        begin(writer, frame->link_type, frame->time_digits == DIGITS_NANOSECONDS);
    if (frame->link_type != writer->link_type) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE,
                 "%.200s: frame %llu has link type %u; a pcap file holds frames of one link type, here %u",
                 writer->path, (unsigned long long)frame->moment.frame, frame->link_type, writer->link_type);
        return CAPTURE_WRITER_REFUSED;
    }
    const struct bytes data = bytes_first(frame->data, CAPTURE_WRITER_FRAME_BYTES);
    struct frame_header header = {.captured = (uint32_t)data.len, .wire = frame->wire_length};
    split_time(frame->moment.time_ns, writer->nanoseconds, &header);
    if (writer->used + sizeof header + data.len > BUFFER_BYTES) {
        int result = capture_writer_flush(writer, ret_error);
        if (result != 0)
            return result;
    }
    put(writer, &header, sizeof header);
    if (data.len > 0)
        put(writer, data.at, data.len);
    writer->frames++;
    return 0;
}

uint64_t capture_writer_size(const struct capture_writer *writer)
{
    return writer->begun ? writer->size : sizeof(struct file_header);
}

uint64_t capture_writer_frames(const struct capture_writer *writer)
{
    return writer->frames;
}

int capture_writer_close(struct capture_writer *writer, char ret_error[CAPTURE_ERROR_SIZE])
{
    if (!writer->failed && !writer->begun)
        begin(writer, LINK_TYPE_ETHERNET, false);
    int result = capture_writer_flush(writer, ret_error);
    if (close(writer->descriptor) != 0 && !writer->failed) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.200s: writing frames failed: %s", writer->path, strerror(errno));
        result = CAPTURE_WRITER_FAILED;
    }
    free(writer->path);
    free(writer);
    return result;
}
