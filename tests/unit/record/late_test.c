/* SPDX-License-Identifier: BSD-3-Clause */
#include "record/late.h"

#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { SERVER, REFERRAL, HOST, PARENT, FIELDS };

static const struct field fields[FIELDS] = {
    [SERVER] = {.name = "test.server", .type = FIELD_TEXT},
    [REFERRAL] = {.name = "test.referral", .type = FIELD_TEXT},
    [HOST] = {.name = "test.host", .type = FIELD_TEXT},
    [PARENT] = {.name = "test.parent", .type = FIELD_INTEGER},
};

static const struct dataset dataset = {.name = "test", .fields = fields, .field_count = FIELDS};

struct fixture {
    struct budget budget;
    struct record record;
    uint64_t told; /* the one name that agrees */
};

static int begin(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){.told = late_name_hash(bytes_text("www.example"))};
    budget_init(&fixture.budget, 0);
    record_init(&fixture.record, &dataset, &fixture.budget);
    fixture.record.wants_notes = true;
    *state = &fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    record_done(&fixture->record);
    return fixture->budget.used == 0 ? 0 : -1;
}

static bool is_other_name(void *context, uint64_t hash)
{
    return hash != ((struct fixture *)context)->told;
}

static uint64_t number_of(void *context, uint64_t id)
{
    (void)context;
    return id == 7 ? 3 : 0;
}

static void settle(struct fixture *fixture, const char *server)
{
    const struct late late = {.server = bytes_text(server),
                              .context = fixture,
                              .is_other_name = is_other_name,
                              .conversation_number = number_of};
    const struct budget before = fixture->budget;
    record_settle(&fixture->record, &late);
    assert_memory_equal(&before, &fixture->budget, sizeof before); /* no memory is taken */
    for (uint32_t i = 0; i < fixture->record.item_count; i++)
        assert_true(fixture->record.items[i].kind < ITEM_LATE_NAME);
}

static void assert_text(const struct record *record, unsigned field, const char *expected)
{
    struct bytes text = record_find_text(record, field);
    assert_int_equal(text.len, strlen(expected));
    if (text.len > 0)
        assert_memory_equal(text.at, expected, text.len);
}

static void names_the_server(void **state)
{
    struct fixture *fixture = *state;
    record_server_name(&fixture->record, SERVER, bytes_text("192.0.2.1"));
    assert_text(&fixture->record, SERVER, "192.0.2.1");
    settle(fixture, "whois.example");
    assert_text(&fixture->record, SERVER, "whois.example");
    settle(fixture, "other.example"); /* it is settled */
    assert_text(&fixture->record, SERVER, "whois.example");
}

static void says_otherwise_where_nobody_knows(void **state)
{
    struct fixture *fixture = *state;
    record_server_name(&fixture->record, SERVER, bytes_text("192.0.2.1"));
    record_text(&fixture->record, HOST, bytes_text("behind"));
    settle(fixture, "");
    assert_text(&fixture->record, SERVER, "192.0.2.1");
    assert_text(&fixture->record, HOST, "behind");
}

static void has_room_for_the_longest_name(void **state)
{
    struct fixture *fixture = *state;
    char longest[LATE_NAME_BYTES + 1];
    memset(longest, 'x', LATE_NAME_BYTES);
    longest[LATE_NAME_BYTES] = '\0';
    record_server_name(&fixture->record, SERVER, bytes_text(""));
    record_text(&fixture->record, HOST, bytes_text("behind"));
    settle(fixture, longest);
    assert_text(&fixture->record, SERVER, longest);
    assert_text(&fixture->record, HOST, "behind");
}

static void leaves_the_servers_own_name_out(void **state)
{
    struct fixture *fixture = *state;
    record_text_unless_server(&fixture->record, REFERRAL, bytes_text("Whois.example"));
    record_observe(&fixture->record, REFERRAL, "test.note", NULL, 0);
    settle(fixture, "whois.example");
    assert_false(record_has(&fixture->record, REFERRAL));
}

static void keeps_the_second_text_where_the_first_is_the_server(void **state)
{
    struct fixture *fixture = *state;
    record_text_unless_server(&fixture->record, REFERRAL, bytes_text("whois.example"));
    record_text_unless_server(&fixture->record, REFERRAL, bytes_text("WHOIS.example"));
    record_text_unless_server(&fixture->record, REFERRAL, bytes_text("second.example"));
    record_text_unless_server(&fixture->record, REFERRAL, bytes_text("third.example"));
    settle(fixture, "whois.example");
    assert_text(&fixture->record, REFERRAL, "second.example");
    assert_int_equal(fixture->record.items[record_first(&fixture->record, REFERRAL) - 1].next, 0);
}

static void keeps_the_first_text_where_neither_is_the_server(void **state)
{
    struct fixture *fixture = *state;
    record_text_unless_server(&fixture->record, REFERRAL, bytes_text("first.example"));
    record_text_unless_server(&fixture->record, REFERRAL, bytes_text("second.example"));
    settle(fixture, "");
    assert_text(&fixture->record, REFERRAL, "first.example");
    assert_int_equal(fixture->record.items[record_first(&fixture->record, REFERRAL) - 1].next, 0);
}

static const struct item *note_of(const struct record *record)
{
    const struct item *item = &record->items[1];
    assert_int_equal(item->kind, ITEM_NOTE);
    assert_int_equal(item->length, 1);
    assert_int_equal(item[1].kind, ITEM_ARGUMENT);
    return item;
}

static void observes_another_name(void **state)
{
    struct fixture *fixture = *state;
    record_text(&fixture->record, HOST, bytes_text("mail.example"));
    record_observe_other_name(&fixture->record, RECORD_LAST, "test.other", "name", bytes_text("mail.example"));
    settle(fixture, "www.example");
    const struct item *note = note_of(&fixture->record);
    assert_int_equal(note->about, 0);
    assert_string_equal(note->word, "test.other");
    assert_string_equal(note[1].word, "name");
    assert_int_equal(note[1].length, strlen("www.example"));
    assert_memory_equal(fixture->record.text + note[1].offset, "www.example", note[1].length);
}

static void does_not_observe_a_name_that_was_told(void **state)
{
    struct fixture *fixture = *state;
    record_text(&fixture->record, HOST, bytes_text("WWW.example"));
    record_observe_other_name(&fixture->record, RECORD_LAST, "test.other", "name", bytes_text("WWW.Example"));
    settle(fixture, "edge.example");
    assert_true(note_of(&fixture->record)->about >= fixture->record.item_count);
}

static void does_not_observe_where_nobody_knows(void **state)
{
    struct fixture *fixture = *state;
    record_text(&fixture->record, HOST, bytes_text("mail.example"));
    record_observe_other_name(&fixture->record, RECORD_LAST, "test.other", "name", bytes_text("mail.example"));
    settle(fixture, "");
    assert_true(note_of(&fixture->record)->about >= fixture->record.item_count);
}

static void stores_no_observation_that_nobody_reads(void **state)
{
    struct fixture *fixture = *state;
    fixture->record.wants_notes = false;
    record_text(&fixture->record, HOST, bytes_text("mail.example"));
    record_observe_other_name(&fixture->record, RECORD_LAST, "test.other", "name", bytes_text("mail.example"));
    assert_int_equal(fixture->record.item_count, 1);
    assert_false(fixture->record.has_late);
}

static void numbers_conversations(void **state)
{
    struct fixture *fixture = *state;
    int64_t number;
    record_conversation(&fixture->record, PARENT, 7);
    settle(fixture, "");
    assert_true(record_find_integer(&fixture->record, PARENT, &number));
    assert_int_equal(number, 3);
}

static void leaves_an_unknown_conversation_out(void **state)
{
    struct fixture *fixture = *state;
    record_conversation(&fixture->record, PARENT, 8);
    settle(fixture, "");
    assert_false(record_has(&fixture->record, PARENT));
}

static void adds_nothing_without_memory(void **state)
{
    struct fixture *fixture = *state;
    fixture->budget.limit = 1;
    record_server_name(&fixture->record, SERVER, bytes_text("192.0.2.1"));
    record_text_unless_server(&fixture->record, REFERRAL, bytes_text("first.example"));
    record_observe_other_name(&fixture->record, RECORD_LAST, "test.other", "name", bytes_text("mail.example"));
    record_conversation(&fixture->record, PARENT, 7);
    settle(fixture, "www.example");
    assert_int_equal(fixture->record.item_count, 0);
    assert_int_equal(fixture->record.truncated[0], 1 << SERVER | 1 << REFERRAL | 1 << PARENT);
    fixture->budget.limit = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_the_server, begin, end),
        cmocka_unit_test_setup_teardown(says_otherwise_where_nobody_knows, begin, end),
        cmocka_unit_test_setup_teardown(has_room_for_the_longest_name, begin, end),
        cmocka_unit_test_setup_teardown(leaves_the_servers_own_name_out, begin, end),
        cmocka_unit_test_setup_teardown(keeps_the_second_text_where_the_first_is_the_server, begin, end),
        cmocka_unit_test_setup_teardown(keeps_the_first_text_where_neither_is_the_server, begin, end),
        cmocka_unit_test_setup_teardown(observes_another_name, begin, end),
        cmocka_unit_test_setup_teardown(does_not_observe_a_name_that_was_told, begin, end),
        cmocka_unit_test_setup_teardown(does_not_observe_where_nobody_knows, begin, end),
        cmocka_unit_test_setup_teardown(stores_no_observation_that_nobody_reads, begin, end),
        cmocka_unit_test_setup_teardown(numbers_conversations, begin, end),
        cmocka_unit_test_setup_teardown(leaves_an_unknown_conversation_out, begin, end),
        cmocka_unit_test_setup_teardown(adds_nothing_without_memory, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
