/* SPDX-License-Identifier: BSD-3-Clause
 *
 * -w: pcap in the byte order of this machine.
 */
#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    LINK_TYPE_ETHERNET = 1,
    SNAP_LENGTH = 262144,
    BUFFER_BYTES = 256 * 1024,
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
    FILE *file;
    char *path;
    bool begun, nanoseconds, failed;
    uint16_t link_type;
};

static int fail(struct capture_writer *writer, char ret_error[CAPTURE_ERROR_SIZE])
{
    snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.200s: writing frames failed: %s", writer->path, strerror(errno));
    writer->failed = true;
    return CAPTURE_WRITER_FAILED;
}

struct capture_writer *capture_writer_open(const char *path, char ret_error[CAPTURE_ERROR_SIZE])
{
    struct capture_writer *writer = calloc(1, sizeof *writer);
    if (!writer || !(writer->path = strdup(path))) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.200s: out of memory", path);
        free(writer);
        return NULL;
    }
    bool is_stdout = strcmp(path, "-") == 0;
    int descriptor = is_stdout ? dup(STDOUT_FILENO) : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    writer->file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    if (!writer->file || setvbuf(writer->file, NULL, _IOFBF, BUFFER_BYTES) != 0) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.200s: cannot be written: %s", path, strerror(errno));
        if (writer->file)
            fclose(writer->file);
        else if (descriptor >= 0)
            close(descriptor);
        free(writer->path);
        free(writer);
        return NULL;
    }
    return writer;
}

static int begin(struct capture_writer *writer, uint16_t link_type, bool nanoseconds)
{
    const struct file_header header = {.magic = nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4,
                                       .major = 2,
                                       .minor = 4,
                                       .snap_length = SNAP_LENGTH,
                                       .link_type = link_type};
    writer->begun = true;
    writer->link_type = link_type;
    writer->nanoseconds = nanoseconds;
    return fwrite(&header, sizeof header, 1, writer->file) == 1 ? 0 : -1;
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
    if (!writer->begun && begin(writer, frame->link_type, frame->time_digits == DIGITS_NANOSECONDS) != 0)
        return fail(writer, ret_error);
    if (frame->link_type != writer->link_type) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE,
                 "%.200s: frame %llu has link type %u; a pcap file holds frames of one link type, here %u",
                 writer->path, (unsigned long long)frame->moment.frame, frame->link_type, writer->link_type);
        return CAPTURE_WRITER_REFUSED;
    }
    struct frame_header header = {.captured = (uint32_t)frame->data.len, .wire = frame->wire_length};
    split_time(frame->moment.time_ns, writer->nanoseconds, &header);
    if (fwrite(&header, sizeof header, 1, writer->file) != 1 ||
        fwrite(frame->data.at, 1, frame->data.len, writer->file) != frame->data.len)
        return fail(writer, ret_error);
    return 0;
}

int capture_writer_close(struct capture_writer *writer, char ret_error[CAPTURE_ERROR_SIZE])
{
    int result = 0;
    if (!writer->failed && !writer->begun && begin(writer, LINK_TYPE_ETHERNET, false) != 0)
        result = fail(writer, ret_error);
    if (fclose(writer->file) != 0 && !writer->failed)
        result = fail(writer, ret_error);
    free(writer->path);
    free(writer);
    return result;
}
