/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Comments (RFC 822 section 3.4.3) in the fields that say what a part is, where RFC 2045 section 5.1 allows them:
 *
 *   multipart/(not what it seems)mixed; boundary (=x) = b
 *
 * Readers that do not know them take them for text. What they would read is compared with what is there when all
 * comments are taken off: a type, a boundary, how a name ends. Most comments change nothing of these and are nobody's
 * business.
 */
#include "mail_stream.h"

#include "mail_parameters.h"

/* As for those who know quotes, and no comments. */
static size_t find_outside_quotes(struct bytes text, uint8_t c)
{
    size_t at = 0;
    while (at < text.len && bytes_at(text, at) != c)
        at = bytes_at(text, at) == '"' ? mail_skip_quoted(text, at) : at + 1;
    return at < text.len ? at : text.len;
}

static struct bytes take_piece(struct bytes *rest)
{
    const size_t end = find_outside_quotes(*rest, ';');
    const struct bytes piece = bytes_first(*rest, end);
    *rest = bytes_skip(*rest, end + 1);
    return mail_trim(piece);
}

struct reading {
    struct bytes type, boundary, name; /* the name is that of either field */
};

static void take_parameter(struct bytes piece, struct reading *reading)
{
    const size_t equals = find_outside_quotes(piece, '=');
    const struct bytes whole = mail_trim(bytes_first(piece, equals));
    const struct bytes name = bytes_first(whole, bytes_find(whole, '*', 0)); /* RFC 2231: filename*0* */
    struct bytes value = mail_trim(bytes_skip(piece, equals + 1));
    if (bytes_at(value, 0) == '"')
        value = bytes_slice(value, 1, mail_find_quote(value, 0) - 1);
    if (bytes_is_nocase(name, "boundary") && !reading->boundary.at)
        reading->boundary = value;
    else if ((bytes_is_nocase(name, "name") || bytes_is_nocase(name, "filename")) && !reading->name.at)
        reading->name = value;
}

static struct reading read(struct bytes value)
{
    struct bytes rest = value;
    struct reading reading = {.type = take_piece(&rest)};
    while (rest.len > 0)
        take_parameter(take_piece(&rest), &reading);
    return reading;
}

static bool is_other(const struct reading *reading, const struct reading *other)
{
    return !bytes_equal_nocase(reading->type, other->type) || !bytes_equal(reading->boundary, other->boundary) ||
           !bytes_equal_nocase(mail_name_extension(reading->name), mail_name_extension(other->name));
}

/* Copies the value without its comments; false where there is none. */
static bool take_off(struct bytes value, uint8_t *to, size_t *ret_length, size_t *ret_first)
{
    size_t length = 0, at = 0;
    *ret_first = value.len;
    while (at < value.len) {
        const uint8_t c = bytes_at(value, at);
        const size_t end = c == '(' ? mail_skip_comment(value, at) : c == '"' ? mail_skip_quoted(value, at) : at + 1;
        if (c != '(')
            length += bytes_copy(to + length, end - at, bytes_slice(value, at, end - at));
        else if (*ret_first == value.len)
            *ret_first = at;
        at = end;
    }
    *ret_length = length;
    return *ret_first < value.len;
}

void mail_look_at_comments(const struct mail_walk *walk, struct bytes value)
{
    size_t length, first;
    if (bytes_find(value, '(', 0) == value.len)
        return;
    uint8_t *bare = emit_scratch(walk->emitter, MAIL_FIELD_BYTES);
    if (!bare || !take_off(value, bare, &length, &first))
        return;
    const struct reading with = read(value), without = read(bytes_of(bare, length));
    if (is_other(&with, &without))
        mail_tell(walk, ANOMALY_MAIL_COMMENT, first, 0);
}
