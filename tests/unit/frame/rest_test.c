/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sessions at rest, with a dissector that counts what it hears.
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

static const struct field fields[] = {{.name = "counter.words", .type = FIELD_TEXT}};
static const struct dataset dataset = {.name = "counter", .fields = fields, .field_count = 1};

static char told[1024];
static size_t told_length;

/* Counts the datagrams that it heard; `busy` makes that more than can be kept. */
struct counter_state {
    uint64_t heard;
    bool busy;
};

static enum verdict counter_message(void *state, struct emitter *emitter, const struct message *message)
{
    struct counter_state *counter = state;
    struct moment last = emit_conversation(emitter)->last;
    counter->busy = bytes_begin(message->bytes, "busy");
    counter->heard++;
    told_length += (size_t)snprintf(told + told_length, sizeof told - told_length, "%llu@%llu|",
                                    (unsigned long long)counter->heard, (unsigned long long)last.frame);
    if (bytes_begin(message->bytes, "ask"))
        (void)transaction_open(emitter, 1, message);
    if (bytes_begin(message->bytes, "say"))
        transaction_close(emitter, transaction_find(emitter, 1));
    return VERDICT_OK;
}

static bool counter_rest(const void *state, const struct conversation *conversation, struct remainder *ret_remainder)
{
    const struct counter_state *counter = state;
    *ret_remainder = (struct remainder){
        .bits = (uint8_t)conversation->last.frame, .count = 1, .numbers = {counter->heard}};
    return !counter->busy;
}

static void counter_wake(void *state, const struct conversation *conversation, const struct remainder *remainder)
{
    struct counter_state *counter = state;
    assert_int_equal(conversation->last.frame, remainder->bits);
    assert_int_equal(remainder->count, 1);
    counter->heard = (unsigned)remainder->numbers[0];
}

static struct framing counter_frame(void *state, enum side side, struct bytes pending, size_t seen)
{
    (void)state;
    (void)side;
    return framing_line(pending, seen);
}

static const struct port counter_ports[] = {{TRANSPORT_UDP, 9, NULL}, {TRANSPORT_TCP, 9, NULL}, {0, 0, NULL}};

static const struct dissector counter_dissector = {
    .name = "counter",
    .ports = counter_ports,
    .dataset = &dataset,
    .state_size = sizeof(struct counter_state),
    .message_max = 32,
    .frame = counter_frame,
    .message = counter_message,
    .rest = counter_rest,
    .wake = counter_wake,
};

static void ending_end(void *state, struct emitter *emitter, enum end_reason reason)
{
    (void)state;
    (void)emitter;
    told_length += (size_t)snprintf(told + told_length, sizeof told - told_length, "over%d|", (int)reason);
}

static const struct port ending_ports[] = {{TRANSPORT_UDP, 10, NULL}, {TRANSPORT_TCP, 10, NULL}, {0, 0, NULL}};

static const struct dissector ending_dissector = {
    .name = "ending",
    .ports = ending_ports,
    .dataset = &dataset,
    .state_size = sizeof(struct counter_state),
    .message_max = 32,
    .frame = counter_frame,
    .message = counter_message,
    .end = ending_end,
    .rest = counter_rest,
    .wake = counter_wake,
};

const struct dissector *const dissector_registry[] = {&counter_dissector, &ending_dissector, NULL};

struct fixture {
    struct budget budget;
    struct session_shared shared;
    struct conversation conversation;
    struct session session;
    uint64_t frame;
    char written[1024];
    size_t written_length;
};

static void write_down(void *context, const struct record *record)
{
    struct fixture *f = context;
    f->written_length += (size_t)snprintf(
        f->written + f->written_length, sizeof f->written - f->written_length, "%s(%llu,%llu)|", record->dataset->name,
        (unsigned long long)record->request.frame, (unsigned long long)record->last.frame);
}

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    budget_init(&f->budget, 0);
    f->shared.budget = &f->budget;
    f->shared.ports = port_map_new();
    f->shared.sink = (struct record_sink){f, write_down};
    f->conversation.transport = TRANSPORT_UDP;
    f->conversation.source.port = 50000;
    f->conversation.destination.port = 9;
    session_init(&f->session, &f->shared, &f->conversation);
    told_length = 0;
    told[0] = 0;
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    session_end(&f->session, END_CAPTURE);
    session_shared_done(&f->shared);
    assert_int_equal(f->budget.used, 0);
    port_map_free(f->shared.ports);
    free(f);
    return 0;
}

static void datagram(struct fixture *f, const char *words)
{
    f->shared.moment = (struct moment){++f->frame, (int64_t)f->frame * 1000000};
    f->shared.now_ns = f->shared.moment.time_ns;
    assert_true(session_wake(&f->session));
    f->conversation.last = f->shared.moment;
    session_datagram(&f->session, SIDE_CLIENT, bytes_text(words), strlen(words), f->shared.moment);
}

/* What is left is copied to another session, as the flow floor does. */
static void rest_elsewhere(struct fixture *f)
{
    const struct session_rest rest = f->session.rest;
    const uint64_t unrecognised = f->session.unrecognised;
    assert_null(f->session.state);
    memset(&f->session, 0xff, sizeof f->session);
    session_init(&f->session, &f->shared, &f->conversation);
    f->session.rest = rest;
    f->session.unrecognised = unrecognised;
}

static void a_rest_is_not_noticed(void **state)
{
    struct fixture *f = *state;
    assert_true(session_rest(&f->session)); /* nothing was said yet */
    datagram(f, "one");
    datagram(f, "ask");
    assert_false(session_rest(&f->session)); /* a question is open */
    datagram(f, "say");
    const size_t used = f->budget.used;
    assert_true(session_rest(&f->session));
    assert_true(session_rest(&f->session));
    assert_true(f->budget.used < used);
    const size_t left = f->budget.used; /* a transaction for the next question */
    rest_elsewhere(f);
    assert_string_equal(f->conversation.protocol, "counter");
    datagram(f, "busy");
    assert_false(session_rest(&f->session));
    datagram(f, "five");
    assert_true(session_rest(&f->session));
    assert_string_equal(told, "1@1|2@2|3@3|4@4|5@5|");
    assert_string_equal(f->written, "counter(2,2)|");
    session_end(&f->session, END_TIMEOUT);
    assert_int_equal(f->budget.used, left);
}

static void nobodys_datagrams_rest(void **state)
{
    struct fixture *f = *state;
    f->conversation.destination.port = 9999;
    for (unsigned i = 0; i < 3; i++) {
        datagram(f, "what");
        assert_true(session_rest(&f->session));
        rest_elsewhere(f);
    }
    assert_int_equal(f->session.rest.attempts, 3);
    datagram(f, "what"); /* the fourth is the last that is looked at */
    assert_true(session_rest(&f->session));
    rest_elsewhere(f);
    datagram(f, "one");
    assert_string_equal(told, "");
    assert_int_equal(session_unrecognised_bytes(&f->session), 19);
}

static void without_memory_it_rests_on(void **state)
{
    struct fixture *f = *state;
    datagram(f, "one");
    assert_true(session_rest(&f->session));
    for (uint64_t refused = 1; refused <= 2; refused++) {
        f->budget.fail_at = refused;
        assert_false(session_wake(&f->session));
        assert_null(f->session.state);
    }
    f->budget.fail_at = 1;
    session_datagram(&f->session, SIDE_CLIENT, bytes_text("lost"), 4, f->shared.moment);
    assert_int_equal(f->shared.anomaly_counts[ANOMALY_MEMORY_LIMIT], 1);
    datagram(f, "two");
    assert_string_equal(told, "1@1|2@2|");
}

static void line(struct fixture *f, const char *words)
{
    session_data(&f->session, SIDE_CLIENT, bytes_text(words), f->shared.moment);
}

static void a_connection_rests_when_it_is_over(void **state)
{
    struct fixture *f = *state;
    f->conversation.transport = TRANSPORT_TCP;
    line(f, "one\n");
    session_side_end(&f->session, SIDE_CLIENT, f->shared.moment);
    assert_false(session_rest(&f->session));
    session_side_end(&f->session, SIDE_SERVER, f->shared.moment);
    const size_t used = f->budget.used;
    assert_true(session_rest(&f->session));
    assert_true(f->budget.used < used);
    line(f, "two\n"); /* nothing follows */
    session_end(&f->session, END_FIN);
    assert_string_equal(told, "1@0|");
}

static void who_hears_the_end_does_not_rest(void **state)
{
    struct fixture *f = *state;
    f->conversation.destination.port = 10;
    datagram(f, "one");
    assert_false(session_rest(&f->session));
    session_end(&f->session, END_TIMEOUT);
    assert_string_equal(told, "1@1|over2|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_rest_is_not_noticed, begin, end),
        cmocka_unit_test_setup_teardown(nobodys_datagrams_rest, begin, end),
        cmocka_unit_test_setup_teardown(without_memory_it_rests_on, begin, end),
        cmocka_unit_test_setup_teardown(a_connection_rests_when_it_is_over, begin, end),
        cmocka_unit_test_setup_teardown(who_hears_the_end_does_not_rest, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
