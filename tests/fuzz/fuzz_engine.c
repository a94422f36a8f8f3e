/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A whole capture goes through every floor, from the file's bytes to both outputs. Whatever it says: every frame is
 * accounted for, the bytes of the streams add up, each conversation ends once, and memory stays below its limit.
 *
 * The last byte chooses how: little memory, strict checksums, what is printed and how.
 */
#include "harness.h"
#include "record_check.h"

#include "capture/capture.h"
#include "overhear/engine.h"

enum {
    MOST_FRAMES = 20000, /* a compressed input can hold any number of them */
    LITTLE_MEMORY = 2 * 1024 * 1024,
    MUCH_MEMORY = 64 * 1024 * 1024,
    FLAG_LITTLE_MEMORY = 1,
    FLAG_STRICT = 2,
    FLAG_HASH = 4,
    FLAG_ENDS_ALL = 8,
    FLAG_WAYS = 4, /* above them: bits of record_watch.way */
    PRINT_SHARE = 4,
};

static void check(const struct engine *engine, const struct record_watch *watch, uint64_t frames)
{
    struct engine_statistics s;
    engine_statistics(engine, &s);
    uint64_t stopped = 0;
    for (size_t i = 0; i < s.stop_count; i++)
        stopped += s.stops[i].frames;
    demand(s.frames == frames && stopped == frames);
    demand(s.conversations == s.conversations_ended && watch->flows == s.conversations);
    demand(s.records == watch->records);
    demand(s.seen_bytes == s.delivered_bytes + s.duplicate_bytes + s.over_limit_bytes);
    demand(s.memory_peak <= s.memory_limit);
}

static void run(struct capture *capture, struct engine *engine, const struct record_watch *watch)
{
    char error[CAPTURE_ERROR_SIZE];
    uint64_t frames = 0;
    struct frame frame;
    while (frames < MOST_FRAMES && capture_next(capture, &frame, error) == CAPTURE_FRAME) {
        /* memory of just that size, so that the sanitizer sees a byte too far */
        uint8_t *copy = fuzz_copy(frame.data);
        frame.data = bytes_of(copy, frame.data.len);
        engine_frame(engine, &frame);
        free(copy);
        frames++;
    }
    engine_finish(engine);
    check(engine, watch, frames);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[CAPTURE_ERROR_SIZE];
    struct capture *capture = capture_open_memory(bytes_of(data, size), 1, error);
    if (!capture)
        return 0;
    unsigned flags = bytes_at(bytes_of(data, size), size - 1);
    struct record_watch watch = {.writes = fuzz_one_in(fuzz_number(bytes_of(data, size)), PRINT_SHARE),
                                 .way = flags >> FLAG_WAYS};
    const struct engine_options options = {.sink = {&watch, record_watch_write},
                                           .memory_limit = flags & FLAG_LITTLE_MEMORY ? LITTLE_MEMORY : MUCH_MEMORY,
                                           .strict_checksums = (flags & FLAG_STRICT) != 0,
                                           .hash_files = (flags & FLAG_HASH) != 0,
                                           .ends_all = (flags & FLAG_ENDS_ALL) != 0};
    int64_t start = fuzz_time_ns();
    struct engine *engine = engine_new(&options);
    demand(engine != NULL);
    run(capture, engine, &watch);
    engine_free(engine);
    capture_close(capture);
    demand(!fuzz_is_slow(fuzz_time_ns() - start, size));
    record_watch_finish(&watch, "--- as it is");
    return 0;
}
