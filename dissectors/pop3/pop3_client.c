/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the client says: a command, or a line of an exchange that logs in. Whatever could be a password is hidden: the
 * argument of PASS, the digest of APOP, all lines of an AUTH exchange, the arguments of commands that nobody knows,
 * and whole lines that come where a password is asked for.
 */
#include "pop3.h"

enum {
    WORD_BYTES = 12,     /* of an unknown command that is shown */
    MECHANISM_BYTES = 20 /* the longest name that a mechanism may have */
};

static struct transaction *ask(struct pop3_state *state, struct emitter *emitter, const struct message *message,
                               enum pop3_command command, enum pop3_answer answer)
{
    if (state->next == 0)
        state->next = state->oldest = 1;
    uint64_t number = state->next++;
    if (number - state->oldest >= POP3_ASKED)
        state->oldest = number - POP3_ASKED + 1;
    *pop3_asked_at(state, number) = (struct pop3_asked){(uint8_t)command, (uint8_t)answer};
    struct transaction *transaction = transaction_open(emitter, number, message);
    if (transaction)
        transaction->record.outcome = OUTCOME_UNKNOWN;
    return transaction;
}

static void remember_user(struct pop3_state *state, struct bytes name)
{
    state->user_length = (uint16_t)bytes_copy(state->user, sizeof state->user, name);
}

static struct bytes user_of(const struct pop3_state *state)
{
    return bytes_of(state->user, state->user_length);
}

static void begin_exchange(struct pop3_state *state, struct bytes mechanism, uint64_t number)
{
    sasl_begin(&state->sasl, mechanism);
    state->exchange = number;
    state->steps = 0;
    state->challenged = false;
}

void pop3_said(struct pop3_state *state, struct emitter *emitter, struct record *record, struct bytes line)
{
    struct sasl_said said;
    sasl_response(&state->sasl, line, &said);
    if (emit_broken_off(emitter))
        said.user.len = said.acts_for.len = 0;
    state->challenged = false;
    if (said.user.len > 0) {
        remember_user(state, said.user);
        if (record)
            record_text(record, POP3_USER, said.user);
    }
    if (said.credential)
        emit_credential(emitter);
    if (!record)
        return;
    if (said.acts_for.len > 0)
        record_text(record, POP3_ACTS_FOR, said.acts_for);
    if (said.secret.len > 0 && !said.guessable)
        record_text(record, POP3_PASSWORD, said.secret);
    if (said.credential)
        record_observe(record, POP3_MECHANISM, "pop3.password_in_clear", NULL, 0);
    else if (said.guessable)
        record_observe(record, POP3_MECHANISM, "pop3.guessable", NULL, 0);
    if (said.cancelled)
        record_observe(record, POP3_COMMAND, "pop3.cancelled", NULL, 0);
}

/* The argument: the secret begins at `secret` and goes on to the end; nothing is hidden where there is none. */
static void add_argument(struct record *record, struct bytes argument, size_t secret)
{
    if (argument.len > 0)
        record_text_secret(record, POP3_ARGUMENT, argument, secret < argument.len ? secret : argument.len,
                           secret < argument.len ? argument.len - secret : 0);
}

static bool is_name_byte(uint8_t c)
{
    uint8_t lower = byte_lower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static void take_auth(struct pop3_state *state, struct emitter *emitter, struct record *record, struct bytes argument,
                      uint64_t number)
{
    struct bytes rest = argument, mechanism = {0};
    if (!text_word_next(&rest, &mechanism))
        return;
    begin_exchange(state, mechanism, number);
    struct bytes initial = bytes_trim(rest);
    uint8_t name[MECHANISM_BYTES];
    size_t length = 0;
    while (length < mechanism.len && length < MECHANISM_BYTES && is_name_byte(bytes_at(mechanism, length))) {
        name[length] = byte_upper(bytes_at(mechanism, length));
        length++;
    }
    bool good = length == mechanism.len; /* else nobody knows what it is */
    if (record && good)
        record_text(record, POP3_MECHANISM, bytes_of(name, length));
    if (record)
        add_argument(record, argument, !good ? 0 : initial.len > 0 ? bytes_offset(argument, initial) : argument.len);
    if (initial.len > 0)
        pop3_said(state, emitter, record, initial);
}

static void take_apop(struct pop3_state *state, struct record *record, struct bytes argument)
{
    struct bytes rest = argument, name;
    if (!text_word_next(&rest, &name))
        return;
    remember_user(state, name);
    if (!record)
        return;
    record_text(record, POP3_USER, name);
    record_word(record, POP3_MECHANISM, "APOP");
    struct bytes digest = bytes_trim(rest);
    add_argument(record, argument, digest.len > 0 ? bytes_offset(argument, digest) : argument.len);
    if (digest.len > 0)
        record_observe(record, POP3_MECHANISM, "pop3.guessable", NULL, 0);
}

static void take_pass(struct pop3_state *state, struct emitter *emitter, struct record *record, struct bytes argument)
{
    if (argument.len > 0)
        emit_credential(emitter);
    if (!record)
        return;
    add_argument(record, argument, 0);
    if (state->user_length > 0)
        record_text(record, POP3_USER, user_of(state));
    if (argument.len == 0)
        return;
    record_text(record, POP3_PASSWORD, argument);
    record_observe(record, POP3_COMMAND, "pop3.password_in_clear", NULL, 0);
}

static enum pop3_answer answer_of(enum pop3_command command, struct bytes argument)
{
    bool alone = bytes_trim(argument).len == 0;
    switch (command) {
    case POP3_LIST:
    case POP3_UIDL:
    case POP3_AUTH:
    case POP3_LANG:
        return alone ? POP3_ANSWER_LIST : POP3_ANSWER_LINE;
    case POP3_CAPA:
        return POP3_ANSWER_LIST;
    case POP3_RETR:
        return POP3_ANSWER_MAIL;
    case POP3_TOP:
        return POP3_ANSWER_PART;
    case POP3_XTND:
    case POP3_HELP:
    case POP3_NO_COMMAND:
        return POP3_ANSWER_UNKNOWN;
    default:
        return POP3_ANSWER_LINE;
    }
}

static void take_command(struct pop3_state *state, struct emitter *emitter, const struct message *message,
                         enum pop3_command command, struct bytes argument)
{
    struct transaction *transaction = ask(state, emitter, message, command, answer_of(command, argument));
    struct record *record = transaction ? &transaction->record : NULL;
    if (record)
        record_word(record, POP3_COMMAND, pop3_commands[command]);
    state->asked_password = command == POP3_USER_COMMAND;
    switch (command) {
    case POP3_USER_COMMAND:
        remember_user(state, message->incomplete ? (struct bytes){NULL, 0} : bytes_trim(argument));
        if (record) {
            record_text(record, POP3_ARGUMENT, argument);
            record_text(record, POP3_USER, bytes_trim(argument));
        }
        return;
    case POP3_PASS:
        take_pass(state, emitter, record, argument);
        return;
    case POP3_APOP:
        take_apop(state, record, argument);
        return;
    case POP3_AUTH:
        take_auth(state, emitter, record, argument, state->next - 1);
        return;
    default:
        if (record && argument.len > 0)
            record_text(record, POP3_ARGUMENT, argument);
    }
}

static bool is_word(struct bytes verb)
{
    for (size_t i = 0; i < verb.len; i++)
        if (byte_lower(bytes_at(verb, i)) < 'a' || byte_lower(bytes_at(verb, i)) > 'z')
            return false;
    return verb.len > 0 && verb.len <= WORD_BYTES;
}

/* A command that nobody knows. What stands behind it is hidden: it may be PASS with a slip of the finger. Where a
 * password could have been typed, all of it is. */
static void take_unknown(struct pop3_state *state, struct emitter *emitter, const struct message *message,
                         struct bytes verb, struct bytes line)
{
    bool first = state->next == 0 && (!state->greeted || emit_conversation(emitter)->midstream);
    bool shown = is_word(verb) && !first && !state->holes && !state->asked_password && !state->sasl.active &&
                 !bytes_begin_nocase(verb, "PAS");
    struct transaction *transaction = ask(state, emitter, message, POP3_NO_COMMAND, POP3_ANSWER_UNKNOWN);
    state->asked_password = false;
    if (!transaction || line.len == 0)
        return;
    struct record *record = &transaction->record;
    if (!shown) {
        record_text(record, POP3_UNRECOGNISED, line);
        return;
    }
    uint8_t upper[WORD_BYTES];
    for (size_t i = 0; i < verb.len; i++)
        upper[i] = byte_upper(bytes_at(verb, i));
    record_text(record, POP3_COMMAND, bytes_of(upper, verb.len));
    add_argument(record, bytes_trim(bytes_skip(line, bytes_offset(line, verb) + verb.len)), 0);
}

/* So many lines the client sends in an exchange of that mechanism, whatever the server says. */
static unsigned responses_of(const struct sasl *sasl)
{
    static const uint8_t responses[] = {
        [SASL_OTHER] = 1,  [SASL_PLAIN] = 1,    [SASL_LOGIN] = 2,       [SASL_CRAM_MD5] = 1,
        [SASL_SCRAM] = 2,  [SASL_XOAUTH2] = 1,  [SASL_OAUTHBEARER] = 1, [SASL_NTLM] = 2,
        [SASL_GSSAPI] = 2, [SASL_EXTERNAL] = 1, [SASL_ANONYMOUS] = 1,   [SASL_DIGEST_MD5] = 1,
    };
    return responses[sasl->mechanism];
}

/* A line of the exchange? Without a challenge it may also be the next command, sent without waiting. */
static bool is_response(const struct pop3_state *state, enum pop3_command command)
{
    if (!state->sasl.active)
        return false;
    return state->challenged || state->sasl.responses < responses_of(&state->sasl) || command == POP3_NO_COMMAND;
}

static void take_response(struct pop3_state *state, struct emitter *emitter, const struct message *message,
                          struct bytes line)
{
    struct transaction *transaction = transaction_find(emitter, state->exchange);
    if (transaction) {
        transaction_touch(transaction, message);
        if (state->steps < POP3_STEPS) {
            record_text(&transaction->record, POP3_RESPONSES, line);
            state->steps++;
        }
    }
    pop3_said(state, emitter, transaction ? &transaction->record : NULL, line);
}

void pop3_take_line(struct pop3_state *state, struct emitter *emitter, const struct message *message)
{
    struct bytes verb, argument, line = text_line(message->bytes, NULL);
    enum pop3_command command = pop3_command_of(line, &verb, &argument);
    if (is_response(state, command)) {
        take_response(state, emitter, message, line);
        return;
    }
    state->sides[SIDE_CLIENT].lost = false;
    if (message->kind == MESSAGE_WHOLE && command != POP3_NO_COMMAND)
        text_tell_hidden_line(emitter, line);
    if (state->phase == POP3_PHASE_TEXT)
        state->text_overtaken = true;
    else
        pop3_forget_doubtful(state, emitter);
    if (command == POP3_NO_COMMAND)
        take_unknown(state, emitter, message, verb, line);
    else
        take_command(state, emitter, message, command, argument);
}
