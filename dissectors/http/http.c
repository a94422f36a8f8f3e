/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The hooks: which part of which message is this, and what is to be done when bytes are missing.
 */
#include "http.h"

#include "overhear/file.h"

static bool is_empty_lines(struct bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes_at(bytes, i) != '\r' && bytes_at(bytes, i) != '\n')
            return false;
    return true;
}

static enum verdict take_head(struct http_state *state, struct emitter *emitter, const struct message *message)
{
    struct http_side *own = &state->sides[message->side];
    if (is_empty_lines(message->bytes))
        return VERDICT_OK;
    if (own->current) { /* what came before was never ended */
        http_exchange_of(own->current)->halves[message->side].incomplete = true;
        http_complete(state, emitter, message->side);
    }
    enum verdict verdict;
    own->phase = HTTP_PHASE_HEAD;
    own->left = 0;
    own->mid_line = own->adrift = false;
    verdict = message->side == SIDE_CLIENT ? http_take_request(state, emitter, message)
                                           : http_take_response(state, emitter, message);
    return verdict;
}

static void bad_chunk(struct http_side *own, struct emitter *emitter, enum side side)
{
    uint64_t chunk = own->current ? http_exchange_of(own->current)->halves[side].chunks + 1 : 0;
    emit_anomaly(emitter, ANOMALY_HTTP_BAD_CHUNK, chunk, 0);
    own->bad_chunk = false;
    if (own->current)
        http_exchange_of(own->current)->halves[side].incomplete = true;
}

static void take_chunk_line(struct http_side *own, struct emitter *emitter, const struct message *message)
{
    uint64_t size;
    bool bare = false;
    http_count(own, message);
    if (!http_chunk_size(message->bytes, own->phase == HTTP_PHASE_CHUNK_NEXT, &size, &bare)) {
        bad_chunk(own, emitter, message->side);
        http_lose(own, message->side);
        return;
    }
    http_say_bare_lf(own, emitter, bare);
    const unsigned odd = own->odd_chunk ? 0 : http_chunk_odd_byte(message->bytes, own->phase == HTTP_PHASE_CHUNK_NEXT);
    if (odd > 0) {
        own->odd_chunk = true;
        emit_anomaly(emitter, ANOMALY_HTTP_ODD_CHUNK, odd - 1, 0);
    }
    own->left = size;
    own->phase = size > 0 ? HTTP_PHASE_CHUNK_DATA : HTTP_PHASE_TRAILER;
    if (size > 0 && own->current)
        http_exchange_of(own->current)->halves[message->side].chunks++;
}

static void take_trailer(struct http_state *state, struct emitter *emitter, const struct message *message)
{
    struct http_side *own = &state->sides[message->side];
    struct http_head head = {0};
    struct http_scratch *scratch = http_scratch(emitter);
    http_count(own, message);
    if (own->current && scratch)
        http_take_fields(own, emitter, &own->current->record, &head, scratch, message->bytes,
                         message->side == SIDE_CLIENT ? HTTP_REQUEST_TRAILERS : HTTP_RESPONSE_TRAILERS);
    http_complete(state, emitter, message->side);
}

/* The first bytes of an answer to a request of HTTP/0.9: no head at all. */
static void begin_simple_response(struct http_state *state, struct emitter *emitter, const struct message *message)
{
    struct transaction *transaction = transaction_find(emitter, HTTP_KEY_WAITING);
    state->simple = false;
    if (!transaction)
        return;
    http_begin_response(state, emitter, transaction, message);
    struct http_half *half = &http_exchange_of(transaction)->halves[SIDE_SERVER];
    half->body = HTTP_BODY_CLOSE;
    half->wire_bytes = 0;
    state->sides[SIDE_SERVER].current = transaction;
    http_file_begin(emitter, transaction, &(struct http_head){0}, message);
}

static void take_body(struct http_state *state, struct emitter *emitter, const struct message *message)
{
    struct http_side *own = &state->sides[message->side];
    if (!own->current && state->simple && own->phase == HTTP_PHASE_CLOSE)
        begin_simple_response(state, emitter, message);
    own->left -= message->length < own->left ? message->length : own->left;
    http_count(own, message);
    if (!own->current || own->phase == HTTP_PHASE_SEARCH)
        return;
    struct http_transaction *exchange = http_exchange_of(own->current);
    struct http_half *half = &exchange->halves[message->side];
    half->body_bytes += message->length;
    const bool holed = message->incomplete || message->bytes.len < message->length;
    if (holed)
        half->incomplete = true;
    if (message->side == SIDE_CLIENT && state->inner.state != HTTP_INNER_NONE) {
        if (http_inner_request(&state->inner, message->bytes))
            emit_anomaly(emitter, ANOMALY_HTTP_REQUEST_IN_BODY, 0, 0);
        else if (holed)
            state->inner.state = HTTP_INNER_NONE;
    }
    http_file_piece(own->current, emitter, message);
}

/* `left` > 0 here: bytes at the end are missing, and `gap` will tell how many. */
static void take_body_end(struct http_state *state, struct emitter *emitter, const struct message *message)
{
    struct http_side *own = &state->sides[message->side];
    if (own->phase == HTTP_PHASE_SEARCH)
        return;
    if (message->incomplete && own->current) {
        http_exchange_of(own->current)->halves[message->side].incomplete = true;
        own->current->record.incomplete = true;
    }
    if (own->phase == HTTP_PHASE_CHUNK_DATA)
        own->phase = HTTP_PHASE_CHUNK_NEXT;
    else
        http_complete(state, emitter, message->side);
}

/* Does what is left of a message tell enough to be one? */
static bool is_worth_telling(enum side side, struct bytes bytes)
{
    struct http_start start;
    bool bare = false, whole = bytes_find(bytes, '\n', 0) < bytes.len;
    struct bytes line = http_take_line(&bytes, &bare);
    if (side == SIDE_SERVER)
        return http_status_line(line, &start) && start.has_status;
    if (!http_request_line(line, &start) || !http_is_token(start.method) || start.target.len == 0)
        return false;
    if (bytes_is(start.method, "PRI")) /* HTTP/2, if its opening were whole */
        return false;
    return start.version.len > 0 || (!whole && http_is_registered_method(start.method));
}

static enum verdict take_rest(struct http_state *state, struct emitter *emitter, const struct message *message)
{
    struct http_side *own = &state->sides[message->side];
    bool at_head = own->phase == HTTP_PHASE_HEAD || own->phase == HTTP_PHASE_SEARCH;
    if (!at_head)
        http_count(own, message);
    else if (is_worth_telling(message->side, message->bytes))
        take_head(state, emitter, message);
    return VERDICT_OK;
}

static enum verdict http_message(void *state_block, struct emitter *emitter, const struct message *message)
{
    struct http_state *state = state_block;
    struct http_side *own = &state->sides[message->side];
    if (own->bad_chunk)
        bad_chunk(own, emitter, message->side);
    if (message->kind == MESSAGE_BODY) { /* most of what comes */
        take_body(state, emitter, message);
        return VERDICT_OK;
    }
    switch (message->kind) {
    case MESSAGE_WHOLE:
        if (own->phase == HTTP_PHASE_CHUNK_SIZE || own->phase == HTTP_PHASE_CHUNK_NEXT)
            take_chunk_line(own, emitter, message);
        else if (own->phase == HTTP_PHASE_TRAILER)
            take_trailer(state, emitter, message);
        else
            return take_head(state, emitter, message);
        break;
    case MESSAGE_BODY:
        break;
    case MESSAGE_BODY_END:
        take_body_end(state, emitter, message);
        break;
    case MESSAGE_REST:
        return take_rest(state, emitter, message);
    }
    return VERDICT_OK;
}

/* Is told before the side's phase changes. */
static void tell_gap(struct transaction *transaction, struct emitter *emitter, const struct http_side *own,
                     enum side side, uint64_t length)
{
    struct http_half *half = &http_exchange_of(transaction)->halves[side];
    bool in_body = own->phase == HTTP_PHASE_BODY || own->phase == HTTP_PHASE_CHUNK_DATA;
    half->incomplete = true;
    transaction->record.incomplete = true;
    if (in_body || own->phase == HTTP_PHASE_CLOSE)
        file_gap(emitter, half->file, in_body && own->left < length ? own->left : length);
}

static void http_gap(void *state_block, struct emitter *emitter, enum side side, uint64_t length)
{
    struct http_state *state = state_block;
    struct http_side *own = &state->sides[side];
    struct transaction *transaction = own->current;
    if (side == SIDE_CLIENT)
        state->client_gap = true;
    if (transaction)
        tell_gap(transaction, emitter, own, side, length);
    if (own->phase == HTTP_PHASE_CLOSE)
        return;
    if (own->left < length) {
        /* A body whose end is lost has ended; where the next message begins is not known. */
        if (own->phase == HTTP_PHASE_BODY)
            http_complete(state, emitter, side);
        http_lose(own, side);
        return;
    }
    own->left -= length;
    if (own->left == 0 && own->phase == HTTP_PHASE_CHUNK_DATA)
        own->phase = HTTP_PHASE_CHUNK_NEXT;
    else if (own->left == 0 && own->phase == HTTP_PHASE_BODY)
        http_complete(state, emitter, side);
}

static void http_abandon(void *state_block, struct emitter *emitter, struct transaction *transaction)
{
    struct http_state *state = state_block;
    struct http_transaction *exchange = http_exchange_of(transaction);
    const struct http_side *server = &state->sides[SIDE_SERVER];
    /* An empty body that the end of the connection ends, has ended now. */
    if (server->current == transaction && server->phase == HTTP_PHASE_CLOSE &&
        exchange->halves[SIDE_SERVER].body_bytes == 0)
        exchange->halves[SIDE_SERVER].complete = true;
    http_finish(state, emitter, transaction);
}

const struct port http_ports[] = {
    {TRANSPORT_TCP, 80, NULL},   {TRANSPORT_TCP, 8080, NULL},
    {TRANSPORT_TCP, 8000, NULL}, {TRANSPORT_TCP, 8008, NULL},
    {TRANSPORT_TCP, 8888, NULL}, {TRANSPORT_TCP, 3128, NULL},
    {TRANSPORT_TCP, 8081, NULL}, {TRANSPORT_TCP, 5985, NULL},
    {TRANSPORT_TCP, 631, NULL},  {0, 0, NULL},
};

const struct dissector http_dissector = {
    .name = "http",
    .meaning = "web pages and everything else that is asked for over HTTP/1.0 and 1.1",
    .ports = http_ports,
    .dataset = &http_dataset,
    .state_size = sizeof(struct http_state),
    .transaction_size = sizeof(struct http_transaction),
    .message_max = HTTP_HEAD_BYTES,
    .probe = http_probe,
    .frame = http_frame,
    .message = http_message,
    .gap = http_gap,
    .abandon = http_abandon,
};
