/* SPDX-License-Identifier: BSD-3-Clause */
#include "progress.h"

#include "clock.h"
#include "human.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    LINE_SIZE = 512,
    BAR_CELLS = 24,
    NAME_SHOWN = 32,
    DEFAULT_COLUMNS = 80,
};

static const int64_t patience_ns = 1000000000;
static const int64_t redraw_ns = 200000000;

void progress_init(struct progress *progress, int results, bool wanted)
{
    *progress = (struct progress){.begun_ns = clock_ns()};
    progress->wanted = wanted && isatty(STDERR_FILENO) && !isatty(results);
}

/* The last part of a path, with what could act on a terminal replaced. */
static void short_name(const char *path, char ret_name[NAME_SHOWN])
{
    const char *slash = strrchr(path, '/');
    snprintf(ret_name, NAME_SHOWN, "%s", slash && slash[1] != '\0' ? slash + 1 : path);
    for (char *c = ret_name; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || (unsigned char)*c >= 0x7f)
            *c = '?';
}

void progress_line(char *ret_text, unsigned size, unsigned columns, const char *path, uint64_t done, uint64_t total,
                   uint64_t frames, int64_t elapsed_ns)
{
    char name[NAME_SHOWN], rate[HUMAN_SIZE], count[HUMAN_SIZE], left[HUMAN_SIZE], bar[BAR_CELLS + 1];
    double seconds = (double)elapsed_ns / 1e9;
    double speed = seconds > 0 ? (double)done / seconds : 0;
    short_name(path, name);
    human_bytes(speed, rate);
    int length;
    if (total > 0 && done <= total && speed > 0) {
        double part = (double)done / (double)total;
        size_t filled = (size_t)(part * BAR_CELLS);
        memset(bar, '.', BAR_CELLS);
        memset(bar, '#', filled);
        bar[BAR_CELLS] = '\0';
        human_duration((int64_t)((double)(total - done) / speed + 1) * 1000000000, left); /* rounded up: never 0 */
        length = snprintf(ret_text, size, "%s [%s] %3.0f %%  %s/s  %s left", name, bar, part * 100, rate, left);
    } else {
        length = snprintf(ret_text, size, "%s  %s frames  %s/s", name, human_count(frames, count), rate);
    }
    if (length >= 0 && columns > 0 && (unsigned)length >= columns && columns <= size)
        ret_text[columns - 1] = '\0'; /* a line that wraps could not be erased */
}

void progress_show(struct progress *progress, const char *path, uint64_t position, uint64_t frames)
{
    if (!progress->wanted)
        return;
    int64_t now_ns = clock_ns();
    if (now_ns - progress->begun_ns < patience_ns || now_ns - progress->drawn_ns < redraw_ns)
        return;
    struct winsize size;
    unsigned columns = DEFAULT_COLUMNS;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        columns = size.ws_col;
    char line[LINE_SIZE];
    progress_line(line, sizeof line, columns, path, progress->before + position, progress->total, frames,
                  now_ns - progress->begun_ns);
    fprintf(stderr, "\r\033[K%s", line);
    fflush(stderr);
    progress->drawn = true;
    progress->drawn_ns = now_ns;
}

void progress_erase(struct progress *progress)
{
    if (progress->drawn)
        fputs("\r\033[K", stderr);
    progress->drawn = false;
}
