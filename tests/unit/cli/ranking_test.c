/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The program's own sources are not in the library: this test brings those that it is about.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/human.c"
#include "cli/ranking.c"
#include "cli/ranking_hash.c"
#include "cli/ranking_json.c"
#include "cli/ranking_list.c"
#include "cli/ranking_text.c"
#include "cli/ranking_times.c"
#include "cli/ranking_words.c"
#include "cli/summary_list.c"

#include "util/budget.h"

#include <stdlib.h>

enum { NAME, CODE, TOLD, SECRET, LIST, GROUP, ADDRESS, FINE, FIELD_COUNT };

static const struct field members[] = {{.name = "kind", .type = FIELD_TEXT}, {.name = "size", .type = FIELD_INTEGER}};
static const struct field fields[FIELD_COUNT] = {
    [NAME] = {.name = "x.name", .type = FIELD_TEXT},
    [CODE] = {.name = "x.code", .type = FIELD_INTEGER},
    [TOLD] = {.name = "x.told", .type = FIELD_TEXT},
    [SECRET] = {.name = "x.secret", .type = FIELD_TEXT, .flags = FIELD_SECRET},
    [LIST] = {.name = "x.list", .type = FIELD_TEXT, .flags = FIELD_LIST},
    [GROUP] = {.name = "x.group", .type = FIELD_GROUP, .flags = FIELD_LIST, .members = members, .member_count = 2},
    [ADDRESS] = {.name = "x.ip", .type = FIELD_ADDRESS},
    [FINE] = {.name = "x.fine", .type = FIELD_BOOLEAN},
};
static const struct dataset dataset = {.name = "x", .title = "X", .fields = fields, .field_count = FIELD_COUNT};

static struct budget budget;

static struct record record_new(const struct conversation *conversation)
{
    struct record record;
    record_init(&record, &dataset, &budget);
    record.conversation = conversation;
    return record;
}

/* --- words --- */

static void says(const char *words, const struct record *record, const char *expected)
{
    struct ranking_words parsed;
    uint8_t buffer[RANKING_TEXT];
    assert_true(ranking_words_parse(&parsed, &dataset, words));
    struct bytes said = ranking_words_say(&parsed, record, buffer);
    if (!bytes_is(said, expected))
        fail_msg("%s says '%.*s', not '%s'", words, (int)said.len, (const char *)said.at, expected);
}

static void words_say_what_a_record_has(void **state)
{
    const struct address ip = {.family = 4, .octets = {192, 0, 2, 7}};
    struct conversation conversation = {.destination = {.ip = {.family = 6, .octets = {0xfd}}, .port = 25}};
    struct record record = record_new(&conversation);
    (void)state;
    record_text(&record, NAME, bytes_text("Some.NAME@Host.Example"));
    record_integer(&record, CODE, -550);
    record_text_secret(&record, TOLD, bytes_text("LOGIN me pAss"), 9, 4);
    record_text(&record, SECRET, bytes_text("swordfish"));
    record_group_begin(&record, GROUP);
    record_integer(&record, 1, 7);
    record_word(&record, 0, "first");
    record_group_end(&record);
    record_group_begin(&record, GROUP);
    record_word(&record, 0, "second");
    record_group_end(&record);
    record_address(&record, ADDRESS, &ip);
    record_boolean(&record, FINE, true);
    says("{x.name}", &record, "Some.NAME@Host.Example");
    says("{x.name:lower}", &record, "some.name@host.example");
    says("{x.name:domain}", &record, "host.example");
    says("{x.told:domain}", &record, "login me [hidden]");
    says("{x.code} [{x.list} ]{x.ip}", &record, "-550 192.0.2.7");
    says("{x.told}: {x.secret}", &record, "LOGIN me [hidden]: [hidden]");
    says("{x.secret}", &record, "[hidden]");
    says("{x.group.kind} {x.group.size} {x.fine}", &record, "first 7 yes");
    says("[{x.list}] at {destination}", &record, "at [fd00::]:25");
    says("{x.list:lower|destination}", &record, "[fd00::]:25");
    says("{x.code|destination} {x.name|destination}", &record, "-550 Some.NAME@Host.Example");
    says("{x.list} {x.code}", &record, "");
    says("{x.list}", &record, "");
    record.destination_domain = bytes_text("mx.example");
    says("{x.code}[ to {x.list}][ at {destination}]", &record, "-550 at mx.example:25");
    record_done(&record);
}

static void words_cut_what_is_long(void **state)
{
    char text[RANKING_TEXT + 2] = "";
    uint8_t buffer[RANKING_TEXT];
    struct ranking_words words;
    struct record record = record_new(NULL);
    (void)state;
    memset(text, 'x', RANKING_TEXT + 1);
    memcpy(text + RANKING_TEXT - 4, "ä", 2); /* ends just before the sign */
    assert_true(ranking_words_parse(&words, &dataset, "{x.name}"));
    record_text(&record, NAME, bytes_of(text, RANKING_TEXT + 1));
    struct bytes said = ranking_words_say(&words, &record, buffer);
    assert_int_equal(said.len, RANKING_TEXT - 1); /* the letter of two bytes does not fit any more */
    assert_memory_equal(said.at + RANKING_TEXT - 4, "…", 3);
    record_clear(&record);
    record_text(&record, NAME, bytes_of(text, RANKING_TEXT));
    assert_int_equal(ranking_words_say(&words, &record, buffer).len, RANKING_TEXT);
    record_done(&record);
}

static bool holds_for(const char *words, const struct record *record)
{
    struct ranking_words parsed;
    assert_true(ranking_words_parse(&parsed, &dataset, words));
    return ranking_words_hold(&parsed, record);
}

static void words_have_conditions(void **state)
{
    struct conversation conversation = {.protocol = "dns"};
    struct record record = record_new(&conversation);
    (void)state;
    record_text(&record, NAME, bytes_text("MAIL"));
    record_integer(&record, CODE, 401);
    assert_true(holds_for("{?x.name}{x.code}", &record));
    assert_false(holds_for("{?x.told}{x.code}", &record));
    assert_true(holds_for("{^x.told}", &record));
    assert_false(holds_for("{^x.name}", &record));
    assert_true(holds_for("{?x.name=RCPT|MAIL}", &record));
    assert_false(holds_for("{?x.name=RCPT|MAI}", &record));
    assert_true(holds_for("{?x.code=407|401}", &record));
    assert_true(holds_for("{?network.protocol=dns}", &record));
    assert_false(holds_for("{?network.protocol=mdns|llmnr}", &record));
    record.protocol = "mdns";
    assert_true(holds_for("{?network.protocol=mdns|llmnr}", &record));
    record.protocol = NULL;
    conversation.protocol = NULL;
    assert_false(holds_for("{?network.protocol=dns}", &record));
    record_done(&record);
}

static void words_that_make_no_sense(void **state)
{
    static const char *const wrong[] = {
        "{x.nothing}", "{x.name",     "[{x.name}", "{x.name}]",           "[[{x.name}]]", "{x.group}",
        "{x.name:up}", "{?x.nobody}", "}",         "{?network.protocol}", "{x.group.no}", "{x.name|x.code}"};
    struct ranking_words words;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(ranking_words_parse(&words, &dataset, wrong[i]));
    assert_false(ranking_words_parse(&words, &dataset,
                                     "{x.name} {x.name} {x.name} {x.name} {x.name} {x.name} {x.name} "
                                     "{x.name} {x.name}"));
}

/* Those of all datasets that there are; and what is said of them fits. */
static void all_tallies_are_understood(void **state)
{
    const struct dataset *datasets[OPTIONS_DATASETS];
    size_t count = dataset_list(datasets, OPTIONS_DATASETS);
    struct ranking_words words;
    (void)state;
    assert_true(count > 5);
    for (size_t i = 0; i < count; i++)
        for (unsigned k = 0; k < datasets[i]->tally_count; k++) {
            const struct tally *tally = &datasets[i]->tallies[k];
            if (!ranking_words_parse(&words, datasets[i], tally->words))
                fail_msg("%s: %s", datasets[i]->name, tally->words);
            assert_true(strlen(tally->title) <= SUMMARY_LABEL - 3);
            for (unsigned other = 0; other < k; other++)
                assert_string_not_equal(tally->key, datasets[i]->tallies[other].key);
        }
}

/* --- counting --- */

static const struct ranking_key KEY = {{1, 2}};

static void add_times(struct ranking_list *list, const char *text, unsigned times)
{
    while (times-- > 0)
        ranking_list_add(list, &KEY, bytes_text(text), bytes_of(NULL, 0));
}

static void counts_and_sorts(void **state)
{
    struct ranking_list list = {0};
    const struct ranking_entry *entries[8];
    (void)state;
    add_times(&list, "bb", 3);
    add_times(&list, "a", 5);
    add_times(&list, "b", 3);
    add_times(&list, "an address that is longer", 1);
    ranking_list_add(&list, &KEY, bytes_text("a"), bytes_text("old"));
    ranking_list_add(&list, &KEY, bytes_text("a"), bytes_text("newer"));
    ranking_list_add(&list, &KEY, bytes_text("a"), bytes_of(NULL, 0));
    assert_int_equal(ranking_list_first(&list, entries, 8), 4);
    assert_true(bytes_is(ranking_entry_text(entries[0]), "a"));
    assert_true(bytes_is(ranking_entry_name(entries[0]), "newer"));
    assert_int_equal(entries[0]->count, 8);
    assert_true(bytes_is(ranking_entry_text(entries[1]), "b"));
    assert_true(bytes_is(ranking_entry_text(entries[2]), "bb"));
    assert_int_equal(entries[3]->count, 1);
    assert_int_equal(list.total, 15);
    assert_int_equal(ranking_list_first(&list, entries, 2), 2);
    ranking_list_done(&list);
}

/* LIMIT_RANKING_ENTRIES: what comes often stays, its count is right within its error, and no memory is taken. */
static void keeps_the_heavy_ones(void **state)
{
    struct ranking_list list = {0};
    const struct ranking_entry *entries[LIMIT_RANKING_ENTRIES];
    char text[32];
    uint64_t sum = 0;
    (void)state;
    for (unsigned i = 0; i < 100000; i++) {
        snprintf(text, sizeof text, "once-%u.example", i);
        add_times(&list, text, 1);
        if (i % 10 == 0)
            add_times(&list, "heavy", 1);
        if (i % 50 == 0)
            add_times(&list, "heavy too", 1);
    }
    assert_int_equal(list.count, LIMIT_RANKING_ENTRIES);
    assert_int_equal(list.capacity, LIMIT_RANKING_ENTRIES);
    assert_int_equal(list.total, 112000);
    for (unsigned i = 0; i < list.count; i++)
        sum += list.entries[i].count;
    assert_int_equal(sum, list.total);
    assert_int_equal(ranking_list_first(&list, entries, LIMIT_RANKING_ENTRIES), 2);
    assert_true(bytes_is(ranking_entry_text(entries[0]), "heavy"));
    assert_true(entries[0]->count >= 10000 && entries[0]->count - entries[0]->error <= 10000);
    assert_true(bytes_is(ranking_entry_text(entries[1]), "heavy too"));
    assert_true(entries[1]->count >= 2000 && entries[1]->count - entries[1]->error <= 2000);
    ranking_list_done(&list);
}

/* Each byte counts, and so does the length. */
static void hashes_all_of_a_text(void **state)
{
    uint8_t text[LIMIT_RANKING_BYTES] = {0}, same[LIMIT_RANKING_BYTES];
    (void)state;
    const struct ranking_key key = ranking_key_random();
    for (size_t length = 0; length <= sizeof text; length++) {
        const uint64_t hash = ranking_hash(&key, bytes_of(text, length));
        memcpy(same, text, sizeof same);
        assert_int_equal(ranking_hash(&key, bytes_of(same, length)), hash);
        if (length > 0)
            assert_int_not_equal(ranking_hash(&key, bytes_of(text, length - 1)), hash);
        for (size_t i = 0; i < length; i++) {
            text[i] = 1;
            assert_int_not_equal(ranking_hash(&key, bytes_of(text, length)), hash);
            text[i] = 0;
        }
    }
}

/* Memory is kept for names that grow and shrink; another thing in the same counter has no name. */
static void keeps_the_last_name(void **state)
{
    struct ranking_list list = {0};
    uint8_t name[300];
    (void)state;
    memset(name, 'n', sizeof name);
    for (size_t length = sizeof name; length > 0; length -= 20) {
        ranking_list_add(&list, &KEY, bytes_text("a"), bytes_of(name, length));
        assert_int_equal(ranking_entry_name(&list.entries[0]).len, length);
    }
    for (unsigned i = 0; i < LIMIT_RANKING_ENTRIES; i++)
        ranking_list_add(&list, &KEY, bytes_of(&i, sizeof i), bytes_of(NULL, 0));
    ranking_list_add(&list, &KEY, bytes_text("b"), bytes_of(NULL, 0));
    for (unsigned i = 0; i < list.count; i++)
        assert_int_equal(list.entries[i].name_length > 0, bytes_is(ranking_entry_text(&list.entries[i]), "a"));
    ranking_list_done(&list);
}

/* LIMIT_RANKING_BYTES */
static void cuts_texts(void **state)
{
    struct ranking_list list = {0};
    const struct ranking_entry *entries[2];
    uint8_t text[LIMIT_RANKING_BYTES + 5];
    (void)state;
    memset(text, 'x', sizeof text);
    ranking_list_add(&list, &KEY, bytes_of(text, sizeof text), bytes_of(NULL, 0));
    ranking_list_add(&list, &KEY, bytes_of(text, sizeof text - 1), bytes_of(NULL, 0));
    assert_int_equal(ranking_list_first(&list, entries, 2), 1);
    assert_int_equal(entries[0]->length, LIMIT_RANKING_BYTES);
    assert_int_equal(entries[0]->count, 2);
    ranking_list_done(&list);
}

static void percentile_is_near(const struct ranking_times *times, unsigned percent, int64_t expected)
{
    int64_t found = ranking_times_percentile(times, percent);
    int64_t error = found > expected ? found - expected : expected - found;
    if (error > expected / 100)
        fail_msg("%u %%: %lld, not %lld", percent, (long long)found, (long long)expected);
}

static void measures_durations(void **state)
{
    struct ranking_times times = {0};
    (void)state;
    assert_int_equal(ranking_times_percentile(&times, 50), 0);
    ranking_times_add(&times, 12345678);
    ranking_times_add(&times, -1);
    assert_int_equal(times.count, 1);
    assert_int_equal(ranking_times_percentile(&times, 50), 12345678); /* exactly: least and most bound it */
    assert_int_equal(ranking_times_percentile(&times, 95), 12345678);
    ranking_times_done(&times);
    for (int64_t i = 1; i <= 1000; i++)
        ranking_times_add(&times, i * 1000003);
    percentile_is_near(&times, 50, 500 * INT64_C(1000003));
    percentile_is_near(&times, 95, 950 * INT64_C(1000003));
    percentile_is_near(&times, 100, 1000 * INT64_C(1000003));
    assert_int_equal(times.most_ns, 1000 * INT64_C(1000003));
    ranking_times_done(&times);
    /* Every size: no step is further from what is in it. */
    for (int64_t value = 1; value > 0 && value < INT64_MAX / 3; value = value * 3 / 2 + 1) {
        ranking_times_add(&times, 0);
        ranking_times_add(&times, value);
        ranking_times_add(&times, value);
        ranking_times_add(&times, INT64_MAX);
        percentile_is_near(&times, 50, value);
        assert_int_equal(ranking_times_percentile(&times, 25), 0);
        ranking_times_done(&times);
    }
}

/* LIMIT_RANKING_SLOWEST */
static void keeps_the_slowest(void **state)
{
    struct ranking_times times = {0};
    (void)state;
    for (int64_t i = 0; i < 2 * LIMIT_RANKING_SLOWEST; i++) {
        struct ranking_slow *slow = ranking_times_slow(&times, 100 + i % LIMIT_RANKING_SLOWEST);
        if (slow)
            slow->frame = (uint64_t)i + 1;
    }
    assert_int_equal(times.slow_count, LIMIT_RANKING_SLOWEST);
    for (unsigned i = 0; i < LIMIT_RANKING_SLOWEST; i++) {
        assert_int_equal(times.slowest[i].duration_ns, 100 + LIMIT_RANKING_SLOWEST - 1 - i / 2);
        assert_int_equal(times.slowest[i].frame, LIMIT_RANKING_SLOWEST - i / 2 + (i % 2) * LIMIT_RANKING_SLOWEST);
    }
    assert_null(ranking_times_slow(&times, 5));
    assert_null(ranking_times_slow(&times, -1));
}

/* --- all together, with the dns dataset as it is --- */

static const struct dataset *dns_dataset(void)
{
    const struct dataset *datasets[OPTIONS_DATASETS];
    size_t count = dataset_list(datasets, OPTIONS_DATASETS);
    for (size_t i = 0; i < count && i < OPTIONS_DATASETS; i++)
        if (strcmp(datasets[i]->name, "dns") == 0)
            return datasets[i];
    fail();
    return NULL;
}

static unsigned field_of(const struct dataset *found, const char *name)
{
    for (unsigned i = 0; i < found->field_count; i++)
        if (strcmp(found->fields[i].name, name) == 0)
            return i;
    fail_msg("%s", name);
    return 0;
}

static void ask(struct ranking *ranking, uint64_t number, const char *name, const char *code, int64_t took_ns)
{
    const struct dataset *dns = dns_dataset();
    const struct conversation conversation = {
        .id = number, .protocol = "dns", .destination = {.ip = {.family = 4, .octets = {10, 9, 0, 53}}, .port = 53}};
    struct record record;
    record_init(&record, dns, &budget);
    record.conversation = &conversation;
    record.request = (struct moment){2 * number, 1000};
    record_word(&record, field_of(dns, "dns.type"), code ? "answer" : "query");
    record_text(&record, field_of(dns, "dns.question.name"), bytes_text(name));
    record_word(&record, field_of(dns, "dns.question.type"), "A");
    record.outcome = OUTCOME_UNKNOWN;
    if (code) {
        record.response = (struct moment){2 * number + 1, 1000 + took_ns};
        record.destination_domain = bytes_text("ns.example");
        record_text(&record, field_of(dns, "dns.response_code"), bytes_text(code));
        record.outcome = strcmp(code, "NOERROR") == 0 ? OUTCOME_SUCCESS : OUTCOME_FAILURE;
    }
    ranking_record(ranking, &record);
    record_done(&record);
}

static char *print(const struct ranking *ranking, void (*print_to)(FILE *, const struct ranking *, unsigned),
                   unsigned width)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    assert_non_null(to);
    print_to(to, ranking, width);
    fclose(to);
    return text;
}

static void prints(const struct ranking *ranking, void (*print_to)(FILE *, const struct ranking *, unsigned),
                   unsigned width, const char *expected)
{
    char *text = print(ranking, print_to, width);
    assert_string_equal(text, expected);
    free(text);
}

static void ranks_what_was_asked(void **state)
{
    struct ranking *ranking = ranking_new();
    (void)state;
    assert_non_null(ranking);
    prints(ranking, ranking_print_brief, 0, "");
    prints(ranking, ranking_print_full, 0, "");
    for (unsigned i = 0; i < 20; i++)
        ask(ranking, 1, "WWW.example", "NOERROR", 1000000);
    ask(ranking, 2, "slow.example", "NOERROR", 1500000000);
    ask(ranking, 3, "no\033such.example", "NXDOMAIN", 2000000);
    ask(ranking, 3, "no\033such.example", "NXDOMAIN", 2000000);
    ask(ranking, 4, "silent.example", NULL, 0);
    prints(ranking, ranking_print_brief, 80,
           "dns             NOERROR 21; NXDOMAIN 2\n"
           "  failed        NXDOMAIN no\\x1bsuch.example A (2)\n"
           "  no answer     silent.example A\n"
           "  answered in   median 1 ms; p95 2 ms;\n"
           "                slowest 1.5 s: slow.example A (conversation 2)\n");
    prints(ranking, ranking_print_full, 100,
           "\nDNS             24 records\n"
           "  servers              24  ns.example (10.9.0.53):53\n"
           "  asked for            20  www.example\n"
           "                        2  no\\x1bsuch.example\n"
           "                        1  silent.example\n"
           "                        1  slow.example\n"
           "  types                24  A\n"
           "  codes                21  NOERROR\n"
           "                        2  NXDOMAIN\n"
           "  failed                2  NXDOMAIN no\\x1bsuch.example A\n"
           "  no answer             1  silent.example A\n"
           "  answered in   median 1 ms, p95 2 ms, slowest 1.5 s, of 23\n"
           "  slowest           1.5 s  slow.example A  (conversation 2)\n"
           "                     2 ms  no\\x1bsuch.example A  (conversation 3)\n"
           "                     2 ms  no\\x1bsuch.example A  (conversation 3)\n"
           "                     1 ms  www.example A  (conversation 1)\n"
           "                     1 ms  www.example A  (conversation 1)\n");
    ranking_free(ranking);
}

static void tells_it_as_json(void **state)
{
    struct ranking *ranking = ranking_new();
    struct json_object *root = json_object_new_object();
    (void)state;
    ask(ranking, 1, "a.example", "NOERROR", 1000);
    ask(ranking, 2, "b\xff.example", "SERVFAIL", 3000);
    assert_int_equal(ranking_add_json(root, ranking), 0);
    assert_string_equal(
        json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
        "{\"protocols\":{\"dns\":{\"records\":2,"
        "\"servers\":[{\"ip\":\"10.9.0.53\",\"port\":53,\"domain\":\"ns.example\",\"count\":2}],"
        "\"names\":[{\"value\":\"a.example\",\"count\":1},{\"value\":\"b\\\\xff.example\",\"count\":1}],"
        "\"types\":[{\"value\":\"A\",\"count\":2}],"
        "\"codes\":[{\"value\":\"NOERROR\",\"count\":1},{\"value\":\"SERVFAIL\",\"count\":1}],"
        "\"failures\":[{\"value\":\"SERVFAIL b\\\\xff.example A\",\"count\":1}],\"unanswered\":[],"
        "\"answers\":{\"count\":2,\"median\":1004,\"p95\":2992,\"max\":3000,\"slowest\":["
        "{\"duration\":3000,\"value\":\"b\\\\xff.example A\",\"conversation\":2,\"frame\":4},"
        "{\"duration\":1000,\"value\":\"a.example A\",\"conversation\":1,\"frame\":2}]},\"others\":{}}}}");
    json_object_put(root);
    ranking_free(ranking);
}

/* More different names than there are counters: the output says how many are not told, and what is not sure. */
static void says_what_is_not_told(void **state)
{
    struct ranking *ranking = ranking_new();
    char name[32];
    (void)state;
    for (unsigned i = 0; i < 3 * LIMIT_RANKING_ENTRIES; i++) {
        snprintf(name, sizeof name, "%u.example", i);
        ask(ranking, 1, name, "NXDOMAIN", 1000000);
    }
    for (unsigned i = 0; i < 100; i++)
        ask(ranking, 1, "often.example", "NXDOMAIN", 1000000);
    prints(ranking, ranking_print_brief, 80,
           "dns             NXDOMAIN 1636\n"
           "  failed        NXDOMAIN often.example A (~103); 1533 more\n"
           "  answered in   median 1 ms; p95 1 ms; slowest 1 ms (conversation 1)\n");
    char *text = print(ranking, ranking_print_full, 80);
    assert_non_null(strstr(text, "  asked for          ~103  often.example\n"
                                 "                     1533  others\n"));
    free(text);
    ranking_free(ranking);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_say_what_a_record_has), cmocka_unit_test(words_cut_what_is_long),
        cmocka_unit_test(words_have_conditions),       cmocka_unit_test(words_that_make_no_sense),
        cmocka_unit_test(all_tallies_are_understood),  cmocka_unit_test(counts_and_sorts),
        cmocka_unit_test(keeps_the_heavy_ones),        cmocka_unit_test(cuts_texts),
        cmocka_unit_test(measures_durations),          cmocka_unit_test(keeps_the_slowest),
        cmocka_unit_test(ranks_what_was_asked),        cmocka_unit_test(tells_it_as_json),
        cmocka_unit_test(says_what_is_not_told),       cmocka_unit_test(hashes_all_of_a_text),
        cmocka_unit_test(keeps_the_last_name),
    };
    budget_init(&budget, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
