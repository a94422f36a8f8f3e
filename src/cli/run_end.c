/* SPDX-License-Identifier: BSD-3-Clause */
#include "run_end.h"

#include "filter/display_filter.h"
#include "follow.h"
#include "library_memory.h"
#include "run_threads.h"
#include "save.h"

#include <errno.h>
#include <stdlib.h>

enum { TEXT_SIZE = 512 };

typedef unsigned long long number; /* as printf takes it */

static uint64_t records_written(const struct run *run)
{
    if (run->threads)
        return run_threads_written(run->threads);
    return run->output ? output_records_written(run->output) : 0;
}

static void say_lost_records(struct run *run, int error)
{
    const uint64_t written = records_written(run), lost = run->sink.passed - written;
    char text[TEXT_SIZE], unread[80] = "";
    if (run->ended_early)
        snprintf(unread, sizeof unread, "; frames after %llu were not read", (number)run->frames);
    if (error != 0)
        snprintf(text, sizeof text, "writing %.200s failed: %s: %llu records are written, %llu are lost%s",
                 run->results.path ? run->results.path : "the results", strerror(error), (number)written, (number)lost,
                 unread);
    else if (lost > 0)
        snprintf(text, sizeof text, "%llu records could not be written: out of memory", (number)lost);
    else
        return;
    run_fail(run, text);
}

static void say_lost_bytes(struct run *run, int error, const char *place)
{
    char text[TEXT_SIZE];
    uint64_t written, lost;
    follow_written(run->follow, &written, &lost);
    if (run->options->follow == FOLLOW_ALL)
        snprintf(text, sizeof text, "writing %.200s failed: %s", place, strerror(error));
    else
        snprintf(text, sizeof text, "writing %.200s failed: %s: %llu bytes are written, %llu are lost",
                 run->results.path ? run->results.path : "the results", strerror(error), (number)written, (number)lost);
    run_fail(run, text);
}

bool run_end_output(struct run *run)
{
    const char *place = "";
    int error = 0;
    if (run->threads)
        run_threads_finish(run->threads);
    if (run->output)
        output_flush(run->output);
    if (run->output || run->threads)
        error = run_output_errno(run);
    else if (run->follow && follow_flush(run->follow) != 0)
        error = follow_error(run->follow, &place);
    if (error == EPIPE)
        return false;
    if (run->output || run->threads)
        say_lost_records(run, error);
    else if (error != 0)
        say_lost_bytes(run, error, place);
    return true;
}

static void finish_saving(struct run *run)
{
    char error[SAVE_ERROR_SIZE] = "";
    if (!run->save)
        return;
    if (save_finish(run->save, error) != 0 && !run->save_failed)
        run_fail(run, error);
    if (save_lost(run->save) > 0) {
        snprintf(error, sizeof error, "-w %.200s: %llu frames are saved, %llu could not be", run->options->save_path,
                 (number)save_frames(run->save), (number)save_lost(run->save));
        run_fail(run, error);
    }
    if (save_overflowed(run->save) > 0) {
        snprintf(error, sizeof error,
                 "-w: %llu frames were not saved: too many waited for it to be known whether they are wanted",
                 (number)save_overflowed(run->save));
        run_fail(run, error);
    }
}

/* What is on a link that nobody knows is not looked at: without a word it would look as if there were nothing. */
static void complain_of_links(struct run *run, const struct engine_statistics *statistics)
{
    char text[TEXT_SIZE];
    if (statistics->unknown_link_frames == 0)
        return;
    snprintf(text, sizeof text, "%llu frames were not looked at: their link type is unknown (frame %llu: %u)",
             (number)statistics->unknown_link_frames, (number)statistics->unknown_link_first,
             statistics->unknown_link_type);
    run_fail(run, text);
}

/* Less than --memory, but more than the system had: what came of it is as at the limit, but nobody has asked for it. */
static void complain_of_memory(struct run *run, const struct engine_statistics *statistics)
{
    char text[TEXT_SIZE];
    const uint64_t failures = statistics->memory_failed + library_memory_failed();
    if (failures == 0)
        return;
    snprintf(text, sizeof text, "out of memory, %llu times, below --memory: what was to be kept is missing",
             (number)failures);
    run_fail(run, text);
}

/* A file that could not be saved is no reason to stop, but is said, and the exit status has it. */
static void complain_of_files(struct run *run, const struct engine_statistics *statistics)
{
    char text[TEXT_SIZE];
    if (!run->options->extract_folder || statistics->extract_error[0] == '\0')
        return;
    snprintf(text, sizeof text, "--extract: %llu of %llu files could not be saved whole; the first: %s",
             (number)statistics->files_not_saved, (number)statistics->files, statistics->extract_error);
    run_fail(run, text);
}

/* A number that no conversation has is worth a word, and so is what --follow could not do. */
static void complain_of_conversation(struct run *run, const struct engine_statistics *statistics)
{
    const struct options *options = run->options;
    char text[TEXT_SIZE];
    if (run->follow && follow_complaint(run->follow, statistics->conversations, text)) {
        run_fail(run, text);
    } else if (statistics->conversations < options->conversation) {
        snprintf(text, sizeof text, "there is no conversation %llu: the capture has %llu",
                 (number)options->conversation, (number)statistics->conversations);
        run_fail(run, text);
    }
}

/* -Y: what `matches` could not be asked of a text within bounds counts as no match. */
static void complain_of_filter(struct run *run)
{
    const uint64_t given_up = run->sink.display_filter ? display_filter_given_up(run->sink.display_filter) : 0;
    char text[TEXT_SIZE];
    if (given_up == 0)
        return;
    snprintf(text, sizeof text, "-Y: %llu texts were too long or too hard for the pattern; they count as not matching",
             (number)given_up);
    run_fail(run, text);
}

void run_end_complain(struct run *run)
{
    struct engine_statistics *statistics = calloc(1, sizeof *statistics);
    finish_saving(run);
    if (statistics) {
        run_statistics(run, statistics);
        complain_of_links(run, statistics);
        complain_of_memory(run, statistics);
        complain_of_files(run, statistics);
        complain_of_conversation(run, statistics);
        free(statistics);
    } else {
        run_fail(run, "out of memory: not all that went wrong can be said");
    }
    complain_of_filter(run);
}
