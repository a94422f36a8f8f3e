/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The bytes are an expression, or choose one from a grammar; it is asked of a few records. What is held: a complaint
 * has its place and fits; an expression that was read says the same twice, and the opposite with `not` before it; `X
 * and X` and `X or X` say what X says; nothing that is hidden is found.
 */
#include "harness.h"

#include "filter/display_filter.h"
#include "overhear/dissector.h"
#include "util/budget.h"

#include <stdio.h>

enum { PART_NAME, PART_SIZE };

static const struct field part_fields[] = {
    [PART_NAME] = {.name = "file.name", .type = FIELD_TEXT}, [PART_SIZE] = {.name = "size", .type = FIELD_INTEGER}};

enum { NAME, CODE, FLAG, IP, AT, TOOK, PARTS, HEADERS, PASSWORD, FIELDS };

static const struct field fields[FIELDS] = {
    [NAME] = {.name = "x.name", .type = FIELD_TEXT, .flags = FIELD_LIST},
    [CODE] = {.name = "x.code", .type = FIELD_INTEGER, .flags = FIELD_LIST},
    [FLAG] = {.name = "x.flag", .type = FIELD_BOOLEAN},
    [IP] = {.name = "x.ip", .type = FIELD_ADDRESS},
    [AT] = {.name = "x.at", .type = FIELD_TIME},
    [TOOK] = {.name = "x.took", .type = FIELD_DURATION},
    [PARTS] = {.name = "x.parts", .type = FIELD_GROUP, .flags = FIELD_LIST, .members = part_fields, .member_count = 2},
    [HEADERS] = {.name = "x.headers", .type = FIELD_MAP},
    [PASSWORD] = {.name = "x.password", .type = FIELD_TEXT, .flags = FIELD_SECRET},
};
static const struct dataset x_dataset = {.name = "x", .title = "X", .fields = fields, .field_count = FIELDS};
static const struct dissector x_dissector = {.name = "x", .dataset = &x_dataset};
const struct dissector *const dissector_registry[] = {&x_dissector, NULL};

static const struct conversation conversation = {.id = 3,
                                                 .source = {{4, {10, 0, 0, 1}}, 1024},
                                                 .destination = {{6, {0x20, 0x01}}, 53},
                                                 .transport = TRANSPORT_UDP,
                                                 .protocol = "x",
                                                 .time_digits = 6};

/* What expressions are made of; a byte of the input picks one. */
static const char *const words[] = {
    " and ",
    " or ",
    " not ",
    "(",
    ")",
    "!",
    "&&",
    "||",
    "x",
    "flow",
    "x.name",
    "x.code",
    "x.flag",
    "x.ip",
    "x.at",
    "x.took",
    "x.parts",
    "x.parts.size",
    "x.parts[].file.name",
    "x.headers",
    "x.headers.a",
    "x.headers[\"B\"]",
    "x.password",
    "source.ip",
    "source.port",
    "event.duration",
    "network.community_id",
    "overhear.truncated",
    "@timestamp",
    " == ",
    " != ",
    " < ",
    " <= ",
    " > ",
    " >= ",
    " contains ",
    " matches ",
    " in {",
    ", ",
    "}",
    " exists",
    "1",
    "-5",
    "0x10",
    "10K",
    "1..5",
    "true",
    "false",
    "abc",
    "\"abc\"",
    "'a.c'",
    "\"(a|b)+$\"",
    "\"a[\"",
    "\"\\x00\\\"\"",
    "10.0.0.0/8",
    "10.0.0.1",
    "::/0",
    "2026-11-22",
    "2026-11-22T10:00:00Z",
    "5ms",
    "1.5s",
    " ",
    "\xc3\xbc",
    "\xff",
    "\"swordfish\"",
    "secret",
};

static size_t make_expression(const uint8_t *data, size_t size, char *to, size_t room)
{
    size_t length = 0;
    for (size_t i = 0; i < size; i++) {
        const char *word = words[data[i] % (sizeof words / sizeof *words)];
        length += bytes_copy(to + length, room - length, bytes_text(word));
    }
    return length;
}

static void fill(struct record *record, struct budget *budget, unsigned kind)
{
    record_init(record, &x_dataset, budget);
    record->wants_notes = true;
    if (kind == 0)
        return;
    record->conversation = &conversation;
    record->first = record->request = (struct moment){1, 1795356125000000000};
    record->last = (struct moment){2, 1795356126000000000};
    record_text(record, NAME, bytes_text("abc"));
    record_text(record, NAME, bytes_text("\xff(\n"));
    record_integer(record, CODE, kind == 1 ? 1 : INT64_MIN);
    record_integer(record, CODE, kind == 1 ? -5 : INT64_MAX);
    record_boolean(record, FLAG, kind == 1);
    record_address(record, IP, &conversation.source.ip);
    record_integer(record, AT, 1795356125000000000);
    record_integer(record, TOOK, kind == 1 ? 1500000000 : -1);
    record_group_begin(record, PARTS);
    record_text(record, PART_NAME, bytes_text("abc"));
    record_observe(record, RECORD_LAST, "x", NULL, 0);
    record_integer(record, PART_SIZE, 10240);
    record_group_end(record);
    record_map(record, HEADERS, bytes_text("A"), bytes_text(""));
    record_map_secret(record, HEADERS, bytes_text("b"), bytes_text("abc secret"), 4, 6);
    record_text(record, PASSWORD, bytes_text("swordfish"));
}

/* -1: it cannot be read; else the answers, one bit a record. */
static int ask(const char *expression, const struct record *records, unsigned count)
{
    char error[DISPLAY_FILTER_ERROR_SIZE];
    int answers = 0;
    memset(error, 'x', sizeof error);
    struct display_filter *filter = display_filter_new(expression, false, error);
    if (!filter) {
        demand(memchr(error, 0, sizeof error) != NULL && strncmp(error, "-Y: ", 4) == 0 && strstr(error, "\n  "));
        demand(strchr(strchr(error, '\n') + 1, '^') != NULL);
        for (const char *c = error; *c; c++)
            demand(((uint8_t)*c >= 0x20 && *c != 0x7f) || *c == '\n');
        return -1;
    }
    for (unsigned i = 0; i < count; i++) {
        bool first = display_filter_matches(filter, &records[i]);
        demand(first == display_filter_matches(filter, &records[i]));
        answers |= first << i;
    }
    display_filter_free(filter);
    return answers;
}

static void check(const char *expression)
{
    enum { RECORDS = 3, ALL = (1 << RECORDS) - 1, SIZE = 2048 };
    struct budget budget;
    struct record records[RECORDS];
    char other[2 * SIZE + 32];
    budget_init(&budget, 0);
    for (unsigned i = 0; i < RECORDS; i++)
        fill(&records[i], &budget, i);
    int answers = ask(expression, records, RECORDS);
    if (answers >= 0 && strlen(expression) < SIZE) {
        (void)snprintf(other, sizeof other, "not (%s)", expression);
        int opposite = ask(other, records, RECORDS);
        demand(opposite == -1 || opposite == (~answers & ALL)); /* -1: one level too deep */
        (void)snprintf(other, sizeof other, "(%s) and (%s)", expression, expression);
        int both = ask(other, records, RECORDS);
        demand(both == -1 || both == answers);
        (void)snprintf(other, sizeof other, "(%s) or (%s)", expression, expression);
        int either = ask(other, records, RECORDS);
        demand(either == -1 || either == answers);
    }
    for (unsigned i = 0; i < RECORDS; i++)
        record_done(&records[i]);
    demand(budget.used == 0);
}

/* A secret answers to no guess. */
static void check_secrets(void)
{
    struct budget budget;
    struct record record;
    budget_init(&budget, 0);
    fill(&record, &budget, 1);
    demand(ask("x.password contains s or x.password matches \"^.{9}$\" or x.headers.b contains sec", &record, 1) == 0);
    demand(ask("x.password == \"[hidden]\" and x.headers.b == \"abc [hidden]\"", &record, 1) == 1);
    record_done(&record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char expression[4096];
    size_t length;
    if (size == 0) {
        check_secrets();
        return 0;
    }
    if (data[0] & 1)
        length = bytes_copy(expression, sizeof expression - 1, bytes_of(data + 1, size - 1));
    else
        length = make_expression(data + 1, size - 1, expression, sizeof expression - 1);
    expression[length] = '\0';
    check(expression);
    return 0;
}
