/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define OVERHEAR_VERSION "1.2.3"
#include "cli/manual.c"
#include "cli/manual_text.c"
#include "cli/options.c"
#include "cli/options_table.c"
#include "cli/reference.c"

enum { PAGE_COLUMNS = 80 };

int reference_print_schema(FILE *to)
{
    (void)to;
    return 0;
}

struct printed {
    char *text;
    size_t size;
    FILE *to;
};

static void begin(struct printed *printed)
{
    printed->to = open_memstream(&printed->text, &printed->size);
    assert_non_null(printed->to);
}

static void end(struct printed *printed)
{
    assert_int_equal(fclose(printed->to), 0);
}

static void expect(struct printed *printed, const char *expected)
{
    end(printed);
    assert_string_equal(printed->text, expected);
    free(printed->text);
}

static void test_characters(void **state)
{
    (void)state;
    struct printed printed;
    begin(&printed);
    put_in(printed.to, 'B', "-a 'b' \\c \"d\" `e` ^~");
    expect(&printed, "\\fB\\-a \\(aqb\\(aq \\ec \\(dqd\\(dq \\(gae\\(ga \\(ha\\(ti\\fR");
}

static void test_marks(void **state)
{
    (void)state;
    struct printed printed;
    begin(&printed);
    put_text(printed.to, "With `-w` <FILE>, as-is. Then `a < B`. 3 < 4");
    expect(&printed, "With \\fB\\-w\\fR \\fIFILE\\fR, as-is.\nThen \\fBa < B\\fR.\n3 < 4\n");
    begin(&printed);
    put_text(printed.to, ".partial");
    expect(&printed, "\\&.partial\n");
    begin(&printed);
    put_text(printed.to, "'x");
    expect(&printed, "\\&\\(aqx\n");
}

static void test_sentences(void **state)
{
    (void)state;
    struct printed printed;
    begin(&printed);
    put_sentence(printed.to, "stop after N frames");
    put_sentence(printed.to, "what is it?");
    put_sentence(printed.to, "=text: so");
    expect(&printed, "Stop after N frames.\nWhat is it?\n=text: so.\n");
}

static void test_options(void **state)
{
    (void)state;
    const struct option_row rows[] = {
        {'c', ARGUMENT_REQUIRED, "count", "N", NULL, GROUP_INPUT, "stop after N frames"},
        {0, ARGUMENT_ATTACHED, "colour", "WHEN", NULL, GROUP_INPUT, "always, never"},
    };
    struct printed printed;
    begin(&printed);
    put_option(printed.to, &rows[0]);
    put_option(printed.to, &rows[1]);
    expect(&printed, ".TP\n\\fB\\-c\\fR, \\fB\\-\\-\\fR\\fBcount\\fR \\fIN\\fR\nStop after N frames.\n"
                     ".TP\n\\fB\\-\\-\\fR\\fBcolour\\fR\\fR[=\\fR\\fIWHEN\\fR]\nAlways, never.\n");
}

/* No line of the page is taken for a request that it is not. */
static void test_page(void **state)
{
    (void)state;
    static const char *const requests[] = {".\\\"", ".TH ",  ".SH ",  ".SS ",   ".TP\n",
                                           ".PP\n", ".br\n", ".nh\n", ".ad l\n"};
    struct printed printed;
    begin(&printed);
    manual_print(printed.to);
    end(&printed);
    assert_non_null(strstr(printed.text, ".TH OVERHEAR 1 \""));
    assert_non_null(strstr(printed.text, "\" \"overhear 1.2.3\" \"User Commands\"\n"));
    for (const char *line = printed.text; *line != '\0'; line = strchr(line, '\n') + 1) {
        assert_true(*line != '\'' && *line != '\n' && *line != ' ');
        bool known = *line != '.';
        for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
            known = known || strncmp(line, requests[i], strlen(requests[i])) == 0;
        assert_true(known);
    }
    free(printed.text);
}

/* Each row is about an option that there is. */
static void test_option_prose(void **state)
{
    (void)state;
    for (size_t i = 0; i < manual_option_count; i++) {
        bool found = false;
        for (size_t j = 0; j < option_row_count; j++)
            found = found ||
                    (option_rows[j].long_name && strcmp(option_rows[j].long_name, manual_options[i].label) == 0);
        if (!found)
            fail_msg("--%s is no option", manual_options[i].label);
    }
}

/* Each verb of the table is one for the parser, and no two are the same. */
static void test_verbs(void **state)
{
    (void)state;
    unsigned seen = 0;
    for (size_t i = 0; i < manual_verb_count; i++) {
        char program[] = "overhear", name[32], error[OPTIONS_ERROR_SIZE];
        snprintf(name, sizeof name, "%s", manual_verbs[i].name);
        char *words[] = {program, name, NULL};
        struct options options;
        assert_int_equal(options_parse(&options, 2, words, error), 0);
        assert_int_not_equal(options.verb, VERB_ANALYZE);
        assert_int_equal(seen >> options.verb & 1, 0);
        seen |= 1u << options.verb;
        options_done(&options);
    }
    /* those that are options are no words: analyze is none of both */
    unsigned every = (1u << (VERB_INTERFACES + 1)) - 1;
    assert_int_equal(seen, every & ~(1u << VERB_ANALYZE | 1u << VERB_VERSION | 1u << VERB_INTERFACES));
}

static void test_wrapping(void **state)
{
    (void)state;
    struct printed printed;
    begin(&printed);
    fputs("      ", printed.to);
    print_wrapped(printed.to, 6, "1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567");
    fputs("      ", printed.to);
    print_wrapped(printed.to, 6, "1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 12345678");
    fputs("      ", printed.to);
    print_wrapped(printed.to, 6, "1234567890123456789012345678901234567890123456789012345678901234567890123456789 b");
    expect(&printed,
           "      1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567\n"
           "      1234567890 1234567890 1234567890 1234567890 1234567890 1234567890\n      12345678\n"
           "      1234567890123456789012345678901234567890123456789012345678901234567890123456789\n      b\n");
    begin(&printed);
    print_row(printed.to, 8, "1234", "a");
    print_row(printed.to, 8, "12345", "a");
    expect(&printed, "  1234  a\n  12345\n        a\n");
}

static void test_help_is_narrow(void **state)
{
    (void)state;
    struct printed printed;
    begin(&printed);
    reference_print_help(printed.to);
    end(&printed);
    for (const char *line = printed.text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (length >= PAGE_COLUMNS)
            fail_msg("%.*s", (int)length, line);
        assert_true(length == 0 || line[length - 1] != ' ');
        line += length + 1;
    }
    free(printed.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_characters), cmocka_unit_test(test_marks),    cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_options),    cmocka_unit_test(test_page),     cmocka_unit_test(test_option_prose),
        cmocka_unit_test(test_verbs),      cmocka_unit_test(test_wrapping), cmocka_unit_test(test_help_is_narrow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
