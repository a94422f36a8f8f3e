/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What is said about wrong expressions, to the letter.
 */
#include "sample.h"

struct row {
    const char *expression;
    const char *complaint;
};

static void complain_all(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char error[DISPLAY_FILTER_ERROR_SIZE] = "";
        struct display_filter *filter = display_filter_new(rows[i].expression, false, error);
        if (filter)
            fail_msg("%s: no complaint", rows[i].expression);
        assert_string_equal(error, rows[i].complaint);
    }
}

#define COMPLAIN_ALL(rows) complain_all(rows, sizeof(rows) / sizeof *(rows))

static void test_fields(void **state)
{
    static const struct row rows[] = {
        {"probe.reply.statuscode >= 400", "-Y: unknown field 'probe.reply.statuscode'\n"
                                          "  probe.reply.statuscode >= 400\n"
                                          "  ^~~~~~~~~~~~~~~~~~~~~~\n"
                                          "  did you mean probe.reply.status_code?"},
        {"probe and status_code == 3", "-Y: unknown field 'status_code'\n"
                                       "  probe and status_code == 3\n"
                                       "            ^~~~~~~~~~~\n"
                                       "  did you mean probe.reply.status_code?"},
        {"port == 3", "-Y: unknown field 'port'\n"
                      "  port == 3\n"
                      "  ^~~~\n"
                      "  did you mean source.port, destination.port?"},
        {"probe.ipp == 3", "-Y: unknown field 'probe.ipp'\n"
                           "  probe.ipp == 3\n"
                           "  ^~~~~~~~~\n"
                           "  did you mean probe.ip?"},
        {"prob", "-Y: unknown field 'prob'\n"
                 "  prob\n"
                 "  ^~~~\n"
                 "  did you mean probe?"},
        {"zebra == 3", "-Y: unknown field 'zebra'\n"
                       "  zebra == 3\n"
                       "  ^~~~~\n"
                       "  overhear fields lists all that there are"},
        {"ip.addr == 10.0.0.1", "-Y: unknown field 'ip.addr'\n"
                                "  ip.addr == 10.0.0.1\n"
                                "  ^~~~~~~\n"
                                "  did you mean source.ip, destination.ip?"},
        {"Probe-Data", "-Y: unknown field 'Probe-Data'\n"
                       "  Probe-Data\n"
                       "  ^~~~~~~~~~\n"
                       "  did you mean network.protocol == probe-data?"},
        {"exists probe.ip", "-Y: unknown field 'exists'\n"
                            "  exists probe.ip\n"
                            "  ^~~~~~\n"
                            "  it stands behind a field: dns.response_code exists"},
        {"notes exists", "-Y: unknown field 'notes'\n"
                         "  notes exists\n"
                         "  ^~~~~\n"
                         "  overhear fields lists all that there are"},
        {"probe.name[\"x\"] == y", "-Y: 'probe.name[\"x\"]' is no map\n"
                                   "  probe.name[\"x\"] == y\n"
                                   "  ^~~~~~~~~~~~~~~\n"
                                   "  only a map has entries: http.request.headers[\"user-agent\"]"},
        {"probe.words[0] == y", "-Y: values of a list have no numbers: a list fits where one of its values does\n"
                                "  probe.words[0] == y\n"
                                "              ^\n"
                                "  a name in quotes stands here: http.request.headers[\"user-agent\"]"},
        {"probe.headers[\"x\" == y", "-Y: expected ] behind the name\n"
                                     "  probe.headers[\"x\" == y\n"
                                     "                    ^~"},
    };
    (void)state;
    COMPLAIN_ALL(rows);
}

static void test_operators(void **state)
{
    static const struct row rows[] = {
        {"probe.name > 3", "-Y: probe.name is text, and > does not apply to it\n"
                           "  probe.name > 3\n"
                           "             ^\n"
                           "  text is compared with == != contains matches in {...}, or exists"},
        {"source.ip contains \"x\"", "-Y: source.ip is an address, and contains does not apply to it\n"
                                     "  source.ip contains \"x\"\n"
                                     "            ^~~~~~~~\n"
                                     "  addresses are compared with == != in {...}, or exist: source.ip in "
                                     "{192.0.2.0/24}"},
        {"probe.yes < true", "-Y: probe.yes is true or false, and < does not apply to it\n"
                             "  probe.yes < true\n"
                             "            ^\n"
                             "  it is compared with == != in {...}, exists, or stands alone"},
        {"probe.parts == 3", "-Y: probe.parts is an object, and == does not apply to it\n"
                             "  probe.parts == 3\n"
                             "              ^~\n"
                             "  did you mean probe.parts.file.name, probe.parts.size, probe.parts.tags?"},
        {"probe == 3", "-Y: probe is a kind of record, and == does not apply to it\n"
                       "  probe == 3\n"
                       "        ^~\n"
                       "  it stands alone; what is in it has fields of its own"},
        {"probe.codes matches 3", "-Y: probe.codes is a number, and matches does not apply to it\n"
                                  "  probe.codes matches 3\n"
                                  "              ^~~~~~~\n"
                                  "  it is compared with == != < <= > >= in {...}, or exists"},
        {"probe.name = x", "-Y: = alone is no operator\n"
                           "  probe.name = x\n"
                           "             ^\n"
                           "  equal is ==; a text with = in it stands in quotes"},
        {"probe & flow", "-Y: & alone is no operator\n"
                         "  probe & flow\n"
                         "        ^\n"
                         "  write && or and"},
        {"probe.name eq x", "-Y: unknown operator 'eq'\n"
                            "  probe.name eq x\n"
                            "             ^~\n"
                            "  did you mean ==?"},
        {"probe.name near x", "-Y: unknown operator 'near'\n"
                              "  probe.name near x\n"
                              "             ^~~~\n"
                              "  expected == != < <= > >= contains matches in exists, or and, or, the end"},
        {"probe.name \"x\"", "-Y: no operator begins with '\"x\"'\n"
                             "  probe.name \"x\"\n"
                             "             ^~~\n"
                             "  expected == != < <= > >= contains matches in exists, or and, or, the end"},
        {"probe.name ! x", "-Y: no operator begins with '!'\n"
                           "  probe.name ! x\n"
                           "             ^\n"
                           "  expected == != < <= > >= contains matches in exists, or and, or, the end"},
    };
    (void)state;
    COMPLAIN_ALL(rows);
}

static void test_values(void **state)
{
    static const struct row rows[] = {
        {"probe.reply.status_code == \"abc\"", "-Y: \"abc\" is a text\n"
                                               "  probe.reply.status_code == \"abc\"\n"
                                               "                             ^~~~~\n"
                                               "  expected a number, without quotes"},
        {"probe.codes == abc", "-Y: 'abc' is no number\n"
                               "  probe.codes == abc\n"
                               "                 ^~~\n"
                               "  expected a number: 404, -1, 0x1f, 10K"},
        {"probe.took > 5", "-Y: '5' is no duration\n"
                           "  probe.took > 5\n"
                           "               ^\n"
                           "  expected a duration with its unit (ns us ms s m h d): 100ms, 1.5s, 1m30s"},
        {"probe.at > yesterday", "-Y: 'yesterday' is no time\n"
                                 "  probe.at > yesterday\n"
                                 "             ^~~~~~~~~\n"
                                 "  expected a time: 2026-11-22, 2026-11-22T10:30, 2026-11-22T10:30:05.25Z, "
                                 "...+01:00"},
        {"probe.yes == 1", "-Y: '1' is no truth\n"
                           "  probe.yes == 1\n"
                           "               ^\n"
                           "  expected true or false"},
        {"source.ip == 192.0.2.1/24", "-Y: '192.0.2.1/24' is no address\n"
                                      "  source.ip == 192.0.2.1/24\n"
                                      "               ^~~~~~~~~~~~\n"
                                      "  there are bits behind the prefix; did you mean 192.0.2.0/24?"},
        {"source.ip in {10.0.0.0/8, ::/129}", "-Y: '::/129' is no address\n"
                                              "  source.ip in {10.0.0.0/8, ::/129}\n"
                                              "                            ^~~~~~\n"
                                              "  expected a prefix length from 0 to 128 behind the slash"},
        {"probe.name == 10.0.0.0/8", "-Y: this field is text, and a text is in no network\n"
                                     "  probe.name == 10.0.0.0/8\n"
                                     "                ^~~~~~~~~~\n"
                                     "  networks go with addresses; in quotes it is a text"},
        {"source.domain == destination.domain", "-Y: fields are not compared with fields\n"
                                                "  source.domain == destination.domain\n"
                                                "                   ^~~~~~~~~~~~~~~~~~\n"
                                                "  in quotes it is a text"},
        {"probe.codes == 400..499", "-Y: a range is not one value\n"
                                    "  probe.codes == 400..499\n"
                                    "                 ^~~~~~~~\n"
                                    "  a range stands in braces: in {400..499}"},
    };
    (void)state;
    COMPLAIN_ALL(rows);
}

static void test_sets_and_texts(void **state)
{
    static const struct row rows[] = {
        {"probe.codes in {499..400}", "-Y: nothing is in this range\n"
                                      "  probe.codes in {499..400}\n"
                                      "                  ^~~~~~~~\n"
                                      "  the smaller end stands first"},
        {"probe.codes in 404", "-Y: expected { behind in\n"
                               "  probe.codes in 404\n"
                               "                 ^~~\n"
                               "  a set stands in braces: in {404, 500..599}"},
        {"probe.codes in {404 405}", "-Y: expected a comma or }\n"
                                     "  probe.codes in {404 405}\n"
                                     "                      ^~~\n"
                                     "  the values of a set are separated by commas"},
        {"probe.codes in {404", "-Y: this { is not closed\n"
                                "  probe.codes in {404\n"
                                "                 ^"},
        {"probe.codes in {}", "-Y: '}' is no value\n"
                              "  probe.codes in {}\n"
                              "                  ^\n"
                              "  a set stands behind in: in {404, 500..599}"},
        {"probe.name ==", "-Y: a value is missing at the end\n"
                          "  probe.name ==\n"
                          "               ^"},
        {"probe.name == and probe", "-Y: 'and' is no value\n"
                                    "  probe.name == and probe\n"
                                    "                ^~~\n"
                                    "  in quotes it would be one"},
        {"probe.name == \"foo", "-Y: a text that begins with \" does not end\n"
                                "  probe.name == \"foo\n"
                                "                ^~~~"},
        {"probe.name == \"a\\d\"", "-Y: no escape begins like this\n"
                                   "  probe.name == \"a\\d\"\n"
                                   "                  ^~\n"
                                   "  \\\\ \\\" \\' \\n \\r \\t and \\xNN are known; in 'single quotes' nothing is "
                                   "escaped"},
        {"probe.name == \"\\x4\"", "-Y: no escape begins like this\n"
                                   "  probe.name == \"\\x4\"\n"
                                   "                 ^~\n"
                                   "  \\\\ \\\" \\' \\n \\r \\t and \\xNN are known; in 'single quotes' nothing is "
                                   "escaped"},
    };
    (void)state;
    COMPLAIN_ALL(rows);
}

static void test_patterns(void **state)
{
    static const struct row rows[] = {
        {"probe.name matches \"a(b\" or flow", "-Y: the pattern is wrong: missing closing parenthesis\n"
                                               "  probe.name matches \"a(b\" or flow\n"
                                               "                         ^\n"
                                               "  expected a regular expression as in Perl (PCRE2)"},
        /* escaped quotes are one byte of the pattern */
        {"probe.name matches \"\\\"\\\"\\\\a**\"", "-Y: the pattern is wrong: quantifier does not follow a repeatable "
                                                   "item\n"
                                                   "  probe.name matches \"\\\"\\\"\\\\a**\"\n"
                                                   "                              ^\n"
                                                   "  expected a regular expression as in Perl (PCRE2)"},
        {"probe.name matches 'a\"**'", "-Y: the pattern is wrong: quantifier does not follow a repeatable item\n"
                                       "  probe.name matches 'a\"**'\n"
                                       "                         ^\n"
                                       "  expected a regular expression as in Perl (PCRE2)"},
        {"probe.name matches +", "-Y: the pattern is wrong: quantifier does not follow a repeatable item\n"
                                 "  probe.name matches +\n"
                                 "                     ^\n"
                                 "  expected a regular expression as in Perl (PCRE2)"},
    };
    (void)state;
    COMPLAIN_ALL(rows);
}

static void test_structure(void **state)
{
    static const struct row rows[] = {
        {"", "-Y: the expression is empty\n"
             "  \n"
             "  ^\n"
             "  expected a field, a kind of record, not or ("},
        {"  ", "-Y: the expression is empty\n"
               "    \n"
               "    ^\n"
               "  expected a field, a kind of record, not or ("},
        {"probe and", "-Y: the expression ends too early\n"
                      "  probe and\n"
                      "           ^\n"
                      "  expected a field, a kind of record, not or ("},
        {"probe and or flow", "-Y: no test begins with 'or'\n"
                              "  probe and or flow\n"
                              "            ^~\n"
                              "  expected a field, a kind of record, not or ("},
        {"(probe and (flow)", "-Y: this ( is not closed\n"
                              "  (probe and (flow)\n"
                              "  ^"},
        {"(probe) and (not", "-Y: the expression ends too early\n"
                             "  (probe) and (not\n"
                             "                  ^\n"
                             "  expected a field, a kind of record, not or ("},
        {"probe)", "-Y: no ( belongs to this )\n"
                   "  probe)\n"
                   "       ^"},
        {"()", "-Y: no test begins with ')'\n"
               "  ()\n"
               "   ^\n"
               "  expected a field, a kind of record, not or ("},
        {"(probe) flow", "-Y: 'flow' does not belong here\n"
                         "  (probe) flow\n"
                         "          ^~~~\n"
                         "  expected and, or, ) or the end"},
        {"\"x\" == probe.name", "-Y: no test begins with '\"x\"'\n"
                                "  \"x\" == probe.name\n"
                                "  ^~~\n"
                                "  a field stands on the left, a value on the right: url.domain == \"example.com\""},
        {"probe.name == x == y", "-Y: '==' does not belong here\n"
                                 "  probe.name == x == y\n"
                                 "                  ^~\n"
                                 "  expected and, or, ) or the end"},
    };
    (void)state;
    COMPLAIN_ALL(rows);
}

/* The caret stands below its place whatever stands before it, and nothing in the expression can act. */
static void test_places(void **state)
{
    static const struct row rows[] = {
        {"probe.name == \"\xe6\xbc\xa2\xe5\xad\x97\" and foo", "-Y: unknown field 'foo'\n"
                                                               "  probe.name == \"\xe6\xbc\xa2\xe5\xad\x97\" and foo\n"
                                                               "                           ^~~\n"
                                                               "  overhear fields lists all that there are"},
        {"probe.name == \xc3\xbc or \xe6\xbc\xa2\xe5\xad\x97 == 3", "-Y: unknown field '\xe6\xbc\xa2\xe5\xad\x97'\n"
                                                                    "  probe.name == \xc3\xbc or "
                                                                    "\xe6\xbc\xa2\xe5\xad\x97 == 3\n"
                                                                    "                     ^~~~\n"
                                                                    "  overhear fields lists all that there are"},
        {"probe\tand\n\xff\x1b[31m", "-Y: a control character\n"
                                     "  probe and ??[31m\n"
                                     "             ^\n"
                                     "  in a text in double quotes it is written \\x and two digits"},
        {"probe\tand\n\xff\xc2\x9b", "-Y: unknown field '?\?'\n"
                                     "  probe and ?\?\n"
                                     "            ^~\n"
                                     "  overhear fields lists all that there are"},
        {"probe.name == \"\xe2\x80\xae\x1b\" x", "-Y: 'x' does not belong here\n"
                                                 "  probe.name == \"??\" x\n"
                                                 "                     ^\n"
                                                 "  expected and, or, ) or the end"},
        {"probe and \x01", "-Y: a control character\n"
                           "  probe and ?\n"
                           "            ^\n"
                           "  in a text in double quotes it is written \\x and two digits"},
        {"probe or probe or probe or probe or probe or probe or probe or probe or probe or prone or probe or probe or "
         "probe or probe or probe or probe",
         "-Y: unknown field 'prone'\n"
         "  ...e or probe or probe or probe or prone or probe or probe or probe or prob...\n"
         "                                     ^~~~~\n"
         "  did you mean probe?"},
    };
    (void)state;
    COMPLAIN_ALL(rows);
}

static void test_nesting(void **state)
{
    char expression[128], error[DISPLAY_FILTER_ERROR_SIZE];
    (void)state;
    memset(expression, '(', 65);
    memcpy(expression + 65, "probe", sizeof "probe");
    assert_null(display_filter_new(expression, false, error));
    assert_string_equal(error, "-Y: more than 64 levels deep\n"
                               "  (((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((probe\n"
                               "                                                                  ^\n"
                               "  parentheses and negations inside each other are meant");
}

/* However long its parts are, a complaint fits, and ends with its hint. */
static void test_long_parts(void **state)
{
    enum { LONG = 3000 };
    static char expression[LONG + 64];
    char error[DISPLAY_FILTER_ERROR_SIZE];
    (void)state;
    memset(expression, 'x', LONG);
    memcpy(expression + LONG, " == 3", sizeof " == 3");
    assert_null(display_filter_new(expression, false, error));
    assert_non_null(strstr(error, "...'\n"));
    assert_non_null(strstr(error, "\n  overhear fields lists all that there are"));
    for (size_t i = 0; i + 2 < LONG; i += 2) /* combining: no columns at all */
        memcpy(expression + i, "\xcc\x81", 2);
    assert_null(display_filter_new(expression, false, error));
    assert_true(strlen(error) < DISPLAY_FILTER_ERROR_SIZE - 1);
    assert_non_null(strstr(error, "\n  ^\n  overhear fields"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),         cmocka_unit_test(test_operators), cmocka_unit_test(test_values),
        cmocka_unit_test(test_sets_and_texts), cmocka_unit_test(test_patterns),  cmocka_unit_test(test_structure),
        cmocka_unit_test(test_places),         cmocka_unit_test(test_nesting),   cmocka_unit_test(test_long_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
