/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tunnels: the toy opens one with `for HOST`, and `is HOST` inside asks whether it may be for that host. `on` hands
 * over without a host.
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

static bool answer;

static enum probe toy_probe(const struct conversation *conversation, enum side side, struct bytes first)
{
    (void)conversation;
    (void)side;
    (void)first;
    return PROBE_YES;
}

static struct framing toy_frame(void *state, enum side side, struct bytes pending, size_t seen)
{
    (void)state;
    (void)side;
    return framing_line(pending, seen);
}

static enum verdict toy_message(void *state, struct emitter *emitter, const struct message *message)
{
    const struct bytes line = bytes_first(message->bytes, message->bytes.len - 1);
    (void)state;
    if (bytes_begin(line, "is "))
        answer = emit_may_be_for(emitter, bytes_skip(line, 3));
    if (!bytes_begin(line, "for ") && !bytes_is(line, "on"))
        return VERDICT_OK;
    emit_hand_over(emitter, NULL);
    if (bytes_begin(line, "for "))
        emit_meant_for(emitter, bytes_skip(line, 4));
    return VERDICT_HAND_OVER;
}

static const struct dissector toy_dissector = {
    .name = "toy", .message_max = 512, .probe = toy_probe, .frame = toy_frame, .message = toy_message};
const struct dissector *const dissector_registry[] = {&toy_dissector, NULL};

/* What comes of the last question in these lines. */
static bool answered(const char *lines)
{
    struct budget budget;
    budget_init(&budget, 0);
    struct session_shared shared = {.budget = &budget, .names = names_new(&budget), .ports = port_map_new()};
    struct conversation conversation = {.id = 1, .transport = TRANSPORT_TCP};
    struct session session;
    session_init(&session, &shared, &conversation);
    shared.moment = (struct moment){1, 1};
    session_data(&session, SIDE_CLIENT, bytes_text(lines), shared.moment);
    session_end(&session, END_FIN);
    session_shared_done(&shared);
    names_free(shared.names);
    port_map_free(shared.ports);
    assert_int_equal(budget.used, 0);
    return answer;
}

static void hosts(void **state)
{
    static const struct {
        const char *lines;
        bool may_be;
    } rows[] = {
        {"is a.example\n", true},
        {"for a.example\nis a.example\n", true},
        {"for a.example\nis b.example\n", false},
        {"for a.example\nis example\n", false},
        {"for example\nis a.example\n", false},
        {"for a.example\nis a.example.org\n", false},
        {"for a.example\nis A.eXample\n", true},
        {"for A.Example.\nis a.example\n", true},
        {"for a.example\nis a.example.\n", true},
        {"for a.example\nis a.example..\n", false},
        {"for xn--tda.example\nis b.example\n", false},
        /* of which nothing is known */
        {"for \nis a.example\n", true},
        {"for a.example\nis \n", true},
        {"for 192.0.2.1\nis a.example\n", true},
        {"for 192.0.2.1.\nis a.example\n", true},
        {"for 3221225985\nis a.example\n", true},
        {"for 0xC0000201\nis a.example\n", true},
        {"for 192.0.0x201\nis a.example\n", true},
        {"for [2001:db8::1]\nis a.example\n", true},
        {"for a.example\nis 192.0.2.1\n", true},
        {"for a.example\nis 2001:db8::1\n", true},
        {"for \xc3\xbc.example\nis a.example\n", true},
        {"for a.example\nis \xc3\xbc.example\n", true},
        /* which are names, though there are digits in them */
        {"for 192.0.2.1a\nis a.example\n", false},
        {"for 1.0xg\nis a.example\n", false},
        {"for 1.af\nis a.example\n", false},
        /* a tunnel in a tunnel, and something else */
        {"for a.example\nfor b.example\nis a.example\n", false},
        {"for a.example\nfor b.example\nis b.example\n", true},
        {"for a.example\non\nis b.example\n", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (answered(rows[i].lines) != rows[i].may_be)
            fail_msg("%s", rows[i].lines);
}

/* No name is longer than 255 bytes, whatever is asked for. */
static void long_hosts(void **state)
{
    char name[257] = {0}, lines[600];
    (void)state;
    for (size_t length = 255; length <= 256; length++) {
        memset(name, 'a', length);
        snprintf(lines, sizeof lines, "for %s\nis b\n", name);
        assert_int_equal(answered(lines), length > 255);
        snprintf(lines, sizeof lines, "for b\nis %s\n", name);
        assert_int_equal(answered(lines), length > 255);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(hosts), cmocka_unit_test(long_hosts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
