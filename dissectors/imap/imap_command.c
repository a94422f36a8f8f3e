/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the client sends: commands, each a logical line of text and literals; the base64 of AUTHENTICATE; DONE.
 */
#include "imap.h"

uint64_t imap_tag_key(struct bytes tag)
{
    const uint64_t prime = UINT64_C(1099511628211);
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < tag.len; i++)
        hash = (hash ^ bytes_at(tag, i)) * prime;
    return hash == IMAP_KEY_ALONE ? 1 : hash;
}

struct transaction *imap_find_tag(struct emitter *emitter, struct bytes tag)
{
    struct transaction *transaction = transaction_find(emitter, imap_tag_key(tag));
    while (transaction && record_has(&transaction->record, IMAP_TAG) &&
           !bytes_equal(record_find_text(&transaction->record, IMAP_TAG), tag))
        transaction = transaction_find_next(emitter, transaction);
    return transaction;
}

/* --- the first words --- */

struct words {
    struct bytes tag, command; /* as sent, `UID` taken off */
    struct bytes rest;
    bool uid;
    enum imap_command known;
    const char *name; /* as it is recorded; NULL: unknown */
};

static bool parse_words(struct bytes line, struct words *words)
{
    const char *other = NULL;
    *words = (struct words){.rest = line};
    if (!text_word_next(&words->rest, &words->tag) || !text_word_next(&words->rest, &words->command))
        return false;
    struct bytes after = words->rest, word;
    if (bytes_is_nocase(words->command, "UID") && text_word_next(&after, &word)) {
        words->known = imap_command_find(word, &other);
        words->name = imap_command_row(words->known)->uid_name;
        words->uid = words->name != NULL;
        if (words->uid) {
            words->rest = after;
            return true;
        }
    }
    words->known = imap_command_find(words->command, &other);
    words->name = words->known ? imap_command_row(words->known)->name : other;
    return words->tag.len <= IMAP_TAG_BYTES;
}

/* A line that is none of IMAP, and may be a password typed too late or too early. */
static void take_unparsed(struct imap_state *state, struct emitter *emitter, const struct message *message,
                          struct bytes line, const struct words *words)
{
    struct bytes tag = bytes_first(words->tag, IMAP_TAG_BYTES), text = bytes_trim(line);
    bool alone = words->command.len == 0; /* the server answers with this word as the tag */
    struct transaction *transaction = transaction_open(emitter, imap_tag_key(tag), message);
    if (!transaction)
        return;
    struct record *record = &transaction->record;
    record->outcome = OUTCOME_UNKNOWN;
    imap_of(transaction)->complete = true;
    if (!alone) {
        record_text(record, IMAP_TAG, tag);
        text = bytes_trim(bytes_skip(text, words->tag.len));
    } else {
        record_text_secret(record, IMAP_TAG, tag, 0, tag.len);
    }
    record_text(record, IMAP_UNPARSED, bytes_first(text, IMAP_TEXT_BYTES));
    record_observe(record, RECORD_LAST, "imap.unparsed", NULL, 0);
    (void)state;
}

static void explain_unknown(struct record *record, const struct words *words)
{
    const char *other;
    bool no_tag = imap_command_find(words->tag, &other) != IMAP_COMMAND_OTHER || other ||
                  bytes_is_nocase(words->tag, "UID");
    record_observe(record, RECORD_LAST, no_tag ? "imap.no_tag" : "imap.no_command", NULL, 0);
}

static struct transaction *open_command(struct emitter *emitter, const struct message *message,
                                        const struct words *words)
{
    uint8_t upper[IMAP_WORD_BYTES];
    struct transaction *transaction = transaction_open(emitter, imap_tag_key(words->tag), message);
    if (!transaction)
        return NULL;
    struct record *record = &transaction->record;
    struct imap_transaction *own = imap_of(transaction);
    own->command = (uint8_t)words->known;
    own->uids = words->uid;
    record->outcome = OUTCOME_UNKNOWN;
    record_text(record, IMAP_TAG, words->tag);
    if (words->name)
        record_word(record, IMAP_COMMAND, words->name);
    else
        record_text(record, IMAP_COMMAND, imap_upper(words->command, upper, sizeof upper));
    if (!words->name)
        explain_unknown(record, words);
    transaction->patient = words->known == IMAP_COMMAND_IDLE;
    return transaction;
}

/* --- the lines that are no commands --- */

static bool take_done(struct imap_state *state, struct emitter *emitter, const struct message *message,
                      struct bytes line)
{
    struct transaction *transaction = state->exchange;
    if (!bytes_is_nocase(bytes_trim(line), "DONE"))
        return false;
    if (state->mode != IMAP_MODE_IDLE || !transaction) {
        transaction = transaction_open(emitter, IMAP_KEY_ALONE, message);
        if (!transaction)
            return true;
        record_word(&transaction->record, IMAP_IDLE_END, "DONE");
        transaction->record.outcome = OUTCOME_UNKNOWN;
        transaction_close(emitter, transaction);
        return true;
    }
    transaction_touch(transaction, message);
    record_word(&transaction->record, IMAP_IDLE_END, "DONE");
    if (state->idle_asked) {
        struct argument time = {
            .name = "time", .kind = ARGUMENT_DURATION, .integer = message->first.time_ns - state->idle_ns};
        record_observe(&transaction->record, RECORD_LAST, "imap.idled", &time, 1);
    }
    imap_mode_end(state);
    return true;
}

/* True: the line is done with. */
static bool take_mode_line(struct imap_state *state, struct emitter *emitter, const struct message *message,
                           struct bytes line)
{
    if (state->mode == IMAP_MODE_SASL && !imap_surely_command(line)) {
        state->sides[SIDE_CLIENT].searching = false;
        imap_sasl_line(state, emitter, message, line);
        return true;
    }
    if (take_done(state, emitter, message, line))
        return true;
    if (bytes_trim(line).len == 0)
        return true;
    imap_mode_end(state);
    return false;
}

/* A logical line begins. False: there is nothing to gather. `line` becomes the beginning of its arguments. */
static bool begin_line(struct imap_state *state, struct emitter *emitter, const struct message *message,
                       struct bytes *line)
{
    struct imap_side *own = &state->sides[SIDE_CLIENT];
    struct words words;
    if (take_mode_line(state, emitter, message, *line))
        return false;
    if (own->searching && !imap_surely_command(*line)) {
        if (own->gap)
            imap_doubt_open(emitter);
        return false;
    }
    own->searching = false;
    own->spoke = true;
    own->text.length = 0;
    own->text.cut = false;
    own->mail = NULL;
    state->catenate = false;
    if (!parse_words(*line, &words) || (!words.name && imap_may_hold_secret(state, words.tag, words.command))) {
        take_unparsed(state, emitter, message, *line, &words);
        return false;
    }
    own->current = open_command(emitter, message, &words);
    *line = words.rest;
    return true;
}

/* --- arguments --- */

void imap_command_finish(struct imap_state *state, struct emitter *emitter)
{
    struct imap_side *own = &state->sides[SIDE_CLIENT];
    struct transaction *transaction = own->current;
    own->current = NULL;
    if (!transaction || imap_of(transaction)->complete)
        return;
    imap_of(transaction)->complete = true;
    imap_text_end(&own->text);
    imap_ask(state, emitter, transaction, bytes_trim(imap_text_bytes(&own->text)));
}

static bool is_login(struct transaction *transaction)
{
    return transaction && imap_of(transaction)->command == IMAP_COMMAND_LOGIN;
}

/* `chunk`: the text before the announcement, which is `marker`. */
static void begin_literal(struct imap_state *state, struct emitter *emitter, const struct message *message,
                          const struct imap_literal *literal, struct bytes chunk, struct bytes marker)
{
    struct imap_side *own = &state->sides[SIDE_CLIENT];
    bool taken = own->current && imap_append_begin(state, emitter, message, chunk);
    own->inside = !taken && (literal->length <= IMAP_INLINE_BYTES || is_login(own->current));
    if (own->inside) {
        imap_text_add(&own->text, marker);
        imap_text_add(&own->text, bytes_text("\n"));
    } else {
        imap_text_add(&own->text, bytes_text(literal->binary ? "~{" : "{"));
        imap_text_add_number(&own->text, literal->length);
        imap_text_add(&own->text, bytes_text(" bytes}"));
    }
    own->waits = literal->waits;
    own->begun = false;
    own->left = literal->length;
    own->phase = IMAP_PHASE_LITERAL;
    if (own->left == 0)
        imap_client_literal_end(state, emitter, message);
}

void imap_client_literal_end(struct imap_state *state, struct emitter *emitter, const struct message *message)
{
    struct imap_side *own = &state->sides[SIDE_CLIENT];
    own->phase = IMAP_PHASE_LINE;
    if (own->current && imap_of(own->current)->appended > 0) {
        record_set_integer(&own->current->record, IMAP_APPENDED_MESSAGES, imap_of(own->current)->appended);
        record_set_integer(&own->current->record, IMAP_APPENDED_BYTES, (int64_t)imap_of(own->current)->appended_bytes);
    }
    imap_append_end(state, emitter, message);
}

void imap_take_client(struct imap_state *state, struct emitter *emitter, const struct message *message,
                      struct bytes line, bool ended)
{
    struct imap_side *own = &state->sides[SIDE_CLIENT];
    struct imap_literal literal;
    if (own->skipping || (!own->continued && !begin_line(state, emitter, message, &line))) {
        own->skipping = !ended;
        return;
    }
    if (own->current)
        transaction_touch(own->current, message);
    if (message->kind == MESSAGE_WHOLE && own->current)
        text_tell_hidden_line(emitter, line);
    own->continued = true;
    bool announced = ended && message->kind == MESSAGE_WHOLE && imap_literal_at_end(line, &literal);
    if (announced && literal.bad) {
        emit_anomaly(emitter, ANOMALY_IMAP_BAD_LITERAL, literal.length, 0);
        announced = false;
    }
    struct bytes chunk = announced ? bytes_first(line, literal.marker) : line;
    imap_text_add(&own->text, chunk);
    imap_append_text(state, emitter, message, chunk);
    if (announced) {
        begin_literal(state, emitter, message, &literal, chunk, bytes_skip(line, literal.marker));
    } else if (ended) {
        own->continued = false;
        imap_append_finish(state, emitter, message);
        imap_command_finish(state, emitter);
    }
}
