/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a client's line says. Commands are words of letters, their arguments follow after one space; around them may
 * stand Telnet's own commands (RFC 959 section 4.1.3: before ABOR, to be heard in the middle of a transfer).
 */
#include "ftp.h"

enum {
    TELNET_IAC = 255,
    TELNET_DONT = 254,
    TELNET_WILL = 251,
    TELNET_SB = 250,
    TELNET_SE = 240,
    TELNET_DM = 242,
    WORD_BYTES = 32,    /* longest word that is put in upper case */
    ONE_SIDED_OPEN = 16 /* commands that wait while the server was never heard */
};

/* Behind an IAC: how many bytes belong to the Telnet command. */
static size_t telnet_length(struct bytes rest)
{
    uint8_t command = bytes_at(rest, 0);
    if (command == TELNET_SB) {
        size_t end = bytes_find(rest, TELNET_SE, 0);
        return end < rest.len ? end + 1 : end;
    }
    return command >= TELNET_WILL && command <= TELNET_DONT ? 2 : 1;
}

/* The line without Telnet's commands; *ret_any tells whether there were some. */
static struct bytes without_telnet(struct emitter *emitter, struct bytes line, bool *ret_any)
{
    size_t at = bytes_find(line, TELNET_IAC, 0), length = 0;
    *ret_any = at < line.len;
    if (bytes_at(line, 0) == TELNET_DM) { /* the IAC before it went as urgent data, and was lost */
        *ret_any = true;
        line = bytes_skip(line, 1);
        at = bytes_find(line, TELNET_IAC, 0);
    }
    if (at == line.len)
        return line;
    uint8_t *clean = emit_scratch(emitter, line.len);
    if (!clean)
        return bytes_of(NULL, 0);
    while (line.len > 0) {
        length += bytes_copy(clean + length, at, line);
        line = bytes_skip(line, at + 1);
        if (bytes_at(line, 0) == TELNET_IAC) {
            clean[length++] = TELNET_IAC;
            line = bytes_skip(line, 1);
        } else {
            line = bytes_skip(line, telnet_length(line));
        }
        at = bytes_find(line, TELNET_IAC, 0);
    }
    return bytes_of(clean, length);
}

static void record_upper(struct record *record, struct bytes word)
{
    uint8_t upper[WORD_BYTES];
    if (word.len > sizeof upper) {
        record_text(record, FTP_COMMAND, word);
        return;
    }
    for (size_t i = 0; i < word.len; i++)
        upper[i] = byte_upper(bytes_at(word, i));
    record_text(record, FTP_COMMAND, bytes_of(upper, word.len));
}

/* A part of that field is hidden. */
static void record_secret(struct transaction *transaction, unsigned field, struct bytes text, struct bytes secret)
{
    struct ftp_exchange *exchange = ftp_exchange_of(transaction);
    size_t at = bytes_offset(text, secret);
    record_text_secret(&transaction->record, field, text, at, secret.len);
    exchange->secret_field = (uint8_t)field;
    exchange->secret_at = (uint32_t)at;
    exchange->secret_length = (uint32_t)secret.len;
}

/* A password crossed the wire. An anonymous one is none. */
static void keep_password(const struct ftp_state *state, struct emitter *emitter, struct transaction *transaction,
                          struct bytes password)
{
    if (password.len == 0)
        return;
    record_text(&transaction->record, FTP_USER_PASSWORD, password);
    if (!state->anonymous)
        emit_credential(emitter);
}

/* No command of FTP. Where a password is due, or something like PASS was typed, it may be one; so may the end of a line
 * of which the beginning was not seen. */
static void take_unknown(struct ftp_state *state, struct emitter *emitter, struct transaction *transaction,
                         struct bytes line, struct bytes word, struct bytes argument)
{
    struct record *record = &transaction->record;
    if (bytes_begin_nocase(word, "PASS") && word.len > 4 && argument.len == 0) { /* PASSsecret */
        struct bytes secret = bytes_skip(word, 4);
        record_secret(transaction, FTP_COMMAND, word, secret);
        keep_password(state, emitter, transaction, secret);
    } else if (ftp_is_like_pass(word)) {
        record_upper(record, word);
        if (argument.len > 0)
            record_secret(transaction, FTP_ARGUMENT, argument, argument);
        keep_password(state, emitter, transaction, argument);
    } else if (state->wants_password || (!state->client_spoke && !state->from_start)) {
        record_secret(transaction, FTP_COMMAND, line, line);
        record_observe(record, RECORD_LAST, "ftp.may_be_password", NULL, 0);
        if (!emit_broken_off(emitter))
            keep_password(state, emitter, transaction, line);
    } else {
        record_upper(record, word);
        if (argument.len > 0)
            record_text(record, FTP_ARGUMENT, argument);
        record_observe(record, FTP_COMMAND, "ftp.unknown_command", NULL, 0);
    }
}

/* Where in the argument the path stands. */
static void find_path(struct ftp_exchange *exchange, const struct ftp_verb *verb, struct bytes argument)
{
    struct bytes rest = argument, word;
    uint64_t number;
    exchange->names = (verb->flags & FTP_NAMES) != 0 || verb->kind == FTP_CDUP;
    if (ftp_is_listing(verb->kind) || verb->kind == FTP_STAT) {
        while (bytes_at(rest, 0) == '-' && text_word_next(&rest, &word))
            ;
        exchange->names = verb->kind != FTP_STAT || rest.len > 0;
    } else if (verb->kind == FTP_MFMT) {
        text_word_next(&rest, &word);
    } else if (verb->kind == FTP_MDTM && text_word_next(&rest, &word)) {
        /* MDTM 20261122140205 file: sets the time, says a draft that many clients follow. */
        if (rest.len == 0 || word.len < 14 || !text_number(bytes_first(word, 14), &number))
            rest = argument;
    }
    size_t at = argument.len - rest.len;
    exchange->path_at = (uint32_t)at;
    exchange->path_length = (uint32_t)rest.len;
}

static void take_user(struct ftp_state *state, struct record *record, struct bytes user)
{
    bool fits = user.len <= sizeof state->user;
    state->user_length = fits ? (uint16_t)bytes_copy(state->user, sizeof state->user, user) : 0;
    state->anonymous = bytes_is_nocase(user, "anonymous") || bytes_is_nocase(user, "ftp");
    state->wants_password = true; /* until the reply says otherwise */
    if (user.len > 0)
        record_text(record, FTP_USER_NAME, user);
}

/* Where the client listens. */
static void take_listener(struct ftp_state *state, struct emitter *emitter, struct record *record, enum ftp_kind kind,
                          struct bytes argument)
{
    struct endpoint named = {.port = 0};
    bool good = kind == FTP_PORT ? ftp_parse_port(argument, &named) : ftp_parse_extended_port(argument, &named);
    if (good)
        ftp_agree(state, emitter, record, FTP_DATA_ACTIVE, &named);
    else
        emit_anomaly(emitter, ANOMALY_FTP_BAD_ADDRESS, argument.len, 0);
}

static void take_known(struct ftp_state *state, struct emitter *emitter, struct transaction *transaction,
                       struct bytes argument)
{
    struct ftp_exchange *exchange = ftp_exchange_of(transaction);
    struct record *record = &transaction->record;
    switch ((enum ftp_kind)exchange->kind) {
    case FTP_USER:
        take_user(state, record, argument);
        break;
    case FTP_PASS:
    case FTP_ACCT:
        state->wants_password = false;
        keep_password(state, emitter, transaction, argument);
        break;
    case FTP_PORT:
    case FTP_EPRT:
        take_listener(state, emitter, record, exchange->kind, argument);
        break;
    case FTP_REST:
        if (!text_number(bytes_trim(argument), &state->rest))
            state->rest = 0;
        exchange->offset = state->rest;
        break;
    case FTP_TYPE:
    case FTP_MODE:
    case FTP_PROT:
        exchange->type = byte_upper(bytes_at(argument, 0));
        break;
    case FTP_ABOR:
        state->doubtful = true;
        break;
    case FTP_PASV:
    case FTP_EPSV:
        state->passives++;
        break;
    default:
        if (ftp_is_transfer(exchange->kind))
            ftp_order(state, emitter, transaction);
        break;
    }
}

static bool is_secret(enum ftp_kind kind, struct bytes argument)
{
    return kind == FTP_PASS || kind == FTP_ACCT || kind == FTP_SEALED ||
           (kind == FTP_SITE && ftp_is_secret_site(argument));
}

/* The argument as recorded: of SITE only what follows its first word is hidden. */
static void record_argument(struct transaction *transaction, enum ftp_kind kind, struct bytes argument)
{
    struct bytes hidden = argument, word;
    if (kind == FTP_SITE)
        text_word_next(&hidden, &word);
    if (argument.len == 0)
        return;
    if (is_secret(kind, argument))
        record_secret(transaction, FTP_ARGUMENT, argument, hidden);
    else
        record_text(&transaction->record, FTP_ARGUMENT, argument);
}

/* Of a line that broke off nothing is believed: not who logs in, nor where somebody listens. */
static void take_broken(struct ftp_state *state, struct emitter *emitter, struct transaction *transaction,
                        struct bytes argument)
{
    enum ftp_kind kind = (enum ftp_kind)ftp_exchange_of(transaction)->kind;
    if (kind == FTP_PASS || kind == FTP_ACCT)
        take_known(state, emitter, transaction, argument);
    if (kind != FTP_USER)
        return;
    state->user_length = 0;
    state->wants_password = true;
}

static void take_line(struct ftp_state *state, struct emitter *emitter, struct transaction *transaction,
                      struct bytes line, bool whole)
{
    struct ftp_exchange *exchange = ftp_exchange_of(transaction);
    struct record *record = &transaction->record;
    struct bytes argument = line, word;
    if (!text_word_next(&argument, &word)) {
        exchange->empty = true;
        return;
    }
    const struct ftp_verb *verb = ftp_verb_find(word);
    if (!verb) {
        take_unknown(state, emitter, transaction, line, word, argument);
    } else {
        exchange->kind = verb->kind;
        exchange->word = verb->name;
        exchange->type = state->type;
        record_word(record, FTP_COMMAND, verb->name);
        record_argument(transaction, verb->kind, argument);
        if (whole) {
            find_path(exchange, verb, argument);
            take_known(state, emitter, transaction, argument);
        } else {
            take_broken(state, emitter, transaction, argument);
        }
        if (whole && emit_wants_notes(emitter))
            ftp_explain_command(state, record, exchange, argument);
    }
    if (state->user_length > 0 && !record_has(record, FTP_USER_NAME))
        record_text(record, FTP_USER_NAME, bytes_of(state->user, state->user_length));
}

/* Replies that were lost: whoever asks again has got his answers. And a server that is not heard answers nobody. */
static void settle_before(struct ftp_state *state, struct emitter *emitter)
{
    struct transaction *oldest;
    size_t most = state->settle ? 0 : state->server_spoke ? LIMIT_TRANSACTIONS : ONE_SIDED_OPEN;
    while (state->open > most && (oldest = transaction_oldest(emitter)) != NULL)
        ftp_settle(state, emitter, oldest);
    state->settle = false;
}

void ftp_take_command(struct ftp_state *state, struct emitter *emitter, const struct message *message)
{
    bool telnet;
    settle_before(state, emitter);
    struct transaction *transaction = transaction_open(emitter, 0, message);
    if (!transaction)
        return;
    state->open++;
    transaction->record.outcome = OUTCOME_UNKNOWN;
    ftp_exchange_of(transaction)->commanded = true;
    struct bytes line = without_telnet(emitter, text_line(message->bytes, NULL), &telnet);
    if (message->kind == MESSAGE_WHOLE && !telnet)
        text_tell_hidden_line(emitter, line);
    take_line(state, emitter, transaction, line, message->kind == MESSAGE_WHOLE);
    state->client_spoke = true;
    if (telnet)
        record_observe(&transaction->record, FTP_COMMAND, "ftp.telnet", NULL, 0);
}
