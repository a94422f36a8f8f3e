/* SPDX-License-Identifier: BSD-3-Clause */
#include "overhear/record.h"

#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { NAME, SIZE, LIST, GROUP, MAP, FIELDS };
enum { MEMBER_NAME, MEMBER_SIZE };

static const struct field members[] = {
    [MEMBER_NAME] = {.name = "name", .type = FIELD_TEXT},
    [MEMBER_SIZE] = {.name = "size", .type = FIELD_INTEGER},
};

static const struct field fields[FIELDS] = {
    [NAME] = {.name = "toy.name", .type = FIELD_TEXT},
    [SIZE] = {.name = "toy.size", .type = FIELD_INTEGER},
    [LIST] = {.name = "toy.list", .type = FIELD_TEXT, .flags = FIELD_LIST},
    [GROUP] = {.name = "toy.group", .type = FIELD_GROUP, .flags = FIELD_LIST, .members = members, .member_count = 2},
    [MAP] = {.name = "toy.map", .type = FIELD_MAP},
};

static const struct dataset dataset = {.name = "toy", .title = "Toy", .fields = fields, .field_count = FIELDS};

struct fixture {
    struct budget budget;
    struct record record;
};

static int begin(void **state)
{
    static struct fixture fixture;
    budget_init(&fixture.budget, 0);
    record_init(&fixture.record, &dataset, &fixture.budget);
    *state = &fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    record_done(&fixture->record);
    assert_int_equal(fixture->budget.used, 0);
    return 0;
}

static void text_is(const struct record *record, unsigned field, const char *expected)
{
    struct bytes text = record_find_text(record, field);
    assert_non_null(text.at);
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.at, expected, text.len);
}

static void keeps_the_first_value(void **state)
{
    struct record *record = &((struct fixture *)*state)->record;
    record_text(record, NAME, bytes_text("one"));
    record_text(record, NAME, bytes_text("two"));
    text_is(record, NAME, "one");
    assert_int_equal(record->item_count, 1);
}

static void replaces_numbers(void **state)
{
    struct record *record = &((struct fixture *)*state)->record;
    int64_t value = 0;
    assert_false(record_find_integer(record, SIZE, &value));
    record_set_integer(record, SIZE, 1);
    record_set_integer(record, SIZE, 2);
    assert_true(record_find_integer(record, SIZE, &value));
    assert_int_equal(value, 2);
    assert_int_equal(record->item_count, 1);
}

static void links_lists_in_order(void **state)
{
    struct record *record = &((struct fixture *)*state)->record;
    record_text(record, LIST, bytes_text("a"));
    record_integer(record, SIZE, 7);
    record_word(record, LIST, "b");
    const struct item *first = &record->items[record_first(record, LIST) - 1];
    assert_int_equal(first->next, 3);
    assert_string_equal(record->items[2].word, "b");
    assert_int_equal(record->items[2].next, 0);
}

static void counts_the_members_of_groups(void **state)
{
    struct record *record = &((struct fixture *)*state)->record;
    record->wants_notes = true;
    record_group_begin(record, GROUP);
    record_text(record, MEMBER_NAME, bytes_text("x"));
    struct argument argument = {"who", ARGUMENT_TEXT, bytes_text("me"), 0};
    record_observe(record, RECORD_LAST, "toy.remark", &argument, 1);
    record_integer(record, MEMBER_SIZE, 3);
    record_group_end(record);
    record_text(record, NAME, bytes_text("after"));
    assert_int_equal(record->items[0].kind, ITEM_GROUP);
    assert_int_equal(record->items[0].length, 4);
    assert_int_equal(record->items[2].kind, ITEM_NOTE);
    assert_int_equal(record->items[2].about, 1);
    assert_int_equal(record->items[3].kind, ITEM_ARGUMENT);
    text_is(record, NAME, "after");
}

static void maps_pieces_of_what_is_kept(void **state)
{
    struct record *record = &((struct fixture *)*state)->record;
    struct bytes head = bytes_text("Host: a.test\r\nX-Forwarded-FOR: 192.0.2.1\r\nA:\r\n");
    struct record_kept kept;
    assert_true(record_keep(record, head, &kept));
    record_map_kept(record, MAP, &kept, bytes_slice(head, 0, 4), bytes_slice(head, 6, 6));
    record_map_kept(record, MAP, &kept, bytes_slice(head, 14, 15), bytes_slice(head, 31, 9));
    record_map_kept(record, MAP, &kept, bytes_slice(head, 42, 1), bytes_slice(head, 44, 0));
    static const struct {
        const char *key, *value;
    } expected[] = {{"host", "a.test"}, {"x-forwarded-for", "192.0.2.1"}, {"a", ""}};
    assert_int_equal(record->item_count, 3);
    unsigned number = record_first(record, MAP);
    for (size_t i = 0; i < 3; i++, number = record->items[number - 1].next) {
        const struct item *item = &record->items[number - 1];
        struct bytes key = bytes_of(record->text + item->key_offset, item->key_length);
        assert_int_equal(item->kind, ITEM_MAP);
        assert_true(bytes_is(key, expected[i].key));
        assert_true(bytes_is(bytes_of(record->text + item->offset, item->length), expected[i].value));
        assert_int_equal(item->secret_length, 0);
    }
    assert_int_equal(record->text_length, head.len);
}

static void keeps_nothing_beyond_the_limit(void **state)
{
    struct record *record = &((struct fixture *)*state)->record;
    static uint8_t much[LIMIT_RECORD_BYTES];
    struct record_kept kept;
    assert_true(record_keep(record, bytes_of(much, sizeof much - 1), &kept));
    assert_false(record_keep(record, bytes_text("ab"), &kept));
    assert_int_equal(record->text_length, sizeof much - 1);
}

static void lower_cases_keys(void **state)
{
    struct record *record = &((struct fixture *)*state)->record;
    record_map_secret(record, MAP, bytes_text("X-Thing"), bytes_text("Value"), 2, 3);
    const struct item *item = &record->items[0];
    assert_memory_equal(record->text + item->key_offset, "x-thing", 7);
    assert_memory_equal(record->text + item->offset, "Value", 5);
    assert_int_equal(item->secret_at, 2);
    assert_int_equal(item->secret_length, 3);
}

static void appends_up_to_its_limit(void **state)
{
    struct record *record = &((struct fixture *)*state)->record;
    record_append(record, NAME, bytes_text("abc"), 8);
    record_text(record, LIST, bytes_text("between"));
    record_append(record, NAME, bytes_text("defg"), 8);
    text_is(record, NAME, "abcdefg");
    assert_int_equal(record->truncated[0], 0);
    record_append(record, NAME, bytes_text("hijk"), 8);
    text_is(record, NAME, "abcdefgh");
    assert_int_equal(record->truncated[0], 1u << NAME);
}

/* What is copied may come from the record itself, whose memory moves when it grows. */
static void names_what_was_cut(void **state)
{
    struct fixture *fixture = *state;
    struct record *record = &fixture->record;
    record_text(record, NAME, bytes_text("www.exam"));
    record_text(record, LIST, bytes_text("first"));
    record_group_begin(record, GROUP);
    record_text(record, MEMBER_NAME, bytes_text("of WWW.EXAM"));
    record_group_end(record);
    record_map(record, MAP, bytes_text("host"), bytes_text("am"));
    record_mark_cut(record, bytes_text("www.exam"));
    assert_true(record_is_truncated(record, NAME));
    assert_false(record_is_truncated(record, LIST));
    assert_true(record_is_truncated(record, GROUP));
    assert_true(record_is_truncated(record, MAP));
    record_mark_cut(record, bytes_text(""));
    assert_false(record_is_truncated(record, LIST));
}

/* Where all texts are empty there is no memory to look into. */
static void marks_no_empty_text_as_cut(void **state)
{
    struct record *record = &((struct fixture *)*state)->record;
    record_text(record, NAME, bytes_text(""));
    record_mark_cut(record, bytes_text("am"));
    assert_false(record_is_truncated(record, NAME));
}

static void copies_from_itself(void **state)
{
    struct record *record = &((struct fixture *)*state)->record;
    uint8_t text[100];
    memset(text, 'x', sizeof text);
    record_text(record, NAME, bytes_of(text, sizeof text));
    for (unsigned i = 0; i < 100; i++)
        record_text(record, LIST, record_find_text(record, NAME));
    for (unsigned i = 0; i < 100; i++) {
        struct bytes name = record_find_text(record, NAME);
        record_map(record, MAP, name, name);
    }
    record->wants_notes = true;
    for (unsigned i = 0; i < 100; i++) {
        struct bytes name = record_find_text(record, NAME);
        struct argument argument = {"name", ARGUMENT_TEXT, name, 0};
        record_observe(record, NAME, "toy.seen", &argument, 1);
    }
    assert_int_equal(record->text_length, 401 * sizeof text);
    for (uint32_t i = 0; i < record->text_length; i++)
        assert_int_equal(record->text[i], 'x');
}

static void stops_at_the_text_limit(void **state)
{
    static uint8_t much[LIMIT_RECORD_BYTES];
    struct record *record = &((struct fixture *)*state)->record;
    record_text(record, NAME, bytes_of(much, sizeof much));
    assert_int_equal(record->truncated[0], 0);
    record_text(record, LIST, bytes_text("x"));
    assert_int_equal(record->truncated[0], 1u << LIST);
    assert_false(record_has(record, LIST));
}

static void stops_at_the_item_limit(void **state)
{
    struct record *record = &((struct fixture *)*state)->record;
    for (int i = 0; i < LIMIT_RECORD_ITEMS + 10; i++)
        record_word(record, LIST, "x");
    assert_int_equal(record->item_count, LIMIT_RECORD_ITEMS);
    assert_int_equal(record->truncated[0], 1u << LIST);
    record_group_begin(record, GROUP);
    record_text(record, MEMBER_NAME, bytes_text("x"));
    record_group_end(record);
    assert_false(record_has(record, GROUP));
    assert_int_equal(record->truncated[0], 1u << LIST | 1u << GROUP);
}

static void survives_want_of_memory(void **state)
{
    struct fixture *fixture = *state;
    struct record *record = &fixture->record;
    fixture->budget.fail_at = 1;
    record_text(record, NAME, bytes_text("lost"));
    assert_false(record_has(record, NAME));
    assert_int_equal(record->truncated[0], 1u << NAME);
    record_text(record, LIST, bytes_text("kept"));
    text_is(record, LIST, "kept");
}

/* Links of the record before mean nothing in the next one. */
static void begins_anew_in_the_same_memory(void **state)
{
    struct fixture *fixture = *state;
    struct record *record = &fixture->record;
    record_text(record, NAME, bytes_text("old"));
    record_text(record, LIST, bytes_text("old"));
    record_group_begin(record, GROUP);
    record->outcome = OUTCOME_FAILURE;
    const size_t used = fixture->budget.used;
    const struct item *items = record->items;
    record_reuse(record, &dataset);
    assert_false(record_has(record, NAME));
    assert_int_equal(record->outcome, OUTCOME_NONE);
    record_text(record, LIST, bytes_text("new"));
    record_word(record, NAME, "word");
    text_is(record, LIST, "new");
    text_is(record, NAME, "word");
    assert_int_equal(record->item_count, 2);
    assert_ptr_equal(record->items, items);
    assert_int_equal(fixture->budget.used, used);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(maps_pieces_of_what_is_kept, begin, end),
        cmocka_unit_test_setup_teardown(keeps_nothing_beyond_the_limit, begin, end),
        cmocka_unit_test_setup_teardown(keeps_the_first_value, begin, end),
        cmocka_unit_test_setup_teardown(replaces_numbers, begin, end),
        cmocka_unit_test_setup_teardown(links_lists_in_order, begin, end),
        cmocka_unit_test_setup_teardown(counts_the_members_of_groups, begin, end),
        cmocka_unit_test_setup_teardown(lower_cases_keys, begin, end),
        cmocka_unit_test_setup_teardown(appends_up_to_its_limit, begin, end),
        cmocka_unit_test_setup_teardown(names_what_was_cut, begin, end),
        cmocka_unit_test_setup_teardown(marks_no_empty_text_as_cut, begin, end),
        cmocka_unit_test_setup_teardown(copies_from_itself, begin, end),
        cmocka_unit_test_setup_teardown(stops_at_the_text_limit, begin, end),
        cmocka_unit_test_setup_teardown(stops_at_the_item_limit, begin, end),
        cmocka_unit_test_setup_teardown(survives_want_of_memory, begin, end),
        cmocka_unit_test_setup_teardown(begins_anew_in_the_same_memory, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
