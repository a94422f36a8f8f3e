/* SPDX-License-Identifier: BSD-3-Clause
 *
 * overhear: a thin user of liboverhear.
 */
#include "explain.h"
#include "library_memory.h"
#include "manual.h"
#include "message.h"
#include "options.h"
#include "record/notes.h"
#include "reference.h"
#include "run.h"
#include "signals.h"
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static enum exit_status print_interfaces(void)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    char *text = capture_list_interfaces(error);
    if (!text) {
        message("%s", error);
        return STATUS_BROKEN;
    }
    message_make_plain(text); /* an interface may be called anything */
    fputs(text, stdout);
    free(text);
    return STATUS_DONE;
}

static enum exit_status print_fields(const struct options *options)
{
    const char *unknown = NULL;
    if (reference_print_fields(stdout, options->verb_words, options->verb_word_count, &unknown) == 0)
        return STATUS_DONE;
    message("fields: '%s' found, expected datasets ('overhear fields' lists them all)", unknown);
    return STATUS_WRONG;
}

static enum exit_status print_completion(const struct options *options)
{
    if (options->verb_word_count == 1 && completion_print(stdout, options->verb_words[0]) == 0)
        return STATUS_DONE;
    if (options->verb_word_count == 0)
        message("completion: nothing follows it, expected bash, zsh or fish");
    else
        message("completion: '%s' found, expected bash, zsh or fish",
                options->verb_words[options->verb_word_count > 1]);
    return STATUS_WRONG;
}

static enum exit_status explain(const struct options *options)
{
    char error[EXPLAIN_ERROR_SIZE] = "";
    struct notes *notes = notes_new();
    enum exit_status status = STATUS_WRONG;
    for (size_t i = 0; notes && i < options->note_folder_count && error[0] == '\0'; i++)
        notes_add_folder(notes, options->note_folders[i], error, sizeof error);
    const struct explain_options how = {
        .notes = notes,
        .color = terminal_wants_color(options->color, STDOUT_FILENO),
        .width = options->width != 0 ? options->width : terminal_width(STDOUT_FILENO),
    };
    if (!notes)
        status = STATUS_BROKEN;
    else if (error[0] == '\0' &&
             explain_print(stdout, &how, options->verb_words, options->verb_word_count, error, sizeof error) == 0)
        status = STATUS_DONE;
    if (status != STATUS_DONE)
        message("%s", error[0] != '\0' ? error : "out of memory");
    if (notes)
        notes_free(notes);
    return status;
}

/* Everything but reading a capture. */
static enum exit_status print_reference(const struct options *options)
{
    if (options->verb == VERB_EXPLAIN)
        return explain(options);
    if (options->verb == VERB_FIELDS)
        return print_fields(options);
    if (options->verb == VERB_COMPLETION)
        return print_completion(options);
    if (options->verb_word_count > 0) {
        message("'%s' found, expected nothing after this verb", options->verb_words[0]);
        return STATUS_WRONG;
    }
    switch (options->verb) {
    case VERB_INTERFACES:
        return print_interfaces();
    case VERB_SCHEMA:
        if (reference_print_schema(stdout) == 0)
            return STATUS_DONE;
        message("out of memory");
        return STATUS_BROKEN;
    case VERB_PROTOCOLS:
        reference_print_protocols(stdout);
        return STATUS_DONE;
    case VERB_MANUAL:
        manual_print(stdout);
        return STATUS_DONE;
    case VERB_VERSION:
        reference_print_version(stdout);
        return STATUS_DONE;
    case VERB_EXPLAIN:
    case VERB_FIELDS:
    case VERB_COMPLETION:
    case VERB_ANALYZE:
    case VERB_HELP:
        break;
    }
    reference_print_help(stdout);
    return STATUS_DONE;
}

static enum exit_status flush_stdout(enum exit_status status)
{
    if ((fflush(stdout) == 0 && !ferror(stdout)) || errno == EPIPE)
        return status;
    message("standard output: %s", strerror(errno));
    return STATUS_BROKEN;
}

/* Where there is nothing to read or write by 0, 1 or 2, a file of ours would be opened there, and results or messages
 * would run into it: something that gives EBADF is put there. */
static void keep_standard_descriptors(void)
{
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0 && errno == EBADF)
            (void)open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY); /* the lowest that is free */
}

static enum exit_status analyze(const struct options *options)
{
    struct run run;
    /* Bytes that are followed, and a summary alone, stay in the file that is open. */
    signals_watch(options->interface_count > 0, options->interface_count > 0 && options->output_path &&
                                                    options->follow == FOLLOW_NONE && !options->only_summary);
    if (run_open(&run, options) == STATUS_DONE) {
        run_captures(&run);
        run_finish(&run);
    }
    return run_close(&run);
}

int main(int argc, char **argv)
{
    struct options options;
    char error[OPTIONS_ERROR_SIZE] = "";
    enum exit_status status;
    keep_standard_descriptors();
    library_memory_watch();
    signal(SIGPIPE, SIG_IGN); /* a reader that goes away shows as EPIPE, */
    signal(SIGXFSZ, SIG_IGN); /* and a limit of file sizes as EFBIG */
    errno = 0;
    if (options_parse(&options, argc, argv, error) != 0) {
        message("%s", error);
        status = errno == ENOMEM ? STATUS_BROKEN : STATUS_WRONG;
        if (status == STATUS_WRONG)
            fputs("Try 'overhear --help'.\n", stderr);
    } else if (options.verb != VERB_ANALYZE) {
        status = flush_stdout(print_reference(&options));
    } else {
        status = analyze(&options);
    }
    options_done(&options);
    return (int)status;
}
