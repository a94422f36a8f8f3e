/* SPDX-License-Identifier: BSD-3-Clause */
#include "complaint.h"

#include "display_filter.h"
#include "util/text_width.h"
#include "util/utf8.h"

#include <stdarg.h>
#include <stdio.h>

enum {
    WINDOW_COLUMNS = 72, /* of the expression that are shown, */
    BEFORE_COLUMNS = 32, /* and of them before the place where it is long */
    WINDOW_BYTES = 320,
    BEFORE_BYTES = 128,
    CHARACTER_SIZE = 5,
};

/* The character at `at` as it may be shown, with its NUL; returns how many bytes it was. */
static size_t take_character(struct bytes text, size_t at, char ret_shown[CHARACTER_SIZE])
{
    uint32_t character = 0;
    size_t length = utf8_character(text, at, &character);
    memset(ret_shown, 0, CHARACTER_SIZE);
    if (character == '\n' || character == '\r' || character == '\t')
        ret_shown[0] = ' ';
    else if (length == 0 || utf8_is_control(character) || character == 0x2028 || character == 0x2029 ||
             utf8_is_bidirectional(character))
        ret_shown[0] = '?';
    else
        (void)bytes_copy(ret_shown, CHARACTER_SIZE - 1, bytes_slice(text, at, length));
    return length > 0 ? length : 1;
}

/* Shown characters, with their width. */
struct shown {
    char text[WINDOW_BYTES + 8];
    size_t length, columns;
};

/* Shows from `at` up to `end`, as much as there is room for; returns where it stopped. */
static size_t show(struct shown *shown, struct bytes text, size_t at, size_t end, size_t columns)
{
    while (at < end) {
        char character[CHARACTER_SIZE];
        size_t taken = take_character(text, at, character);
        size_t length = strlen(character);
        size_t width = text_width(character, length);
        if (shown->columns + width > columns || shown->length + length > WINDOW_BYTES)
            break;
        memcpy(shown->text + shown->length, character, length);
        shown->length += length;
        shown->columns += width;
        at += taken;
    }
    shown->text[shown->length] = '\0';
    return at;
}

/* Where the character before `at` begins. */
static size_t step_back(struct bytes text, size_t at)
{
    uint32_t character;
    for (size_t back = 1; back <= 4 && back <= at; back++)
        if (utf8_character(text, at - back, &character) == back)
            return at - back;
    return at - 1;
}

/* Where the part that is shown begins. */
static size_t window_start(struct bytes text, size_t place)
{
    struct shown all = {.length = 0};
    if (show(&all, text, 0, text.len, WINDOW_COLUMNS) == text.len)
        return 0;
    size_t at = place;
    size_t columns = 0;
    while (at > 0) {
        char character[CHARACTER_SIZE];
        size_t before = step_back(text, at);
        (void)take_character(text, before, character);
        columns += text_width(character, strlen(character));
        if (columns > BEFORE_COLUMNS || place - before > BEFORE_BYTES)
            break;
        at = before;
    }
    return at;
}

static void repeat(char *to, char character, size_t count)
{
    memset(to, character, count);
    to[count] = '\0';
}

bool complain(const struct source *source, struct span span, const char *hint, const char *format, ...)
{
    char what[256];
    char blanks[WINDOW_COLUMNS + 8], waves[WINDOW_COLUMNS + 8];
    struct shown shown = {.length = 0};
    struct bytes text = source->text;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);

    size_t start = window_start(text, span.at);
    size_t at = show(&shown, text, start, span.at, WINDOW_COLUMNS);
    size_t place = shown.columns;
    at = show(&shown, text, at, span.at + span.length, WINDOW_COLUMNS);
    size_t wide = shown.columns - place;
    at = show(&shown, text, at, text.len, WINDOW_COLUMNS);
    const char *left = start > 0 ? "..." : "";
    repeat(blanks, ' ', strlen(left) + place);
    repeat(waves, '~', wide > 1 ? wide - 1 : 0);
    const int length = snprintf(source->ret_error, DISPLAY_FILTER_ERROR_SIZE, "-Y: %s\n  %s%s%s\n  %s^%s%s%.280s", what,
                                left, shown.text, at < text.len ? "..." : "", blanks, waves, hint ? "\n  " : "",
                                hint ? hint : "");
    if (length >= DISPLAY_FILTER_ERROR_SIZE) /* what fits is told */
        source->ret_error[DISPLAY_FILTER_ERROR_SIZE - 1] = '\0';
    return false;
}

const char *complaint_quote(const struct source *source, struct span span, char ret_quote[QUOTE_SIZE])
{
    size_t length = 0;
    size_t end = span.at + span.length < source->text.len ? span.at + span.length : source->text.len;
    for (size_t at = span.at; at < end;) {
        char character[CHARACTER_SIZE];
        at += take_character(source->text, at, character);
        size_t more = strlen(character);
        if (length + more > QUOTE_SIZE - sizeof "...") {
            memcpy(ret_quote + length, "...", 3);
            length += 3;
            break;
        }
        memcpy(ret_quote + length, character, more);
        length += more;
    }
    ret_quote[length] = '\0';
    return ret_quote;
}
