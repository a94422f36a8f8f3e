/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Each slot of the relay has an output of its own, which keeps what it makes until its turn has come. What the
 * transcript prints depends on what it has printed before, so it has one output and one thread.
 */
#include "run_threads.h"

#include "capture/ahead.h"
#include "engine/crew.h"
#include "engine/relay.h"
#include "message.h"
#include "options.h"
#include "ranking.h"
#include "run.h"

#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LITTLE_MEMORY = 64 * 1024 * 1024, /* below, parts of it that are set aside get short before the whole does */
    SMALL_BYTES = 4 * 1024 * 1024,    /* captures below it are read before threads have paid for themselves */
    MOST_BY_ITSELF = 8,               /* one thread that reads cannot keep more of them busy */
};

struct run_threads {
    struct relay *relay;
    struct ranking *ranking; /* NULL: nobody wants it */
    atomic_int error;        /* of writing; from then on nothing is written */
    unsigned output_count;
    struct output *outputs[];
};

static unsigned cores(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

/* Pipes may bring anything. */
static bool is_small(const struct run *run)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < run->options->capture_count; i++) {
        struct stat status;
        if (run->files[i].descriptor < 0 || fstat(run->files[i].descriptor, &status) != 0)
            continue;
        if (!S_ISREG(status.st_mode))
            return false;
        bytes += (uint64_t)status.st_size;
    }
    return bytes < SMALL_BYTES;
}

/* Why it has to be one thread; NULL: it has not. */
static const char *reason_for_one(const struct options *options)
{
    if (options->follow != FOLLOW_NONE)
        return "one thread follows conversations";
    if (options->only_summary)
        return "one thread counts for a summary";
    return options->line_buffered ? "with -l the thread that reads writes" : NULL;
}

unsigned run_threads_wanted(const struct run *run)
{
    const struct options *options = run->options;
    const char *reason = reason_for_one(options);
    unsigned threads = options->threads;
    if (run->listening || threads == 1)
        return 0;
    if (reason && threads > 1 && !options->quiet)
        message("--threads %u: %s", threads, reason);
    if (reason || (threads == 0 && is_small(run)))
        return 0;
    if (threads == 0) {
        threads = cores();
        if (threads == 1)
            return 0;
        threads = threads < MOST_BY_ITSELF ? threads : MOST_BY_ITSELF;
    }
    if (options->format != OUTPUT_JSON)
        return 1;
    return threads < LIMIT_WORKERS ? threads : LIMIT_WORKERS;
}

bool run_threads_inflate(struct run *run)
{
    const struct options *options = run->options;
    const size_t count = options->capture_count;
    size_t found = 0;
    if (run->listening || options->threads == 1 || (options->threads == 0 && (cores() == 1 || is_small(run))))
        return true;
    int *descriptors = calloc(count + 1, sizeof *descriptors);
    if (!descriptors)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct opened_file *file = &run->files[i];
        file->is_ahead = ahead_is_for(file->descriptor, &file->size);
        descriptors[i] = file->is_ahead ? file->descriptor : -1;
        file->descriptor = file->is_ahead ? -1 : file->descriptor;
        found += file->is_ahead;
    }
    run->ahead = found > 0 ? ahead_new(descriptors, count) : NULL;
    free(descriptors);
    return found == 0 || (run->ahead && ahead_start(run->ahead) == 0);
}

/* Where frames may be wanted one by one, files would be saved twice, or memory is little, there is one engine. */
static unsigned engines_wanted(const struct run *run)
{
    const struct options *options = run->options;
    const unsigned threads = options->threads ? options->threads : cores();
    if (options->memory_limit > 0 && options->memory_limit < LITTLE_MEMORY)
        return 1;
    if (!run->threads || run->ahead || run->save || run->follow || options->frame_limit > 0 || options->extract_folder)
        return 1;
    return threads < LIMIT_WORKERS ? threads : LIMIT_WORKERS;
}

static void close_again(struct run *run)
{
    for (size_t i = 0; i < run->options->capture_count; i++) {
        if (run->files[i].again >= 0)
            close(run->files[i].again);
        run->files[i].again = -1;
    }
}

/* All of them are plain files: what is read again has to be the same. */
static bool open_again(struct run *run)
{
    bool fine = true;
    for (size_t i = 0; i < run->options->capture_count && fine; i++) {
        struct opened_file *file = &run->files[i];
        struct stat status;
        if (file->descriptor < 0)
            continue;
        fine = fstat(file->descriptor, &status) == 0 && S_ISREG(status.st_mode) && file->descriptor != STDIN_FILENO &&
               (file->again = dup(file->descriptor)) >= 0;
    }
    if (!fine)
        close_again(run);
    return fine;
}

enum exit_status run_threads_engines(struct run *run)
{
    const unsigned engines = engines_wanted(run);
    if (engines > 1 && open_again(run)) {
        run->crew = crew_new(&run->engine_options, engines);
        if (!run->crew)
            return STATUS_BROKEN;
        if (crew_start(run->crew) == 0)
            return STATUS_DONE;
        message("--threads: threads cannot be made; expected room for them, or --threads 1");
        return STATUS_WRONG;
    }
    run->engine = engine_new(&run->engine_options);
    return run->engine ? STATUS_DONE : STATUS_BROKEN;
}

bool run_threads_begin_again(struct run *run)
{
    run->sink.skipped = crew_records(run->crew);
    crew_free(run->crew);
    run->crew = NULL;
    run->frames = run->taken = 0;
    run->told_before = run->told;
    run->told = 0;
    run->progress.before = 0;
    for (size_t i = 0; i < run->options->capture_count; i++) {
        struct opened_file *file = &run->files[i];
        if (file->descriptor >= 0)
            close(file->descriptor);
        file->descriptor = file->again;
        file->again = -1;
        if (file->descriptor >= 0 && lseek(file->descriptor, 0, SEEK_SET) != 0)
            return false;
    }
    run->engine = engine_new(&run->engine_options);
    return run->engine != NULL;
}

static void hear(void *context, const struct record *record)
{
    struct run_threads *threads = context;
    ranking_record(threads->ranking, record);
}

static struct output *output_of(struct run_threads *threads, unsigned slot)
{
    return threads->outputs[slot % threads->output_count];
}

static void prepare(void *context, unsigned slot, const struct record *record)
{
    struct run_threads *threads = context;
    if (atomic_load_explicit(&threads->error, memory_order_relaxed) == 0)
        output_record(output_of(threads, slot), record);
}

static void deliver(void *context, unsigned slot)
{
    struct run_threads *threads = context;
    struct output *output = output_of(threads, slot);
    if (atomic_load(&threads->error) == 0 && output_flush(output) != 0)
        atomic_store(&threads->error, output_errno(output));
}

struct run_threads *run_threads_new(const struct output_options *output, struct ranking *ranking, unsigned count)
{
    const unsigned outputs = count == 1 ? 1 : relay_slots(count);
    struct run_threads *threads = calloc(1, sizeof *threads + outputs * sizeof *threads->outputs);
    if (!threads)
        return NULL;
    struct output_options held = *output;
    held.held = true;
    threads->ranking = ranking;
    bool fine = true;
    for (threads->output_count = 0; threads->output_count < outputs && fine; threads->output_count++) {
        threads->outputs[threads->output_count] = output_new(&held);
        fine = threads->outputs[threads->output_count] != NULL;
    }
    const struct relay_options relay = {
        .threads = count, .context = threads, .hear = ranking ? hear : NULL, .prepare = prepare, .deliver = deliver};
    threads->relay = fine ? relay_new(&relay) : NULL;
    if (threads->relay)
        return threads;
    run_threads_free(threads);
    return NULL;
}

/* Who is woken must not stop whoever is at work: all have work for some milliseconds, and nobody waits for an answer.
 * Half as many switches, a tenth less time. The threads that follow inherit it. */
static void work_in_long_turns(void)
{
    if (sched_getscheduler(0) == SCHED_OTHER) /* else somebody has chosen */
        (void)sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){.sched_priority = 0});
}

int run_threads_start(struct run_threads *threads)
{
    work_in_long_turns();
    return relay_start(threads->relay);
}

void run_threads_record(struct run_threads *threads, const struct record *record, bool wanted)
{
    /* Where memory is out it is missing among those that are written. */
    (void)relay_pass(threads->relay, record, wanted);
}

void run_threads_pause(struct run_threads *threads)
{
    relay_pause(threads->relay);
}

int run_threads_errno(const struct run_threads *threads)
{
    return atomic_load_explicit(&threads->error, memory_order_relaxed);
}

void run_threads_finish(struct run_threads *threads)
{
    relay_finish(threads->relay);
}

uint64_t run_threads_written(const struct run_threads *threads)
{
    uint64_t written = 0;
    for (unsigned i = 0; i < threads->output_count; i++)
        written += output_records_written(threads->outputs[i]);
    return written;
}

void run_threads_free(struct run_threads *threads)
{
    if (!threads)
        return;
    relay_free(threads->relay);
    for (unsigned i = 0; i < threads->output_count; i++)
        if (threads->outputs[i])
            output_free(threads->outputs[i]);
    free(threads);
}
