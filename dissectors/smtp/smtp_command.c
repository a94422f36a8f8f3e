/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a command line says (RFC 5321 section 4.1.1 and the extensions):
 *
 *     command = word [ SP argument ] CRLF
 *     MAIL FROM:<address> *( SP NAME[=value] )
 *     RCPT TO:<address> *( SP NAME[=value] )
 *     BDAT size [ SP LAST ] CRLF, then size bytes
 */
#include "smtp.h"

/* More than any server takes: then it is a mistake, and no such chunk follows. */
static const uint64_t chunk_bytes_max = UINT64_C(1) << 40;

struct transaction *smtp_open(struct smtp_state *state, struct emitter *emitter, enum smtp_verb verb,
                              const struct message *message)
{
    struct transaction *oldest;
    /* Who goes on has seen the answers that we have not. */
    while ((oldest = transaction_oldest(emitter)) && smtp_exchange_of(oldest)->doubtful &&
           message->side == SIDE_CLIENT) {
        smtp_unanswered(state, emitter, oldest);
        transaction_close(emitter, oldest);
    }
    struct transaction *transaction = transaction_open(emitter, 0, message);
    if (!transaction)
        return NULL;
    struct smtp_exchange *exchange = smtp_exchange_of(transaction);
    exchange->verb = verb;
    exchange->sent_ns = message->last.time_ns;
    transaction->record.outcome = OUTCOME_UNKNOWN;
    transaction->record.incomplete |= state->client.astray;
    return transaction;
}

/* Where the path that begins with `<` ends: its `>`, not one inside a quoted name. */
static size_t path_end(struct bytes text)
{
    bool quoted = false;
    for (size_t i = 1; i < text.len; i++) {
        uint8_t c = bytes_at(text, i);
        if (c == '\\' && quoted)
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (c == '>' && !quoted)
            return i;
    }
    return bytes_find(text, '>', 0);
}

struct bytes smtp_path(struct bytes argument, struct bytes *ret_rest)
{
    struct bytes text = bytes_trim(bytes_skip(argument, bytes_find(argument, ':', 0) + 1)), address;
    *ret_rest = (struct bytes){NULL, 0};
    if (bytes_at(text, 0) != '<') {
        *ret_rest = text;
        return text_word_next(ret_rest, &address) ? address : (struct bytes){NULL, 0};
    }
    size_t end = path_end(text);
    *ret_rest = bytes_skip(text, end + 1);
    address = bytes_trim(bytes_slice(text, 1, end - 1));
    size_t route = bytes_at(address, 0) == '@' ? bytes_find(address, ':', 0) : address.len;
    return route < address.len ? bytes_skip(address, route + 1) : address;
}

void smtp_record_parameters(struct record *record, struct bytes rest)
{
    struct bytes word;
    while (text_word_next(&rest, &word)) {
        size_t equals = bytes_find(word, '=', 0);
        struct bytes name = bytes_first(word, equals), value = bytes_skip(word, equals + 1);
        record_group_begin(record, SMTP_PARAMETERS);
        record_text(record, SMTP_PAIR_NAME, name);
        if (equals < word.len)
            record_text(record, SMTP_PAIR_VALUE, value);
        smtp_explain_parameter(record, name, value);
        record_group_end(record);
    }
}

static uint64_t declared_size(struct bytes rest)
{
    struct bytes word;
    uint64_t size;
    while (text_word_next(&rest, &word))
        if (bytes_begin_nocase(word, "SIZE=") && text_number(bytes_skip(word, 5), &size))
            return size;
    return 0;
}

static void take_path(struct smtp_state *state, struct record *record, enum smtp_verb verb, struct bytes argument,
                      bool broken)
{
    struct bytes rest, address = smtp_path(argument, &rest);
    if (bytes_find(argument, ':', 0) == argument.len || (broken && address.len == 0))
        return;
    if (verb == SMTP_VERB_MAIL)
        state->client.declared = declared_size(rest);
    record_text(record, SMTP_ADDRESS, address);
    smtp_explain_path(record, verb, address);
    smtp_record_parameters(record, rest);
}

/* Returns false where no chunk can follow. */
static bool chunk_of(struct bytes argument, uint64_t *ret_size, bool *ret_last)
{
    struct bytes word;
    *ret_last = false;
    if (!text_word_next(&argument, &word) || !text_number(word, ret_size) || *ret_size > chunk_bytes_max)
        return false;
    if (!text_word_next(&argument, &word))
        return true;
    *ret_last = bytes_is_nocase(word, "LAST");
    return *ret_last && bytes_trim(argument).len == 0;
}

/* The URL of BURL may hold what opens the mailbox that it points to (RFC 4467). */
static void record_burl(struct record *record, struct bytes argument)
{
    for (size_t at = bytes_find(argument, ';', 0); at < argument.len; at = bytes_find(argument, ';', at + 1)) {
        if (!bytes_begin_nocase(bytes_skip(argument, at), ";urlauth="))
            continue;
        size_t end = bytes_find(argument, ' ', at);
        record_text_secret(record, SMTP_ARGUMENT, argument, at + 9, end - at - 9);
        return;
    }
    record_text(record, SMTP_ARGUMENT, argument);
}

static void record_command(struct record *record, struct bytes word)
{
    uint8_t capital[SMTP_VERB_BYTES];
    size_t length = bytes_copy(capital, sizeof capital, word);
    for (size_t i = 0; i < length; i++)
        capital[i] = byte_upper(capital[i]);
    record_text(record, SMTP_COMMAND, bytes_of(capital, length));
}

/* What is needed of a command even where it is not kept. */
static void follow(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction,
                   enum smtp_verb verb, struct bytes argument, const struct message *message)
{
    uint64_t size;
    bool last, bare = false;
    switch (verb) {
    case SMTP_VERB_LHLO:
        state->lmtp = true;
        break;
    case SMTP_VERB_HELO:
    case SMTP_VERB_EHLO:
        state->lmtp = false;
        break;
    case SMTP_VERB_DATA:
        (void)text_line(message->bytes, &bare);
        if (message->kind == MESSAGE_WHOLE)
            smtp_begin_data(state, bare);
        break;
    case SMTP_VERB_BDAT:
        if (message->kind == MESSAGE_WHOLE && chunk_of(argument, &size, &last))
            smtp_begin_chunk(state, emitter, transaction, size, last, message);
        break;
    default:
        break;
    }
}

static void record_argument(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction,
                            enum smtp_verb verb, struct bytes argument)
{
    struct record *record = &transaction->record;
    struct bytes rest = argument, word;
    if (verb == SMTP_VERB_AUTH) {
        smtp_auth_begin(state, emitter, transaction, argument);
        return;
    }
    if (argument.len == 0)
        return;
    if (verb == SMTP_VERB_BURL) {
        record_burl(record, argument);
        return;
    }
    record_text(record, SMTP_ARGUMENT, argument);
    if (verb == SMTP_VERB_MAIL || verb == SMTP_VERB_RCPT)
        take_path(state, record, verb, argument, smtp_exchange_of(transaction)->broken);
    else if (verb == SMTP_VERB_XCLIENT || verb == SMTP_VERB_XFORWARD)
        smtp_record_parameters(record, argument);
    else if (verb == SMTP_VERB_XEXCH50 && text_word_next(&rest, &word))
        (void)text_number(word, &smtp_exchange_of(transaction)->blob);
}

static bool ends_transaction(enum smtp_verb verb)
{
    return verb == SMTP_VERB_RSET || verb == SMTP_VERB_MAIL || verb == SMTP_VERB_QUIT || verb == SMTP_VERB_HELO ||
           verb == SMTP_VERB_EHLO || verb == SMTP_VERB_LHLO || verb == SMTP_VERB_DATA || verb == SMTP_VERB_STARTTLS;
}

/* The server was not heard at all, so it will not be heard agreeing. */
static bool hands_over_unseen(const struct smtp_state *state, enum smtp_verb verb, const struct message *message)
{
    return verb == SMTP_VERB_STARTTLS && !state->server.spoke && !state->server.missed &&
           message->kind == MESSAGE_WHOLE && state->client.hailed;
}

enum verdict smtp_take_command(struct smtp_state *state, struct emitter *emitter, const struct message *message)
{
    struct bytes line = text_line(message->bytes, NULL), rest = line, word;
    if (smtp_auth_wants(state, line)) {
        smtp_auth_line(state, emitter, line, message);
        return VERDICT_OK;
    }
    if (!text_word_next(&rest, &word))
        return VERDICT_OK;
    enum smtp_verb verb = smtp_verb_of(word);
    struct bytes argument = bytes_trim(rest);
    struct transaction *transaction = smtp_open(state, emitter, verb, message);
    state->client.heard = true;
    state->client.envelope_lost &= verb != SMTP_VERB_MAIL;
    if (transaction)
        smtp_exchange_of(transaction)->broken = message->kind != MESSAGE_WHOLE;
    if (verb != SMTP_VERB_OTHER)
        state->client.believed = true;
    if (verb == SMTP_VERB_EHLO || verb == SMTP_VERB_HELO || verb == SMTP_VERB_LHLO)
        state->client.hailed = true;
    if (ends_transaction(verb))
        smtp_give_message_up(state, emitter, transaction, message);
    if (transaction && verb == SMTP_VERB_OTHER) {
        smtp_record_unknown(state, &transaction->record, line);
    } else if (transaction) {
        record_command(&transaction->record, word);
        record_argument(state, emitter, transaction, verb, argument);
    }
    if (verb != SMTP_VERB_OTHER)
        state->suspicious = state->surplus = false;
    follow(state, emitter, transaction, verb, argument, message);
    if (!hands_over_unseen(state, verb, message))
        return VERDICT_OK;
    emit_hand_over(emitter, "tls");
    return VERDICT_HAND_OVER;
}
