/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The data connections that a control connection agrees on. Each is announced to the core when its address is known,
 * before it comes; what is to be transferred is told when the command for it is seen.
 *
 * Where address translation may be at work, the named address and that of the other side are both expected.
 */
#include "ftp.h"

static const struct endpoint *peer_of(const struct conversation *conversation, enum ftp_data_mode mode)
{
    return mode == FTP_DATA_ACTIVE ? &conversation->source : &conversation->destination;
}

static void announce(struct ftp_state *state, struct emitter *emitter)
{
    const struct conversation *conversation = emit_conversation(emitter);
    enum ftp_data_mode mode = state->data.mode;
    struct endpoint listeners[2] = {state->data.named, {peer_of(conversation, mode)->ip, state->data.named.port}};
    size_t count = ftp_same_address(&listeners[0].ip, &listeners[1].ip) ? 1 : 2;
    state->data.expectation = 0;
    state->data.ordered = false;
    if (state->private_data || state->data.named.port == 0)
        return;
    state->data.expectation = emit_expect(emitter, ftp_data_dissector.name, listeners, count);
    struct ftp_transfer *transfer = emit_expectation(emitter, state->data.expectation);
    if (!transfer)
        return;
    transfer->data_mode = (uint8_t)mode;
    transfer->control = conversation->id;
    transfer->client = conversation->source.ip;
    transfer->server = conversation->destination.ip;
}

void ftp_disagree(struct ftp_state *state, struct emitter *emitter)
{
    /* An empty file is told only when its connection is long over: what was ordered may still come. */
    const struct ftp_transfer *transfer = emit_expectation(emitter, state->data.expectation);
    if (transfer && (!transfer->ordered || transfer->refused))
        emit_expect_no_more(emitter, state->data.expectation);
    state->data = (struct ftp_data_state){0};
}

void ftp_agree(struct ftp_state *state, struct emitter *emitter, struct record *record, enum ftp_data_mode mode,
               const struct endpoint *named)
{
    ftp_disagree(state, emitter);
    state->data.mode = (uint8_t)mode;
    state->data.named = *named;
    record_word(record, FTP_DATA_MODE, mode == FTP_DATA_ACTIVE ? "active" : "passive");
    record_address(record, FTP_DATA_IP, &named->ip);
    record_integer(record, FTP_DATA_PORT, named->port);
    ftp_explain_address(emitter, record, mode, named);
    announce(state, emitter);
}

/* Without PORT or PASV before it, or with an old one: the server connects to the same place, at first to the port from
 * which the client speaks (RFC 959 section 3.3). A passive listener serves only once. */
static void agree_silently(struct ftp_state *state, struct emitter *emitter)
{
    if (state->data.mode == FTP_DATA_PASSIVE) {
        state->data.expectation = 0;
        return;
    }
    if (state->data.mode == FTP_DATA_NONE) {
        state->data.named = emit_conversation(emitter)->source;
        state->data.by_default = true;
    }
    state->data.mode = FTP_DATA_ACTIVE;
    announce(state, emitter);
}

struct ftp_transfer *ftp_transfer_of(struct emitter *emitter, const struct ftp_exchange *exchange)
{
    return exchange->expectation ? emit_expectation(emitter, exchange->expectation) : NULL;
}

void ftp_order_now(struct ftp_state *state, struct emitter *emitter, struct transaction *transaction)
{
    struct ftp_exchange *exchange = ftp_exchange_of(transaction);
    const struct ftp_transfer *before = emit_expectation(emitter, state->data.expectation);
    bool still_waits = before && (!state->data.ordered || (before->refused && !before->began));
    if (!still_waits)
        agree_silently(state, emitter);
    exchange->unordered = false;
    exchange->type = state->type;
    exchange->expectation = state->data.expectation;
    state->data.ordered = true;
    struct ftp_transfer *transfer = ftp_transfer_of(emitter, exchange);
    if (!transfer)
        return;
    transfer->ordered = true;
    transfer->answered = transfer->refused = transfer->broken = transfer->has_total = false;
    transfer->kind = exchange->kind;
    transfer->type = exchange->type;
    transfer->mode = state->mode;
    transfer->offset = exchange->offset;
    transfer->word = exchange->word;
    transfer->user_length = (uint16_t)bytes_copy(transfer->user, sizeof transfer->user,
                                                 bytes_of(state->user, state->user_length));
    struct ftp_path path;
    transfer->path.length = 0;
    if (ftp_full_path(state, transaction, &path))
        transfer->path = path;
    if (ftp_is_listing(exchange->kind))
        transfer->options_length = (uint16_t)bytes_copy(transfer->options, sizeof transfer->options,
                                                        record_find_text(&transaction->record, FTP_ARGUMENT));
}

void ftp_order(struct ftp_state *state, struct emitter *emitter, struct transaction *transaction)
{
    struct ftp_exchange *exchange = ftp_exchange_of(transaction);
    exchange->offset = state->rest;
    state->rest = 0;
    exchange->unordered = state->passives > 0;
    if (!exchange->unordered)
        ftp_order_now(state, emitter, transaction);
}

void ftp_order_waiting(struct ftp_state *state, struct emitter *emitter, struct transaction *passive)
{
    struct transaction *transaction = passive;
    while ((transaction = transaction_younger(emitter, transaction)) != NULL) {
        const struct ftp_exchange *exchange = ftp_exchange_of(transaction);
        if (exchange->kind == FTP_PASV || exchange->kind == FTP_EPSV)
            return;
        if (exchange->unordered) {
            ftp_order_now(state, emitter, transaction);
            return;
        }
    }
}
