/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The hooks: text and literals to those who read them, and what is to be done when bytes are missing.
 */
#include "imap.h"

/* A quoted string as RFC 3501 writes it, whatever the literal held. */
static void add_quoted(struct imap_text *text, struct bytes piece)
{
    for (size_t i = 0; i < piece.len; i++) {
        if (bytes_at(piece, i) == '"' || bytes_at(piece, i) == '\\')
            imap_text_add(text, bytes_text("\\"));
        imap_text_add(text, bytes_slice(piece, i, 1));
    }
}

static void take_literal(struct imap_state *state, struct emitter *emitter, const struct message *message)
{
    struct imap_side *own = &state->sides[message->side];
    own->begun = true;
    own->left -= message->length < own->left ? message->length : own->left;
    if (own->current)
        transaction_touch(own->current, message);
    if (message->side == SIDE_CLIENT && !own->inside && own->current)
        imap_of(own->current)->appended_bytes += message->length;
    if (own->inside && message->side == SIDE_SERVER)
        add_quoted(&own->text, message->bytes);
    else if (own->inside)
        imap_text_add(&own->text, message->bytes);
    else
        mail_piece(emitter, own->mail, message->bytes, message);
}

static void literal_end(struct imap_state *state, struct emitter *emitter, const struct message *message)
{
    struct imap_side *own = &state->sides[message->side];
    /* What is missing at the end is told once more, as a gap, or the conversation is over. */
    struct message end = *message;
    end.incomplete = own->left > 0;
    own->lost = own->left;
    own->left = 0;
    own->begun = true;
    if (end.incomplete)
        mail_gap(emitter, own->mail, own->lost);
    if (own->inside)
        imap_text_add_lost(&own->text, own->lost);
    if (message->incomplete && own->current)
        own->current->record.incomplete = true;
    if (message->side == SIDE_CLIENT)
        imap_client_literal_end(state, emitter, &end);
    else
        imap_server_literal_end(state, emitter, &end);
}

static enum verdict take_text(struct imap_state *state, struct emitter *emitter, const struct message *message)
{
    bool ended = message->kind == MESSAGE_REST;
    struct bytes line = message->bytes;
    if (line.len > 0 && bytes_at(line, line.len - 1) == '\n') {
        ended = true;
        line = text_line(line, NULL);
    } else if (ended) {
        line = text_line(line, NULL); /* perhaps the CR is there */
    }
    if (message->side == SIDE_SERVER)
        return imap_take_server(state, emitter, message, line, ended);
    imap_take_client(state, emitter, message, line, ended);
    return VERDICT_OK;
}

static enum verdict imap_message(void *state_block, struct emitter *emitter, const struct message *message)
{
    struct imap_state *state = state_block;
    if (!state->begun) {
        state->begun = true;
        state->greeted = emit_conversation(emitter)->midstream;
        state->sides[SIDE_CLIENT].searching = state->sides[SIDE_SERVER].searching = state->greeted;
    }
    switch (message->kind) {
    case MESSAGE_BODY:
        take_literal(state, emitter, message);
        break;
    case MESSAGE_BODY_END:
        if (state->sealed) {
            emit_hand_over(emitter, "tls");
            return VERDICT_HAND_OVER;
        }
        literal_end(state, emitter, message);
        break;
    case MESSAGE_WHOLE:
    case MESSAGE_REST:
        return take_text(state, emitter, message);
    }
    return VERDICT_OK;
}

/* The line in hand goes on where nobody saw it. */
static void lose_line(struct imap_state *state, struct emitter *emitter, enum side side)
{
    struct imap_side *own = &state->sides[side];
    if (own->continued && own->current)
        own->current->record.incomplete = true;
    if (own->continued && side == SIDE_SERVER) {
        if (own->mail)
            mail_close(emitter, own->mail, OUTCOME_UNKNOWN);
        own->mail = NULL;
        imap_untagged_finish(state, emitter);
    } else if (own->continued) {
        imap_append_finish(state, emitter, NULL);
        imap_command_finish(state, emitter);
    }
    own->continued = own->skipping = false;
    own->searching = true;
}

static void imap_gap(void *state_block, struct emitter *emitter, enum side side, uint64_t length)
{
    struct imap_state *state = state_block;
    struct imap_side *own = &state->sides[side];
    uint64_t inside = own->lost;
    own->gap = true;
    own->lost = 0;
    state->greeted = state->greeted || side == SIDE_SERVER;
    if (side == SIDE_CLIENT)
        sasl_lose(&state->sasl);
    if (own->phase == IMAP_PHASE_LITERAL && length <= own->left) {
        own->begun = true;
        own->left -= length;
        mail_gap(emitter, own->mail, length);
        if (own->inside)
            imap_text_add_lost(&own->text, length);
        if (own->current)
            own->current->record.incomplete = true;
        return;
    }
    if (length <= inside)
        return;
    own->phase = IMAP_PHASE_LINE;
    state->open_length = 0; /* another mailbox may be open now, or none */
    lose_line(state, emitter, side);
    if (side == SIDE_SERVER)
        for (struct transaction *at = transaction_oldest(emitter); at; at = transaction_younger(emitter, at))
            imap_of(at)->stale = true;
}

static void imap_abandon(void *state_block, struct emitter *emitter, struct transaction *transaction)
{
    struct imap_state *state = state_block;
    if (state->sides[SIDE_CLIENT].current == transaction) {
        imap_append_finish(state, emitter, NULL);
        imap_command_finish(state, emitter);
    }
    imap_append_close(state, emitter, transaction, OUTCOME_UNKNOWN);
    if (transaction->key != IMAP_KEY_ALONE)
        state->gave_up = true;
    if (state->sides[SIDE_SERVER].current == transaction) {
        struct imap_side *server = &state->sides[SIDE_SERVER];
        transaction->record.incomplete = true;
        record_text(&transaction->record, IMAP_UNTAGGED_TEXT, imap_text_bytes(&server->text));
    }
    imap_forget(state, transaction);
}

static void imap_end(void *state_block, struct emitter *emitter, enum end_reason reason)
{
    struct imap_state *state = state_block;
    (void)reason;
    mail_close(emitter, state->sides[SIDE_SERVER].mail, OUTCOME_UNKNOWN);
    state->sides[SIDE_SERVER].mail = NULL;
    imap_append_close(state, emitter, NULL, OUTCOME_UNKNOWN);
}

const struct port imap_ports[] = {{TRANSPORT_TCP, 143, NULL}, {0, 0, NULL}};

const struct dissector imap_dissector = {
    .name = "imap",
    .meaning = "mail that stays on the server: mailboxes listed, searched, read and filed",
    .ports = imap_ports,
    .dataset = &imap_dataset,
    .more_datasets = mail_datasets,
    .state_size = sizeof(struct imap_state),
    .transaction_size = sizeof(struct imap_transaction),
    .message_max = IMAP_LINE_BYTES,
    .probe = imap_probe,
    .frame = imap_frame,
    .message = imap_message,
    .gap = imap_gap,
    .abandon = imap_abandon,
    .end = imap_end,
};
