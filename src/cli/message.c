/* SPDX-License-Identifier: BSD-3-Clause */
#include "message.h"

#include "util/utf8.h"

#include <stdarg.h>
#include <stdio.h>

enum { LINE_SIZE = 1024 };

void message_make_plain(char *text)
{
    const struct bytes bytes = bytes_text(text);
    for (size_t at = 0; at < bytes.len;) {
        uint32_t character = 0;
        const size_t length = utf8_character(bytes, at, &character);
        const bool acts = utf8_is_control(character) || utf8_is_bidirectional(character);
        if (length == 0 || (acts && character != '\n'))
            memset(text + at, '?', length > 0 ? length : 1);
        at += length > 0 ? length : 1;
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
