/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lists of name=value.
 */
#include "mail_tags.h"

bool mail_tag_next(struct bytes *rest, struct bytes *ret_name, struct bytes *ret_value)
{
    while (rest->len > 0) {
        struct bytes piece = bytes_first(*rest, bytes_find(*rest, ';', 0));
        size_t equals = bytes_find(piece, '=', 0);
        *rest = bytes_skip(*rest, piece.len + 1);
        if (equals == piece.len)
            continue;
        *ret_name = mail_trim(bytes_first(piece, equals));
        *ret_value = mail_trim(bytes_skip(piece, equals + 1));
        return true;
    }
    return false;
}

bool mail_tags(struct bytes list, const char *const *names, size_t count, struct bytes *ret_values)
{
    struct bytes name, value;
    bool any = false;
    for (size_t i = 0; i < count; i++)
        ret_values[i] = bytes_of(NULL, 0);
    while (mail_tag_next(&list, &name, &value))
        for (size_t i = 0; i < count; i++)
            if (bytes_is(name, names[i]) && !ret_values[i].at && value.len > 0) {
                ret_values[i] = value;
                any = true;
            }
    return any;
}

bool mail_pair_next(struct bytes *rest, struct bytes *ret_name, struct bytes *ret_value)
{
    size_t start = mail_skip_blank(*rest, 0), end = start;
    if (start == rest->len)
        return false;
    while (end < rest->len && bytes_at(*rest, end) != '=' && bytes_at(*rest, end) != '(' &&
           !mail_is_space(bytes_at(*rest, end)))
        end++;
    *ret_name = bytes_slice(*rest, start, end - start);
    *ret_value = bytes_of(NULL, 0);
    size_t equals = mail_skip_blank(*rest, end);
    if (bytes_at(*rest, equals) != '=') {
        *rest = bytes_skip(*rest, end);
        return true;
    }
    *rest = bytes_skip(*rest, equals + 1);
    if (mail_word_next(rest, ret_value) && bytes_at(*ret_value, 0) == '"') {
        struct bytes inside = bytes_skip(*ret_value, 1);
        *ret_value = bytes_first(inside, bytes_find(inside, '"', 0));
    }
    return true;
}

void mail_member(struct record *record, unsigned member, struct bytes value, bool lower)
{
    enum { VALUE_BYTES = 512 };
    uint8_t buffer[VALUE_BYTES];
    struct mail_text text = mail_text_in(buffer, sizeof buffer);
    if (lower)
        mail_text_add_lower(&text, value);
    else
        mail_text_add_solid(&text, value);
    mail_text_whole_characters(&text);
    if (text.length > 0)
        record_text(record, member, mail_text_bytes(&text));
}
