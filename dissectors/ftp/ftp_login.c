/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Secrets. When in doubt, more is hidden than less: also a password behind a misspelled PASS, and where the server
 * repeats in its reply what it did not understand.
 */
#include "ftp.h"

enum {
    LIKE_PASS_BYTES = 8, /* longest word that may be PASS, misspelled */
    MISTAKES = 2,
    CERTAIN_BYTES = 3, /* a shorter secret is looked for as a whole word only */
    NEEDLE_BYTES = 64  /* of a longer one only so much, and all behind it is hidden */
};

/* How many letters have to be changed, added or left out to make `pass` of the word. */
static unsigned distance_to_pass(struct bytes word)
{
    static const char pass[] = "pass";
    enum { PASS = sizeof pass - 1 };
    unsigned row[PASS + 1];
    for (unsigned i = 0; i <= PASS; i++)
        row[i] = i;
    for (size_t at = 0; at < word.len; at++) {
        unsigned diagonal = row[0];
        row[0]++;
        for (unsigned i = 1; i <= PASS; i++) {
            unsigned change = diagonal + (byte_lower(bytes_at(word, at)) != (uint8_t)pass[i - 1]);
            unsigned shorter = row[i] + 1, longer = row[i - 1] + 1;
            diagonal = row[i];
            row[i] = change < shorter ? change : shorter;
            row[i] = longer < row[i] ? longer : row[i];
        }
    }
    return row[PASS];
}

bool ftp_is_like_pass(struct bytes word)
{
    if (bytes_begin_nocase(word, "PASS") || bytes_begin_nocase(word, "XPAS"))
        return true;
    return word.len <= LIKE_PASS_BYTES && distance_to_pass(word) <= MISTAKES;
}

bool ftp_is_secret_site(struct bytes argument)
{
    static const char *const harmless[] = {"CHMOD", "CPFR",  "CPTO",    "DIRSTYLE", "HELP",  "IDLE",  "INDEX", "MKDIR",
                                           "RMDIR", "QUOTA", "SYMLINK", "UMASK",    "UTIME", "WHO",   "ZONE",  "CHGRP",
                                           "COPY",  "DEL",   "GROUPS",  "MINFO",    "STAT",  "STATS", "UTF8",  NULL};
    struct bytes word;
    if (!text_word_next(&argument, &word) || argument.len == 0)
        return false;
    return text_find_word(harmless, word) < 0;
}

size_t ftp_find_text(struct bytes in, struct bytes text, size_t from)
{
    if (text.len == 0)
        return in.len;
    for (size_t at = from; at + text.len <= in.len; at++)
        if (byte_lower(bytes_at(in, at)) == byte_lower(bytes_at(text, 0)) &&
            bytes_equal_nocase(bytes_slice(in, at, text.len), text))
            return at;
    return in.len;
}

static bool is_letter_or_digit(uint8_t c)
{
    c = byte_lower(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool stands_alone(struct bytes in, size_t at, size_t length)
{
    return (at == 0 || !is_letter_or_digit(bytes_at(in, at - 1))) && !is_letter_or_digit(bytes_at(in, at + length));
}

/* The next place where the secret is repeated. */
static size_t find_secret(struct bytes in, struct bytes secret, size_t from)
{
    size_t at = ftp_find_text(in, secret, from);
    while (at < in.len && secret.len < CERTAIN_BYTES && !stands_alone(in, at, secret.len))
        at = ftp_find_text(in, secret, at + 1);
    return at;
}

size_t ftp_join_lines(const struct reply *reply, void *to, size_t room)
{
    struct bytes rest = reply->lines, text;
    uint8_t *joined = to;
    size_t length = 0;
    for (bool first = true; reply_line_next(reply, REPLY_FTP, &rest, &text); first = false) {
        if (!first)
            length += bytes_copy(joined + length, room - length, bytes_text("\n"));
        length += bytes_copy(joined + length, room - length, text);
    }
    return length;
}

void ftp_record_text(struct transaction *transaction, struct bytes text)
{
    struct record *record = &transaction->record;
    const struct ftp_exchange *exchange = ftp_exchange_of(transaction);
    struct bytes secret = {NULL, 0};
    if (exchange->secret_length > 0)
        secret = bytes_trim(bytes_slice(record_find_text(record, exchange->secret_field), exchange->secret_at,
                                        exchange->secret_length));
    struct bytes needle = bytes_first(secret, NEEDLE_BYTES);
    size_t first = find_secret(text, needle, 0), end = first;
    for (size_t at = first; at < text.len; at = find_secret(text, needle, at + needle.len))
        end = secret.len > needle.len ? text.len : at + needle.len;
    record_text_secret(record, FTP_REPLY_TEXT, text, first, end - first);
}

void ftp_record_reply_text(struct emitter *emitter, struct transaction *transaction, const struct reply *reply)
{
    uint8_t *joined = emit_scratch(emitter, reply->lines.len);
    if (joined)
        ftp_record_text(transaction, bytes_of(joined, ftp_join_lines(reply, joined, reply->lines.len)));
}
