/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The syntax of RFC 3501 section 9, read from the beginning of a logical line that was kept: atoms, quoted strings,
 * literals, lists. Lists inside each other are walked with a depth, never by recursion.
 */
#include "imap.h"

/* {5} {5+} {5-} ~{5}: at most 4 GiB, as RFC 3501 has it (literal8 may be longer; no server takes that). */
static const uint64_t literal_most = UINT32_MAX;

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

bool imap_is_number(struct bytes word)
{
    uint64_t number;
    return text_number(word, &number);
}

bool imap_literal_at_end(struct bytes line, struct imap_literal *ret_literal)
{
    size_t end = line.len;
    bool waits = true;
    if (end == 0 || bytes_at(line, --end) != '}')
        return false;
    if (end > 0 && (bytes_at(line, end - 1) == '+' || bytes_at(line, end - 1) == '-')) {
        waits = false;
        end--;
    }
    size_t start = end;
    while (start > 0 && is_digit(bytes_at(line, start - 1)))
        start--;
    if (start == end || start == 0 || bytes_at(line, start - 1) != '{')
        return false;
    uint64_t length = 0;
    bool known = text_number(bytes_slice(line, start, end - start), &length);
    struct imap_literal literal = {.length = length, .marker = start - 1, .waits = waits};
    literal.bad = !known || length > literal_most;
    if (literal.marker > 0 && bytes_at(line, literal.marker - 1) == '~') {
        literal.binary = true;
        literal.marker--;
    }
    *ret_literal = literal;
    return true;
}

void imap_text_add(struct imap_text *text, struct bytes more)
{
    size_t room = sizeof text->kept - text->length;
    if (more.len > room)
        text->cut = true;
    text->length = (uint16_t)(text->length + bytes_copy(text->kept + text->length, room, more));
}

void imap_text_add_number(struct imap_text *text, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    imap_text_add(text, bytes_of(digits + at, sizeof digits - at));
}

void imap_text_add_lost(struct imap_text *text, uint64_t length)
{
    for (uint64_t i = 0; i < length && !text->cut; i++)
        imap_text_add(text, bytes_text("?"));
}

void imap_text_end(struct imap_text *text)
{
    static const char mark[] = "…";
    if (!text->cut)
        return;
    size_t room = sizeof text->kept - (sizeof mark - 1);
    size_t length = text->length < room ? text->length : room;
    while (length > 0 && length < text->length && (text->kept[length] & 0xc0) == 0x80)
        length--; /* not in the middle of a character */
    text->length = (uint16_t)length;
    text->cut = false;
    imap_text_add(text, bytes_text(mark));
}

static size_t spaces(struct bytes text)
{
    size_t i = 0;
    while (bytes_at(text, i) == ' ' || bytes_at(text, i) == '\n' || bytes_at(text, i) == '\t')
        i++;
    return i < text.len ? i : text.len;
}

/* "…" with \" and \\ in it. */
static size_t quoted_length(struct bytes text, struct imap_token *token)
{
    size_t i = 1;
    while (i < text.len && bytes_at(text, i) != '"')
        i += bytes_at(text, i) == '\\' ? 2 : 1;
    token->kind = IMAP_TOKEN_QUOTED;
    token->broken = i >= text.len;
    token->value = bytes_slice(text, 1, i - 1);
    return token->broken ? text.len : i + 1;
}

/* {5} LF and five bytes, or {310 bytes}; 0: neither. */
static size_t literal_length(struct bytes text, struct imap_token *token)
{
    size_t tilde = bytes_at(text, 0) == '~' ? 1 : 0;
    size_t close = bytes_find(text, '}', 0);
    if (bytes_at(text, tilde) != '{' || close == text.len)
        return 0;
    struct bytes inside = bytes_slice(text, tilde + 1, close - tilde - 1);
    if (inside.len > 0 && !is_digit(bytes_at(inside, 0)))
        return 0;
    token->kind = IMAP_TOKEN_LITERAL;
    uint8_t sign = bytes_at(inside, inside.len - 1);
    if (sign == '+' || sign == '-')
        inside = bytes_first(inside, inside.len - 1);
    uint64_t length;
    if (!text_number(inside, &length) || bytes_at(text, close + 1) != '\n') {
        token->value = (struct bytes){NULL, 0};
        return close + 1;
    }
    token->value = bytes_first(bytes_skip(text, close + 2), length < SIZE_MAX ? (size_t)length : SIZE_MAX);
    token->broken = token->value.len < length;
    return close + 2 + token->value.len;
}

/* No control character belongs to an atom: what stands behind a tab may be a password. */
static size_t atom_length(struct bytes text)
{
    size_t i = 0;
    while (i < text.len && !(i > 0 && bytes_at(text, i) == '"') && bytes_at(text, i) != '(' &&
           bytes_at(text, i) != ')' && bytes_at(text, i) > ' ')
        i++;
    return i > 0 ? i : 1;
}

bool imap_token_next(struct bytes *rest, struct imap_token *ret_token)
{
    struct bytes text = bytes_skip(*rest, spaces(*rest));
    struct imap_token token = {.kind = IMAP_TOKEN_ATOM};
    uint8_t first = bytes_at(text, 0);
    size_t length = 0;
    if (text.len == 0)
        return false;
    if (first == '(' || first == ')') {
        token.kind = first == '(' ? IMAP_TOKEN_OPEN : IMAP_TOKEN_CLOSE;
        length = 1;
    } else if (first == '"') {
        length = quoted_length(text, &token);
    } else {
        length = literal_length(text, &token);
    }
    if (length == 0) {
        length = atom_length(text);
        token.value = bytes_first(text, length);
    }
    token.raw = bytes_first(text, length);
    text = bytes_skip(text, length);
    *rest = bytes_skip(text, spaces(text));
    *ret_token = token;
    return true;
}

size_t imap_token_text(const struct imap_token *token, void *to, size_t room)
{
    uint8_t *at = to;
    struct bytes from = token->value;
    size_t used = 0;
    if (token->kind != IMAP_TOKEN_QUOTED)
        return bytes_copy(to, room, from);
    for (size_t i = 0; i < from.len && used < room; i++) {
        if (bytes_at(from, i) == '\\' && i + 1 < from.len)
            i++;
        at[used++] = bytes_at(from, i);
    }
    return used;
}

struct bytes imap_list_take(struct bytes *rest)
{
    struct bytes whole = *rest;
    struct imap_token token = {.kind = IMAP_TOKEN_ATOM};
    size_t depth = 1, end = whole.len;
    while (depth > 0 && imap_token_next(rest, &token)) {
        depth += token.kind == IMAP_TOKEN_OPEN ? 1 : 0;
        depth -= token.kind == IMAP_TOKEN_CLOSE ? 1 : 0;
        if (depth == 0)
            end = bytes_offset(whole, token.raw);
    }
    return bytes_first(whole, end);
}

struct bytes imap_upper(struct bytes word, void *to, size_t room)
{
    uint8_t *at = to;
    size_t length = bytes_copy(to, room, word);
    for (size_t i = 0; i < length; i++)
        at[i] = byte_upper(at[i]);
    return bytes_of(to, length);
}
