/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lines and the words in them.
 */
#include "overhear/text.h"

struct bytes text_line(struct bytes line, bool *ret_bare)
{
    if (line.len > 0 && bytes_at(line, line.len - 1) == '\r') /* broken off in the middle of its end */
        return bytes_first(line, line.len - 1);
    if (line.len == 0 || bytes_at(line, line.len - 1) != '\n')
        return line;
    line.len--;
    if (line.len > 0 && bytes_at(line, line.len - 1) == '\r')
        line.len--;
    else if (ret_bare)
        *ret_bare = true;
    return line;
}

size_t text_hidden_end(struct bytes text)
{
    size_t end = bytes_find(text, '\0', 0);
    for (size_t at = bytes_find(text, '\r', 0); at < end; at = bytes_find(text, '\r', at + 1))
        if (at + 1 < text.len && bytes_at(text, at + 1) != '\n')
            return at;
    return end;
}

void text_tell_hidden_line(struct emitter *emitter, struct bytes text)
{
    size_t at = text_hidden_end(text);
    if (at < text.len)
        emit_anomaly(emitter, ANOMALY_MESSAGE_HIDDEN_LINE, at, bytes_at(text, at));
}

bool text_line_next(struct bytes *rest, struct bytes *ret_line)
{
    if (rest->len == 0)
        return false;
    size_t end = bytes_find(*rest, '\n', 0);
    size_t length = end < rest->len ? end + 1 : end;
    *ret_line = text_line(bytes_first(*rest, length), NULL);
    *rest = bytes_skip(*rest, length);
    return true;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

bool text_word_next(struct bytes *rest, struct bytes *ret_word)
{
    size_t from = 0;
    while (is_blank(bytes_at(*rest, from)))
        from++;
    if (from >= rest->len) {
        *rest = bytes_skip(*rest, from);
        return false;
    }
    size_t end = from;
    while (end < rest->len && !is_blank(bytes_at(*rest, end)))
        end++;
    *ret_word = bytes_slice(*rest, from, end - from);
    *rest = bytes_skip(*rest, end + 1);
    return true;
}

bool text_number(struct bytes digits, uint64_t *ret_number)
{
    enum { DIGITS = 18 }; /* so many always fit */
    if (digits.len == 0 || digits.len > DIGITS)
        return false;
    uint64_t number = 0;
    for (size_t i = 0; i < digits.len; i++) {
        uint8_t c = bytes_at(digits, i);
        if (c < '0' || c > '9')
            return false;
        number = number * 10 + (uint64_t)(c - '0');
    }
    *ret_number = number;
    return true;
}

int text_find_word(const char *const *words, struct bytes word)
{
    for (int i = 0; words[i]; i++)
        if (bytes_is_nocase(word, words[i]))
            return i;
    return -1;
}

/* A record of TLS, and in it a ClientHello or ServerHello of less than 64 kB:  16 03 0v, length (2 bytes), 01 00 */
enum text_tls text_tls_begins(struct bytes first)
{
    static const uint8_t most[] = {0x16, 0x03, 0x04, 0x40, 0xff, 0x02, 0x00};
    static const uint8_t least[] = {0x16, 0x03, 0x00, 0x00, 0x00, 0x01, 0x00};
    for (size_t i = 0; i < sizeof most && i < first.len; i++)
        if (bytes_at(first, i) < least[i] || bytes_at(first, i) > most[i])
            return TEXT_NO_TLS;
    return first.len < sizeof most ? TEXT_TLS_MORE : TEXT_TLS;
}
