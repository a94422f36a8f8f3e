/* SPDX-License-Identifier: BSD-3-Clause */
#include "sample.h"

#include <json-c/json.h>

static char *print_one(struct output_options options, const struct record *record)
{
    options.format = OUTPUT_JSON;
    return sample_print(options, &record, 1);
}

static struct notes *sample_catalogs(void)
{
    char error[256] = "";
    struct notes *notes = sample_notes(error, sizeof error);
    assert_string_equal(error, "");
    assert_non_null(notes);
    return notes;
}

static void test_dns_line(void **state)
{
    (void)state;
    struct notes *notes = sample_catalogs();
    struct record record;
    sample_dns(&record);
    char *line = print_one((struct output_options){.notes = notes}, &record);
    assert_string_equal(
        line, "{\"@timestamp\":\"2026-11-22T14:02:05.123456Z\","
              "\"event\":{\"dataset\":\"dns\",\"duration\":16400000,\"outcome\":\"success\"},"
              "\"source\":{\"ip\":\"10.9.0.2\",\"port\":41234},\"destination\":{\"ip\":\"10.9.0.53\",\"port\":53},"
              "\"network\":{\"type\":\"ipv4\",\"transport\":\"udp\",\"protocol\":\"dns\","
              "\"community_id\":\"1:s1wDHpZjT1hVAekwrOnYgvAMIfI=\"},"
              "\"dns\":{\"id\":4242,\"header_flags\":[\"AA\",\"RD\"],\"response_code\":\"NOERROR\","
              "\"question\":{\"name\":\"www.frankfurt-university.de\",\"type\":\"A\"},"
              "\"answers\":[{\"name\":\"www.frankfurt-university.de\",\"type\":\"CNAME\",\"ttl\":86400,"
              "\"data\":\"web.frankfurt-university.de\"},"
              "{\"name\":\"web.frankfurt-university.de\",\"type\":\"A\",\"ttl\":300,\"data\":\"192.109.234.218\"}],"
              "\"resolved_ip\":[\"192.109.234.218\"]},"
              "\"overhear\":{\"conversation\":1,\"frames\":{\"request\":1,\"response\":2}},"
              "\"notes\":{\"destination.ip\":\"the name server of this laboratory\","
              "\"dns.header_flags[0]\":\"the answer is this server's own data\","
              "\"dns.header_flags[1]\":\"asks it to ask others\",\"dns.response_code\":\"the name exists\","
              "\"dns.question.type\":\"the IPv4 address of a name\",\"dns.answers[0].ttl\":\"may be kept for 1 day\","
              "\"dns.answers[1].type\":\"the IPv4 address of a name\"}}\n");
    free(line);
    record_done(&record);
    notes_free(notes);
}

static void test_http_line(void **state)
{
    (void)state;
    struct notes *notes = sample_catalogs();
    struct record record;
    sample_http(&record);
    char *line = print_one((struct output_options){.notes = notes}, &record);
    assert_string_equal(
        line, "{\"@timestamp\":\"2026-11-22T14:02:06.123456789Z\","
              "\"event\":{\"dataset\":\"http\",\"duration\":2000000000,\"outcome\":\"failure\"},"
              "\"source\":{\"ip\":\"10.9.0.2\",\"port\":50000},"
              "\"destination\":{\"ip\":\"192.0.2.1\",\"port\":80,\"domain\":\"www.example.org\",\"bytes\":1234567},"
              "\"network\":{\"type\":\"ipv4\",\"transport\":\"tcp\",\"protocol\":\"http\","
              "\"community_id\":\"1:3CHA30ghE5PAMy5tFPQ8Shc7lMY=\",\"vlan\":{\"id\":7}},"
              "\"http\":{\"request\":{\"method\":\"GET\","
              "\"headers\":{\"host\":[\"www.example.org\"],\"authorization\":[\"Basic [hidden]\"]}},"
              "\"response\":{\"status_code\":404,\"status_phrase\":\"Not Found\","
              "\"headers\":{\"set-cookie\":[\"a=1; Path=/\",\"b=2\"],\"server\":[\"nginx\"]}},"
              "\"parts\":[{\"file\":{\"name\":\"report.pdf\",\"size\":99},\"hash\":\"e3b0\",\"tags\":[\"x\",\"y\"]}]},"
              "\"url\":{\"original\":\"/a%20page?q=1\"},\"user\":{\"password\":\"[hidden]\"},"
              "\"tls\":{\"not_after\":\"2026-11-22T14:02:05.123456789Z\"},"
              "\"overhear\":{\"conversation\":12,\"frames\":{\"request\":3,\"response\":9},\"closes\":false},"
              "\"notes\":{\"destination.domain\":\"an example\","
              "\"http.request.headers.host\":\"which of its sites the server shall answer for\","
              "\"http.request.headers.authorization\":\"alice sends a password in clear\","
              "\"http.response.status_code\":\"nothing is there\","
              "\"http.response.headers.set-cookie\":"
              "\"asks the browser to keep this and send it with every later request\"}}\n");
    free(line);
    record_done(&record);
    notes_free(notes);
}

static void test_secrets_are_shown_on_demand(void **state)
{
    (void)state;
    struct record record;
    sample_http(&record);
    char *line = print_one((struct output_options){.show_secrets = true}, &record);
    assert_non_null(strstr(line, "\"authorization\":[\"Basic YWxpY2U6c2VjcmV0\"]"));
    assert_non_null(strstr(line, "\"user\":{\"password\":\"secret\"}"));
    assert_null(strstr(line, "\"notes\""));
    free(line);
    record_done(&record);
}

static void test_empty_record(void **state)
{
    (void)state;
    struct record record;
    record_init(&record, &http_sample, &sample_budget);
    char *line = print_one((struct output_options){0}, &record);
    assert_string_equal(line, "{\"event\":{\"dataset\":\"http\"}}\n");
    free(line);
    record_done(&record);
}

static void test_anomaly_names_its_frame(void **state)
{
    (void)state;
    struct record record;
    sample_anomaly(&record);
    char *line = print_one((struct output_options){0}, &record);
    assert_non_null(strstr(line, "\"@timestamp\":\"2026-11-22T14:02:07.623456789Z\",\"event\":{\"dataset\":\"anomaly\","
                                 "\"duration\":0}"));
    assert_non_null(strstr(line, "\"overhear\":{\"conversation\":12,\"frames\":{\"first\":8},\"anomaly\":{\"name\":"
                                 "\"tcp.overlap_conflict\",\"detail\":"));
    free(line);
    record_done(&record);
}

static void test_flow_names_first_and_last_frame(void **state)
{
    (void)state;
    static const struct field rows[] = {{"network.bytes", FIELD_INTEGER, 0, "", NULL, NULL, 0},
                                        {"overhear.flow.state", FIELD_TEXT, 0, "", NULL, NULL, 0},
                                        {"event.start", FIELD_TIME, 0, "", NULL, NULL, 0},
                                        {"overhear.conversation", FIELD_INTEGER, 0, "", NULL, NULL, 0}};
    static const struct dataset flow = {.name = "flow", .title = "Flow", .fields = rows, .field_count = 4};
    struct record record;
    sample_begin(&record, &flow, &dns_conversation);
    record_integer(&record, 0, 99);
    record_word(&record, 1, "udp");
    record_integer(&record, 2, SAMPLE_TIME);
    record_integer(&record, 3, 666); /* cannot be redefined */
    char *line = print_one((struct output_options){0}, &record);
    assert_non_null(strstr(line, "\"event\":{\"dataset\":\"flow\",\"duration\":16400000,"
                                 "\"start\":\"2026-11-22T14:02:05.123456Z\"}"));
    assert_non_null(strstr(line, "\"community_id\":\"1:s1wDHpZjT1hVAekwrOnYgvAMIfI=\",\"bytes\":99}"));
    assert_non_null(strstr(line, "\"overhear\":{\"conversation\":1,\"frames\":{\"first\":1,\"last\":2},"
                                 "\"flow\":{\"state\":\"udp\"}}}\n"));
    free(line);
    record_done(&record);
}

static void test_cut_texts_are_named(void **state)
{
    (void)state;
    struct record record;
    sample_http(&record);
    record.incomplete = true;
    record.destination_domain = bytes_text("www.example.org");
    record.truncated[HTTP_PHRASE / 64] |= UINT64_C(1) << HTTP_PHRASE % 64; /* is cut here too: named once */
    record.truncated[HTTP_UNTIL / 64] |= UINT64_C(1) << HTTP_UNTIL % 64;
    char *line = print_one((struct output_options){.max_text = 8}, &record);
    assert_non_null(strstr(line, "\"domain\":\"www.exam\""));
    assert_non_null(strstr(line, "\"url\":{\"original\":\"/a%20pag\"}"));
    assert_non_null(strstr(line, "\"name\":\"report.p\""));
    assert_non_null(strstr(line, "\"authoriz\":[\"Basic [hidden]\"]"));
    assert_non_null(strstr(
        line, "\"truncated\":[\"destination.domain\",\"http.request.headers.host\",\"http.request.headers.authoriz\","
              "\"http.response.status_phrase\",\"http.response.headers.set-cook\","
              "\"http.parts[0].file.name\",\"url.original\",\"tls.not_after\"],"
              "\"incomplete\":true}"));
    free(line);
    record_done(&record);
}

/* Keys that become equal only by being cut are one key; keys that escape alike cannot be. */
static void test_map_keys_are_unique(void **state)
{
    (void)state;
    struct record record;
    sample_begin(&record, &http_sample, &http_conversation);
    record_map(&record, HTTP_REQUEST_HEADERS, bytes_text("x-header-1"), bytes_text("a"));
    record_map(&record, HTTP_REQUEST_HEADERS, bytes_text("\x01"), bytes_text("b"));
    record_map(&record, HTTP_REQUEST_HEADERS, bytes_text("x-header-2"), bytes_text("c"));
    record_map(&record, HTTP_REQUEST_HEADERS, bytes_text("\\x01"), bytes_text("d"));
    record_map(&record, HTTP_REQUEST_HEADERS, bytes_text(""), bytes_text("e"));
    char *line = print_one((struct output_options){.max_text = 8}, &record);
    assert_non_null(
        strstr(line, "{\"x-header\":[\"a\",\"c\"],\"\\\\x01\":[\"b\"],\"\\\\x5cx01\":[\"d\"],\"\":[\"e\"]}"));
    free(line);
    record_done(&record);
}

/* Two serialisers agree: what json-c makes of our line, written by it and read again, is the same object. */
static void check_with_json_c(const char *line)
{
    struct json_tokener *parser = json_tokener_new();
    json_tokener_set_flags(parser, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    struct json_object *ours = json_tokener_parse_ex(parser, line, (int)strlen(line));
    if (!ours)
        fail_msg("%s in %s", json_tokener_error_desc(json_tokener_get_error(parser)), line);
    const char *theirs = json_object_to_json_string_ext(ours, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
    /* json-c leaves the bidirectional controls bare and has short forms that we do not need: compare without them. */
    struct json_object *again = json_tokener_parse(theirs);
    assert_true(json_object_equal(ours, again));
    if (!strstr(line, "\\u"))
        assert_memory_equal(theirs, line, strlen(theirs));
    assert_int_equal(line[strlen(line) - 1], '\n');
    json_object_put(again);
    json_object_put(ours);
    json_tokener_free(parser);
}

static struct bytes random_text(char *text, size_t size)
{
    static const char pieces[] =
        "abcABC012 .,:;{}[]\"\\/x\n\t\r\x1b\x7f\x80\xc3\xbc\xe2\x80\xae\xe2\x82\xac\xf0\x9f\x98\x80\xff";
    size_t length = (size_t)rand() % size;
    for (size_t i = 0; i < length; i++)
        text[i] = pieces[(size_t)rand() % sizeof pieces];
    return bytes_of(text, length);
}

static void fill_randomly(struct record *record)
{
    char a[40];
    char b[40];
    for (int i = rand() % 30; i > 0; i--) {
        size_t secret = (size_t)rand() % 50;
        switch (rand() % 7) {
        case 0:
            record_text(record, HTTP_TARGET, random_text(a, sizeof a));
            break;
        case 1:
            record_map_secret(record, HTTP_REQUEST_HEADERS, random_text(a, 4), random_text(b, sizeof b), secret,
                              secret / 2);
            break;
        case 2:
            record_map(record, HTTP_RESPONSE_HEADERS, random_text(a, 3), random_text(b, sizeof b));
            break;
        case 3:
            record_integer(record, HTTP_STATUS, rand() % 700 - 50);
            break;
        case 4:
            record_text_secret(record, HTTP_PHRASE, random_text(a, sizeof a), secret, secret);
            break;
        case 5:
            record_observe(record, RECORD_LAST, "http.clear",
                           &(struct argument){"user", ARGUMENT_TEXT, random_text(a, sizeof a), 0}, 1);
            break;
        default:
            record_group_begin(record, HTTP_PARTS);
            for (int j = rand() % 5; j > 0; j--)
                record_text(record, j % 2 ? 3 : 0, random_text(a, sizeof a));
            record_observe(record, RECORD_LAST, "http.clear", NULL, 0);
            record_group_end(record);
        }
    }
}

static void test_json_c_agrees(void **state)
{
    (void)state;
    struct notes *notes = sample_catalogs();
    srand(11);
    for (int round = 0; round < 3000; round++) {
        struct record record;
        char name[30];
        sample_begin(&record, &http_sample, rand() % 4 ? &http_conversation : &dns_conversation);
        record.destination_domain = random_text(name, sizeof name);
        record.incomplete = rand() % 2;
        record.outcome = (enum outcome)(rand() % 4);
        fill_randomly(&record);
        char *line = print_one((struct output_options){.notes = notes, .max_text = rand() % 3 ? 0 : 12}, &record);
        check_with_json_c(line);
        free(line);
        record_done(&record);
    }
    notes_free(notes);
}

/* The first record of its shape is written along the plan, the next ones by the pieces that were made of it. */
static void check_again(struct output_options options, const struct record *record)
{
    enum { TIMES = 4 };
    const struct record *records[TIMES] = {record, record, record, record};
    options.format = OUTPUT_JSON;
    char *once = print_one(options, record), *often = sample_print(options, records, TIMES);
    size_t length = strlen(once);
    assert_int_equal(strlen(often), TIMES * length);
    for (size_t i = 0; i < TIMES; i++)
        assert_memory_equal(often + i * length, once, length);
    free(once);
    free(often);
}

static void test_records_that_come_again(void **state)
{
    (void)state;
    struct notes *notes = sample_catalogs();
    struct record record;
    sample_dns(&record);
    check_again((struct output_options){0}, &record);
    check_again((struct output_options){.notes = notes}, &record);
    check_again((struct output_options){.max_text = 8}, &record);
    record_done(&record);
    srand(12);
    for (int round = 0; round < 3000; round++) {
        char name[30];
        sample_begin(&record, &http_sample, rand() % 4 ? &http_conversation : &dns_conversation);
        record.destination_domain = random_text(name, sizeof name);
        record.incomplete = rand() % 2;
        record.icmp_error = rand() % 8 ? NULL : "port unreachable";
        record.outcome = (enum outcome)(rand() % 4);
        fill_randomly(&record);
        check_again((struct output_options){.notes = rand() % 2 ? notes : NULL,
                                            .show_secrets = rand() % 2,
                                            .max_text = rand() % 3 ? 0 : 12},
                    &record);
        record_done(&record);
    }
    notes_free(notes);
}

/* What is kept of a conversation's sides is never that of other names, cut ones among them. */
static void test_names_that_change(void **state)
{
    enum { RECORDS = 300 };
    static const char *const names[] = {"a.example", "www.example.org", "www.example.org.and.more.behind.it"};
    static const size_t most[] = {0, 15, 12};
    static struct record records[RECORDS];
    const struct record *pointers[RECORDS];
    struct notes *notes = sample_catalogs();
    (void)state;
    srand(13);
    for (size_t round = 0; round < sizeof most / sizeof *most; round++) {
        struct output_options options = {.format = OUTPUT_JSON, .notes = notes, .max_text = most[round]};
        for (size_t i = 0; i < RECORDS; i++) {
            sample_begin(&records[i], &dns_sample, rand() % 4 ? &http_conversation : &dns_conversation);
            records[i].destination_domain = bytes_text(names[rand() % 3]);
            pointers[i] = &records[i];
        }
        char *all = sample_print(options, pointers, RECORDS), *at = all;
        for (size_t i = 0; i < RECORDS; i++) {
            char *once = print_one(options, &records[i]);
            assert_memory_equal(at, once, strlen(once));
            at += strlen(once);
            free(once);
            record_done(&records[i]);
        }
        assert_int_equal(*at, '\0');
        free(all);
    }
    notes_free(notes);
}

/* Words are kept as they were written; one that our tables should not have is escaped all the same. */
static void test_words(void **state)
{
    (void)state;
    static const char long_word[] = "a word that is longer than those that are kept, and than a small value is too";
    static char words[600][8];
    struct record record;
    record_init(&record, &dns_sample, &sample_budget);
    char *expected = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&expected, &size);
    assert_non_null(stream);
    fprintf(stream, "{\"event\":{\"dataset\":\"dns\"},\"dns\":{\"header_flags\":[\"a\\\"b\",\"\",\"%s\"", long_word);
    record_word(&record, DNS_FLAGS, "a\"b");
    record_word(&record, DNS_FLAGS, "");
    record_word(&record, DNS_FLAGS, long_word);
    /* More of them than are kept, each told twice, and their beginnings besides. */
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
            snprintf(words[i], sizeof words[i], "w%u", i);
            record_word(&record, DNS_FLAGS, words[i]);
            record_word_of(&record, DNS_FLAGS, words[i], 1);
            fprintf(stream, ",\"w%u\",\"w\"", i);
        }
    }
    fputs("]}}\n", stream);
    fclose(stream);
    char *line = print_one((struct output_options){.notes = NULL}, &record);
    assert_string_equal(line, expected);
    free(line);
    free(expected);
    record_done(&record);
}

/* Members of a group that has more of them than is usual, in whatever order and of every length. */
static void test_groups(void **state)
{
    (void)state;
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnop";
    struct record record;
    record_init(&record, &dns_sample, &sample_budget);
    char *expected = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&expected, &size);
    assert_non_null(stream);
    fputs("{\"event\":{\"dataset\":\"dns\"},\"dns\":{\"answers\":[{}", stream);
    record_group_begin(&record, DNS_ANSWERS);
    record_group_end(&record);
    for (size_t length = 0; length < 64; length++) {
        record_group_begin(&record, DNS_ANSWERS);
        for (unsigned again = 0; again < (length == 40 ? 20u : 1u); again++) {
            record_text(&record, RR_NAME, bytes_of(letters, length));
            record_integer(&record, RR_TTL, (int64_t)length * 1000 - 1);
        }
        if (length == 50) /* from here on in another order than that of the plan */
            record_word(&record, RR_TYPE, "A");
        record_group_end(&record);
        fprintf(stream, ",{\"name\":\"%.*s\",%s\"ttl\":%zd}", (int)length, letters,
                length == 50 ? "\"type\":\"A\"," : "", (ssize_t)length * 1000 - 1);
    }
    fputs("]}}\n", stream);
    fclose(stream);
    char *line = print_one((struct output_options){.notes = NULL}, &record);
    assert_string_equal(line, expected);
    free(line);
    free(expected);
    record_done(&record);
}

static void test_many_map_keys(void **state)
{
    (void)state;
    enum { KEYS = 6000 };
    struct record record;
    char text[16];
    sample_begin(&record, &http_sample, &http_conversation);
    for (int i = 0; i < 2 * KEYS; i++)
        record_map(&record, HTTP_REQUEST_HEADERS, bytes_of(text, (size_t)sprintf(text, "k%d", i % KEYS)),
                   bytes_text("v"));
    char *line = print_one((struct output_options){0}, &record);
    assert_non_null(strstr(line, "{\"k0\":[\"v\",\"v\"],\"k1\":[\"v\",\"v\"]"));
    assert_non_null(strstr(line, "\"k5999\":[\"v\",\"v\"]}"));
    check_with_json_c(line);
    free(line);
    record_done(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dns_line),
        cmocka_unit_test(test_http_line),
        cmocka_unit_test(test_secrets_are_shown_on_demand),
        cmocka_unit_test(test_empty_record),
        cmocka_unit_test(test_anomaly_names_its_frame),
        cmocka_unit_test(test_flow_names_first_and_last_frame),
        cmocka_unit_test(test_cut_texts_are_named),
        cmocka_unit_test(test_map_keys_are_unique),
        cmocka_unit_test(test_json_c_agrees),
        cmocka_unit_test(test_records_that_come_again),
        cmocka_unit_test(test_names_that_change),
        cmocka_unit_test(test_many_map_keys),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
