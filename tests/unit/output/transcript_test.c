/* SPDX-License-Identifier: BSD-3-Clause */
#include "sample.h"

#include "output/text.h"

/* clang-format off */
static const char at_80_columns[] =
    "  1  DNS  10.9.0.2:41234 → 10.9.0.53:53  udp                 2026-11-22 14:02:05\n"
    "     │ 10.9.0.53: the name server of this laboratory\n"
    "    0.0 ms  ▸ www.frankfurt-university.de  A ?\n"
    "                │ the IPv4 address of a name\n"
    "   16.4 ms  ◂ NOERROR  flags AA RD\n"
    "                │ the name exists; the answer is this server's own data; asks it\n"
    "                │ to ask others\n"
    "                www.frankfurt-university.de  1 d    CNAME\n"
    "                    web.frankfurt-university.de\n"
    "                  │ may be kept for 1 day\n"
    "                web.frankfurt-university.de  5 min  A      192.109.234.218\n"
    "\n"
    " 12  HTTP  10.9.0.2:50000 → www.example.org (192.0.2.1):80              14:02:06\n"
    "     tcp  vlan 7\n"
    "     │ www.example.org: an example\n"
    "    0.0 ms  ▸ GET /a%20page?q=1\n"
    "                host: www.example.org\n"
    "                  │ which of its sites the server shall answer for\n"
    "                authorization: Basic [hidden]\n"
    "                  │ alice sends a password in clear\n"
    "    2.00 s  ◂ 404 Not Found\n"
    "                │ nothing is there\n"
    "                set-cookie: a=1; Path=/\n"
    "                  │ asks the browser to keep this and send it with every later\n"
    "                  │ request\n"
    "                set-cookie: b=2\n"
    "                1.2 MB\n"
    "    1.50 s  ! tcp.overlap_conflict  7 bytes were sent twice with different\n"
    "                content\n";
static const char at_140_columns[] =
    "  1  DNS  10.9.0.2:41234 → 10.9.0.53:53  udp                                                                             2026-11-22 14:02:05\n"
    "                                                                                    10.9.0.53: the name server of this laboratory\n"
    "    0.0 ms  ▸ www.frankfurt-university.de  A ?                                      the IPv4 address of a name\n"
    "   16.4 ms  ◂ NOERROR  flags AA RD                                                  the name exists; the answer is this server's own data;\n"
    "                                                                                    asks it to ask others\n"
    "                www.frankfurt-university.de  1 d    CNAME  web.frankfurt-university.de   may be kept for 1 day\n"
    "                web.frankfurt-university.de  5 min  A      192.109.234.218\n"
    "\n"
    " 12  HTTP  10.9.0.2:50000 → www.example.org (192.0.2.1):80  tcp  vlan 7                                                             14:02:06\n"
    "                                                                                    www.example.org: an example\n"
    "    0.0 ms  ▸ GET /a%20page?q=1\n"
    "                host: www.example.org                                               which of its sites the server shall answer for\n"
    "                authorization: Basic [hidden]                                       alice sends a password in clear\n"
    "    2.00 s  ◂ 404 Not Found                                                         nothing is there\n"
    "                set-cookie: a=1; Path=/                                             asks the browser to keep this and send it with every\n"
    "                                                                                    later request\n"
    "                set-cookie: b=2\n"
    "                1.2 MB\n"
    "    1.50 s  ! tcp.overlap_conflict  7 bytes were sent twice with different content\n";
static const char in_colour[] =
    "  1  \033[0;1mDNS  \033[0m10.9.0.2:41234 → 10.9.0.53:53  \033[0;2mudp\033[0m                 \033[0;2m2026-11-22 14:02:05\033[0m\n"
    "     \033[0;2m│ 10.9.0.53: the name server of this laboratory\033[0m\n"
    "    \033[0;2m0.0 ms  \033[0;36m▸ \033[0;1mwww.frankfurt-university.de  \033[0mA ?\n"
    "                \033[0;2m│ the IPv4 address of a name\033[0m\n"
    "   \033[0;2m16.4 ms  \033[0;32m◂ \033[0;1mNOERROR  \033[0mflags AA RD\n"
    "                \033[0;2m│ the name exists; the answer is this server's own data; asks it\033[0m\n"
    "                \033[0;2m│ to ask others\033[0m\n"
    "                www.frankfurt-university.de  1 d    CNAME\n"
    "                    web.frankfurt-university.de\n"
    "                  \033[0;2m│ may be kept for 1 day\033[0m\n"
    "                web.frankfurt-university.de  5 min  A      192.109.234.218\n"
    "\n"
    " 12  \033[0;1mHTTP  \033[0m10.9.0.2:50000 → \033[0;1mwww.example.org \033[0m(192.0.2.1):80              \033[0;2m14:02:06\033[0m\n"
    "     \033[0;2mtcp  vlan 7\033[0m\n"
    "     \033[0;2m│ www.example.org: an example\033[0m\n"
    "    \033[0;2m0.0 ms  \033[0;36m▸ \033[0;1mGET \033[0m/a%20page?q=1\n"
    "                host: www.example.org\n"
    "                  \033[0;2m│ which of its sites the server shall answer for\033[0m\n"
    "                authorization: Basic [hidden]\n"
    "                  \033[0;2m│ alice sends a password in clear\033[0m\n"
    "    \033[0;2m2.00 s  \033[0;32m◂ \033[0;1;31m404 Not Found\033[0m\n"
    "                \033[0;2m│ nothing is there\033[0m\n"
    "                set-cookie: a=1; Path=/\n"
    "                  \033[0;2m│ asks the browser to keep this and send it with every later\033[0m\n"
    "                  \033[0;2m│ request\033[0m\n"
    "                set-cookie: b=2\n"
    "                1.2 MB\n"
    "    \033[0;2m1.50 s  \033[0;33m! tcp.overlap_conflict  7 bytes were sent twice with different\033[0m\n"
    "                \033[0;33mcontent\033[0m\n";
static const char brief[] =
    "14:02:05.123  10.9.0.2:41234 → 10.9.0.53:53  DNS  www.frankfurt-university.de  A  → NOERROR  192.109.234.218\n"
    "14:02:06.123  10.9.0.2:50000 → www.example.org (192.0.2.1):80  HTTP  GET /a%20page?q=1 → 404\n"
    "14:02:07.623  10.9.0.2:50000 → 192.0.2.1:80  Anomaly  tcp.overlap_conflict  7 bytes were sent twice with different content\n";
/* clang-format on */

static char *print_samples(struct output_options options)
{
    char error[256];
    struct record records[3];
    sample_dns(&records[0]);
    sample_http(&records[1]);
    sample_anomaly(&records[2]);
    const struct record *list[] = {&records[0], &records[1], &records[2]};
    struct notes *notes = sample_notes(error, sizeof error);
    assert_non_null(notes);
    options.notes = notes;
    char *text = sample_print(options, list, 3);
    for (size_t i = 0; i < 3; i++)
        record_done(&records[i]);
    notes_free(notes);
    return text;
}

static void check_samples(struct output_options options, const char *expected)
{
    char *text = print_samples(options);
    assert_string_equal(text, expected);
    free(text);
}

static void test_whole_transcripts(void **state)
{
    (void)state;
    check_samples((struct output_options){.width = 80}, at_80_columns);
    check_samples((struct output_options){0}, at_80_columns);
    check_samples((struct output_options){.width = 140}, at_140_columns);
    check_samples((struct output_options){.width = 80, .color = true}, in_colour);
    check_samples((struct output_options){.detail = DETAIL_BRIEF}, brief);
}

/* No line is wider than the page, whatever its width. */
static void test_fits_the_page(void **state)
{
    (void)state;
    for (unsigned width = 40; width < 200; width++) {
        char *text = print_samples((struct output_options){.width = width});
        for (char *line = text, *end; *line; line = end + 1) {
            end = strchr(line, '\n');
            assert_non_null(end);
            if (text_width(line, (size_t)(end - line)) > width)
                fail_msg("at %u: %.*s", width, (int)(end - line), line);
            assert_true(end == line || end[-1] != ' ');
        }
        free(text);
    }
}

static char *print_one(struct output_options options, const struct record *record)
{
    return sample_print(options, &record, 1);
}

static void test_verbose_shows_all_headers(void **state)
{
    (void)state;
    struct record record;
    sample_http(&record);
    char *text = print_one((struct output_options){.detail = DETAIL_VERBOSE}, &record);
    assert_non_null(strstr(text, "\n                server: nginx\n"));
    free(text);
    text = print_one((struct output_options){.detail = DETAIL_NORMAL}, &record);
    assert_null(strstr(text, "nginx"));
    free(text);
    record_done(&record);
}

static void test_secrets(void **state)
{
    (void)state;
    struct record record;
    sample_http(&record);
    char *text = print_one((struct output_options){.show_secrets = true}, &record);
    assert_non_null(strstr(text, "authorization: Basic YWxpY2U6c2VjcmV0\n"));
    free(text);
    record_done(&record);
}

/* Nothing from the wire reaches the terminal as a control character, in any place that it may come from. */
static void test_wire_cannot_act(void **state)
{
    (void)state;
    static const char evil[] = "\x1b[2J\x9b"
                               "1m\xc2\x9b"
                               "2m\r\b\x07\x01\x02\x06\xe2\x80\xae\x7f\t\n";
    struct bytes wire = bytes_of(evil, sizeof evil - 1);
    struct record record;
    sample_begin(&record, &http_sample, &http_conversation);
    record.source_domain = record.destination_domain = wire;
    record_text(&record, HTTP_METHOD, wire);
    record_text(&record, HTTP_TARGET, wire);
    record_map(&record, HTTP_REQUEST_HEADERS, wire, wire);
    record_observe(&record, RECORD_LAST, "http.clear", &(struct argument){"user", ARGUMENT_TEXT, wire, 0}, 1);
    char error[100];
    struct notes *notes = sample_notes(error, sizeof error);
    for (unsigned detail = DETAIL_BRIEF; detail <= DETAIL_VERBOSE; detail *= 2) {
        char *text = print_one((struct output_options){.detail = detail, .notes = notes, .width = 120}, &record);
        for (const char *at = text; *at; at++)
            assert_true(((unsigned char)*at >= 0x20 && *at != 0x7f) || *at == '\n');
        assert_null(strstr(text, "\xc2\x9b"));
        assert_null(strstr(text, "\xe2\x80\xae"));
        assert_non_null(strstr(text, "\\x1b[2J\\x9b1m\\xc2\\x9b2m\\x0d\\x08\\x07\\x01\\x02\\x06\\xe2\\x80\\xae\\x7f"));
        free(text);
    }
    notes_free(notes);
    record_done(&record);
}

static void test_long_text_stays_in_its_column(void **state)
{
    (void)state;
    char data[401];
    memset(data, 'x', 400);
    data[400] = '\0';
    struct record record;
    sample_begin(&record, &dns_sample, &dns_conversation);
    record.incomplete = true;
    record_word(&record, DNS_CODE, "NOERROR");
    sample_rr(&record, DNS_ANSWERS, "a.example", "TXT", 60, data);
    sample_rr(&record, DNS_ANSWERS, "b.example", "A", 3600, "192.0.2.1");
    char *text = print_one((struct output_options){.width = 80}, &record);
    const char *rows = strstr(text, "                a.example  1 min  TXT  xxx");
    assert_non_null(rows);
    /* 80 - 39 columns for each of ten lines */
    assert_memory_equal(strchr(rows, '\n') + 1, "                                       xxxxxxxx", 47);
    assert_non_null(strstr(rows, "x\n                b.example  1 h    A    192.0.2.1\n"
                                 "                (incomplete: broken off, or not all of it was captured)\n"));
    free(text);
    record_done(&record);
}

/* A name that is much longer than the others does not push their columns away. */
static void test_one_long_name(void **state)
{
    (void)state;
    struct record record;
    sample_begin(&record, &dns_sample, &dns_conversation);
    record_word(&record, DNS_CODE, "NOERROR");
    sample_rr(&record, DNS_ANSWERS, "an-exceedingly-long-name-that-nobody.would-like-to-type.example", "A", 60,
              "192.0.2.1");
    sample_rr(&record, DNS_ANSWERS, "b.example", "AAAA", 60, "2001:db8::1");
    char *text = print_one((struct output_options){.width = 80}, &record);
    assert_non_null(strstr(text, "                b.example  1 min  AAAA  2001:db8::1\n"));
    assert_non_null(strstr(text, "like-to-type.example\n                           1 min  A     192.0.2.1\n"));
    free(text);
    text = print_one((struct output_options){.width = 120}, &record);
    assert_non_null(strstr(text, "like-to-type.example  1 min  A  192.0.2.1\n"));
    free(text);
    record_done(&record);
}

static void test_text_of_several_lines(void **state)
{
    (void)state;
    struct record record;
    sample_begin(&record, &http_sample, &http_conversation);
    record_text(&record, HTTP_METHOD, bytes_text("one\r\ntwo\tx\n\nfour\n"));
    record_text(&record, HTTP_TARGET, bytes_text("end"));
    char *text = print_one((struct output_options){.width = 80}, &record);
    assert_non_null(strstr(text, "▸ one\n              two     x\n\n              four end\n"));
    free(text);
    record_done(&record);
}

static void test_dataset_without_lines(void **state)
{
    (void)state;
    static const struct dataset plain = {
        .name = "http", .title = "Plain", .fields = http_fields, .field_count = HTTP_FIELDS};
    struct record record;
    sample_http(&record);
    record.dataset = &plain;
    char *text = print_one((struct output_options){.width = 90}, &record);
    assert_non_null(strstr(text, "http.request.method: GET\n"));
    assert_non_null(strstr(text, "http.request.headers.host: www.example.org\n"));
    assert_non_null(strstr(text, "http.parts  file.name: report.pdf  hash: e3b0  file.size: 99  tags: x, y\n"));
    assert_non_null(strstr(text, "user.password: [hidden]\n"));
    assert_non_null(strstr(text, "tls.not_after: 2026-11-22 14:02:05 UTC\n"));
    assert_non_null(strstr(text, "overhear.closes: no\n"));
    free(text);
    record_done(&record);
}

static void test_nothing_to_show_prints_nothing(void **state)
{
    (void)state;
    struct record record;
    sample_begin(&record, &http_sample, &http_conversation);
    for (unsigned detail = DETAIL_BRIEF; detail <= DETAIL_VERBOSE; detail *= 2) {
        char *text = print_one((struct output_options){.detail = detail}, &record);
        assert_string_equal(text, "");
        free(text);
    }
    record_done(&record);
}

static void test_ipv6_and_a_long_header(void **state)
{
    (void)state;
    struct conversation conversation = dns_conversation;
    conversation.source = (struct endpoint){{6, {0x20, 1, 0xd, 0xb8, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}}, 41234};
    conversation.destination = conversation.source;
    conversation.destination.port = 53;
    struct record record;
    sample_begin(&record, &dns_sample, &conversation);
    record_word(&record, DNS_CODE, "NXDOMAIN");
    char *text = print_one((struct output_options){.width = 80}, &record);
    assert_string_equal(text, "  1  DNS  [2001:db8:101:101:101:101:101:101]:41234 →         2026-11-22 14:02:05\n"
                              "     [2001:db8:101:101:101:101:101:101]:53  udp\n"
                              "   16.4 ms  ◂ NXDOMAIN\n");
    free(text);
    record_done(&record);
}

static void test_blocks(void **state)
{
    (void)state;
    struct record dns;
    struct record http;
    sample_dns(&dns);
    sample_http(&http);
    const struct record *list[] = {&dns, &dns, &http, &dns};
    char *text = sample_print((struct output_options){.width = 80}, list, 4);
    size_t headers = 0;
    size_t blanks = 0;
    for (const char *at = text; (at = strstr(at, "  DNS  ")) != NULL; at++)
        headers++;
    for (const char *at = text; (at = strstr(at, "\n\n")) != NULL; at++)
        blanks++;
    assert_int_equal(headers, 2); /* a record of the same conversation shows only its lines */
    assert_int_equal(blanks, 2);
    free(text);
    record_done(&dns);
    record_done(&http);
}

enum { LIST_WORDS, LIST_FLAGS, LIST_TEXT, LIST_FIELDS };

static const struct field list_fields[] = {{"list.words", FIELD_TEXT, FIELD_LIST, "", NULL, NULL, 0},
                                           {"list.flags", FIELD_TEXT, FIELD_LIST, "", "dns.type", NULL, 0},
                                           {"list.text", FIELD_TEXT, 0, "", NULL, NULL, 0}};
static const struct line list_lines[] = {
    {SPEAKER_SAME, DETAIL_BRIEF, LINE_ONCE, "{list.text}", NULL},
    {SPEAKER_CLIENT, DETAIL_FULL | DETAIL_SHORT, LIST_WORDS, "* {value}", NULL},
    {SPEAKER_SAME, DETAIL_FULL | DETAIL_NOTED, LIST_FLAGS, "{value}", NULL},
};
static const struct dataset list_sample = {.name = "list",
                                           .title = "List",
                                           .fields = list_fields,
                                           .field_count = LIST_FIELDS,
                                           .lines = list_lines,
                                           .line_count = 3};
static const struct line text_lines[] = {{SPEAKER_CLIENT, DETAIL_FULL | DETAIL_SHORT, LINE_ONCE, "{list.text}", NULL}};
static const struct dataset text_sample = {.name = "list",
                                           .title = "List",
                                           .fields = list_fields,
                                           .field_count = LIST_FIELDS,
                                           .lines = text_lines,
                                           .line_count = 1};

static void list_of(struct record *record, unsigned words)
{
    char word[400];
    sample_begin(record, &list_sample, &dns_conversation);
    for (unsigned i = 0; i < words; i++) {
        if (i == 0)
            (void)snprintf(word, sizeof word, "%0399u", i);
        else
            (void)snprintf(word, sizeof word, "word %u", i);
        record_text(record, LIST_WORDS, bytes_text(word));
    }
    record_observe(record, LIST_WORDS, "list.fixed", NULL, 0);
    record_text(record, LIST_FLAGS, bytes_text("A"));
    record_text(record, LIST_FLAGS, bytes_text("unheard of"));
    record_text(record, LIST_TEXT, bytes_text("first\r\nsecond"));
}

static size_t count_of(const char *text, const char *what)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
        count++;
    return count;
}

/* Ten of 13 words, and 12 of 12; a long one is cut. Rows that only repeat what stands elsewhere come with their notes.
 */
static void test_lists_are_cut_short(void **state)
{
    (void)state;
    char error[256] = "";
    struct notes *notes = sample_notes(error, sizeof error);
    struct record thirteen, twelve;
    list_of(&thirteen, 13);
    list_of(&twelve, 12);
    char *text = print_one((struct output_options){.notes = notes, .width = 140}, &thirteen);
    assert_int_equal(count_of(text, "* "), 10);
    assert_non_null(strstr(text, "* word 9\n                … and 3 more (-v shows them)\n"));
    assert_non_null(strstr(text, "0…"));
    assert_int_equal(count_of(text, "the IPv4 address of a name"), 1);
    assert_null(strstr(text, "unheard of"));
    free(text);
    text = print_one((struct output_options){.notes = notes, .width = 140, .detail = DETAIL_VERBOSE}, &thirteen);
    assert_int_equal(count_of(text, "* "), 13);
    assert_null(strstr(text, "…"));
    free(text);
    text = print_one((struct output_options){.notes = notes, .width = 140}, &twelve);
    assert_int_equal(count_of(text, "* "), 12);
    free(text);
    record_done(&thirteen);
    record_done(&twelve);
    notes_free(notes);
}

static void test_texts_are_cut_short(void **state)
{
    (void)state;
    struct record record;
    sample_begin(&record, &text_sample, &dns_conversation);
    record_text(&record, LIST_TEXT, bytes_text("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n"));
    char *text = print_one((struct output_options){.width = 80}, &record);
    assert_non_null(strstr(text, " 10\n              … and so on (-v shows more)\n"));
    assert_null(strstr(text, " 11\n"));
    free(text);
    text = print_one((struct output_options){.width = 80, .detail = DETAIL_VERBOSE}, &record);
    assert_non_null(strstr(text, " 12\n              13\n"));
    free(text);
    record_done(&record);
    sample_begin(&record, &text_sample, &dns_conversation);
    record_text(&record, LIST_TEXT, bytes_text("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12"));
    text = print_one((struct output_options){.width = 80}, &record);
    assert_non_null(strstr(text, " 11\n              12\n"));
    free(text);
    record_done(&record);
}

static void test_fixed_sentences_are_said_once(void **state)
{
    (void)state;
    char error[256] = "";
    struct notes *notes = sample_notes(error, sizeof error);
    struct record record;
    list_of(&record, 1);
    const struct record *list[] = {&record, &record};
    char *text = sample_print((struct output_options){.notes = notes, .width = 140}, list, 2);
    assert_int_equal(count_of(text, "* "), 2);
    assert_int_equal(count_of(text, "lists have words"), 1);
    assert_int_equal(count_of(text, "the IPv4 address of a name"), 1);
    free(text);
    record_done(&record);
    notes_free(notes);
}

static void test_brief_shows_first_lines(void **state)
{
    (void)state;
    struct record record;
    list_of(&record, 1);
    char *text = print_one((struct output_options){.detail = DETAIL_BRIEF}, &record);
    assert_non_null(strstr(text, "List  first…\n"));
    assert_null(strstr(text, "second"));
    free(text);
    record_done(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_transcripts),
        cmocka_unit_test(test_fits_the_page),
        cmocka_unit_test(test_verbose_shows_all_headers),
        cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_wire_cannot_act),
        cmocka_unit_test(test_long_text_stays_in_its_column),
        cmocka_unit_test(test_one_long_name),
        cmocka_unit_test(test_text_of_several_lines),
        cmocka_unit_test(test_dataset_without_lines),
        cmocka_unit_test(test_nothing_to_show_prints_nothing),
        cmocka_unit_test(test_ipv6_and_a_long_header),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_lists_are_cut_short),
        cmocka_unit_test(test_texts_are_cut_short),
        cmocka_unit_test(test_fixed_sentences_are_said_once),
        cmocka_unit_test(test_brief_shows_first_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
