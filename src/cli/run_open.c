/* SPDX-License-Identifier: BSD-3-Clause */
#include "clock.h"
#include "message.h"
#include "privileges.h"
#include "record/notes.h"
#include "run.h"
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
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

static enum exit_status open_notes(struct run *run)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    if (run->options->no_notes)
        return STATUS_DONE;
    run->notes = notes_new(error, sizeof error);
    if (!run->notes) {
        message("notes: %s", error[0] != '\0' ? error : "out of memory");
        return STATUS_BROKEN;
    }
    for (size_t i = 0; i < run->options->note_folder_count; i++)
        if (notes_add_folder(run->notes, run->options->note_folders[i], error, sizeof error) != 0) {
            message("--notes: %s", error);
            return STATUS_WRONG;
        }
    return STATUS_DONE;
}

static enum exit_status open_live(struct run *run)
{
    const struct options *options = run->options;
    char error[CAPTURE_ERROR_SIZE] = "";
    if (options->interface_count == 0)
        return STATUS_DONE;
    const struct capture_live_options live = {.interfaces = options->interfaces,
                                              .interface_count = options->interface_count,
                                              .snap_length = options->snap_length,
                                              .buffer_kib = options->buffer_kib,
                                              .not_promiscuous = options->not_promiscuous};
    run->live = capture_open_live(&live, 1, error);
    if (!run->live) {
        message("%s", error);
        return STATUS_BROKEN;
    }
    if (options->filter && capture_filter(run->live, options->filter, error) != 0) {
        message("%s", error);
        return STATUS_WRONG;
    }
    return STATUS_DONE;
}

static enum exit_status open_files(struct run *run)
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
    if (options->output_path) {
        run->descriptor = open(options->output_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (run->descriptor < 0) {
            message("-o %s: cannot be written: %s", options->output_path, strerror(errno));
            return STATUS_BROKEN;
        }
    }
    if (options->save_path && !(run->writer = capture_writer_open(options->save_path, error))) {
        message("-w %s", error);
        return STATUS_BROKEN;
    }
    return STATUS_DONE;
}

/* A folder of that name is made where there is none: for the owner alone, because what travels is nobody else's
 * business. Every file in work is open, so as many as the system allows. */
static enum exit_status open_extract_folder(struct run *run)
{
    const char *folder = run->options->extract_folder;
    struct rlimit descriptors;
    if (!folder)
        return STATUS_DONE;
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        message("--extract %s: the folder cannot be made: %s", folder, strerror(errno));
        return STATUS_BROKEN;
    }
    struct stat status;
    if (stat(folder, &status) != 0 || !S_ISDIR(status.st_mode) || access(folder, W_OK | X_OK) != 0) {
        message("--extract %s: expected a folder that can be written to: %s", folder,
                strerror(S_ISDIR(status.st_mode) ? errno : ENOTDIR));
        return STATUS_BROKEN;
    }
    if (getrlimit(RLIMIT_NOFILE, &descriptors) == 0) {
        descriptors.rlim_cur = descriptors.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &descriptors);
    }
    return STATUS_DONE;
}

static enum exit_status open_output(struct run *run)
{
    const struct options *options = run->options;
    unsigned detail = DETAIL_NORMAL;
    if (options->quiet)
        detail = DETAIL_BRIEF;
    else if (options->verbose)
        detail = DETAIL_VERBOSE;
    const struct output_options output = {
        .format = options->format,
        .descriptor = run->descriptor,
        .notes = run->notes,
        .show_secrets = options->show_secrets,
        .max_text = options->max_text,
        .line_buffered = options->line_buffered || options->interface_count > 0,
        .detail = detail,
        .color = options->format == OUTPUT_TRANSCRIPT && terminal_wants_color(options->color, run->descriptor),
        .width = options->width != 0 ? options->width : terminal_width(run->descriptor),
    };
    run->output = output_new(&output);
    if (!run->output)
        return STATUS_BROKEN;
    sink_init(&run->sink, run->output, options);
    const struct engine_options engine = {
        .sink = {.context = &run->sink, .write = sink_write},
        .memory_limit = options->memory_limit,
        .strict_checksums = options->strict_checksums,
        .no_names = options->no_names,
        .no_notes = options->no_notes,
        .hash_files = options->hash_files,
        .extract_folder = options->extract_folder,
        .extract_limit = options->extract_limit,
        .ports = options->ports,
        .port_count = options->port_count,
    };
    run->engine = engine_new(&engine);
    return run->engine ? STATUS_DONE : STATUS_BROKEN;
}

enum exit_status run_open(struct run *run, const struct options *options)
{
    *run = (struct run){.options = options, .descriptor = STDOUT_FILENO, .begun_ns = clock_ns()};
    enum exit_status (*const steps[])(struct run *) = {open_notes, open_live, open_files, open_extract_folder};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        run->status = steps[i](run);
        if (run->status != STATUS_DONE)
            return run->status;
    }
    char error[CAPTURE_ERROR_SIZE] = "";
    struct identity identity;
    if (privileges_identity(options->user, &identity, error, sizeof error) != 0 ||
        privileges_become(&identity, error, sizeof error) != 0) {
        message("%s", error);
        return run->status = STATUS_WRONG;
    }
    if (options->extract_folder && faccessat(AT_FDCWD, options->extract_folder, W_OK | X_OK, AT_EACCESS) != 0) {
        message("--extract %s: expected a folder that %s can write to: %s", options->extract_folder,
                options->user ? options->user : "this user", strerror(errno));
        return run->status = STATUS_BROKEN;
    }
    run->status = open_output(run);
    if (run->status != STATUS_DONE)
        message("out of memory");
    return run->status;
}
