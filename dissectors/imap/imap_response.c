/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the server sends: untagged responses, which go to the command that caused them or stand alone; tagged ones,
 * which end a command; and requests to go on.
 */
#include "imap.h"

enum { SECOND_NS = 1000000000 };

/* --- status responses --- */

/* Where the bracket that begins the text is closed; text.len: it is not. Quotes protect brackets. */
static size_t bracket_end(struct bytes text)
{
    bool quoted = false;
    for (size_t i = 1; i < text.len; i++) {
        if (quoted && bytes_at(text, i) == '\\')
            i++;
        else if (bytes_at(text, i) == '"')
            quoted = !quoted;
        else if (!quoted && bytes_at(text, i) == ']')
            return i;
    }
    return text.len;
}

void imap_status_parse(struct bytes text, struct imap_status *ret_status)
{
    struct imap_status status = {0};
    text = bytes_trim(text);
    if (bytes_at(text, 0) == '[') {
        size_t end = bracket_end(text);
        struct bytes inside = bytes_slice(text, 1, end - 1);
        if (text_word_next(&inside, &status.code))
            status.data = bytes_trim(inside);
        text = bytes_trim(bytes_skip(text, end + 1));
    }
    status.text = text;
    *ret_status = status;
}

static void add_status(struct record *record, enum imap_kind kind, struct bytes text)
{
    uint8_t code[IMAP_WORD_BYTES];
    struct imap_status status;
    imap_status_parse(text, &status);
    record_word(record, IMAP_STATUS, imap_kind_row(kind)->name);
    if (status.code.len > 0)
        record_text(record, IMAP_CODE, imap_upper(status.code, code, sizeof code));
    if (status.data.len > 0)
        record_text(record, IMAP_CODE_DATA, status.data);
    if (status.text.len > 0)
        record_text(record, IMAP_TEXT, status.text);
    imap_code_fields(record, &status);
    record->outcome = kind == IMAP_KIND_OK || kind == IMAP_KIND_PREAUTH ? OUTCOME_SUCCESS : OUTCOME_FAILURE;
}

/* --- tagged responses --- */

void imap_forget(struct imap_state *state, const struct transaction *transaction)
{
    for (int side = 0; side < 2; side++)
        if (state->sides[side].current == transaction)
            state->sides[side].current = NULL;
    if (state->exchange == transaction)
        state->exchange = NULL;
}

/* The answer comes before the command was whole: a literal that waited for `+` is not sent any more. */
static void cut_command(struct imap_state *state, struct emitter *emitter)
{
    struct imap_side *client = &state->sides[SIDE_CLIENT];
    if (client->phase == IMAP_PHASE_LITERAL && client->waits && !client->begun) {
        client->phase = IMAP_PHASE_LINE;
        client->continued = false;
        client->left = 0;
        imap_append_drop(state, emitter);
    }
    imap_append_finish(state, emitter, NULL);
    imap_command_finish(state, emitter);
}

/* Their answers were lost: the server has gone on to a younger command. */
static void close_stale(struct imap_state *state, struct emitter *emitter, const struct transaction *than)
{
    struct transaction *at = transaction_oldest(emitter);
    while (at && at != than) {
        struct transaction *next = transaction_younger(emitter, at);
        if (imap_of(at)->stale) {
            at->record.incomplete = true;
            state->gave_up = true; /* or it answers in another order */
            imap_append_close(state, emitter, at, OUTCOME_UNKNOWN);
            imap_forget(state, at);
            transaction_close(emitter, at);
        }
        at = next;
    }
}

static void open_mailbox(struct imap_state *state, struct bytes name)
{
    state->open_length = (uint16_t)bytes_copy(state->open, sizeof state->open, name);
}

/* Commands that work before anybody has logged in. */
static bool works_before_login(enum imap_command command)
{
    switch (command) {
    case IMAP_COMMAND_OTHER:
    case IMAP_COMMAND_CAPABILITY:
    case IMAP_COMMAND_COMPRESS:
    case IMAP_COMMAND_ID:
    case IMAP_COMMAND_LOGOUT:
    case IMAP_COMMAND_NOOP:
    case IMAP_COMMAND_STARTTLS:
        return true;
    default:
        return false;
    }
}

static unsigned commands_behind(struct emitter *emitter, struct transaction *transaction)
{
    unsigned count = 0;
    while ((transaction = transaction_younger(emitter, transaction)) != NULL)
        count += transaction->key != IMAP_KEY_ALONE;
    return count;
}

static enum verdict take_effect(struct imap_state *state, struct emitter *emitter, struct transaction *transaction,
                                enum imap_command command, bool good)
{
    if (command == IMAP_COMMAND_SELECT || command == IMAP_COMMAND_EXAMINE)
        open_mailbox(state, good && !transaction->record.incomplete
                                ? record_find_text(&transaction->record, IMAP_MAILBOX)
                                : (struct bytes){NULL, 0});
    if (!good)
        return VERDICT_OK;
    if (!works_before_login(command))
        state->authenticated = true;
    if (command == IMAP_COMMAND_CLOSE || command == IMAP_COMMAND_UNSELECT)
        state->open_length = 0;
    if (command == IMAP_COMMAND_UNAUTHENTICATE) {
        state->authenticated = state->utf8 = false;
        state->open_length = 0;
    }
    if (command == IMAP_COMMAND_COMPRESS) {
        emit_inflate_stream(emitter, SIDE_SERVER);
        emit_inflate_stream(emitter, SIDE_CLIENT);
    }
    if (command == IMAP_COMMAND_STARTTLS) {
        unsigned behind = commands_behind(emitter, transaction);
        if (behind > 0)
            emit_anomaly(emitter, ANOMALY_IMAP_COMMANDS_AFTER_STARTTLS, behind, 0);
        emit_hand_over(emitter, "tls");
        return VERDICT_HAND_OVER;
    }
    return VERDICT_OK;
}

static void explain_waiting(struct record *record, enum imap_command command, const struct message *message)
{
    int64_t waited = message->first.time_ns - record->request.time_ns;
    if (record->request.frame == 0 || command == IMAP_COMMAND_IDLE || waited < SECOND_NS)
        return;
    struct argument time = {.name = "time", .kind = ARGUMENT_DURATION, .integer = waited};
    record_observe(record, IMAP_STATUS, "imap.slow", &time, 1);
}

static struct transaction *unknown_tag(struct imap_state *state, struct emitter *emitter, const struct message *message,
                                       struct bytes tag)
{
    const struct imap_side *client = &state->sides[SIDE_CLIENT];
    bool complete = client->spoke && !client->gap && !client->searching;
    if (complete && !state->gave_up && !emit_conversation(emitter)->midstream)
        emit_anomaly(emitter, ANOMALY_IMAP_UNKNOWN_TAG, 0, 0);
    if (!complete) /* it may have opened or closed a mailbox */
        state->open_length = 0;
    struct transaction *transaction = transaction_open(emitter, IMAP_KEY_ALONE, message);
    if (transaction)
        record_text(&transaction->record, IMAP_TAG, tag);
    return transaction;
}

static enum verdict take_tagged(struct imap_state *state, struct emitter *emitter, const struct message *message,
                                struct bytes tag, enum imap_kind kind, struct bytes text)
{
    struct transaction *transaction = imap_find_tag(emitter, tag);
    if (transaction)
        transaction_touch(transaction, message);
    else
        transaction = unknown_tag(state, emitter, message, tag);
    if (!transaction)
        return VERDICT_OK;
    if (state->sides[SIDE_CLIENT].current == transaction)
        cut_command(state, emitter);
    enum imap_command command = imap_of(transaction)->command;
    add_status(&transaction->record, kind, text);
    explain_waiting(&transaction->record, command, message);
    imap_append_close(state, emitter, transaction, transaction->record.outcome);
    if (state->exchange == transaction || !state->exchange)
        imap_mode_end(state);
    imap_forget(state, transaction);
    close_stale(state, emitter, transaction);
    enum verdict verdict = take_effect(state, emitter, transaction, command, kind == IMAP_KIND_OK);
    transaction_close(emitter, transaction);
    return verdict;
}

/* --- requests to go on --- */

/* The server asks for the next step of AUTHENTICATE; an empty question is one too. */
static void take_challenge(struct record *record, struct bytes text)
{
    uint8_t readable[SASL_TEXT_BYTES];
    size_t length = sasl_challenge(text, readable, sizeof readable);
    record_text(record, IMAP_AUTH_CHALLENGES, length > 0 ? bytes_of(readable, length) : text);
}

static void begin_idling(struct imap_state *state, struct record *record, const struct message *message)
{
    record_observe(record, RECORD_LAST, "imap.idling", NULL, 0);
    state->idle_asked = true;
    state->idle_ns = message->first.time_ns;
}

static void take_continuation(struct imap_state *state, struct emitter *emitter, const struct message *message,
                              struct bytes text)
{
    struct imap_side *client = &state->sides[SIDE_CLIENT];
    bool wants_literal = client->phase == IMAP_PHASE_LITERAL && client->current;
    struct transaction *transaction = wants_literal ? client->current : state->exchange;
    bool alone = !transaction;
    if (alone)
        transaction = transaction_open(emitter, IMAP_KEY_ALONE, message);
    if (!transaction)
        return;
    struct record *record = &transaction->record;
    transaction_touch(transaction, message);
    if (state->mode == IMAP_MODE_SASL && !wants_literal && !alone) {
        take_challenge(record, text);
        return;
    }
    record_text(record, IMAP_CONTINUATION, text);
    if (wants_literal)
        record_observe(record, RECORD_LAST, "imap.go_on", NULL, 0);
    else if (state->mode == IMAP_MODE_IDLE && !alone)
        begin_idling(state, record, message);
    if (!alone)
        return;
    record->outcome = OUTCOME_UNKNOWN;
    transaction_close(emitter, transaction);
}

/* --- untagged responses --- */

/* Behind `* `. */
static void begin_untagged(struct imap_state *state, struct emitter *emitter, const struct message *message,
                           struct bytes line)
{
    struct imap_side *own = &state->sides[SIDE_SERVER];
    struct bytes rest = line, word = {NULL, 0};
    state->number = state->words = 0;
    (void)text_word_next(&rest, &word);
    bool numbered = text_number(word, &state->number);
    if (numbered)
        (void)text_word_next(&rest, &word);
    state->kind = imap_kind_find(word);
    if (imap_kind_row(state->kind)->numbered != numbered)
        state->kind = IMAP_KIND_OTHER;
    imap_fetch_begin(&state->fetch);
    bool greets = !state->greeted && imap_kind_is_status(state->kind);
    own->current = greets ? NULL : imap_cause(emitter, state->kind, rest);
    if (own->current)
        transaction_touch(own->current, message);
    else
        own->current = transaction_open(emitter, IMAP_KEY_ALONE, message);
    own->text.length = 0;
    own->text.cut = false;
}

static void explain_greeting(struct imap_state *state, struct record *record)
{
    if (state->kind == IMAP_KIND_OK)
        record_observe(record, RECORD_LAST, "imap.greeting", NULL, 0);
    else if (state->kind == IMAP_KIND_PREAUTH)
        record_observe(record, RECORD_LAST, "imap.greeting_preauth", NULL, 0);
    else if (state->kind == IMAP_KIND_BYE)
        record_observe(record, RECORD_LAST, "imap.greeting_bye", NULL, 0);
}

void imap_untagged_finish(struct imap_state *state, struct emitter *emitter)
{
    struct imap_side *own = &state->sides[SIDE_SERVER];
    struct transaction *transaction = own->current;
    bool greets = !state->greeted && imap_kind_is_status(state->kind);
    own->current = NULL;
    own->continued = false;
    if (state->kind == IMAP_KIND_PREAUTH)
        state->authenticated = true;
    if (!transaction) {
        state->greeted = true;
        return;
    }
    struct record *record = &transaction->record;
    struct imap_transaction *mine = imap_of(transaction);
    imap_text_end(&own->text);
    struct bytes text = bytes_trim(imap_text_bytes(&own->text));
    if (++mine->untagged <= IMAP_UNTAGGED) {
        record_text(record, IMAP_UNTAGGED_TEXT, text);
        if (greets)
            explain_greeting(state, record);
        imap_data_explain(state, record, mine, text);
    } else {
        record_set_integer(record, IMAP_RESPONSES, mine->untagged);
    }
    imap_data_fields(state, record, mine, text);
    state->greeted = true;
    if (transaction->key != IMAP_KEY_ALONE)
        return;
    record->outcome = OUTCOME_UNKNOWN;
    struct bytes word;
    if (imap_kind_is_status(state->kind) && text_word_next(&text, &word))
        add_status(record, state->kind, text);
    if (state->kind == IMAP_KIND_BYE && !greets && state->sides[SIDE_CLIENT].gap)
        record->outcome = OUTCOME_UNKNOWN; /* it may have been asked for */
    transaction_close(emitter, transaction);
}

static void begin_literal(struct imap_state *state, struct emitter *emitter, const struct message *message,
                          const struct imap_literal *literal)
{
    struct imap_side *own = &state->sides[SIDE_SERVER];
    bool shown = state->kind != IMAP_KIND_FETCH || imap_fetch_literal(state, emitter, message, literal->length);
    own->inside = shown && literal->length <= IMAP_INLINE_BYTES;
    if (own->inside) {
        imap_text_add(&own->text, bytes_text("\""));
    } else {
        imap_text_add(&own->text, bytes_text(literal->binary ? "~{" : "{"));
        imap_text_add_number(&own->text, literal->length);
        imap_text_add(&own->text, bytes_text(" bytes}"));
    }
    own->left = literal->length;
    own->phase = IMAP_PHASE_LITERAL;
    if (own->left == 0)
        imap_server_literal_end(state, emitter, message);
}

void imap_server_literal_end(struct imap_state *state, struct emitter *emitter, const struct message *message)
{
    struct imap_side *own = &state->sides[SIDE_SERVER];
    own->phase = IMAP_PHASE_LINE;
    if (own->inside)
        imap_text_add(&own->text, bytes_text("\""));
    own->inside = false;
    if (state->kind == IMAP_KIND_FETCH)
        imap_fetch_literal_end(state, emitter, message);
}

/* Human text may end with anything; only inside an open bracket of a code can a literal stand. */
static bool may_announce(const struct imap_state *state, struct bytes line)
{
    size_t open = bytes_find(line, '[', 0);
    return !imap_kind_is_status(state->kind) || (open < line.len && bytes_find(line, ']', open) == line.len);
}

static void count_words(struct imap_state *state, struct bytes chunk)
{
    struct bytes word;
    while (text_word_next(&chunk, &word))
        state->words++;
}

static void take_untagged(struct imap_state *state, struct emitter *emitter, const struct message *message,
                          struct bytes line, bool ended)
{
    struct imap_side *own = &state->sides[SIDE_SERVER];
    struct imap_literal literal;
    bool announced = ended && message->kind == MESSAGE_WHOLE && imap_literal_at_end(line, &literal) &&
                     may_announce(state, line);
    if (announced && literal.bad) {
        emit_anomaly(emitter, ANOMALY_IMAP_BAD_LITERAL, literal.length, 0);
        announced = false;
    }
    struct bytes chunk = announced ? bytes_first(line, literal.marker) : line;
    own->continued = true;
    if (own->current)
        transaction_touch(own->current, message);
    imap_text_add(&own->text, chunk);
    count_words(state, chunk);
    if (state->kind == IMAP_KIND_FETCH)
        imap_fetch_text(state, emitter, message, chunk);
    if (announced) {
        begin_literal(state, emitter, message, &literal);
    } else if (ended) {
        if (own->mail)
            imap_fetch_mail_end(state, emitter, message, true);
        imap_untagged_finish(state, emitter);
    }
}

/* --- lines --- */

/* 220 and a space: SMTP and FTP greet so. */
static bool is_reply_code(struct bytes line)
{
    uint64_t code;
    return text_number(bytes_first(line, 3), &code) && code >= 100 &&
           (bytes_at(line, 3) == ' ' || bytes_at(line, 3) == '-');
}

/* `first`: of all that was seen of this side; what came before it may be lost. */
static void take_junk(struct imap_state *state, struct emitter *emitter, const struct message *message, bool first)
{
    struct imap_side *own = &state->sides[SIDE_SERVER];
    if (message->kind != MESSAGE_WHOLE)
        return;
    if (!own->said_bad && !first && !own->gap)
        emit_anomaly(emitter, ANOMALY_IMAP_BAD_LINE, 0, 0);
    own->said_bad = own->searching = true;
}

/* * BYE while LOGOUT is in flight, and the like. */
static bool is_awaited(struct emitter *emitter, struct bytes line)
{
    struct bytes word, rest = bytes_skip(line, 2);
    if (!bytes_begin(line, "* ") || !text_word_next(&rest, &word))
        return false;
    const struct imap_kind_row *row = imap_kind_row(imap_kind_find(word));
    return row->strict && bytes_is(word, row->name) && imap_cause(emitter, imap_kind_find(word), rest);
}

/* While lost: is this a response beyond doubt? */
static bool is_believed(struct emitter *emitter, struct bytes line)
{
    struct bytes tag, text;
    enum imap_kind kind;
    if (imap_surely_response(line) || is_awaited(emitter, line))
        return true;
    return imap_tagged_parts(line, &tag, &kind, &text) && (imap_find_tag(emitter, tag) || imap_surely_tag(tag));
}

/* A logical line begins, and is worth reading. */
static enum verdict take_line(struct imap_state *state, struct emitter *emitter, const struct message *message,
                              struct bytes line, bool ended)
{
    struct imap_side *own = &state->sides[SIDE_SERVER];
    struct bytes tag, text;
    enum imap_kind kind;
    enum verdict verdict = VERDICT_OK;
    bool first = !own->spoke && !own->searching && !state->sides[SIDE_CLIENT].spoke;
    bool starred = bytes_begin(line, "* ");
    if (starred) {
        begin_untagged(state, emitter, message, bytes_skip(line, 2));
        take_untagged(state, emitter, message, bytes_skip(line, 2), ended);
    } else if (imap_tagged_parts(line, &tag, &kind, &text)) {
        verdict = take_tagged(state, emitter, message, tag, kind, text);
    } else if (bytes_at(line, 0) == '+') {
        take_continuation(state, emitter, message, bytes_trim(bytes_skip(line, 1)));
    } else {
        own->skipping = !ended;
        take_junk(state, emitter, message, first);
        return first && is_reply_code(line) ? VERDICT_NOT_MINE : VERDICT_OK;
    }
    own->skipping = !starred && !ended;
    own->searching = own->said_bad = false;
    own->spoke = true;
    return verdict;
}

void imap_doubt_open(struct emitter *emitter)
{
    for (struct transaction *at = transaction_oldest(emitter); at; at = transaction_younger(emitter, at))
        at->record.incomplete = true;
}

enum verdict imap_take_server(struct imap_state *state, struct emitter *emitter, const struct message *message,
                              struct bytes line, bool ended)
{
    struct imap_side *own = &state->sides[SIDE_SERVER];
    if (own->continued) {
        take_untagged(state, emitter, message, line, ended);
        return VERDICT_OK;
    }
    bool lost = own->searching && !own->skipping && bytes_trim(line).len > 0 && !is_believed(emitter, line);
    if (lost && own->gap)
        imap_doubt_open(emitter);
    if (own->skipping || bytes_trim(line).len == 0 || lost) {
        own->skipping = !ended;
        return VERDICT_OK;
    }
    return take_line(state, emitter, message, line, ended);
}
