/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Passwords: LOGIN in all its forms, AUTHENTICATE, and lines that may hold one by mistake. When in doubt more is
 * hidden, not less.
 */
#include "imap.h"

enum {
    MECHANISM_BYTES = 20, /* RFC 4422 section 3.1 */
    SIMILAR_BYTES = 16,   /* longest word that is compared with LOGIN and its like */
};

/* --- words like LOGIN --- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters have to be changed, left out or put in. Both words are short. */
static size_t distance(struct bytes a, struct bytes b)
{
    uint8_t row[SIMILAR_BYTES + 1];
    for (size_t j = 0; j <= b.len; j++)
        row[j] = (uint8_t)j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = (uint8_t)i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t changed = diagonal + (byte_lower(bytes_at(a, i - 1)) != byte_lower(bytes_at(b, j - 1)));
            diagonal = row[j];
            row[j] = (uint8_t)least(changed, least(row[j] + 1u, row[j - 1] + 1u));
        }
    }
    return row[b.len];
}

static bool is_like_login(struct bytes word)
{
    static const char *const words[] = {"LOGIN", "AUTHENTICATE", "AUTH", "PASS", "PASSWORD"};
    if (word.len > SIMILAR_BYTES)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (distance(word, bytes_text(words[i])) <= strlen(words[i]) / 3)
            return true;
    return false;
}

bool imap_may_hold_secret(const struct imap_state *state, struct bytes tag, struct bytes command)
{
    return !state->authenticated || is_like_login(tag) || is_like_login(command);
}

/* --- LOGIN --- */

static void say_password(struct emitter *emitter, struct record *record, struct bytes password)
{
    record_text(record, IMAP_PASSWORD, password);
    record_observe(record, RECORD_LAST, "imap.password_in_clear", NULL, 0);
    emit_credential(emitter);
}

/* Everything behind the user is the password, however it is written. */
void imap_login(struct emitter *emitter, struct record *record, struct bytes argument)
{
    struct bytes rest = argument;
    struct imap_token user, password;
    if (!imap_token_next(&rest, &user)) {
        record_text(record, IMAP_ARGUMENT, argument);
        return;
    }
    bool odd = user.broken || user.kind == IMAP_TOKEN_OPEN || user.kind == IMAP_TOKEN_CLOSE;
    size_t secret = odd ? 0 : bytes_offset(argument, rest);
    record_text_secret(record, IMAP_ARGUMENT, argument, secret, argument.len - secret);
    uint8_t *text = odd ? NULL : emit_scratch(emitter, IMAP_TEXT_BYTES);
    if (!text)
        return;
    record_text(record, IMAP_USER, bytes_of(text, imap_token_text(&user, text, IMAP_TEXT_BYTES)));
    struct bytes all = rest;
    if (!imap_token_next(&rest, &password))
        return;
    bool odd_password = password.broken && password.kind != IMAP_TOKEN_LITERAL;
    if (rest.len > 0 || password.kind == IMAP_TOKEN_OPEN || password.kind == IMAP_TOKEN_CLOSE || odd_password)
        say_password(emitter, record, all);
    else
        say_password(emitter, record, bytes_of(text, imap_token_text(&password, text, IMAP_TEXT_BYTES)));
}

/* --- AUTHENTICATE --- */

static void take_response(struct imap_state *state, struct emitter *emitter, struct record *record, struct bytes line)
{
    struct sasl_said said = {0};
    sasl_response(&state->sasl, line, &said);
    if (emit_broken_off(emitter))
        said.user.len = said.acts_for.len = 0;
    if (said.cancelled) {
        record_text(record, IMAP_AUTH_RESPONSES, line);
        return;
    }
    record_text(record, IMAP_AUTH_RESPONSES, line);
    if (said.user.len > 0)
        record_text(record, IMAP_USER, said.user);
    if (said.guessable)
        record_observe(record, IMAP_AUTH_MECHANISM, "imap.guessable", NULL, 0);
    if (said.credential && said.secret.len > 0)
        say_password(emitter, record, said.secret);
    else if (said.credential)
        emit_credential(emitter);
}

/* The name of a mechanism; else it may be a response that came without one. */
static bool is_mechanism(struct bytes word)
{
    for (size_t i = 0; i < word.len; i++) {
        uint8_t c = byte_upper(bytes_at(word, i));
        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-' && c != '_')
            return false;
    }
    return word.len > 0 && word.len <= MECHANISM_BYTES;
}

void imap_authenticate(struct imap_state *state, struct emitter *emitter, struct transaction *transaction,
                       struct bytes argument)
{
    struct record *record = &transaction->record;
    uint8_t upper[MECHANISM_BYTES];
    struct bytes rest = argument, name;
    if (!text_word_next(&rest, &name))
        return;
    struct sasl sasl = {0};
    sasl_begin(&sasl, name);
    bool named = is_mechanism(name) && (sasl.mechanism != SASL_OTHER || name.len <= MECHANISM_BYTES / 2);
    size_t secret = named ? bytes_offset(argument, rest) : 0;
    record_text_secret(record, IMAP_ARGUMENT, argument, secret, argument.len - secret);
    if (named)
        record_text(record, IMAP_AUTH_MECHANISM, imap_upper(name, upper, sizeof upper));
    state->sasl = sasl;
    state->mode = IMAP_MODE_SASL;
    state->exchange = transaction;
    if (named && rest.len > 0)
        take_response(state, emitter, record, bytes_trim(rest));
}

void imap_sasl_line(struct imap_state *state, struct emitter *emitter, const struct message *message, struct bytes line)
{
    struct transaction *transaction = state->exchange;
    if (!transaction)
        return;
    transaction_touch(transaction, message);
    take_response(state, emitter, &transaction->record, line);
}

void imap_mode_end(struct imap_state *state)
{
    state->mode = IMAP_MODE_COMMAND;
    state->exchange = NULL;
    state->idle_asked = false;
    state->sasl = (struct sasl){0};
}
