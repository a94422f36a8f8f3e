/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The hooks: text flows through up to the next IAC (byte 255), commands are messages.
 *
 *     IAC WILL|WONT|DO|DONT option
 *     IAC SB option … IAC SE        (IAC IAC inside means a byte 255)
 *     IAC command
 *     IAC IAC                       a byte 255 of text
 */
#include "telnet.h"

static bool has_option(uint8_t command)
{
    return command >= TELNET_WILL && command <= TELNET_DONT;
}

static enum probe telnet_probe(const struct conversation *conversation, enum side side, struct bytes first)
{
    (void)conversation;
    (void)side;
    if (bytes_at(first, 0) != TELNET_IAC)
        return PROBE_MAYBE;
    if (first.len < 6)
        return PROBE_MORE;
    /* Two commands in a row that take an option: nothing else begins so. */
    bool twice = has_option(bytes_at(first, 1)) && bytes_at(first, 2) < 60 && bytes_at(first, 3) == TELNET_IAC &&
                 has_option(bytes_at(first, 4)) && bytes_at(first, 5) < 60;
    return twice ? PROBE_YES : PROBE_MAYBE;
}

/* IAC SB … IAC SE: the end is an SE behind an IAC that is not itself escaped. Escapes come in pairs, so looking goes on
 * where no pair is split. The length is bounded. */
static struct framing frame_subnegotiation(struct telnet_side *own, struct bytes pending, size_t seen)
{
    struct bytes within = bytes_first(pending, TELNET_COMMAND_BYTES);
    size_t i = bytes_find(within, TELNET_IAC, seen > 2 ? own->looked_at : 2);
    for (; i + 1 < within.len; i = bytes_find(within, TELNET_IAC, i + 2)) {
        if (bytes_at(within, i + 1) == TELNET_SE)
            return (struct framing){FRAMING_MESSAGE, i + 2};
        if (bytes_at(within, i + 1) != TELNET_IAC) /* never closed: the next command begins */
            return (struct framing){FRAMING_MESSAGE, i};
    }
    own->looked_at = (uint16_t)i;
    if (within.len < TELNET_COMMAND_BYTES)
        return (struct framing){FRAMING_MORE, 0};
    /* Nobody sets an option to that much: it is text, and no command is in it. */
    own->text_left = TELNET_COMMAND_BYTES - 3;
    return (struct framing){FRAMING_MESSAGE, 3};
}

static struct framing telnet_frame(void *state_block, enum side side, struct bytes pending, size_t seen)
{
    struct telnet_side *own = &((struct telnet_state *)state_block)->sides[side];
    if (own->unreadable)
        return (struct framing){FRAMING_BODY_END, 0};
    if (own->text_left > 0) {
        const struct framing text = {FRAMING_BODY, own->text_left};
        own->text_left = 0;
        return text;
    }
    if (bytes_at(pending, 0) != TELNET_IAC)
        return (struct framing){FRAMING_BODY, bytes_find(pending, TELNET_IAC, 0)};
    if (pending.len < 2)
        return (struct framing){FRAMING_MORE, 0};
    uint8_t command = bytes_at(pending, 1);
    if (command == TELNET_SB)
        return frame_subnegotiation(own, pending, seen);
    size_t length = has_option(command) ? 3 : 2;
    return (struct framing){pending.len < length ? FRAMING_MORE : FRAMING_MESSAGE, length};
}

static enum verdict telnet_message(void *state_block, struct emitter *emitter, const struct message *message)
{
    struct telnet_state *state = state_block;
    struct telnet_side *own = &state->sides[message->side];
    own->heard = true;
    if (own->unreadable || message->bytes.len == 0)
        return VERDICT_OK;
    if (message->kind == MESSAGE_WHOLE && bytes_at(message->bytes, 1) != TELNET_IAC)
        return telnet_take_command(state, emitter, message);
    bool names_option = message->bytes.len > 2 && bytes_at(message->bytes, 0) == TELNET_IAC;
    if (message->kind == MESSAGE_REST && names_option)
        return telnet_take_command(state, emitter, message); /* broke off in what the option is set to */
    if (message->kind == MESSAGE_REST)
        return VERDICT_OK;
    struct message text = *message;
    if (message->kind == MESSAGE_WHOLE)
        text.bytes = bytes_skip(message->bytes, 1);
    telnet_end_negotiation(state, emitter);
    telnet_take_text(state, emitter, &text);
    return VERDICT_OK;
}

static void telnet_gap(void *state_block, struct emitter *emitter, enum side side, uint64_t length)
{
    struct telnet_state *state = state_block;
    (void)length;
    state->sides[side].torn = true;
    if (state->negotiation)
        state->negotiation->record.incomplete = true;
    telnet_end_negotiation(state, emitter);
    telnet_flush(state, emitter);
    state->sides[side].torn = true; /* and so is what comes up to the end of the line */
}

/* The core gives the options in a row up, because nothing came after them. */
static void telnet_abandon(void *state_block, struct emitter *emitter, struct transaction *transaction)
{
    struct telnet_state *state = state_block;
    (void)emitter;
    if (state->negotiation == transaction)
        state->negotiation = NULL;
}

static void telnet_end(void *state_block, struct emitter *emitter, enum end_reason reason)
{
    (void)reason;
    telnet_flush(state_block, emitter);
}

extern const struct dissector telnet_dissector;

const struct dissector telnet_dissector = {
    .name = "telnet",
    .meaning = "terminals over a connection: what is typed and printed, in clear",
    .ports = telnet_ports,
    .dataset = &telnet_dataset,
    .state_size = sizeof(struct telnet_state),
    .message_max = TELNET_COMMAND_BYTES,
    .probe = telnet_probe,
    .frame = telnet_frame,
    .message = telnet_message,
    .gap = telnet_gap,
    .abandon = telnet_abandon,
    .end = telnet_end,
};
