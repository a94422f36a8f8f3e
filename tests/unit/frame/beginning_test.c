/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What both sides said before anybody knew whose it is: a toy of lines that is recognised by the first K in the bytes
 * of a side. `?` opens a request, `!` is nonsense, `>` hands on. What the toy is told is written down, and what is
 * recorded.
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

enum { SECOND_NS = 1000000000 };

static const struct field toy_fields[] = {{.name = "toy.words", .type = FIELD_TEXT}};
static const struct dataset toy_dataset = {.name = "toy", .fields = toy_fields, .field_count = 1};

static char told[8192];
static size_t told_length;

static void tell(const char *what, struct bytes bytes, uint64_t first, uint64_t last)
{
    told_length += (size_t)snprintf(told + told_length, sizeof told - told_length, "%s%.*s@%llu-%llu|", what,
                                    (int)bytes.len, (const char *)bytes.at, (unsigned long long)first,
                                    (unsigned long long)last);
}

static enum probe toy_probe(const struct conversation *conversation, enum side side, struct bytes first)
{
    (void)conversation;
    (void)side;
    return bytes_find(first, 'K', 0) < first.len ? PROBE_YES : PROBE_MORE;
}

static struct framing toy_frame(void *state, enum side side, struct bytes pending, size_t seen)
{
    (void)state;
    (void)side;
    if (bytes_at(pending, 0) == '!')
        return (struct framing){FRAMING_NONSENSE, 1};
    return framing_line(pending, seen);
}

static enum verdict toy_message(void *state, struct emitter *emitter, const struct message *message)
{
    (void)state;
    const struct bytes line = bytes_first(message->bytes, message->bytes.len - 1);
    tell(message->side == SIDE_CLIENT ? "c " : "s ", line, message->first.frame, message->last.frame);
    if (bytes_begin(line, "?")) {
        struct transaction *request = transaction_open(emitter, 0, message);
        record_text(&request->record, 0, line);
    }
    return bytes_begin(line, ">") ? VERDICT_HAND_OVER : VERDICT_OK;
}

static void toy_gap(void *state, struct emitter *emitter, enum side side, uint64_t length)
{
    char words[32];
    (void)state;
    (void)emitter;
    snprintf(words, sizeof words, "gap %llu", (unsigned long long)length);
    tell(side == SIDE_CLIENT ? "c " : "s ", bytes_text(words), 0, 0);
}

static const struct port toy_ports[] = {{TRANSPORT_TCP, 7, NULL}, {0, 0, NULL}};

static const struct dissector toy_dissector = {
    .name = "toy",
    .ports = toy_ports,
    .dataset = &toy_dataset,
    .state_size = 8,
    .message_max = 64,
    .probe = toy_probe,
    .frame = toy_frame,
    .message = toy_message,
    .gap = toy_gap,
};

const struct dissector *const dissector_registry[] = {&toy_dissector, NULL};

struct fixture {
    struct budget budget;
    struct session_shared shared;
    struct conversation conversation;
    struct session session;
};

/* When it was seen, too: of an anomaly, and of what is given up in the meantime. */
static void write_down(void *context, const struct record *record)
{
    (void)context;
    tell(record->dataset->name, record_find_text(record, 0), record->first.frame, record->last.frame);
}

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    budget_init(&f->budget, 0);
    f->shared.budget = &f->budget;
    f->shared.names = names_new(&f->budget);
    f->shared.ports = port_map_new();
    f->shared.sink = (struct record_sink){f, write_down};
    f->conversation = (struct conversation){.id = 1, .transport = TRANSPORT_TCP};
    f->conversation.source.port = 50000;
    f->conversation.destination.port = 9999;
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
    names_free(f->shared.names);
    assert_int_equal(f->budget.used, 0);
    port_map_free(f->shared.ports);
    free(f);
    return 0;
}

/* Frame n is seen in second n. `now` may be later: what waits behind a hole is handed on then. */
static void say(struct fixture *f, enum side side, uint64_t frame, const char *words)
{
    const struct moment moment = {frame, (int64_t)frame * SECOND_NS};
    if (frame > f->shared.moment.frame)
        f->shared.moment = moment;
    f->shared.now_ns = f->shared.moment.time_ns;
    session_data(&f->session, side, bytes_text(words), moment);
}

static void as_it_was_seen(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_SERVER, 1, "hello\n");
    say(f, SIDE_CLIENT, 2, "one\n");
    say(f, SIDE_SERVER, 3, "two\nthree\n");
    say(f, SIDE_CLIENT, 4, "four\n");
    assert_string_equal(told, "");
    say(f, SIDE_SERVER, 5, "five K\n");
    assert_string_equal(told, "s hello@1-1|c one@2-2|s two@3-3|s three@3-3|c four@4-4|s five K@5-5|");
    assert_int_equal(f->session.state->sides[SIDE_CLIENT].offset, 9);
    assert_int_equal(f->session.state->sides[SIDE_SERVER].offset, 23);
    told_length = 0;
    say(f, SIDE_CLIENT, 6, "six\n");
    assert_string_equal(told, "c six@6-6|");
}

/* It is not the side that is recognised which comes first. */
static void whoever_is_recognised(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, 1, "one\n");
    say(f, SIDE_SERVER, 2, "two\n");
    say(f, SIDE_CLIENT, 3, "three K\n");
    assert_string_equal(told, "c one@1-1|s two@2-2|c three K@3-3|");
}

/* A message is told when its end was seen, with the moment of its beginning. */
static void message_in_pieces(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, 1, "o");
    say(f, SIDE_SERVER, 2, "t");
    say(f, SIDE_CLIENT, 3, "n");
    say(f, SIDE_SERVER, 4, "wo\nth");
    say(f, SIDE_CLIENT, 5, "e\nfo");
    say(f, SIDE_SERVER, 6, "ree K\n");
    assert_string_equal(told, "s two@2-4|c one@1-5|s three K@4-6|");
    say(f, SIDE_CLIENT, 7, "ur\n");
    assert_string_equal(told, "s two@2-4|c one@1-5|s three K@4-6|c four@5-7|");
}

/* A side's bytes stay in their order, also where the later ones were seen first. */
static void seen_in_another_order(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, 4, "one\n");
    say(f, SIDE_CLIENT, 2, "two\n");
    say(f, SIDE_SERVER, 3, "three K\n");
    assert_string_equal(told, "s three K@3-3|c one@4-4|c two@2-2|");
}

static void client_first_where_both_are_of_one_frame(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_SERVER, 1, "one\n");
    say(f, SIDE_CLIENT, 1, "two K\n");
    assert_string_equal(told, "c two K@1-1|s one@1-1|");
}

/* A request that nobody answered for two minutes is given up before what was said then; and not sooner. */
static void waits_are_over_in_between(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, 1, "?\n");
    say(f, SIDE_SERVER, 1 + LIMIT_TRANSACTION_SECONDS, "one\n");
    say(f, SIDE_CLIENT, 2 + LIMIT_TRANSACTION_SECONDS, "two\n");
    say(f, SIDE_SERVER, 500, "K\n");
    assert_string_equal(told, "c ?@1-1|s one@121-121|toy?@1-1|c two@122-122|s K@500-500|");
    assert_int_equal(f->shared.heard.frame, 0);
}

/* A wait is over at a moment in which no message begins nor ends, too. */
static void waits_are_over_within_a_message(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, 1, "?\n");
    say(f, SIDE_SERVER, 2, "a");
    say(f, SIDE_SERVER, 200, "b");
    say(f, SIDE_CLIENT, 201, "c\n");
    say(f, SIDE_SERVER, 202, "K\n");
    assert_string_equal(told, "c ?@1-1|toy?@1-1|c c@201-201|s abK@2-202|");
}

static void nonsense_has_its_place(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, 1, "one\n");
    say(f, SIDE_SERVER, 2, "two\n");
    say(f, SIDE_CLIENT, 3, "!!three\n");
    say(f, SIDE_SERVER, 4, "K\n");
    assert_string_equal(told, "c one@1-1|s two@2-2|anomalymessage.nonsense@3-3|c three@3-3|s K@4-4|");
    assert_int_equal(f->session.unrecognised, 2);
}

/* What is left belongs to the next, and is told in its order as well. */
static void handed_on_in_the_midst(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, 1, "one\n>\nK\n");
    say(f, SIDE_SERVER, 2, "two\n");
    say(f, SIDE_SERVER, 4, "three\n");
    assert_string_equal(told, "c one@1-1|c >@1-1|c K@1-1|s two@2-2|s three@4-4|");
    say(f, SIDE_CLIENT, 5, "four\n>\n");
    say(f, SIDE_SERVER, 6, "five\n");
    say(f, SIDE_CLIENT, 7, "six\n");
    say(f, SIDE_SERVER, 8, "seven\n");
    told_length = 0;
    say(f, SIDE_CLIENT, 9, "K\n>\n");
    assert_string_equal(told, "s five@6-6|c six@7-7|s seven@8-8|c K@9-9|c >@9-9|");
}

/* Where memory is out for its mark, what waits is there all the same, as if it were seen now. */
static void seen_nobody_knows_when(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_SERVER, 1, "one\n");
    f->budget.fail_at = 2; /* the bytes, then the mark */
    say(f, SIDE_CLIENT, 2, "two\n");
    assert_int_equal(f->session.state->sides[SIDE_CLIENT].pending.length, 4);
    assert_int_equal(f->session.state->sides[SIDE_CLIENT].pending.mark_count, 0);
    say(f, SIDE_SERVER, 3, "three K\n");
    assert_string_equal(told, "s one@1-1|c two@3-3|s three K@3-3|");
}

/* Bytes that were lost before anybody knew are told before all others. */
static void lost_before(void **state)
{
    struct fixture *f = *state;
    session_gap(&f->session, SIDE_CLIENT, 10);
    say(f, SIDE_SERVER, 1, "one\n");
    say(f, SIDE_CLIENT, 2, "two\n");
    say(f, SIDE_SERVER, 3, "K\n");
    assert_string_equal(told, "c gap 10@0-0|s one@1-1|c two@2-2|s K@3-3|");
}

/* On its port it is taken for what it may be when no more will come; it ends where it ended. */
static void nothing_more_comes(void **state)
{
    struct fixture *f = *state;
    f->conversation.destination.port = 7;
    say(f, SIDE_SERVER, 1, "one\n");
    say(f, SIDE_CLIENT, 2, "two\n");
    f->shared.moment = (struct moment){9, 9 * (int64_t)SECOND_NS};
    session_end(&f->session, END_CAPTURE);
    assert_string_equal(told, "s one@1-1|c two@2-2|");
    session_anomaly(&f->shared, &f->conversation, ANOMALY_MEMORY_LIMIT, 0, 0);
    assert_string_equal(told, "s one@1-1|c two@2-2|anomalymemory.limit@9-9|");
    session_init(&f->session, &f->shared, &f->conversation);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(as_it_was_seen, begin, end),
        cmocka_unit_test_setup_teardown(whoever_is_recognised, begin, end),
        cmocka_unit_test_setup_teardown(message_in_pieces, begin, end),
        cmocka_unit_test_setup_teardown(seen_in_another_order, begin, end),
        cmocka_unit_test_setup_teardown(client_first_where_both_are_of_one_frame, begin, end),
        cmocka_unit_test_setup_teardown(waits_are_over_in_between, begin, end),
        cmocka_unit_test_setup_teardown(waits_are_over_within_a_message, begin, end),
        cmocka_unit_test_setup_teardown(nonsense_has_its_place, begin, end),
        cmocka_unit_test_setup_teardown(handed_on_in_the_midst, begin, end),
        cmocka_unit_test_setup_teardown(seen_nobody_knows_when, begin, end),
        cmocka_unit_test_setup_teardown(lost_before, begin, end),
        cmocka_unit_test_setup_teardown(nothing_more_comes, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
