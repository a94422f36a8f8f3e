/* SPDX-License-Identifier: BSD-3-Clause
 *
 * POP3 (RFC 1939; CAPA and response codes RFC 2449, AUTH RFC 5034, STLS RFC 2595, UTF8 and LANG RFC 6856): a mail
 * program fetches what waits for it.
 *
 * The client sends lines, the server answers each with `+OK` or `-ERR`, and after some with text up to a line that is
 * only a period. Here are the hooks; where a message ends is in pop3_frame.c, what either side says in pop3_client.c
 * and pop3_server.c. Mails go to whoever reads mails. Left out: what XTND of long ago brings is shown as it is.
 */
#include "pop3.h"

/* Only POP3 has these; the others are also commands of FTP or SMTP. */
static bool is_certain(enum pop3_command command, struct bytes argument)
{
    switch (command) {
    case POP3_CAPA:
    case POP3_STLS:
        return argument.len == 0;
    case POP3_UIDL:
    case POP3_TOP:
    case POP3_APOP:
        return true;
    default:
        return false;
    }
}

/* The line is not complete: does it begin as a command? */
static bool may_become_command(struct bytes first)
{
    size_t letters = 0;
    while (bytes_at(first, letters) > ' ')
        letters++;
    struct bytes word = bytes_first(first, letters);
    for (unsigned i = 0; i < POP3_COMMAND_COUNT; i++) {
        struct bytes name = bytes_text(pop3_commands[i]);
        if (bytes_equal_nocase(word, letters < first.len ? name : bytes_first(name, letters)))
            return true;
    }
    return false;
}

static enum probe probe_client(enum side side, struct bytes first)
{
    size_t end = bytes_find(first, '\n', 0);
    if (end == first.len)
        return may_become_command(first) ? PROBE_MORE : PROBE_NO;
    struct bytes verb, argument, line = text_line(bytes_first(first, end + 1), NULL);
    enum pop3_command command = pop3_command_of(line, &verb, &argument);
    if (command == POP3_NO_COMMAND)
        return PROBE_NO;
    if (is_certain(command, argument))
        return PROBE_CLIENT;
    return side == SIDE_CLIENT ? PROBE_MAYBE : PROBE_NO;
}

static enum probe pop3_probe(const struct conversation *conversation, enum side side, struct bytes first)
{
    (void)conversation;
    enum pop3_status status = pop3_status_of(first, false);
    size_t end = bytes_find(first, '\n', 0);
    switch (status) {
    case POP3_STATUS_MORE:
        return PROBE_MORE;
    case POP3_STATUS_OK:
        if (end == first.len)
            return PROBE_MORE;
        if (pop3_is_greeting(bytes_first(first, end)))
            return PROBE_SERVER;
        return side == SIDE_SERVER ? PROBE_MAYBE : PROBE_NO;
    case POP3_STATUS_ERR:
    case POP3_STATUS_CHALLENGE:
        return side == SIDE_SERVER ? PROBE_MAYBE : PROBE_NO;
    case POP3_STATUS_NONE:
        break;
    }
    return probe_client(side, first);
}

/* What was left of a line when lost bytes, or the end, came. */
static void take_rest(struct pop3_state *state, struct emitter *emitter, const struct message *message)
{
    const struct pop3_side *own = &state->sides[message->side];
    if (own->mid_line || own->lost)
        return;
    if (message->side == SIDE_CLIENT) {
        pop3_take_line(state, emitter, message);
        return;
    }
    if (state->phase == POP3_PHASE_TEXT)
        return;
    enum pop3_status status = pop3_status_of(message->bytes, false);
    if (status == POP3_STATUS_OK || status == POP3_STATUS_ERR) {
        pop3_settle(state, emitter);
        (void)pop3_take_reply(state, emitter, message);
    }
}

static enum verdict take_tls(struct pop3_state *state, struct emitter *emitter)
{
    state->phase = POP3_PHASE_REPLY;
    pop3_settle(state, emitter);
    emit_hand_over(emitter, "tls");
    return VERDICT_HAND_OVER;
}

static enum verdict pop3_message(void *state_block, struct emitter *emitter, const struct message *message)
{
    struct pop3_state *state = state_block;
    switch (message->kind) {
    case MESSAGE_WHOLE:
        break;
    case MESSAGE_BODY:
        pop3_take_text(state, emitter, message);
        return VERDICT_OK;
    case MESSAGE_BODY_END:
        return state->tls ? take_tls(state, emitter) : VERDICT_OK;
    case MESSAGE_REST:
        take_rest(state, emitter, message);
        return VERDICT_OK;
    }
    if (message->side == SIDE_CLIENT) {
        pop3_take_line(state, emitter, message);
        return VERDICT_OK;
    }
    if (state->phase == POP3_PHASE_TEXT) {
        pop3_take_text_end(state, emitter, message);
        return VERDICT_OK;
    }
    pop3_settle(state, emitter);
    return pop3_take_reply(state, emitter, message);
}

static void pop3_gap(void *state_block, struct emitter *emitter, enum side side, uint64_t length)
{
    struct pop3_state *state = state_block;
    struct pop3_side *own = &state->sides[side];
    own->lost = true;
    own->mid_line = false;
    state->holes = true;
    if (side == SIDE_CLIENT) {
        sasl_lose(&state->sasl);
        return;
    }
    state->doubtful = state->next;
    if (state->phase == POP3_PHASE_CHECK)
        state->phase = state->text == POP3_ANSWER_LINE || state->text == POP3_ANSWER_UNKNOWN ? POP3_PHASE_REPLY
                                                                                             : POP3_PHASE_TEXT;
    if (state->phase != POP3_PHASE_TEXT)
        return;
    dot_lose(&state->dot);
    state->text_lost = true;
    state->text_overtaken = false;
    mail_gap(emitter, state->mail, length);
}

static void pop3_abandon(void *state_block, struct emitter *emitter, struct transaction *transaction)
{
    const struct pop3_state *state = state_block;
    (void)emitter;
    if (state->phase == POP3_PHASE_TEXT && transaction->key == state->current)
        transaction->record.incomplete = true;
}

static const struct port pop3_ports[] = {{TRANSPORT_TCP, 110, NULL}, {0, 0, NULL}};

extern const struct dissector pop3_dissector;

const struct dissector pop3_dissector = {
    .name = "pop3",
    .meaning = "a mail program fetches what waits in its mailbox",
    .ports = pop3_ports,
    .dataset = &pop3_dataset,
    .more_datasets = mail_datasets,
    .state_size = sizeof(struct pop3_state),
    .message_max = POP3_LINE_BYTES,
    .probe = pop3_probe,
    .frame = pop3_frame,
    .message = pop3_message,
    .gap = pop3_gap,
    .abandon = pop3_abandon,
};
