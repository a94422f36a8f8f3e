/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Two small datasets, one that reads like DNS and one that reads like HTTP, records of them, and a catalog: what the
 * tests of the output floor print.
 */
#ifndef OVERHEAR_TESTS_OUTPUT_SAMPLE_H
#define OVERHEAR_TESTS_OUTPUT_SAMPLE_H

#include "output/output.h"
#include "overhear/record.h"
#include "record/notes.h"
#include "record/notes_catalog.h"
#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static const char sample_sentences[] =
    "{\"dns.response_code\":{\"NOERROR\":\"the name exists\",\"NXDOMAIN\":\"the name does not exist\"},"
    "\"dns.header_flags\":{\"AA\":\"the answer is this server's own data\",\"RD\":\"asks it to ask others\"},"
    "\"dns.type\":{\"A\":\"the IPv4 address of a name\",\"AAAA\":\"the IPv6 address of a name\"},"
    "\"http.status\":{\"404\":\"nothing is there\",\"200\":\"here it is\"},"
    "\"http.headers\":{\"set-cookie\":\"asks the browser to keep this and send it with every later request\","
    "\"host\":\"which of its sites the server shall answer for\"},"
    "\"host\":{\"10.9.0.53\":\"the name server of this laboratory\",\"www.example.org\":\"an example\"},"
    "\"observations\":{\"list.fixed\":\"lists have words\",\"dns.kept\":\"may be kept for "
    "{ttl}\",\"http.clear\":\"{user} sends a password in clear\"}}";

/* In place of the catalogs that are built into the library; NULL with a message where they cannot be read. */
static inline struct notes *sample_notes(char *ret_error, size_t error_size)
{
    struct notes *notes = notes_new_over(NULL);
    if (notes && notes_read(notes, "sample/notes.json", bytes_text(sample_sentences), ret_error, error_size) == 0)
        return notes;
    notes_free(notes);
    return NULL;
}

enum { RR_NAME, RR_TYPE, RR_TTL, RR_DATA, RR_FIELDS };

static const struct field rr_fields[] = {{"name", FIELD_TEXT, 0, "", NULL, NULL, 0},
                                         {"type", FIELD_TEXT, 0, "", "dns.type", NULL, 0},
                                         {"ttl", FIELD_INTEGER, 0, "", NULL, NULL, 0},
                                         {"data", FIELD_TEXT, 0, "", NULL, NULL, 0}};

enum { DNS_ID, DNS_FLAGS, DNS_CODE, DNS_NAME, DNS_ANSWERS, DNS_TYPE, DNS_RESOLVED, DNS_AUTHORITIES, DNS_FIELDS };

/* dns.question.name and .type do not stand together, on purpose. */
static const struct field dns_fields[] = {
    {"dns.id", FIELD_INTEGER, 0, "", NULL, NULL, 0},
    {"dns.header_flags", FIELD_TEXT, FIELD_LIST, "", "dns.header_flags", NULL, 0},
    {"dns.response_code", FIELD_TEXT, 0, "", "dns.response_code", NULL, 0},
    {"dns.question.name", FIELD_TEXT, 0, "", NULL, NULL, 0},
    {"dns.answers", FIELD_GROUP, FIELD_LIST, "", NULL, rr_fields, RR_FIELDS},
    {"dns.question.type", FIELD_TEXT, 0, "", "dns.type", NULL, 0},
    {"dns.resolved_ip", FIELD_ADDRESS, FIELD_LIST, "", NULL, NULL, 0},
    {"dns.authorities", FIELD_GROUP, FIELD_LIST, "", NULL, rr_fields, RR_FIELDS},
};

static const struct line dns_lines[] = {
    {SPEAKER_SAME, DETAIL_BRIEF, LINE_ONCE,
     "[{!dns.question.name}  {dns.question.type}]  [→ {dns.response_code}]  "
     "[{dns.resolved_ip:list}]",
     NULL},
    {SPEAKER_CLIENT, DETAIL_FULL, LINE_ONCE, "{!dns.question.name}  {dns.question.type} ?", NULL},
    {SPEAKER_SERVER, DETAIL_FULL, LINE_ONCE, "{!dns.response_code}[  flags {dns.header_flags:list}]", NULL},
    {SPEAKER_SAME, DETAIL_FULL, DNS_ANSWERS, "{name}  {ttl:ttl}  {type}  [{data}]", NULL},
    {SPEAKER_SAME, DETAIL_VERBOSE, DNS_AUTHORITIES, "{name}  {ttl:ttl}  {type}  [{data}]", NULL},
};

static const struct dataset dns_sample = {.name = "dns",
                                          .title = "DNS",
                                          .fields = dns_fields,
                                          .field_count = DNS_FIELDS,
                                          .lines = dns_lines,
                                          .line_count = 5};

enum {
    HTTP_METHOD,
    HTTP_TARGET,
    HTTP_REQUEST_HEADERS,
    HTTP_STATUS,
    HTTP_PHRASE,
    HTTP_RESPONSE_HEADERS,
    HTTP_BYTES,
    HTTP_PARTS,
    HTTP_PASSWORD,
    HTTP_UNTIL,
    HTTP_CLOSES,
    HTTP_FIELDS
};

static const struct field part_fields[] = {{"file.name", FIELD_TEXT, 0, "", NULL, NULL, 0},
                                           {"hash", FIELD_TEXT, 0, "", NULL, NULL, 0},
                                           {"file.size", FIELD_INTEGER, 0, "", NULL, NULL, 0},
                                           {"tags", FIELD_TEXT, FIELD_LIST, "", NULL, NULL, 0}};

static const struct field http_fields[] = {
    {"http.request.method", FIELD_TEXT, 0, "", NULL, NULL, 0},
    {"url.original", FIELD_TEXT, 0, "", NULL, NULL, 0},
    {"http.request.headers", FIELD_MAP, 0, "", "http.headers", NULL, 0},
    {"http.response.status_code", FIELD_INTEGER, 0, "", "http.status", NULL, 0},
    {"http.response.status_phrase", FIELD_TEXT, 0, "", NULL, NULL, 0},
    {"http.response.headers", FIELD_MAP, 0, "", "http.headers", NULL, 0},
    {"destination.bytes", FIELD_INTEGER, 0, "", NULL, NULL, 0},
    {"http.parts", FIELD_GROUP, FIELD_LIST, "", NULL, part_fields, 4},
    {"user.password", FIELD_TEXT, FIELD_SECRET, "", NULL, NULL, 0},
    {"tls.not_after", FIELD_TIME, 0, "", NULL, NULL, 0},
    {"overhear.closes", FIELD_BOOLEAN, 0, "", NULL, NULL, 0},
};

static const char *const shown_keys[] = {"host", "set-cookie", "authorization", NULL};

static const struct line http_lines[] = {
    {SPEAKER_SAME, DETAIL_BRIEF, LINE_ONCE, "[{!http.request.method} {url.original} ][→ {!http.response.status_code}]",
     NULL},
    {SPEAKER_CLIENT, DETAIL_FULL, LINE_ONCE, "{!http.request.method} {url.original}", NULL},
    {SPEAKER_SAME, DETAIL_NORMAL, HTTP_REQUEST_HEADERS, "{key}: {value}", shown_keys},
    {SPEAKER_SAME, DETAIL_VERBOSE, HTTP_REQUEST_HEADERS, "{key}: {value}", NULL},
    {SPEAKER_SERVER, DETAIL_FULL, LINE_ONCE, "{!http.response.status_code}[ {!http.response.status_phrase}]", NULL},
    {SPEAKER_SAME, DETAIL_NORMAL, HTTP_RESPONSE_HEADERS, "{key}: {value}", shown_keys},
    {SPEAKER_SAME, DETAIL_VERBOSE, HTTP_RESPONSE_HEADERS, "{key}: {value}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "{destination.bytes:size}", NULL},
};

static const struct dataset http_sample = {.name = "http",
                                           .title = "HTTP",
                                           .fields = http_fields,
                                           .field_count = HTTP_FIELDS,
                                           .lines = http_lines,
                                           .line_count = 8};

enum { ANOMALY_NAME, ANOMALY_DETAIL, ANOMALY_FIELDS };

static const struct field anomaly_fields[] = {{"overhear.anomaly.name", FIELD_TEXT, 0, "", NULL, NULL, 0},
                                              {"overhear.anomaly.detail", FIELD_TEXT, 0, "", NULL, NULL, 0}};
static const struct line anomaly_lines[] = {
    {SPEAKER_SAME, DETAIL_ALL, LINE_ONCE, "{!overhear.anomaly.name}  {overhear.anomaly.detail}", NULL}};
static const struct dataset anomaly_sample = {.name = "anomaly",
                                              .title = "Anomaly",
                                              .fields = anomaly_fields,
                                              .field_count = ANOMALY_FIELDS,
                                              .lines = anomaly_lines,
                                              .line_count = 1};

/* Sunday 2026-11-22 14:02:05.123456789 UTC */
#define SAMPLE_TIME INT64_C(1795356125123456789)

static const struct conversation dns_conversation = {
    .id = 1,
    .source = {{4, {10, 9, 0, 2}}, 41234},
    .destination = {{4, {10, 9, 0, 53}}, 53},
    .transport = TRANSPORT_UDP,
    .time_digits = 6,
    .protocol = "dns",
    .first = {1, SAMPLE_TIME},
    .last = {2, SAMPLE_TIME + 16400000},
};

static const struct conversation http_conversation = {
    .id = 12,
    .source = {{4, {10, 9, 0, 2}}, 50000},
    .destination = {{4, {192, 0, 2, 1}}, 80},
    .transport = TRANSPORT_TCP,
    .has_vlan = true,
    .vlan = 7,
    .time_digits = 9,
    .protocol = "http",
    .first = {3, SAMPLE_TIME + 1000000000},
    .last = {9, SAMPLE_TIME + 3000000000},
};

static struct budget sample_budget;

static inline void sample_begin(struct record *record, const struct dataset *dataset,
                                const struct conversation *conversation)
{
    record_init(record, dataset, &sample_budget);
    record->conversation = conversation;
    record->wants_notes = true;
    record->first = record->request = conversation->first;
    record->last = record->response = conversation->last;
}

static inline void sample_rr(struct record *record, unsigned section, const char *name, const char *type, int64_t ttl,
                             const char *data)
{
    struct argument kept = {"ttl", ARGUMENT_DURATION, {NULL, 0}, ttl * 1000000000};
    record_group_begin(record, section);
    record_text(record, RR_NAME, bytes_text(name));
    record_word(record, RR_TYPE, type);
    record_integer(record, RR_TTL, ttl);
    if (ttl == 86400)
        record_observe(record, RECORD_LAST, "dns.kept", &kept, 1);
    record_text(record, RR_DATA, bytes_text(data));
    record_group_end(record);
}

static inline void sample_dns(struct record *record)
{
    sample_begin(record, &dns_sample, &dns_conversation);
    record->outcome = OUTCOME_SUCCESS;
    record_integer(record, DNS_ID, 4242);
    record_text(record, DNS_NAME, bytes_text("www.frankfurt-university.de"));
    record_word(record, DNS_TYPE, "A");
    record_word(record, DNS_FLAGS, "AA");
    record_word(record, DNS_FLAGS, "RD");
    record_word(record, DNS_CODE, "NOERROR");
    sample_rr(record, DNS_ANSWERS, "www.frankfurt-university.de", "CNAME", 86400, "web.frankfurt-university.de");
    sample_rr(record, DNS_ANSWERS, "web.frankfurt-university.de", "A", 300, "192.109.234.218");
    record_address(record, DNS_RESOLVED, &(struct address){4, {192, 109, 234, 218}});
}

static inline void sample_http(struct record *record)
{
    struct argument user = {"user", ARGUMENT_TEXT, bytes_text("alice"), 0};
    sample_begin(record, &http_sample, &http_conversation);
    record->outcome = OUTCOME_FAILURE;
    record->destination_domain = bytes_text("www.example.org");
    record_text(record, HTTP_METHOD, bytes_text("GET"));
    record_text(record, HTTP_TARGET, bytes_text("/a%20page?q=1"));
    record_map(record, HTTP_REQUEST_HEADERS, bytes_text("Host"), bytes_text("www.example.org"));
    record_map_secret(record, HTTP_REQUEST_HEADERS, bytes_text("Authorization"), bytes_text("Basic YWxpY2U6c2VjcmV0"),
                      6, 16);
    record_observe(record, RECORD_LAST, "http.clear", &user, 1);
    record_integer(record, HTTP_STATUS, 404);
    record_text(record, HTTP_PHRASE, bytes_text("Not Found"));
    record_map(record, HTTP_RESPONSE_HEADERS, bytes_text("Set-Cookie"), bytes_text("a=1; Path=/"));
    record_map(record, HTTP_RESPONSE_HEADERS, bytes_text("Server"), bytes_text("nginx"));
    record_map(record, HTTP_RESPONSE_HEADERS, bytes_text("set-cookie"), bytes_text("b=2"));
    record_integer(record, HTTP_BYTES, 1234567);
    record_group_begin(record, HTTP_PARTS);
    record_text(record, 0, bytes_text("report.pdf"));
    record_text(record, 3, bytes_text("x"));
    record_integer(record, 2, 99);
    record_text(record, 1, bytes_text("e3b0"));
    record_text(record, 3, bytes_text("y"));
    record_group_end(record);
    record_text(record, HTTP_PASSWORD, bytes_text("secret"));
    record_integer(record, HTTP_UNTIL, SAMPLE_TIME);
    record_boolean(record, HTTP_CLOSES, false);
}

static inline void sample_anomaly(struct record *record)
{
    sample_begin(record, &anomaly_sample, &http_conversation);
    record->request = record->response = (struct moment){0, 0};
    record->first = record->last = (struct moment){8, SAMPLE_TIME + 2500000000};
    record_word(record, ANOMALY_NAME, "tcp.overlap_conflict");
    record_text(record, ANOMALY_DETAIL, bytes_text("7 bytes were sent twice with different content"));
}

/* What an output with these options writes for the records, as a string to be freed. The format and everything else
 * is in `options`; the descriptor is set here. */
static inline char *sample_print(struct output_options options, const struct record *const *records, size_t count)
{
    options.descriptor = memfd_create("output", 0);
    assert_true(options.descriptor >= 0);
    struct output *output = output_new(&options);
    assert_non_null(output);
    for (size_t i = 0; i < count; i++)
        output_record(output, records[i]);
    assert_int_equal(output_flush(output), 0);
    assert_int_equal(output_records_lost(output), 0);
    output_free(output);
    off_t length = lseek(options.descriptor, 0, SEEK_END);
    char *text = calloc(1, (size_t)length + 1);
    assert_non_null(text);
    assert_int_equal(pread(options.descriptor, text, (size_t)length, 0), length);
    close(options.descriptor);
    return text;
}

#endif
