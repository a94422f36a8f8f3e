/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Finger (RFC 1288): who is logged in over there?
 *
 * The client sends one line, `[/W] [user][@host…] CRLF`; the server answers with text and closes. This is also the
 * example of docs/dissectors.md: the smallest dissector that has everything.
 */
#include "overhear/dissector.h"

enum finger_field {
    FINGER_QUERY,
    FINGER_USER,
    FINGER_HOST,
    FINGER_VERBOSE,
    FINGER_BYTES,
    FINGER_TEXT,
    FINGER_FIELD_COUNT
};

static const struct field finger_fields[FINGER_FIELD_COUNT] = {
    [FINGER_QUERY] = {.name = "finger.query", .type = FIELD_TEXT, .meaning = "the line that the client sent"},
    [FINGER_USER] = {.name = "finger.user", .type = FIELD_TEXT, .meaning = "who is asked about; absent: everybody"},
    [FINGER_HOST] = {.name = "finger.host",
                     .type = FIELD_TEXT,
                     .meaning = "the host to which the question is to be passed on"},
    [FINGER_VERBOSE] = {.name = "finger.verbose",
                        .type = FIELD_BOOLEAN,
                        .meaning = "the client asked for the long form",
                        .catalog = "finger.verbose"},
    [FINGER_BYTES] = {.name = "finger.response.bytes", .type = FIELD_INTEGER, .meaning = "bytes of the answer"},
    [FINGER_TEXT] = {.name = "finger.response.text", .type = FIELD_TEXT, .meaning = "the answer, at most 4 KiB of it"},
};

static const struct line finger_lines[] = {
    {SPEAKER_CLIENT, DETAIL_FULL, LINE_ONCE, "{!finger.query}", NULL},
    {SPEAKER_SERVER, DETAIL_FULL, LINE_ONCE, "{finger.response.bytes:size}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "{finger.response.text}", NULL},
    {SPEAKER_CLIENT, DETAIL_BRIEF, LINE_ONCE, "{!finger.query}[ → {finger.response.bytes:size}]", NULL},
};

static const struct dataset finger_dataset = {
    .name = "finger",
    .title = "Finger",
    .fields = finger_fields,
    .field_count = FINGER_FIELD_COUNT,
    .lines = finger_lines,
    .line_count = sizeof finger_lines / sizeof *finger_lines,
};

struct finger_state {
    uint64_t bytes;
    bool torn; /* bytes of the answer were lost: its text ends there */
    bool cut;  /* bytes of the question were lost: what comes next may be the end of it */
};

/* Any line could be a finger query, so only the port makes it likely. */
static enum probe finger_probe(const struct conversation *conversation, enum side side, struct bytes first)
{
    (void)conversation;
    if (side == SIDE_SERVER)
        return PROBE_MAYBE;
    return bytes_find(first, '\n', 0) < first.len ? PROBE_MAYBE : PROBE_MORE;
}

static struct framing finger_frame(void *state, enum side side, struct bytes pending, size_t seen)
{
    (void)state;
    return side == SIDE_CLIENT ? framing_line(pending, seen) : (struct framing){FRAMING_BODY_END, 0};
}

static void finger_query(const struct finger_state *state, struct emitter *emitter, const struct message *message)
{
    struct transaction *transaction = transaction_open(emitter, 0, message);
    if (!transaction)
        return;
    struct record *record = &transaction->record;
    struct bytes line = bytes_first(message->bytes, bytes_find(message->bytes, '\n', 0));
    if (line.len > 0 && bytes_at(line, line.len - 1) == '\r')
        line = bytes_first(line, line.len - 1);
    record->outcome = OUTCOME_UNKNOWN;
    record->incomplete |= state->cut;
    record_text(record, FINGER_QUERY, line);
    if (line.len == 0 && !state->cut)
        record_observe(record, RECORD_LAST, "finger.everybody", NULL, 0);
    struct bytes who = line;
    if (bytes_begin_nocase(who, "/W")) {
        record_boolean(record, FINGER_VERBOSE, true);
        who = bytes_trim(bytes_skip(who, 2));
    }
    size_t at = bytes_find(who, '@', 0);
    if (at > 0)
        record_text(record, FINGER_USER, bytes_first(who, at));
    if (at < who.len)
        record_text(record, FINGER_HOST, bytes_skip(who, at + 1));
}

static void finger_answer(struct finger_state *state, struct emitter *emitter, const struct message *message)
{
    struct transaction *transaction = transaction_oldest(emitter);
    if (!transaction)
        transaction = transaction_open(emitter, 0, message);
    if (!transaction)
        return;
    transaction_touch(transaction, message);
    state->bytes += message->bytes.len;
    record_set_integer(&transaction->record, FINGER_BYTES, (int64_t)state->bytes);
    if (message->kind == MESSAGE_BODY && !state->torn)
        record_append(&transaction->record, FINGER_TEXT, message->bytes, LIMIT_TEXT_BYTES);
    if (message->kind != MESSAGE_BODY_END)
        return;
    transaction->record.outcome = OUTCOME_SUCCESS;
    transaction_close(emitter, transaction);
}

static enum verdict finger_message(void *state, struct emitter *emitter, const struct message *message)
{
    if (message->side == SIDE_SERVER)
        finger_answer(state, emitter, message);
    else if (message->kind == MESSAGE_WHOLE && !transaction_oldest(emitter))
        finger_query(state, emitter, message);
    return VERDICT_OK;
}

static void finger_gap(void *state_block, struct emitter *emitter, enum side side, uint64_t length)
{
    struct finger_state *state = state_block;
    (void)emitter;
    (void)length;
    state->torn = state->torn || side == SIDE_SERVER;
    state->cut = state->cut || side == SIDE_CLIENT;
}

static const struct port finger_ports[] = {{TRANSPORT_TCP, 79, NULL}, {0, 0, NULL}};

extern const struct dissector finger_dissector;

const struct dissector finger_dissector = {
    .name = "finger",
    .meaning = "who is logged in: one line asked, a text answered",
    .ports = finger_ports,
    .dataset = &finger_dataset,
    .state_size = sizeof(struct finger_state),
    .message_max = 1024,
    .probe = finger_probe,
    .frame = finger_frame,
    .message = finger_message,
    .gap = finger_gap,
};
