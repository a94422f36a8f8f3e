/* SPDX-License-Identifier: BSD-3-Clause */
#include "engine/batch.h"

#include "engine/keeper.h"

#include "overhear/limits.h"

#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NAME, COUNT, FIELDS };

static const struct field fields[FIELDS] = {
    [NAME] = {.name = "test.name", .type = FIELD_TEXT, .meaning = "a text"},
    [COUNT] = {.name = "test.count", .type = FIELD_INTEGER, .meaning = "a number"},
};

static const struct dataset dataset = {.name = "test", .title = "Test", .fields = fields, .field_count = FIELDS};

static const char server[] = "server.example.org";

static void fill(struct record *record, struct budget *budget, const struct conversation *conversation, int64_t count)
{
    char text[32];
    record_init(record, &dataset, budget);
    record->conversation = conversation;
    record->destination_domain = bytes_text(server);
    snprintf(text, sizeof text, "text %lld", (long long)count);
    record_text(record, NAME, bytes_text(text));
    record_integer(record, COUNT, count);
}

/* What was copied stays when the records are gone. */
static void records_are_whole(void **state)
{
    struct budget budget;
    struct batch batch;
    struct conversation conversation = {.id = 7};
    (void)state;
    budget_init(&budget, 0);
    batch_init(&batch, 64 * 1024);
    assert_null(batch_next(&batch, NULL));
    for (int i = 0; i < 3; i++) {
        struct record record;
        conversation.id++;
        fill(&record, &budget, i == 1 ? NULL : &conversation, i);
        assert_int_equal(batch_add(&batch, &record, i != 2), BATCH_TAKEN);
        record_done(&record);
    }
    conversation.id = 0;
    const struct batched *each = NULL;
    for (int i = 0; i < 3; i++) {
        char text[32];
        int64_t count;
        each = batch_next(&batch, each);
        assert_non_null(each);
        assert_int_equal((uintptr_t)each % _Alignof(max_align_t), 0);
        snprintf(text, sizeof text, "text %d", i);
        assert_true(bytes_is(record_find_text(each->record, NAME), text));
        assert_true(record_find_integer(each->record, COUNT, &count));
        assert_int_equal(count, i);
        assert_true(bytes_is(each->record->destination_domain, server));
        assert_true(each->record->destination_domain.at != (const uint8_t *)server);
        assert_null(each->record->source_domain.at);
        assert_int_equal(each->marked, i != 2);
        if (i == 1)
            assert_null(each->record->conversation);
        else
            assert_int_equal(each->record->conversation->id, 8 + i);
    }
    assert_null(batch_next(&batch, each));
    batch_clear(&batch, 64 * 1024);
    assert_null(batch_next(&batch, NULL));
    batch_done(&batch);
}

static void says_when_it_is_full(void **state)
{
    struct budget budget;
    struct batch batch;
    struct record record;
    unsigned taken = 0;
    (void)state;
    budget_init(&budget, 0);
    batch_init(&batch, LIMIT_BATCH_BYTES);
    fill(&record, &budget, NULL, 1);
    while (batch_add(&batch, &record, true) == BATCH_TAKEN)
        taken++;
    assert_true(taken > 1 && taken < LIMIT_BATCH_BYTES / sizeof(struct record));
    assert_int_equal(batch_add(&batch, &record, true), BATCH_FULL);
    assert_true(batch.used <= LIMIT_BATCH_BYTES);
    record_done(&record);
    batch_done(&batch);
}

struct kept {
    struct record_keeper keeper;
    unsigned gone;
};

static void count_gone(struct record_keeper *keeper)
{
    ((struct kept *)(void *)keeper)->gone++;
}

/* They are read where they are, and count as what they are long; each keeper is held once. */
static void holds_those_that_are_kept(void **state)
{
    struct budget budget;
    struct batch batch;
    struct record records[3];
    struct kept kept[2] = {{.keeper = {.holders = 1, .let_go = count_gone}},
                           {.keeper = {.holders = 1, .let_go = count_gone}}};
    const struct batched *each = NULL;
    (void)state;
    budget_init(&budget, 0);
    batch_init(&batch, 4096);
    for (int i = 0; i < 3; i++) {
        fill(&records[i], &budget, NULL, i);
        records[i].keeper = &kept[i % 2].keeper;
        assert_int_equal(batch_add(&batch, &records[i], true), BATCH_TAKEN);
    }
    assert_int_equal(kept[0].keeper.holders, 2);
    assert_int_equal(kept[1].keeper.holders, 2);
    for (int i = 0; i < 3; i++) {
        each = batch_next(&batch, each);
        assert_ptr_equal(each->record, &records[i]);
    }
    while (batch_add(&batch, &records[0], true) == BATCH_TAKEN)
        ;
    assert_true(batch.held > 2048 && batch.used + batch.held <= 4096);
    keeper_release(&kept[0].keeper);
    assert_int_equal(kept[0].gone, 0);
    batch_let_go(&batch);
    assert_int_equal(kept[0].gone, 1);
    assert_int_equal(kept[1].gone, 0);
    assert_int_equal(kept[1].keeper.holders, 1);
    batch_clear(&batch, 4096);
    assert_null(batch_next(&batch, NULL));
    for (int i = 0; i < 3; i++)
        record_done(&records[i]);
    batch_done(&batch);
    assert_int_equal(kept[1].gone, 0);
}

/* A batch holds so many of them, and the next one all that there are. */
static void is_full_of_keepers(void **state)
{
    struct budget budget;
    struct batch batch;
    struct record record;
    struct kept kept[BATCH_KEEPERS + 1];
    (void)state;
    budget_init(&budget, 0);
    batch_init(&batch, 1024 * 1024);
    fill(&record, &budget, NULL, 1);
    for (int i = 0; i <= BATCH_KEEPERS; i++) {
        kept[i] = (struct kept){.keeper = {.holders = 1, .let_go = count_gone}};
        record.keeper = &kept[i].keeper;
        assert_int_equal(batch_add(&batch, &record, true), i < BATCH_KEEPERS ? BATCH_TAKEN : BATCH_FULL);
    }
    assert_int_equal(kept[BATCH_KEEPERS].keeper.holders, 1);
    batch_clear(&batch, 1024 * 1024);
    assert_int_equal(kept[0].keeper.holders, 1);
    assert_int_equal(batch_add(&batch, &record, true), BATCH_TAKEN);
    assert_int_equal(kept[BATCH_KEEPERS].keeper.holders, 2);
    record_done(&record);
    batch_done(&batch);
    assert_int_equal(kept[BATCH_KEEPERS].keeper.holders, 1);
}

/* A record that is longer than a batch travels alone; then the block has its size again. */
static void takes_one_that_is_larger_than_itself(void **state)
{
    struct budget budget;
    struct batch batch;
    struct record record;
    uint8_t *text = calloc(1, 100000);
    (void)state;
    budget_init(&budget, 0);
    batch_init(&batch, 8192);
    record_init(&record, &dataset, &budget);
    record_text(&record, NAME, bytes_of(text, 100000));
    assert_int_equal(batch_add(&batch, &record, true), BATCH_TAKEN);
    assert_int_equal(record_find_text(batch_next(&batch, NULL)->record, NAME).len, 100000);
    assert_int_equal(batch_add(&batch, &record, true), BATCH_FULL);
    batch_clear(&batch, 8192);
    assert_int_equal(batch.capacity, 8192);
    assert_int_equal(batch_add(&batch, &record, true), BATCH_TAKEN);
    record_done(&record);
    batch_done(&batch);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_those_that_are_kept),
        cmocka_unit_test(is_full_of_keepers),
        cmocka_unit_test(records_are_whole),
        cmocka_unit_test(says_when_it_is_full),
        cmocka_unit_test(takes_one_that_is_larger_than_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
