/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The frame floor with a toy protocol of its own: lines, `body N` announces N bytes that flow through, `end` hands the
 * conversation on, `!…` is nonsense, `?…` is a body of all that is there once it is six bytes. Everything that the toy
 * is told is written down in a log.
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

enum { TOY_WORDS, TOY_FIELDS };

static const struct field toy_fields[TOY_FIELDS] = {
    [TOY_WORDS] = {.name = "toy.words", .type = FIELD_TEXT},
};
static const struct dataset toy_dataset = {.name = "toy", .fields = toy_fields, .field_count = TOY_FIELDS};

struct toy_state {
    uint64_t body[2];
    bool hands_on;           /* without having read anything */
    enum framing_kind waits; /* for all of the body, and then says that it is this */
};

static bool has_toy(struct bytes first)
{
    while (first.len > 0 && !bytes_begin(first, "toy!"))
        first = bytes_skip(first, 1);
    return first.len > 0;
}

static enum probe toy_probe(const struct conversation *conversation, enum side side, struct bytes first)
{
    (void)conversation;
    (void)side;
    if (bytes_at(first, 0) == '~')
        return has_toy(first) ? PROBE_LAST : PROBE_LATER;
    if (!bytes_begin(bytes_text("toy"), first.len >= 3 ? "toy" : ""))
        return PROBE_NO;
    if (first.len < 4)
        return bytes_equal(first, bytes_first(bytes_text("toy"), first.len)) ? PROBE_MORE : PROBE_NO;
    if (!bytes_begin(first, "toy"))
        return PROBE_NO;
    return bytes_at(first, 3) == '>' ? PROBE_CLIENT : bytes_at(first, 3) == '<' ? PROBE_SERVER : PROBE_MAYBE;
}

static struct framing toy_frame(void *state, enum side side, struct bytes pending, size_t seen)
{
    struct toy_state *toy = state;
    toy->hands_on = bytes_begin(pending, "toy~");
    if (toy->hands_on)
        return (struct framing){FRAMING_BODY, 0};
    if (toy->body[side] > pending.len && toy->waits)
        return (struct framing){FRAMING_MORE, 0};
    if (toy->body[side] > 0 && toy->waits)
        return (struct framing){toy->waits, toy->body[side]};
    if (toy->body[side] > 0)
        return (struct framing){FRAMING_BODY, toy->body[side]};
    if (bytes_at(pending, 0) == '!')
        return (struct framing){FRAMING_NONSENSE, 1};
    return framing_line(pending, seen);
}

static char told[16384];
static size_t told_length;

static void tell(const char *what, const struct message *m)
{
    told_length += (size_t)snprintf(told + told_length, sizeof told - told_length, "%s%c%.*s@%llu-%llu|", what,
                                    m->side == SIDE_CLIENT ? '>' : '<', (int)m->bytes.len, (const char *)m->bytes.at,
                                    (unsigned long long)m->first.frame, (unsigned long long)m->last.frame);
}

static enum verdict toy_message(void *state, struct emitter *emitter, const struct message *message)
{
    static const char *const kinds[] = {"line", "body", "end", "rest"};
    struct toy_state *toy = state;
    tell(kinds[message->kind], message);
    if (toy->hands_on)
        return VERDICT_HAND_OVER;
    if (message->kind == MESSAGE_BODY_END)
        toy->body[message->side] = 0;
    if (message->kind != MESSAGE_WHOLE)
        return VERDICT_OK;
    if (bytes_begin(message->bytes, "body "))
        toy->body[message->side] = (uint64_t)(bytes_at(message->bytes, 5) - '0');
    if (bytes_begin(message->bytes, "flow ") || bytes_begin(message->bytes, "hold ")) {
        toy->body[message->side] = (uint64_t)(bytes_at(message->bytes, 5) - '0');
        toy->waits = bytes_begin(message->bytes, "flow ") ? FRAMING_BODY : FRAMING_PIECE;
    }
    if (bytes_begin(message->bytes, "not mine"))
        return VERDICT_NOT_MINE;
    if (bytes_begin(message->bytes, "end"))
        return VERDICT_HAND_OVER;
    if (bytes_begin(message->bytes, "ask")) {
        struct transaction *t = transaction_open(emitter, bytes_at(message->bytes, 4), message);
        record_text(&t->record, TOY_WORDS, message->bytes);
    }
    if (bytes_begin(message->bytes, "say")) {
        struct transaction *t = transaction_find(emitter, bytes_at(message->bytes, 4));
        if (t) {
            transaction_touch(t, message);
            transaction_close(emitter, t);
        }
    }
    return VERDICT_OK;
}

static void toy_gap(void *state, struct emitter *emitter, enum side side, uint64_t length)
{
    (void)state;
    (void)emitter;
    told_length += (size_t)snprintf(told + told_length, sizeof told - told_length, "gap%c%llu|",
                                    side == SIDE_CLIENT ? '>' : '<', (unsigned long long)length);
}

static void toy_end(void *state, struct emitter *emitter, enum end_reason reason)
{
    (void)state;
    (void)emitter;
    told_length += (size_t)snprintf(told + told_length, sizeof told - told_length, "over%d|", (int)reason);
}

static const struct port toy_ports[] = {{TRANSPORT_TCP, 7, NULL}, {TRANSPORT_UDP, 7, "toyd"}, {0, 0, NULL}};

static const struct dissector toy_dissector = {
    .name = "toy",
    .ports = toy_ports,
    .dataset = &toy_dataset,
    .state_size = sizeof(struct toy_state),
    .message_max = 32,
    .probe = toy_probe,
    .frame = toy_frame,
    .message = toy_message,
    .gap = toy_gap,
    .end = toy_end,
};

static enum probe other_probe(const struct conversation *conversation, enum side side, struct bytes first)
{
    const struct bytes wanted = bytes_text("~other");
    (void)conversation;
    (void)side;
    if (!bytes_equal(bytes_first(first, wanted.len), bytes_first(wanted, first.len)))
        return PROBE_NO;
    return first.len < wanted.len ? PROBE_MORE : PROBE_YES;
}

static const struct dissector other_dissector = {
    .name = "other",
    .message_max = 32,
    .probe = other_probe,
    .frame = toy_frame,
    .message = toy_message,
    .state_size = sizeof(struct toy_state),
    .dataset = &toy_dataset,
};

const struct dissector *const dissector_registry[] = {&toy_dissector, &other_dissector, NULL};

struct fixture {
    struct budget budget;
    struct session_shared shared;
    struct conversation conversation;
    struct session session;
    uint64_t frame;
    char written[8192];
    size_t written_length;
    struct moment seen; /* the first of the last record */
};

static void write_down(void *context, const struct record *record)
{
    struct fixture *f = context;
    struct bytes words = record_find_text(record, 0);
    f->seen = record->first;
    f->written_length += (size_t)snprintf(f->written + f->written_length, sizeof f->written - f->written_length,
                                          "%s:%.*s(%llu,%llu)|", record->dataset->name, (int)words.len,
                                          (const char *)words.at, (unsigned long long)record->request.frame,
                                          (unsigned long long)record->response.frame);
}

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    budget_init(&f->budget, 0);
    f->shared.budget = &f->budget;
    f->shared.names = names_new(&f->budget);
    f->shared.ports = port_map_new();
    f->shared.sink = (struct record_sink){f, write_down};
    f->conversation.transport = TRANSPORT_TCP;
    f->conversation.source.port = 50000;
    f->conversation.destination.port = 7;
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

static void say(struct fixture *f, enum side side, const char *words)
{
    f->shared.moment = (struct moment){++f->frame, (int64_t)f->frame * 1000000};
    f->shared.now_ns = f->shared.moment.time_ns;
    session_data(&f->session, side, bytes_text(words), f->shared.moment);
}

static void cuts_do_not_matter(void **state)
{
    struct fixture *f = *state;
    const char *talk = "toy!\nask 1\nbody 5\nabcdesay x\n";
    for (size_t i = 0; talk[i]; i++)
        say(f, SIDE_CLIENT, (char[]){talk[i], 0});
    assert_string_equal(told, "line>toy!\n@1-5|line>ask 1\n@6-11|line>body 5\n@12-18|body>a@19-19|body>b@20-20|"
                              "body>c@21-21|body>d@22-22|body>e@23-23|end>@23-23|line>say x\n@24-29|");
}

/* A side that has begun a message, or a body whose length is known, has more to say. */
static void in_the_midst(void **state)
{
    struct fixture *f = *state;
    assert_false(session_is_amidst(&f->session, SIDE_CLIENT));
    say(f, SIDE_CLIENT, "toy!\r");
    assert_true(session_is_amidst(&f->session, SIDE_CLIENT));
    say(f, SIDE_CLIENT, "\n");
    assert_false(session_is_amidst(&f->session, SIDE_CLIENT));
    say(f, SIDE_CLIENT, "body 5\nabcd");
    assert_true(session_is_amidst(&f->session, SIDE_CLIENT));
    assert_false(session_is_amidst(&f->session, SIDE_SERVER));
    say(f, SIDE_CLIENT, "e");
    assert_false(session_is_amidst(&f->session, SIDE_CLIENT));
}

/* Lost bytes are told long after they were sent: what is open then has not waited so long. */
static void a_gap_takes_no_time(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, "toy!\nask 1\nbody 5\nab");
    f->shared.moment.time_ns += (int64_t)(LIMIT_TRANSACTION_SECONDS + 1) * 1000000000;
    f->shared.now_ns = f->shared.moment.time_ns;
    session_gap(&f->session, SIDE_CLIENT, 3);
    assert_string_equal(f->written, "");
    assert_string_equal(told, "line>toy!\n@1-1|line>ask 1\n@1-1|line>body 5\n@1-1|body>ab@1-1|end>@1-1|gap>3|");
}

/* Each byte of a body that had to wait has its own moment, but for the CR of a piece. */
static void bodies_that_waited_keep_their_moments(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, "toy!\nflow 5\n");
    say(f, SIDE_CLIENT, "abc");
    say(f, SIDE_CLIENT, "de");
    assert_string_equal(told, "line>toy!\n@1-1|line>flow 5\n@1-1|body>abc@2-2|body>de@3-3|end>@3-3|");
    told_length = 0;
    say(f, SIDE_CLIENT, "hold 5\n");
    say(f, SIDE_CLIENT, "abc");
    say(f, SIDE_CLIENT, "de");
    assert_string_equal(told, "line>hold 5\n@4-4|body>abc@5-5|body>de@6-6|end>@6-6|");
    told_length = 0;
    say(f, SIDE_CLIENT, "hold 7\n");
    say(f, SIDE_CLIENT, "ab\r");
    say(f, SIDE_CLIENT, "\r");
    say(f, SIDE_CLIENT, "\ncd");
    assert_string_equal(told, "line>hold 7\n@7-7|body>ab@8-8|body>\r@8-8|body>\r\ncd@9-10|end>@10-10|");
}

/* Who hands on what it has not read is not asked again: nobody would ever read it. */
static void hands_on_once(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, "toy~");
    say(f, SIDE_CLIENT, "toy~");
    assert_string_equal(told, "end>@1-1|over0|");
    assert_true(f->session.state->opaque);
    assert_int_equal(f->session.state->sides[SIDE_CLIENT].pending.length, 0);
}

/* The segment with the end of a message was seen before the one with its beginning. */
static void no_message_ends_before_it_begins(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, "toy!\n");
    session_data(&f->session, SIDE_CLIENT, bytes_text("ask"), (struct moment){5, 5000000});
    session_data(&f->session, SIDE_CLIENT, bytes_text(" 1\nno"), (struct moment){3, 3000000});
    assert_string_equal(told, "line>toy!\n@1-1|line>ask 1\n@5-5|");
    session_data(&f->session, SIDE_CLIENT, bytes_text("ne"), (struct moment){2, 2000000});
    session_end(&f->session, END_CAPTURE);
    assert_string_equal(told, "line>toy!\n@1-1|line>ask 1\n@5-5|rest>none@3-3|over4|");
}

static void whole_segments_are_not_copied(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, "toy!\nask 1\nbody 5\nabcdesay x\n");
    assert_string_equal(told, "line>toy!\n@1-1|line>ask 1\n@1-1|line>body 5\n@1-1|body>abcde@1-1|end>@1-1|"
                              "line>say x\n@1-1|");
}

static void pairs_by_key(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, "toy!\nask 1\nask 2\n");
    say(f, SIDE_SERVER, "say 2\nsay 1\n");
    assert_string_equal(f->written, "toy:ask 2\n(1,2)|toy:ask 1\n(1,2)|");
}

static void abandons_what_is_open(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, "toy!\nask 1\nhalf a li");
    session_end(&f->session, END_TIMEOUT);
    assert_string_equal(f->written, "toy:ask 1\n(1,0)|");
    assert_string_equal(told, "line>toy!\n@1-1|line>ask 1\n@1-1|rest>half a li@1-1|over2|");
}

static void gives_up_after_the_wait(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, "toy!\nask 1\n");
    f->shared.now_ns += (int64_t)LIMIT_TRANSACTION_SECONDS * 1000000000;
    session_tick(&f->session);
    assert_string_equal(f->written, "");
    f->shared.now_ns += 1;
    session_tick(&f->session);
    assert_string_equal(f->written, "toy:ask 1\n(1,0)|");
}

/* Behind a hole, or at a beginning that was not seen, bytes wait: by their own clock the answer was in time. */
static void what_waited_was_in_time(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, "toy!\nask 1\n");
    f->shared.now_ns += (int64_t)LIMIT_TRANSACTION_SECONDS * 2000000000;
    session_data(&f->session, SIDE_SERVER, bytes_text("say 1\n"), (struct moment){2, 2000000});
    assert_string_equal(f->written, "toy:ask 1\n(1,2)|");
    say(f, SIDE_CLIENT, "ask 2\n");
    f->shared.now_ns += (int64_t)LIMIT_TRANSACTION_SECONDS * 2000000000;
    session_data(&f->session, SIDE_SERVER, bytes_text("say 2\n"), (struct moment){3, f->shared.now_ns});
    assert_string_equal(f->written, "toy:ask 1\n(1,2)|toy:ask 2\n(2,0)|");
}

/* Anomalies, and the end of what goes on to the end, were seen when their bytes were, not when these were set free. */
static void what_waited_has_its_moment(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, "toy!\n");
    f->shared.moment = (struct moment){9, 9000000};
    session_data(&f->session, SIDE_CLIENT, bytes_text("!"), (struct moment){2, 2000000});
    assert_int_equal(f->shared.anomaly_counts[ANOMALY_MESSAGE_NONSENSE], 1);
    assert_int_equal(f->seen.frame, 2);
    assert_int_equal(f->seen.time_ns, 2000000);
    session_data(&f->session, SIDE_CLIENT, bytes_text("body 3\nab"), (struct moment){3, 3000000});
    session_side_end(&f->session, SIDE_CLIENT, (struct moment){4, 4000000});
    assert_string_equal(told, "line>toy!\n@1-1|line>body 3\n@3-3|body>ab@3-3|end>@4-4|");
    session_anomaly(&f->shared, &f->conversation, ANOMALY_MEMORY_LIMIT, 0, 0);
    assert_int_equal(f->seen.frame, 9);
}

static void goes_on_after_a_gap(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, "toy!\nhalf");
    session_gap(&f->session, SIDE_CLIENT, 10);
    say(f, SIDE_CLIENT, "!!ask 1\n");
    assert_string_equal(told, "line>toy!\n@1-1|rest>half@1-1|gap>10|line>ask 1\n@2-2|");
    assert_int_equal(f->shared.anomalies, 0);
}

/* A snap length cuts every segment: what is there of each message is told. */
static void every_beginning_is_told(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, "toy!\nfirst");
    session_gap(&f->session, SIDE_CLIENT, 10);
    say(f, SIDE_CLIENT, "second");
    session_gap(&f->session, SIDE_CLIENT, 10);
    say(f, SIDE_CLIENT, "third");
    session_side_end(&f->session, SIDE_CLIENT, f->shared.moment);
    assert_string_equal(told, "line>toy!\n@1-1|rest>first@1-1|gap>10|rest>second@2-2|gap>10|rest>third@3-3|");
}

static void a_gap_inside_a_body_is_survived(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, "toy!\nbody 9\nab");
    session_gap(&f->session, SIDE_CLIENT, 5);
    say(f, SIDE_CLIENT, "hiask 1\n");
    assert_string_equal(told, "line>toy!\n@1-1|line>body 9\n@1-1|body>ab@1-1|gap>5|body>hi@2-2|end>@2-2|"
                              "line>ask 1\n@2-2|");
}

static void passes_over_long_messages(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, "toy!\n");
    say(f, SIDE_CLIENT, "a line that is much longer than thirty-two bytes can be");
    say(f, SIDE_CLIENT, "ask 1\n");
    assert_int_equal(f->shared.anomaly_counts[ANOMALY_MESSAGE_TOO_LONG], 1);
    assert_string_equal(told, "line>toy!\n@1-1|gap>55|line>ask 1\n@3-3|");
}

static void nonsense_is_an_anomaly_once(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, "toy!\n!!!!");
    say(f, SIDE_CLIENT, "!!ask 1\n");
    assert_int_equal(f->shared.anomaly_counts[ANOMALY_MESSAGE_NONSENSE], 1);
    assert_int_equal(f->session.unrecognised, 6);
}

static void nonsense_without_end_is_given_up(void **state)
{
    struct fixture *f = *state;
    char nothing[4097];
    memset(nothing, '!', sizeof nothing - 1);
    nothing[sizeof nothing - 1] = 0;
    say(f, SIDE_CLIENT, "toy!\n");
    for (size_t sent = 0; sent < LIMIT_RESYNC_BYTES; sent += sizeof nothing - 1)
        say(f, SIDE_CLIENT, nothing);
    assert_string_equal(told, "line>toy!\n@1-1|");
    say(f, SIDE_CLIENT, "!ask 1\n");
    assert_string_equal(told, "line>toy!\n@1-1|over0|");
    assert_int_equal(session_unrecognised_bytes(&f->session), LIMIT_RESYNC_BYTES + 7);
}

/* A line of a thousand kilobytes in single bytes is longer than the marks reach: the last mark stands for the rest. */
static void moments_are_bounded(void **state)
{
    struct fixture *f = *state;
    struct session_state *session;
    say(f, SIDE_CLIENT, "toy!\nx");
    session = f->session.state;
    for (int i = 0; i < 30; i++)
        say(f, SIDE_CLIENT, "y");
    assert_int_equal(session->sides[SIDE_CLIENT].pending.mark_count, 31);
    for (size_t i = 31; i < LIMIT_MARKS + 10; i++) {
        struct moment moment = {1000 + i, 0};
        assert_true(pending_append(&f->session, SIDE_CLIENT, bytes_text("z"), moment));
    }
    assert_int_equal(session->sides[SIDE_CLIENT].pending.mark_count, LIMIT_MARKS);
    assert_int_equal(pending_moment(&session->sides[SIDE_CLIENT], 5 + LIMIT_MARKS + 5, (struct moment){0, 0}).frame,
                     1000 + LIMIT_MARKS - 1);
}

static void recognises_on_any_port(void **state)
{
    struct fixture *f = *state;
    f->conversation.destination.port = 9999;
    say(f, SIDE_CLIENT, "to");
    assert_null(f->conversation.protocol);
    say(f, SIDE_CLIENT, "y>\n");
    assert_string_equal(f->conversation.protocol, "toy");
    assert_string_equal(told, "line>toy>\n@1-2|");
}

/* Whose it is when a client has said that in pieces of so many bytes, and nothing more comes. */
static const char *taken_by(struct fixture *f, const char *words, size_t piece)
{
    for (struct bytes rest = bytes_text(words); rest.len > 0; rest = bytes_skip(rest, piece)) {
        f->shared.moment = (struct moment){++f->frame, (int64_t)f->frame * 1000000};
        session_data(&f->session, SIDE_CLIENT, bytes_first(rest, piece), f->shared.moment);
    }
    session_end(&f->session, END_FIN);
    const char *protocol = f->conversation.protocol;
    f->conversation.protocol = NULL;
    session_init(&f->session, &f->shared, &f->conversation);
    return protocol;
}

static void a_beginning_behind_others_needs_the_port(void **state)
{
    static const size_t pieces[] = {1, 2, 5, 7, 1000};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        assert_string_equal(taken_by(f, "~something toy!\n", pieces[i]), "toy");
        assert_string_equal(taken_by(f, "~o toy!\n", pieces[i]), "toy");
        assert_string_equal(taken_by(f, "~other toy!\n", pieces[i]), "other");
        assert_null(taken_by(f, "~something toy", pieces[i]));
        assert_string_equal(taken_by(f, "~otoy!", pieces[i]), "toy");
        f->conversation.destination.port = 9;
        assert_null(taken_by(f, "~something toy!\n", pieces[i]));
        f->conversation.destination.port = 7;
    }
}

static void maybe_needs_the_port(void **state)
{
    struct fixture *f = *state;
    f->conversation.destination.port = 9999;
    say(f, SIDE_CLIENT, "toy!\n");
    assert_null(f->conversation.protocol);
    assert_int_equal(session_unrecognised_bytes(&f->session), 5);
}

/* The port that --port says counts, and one may be taken from everybody. */
static void maybe_on_a_port_by_hand(void **state)
{
    struct fixture *f = *state;
    f->conversation.destination.port = 9999;
    port_map_set(f->shared.ports, 9999, &toy_dissector);
    say(f, SIDE_CLIENT, "toy!\n");
    assert_string_equal(f->conversation.protocol, "toy");
}

static void maybe_not_on_a_port_by_hand(void **state)
{
    struct fixture *f = *state;
    port_map_set(f->shared.ports, 7, NULL);
    say(f, SIDE_CLIENT, "toy!\n");
    assert_null(f->conversation.protocol);
}

static void learns_the_roles_in_midstream(void **state)
{
    struct fixture *f = *state;
    f->conversation.midstream = true;
    f->conversation.source.port = 7;
    f->conversation.destination.port = 50000;
    say(f, SIDE_CLIENT, "toy<\n");
    assert_true(session_take_swap(&f->session));
    assert_false(session_take_swap(&f->session));
    assert_int_equal(f->conversation.destination.port, 7);
    assert_string_equal(told, "line<toy<\n@1-1|");
}

static void hands_over(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, "toy!\nend\nzzzz");
    assert_string_equal(told, "line>toy!\n@1-1|line>end\n@1-1|over0|");
    assert_int_equal(session_unrecognised_bytes(&f->session), 4);
}

static void datagrams_are_messages(void **state)
{
    struct fixture *f = *state;
    f->conversation.transport = TRANSPORT_UDP;
    struct moment moment = {4, 4000000};
    session_datagram(&f->session, SIDE_CLIENT, bytes_text("toy>"), 9, moment);
    assert_string_equal(told, "line>toy>@4-4|");
    assert_string_equal(f->conversation.protocol, "toyd");
}

static void an_icmp_error_answers_datagrams(void **state)
{
    struct fixture *f = *state;
    f->conversation.transport = TRANSPORT_UDP;
    struct moment moment = {4, 4000000};
    session_datagram(&f->session, SIDE_CLIENT, bytes_text("toy>"), 4, moment);
    session_datagram(&f->session, SIDE_CLIENT, bytes_text("ask 1"), 5, moment);
    f->shared.moment = (struct moment){5, 5000000};
    const struct icmp_error others[] = {{.present = true, .type = 3, .code = 4},
                                        {.present = true, .type = 12, .code = 0},
                                        {.present = true, .type = 2}};
    for (size_t i = 0; i < 3; i++)
        session_icmp_error(&f->session, &others[i], i < 2 ? 4 : 6);
    assert_string_equal(f->written, "");
    session_icmp_error(&f->session, &(struct icmp_error){.present = true, .type = 3, .code = 3}, 4);
    assert_string_equal(f->written, "toy:ask 1(4,0)|");
}

static void keeps_transactions_bounded(void **state)
{
    struct fixture *f = *state;
    say(f, SIDE_CLIENT, "toy!\n");
    for (int i = 0; i < LIMIT_TRANSACTIONS; i++)
        say(f, SIDE_CLIENT, "ask 1\n");
    assert_string_equal(f->written, "");
    say(f, SIDE_CLIENT, "ask 2\n");
    assert_string_equal(f->written, "anomaly:message.transactions_limit(0,0)|toy:ask 1\n(2,0)|");
}

static void remembers_across_conversations(void **state)
{
    struct fixture *f = *state;
    struct conversation other = f->conversation, stranger = f->conversation;
    struct session another, strange;
    other.source.port = 50001;
    stranger.source.ip = (struct address){4, {10, 0, 0, 9}};
    session_init(&another, &f->shared, &other);
    session_init(&strange, &f->shared, &stranger);
    struct emitter here = {&f->session, NULL}, there = {&another, NULL}, elsewhere = {&strange, NULL};
    struct moment when = {0, 0};
    assert_false(emit_recall(&there, 7, &when));
    f->shared.moment = (struct moment){3, 3000};
    emit_remember(&here, 7);
    f->shared.moment = (struct moment){4, 4000};
    assert_true(emit_recall(&there, 7, &when));
    assert_int_equal(when.frame, 3);
    assert_false(emit_recall(&there, 8, &when));
    assert_false(emit_recall(&elsewhere, 7, &when));
    for (uint64_t i = 0; i < LIMIT_RECOLLECTIONS - 1; i++)
        emit_remember(&elsewhere, i);
    assert_true(emit_recall(&there, 7, &when));
    emit_remember(&elsewhere, 100);
    assert_false(emit_recall(&there, 7, &when));
}

static void survives_want_of_memory(void **state)
{
    struct fixture *f = *state;
    for (uint64_t n = 1; n < 12; n++) {
        f->budget.fail_at = n;
        say(f, SIDE_CLIENT, "toy!\nhal");
        say(f, SIDE_CLIENT, "f\nbody 3\n");
        say(f, SIDE_CLIENT, "abc");
        session_end(&f->session, END_EVICTED);
        session_init(&f->session, &f->shared, &f->conversation);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cuts_do_not_matter, begin, end),
        cmocka_unit_test_setup_teardown(in_the_midst, begin, end),
        cmocka_unit_test_setup_teardown(a_gap_takes_no_time, begin, end),
        cmocka_unit_test_setup_teardown(bodies_that_waited_keep_their_moments, begin, end),
        cmocka_unit_test_setup_teardown(hands_on_once, begin, end),
        cmocka_unit_test_setup_teardown(no_message_ends_before_it_begins, begin, end),
        cmocka_unit_test_setup_teardown(whole_segments_are_not_copied, begin, end),
        cmocka_unit_test_setup_teardown(pairs_by_key, begin, end),
        cmocka_unit_test_setup_teardown(abandons_what_is_open, begin, end),
        cmocka_unit_test_setup_teardown(gives_up_after_the_wait, begin, end),
        cmocka_unit_test_setup_teardown(what_waited_was_in_time, begin, end),
        cmocka_unit_test_setup_teardown(what_waited_has_its_moment, begin, end),
        cmocka_unit_test_setup_teardown(goes_on_after_a_gap, begin, end),
        cmocka_unit_test_setup_teardown(every_beginning_is_told, begin, end),
        cmocka_unit_test_setup_teardown(a_gap_inside_a_body_is_survived, begin, end),
        cmocka_unit_test_setup_teardown(passes_over_long_messages, begin, end),
        cmocka_unit_test_setup_teardown(nonsense_is_an_anomaly_once, begin, end),
        cmocka_unit_test_setup_teardown(nonsense_without_end_is_given_up, begin, end),
        cmocka_unit_test_setup_teardown(moments_are_bounded, begin, end),
        cmocka_unit_test_setup_teardown(recognises_on_any_port, begin, end),
        cmocka_unit_test_setup_teardown(a_beginning_behind_others_needs_the_port, begin, end),
        cmocka_unit_test_setup_teardown(maybe_needs_the_port, begin, end),
        cmocka_unit_test_setup_teardown(maybe_on_a_port_by_hand, begin, end),
        cmocka_unit_test_setup_teardown(maybe_not_on_a_port_by_hand, begin, end),
        cmocka_unit_test_setup_teardown(learns_the_roles_in_midstream, begin, end),
        cmocka_unit_test_setup_teardown(hands_over, begin, end),
        cmocka_unit_test_setup_teardown(datagrams_are_messages, begin, end),
        cmocka_unit_test_setup_teardown(an_icmp_error_answers_datagrams, begin, end),
        cmocka_unit_test_setup_teardown(keeps_transactions_bounded, begin, end),
        cmocka_unit_test_setup_teardown(remembers_across_conversations, begin, end),
        cmocka_unit_test_setup_teardown(survives_want_of_memory, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
