/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The hooks: what comes of each side, which handshake it belongs to, and when its record is written. That is when both
 * sides have done their part, or when the conversation is over.
 */
#include "tls.h"

/* Sizes of records of TLS 1.3 that are known without opening them: content, its kind, and a tag of 16. */
enum {
    END_OF_EARLY_DATA = 4 + 1 + 16,
    FINISHED_SHA256 = 4 + 32 + 1 + 16,
    FINISHED_SHA384 = 4 + 48 + 1 + 16,
};

static struct tls_input input_of(struct tls_state *state, struct emitter *emitter, const struct message *message)
{
    return (struct tls_input){
        .state = state,
        .emitter = emitter,
        .message = message,
        .side = message->side,
        .transaction = transaction_oldest(emitter),
    };
}

/* The handshake that this message belongs to, opened where there is none. False: it is over, or memory is out. */
static bool open_handshake(struct tls_input *input)
{
    if (input->transaction || input->state->closed)
        return input->transaction != NULL;
    input->transaction = transaction_open(input->emitter, 0, input->message);
    if (input->transaction)
        input->state->handshakes++;
    return input->transaction != NULL;
}

static void touch(struct tls_input *input)
{
    transaction_touch(input->transaction, input->message);
    tls_half_of(input)->any = true;
}

static void finish_if_complete(struct tls_input *input)
{
    if (!input->transaction || !tls_is_complete(input->state, tls_transaction_of(input->transaction)))
        return;
    tls_fill(input->state, input->transaction, true);
    input->state->closed = true;
    transaction_close(input->emitter, input->transaction);
    input->transaction = NULL;
}

/* --- handshake records in clear --- */

/* A ClientHello in clear where a handshake was over: another one begins. */
static void begin_again(struct tls_input *input)
{
    struct tls_state *state = input->state;
    state->closed = state->tls13 = false;
    for (int side = 0; side < 2; side++)
        state->sides[side].change_cipher = false;
}

static void learn_roles(struct tls_state *state, enum side side, unsigned type)
{
    if (state->hello_seen || (type != TLS_CLIENT_HELLO && type != TLS_SERVER_HELLO))
        return;
    state->hello_seen = true;
    state->reversed = (type == TLS_CLIENT_HELLO) == (side == SIDE_SERVER);
}

static void take_handshake(struct tls_input *input, unsigned type, struct bytes body, bool whole)
{
    learn_roles(input->state, input->side, type);
    if (type == TLS_CLIENT_HELLO && !input->transaction && input->state->closed) {
        emit_anomaly(input->emitter, ANOMALY_TLS_CLEAR_RENEGOTIATION, input->state->handshakes + 1, 0);
        begin_again(input);
    }
    if (type == TLS_HELLO_REQUEST || !open_handshake(input))
        return;
    touch(input);
    if (!tls_take_handshake(input, type, body, whole) && whole)
        tls_malformed(input, type, body.len);
    finish_if_complete(input);
}

/* The contents of the records one behind the other. */
static struct bytes contents(struct tls_input *input, struct bytes records)
{
    struct reader r = reader_of(records);
    reader_skip(&r, 3);
    struct bytes only = reader_take(&r, reader_u16(&r));
    if (reader_left(&r) == 0 && reader_ok(&r))
        return only;
    size_t length = 0;
    r = reader_of(records);
    while (reader_left(&r) > TLS_HEADER_BYTES) {
        reader_skip(&r, 3);
        size_t wanted = reader_u16(&r);
        struct bytes content = reader_take(&r, wanted < reader_left(&r) ? wanted : reader_left(&r));
        length += bytes_copy(input->scratch->handshake + length, sizeof input->scratch->handshake - length, content);
    }
    return bytes_of(input->scratch->handshake, length);
}

/* `records` end where a handshake message does, unless the sender broke it off or it is too long. */
static void take_handshakes(struct tls_input *input, struct bytes records, bool cut_short)
{
    struct tls_side *own = &input->state->sides[input->side];
    struct bytes content = contents(input, records);
    size_t skipped = own->skip < content.len ? own->skip : content.len;
    own->skip -= (uint32_t)skipped;
    struct reader r = reader_of(bytes_skip(content, skipped));
    while (reader_left(&r) > 0) {
        unsigned type = reader_u8(&r);
        uint32_t length = reader_u24(&r);
        size_t there = length < reader_left(&r) ? length : reader_left(&r);
        struct bytes body = reader_take(&r, there);
        if (!reader_ok(&r))
            break;
        if (there < length && !cut_short) {
            own->skip = length - (uint32_t)there;
            if (length > TLS_HANDSHAKE_BYTES || records.len >= TLS_GATHER_BYTES)
                emit_anomaly(input->emitter, ANOMALY_TLS_HANDSHAKE_TOO_LONG, length, TLS_HANDSHAKE_BYTES);
            else
                tls_malformed(input, type, there);
            break;
        }
        take_handshake(input, type, body, there == length);
    }
    own->unsure = false;
}

/* --- other records --- */

static void take_change_cipher(struct tls_input *input)
{
    input->state->sides[input->side].change_cipher = true;
    if (!input->transaction)
        return;
    touch(input);
    tls_half_of(input)->change_cipher = true;
}

static void take_alert(struct tls_input *input, struct bytes content, size_t length)
{
    struct tls_side *own = &input->state->sides[input->side];
    bool opens = length == 2 && !own->change_cipher && !own->application;
    if (!input->transaction && (!opens || !open_handshake(input)))
        return;
    if (!tls_half_is_over(input->state, tls_transaction_of(input->transaction), input->side))
        touch(input);
    tls_alert(input, content, length);
}

/* RFC 6520: kind(1) length(2) payload padding(16 or more). Who believes the length more than what is there gives away
 * its memory. */
static void take_heartbeat(struct tls_input *input, struct bytes content)
{
    struct reader r = reader_of(content);
    unsigned kind = reader_u8(&r);
    unsigned claimed = reader_u16(&r);
    if (reader_ok(&r) && kind == 1 && claimed > reader_left(&r))
        emit_anomaly(input->emitter, ANOMALY_TLS_HEARTBLEED, claimed, reader_left(&r));
}

static void count_application(struct tls_half *half, uint32_t length)
{
    if (half->application_records++ == 0)
        half->first_application = length;
    if (half->early_over || half->early_finished)
        return;
    if (length == END_OF_EARLY_DATA)
        half->early_over = true;
    else if (length == FINISHED_SHA256 || length == FINISHED_SHA384)
        half->early_finished = true;
    else
        half->early_bytes += length;
}

/* A record whose content is encrypted, and not looked at. */
static void take_encrypted(struct tls_input *input, unsigned type, uint32_t length)
{
    struct tls_side *own = &input->state->sides[input->side];
    if (type == TLS_APPLICATION_DATA)
        own->application = true;
    if (!input->transaction)
        return;
    struct tls_half *half = tls_half_of(input);
    if (!tls_half_is_over(input->state, tls_transaction_of(input->transaction), input->side))
        touch(input);
    if (type == TLS_HANDSHAKE && (own->change_cipher || own->gap))
        half->finished = true;
    else if (type == TLS_APPLICATION_DATA)
        count_application(half, length);
    else if (type == TLS_ALERT)
        tls_alert(input, (struct bytes){NULL, 0}, length);
    finish_if_complete(input);
}

static void take_sslv2(struct tls_input *input)
{
    if (!input->transaction)
        return;
    touch(input);
    tls_half_of(input)->old_records++;
    finish_if_complete(input);
}

/* An answer that is no TLS: its first line. */
static void take_plain(struct tls_input *input)
{
    struct tls_side *own = &input->state->sides[input->side];
    struct bytes text = input->message->bytes;
    if (!own->plain_said)
        emit_anomaly(input->emitter, ANOMALY_TLS_PLAIN_ANSWER, 0, 0);
    own->plain_said = true;
    if (!input->transaction || own->plain_done)
        return;
    touch(input);
    size_t feed = bytes_find(text, '\n', 0), end = bytes_find(bytes_first(text, feed), '\r', 0);
    own->plain_done = end < text.len;
    text = bytes_first(text, end);
    record_append(&input->transaction->record, TLS_SERVER_PLAIN_ANSWER, text, TLS_PLAIN_BYTES);
}

/* --- hooks --- */

static void take_sslv2_hello(struct tls_input *input)
{
    bool is_client = bytes_at(input->message->bytes, 2) == TLS_CLIENT_HELLO;
    learn_roles(input->state, input->side, is_client ? TLS_CLIENT_HELLO : TLS_SERVER_HELLO);
    input->state->sides[input->side].phase = TLS_PHASE_SEARCH;
    if (!open_handshake(input))
        return;
    touch(input);
    bool good = is_client ? tls_sslv2_client_hello(input, input->message->bytes)
                          : tls_sslv2_server_hello(input, input->message->bytes);
    if (!good)
        tls_malformed(input, is_client, input->message->bytes.len);
    finish_if_complete(input);
}

static void take_whole(struct tls_input *input)
{
    struct bytes bytes = input->message->bytes;
    struct bytes content = bytes_skip(bytes, TLS_HEADER_BYTES);
    if (bytes_at(bytes, 0) != TLS_HANDSHAKE)
        input->state->sides[input->side].skip = 0;
    switch (bytes_at(bytes, 0)) {
    case TLS_CHANGE_CIPHER_SPEC:
        take_change_cipher(input);
        break;
    case TLS_ALERT:
        take_alert(input, content, content.len);
        break;
    case TLS_HANDSHAKE:
        take_handshakes(input, bytes, false);
        break;
    case TLS_HEARTBEAT:
        take_heartbeat(input, content);
        break;
    default:
        take_sslv2_hello(input);
        break;
    }
}

static void take_body_end(struct tls_input *input)
{
    struct tls_side *own = &input->state->sides[input->side];
    enum tls_body body = own->body;
    if (body != TLS_BODY_PLAIN)
        own->body = TLS_BODY_NONE;
    own->body_lost = own->body_left;
    own->body_left = 0;
    if (body == TLS_BODY_RECORD)
        take_encrypted(input, own->record_type, own->record_length);
    else if (body == TLS_BODY_SKIPPED)
        own->skip -= own->record_length;
    else if (body == TLS_BODY_SSLV2)
        take_sslv2(input);
}

static void lose(struct tls_input *input)
{
    struct tls_side *own = &input->state->sides[input->side];
    own->gap = own->unsure = true;
    own->skip = 0;
    /* Of a side that was not captured at all, everything is lost sooner or later. */
    if (own->phase == TLS_PHASE_START) {
        own->lost_beginning = true;
        return;
    }
    if (!input->transaction || tls_half_is_over(input->state, tls_transaction_of(input->transaction), input->side))
        return;
    input->transaction->record.incomplete = true;
    tls_half_of(input)->gap = true;
}

/* The beginning of records that cannot be completed: a hello that was cut short still tells much. */
static void take_rest(struct tls_input *input)
{
    struct tls_side *own = &input->state->sides[input->side];
    struct bytes bytes = input->message->bytes;
    bool in_clear = own->phase == TLS_PHASE_RECORDS && !own->change_cipher && own->skip == 0 &&
                    (!own->unsure || tls_is_handshake(bytes_skip(bytes, TLS_HEADER_BYTES)));
    if (in_clear && bytes_at(bytes, 0) == TLS_HANDSHAKE)
        take_handshakes(input, bytes, true);
    lose(input);
}

static enum verdict tls_message(void *state_block, struct emitter *emitter, const struct message *message)
{
    struct tls_state *state = state_block;
    struct tls_side *own = &state->sides[message->side];
    struct tls_input input = input_of(state, emitter, message);
    if (own->body != TLS_BODY_STRAY || message->kind == MESSAGE_WHOLE)
        state->started = true;
    state->midstream = emit_conversation(emitter)->midstream;
    if (own->plain_before) {
        emit_anomaly(emitter, ANOMALY_TLS_PLAIN_BEFORE, 0, 0);
        own->plain_before = false;
    }
    switch (message->kind) {
    case MESSAGE_BODY:
        own->body_left -= message->length < own->body_left ? message->length : own->body_left;
        if (own->body == TLS_BODY_PLAIN)
            take_plain(&input);
        return VERDICT_OK;
    case MESSAGE_BODY_END:
        if (own->body == TLS_BODY_OVER) {
            emit_hand_over(emitter, NULL);
            return VERDICT_HAND_OVER;
        }
        take_body_end(&input);
        return VERDICT_OK;
    case MESSAGE_WHOLE:
    case MESSAGE_REST:
        break;
    }
    input.scratch = emit_scratch(emitter, sizeof *input.scratch);
    if (!input.scratch)
        return VERDICT_OK;
    if (message->kind == MESSAGE_WHOLE)
        take_whole(&input);
    else
        take_rest(&input);
    return VERDICT_OK;
}

/* Inside a body nothing of worth is lost, unless its end is. */
static void tls_gap(void *state_block, struct emitter *emitter, enum side side, uint64_t length)
{
    struct tls_state *state = state_block;
    struct tls_side *own = &state->sides[side];
    struct transaction *transaction = transaction_oldest(emitter);
    if (own->body == TLS_BODY_PLAIN) { /* its first line ends here */
        if (transaction && !own->plain_done)
            transaction->record.incomplete = true;
        own->plain_done = true;
        return;
    }
    if (own->phase == TLS_PHASE_OPAQUE)
        return;
    /* What ends exactly with a body was told as its end. */
    if (length <= own->body_left || length == own->body_lost) {
        own->body_left -= length < own->body_left ? length : own->body_left;
        own->body_lost = 0;
        return;
    }
    own->body_left = own->body_lost = 0;
    struct tls_input input = {.state = state, .emitter = emitter, .side = side, .transaction = transaction};
    lose(&input);
    if (own->phase != TLS_PHASE_START)
        own->phase = own->phase == TLS_PHASE_SSLV2 ? TLS_PHASE_OPAQUE : TLS_PHASE_SEARCH;
}

static void tls_abandon(void *state_block, struct emitter *emitter, struct transaction *transaction)
{
    struct tls_state *state = state_block;
    (void)emitter;
    tls_fill(state, transaction, false);
    state->closed = true;
}

static const struct port tls_ports[] = {
    {TRANSPORT_TCP, 443, NULL}, {TRANSPORT_TCP, 8443, NULL},
    {TRANSPORT_TCP, 465, NULL}, {TRANSPORT_TCP, 636, NULL},
    {TRANSPORT_TCP, 853, NULL}, {TRANSPORT_TCP, 989, NULL},
    {TRANSPORT_TCP, 990, NULL}, {TRANSPORT_TCP, 993, NULL},
    {TRANSPORT_TCP, 995, NULL}, {0, 0, NULL},
};

extern const struct dissector tls_dissector;

const struct dissector tls_dissector = {
    .name = "tls",
    .meaning = "the handshake that begins an encrypted connection: SSL 2.0 to TLS 1.3",
    .ports = tls_ports,
    .dataset = &tls_dataset,
    .state_size = sizeof(struct tls_state),
    .transaction_size = sizeof(struct tls_transaction),
    .message_max = TLS_MESSAGE_BYTES,
    .probe = tls_probe,
    .frame = tls_frame,
    .message = tls_message,
    .gap = tls_gap,
    .abandon = tls_abandon,
};
