/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Are these bytes FTP? A greeting of 220 may also be SMTP's, and USER POP3's: then the next lines tell. Lines are
 * looked at one after the other, each when its end is there, so that it does not matter in which pieces they came.
 */
#include "ftp.h"

enum { WORD_BYTES = 8 };

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool contains(struct bytes in, const char *text)
{
    return ftp_find_text(in, bytes_text(text), 0) < in.len;
}

/* Replies that neither SMTP nor NNTP give, and that come early in FTP. */
static bool is_ftp_code(unsigned code)
{
    return code == 331 || code == 332 || code == 230 || code == 234 || code == 227 || code == 229 || code == 257 ||
           code == 226;
}

static bool has_code(struct bytes line, unsigned *ret_code)
{
    uint64_t code = 0;
    uint8_t separator = bytes_at(line, 3);
    bool good = line.len >= 3 && text_number(bytes_first(line, 3), &code) && code >= 100 && code <= 599;
    *ret_code = (unsigned)code;
    return good && (line.len == 3 || separator == ' ' || separator == '-');
}

/* MORE: the line does not tell. */
static enum probe probe_reply_line(struct bytes line, bool first)
{
    unsigned code;
    bool coded = has_code(line, &code);
    if ((first && !coded) || contains(line, "SMTP") || contains(line, "LMTP"))
        return PROBE_NO;
    if (first && (code == 220 || code == 120) && contains(line, "FTP"))
        return PROBE_SERVER;
    return coded && is_ftp_code(code) ? PROBE_SERVER : PROBE_MORE;
}

static size_t word_length(struct bytes line)
{
    size_t length = 0;
    for (uint8_t c = byte_lower(bytes_at(line, 0)); c >= 'a' && c <= 'z'; c = byte_lower(bytes_at(line, length)))
        length++;
    return length;
}

static enum probe probe_command_line(struct bytes line)
{
    size_t length = word_length(line);
    struct bytes word = bytes_first(line, length), argument = bytes_skip(line, length + 1);
    const struct ftp_verb *verb = ftp_verb_find(word);
    uint8_t next = bytes_at(line, length);
    bool ended = length == line.len || next == ' ';
    if (length > WORD_BYTES || !ended || length < 3 || bytes_is_nocase(word, "HELO") || bytes_is_nocase(word, "EHLO") ||
        contains(line, " HTTP/"))
        return PROBE_NO;
    if (!verb)
        return PROBE_MORE;
    if (verb->kind == FTP_AUTH && (bytes_is_nocase(argument, "TLS") || bytes_is_nocase(argument, "SSL")))
        return PROBE_CLIENT;
    return verb->flags & FTP_ONLY ? PROBE_CLIENT : PROBE_MORE;
}

static bool is_ftp_port(const struct conversation *conversation)
{
    return conversation->destination.port == ftp_ports[0].port || conversation->source.port == ftp_ports[0].port;
}

enum probe ftp_probe(const struct conversation *conversation, enum side side, struct bytes first)
{
    (void)side; /* who is the client is what these bytes tell */
    bool ours = is_ftp_port(conversation), answers = is_digit(bytes_at(first, 0));
    struct bytes rest = first;
    while (bytes_find(rest, '\n', 0) < rest.len) {
        struct bytes line;
        bool at_start = rest.len == first.len;
        text_line_next(&rest, &line);
        enum probe probe = answers ? probe_reply_line(line, at_start) : probe_command_line(line);
        if (probe != PROBE_MORE)
            return probe;
        if (ours)
            return PROBE_MAYBE;
    }
    return PROBE_MORE;
}
