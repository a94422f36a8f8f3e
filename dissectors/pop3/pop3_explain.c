/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Observations: what context has to say about an answer.
 */
#include "pop3.h"

enum { SLOW_NS = 2000000000 };

static void observe_count(struct record *record, int field, const char *observation, uint64_t count)
{
    struct argument argument = {.name = "count", .kind = ARGUMENT_INTEGER, .integer = (int64_t)count};
    record_observe(record, field, observation, &argument, 1);
}

/* The greeting of a server that does APOP has a time stamp, `<process.clock@host>`. */
static void explain_greeting(struct record *record, struct bytes text)
{
    size_t from = bytes_find(text, '<', 0), to = bytes_find(text, '>', from);
    struct bytes stamp = bytes_slice(text, from, to + 1 - from);
    if (bytes_at(text, to) != '>' || bytes_find(stamp, '@', 0) == stamp.len)
        return;
    record_observe(record, POP3_TEXT, "pop3.apop_offered", NULL, 0);
}

static void explain_stat(struct record *record)
{
    int64_t messages, bytes;
    if (!record_find_integer(record, POP3_MESSAGES, &messages) ||
        !record_find_integer(record, POP3_MAILBOX_BYTES, &bytes))
        return;
    struct argument arguments[] = {
        {.name = "messages", .kind = ARGUMENT_INTEGER, .integer = messages},
        {.name = "size", .kind = ARGUMENT_SIZE, .integer = bytes},
    };
    record_observe(record, POP3_TEXT, messages == 1 ? "pop3.mailbox_one" : "pop3.mailbox", arguments, 2);
}

static void explain_success(struct pop3_state *state, struct record *record, enum pop3_command command)
{
    switch (command) {
    case POP3_STAT:
        explain_stat(record);
        break;
    case POP3_DELE:
        state->deleted++;
        break;
    case POP3_RSET:
        if (state->deleted > 0)
            observe_count(record, POP3_STATUS, state->deleted == 1 ? "pop3.kept_one" : "pop3.kept", state->deleted);
        state->deleted = 0;
        break;
    case POP3_QUIT:
        if (state->deleted > 0)
            observe_count(record, POP3_STATUS, state->deleted == 1 ? "pop3.removed_one" : "pop3.removed",
                          state->deleted);
        break;
    case POP3_STLS:
        record_observe(record, POP3_STATUS, "pop3.tls_begins", NULL, 0);
        break;
    default:
        break;
    }
}

void pop3_explain_reply(struct pop3_state *state, struct emitter *emitter, struct record *record,
                        enum pop3_command command, struct bytes text)
{
    bool good = record->outcome == OUTCOME_SUCCESS;
    if (good)
        explain_success(state, record, command);
    else if (command == POP3_PASS || command == POP3_APOP ||
             (command == POP3_AUTH && record_has(record, POP3_MECHANISM))) {
        record_unexplained(record, POP3_STATUS);
        record_observe(record, POP3_STATUS, "pop3.refused", NULL, 0);
    }
    if (!emit_wants_notes(emitter))
        return;
    if (good && record->request.frame == 0) { /* nothing was asked */
        record_unexplained(record, POP3_STATUS);
        explain_greeting(record, text);
    }
    int64_t waited = record->response.time_ns - record->request.time_ns;
    if (record->request.frame != 0 && record->response.frame != 0 && waited >= SLOW_NS) {
        struct argument time = {.name = "time", .kind = ARGUMENT_DURATION, .integer = waited};
        record_observe(record, POP3_STATUS, "pop3.slow", &time, 1);
    }
}
