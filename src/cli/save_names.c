/* SPDX-License-Identifier: BSD-3-Clause */
#include "save_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Where the name below the folder begins. */
static size_t name_start(const struct options *options)
{
    const char *path = options->save_path;
    const size_t fixed = options->save_ns > 0 ? strcspn(path, "%") : strlen(path);
    size_t start = 0;
    for (size_t i = 0; i < fixed; i++)
        if (path[i] == '/')
            start = i + 1;
    return start;
}

int save_folder(const struct options *options, char ret_folder[SAVE_PATH_SIZE])
{
    const size_t start = name_start(options);
    if (start >= SAVE_PATH_SIZE)
        return -1;
    memcpy(ret_folder, options->save_path, start);
    ret_folder[start] = '\0';
    if (start == 0)
        memcpy(ret_folder, ".", sizeof ".");
    else if (start > 1)
        ret_folder[start - 1] = '\0';
    return (int)start;
}

bool save_name_tells_time(const struct options *options)
{
    return options->save_ns > 0 && strchr(options->save_path, '%');
}

/* Digits of the largest number in a ring of so many files; 0 where there is only one. */
static int ring_digits(unsigned files)
{
    int digits = 0;
    for (unsigned last = files > 0 ? files - 1 : 0; last > 0; last /= 10)
        digits++;
    return digits;
}

/* strftime tells an empty result from one without room only if something is sure to come: a space before it. */
static int expand(const char *pattern, int64_t time_ns, char ret_name[SAVE_PATH_SIZE])
{
    const int64_t second = 1000000000;
    const time_t seconds = (time_t)(time_ns / second - (time_ns % second < 0));
    struct tm local;
    char *spaced = NULL;
    if (!localtime_r(&seconds, &local) || asprintf(&spaced, " %s", pattern) < 0)
        return -1;
    const size_t length = strftime(ret_name, SAVE_PATH_SIZE, spaced, &local);
    free(spaced);
    if (length == 0)
        return -1;
    memmove(ret_name, ret_name + 1, length);
    return 0;
}

int save_name(const struct options *options, int64_t time_ns, unsigned number, char ret_name[SAVE_PATH_SIZE])
{
    const char *pattern = options->save_path + name_start(options);
    const int digits = options->save_bytes > 0 ? ring_digits(options->save_files) : 0;
    size_t length = strlen(pattern);
    if (options->save_ns > 0) {
        if (expand(pattern, time_ns, ret_name) != 0)
            return -1;
        length = strlen(ret_name);
    } else if (length < SAVE_PATH_SIZE) {
        memcpy(ret_name, pattern, length + 1);
    }
    if (length == 0 || length >= SAVE_PATH_SIZE)
        return -1;
    if (options->save_bytes == 0 || (number == 0 && digits == 0))
        return 0;
    const size_t room = SAVE_PATH_SIZE - length;
    return (size_t)snprintf(ret_name + length, room, "%0*u", digits, number) < room ? 0 : -1;
}
