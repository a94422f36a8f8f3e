/* SPDX-License-Identifier: BSD-3-Clause */
#include "record/notes.h"

#include "record/notes_catalog.h"
#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char first_file[] = "{\"dns.response_code\": {\"NOERROR\": \"fine\", \"NXDOMAIN\": \"no such name\"},"
                                 " \"observations\": {\"t.all\": \"{text} {number} {duration} {size} {time}!\","
                                 "   \"t.open\": \"odd {text\", \"t.unknown\": \"{nobody} {text}\"}}";
static const char second_file[] =
    "\xef\xbb\xbf{\"dns.response_code\": {\"NXDOMAIN\": \"no name\", \"Refused\": \"no\"}}\n";

static char error[512];
static char folder[] = "/tmp/notes_test_XXXXXX";

static struct notes *new_notes(void)
{
    error[0] = '\0';
    struct notes *notes = notes_new_over(NULL);
    assert_non_null(notes);
    assert_int_equal(notes_read(notes, "a/notes.json", bytes_text(first_file), error, sizeof error), 0);
    assert_int_equal(notes_read(notes, "b/notes.json", bytes_text(second_file), error, sizeof error), 0);
    assert_string_equal(error, "");
    return notes;
}

static void check(const struct notes *notes, const char *catalog, const char *value, const char *expected)
{
    struct bytes sentence = notes_find(notes, catalog, bytes_text(value));
    if (!expected) {
        assert_null(sentence.at);
        assert_int_equal(sentence.len, 0);
        return;
    }
    assert_int_equal(sentence.len, strlen(expected));
    assert_memory_equal(sentence.at, expected, sentence.len);
}

static void test_later_files_win(void **state)
{
    (void)state;
    struct notes *notes = new_notes();
    check(notes, "dns.response_code", "NOERROR", "fine");
    check(notes, "dns.response_code", "NXDOMAIN", "no name");
    check(notes, "dns.response_code", "nxDomain", "no name");
    check(notes, "dns.response_code", "REFUSED", "no");
    check(notes, "dns.response_code", "NXDOMAI", NULL);
    check(notes, "dns.response_code", "", NULL);
    check(notes, "dns.response_code", "a value that is longer than every key of the catalog", NULL);
    check(notes, "dns", "NOERROR", NULL);
    notes_free(notes);
}

static void write_file(const char *name, const char *content)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
}

static void remove_file(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path);
}

/* A file of this content gives this message (after the folder's name). */
static void check_error(const char *content, const char *expected)
{
    struct notes *notes = new_notes();
    write_file("x.json", content);
    assert_int_equal(notes_add_folder(notes, folder, error, sizeof error), -1);
    assert_memory_equal(error, folder, strlen(folder));
    assert_string_equal(error + strlen(folder), expected);
    remove_file("x.json");
    notes_free(notes);
}

static void test_a_folder_goes_over_them(void **state)
{
    (void)state;
    struct notes *notes = new_notes();
    write_file("2.json", "{\"dns.response_code\": {\"NOERROR\": \"zwei\"}}");
    write_file(
        "1.json",
        "{\"dns.response_code\": {\"NOERROR\": \"eins\", \"NXDOMAIN\": \"kein Name\"}, \"new\": {\"a\": \"b\"}}");
    write_file(".hidden.json", "nonsense");
    write_file("readme.txt", "nonsense");
    assert_int_equal(notes_add_folder(notes, folder, error, sizeof error), 0);
    check(notes, "dns.response_code", "NOERROR", "zwei");
    check(notes, "dns.response_code", "NXDOMAIN", "kein Name");
    check(notes, "dns.response_code", "Refused", "no");
    check(notes, "new", "a", "b");
    remove_file("1.json");
    remove_file("2.json");
    remove_file(".hidden.json");
    remove_file("readme.txt");
    notes_free(notes);
}

static void test_messages(void **state)
{
    (void)state;
    check_error("", "/x.json: empty; at least {} is needed");
    check_error(" \n", "/x.json: empty; at least {} is needed");
    check_error("{\"a\": {\"b\": \"c\"}", "/x.json:1:17: not valid JSON: the file breaks off");
    check_error("{\n \"a\": {\"b\" \"c\"}}",
                "/x.json:2:12: not valid JSON: object property name separator ':' expected");
    check_error("{\"a\": {}}\n\n x", "/x.json:3:2: not valid JSON: text after the end of the object");
    check_error("[]", "/x.json: must be an object of catalogs: { \"dns.response_code\": { \"NXDOMAIN\": \"…\" } }");
    check_error("{\"a\": \"b\"}",
                "/x.json: the catalog \"a\" must be an object { \"value\": \"sentence\" }, not string");
    check_error("{\"a\": {\"b\": 3}}", "/x.json: \"b\" in \"a\" must be one sentence in quotes, not int");
    check_error("{\"a\": {\"b\": null}}", "/x.json: \"b\" in \"a\" must be one sentence in quotes, not null");
    check_error("{\"a\": {\"b\": \"\xff\"}}", "/x.json:1:14: not valid JSON: invalid utf-8 string");
    check_error("{\"a\":[[[[[[[[[[[[]]]]]]]]]]]]}", "/x.json:1:13: not valid JSON: nesting too deep");
}

static void test_folders_that_cannot_be_read(void **state)
{
    (void)state;
    struct notes *notes = new_notes();
    assert_int_equal(notes_add_folder(notes, folder, error, sizeof error), -1);
    assert_string_equal(error + strlen(folder), ": no *.json file with notes in this folder");
    assert_int_equal(notes_add_folder(notes, "/does/not/exist", error, sizeof error), -1);
    assert_string_equal(error, "/does/not/exist: No such file or directory");
    char path[128];
    snprintf(path, sizeof path, "%s/d.json", folder);
    mkdir(path, 0700);
    assert_int_equal(notes_add_folder(notes, folder, error, sizeof error), -1);
    assert_string_equal(error + strlen(folder), "/d.json: Is a directory");
    rmdir(path);
    notes_free(notes);
}

static const struct field rows[] = {{"dns.response_code", FIELD_TEXT, 0, "", "dns.response_code", NULL, 0},
                                    {"password", FIELD_TEXT, FIELD_SECRET, "", "dns.response_code", NULL, 0},
                                    {"flag", FIELD_BOOLEAN, 0, "", "flag", NULL, 0}};
static const struct dataset dataset = {.name = "t", .title = "T", .fields = rows, .field_count = 3};

static struct record new_record(struct budget *budget)
{
    struct record record;
    budget_init(budget, 0);
    record_init(&record, &dataset, budget);
    record.wants_notes = true;
    return record;
}

static void check_about(const struct notes *notes, const struct record *record, unsigned index, size_t size,
                        const char *expected)
{
    char text[512] = "";
    const struct field *row = &rows[record->items[index].field];
    assert_true(size <= sizeof text);
    size_t length = notes_about(notes, record, index, row, text, size);
    assert_true(length <= size);
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(text, expected, length);
}

static void test_observations(void **state)
{
    (void)state;
    struct notes *notes = new_notes();
    struct budget budget;
    struct record record = new_record(&budget);
    const struct argument all[] = {{"text", ARGUMENT_TEXT, bytes_text("a\x1b"), 0},
                                   {"number", ARGUMENT_INTEGER, {NULL, 0}, -5},
                                   {"duration", ARGUMENT_DURATION, {NULL, 0}, 259200000000000},
                                   {"size", ARGUMENT_SIZE, {NULL, 0}, 1234}};
    const struct argument time[] = {{"time", ARGUMENT_TIME, {NULL, 0}, INT64_C(1795356125123456789)}};
    record_word(&record, 0, "NOERROR");
    record_observe(&record, RECORD_LAST, "t.all", all, 4);
    record_observe(&record, RECORD_LAST, "t.missing", NULL, 0);
    record_observe(&record, RECORD_LAST, "t.all", time, 1);
    record_observe(&record, RECORD_LAST, "t.open", all, 1);
    record_observe(&record, RECORD_LAST, "t.unknown", all, 1);
    check_about(notes, &record, 0, 512,
                "fine; a\x1b -5 3 days 1.2 kB {time}!; "
                "{text} {number} {duration} {size} 2026-11-22 14:02:05 UTC!; odd {text; {nobody} a\x1b");
    check_about(notes, &record, 0, 10, "fine; a\x1b -");
    check_about(notes, &record, 0, 0, "");
    record_done(&record);
    notes_free(notes);
}

/* What a value means elsewhere is not said; what was observed here is. */
static void test_a_value_can_mean_something_else(void **state)
{
    (void)state;
    struct notes *notes = new_notes();
    struct budget budget;
    struct record record = new_record(&budget);
    const struct argument text = {"text", ARGUMENT_TEXT, bytes_text("a"), 0};
    record_unexplained(&record, 0);
    record_word(&record, 0, "NOERROR");
    check_about(notes, &record, 0, 512, "fine");
    record_unexplained(&record, RECORD_LAST);
    check_about(notes, &record, 0, 512, "");
    record_observe(&record, 0, "t.open", &text, 1);
    check_about(notes, &record, 0, 512, "odd {text");
    record_done(&record);
    notes_free(notes);
}

static void test_long_argument_is_cut_at_a_character(void **state)
{
    (void)state;
    struct notes *notes = new_notes();
    struct budget budget;
    struct record record = new_record(&budget);
    char text[203];
    memset(text, 'a', sizeof text);
    memcpy(text + 199, "ü", 2);
    record_integer(&record, 2, 1);
    record_observe(&record, RECORD_LAST, "t.unknown",
                   &(struct argument){"text", ARGUMENT_TEXT, bytes_of(text, sizeof text), 0}, 1);
    char sentence[512];
    assert_int_equal(notes_fill(notes, &record, 1, sentence, sizeof sentence), 9 + 199 + 3);
    assert_memory_equal(sentence + 9 + 198, "a…", 4);
    record_done(&record);
    notes_free(notes);
}

/* A sentence about a password would tell which it is. */
static void test_nothing_is_said_about_secrets(void **state)
{
    (void)state;
    struct notes *notes = new_notes();
    struct budget budget;
    struct record record = new_record(&budget);
    record_text(&record, 1, bytes_text("NOERROR"));
    record_text_secret(&record, 0, bytes_text("NOERROR"), 0, 3);
    check_about(notes, &record, 0, 512, "");
    check_about(notes, &record, 1, 512, "");
    record_done(&record);
    notes_free(notes);
}

static void test_booleans_and_units(void **state)
{
    (void)state;
    struct notes *notes = new_notes();
    struct budget budget;
    struct record record = new_record(&budget);
    write_file("de.json", "{\"flag\": {\"true\": \"gesetzt\"}, \"units\": {\"days\": \"Tage\"},"
                          " \"observations\": {\"t.d\": \"seit {d}\"}}");
    assert_int_equal(notes_add_folder(notes, folder, error, sizeof error), 0);
    remove_file("de.json");
    record_boolean(&record, 2, true);
    record_observe(&record, RECORD_LAST, "t.d", &(struct argument){"d", ARGUMENT_DURATION, {NULL, 0}, 172800000000000},
                   1);
    check_about(notes, &record, 0, 512, "gesetzt; seit 2 Tage");
    record_done(&record);
    notes_free(notes);
}

static void test_a_large_catalog(void **state)
{
    (void)state;
    enum { ENTRIES = 5000 };
    char *json = malloc(ENTRIES * 40);
    size_t length = (size_t)sprintf(json, "{\"big\":{");
    for (int i = 0; i < ENTRIES; i++)
        length += (size_t)sprintf(json + length, "%s\"Key%d\":\"value %d\"", i ? "," : "", i, i * 3);
    sprintf(json + length, "}}");
    struct notes *notes = new_notes();
    write_file("big.json", json);
    assert_int_equal(notes_add_folder(notes, folder, error, sizeof error), 0);
    remove_file("big.json");
    check(notes, "big", "Key0", "value 0");
    check(notes, "big", "KEY4999", "value 14997");
    check(notes, "big", "Key5000", NULL);
    free(json);
    notes_free(notes);
}

/* --- what is built in --- */

struct counts {
    const struct notes *notes;
    unsigned all, escaped;
};

static void check_builtin(void *context, const char *name, struct bytes value, struct bytes sentence)
{
    struct counts *counts = context;
    const struct note_catalog *catalog = notes_catalog(counts->notes, name);
    uint8_t other_case[128];
    assert_true(value.len <= sizeof other_case);
    for (size_t i = 0; i < value.len; i++)
        other_case[i] = byte_upper(bytes_at(value, i)) == bytes_at(value, i) ? byte_lower(bytes_at(value, i))
                                                                             : byte_upper(bytes_at(value, i));
    struct note_text text = note_catalog_look(catalog, value);
    assert_ptr_equal(text.plain.at, sentence.at);
    assert_int_equal(text.plain.len, sentence.len);
    assert_ptr_equal(note_catalog_find(catalog, bytes_of(other_case, value.len)).at, sentence.at);
    const bool escaped = bytes_find(sentence, '"', 0) < sentence.len || bytes_find(sentence, '\\', 0) < sentence.len;
    counts->all++;
    counts->escaped += escaped;
    assert_int_equal(text.json.len > text.plain.len, escaped);
    if (!escaped)
        assert_ptr_equal(text.json.at, text.plain.at);
}

static void test_everything_built_in_is_found(void **state)
{
    (void)state;
    struct notes *notes = notes_new();
    struct counts counts = {notes, 0, 0};
    notes_visit(notes, &counts, check_builtin);
    assert_true(counts.all > 3000);
    assert_true(counts.escaped > 30);
    check(notes, "dns.response_code", "NXDOMAIN", "the name does not exist");
    check(notes, "dns.response_code", "NXDOMAIN2", NULL);
    check(notes, "dns.response_code", "", NULL);
    check(notes, "dns.response_cod", "NXDOMAIN", NULL);
    notes_free(notes);
}

static void test_escaped_for_json(void **state)
{
    (void)state;
    struct notes *notes = notes_new();
    struct note_text text = note_catalog_look(notes_catalog(notes, "observations"),
                                              bytes_text("imap.attribute.unmarked"));
    assert_true(bytes_is(text.plain, "\\Unmarked: nothing new in it"));
    assert_true(bytes_is(text.json, "\\\\Unmarked: nothing new in it"));
    /* What a file says is escaped by whoever writes it, unless nothing is to be escaped. */
    write_file("x.json", "{\"dns.response_code\": {\"NXDOMAIN\": \"kein \\\"Name\\\"\", \"NOERROR\": \"gut\"}}");
    assert_int_equal(notes_add_folder(notes, folder, error, sizeof error), 0);
    remove_file("x.json");
    text = note_catalog_look(notes_catalog(notes, "dns.response_code"), bytes_text("NXDOMAIN"));
    assert_true(bytes_is(text.plain, "kein \"Name\""));
    assert_null(text.json.at);
    text = note_catalog_look(notes_catalog(notes, "dns.response_code"), bytes_text("noerror"));
    assert_ptr_equal(text.json.at, text.plain.at);
    assert_int_equal(text.json.len, 3);
    assert_null(note_catalog_look(NULL, bytes_text("x")).plain.at);
    notes_free(notes);
}

static void count_sentence(void *context, const char *catalog, struct bytes value, struct bytes sentence)
{
    unsigned *counts = context;
    counts[0]++;
    counts[1] += strcmp(catalog, "dns.response_code") == 0 && bytes_is(value, "NXDOMAIN");
    counts[2] += bytes_is(sentence, "neu");
}

static void test_files_lie_over_what_is_built_in(void **state)
{
    (void)state;
    struct notes *notes = notes_new();
    unsigned before[3] = {0}, after[3] = {0};
    notes_visit(notes, before, count_sentence);
    write_file("x.json", "{\"dns.response_code\": {\"NXDOMAIN\": \"neu\", \"servfail\": \"neu\", \"a new, rather long "
                         "value that nobody has\": \"neu\"}, \"a.new.one\": {\"\": \"neu\"}}");
    assert_int_equal(notes_add_folder(notes, folder, error, sizeof error), 0);
    remove_file("x.json");
    notes_visit(notes, after, count_sentence);
    assert_int_equal(after[0], before[0] + 3);
    assert_int_equal(after[1], 1);
    assert_int_equal(after[2], 4);
    check(notes, "dns.response_code", "NXDOMAIN", "neu");
    check(notes, "dns.response_code", "nxdomain", "neu");
    check(notes, "dns.response_code", "ServFail", "neu"); /* exact here or there, then near here */
    check(notes, "dns.response_code", "SERVFAIL",
          "the server failed: it could not get an answer, or did not trust the one that it got");
    check(notes, "dns.response_code", "A new, rather long value that nobody has", "neu");
    check(notes, "dns.response_code", "NOTAUTH",
          "the server is not responsible for this zone, or does not accept the signature");
    check(notes, "a.new.one", "", "neu");
    notes_free(notes);
}

/* --- for who writes JSON --- */

static void check_look(struct note_text text, const char *plain, const char *json)
{
    assert_int_equal(text.plain.len, strlen(plain));
    assert_memory_equal(text.plain.at, plain, text.plain.len);
    assert_int_equal(text.json.at != NULL, json != NULL);
    if (json)
        assert_true(bytes_is(text.json, json));
}

static void test_observations_for_json(void **state)
{
    (void)state;
    struct notes *notes = new_notes();
    struct note_cache cache = {0};
    struct budget budget;
    struct record record = new_record(&budget);
    char text[64];
    const struct argument number = {"n", ARGUMENT_INTEGER, {NULL, 0}, INT64_MIN};
    const struct argument duration = {"d", ARGUMENT_DURATION, {NULL, 0}, 172800000000000};
    const struct argument word = {"t", ARGUMENT_TEXT, bytes_text("a \"b\""), 0};
    write_file("x.json",
               "{\"units\": {\"days\": \"\\\"Tage\\\"\"}, \"observations\": {\"plain\": \"so it is\", \"quoted\": "
               "\"\\\"so\\\" it is\", \"number\": \"{n} of {nn}\", \"duration\": \"{d} ago\", \"text\": \"{t}\"}}");
    assert_int_equal(notes_add_folder(notes, folder, error, sizeof error), 0);
    remove_file("x.json");
    record_word(&record, 0, "NOERROR");
    record_observe(&record, RECORD_LAST, "plain", NULL, 0);
    record_observe(&record, RECORD_LAST, "quoted", NULL, 0);
    record_observe(&record, RECORD_LAST, "nothing", NULL, 0);
    record_observe(&record, RECORD_LAST, "number", &number, 1);
    record_observe(&record, RECORD_LAST, "duration", &duration, 1);
    record_observe(&record, RECORD_LAST, "text", &word, 1);
    struct note_cache *caches[] = {NULL, &cache, &cache};
    for (size_t i = 0; i < 3; i++) {
        check_look(notes_look_observation(caches[i], notes, &record, 1, text, sizeof text), "so it is", "so it is");
        check_look(notes_look_observation(caches[i], notes, &record, 1, text, 5), "so it", "so it");
        check_look(notes_look_observation(caches[i], notes, &record, 2, text, sizeof text), "\"so\" it is", NULL);
        check_look(notes_look_observation(caches[i], notes, &record, 3, text, sizeof text), "", NULL);
        check_look(notes_look_observation(caches[i], notes, &record, 4, text, sizeof text),
                   "-9223372036854775808 of {nn}", "-9223372036854775808 of {nn}");
        check_look(notes_look_observation(caches[i], notes, &record, 6, text, sizeof text), "2 \"Tage\" ago", NULL);
        check_look(notes_look_observation(caches[i], notes, &record, 8, text, sizeof text), "a \"b\"", NULL);
    }
    record_done(&record);
    notes_free(notes);
}

/* More words and numbers than the cache has rows, in catalogs that say different things about the same ones. */
static void test_cache(void **state)
{
    (void)state;
    enum { WORDS = 1000 };
    static char words[WORDS][8];
    static const struct field fields[] = {{"a", FIELD_TEXT, FIELD_LIST, "", "a", NULL, 0},
                                          {"n", FIELD_INTEGER, FIELD_LIST, "", "a", NULL, 0}};
    static const struct dataset lists = {.name = "l", .title = "L", .fields = fields, .field_count = 2};
    char *json = malloc(WORDS * 80);
    size_t length = (size_t)sprintf(json, "{\"a\":{\"x\":\"\"");
    for (int i = 0; i < WORDS; i++) {
        sprintf(words[i], "w%d", i);
        length += (size_t)sprintf(json + length, ",\"w%d\":\"a%d\",\"%d\":\"n%d\"", i, i, i, i);
    }
    length += (size_t)sprintf(json + length, "},\"b\":{\"w5\":\"b5\"}}");
    struct notes *notes = notes_new_over(NULL);
    assert_int_equal(notes_read(notes, "x", bytes_of(json, length), error, sizeof error), 0);
    static struct note_cache cache;
    struct budget budget;
    struct record record;
    budget_init(&budget, 0);
    record_init(&record, &lists, &budget);
    for (unsigned round = 0; round < 2; round++)
        for (unsigned i = 0; i < WORDS; i++) {
            char expected[8];
            record_clear(&record);
            record_word(&record, 0, words[i]);
            record_integer(&record, 1, i);
            sprintf(expected, "a%u", i);
            check_look(notes_look_value(&cache, notes_catalog(notes, "a"), &record, 0, &fields[0]), expected, expected);
            assert_true(bytes_is(notes_of_value(notes_catalog(notes, "a"), &record, 0, &fields[0]), expected));
            sprintf(expected, "n%u", i);
            check_look(notes_look_value(&cache, notes_catalog(notes, "a"), &record, 1, &fields[1]), expected, expected);
            const bool both = i == 5;
            struct note_text other = notes_look_value(&cache, notes_catalog(notes, "b"), &record, 0, &fields[0]);
            assert_true(bytes_is(other.plain, both ? "b5" : ""));
        }
    record_done(&record);
    notes_free(notes);
    free(json);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_later_files_win),
        cmocka_unit_test(test_a_folder_goes_over_them),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_folders_that_cannot_be_read),
        cmocka_unit_test(test_observations),
        cmocka_unit_test(test_a_value_can_mean_something_else),
        cmocka_unit_test(test_long_argument_is_cut_at_a_character),
        cmocka_unit_test(test_nothing_is_said_about_secrets),
        cmocka_unit_test(test_booleans_and_units),
        cmocka_unit_test(test_a_large_catalog),
        cmocka_unit_test(test_everything_built_in_is_found),
        cmocka_unit_test(test_escaped_for_json),
        cmocka_unit_test(test_observations_for_json),
        cmocka_unit_test(test_cache),
        cmocka_unit_test(test_files_lie_over_what_is_built_in),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
