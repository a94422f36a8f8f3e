/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The dictionary, with the notes that are built in and with some laid over them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/explain.c"
#include "cli/explain_index.c"
#include "cli/explain_near.c"
#include "cli/explain_page.c"
#include "record/notes.h"

#include <stdlib.h>
#include <unistd.h>

enum { MOST_WORDS = 8, MOST_DATASETS = 64 };

struct answered {
    int result;
    char *text;
    size_t length;
    char error[EXPLAIN_ERROR_SIZE];
};

static int open_notes(void **state)
{
    *state = notes_new();
    return *state ? 0 : -1;
}

static int close_notes(void **state)
{
    notes_free(*state);
    return 0;
}

/* The question as one string, split at single spaces; `~` stands for a space inside a word. */
static struct answered ask(const struct notes *notes, const char *question, unsigned width, bool color)
{
    char storage[1024];
    const char *words[MOST_WORDS];
    size_t count = 0;
    struct answered answered = {.text = NULL};
    snprintf(storage, sizeof storage, "%s", question);
    for (char *word = storage; *word != '\0';) {
        const size_t length = strcspn(word, " ");
        const bool is_last = word[length] == '\0';
        word[length] = '\0';
        for (char *c = word; *c != '\0'; c++)
            if (*c == '~')
                *c = ' ';
        assert_true(count < MOST_WORDS);
        words[count++] = word;
        word += length + (is_last ? 0 : 1);
    }
    FILE *to = open_memstream(&answered.text, &answered.length);
    const struct explain_options options = {.notes = notes, .color = color, .width = width};
    answered.result = explain_print(to, &options, words, count, answered.error, sizeof answered.error);
    fclose(to);
    return answered;
}

static void expect_page(void **state, const char *question, unsigned width, const char *page)
{
    struct answered answered = ask(*state, question, width, false);
    assert_int_equal(answered.result, 0);
    assert_string_equal(answered.text, page);
    free(answered.text);
}

/* All of these stand on the page, in this order. */
static void expect_on_page(void **state, const char *question, const char *const *pieces, size_t count)
{
    struct answered answered = ask(*state, question, 80, false);
    assert_int_equal(answered.result, 0);
    const char *at = answered.text;
    for (size_t i = 0; i < count; i++) {
        at = strstr(at, pieces[i]);
        if (!at)
            fail_msg("%s: no '%s' in\n%s", question, pieces[i], answered.text);
    }
    free(answered.text);
}

static void expect_error(void **state, const char *question, const char *error)
{
    struct answered answered = ask(*state, question, 80, false);
    assert_int_equal(answered.result, -1);
    assert_string_equal(answered.error, error);
    assert_int_equal(answered.length, 0);
    free(answered.text);
}

static void explains_a_value(void **state)
{
    expect_page(state, "smtp 550", 80,
                "SMTP 550\n"
                "  smtp.reply.code: what became of the command\n"
                "      refused: no such mailbox, or the server's rules forbid it\n");
    expect_page(state, "SMTP 550", 40,
                "SMTP 550\n"
                "  smtp.reply.code: what became of the\n"
                "  command\n"
                "      refused: no such mailbox, or the\n"
                "      server's rules forbid it\n");
    expect_page(state, "HTTP 307", 1000,
                "HTTP 307\n"
                "  http.response.status_code: what became of the request\n"
                "      for the moment it is somewhere else; ask there in the same way, with the same method\n");
    expect_page(state, "550", 80,
                "FTP 550\n"
                "  ftp.reply.code: what came of the command\n"
                "      not done: mostly no such file, or no permission\n"
                "\n"
                "SMTP 550\n"
                "  smtp.reply.code: what became of the command\n"
                "      refused: no such mailbox, or the server's rules forbid it\n");
    expect_page(state, "smtp starttls", 80,
                "SMTP STARTTLS\n"
                "  smtp.command: the command in upper case; a period for the end of the message\n"
                "      asks to go on encrypted, on the same connection\n"
                "  smtp.extensions.name: what the server can do\n"
                "      the connection can be encrypted from here on\n");
    expect_page(state, "flow half_open", 80,
                "Flow half_open\n"
                "  overhear.flow.state: how far the conversation got\n"
                "      one side asked for a connection, and it was never completed\n");
    expect_page(state, "host a.root-servers.net", 80,
                "host a.root-servers.net\n"
                "  root server A, run by Verisign\n");
}

/* The same thing, asked in other ways. */
static void takes_words_that_say_of_which_field(void **state)
{
    static const char *const page = "HTTP 404\n"
                                    "  http.response.status_code: what became of the request\n"
                                    "      there is nothing at this address, or the server does not want to say\n";
    static const char *const questions[] = {
        "http 404",   "http status 404", "http status code 404", "http.response.status_code 404",
        "status 404", "hTTp 404",
    };
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        expect_page(state, questions[i], 80, page);
    static const char *const header[] = {"HTTP content-security-policy\n", "  http.response.headers: "};
    expect_on_page(state, "http header content-security-policy", header, 2);
    expect_on_page(state, "http headers Content-Security-Policy", header, 2);
    expect_on_page(state, "http content~security~policy", header, 2);
    expect_on_page(state, "http content security policy", header, 2);
    static const char *const alert[] = {"TLS close_notify\n"};
    expect_on_page(state, "tls close notify", alert, 1);
    static const char *const overlap[] = {"Anomaly tcp.overlap_conflict\n", "  overhear.anomaly.name: "};
    expect_on_page(state, "anomaly tcp.overlap_conflict", overlap, 2);
    expect_on_page(state, "tcp.overlap_conflict", overlap, 2);
    static const char *const mdns[] = {"DNS RRSIG\n", "dns.answers.type: ", "dns.question.type: "};
    expect_on_page(state, "mdns rrsig", mdns, 3);
}

static void explains_fields(void **state)
{
    expect_page(state, "dns.question.name", 80,
                "dns.question.name\n"
                "  the name asked for; of an UPDATE the zone\n"
                "  text, in dns records\n");
    static const char *const response[] = {"dns.response_code\n  how it went, extended codes included\n",
                                           "\n\n  BADALG     ", "\n  NXDOMAIN   the name does not exist\n"};
    expect_on_page(state, "dns.response_code", response, 3);
    expect_on_page(state, "dns response_code", response, 3);
    expect_on_page(state, "dns response code", response, 3);
    static const char *const answers[] = {"dns.answers\n", "an object, any number of them, in dns records\n",
                                          "\n\n  name  ", "  ttl "};
    expect_on_page(state, "dns.answers", answers, 4);
    static const char *const secret[] = {"hidden unless --show-secrets is given"};
    expect_on_page(state, "imap user.password", secret, 1);
    static const char *const headers[] = {"  http.request.headers ", "  http.response.headers "};
    expect_on_page(state, "http header", headers, 2);
    /* too many for a sentence each */
    static const char *const enhanced[] = {"smtp.reply.enhanced\n", "2.0.0, 2.1.0, 2.1.5,"};
    expect_on_page(state, "smtp.reply.enhanced", enhanced, 2);
    static const char *const common[] = {"@timestamp\n", "a time, in every record\n"};
    expect_on_page(state, "@timestamp", common, 2);
    static const char *const joined[] = {"  email.attachments.file.mime_type ", "  file.mime_type "};
    expect_on_page(state, "mime_type", joined, 2);
    static const char *const only_one[] = {"network.community_id\n"};
    expect_on_page(state, "community_id", only_one, 1);
}

static void explains_protocols_and_records(void **state)
{
    static const char *const imap[] = {"IMAP\n  mail that stays on the server",
                                       "\n  on tcp 143\n",
                                       "one record a command",
                                       "\n  imap.command  ",
                                       "explained)",
                                       "for example: overhear explain imap APPEND\n"};
    expect_on_page(state, "imap", imap, 6);
    static const char *const http[] = {"\n  on tcp 80, 8080, "};
    expect_on_page(state, "http", http, 1);
    static const char *const dns[] = {"\n  on udp 53, tcp 53, udp 5353 (mdns), "};
    expect_on_page(state, "dns", dns, 1);
    static const char *const data[] = {"ftp-data\n", "on no port of its own\n", "  ftp.listing "};
    expect_on_page(state, "ftp-data", data, 3);
    static const char *const mail[] = {"Mail\n  one record a message, however it travelled", "  email.subject "};
    expect_on_page(state, "mail", mail, 2);
    static const char *const host[] = {"host\n  128.63.2.53 ", "m.root-servers.net"};
    expect_on_page(state, "host", host, 2);

    /* every kind of record is told about */
    const struct dataset *datasets[MOST_DATASETS];
    const size_t count = dataset_list(datasets, MOST_DATASETS);
    for (size_t i = 0; i < count; i++)
        assert_true(notes_find(*state, "event.dataset", bytes_text(datasets[i]->name)).len > 0);
}

/* A cipher suite is a name made of pieces. */
static void explains_a_value_by_its_pieces(void **state)
{
    static const char *const modern[] = {"TLS TLS_AES_128_GCM_SHA256\n  TLS\n", "  AES_128_GCM\n", "  SHA256\n"};
    expect_on_page(state, "tls TLS_AES_128_GCM_SHA256", modern, 3);
    expect_on_page(state, "TLS_AES_128_GCM_SHA256", modern, 3);
    static const char *const longest[] = {"  TLS\n", "  ECDHE_ECDSA_WITH\n", "  AES_256_CCM_8\n"};
    expect_on_page(state, "tls tls_ecdhe_ecdsa_with_aes_256_ccm_8", longest, 3);
    static const char *const whole[] = {"TLS TLS_FALLBACK_SCSV\n  tls.cipher: "};
    expect_on_page(state, "TLS_FALLBACK_SCSV", whole, 1);
    struct answered answered = ask(*state, "tls TLS_SOMETHING_SHA", 80, false);
    assert_int_equal(answered.result, -1);
    free(answered.text);
}

static void finds_words_in_sentences(void **state)
{
    static const char *const pieces[] = {"Nothing is called that. It is spoken of here:\n\nSMTP 550\n"};
    expect_on_page(state, "smtp mailbox rules forbid", pieces, 1);
    static const char *const png[] = {"Nothing is called that.", "File image/png\n"};
    expect_on_page(state, "file png", png, 2);
    static const char *const many[] = {"Nothing is called that.", "… and in ", " more.\n"};
    expect_on_page(state, "the server", many, 3);
}

static void suggests_what_was_meant(void **state)
{
    expect_error(state, "smtp 551x", "nothing is known of '551x' in smtp; did you mean 551?");
    expect_error(state, "http 4o4", "nothing is known of '4o4' in http; did you mean 404?");
    expect_error(state, "dns NXDOMIAN", "nothing is known of 'NXDOMIAN' in dns; did you mean NXDOMAIN?");
    expect_error(state, "smtp NXDOMAIN", "nothing is known of 'NXDOMAIN' in smtp; did you mean dns NXDOMAIN?");
    expect_error(state, "fetc", "nothing is known of 'fetc'; did you mean FETCH?");
    expect_error(state, "smpt 550", "nothing is known of 'smpt'; did you mean smtp?");
    expect_error(state, "dns.respons_code", "nothing is known of 'dns.respons_code'; did you mean dns.response_code?");
    expect_error(state, "http xyzzy",
                 "nothing is known of 'xyzzy' in http; expected a value of http.request.headers, http.request.method, "
                 "http.response.headers, http.response.status_code");
    /* another number is another thing */
    expect_error(state, "pop3 599",
                 "nothing is known of '599' in pop3; expected a value of pop3.auth.mechanism, pop3.capabilities.name, "
                 "pop3.command, pop3.response.code, pop3.response.status");
    expect_error(state, "stats xyzzy", "nothing is known of 'xyzzy' in stats; 'overhear explain stats' tells what is");
    expect_error(state, "qqqqqqqqqq",
                 "nothing is known of 'qqqqqqqqqq'; expected a protocol, or one of its commands, codes, types, headers "
                 "or fields");
    expect_error(
        state, "~",
        "nothing is known of ' '; expected a protocol, or one of its commands, codes, types, headers or fields");
    expect_error(
        state, "",
        "explain: expected what is to be explained: 'overhear explain smtp 550', 'overhear explain dns RRSIG', "
        "'overhear explain http header etag', 'overhear explain imap'");
}

static unsigned distance(const char *a, const char *b)
{
    assert_int_equal(explain_distance(bytes_text(a), bytes_text(b)), explain_distance(bytes_text(b), bytes_text(a)));
    return explain_distance(bytes_text(a), bytes_text(b));
}

static void measures_how_far_words_are_apart(void **state)
{
    (void)state;
    assert_int_equal(distance("", ""), 0);
    assert_int_equal(distance("", "abc"), 6);
    assert_int_equal(distance("abc", "ABC"), 0);
    assert_int_equal(distance("abc", "acb"), 2);
    assert_int_equal(distance("abc", "axc"), 2);
    assert_int_equal(distance("abc", "ac"), 2);
    assert_int_equal(distance("4O4", "404"), 1);
    assert_int_equal(distance("half-open", "half_open"), 1);
    assert_int_equal(distance("kitten", "sitting"), 6);
    char word[70];
    memset(word, 'a', sizeof word);
    word[64] = '\0';
    assert_int_equal(distance(word, word), 0);
    word[64] = 'a';
    word[65] = '\0';
    assert_int_equal(distance(word, word), EXPLAIN_FAR);
}

/* What is typed cannot act on a terminal; neither can what somebody wrote into notes of his own. */
static void lets_nothing_act(void **state)
{
    expect_error(state, "zzz\x1b[31m\xe2\x80\xae\x9b",
                 "nothing is known of 'zzz\\x1b[31m\\xe2\\x80\\xae\\x9b'; expected a protocol, or one of its commands, "
                 "codes, types, headers or fields");
    char long_word[600];
    memset(long_word, 'q', sizeof long_word - 1);
    long_word[sizeof long_word - 1] = '\0';
    struct answered answered = ask(*state, long_word, 80, false);
    assert_int_equal(answered.result, -1);
    assert_true(strlen(answered.error) < 200);
    free(answered.text);

    char folder[] = "/tmp/overhear-explain-XXXXXX";
    char path[64];
    char error[200];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.json", folder);
    FILE *file = fopen(path, "w");
    fputs("{ \"dns.response_code\": { \"HOS\\u001b[2JTILE\": \"one\\u0007 two\" } }", file);
    fclose(file);
    assert_int_equal(notes_add_folder(*state, folder, error, sizeof error), 0);
    unlink(path);
    rmdir(folder);
    static const char *const pieces[] = {"DNS HOS\\x1b[2JTILE\n", "one\\x07 two\n"};
    expect_on_page(state, "dns hos\x1b[2jtile", pieces, 2);
}

static void uses_colours_where_they_are_wanted(void **state)
{
    struct answered answered = ask(*state, "smtp 550", 80, true);
    assert_string_equal(answered.text, "\033[0;1mSMTP 550\033[0m\n"
                                       "  \033[0;2msmtp.reply.code: what became of the command\033[0m\n"
                                       "      refused: no such mailbox, or the server's rules forbid it\n");
    free(answered.text);
}

/* Every sentence can be looked up by its value, and no page breaks the line that it was given. */
static void knows_every_value(void **state)
{
    struct explain_index index;
    assert_true(explain_index_init(&index, *state));
    assert_true(index.entry_count > 1500);
    for (size_t i = 0; i < index.entry_count; i += 7) {
        const struct explain_entry *entry = &index.entries[i];
        char value[200];
        char scope[64];
        snprintf(value, sizeof value, "%.*s", (int)entry->value.len, (const char *)entry->value.at);
        snprintf(scope, sizeof scope, "%s", entry->scope);
        const char *words[] = {scope, value};
        struct answered answered = {.text = NULL};
        FILE *to = open_memstream(&answered.text, &answered.length);
        const struct explain_options options = {.notes = *state, .width = 60};
        assert_int_equal(explain_print(to, &options, words, 2, answered.error, sizeof answered.error), 0);
        fclose(to);
        for (const char *line = answered.text; *line != '\0'; line += strcspn(line, "\n") + 1) {
            const size_t length = strcspn(line, "\n");
            assert_true(text_width(line, length) <= 60);
            assert_true(length == 0 || line[length - 1] != ' ');
        }
        free(answered.text);
    }
    explain_index_done(&index);
}

#define WITH_NOTES(test) cmocka_unit_test_setup_teardown(test, open_notes, close_notes)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_NOTES(explains_a_value),
        WITH_NOTES(takes_words_that_say_of_which_field),
        WITH_NOTES(explains_fields),
        WITH_NOTES(explains_protocols_and_records),
        WITH_NOTES(explains_a_value_by_its_pieces),
        WITH_NOTES(finds_words_in_sentences),
        WITH_NOTES(suggests_what_was_meant),
        WITH_NOTES(measures_how_far_words_are_apart),
        WITH_NOTES(lets_nothing_act),
        WITH_NOTES(uses_colours_where_they_are_wanted),
        WITH_NOTES(knows_every_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
