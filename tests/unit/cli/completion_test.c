/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What completes what. What the shells do with it is tested in tests/packaging.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/completion.c"
#include "cli/manual.h"
#include "cli/options_table.c"

void completion_print_bash(FILE *to)
{
    fputs("for bash\n", to);
}

void completion_print_zsh(FILE *to)
{
    fputs("for zsh\n", to);
}

void completion_print_fish(FILE *to)
{
    fputs("for fish\n", to);
}

static const struct completion *completion(const char *name)
{
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].long_name && strcmp(option_rows[i].long_name, name) == 0)
            return completion_of(&option_rows[i]);
    fail_msg("--%s is no option", name);
    return NULL;
}

static char *printed(void (*print)(FILE *to, const char *separator), const char *separator)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    assert_non_null(to);
    print(to, separator);
    assert_int_equal(fclose(to), 0);
    return text;
}

static void test_kinds(void **state)
{
    (void)state;
    const struct {
        const char *name;
        enum completion_kind kind;
        const char *words;
        bool repeats;
    } expected[] = {
        {"read", COMPLETES_CAPTURES, NULL, true},
        {"output", COMPLETES_FILES, NULL, false},
        {"write", COMPLETES_FILES, NULL, false},
        {"extract", COMPLETES_FOLDERS, NULL, false},
        {"notes", COMPLETES_FOLDERS, NULL, true},
        {"interface", COMPLETES_INTERFACES, NULL, true},
        {"only", COMPLETES_DATASETS, NULL, false},
        {"decode-as", COMPLETES_PROTOCOLS, NULL, true},
        {"display-filter", COMPLETES_EXPRESSION, NULL, false},
        {"filter", COMPLETES_NOTHING, NULL, false},
        {"user", COMPLETES_USERS, NULL, false},
        {"format", COMPLETES_WORDS, "json text", false},
        {"color", COMPLETES_WORDS, "auto always never", false},
        {"summary", COMPLETES_WORDS, "text json none", false},
        {"raw", COMPLETES_WORDS, "client server", false},
        {"follow", COMPLETES_WORDS, "all", false},
        {"autostop", COMPLETES_WORDS, "duration:", false},
        {"memory", COMPLETES_NOTHING, NULL, false},
        {"json", COMPLETES_NOTHING, NULL, false},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const struct completion *found = completion(expected[i].name);
        assert_int_equal(found->kind, expected[i].kind);
        assert_int_equal(found->repeats, expected[i].repeats);
        if (expected[i].words)
            assert_string_equal(found->words, expected[i].words);
        else
            assert_null(found->words);
    }
}

/* Nobody forgot to say what a new option's argument is: a number is an argument of this name. */
static void test_every_argument_is_known(void **state)
{
    (void)state;
    static const char *const numbers[] = {"N", "SECONDS", "SIZE", "KIB", "EXPR"};
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        bool known = !row->argument_name || completion_of(row)->kind != COMPLETES_NOTHING;
        for (size_t j = 0; !known && j < sizeof numbers / sizeof *numbers; j++)
            known = strcmp(row->argument_name, numbers[j]) == 0;
        if (!known)
            fail_msg("%s: completions[] has no row for it", row->argument_name);
    }
}

/* The words offered are words taken. */
static void test_words_are_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < option_row_count; i++) {
        const struct completion *found = completion_of(&option_rows[i]);
        char words[64];
        if (found->kind != COMPLETES_WORDS || strchr(found->words, ':'))
            continue;
        snprintf(words, sizeof words, "%s", found->words);
        char *rest = words;
        for (const char *word = strsep(&rest, " "); word; word = strsep(&rest, " ")) {
            struct options options = {0};
            const char *wrong = option_rows[i].take(&options, word);
            if (wrong)
                fail_msg("--%s %s: expected %s", option_rows[i].long_name, word, wrong);
        }
    }
}

static void test_takes_word(void **state)
{
    (void)state;
    const struct option_row rows[] = {{.argument = ARGUMENT_NONE},
                                      {.argument = ARGUMENT_REQUIRED},
                                      {.argument = ARGUMENT_ATTACHED},
                                      {.argument = ARGUMENT_FOLDER}};
    assert_false(completion_takes_word(&rows[0]));
    assert_true(completion_takes_word(&rows[1]));
    assert_false(completion_takes_word(&rows[2]));
    assert_true(completion_takes_word(&rows[3]));
}

static void test_verbs(void **state)
{
    (void)state;
    bool datasets = false;
    assert_string_equal(completion_verb_words("explain", &datasets), "");
    assert_true(datasets);
    assert_string_equal(completion_verb_words("fields", &datasets), "record");
    assert_true(datasets);
    assert_string_equal(completion_verb_words("completion", &datasets), "bash zsh fish");
    assert_false(datasets);
    assert_string_equal(completion_verb_words("schema", &datasets), "");
    assert_false(datasets);
}

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)) != NULL; at++)
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

static void test_fields(void **state)
{
    (void)state;
    static const char *const some[] = {
        "@timestamp", "source.ip", "dns.question.name", "dns.answers.data", "http.response.status_code", "user.name"};
    char *fields = printed(completion_print_fields, " ");
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        assert_true(has_word(fields, some[i]));
    assert_false(has_word(fields, "dns.answers")); /* a group: only its members have values */
    assert_null(strstr(fields, "  "));
    /* none twice */
    char *rest = fields;
    for (const char *word = strsep(&rest, " "); word; word = strsep(&rest, " "))
        if (rest && has_word(rest, word))
            fail_msg("%s: twice", word);
    free(fields);
}

static void test_lists(void **state)
{
    (void)state;
    char *datasets = printed(completion_print_datasets, " ");
    char *protocols = printed(completion_print_protocols, ", ");
    assert_true(has_word(datasets, "dns") && has_word(datasets, "flow") && has_word(datasets, "anomaly"));
    assert_memory_equal(protocols, "dns, http, ", 11);
    free(datasets);
    free(protocols);
}

static void test_shells(void **state)
{
    (void)state;
    static const char *const shells[] = {"bash", "zsh", "fish"};
    for (size_t i = 0; i < 3; i++) {
        char *text = NULL, expected[16];
        size_t size = 0;
        FILE *to = open_memstream(&text, &size);
        assert_non_null(to);
        assert_int_equal(completion_print(to, shells[i]), 0);
        assert_int_equal(completion_print(to, "tcsh"), -1);
        assert_int_equal(completion_print(to, ""), -1);
        fclose(to);
        snprintf(expected, sizeof expected, "for %s\n", shells[i]);
        assert_string_equal(text, expected);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),           cmocka_unit_test(test_every_argument_is_known),
        cmocka_unit_test(test_words_are_taken), cmocka_unit_test(test_takes_word),
        cmocka_unit_test(test_verbs),           cmocka_unit_test(test_fields),
        cmocka_unit_test(test_lists),           cmocka_unit_test(test_shells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
