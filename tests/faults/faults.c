/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Runs the whole engine over a capture while memory runs out: faults CAPTURE [FIRST [LAST [STEP]]]
 *
 * For each n the n-th request to the budget fails, once; in a second run every request from there on fails. Whatever
 * is lost, nothing may crash or leak, every frame is accounted for, and each conversation that was opened has ended.
 * Prints the number of requests that the undisturbed run makes, then `ok`.
 */
#include "capture/capture.h"
#include "engine/engine_budget.h"
#include "overhear/engine.h"
#include "util/budget.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct frames {
    struct frame *at;
    size_t count, capacity;
};

enum fault { FAULT_NONE, FAULT_ONCE, FAULT_FROM_THEN_ON };

static void see(void *context, const struct record *record)
{
    uint64_t *flows = context;
    *flows += strcmp(record->dataset->name, "flow") == 0;
}

static bool keep(struct frames *frames, const struct frame *frame)
{
    if (frames->count == frames->capacity) {
        size_t capacity = frames->capacity ? 2 * frames->capacity : 256;
        struct frame *grown = realloc(frames->at, capacity * sizeof *grown);
        if (!grown)
            return false;
        frames->at = grown;
        frames->capacity = capacity;
    }
    uint8_t *copy = malloc(frame->data.len ? frame->data.len : 1);
    if (!copy)
        return false;
    memcpy(copy, frame->data.at, frame->data.len);
    frames->at[frames->count] = *frame;
    frames->at[frames->count++].data = bytes_of(copy, frame->data.len);
    return true;
}

static bool read_frames(const char *path, struct frames *frames)
{
    char error[CAPTURE_ERROR_SIZE];
    struct capture *capture = capture_open_file(path, 1, error);
    struct frame frame;
    bool good = capture != NULL;
    while (good && capture_next(capture, &frame, error) == CAPTURE_FRAME)
        good = keep(frames, &frame);
    if (capture)
        capture_close(capture);
    else
        (void)fprintf(stderr, "%s\n", error);
    return good;
}

static void free_frames(struct frames *frames)
{
    for (size_t i = 0; i < frames->count; i++) {
        void *copy;
        memcpy(&copy, &frames->at[i].data.at, sizeof copy);
        free(copy);
    }
    free(frames->at);
}

static bool add_up(const struct engine_statistics *statistics, size_t frames, uint64_t flows)
{
    uint64_t stopped = 0;
    for (size_t i = 0; i < statistics->stop_count; i++)
        stopped += statistics->stops[i].frames;
    if (statistics->frames == frames && stopped == frames &&
        statistics->conversations == statistics->conversations_ended && flows <= statistics->conversations &&
        statistics->memory_peak <= statistics->memory_limit)
        return true;
    (void)fprintf(stderr,
                  "frames %zu read %" PRIu64 " stopped %" PRIu64 ", conversations %" PRIu64 " ended %" PRIu64
                  ", flow records %" PRIu64 "\n",
                  frames, statistics->frames, stopped, statistics->conversations, statistics->conversations_ended,
                  flows);
    return false;
}

/* One run over all frames in which request number `n` fails. */
static bool run(const struct frames *frames, enum fault fault, uint64_t n, uint64_t *ret_requests)
{
    const uint64_t far_away = UINT64_MAX;
    uint64_t flows = 0;
    struct engine *engine = engine_new(
        &(struct engine_options){.sink = {&flows, see}, .memory_limit = (size_t)64 << 20});
    if (!engine)
        return false;
    struct budget *budget = engine_budget(engine);
    budget->fail_at = fault == FAULT_NONE ? far_away : n;
    for (size_t i = 0; i < frames->count; i++) {
        engine_frame(engine, &frames->at[i]);
        if (fault == FAULT_FROM_THEN_ON && budget->fail_at == 0)
            budget->limit = budget->used > 0 ? budget->used : 1;
    }
    engine_finish(engine);
    if (ret_requests)
        *ret_requests = far_away - budget->fail_at;
    struct engine_statistics statistics;
    engine_statistics(engine, &statistics);
    if (fault == FAULT_FROM_THEN_ON)
        statistics.memory_limit = SIZE_MAX; /* moved below the peak by us */
    bool good = add_up(&statistics, frames->count, flows);
    engine_free(engine);
    return good;
}

/* Making an engine with hardly any memory: it works, or there is none. */
static void start_small(const struct frames *frames)
{
    for (size_t limit = 1; limit < (size_t)8 << 20; limit += limit / 3 + 1) {
        uint64_t flows = 0;
        struct engine *engine = engine_new(&(struct engine_options){.sink = {&flows, see}, .memory_limit = limit});
        if (!engine)
            continue;
        for (size_t i = 0; i < frames->count; i++)
            engine_frame(engine, &frames->at[i]);
        engine_finish(engine);
        engine_free(engine);
    }
}

int main(int count, char **arguments)
{
    struct frames frames = {NULL, 0, 0};
    if (count < 2 || !read_frames(arguments[1], &frames))
        return 2;
    uint64_t requests = 0;
    bool good = run(&frames, FAULT_NONE, 0, &requests);
    uint64_t first = count > 2 ? strtoull(arguments[2], NULL, 10) : 1;
    uint64_t last = count > 3 ? strtoull(arguments[3], NULL, 10) : requests;
    uint64_t step = count > 4 ? strtoull(arguments[4], NULL, 10) : 1;
    for (uint64_t n = first > 0 ? first : 1; good && n <= last && n <= requests; n += step > 0 ? step : 1) {
        good = run(&frames, FAULT_ONCE, n, NULL) && run(&frames, FAULT_FROM_THEN_ON, n, NULL);
        if (!good)
            (void)fprintf(stderr, "at request %" PRIu64 " of %" PRIu64 "\n", n, requests);
    }
    if (good)
        start_small(&frames);
    free_frames(&frames);
    (void)printf("%" PRIu64 " requests\n%s\n", requests, good ? "ok" : "failed");
    return good ? 0 : 1;
}
