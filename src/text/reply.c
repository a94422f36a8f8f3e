/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Replies of SMTP (RFC 5321 section 4.2) and FTP (RFC 959 section 4.2).
 *
 *     250-first line        a hyphen: more lines follow
 *     250-second line       SMTP: each line carries the code; FTP: these may be anything
 *     250 last line         a space, or nothing behind the code: the last one
 */
#include "overhear/text.h"

enum { CODE_DIGITS = 3 };

/* The first three characters as a number; -1: they are not three digits. */
static int code_of(struct bytes line)
{
    uint64_t code = 0;
    if (line.len < CODE_DIGITS || !text_number(bytes_first(line, CODE_DIGITS), &code))
        return -1;
    return (int)code;
}

static bool is_end(struct bytes line, size_t at)
{
    uint8_t c = bytes_at(line, at);
    return at >= line.len || c == '\r' || c == '\n';
}

/* Do more lines follow this one, which is not the first? */
static bool goes_on(enum reply_style style, int code, struct bytes line)
{
    if (style == REPLY_SMTP)
        return code_of(line) >= 0 && bytes_at(line, CODE_DIGITS) == '-';
    return code_of(line) != code || !(bytes_at(line, CODE_DIGITS) == ' ' || is_end(line, CODE_DIGITS));
}

/* The line that ends with the LF at `end` begins behind the LF before it. */
static size_t line_start(struct bytes pending, size_t end)
{
    while (end > 0 && bytes_at(pending, end - 1) != '\n')
        end--;
    return end;
}

struct framing framing_reply(enum reply_style style, struct bytes pending, size_t seen)
{
    size_t end = bytes_find(pending, '\n', seen);
    if (end == pending.len)
        return (struct framing){FRAMING_MORE, 0};
    int code = code_of(pending);
    /* Only the line that was begun before has to be looked for; each line once, when its end has come. */
    size_t start = line_start(pending, end);
    while (end < pending.len) {
        struct bytes line = bytes_slice(pending, start, end - start);
        bool more = start == 0 ? code >= 0 && bytes_at(line, CODE_DIGITS) == '-' : goes_on(style, code, line);
        if (!more)
            return (struct framing){FRAMING_MESSAGE, end + 1};
        start = end + 1;
        end = bytes_find(pending, '\n', start);
    }
    return (struct framing){FRAMING_MORE, 0};
}

static bool is_odd(enum reply_style style, unsigned code, struct bytes line, bool first, bool last)
{
    int own = code_of(line);
    bool separated = is_end(line, CODE_DIGITS) || bytes_at(line, CODE_DIGITS) == ' ' ||
                     bytes_at(line, CODE_DIGITS) == '-';
    if (style == REPLY_SMTP || first || last)
        return own != (int)code || !separated;
    /* What looks like another reply in the middle of this one. */
    return own >= 0 && own != (int)code && separated && !is_end(line, CODE_DIGITS);
}

struct bytes reply_whole_lines(struct bytes message)
{
    struct bytes whole = bytes_first(message, line_start(message, message.len));
    return whole.len > 0 ? whole : message;
}

bool reply_parse(enum reply_style style, struct bytes message, struct reply *ret_reply)
{
    int code = code_of(message);
    if (code < 0)
        return false;
    *ret_reply = (struct reply){.code = (unsigned)code, .lines = message};
    struct bytes rest = message;
    while (rest.len > 0) {
        size_t end = bytes_find(rest, '\n', 0);
        size_t length = end < rest.len ? end + 1 : end;
        struct bytes line = text_line(bytes_first(rest, length), &ret_reply->bare_lf);
        rest = bytes_skip(rest, length);
        bool last = rest.len == 0 && end < length;
        ret_reply->odd |= is_odd(style, ret_reply->code, line, ret_reply->line_count == 0, last);
        ret_reply->line_count++;
    }
    return true;
}

bool reply_line_next(const struct reply *reply, enum reply_style style, struct bytes *rest, struct bytes *ret_text)
{
    bool first = rest->at == reply->lines.at;
    struct bytes line;
    if (!text_line_next(rest, &line))
        return false;
    int code = code_of(line);
    uint8_t separator = bytes_at(line, CODE_DIGITS);
    bool separated = line.len == CODE_DIGITS || separator == ' ' || separator == '-';
    bool carries_code = first || (style == REPLY_SMTP ? code >= 0 && separated : code == (int)reply->code && separated);
    if (carries_code)
        line = bytes_skip(line, separated ? CODE_DIGITS + 1 : CODE_DIGITS);
    *ret_text = line;
    return true;
}

void reply_record(const struct reply *reply, enum reply_style style, struct record *record, unsigned field,
                  size_t limit)
{
    struct bytes rest = reply->lines, text;
    bool first = true;
    while (reply_line_next(reply, style, &rest, &text)) {
        if (!first)
            record_append(record, field, bytes_text("\n"), limit);
        record_append(record, field, text, limit);
        first = false;
    }
}
