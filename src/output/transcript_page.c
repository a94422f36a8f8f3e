/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows on a page: the margin with time and arrow, the words, lined up where they are rows of a table, and the notes
 * beside them or below.
 */
#include "transcript_state.h"
#include "util/quantity.h"

enum {
    COLUMN_GAP = 2,
    HANGING = 2,      /* further lines of a wrapped text */
    NARROW_CELL = 24, /* a last cell with less room than this goes to the next line */
    MOVED_CELL = 4,   /* how far it is indented there */
};

/* Where notes begin when they stand beside the words; 0: they stand below. */
static size_t aside_column(const struct transcript *transcript)
{
    size_t width = transcript->options->width;
    return width < ASIDE_SMALLEST_PAGE ? 0 : width * 60 / 100;
}

static void write_margin(struct pen *pen, const struct margin *margin)
{
    char time[QUANTITY_SIZE];
    if (margin->has_time) {
        size_t length = quantity_offset(margin->offset_ns, time);
        size_t width = layout_width(time, length);
        pen_mark(pen, STYLE_DIM);
        pen_move(pen, width < MARGIN ? MARGIN - width : 0);
        if (pen->column > 0)
            pen_put(pen, time, length, width);
        else
            pen_write(pen, time, length);
        pen_mark(pen, STYLE_NORMAL);
    }
    if (margin->arrow) {
        pen_move(pen, ARROW_COLUMN);
        pen_mark(pen, margin->style);
        pen_put(pen, margin->arrow, strlen(margin->arrow), 1);
        pen_mark(pen, STYLE_NORMAL);
    }
    pen_move(pen, margin->column);
}

static bool has_cell_after(const struct row *row, size_t number)
{
    return row->ends[row->count - 1] > row->ends[number];
}

/* Columns that the cells from `number` on take one after the other. */
static size_t rest_width(const struct row *row, size_t number)
{
    size_t width = 0;
    for (size_t i = number; i < row->count; i++) {
        struct bytes cell = transcript_cell(row, i);
        width += cell.len ? layout_width((const char *)cell.at, cell.len) + COLUMN_GAP : 0;
    }
    return width;
}

/* One cell of a table, of `width` columns, at `target` where there is room for it. */
static void write_cell(struct pen *pen, const struct row *row, size_t number, size_t width, size_t target, size_t base)
{
    struct bytes cell = transcript_cell(row, number);
    bool is_first = pen->column <= base;
    if (!is_first && target < pen->column + COLUMN_GAP) {
        /* The cell before is longer than its column. */
        if (pen->column + COLUMN_GAP + rest_width(row, number) <= pen->right + COLUMN_GAP)
            target = pen->column + COLUMN_GAP;
        else
            pen_newline(pen);
    }
    if (!is_first && target + width > pen->right &&
        (target + NARROW_CELL > pen->right || has_cell_after(row, number))) {
        if (pen->column > 0)
            pen_newline(pen);
        target = base + MOVED_CELL;
    }
    pen_move(pen, target);
    pen->indent = target;
    pen_write(pen, (const char *)cell.at, cell.len);
}

static void write_table_row(struct pen *pen, const struct row *row, const struct line_template *line, size_t base)
{
    size_t target = base;
    for (size_t i = 0; i < row->count; i++) {
        struct bytes cell = transcript_cell(row, i);
        size_t own = layout_width((const char *)cell.at, cell.len);
        size_t width = !line->is_alone ? line->widths[i] : own <= line->most_width ? own : 0;
        if (cell.len > 0)
            write_cell(pen, row, i, own, target, base);
        if (width > 0)
            target += width + COLUMN_GAP;
    }
}

static void write_notes(struct transcript *transcript, struct pen *pen)
{
    pen_mark(pen, STYLE_DIM);
    pen_write(pen, transcript->row.notes.at, transcript->row.notes.length);
}

/* The notes go below, on the page's left side: a sign stands before each line. */
static void write_notes_below(struct transcript *transcript, struct pen *pen, size_t column)
{
    static const char sign[] = "│ ";
    struct text_buffer *start = &transcript->line_start;
    struct pen on_start = {.page = start, .bare = pen->bare};
    start->length = 0;
    pen_move(&on_start, column);
    pen_mark(&on_start, STYLE_DIM);
    text_add(start, sign, strlen(sign));
    if (pen->page->length > 0)
        pen_newline(pen);
    struct pen narrow = {.page = pen->page,
                         .right = pen->right - column - 2,
                         .bare = pen->bare,
                         .line_start = bytes_of(start->at, start->length)};
    text_add(pen->page, start->at, start->length);
    write_notes(transcript, &narrow);
}

static void print(struct transcript *transcript, struct text_buffer *out, size_t aside)
{
    if (transcript->right.length == 0 && !transcript->options->color)
        layout_print_bare(out, &transcript->left);
    else
        layout_print(out, &transcript->left, &transcript->right, aside, transcript->options->color);
    transcript->left.length = 0;
    transcript->right.length = 0;
}

/* Words that reach into the notes' column: a short note follows them on their line, others begin below. Returns the
 * column where the notes stand. */
static size_t make_room(struct transcript *transcript, const struct pen *pen, size_t aside, struct text_buffer *out)
{
    const struct text_buffer *notes = &transcript->row.notes;
    if (pen->widest + COLUMN_GAP <= aside)
        return aside;
    size_t behind = pen->widest + COLUMN_GAP + 1;
    if (bytes_find(bytes_of(pen->page->at, pen->page->length), '\n', 0) == pen->page->length &&
        behind + layout_width(notes->at, notes->length) <= pen->right)
        return behind;
    print(transcript, out, 0);
    return aside;
}

/* The left page is written; add the notes and print. */
static void finish(struct transcript *transcript, struct pen *pen, size_t column, struct text_buffer *out)
{
    size_t aside = aside_column(transcript);
    if (transcript->row.notes.length > 0 && aside == 0) {
        write_notes_below(transcript, pen, column);
    } else if (transcript->row.notes.length > 0) {
        aside = make_room(transcript, pen, aside, out);
        struct pen right = {.page = &transcript->right,
                            .right = transcript->options->width - aside,
                            .bare = !transcript->options->color};
        write_notes(transcript, &right);
    }
    print(transcript, out, aside);
}

void transcript_place_row(struct transcript *transcript, const struct margin *margin,
                          const struct line_template *widths, struct text_buffer *out)
{
    const struct row *row = &transcript->row;
    size_t base = margin->column;
    struct pen pen = {.page = &transcript->left,
                      .right = transcript->options->width,
                      .indent = base,
                      .bare = !transcript->options->color};
    write_margin(&pen, margin);
    if (widths) {
        write_table_row(&pen, row, widths, base);
    } else {
        struct bytes joined = transcript_joined_cells(transcript, "  ");
        bool has_lines = bytes_find(joined, '\n', 0) < joined.len;
        pen.indent = has_lines ? base : base + HANGING;
        pen_write(&pen, (const char *)joined.at, joined.len);
    }
    finish(transcript, &pen, base + HANGING, out);
}

void transcript_place_notes(struct transcript *transcript, size_t column, struct text_buffer *out)
{
    if (transcript->row.notes.length == 0)
        return;
    struct pen pen = {.page = &transcript->left,
                      .right = transcript->options->width,
                      .indent = column,
                      .bare = !transcript->options->color};
    finish(transcript, &pen, column, out);
}
