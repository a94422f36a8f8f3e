/* SPDX-License-Identifier: BSD-3-Clause */
#include "run.h"

#include "capture/ahead.h"
#include "capture/filter.h"
#include "clock.h"
#include "engine/crew.h"
#include "filter/display_filter.h"
#include "follow.h"
#include "listen.h"
#include "message.h"
#include "ranking.h"
#include "record/notes.h"
#include "run_end.h"
#include "run_threads.h"
#include "save.h"
#include "signals.h"
#include "summary.h"
#include "terminal.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { INTERFACES_SHOWN = 64 };

void run_fail(struct run *run, const char *text)
{
    progress_erase(&run->progress);
    message("%s", text);
    if (run->status == STATUS_DONE)
        run->status = STATUS_BROKEN;
}

int run_output_errno(const struct run *run)
{
    if (run->threads)
        return run_threads_errno(run->threads);
    return run->output ? output_errno(run->output) : 0;
}

bool run_is_over(const struct run *run)
{
    const struct options *options = run->options;
    return run->status == STATUS_WRONG || run_output_errno(run) != 0 ||
           (options->follow == FOLLOW_ONE &&
            (follow_error(run->follow, NULL) == EPIPE || follow_is_over(run->follow))) ||
           (options->frame_limit != 0 && run->taken >= options->frame_limit);
}

void run_saved(struct run *run, int result, bool failed, const char *error)
{
    if (result > 0)
        run->save_complete = true;
    if (result >= 0)
        return;
    if (failed ? !run->save_failed : !run->save_refused)
        run_fail(run, error);
    run->save_refused = true;
    run->save_failed = run->save_failed || failed;
}

static void save(struct run *run, const struct frame *frame)
{
    char error[SAVE_ERROR_SIZE] = "";
    bool failed = false;
    int result = engine_is_fragment(run->engine)
                     ? save_fragment(run->save, frame, &failed, error)
                     : save_frame(run->save, frame, engine_conversation(run->engine), &failed, error);
    run_saved(run, result, failed, error);
}

void run_take_frame(struct run *run, const struct frame *frame)
{
    engine_frame(run->engine, frame);
    if (run->save) /* also where it has failed: it counts */
        save(run, frame);
    run->taken++;
}

void run_flush(struct run *run, int64_t now_ns)
{
    char error[SAVE_ERROR_SIZE] = "";
    bool failed = false;
    if (run->output)
        output_flush(run->output);
    if (run->follow)
        follow_flush(run->follow);
    if (run->save && !run->save_failed)
        run_saved(run, save_flush(run->save, now_ns, &failed, error), failed, error);
}

static bool is_stopped(const struct run *run)
{
    return signals_stop() || run->save_complete || run_is_over(run);
}

/* Whether nobody has to know which frame is the last one, or whose each was. */
static bool takes_many(const struct run *run)
{
    return !run->save && !run->follow && run->options->frame_limit == 0;
}

/* False: a crew has given up. */
static bool take_frames(struct run *run, const struct frame *frames, size_t count)
{
    run->taken += count;
    if (run->crew)
        return crew_frames(run->crew, frames, count);
    engine_frames(run->engine, frames, count);
    return true;
}

static bool take_frame(struct run *run, const struct frame *frame)
{
    if (run->crew)
        return take_frames(run, frame, 1);
    run_take_frame(run, frame);
    return true;
}

static bool crew_gave_up(const struct run *run)
{
    return run->crew && crew_has_given_up(run->crew);
}

/* What is wrong with files is said once, though they may be read again: then it comes in the same order. */
static void fail_once(struct run *run, const char *text)
{
    if (++run->told > run->told_before)
        run_fail(run, text);
}

static void read_frames(struct run *run, struct capture *capture, const char *path)
{
    enum { MANY = 64 };
    struct frame frames[MANY];
    char error[CAPTURE_ERROR_SIZE] = "";
    uint64_t until_progress = PROGRESS_FRAMES;
    const size_t many = takes_many(run) ? MANY : 0;
    while (!is_stopped(run)) {
        size_t count = capture_at_hand(capture, frames, many);
        if (!take_frames(run, frames, count))
            return;
        if (count > 0 && until_progress > count) {
            until_progress -= count;
            continue;
        }
        struct frame frame;
        enum capture_result result = capture_next(capture, &frame, error);
        if (result == CAPTURE_FRAME) {
            if (!take_frame(run, &frame))
                return;
            if (--until_progress > 0)
                continue;
        } else if (result == CAPTURE_BROKEN) {
            fail_once(run, error);
            return;
        } else if (result == CAPTURE_END) {
            return;
        } else if (run->options->line_buffered) {
            run_flush(run, 0);
        }
        until_progress = PROGRESS_FRAMES;
        progress_show(&run->progress, path, capture_position(capture), run->frames + capture_frames(capture));
    }
    run->ended_early = true;
}

static void report_misfits(struct run *run, const struct capture *capture)
{
    const char *reason;
    char text[CAPTURE_ERROR_SIZE + 64];
    uint64_t misfits = capture_filter_misfits(capture, &reason);
    if (misfits == 0)
        return;
    snprintf(text, sizeof text, "%llu frames were left out: %s", (unsigned long long)misfits, reason);
    fail_once(run, text);
}

static struct capture *open_capture(struct run *run, size_t number, char ret_error[CAPTURE_ERROR_SIZE])
{
    struct opened_file *file = &run->files[number];
    const char *path = run->options->captures[number];
    int descriptor = file->descriptor;
    file->descriptor = -1;
    if (file->is_ahead)
        return capture_open_ahead(run->ahead, number, path, run->frames + 1, ret_error);
    if (descriptor >= 0)
        return capture_open_descriptor(descriptor, path, run->frames + 1, ret_error);
    snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.200s: %s", path, strerror(file->reason));
    return NULL;
}

static void read_file(struct run *run, size_t number)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    struct capture *capture = open_capture(run, number, error);
    if (!capture) {
        if (!signals_stop()) /* else run_captures says so */
            fail_once(run, error);
        return;
    }
    if (run->filter && capture_use_filter(capture, run->filter, error) != 0) {
        fail_once(run, error);
        if (run->frames == 0) /* nothing has been read yet: take it for a wrong expression */
            run->status = STATUS_WRONG;
    } else {
        read_frames(run, capture, run->options->captures[number]);
        if (!crew_gave_up(run))
            report_misfits(run, capture);
    }
    run->frames += capture_frames(capture);
    run->progress.before += capture_size(capture);
    capture_close(capture);
}

static void read_once(struct run *run)
{
    size_t i = 0;
    while (i < run->options->capture_count && !is_stopped(run) && !crew_gave_up(run))
        read_file(run, i++);
    run->ended_early = run->ended_early || i < run->options->capture_count;
    if (run->crew)
        (void)crew_finish(run->crew);
}

static void read_files(struct run *run)
{
    read_once(run);
    if (!crew_gave_up(run) || run_is_over(run))
        return;
    if (run_threads_begin_again(run))
        read_once(run);
    else
        run_fail(run, "out of memory");
}

/* Bytes of all captures; 0 where one of them is a pipe. */
static uint64_t total_size(const struct run *run)
{
    uint64_t total = 0;
    for (size_t i = 0; i < run->options->capture_count; i++) {
        const struct opened_file *file = &run->files[i];
        struct stat status;
        if (!file->is_ahead && (fstat(file->descriptor, &status) != 0 || !S_ISREG(status.st_mode)))
            return 0;
        total += file->is_ahead ? file->size : (uint64_t)status.st_size;
    }
    return total;
}

/* Where, and until when. */
static void say_listening(const struct options *options)
{
    char *places = NULL;
    size_t size = 0, last = options->interface_count - 1;
    FILE *to = open_memstream(&places, &size);
    if (!to)
        return;
    for (size_t i = 0; i <= last; i++) {
        const char *separator = i == last ? " and " : ", ";
        fprintf(to, "%s%s", i > 0 ? separator : "", options->interfaces[i]);
    }
    fputs(", until ", to);
    if (options->frame_limit > 0)
        fprintf(to, "%llu frame%s come or ", (unsigned long long)options->frame_limit,
                options->frame_limit == 1 ? " has" : "s have");
    if (options->duration_ns > 0)
        fprintf(to, "%lld s have passed or ", (long long)(options->duration_ns / 1000000000));
    if (fclose(to) == 0)
        message("listening on %sCtrl-C", places);
    free(places);
}

static void listen(struct run *run)
{
    const struct options *options = run->options;
    listening_begin(run->listening);
    if (!options->quiet)
        say_listening(options);
    listening_run(run->listening, run);
    run->frames = listening_frames(run->listening);
}

void run_captures(struct run *run)
{
    const struct options *options = run->options;
    progress_init(&run->progress, run->results.descriptor, !run->listening && !options->quiet);
    run->progress.total = total_size(run);
    if (run->listening)
        listen(run);
    else
        read_files(run);
    if (signals_stop() && !run->listening) {
        char text[80];
        snprintf(text, sizeof text, "stopped by a signal after frame %llu", (unsigned long long)run->frames);
        run_fail(run, text);
    }
}

void run_statistics(const struct run *run, struct engine_statistics *ret_statistics)
{
    if (run->crew)
        crew_statistics(run->crew, ret_statistics);
    else if (run->engine)
        engine_statistics(run->engine, ret_statistics);
    else if (!run->listening || !listening_statistics(run->listening, ret_statistics))
        *ret_statistics = (struct engine_statistics){0};
}

static void add_interfaces(struct run *run, struct summary *summary, struct capture_interface *rows)
{
    if (!rows)
        return;
    summary->interfaces = rows;
    summary->interface_count = listening_interfaces(run->listening, rows, INTERFACES_SHOWN);
    summary->knows_drops = summary->interface_count > 0;
    for (size_t i = 0; i < summary->interface_count; i++) {
        summary->knows_drops = summary->knows_drops && rows[i].known;
        summary->received += rows[i].received;
        summary->dropped_by_kernel += rows[i].dropped_by_kernel;
        summary->dropped_by_interface += rows[i].dropped_by_interface;
    }
}

static void add_saved(const struct run *run, struct summary *summary)
{
    summary->saves = run->save != NULL;
    if (!run->save)
        return;
    summary->saved_frames = save_frames(run->save);
    summary->saved_files = save_files(run->save);
    summary->not_saved_frames = save_overflowed(run->save);
}

/* Where results and messages share a terminal. */
static void leave_room(const struct run *run)
{
    if (run->sink.passed > 0 && isatty(STDERR_FILENO) && isatty(run->results.descriptor))
        fputc('\n', stderr);
}

/* Alone it is the result, else it stands beside the results. */
static void print_summary(struct run *run, const struct engine_statistics *statistics)
{
    const struct options *options = run->options;
    struct capture_interface *interfaces = run->listening ? calloc(INTERFACES_SHOWN, sizeof *interfaces) : NULL;
    const bool alone = options->only_summary;
    const int descriptor = alone ? run->results.descriptor : STDERR_FILENO;
    struct summary summary = {
        .statistics = statistics,
        .sink = &run->sink,
        .elapsed_ns = clock_ns() - run->begun_ns,
        .full = alone || options->verbose,
        .width = options->width != 0 ? options->width : terminal_width(descriptor),
    };
    add_interfaces(run, &summary, interfaces);
    add_saved(run, &summary);
    FILE *to = alone ? fdopen(descriptor, "w") : stderr;
    if (!to) {
        free(interfaces);
        run_fail(run, "writing the summary failed: it is not whole");
        return;
    }
    const bool is_json = options->summary == SUMMARY_JSON || (alone && options->format == OUTPUT_JSON);
    if (!alone && !is_json)
        leave_room(run);
    if (is_json)
        summary_print_json(to, &summary);
    else
        summary_print_text(to, &summary);
    free(interfaces);
    if (alone && fflush(to) != 0 && errno != EPIPE)
        run_fail(run, "writing the summary failed: it is not whole");
}

bool run_wants_summary(const struct options *options)
{
    const bool only_bytes = options->follow == FOLLOW_ONE && options->interface_count == 0;
    if (options->only_summary || options->summary != SUMMARY_DEFAULT)
        return options->summary != SUMMARY_NONE;
    return !options->quiet && !only_bytes;
}

static void summarize(struct run *run)
{
    if (!run_wants_summary(run->options))
        return;
    struct engine_statistics *statistics = calloc(1, sizeof *statistics);
    if (!statistics) {
        run_fail(run, "out of memory: there is no summary");
        return;
    }
    run_statistics(run, statistics);
    if (run->sink.ranking && ranking_is_short(run->sink.ranking))
        run_fail(run, "out of memory: the summary does not rank all that was there");
    print_summary(run, statistics);
    free(statistics);
}

void run_finish(struct run *run)
{
    progress_erase(&run->progress);
    if (run->engine)
        engine_finish(run->engine);
    bool wanted = run_end_output(run);
    run_end_complain(run);
    bool nothing_was_read = run->frames == 0 && run->status != STATUS_DONE;
    if (wanted && (!nothing_was_read || run->options->summary == SUMMARY_JSON))
        summarize(run);
}

static void close_files(struct run *run)
{
    for (size_t i = 0; run->files && i < run->options->capture_count; i++) {
        if (run->files[i].descriptor > STDERR_FILENO)
            close(run->files[i].descriptor);
        if (run->files[i].again > STDERR_FILENO)
            close(run->files[i].again);
    }
    free(run->files);
}

enum exit_status run_close(struct run *run)
{
    char error[SAVE_ERROR_SIZE] = "";
    listening_close(run->listening);
    crew_free(run->crew);
    if (run->engine)
        engine_free(run->engine);
    run_threads_free(run->threads);
    ahead_free(run->ahead);
    if (run->output)
        output_free(run->output);
    if (run->save)
        save_close(run->save, error);
    if (run->follow)
        follow_free(run->follow);
    if (run->sink.display_filter)
        display_filter_free(run->sink.display_filter);
    if (run->sink.ranking)
        ranking_free(run->sink.ranking);
    if (run->notes)
        notes_free(run->notes);
    close_files(run);
    filter_free(run->filter);
    const int descriptors[] = {run->save_folder, run->extract_folder, run->follow_folder, run->memory_descriptor};
    for (size_t i = 0; i < sizeof descriptors / sizeof descriptors[0]; i++)
        if (descriptors[i] >= 0)
            close(descriptors[i]);
    if (results_close(&run->results, error, sizeof error) != 0)
        run_fail(run, error);
    return (enum exit_status)run->status;
}
