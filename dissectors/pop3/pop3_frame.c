/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where a message ends. The client sends lines. The server sends a line that begins with `+OK`, `-ERR` or, while
 * logging in, `+ `; after some commands text follows, up to a line that is only a period:
 *
 *     RETR 1
 *     +OK 120 octets          POP3_PHASE_REPLY
 *     Return-Path: …          POP3_PHASE_TEXT
 *     .
 *
 * Where the command was not seen, or bytes were lost, the first line of what follows tells whether it is text
 * (POP3_PHASE_CHECK): no list and no mail begins with a status.
 */
#include "pop3.h"

static const uint8_t TLS_HANDSHAKE = 0x16, TLS_MAJOR = 3;

bool pop3_is_waiting(const struct pop3_state *state)
{
    return state->oldest < state->next;
}

struct pop3_asked *pop3_asked_at(struct pop3_state *state, uint64_t number)
{
    return &state->asked[number % POP3_ASKED];
}

static enum pop3_status match(struct bytes line, const char *word, enum pop3_status status, bool strict)
{
    size_t length = strlen(word);
    if (line.len < length)
        return bytes_equal_nocase(line, bytes_first(bytes_text(word), line.len)) ? POP3_STATUS_MORE : POP3_STATUS_NONE;
    if (!(strict ? bytes_begin(line, word) : bytes_begin_nocase(line, word)))
        return POP3_STATUS_NONE;
    if (!strict)
        return status;
    if (line.len == length)
        return POP3_STATUS_MORE;
    uint8_t next = bytes_at(line, length);
    return next == ' ' || next == '\r' || next == '\n' ? status : POP3_STATUS_NONE;
}

enum pop3_status pop3_status_of(struct bytes line, bool strict)
{
    enum pop3_status status = match(line, "+OK", POP3_STATUS_OK, strict);
    if (status == POP3_STATUS_NONE)
        status = match(line, "-ERR", POP3_STATUS_ERR, strict);
    if (status == POP3_STATUS_NONE)
        status = match(line, "+ ", POP3_STATUS_CHALLENGE, false);
    if (status == POP3_STATUS_NONE && bytes_at(line, 0) == '+' &&
        (bytes_at(line, 1) == '\r' || bytes_at(line, 1) == '\n'))
        status = POP3_STATUS_CHALLENGE;
    return status;
}

enum pop3_command pop3_command_of(struct bytes line, struct bytes *ret_verb, struct bytes *ret_argument)
{
    struct bytes rest = line, verb = {0};
    (void)text_word_next(&rest, &verb);
    *ret_verb = verb;
    *ret_argument = rest;
    int command = text_find_word(pop3_commands, verb);
    return command < 0 ? POP3_NO_COMMAND : (enum pop3_command)command;
}

/* Not a line of this protocol: up to its end, which may not have come yet. */
static struct framing pass_line(struct pop3_side *own, struct bytes pending)
{
    size_t end = bytes_find(pending, '\n', 0);
    own->mid_line = end == pending.len;
    return (struct framing){FRAMING_NONSENSE, own->mid_line ? end : end + 1};
}

/* TLS begins, whatever was seen of STLS: `message` hands the conversation over at the end of an empty body. */
static bool is_tls(struct pop3_state *state, struct bytes pending, struct framing *ret_framing)
{
    if (bytes_at(pending, 0) != TLS_HANDSHAKE)
        return false;
    if (pending.len < 2) {
        *ret_framing = (struct framing){FRAMING_MORE, 0};
        return true;
    }
    if (bytes_at(pending, 1) != TLS_MAJOR)
        return false;
    state->tls = true;
    *ret_framing = (struct framing){FRAMING_BODY, 0};
    return true;
}

/* Does what comes after lost bytes begin with a whole command? Else it is the rest of a line, perhaps of a password.
 */
static struct framing find_command(struct pop3_side *own, struct bytes pending, size_t seen)
{
    enum { VERB_BYTES = 5 }; /* the longest command and what follows it */
    size_t end = 0;
    while (end < VERB_BYTES && bytes_at(pending, end) > ' ')
        end++;
    if (end == pending.len && end < VERB_BYTES)
        return (struct framing){FRAMING_MORE, 0};
    if (end < VERB_BYTES && text_find_word(pop3_commands, bytes_first(pending, end)) >= 0)
        return framing_line(pending, seen);
    own->lost = false;
    return pass_line(own, pending);
}

static struct framing frame_client(struct pop3_state *state, struct bytes pending, size_t seen)
{
    struct pop3_side *own = &state->sides[SIDE_CLIENT];
    struct framing framing;
    if (own->mid_line)
        return pass_line(own, pending);
    if (is_tls(state, pending, &framing))
        return framing;
    if (own->lost)
        return find_command(own, pending, seen);
    return framing_line(pending, seen);
}

/* A challenge belongs to somebody who logs in; elsewhere a line that begins so is text. */
static bool may_challenge(struct pop3_state *state)
{
    if (!pop3_is_waiting(state))
        return state->sasl.active || state->greeted;
    uint8_t command = pop3_asked_at(state, state->oldest)->command;
    return command == POP3_AUTH || command == POP3_NO_COMMAND;
}

static struct framing frame_reply(struct pop3_state *state, struct bytes pending, size_t seen)
{
    struct pop3_side *own = &state->sides[SIDE_SERVER];
    struct framing framing;
    if (own->mid_line)
        return pass_line(own, pending);
    if (is_tls(state, pending, &framing))
        return framing;
    enum pop3_status status = pop3_status_of(pending, own->lost);
    if (status == POP3_STATUS_MORE)
        return (struct framing){FRAMING_MORE, 0};
    bool good = status == POP3_STATUS_CHALLENGE ? may_challenge(state) && !own->lost : status != POP3_STATUS_NONE;
    return good ? framing_line(pending, seen) : pass_line(own, pending);
}

static bool is_doubtful(const struct pop3_state *state)
{
    return state->text_overtaken && (state->text_lost || state->dot.ambiguous);
}

/* Text that has become doubtful, or does within this piece, is read line by line from there on. */
static struct framing up_to_doubt(const struct pop3_state *state, struct bytes pending, struct framing framing)
{
    if (framing.kind != FRAMING_PIECE || !state->text_overtaken)
        return framing;
    struct bytes piece = bytes_first(pending, (size_t)framing.length);
    const bool here = is_doubtful(state) || state->dot.lone_return;
    size_t end = bytes_find(piece, '\n', here ? 0 : bytes_find_pair(piece, '\r', '.', 0));
    if (end < piece.len)
        framing.length = end + 1;
    return framing;
}

static struct framing frame_text(struct pop3_state *state, struct bytes pending, size_t seen)
{
    if (is_doubtful(state) && !state->dot.inside_line) {
        enum pop3_status status = pop3_status_of(pending, true);
        if (status == POP3_STATUS_OK || status == POP3_STATUS_ERR) {
            state->phase = POP3_PHASE_REPLY;
            state->text_broken = true;
            return frame_reply(state, pending, seen);
        }
        if (status == POP3_STATUS_MORE)
            return (struct framing){FRAMING_MORE, 0};
    }
    return up_to_doubt(state, pending, framing_dot(&state->dot, pending));
}

/* A mail begins with a header field, in some mailboxes with a line of its own. */
static bool begins_mail(struct bytes line)
{
    if (bytes_begin(line, "From ") || bytes_begin(line, ">From "))
        return true;
    size_t colon = 0;
    while (bytes_at(line, colon) > ' ' && bytes_at(line, colon) < 0x7f && bytes_at(line, colon) != ':')
        colon++;
    return colon > 0 && bytes_at(line, colon) == ':';
}

static struct framing frame_check(struct pop3_state *state, struct bytes pending, size_t seen)
{
    enum { ENOUGH = 256 };
    enum pop3_status status = pop3_status_of(pending, false);
    if (status == POP3_STATUS_MORE)
        return (struct framing){FRAMING_MORE, 0};
    if (status != POP3_STATUS_NONE || bytes_at(pending, 0) == TLS_HANDSHAKE) {
        state->phase = POP3_PHASE_REPLY;
        return frame_reply(state, pending, seen);
    }
    if (state->text == POP3_ANSWER_LINE || state->text == POP3_ANSWER_UNKNOWN) {
        size_t end = bytes_find(bytes_first(pending, ENOUGH), '\n', 0);
        if (end == pending.len && pending.len < ENOUGH)
            return (struct framing){FRAMING_MORE, 0};
        state->text = begins_mail(bytes_first(pending, end)) ? POP3_ANSWER_MAIL : POP3_ANSWER_LIST;
    }
    state->phase = POP3_PHASE_TEXT;
    return frame_text(state, pending, seen);
}

struct framing pop3_frame(void *state_block, enum side side, struct bytes pending, size_t seen)
{
    struct pop3_state *state = state_block;
    if (side == SIDE_CLIENT)
        return frame_client(state, pending, seen);
    switch ((enum pop3_phase)state->phase) {
    case POP3_PHASE_REPLY:
        return frame_reply(state, pending, seen);
    case POP3_PHASE_CHECK:
        return frame_check(state, pending, seen);
    case POP3_PHASE_TEXT:
        break;
    }
    return frame_text(state, pending, seen);
}
