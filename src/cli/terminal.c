/* SPDX-License-Identifier: BSD-3-Clause */
#include "terminal.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { DEFAULT_COLUMNS = 80, LEAST_COLUMNS = 40, MOST_COLUMNS = 1000 };

bool terminal_wants_color(enum color_mode mode, int descriptor)
{
    if (mode != COLOR_AUTO)
        return mode == COLOR_ALWAYS;
    const char *no_color = getenv("NO_COLOR");
    const char *kind = getenv("TERM");
    if (no_color && *no_color != '\0')
        return false;
    return isatty(descriptor) && kind && *kind != '\0' && strcmp(kind, "dumb") != 0;
}

unsigned terminal_width(int descriptor)
{
    struct winsize size;
    unsigned long columns = DEFAULT_COLUMNS;
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        columns = size.ws_col;
    } else {
        const char *text = getenv("COLUMNS");
        char *end = NULL;
        unsigned long value = text ? strtoul(text, &end, 10) : 0;
        if (value > 0 && end && *end == '\0')
            columns = value;
    }
    if (columns < LEAST_COLUMNS)
        return LEAST_COLUMNS;
    return columns > MOST_COLUMNS ? MOST_COLUMNS : (unsigned)columns;
}
