/* SPDX-License-Identifier: BSD-3-Clause */
#include "layout.h"

#include "util/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static bool is_mark(char c)
{
    return c >= STYLE_NORMAL && c <= STYLE_LAST;
}

void layout_mark(struct text_buffer *text, enum style style)
{
    char mark = (char)style;
    text_add(text, &mark, 1);
}

static const uint64_t ones = UINT64_C(0x0101010101010101);
static const uint64_t high_bits = UINT64_C(0x8080808080808080);

/* Eight bytes, the first lowest. */
static inline uint64_t eight_of(const char *text)
{
    uint64_t eight;
    memcpy(&eight, text, sizeof eight);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    eight = __builtin_bswap64(eight);
#endif
    return eight;
}

/* The highest bit of each of eight bytes that is below `limit`, of at most 0x80. */
static inline uint64_t below(uint64_t eight, unsigned limit)
{
    return ~(((eight & ~high_bits) + ones * (0x80 - limit)) | eight) & high_bits;
}

static inline uint64_t equals(uint64_t eight, char c)
{
    return below(eight ^ ones * (uint8_t)c, 1);
}

static inline size_t first_of(uint64_t bits)
{
    return (size_t)__builtin_ctzll(bits) / 8;
}

static inline size_t count_of(uint64_t bits)
{
    return (size_t)((bits >> 7) * ones >> 56);
}

/* Where the first mark stands; the length where there is none. No text has a zero in it, and nothing else than marks
 * is below the newline. */
static size_t find_mark(const char *text, size_t length)
{
    size_t at = 0;
    for (; length - at >= 8; at += 8) {
        uint64_t marks = below(eight_of(text + at), STYLE_LAST + 1);
        if (marks)
            return at + first_of(marks);
    }
    if (length >= 8) {
        uint64_t marks = below(eight_of(text + length - 8), STYLE_LAST + 1);
        return marks ? length - 8 + first_of(marks) : length;
    }
    while (at < length && !is_mark(text[at]))
        at++;
    return at;
}

/* How many bytes are neither marks nor line ends and take one column each: eight at a time. */
static size_t short_plain_run(const char *text, size_t length)
{
    size_t run = 0;
    for (; length - run >= 8; run += 8) {
        uint64_t eight = eight_of(text + run);
        uint64_t others = below(eight, ' ') | (eight & high_bits);
        if (others)
            return run + first_of(others);
    }
    while (run < length && (text[run] & 0x80) == 0 && text[run] >= ' ')
        run++;
    return run;
}

#ifdef __SSE2__

/* Sixteen at a time: as signed numbers, what is above 0x7f is below the space too. */
static inline unsigned others_of(const char *text)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)text);
    return (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')));
}

static inline size_t plain_run(const char *text, size_t length)
{
    enum { BLOCK = 16 };
    size_t run = 0;
    unsigned others;
    if (length < BLOCK)
        return short_plain_run(text, length);
    for (; length - run >= BLOCK; run += BLOCK)
        if ((others = others_of(text + run)) != 0)
            return run + (size_t)__builtin_ctz(others);
    /* The last ones again with those before them. */
    others = others_of(text + length - BLOCK);
    return others ? length - BLOCK + (size_t)__builtin_ctz(others) : length;
}

#else

static inline size_t plain_run(const char *text, size_t length)
{
    return short_plain_run(text, length);
}

#endif

static size_t width_of_parts(const char *text, size_t length)
{
    size_t width = 0;
    while (length > 0) {
        size_t run = find_mark(text, length);
        width += text_width(text, run);
        if (run == length)
            break;
        text += run + 1;
        length -= run + 1;
    }
    return width;
}

/* Of ASCII all but the marks take a column. */
size_t layout_width(const char *text, size_t length)
{
    size_t marks = 0, at = 0;
    uint64_t bits = 0;
    for (; length - at >= 8; at += 8) {
        uint64_t eight = eight_of(text + at);
        bits |= eight & high_bits;
        marks += count_of(below(eight, STYLE_LAST + 1));
    }
    for (; at < length; at++) {
        bits |= (uint8_t)text[at] & 0x80;
        marks += is_mark(text[at]);
    }
    return bits ? width_of_parts(text, length) : length - marks;
}

bool layout_has_columns(const char *text, size_t length)
{
    while (length > 0 && is_mark(*text)) {
        text++;
        length--;
    }
    return plain_run(text, length > 0) > 0 || layout_width(text, length) > 0;
}

static void add_spaces(struct text_buffer *page, size_t count)
{
    enum { USUAL = 16 };
    char *to = count > 0 ? text_reserve(page, count + USUAL) : NULL;
    if (!to)
        return;
    memcpy(to, "                ", USUAL);
    if (count > USUAL)
        memset(to + USUAL, ' ', count - USUAL);
    page->length += count;
}

void pen_move(struct pen *pen, size_t column)
{
    if (column <= pen->column)
        return;
    add_spaces(pen->page, column - pen->column);
    pen->column = column;
}

void pen_newline(struct pen *pen)
{
    text_add(pen->page, "\n", 1);
    if (pen->line_start.len > 0)
        text_add(pen->page, (const char *)pen->line_start.at, pen->line_start.len);
    pen->column = 0;
}

void pen_mark(struct pen *pen, enum style style)
{
    if (!pen->bare)
        layout_mark(pen->page, style);
}

/* All but the marks. */
static void add_bare(struct text_buffer *page, const char *text, size_t length)
{
    while (length > 0) {
        size_t run = find_mark(text, length);
        text_add(page, text, run);
        if (run == length)
            break;
        text += run + 1;
        length -= run + 1;
    }
}

/* Where all columns are ASCII, there are marks if there are more bytes than columns. */
static inline void put(struct pen *pen, const char *text, size_t length, size_t width)
{
    if (pen->bare && length != width)
        add_bare(pen->page, text, length);
    else
        text_add(pen->page, text, length);
    pen->column += width;
    if (pen->column > pen->widest)
        pen->widest = pen->column;
}

void pen_put(struct pen *pen, const char *text, size_t length, size_t width)
{
    put(pen, text, length, width);
}

/* A word that fits on no line: as much as fits, then the next line. */
static void put_broken(struct pen *pen, const char *word, size_t length)
{
    struct bytes bytes = bytes_of(word, length);
    for (size_t at = 0; at < length;) {
        uint32_t character;
        size_t taken = is_mark(word[at]) ? 1 : utf8_character(bytes, at, &character);
        if (taken == 0)
            taken = 1;
        size_t width = is_mark(word[at]) ? 0 : text_width(word + at, taken);
        if (pen->column + width > pen->right && pen->column > pen->indent) {
            pen_newline(pen);
            pen_move(pen, pen->indent);
        }
        put(pen, word + at, taken, width);
        at += taken;
    }
}

static size_t spaces_of(const char *text, size_t length)
{
    size_t run = 0;
    while (run < length && text[run] == ' ')
        run++;
    return run;
}

/* What stands before the next space or newline, and its columns. */
static size_t word_of(const char *text, size_t length, size_t *ret_width)
{
    size_t word = 0, marks = 0;
    uint64_t bits = 0, end = 0;
    for (; length - word >= 8 && !end; word += end ? first_of(end) : 8) {
        uint64_t eight = eight_of(text + word);
        end = equals(eight, ' ') | equals(eight, '\n');
        uint64_t before = end ? (end & -end) - 1 : ~UINT64_C(0);
        bits |= eight & before & high_bits;
        marks += count_of(below(eight, STYLE_LAST + 1) & before);
    }
    for (; !end && word < length && text[word] != ' ' && text[word] != '\n'; word++) {
        bits |= (uint8_t)text[word] & 0x80;
        marks += is_mark(text[word]);
    }
    *ret_width = bits ? width_of_parts(text, word) : word - marks;
    return word;
}

/* The words from here on that fit into `room` columns with the spaces between them; 0 where it takes a closer look:
 * there is a mark, a line end or something else than ASCII among them, or not one fits. */
static size_t words_that_fit(const char *text, size_t length, size_t room)
{
    size_t end = length < room ? length : room;
    if (plain_run(text, end) < end)
        return 0;
    if (end < length && text[end] != ' ' && text[end] != '\n')
        while (end > 0 && text[end - 1] != ' ')
            end--;
    while (end > 0 && text[end - 1] == ' ')
        end--;
    return end;
}

void pen_write(struct pen *pen, const char *text, size_t length)
{
    enum { STUB = 12 }; /* a broken word begins on this line only where that much of it fits */
    size_t spaces = 0;
    for (size_t at = 0; at < length;) {
        if (text[at] == '\n') {
            pen_newline(pen);
            spaces = 0;
            at++;
            continue;
        }
        size_t gap = spaces_of(text + at, length - at);
        spaces += gap;
        at += gap;
        size_t start = (pen->column == 0 ? pen->indent : pen->column) + spaces;
        size_t words = start < pen->right ? words_that_fit(text + at, length - at, pen->right - start) : 0;
        if (words > 0) {
            pen_move(pen, start);
            put(pen, text + at, words, words);
            spaces = 0;
            at += words;
            continue;
        }
        size_t width;
        size_t word = word_of(text + at, length - at, &width);
        if (word == 0)
            continue;
        bool fits = start + width <= pen->right;
        bool breaks = pen->indent + width > pen->right;
        bool room_for_stub = start + STUB <= pen->right;
        bool begun = pen->column > pen->indent;
        if (!fits && begun && !(breaks && room_for_stub)) {
            pen_newline(pen);
            start = pen->indent;
        } else if (!fits && !room_for_stub) {
            start = pen->indent; /* a line that begins with so many spaces: without them */
        }
        pen_move(pen, start);
        if (start + width <= pen->right)
            put(pen, text + at, word, width);
        else
            put_broken(pen, text + at, word);
        spaces = 0;
        at += word;
    }
}

/* Select Graphic Rendition, ECMA-48; only the sixteen colours that a user's own scheme defines. */
static const char *colour_of(enum style style)
{
    switch (style) {
    case STYLE_STRONG:
        return "\033[0;1m";
    case STYLE_CLIENT:
        return "\033[0;36m";
    case STYLE_SERVER:
        return "\033[0;32m";
    case STYLE_DIM:
        return "\033[0;2m";
    case STYLE_WARNING:
        return "\033[0;33m";
    case STYLE_FAILURE:
        return "\033[0;1;31m";
    default:
        return "\033[0m";
    }
}

/* One line with its marks. `style` goes on from line to line; each line ends in the normal one, so that what is
 * printed next, by whomever, is not coloured. */
static void print_line(struct text_buffer *out, const char *line, size_t length, enum style *style, bool color)
{
    enum style shown = STYLE_NORMAL;
    while (length > 0) {
        size_t run = find_mark(line, length);
        size_t indent = color ? spaces_of(line, run) : 0;
        if (indent > 0)
            text_add(out, line, indent);
        if (color && indent < run && *style != shown) {
            text_add_string(out, colour_of(*style));
            shown = *style;
        }
        text_add(out, line + indent, run - indent);
        if (run == length)
            break;
        *style = (enum style)line[run];
        line += run + 1;
        length -= run + 1;
    }
    if (shown != STYLE_NORMAL)
        text_add_string(out, colour_of(STYLE_NORMAL));
}

void layout_print(struct text_buffer *out, const struct text_buffer *left, const struct text_buffer *right,
                  size_t aside, bool color)
{
    enum style left_style = STYLE_NORMAL;
    enum style right_style = STYLE_NORMAL;
    struct bytes lines = bytes_of(left->at, left->length);
    struct bytes notes = bytes_of(right->at, right->length);
    while (lines.len > 0 || notes.len > 0) {
        struct bytes line = bytes_first(lines, bytes_find(lines, '\n', 0));
        struct bytes note = bytes_first(notes, bytes_find(notes, '\n', 0));
        print_line(out, (const char *)line.at, line.len, &left_style, color);
        if (note.len > 0) {
            size_t column = layout_width((const char *)line.at, line.len);
            add_spaces(out, column < aside ? aside - column : 2);
            print_line(out, (const char *)note.at, note.len, &right_style, color);
        }
        text_add(out, "\n", 1);
        lines = bytes_skip(lines, line.len + 1);
        notes = bytes_skip(notes, note.len + 1);
    }
}

void layout_print_bare(struct text_buffer *out, const struct text_buffer *page)
{
    if (page->length == 0)
        return;
    text_add(out, page->at, page->length);
    if (page->at[page->length - 1] != '\n')
        text_add(out, "\n", 1);
}
