/* SPDX-License-Identifier: BSD-3-Clause */
#include "sample.h"

struct row {
    const char *expression;
    bool matches;
};

static bool ask(const char *expression, bool show_secrets, const struct record *record)
{
    char error[DISPLAY_FILTER_ERROR_SIZE] = "";
    struct display_filter *filter = display_filter_new(expression, show_secrets, error);
    assert_string_equal(error, "");
    assert_non_null(filter);
    bool matches = display_filter_matches(filter, record);
    assert_int_equal(display_filter_matches(filter, record), matches);
    display_filter_free(filter);
    return matches;
}

static void ask_all(const struct row *rows, size_t count, bool show_secrets)
{
    struct record record;
    sample_record(&record);
    for (size_t i = 0; i < count; i++)
        if (ask(rows[i].expression, show_secrets, &record) != rows[i].matches)
            fail_msg("%s: expected %s", rows[i].expression, rows[i].matches ? "true" : "false");
    record_done(&record);
}

#define ASK_ALL(rows, show_secrets) ask_all(rows, sizeof(rows) / sizeof *(rows), show_secrets)

static void test_text(void **state)
{
    static const struct row rows[] = {
        {"probe.name == \"Alpha beta \\xff\\n/x?a=b\"", true},
        {"probe.name == \"alpha beta \\xff\\n/x?a=b\"", false},
        {"probe.name == Alpha", false},
        {"probe.name != Alpha", true},
        {"probe.name contains beta", true},
        {"probe.name contains Beta", false},
        {"probe.name contains 'x?a=b'", true},
        {"probe.name contains \"\"", true},
        {"probe.name contains \"\\xff\"", true},
        {"probe.name matches \"^Alpha\"", true},
        {"probe.name matches \"^alpha\"", false},
        {"probe.name matches \"(?i)^alpha\"", true},
        {"probe.name matches \"x\\?a=b$\"", true},
        {"probe.name matches 'x\\?a=b$'", true},
        {"probe.name matches beta", true},
        {"probe.name matches \"a\\\"b\"", false},
        {"probe.name in {x, \"Alpha beta \\xff\\n/x?a=b\"}", true},
        {"probe.name in {x, y}", false},
        {"probe.name exists", true},
        {"probe.empty == \"\"", true},
        {"probe.empty exists", true},
        {"probe.empty contains x", false},
        {"probe.empty matches \"^$\"", true},
        /* whose letter case does not count */
        {"probe.domain == mail.example.com", true},
        {"probe.domain in {x, MAIL.example.com}", true},
        {"probe.domain contains example", false},
        {"probe.kind == nxdomain", true},
        {"probe.kind != nxdomain", false},
    };
    (void)state;
    ASK_ALL(rows, false);
}

static void test_numbers(void **state)
{
    static const struct row rows[] = {
        {"probe.reply.status_code == 404", true},
        {"probe.reply.status_code == 0x194", true},
        {"probe.reply.status_code != 404", false},
        {"probe.reply.status_code != 405", true},
        {"probe.reply.status_code < 404", false},
        {"probe.reply.status_code <= 404", true},
        {"probe.reply.status_code > 403", true},
        {"probe.reply.status_code > 404", false},
        {"probe.reply.status_code >= 404", true},
        {"probe.reply.status_code < 1K", true},
        {"probe.reply.status_code in {200, 400..499}", true},
        {"probe.reply.status_code in {200, 405..499}", false},
        {"probe.reply.status_code in {404..404}", true},
        {"probe.reply.status_code > 9223372036854775807", false},
        {"probe.reply.status_code >= -9223372036854775807", true},
        /* a list: one of them is enough */
        {"probe.codes == 100", true},
        {"probe.codes == -5", true},
        {"probe.codes < 0", true},
        {"probe.codes > 100", false},
        {"probe.codes != 7", true},
        {"probe.codes != -5", false},
        {"not probe.codes == -5", false},
        {"probe.parts.size == 2K", true},
        {"probe.parts[].size == 2K", true},
        {"probe.parts.size > 2048", false},
        {"probe.took == 1.5s", true},
        {"probe.took > 1499ms", true},
        {"probe.took in {1s..2s}", true},
        {"probe.took < 1m", true},
        {"probe.at == 2026-11-22", true},
        {"probe.at == \"2026-11-22 14:02\"", true},
        {"probe.at == 2026-11-22T14:02:05Z", true},
        {"probe.at == 2026-11-22T14:02:05.1234Z", true},
        {"probe.at == 2026-11-22T14:02:05.123456788Z", false},
        {"probe.at == 2026-11-22T15:02:05+01:00", true},
        {"probe.at <= 2026-11-22", true},
        {"probe.at < 2026-11-22", false},
        {"probe.at > 2026-11-22", false},
        {"probe.at > 2026-11-21", true},
        {"probe.at >= 2026-11-22", true},
        {"probe.at in {2026-11-20..2026-11-22}", true},
        {"probe.yes == true", true},
        {"probe.yes != true", false},
        {"probe.no == false", true},
        {"probe.yes", true},
        {"probe.no", false},
        {"not probe.no", true},
        {"probe.no exists", true},
        {"probe.maybe exists", false},
        {"probe.maybe", false},
        {"probe.no in {true, false}", true},
    };
    (void)state;
    ASK_ALL(rows, false);
}

static void test_addresses(void **state)
{
    static const struct row rows[] = {
        {"source.ip == 10.9.0.2", true},
        {"source.ip == \"10.9.0.2\"", true},
        {"source.ip == 10.0.0.0/8", true},
        {"source.ip == 0.0.0.0/0", true},
        {"source.ip == ::/0", false},
        {"source.ip == 10.9.0.0/31", false},
        {"source.ip == 10.9.0.2/31", true},
        {"source.ip != 10.9.0.2", false},
        {"source.ip != 2001:db8::1", true},
        {"probe.ip in {192.0.2.0/24}", true},
        {"probe.ip == 192.0.2.192/27", true},
        {"probe.ip == 192.0.2.0/25", false},
        {"probe.ip == 2001:db8::/32", true},
        {"probe.ip == 2001:db8::1", true},
        {"probe.ip == 2001:0db8:0:0:0:0:0:1", true},
        {"probe.ip == 2001:db8::2/127", false},
        {"probe.ip != 192.0.2.200", false},
        {"probe.ip exists", true},
    };
    (void)state;
    ASK_ALL(rows, false);
}

static void test_groups_and_maps(void **state)
{
    static const struct row rows[] = {
        {"probe.parts exists", true},
        {"probe.parts", true},
        {"probe.parts.file.name == b.bin", true},
        {"probe.parts.file.name == c.bin", false},
        {"probe.parts.file.name == \"a note\"", false},
        {"probe.parts.tags == blue", true},
        {"probe.parts.tags == common", true},
        {"probe.parts.tags == green", false},
        /* each is asked for itself */
        {"probe.parts.file.name == a.txt and probe.parts.size == 2048", true},
        {"probe.headers.user-agent == curl/8", true},
        {"probe.headers.User-Agent == curl/8", true},
        {"probe.headers[\"User-Agent\"] contains curl", true},
        {"probe.headers['user-agent'] exists", true},
        {"probe.headers.x-two == second", true},
        {"probe.headers.x-two == third", false},
        {"probe.headers.x-three exists", false},
        {"probe.headers.x-three != a", false},
        {"probe.headers.x-two != first", false},
        {"probe.headers contains second", true},
        {"probe.headers exists", true},
        {"probe.reply", true},
        {"probe.reply exists", true},
        {"not probe.reply", false},
    };
    (void)state;
    ASK_ALL(rows, false);
}

static void test_common_fields(void **state)
{
    static const struct row rows[] = {
        {"probe", true},
        {"flow", false},
        {"event.dataset == probe", true},
        {"network.protocol == probe", true},
        {"network.transport == tcp", true},
        {"network.type == ipv4", true},
        {"network.vlan.id == 7", true},
        {"network.community_id == \"1:VzApC3yw/Elp6He08FV/Rlr73VI=\"", true},
        {"network.community_id matches \"^1:\"", true},
        {"event.duration == 2s", true},
        {"event.outcome == failure", true},
        {"@timestamp == 2026-11-22T14:02:05", true},
        {"source.port == 41234", true},
        {"destination.port in {80, 443}", true},
        {"destination.domain == www.example.ORG", true},
        {"source.domain exists", false},
        {"source.domain == x", false},
        {"source.domain != x", false},
        {"not source.domain == x", true},
        {"overhear.conversation == 12", true},
        {"overhear.frames.request == 3", true},
        {"overhear.frames.response == 5", true},
        {"overhear.frames.first exists", false},
        {"overhear.frames.last exists", false},
        {"overhear.incomplete", false},
        {"overhear.incomplete exists", false},
        {"overhear.icmp_error contains unreachable", true},
        {"overhear.truncated exists", false},
        {"overhear.flow.rtt exists", false},
    };
    (void)state;
    ASK_ALL(rows, false);
}

static void test_logic(void **state)
{
    static const struct row rows[] = {
        {"probe and flow", false},
        {"probe or flow", true},
        {"flow or probe", true},
        {"not flow", true},
        {"!flow && probe", true},
        {"! flow||flow", true},
        {"not not probe", true},
        /* not before and before or */
        {"probe or probe and flow", true},
        {"(probe or probe) and flow", false},
        {"flow and flow or probe", true},
        {"flow and (flow or probe)", false},
        {"not flow and flow", false},
        {"not (flow and flow)", true},
        {"not flow or flow", true},
        {"not (not flow or flow)", false},
        {"probe and not flow and probe", true},
        {"flow or not probe or flow", false},
        {"((((probe))))", true},
        {"probe and (flow or probe and not (flow or not probe))", true},
        {"\tprobe\nand\r\nprobe ", true},
        {"not probe.maybe == true", true},
        {"probe.maybe != true", false},
    };
    (void)state;
    ASK_ALL(rows, false);
}

static void test_secrets_are_compared_as_printed(void **state)
{
    static const struct row hidden[] = {
        {"user.password == swordfish", false},
        {"user.password matches \"^s\"", false},
        {"user.password == \"[hidden]\"", true},
        {"user.password exists", true},
        {"user.pin == 4711", false},
        {"user.pin > 0", false},
        {"user.pin exists", true},
        {"probe.line == \"PASS [hidden] now\"", true},
        {"probe.line contains swordfish", false},
        {"probe.headers.authorization == \"Basic [hidden]\"", true},
        {"probe.headers contains c2Vj", false},
    };
    static const struct row shown[] = {
        {"user.password == swordfish", true},           {"user.pin == 4711", true},
        {"probe.line == \"PASS swordfish now\"", true}, {"probe.headers.authorization == \"Basic c2VjcmV0\"", true},
        {"probe.line contains hidden", false},
    };
    (void)state;
    ASK_ALL(hidden, false);
    ASK_ALL(shown, true);
}

/* Every way to join three tests, against C's own idea of it. */
static void test_logic_is_that_of_c(void **state)
{
    static const char *const names[] = {"flow", "probe"};
    struct record record;
    (void)state;
    sample_record(&record);
    for (unsigned bits = 0; bits < 256; bits++) {
        bool a = bits & 1, b = bits & 2, c = bits & 4, na = bits & 8, nb = bits & 16, nc = bits & 32;
        bool x = na ? !a : a, y = nb ? !b : b, z = nc ? !c : c;
        bool first_and = bits & 64, second_and = bits & 128;
        char expression[64];
        snprintf(expression, sizeof expression, "%s%s %s %s%s %s %s%s", na ? "not " : "", names[a],
                 first_and ? "and" : "or", nb ? "not " : "", names[b], second_and ? "and" : "or", nc ? "not " : "",
                 names[c]);
        bool expected = first_and ? second_and ? x && y && z : (x && y) || z : second_and ? x || (y && z) : x || y || z;
        assert_int_equal(ask(expression, false, &record), expected);
        snprintf(expression, sizeof expression, "%s%s %s %s(%s %s %s%s)", na ? "not " : "", names[a],
                 first_and ? "and" : "or", nb ? "not " : "", names[b], second_and ? "and" : "or", nc ? "not " : "",
                 names[c]);
        bool inner = second_and ? b && z : b || z;
        inner = nb ? !inner : inner;
        assert_int_equal(ask(expression, false, &record), first_and ? x && inner : x || inner);
    }
    record_done(&record);
}

static void test_truncated(void **state)
{
    struct record record;
    (void)state;
    sample_begin(&record);
    record_append(&record, SAMPLE_NAME, bytes_text("abcdef"), 3);
    assert_true(ask("overhear.truncated exists", false, &record));
    assert_true(ask("overhear.truncated == probe.name or overhear.truncated == \"probe.name\"", false, &record));
    assert_true(ask("overhear.truncated != \"probe.line\"", false, &record));
    assert_false(ask("overhear.truncated == \"probe.line\"", false, &record));
    record_done(&record);
}

/* Texts that will be cut, under the names that the JSON has. */
static void test_texts_that_printing_cuts(void **state)
{
    static const char *const names[] = {"probe.name", "probe.words[1]", "probe.parts[1].tags", "probe.headers.x-two"};
    char expression[80], error[DISPLAY_FILTER_ERROR_SIZE];
    struct record record;
    (void)state;
    sample_begin(&record);
    record_text(&record, SAMPLE_NAME, bytes_text("0123456789"));
    record_text(&record, SAMPLE_WORDS, bytes_text("short"));
    record_text(&record, SAMPLE_WORDS, bytes_text("0123456789"));
    sample_part(&record, "a", 1, "short");
    sample_part(&record, "b", 1, "0123456789");
    record_map(&record, SAMPLE_HEADERS, bytes_text("x-one"), bytes_text("short"));
    record_map(&record, SAMPLE_HEADERS, bytes_text("x-two"), bytes_text("0123456789"));
    record_text(&record, SAMPLE_PASSWORD, bytes_text("0123456789"));
    for (size_t max_text = 9; max_text <= 10; max_text++) {
        bool cut = max_text == 9;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            snprintf(expression, sizeof expression, "overhear.truncated == \"%s\"", names[i]);
            struct display_filter *filter = display_filter_new(expression, false, error);
            assert_false(display_filter_matches(filter, &record));
            display_filter_max_text(filter, 0);
            assert_false(display_filter_matches(filter, &record));
            display_filter_max_text(filter, max_text);
            assert_int_equal(display_filter_matches(filter, &record), cut);
            display_filter_free(filter);
        }
        struct display_filter *filter = display_filter_new(
            "overhear.truncated exists and not overhear.truncated in {\"probe.name\", \"probe.words[1]\", "
            "\"probe.parts[1].tags\", \"probe.headers.x-two\"}",
            false, error);
        display_filter_max_text(filter, max_text);
        assert_false(display_filter_matches(filter, &record));
        display_filter_free(filter);
        filter = display_filter_new("overhear.truncated contains password", true, error);
        display_filter_max_text(filter, max_text);
        assert_int_equal(display_filter_matches(filter, &record), cut);
        display_filter_free(filter);
    }
    record_done(&record);
}

static const struct dataset other_dataset = {
    .name = "other", .title = "Other", .fields = probe_fields, .field_count = SAMPLE_DOMAIN + 1};
static const struct field odd_fields[] = {{.name = "probe.name", .type = FIELD_INTEGER}};
static const struct dataset odd_dataset = {.name = "odd", .title = "Odd", .fields = odd_fields, .field_count = 1};

static void test_datasets_of_no_table(void **state)
{
    char error[DISPLAY_FILTER_ERROR_SIZE];
    struct record record, odd, bare;
    (void)state;
    struct display_filter *filter = display_filter_new("probe.name == here or probe.words exists", false, error);
    assert_non_null(filter);
    record_init(&record, &other_dataset, &probe_budget);
    record_text(&record, SAMPLE_NAME, bytes_text("here"));
    record_init(&odd, &odd_dataset, &probe_budget);
    record_integer(&odd, 0, 3);
    record_init(&bare, &probe_dataset, &probe_budget);
    for (int i = 0; i < 3; i++) {
        assert_true(display_filter_matches(filter, &record));
        assert_false(display_filter_matches(filter, &odd));
        assert_false(display_filter_matches(filter, &bare));
    }
    display_filter_free(filter);
    record_done(&record);
    record_done(&odd);
    record_done(&bare);
}

/* A record that belongs to no conversation. */
static void test_bare_record(void **state)
{
    static const char *const absent[] = {"@timestamp exists",           "source.ip exists",   "network.type exists",
                                         "network.protocol exists",     "event.duration > 0", "event.outcome exists",
                                         "network.community_id exists", "probe.parts exists", "probe.headers.a exists",
                                         "overhear.conversation > 0",   "probe.reply",        "source.ip != 10.0.0.1"};
    struct record record;
    (void)state;
    record_init(&record, &probe_dataset, &probe_budget);
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        assert_false(ask(absent[i], false, &record));
    assert_true(ask("event.dataset == probe", false, &record));
    record_done(&record);
}

static uint64_t count_given_up(const char *expression, struct bytes text, bool matches)
{
    char error[DISPLAY_FILTER_ERROR_SIZE] = "";
    struct record record;
    struct display_filter *filter = display_filter_new(expression, false, error);
    assert_string_equal(error, "");
    sample_begin(&record);
    record_text(&record, SAMPLE_NAME, text);
    assert_int_equal(display_filter_matches(filter, &record), matches);
    uint64_t count = display_filter_given_up(filter);
    display_filter_free(filter);
    record_done(&record);
    return count;
}

static void test_limits_of_matches(void **state)
{
    size_t length = LIMIT_MATCH_BYTES + 10;
    char *text = malloc(length);
    (void)state;
    assert_non_null(text);
    memset(text, 'a', length);
    text[length - 1] = 'z';
    struct bytes all = bytes_of(text, length);
    struct bytes first = bytes_of(text, LIMIT_MATCH_BYTES);
    /* what stands behind the limit is not found, and neither is an end there */
    assert_int_equal(count_given_up("probe.name matches z", all, false), 1);
    assert_int_equal(count_given_up("probe.name matches \"a$\"", all, false), 1);
    assert_int_equal(count_given_up("probe.name matches \"^a\"", all, true), 0);
    assert_int_equal(count_given_up("probe.name matches \"a$\"", first, true), 0);
    assert_int_equal(count_given_up("probe.name matches z", first, false), 0);
    assert_int_equal(count_given_up("probe.name contains z", all, true), 0);
    /* steps, then depth and memory */
    assert_int_equal(
        count_given_up("probe.name matches \"^(a+)+b\"", bytes_of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", 31), false), 0);
    assert_int_equal(
        count_given_up("probe.name matches \"^(a|aa)+$\"", bytes_of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", 31), false), 1);
    assert_int_equal(count_given_up("probe.name matches \"^(?:(a)(b)?)+\\\\d\"", first, false), 1);
    free(text);
}

/* Few steps from each place, but from many of them; runs of many characters; groups that are compared: none costs the
 * square of the text's length. Where it is short, or begins in one place only, all is well. */
static void test_work_of_matches(void **state)
{
    static const char *const hard[] = {"a+[a-f]*[0-9]", "a{1,40}a{1,40}[0-9]", "[^0-9]*+[0-9]", "(a+)\\1[0-9]"};
    static const char *const easy[] = {"^[^0-9]*[0-9]", "a*b", "[a-f]*+g"};
    char expression[64];
    char *text = malloc(LIMIT_MATCH_BYTES);
    (void)state;
    assert_non_null(text);
    memset(text, 'a', LIMIT_MATCH_BYTES);
    for (size_t i = 0; i < sizeof hard / sizeof *hard; i++) {
        snprintf(expression, sizeof expression, "probe.name matches \"%s\"", hard[i]);
        assert_int_equal(count_given_up(expression, bytes_of(text, LIMIT_MATCH_BYTES), false), 1);
        assert_int_equal(count_given_up(expression, bytes_of(text, 20), false), 0);
    }
    for (size_t i = 0; i < sizeof easy / sizeof *easy; i++) {
        snprintf(expression, sizeof expression, "probe.name matches \"%s\"", easy[i]);
        assert_int_equal(count_given_up(expression, bytes_of(text, LIMIT_MATCH_BYTES), false), 0);
    }
    free(text);
}

static void test_long_expressions(void **state)
{
    enum { TERM = sizeof "flow and probe or " - 1, SIZE = 65536 + TERM + 16 };
    static char expression[SIZE];
    char error[DISPLAY_FILTER_ERROR_SIZE];
    struct record record;
    size_t length = 0;
    (void)state;
    sample_record(&record);
    for (; length + TERM + 5 <= 65536; length += TERM)
        memcpy(expression + length, "flow and probe or ", TERM);
    memcpy(expression + length, "probe", sizeof "probe");
    assert_true(ask(expression, false, &record));
    memcpy(expression + length, "flow", sizeof "flow");
    assert_false(ask(expression, false, &record));
    memcpy(expression + length, "flow and probe or probe", sizeof "flow and probe or probe");
    assert_null(display_filter_new(expression, false, error));
    assert_string_equal(error, "-Y: the expression is longer than 65536 bytes");
    record_done(&record);
}

static void test_nesting(void **state)
{
    char expression[512], error[DISPLAY_FILTER_ERROR_SIZE];
    struct record record;
    (void)state;
    sample_record(&record);
    for (unsigned depth = 63; depth <= 66; depth++) {
        memset(expression, '(', depth);
        memcpy(expression + depth, "probe", 5);
        memset(expression + depth + 5, ')', depth);
        expression[2 * depth + 5] = '\0';
        struct display_filter *filter = display_filter_new(expression, false, error);
        assert_int_equal(filter != NULL, depth <= 64);
        display_filter_free(filter);
        memset(expression, '!', depth);
        memcpy(expression + depth, "probe", sizeof "probe");
        filter = display_filter_new(expression, false, error);
        assert_int_equal(filter != NULL, depth <= 64);
        if (filter)
            assert_int_equal(display_filter_matches(filter, &record), depth % 2 == 0);
        display_filter_free(filter);
    }
    record_done(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_groups_and_maps),
        cmocka_unit_test(test_common_fields),
        cmocka_unit_test(test_logic),
        cmocka_unit_test(test_logic_is_that_of_c),
        cmocka_unit_test(test_secrets_are_compared_as_printed),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_texts_that_printing_cuts),
        cmocka_unit_test(test_datasets_of_no_table),
        cmocka_unit_test(test_bare_record),
        cmocka_unit_test(test_limits_of_matches),
        cmocka_unit_test(test_work_of_matches),
        cmocka_unit_test(test_long_expressions),
        cmocka_unit_test(test_nesting),
    };
    budget_init(&probe_budget, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
