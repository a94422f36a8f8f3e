/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a reply says (RFC 5321 section 4.2), and whose it is:
 *
 *     reply = *( code "-" [ text ] CRLF ) code [ SP text ] CRLF
 *     text  = [ class "." subject "." detail SP ] words          (RFC 3463, RFC 2034)
 *
 * Replies come in the order of the commands, so one belongs to the oldest command without a reply. Exceptions: the
 * greeting, which answers nothing; what comes in the middle of a message, which is kept until the message ends; and
 * everything after replies were lost, where the code has to tell.
 */
#include "smtp.h"

void smtp_forget(struct smtp_state *state, struct transaction *transaction)
{
    if (state->auth == transaction)
        smtp_auth_end(state);
    if (state->early == transaction)
        state->early = NULL;
    if (state->client.chunk == transaction)
        state->client.chunk = NULL;
}

static bool is_success(const struct record *record)
{
    return record->outcome == OUTCOME_SUCCESS;
}

/* The mail goes before the record of its end. */
static void release_mail(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction)
{
    struct smtp_exchange *exchange = smtp_exchange_of(transaction);
    if (exchange->mail)
        smtp_close_mail(state, emitter, exchange->mail,
                        exchange->gives_up ? OUTCOME_FAILURE : transaction->record.outcome);
    exchange->mail = NULL;
    if (exchange->ends_message)
        smtp_envelope_clear(state);
}

void smtp_close(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction)
{
    smtp_forget(state, transaction);
    release_mail(state, emitter, transaction);
    transaction_close(emitter, transaction);
}

/* What the command did to the envelope, now that it is granted. */
static void grant(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction)
{
    struct record *record = &transaction->record;
    const bool whole = !smtp_exchange_of(transaction)->broken && !record_is_truncated(record, SMTP_ADDRESS);
    switch (smtp_exchange_of(transaction)->verb) {
    case SMTP_VERB_MAIL:
        smtp_envelope_clear(state);
        if (whole)
            smtp_envelope_from(state, emitter, record_find_text(record, SMTP_ADDRESS));
        break;
    case SMTP_VERB_RCPT:
        if (whole)
            smtp_envelope_to(state, emitter, record_find_text(record, SMTP_ADDRESS));
        break;
    case SMTP_VERB_HELO:
    case SMTP_VERB_EHLO:
    case SMTP_VERB_LHLO:
    case SMTP_VERB_RSET:
    case SMTP_VERB_XCLIENT:
        smtp_envelope_clear(state);
        break;
    default:
        break;
    }
}

void smtp_unanswered(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction)
{
    struct smtp_exchange *exchange = smtp_exchange_of(transaction);
    if (transaction == state->early && state->client.mail) {
        smtp_close_mail(state, emitter, state->client.mail, transaction->record.outcome);
        state->client.mail = NULL;
    }
    if (exchange->gives_up)
        release_mail(state, emitter, transaction);
    if (!exchange->answered && exchange->verb != SMTP_VERB_REPLY)
        grant(state, emitter, transaction);
    if (exchange->doubtful && exchange->verb == SMTP_VERB_RCPT && state->envelope)
        state->envelope->record.incomplete = true; /* perhaps it was refused */
    smtp_forget(state, transaction);
    release_mail(state, emitter, transaction);
}

/* --- what it says --- */

static size_t digits(struct bytes text)
{
    size_t count = 0;
    while (count < text.len && bytes_at(text, count) >= '0' && bytes_at(text, count) <= '9')
        count++;
    return count;
}

struct bytes smtp_enhanced(struct bytes text)
{
    const struct bytes none = {NULL, 0};
    uint8_t class = bytes_at(text, 0);
    if ((class != '2' && class != '4' && class != '5') || bytes_at(text, 1) != '.')
        return none;
    size_t subject = digits(bytes_skip(text, 2));
    if (subject < 1 || subject > 3 || bytes_at(text, 2 + subject) != '.')
        return none;
    size_t detail = digits(bytes_skip(text, 3 + subject)), length = 3 + subject + detail;
    if (detail < 1 || detail > 3 || (length < text.len && bytes_at(text, length) != ' '))
        return none;
    return bytes_first(text, length);
}

/* The text of a line without the enhanced code that all lines repeat. */
static struct bytes without(struct bytes text, struct bytes enhanced)
{
    if (enhanced.len == 0 || !bytes_equal(smtp_enhanced(text), enhanced))
        return text;
    return bytes_skip(text, enhanced.len + 1);
}

static struct bytes first_text(const struct reply *reply)
{
    struct bytes rest = reply->lines, text = {NULL, 0};
    (void)reply_line_next(reply, REPLY_SMTP, &rest, &text);
    return text;
}

/* All lines, in the field or in the open group. */
static void record_lines(const struct reply *reply, struct record *record, unsigned field, struct bytes enhanced)
{
    struct bytes rest = reply->lines, text;
    bool any = false;
    while (reply_line_next(reply, REPLY_SMTP, &rest, &text)) {
        text = without(text, enhanced);
        if (any)
            record_append(record, field, bytes_text("\n"), SMTP_MESSAGE_BYTES_MAX);
        if (text.len > 0)
            record_append(record, field, text, SMTP_MESSAGE_BYTES_MAX);
        any = any || text.len > 0;
    }
}

static void record_extensions(const struct reply *reply, struct record *record)
{
    struct bytes rest = reply->lines, text;
    (void)reply_line_next(reply, REPLY_SMTP, &rest, &text); /* the server's name */
    while (reply_line_next(reply, REPLY_SMTP, &rest, &text)) {
        size_t end = bytes_find(text, ' ', 0), equals = bytes_find(text, '=', 0);
        size_t name_end = equals < end ? equals + 1 : end;
        struct bytes name = bytes_first(text, name_end), value = bytes_trim(bytes_skip(text, name_end));
        if (name.len == 0)
            continue;
        record_group_begin(record, SMTP_EXTENSIONS);
        record_text(record, SMTP_PAIR_NAME, name);
        if (value.len > 0)
            record_text(record, SMTP_PAIR_VALUE, value);
        smtp_explain_extension(record, name, value);
        record_group_end(record);
    }
}

static bool is_hello(enum smtp_verb verb)
{
    return verb == SMTP_VERB_HELO || verb == SMTP_VERB_EHLO || verb == SMTP_VERB_LHLO;
}

/* Also where the question was not seen. */
static bool lists_extensions(const struct reply *reply, enum smtp_verb verb)
{
    if (verb == SMTP_VERB_REPLY)
        return reply->code == 250 && reply->line_count > 2 &&
               (smtp_mentions(reply->lines, "8bitmime") || smtp_mentions(reply->lines, "pipelining"));
    return verb == SMTP_VERB_EHLO || verb == SMTP_VERB_LHLO;
}

/* `250 2.` may be the beginning of a text, or of an enhanced code that is not of it. */
static bool breaks_off_in_code(const struct reply *reply, struct bytes text)
{
    uint8_t class = bytes_at(text, 0);
    return bytes_find(reply->lines, '\n', 0) == reply->lines.len && bytes_find(text, ' ', 0) == text.len &&
           (class == '2' || class == '4' || class == '5');
}

static void record_reply(const struct reply *reply, struct transaction *transaction, bool greeting)
{
    struct record *record = &transaction->record;
    const struct smtp_exchange *exchange = smtp_exchange_of(transaction);
    struct bytes text = first_text(reply), enhanced = smtp_enhanced(text), words = text, domain;
    if (breaks_off_in_code(reply, text))
        enhanced.len = 0;
    bool positive = reply->code >= 200 && reply->code < 400;
    record_integer(record, SMTP_REPLY_CODE, (int64_t)reply->code);
    bool is_told_why = smtp_explain_reply(record, exchange, reply->code, greeting, text);
    if (enhanced.len > 0) {
        record_text(record, SMTP_REPLY_ENHANCED, enhanced);
        if (is_told_why)
            record_unexplained(record, RECORD_LAST);
        else
            smtp_explain_enhanced(record, enhanced);
    }
    if (!breaks_off_in_code(reply, text))
        record_lines(reply, record, SMTP_REPLY_TEXT, enhanced);
    bool names_itself = positive && (greeting || is_hello(exchange->verb));
    if (names_itself && text_word_next(&words, &domain))
        record_text(record, SMTP_REPLY_DOMAIN, domain);
    if (positive && lists_extensions(reply, exchange->verb))
        record_extensions(reply, record);
    record->outcome = positive ? OUTCOME_SUCCESS : OUTCOME_FAILURE;
}

/* LMTP, PRDR: the reply for one of the recipients. */
static void record_recipient(struct smtp_state *state, const struct reply *reply, struct transaction *transaction)
{
    struct record *record = &transaction->record;
    struct smtp_exchange *exchange = smtp_exchange_of(transaction);
    struct bytes address, enhanced = smtp_enhanced(first_text(reply));
    record_group_begin(record, SMTP_RECIPIENTS);
    if (smtp_envelope_next(state, &exchange->cursor, &address))
        record_text(record, SMTP_RECIPIENT_ADDRESS, address);
    record_integer(record, SMTP_RECIPIENT_CODE, (int64_t)reply->code);
    if (enhanced.len > 0) {
        record_text(record, SMTP_RECIPIENT_ENHANCED, enhanced);
        smtp_explain_enhanced(record, enhanced);
    }
    if (without(first_text(reply), enhanced).len > 0)
        record_text(record, SMTP_RECIPIENT_TEXT, without(first_text(reply), enhanced));
    record_group_end(record);
    exchange->collected++;
    exchange->failed += reply->code >= 400;
}

/* --- whose it is --- */

static struct transaction *first_unanswered(struct emitter *emitter)
{
    struct transaction *at = transaction_oldest(emitter);
    while (at && smtp_exchange_of(at)->answered)
        at = transaction_younger(emitter, at);
    return at;
}

static struct transaction *next_unanswered(struct emitter *emitter, struct transaction *at)
{
    while (at && (at = transaction_younger(emitter, at)))
        if (!smtp_exchange_of(at)->answered)
            return at;
    return NULL;
}

static struct transaction *find_verb(struct emitter *emitter, enum smtp_verb verb)
{
    struct transaction *at = first_unanswered(emitter);
    while (at && smtp_exchange_of(at)->verb != verb)
        at = next_unanswered(emitter, at);
    return at;
}

static void give_up(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction)
{
    smtp_unanswered(state, emitter, transaction);
    transaction_close(emitter, transaction);
}

/* Replies are lost, at least the first of those that were expected: what can this one be the answer to? */
static struct transaction *resume(struct smtp_state *state, struct emitter *emitter, unsigned code)
{
    struct transaction *oldest = first_unanswered(emitter), *match = NULL;
    if (code == 354)
        match = find_verb(emitter, SMTP_VERB_DATA);
    else if (code == 221)
        match = find_verb(emitter, SMTP_VERB_QUIT);
    else if (code == 220)
        match = find_verb(emitter, SMTP_VERB_STARTTLS);
    if (!match)
        match = next_unanswered(emitter, oldest);
    if (!match)
        match = oldest;
    while (oldest && oldest != match) {
        give_up(state, emitter, oldest);
        oldest = first_unanswered(emitter);
    }
    for (struct transaction *at = match; at; at = transaction_younger(emitter, at))
        smtp_exchange_of(at)->doubtful = false;
    return match;
}

static bool is_greeting(const struct smtp_state *state, struct emitter *emitter, unsigned code)
{
    if (state->greeted || state->server.missed || emit_conversation(emitter)->midstream)
        return false;
    return code == 220 || code == 421 || code == 554 || !transaction_oldest(emitter);
}

/* The open transaction that this reply answers; NULL: none. */
static struct transaction *pick(struct smtp_state *state, struct emitter *emitter, unsigned code)
{
    struct transaction *oldest = first_unanswered(emitter);
    if (code == 334 && state->auth)
        return state->auth;
    if (!oldest)
        return NULL;
    if (smtp_exchange_of(oldest)->doubtful)
        return resume(state, emitter, code);
    if (smtp_exchange_of(oldest)->verb != SMTP_VERB_DATA || code >= 300)
        return oldest;
    /* A server that never says 354: its yes is about the message. */
    struct transaction *next = next_unanswered(emitter, oldest);
    if (!next || smtp_exchange_of(next)->verb != SMTP_VERB_END)
        return oldest;
    give_up(state, emitter, oldest);
    return next;
}

static bool heard_all(const struct smtp_state *state, struct emitter *emitter)
{
    const struct smtp_client *client = &state->client;
    return client->heard && !client->lost && !state->server.missed && !emit_conversation(emitter)->midstream;
}

/* Was there no command that we can have missed? */
static bool is_unasked(const struct smtp_state *state, struct emitter *emitter, unsigned code)
{
    bool many = state->client.refused || state->surplus; /* the server took the text for commands */
    return heard_all(state, emitter) && state->owed == 0 && code != 421 && !many;
}

/* Is this what the server says to an empty line? */
static bool take_blank(struct smtp_state *state, struct transaction *transaction, unsigned code)
{
    if (state->blanks == 0 || code < 500 || state->owed > 0)
        return false;
    state->blanks--;
    if (transaction)
        smtp_exchange_of(transaction)->answers_blank = true;
    return true;
}

/* A reply that answers no command that was seen. */
static struct transaction *open_alone(struct smtp_state *state, struct emitter *emitter, unsigned code,
                                      const struct message *message, bool greeting)
{
    struct smtp_client *client = &state->client;
    bool in_text = (client->phase == SMTP_TEXT || client->phase == SMTP_AFTER_DATA) && code != 354 && !greeting;
    if (in_text && (client->text_gap || client->unasked))
        return smtp_end_unseen(state, emitter, message);
    struct transaction *transaction = smtp_open(state, emitter, SMTP_VERB_REPLY, message);
    if (transaction && in_text && client->phase == SMTP_TEXT && !client->refused && !state->early) {
        state->early = transaction;
        smtp_exchange_of(transaction)->flowing = true;
        return transaction;
    }
    if (!greeting && !take_blank(state, transaction, code) && is_unasked(state, emitter, code))
        emit_anomaly(emitter, ANOMALY_SMTP_UNASKED_REPLY, code, 0);
    state->owed -= state->owed > 0;
    return transaction;
}

/* --- what follows from it --- */

/* The server answered DATA, of which the command may be lost. */
static void follow_data(struct smtp_state *state, unsigned code)
{
    struct smtp_client *client = &state->client;
    state->data_answer = code;
    if (client->phase == SMTP_TEXT && code >= 400)
        client->refused = true;
}

static void expect_text(struct smtp_state *state)
{
    struct smtp_client *client = &state->client;
    bool lost = client->phase == SMTP_SEARCH || (client->phase == SMTP_COMMANDS && !client->believed);
    if (!lost)
        return;
    smtp_begin_data(state, false);
    client->unasked = client->learns = true;
    state->data_answer = 354;
}

static void expect_blob(struct smtp_state *state, uint64_t length)
{
    if (state->client.phase != SMTP_COMMANDS || length == 0)
        return;
    state->client.phase = SMTP_CHUNK;
    state->client.blob = true;
    state->client.left = length;
}

/* TURN: the sides change places, and the new server greets. */
static void turn(struct smtp_state *state, struct emitter *emitter)
{
    smtp_close_mail(state, emitter, state->client.mail, OUTCOME_UNKNOWN);
    smtp_envelope_clear(state);
    state->turned = !state->turned;
    state->client = (struct smtp_client){.lost = state->server.missed};
    state->server = (struct smtp_server){.missed = false};
    state->greeted = false;
    state->owed = 0;
}

static enum verdict start_tls(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction)
{
    unsigned behind = 0;
    struct transaction *at = transaction;
    while ((at = transaction_younger(emitter, at)))
        behind++;
    if (behind > 0)
        emit_anomaly(emitter, ANOMALY_SMTP_STARTTLS_INJECTION, behind, 0);
    smtp_close(state, emitter, transaction);
    emit_hand_over(emitter, "tls");
    return VERDICT_HAND_OVER;
}

/* What the reply does to the client's side. */
static void follow(struct smtp_state *state, const struct smtp_exchange *exchange, unsigned code)
{
    switch (exchange->verb) {
    case SMTP_VERB_DATA:
        follow_data(state, code);
        break;
    case SMTP_VERB_REPLY:
        if (code == 354)
            expect_text(state);
        break;
    case SMTP_VERB_BDAT:
        if (code >= 400 && state->client.mail)
            state->client.refused = true;
        break;
    default:
        break;
    }
}

/* Also where only the server is heard. */
static bool is_tls_next(const struct smtp_state *state, const struct transaction *transaction,
                        const struct smtp_exchange *exchange, unsigned code)
{
    if (code != 220)
        return false;
    if (exchange->verb == SMTP_VERB_STARTTLS)
        return true;
    return exchange->verb == SMTP_VERB_REPLY && state->server.continues && !state->client.heard &&
           smtp_mentions(record_find_text(&transaction->record, SMTP_REPLY_TEXT), "tls");
}

/* A reply that no other command gets. */
static bool is_telling(enum smtp_verb verb, unsigned code)
{
    return (verb == SMTP_VERB_DATA && code == 354) || (verb == SMTP_VERB_QUIT && code == 221) ||
           (verb == SMTP_VERB_STARTTLS && code == 220) || (verb == SMTP_VERB_AUTH && code == 235) ||
           (verb == SMTP_VERB_VRFY && code == 252);
}

/* The exchange has its final reply. */
static enum verdict complete(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction,
                             unsigned code)
{
    struct smtp_exchange *exchange = smtp_exchange_of(transaction);
    exchange->answered = true;
    state->client.astray = state->client.astray && !is_telling(exchange->verb, code);
    if (exchange->gives_up)
        release_mail(state, emitter, transaction);
    if (is_success(&transaction->record))
        grant(state, emitter, transaction);
    follow(state, exchange, code);
    if (exchange->flowing)
        return VERDICT_OK;
    if (is_tls_next(state, transaction, exchange, code))
        return start_tls(state, emitter, transaction);
    bool turns = exchange->verb == SMTP_VERB_TURN && code >= 200 && code < 300;
    smtp_close(state, emitter, transaction);
    if (turns)
        turn(state, emitter);
    return VERDICT_OK;
}

/* Is a reply for each recipient to come, and how many? */
static bool expects_each(const struct smtp_state *state, struct smtp_exchange *exchange)
{
    if (!exchange->collects || !exchange->ends_message)
        return false;
    if (exchange->collected == 0 && !exchange->final_follows)
        exchange->expected = state->recipients > 0 ? state->recipients : 1;
    return exchange->collected < exchange->expected;
}

/* Is this one of the replies for each recipient? True: more are to come. */
static bool collect(struct smtp_state *state, struct transaction *transaction, const struct reply *reply)
{
    struct smtp_exchange *exchange = smtp_exchange_of(transaction);
    if (exchange->ends_message && reply->code == 353 && exchange->collected == 0) {
        exchange->collects = exchange->final_follows = true;
        exchange->expected = state->recipients;
        return true;
    }
    if (!expects_each(state, exchange))
        return false;
    bool last = exchange->collected + 1 == exchange->expected;
    bool tells = exchange->failed == 0 && (last || reply->code >= 400);
    if (tells && !exchange->final_follows)
        record_reply(reply, transaction, false); /* the first refusal stands for all, else the last reply */
    record_recipient(state, reply, transaction);
    if (exchange->failed > 0)
        transaction->record.outcome = OUTCOME_FAILURE;
    return !last || exchange->final_follows;
}

static enum verdict take(struct smtp_state *state, struct emitter *emitter, struct transaction *transaction,
                         const struct reply *reply, const struct message *message, bool greeting)
{
    struct smtp_exchange *exchange = smtp_exchange_of(transaction);
    transaction_touch(transaction, message);
    bool login = exchange->verb == SMTP_VERB_AUTH || exchange->verb == SMTP_VERB_REPLY;
    if (reply->code == 334 && login) {
        if (message->kind == MESSAGE_WHOLE)
            smtp_auth_challenge(state, transaction, first_text(reply));
        return VERDICT_OK;
    }
    if (exchange->verb == SMTP_VERB_XEXCH50 && reply->code == 354 && message->kind == MESSAGE_WHOLE) {
        expect_blob(state, exchange->blob); /* and another reply */
        return VERDICT_OK;
    }
    if (collect(state, transaction, reply))
        return VERDICT_OK;
    if (exchange->collected == 0 || exchange->final_follows)
        record_reply(reply, transaction, greeting);
    smtp_explain_waiting(&transaction->record, exchange, message);
    return complete(state, emitter, transaction, reply->code);
}

enum verdict smtp_take_reply(struct smtp_state *state, struct emitter *emitter, const struct message *message)
{
    struct smtp_server *server = &state->server;
    struct reply reply;
    const bool whole = message->kind == MESSAGE_WHOLE;
    if (!reply_parse(REPLY_SMTP, whole ? message->bytes : reply_whole_lines(message->bytes), &reply))
        return VERDICT_OK;
    if (reply.bare_lf && !server->bare_said && whole) {
        server->bare_said = true;
        emit_anomaly(emitter, ANOMALY_SMTP_BARE_LF, 0, 0);
    }
    bool greeting = is_greeting(state, emitter, reply.code);
    struct transaction *transaction = greeting || state->owed > 0 ? NULL : pick(state, emitter, reply.code);
    if (!transaction)
        transaction = open_alone(state, emitter, reply.code, message, greeting);
    if (greeting)
        state->client.believed = true;
    server->continues = server->spoke;
    state->greeted = server->spoke = true;
    return transaction ? take(state, emitter, transaction, &reply, message, greeting) : VERDICT_OK;
}
