/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The parts: literals at the end of lines, tokens, mailbox names, status texts, what is believed while lost; and a line
 * of many parts.
 */
#include "imap/imap.h"
#include "text/play.h"

const struct dissector *const dissector_registry[] = {&imap_dissector, NULL};

static void literals(void **state)
{
    static const struct {
        const char *line;
        bool found, waits, binary, bad;
        uint64_t length;
        size_t marker;
    } cases[] = {
        {"a LOGIN {5}", true, true, false, false, 5, 8},
        {"{0}", true, true, false, false, 0, 0},
        {"a {12+}", true, false, false, false, 12, 2},
        {"a {12-}", true, false, false, false, 12, 2},
        {"a ~{12}", true, true, true, false, 12, 2},
        {"a ~{7+}", true, false, true, false, 7, 2},
        {"{4294967295}", true, true, false, false, 4294967295, 0},
        {"{4294967296}", true, true, false, true, 4294967296, 0},
        {"{99999999999999999999}", true, true, false, true, 0, 0},
        {"a {}", false, false, false, false, 0, 0},
        {"a {+}", false, false, false, false, 0, 0},
        {"a {5} ", false, false, false, false, 0, 0},
        {"a {x5}", false, false, false, false, 0, 0},
        {"5}", false, false, false, false, 0, 0},
        {"}", false, false, false, false, 0, 0},
        {"", false, false, false, false, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct imap_literal literal = {0};
        assert_int_equal(imap_literal_at_end(bytes_text(cases[i].line), &literal), cases[i].found);
        assert_int_equal(literal.waits, cases[i].waits);
        assert_int_equal(literal.binary, cases[i].binary);
        assert_int_equal(literal.bad, cases[i].bad);
        if (!cases[i].bad)
            assert_int_equal(literal.length, cases[i].length);
        assert_int_equal(literal.marker, cases[i].marker);
    }
}

static void expect_token(struct bytes *rest, enum imap_token_kind kind, const char *value, bool broken)
{
    struct imap_token token;
    char text[64] = "";
    assert_true(imap_token_next(rest, &token));
    assert_int_equal(token.kind, kind);
    text[imap_token_text(&token, text, sizeof text - 1)] = 0;
    assert_string_equal(text, value);
    assert_int_equal(token.broken, broken);
}

static void tokens(void **state)
{
    struct imap_token token;
    struct bytes rest = bytes_text("  one (two \"th\\\"r\\\\ee\" {4}\nf(u\"r) {310 bytes} ~{1+}\n) \"\" \"open");
    (void)state;
    expect_token(&rest, IMAP_TOKEN_ATOM, "one", false);
    expect_token(&rest, IMAP_TOKEN_OPEN, "", false);
    expect_token(&rest, IMAP_TOKEN_ATOM, "two", false);
    expect_token(&rest, IMAP_TOKEN_QUOTED, "th\"r\\ee", false);
    expect_token(&rest, IMAP_TOKEN_LITERAL, "f(u\"", false);
    expect_token(&rest, IMAP_TOKEN_ATOM, "r", false);
    expect_token(&rest, IMAP_TOKEN_CLOSE, "", false);
    expect_token(&rest, IMAP_TOKEN_LITERAL, "", false);
    expect_token(&rest, IMAP_TOKEN_LITERAL, ")", false);
    expect_token(&rest, IMAP_TOKEN_QUOTED, "", false);
    expect_token(&rest, IMAP_TOKEN_QUOTED, "open", true);
    assert_false(imap_token_next(&rest, &token));
    rest = bytes_text("{9}\nshort");
    expect_token(&rest, IMAP_TOKEN_LITERAL, "short", true);
    rest = bytes_text("a (b) \")\" c) d");
    struct bytes list = imap_list_take(&rest);
    assert_true(bytes_is(list, "a (b) \")\" c"));
    assert_true(bytes_is(rest, "d"));
}

static void mailboxes(void **state)
{
    static const struct {
        const char *name, *decoded;
    } cases[] = {
        {"INBOX", "INBOX"},
        {"Entw&APw-rfe", "Entwürfe"},
        {"Post &- Co", "Post & Co"},
        {"~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"},
        {"&2D3ckQ-", "💑"},
        {"&AOQA9g-&APw-", "äöü"},
        {"&2D0-", "\xef\xbf\xbd"}, /* half a pair */
        {"Post & Co", "Post & Co"},
        {"&APw", "&APw"},
        {"a&b!-c", "a&b!-c"},
        {"&", "&"},
        {"&-&-", "&&"},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t text[64];
        size_t length = imap_mailbox_decode(bytes_text(cases[i].name), false, text, sizeof text);
        assert_int_equal(length, strlen(cases[i].decoded));
        assert_memory_equal(text, cases[i].decoded, length);
    }
    uint8_t small[5];
    assert_int_equal(imap_mailbox_decode(bytes_text("abcd&APw-e"), false, small, sizeof small), 5);
    assert_memory_equal(small, "abcde", 5); /* the letter of two bytes does not fit any more */
    assert_int_equal(imap_mailbox_decode(bytes_text("&APw-"), true, small, sizeof small), 5);
    assert_memory_equal(small, "&APw-", 5);
}

static void status_texts(void **state)
{
    struct imap_status status;
    (void)state;
    imap_status_parse(bytes_text("[APPENDUID 1 2] done"), &status);
    assert_true(bytes_is(status.code, "APPENDUID"));
    assert_true(bytes_is(status.data, "1 2"));
    assert_true(bytes_is(status.text, "done"));
    imap_status_parse(bytes_text("[ALERT]"), &status);
    assert_true(bytes_is(status.code, "ALERT"));
    assert_int_equal(status.data.len + status.text.len, 0);
    imap_status_parse(bytes_text("[BADCHARSET (\"a]b\")] no"), &status);
    assert_true(bytes_is(status.data, "(\"a]b\")"));
    assert_true(bytes_is(status.text, "no"));
    imap_status_parse(bytes_text("[open"), &status);
    assert_true(bytes_is(status.code, "open"));
    imap_status_parse(bytes_text(" plain [words] "), &status);
    assert_int_equal(status.code.len, 0);
    assert_true(bytes_is(status.text, "plain [words]"));
}

static void what_is_believed(void **state)
{
    static const char *const commands[] = {"a1 noop", "A0001 UID FETCH 1:* FLAGS", ". LOGOUT", "1 SELECT x",
                                           "tag LIST \"\" *"};
    static const char *const no_commands[] = {
        "a list of things", "I move it", "1 copy of it", "a1 NOOP now", "b2 UID LOGIN x", "a1", "",
        "* NOOP",           " a1 NOOP",  "a1 FETCH",
    };
    static const char *const responses[] = {
        "* 3 EXISTS",      "* 2 FETCH (UID 1)",     "* SEARCH", "* SEARCH 1 2", "* OK [ALERT] x",
        "* LIST () NIL x", "* CAPABILITY IMAP4rev1"};
    static const char *const no_responses[] = {
        "* 3 exists", "* OK then", "* LIST of", "* 3 EXISTS here", "* SEARCH me",
        "*",          "* ",        "+ go",      "* 3 FETCH",       "* BYE the way"};
    (void)state;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        assert_true(imap_surely_command(bytes_text(commands[i])));
    for (size_t i = 0; i < sizeof no_commands / sizeof *no_commands; i++)
        assert_false(imap_surely_command(bytes_text(no_commands[i])));
    for (size_t i = 0; i < sizeof responses / sizeof *responses; i++)
        assert_true(imap_surely_response(bytes_text(responses[i])));
    for (size_t i = 0; i < sizeof no_responses / sizeof *no_responses; i++)
        assert_false(imap_surely_response(bytes_text(no_responses[i])));
}

static void recognition(void **state)
{
    static const struct {
        uint16_t port;
        const char *first;
        enum probe probe;
    } cases[] = {
        {9999, "* OK hello\r\n", PROBE_SERVER},
        {9999, "* PREAUTH hello", PROBE_SERVER},
        {9999, "* OK", PROBE_MORE},
        {9999, "*", PROBE_MORE},
        {9999, "* 3 EXISTS\r\n", PROBE_SERVER},
        {9999, "a1 CAPABILITY\r\n", PROBE_CLIENT},
        {9999, "a1 CAPA", PROBE_MORE},
        {9999, ". capability\r\n", PROBE_MAYBE},
        {9999, "GET / HTTP/1.1\r\n", PROBE_NO},
        {9999, "GET /", PROBE_NO},
        {9999, "EHLO host\r\n", PROBE_NO},
        {9999, "USER alice\r\n", PROBE_NO},
        {9999, "220 hello\r\n", PROBE_NO},
        {143, "LOGIM alice x\r\n", PROBE_MAYBE},
        {143, "\x16\x03\x01\x02\r\n", PROBE_NO},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct conversation conversation = {.destination.port = cases[i].port};
        assert_int_equal(imap_probe(&conversation, SIDE_CLIENT, bytes_text(cases[i].first)), cases[i].probe);
    }
}

/* A line of 48 kB comes in parts: all numbers are counted, the beginning is kept. */
static void a_long_line(void **state)
{
    enum { NUMBERS = 9000, ROOM = 64 * 1024 };
    char *line = malloc(ROOM);
    struct play *play = malloc(sizeof *play);
    (void)state;
    assert_non_null(line);
    assert_non_null(play);
    int length = snprintf(line, ROOM, "* SEARCH");
    for (int i = 1; i <= NUMBERS; i++)
        length += snprintf(line + length, (size_t)(ROOM - length), " %d", i);
    snprintf(line + length, (size_t)(ROOM - length), "\r\na OK\r\n");
    const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0}, {'C', "a UID SEARCH ALL\r\n", 0}, {'S', line, 0}, {0, NULL, 0}};
    static const size_t cuts[] = {1 << 20, 1, 7, 200, 16383, 16384};
    char *first = NULL;
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        const char *written = play_steps(play, 143, false, steps, cuts[i]);
        assert_non_null(strstr(written, "untagged=SEARCH 1 2 3"));
        assert_non_null(strstr(written, "imap.found=9000\nimap.response.status=OK\n"));
        if (first)
            assert_string_equal(written, first);
        else
            first = strdup(written);
    }
    free(first);
    free(play);
    free(line);
}

/* More untagged responses than a record keeps are counted. */
static void many_responses(void **state)
{
    enum { RESPONSES = IMAP_UNTAGGED + 5, ROOM = 64 * 1024 };
    char *text = malloc(ROOM);
    struct play *play = malloc(sizeof *play);
    int length = 0;
    (void)state;
    assert_non_null(text);
    assert_non_null(play);
    for (int i = 1; i <= RESPONSES; i++)
        length += snprintf(text + length, (size_t)(ROOM - length), "* %d FETCH (FLAGS ())\r\n", i);
    snprintf(text + length, (size_t)(ROOM - length), "a OK\r\n");
    const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0}, {'C', "a FETCH 1:* FLAGS\r\n", 0}, {'S', text, 0}, {0, NULL, 0}};
    const char *written = play_steps(play, 143, false, steps, 1000);
    assert_non_null(strstr(written, "imap.response.untagged=1000 FETCH (FLAGS ())\n"));
    assert_null(strstr(written, "1001 FETCH"));
    assert_non_null(strstr(written, "imap.fetched.messages=1005\n"));
    assert_non_null(strstr(written, "imap.response.untagged_count=1005\n"));
    free(play);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals),     cmocka_unit_test(tokens),           cmocka_unit_test(mailboxes),
        cmocka_unit_test(status_texts), cmocka_unit_test(what_is_believed), cmocka_unit_test(recognition),
        cmocka_unit_test(a_long_line),  cmocka_unit_test(many_responses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
