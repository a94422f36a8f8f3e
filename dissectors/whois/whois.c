/* SPDX-License-Identifier: BSD-3-Clause
 *
 * WHOIS (RFC 3912): who registered this domain, who holds this address?
 *
 * The client sends one line, the server answers with text and closes. How the text is laid out is every registry's own
 * affair: whois_read.c. Where a client asks again on the same connection (RIPE's -k), each question is a record.
 */
#include "whois.h"

struct whois_state {
    uint64_t bytes;
    bool cut; /* bytes of the question were lost: what comes next may be the end of it */
    struct whois_reading reading;
};

/* Any line could be a query, so only the port makes it likely. */
static enum probe whois_probe(const struct conversation *conversation, enum side side, struct bytes first)
{
    (void)conversation;
    if (side == SIDE_SERVER)
        return PROBE_MAYBE;
    size_t end = bytes_find(first, '\n', 0);
    struct bytes line = bytes_first(first, end);
    for (size_t i = 0; i < line.len; i++)
        if (bytes_at(line, i) < ' ' && bytes_at(line, i) != '\t' && bytes_at(line, i) != '\r')
            return PROBE_NO;
    return end < first.len ? PROBE_MAYBE : PROBE_MORE;
}

static struct framing whois_frame(void *state, enum side side, struct bytes pending, size_t seen)
{
    (void)state;
    return side == SIDE_CLIENT ? framing_line(pending, seen) : (struct framing){FRAMING_BODY_END, 0};
}

static void add_server(struct emitter *emitter, struct record *record)
{
    char text[ADDRESS_TEXT_SIZE];
    size_t length = address_text(&emit_conversation(emitter)->destination.ip, text);
    record_server_name(record, WHOIS_SERVER, bytes_of(text, length));
}

static void finish(struct whois_state *state, struct record *record)
{
    struct whois_reading *reading = &state->reading;
    whois_read_end(reading, record);
    if (state->bytes > 0)
        record->outcome = whois_is_no(reading) ? OUTCOME_FAILURE : OUTCOME_SUCCESS;
    whois_explain_answer(reading, record);
    *state = (struct whois_state){0};
}

static struct transaction *open_lookup(struct emitter *emitter, const struct message *message)
{
    struct transaction *transaction = transaction_open(emitter, 0, message);
    if (transaction) {
        transaction->record.outcome = OUTCOME_UNKNOWN;
        add_server(emitter, &transaction->record);
    }
    return transaction;
}

static void whois_query(struct whois_state *state, struct emitter *emitter, const struct message *message)
{
    struct bytes line = text_line(message->bytes, NULL);
    struct transaction *before = transaction_oldest(emitter);
    if (before && state->bytes == 0) /* the question goes on; its first line is the question */
        return;
    if (before) {
        finish(state, &before->record);
        transaction_close(emitter, before);
    }
    struct transaction *transaction = open_lookup(emitter, message);
    if (!transaction)
        return;
    transaction->record.incomplete |= state->cut;
    record_text(&transaction->record, WHOIS_QUERY, line);
    whois_explain_query(&transaction->record, line);
}

static void whois_answer(struct whois_state *state, struct emitter *emitter, const struct message *message)
{
    struct transaction *transaction = transaction_oldest(emitter);
    if (!transaction && message->kind == MESSAGE_BODY)
        transaction = open_lookup(emitter, message);
    if (!transaction)
        return;
    if (state->bytes > 0 || message->kind == MESSAGE_BODY)
        transaction_touch(transaction, message);
    if (message->kind == MESSAGE_BODY) {
        state->bytes += message->bytes.len;
        record_set_integer(&transaction->record, WHOIS_BYTES, (int64_t)state->bytes);
        whois_read(&state->reading, &transaction->record, message->bytes);
    } else if (message->kind == MESSAGE_BODY_END) {
        finish(state, &transaction->record);
        transaction_close(emitter, transaction);
    }
}

static enum verdict whois_message(void *state, struct emitter *emitter, const struct message *message)
{
    if (message->side == SIDE_SERVER)
        whois_answer(state, emitter, message);
    else if (message->kind == MESSAGE_WHOLE || message->kind == MESSAGE_REST)
        whois_query(state, emitter, message);
    return VERDICT_OK;
}

static void whois_gap(void *state_block, struct emitter *emitter, enum side side, uint64_t length)
{
    struct whois_state *state = state_block;
    (void)emitter;
    (void)length;
    if (side == SIDE_CLIENT) {
        state->cut = true;
        return;
    }
    state->reading.length = 0;
    state->reading.held_return = false;
    state->reading.passing = state->reading.torn = true;
}

static void whois_abandon(void *state, struct emitter *emitter, struct transaction *transaction)
{
    struct whois_state *own = state;
    (void)emitter;
    if (own->bytes > 0)
        transaction->record.incomplete = true;
    finish(own, &transaction->record);
}

static const struct port whois_ports[] = {{TRANSPORT_TCP, 43, NULL}, {0, 0, NULL}};

extern const struct dissector whois_dissector;

const struct dissector whois_dissector = {
    .name = "whois",
    .meaning = "who registered a domain, who holds an address: one line asked, a text answered",
    .ports = whois_ports,
    .dataset = &whois_dataset,
    .state_size = sizeof(struct whois_state),
    .message_max = WHOIS_QUERY_BYTES,
    .probe = whois_probe,
    .frame = whois_frame,
    .message = whois_message,
    .gap = whois_gap,
    .abandon = whois_abandon,
};
