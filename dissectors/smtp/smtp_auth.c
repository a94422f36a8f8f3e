/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Logins (RFC 4954), and what has to be hidden. An exchange is one record: AUTH, the challenges (334) and responses in
 * between, the final reply.
 *
 * While a login is under way every line of the client is a response, and a secret, unless no challenge waits for one
 * and the line is clearly a command. A line that nobody understands right after a login, or that looks like a
 * misspelled AUTH, is hidden too: rather too much than a password.
 */
#include "smtp.h"

enum { MECHANISM_BYTES = 32, CHALLENGE_BYTES = 1024, BASE64_LEAST = 8 };

/* A word that names a mechanism, and is no password by mistake. */
static bool is_mechanism(const struct sasl *sasl, struct bytes word)
{
    if (sasl->mechanism != SASL_OTHER)
        return true;
    for (size_t i = 0; i < word.len; i++) {
        uint8_t c = bytes_at(word, i);
        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-' && c != '_')
            return false;
    }
    return word.len > 0 && word.len <= 20; /* RFC 4422 section 3.1 */
}

static void record_mechanism(struct record *record, struct bytes word)
{
    uint8_t capital[MECHANISM_BYTES];
    size_t length = bytes_copy(capital, sizeof capital, word);
    for (size_t i = 0; i < length; i++)
        capital[i] = byte_upper(capital[i]);
    record_text(record, SMTP_AUTH_MECHANISM, bytes_of(capital, length));
}

static void take_response(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction,
                          struct bytes line)
{
    struct record *record = &transaction->record;
    struct sasl_said said = {0};
    record_text(record, SMTP_AUTH_RESPONSES, line);
    sasl_response(&state->sasl, line, &said);
    if (emit_broken_off(emitter))
        said.user.len = said.acts_for.len = 0;
    if (said.cancelled)
        record_observe(record, RECORD_LAST, "smtp.auth_cancelled", NULL, 0);
    if (said.guessable)
        record_observe(record, RECORD_LAST, "smtp.password_guessable", NULL, 0);
    if (said.user.len > 0)
        record_text(record, SMTP_USER_NAME, said.user);
    if (said.acts_for.len > 0)
        record_text(record, SMTP_AUTH_ACTS_FOR, said.acts_for);
    if (!said.credential)
        return;
    if (said.secret.len > 0) {
        record_text(record, SMTP_USER_PASSWORD, said.secret);
        record_observe(record, RECORD_LAST, "smtp.password_clear", NULL, 0);
    }
    if (!state->counted)
        emit_credential(emitter);
    state->counted = true;
}

void smtp_auth_begin(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction,
                     struct bytes argument)
{
    struct bytes rest = argument, word = {NULL, 0};
    bool named = text_word_next(&rest, &word);
    sasl_begin(&state->sasl, word);
    state->auth = transaction;
    state->challenged = state->counted = false;
    if (!named)
        return;
    if (!is_mechanism(&state->sasl, word)) {
        record_text_secret(&transaction->record, SMTP_ARGUMENT, argument, 0, argument.len);
        return;
    }
    struct bytes initial = bytes_trim(rest);
    size_t at = argument.len - initial.len;
    record_text_secret(&transaction->record, SMTP_ARGUMENT, argument, at, initial.len);
    record_mechanism(&transaction->record, word);
    if (initial.len > 0)
        take_response(state, emitter, transaction, initial);
}

bool smtp_auth_wants(const struct smtp_state *state, struct bytes line)
{
    if (!state->auth || state->challenged)
        return state->auth != NULL;
    return bytes_trim(line).len > 0 && !smtp_is_command(line, SMTP_TRUST_WORD);
}

void smtp_auth_line(struct smtp_state *state, struct emitter *emitter, struct bytes line, const struct message *message)
{
    transaction_touch(state->auth, message);
    smtp_exchange_of(state->auth)->sent_ns = message->last.time_ns;
    state->challenged = false;
    take_response(state, emitter, state->auth, bytes_trim(line));
}

void smtp_auth_challenge(struct smtp_state *state, struct transaction *transaction, struct bytes text)
{
    uint8_t readable[CHALLENGE_BYTES];
    struct bytes line = bytes_trim(text);
    size_t length = sasl_challenge(line, readable, sizeof readable);
    if (length > 0)
        record_text(&transaction->record, SMTP_AUTH_CHALLENGES, bytes_of(readable, length));
    else if (line.len > 0)
        record_text(&transaction->record, SMTP_AUTH_CHALLENGES, line);
    if (state->auth != transaction) {
        sasl_begin(&state->sasl, (struct bytes){NULL, 0});
        state->auth = transaction;
        state->counted = false;
    }
    state->challenged = true;
}

void smtp_auth_end(struct smtp_state *state)
{
    state->sasl = (struct sasl){0};
    state->auth = NULL;
    state->challenged = false;
    state->suspicious = true;
}

/* --- lines that no command begins --- */

/* Commands of others, and of few, which notes.json explains. */
static const char *const strangers[] = {
    "GET",  "POST", "HEAD",         "OPTIONS",        "CONNECT", "USER", "PASS",
    "EXIT", "BYE",  "X-LINK2STATE", "X-ANONYMOUSTLS", "XADR",    "XSTA", NULL,
};

/* The same word but for one letter too many, too few, wrong, or two that changed places. */
static bool is_nearly(struct bytes word, const char *name)
{
    struct bytes other = bytes_text(name);
    size_t same = 0;
    while (same < word.len && same < other.len && byte_upper(bytes_at(word, same)) == byte_upper(bytes_at(other, same)))
        same++;
    struct bytes a = bytes_skip(word, same), b = bytes_skip(other, same);
    if (bytes_equal_nocase(a, bytes_skip(b, 1)) || bytes_equal_nocase(bytes_skip(a, 1), b) ||
        bytes_equal_nocase(bytes_skip(a, 1), bytes_skip(b, 1)))
        return true;
    return a.len >= 2 && b.len >= 2 && byte_upper(bytes_at(a, 0)) == byte_upper(bytes_at(b, 1)) &&
           byte_upper(bytes_at(a, 1)) == byte_upper(bytes_at(b, 0)) &&
           bytes_equal_nocase(bytes_skip(a, 2), bytes_skip(b, 2));
}

static bool announces_secret(struct bytes word)
{
    return is_nearly(word, "AUTH") || is_nearly(word, "PASS") || is_nearly(word, "LOGIN") ||
           smtp_mentions(word, "auth") || smtp_mentions(word, "pass");
}

static bool is_base64(struct bytes word)
{
    unsigned lower = 0, upper = 0, other = 0;
    for (size_t i = 0; i < word.len; i++) {
        uint8_t c = bytes_at(word, i);
        if (c >= 'a' && c <= 'z')
            lower++;
        else if (c >= 'A' && c <= 'Z')
            upper++;
        else if ((c >= '0' && c <= '9') || c == '+' || c == '/' || (c == '=' && i + 2 >= word.len))
            other++;
        else
            return false;
    }
    return word.len >= BASE64_LEAST && word.len % 4 == 0 && (lower > 0) + (upper > 0) + (other > 0) > 1;
}

static bool names_mechanism(struct bytes word)
{
    struct sasl sasl = {0};
    sasl_begin(&sasl, word);
    return sasl.mechanism != SASL_OTHER;
}

void smtp_record_unknown(const struct smtp_state *state, struct record *record, struct bytes line)
{
    uint8_t capital[SMTP_VERB_BYTES];
    struct bytes rest = line, word, first;
    if (!text_word_next(&rest, &word))
        return;
    struct bytes argument = bytes_trim(rest), after = argument;
    if (state->suspicious || (argument.len == 0 && is_base64(word))) {
        record_text_secret(record, SMTP_COMMAND, line, 0, line.len);
        record_observe(record, RECORD_LAST, "smtp.hidden_line", NULL, 0);
        return;
    }
    for (size_t i = 0; i < word.len && i < sizeof capital; i++)
        capital[i] = byte_upper(bytes_at(word, i));
    record_text(record, SMTP_COMMAND, word.len <= sizeof capital ? bytes_of(capital, word.len) : word);
    if (text_find_word(strangers, word) < 0)
        record_observe(record, RECORD_LAST, "smtp.unknown_command", NULL, 0);
    if (argument.len == 0)
        return;
    (void)text_word_next(&after, &first);
    bool mechanism = names_mechanism(first);
    struct bytes hidden = mechanism ? bytes_trim(after) : argument;
    bool hides = mechanism || announces_secret(word) || is_base64(first);
    record_text_secret(record, SMTP_ARGUMENT, argument, argument.len - hidden.len, hides ? hidden.len : 0);
}
