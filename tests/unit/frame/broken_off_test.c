/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Messages that break off: the text that ends with their last word is marked as cut, and no text of another message.
 * The toy opens a record for each line, and keeps it open; `+` goes on with the text of the first.
 */
#include "frame/session.h"

#include "frame/names.h"
#include "frame/ports.h"
#include "frame/session_state.h"
#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct field toy_fields[] = {{.name = "toy.words", .type = FIELD_TEXT},
                                          {.name = "toy.more", .type = FIELD_TEXT}};
static const struct dataset toy_dataset = {.name = "toy", .fields = toy_fields, .field_count = 2};

static struct framing toy_frame(void *state, enum side side, struct bytes pending, size_t seen)
{
    (void)state;
    (void)side;
    return framing_line(pending, seen);
}

static enum verdict toy_message(void *state, struct emitter *emitter, const struct message *message)
{
    const size_t end = bytes_find(message->bytes, '\n', 0);
    const struct bytes line = bytes_first(message->bytes, end);
    (void)state;
    struct transaction *first = transaction_find(emitter, 0);
    if (bytes_begin(line, "+")) {
        transaction_touch(first, message);
        record_append(&first->record, 0, bytes_skip(line, 2), 100);
    } else if (bytes_begin(line, "&")) {
        transaction_touch(first, message);
        record_text(&first->record, 1, bytes_skip(line, 2));
    } else {
        record_text(&transaction_open(emitter, 0, message)->record, 0, line);
    }
    return VERDICT_OK;
}

static void toy_gap(void *state, struct emitter *emitter, enum side side, uint64_t length)
{
    (void)state;
    (void)emitter;
    (void)side;
    (void)length;
}

static const struct port toy_ports[] = {{TRANSPORT_TCP, 7, NULL}, {0, 0, NULL}};
static const struct dissector toy_dissector = {.name = "toy",
                                               .ports = toy_ports,
                                               .dataset = &toy_dataset,
                                               .message_max = 64,
                                               .frame = toy_frame,
                                               .message = toy_message,
                                               .gap = toy_gap};
const struct dissector *const dissector_registry[] = {&toy_dissector, NULL};

static char written[1024];
static size_t length;

static void write_down(void *context, const struct record *record)
{
    (void)context;
    for (unsigned field = 0; field < 2; field++) {
        const struct bytes text = record_find_text(record, field);
        if (record_has(record, field))
            length += (size_t)snprintf(written + length, sizeof written - length, "%.*s%s|", (int)text.len,
                                       (const char *)text.at, record_is_truncated(record, field) ? " (cut)" : "");
    }
}

/* All of it in one frame, and then bytes are lost. */
static void said(const char *words, const char *expected)
{
    struct budget budget;
    budget_init(&budget, 0);
    struct session_shared shared = {.budget = &budget, .names = names_new(&budget), .ports = port_map_new()};
    struct conversation conversation = {.id = 1, .transport = TRANSPORT_TCP};
    struct session session;
    conversation.destination.port = 7;
    shared.sink = (struct record_sink){NULL, write_down};
    session_init(&session, &shared, &conversation);
    length = 0;
    written[0] = '\0';
    shared.moment = (struct moment){1, 1};
    session_data(&session, SIDE_CLIENT, bytes_text(words), shared.moment);
    session_gap(&session, SIDE_CLIENT, 10);
    session_end(&session, END_FIN);
    session_shared_done(&shared);
    names_free(shared.names);
    port_map_free(shared.ports);
    assert_int_equal(budget.used, 0);
    assert_string_equal(written, expected);
}

static void what_breaks_off(void **state)
{
    (void)state;
    said("one\ntwo", "one|two (cut)|");
    said("one\ntwo\n", "one|two|");
    /* the same last word, in the same frame, of a message that is whole */
    said("get abc\nget abc", "get abc|get abc (cut)|");
    said("get abc\n& abc", "get abc|abc (cut)|");
    said("abc\n& abc\nget\nget", "abc|abc|get|get (cut)|");
    /* a text that goes on */
    said("get a\n+ bc", "get abc (cut)|");
    said("get a\n& abc\n+ bc", "get abc (cut)|abc|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_breaks_off)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
