/* SPDX-License-Identifier: BSD-3-Clause */
#include "frame/session_state.h"

#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

const struct dissector *const dissector_registry[] = {NULL};

static struct moment moment_at(uint64_t frame)
{
    return (struct moment){frame, (int64_t)frame * 1000};
}

/* A byte whose moment could not be kept counts as seen with the next one of which it could: never later than what came
 * behind it. */
static void moments_stay_in_order_where_memory_is_out(void **state)
{
    (void)state;
    struct budget budget;
    budget_init(&budget, 0);
    struct session_shared shared = {.budget = &budget};
    struct session session = {.shared = &shared};
    session.state = calloc(1, sizeof *session.state + 2 * sizeof(struct side_state));
    assert_non_null(session.state);
    const struct side_state *own = &session.state->sides[SIDE_CLIENT];
    budget.fail_at = 2; /* room for the bytes, none for the mark */
    assert_true(pending_append(&session, SIDE_CLIENT, bytes_text("ab"), moment_at(7)));
    assert_int_equal(own->pending.mark_count, 0);
    assert_int_equal(pending_moment(own, 0, moment_at(9)).frame, 9);
    assert_true(pending_append(&session, SIDE_CLIENT, bytes_text("cd"), moment_at(8)));
    assert_int_equal(pending_moment(own, 0, moment_at(9)).frame, 8);
    assert_int_equal(pending_moment(own, 1, moment_at(9)).frame, 8);
    assert_int_equal(pending_moment(own, 3, moment_at(9)).frame, 8);
    pending_free(&session, SIDE_CLIENT);
    assert_int_equal(budget.used, 0);
    free(session.state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_stay_in_order_where_memory_is_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
