/* SPDX-License-Identifier: BSD-3-Clause */
#include "save_files.h"

#include "capture/capture.h"
#include "open_for_writing.h"
#include "save_names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A file by what it is, whatever it is called. */
struct identity_of_file {
    dev_t device;
    ino_t number;
};

struct save_files {
    const struct options *options;
    int folder;                       /* -1: standard output */
    char folder_name[SAVE_PATH_SIZE]; /* for messages: with '/' at its end, empty where it is the one we are in */
    struct identity_of_file *kept;    /* what is read, or written by others: never written over */
    size_t kept_count;
    struct capture_writer *writer; /* NULL: before the first file, after the last */
    int descriptor;                /* its, of a file in the folder; else -1 */
    char name[SAVE_PATH_SIZE];     /* of the file in hand; and with the folder: */
    char path[2 * SAVE_PATH_SIZE];
    bool failed, ended;
    bool begun; /* a frame was there; it decides for all files: */
    uint16_t link_type;
    uint8_t time_digits;
    int64_t second;        /* of the time when the file in hand began, for -G */
    unsigned long periods; /* of -G that are over */
    unsigned number;       /* of the file in hand within its period */
    uint64_t frames;       /* in files before the one in hand */
    uint64_t lost;         /* frames that should have been in one */
    uint64_t count;        /* of files */
};

static void keep(struct save_files *files, const struct stat *status)
{
    if (S_ISREG(status->st_mode))
        files->kept[files->kept_count++] = (struct identity_of_file){status->st_dev, status->st_ino};
}

static bool remember_others(struct save_files *files)
{
    const struct options *options = files->options;
    struct stat status;
    files->kept = calloc(options->capture_count + 1, sizeof *files->kept);
    if (!files->kept)
        return false;
    for (size_t i = 0; i < options->capture_count; i++) {
        const char *path = options->captures[i];
        if ((strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &status) : stat(path, &status)) == 0)
            keep(files, &status);
    }
    if (options->output_path && stat(options->output_path, &status) == 0)
        keep(files, &status);
    return true;
}

static bool is_kept(const struct save_files *files, const struct stat *status)
{
    for (size_t i = 0; i < files->kept_count; i++)
        if (files->kept[i].device == status->st_dev && files->kept[i].number == status->st_ino)
            return true;
    return false;
}

/* Opens without emptying, looks whose file it is, then empties it. -1 with the problem in words. */
static int open_emptied(const struct save_files *files, const char *name, const char **ret_problem)
{
    struct stat status;
    const int descriptor = open_for_writing(files->folder, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor >= 0 && fstat(descriptor, &status) == 0) {
        if (is_kept(files, &status)) {
            close(descriptor);
            *ret_problem = "this file is being read, or takes the results";
            return -1;
        }
        if (!S_ISREG(status.st_mode) || ftruncate(descriptor, 0) == 0)
            return descriptor;
    }
    *ret_problem = open_for_writing_problem(errno);
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

static enum save_files_result give_up(struct save_files *files)
{
    files->failed = true;
    return SAVE_FILES_FAILED;
}

static enum save_files_result open_next(struct save_files *files, int64_t time_ns, char *ret_error, size_t error_size)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    const char *problem = "", *name = files->name, *path = files->path;
    if (save_name(files->options, time_ns, files->number, files->name) != 0) {
        snprintf(ret_error, error_size, "%.200s: no name for a file comes of it, or too long a one",
                 files->options->save_path);
        return give_up(files);
    }
    snprintf(files->path, sizeof files->path, "%s%s", files->folder_name, name);
    const int descriptor = open_emptied(files, name, &problem);
    if (descriptor < 0) {
        snprintf(ret_error, error_size, "%.200s: cannot be written: %s", path, problem);
        return give_up(files);
    }
    files->writer = capture_writer_open_descriptor(descriptor, path, error);
    files->descriptor = files->writer ? descriptor : -1;
    if (!files->writer) {
        snprintf(ret_error, error_size, "%s", error);
        return give_up(files);
    }
    files->count++;
    return SAVE_FILES_DONE;
}

/* What the writer says, in our words. */
static enum save_files_result result_of(struct save_files *files, int result)
{
    switch (result) {
    case 0:
        return SAVE_FILES_DONE;
    case CAPTURE_WRITER_REFUSED:
        return SAVE_FILES_REFUSED;
    case CAPTURE_WRITER_GONE:
        files->ended = true;
        return SAVE_FILES_END;
    default:
        return give_up(files);
    }
}

/* What a writer counts less after it has failed than before is lost. */
static int flush_writer(struct save_files *files, char ret_error[CAPTURE_ERROR_SIZE])
{
    const uint64_t frames = capture_writer_frames(files->writer);
    const int result = capture_writer_flush(files->writer, ret_error);
    if (result != CAPTURE_WRITER_GONE) /* nobody wants them any more */
        files->lost += frames - capture_writer_frames(files->writer);
    return result;
}

static enum save_files_result close_writer(struct save_files *files, char *ret_error, size_t error_size)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    if (!files->writer)
        return SAVE_FILES_DONE;
    const int flushed = flush_writer(files, error);
    files->frames += capture_writer_frames(files->writer);
    const int closed = capture_writer_close(files->writer, error);
    files->writer = NULL;
    files->descriptor = -1;
    /* cppcheck-suppress nullPointer ; it may be NULL where error_size is 0 */
    snprintf(ret_error, error_size, "%s", error);
    return result_of(files, flushed != 0 ? flushed : closed);
}

/* Closes the file in hand and opens another where -G or -C says so, in tcpdump's order: time first. */
static enum save_files_result rotate(struct save_files *files, const struct frame *frame, char *ret_error,
                                     size_t error_size)
{
    const struct options *options = files->options;
    const int64_t second_ns = 1000000000;
    const int64_t second = frame->moment.time_ns / second_ns;
    if (options->save_ns > 0 && second - files->second >= options->save_ns / second_ns) {
        files->second = second;
        files->periods++;
        files->number = 0;
        if (options->save_bytes == 0 && options->save_files > 0 && files->periods >= options->save_files) {
            files->ended = true;
            const enum save_files_result result = close_writer(files, ret_error, error_size);
            return result == SAVE_FILES_DONE ? SAVE_FILES_END : result;
        }
    } else if (options->save_bytes > 0 && capture_writer_frames(files->writer) > 0 &&
               capture_writer_size(files->writer) > options->save_bytes) {
        files->number++;
        if (options->save_files > 0 && files->number >= options->save_files)
            files->number = 0;
    } else {
        return SAVE_FILES_DONE;
    }
    const enum save_files_result result = close_writer(files, ret_error, error_size);
    /* -C alone has no conversions; with -G they go by the time at which the period began */
    return result == SAVE_FILES_DONE ? open_next(files, files->second * second_ns, ret_error, error_size) : result;
}

static bool open_stdout(struct save_files *files, char *ret_error, size_t error_size)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    files->writer = capture_writer_open("-", error);
    files->count = 1;
    snprintf(ret_error, error_size, "%s", error);
    return files->writer;
}

static bool open_folder(struct save_files *files, char *ret_error, size_t error_size)
{
    char *folder = files->name; /* no file has one yet */
    const int length = save_folder(files->options, folder);
    errno = ENAMETOOLONG;
    if (length >= 0)
        files->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (files->folder < 0)
        snprintf(ret_error, error_size, "%.200s: the folder cannot be opened: %s", files->options->save_path,
                 strerror(errno));
    else
        snprintf(files->folder_name, sizeof files->folder_name, "%.*s", length, files->options->save_path);
    return files->folder >= 0;
}

struct save_files *save_files_open(const struct options *options, char *ret_error, size_t error_size)
{
    struct save_files *files = calloc(1, sizeof *files);
    snprintf(ret_error, error_size, "%.200s: out of memory", options->save_path);
    if (!files)
        return NULL;
    files->options = options;
    files->folder = files->descriptor = -1;
    tzset(); /* reads a file; localtime_r does not, after this */
    if (strcmp(options->save_path, "-") == 0
            ? open_stdout(files, ret_error, error_size)
            : remember_others(files) && open_folder(files, ret_error, error_size) &&
                  (save_name_tells_time(options) || open_next(files, 0, ret_error, error_size) == SAVE_FILES_DONE))
        return files;
    save_files_free(files);
    return NULL;
}

int save_files_descriptor(const struct save_files *files)
{
    return files->descriptor;
}

static enum save_files_result add(struct save_files *files, const struct frame *frame, char *ret_error,
                                  size_t error_size)
{
    const int64_t second_ns = 1000000000;
    char error[CAPTURE_ERROR_SIZE] = "";
    enum save_files_result result;
    if (files->failed || files->ended) {
        snprintf(ret_error, error_size, "%.200s: writing frames has ended before", files->options->save_path);
        return files->failed ? SAVE_FILES_FAILED : SAVE_FILES_END;
    }
    if (!files->begun) {
        files->begun = true;
        files->link_type = frame->link_type;
        files->time_digits = frame->time_digits;
        files->second = frame->moment.time_ns / second_ns;
    }
    if (frame->link_type != files->link_type) {
        snprintf(ret_error, error_size,
                 "%.200s: frame %llu has link type %u; a pcap file holds frames of one link type, here %u",
                 files->options->save_path, (unsigned long long)frame->moment.frame, frame->link_type,
                 files->link_type);
        return SAVE_FILES_REFUSED;
    }
    if (files->writer)
        result = rotate(files, frame, ret_error, error_size);
    else
        result = open_next(files, files->second * second_ns, ret_error, error_size);
    if (result != SAVE_FILES_DONE)
        return result;
    struct frame alike = *frame;
    alike.time_digits = files->time_digits;
    const uint64_t frames = capture_writer_frames(files->writer);
    const int added = capture_writer_add(files->writer, &alike, error);
    if (added != 0 && added != CAPTURE_WRITER_GONE)
        files->lost += frames - capture_writer_frames(files->writer);
    snprintf(ret_error, error_size, "%s", error);
    return result_of(files, added);
}

enum save_files_result save_files_add(struct save_files *files, const struct frame *frame, char *ret_error,
                                      size_t error_size)
{
    const enum save_files_result result = add(files, frame, ret_error, error_size);
    files->lost += result == SAVE_FILES_FAILED || result == SAVE_FILES_REFUSED;
    return result;
}

enum save_files_result save_files_flush(struct save_files *files, char *ret_error, size_t error_size)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    if (!files->writer || files->failed || files->ended)
        return SAVE_FILES_DONE;
    const int flushed = flush_writer(files, error);
    snprintf(ret_error, error_size, "%s", error);
    return result_of(files, flushed);
}

enum save_files_result save_files_finish(struct save_files *files, char *ret_error, size_t error_size)
{
    enum save_files_result result = close_writer(files, ret_error, error_size);
    files->ended = true;
    return result == SAVE_FILES_FAILED ? result : SAVE_FILES_DONE;
}

void save_files_free(struct save_files *files)
{
    (void)close_writer(files, NULL, 0);
    if (files->folder >= 0)
        close(files->folder);
    free(files->kept);
    free(files);
}

uint64_t save_files_frames(const struct save_files *files)
{
    return files->frames + (files->writer ? capture_writer_frames(files->writer) : 0);
}

uint64_t save_files_lost(const struct save_files *files)
{
    return files->lost;
}

uint64_t save_files_count(const struct save_files *files)
{
    return files->count;
}
