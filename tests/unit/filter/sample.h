/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One dataset with fields of every type, and a record that has most of them.
 */
#ifndef OVERHEAR_TESTS_FILTER_SAMPLE_H
#define OVERHEAR_TESTS_FILTER_SAMPLE_H

#include "filter/display_filter.h"
#include "overhear/dissector.h"
#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PART_NAME, PART_SIZE, PART_TAGS, PART_FIELDS };

static const struct field part_fields[PART_FIELDS] = {
    [PART_NAME] = {.name = "file.name", .type = FIELD_TEXT},
    [PART_SIZE] = {.name = "size", .type = FIELD_INTEGER},
    [PART_TAGS] = {.name = "tags", .type = FIELD_TEXT, .flags = FIELD_LIST},
};

enum {
    SAMPLE_NAME,
    SAMPLE_DOMAIN,
    SAMPLE_KIND,
    SAMPLE_CODE,
    SAMPLE_CODES,
    SAMPLE_WORDS,
    SAMPLE_YES,
    SAMPLE_NO,
    SAMPLE_MAYBE, /* never added */
    SAMPLE_IP,
    SAMPLE_AT,
    SAMPLE_TOOK,
    SAMPLE_PARTS,
    SAMPLE_HEADERS,
    SAMPLE_LINE,
    SAMPLE_PASSWORD,
    SAMPLE_PIN,
    SAMPLE_EMPTY,
    SAMPLE_FIELDS
};

static const struct field probe_fields[SAMPLE_FIELDS] = {
    [SAMPLE_NAME] = {.name = "probe.name", .type = FIELD_TEXT},
    [SAMPLE_DOMAIN] = {.name = "probe.domain", .type = FIELD_TEXT},
    [SAMPLE_KIND] = {.name = "probe.kind", .type = FIELD_TEXT, .catalog = "probe.kind"},
    [SAMPLE_CODE] = {.name = "probe.reply.status_code", .type = FIELD_INTEGER},
    [SAMPLE_CODES] = {.name = "probe.codes", .type = FIELD_INTEGER, .flags = FIELD_LIST},
    [SAMPLE_WORDS] = {.name = "probe.words", .type = FIELD_TEXT, .flags = FIELD_LIST},
    [SAMPLE_YES] = {.name = "probe.yes", .type = FIELD_BOOLEAN},
    [SAMPLE_NO] = {.name = "probe.no", .type = FIELD_BOOLEAN},
    [SAMPLE_MAYBE] = {.name = "probe.maybe", .type = FIELD_BOOLEAN},
    [SAMPLE_IP] = {.name = "probe.ip", .type = FIELD_ADDRESS, .flags = FIELD_LIST},
    [SAMPLE_AT] = {.name = "probe.at", .type = FIELD_TIME},
    [SAMPLE_TOOK] = {.name = "probe.took", .type = FIELD_DURATION},
    [SAMPLE_PARTS] = {.name = "probe.parts",
                      .type = FIELD_GROUP,
                      .flags = FIELD_LIST,
                      .members = part_fields,
                      .member_count = PART_FIELDS},
    [SAMPLE_HEADERS] = {.name = "probe.headers", .type = FIELD_MAP},
    [SAMPLE_LINE] = {.name = "probe.line", .type = FIELD_TEXT},
    [SAMPLE_PASSWORD] = {.name = "user.password", .type = FIELD_TEXT, .flags = FIELD_SECRET},
    [SAMPLE_PIN] = {.name = "user.pin", .type = FIELD_INTEGER, .flags = FIELD_SECRET},
    [SAMPLE_EMPTY] = {.name = "probe.empty", .type = FIELD_TEXT},
};

static const struct dataset probe_dataset = {
    .name = "probe", .title = "Probe", .fields = probe_fields, .field_count = SAMPLE_FIELDS};

/* In place of those of the library. */
static const struct port probe_ports[] = {{TRANSPORT_UDP, 9, NULL}, {TRANSPORT_UDP, 10, "probe-data"}, {0, 0, NULL}};
static const struct dissector probe_dissector = {.name = "probe", .ports = probe_ports, .dataset = &probe_dataset};
const struct dissector *const dissector_registry[] = {&probe_dissector, NULL};

/* Sunday 2026-11-22 14:02:05.123456789 UTC */
#define SAMPLE_TIME INT64_C(1795356125123456789)

static const struct conversation probe_conversation = {
    .id = 12,
    .source = {{4, {10, 9, 0, 2}}, 41234},
    .destination = {{4, {192, 0, 2, 53}}, 80},
    .transport = TRANSPORT_TCP,
    .has_vlan = true,
    .vlan = 7,
    .time_digits = 9,
    .protocol = "probe",
    .first = {1, SAMPLE_TIME},
};

static struct budget probe_budget;

static inline void sample_part(struct record *record, const char *name, int64_t size, const char *tag)
{
    record_group_begin(record, SAMPLE_PARTS);
    record_text(record, PART_NAME, bytes_text(name));
    record_observe(record, RECORD_LAST, "probe.odd",
                   &(struct argument){.name = "name", .kind = ARGUMENT_TEXT, .text = bytes_text("a note")}, 1);
    record_integer(record, PART_SIZE, size);
    record_text(record, PART_TAGS, bytes_text("common"));
    record_text(record, PART_TAGS, bytes_text(tag));
    record_group_end(record);
}

static inline void sample_secrets(struct record *record)
{
    record_text_secret(record, SAMPLE_LINE, bytes_text("PASS swordfish now"), 5, 9);
    record_map_secret(record, SAMPLE_HEADERS, bytes_text("Authorization"), bytes_text("Basic c2VjcmV0"), 6, 8);
    record_text(record, SAMPLE_PASSWORD, bytes_text("swordfish"));
    record_integer(record, SAMPLE_PIN, 4711);
}

static inline void sample_begin(struct record *record)
{
    record_init(record, &probe_dataset, &probe_budget);
    record->wants_notes = true;
    record->conversation = &probe_conversation;
    record->first = record->request = (struct moment){3, SAMPLE_TIME};
    record->last = record->response = (struct moment){5, SAMPLE_TIME + 2000000000};
    record->outcome = OUTCOME_FAILURE;
    record->destination_domain = bytes_text("WWW.Example.org");
    record->icmp_error = "port unreachable";
}

static inline void sample_record(struct record *record)
{
    sample_begin(record);
    record_text(record, SAMPLE_NAME, bytes_text("Alpha beta \xff\n/x?a=b"));
    record_text(record, SAMPLE_DOMAIN, bytes_text("Mail.Example.COM"));
    record_word(record, SAMPLE_KIND, "NXDOMAIN");
    record_integer(record, SAMPLE_CODE, 404);
    record_integer(record, SAMPLE_CODES, 100);
    record_integer(record, SAMPLE_CODES, -5);
    record_text(record, SAMPLE_WORDS, bytes_text("one"));
    record_text(record, SAMPLE_WORDS, bytes_text("two"));
    record_boolean(record, SAMPLE_YES, true);
    record_boolean(record, SAMPLE_NO, false);
    record_address(record, SAMPLE_IP, &(struct address){4, {192, 0, 2, 200}});
    record_address(record, SAMPLE_IP, &(struct address){6, {0x20, 0x01, 0x0d, 0xb8, [15] = 1}});
    record_integer(record, SAMPLE_AT, SAMPLE_TIME);
    record_integer(record, SAMPLE_TOOK, 1500000000);
    sample_part(record, "a.txt", 10, "red");
    sample_part(record, "b.bin", 2048, "blue");
    record_map(record, SAMPLE_HEADERS, bytes_text("User-Agent"), bytes_text("curl/8"));
    record_map(record, SAMPLE_HEADERS, bytes_text("X-Two"), bytes_text("first"));
    record_map(record, SAMPLE_HEADERS, bytes_text("x-two"), bytes_text("second"));
    sample_secrets(record);
    record_text(record, SAMPLE_EMPTY, bytes_text(""));
}

#endif
