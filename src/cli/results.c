/* SPDX-License-Identifier: BSD-3-Clause */
#include "results.h"

#include "open_for_writing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SHOWN = 200, MODE = 0666 };

/* The folder that a file is in; -1 with errno. */
static int open_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    errno = ENOMEM;
    int descriptor = folder ? open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    int reason = errno;
    free(folder);
    errno = reason;
    return descriptor;
}

/* A line that was cut off must not run into the next. Where the file cannot be read, nobody knows. */
static int end_last_line(const struct results *results, int descriptor)
{
    struct stat status;
    char last = '\n';
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0)
        return 0;
    int reader = openat(results->folder, results->name, O_RDONLY | O_CLOEXEC);
    bool is_cut = reader >= 0 && pread(reader, &last, 1, status.st_size - 1) == 1 && last != '\n';
    if (reader >= 0)
        close(reader);
    return is_cut && write(descriptor, "\n", 1) != 1 ? -1 : 0;
}

/* -1 with errno. */
static int open_file(const struct results *results, bool appends)
{
    int descriptor = open_for_writing(results->folder, results->name,
                                      O_WRONLY | O_CREAT | O_CLOEXEC | (appends ? O_APPEND : O_TRUNC), MODE);
    if (descriptor < 0 || !appends || end_last_line(results, descriptor) == 0)
        return descriptor;
    int reason = errno;
    close(descriptor);
    errno = reason;
    return -1;
}

int results_open(struct results *results, const char *path, bool appends, char *ret_error, size_t error_size)
{
    *results = (struct results){.descriptor = STDOUT_FILENO, .folder = -1, .path = path};
    if (!path)
        return 0;
    const char *slash = strrchr(path, '/');
    results->name = slash ? slash + 1 : path;
    results->folder = open_folder_of(path);
    int descriptor = results->folder >= 0 ? open_file(results, appends) : -1;
    if (descriptor < 0) {
        snprintf(ret_error, error_size, "-o %.*s: cannot be written: %s", PATH_SHOWN, path,
                 open_for_writing_problem(errno));
        return -1;
    }
    results->descriptor = descriptor;
    return 0;
}

int results_reopen(struct results *results, char *ret_error, size_t error_size)
{
    int descriptor = open_file(results, true);
    if (descriptor < 0) {
        snprintf(ret_error, error_size, "-o %.*s: cannot be opened anew, going on with the old file: %s", PATH_SHOWN,
                 results->path, strerror(errno));
        return -1;
    }
    results->descriptor = descriptor;
    return descriptor;
}

int results_close(struct results *results, char *ret_error, size_t error_size)
{
    int result = 0;
    if (results->path && results->descriptor > STDERR_FILENO && close(results->descriptor) != 0) {
        snprintf(ret_error, error_size, "-o %.*s: %s", PATH_SHOWN, results->path, strerror(errno));
        result = -1;
    }
    if (results->folder >= 0)
        close(results->folder);
    results->descriptor = results->folder = -1;
    return result;
}
