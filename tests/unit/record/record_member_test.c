/* SPDX-License-Identifier: BSD-3-Clause */
#include "overhear/record_member.h"

#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { NAME, GROUP, FIELDS };
enum { MEMBER_NAME, MEMBER_WORD, MEMBER_SIZE, MEMBERS };

static const struct field members[] = {
    [MEMBER_NAME] = {.name = "name", .type = FIELD_TEXT},
    [MEMBER_WORD] = {.name = "word", .type = FIELD_TEXT},
    [MEMBER_SIZE] = {.name = "size", .type = FIELD_INTEGER},
};

static const struct field fields[FIELDS] = {
    [NAME] = {.name = "toy.name", .type = FIELD_TEXT},
    [GROUP] =
        {.name = "toy.group", .type = FIELD_GROUP, .flags = FIELD_LIST, .members = members, .member_count = MEMBERS},
};

static const struct dataset dataset = {.name = "toy", .title = "Toy", .fields = fields, .field_count = FIELDS};

enum way { THE_LONG_WAY, MEMBER_BY_MEMBER, AT_ONCE };

static void add_group(struct record *record, enum way way, struct bytes text, int64_t size)
{
    struct item *items = way == AT_ONCE ? record_entry(record, GROUP, MEMBERS, text.len) : NULL;
    if (items) {
        record_entry_text(record, &items[MEMBER_NAME], MEMBER_NAME, text);
        record_entry_word(&items[MEMBER_WORD], MEMBER_WORD, "word", 4);
        record_entry_integer(&items[MEMBER_SIZE], MEMBER_SIZE, size);
        return;
    }
    record_group_begin(record, GROUP);
    if (way == THE_LONG_WAY) {
        record_text(record, MEMBER_NAME, text);
        record_word_of(record, MEMBER_WORD, "word", 4);
        record_integer(record, MEMBER_SIZE, size);
    } else {
        record_member_text(record, MEMBER_NAME, text);
        record_member_word(record, MEMBER_WORD, "word", 4);
        record_member_integer(record, MEMBER_SIZE, size);
    }
    record_group_end(record);
}

/* What can be told of a record but for where its memory is. */
static void are_equal(const struct record *a, const struct record *b)
{
    assert_int_equal(a->item_count, b->item_count);
    assert_int_equal(a->text_length, b->text_length);
    assert_memory_equal(a->text, b->text, a->text_length);
    for (uint32_t i = 0; i < a->item_count; i++)
        assert_memory_equal(&a->items[i], &b->items[i], sizeof *a->items);
    assert_memory_equal(a->present, b->present, sizeof a->present);
    assert_memory_equal(a->truncated, b->truncated, sizeof a->truncated);
    assert_int_equal(a->last_value, b->last_value);
    assert_int_equal(a->open_group, 0);
    assert_int_equal(b->open_group, 0);
    assert_int_equal(record_first(a, GROUP), record_first(b, GROUP));
    assert_int_equal(a->last_item[GROUP], b->last_item[GROUP]);
}

/* Texts of all lengths, until there is no room for more. */
static void all_ways_say_the_same(void **state)
{
    enum { GROUPS = LIMIT_RECORD_ITEMS / (MEMBERS + 1) + 3, LONGEST = 70 };
    struct budget budget;
    struct record records[AT_ONCE + 1];
    char text[LONGEST];
    (void)state;
    budget_init(&budget, 0);
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('0' + i);
    for (unsigned way = 0; way <= AT_ONCE; way++) {
        record_init(&records[way], &dataset, &budget);
        record_text(&records[way], NAME, bytes_text("before"));
        for (size_t i = 0; i < GROUPS; i++)
            add_group(&records[way], way, bytes_of(text, i % LONGEST), (int64_t)i - 5);
        record_text(&records[way], NAME, bytes_text("not added"));
        are_equal(&records[way], &records[0]);
        assert_true(record_is_truncated(&records[way], GROUP));
    }
    for (unsigned way = 0; way <= AT_ONCE; way++)
        record_done(&records[way]);
    assert_int_equal(budget.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_ways_say_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
