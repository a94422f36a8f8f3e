/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Encoded words of RFC 2047.
 */
#include "mail_words.h"

enum { CHARSET_LONGEST = 64 };

/* =?charset?B? : behind it; 0: it is none. */
static size_t skip_introduction(struct bytes here, struct bytes *ret_charset, bool *ret_base64)
{
    if (bytes_at(here, 0) != '=' || bytes_at(here, 1) != '?')
        return 0;
    struct bytes charset = bytes_first(bytes_skip(here, 2), CHARSET_LONGEST);
    charset = bytes_first(charset, bytes_find(charset, '?', 0));
    for (size_t i = 0; i < charset.len; i++)
        if (bytes_at(charset, i) <= ' ')
            return 0;
    struct bytes encoding = bytes_slice(here, 2 + charset.len, 3);
    *ret_base64 = bytes_is_nocase(encoding, "?b?");
    *ret_charset = bytes_first(charset, bytes_find(charset, '*', 0));
    return *ret_base64 || bytes_is_nocase(encoding, "?q?") ? 2 + charset.len + encoding.len : 0;
}

/* =?charset*language?B?text?=, all in one line. */
bool mail_word_at(struct bytes text, size_t at, size_t *barren, struct mail_word *ret_word)
{
    struct bytes here = bytes_skip(text, at);
    size_t start = skip_introduction(here, &ret_word->charset, &ret_word->is_base64), end = start;
    if (start == 0 || here.len - start > *barren)
        return false;
    while (end < here.len && bytes_at(here, end) != '\n' &&
           !(bytes_at(here, end) == '?' && bytes_at(here, end + 1) == '='))
        end++;
    if (bytes_at(here, end) != '?') {
        *barren = here.len - end;
        return false;
    }
    ret_word->text = bytes_slice(here, start, end - start);
    ret_word->length = end + 2;
    return true;
}

void mail_words_begin(struct mail_words *words, struct emitter *emitter, struct bytes value)
{
    words->emitter = emitter;
    words->rest = mail_trim(value);
    words->barren = SIZE_MAX;
    words->inside = false;
    words->count = 0;
    words->charset = bytes_of(NULL, 0);
}

static void take_word(struct mail_words *words, size_t at, const struct mail_word *word)
{
    words->word = *word;
    words->base64 = (struct base64){0};
    words->rest = bytes_skip(words->rest, at + word->length);
    words->inside = true;
    if (words->count++ == 0)
        words->charset = word->charset;
}

/* Does another word follow that goes on in the same character set? White space before any other word goes too. */
static bool take_neighbour(struct mail_words *words)
{
    struct mail_word word;
    size_t blank = 0;
    while (mail_is_space(bytes_at(words->rest, blank)))
        blank++;
    if (!mail_word_at(words->rest, blank, &words->barren, &word))
        return false;
    if (!bytes_equal_nocase(word.charset, words->word.charset)) {
        words->rest = bytes_skip(words->rest, blank);
        return false;
    }
    take_word(words, blank, &word);
    return true;
}

static int hex_digit(uint8_t c)
{
    uint8_t lower = byte_lower(c);
    if (c >= '0' && c <= '9')
        return c - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Q: an underscore is a space, =XX a byte. What is no such pair stands for itself. */
static size_t decode_q(struct bytes *text, uint8_t *to, size_t room)
{
    size_t used = 0, length = 0;
    while (used < text->len && length < room) {
        uint8_t c = bytes_at(*text, used);
        int high = hex_digit(bytes_at(*text, used + 1)), low = hex_digit(bytes_at(*text, used + 2));
        bool is_pair = c == '=' && high >= 0 && low >= 0;
        to[length++] = is_pair ? (uint8_t)(high * 16 + low) : c == '_' ? ' ' : c;
        used += is_pair ? 3 : 1;
    }
    *text = bytes_skip(*text, used);
    return length;
}

static size_t decode(struct mail_words *words, uint8_t *to, size_t room)
{
    struct bytes *text = &words->word.text;
    if (!words->word.is_base64)
        return decode_q(text, to, room);
    size_t used = 0;
    size_t length = base64_piece(&words->base64, *text, to, room, &used);
    *text = bytes_skip(*text, used);
    return length;
}

/* Bytes of neighbours, as many as fit. */
static size_t fill(struct mail_words *words)
{
    size_t filled = 0;
    do {
        filled += decode(words, words->raw + filled, MAIL_WORDS_RAW - filled);
        if (words->word.text.len > 0)
            return filled;
    } while (take_neighbour(words));
    words->inside = false;
    return filled;
}

/* Up to the next line end or encoded word. */
static size_t plain_length(struct mail_words *words)
{
    struct mail_word word;
    size_t i = 0;
    for (; i < words->rest.len; i++) {
        uint8_t c = bytes_at(words->rest, i);
        if (c == '\n' || (c == '\r' && bytes_at(words->rest, i + 1) == '\n'))
            break;
        if (c == '=' && mail_word_at(words->rest, i, &words->barren, &word))
            break;
    }
    return i;
}

static bool take_plain(struct mail_words *words, struct bytes *ret_piece)
{
    size_t length = plain_length(words);
    if (length > 0) {
        *ret_piece = bytes_first(words->rest, length);
        words->rest = bytes_skip(words->rest, length);
        return true;
    }
    words->rest = bytes_skip(words->rest, bytes_at(words->rest, 0) == '\r' ? 2 : 1);
    if (bytes_at(words->rest, 0) != '\t')
        return false;
    *ret_piece = bytes_text(" ");
    words->rest = bytes_skip(words->rest, 1);
    return true;
}

bool mail_words_next(struct mail_words *words, struct bytes *ret_piece)
{
    struct mail_word word;
    while (words->inside || words->rest.len > 0) {
        if (words->inside) {
            size_t filled = fill(words);
            size_t length = emit_utf8(words->emitter, words->word.charset, bytes_of(words->raw, filled), words->utf8,
                                      sizeof words->utf8);
            *ret_piece = bytes_of(words->utf8, length);
            if (length > 0)
                return true;
        } else if (mail_word_at(words->rest, 0, &words->barren, &word)) {
            take_word(words, 0, &word);
        } else if (take_plain(words, ret_piece)) {
            return true;
        }
    }
    return false;
}

void mail_words_add(struct emitter *emitter, struct bytes value, struct mail_text *text)
{
    struct mail_words words;
    struct bytes piece;
    mail_words_begin(&words, emitter, value);
    while (!text->cut && mail_words_next(&words, &piece))
        mail_text_add(text, piece);
    mail_text_whole_characters(text);
}
