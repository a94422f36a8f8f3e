/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The message, and the envelope that travels before it.
 *
 * The client sends faster than the server answers, so there are two orders. The message that is coming (client.mail)
 * follows the client's bytes; when its end is sent it goes to the transaction of that end, and waits there for its
 * reply. The envelope follows the replies: at the moment when the end of a message is answered, it holds exactly what
 * the server had accepted for this message.
 */
#include "smtp.h"

/* The envelope is a record that is never written: a list that grows within the conversation's budget. */
enum { ENVELOPE_FROM, ENVELOPE_TO, ENVELOPE_FIELD_COUNT };

static const struct field envelope_fields[ENVELOPE_FIELD_COUNT] = {
    [ENVELOPE_FROM] = {.name = "from", .type = FIELD_TEXT, .meaning = "the accepted sender"},
    [ENVELOPE_TO] = {.name = "to", .type = FIELD_TEXT, .flags = FIELD_LIST, .meaning = "the accepted recipients"},
};

static const struct dataset envelope_dataset = {
    .name = "smtp.envelope",
    .title = "Envelope",
    .fields = envelope_fields,
    .field_count = ENVELOPE_FIELD_COUNT,
};

static const struct object_type envelope_type = {.dataset = &envelope_dataset};

static struct object *envelope_of(struct smtp_state *state, struct emitter *emitter)
{
    if (!state->envelope) {
        struct message now = {.first = emit_now(emitter), .last = emit_now(emitter)};
        state->envelope = object_open(emitter, &envelope_type, &now);
    }
    return state->envelope;
}

void smtp_envelope_clear(struct smtp_state *state)
{
    state->recipients = 0;
    if (!state->envelope)
        return;
    record_clear(&state->envelope->record);
    state->envelope->record.incomplete = false;
}

void smtp_envelope_from(struct smtp_state *state, struct emitter *emitter, struct bytes address)
{
    smtp_envelope_clear(state);
    struct object *envelope = envelope_of(state, emitter);
    if (envelope)
        record_text(&envelope->record, ENVELOPE_FROM, address);
}

void smtp_envelope_to(struct smtp_state *state, struct emitter *emitter, struct bytes address)
{
    struct object *envelope = envelope_of(state, emitter);
    state->recipients++;
    if (envelope)
        record_text(&envelope->record, ENVELOPE_TO, address);
}

bool smtp_envelope_next(const struct smtp_state *state, uint32_t *cursor, struct bytes *ret_address)
{
    if (!state->envelope)
        return false;
    const struct record *record = &state->envelope->record;
    uint32_t at = *cursor ? record->items[*cursor - 1].next : record_first(record, ENVELOPE_TO);
    if (at == 0)
        return false;
    const struct item *item = &record->items[at - 1];
    *ret_address = bytes_slice(bytes_of(record->text, record->text_length), item->offset, item->length);
    *cursor = at;
    return true;
}

void smtp_close_mail(struct smtp_state *state, struct emitter *emitter, struct object *mail, enum outcome outcome)
{
    uint32_t cursor = 0;
    struct bytes address;
    if (!mail)
        return;
    if (state->envelope && state->envelope->record.incomplete)
        mail->record.incomplete = true;
    if (state->envelope && record_has(&state->envelope->record, ENVELOPE_FROM))
        mail_envelope_from(mail, record_find_text(&state->envelope->record, ENVELOPE_FROM));
    while (smtp_envelope_next(state, &cursor, &address))
        mail_envelope_to(mail, address);
    mail_close(emitter, mail, outcome);
}

/* --- the message that is coming --- */

static void forget_text(struct smtp_client *client)
{
    client->text_bytes = 0;
    client->chunks = 0;
    client->text_gap = client->refused = client->ambiguous = client->after_cr = false;
    client->unasked = client->learns = false;
}

void smtp_begin_data(struct smtp_state *state, bool bare_lf)
{
    struct smtp_client *client = &state->client;
    forget_text(client);
    client->dot = (struct dot){.accepts_bare = bare_lf};
    client->phase = SMTP_AFTER_DATA;
    state->data_answer = 0;
}

void smtp_say_ambiguous(struct smtp_client *client, struct emitter *emitter)
{
    if (client->dot.ambiguous && !client->ambiguous)
        emit_anomaly(emitter, ANOMALY_SMTP_AMBIGUOUS_END, 0, 0);
    client->ambiguous = client->dot.ambiguous;
}

void smtp_take_text(struct smtp_state *state, struct emitter *emitter, const struct message *message)
{
    static const struct mail_start start = {.direction = FILE_UPLOAD};
    struct smtp_client *client = &state->client;
    if (client->phase == SMTP_CHUNK)
        client->left -= message->length < client->left ? message->length : client->left;
    if (message->length == 0 || (client->phase == SMTP_CHUNK && client->blob))
        return;
    if (!client->mail && client->text_bytes == 0) {
        client->mail = mail_begin(emitter, &start, message);
        if (client->text_gap || client->astray) /* its beginning is lost */
            mail_gap(emitter, client->mail, 1);
        if (client->mail && client->envelope_lost)
            client->mail->record.incomplete = true;
    }
    client->text_bytes += message->length;
    mail_piece(emitter, client->mail, message->bytes, message);
}

void smtp_lose_text(struct smtp_state *state, struct emitter *emitter, uint64_t length)
{
    struct smtp_client *client = &state->client;
    if (client->phase == SMTP_CHUNK && client->blob)
        return;
    client->text_gap = true;
    client->after_cr = true;
    dot_lose(&client->dot);
    mail_gap(emitter, client->mail, length);
}

/* The end was sent: the exchange keeps the mail until the answer comes. */
static void keep(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction,
                 const struct message *message)
{
    struct smtp_client *client = &state->client;
    state->surplus = client->refused;
    mail_end(emitter, client->mail, message, client->text_gap);
    if (transaction) {
        struct smtp_exchange *exchange = smtp_exchange_of(transaction);
        exchange->mail = client->mail;
        exchange->ends_message = true;
        exchange->text_bytes = client->text_bytes;
        exchange->declared = client->declared;
        exchange->chunks = client->chunks;
        exchange->collects = state->lmtp;
        if (client->text_bytes > 0)
            record_integer(&transaction->record, SMTP_MESSAGE_BYTES, (int64_t)client->text_bytes);
        smtp_explain_message(&transaction->record, exchange);
    } else {
        smtp_close_mail(state, emitter, client->mail, OUTCOME_UNKNOWN);
    }
    client->mail = NULL;
    client->declared = 0;
    forget_text(client);
}

/* No server is heard: what was sent first is written first. */
static void make_room(struct smtp_state *state, struct emitter *emitter)
{
    struct transaction *at;
    unsigned mails = 0;
    for (at = transaction_oldest(emitter); at; at = transaction_younger(emitter, at))
        mails += smtp_exchange_of(at)->mail != NULL;
    while (mails > SMTP_WAITING_MAILS && (at = transaction_oldest(emitter))) {
        mails -= smtp_exchange_of(at)->mail != NULL;
        smtp_unanswered(state, emitter, at);
        transaction_close(emitter, at);
    }
}

void smtp_end_text(struct smtp_state *state, struct emitter *emitter, const struct message *message)
{
    struct transaction *early = state->early;
    smtp_say_ambiguous(&state->client, emitter);
    struct transaction *transaction = early ? early : smtp_open(state, emitter, SMTP_VERB_END, message);
    state->client.phase = SMTP_COMMANDS;
    state->client.believed = true;
    state->suspicious = false;
    if (transaction) {
        record_word(&transaction->record, SMTP_COMMAND, ".");
        smtp_exchange_of(transaction)->verb = SMTP_VERB_END;
    }
    if (early)
        transaction_touch(early, message);
    keep(state, emitter, transaction, message);
    if (early)
        smtp_close(state, emitter, early);
    else if (!state->server.spoke)
        make_room(state, emitter);
}

struct transaction *smtp_end_unseen(struct smtp_state *state, struct emitter *emitter, const struct message *message)
{
    struct transaction *transaction = smtp_open(state, emitter, SMTP_VERB_END, message);
    state->client.phase = SMTP_SEARCH;
    state->client.mid_line = false;
    if (transaction) {
        transaction->record.incomplete = true;
        record_word(&transaction->record, SMTP_COMMAND, ".");
        record_observe(&transaction->record, RECORD_LAST, "smtp.end_unseen", NULL, 0);
    }
    keep(state, emitter, transaction, message);
    return transaction;
}

/* --- chunks (RFC 3030) --- */

void smtp_begin_chunk(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction, uint64_t size,
                      bool last, const struct message *message)
{
    struct smtp_client *client = &state->client;
    if (!client->mail)
        forget_text(client);
    client->phase = SMTP_CHUNK;
    client->left = size;
    client->last_chunk = last;
    client->blob = false;
    client->chunks++;
    client->chunk = transaction;
    if (transaction)
        smtp_exchange_of(transaction)->flowing = true;
    if (size == 0)
        smtp_end_chunk(state, emitter, message);
}

void smtp_end_chunk(struct smtp_state *state, struct emitter *emitter, const struct message *message)
{
    struct smtp_client *client = &state->client;
    struct transaction *transaction = client->chunk;
    client->gap_inside = client->left;
    if (client->left > 0)
        smtp_lose_text(state, emitter, client->left);
    client->left = 0;
    client->phase = SMTP_COMMANDS;
    client->chunk = NULL;
    if (client->blob)
        return;
    if (transaction) {
        struct smtp_exchange *exchange = smtp_exchange_of(transaction);
        exchange->flowing = false;
        exchange->sent_ns = message->last.time_ns;
        transaction_touch(transaction, message);
        transaction->record.incomplete |= client->text_gap;
    }
    if (client->last_chunk)
        keep(state, emitter, transaction, message);
    if (transaction && smtp_exchange_of(transaction)->answered)
        smtp_close(state, emitter, transaction);
    else if (client->last_chunk && !state->server.spoke)
        make_room(state, emitter);
}

void smtp_give_message_up(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction,
                          const struct message *message)
{
    struct smtp_client *client = &state->client;
    if (!client->mail)
        return;
    mail_end(emitter, client->mail, message, true);
    if (transaction) {
        smtp_exchange_of(transaction)->mail = client->mail;
        smtp_exchange_of(transaction)->gives_up = true;
    } else {
        smtp_close_mail(state, emitter, client->mail, OUTCOME_FAILURE);
    }
    client->mail = NULL;
    forget_text(client);
}
