/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The hooks of the control connection: where lines and replies begin and end, and the way back after a gap.
 */
#include "ftp.h"

enum { CONTROL_LOOK = 4, CODE_BYTES = 4, TELNET_IAC = 255, TELNET_FIRST = 240 };

static struct framing skip_line(struct ftp_side *own, struct bytes pending)
{
    size_t end = bytes_find(pending, '\n', 0);
    own->mid_line = end == pending.len;
    return (struct framing){FRAMING_NONSENSE, own->mid_line ? end : end + 1};
}

/* NUL and its like in the beginning of a line: no command. In a Telnet command, which servers pass over, they are
 * right. */
static bool is_binary(struct bytes pending)
{
    for (size_t i = 0; i < CONTROL_LOOK; i++) {
        uint8_t c = bytes_at(pending, i);
        if (c == '\n' || c == '\r' || (c == TELNET_IAC && bytes_at(pending, i + 1) >= TELNET_FIRST))
            return false;
        if (c < ' ' && c != '\t')
            return true;
    }
    return false;
}

/* After lost bytes, AUTH TLS perhaps among them: is this a line of an enciphered stream? */
static bool is_garbage(struct bytes line)
{
    size_t end = bytes_find(line, ' ', 0);
    for (size_t i = 0; i < end; i++) {
        uint8_t c = bytes_at(line, i);
        if (c >= 0x7f || (c < ' ' && c != '\r' && c != '\n'))
            return true;
    }
    return false;
}

static struct framing frame_command(struct ftp_side *own, struct bytes pending, size_t seen)
{
    struct framing framing = framing_line(pending, seen);
    if (framing.kind == FRAMING_MORE && pending.len > FTP_LINE_BYTES)
        own->mid_line = true; /* too long: it will be told as a gap */
    if (framing.kind == FRAMING_MESSAGE && own->astray && is_garbage(bytes_first(pending, (size_t)framing.length)))
        return skip_line(own, pending);
    if (framing.kind == FRAMING_MESSAGE && is_binary(bytes_first(pending, (size_t)framing.length)))
        return skip_line(own, pending);
    return framing;
}

/* A code that may begin a reply. More bytes are needed where there are fewer than four. */
static bool is_code(struct bytes pending)
{
    uint64_t code;
    uint8_t separator = bytes_at(pending, 3);
    return text_number(bytes_first(pending, 3), &code) && code >= 100 && code < 700 &&
           (separator == ' ' || separator == '-');
}

/* What follows a gap is taken where it is a command; the end of another one may be the end of a password. */
static struct framing search_command(struct ftp_side *own, struct bytes pending, size_t seen)
{
    struct framing framing = framing_line(pending, seen);
    struct bytes line = bytes_first(pending, (size_t)framing.length), word;
    if (own->mid_line) {
        framing = skip_line(own, pending);
        own->searching = own->mid_line;
        return framing;
    }
    if (framing.kind != FRAMING_MESSAGE)
        return frame_command(own, pending, seen);
    own->searching = false;
    line = text_line(line, NULL);
    if (text_word_next(&line, &word) && ftp_verb_find(word))
        return framing;
    return skip_line(own, pending);
}

/* What follows a gap may be a new reply, which is likely, or the rest of another, of which the last line can be told.
 */
static struct framing search_reply(struct ftp_side *own, struct bytes pending, size_t seen)
{
    if (own->mid_line)
        return skip_line(own, pending);
    if (pending.len < CODE_BYTES && bytes_find(pending, '\n', 0) == pending.len)
        return (struct framing){FRAMING_MORE, 0};
    if (!is_code(pending))
        return skip_line(own, pending);
    own->searching = false;
    return framing_reply(REPLY_FTP, pending, seen);
}

/* TLS begins, and bytes are lost that had said so: `message` hands the conversation over at the end of an empty body.
 */
static bool is_tls(struct ftp_state *state, struct bytes pending, struct framing *ret_framing)
{
    const enum text_tls tls = state->sides[SIDE_CLIENT].astray ? text_tls_begins(pending) : TEXT_NO_TLS;
    state->sealed = tls == TEXT_TLS;
    *ret_framing = (struct framing){tls == TEXT_TLS ? FRAMING_BODY : FRAMING_MORE, 0};
    return tls != TEXT_NO_TLS;
}

static struct framing ftp_frame(void *state_block, enum side side, struct bytes pending, size_t seen)
{
    struct ftp_state *state = state_block;
    struct ftp_side *own = &state->sides[side];
    struct framing tls;
    if (!own->mid_line && is_tls(state, pending, &tls))
        return tls;
    if (side == SIDE_CLIENT && own->searching) {
        const struct framing framing = search_command(own, pending, seen);
        state->astray |= framing.kind == FRAMING_NONSENSE; /* perhaps it changes the directory */
        return framing;
    }
    if (side == SIDE_CLIENT)
        return frame_command(own, pending, seen);
    return own->searching ? search_reply(own, pending, seen) : framing_reply(REPLY_FTP, pending, seen);
}

static enum verdict ftp_message(void *state_block, struct emitter *emitter, const struct message *message)
{
    struct ftp_state *state = state_block;
    struct ftp_side *own = &state->sides[message->side];
    if (message->kind == MESSAGE_BODY_END && state->sealed) {
        emit_hand_over(emitter, "tls");
        return VERDICT_HAND_OVER;
    }
    if (message->kind != MESSAGE_WHOLE && message->kind != MESSAGE_REST)
        return VERDICT_OK;
    own->mid_line = message->kind == MESSAGE_REST;
    if (own->searching || (own->mid_line && own->astray && is_garbage(message->bytes)))
        return VERDICT_OK;
    if (message->side == SIDE_SERVER)
        return ftp_take_reply(state, emitter, message);
    ftp_take_command(state, emitter, message);
    return VERDICT_OK;
}

/* Who does not pipeline, and hardly anybody does in FTP, asks only after the last answer: all but the youngest command
 * had theirs, in what was lost or before. */
static void settle_all_but_last(struct ftp_state *state, struct emitter *emitter)
{
    struct transaction *oldest;
    while ((oldest = transaction_oldest(emitter)) != NULL && transaction_younger(emitter, oldest))
        ftp_settle(state, emitter, oldest);
}

static void ftp_gap(void *state_block, struct emitter *emitter, enum side side, uint64_t length)
{
    struct ftp_state *state = state_block;
    (void)length;
    state->sides[side].searching = true;
    state->sides[SIDE_CLIENT].astray = true;
    if (side == SIDE_SERVER)
        state->sides[side].mid_line = false; /* a code tells by itself */
    if (side == SIDE_SERVER) {
        settle_all_but_last(state, emitter);
        state->settle = true;
    }
    state->doubtful = state->astray = true;
}

static void ftp_abandon(void *state_block, struct emitter *emitter, struct transaction *transaction)
{
    ftp_finish(state_block, emitter, transaction);
}

const struct port ftp_ports[] = {{TRANSPORT_TCP, 21, NULL}, {0, 0, NULL}};

const struct dissector ftp_dissector = {
    .name = "ftp",
    .meaning = "file transfer: the commands and replies",
    .ports = ftp_ports,
    .dataset = &ftp_dataset,
    .state_size = sizeof(struct ftp_state),
    .transaction_size = sizeof(struct ftp_exchange),
    .message_max = FTP_LINE_BYTES,
    .heeds_others = true,
    .probe = ftp_probe,
    .frame = ftp_frame,
    .message = ftp_message,
    .gap = ftp_gap,
    .abandon = ftp_abandon,
};
