/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lines. A server prints whole lines, and prompts that no line end follows; a client may send a keystroke at a time,
 * and then the server echoes each. A prompt is over when the client begins to type. A line of the client waits until
 * the server has moved to the next line: what it printed in between is the echo, or shows that there was none, as
 * behind `Password:`.
 */
#include "telnet.h"

/* What a prompt says when the answer is nobody's business, in the languages that boxes speak. */
static const char *const password_words[] = {"password", "passwort",          "passwd",   "passphrase", "passcode",
                                             "kennwort", "mot de passe",      "contrase", "wachtwoord", "senha",
                                             "parola",   "has\xc5\x82o",      "pin:",     "pin code",   "secret",
                                             "token",    "verification code", "one-time", "otp"};
static const char *const user_words[] = {"login:",   "username",   "user name", "user:",      "benutzer",
                                         "account:", "login name", "usuario",   "utilisateur"};

static bool contains_nocase(struct bytes text, const char *word)
{
    size_t length = strlen(word);
    for (size_t i = 0; i + length <= text.len; i++)
        if (bytes_begin_nocase(bytes_skip(text, i), word))
            return true;
    return false;
}

static bool contains_any(struct bytes text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (contains_nocase(text, words[i]))
            return true;
    return false;
}

static struct bytes text_of(const struct telnet_line *line)
{
    return bytes_of(line->text, line->length);
}

static void clear(struct telnet_line *line)
{
    line->length = 0;
    line->begun = false;
}

static struct transaction *open_record(const struct telnet_state *state, struct emitter *emitter,
                                       const struct telnet_line *line, enum side side)
{
    const struct message message = {.side = side, .first = line->first, .last = line->last};
    struct transaction *transaction = transaction_open(emitter, 0, &message);
    if (!transaction)
        return NULL;
    transaction->record.incomplete |= line->torn || state->sides[SIDE_CLIENT].torn || state->sides[SIDE_SERVER].torn;
    record_word(&transaction->record, TELNET_SIDE, side == SIDE_CLIENT ? "client" : "server");
    return transaction;
}

static void write_server_line(struct telnet_state *state, struct emitter *emitter, bool prompt)
{
    struct telnet_line *line = &state->sides[SIDE_SERVER].line;
    if (line->length > 0) {
        struct transaction *transaction = open_record(state, emitter, line, SIDE_SERVER);
        if (transaction) {
            record_text(&transaction->record, TELNET_TEXT, text_of(line));
            if (prompt)
                record_boolean(&transaction->record, TELNET_PROMPT, true);
            transaction_close(emitter, transaction);
        }
    }
    clear(line);
}

/* In doubt a line is a secret: the server asks for one, or it echoes what is typed and did not echo this, or it was
 * typed ahead of any question before somebody had logged in, or nobody knows what the server says. */
static bool is_secret(const struct telnet_state *state, bool echoed)
{
    if (state->asks_password || !state->sides[SIDE_SERVER].heard)
        return true;
    if (echoed || state->typed.length == 0)
        return false;
    return state->server_echoes || (!state->prompted && !state->password_seen);
}

static void write_typed_line(struct telnet_state *state, struct emitter *emitter, bool echoed)
{
    struct telnet_line *line = &state->typed;
    struct transaction *transaction = state->waits ? open_record(state, emitter, line, SIDE_CLIENT) : NULL;
    bool secret = is_secret(state, echoed);
    state->waits = false;
    if (transaction) {
        struct record *record = &transaction->record;
        record_text_secret(record, TELNET_TEXT, text_of(line), 0, secret ? line->length : 0);
        if (echoed)
            record_boolean(record, TELNET_ECHOED, true);
        if (state->asks_password && line->length > 0) {
            record_text(record, TELNET_USER_PASSWORD, text_of(line));
            record_observe(record, TELNET_TEXT, "telnet.password", NULL, 0);
            emit_credential(emitter);
        } else if (state->asks_user && !secret && line->length > 0) {
            record_text(record, TELNET_USER_NAME, text_of(line));
        }
        transaction_close(emitter, transaction);
    }
    state->password_seen = state->password_seen || state->asks_password;
    state->asks_password = state->asks_user = state->prompted = false;
    clear(line);
}

/* The client begins to type: what stands before the cursor is the prompt. */
static void take_prompt(struct telnet_state *state, struct emitter *emitter)
{
    struct bytes prompt = text_of(&state->sides[SIDE_SERVER].line);
    if (state->waits)
        write_typed_line(state, emitter, false);
    if (prompt.len == 0)
        return;
    state->prompted = true;
    state->asks_password = contains_any(prompt, password_words, sizeof password_words / sizeof *password_words);
    state->asks_user = !state->asks_password &&
                       contains_any(prompt, user_words, sizeof user_words / sizeof *user_words);
    write_server_line(state, emitter, true);
}

/* The server moved to the next line. */
static void end_server_line(struct telnet_state *state, struct emitter *emitter)
{
    struct telnet_line *line = &state->sides[SIDE_SERVER].line;
    if (state->waits) {
        bool echoed = bytes_equal(text_of(line), text_of(&state->typed));
        write_typed_line(state, emitter, echoed && state->server_echoes);
        if (echoed) {
            clear(line);
            return;
        }
    }
    write_server_line(state, emitter, false);
}

/* The prompt may have come only after the client had typed: it says what this was. */
static void end_client_line(struct telnet_state *state, struct emitter *emitter)
{
    struct telnet_line *line = &state->sides[SIDE_CLIENT].line;
    if (state->waits)
        write_typed_line(state, emitter, false);
    state->typed = *line;
    state->typed.torn = state->sides[SIDE_CLIENT].torn;
    state->waits = true;
    clear(line);
}

static void end_line(struct telnet_state *state, struct emitter *emitter, enum side side)
{
    if (side == SIDE_CLIENT)
        end_client_line(state, emitter);
    else
        end_server_line(state, emitter);
    state->sides[side].torn = false;
}

/* Control sequences of terminals: ESC [ … letter, ESC ] … BEL, ESC and one character, before which there may be some
 * from space to / (ECMA-35). True: this byte is part of one. */
static bool is_escape(struct telnet_side *own, uint8_t byte)
{
    switch (own->escape) {
    case TELNET_NO_ESCAPE:
        if (byte == 0x1b)
            own->escape = TELNET_ESCAPE;
        return byte == 0x1b;
    case TELNET_ESCAPE:
        if (byte < 0x20 || byte > 0x2f)
            own->escape = byte == '[' ? TELNET_ESCAPE_SEQUENCE : byte == ']' ? TELNET_ESCAPE_TEXT : TELNET_NO_ESCAPE;
        return true;
    case TELNET_ESCAPE_SEQUENCE:
        if (byte >= 0x40 && byte <= 0x7e)
            own->escape = TELNET_NO_ESCAPE;
        return byte >= 0x20;
    case TELNET_ESCAPE_TEXT:
        if (byte == 0x07 || byte == '\\')
            own->escape = TELNET_NO_ESCAPE;
        return byte >= 0x20 || byte == 0x07 || byte == 0x1b;
    }
    return false;
}

static void add_byte(struct telnet_state *state, struct emitter *emitter, const struct message *message, uint8_t byte)
{
    struct telnet_line *line = &state->sides[message->side].line;
    if (!line->begun && message->side == SIDE_CLIENT)
        take_prompt(state, emitter);
    if (!line->begun)
        line->first = message->first;
    line->begun = true;
    line->last = message->last;
    if (byte == '\b' || byte == 0x7f) {
        if (line->length > 0)
            line->length--;
        return;
    }
    if (line->length == TELNET_LINE_BYTES) {
        end_line(state, emitter, message->side);
        line->begun = true;
        line->first = message->first;
        line->last = message->last;
    }
    line->length += (uint16_t)bytes_copy(&line->text[line->length], 1, bytes_of(&byte, 1));
}

static void take_byte(struct telnet_state *state, struct emitter *emitter, const struct message *message, uint8_t byte)
{
    struct telnet_side *own = &state->sides[message->side];
    bool after_return = own->after_return;
    own->after_return = byte == '\r';
    if (is_escape(own, byte))
        return;
    own->escape = TELNET_NO_ESCAPE;
    /* A client's Enter is CR LF, CR NUL, CR or LF; a server's line ends with LF. */
    bool ends = message->side == SIDE_CLIENT ? byte == '\r' || (byte == '\n' && !after_return) : byte == '\n';
    if (ends) {
        if (!own->line.begun && message->side == SIDE_CLIENT)
            take_prompt(state, emitter);
        if (!own->line.begun)
            own->line.first = message->first;
        own->line.last = message->last;
        end_line(state, emitter, message->side);
    } else if (byte != '\n' && byte != '\r' && byte != 0 && byte != 0x07) {
        add_byte(state, emitter, message, byte);
    }
}

void telnet_take_text(struct telnet_state *state, struct emitter *emitter, const struct message *message)
{
    for (size_t i = 0; i < message->bytes.len; i++)
        take_byte(state, emitter, message, bytes_at(message->bytes, i));
}

void telnet_flush(struct telnet_state *state, struct emitter *emitter)
{
    struct telnet_line *typing = &state->sides[SIDE_CLIENT].line;
    if (state->waits)
        end_server_line(state, emitter);
    if (typing->length > 0) {
        end_client_line(state, emitter);
        end_server_line(state, emitter);
    }
    clear(typing);
    write_server_line(state, emitter, false);
    for (int side = 0; side < 2; side++) {
        state->sides[side].escape = TELNET_NO_ESCAPE;
        state->sides[side].after_return = false;
    }
}
