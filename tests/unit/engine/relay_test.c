/* SPDX-License-Identifier: BSD-3-Clause
 *
 * However many threads there are, and however they stumble: everything is heard and delivered, once and in order.
 */
#include "engine/relay.h"

#include "engine/keeper.h"

#include "util/budget.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { NUMBER, FIELDS };
enum { RECORDS = 20000, SLOTS_MAX = 32, KEPT = 4096 };

static const struct field fields[FIELDS] = {
    [NUMBER] = {.name = "test.number", .type = FIELD_INTEGER, .meaning = "a number"},
};

static const struct dataset dataset = {.name = "test", .title = "Test", .fields = fields, .field_count = FIELDS};

struct made {
    int64_t numbers[KEPT];
    unsigned count;
};

/* Nothing in here is atomic: no two threads may be at the same thing. */
struct play {
    struct made made[SLOTS_MAX];
    int64_t heard, delivered; /* the last number */
    unsigned wrongly_heard, wrongly_delivered;
    bool stumbles;
};

static int64_t number_of(const struct record *record)
{
    int64_t number = 0;
    (void)record_find_integer(record, NUMBER, &number);
    return number;
}

static void stumble(const struct play *play, int64_t number)
{
    if (play->stumbles && number % 97 == 5)
        sched_yield();
    else if (play->stumbles && number % 1013 == 7)
        usleep((unsigned)(number % 300));
}

static void hear(void *context, const struct record *record)
{
    struct play *play = context;
    stumble(play, number_of(record) + 3);
    play->wrongly_heard += number_of(record) != ++play->heard;
}

static void prepare(void *context, unsigned slot, const struct record *record)
{
    struct play *play = context;
    struct made *made = &play->made[slot];
    stumble(play, number_of(record));
    if (made->count < KEPT)
        made->numbers[made->count++] = number_of(record);
}

/* Every third record is only to be heard. */
static void deliver(void *context, unsigned slot)
{
    struct play *play = context;
    struct made *made = &play->made[slot];
    for (unsigned i = 0; i < made->count; i++) {
        play->delivered += play->delivered % 3 == 2 ? 2 : 1;
        play->wrongly_delivered += made->numbers[i] != play->delivered;
    }
    made->count = 0;
}

static void pass_all(struct relay *relay, const struct play *play)
{
    struct budget budget;
    struct conversation conversation = {.id = 1};
    budget_init(&budget, 0);
    for (int64_t i = 1; i <= RECORDS; i++) {
        struct record record;
        record_init(&record, &dataset, &budget);
        record.conversation = &conversation;
        record_integer(&record, NUMBER, i);
        stumble(play, i + 11);
        assert_true(relay_pass(relay, &record, i % 3 != 0));
        record_done(&record);
    }
}

static void play_with(unsigned threads, bool stumbles, bool finishes)
{
    struct play *play = calloc(1, sizeof *play);
    assert_non_null(play);
    play->stumbles = stumbles;
    assert_true(relay_slots(threads) <= SLOTS_MAX);
    struct relay *relay = relay_new(&(struct relay_options){
        .threads = threads, .context = play, .hear = hear, .prepare = prepare, .deliver = deliver});
    assert_non_null(relay);
    assert_int_equal(relay_start(relay), 0);
    pass_all(relay, play);
    if (finishes) {
        relay_finish(relay);
        relay_finish(relay);
    }
    relay_free(relay);
    assert_int_equal(play->wrongly_heard, 0);
    assert_int_equal(play->wrongly_delivered, 0);
    assert_int_equal(play->heard, RECORDS);
    assert_int_equal(play->delivered, RECORDS);
    free(play);
}

enum { KEPT_TOGETHER = 50 };

/* Records that are let go together, and then are good for nothing. */
struct kept {
    struct record_keeper keeper;
    struct budget budget;
    struct record records[KEPT_TOGETHER];
    atomic_uint *gone;
};

static void spoil(struct record_keeper *keeper)
{
    struct kept *kept = (struct kept *)(void *)keeper;
    for (size_t i = 0; i < KEPT_TOGETHER; i++)
        record_done(&kept->records[i]);
    atomic_fetch_add(kept->gone, 1);
    free(kept);
}

static void pass_kept(struct relay *relay, int64_t first, atomic_uint *gone)
{
    struct kept *kept = calloc(1, sizeof *kept);
    assert_non_null(kept);
    kept->keeper = (struct record_keeper){.holders = 1, .let_go = spoil};
    kept->gone = gone;
    budget_init(&kept->budget, 0);
    for (int i = 0; i < KEPT_TOGETHER; i++) {
        struct record *record = &kept->records[i];
        record_init(record, &dataset, &kept->budget);
        record->keeper = &kept->keeper;
        record_integer(record, NUMBER, first + i);
        assert_true(relay_pass(relay, record, (first + i) % 3 != 0));
    }
    keeper_release(&kept->keeper);
}

/* Held until they are heard and prepared, and no longer. */
static void kept_records_are_let_go(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 4; threads++) {
        struct play *play = calloc(1, sizeof *play);
        atomic_uint gone = 0;
        assert_non_null(play);
        play->stumbles = true;
        struct relay *relay = relay_new(&(struct relay_options){
            .threads = threads, .context = play, .hear = hear, .prepare = prepare, .deliver = deliver});
        assert_non_null(relay);
        assert_int_equal(relay_start(relay), 0);
        for (int64_t i = 0; i < RECORDS / KEPT_TOGETHER; i++)
            pass_kept(relay, i * KEPT_TOGETHER + 1, &gone);
        relay_pause(relay);
        while (atomic_load(&gone) < RECORDS / KEPT_TOGETHER)
            sched_yield();
        relay_free(relay);
        assert_int_equal(play->wrongly_heard, 0);
        assert_int_equal(play->wrongly_delivered, 0);
        assert_int_equal(play->delivered, RECORDS);
        free(play);
    }
}

static void everything_comes_in_order(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 8; threads++) {
        play_with(threads, false, true);
        play_with(threads, true, threads % 2 == 0);
    }
}

static void nothing_started_is_freed(void **state)
{
    struct play play = {.heard = 0};
    struct relay_options options = {.threads = 2, .context = &play, .prepare = prepare, .deliver = deliver};
    (void)state;
    struct relay *relay = relay_new(&options);
    assert_non_null(relay);
    relay_free(relay);
    relay_free(NULL);
    relay = relay_new(&options);
    assert_int_equal(relay_start(relay), 0);
    relay_free(relay); /* nothing was handed on */
    assert_int_equal(play.delivered, 0);
    options.threads = 0;
    assert_null(relay_new(&options));
    options.threads = LIMIT_WORKERS + 1;
    assert_null(relay_new(&options));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_records_are_let_go),
        cmocka_unit_test(everything_comes_in_order),
        cmocka_unit_test(nothing_started_is_freed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
