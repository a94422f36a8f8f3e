/* SPDX-License-Identifier: BSD-3-Clause */
#include "run.h"

#include "clock.h"
#include "message.h"
#include "record/notes.h"
#include "summary.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The one variable that does not hang from a run: a signal handler has no other place to leave word. */
static volatile sig_atomic_t stop_requested;

static void request_stop(int signal_number)
{
    (void)signal_number;
    stop_requested = 1;
}

/* Without SA_RESTART, so that a read from a pipe ends; and only once, so that the second Ctrl-C kills. */
static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = request_stop, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static void fail(struct run *run, const char *text)
{
    progress_erase(&run->progress);
    message("%s", text);
    if (run->status == STATUS_DONE)
        run->status = STATUS_BROKEN;
}

static bool is_over(const struct run *run)
{
    const struct options *options = run->options;
    return stop_requested || run->status == STATUS_WRONG || output_errno(run->output) != 0 ||
           (options->frame_limit != 0 && run->taken >= options->frame_limit);
}

static void save(struct run *run, const struct frame *frame)
{
    char error[CAPTURE_ERROR_SIZE];
    int result = capture_writer_add(run->writer, frame, error);
    if (result == 0 || (result == CAPTURE_WRITER_REFUSED && run->save_refused))
        return;
    fail(run, error);
    run->save_refused = true;
    if (result == CAPTURE_WRITER_FAILED) {
        capture_writer_close(run->writer, error);
        run->writer = NULL;
    }
}

static void take_frame(struct run *run, const struct frame *frame)
{
    if (run->writer)
        save(run, frame);
    engine_frame(run->engine, frame);
    run->taken++;
}

static void read_frames(struct run *run, struct capture *capture, const char *path)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    uint64_t until_progress = PROGRESS_FRAMES;
    while (!is_over(run)) {
        struct frame frame;
        enum capture_result result = capture_next(capture, &frame, error);
        if (result == CAPTURE_FRAME) {
            take_frame(run, &frame);
            if (--until_progress > 0)
                continue;
        } else if (result == CAPTURE_BROKEN) {
            fail(run, error);
            return;
        } else if (result == CAPTURE_END) {
            return;
        } else if (run->live || run->options->line_buffered) {
            output_flush(run->output);
        }
        until_progress = PROGRESS_FRAMES;
        progress_show(&run->progress, path, capture_position(capture), run->frames + capture_frames(capture));
    }
}

static void report_misfits(struct run *run, const struct capture *capture)
{
    const char *reason;
    char text[CAPTURE_ERROR_SIZE + 64];
    uint64_t misfits = capture_filter_misfits(capture, &reason);
    if (misfits == 0)
        return;
    snprintf(text, sizeof text, "%llu frames were left out: %s", (unsigned long long)misfits, reason);
    fail(run, text);
}

static void read_file(struct run *run, const char *path)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    struct capture *capture = capture_open_file(path, run->frames + 1, error);
    if (!capture) {
        if (!stop_requested) /* else run_captures says so */
            fail(run, error);
        return;
    }
    if (run->options->filter && capture_filter(capture, run->options->filter, error) != 0) {
        fail(run, error);
        if (run->frames == 0) /* nothing has been read yet: take it for a wrong expression */
            run->status = STATUS_WRONG;
    } else {
        read_frames(run, capture, path);
        report_misfits(run, capture);
    }
    run->frames += capture_frames(capture);
    run->progress.before += capture_size(capture);
    capture_close(capture);
}

/* Bytes of all captures; 0 where one of them is a pipe. */
static uint64_t total_size(const struct options *options)
{
    uint64_t total = 0;
    for (size_t i = 0; i < options->capture_count; i++) {
        struct stat status;
        bool is_stdin = strcmp(options->captures[i], "-") == 0;
        int result = is_stdin ? fstat(STDIN_FILENO, &status) : stat(options->captures[i], &status);
        if (result != 0 || !S_ISREG(status.st_mode))
            return 0;
        total += (uint64_t)status.st_size;
    }
    return total;
}

void run_captures(struct run *run)
{
    const struct options *options = run->options;
    watch_signals();
    progress_init(&run->progress, run->descriptor, !run->live && !options->quiet);
    run->progress.total = total_size(options);
    if (run->live) {
        if (!options->quiet)
            message("listening on %s, until Ctrl-C", options->interfaces[0]);
        read_frames(run, run->live, options->interfaces[0]);
        run->frames = capture_frames(run->live);
    }
    for (size_t i = 0; i < options->capture_count && !is_over(run); i++)
        read_file(run, options->captures[i]);
    if (stop_requested && !run->live) {
        char text[80];
        snprintf(text, sizeof text, "stopped by a signal after frame %llu", (unsigned long long)run->frames);
        fail(run, text);
    }
}

/* True where the results reached whoever wanted them. A reader that went away is no failure, and no cause for words. */
static bool flush_output(struct run *run)
{
    int error = output_flush(run->output) != 0 ? output_errno(run->output) : 0;
    char text[160];
    if (error == EPIPE)
        return false;
    if (error != 0) {
        snprintf(text, sizeof text, "writing the results failed: %s", strerror(error));
        fail(run, text);
    } else if (output_records_lost(run->output) > 0) {
        snprintf(text, sizeof text, "%llu records could not be written: out of memory",
                 (unsigned long long)output_records_lost(run->output));
        fail(run, text);
    }
    return true;
}

static void print_summary(struct run *run)
{
    enum summary_mode mode = run->options->summary;
    if (mode == SUMMARY_DEFAULT)
        mode = run->options->quiet ? SUMMARY_NONE : SUMMARY_TEXT;
    if (mode == SUMMARY_NONE)
        return;
    struct engine_statistics *statistics = calloc(1, sizeof *statistics);
    if (!statistics)
        return;
    engine_statistics(run->engine, statistics);
    const struct summary summary = {
        .statistics = statistics,
        .sink = &run->sink,
        .elapsed_ns = clock_ns() - run->begun_ns,
        .knows_drops = run->knows_drops,
        .dropped_by_kernel = run->dropped_by_kernel,
        .dropped_by_interface = run->dropped_by_interface,
    };
    if (mode == SUMMARY_JSON)
        summary_print_json(stderr, &summary);
    else
        summary_print_text(stderr, &summary);
    free(statistics);
}

/* A file that could not be saved is no reason to stop, but is said, and the exit status has it. */
static void report_files(struct run *run)
{
    struct engine_statistics *statistics = run->options->extract_folder ? calloc(1, sizeof *statistics) : NULL;
    char text[400];
    if (!statistics)
        return;
    engine_statistics(run->engine, statistics);
    if (statistics->extract_error[0] != '\0') {
        snprintf(text, sizeof text, "--extract: %llu of %llu files could not be saved whole; the first: %s",
                 (unsigned long long)statistics->files_not_saved, (unsigned long long)statistics->files,
                 statistics->extract_error);
        fail(run, text);
    }
    free(statistics);
}

void run_finish(struct run *run)
{
    progress_erase(&run->progress);
    engine_finish(run->engine);
    char error[CAPTURE_ERROR_SIZE] = "";
    bool wanted = flush_output(run);
    if (run->writer && capture_writer_close(run->writer, error) != 0)
        fail(run, error);
    run->writer = NULL;
    report_files(run);
    bool nothing_was_read = run->taken == 0 && run->status != STATUS_DONE;
    if (wanted && (!nothing_was_read || run->options->summary == SUMMARY_JSON))
        print_summary(run);
}

enum exit_status run_close(struct run *run)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    if (run->engine)
        engine_free(run->engine);
    if (run->output)
        output_free(run->output);
    if (run->writer)
        capture_writer_close(run->writer, error);
    capture_close(run->live);
    if (run->notes)
        notes_free(run->notes);
    if (run->descriptor > STDOUT_FILENO && close(run->descriptor) != 0)
        fail(run, "closing the results failed");
    return run->status;
}
