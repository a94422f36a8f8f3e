/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the server says: a status, a challenge, a list or a mail, and to which command that belongs.
 */
#include "pop3.h"

static struct transaction *current(const struct pop3_state *state, struct emitter *emitter)
{
    return state->current ? transaction_find(emitter, state->current) : NULL;
}

static void add_bytes(struct transaction *transaction, const struct message *message)
{
    int64_t bytes = 0;
    (void)record_find_integer(&transaction->record, POP3_BYTES, &bytes);
    record_set_integer(&transaction->record, POP3_BYTES, bytes + (int64_t)message->length);
}

/* The text is over: the command's record is written, then the mail's. */
static void end_text(struct pop3_state *state, struct emitter *emitter, const struct message *message, bool incomplete)
{
    struct transaction *transaction = current(state, emitter);
    if (state->dot.ambiguous)
        emit_anomaly(emitter, ANOMALY_POP3_AMBIGUOUS_END, 0, 0);
    if (transaction) {
        if (incomplete)
            transaction->record.incomplete = true;
        transaction_close(emitter, transaction);
    }
    if (state->mail) {
        if (message)
            mail_end(emitter, state->mail, message, incomplete);
        mail_close(emitter, state->mail, OUTCOME_SUCCESS);
    }
    state->mail = NULL;
    state->current = 0;
    state->text_lost = state->text_overtaken = state->text_broken = state->text_line = state->mail_begun = false;
    state->phase = POP3_PHASE_REPLY;
}

void pop3_forget_doubtful(struct pop3_state *state, struct emitter *emitter)
{
    for (; state->oldest < state->doubtful && pop3_is_waiting(state); state->oldest++) {
        struct transaction *transaction = transaction_find(emitter, state->oldest);
        if (!transaction)
            continue;
        transaction->record.incomplete = true;
        transaction_close(emitter, transaction);
    }
}

void pop3_settle(struct pop3_state *state, struct emitter *emitter)
{
    if (state->text_broken) {
        end_text(state, emitter, NULL, true);
        pop3_forget_doubtful(state, emitter);
    } else if (state->phase == POP3_PHASE_REPLY && state->current) { /* no text followed after all */
        struct transaction *transaction = current(state, emitter);
        if (transaction)
            transaction_close(emitter, transaction);
        state->current = 0;
    }
}

bool pop3_is_greeting(struct bytes text)
{
    static const char *const signs[] = {"pop", "ready", "welcome", "server"};
    size_t angle = bytes_find(text, '<', 0);
    if (bytes_find(text, '@', angle) < bytes_find(text, '>', angle))
        return true;
    for (size_t i = 0; i < text.len; i++)
        for (size_t sign = 0; sign < sizeof signs / sizeof *signs; sign++)
            if (bytes_begin_nocase(bytes_skip(text, i), signs[sign]))
                return true;
    return false;
}

/* `[IN-USE] text`: the code goes into a field of its own, the text stays without it. */
static struct bytes take_code(struct record *record, struct bytes text)
{
    enum { CODE_BYTES = 40 };
    size_t end = bytes_find(bytes_first(text, CODE_BYTES), ']', 0);
    if (bytes_at(text, 0) != '[' || bytes_at(text, end) != ']' || end < 2)
        return text;
    record_text(record, POP3_CODE, bytes_slice(text, 1, end - 1));
    return bytes_at(text, end + 1) == ' ' ? bytes_skip(text, end + 2) : bytes_skip(text, end + 1);
}

/* STAT: `+OK messages bytes` */
static void take_stat(struct record *record, struct bytes text)
{
    struct bytes word;
    uint64_t number;
    if (!text_word_next(&text, &word) || !text_number(word, &number))
        return;
    record_integer(record, POP3_MESSAGES, (int64_t)number);
    if (text_word_next(&text, &word) && text_number(word, &number))
        record_integer(record, POP3_MAILBOX_BYTES, (int64_t)number);
}

/* From a copy, as the record moves while it grows. */
static void take_capabilities(struct emitter *emitter, struct record *record)
{
    struct bytes found = record_find_text(record, POP3_TEXT);
    uint8_t *text = emit_scratch(emitter, LIMIT_TEXT_BYTES);
    if (!text)
        return;
    struct bytes rest = bytes_of(text, bytes_copy(text, LIMIT_TEXT_BYTES, found)), line, name;
    (void)text_line_next(&rest, &line); /* what stood behind the status */
    while (text_line_next(&rest, &line)) {
        if (!text_word_next(&line, &name))
            continue;
        record_group_begin(record, POP3_CAPABILITIES);
        record_text(record, POP3_CAPABILITY_NAME, name);
        if (line.len > 0)
            record_text(record, POP3_CAPABILITY_PARAMETERS, line);
        record_group_end(record);
    }
}

static void take_success(struct pop3_state *state, struct record *record, enum pop3_command command, struct bytes text)
{
    switch (command) {
    case POP3_PASS:
    case POP3_APOP:
    case POP3_RPOP:
        state->logged_in = true;
        break;
    case POP3_AUTH:
        state->logged_in = record_has(record, POP3_MECHANISM);
        break;
    case POP3_STAT:
        take_stat(record, text);
        break;
    default:
        break;
    }
    if (state->logged_in && state->user_length > 0 && !record_has(record, POP3_USER))
        record_text(record, POP3_USER, bytes_of(state->user, state->user_length));
}

/* The transaction that this status belongs to: that of the oldest command, or a new one. *ret_asked: what was asked. */
static struct transaction *answered(struct pop3_state *state, struct emitter *emitter, const struct message *message,
                                    struct bytes text, struct pop3_asked *ret_asked)
{
    bool midstream = emit_conversation(emitter)->midstream;
    bool greeting = !state->greeted && !midstream && (!pop3_is_waiting(state) || pop3_is_greeting(text));
    if (pop3_is_waiting(state) && !greeting) {
        *ret_asked = *pop3_asked_at(state, state->oldest);
        state->current = state->oldest++;
        struct transaction *transaction = transaction_find(emitter, state->current);
        return transaction ? transaction : transaction_open(emitter, state->current, message);
    }
    *ret_asked = (struct pop3_asked){POP3_NO_COMMAND, greeting ? POP3_ANSWER_LINE : POP3_ANSWER_UNKNOWN};
    state->current = UINT64_MAX;
    if (!greeting && !midstream && !state->holes && state->next > 0)
        emit_anomaly(emitter, ANOMALY_POP3_UNASKED, 0, 0);
    return transaction_open(emitter, UINT64_MAX, message);
}

static bool is_ntlm_begin(struct pop3_state *state)
{
    return state->sasl.active && state->sasl.mechanism == SASL_NTLM && state->sasl.responses == 0 &&
           pop3_is_waiting(state) && state->oldest == state->exchange;
}

/* `+ …`: the server wants a line. Where no AUTH was seen, an exchange is under way all the same. */
static void take_challenge(struct pop3_state *state, struct emitter *emitter, const struct message *message,
                           struct bytes text)
{
    if (!pop3_is_waiting(state)) {
        if (state->next == 0)
            state->next = state->oldest = 1;
        *pop3_asked_at(state, state->next) = (struct pop3_asked){POP3_AUTH, POP3_ANSWER_LINE};
        struct transaction *transaction = transaction_open(emitter, state->next++, message);
        if (transaction) {
            transaction->record.outcome = OUTCOME_UNKNOWN;
            transaction->record.incomplete = true;
        }
    }
    struct pop3_asked *asked = pop3_asked_at(state, state->oldest);
    if (!state->sasl.active || state->exchange != state->oldest) {
        sasl_begin(&state->sasl, (struct bytes){0});
        state->exchange = state->oldest;
        state->steps = 0;
    }
    *asked = (struct pop3_asked){POP3_AUTH, POP3_ANSWER_LINE};
    state->challenged = true;
    struct transaction *transaction = transaction_find(emitter, state->oldest);
    if (!transaction)
        return;
    transaction_touch(transaction, message);
    add_bytes(transaction, message);
    if (state->steps >= POP3_STEPS || text.len == 0)
        return;
    uint8_t *words = emit_scratch(emitter, LIMIT_TEXT_BYTES);
    size_t length = words ? sasl_challenge(text, words, LIMIT_TEXT_BYTES) : 0;
    record_text(&transaction->record, POP3_CHALLENGES, length > 0 ? bytes_of(words, length) : text);
}

/* What comes after the line of a positive answer. */
static void expect_text(struct pop3_state *state, enum pop3_answer answer, bool bare)
{
    state->dot = (struct dot){.accepts_bare = bare};
    state->text = (uint8_t)answer;
    state->text_lost = state->text_overtaken = state->text_line = false;
    bool verified = answer != POP3_ANSWER_UNKNOWN && !state->holes;
    if (!verified)
        state->phase = POP3_PHASE_CHECK;
    else if (answer != POP3_ANSWER_LINE)
        state->phase = POP3_PHASE_TEXT;
}

static enum verdict finish_reply(struct pop3_state *state, struct emitter *emitter, struct transaction *transaction,
                                 bool good)
{
    enum pop3_command command = (enum pop3_command)state->command;
    if (command == POP3_AUTH)
        state->sasl.active = state->challenged = false;
    if (state->phase != POP3_PHASE_REPLY)
        return VERDICT_OK;
    if (transaction)
        transaction_close(emitter, transaction);
    state->current = 0;
    if (command != POP3_STLS || !good)
        return VERDICT_OK;
    if (pop3_is_waiting(state))
        emit_anomaly(emitter, ANOMALY_POP3_COMMANDS_AFTER_STLS, state->next - state->oldest, 0);
    emit_hand_over(emitter, "tls");
    return VERDICT_HAND_OVER;
}

static void fill_reply(struct pop3_state *state, struct emitter *emitter, struct transaction *transaction,
                       const struct message *message, struct bytes text, bool good)
{
    enum pop3_command command = (enum pop3_command)state->command;
    struct record *record = &transaction->record;
    transaction_touch(transaction, message);
    record->outcome = good ? OUTCOME_SUCCESS : OUTCOME_FAILURE;
    record_word(record, POP3_STATUS, good ? "+OK" : "-ERR");
    text = take_code(record, text);
    if (text.len > 0)
        record_append(record, POP3_TEXT, text, LIMIT_TEXT_BYTES);
    add_bytes(transaction, message);
    if (good)
        take_success(state, record, command, text);
    pop3_explain_reply(state, emitter, record, command, text);
}

enum verdict pop3_take_reply(struct pop3_state *state, struct emitter *emitter, const struct message *message)
{
    bool bare = false;
    struct bytes line = text_line(message->bytes, &bare);
    enum pop3_status status = pop3_status_of(message->bytes, false);
    bool good = status == POP3_STATUS_OK;
    struct bytes text = bytes_skip(line, status == POP3_STATUS_CHALLENGE ? 1 : good ? 3 : 4);
    if (bytes_at(text, 0) == ' ')
        text = bytes_skip(text, 1);
    if (bare && !state->bare_lf)
        emit_anomaly(emitter, ANOMALY_POP3_BARE_LF, 0, 0);
    state->bare_lf |= bare;
    state->sides[SIDE_SERVER].lost = false;
    if (status == POP3_STATUS_CHALLENGE || (good && is_ntlm_begin(state))) {
        take_challenge(state, emitter, message, text);
        return VERDICT_OK;
    }
    struct pop3_asked asked;
    struct transaction *transaction = answered(state, emitter, message, text, &asked);
    bool greeting = !state->greeted;
    state->greeted = true;
    state->command = asked.command;
    if (transaction)
        fill_reply(state, emitter, transaction, message, text, good);
    if (good && !(greeting && asked.answer == POP3_ANSWER_LINE))
        expect_text(state, (enum pop3_answer)asked.answer, bare);
    return finish_reply(state, emitter, transaction, good);
}

/* Lines of a list, joined to what stood behind the status. */
static void add_list(struct pop3_state *state, struct record *record, struct bytes piece)
{
    while (piece.len > 0) {
        size_t end = bytes_find(piece, '\n', 0);
        struct bytes line = bytes_first(piece, end < piece.len ? end + 1 : end);
        if (!state->text_line)
            record_append(record, POP3_TEXT, bytes_text("\n"), LIMIT_TEXT_BYTES);
        const bool is_part = end == piece.len; /* what it ends with is text yet */
        record_append(record, POP3_TEXT, is_part ? line : text_line(line, NULL), LIMIT_TEXT_BYTES);
        state->text_line = is_part;
        piece = bytes_skip(piece, line.len);
    }
}

void pop3_take_text(struct pop3_state *state, struct emitter *emitter, const struct message *message)
{
    struct bytes piece = dot_unstuff(&state->dot, message->bytes);
    struct transaction *transaction = current(state, emitter);
    if (transaction) {
        transaction_touch(transaction, message);
        add_bytes(transaction, message);
    }
    if (state->text == POP3_ANSWER_LIST) {
        if (transaction && !state->text_lost) /* what follows lost bytes does not continue what came before them */
            add_list(state, &transaction->record, piece);
        return;
    }
    if (!state->mail_begun) {
        state->mail_begun = true;
        struct mail_start start = {
            .direction = FILE_DOWNLOAD,
            .partial = state->text == POP3_ANSWER_PART,
            .doubtful = state->holes &&
                        (state->command == POP3_NO_COMMAND || (transaction && transaction->record.incomplete)),
        };
        state->mail = mail_begin(emitter, &start, message);
        if (state->text_lost) /* its beginning is lost */
            mail_gap(emitter, state->mail, 1);
    }
    mail_piece(emitter, state->mail, piece, message);
}

void pop3_take_text_end(struct pop3_state *state, struct emitter *emitter, const struct message *message)
{
    struct transaction *transaction = current(state, emitter);
    if (transaction) {
        transaction_touch(transaction, message);
        add_bytes(transaction, message);
        if (state->command == POP3_CAPA)
            take_capabilities(emitter, &transaction->record);
    }
    end_text(state, emitter, message, state->text_lost);
    state->sides[SIDE_SERVER].lost = false; /* nothing but the end of a text is such a line */
}
