/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where lines begin, and which of them are delimiters: RFC 5322 section 2.2, RFC 2046 section 5.1.1.
 *
 *     … the last line of a part CRLF --boundary   CRLF header of the next part …
 *                               ^^^^^^^^^^^^^^^^^^^^^^ the delimiter
 *
 * The line end before a delimiter belongs to it, so a line's end is held back until the line after it has shown what it
 * is. Inside a body only those line ends matter that are followed by two hyphens: between them bytes flow by untouched.
 *
 * Where readers differ: a delimiter is the whole line, but for white space at its end. A line that begins with a
 * boundary and goes on with something else is text, and is told, because other readers break the part there. Lines end
 * with CRLF or LF alone.
 */
#include "mail_stream.h"

void mail_lines_begin(struct mail_stream *stream)
{
    stream->at_start = true;
    stream->in_header = true;
}

/* --- handing on --- */

static void pass(const struct mail_walk *walk, struct bytes text)
{
    if (text.len == 0)
        return;
    mail_nested_text(walk, text);
    if (walk->stream->in_header)
        mail_header_text(walk, text);
    else
        mail_leaf_text(walk, text);
}

static struct bytes held(const struct mail_stream *stream)
{
    return bytes_of(stream->hold, stream->hold_length);
}

/* What is there of the line in hand. */
static struct bytes line_of(const struct mail_stream *stream)
{
    return bytes_skip(held(stream), stream->eol_length);
}

/* The end of the line before turned out to be no part of a delimiter. That of an empty line ends a header. */
static void release_eol(const struct mail_walk *walk)
{
    struct mail_stream *stream = walk->stream;
    struct bytes eol = bytes_first(held(stream), stream->eol_length);
    struct bytes line = line_of(stream);
    if (eol.len == 0)
        return;
    if (stream->in_header && stream->line_blank) {
        mail_nested_text(walk, eol);
        mail_header_over(walk);
    } else {
        pass(walk, eol);
    }
    for (size_t i = 0; i < line.len; i++)
        stream->hold[i] = bytes_at(line, i);
    stream->hold_length = (uint16_t)line.len;
    stream->eol_length = 0;
    stream->line_blank = false;
}

/* Hold the end of a line: what comes next is the beginning of another one. */
static void hold_eol(struct mail_stream *stream, size_t length)
{
    stream->hold[0] = length == 2 ? '\r' : '\n';
    stream->hold[1] = '\n';
    stream->hold_length = stream->eol_length = (uint8_t)length;
    stream->at_start = true;
    stream->line_blank = false;
    stream->scanned = 0;
    stream->space_seen = false;
}

/* The length of the line end that the bytes end with; 0: they end in the middle of a line. */
static size_t eol_at_end(struct bytes text)
{
    if (text.len == 0 || bytes_at(text, text.len - 1) != '\n')
        return 0;
    return text.len > 1 && bytes_at(text, text.len - 2) == '\r' ? 2 : 1;
}

/* A carriage return at the end of what is there may be half of a line end. */
static void hold_return(struct mail_stream *stream)
{
    stream->hold[0] = '\r';
    stream->hold_length = 1;
    stream->eol_length = 0;
    stream->at_start = false;
}

static void pass_unfinished(const struct mail_walk *walk, struct bytes text)
{
    struct mail_stream *stream = walk->stream;
    bool half = text.len > 0 && bytes_at(text, text.len - 1) == '\r';
    stream->hold_length = stream->eol_length = 0;
    stream->at_start = false;
    pass(walk, bytes_first(text, text.len - (half ? 1 : 0)));
    if (half)
        hold_return(stream);
}

/* The line in hand is no delimiter: hand on what is there of it. */
static void release_line(const struct mail_walk *walk)
{
    struct mail_stream *stream = walk->stream;
    struct bytes line = line_of(stream);
    size_t eol = eol_at_end(line);
    if (eol > 0) {
        pass(walk, bytes_first(line, line.len - eol));
        hold_eol(stream, eol);
    } else {
        pass_unfinished(walk, line);
    }
}

/* --- delimiters --- */

static bool may_be_delimiter(const struct mail_stream *stream, struct bytes line)
{
    return stream->depth > 0 && (line.len < 1 || bytes_at(line, 0) == '-') &&
           (line.len < 2 || bytes_at(line, 1) == '-');
}

static struct bytes without_white_space(struct bytes line)
{
    while (line.len > 0) {
        uint8_t c = bytes_at(line, line.len - 1);
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            break;
        line = bytes_first(line, line.len - 1);
    }
    return line;
}

/* The innermost multipart that the line is a delimiter of; -1: none. */
static int find_level(const struct mail_walk *walk, struct bytes line, bool *ret_close)
{
    const struct mail_stream *stream = walk->stream;
    struct bytes text = bytes_skip(without_white_space(line), 2);
    bool is_prefix = false;
    for (unsigned i = stream->depth; i-- > 0;) {
        const struct mail_level *level = &stream->levels[i];
        struct bytes boundary = bytes_of(level->boundary, level->boundary_length);
        if (level->is_message || !bytes_equal(bytes_first(text, boundary.len), boundary))
            continue;
        struct bytes rest = bytes_skip(text, boundary.len);
        *ret_close = bytes_is(rest, "--");
        if (rest.len == 0 || *ret_close)
            return (int)i;
        is_prefix = true;
    }
    if (is_prefix && !stream->in_header) /* else a multipart is about to begin whose boundary it could be */
        mail_tell(walk, ANOMALY_MAIL_ODD_DELIMITER, 0, 0);
    return -1;
}

/* True: the line was a delimiter, and is gone. It is whole, or nothing follows. */
static bool take_delimiter(const struct mail_walk *walk)
{
    struct mail_stream *stream = walk->stream;
    bool close = false;
    int level = find_level(walk, line_of(stream), &close);
    if (level < 0)
        return false;
    mail_delimiter(walk, (unsigned)level, close, held(stream));
    stream->hold_length = stream->scanned = 0;
    stream->eol_length = 0;
    stream->at_start = true;
    stream->line_blank = stream->space_seen = false;
    return true;
}

/* --- header lines --- */

enum name { NAME_MORE, NAME_COLON, NAME_BAD };

/* Does the line begin with a field's name? White space before the colon is obsolete, and is taken. */
static enum name scan_name(struct mail_stream *stream, struct bytes line)
{
    for (; stream->scanned < line.len; stream->scanned++) {
        uint8_t c = bytes_at(line, stream->scanned);
        if (c == ':')
            return NAME_COLON;
        bool is_space = c == ' ' || c == '\t';
        if (!is_space && (c <= ' ' || c > '~' || stream->space_seen))
            return NAME_BAD;
        stream->space_seen |= is_space;
    }
    return line.len < MAIL_HOLD_BYTES - 2 ? NAME_MORE : NAME_BAD;
}

/* Mailboxes of Unix separate messages by such a line; some programs send it along. */
static bool is_mbox_line(const struct mail_stream *stream, struct bytes line)
{
    return stream->first_line && (bytes_begin(line, "From ") || bytes_begin(line, ">From "));
}

/* The line is no field: the header ended without an empty line, and the line is the first of what follows. */
static void leave_header(const struct mail_walk *walk)
{
    struct mail_stream *stream = walk->stream;
    uint16_t fields = stream->header_fields;
    release_eol(walk);
    stream->scanned = 0;
    stream->space_seen = false;
    mail_header_over(walk);
    if (!stream->lost)
        mail_tell(walk, ANOMALY_MAIL_BAD_HEADER, fields, 0);
}

static bool is_blank(struct bytes line)
{
    return bytes_at(line, 0) == '\n' || bytes_begin(line, "\r\n");
}

/* False: this is not the header any more, look again. */
static bool settle_header(const struct mail_walk *walk, bool final)
{
    struct mail_stream *stream = walk->stream;
    struct bytes line = line_of(stream);
    uint8_t first = bytes_at(line, 0);
    if (is_blank(line)) {
        release_eol(walk);
        hold_eol(stream, first == '\n' ? 1 : 2);
        stream->line_blank = true;
        return false;
    }
    enum mail_header_line kind = MAIL_LINE_FOLDED;
    if (first != ' ' && first != '\t') {
        enum name name = first == '\r' && line.len == 1 ? NAME_MORE : scan_name(stream, line);
        if (name == NAME_MORE && !final)
            return true;
        kind = name == NAME_COLON ? MAIL_LINE_FIELD : MAIL_LINE_OTHER;
        if (kind == MAIL_LINE_OTHER && !is_mbox_line(stream, line)) {
            leave_header(walk);
            return false;
        }
    }
    release_eol(walk);
    mail_header_line(walk, kind);
    release_line(walk);
    return true;
}

/* One byte more is known of the line that begins here: is it enough to tell what the line is? `final`: there will be
 * no more. What follows an empty line is looked at as a body, since the header ends with that line. */
static void settle(const struct mail_walk *walk, bool final)
{
    struct mail_stream *stream = walk->stream;
    for (;;) {
        struct bytes line = line_of(stream);
        bool is_body = !stream->in_header || stream->line_blank;
        if (may_be_delimiter(stream, line)) {
            bool is_whole = final || eol_at_end(line) > 0;
            if (!is_whole && stream->hold_length < MAIL_HOLD_BYTES)
                return;
            if (is_whole && line.len > 2 && take_delimiter(walk))
                return;
        }
        if (!is_body) {
            if (line.len == 0 || settle_header(walk, final))
                return;
        } else if (stream->eol_length > 0) {
            release_eol(walk);
        } else {
            release_line(walk);
            return;
        }
    }
}

/* --- the way through a piece --- */

/* Where the line ends that has to be looked at: before two hyphens, or where it cannot be known yet. */
static size_t next_eol(const struct mail_stream *stream, struct bytes piece)
{
    if (stream->in_header)
        return bytes_find(piece, '\n', 0);
    size_t at = bytes_find_pair(piece, '\n', '-', 0);
    while (at + 2 < piece.len && bytes_at(piece, at + 2) != '-')
        at = bytes_find_pair(piece, '\n', '-', at + 1);
    return at == piece.len && bytes_at(piece, piece.len - 1) == '\n' ? piece.len - 1 : at;
}

/* In the middle of a line. Returns how many bytes were taken, at least one. */
static size_t run(const struct mail_walk *walk, struct bytes piece)
{
    struct mail_stream *stream = walk->stream;
    if (stream->hold_length > 0) { /* a carriage return */
        if (bytes_at(piece, 0) == '\n') {
            hold_eol(stream, 2);
            return 1;
        }
        stream->hold_length = 0;
        pass(walk, bytes_text("\r"));
    }
    if (!stream->in_header && stream->depth == 0) {
        pass(walk, piece);
        return piece.len;
    }
    size_t end = next_eol(stream, piece);
    if (end == piece.len) {
        pass_unfinished(walk, piece);
        return piece.len;
    }
    size_t eol = eol_at_end(bytes_first(piece, end + 1));
    pass(walk, bytes_first(piece, end + 1 - eol));
    hold_eol(stream, eol);
    return end + 1;
}

/* At the beginning of a line: it is gathered until it shows what it is. */
static size_t collect(const struct mail_walk *walk, struct bytes piece)
{
    struct mail_stream *stream = walk->stream;
    size_t used = 0;
    while (used < piece.len && stream->at_start) {
        stream->hold[stream->hold_length++] = bytes_at(piece, used++);
        settle(walk, false);
    }
    return used;
}

void mail_lines_piece(const struct mail_walk *walk, struct bytes piece)
{
    while (piece.len > 0)
        piece = bytes_skip(piece, walk->stream->at_start ? collect(walk, piece) : run(walk, piece));
}

/* What is held is what it is; what follows is in the middle of some line. */
void mail_lines_gap(const struct mail_walk *walk)
{
    struct mail_stream *stream = walk->stream;
    release_eol(walk);
    struct bytes line = held(stream);
    if (!stream->in_header)
        pass(walk, line);
    stream->hold_length = stream->scanned = 0;
    stream->at_start = stream->space_seen = false;
    if (stream->in_header)
        mail_header_gap(walk);
}

void mail_lines_end(const struct mail_walk *walk, bool incomplete)
{
    struct mail_stream *stream = walk->stream;
    if (stream->at_start) {
        /* half a name is no text */
        if (stream->in_header && incomplete)
            stream->hold_length = stream->eol_length;
        settle(walk, true);
    }
    if (!stream->in_header || stream->eol_length > 0)
        release_eol(walk);
    if (!stream->in_header && stream->hold_length > 0)
        pass(walk, held(stream));
    stream->hold_length = 0;
}
