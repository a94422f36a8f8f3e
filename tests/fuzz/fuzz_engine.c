/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A whole capture goes through every floor, from the file's bytes to both outputs. Whatever it says: every frame is
 * accounted for, the bytes of the streams add up, each conversation ends once, and memory stays below its limit.
 *
 * The last byte chooses how: little memory, strict checksums, how much the transcript tells and how wide.
 */
#include "capture/capture.h"
#include "output/output.h"
#include "overhear/engine.h"
#include "record/notes.h"

#include <fcntl.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    MOST_FRAMES = 20000, /* a compressed input can hold any number of them */
    LITTLE_MEMORY = 2 * 1024 * 1024,
    FLAG_LITTLE_MEMORY = 1,
    FLAG_STRICT = 2,
    FLAG_VERBOSE = 4,
    FLAG_COLOR = 8,
    FLAG_NARROW = 16,
    FLAG_BRIEF = 32,
};

/* What lasts longer than one input: the catalogs are slow to read. */
struct surroundings {
    struct notes *notes;
    int nowhere;
};

struct listener {
    struct output *json, *transcript;
    uint64_t records, flows;
};

static void demand(bool condition)
{
    if (!condition)
        abort();
}

static void listen(void *context, const struct record *record)
{
    struct listener *listener = context;
    listener->records++;
    listener->flows += strcmp(record->dataset->name, "flow") == 0;
    output_record(listener->json, record);
    output_record(listener->transcript, record);
}

static const struct surroundings *surroundings(void)
{
    static struct surroundings all;
    if (!all.notes) {
        all.notes = notes_new();
        all.nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        demand(all.notes && all.nowhere >= 0);
    }
    return &all;
}

static void check(const struct engine *engine, const struct listener *listener, uint64_t frames)
{
    struct engine_statistics s;
    engine_statistics(engine, &s);
    uint64_t stopped = 0;
    for (size_t i = 0; i < s.stop_count; i++)
        stopped += s.stops[i].frames;
    demand(s.frames == frames && stopped == frames);
    demand(s.conversations == s.conversations_ended && listener->flows == s.conversations);
    demand(s.records == listener->records);
    demand(s.seen_bytes == s.delivered_bytes + s.duplicate_bytes + s.over_limit_bytes);
    demand(s.memory_peak <= s.memory_limit);
}

static void run(struct capture *capture, struct engine *engine, const struct listener *listener)
{
    char error[CAPTURE_ERROR_SIZE];
    uint64_t frames = 0;
    struct frame frame;
    while (frames < MOST_FRAMES && capture_next(capture, &frame, error) == CAPTURE_FRAME) {
        /* memory of just that size, so that the sanitizer sees a byte too far */
        uint8_t *copy = malloc(frame.data.len > 0 ? frame.data.len : 1);
        if (!copy)
            break;
        if (frame.data.len > 0)
            memcpy(copy, frame.data.at, frame.data.len);
        frame.data = bytes_of(copy, frame.data.len);
        engine_frame(engine, &frame);
        free(copy);
        frames++;
    }
    engine_finish(engine);
    check(engine, listener, frames);
}

static enum detail detail_of(unsigned flags)
{
    if (flags & FLAG_BRIEF)
        return DETAIL_BRIEF;
    return flags & FLAG_VERBOSE ? DETAIL_VERBOSE : DETAIL_NORMAL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct surroundings *all = surroundings();
    char error[CAPTURE_ERROR_SIZE];
    struct capture *capture = capture_open_memory(bytes_of(data, size), 1, error);
    if (!capture)
        return 0;
    unsigned flags = bytes_at(bytes_of(data, size), size - 1);
    struct output_options options = {.format = OUTPUT_JSON, .descriptor = all->nowhere, .notes = all->notes};
    struct listener listener = {.json = output_new(&options)};
    options.format = OUTPUT_TRANSCRIPT;
    options.detail = detail_of(flags);
    options.color = (flags & FLAG_COLOR) != 0;
    options.width = flags & FLAG_NARROW ? 40 : 140;
    listener.transcript = output_new(&options);
    struct engine *engine = engine_new(
        &(struct engine_options){.sink = {&listener, listen},
                                 .memory_limit = flags & FLAG_LITTLE_MEMORY ? LITTLE_MEMORY : 0,
                                 .strict_checksums = (flags & FLAG_STRICT) != 0});
    demand(listener.json && listener.transcript && engine);
    run(capture, engine, &listener);
    demand(output_flush(listener.json) == 0 && output_records_lost(listener.json) == 0);
    demand(output_flush(listener.transcript) == 0 && output_records_lost(listener.transcript) == 0);
    engine_free(engine);
    output_free(listener.json);
    output_free(listener.transcript);
    capture_close(capture);
    return 0;
}
