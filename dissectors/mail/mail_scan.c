/* SPDX-License-Identifier: BSD-3-Clause
 *
 * White space, comments, quoted strings, words. Comments nest without recursion, by counting.
 */
#include "mail_scan.h"

enum { NUMBER_DIGITS = 18 };

bool mail_is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct bytes mail_trim(struct bytes text)
{
    size_t from = 0, to = text.len;
    while (from < to && mail_is_space(bytes_at(text, from)))
        from++;
    while (to > from && mail_is_space(bytes_at(text, to - 1)))
        to--;
    return bytes_slice(text, from, to - from);
}

size_t mail_skip_comment(struct bytes text, size_t from)
{
    size_t depth = 0, i = from;
    while (i < text.len) {
        uint8_t c = bytes_at(text, i++);
        if (c == '\\')
            i++;
        else if (c == '(')
            depth++;
        else if (c == ')' && --depth == 0)
            break;
    }
    return i < text.len ? i : text.len;
}

size_t mail_find_quote(struct bytes text, size_t from)
{
    size_t i = from + 1;
    while (i < text.len && bytes_at(text, i) != '"')
        i += bytes_at(text, i) == '\\' ? 2 : 1;
    return i < text.len ? i : text.len;
}

size_t mail_skip_quoted(struct bytes text, size_t from)
{
    size_t quote = mail_find_quote(text, from);
    return quote < text.len ? quote + 1 : text.len;
}

size_t mail_skip_blank(struct bytes text, size_t from)
{
    size_t i = from;
    while (i < text.len) {
        uint8_t c = bytes_at(text, i);
        if (c == '(')
            i = mail_skip_comment(text, i);
        else if (mail_is_space(c))
            i++;
        else
            break;
    }
    return i;
}

size_t mail_find(struct bytes text, uint8_t c, size_t from)
{
    size_t i = from;
    while (i < text.len && bytes_at(text, i) != c) {
        if (bytes_at(text, i) == '(')
            i = mail_skip_comment(text, i);
        else if (bytes_at(text, i) == '"')
            i = mail_skip_quoted(text, i);
        else
            i++;
    }
    return i < text.len ? i : text.len;
}

bool mail_split(struct bytes *rest, uint8_t separator, struct bytes *ret_piece)
{
    if (rest->len == 0)
        return false;
    size_t end = mail_find(*rest, separator, 0);
    *ret_piece = mail_trim(bytes_first(*rest, end));
    *rest = bytes_skip(*rest, end + 1);
    return true;
}

bool mail_word_next(struct bytes *rest, struct bytes *ret_word)
{
    size_t start = mail_skip_blank(*rest, 0), i = start;
    if (start == rest->len)
        return false;
    while (i < rest->len) {
        uint8_t c = bytes_at(*rest, i);
        if (c == '(' || mail_is_space(c))
            break;
        if (c == '"') {
            i = mail_skip_quoted(*rest, i);
        } else if (c == '<') {
            size_t close = bytes_find(*rest, '>', i);
            i = close < rest->len ? close + 1 : rest->len;
        } else {
            i++;
        }
    }
    *ret_word = bytes_slice(*rest, start, i - start);
    *rest = bytes_skip(*rest, i);
    return true;
}

struct bytes mail_in_brackets(struct bytes text)
{
    size_t open = bytes_find(text, '<', 0);
    if (open == text.len)
        return mail_trim(text);
    struct bytes inside = bytes_skip(text, open + 1);
    return mail_trim(bytes_first(inside, bytes_find(inside, '>', 0)));
}

struct bytes mail_domain(struct bytes address)
{
    for (size_t i = address.len; i > 0; i--)
        if (bytes_at(address, i - 1) == '@')
            return bytes_skip(address, i);
    return address;
}

bool mail_number(struct bytes digits, int64_t *ret_number)
{
    int64_t number = 0;
    if (digits.len == 0 || digits.len > NUMBER_DIGITS)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        uint8_t c = bytes_at(digits, i);
        if (c < '0' || c > '9')
            return false;
        number = number * 10 + (c - '0');
    }
    *ret_number = number;
    return true;
}

struct mail_text mail_text_in(void *buffer, size_t room)
{
    return (struct mail_text){.buffer = buffer, .room = room};
}

void mail_text_add(struct mail_text *text, struct bytes piece)
{
    size_t added = bytes_copy(text->buffer + text->length, text->room - text->length, piece);
    text->length += added;
    text->cut = text->cut || added < piece.len;
}

void mail_text_byte(struct mail_text *text, uint8_t c)
{
    mail_text_add(text, bytes_of(&c, 1));
}

struct bytes mail_text_bytes(const struct mail_text *text)
{
    return bytes_of(text->buffer, text->length);
}

void mail_text_add_lower(struct mail_text *text, struct bytes from)
{
    for (size_t i = 0; i < from.len && !text->cut; i++)
        if (!mail_is_space(bytes_at(from, i)))
            mail_text_byte(text, byte_lower(bytes_at(from, i)));
}

void mail_text_add_solid(struct mail_text *text, struct bytes from)
{
    for (size_t i = 0; i < from.len && !text->cut; i++)
        if (!mail_is_space(bytes_at(from, i)))
            mail_text_byte(text, bytes_at(from, i));
}

void mail_text_add_unquoted(struct mail_text *text, struct bytes quoted)
{
    for (size_t i = 1; i < quoted.len && !text->cut; i++) {
        uint8_t c = bytes_at(quoted, i), next = bytes_at(quoted, i + 1);
        if (c == '"')
            return;
        if (c == '\\' && (next == '"' || next == '\\') && i + 1 < quoted.len) {
            c = next;
            i++;
        }
        mail_text_byte(text, c);
    }
}

void mail_text_whole_characters(struct mail_text *text)
{
    enum { LONGEST = 4 };
    if (!text->cut)
        return;
    for (size_t back = 1; back <= LONGEST && back <= text->length; back++) {
        uint8_t c = text->buffer[text->length - back];
        if ((c & 0xc0) == 0x80)
            continue;
        size_t wanted = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
        if (wanted > back)
            text->length -= back;
        return;
    }
}

void mail_mark_cut(struct record *record, unsigned field)
{
    record->truncated[field / 64] |= UINT64_C(1) << field % 64;
}
