/* SPDX-License-Identifier: BSD-3-Clause */
#include "overhear/dissector.h"

#include "frame/names.h"
#include "frame/ports.h"
#include "frame/session.h"
#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

extern const struct dissector finger_dissector;
const struct dissector *const dissector_registry[] = {&finger_dissector, NULL};

static char written[512];

/* Every field of the record, in the table's order. */
static void write_down(void *context, const struct record *record)
{
    (void)context;
    size_t length = 0;
    for (unsigned field = 0; field < record->dataset->field_count; field++) {
        struct bytes text = record_find_text(record, field);
        int64_t number;
        const char *name = record->dataset->fields[field].name;
        if (text.at)
            length += (size_t)snprintf(written + length, sizeof written - length, "%s=%.*s|", name, (int)text.len,
                                       (const char *)text.at);
        else if (record_find_integer(record, field, &number))
            length += (size_t)snprintf(written + length, sizeof written - length, "%s=%lld|", name, (long long)number);
    }
    (void)snprintf(written + length, sizeof written - length, "outcome=%d%s", (int)record->outcome,
                   record->incomplete ? " incomplete" : "");
}

/* One side at a time, `step` bytes a segment; NULL: this side is silent. Where a segment is \1, five bytes are lost;
 * where it is \2, it is an hour later when the rest, which came before that, is told. */
static void talk(const char *question, const char *answer, size_t step, enum end_reason reason)
{
    struct budget budget;
    budget_init(&budget, 0);
    struct session_shared shared = {
        .budget = &budget, .names = names_new(&budget), .ports = port_map_new(), .sink = {NULL, write_down}};
    struct conversation conversation = {.transport = TRANSPORT_TCP, .source.port = 50000, .destination.port = 79};
    struct session session;
    session_init(&session, &shared, &conversation);
    const char *words[2] = {question, answer};
    written[0] = 0;
    for (int side = 0; side < 2; side++) {
        struct bytes all = bytes_text(words[side]);
        for (size_t at = 0; at < all.len; at += step) {
            enum side speaker = side ? SIDE_SERVER : SIDE_CLIENT;
            struct bytes piece = bytes_slice(all, at, step);
            shared.moment.frame++;
            if (bytes_is(piece, "\2"))
                shared.now_ns = INT64_C(3600000000000);
            else if (bytes_is(piece, "\1"))
                session_gap(&session, speaker, 5);
            else
                session_data(&session, speaker, piece, shared.moment);
        }
    }
    if (reason == END_FIN)
        session_side_end(&session, SIDE_SERVER, shared.moment);
    session_end(&session, reason);
    session_shared_done(&shared);
    names_free(shared.names);
    port_map_free(shared.ports);
    assert_int_equal(budget.used, 0);
}

static void asks_about_a_person(void **state)
{
    (void)state;
    for (size_t step = 1; step < 20; step++) {
        talk("/W alice@example.org\r\n", "Login: alice\r\n", step, END_FIN);
        assert_string_equal(written, "finger.query=/W alice@example.org|finger.user=alice|finger.host=example.org|"
                                     "finger.verbose=1|finger.response.bytes=14|finger.response.text=Login: alice\r\n|"
                                     "outcome=1");
    }
}

/* What came behind a hole is counted, but does not stand beside what came before it. */
static void text_ends_at_a_hole(void **state)
{
    (void)state;
    talk("alice\r\n", "Login: al\1 Room 3\r\n", 1, END_FIN);
    assert_string_equal(written, "finger.query=alice|finger.user=alice|finger.response.bytes=18|"
                                 "finger.response.text=Login: al|outcome=1 incomplete");
}

/* What is left behind a hole is no whole question, nor one about everybody. */
static void question_with_a_hole(void **state)
{
    (void)state;
    talk("\1ce\r\n", "Login: alice\r\n", 1, END_FIN);
    assert_string_equal(written,
                        "finger.query=ce|finger.user=ce|finger.response.bytes=14|finger.response.text=Login: alice\r\n|"
                        "outcome=1 incomplete");
    talk("do\1\r\n", "", 1, END_FIN);
    assert_string_equal(written, "finger.query=|outcome=3 incomplete");
}

/* An answer that waited for a missing segment is no late one. */
static void answer_that_waited(void **state)
{
    (void)state;
    talk("bob\n", "\2No one.\r\n", 1, END_FIN);
    assert_string_equal(written, "finger.query=bob|finger.user=bob|finger.response.bytes=9|"
                                 "finger.response.text=No one.\r\n|outcome=1");
}

static void asks_about_everybody(void **state)
{
    (void)state;
    talk("\r\n", "No one.\r\n", 100, END_FIN);
    assert_string_equal(written, "finger.query=|finger.response.bytes=9|finger.response.text=No one.\r\n|outcome=1");
}

static void gets_no_answer(void **state)
{
    (void)state;
    talk("bob\n", "", 100, END_TIMEOUT);
    assert_string_equal(written, "finger.query=bob|finger.user=bob|outcome=3");
}

static void answer_breaks_off(void **state)
{
    (void)state;
    talk("bob\n", "Login", 100, END_RST);
    assert_string_equal(written, "finger.query=bob|finger.user=bob|finger.response.bytes=5|"
                                 "finger.response.text=Login|outcome=1 incomplete");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_about_a_person),  cmocka_unit_test(text_ends_at_a_hole),
        cmocka_unit_test(asks_about_everybody), cmocka_unit_test(gets_no_answer),
        cmocka_unit_test(answer_breaks_off),    cmocka_unit_test(question_with_a_hole),
        cmocka_unit_test(answer_that_waited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
