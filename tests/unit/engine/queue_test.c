/* SPDX-License-Identifier: BSD-3-Clause */
#include "engine/queue.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SIZE = 256, BLOCKS = 200000 };

static int begin(void **state)
{
    struct queue *queue = aligned_alloc(_Alignof(struct queue), sizeof *queue);
    *state = queue;
    return queue && queue_init(queue, SIZE) ? 0 : -1;
}

static int end(void **state)
{
    queue_done(*state);
    free(*state);
    return 0;
}

static bool put(struct queue *queue, size_t length, uint8_t filled_with)
{
    void *block = queue_reserve(queue, length);
    if (!block)
        return false;
    assert_int_equal((uintptr_t)block % QUEUE_ALIGNMENT, 0);
    memset(block, filled_with, length);
    queue_commit(queue);
    return true;
}

static void gives_blocks_in_their_order(void **state)
{
    struct queue *queue = *state;
    assert_null(queue_front(queue));
    assert_true(put(queue, 1, 'a'));
    assert_true(put(queue, 40, 'b'));
    assert_int_equal(queue_blocks(queue), 2);
    assert_int_equal(queue_bytes(queue), 32 + 64);
    assert_int_equal(*(char *)queue_front(queue), 'a');
    assert_int_equal(*(char *)queue_front(queue), 'a');
    queue_pop(queue);
    assert_int_equal(((char *)queue_front(queue))[39], 'b');
    queue_pop(queue);
    assert_null(queue_front(queue));
    queue_pop(queue); /* of nothing: nothing */
    assert_int_equal(queue_blocks(queue), 0);
    assert_int_equal(queue_bytes(queue), 0);
}

static void shows_nothing_before_commit(void **state)
{
    struct queue *queue = *state;
    assert_non_null(queue_reserve(queue, 16));
    assert_null(queue_front(queue));
    queue_commit(queue);
    assert_non_null(queue_front(queue));
}

static void refuses_what_does_not_fit_now(void **state)
{
    struct queue *queue = *state;
    assert_true(put(queue, 112, 1));
    assert_true(put(queue, 112, 2));
    assert_false(put(queue, 1, 3));
    queue_pop(queue);
    assert_true(put(queue, 112, 3));
    assert_int_equal(*(char *)queue_front(queue), 2);
}

/* The longest block, from every place where the ring may stand. */
static void takes_the_longest_block_wherever_it_is(void **state)
{
    struct queue *queue = *state;
    for (unsigned i = 0; i < 64; i++) {
        assert_true(put(queue, 1 + i % 3 * 16, 7));
        queue_pop(queue);
        assert_true(put(queue, SIZE / 2 - QUEUE_ALIGNMENT, (uint8_t)i));
        const uint8_t *block = queue_front(queue);
        assert_int_equal(block[0], i);
        assert_int_equal(block[SIZE / 2 - QUEUE_ALIGNMENT - 1], i);
        queue_pop(queue);
        assert_int_equal(queue_bytes(queue), 0);
    }
}

static void *write_all(void *context)
{
    struct queue *queue = context;
    for (uint32_t i = 0; i < BLOCKS; i++) {
        size_t length = sizeof i + i % 90;
        uint8_t *block;
        while (!(block = queue_reserve(queue, length)))
            sched_yield();
        memset(block, (int)(i & 0xff), length);
        memcpy(block, &i, sizeof i);
        queue_commit(queue);
    }
    return NULL;
}

static void passes_blocks_between_threads(void **state)
{
    struct queue *queue = *state;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, write_all, queue), 0);
    for (uint32_t i = 0; i < BLOCKS; i++) {
        const uint8_t *block;
        uint32_t number;
        while (!(block = queue_front(queue)))
            sched_yield();
        memcpy(&number, block, sizeof number);
        assert_int_equal(number, i);
        if (i % 90 > 0)
            assert_int_equal(block[sizeof i + i % 90 - 1], i & 0xff);
        queue_pop(queue);
    }
    pthread_join(thread, NULL);
    assert_int_equal(queue_blocks(queue), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gives_blocks_in_their_order, begin, end),
        cmocka_unit_test_setup_teardown(shows_nothing_before_commit, begin, end),
        cmocka_unit_test_setup_teardown(refuses_what_does_not_fit_now, begin, end),
        cmocka_unit_test_setup_teardown(takes_the_longest_block_wherever_it_is, begin, end),
        cmocka_unit_test_setup_teardown(passes_blocks_between_threads, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
