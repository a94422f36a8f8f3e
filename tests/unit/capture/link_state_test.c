/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What is said of an interface that comes and goes, and when.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture/link_state.h"

enum { OWN = 7, ETHERNET = 1, PPP = 512 };

static const int64_t second = 1000000000;
static const int64_t settled = (int64_t)LINK_SETTLING_MS * 1000000;

static const struct link up = {
    .present = true, .index = OWN, .name = "eth0", .type = ETHERNET, .up = true, .carrier = true};
static const struct link no_carrier = {.present = true, .index = OWN, .name = "eth0", .type = ETHERNET, .up = true};
static const struct link down = {.present = true, .index = OWN, .name = "eth0", .type = ETHERNET};
static const struct link gone = {.index = OWN, .name = "eth0", .type = ETHERNET};

static void expect(struct link_state *state, int64_t now_ns, const char *expected)
{
    char text[160] = "";
    bool told = link_state_tell(state, now_ns, text, sizeof text);
    assert_int_equal(told, expected != NULL);
    if (expected)
        assert_string_equal(text, expected);
}

static void begin(struct link_state *state)
{
    link_state_begin(state, "eth0", &up);
    assert_int_equal(link_state_due(state), INT64_MAX);
}

static void test_down_and_up(void **unused)
{
    (void)unused;
    struct link_state state;
    begin(&state);
    assert_int_equal(link_state_note(&state, &down, second), LINK_GO_ON);
    assert_int_equal(state.now, LINK_DOWN);
    assert_int_equal(link_state_due(&state), second + settled);
    expect(&state, second + settled - 1, NULL);
    expect(&state, second + settled, "eth0 went down: waiting for it");
    expect(&state, 10 * second, NULL);
    link_state_note(&state, &up, 11 * second);
    expect(&state, 12 * second, "eth0 is up again");
    assert_int_equal(link_state_due(&state), INT64_MAX);
}

static void test_a_moment(void **unused)
{
    (void)unused;
    struct link_state state;
    begin(&state);
    link_state_note(&state, &down, second);
    link_state_note(&state, &up, second + 1);
    expect(&state, second + 1, NULL);
    expect(&state, 2 * second, "eth0 was down for a moment, and is up again");
    link_state_note(&state, &down, 3 * second);
    link_state_note(&state, &gone, 3 * second);
    struct link next = up;
    next.index = OWN + 1;
    assert_int_equal(link_state_note(&state, &next, 3 * second + 1), LINK_TAKE_UP);
    expect(&state, 4 * second, "eth0 disappeared for a moment, and is back");
    expect(&state, 5 * second, NULL);
}

/* Going down on the way to disappearing is not worth a sentence of its own. */
static void test_gone_and_back(void **unused)
{
    (void)unused;
    struct link_state state;
    begin(&state);
    link_state_note(&state, &down, second);
    link_state_note(&state, &gone, second + 10);
    expect(&state, 2 * second, "eth0 has disappeared: waiting for it");
    /* An interface of another name, and the old index under another name, are none of its business. */
    struct link other = up;
    memcpy(other.name, "eth1", 5);
    assert_int_equal(link_state_note(&state, &other, 3 * second), LINK_GO_ON);
    struct link next = up;
    next.index = OWN + 1;
    assert_int_equal(link_state_note(&state, &next, 4 * second), LINK_TAKE_UP);
    assert_int_equal(state.index, OWN + 1);
    expect(&state, 5 * second, "eth0 is back");
    link_state_note(&state, &gone, 6 * second); /* of the old index */
    assert_int_equal(state.now, LINK_UP);
}

static void test_back_but_down(void **unused)
{
    (void)unused;
    struct link_state state;
    begin(&state);
    link_state_note(&state, &gone, second);
    expect(&state, 2 * second, "eth0 has disappeared: waiting for it");
    assert_int_equal(link_state_note(&state, &down, 3 * second), LINK_TAKE_UP);
    expect(&state, 4 * second, "eth0 is back, but down: waiting for it");
    link_state_note(&state, &up, 5 * second);
    expect(&state, 6 * second, "eth0 is up");
}

static void test_another_kind(void **unused)
{
    (void)unused;
    struct link_state state;
    begin(&state);
    link_state_note(&state, &gone, second);
    expect(&state, 2 * second, "eth0 has disappeared: waiting for it");
    struct link other = up;
    other.index = OWN + 1;
    other.type = PPP;
    assert_int_equal(link_state_note(&state, &other, 3 * second), LINK_GO_ON);
    expect(&state, 4 * second, "eth0 is back, but its frames are of another kind: left out");
    other.up = false;
    link_state_note(&state, &other, 5 * second);
    expect(&state, 6 * second, NULL);
    other.present = false;
    link_state_note(&state, &other, 7 * second);
    expect(&state, 8 * second, "eth0 has disappeared: waiting for it");
    assert_int_equal(link_state_note(&state, &up, 9 * second), LINK_TAKE_UP);
    link_state_refuse(&state, "Operation not permitted");
    expect(&state, 10 * second, "eth0 is back, but Operation not permitted: left out");
}

static void test_carrier(void **unused)
{
    (void)unused;
    struct link_state state;
    begin(&state);
    link_state_note(&state, &no_carrier, second);
    expect(&state, second + 1, NULL);
    expect(&state, 2 * second, "eth0 has no carrier");
    expect(&state, 3 * second, NULL);
    link_state_note(&state, &up, 4 * second);
    expect(&state, 5 * second, "eth0 has its carrier again");
    /* Set up, it has none for a while: nothing to tell. */
    link_state_note(&state, &down, 6 * second);
    expect(&state, 7 * second, "eth0 went down: waiting for it");
    link_state_note(&state, &no_carrier, 8 * second);
    link_state_note(&state, &up, 8 * second + 100);
    expect(&state, 9 * second, "eth0 is up again");
    expect(&state, 10 * second, NULL);
}

static void test_renamed(void **unused)
{
    (void)unused;
    struct link_state state;
    begin(&state);
    struct link renamed = up;
    memcpy(renamed.name, "lan0", 5);
    link_state_note(&state, &renamed, second);
    expect(&state, 2 * second, "eth0 is called lan0 now");
    expect(&state, 3 * second, NULL);
    renamed.present = false;
    link_state_note(&state, &renamed, 4 * second);
    expect(&state, 5 * second, "eth0 has disappeared: waiting for it");
}

static void test_the_start(void **unused)
{
    (void)unused;
    struct link_state state;
    link_state_begin(&state, "eth0", &down);
    expect(&state, second, "eth0 is down: waiting for it");
    link_state_note(&state, &up, 2 * second);
    expect(&state, 3 * second, "eth0 is up");
    /* All interfaces together neither come nor go. */
    link_state_begin(&state, "any", NULL);
    assert_int_equal(link_state_note(&state, &gone, second), LINK_GO_ON);
    expect(&state, 2 * second, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_down_and_up),   cmocka_unit_test(test_a_moment),     cmocka_unit_test(test_gone_and_back),
        cmocka_unit_test(test_back_but_down), cmocka_unit_test(test_another_kind), cmocka_unit_test(test_carrier),
        cmocka_unit_test(test_renamed),       cmocka_unit_test(test_the_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
