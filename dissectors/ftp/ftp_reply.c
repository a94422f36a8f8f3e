/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a reply says, to which command it belongs, and what is different from then on.
 *
 * Replies come in the order of the commands, with three exceptions: the greeting answers nothing; STAT and NOOP may be
 * answered in the middle of a transfer; and after a loss, or an ABOR whose two replies some servers make one, a reply
 * that only a later command can have is taken for that one's.
 */
#include "ftp.h"

enum { KEY_COMMAND, KEY_GREETING };

/* --- which command? --- */

/* Replies that belong to certain commands only. True where this one is among them, or the code does not tell. */
static bool can_answer(unsigned code, enum ftp_kind kind)
{
    switch (code) {
    case 125:
    case 150:
    case 426:
        return ftp_is_transfer(kind);
    case 213:
        return kind == FTP_SIZE || kind == FTP_MDTM || kind == FTP_MFMT || kind == FTP_STAT || kind == FTP_OTHER;
    case 225:
        return kind == FTP_ABOR;
    case 226:
        return ftp_is_transfer(kind) || kind == FTP_ABOR;
    case 227:
        return kind == FTP_PASV;
    case 229:
        return kind == FTP_EPSV;
    case 230:
    case 331:
    case 332:
        return kind == FTP_USER || kind == FTP_PASS || kind == FTP_ACCT || kind == FTP_REIN || kind == FTP_SEALED;
    case 234:
    case 334:
        return kind == FTP_AUTH || kind == FTP_SEALED;
    case 257:
        return kind == FTP_PWD || kind == FTP_MKD;
    default:
        return true;
    }
}

/* May this end a transfer that has begun? */
static bool can_end_transfer(unsigned code)
{
    return code < 200 || code == 226 || code == 250 || code >= 400;
}

static bool is_under_way(struct transaction *transaction)
{
    const struct ftp_exchange *exchange = ftp_exchange_of(transaction);
    return exchange->preliminary && ftp_is_transfer(exchange->kind);
}

/* After a loss: is there a younger one that this reply fits, unlike this one? */
static bool belongs_later(struct emitter *emitter, struct transaction *transaction, unsigned code)
{
    if (!ftp_exchange_of(transaction)->commanded || can_answer(code, ftp_exchange_of(transaction)->kind))
        return false;
    while ((transaction = transaction_younger(emitter, transaction)) != NULL)
        if (can_answer(code, ftp_exchange_of(transaction)->kind))
            return true;
    return false;
}

static struct transaction *whose(struct ftp_state *state, struct emitter *emitter, unsigned code)
{
    struct transaction *transaction;
    while ((transaction = transaction_oldest(emitter)) != NULL) {
        struct transaction *younger = transaction_younger(emitter, transaction);
        bool ignored = ftp_exchange_of(transaction)->empty && (code < 500 || code > 504);
        if (ignored) {
            transaction_drop(emitter, transaction);
            state->open--;
        } else if (is_under_way(transaction) && younger && !can_end_transfer(code)) {
            return younger;
        } else if (state->doubtful && belongs_later(emitter, transaction, code)) {
            ftp_settle(state, emitter, transaction);
        } else {
            return transaction;
        }
    }
    return NULL;
}

/* Whether the reply greets whoever connected, and answers nobody. */
static bool is_greeting(const struct ftp_state *state, const struct emitter *emitter, unsigned code)
{
    return !state->greeted && !state->doubtful && !emit_conversation(emitter)->midstream &&
           (code == 120 || code == 220 || code == 421);
}

static struct transaction *open_alone(struct ftp_state *state, struct emitter *emitter, const struct message *message,
                                      uint64_t key)
{
    struct transaction *transaction = transaction_open(emitter, key, message);
    if (!transaction)
        return NULL;
    state->open++;
    transaction->record.outcome = OUTCOME_UNKNOWN;
    if (state->user_length > 0)
        record_text(&transaction->record, FTP_USER_NAME, bytes_of(state->user, state->user_length));
    return transaction;
}

static struct transaction *find_or_open(struct ftp_state *state, struct emitter *emitter, const struct message *message,
                                        unsigned code)
{
    struct transaction *transaction;
    if (is_greeting(state, emitter, code)) {
        state->greeted = code != 120;
        state->from_start = true;
        transaction = transaction_find(emitter, KEY_GREETING);
        return transaction ? transaction : open_alone(state, emitter, message, KEY_GREETING);
    }
    state->greeted = true;
    transaction = whose(state, emitter, code);
    return transaction ? transaction : open_alone(state, emitter, message, KEY_COMMAND);
}

/* --- the end of a command --- */

bool ftp_full_path(const struct ftp_state *state, struct transaction *transaction, struct ftp_path *ret_path)
{
    const struct ftp_exchange *exchange = ftp_exchange_of(transaction);
    struct bytes argument = bytes_slice(record_find_text(&transaction->record, FTP_ARGUMENT), exchange->path_at,
                                        exchange->path_length);
    if (exchange->kind == FTP_CDUP)
        argument = bytes_text("..");
    if (!exchange->names || (argument.len == 0 && !ftp_is_listing(exchange->kind)))
        return false;
    if (state->astray && !ftp_path_stands_alone(argument))
        return false;
    ftp_path_join(&state->directory, argument, ret_path);
    return ret_path->length > 0;
}

void ftp_locate(struct ftp_state *state, struct emitter *emitter, struct transaction *transaction)
{
    struct ftp_exchange *exchange = ftp_exchange_of(transaction);
    struct ftp_path path;
    if (exchange->located)
        return;
    exchange->located = true;
    if (!ftp_full_path(state, transaction, &path))
        return;
    record_text(&transaction->record, FTP_PATH, ftp_path_bytes(&path));
    ftp_explain_path(&transaction->record, &path);
    struct ftp_transfer *transfer = ftp_transfer_of(emitter, exchange);
    if (transfer)
        transfer->path = path;
}

void ftp_finish(struct ftp_state *state, struct emitter *emitter, struct transaction *transaction)
{
    struct ftp_exchange *exchange = ftp_exchange_of(transaction);
    ftp_locate(state, emitter, transaction);
    const struct ftp_transfer *transfer = ftp_transfer_of(emitter, exchange);
    if (transfer)
        ftp_explain_transfer(&transaction->record, exchange, transfer);
    if (exchange->kind == FTP_PASV || exchange->kind == FTP_EPSV)
        state->passives--;
    if (--state->open == 0)
        state->doubtful = false;
}

void ftp_settle(struct ftp_state *state, struct emitter *emitter, struct transaction *transaction)
{
    ftp_finish(state, emitter, transaction);
    transaction_close(emitter, transaction);
}

/* --- what is different now --- */

static void reset(struct ftp_state *state, struct emitter *emitter)
{
    ftp_disagree(state, emitter);
    state->rest = 0;
    state->type = state->mode = 0;
    state->user_length = 0;
    state->anonymous = state->wants_password = false;
    state->directory.length = 0;
}

static void logged_in(struct ftp_state *state, unsigned code)
{
    state->wants_password = code == 331 || code == 332;
    if (code == 530)
        state->user_length = 0;
}

/* `250 … "/pub" is current directory` is better than what we think. */
static void directory_changed(struct ftp_state *state, struct transaction *transaction, struct bytes text)
{
    struct ftp_path path;
    size_t quote = ftp_find_text(text, bytes_text("\"/"), 0);
    bool is_known = (quote < text.len && ftp_path_quoted(bytes_skip(text, quote), &path)) ||
                    (!transaction->record.incomplete && ftp_full_path(state, transaction, &path));
    if (is_known)
        state->directory = path;
    else
        state->directory.length = 0;
    state->astray = !is_known && (state->astray || transaction->record.incomplete);
}

static void directory_told(struct ftp_state *state, struct transaction *transaction, struct bytes text)
{
    struct ftp_exchange *exchange = ftp_exchange_of(transaction);
    struct ftp_path path;
    bool is_told = ftp_path_quoted(text, &path);
    if (exchange->kind == FTP_PWD && is_told) {
        state->directory = path;
        state->astray = false;
    }
    if (is_told && (exchange->kind == FTP_PWD || path.text[0] == '/')) {
        exchange->located = true;
        record_text(&transaction->record, FTP_PATH, ftp_path_bytes(&path));
    }
}

static void passive_agreed(struct ftp_state *state, struct emitter *emitter, struct record *record, unsigned code,
                           struct bytes text)
{
    struct endpoint named = emit_conversation(emitter)->destination;
    bool good = code == 227 ? ftp_parse_passive(text, &named) : ftp_parse_extended_passive(text, &named.port);
    if (good)
        ftp_agree(state, emitter, record, FTP_DATA_PASSIVE, &named);
    else
        emit_anomaly(emitter, ANOMALY_FTP_BAD_ADDRESS, text.len, 0);
}

static bool is_positive(unsigned code)
{
    return code >= 200 && code < 400;
}

static void apply_setting(struct ftp_state *state, const struct ftp_exchange *exchange)
{
    if (exchange->kind == FTP_TYPE)
        state->type = exchange->type;
    else if (exchange->kind == FTP_MODE)
        state->mode = exchange->type;
    else if (exchange->kind == FTP_PROT)
        state->private_data = exchange->type == 'P' || exchange->type == 'E';
}

static void apply(struct ftp_state *state, struct emitter *emitter, struct transaction *transaction, unsigned code,
                  struct bytes text)
{
    struct ftp_exchange *exchange = ftp_exchange_of(transaction);
    bool positive = is_positive(code);
    if (code == 227 || code == 229)
        passive_agreed(state, emitter, &transaction->record, code, text);
    if (code == 257)
        directory_told(state, transaction, text);
    switch ((enum ftp_kind)exchange->kind) {
    case FTP_USER:
    case FTP_PASS:
    case FTP_ACCT:
        logged_in(state, code);
        break;
    case FTP_CWD:
    case FTP_CDUP:
    case FTP_SMNT:
        if (positive)
            directory_changed(state, transaction, text);
        break;
    case FTP_REIN:
        if (positive)
            reset(state, emitter);
        break;
    case FTP_PORT:
    case FTP_EPRT:
        if (!positive && record_has(&transaction->record, FTP_DATA_MODE))
            ftp_disagree(state, emitter);
        break;
    case FTP_REST:
        if (!positive)
            state->rest = 0;
        break;
    default:
        if (positive)
            apply_setting(state, exchange);
        break;
    }
}

/* --- transfers --- */

/* `150 Opening … (1234 bytes)` */
static bool parse_total(struct bytes text, uint64_t *ret_total)
{
    size_t open = bytes_find(text, '(', 0);
    while (open < text.len) {
        struct bytes rest = bytes_skip(text, open + 1);
        size_t end = bytes_find(rest, ' ', 0);
        if (bytes_begin_nocase(bytes_skip(rest, end), " byte") && text_number(bytes_first(rest, end), ret_total))
            return true;
        open = bytes_find(text, '(', open + 1);
    }
    return false;
}

/* STOU: the server says which name it took (RFC 1123 section 4.1.2.9: `150 FILE: name`). */
static void take_unique_name(const struct ftp_state *state, struct transaction *transaction,
                             struct ftp_transfer *transfer, struct bytes text)
{
    struct ftp_exchange *exchange = ftp_exchange_of(transaction);
    struct bytes name;
    size_t at = ftp_find_text(text, bytes_text("FILE: "), 0);
    struct bytes rest = bytes_skip(text, at + 6);
    struct ftp_path path;
    if (exchange->kind != FTP_STOU || at == text.len || !text_word_next(&rest, &name) || state->astray)
        return;
    ftp_path_join(&state->directory, name, &path);
    if (path.length == 0)
        return;
    exchange->located = true;
    record_text(&transaction->record, FTP_PATH, ftp_path_bytes(&path));
    if (transfer)
        transfer->path = path;
}

static void tell_transfer(const struct ftp_state *state, struct emitter *emitter, struct transaction *transaction,
                          unsigned code, struct bytes text)
{
    const struct ftp_exchange *exchange = ftp_exchange_of(transaction);
    struct ftp_transfer *transfer = ftp_transfer_of(emitter, exchange);
    if (code < 300 && !record_has(&transaction->record, FTP_PATH))
        take_unique_name(state, transaction, transfer, text);
    if (!transfer)
        return;
    if (code < 300)
        transfer->answered = true;
    else if (exchange->preliminary)
        transfer->broken = true;
    else
        transfer->refused = true;
    if (transfer->refused && state->data.by_default) {
        emit_expect_no_more(emitter, exchange->expectation);
        return;
    }
    if (code < 200 && exchange->kind == FTP_RETR && parse_total(text, &transfer->total))
        transfer->has_total = true;
}

/* --- the record --- */

/* The features of a 211: one a line, with a space before it. */
static void record_features(struct record *record, const struct reply *reply)
{
    struct bytes rest = reply->lines, line;
    for (unsigned i = 0; reply_line_next(reply, REPLY_FTP, &rest, &line); i++) {
        struct bytes name;
        if (i == 0 || i + 1 == reply->line_count || !text_word_next(&line, &name))
            continue;
        record_group_begin(record, FTP_FEATURES);
        record_text(record, FTP_FEATURE_NAME, name);
        line = bytes_trim(line);
        if (line.len > 0)
            record_text(record, FTP_FEATURE_PARAMETERS, line);
        record_group_end(record);
    }
}

static struct bytes first_text(const struct reply *reply)
{
    struct bytes rest = reply->lines, text = {NULL, 0};
    reply_line_next(reply, REPLY_FTP, &rest, &text);
    return text;
}

static void take_preliminary(struct ftp_state *state, struct emitter *emitter, struct transaction *transaction,
                             const struct reply *reply)
{
    struct record *record = &transaction->record;
    struct ftp_exchange *exchange = ftp_exchange_of(transaction);
    transaction->patient = true;
    if (exchange->unordered)
        ftp_order_now(state, emitter, transaction);
    if (ftp_is_transfer(exchange->kind) && !exchange->preliminary)
        ftp_explain_beginning(state, record, exchange);
    exchange->preliminary = true;
    ftp_locate(state, emitter, transaction);
    tell_transfer(state, emitter, transaction, reply->code, first_text(reply));
    record_group_begin(record, FTP_PRELIMINARY);
    record_integer(record, FTP_PRELIMINARY_CODE, reply->code);
    ftp_explain_code(record, reply->code);
    uint8_t *joined = emit_scratch(emitter, reply->lines.len);
    if (joined)
        record_text(record, FTP_PRELIMINARY_TEXT, bytes_of(joined, ftp_join_lines(reply, joined, reply->lines.len)));
    record_group_end(record);
}

/* TLS begins behind this reply. */
static bool begins_tls(struct transaction *transaction, unsigned code)
{
    struct bytes mechanism = record_find_text(&transaction->record, FTP_ARGUMENT);
    return ftp_exchange_of(transaction)->kind == FTP_AUTH && (code == 234 || code == 334) &&
           (bytes_begin_nocase(mechanism, "TLS") || bytes_begin_nocase(mechanism, "SSL"));
}

/* They should have been enciphered. */
static void tell_commands_behind(struct emitter *emitter, struct transaction *transaction)
{
    unsigned behind = 0;
    while ((transaction = transaction_younger(emitter, transaction)) != NULL)
        behind++;
    if (behind > 0)
        emit_anomaly(emitter, ANOMALY_FTP_COMMANDS_AFTER_AUTH, behind, 0);
}

/* After ABOR's own reply nothing will come of the transfers before it. */
static void settle_aborted(struct ftp_state *state, struct emitter *emitter, const struct transaction *abort)
{
    struct transaction *oldest;
    while ((oldest = transaction_oldest(emitter)) != abort && oldest)
        ftp_settle(state, emitter, oldest);
}

static enum outcome outcome_of(unsigned code)
{
    if (code >= 200 && code < 400)
        return OUTCOME_SUCCESS;
    return code >= 400 && code < 600 ? OUTCOME_FAILURE : OUTCOME_UNKNOWN;
}

static enum verdict take_final(struct ftp_state *state, struct emitter *emitter, struct transaction *transaction,
                               const struct reply *reply, bool whole)
{
    struct record *record = &transaction->record;
    const struct ftp_exchange *exchange = ftp_exchange_of(transaction);
    bool tls = begins_tls(transaction, reply->code);
    if (tls)
        tell_commands_behind(emitter, transaction);
    if (exchange->kind == FTP_ABOR)
        settle_aborted(state, emitter, transaction);
    record->outcome = outcome_of(reply->code);
    record_integer(record, FTP_REPLY_CODE, reply->code);
    ftp_explain_code(record, reply->code);
    ftp_record_reply_text(emitter, transaction, reply);
    ftp_locate(state, emitter, transaction);
    if (exchange->kind == FTP_FEAT && record->outcome == OUTCOME_SUCCESS)
        record_features(record, reply);
    tell_transfer(state, emitter, transaction, reply->code, first_text(reply));
    bool tells_place = reply->code == 227 || reply->code == 229 || reply->code == 257;
    if (whole || !tells_place)
        apply(state, emitter, transaction, reply->code, whole ? first_text(reply) : bytes_text(""));
    if (exchange->kind == FTP_PASV || exchange->kind == FTP_EPSV)
        ftp_order_waiting(state, emitter, transaction);
    if (emit_wants_notes(emitter))
        ftp_explain_reply(state, record, exchange, reply->code, first_text(reply));
    ftp_settle(state, emitter, transaction);
    if (!tls)
        return VERDICT_OK;
    emit_hand_over(emitter, "tls");
    return VERDICT_HAND_OVER;
}

/* A line without a code. Where it begins with a digit it was to be a reply; else nobody is answered by it. */
static void take_line(struct ftp_state *state, struct emitter *emitter, const struct message *message)
{
    struct bytes line = text_line(message->bytes, NULL);
    uint8_t first = bytes_at(line, 0);
    struct transaction *transaction = first >= '0' && first <= '9' ? transaction_oldest(emitter) : NULL;
    if (bytes_trim(line).len == 0 || message->kind == MESSAGE_REST) /* perhaps it broke off in the code */
        return;
    emit_anomaly(emitter, ANOMALY_FTP_BAD_REPLY, line.len, 0);
    if (!transaction)
        transaction = open_alone(state, emitter, message, KEY_COMMAND);
    if (!transaction)
        return;
    transaction_touch(transaction, message);
    ftp_record_text(transaction, line);
    ftp_settle(state, emitter, transaction);
}

enum verdict ftp_take_reply(struct ftp_state *state, struct emitter *emitter, const struct message *message)
{
    struct reply reply;
    state->server_spoke = true;
    const bool whole = message->kind == MESSAGE_WHOLE;
    if (!reply_parse(REPLY_FTP, whole ? message->bytes : reply_whole_lines(message->bytes), &reply)) {
        take_line(state, emitter, message);
        return VERDICT_OK;
    }
    if (reply.code < 100 || reply.code >= 700)
        emit_anomaly(emitter, ANOMALY_FTP_BAD_REPLY, message->bytes.len, 0);
    struct transaction *transaction = find_or_open(state, emitter, message, reply.code);
    if (!transaction)
        return VERDICT_OK;
    transaction_touch(transaction, message);
    if (reply.code >= 100 && reply.code < 200) {
        take_preliminary(state, emitter, transaction, &reply);
        return VERDICT_OK;
    }
    return take_final(state, emitter, transaction, &reply, whole);
}
