/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture/filter.h"
#include "clock.h"
#include "filter/display_filter.h"
#include "follow.h"
#include "listen.h"
#include "message.h"
#include "ranking.h"
#include "record/notes.h"
#include "run.h"
#include "run_threads.h"
#include "save.h"
#include "save_names.h"
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_same_file(const char *path, const char *other)
{
    struct stat a, b;
    if (stat(path, &a) != 0)
        return false;
    int result = strcmp(other, "-") == 0 ? fstat(STDIN_FILENO, &b) : stat(other, &b);
    return result == 0 && S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Opening a file for writing empties it: not one that we are about to read. */
static bool would_destroy_input(const struct options *options, const char *option, const char *path)
{
    for (size_t i = 0; i < options->capture_count; i++)
        if (is_same_file(path, options->captures[i])) {
            message("%s %s: this capture is to be read; expected another file", option, path);
            return true;
        }
    return false;
}

static enum exit_status no_memory(void)
{
    message("out of memory");
    return STATUS_BROKEN;
}

static enum exit_status open_notes(struct run *run)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    if (run->options->no_notes)
        return STATUS_DONE;
    run->notes = notes_new();
    if (!run->notes)
        return no_memory();
    for (size_t i = 0; i < run->options->note_folder_count; i++)
        if (notes_add_folder(run->notes, run->options->note_folders[i], error, sizeof error) != 0) {
            message("--notes: %s", error);
            return STATUS_WRONG;
        }
    return STATUS_DONE;
}

static enum exit_status open_interfaces(struct run *run)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    if (run->options->interface_count == 0)
        return STATUS_DONE;
    run->listening = listening_open(run->options, error);
    if (run->listening)
        return STATUS_DONE;
    char *advice = strchr(error, '\n');
    if (advice)
        *advice++ = '\0';
    message("%s", error);
    if (advice)
        message("%s", advice);
    return strncmp(error, "filter", 6) == 0 ? STATUS_WRONG : STATUS_BROKEN;
}

/* As many files as the system allows: captures are opened before the sandbox, and every extracted file in work is open.
 */
static void raise_descriptor_limit(void)
{
    struct rlimit descriptors;
    if (getrlimit(RLIMIT_NOFILE, &descriptors) == 0) {
        descriptors.rlim_cur = descriptors.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &descriptors);
    }
}

/* A file that cannot be opened is told when its turn comes: the ones before it are read all the same. */
static enum exit_status open_captures(struct run *run)
{
    const struct options *options = run->options;
    raise_descriptor_limit();
    run->files = calloc(options->capture_count + 1, sizeof *run->files);
    if (!run->files)
        return no_memory();
    for (size_t i = 0; i < options->capture_count; i++) {
        bool is_stdin = strcmp(options->captures[i], "-") == 0;
        run->files[i].descriptor = is_stdin ? STDIN_FILENO : open(options->captures[i], O_RDONLY | O_CLOEXEC);
        run->files[i].reason = errno;
        run->files[i].again = -1;
    }
    return STATUS_DONE;
}

/* Of files: names of hosts and services can be looked up now, and not in the sandbox. */
static enum exit_status open_filter(struct run *run)
{
    const struct options *options = run->options;
    char error[CAPTURE_ERROR_SIZE] = "";
    if (!options->filter || run->listening)
        return STATUS_DONE;
    run->filter = filter_prepare(options->filter, error);
    if (run->filter)
        return STATUS_DONE;
    message("%s", error);
    return STATUS_WRONG;
}

static bool rotates(const struct options *options)
{
    return options->save_path && (options->save_bytes > 0 || options->save_ns > 0);
}

/* Where there is a folder, it can be written to. */
static bool open_save_folder(struct run *run, char ret_error[CAPTURE_ERROR_SIZE])
{
    char *folder = malloc(SAVE_PATH_SIZE);
    bool can_write = folder != NULL;
    snprintf(ret_error, CAPTURE_ERROR_SIZE, "-w: out of memory");
    if (folder && save_folder(run->options, folder) >= 0) {
        can_write = privileges_can_write_folder(&run->identity, "-w", folder, ret_error, CAPTURE_ERROR_SIZE);
        if (can_write)
            run->save_folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    }
    free(folder);
    return can_write;
}

/* After -o, which it leaves alone. Further files are made by whom we will be. */
static enum exit_status open_saved_frames(struct run *run)
{
    const struct options *options = run->options;
    char error[CAPTURE_ERROR_SIZE] = "";
    if (rotates(options) && !open_save_folder(run, error)) {
        message("%s", error);
        return STATUS_BROKEN;
    }
    run->save = run->sink.save = save_open(options, error);
    /* a ring comes back to its first file */
    if (run->save &&
        (!rotates(options) || save_descriptor(run->save) < 0 ||
         privileges_give(&run->identity, save_descriptor(run->save), options->save_path, error, sizeof error) == 0))
        return STATUS_DONE;
    message("-w %s", error);
    return STATUS_BROKEN;
}

static enum exit_status open_results(struct run *run)
{
    const struct options *options = run->options;
    char error[CAPTURE_ERROR_SIZE] = "";
    if (options->save_path && options->output_path && strcmp(options->save_path, options->output_path) == 0) {
        message("-o %s and -w %s: expected two files", options->output_path, options->save_path);
        return STATUS_WRONG;
    }
    if ((options->output_path && would_destroy_input(options, "-o", options->output_path)) ||
        (options->save_path && would_destroy_input(options, "-w", options->save_path)))
        return STATUS_WRONG;
    if (results_open(&run->results, options->output_path, options->append, error, sizeof error) != 0) {
        message("%s", error);
        return STATUS_BROKEN;
    }
    return options->save_path ? open_saved_frames(run) : STATUS_DONE;
}

/* A folder of that name is made where there is none: for the owner alone, because what travels is nobody else's
 * business. It belongs to whom we will be. */
static enum exit_status make_folder(struct run *run, const char *option, const char *folder, int *ret_descriptor)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    const bool made = mkdir(folder, 0700) == 0;
    if (!made && errno != EEXIST) {
        message("%s %s: the folder cannot be made: %s", option, folder, strerror(errno));
        return STATUS_BROKEN;
    }
    *ret_descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (made ? O_NOFOLLOW : 0));
    if (*ret_descriptor < 0) {
        message("%s %s: expected a folder that can be written to: %s", option, folder, strerror(errno));
        return STATUS_BROKEN;
    }
    if (made && privileges_give(&run->identity, *ret_descriptor, folder, error, sizeof error) != 0) {
        message("%s %s", option, error);
        return STATUS_BROKEN;
    }
    if (privileges_can_write_folder(&run->identity, option, folder, error, sizeof error))
        return STATUS_DONE;
    message("%s", error);
    return STATUS_BROKEN;
}

static enum exit_status open_folders(struct run *run)
{
    const struct options *options = run->options;
    enum exit_status status = STATUS_DONE;
    if (options->extract_folder)
        status = make_folder(run, "--extract", options->extract_folder, &run->extract_folder);
    if (status == STATUS_DONE && options->follow == FOLLOW_ALL)
        status = make_folder(run, "--follow all", options->follow_folder, &run->follow_folder);
    return status;
}

static enum exit_status open_output(struct run *run)
{
    const struct options *options = run->options;
    unsigned detail = DETAIL_NORMAL;
    if (options->quiet)
        detail = DETAIL_BRIEF;
    else if (options->verbose)
        detail = DETAIL_VERBOSE;
    const bool is_live_terminal = run->listening && isatty(run->results.descriptor);
    const struct output_options output = {
        .format = options->format,
        .descriptor = run->results.descriptor,
        .notes = run->notes,
        .show_secrets = options->show_secrets,
        .max_text = options->max_text,
        .line_buffered = options->line_buffered || is_live_terminal,
        .detail = detail,
        .color = options->format == OUTPUT_TRANSCRIPT && terminal_wants_color(options->color, run->results.descriptor),
        .width = options->width != 0 ? options->width : terminal_width(run->results.descriptor),
    };
    const unsigned threads = run_threads_wanted(run);
    if (options->only_summary || options->follow != FOLLOW_NONE)
        return STATUS_DONE;
    if (threads == 0)
        run->output = run->sink.output = output_new(&output);
    else
        run->threads = run->sink.threads = run_threads_new(&output, run->sink.ranking, threads);
    return run->output || run->threads ? STATUS_DONE : no_memory();
}

static enum exit_status open_follow(struct run *run)
{
    const struct options *options = run->options;
    const struct follow_options follow = {
        .mode = options->follow,
        .conversation = options->follow_conversation,
        .folder = options->follow_folder,
        .folder_descriptor = run->follow_folder,
        .raw = options->raw,
        .raw_side = options->raw_side,
        .descriptor = run->results.descriptor,
        .color = !options->raw && terminal_wants_color(options->color, run->results.descriptor),
        .line_buffered = options->line_buffered || run->listening,
        .times = options->verbose,
        .memory = LIMIT_FOLLOW_BYTES,
    };
    if (options->follow == FOLLOW_NONE)
        return STATUS_DONE;
    run->follow = follow_new(&follow);
    const char *place = "";
    int reason = run->follow ? follow_error(run->follow, &place) : 0;
    if (reason == EEXIST)
        message("--follow all %s: an earlier run has left its files there; expected another folder",
                options->follow_folder);
    else if (reason != 0)
        message("--follow all: %s: %s", place, strerror(reason));
    if (reason != 0)
        return reason == EEXIST ? STATUS_WRONG : STATUS_BROKEN;
    return run->follow ? STATUS_DONE : no_memory();
}

/* What records pass through. The expression is read before anything is opened: a slip in it is not to cost the old
 * results. */
static enum exit_status open_sink(struct run *run)
{
    const struct options *options = run->options;
    char error[DISPLAY_FILTER_ERROR_SIZE] = "";
    sink_init(&run->sink, options);
    if (options->display_filter) {
        run->sink.display_filter = display_filter_new(options->display_filter, options->show_secrets, error);
        if (!run->sink.display_filter) {
            fprintf(stderr, "overhear: %s\n", error);
            return STATUS_WRONG;
        }
        display_filter_max_text(run->sink.display_filter, options->max_text);
    }
    if (run_wants_summary(options) && !(run->sink.ranking = ranking_new()))
        return no_memory();
    return STATUS_DONE;
}

static enum exit_status open_engine(struct run *run)
{
    const struct options *options = run->options;
    char error[CAPTURE_ERROR_SIZE] = "";
    const struct engine_options engine = run->engine_options = (struct engine_options){
        .sink = {.context = &run->sink, .write = sink_write},
        .pause = sink_pause,
        .memory_limit = options->memory_limit,
        .strict_checksums = options->strict_checksums,
        .stack = options->stack,
        .no_names = options->no_names,
        .no_notes = options->no_notes,
        .ends_all = !run->listening,
        .hash_files = options->hash_files,
        .extract_folder = options->extract_folder,
        .extract_descriptor = run->extract_folder > 0 ? run->extract_folder : 0,
        .extract_limit = options->extract_limit,
        .ports = options->ports,
        .port_count = options->port_count,
        .tap = run->follow ? follow_tap(run->follow) : NULL,
    };
    if (run->listening) {
        if (listening_start(run->listening, run, &engine, error) != 0) {
            message("%s", error);
            return STATUS_BROKEN;
        }
        if (options->threads > 1)
            return STATUS_DONE;
    }
    if ((run->threads && run_threads_start(run->threads) != 0) || !run_threads_inflate(run)) {
        message("--threads: threads cannot be made; expected room for them, or --threads 1");
        return STATUS_WRONG;
    }
    return run_threads_engines(run);
}

static void add_folder(struct sandbox_options *sandbox, const char *path, int descriptor, bool only_adds)
{
    if (descriptor < 0)
        return;
    sandbox->only_adds[sandbox->folder_count] = only_adds;
    sandbox->folders[sandbox->folder_count] = path;
    sandbox->folder_descriptors[sandbox->folder_count++] = descriptor;
}

/* Where files are still to be made. */
static void list_folders(const struct run *run, struct sandbox_options *sandbox)
{
    const struct options *options = run->options;
    if (run->listening) /* SIGHUP */
        add_folder(sandbox, options->output_path, run->results.folder, true);
    add_folder(sandbox, options->save_path, run->save_folder, true);
    add_folder(sandbox, options->extract_folder, run->extract_folder, false);
    add_folder(sandbox, options->follow_folder, run->follow_folder, false);
}

static enum exit_status say_sandbox(const struct run *run, enum sandbox_result result, const char *error)
{
    if (result == SANDBOX_WHOLE)
        return STATUS_DONE;
    if (result == SANDBOX_FAILED || !run->options->quiet)
        message("%s", error);
    return result == SANDBOX_FAILED ? STATUS_BROKEN : STATUS_DONE;
}

/* From here on nothing can be opened but what is said here. Threads begin between the two halves. */
static enum exit_status lock_up(struct run *run)
{
    struct sandbox_options sandbox = {0};
    char error[SANDBOX_ERROR_SIZE] = "";
    enum exit_status status = STATUS_DONE;
    const bool wanted = !run->options->no_sandbox;
    list_folders(run, &sandbox);
    if (run->listening)
        listening_fill_sandbox(run->listening, &sandbox);
    if (wanted)
        status = say_sandbox(run, sandbox_confine(&sandbox, error), error);
    if (status == STATUS_DONE) {
        status = open_engine(run);
        if (status == STATUS_BROKEN && !run->listening)
            message("out of memory");
    }
    if (status == STATUS_DONE && wanted)
        status = say_sandbox(run, sandbox_enter(&sandbox, error), error);
    return status;
}

static enum exit_status give_up_rights(struct run *run)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    if (!run->options->no_sandbox && !sandbox_prepare())
        return no_memory();
    if (run->options->no_sandbox && !run->options->quiet)
        message("--no-sandbox: a hostile capture that finds a bug could use every right of this user");
    if (privileges_become(&run->identity, error, sizeof error) == 0)
        return STATUS_DONE;
    const bool is_wrong = errno != ENOMEM;
    message("%s", error);
    return is_wrong ? STATUS_WRONG : STATUS_BROKEN;
}

static enum exit_status open_all(struct run *run)
{
    /* cppcheck-suppress uninitvar ; an array of functions, all of them given */
    enum exit_status (*const steps[])(struct run *) = {
        open_sink,    open_notes,  open_interfaces, open_captures, open_filter, open_results,
        open_folders, open_output, give_up_rights,  open_follow,   lock_up,
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        enum exit_status status = steps[i](run);
        if (status != STATUS_DONE)
            return status;
    }
    return STATUS_DONE;
}

enum exit_status run_open(struct run *run, const struct options *options)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    *run = (struct run){
        .options = options,
        .results = {.descriptor = STDOUT_FILENO, .folder = -1},
        .save_folder = -1,
        .extract_folder = -1,
        .follow_folder = -1,
        .memory_descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC),
        .begun_ns = clock_ns(),
    };
    if (privileges_identity(options->user, &run->identity, error, sizeof error) != 0) {
        run->status = errno == ENOMEM ? STATUS_BROKEN : STATUS_WRONG;
        message("%s", error);
        return (enum exit_status)run->status;
    }
    if (run->identity.stays && !options->quiet)
        message("staying root, without capabilities: here it cannot become nobody");
    enum exit_status status = open_all(run);
    run->status = (int)status;
    return status;
}
