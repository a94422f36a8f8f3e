/* SPDX-License-Identifier: BSD-3-Clause */
#include "through.h"

#include "util/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct listener {
    struct output *output;
    uint64_t records, flows;
};

static void listen(void *context, const struct record *record)
{
    struct listener *listener = context;
    listener->records++;
    listener->flows += strcmp(record->dataset->name, "flow") == 0;
    output_record(listener->output, record);
}

int through_open(void)
{
    int descriptor = memfd_create("output", MFD_CLOEXEC);
    if (descriptor < 0)
        abort();
    return descriptor;
}

static bool adds_up(const struct engine *engine, const struct listener *listener, uint64_t frames)
{
    struct engine_statistics s;
    engine_statistics(engine, &s);
    uint64_t stopped = 0;
    for (size_t i = 0; i < s.stop_count; i++)
        stopped += s.stops[i].frames;
    if (s.frames == frames && stopped == frames && s.conversations == s.conversations_ended &&
        listener->flows == s.conversations && s.records == listener->records &&
        s.seen_bytes == s.delivered_bytes + s.duplicate_bytes + s.over_limit_bytes && s.memory_peak <= s.memory_limit)
        return true;
    (void)fprintf(stderr,
                  "frames %" PRIu64 " read %" PRIu64 " stopped %" PRIu64 ", conversations %" PRIu64 " ended %" PRIu64
                  " flow records %" PRIu64 ", memory %" PRIu64 " of %" PRIu64 "\n",
                  frames, s.frames, stopped, s.conversations, s.conversations_ended, listener->flows, s.memory_peak,
                  s.memory_limit);
    return false;
}

/* Each frame in memory of just its size, so that the sanitizer sees a byte too far. */
static bool take(struct engine *engine, const struct frame *frame)
{
    struct frame copied = *frame;
    uint8_t *copy = malloc(frame->data.len > 0 ? frame->data.len : 1);
    if (!copy)
        return false;
    if (frame->data.len > 0)
        memcpy(copy, frame->data.at, frame->data.len);
    copied.data = bytes_of(copy, frame->data.len);
    engine_frame(engine, &copied);
    free(copy);
    return true;
}

static void read_frames(struct capture *capture, struct engine *engine, uint64_t most, struct passage *passage)
{
    struct frame frame;
    enum capture_result result = CAPTURE_END;
    while (passage->frames < most) {
        result = capture_next(capture, &frame, passage->error);
        if (result != CAPTURE_FRAME || !take(engine, &frame))
            break;
        passage->frames++;
    }
    passage->broken = result == CAPTURE_BROKEN;
}

static bool read_back(int descriptor, struct text *ret_text)
{
    struct stat status;
    *ret_text = (struct text){NULL, 0};
    if (fstat(descriptor, &status) != 0)
        return false;
    const size_t length = (size_t)status.st_size;
    char *at = malloc(length > 0 ? length : 1);
    if (!at)
        return false;
    *ret_text = (struct text){at, length};
    return pread(descriptor, at, length, 0) == (ssize_t)length && ftruncate(descriptor, 0) == 0 &&
           lseek(descriptor, 0, SEEK_SET) == 0;
}

bool through(struct bytes bytes, uint64_t most, const struct output_options *options, int descriptor,
             struct passage *ret_passage)
{
    *ret_passage = (struct passage){0};
    struct output_options to = *options;
    to.descriptor = descriptor;
    struct capture *capture = capture_open_memory(bytes, 1, ret_passage->error);
    if (!capture) {
        if (ret_passage->error[0] == '\0')
            (void)fprintf(stderr, "no capture, and no message\n");
        return ret_passage->error[0] != '\0';
    }
    ret_passage->opened = true;
    struct listener listener = {.output = output_new(&to)};
    struct engine *engine = engine_new(&(struct engine_options){.sink = {&listener, listen}, .ends_all = true});
    if (!engine || !listener.output)
        abort();
    read_frames(capture, engine, most, ret_passage);
    engine_finish(engine);
    bool good = adds_up(engine, &listener, ret_passage->frames) && output_flush(listener.output) == 0 &&
                output_records_lost(listener.output) == 0 && read_back(descriptor, &ret_passage->text);
    engine_free(engine);
    output_free(listener.output);
    capture_close(capture);
    return good;
}

bool through_read_file(const char *path, struct bytes *ret_bytes)
{
    FILE *file = fopen(path, "rb");
    struct stat status;
    uint8_t *at = NULL;
    bool good = file && fstat(fileno(file), &status) == 0 &&
                (at = malloc((size_t)status.st_size > 0 ? (size_t)status.st_size : 1)) &&
                fread(at, 1, (size_t)status.st_size, file) == (size_t)status.st_size;
    if (good)
        *ret_bytes = bytes_of(at, (size_t)status.st_size);
    else
        free(at);
    if (file)
        (void)fclose(file);
    return good;
}

static bool could_be_obeyed(uint32_t character)
{
    return (character < 0x20 && character != '\n') || (character >= 0x7f && character < 0xa0) || character == 0x061c ||
           character == 0x200e || character == 0x200f || (character >= 0x202a && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069);
}

/* How long one of our own colours is here: ESC [ digits and semicolons m. 0: it is none. */
static size_t color_length(struct bytes text, size_t at)
{
    size_t end = at + 2;
    if (bytes_at(text, at) != 0x1b || bytes_at(text, at + 1) != '[')
        return 0;
    while (bytes_at(text, end) == ';' || (bytes_at(text, end) >= '0' && bytes_at(text, end) <= '9'))
        end++;
    return bytes_at(text, end) == 'm' ? end + 1 - at : 0;
}

bool through_is_harmless(struct text text, bool colored, size_t *ret_at)
{
    const struct bytes bytes = bytes_of((const uint8_t *)text.at, text.length);
    for (size_t at = 0; at < bytes.len;) {
        uint32_t character;
        size_t length = colored ? color_length(bytes, at) : 0;
        if (length == 0) {
            length = utf8_character(bytes, at, &character);
            if (length == 0 || could_be_obeyed(character)) {
                *ret_at = at;
                return false;
            }
        }
        at += length;
    }
    return true;
}
