/* SPDX-License-Identifier: BSD-3-Clause */
#include "summary_list.h"

#include "human.h"
#include "output/text.h"
#include "util/utf8.h"

static const char CUT_SIGN[] = "\xe2\x80\xa6";

struct summary_list summary_list_of(FILE *to, unsigned width)
{
    unsigned columns = width == 0 ? SUMMARY_WIDTH : width < SUMMARY_NARROW ? SUMMARY_NARROW : width;
    return (struct summary_list){.to = to, .width = columns};
}

void summary_list_add(struct summary_list *list, const char *label, const char *entry)
{
    size_t width = text_width(entry, strlen(entry));
    if (list->column == 0) {
        fprintf(list->to, "%-*s%s", SUMMARY_LABEL, label, entry);
        list->column = SUMMARY_LABEL + width;
    } else if (list->column + 2 + width + 1 > list->width) { /* a semicolon may follow */
        fprintf(list->to, ";\n%*s%s", SUMMARY_LABEL, "", entry);
        list->column = SUMMARY_LABEL + width;
    } else {
        fprintf(list->to, "; %s", entry);
        list->column += 2 + width;
    }
}

void summary_list_add_count(struct summary_list *list, const char *label, const char *name, uint64_t count)
{
    char entry[SUMMARY_ENTRY], number[HUMAN_SIZE];
    if (count == 0)
        return;
    snprintf(entry, sizeof entry, "%s %s", name, human_count(count, number));
    summary_list_add(list, label, entry);
}

void summary_list_add_bytes(struct summary_list *list, const char *label, const char *name, uint64_t bytes)
{
    char entry[SUMMARY_ENTRY], number[HUMAN_SIZE];
    if (bytes == 0)
        return;
    snprintf(entry, sizeof entry, "%s %s", name, human_bytes((double)bytes, number));
    summary_list_add(list, label, entry);
}

void summary_list_end(struct summary_list *list)
{
    if (list->column > 0)
        fputc('\n', list->to);
    list->column = 0;
}

/* Marks above and below letters take no column: bytes are bounded too. */
enum { HALF = SUMMARY_ENTRY / 2 - 4 };

/* The longest beginning of at most so many columns. */
static size_t fit(struct bytes text, size_t columns)
{
    size_t length = 0;
    uint32_t character;
    while (length < text.len) {
        size_t next = utf8_character(text, length, &character);
        next = next ? next : 1;
        if (length + next > HALF || text_width((const char *)text.at, length + next) > columns)
            break;
        length += next;
    }
    return length;
}

/* Where the longest end of at most so many columns begins. */
static size_t fit_end(struct bytes text, size_t columns)
{
    size_t from = text.len;
    while (from > 0) {
        size_t before = from - 1;
        while (before > 0 && (bytes_at(text, before) & 0xc0) == 0x80)
            before--;
        if (text.len - before > HALF ||
            text_width((const char *)bytes_skip(text, before).at, text.len - before) > columns)
            break;
        from = before;
    }
    return from;
}

const char *summary_shorten(struct bytes wire, size_t columns, char ret_text[SUMMARY_ENTRY])
{
    struct text_buffer safe = {0};
    ret_text[0] = '\0';
    text_add_terminal(&safe, wire, SIZE_MAX);
    struct bytes text = bytes_of(safe.at, safe.length);
    if (safe.failed || columns == 0) {
        text_buffer_done(&safe);
        return ret_text;
    }
    if (text.len < SUMMARY_ENTRY && text_width(safe.at, text.len) <= columns) {
        snprintf(ret_text, SUMMARY_ENTRY, "%.*s", (int)text.len, safe.at);
    } else {
        size_t begin = fit(text, (columns - 1) * 2 / 3), end = fit_end(text, columns - 1 - (columns - 1) * 2 / 3);
        snprintf(ret_text, SUMMARY_ENTRY, "%.*s%s%.*s", (int)begin, safe.at, CUT_SIGN, (int)(text.len - end),
                 safe.at + end);
    }
    text_buffer_done(&safe);
    return ret_text;
}
