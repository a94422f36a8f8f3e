/* SPDX-License-Identifier: BSD-3-Clause */
#include "message.h"

#include <stdarg.h>
#include <stdio.h>

enum { LINE_SIZE = 1024 };

void message_make_plain(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c != '\0'; c++) {
        if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0)
            c[0] = c[1] = '?'; /* control characters that UTF-8 has besides */
        else if ((c[0] < 0x20 && c[0] != '\n') || c[0] == 0x7f)
            c[0] = '?';
    }
}

void message(const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    for (char *c = line; *c != '\0'; c++)
        *c = *c == '\n' ? '?' : *c;
    message_make_plain(line);
    fprintf(stderr, "overhear: %s\n", line);
}
