/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where lines, replies, texts and chunks begin and end, and whether bytes are SMTP at all.
 *
 * What follows DATA is looked at in three ways. Where 354 was seen it is text; where the server said something else,
 * the client usually goes on with commands, and its first line shows whether it does; where nothing was said yet it is
 * text, as for a server that gets both in one segment. Only where no server is heard at all does the first line decide.
 */
#include "smtp.h"

static const struct framing more = {FRAMING_MORE, 0};

/* What is passed over belongs to a message or reply of which a part is lost, or to none at all. */
static struct framing pass_over(bool was_lost, size_t length)
{
    return (struct framing){was_lost ? FRAMING_BODY : FRAMING_NONSENSE, length};
}

/* Up to the end of the line; *mid_line: it is not there yet. */
static size_t rest_of_line(struct bytes pending, bool *mid_line)
{
    size_t end = bytes_find(pending, '\n', 0);
    *mid_line = end == pending.len;
    return *mid_line ? pending.len : end + 1;
}

static struct framing search(struct smtp_client *client, struct bytes pending)
{
    client->phase = SMTP_SEARCH;
    client->searched = true;
    if (client->mid_line)
        return pass_over(client->lost, rest_of_line(pending, &client->mid_line));
    struct bytes judged = bytes_first(pending, SMTP_JUDGED_BYTES);
    size_t end = bytes_find(judged, '\n', 0);
    if (end == judged.len && pending.len < SMTP_JUDGED_BYTES)
        return more;
    if (end < judged.len) {
        struct bytes line = text_line(bytes_first(judged, end + 1), NULL);
        if (smtp_is_command(line, SMTP_TRUST_STRICT) || smtp_is_period(line)) {
            client->phase = SMTP_COMMANDS;
            client->believed = true;
            return (struct framing){FRAMING_MESSAGE, end + 1};
        }
    }
    return pass_over(client->lost, rest_of_line(pending, &client->mid_line));
}

/* The first line of a client that is not known to be at its beginning. */
static struct framing first_command(struct smtp_client *client, struct bytes pending)
{
    struct bytes judged = bytes_first(pending, SMTP_JUDGED_BYTES);
    size_t end = bytes_find(judged, '\n', 0);
    if (end == judged.len && pending.len < SMTP_JUDGED_BYTES)
        return more;
    if (end < judged.len && smtp_is_command(text_line(bytes_first(judged, end + 1), NULL), SMTP_TRUST_WORD))
        return (struct framing){FRAMING_MESSAGE, end + 1};
    return search(client, pending);
}

/* Its answer to DATA would have been heard, too. */
static bool is_heard(const struct smtp_state *state)
{
    return state->server.spoke && !state->server.missed;
}

bool smtp_expects_text(const struct smtp_state *state)
{
    return state->data_answer == 354 || (state->data_answer == 0 && is_heard(state));
}

enum smtp_trust smtp_trust_after_data(const struct smtp_state *state)
{
    return is_heard(state) || state->data_answer != 0 ? SMTP_TRUST_WORD : SMTP_TRUST_STRICT;
}

/* Text, or commands again? False: not to be told yet. */
static bool decide_after_data(struct smtp_state *state, struct bytes pending)
{
    struct smtp_client *client = &state->client;
    client->phase = SMTP_TEXT;
    client->refused = state->data_answer >= 400;
    if (smtp_expects_text(state))
        return true;
    struct bytes judged = bytes_first(pending, SMTP_JUDGED_BYTES);
    size_t end = bytes_find(judged, '\n', 0);
    bool whole = end < judged.len;
    if (!whole && pending.len < SMTP_JUDGED_BYTES) {
        client->phase = SMTP_AFTER_DATA;
        return false;
    }
    if (whole && smtp_is_command(text_line(bytes_first(judged, end + 1), NULL), smtp_trust_after_data(state)))
        client->phase = SMTP_COMMANDS;
    return true;
}

static struct framing frame_client(struct smtp_state *state, struct bytes pending, size_t seen)
{
    struct smtp_client *client = &state->client;
    if (client->phase == SMTP_AFTER_DATA && !decide_after_data(state, pending))
        return more;
    switch (client->phase) {
    case SMTP_AFTER_DATA:
    case SMTP_TEXT:
        return framing_dot(&client->dot, pending);
    case SMTP_CHUNK:
        return (struct framing){FRAMING_BODY, client->left};
    case SMTP_SEARCH:
        return search(client, pending);
    case SMTP_COMMANDS:
        break;
    }
    return client->believed ? framing_line(pending, seen) : first_command(client, pending);
}

static bool is_separator(uint8_t c)
{
    return c == ' ' || c == '-' || c == '\r' || c == '\n';
}

/* An empty line is a message of its own, which says nothing. 0: there is none. */
static size_t empty_line(struct bytes pending)
{
    if (bytes_at(pending, 0) == '\n')
        return 1;
    return bytes_begin(pending, "\r\n") ? 2 : 0;
}

static struct framing frame_server(struct smtp_state *state, struct bytes pending, size_t seen)
{
    struct smtp_server *server = &state->server;
    bool whole;
    if (server->mid_line)
        return pass_over(server->missed, rest_of_line(pending, &server->mid_line));
    if (empty_line(pending) > 0)
        return (struct framing){FRAMING_MESSAGE, empty_line(pending)};
    if (bytes_is(pending, "\r"))
        return more;
    bool is_code = smtp_is_code(pending, &whole);
    if (is_code && (!whole || (server->lost && pending.len == 3)))
        return more;
    if (is_code && (!server->lost || is_separator(bytes_at(pending, 3))))
        return framing_reply(REPLY_SMTP, pending, seen);
    return pass_over(server->missed, rest_of_line(pending, &server->mid_line));
}

/* TLS begins, and bytes are lost that had said so: `message` hands the conversation over at the end of an empty body.
 */
static bool is_tls(struct smtp_state *state, bool client, struct bytes pending, struct framing *ret_framing)
{
    const enum smtp_phase phase = state->client.phase;
    const bool lost = state->client.lost || state->server.missed;
    const bool at_line = client ? phase == SMTP_COMMANDS || (phase == SMTP_SEARCH && !state->client.mid_line)
                                : !state->server.mid_line;
    const enum text_tls tls = lost && at_line ? text_tls_begins(pending) : TEXT_NO_TLS;
    state->sealed = tls == TEXT_TLS;
    *ret_framing = (struct framing){tls == TEXT_TLS ? FRAMING_BODY : FRAMING_MORE, 0};
    return tls != TEXT_NO_TLS;
}

struct framing smtp_frame(void *state_block, enum side side, struct bytes pending, size_t seen)
{
    struct smtp_state *state = state_block;
    bool client = (side == SIDE_CLIENT) != state->turned;
    struct framing tls;
    if (is_tls(state, client, pending, &tls))
        return tls;
    return client ? frame_client(state, pending, seen) : frame_server(state, pending, seen);
}

/* --- recognition --- */

static bool is_ours(const struct conversation *conversation)
{
    for (size_t i = 0; smtp_ports[i].transport; i++)
        if (smtp_ports[i].port == conversation->destination.port || smtp_ports[i].port == conversation->source.port)
            return true;
    return false;
}

/* Words that no other server of three digits says. */
static bool is_smtp_line(unsigned code, struct bytes text)
{
    static const char *const extensions[] = {"PIPELINING",          "8BITMIME", "SMTPUTF8",
                                             "ENHANCEDSTATUSCODES", "CHUNKING", NULL};
    if (code == 250)
        return text_find_word(extensions, text) >= 0;
    if (code == 354)
        return smtp_mentions(text, "<cr><lf>.<cr><lf>");
    return (code == 220 || code == 421 || code == 554) && (smtp_mentions(text, "smtp") || smtp_mentions(text, "lmtp"));
}

enum look { LOOK_ON, LOOK_MORE, LOOK_NO, LOOK_SMTP, LOOK_LAST };

/* The next line of a reply; `rest` moves behind it. */
static enum look look_at_line(struct bytes *rest, unsigned code, struct bytes *ret_line)
{
    bool whole;
    size_t end = bytes_find(*rest, '\n', 0);
    struct bytes line = bytes_first(*rest, end);
    if (!smtp_is_code(line, &whole) || (line.len > 3 && !is_separator(bytes_at(line, 3))))
        return LOOK_NO;
    if (end == rest->len)
        return LOOK_MORE;
    *ret_line = text_line(bytes_first(*rest, end + 1), NULL);
    *rest = bytes_skip(*rest, end + 1);
    if (is_smtp_line(code, bytes_trim(bytes_skip(*ret_line, 4))))
        return LOOK_SMTP;
    return bytes_at(*ret_line, 3) == '-' ? LOOK_ON : LOOK_LAST;
}

static enum probe probe_reply(struct bytes first, bool ours)
{
    uint64_t code = 0;
    bool ftp = false;
    struct bytes rest = first, line = {NULL, 0};
    enum look look = LOOK_ON;
    (void)text_number(bytes_first(first, 3), &code);
    while (look == LOOK_ON && rest.len > 0) {
        look = look_at_line(&rest, (unsigned)code, &line);
        ftp = ftp || smtp_mentions(line, "ftp");
    }
    if (look == LOOK_SMTP)
        return PROBE_SERVER;
    if (look != LOOK_LAST)
        return look == LOOK_NO ? PROBE_NO : PROBE_MORE;
    if (ours)
        return PROBE_MAYBE;
    return ftp || code != 220 ? PROBE_NO : PROBE_MORE; /* the client's first line decides */
}

static bool is_printable(struct bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes_at(bytes, i) < ' ' && bytes_at(bytes, i) != '\r' && bytes_at(bytes, i) != '\t')
            return false;
    return true;
}

/* A first line, as yet without its end: can it be one of those that only SMTP has? */
static bool may_become_ours(struct bytes line)
{
    static const char *const first_words[] = {"EHLO ", "HELO ", "LHLO ", "MAIL FROM:", "RCPT TO:"};
    for (size_t i = 0; i < sizeof first_words / sizeof first_words[0]; i++) {
        struct bytes word = bytes_text(first_words[i]);
        size_t length = word.len < line.len ? word.len : line.len;
        if (bytes_equal_nocase(bytes_first(line, length), bytes_first(word, length)))
            return true;
    }
    return false;
}

static enum probe probe_command(struct bytes first, bool ours, bool midstream)
{
    size_t end = bytes_find(first, '\n', 0);
    struct bytes line = bytes_first(first, end), word;
    if (!is_printable(line))
        return PROBE_NO;
    if (end == first.len)
        return ours || may_become_ours(line) ? PROBE_MORE : PROBE_NO;
    line = text_line(bytes_first(first, end + 1), NULL);
    if (may_become_ours(line) && smtp_is_command(line, SMTP_TRUST_STRICT))
        return PROBE_CLIENT;
    if (!ours || !text_word_next(&line, &word)) /* of the line alone: what follows it may not be there yet */
        return PROBE_NO;
    if (smtp_verb_of(word) != SMTP_VERB_OTHER)
        return PROBE_MAYBE;
    return midstream ? PROBE_NO : PROBE_MORE; /* the server's greeting decides */
}

enum probe smtp_probe(const struct conversation *conversation, enum side side, struct bytes first)
{
    (void)side; /* who is the client is what these bytes tell */
    bool ours = is_ours(conversation);
    uint8_t c = bytes_at(first, 0);
    if (c >= '0' && c <= '9')
        return probe_reply(first, ours);
    return probe_command(first, ours, conversation->midstream);
}
