/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The names of all datasets that there are.
 */
#include "filter/fields.h"

#include "filter/display_filter.h"
#include "filter/suggest.h"
#include "record/common_fields.h"
#include "record/common_values.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void test_every_name_is_found(void **state)
{
    struct dataset_table table;
    struct name_cursor cursor = {.dataset = 0};
    char expression[FILTER_NAME_SIZE + 16], error[DISPLAY_FILTER_ERROR_SIZE];
    size_t count = 0;
    (void)state;
    dataset_table_init(&table);
    assert_true(table.count > 10 && table.count < FILTER_DATASETS_MAX);
    while (name_next(&table, &cursor)) {
        struct filter_field field = {.name = bytes_text(cursor.name)};
        bool found = field_find(&table, &field);
        assert_int_equal(found, strcmp(cursor.name, "notes") != 0);
        if (!found)
            continue;
        count++;
        assert_int_equal(field.subject, SUBJECT_VALUE);
        assert_false(field.has_key);
        snprintf(expression, sizeof expression, "%s exists", cursor.name);
        struct display_filter *filter = display_filter_new(expression, false, error);
        assert_non_null(filter);
        display_filter_free(filter);
    }
    assert_true(count > 400);
}

/* A name means the same wherever it stands: a comparison is read before it is known whose records will come. */
static void test_names_have_one_type(void **state)
{
    struct dataset_table table;
    (void)state;
    dataset_table_init(&table);
    for (size_t i = 0; i < table.count; i++)
        for (unsigned row = 0; row < table.datasets[i]->field_count; row++) {
            const struct field *own = &table.datasets[i]->fields[row];
            struct filter_field field = {.name = bytes_text(own->name)};
            assert_true(field_find(&table, &field));
            struct place place = field_place(&field, table.datasets[i]);
            assert_int_equal(place.kind, PLACE_VALUE);
            assert_int_equal(place.top, row);
            assert_int_equal(field.row->type, own->type);
            assert_int_equal((field.row->flags ^ own->flags) & FIELD_SECRET, 0);
        }
}

static void test_places(void **state)
{
    static const struct {
        const char *name, *dataset;
        enum place_kind kind;
        bool ignores_case;
        const char *row, *key;
    } rows[] = {
        {"dns", "dns", PLACE_PRESENT, false, NULL, NULL},
        {"dns", "http", PLACE_ABSENT, false, NULL, NULL},
        {"source.ip", "dns", PLACE_COMMON, false, "source.ip", NULL},
        {"source.domain", "dns", PLACE_COMMON, true, "source.domain", NULL},
        {"dns.question.name", "dns", PLACE_VALUE, true, "dns.question.name", NULL},
        {"dns.question.type", "dns", PLACE_VALUE, true, "dns.question.type", NULL},
        {"dns.question.name", "http", PLACE_ABSENT, true, NULL, NULL},
        {"dns.answers.data", "dns", PLACE_MEMBER, true, "data", NULL},
        {"dns.answers.name", "dns", PLACE_MEMBER, true, "name", NULL},
        {"email.attachments.file.name", "mail", PLACE_MEMBER, false, "file.name", NULL},
        {"email.received.by", "mail", PLACE_MEMBER, true, "by", NULL},
        {"email.dkim.domain", "mail", PLACE_MEMBER, true, "domain", NULL},
        {"url.domain", "http", PLACE_VALUE, true, "url.domain", NULL},
        {"url.path", "http", PLACE_VALUE, false, "url.path", NULL},
        {"http.request.headers", "http", PLACE_VALUE, false, "http.request.headers", NULL},
        {"http.request.headers.a.b", "http", PLACE_VALUE, false, "http.request.headers", "a.b"},
        {"http.response", "http", PLACE_OBJECT, false, NULL, NULL},
        {"http.response", "dns", PLACE_ABSENT, false, NULL, NULL},
        {"dns.question", "dns", PLACE_OBJECT, false, NULL, NULL},
        {"user.name", "ftp", PLACE_VALUE, false, "user.name", NULL},
        {"user.name", "http", PLACE_VALUE, false, "user.name", NULL},
        {"user.name", "flow", PLACE_ABSENT, false, NULL, NULL},
        {"overhear.flow.state", "flow", PLACE_VALUE, true, "overhear.flow.state", NULL},
    };
    struct dataset_table table;
    (void)state;
    dataset_table_init(&table);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct filter_field field = {.name = bytes_text(rows[i].name)};
        const struct dataset *dataset = NULL;
        assert_true(field_find(&table, &field));
        for (size_t j = 0; j < table.count; j++)
            if (strcmp(table.datasets[j]->name, rows[i].dataset) == 0)
                dataset = table.datasets[j];
        assert_non_null(dataset);
        struct place place = field_place(&field, dataset);
        if (place.kind != rows[i].kind || field.ignores_case != rows[i].ignores_case)
            fail_msg("%s in %s: place %d", rows[i].name, rows[i].dataset, (int)place.kind);
        if (rows[i].row)
            assert_string_equal(place.row->name, rows[i].row);
        assert_int_equal(field.has_key, rows[i].key != NULL);
        if (rows[i].key)
            assert_true(bytes_is(field.key, rows[i].key));
    }
}

static void test_names_that_are_none(void **state)
{
    static const char *const names[] = {
        "",
        ".",
        "source",
        "overhear",
        "event",
        "dns.",
        "dns.question.",
        "DNS",
        "url",
        "url.do",
        "overhear.frames",
        "dns.answers.datas",
        "notes",
        "notes.dns.type",
        "http.request.headers.",
        "network.vlan",
    };
    struct dataset_table table;
    (void)state;
    dataset_table_init(&table);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct filter_field field = {.name = bytes_text(names[i])};
        bool found = field_find(&table, &field);
        assert_int_equal(found, strcmp(names[i], "url") == 0); /* an object of one dataset only */
    }
}

static void test_suggestions(void **state)
{
    static const struct {
        const char *name, *text;
    } rows[] = {
        {"http.response.statuscode", "did you mean http.response.status_code?"},
        {"status_code", "did you mean http.response.status_code?"},
        {"Status_Code", "did you mean http.response.status_code?"},
        {"domain", "did you mean source.domain, destination.domain, url.domain?"},
        {"dns.question.nam", "did you mean dns.question.name?"},
        {"htpp", "did you mean http?"},
        {"HTTP", "did you mean http?"},
        {"tcp.port", "did you mean source.port, destination.port?"},
        {"http.host", "did you mean url.domain?"},
        {"mdns", "did you mean network.protocol == mdns?"},
        {"FTP-Data", "did you mean network.protocol == ftp-data?"},
        {"xyzzy", "overhear fields lists all that there are"},
        {"", "overhear fields lists all that there are"},
    };
    struct dataset_table table;
    char text[SUGGESTION_SIZE];
    (void)state;
    dataset_table_init(&table);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        suggest_field(&table, bytes_text(rows[i].name), text);
        assert_string_equal(text, rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_name_is_found),
        cmocka_unit_test(test_names_have_one_type),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_names_that_are_none),
        cmocka_unit_test(test_suggestions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
