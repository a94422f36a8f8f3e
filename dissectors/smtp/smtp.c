/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The hooks: which bytes are a command, a reply, a message, and what is to be done when some are missing.
 */
#include "smtp.h"

static void say_bare_lf(bool *said, struct emitter *emitter, bool bare)
{
    if (!bare || *said)
        return;
    *said = true;
    emit_anomaly(emitter, ANOMALY_SMTP_BARE_LF, 0, 0);
}

/* A line of the client, at a place where commands are. */
static enum verdict take_line(struct smtp_state *state, struct emitter *emitter, const struct message *message)
{
    struct smtp_client *client = &state->client;
    bool bare = false;
    struct bytes line = text_line(message->bytes, &bare);
    if (message->kind == MESSAGE_REST) {
        if (client->phase != SMTP_COMMANDS || smtp_auth_wants(state, line) || !smtp_is_command(line, SMTP_TRUST_WORD))
            return VERDICT_OK;
    } else {
        say_bare_lf(&client->bare_said, emitter, bare);
        text_tell_hidden_line(emitter, line);
    }
    if (bytes_trim(line).len == 0 && !smtp_auth_wants(state, line)) {
        state->blanks += state->blanks < UINT32_MAX;
        return VERDICT_OK;
    }
    if (smtp_is_period(line) && client->searched && !state->auth) {
        smtp_end_text(state, emitter, message); /* of a text that was not seen */
        return VERDICT_OK;
    }
    return smtp_take_command(state, emitter, message);
}

static bool has_bare_lf(struct smtp_client *client, struct bytes text)
{
    size_t from = client->after_cr && bytes_at(text, 0) == '\n' ? 1 : 0;
    if (bytes_find_alone(text, '\n', '\r', from) < text.len)
        return true;
    if (text.len > 0)
        client->after_cr = bytes_at(text, text.len - 1) == '\r';
    return false;
}

/* The first line of a text whose DATA was not seen ends as the others do. */
static void learn_line_end(struct smtp_client *client, struct bytes text)
{
    const size_t end = bytes_find(text, '\n', 0);
    if (end == text.len || client->dot.torn)
        return;
    client->dot.accepts_bare = end == 0 || bytes_at(text, end - 1) != '\r';
    client->learns = false;
}

static void take_text(struct smtp_state *state, struct emitter *emitter, const struct message *message)
{
    struct smtp_client *client = &state->client;
    struct message piece = *message;
    if (client->learns)
        learn_line_end(client, message->bytes);
    piece.bytes = dot_unstuff(&client->dot, message->bytes);
    piece.length = piece.bytes.len;
    if (client->text_bytes > 0)
        piece.first = message->last; /* of the frame before it has at most the CR that had to wait for its LF */
    if (!client->bare_said)
        say_bare_lf(&client->bare_said, emitter, has_bare_lf(client, message->bytes));
    smtp_say_ambiguous(client, emitter);
    smtp_take_text(state, emitter, &piece);
}

/* A rest that only began the line with the period is no text. */
static bool is_begun_end(const struct dot *dot, const struct message *rest)
{
    return rest->kind == MESSAGE_REST && !dot->inside_line &&
           (bytes_is(rest->bytes, ".") || bytes_is(rest->bytes, ".\r"));
}

static enum verdict take_client(struct smtp_state *state, struct emitter *emitter, const struct message *message)
{
    struct smtp_client *client = &state->client;
    if (client->phase == SMTP_AFTER_DATA && message->kind == MESSAGE_REST && !smtp_expects_text(state)) {
        if (smtp_is_command(text_line(message->bytes, NULL), smtp_trust_after_data(state)))
            client->phase = SMTP_COMMANDS;
        else if (state->data_answer == 0) /* it broke off before it could be told what it is */
            return VERDICT_OK;
    }
    switch (client->phase) {
    case SMTP_AFTER_DATA:
    case SMTP_TEXT:
        if (message->kind == MESSAGE_WHOLE)
            smtp_end_text(state, emitter, message);
        else if (message->bytes.len > 0 && !is_begun_end(&client->dot, message))
            take_text(state, emitter, message);
        break;
    case SMTP_CHUNK:
        if (message->kind == MESSAGE_BODY)
            smtp_take_text(state, emitter, message);
        else if (message->kind == MESSAGE_BODY_END)
            smtp_end_chunk(state, emitter, message);
        break;
    case SMTP_SEARCH:
        break;
    case SMTP_COMMANDS:
        if (message->kind == MESSAGE_WHOLE || message->kind == MESSAGE_REST)
            return take_line(state, emitter, message);
        break;
    }
    return VERDICT_OK;
}

static enum verdict take_server(struct smtp_state *state, struct emitter *emitter, const struct message *message)
{
    struct smtp_server *server = &state->server;
    bool whole;
    if (message->kind != MESSAGE_WHOLE && message->kind != MESSAGE_REST)
        return VERDICT_OK;
    if (!smtp_is_code(message->bytes, &whole) || !whole)
        return VERDICT_OK;
    server->lost = false;
    return smtp_take_reply(state, emitter, message);
}

static enum verdict smtp_message(void *state_block, struct emitter *emitter, const struct message *message)
{
    struct smtp_state *state = state_block;
    struct message turned = *message;
    if (state->sealed && message->kind == MESSAGE_BODY_END) {
        emit_hand_over(emitter, "tls");
        return VERDICT_HAND_OVER;
    }
    if (state->turned)
        turned.side = side_other(message->side);
    return turned.side == SIDE_CLIENT ? take_client(state, emitter, &turned) : take_server(state, emitter, &turned);
}

/* Replies are lost, perhaps to all that is open. */
static void lose_replies(struct smtp_state *state, struct emitter *emitter)
{
    struct smtp_server *server = &state->server;
    server->lost = server->missed = true;
    server->mid_line = false;
    state->owed = 0;
    for (struct transaction *at = transaction_oldest(emitter); at; at = transaction_younger(emitter, at))
        smtp_exchange_of(at)->doubtful = !smtp_exchange_of(at)->answered;
}

static void smtp_gap(void *state_block, struct emitter *emitter, enum side side, uint64_t length)
{
    struct smtp_state *state = state_block;
    struct smtp_client *client = &state->client;
    if ((side == SIDE_CLIENT) == state->turned) {
        lose_replies(state, emitter);
        return;
    }
    client->lost = client->envelope_lost = true;
    sasl_lose(&state->sasl);
    if (client->phase == SMTP_AFTER_DATA && !smtp_expects_text(state))
        client->phase = SMTP_COMMANDS;
    switch (client->phase) {
    case SMTP_AFTER_DATA:
        client->phase = SMTP_TEXT;
        smtp_lose_text(state, emitter, length);
        break;
    case SMTP_TEXT:
        smtp_lose_text(state, emitter, length);
        break;
    case SMTP_CHUNK: /* the core goes on with the chunk */
        smtp_lose_text(state, emitter, length < client->left ? length : client->left);
        client->left -= length < client->left ? length : client->left;
        break;
    case SMTP_COMMANDS:
    case SMTP_SEARCH:
        if (length <= client->gap_inside)
            break;
        client->phase = SMTP_SEARCH;
        client->mid_line = client->astray = true;
        break;
    }
    client->gap_inside = 0;
}

static void smtp_abandon(void *state_block, struct emitter *emitter, struct transaction *transaction)
{
    struct smtp_state *state = state_block;
    const struct smtp_exchange *exchange = smtp_exchange_of(transaction);
    bool speaks = exchange->verb != SMTP_VERB_REPLY && !exchange->answered && !exchange->doubtful;
    if (speaks && state->server.spoke)
        state->owed++;
    smtp_unanswered(state, emitter, transaction);
}

static void smtp_end(void *state_block, struct emitter *emitter, enum end_reason reason)
{
    struct smtp_state *state = state_block;
    (void)reason;
    if (state->client.mail)
        smtp_close_mail(state, emitter, state->client.mail, state->client.refused ? OUTCOME_FAILURE : OUTCOME_UNKNOWN);
    state->client.mail = NULL;
    if (state->envelope)
        object_drop(emitter, state->envelope);
    state->envelope = NULL;
}

const struct port smtp_ports[] = {
    {TRANSPORT_TCP, 25, NULL},
    {TRANSPORT_TCP, 587, NULL},
    {TRANSPORT_TCP, 2525, NULL},
    {TRANSPORT_TCP, 24, NULL},
    {0, 0, NULL},
};

extern const struct dissector smtp_dissector;

const struct dissector smtp_dissector = {
    .name = "smtp",
    .meaning = "mail on its way: handed in by programs, and from server to server; also LMTP",
    .ports = smtp_ports,
    .dataset = &smtp_dataset,
    .more_datasets = mail_datasets,
    .state_size = sizeof(struct smtp_state),
    .transaction_size = sizeof(struct smtp_exchange),
    .message_max = SMTP_MESSAGE_BYTES_MAX,
    .probe = smtp_probe,
    .frame = smtp_frame,
    .message = smtp_message,
    .gap = smtp_gap,
    .abandon = smtp_abandon,
    .end = smtp_end,
};
