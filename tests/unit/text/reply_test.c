/* SPDX-License-Identifier: BSD-3-Clause */
#include "overhear/text.h"

#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

const struct dissector *const dissector_registry[] = {NULL};

static const struct {
    enum reply_style style;
    const char *sent; /* a reply and what follows it */
    size_t length;    /* of the reply; 0: it is not complete */
    int code;         /* -1: it has none */
    unsigned lines;
    bool odd, bare;
    const char *text;
} rows[] = {
    {REPLY_SMTP, "250 OK\r\n250 next\r\n", 8, 250, 1, false, false, "OK"},
    {REPLY_SMTP, "250-a\r\n250-b\r\n250 c\r\nx", 21, 250, 3, false, false, "a\nb\nc"},
    {REPLY_SMTP, "250-a\r\n250-b\r\n", 0, 0, 0, false, false, NULL},
    {REPLY_SMTP, "250-a\r\n250", 0, 0, 0, false, false, NULL},
    {REPLY_SMTP, "250\r\n", 5, 250, 1, false, false, ""},
    {REPLY_SMTP, "250-a\r\n250\r\n", 12, 250, 2, false, false, "a\n"},
    {REPLY_SMTP, "250-\r\n250 \r\n", 12, 250, 2, false, false, "\n"},
    {REPLY_SMTP, "250-a\n250 b\n", 12, 250, 2, false, true, "a\nb"},
    {REPLY_SMTP, "250-a\r\n550 b\r\n", 14, 250, 2, true, false, "a\nb"},
    {REPLY_SMTP, "250-a\r\nhello\r\n250 c\r\n", 14, 250, 2, true, false, "a\nhello"},
    {REPLY_SMTP, "250OK\r\n", 7, 250, 1, true, false, "OK"},
    {REPLY_SMTP, "2500 OK\r\n", 9, 250, 1, true, false, "0 OK"},
    {REPLY_SMTP, "000 OK\r\n", 8, 0, 1, false, false, "OK"},
    {REPLY_SMTP, "hello\r\n250 a\r\n", 7, -1, 0, false, false, NULL},
    {REPLY_SMTP, "\r\n", 2, -1, 0, false, false, NULL},
    {REPLY_SMTP, "25", 0, 0, 0, false, false, NULL},
    {REPLY_FTP, "220 ready\r\n", 11, 220, 1, false, false, "ready"},
    {REPLY_FTP, "211-Features:\r\n MDTM\r\n SIZE\r\n211 End\r\n", 38, 211, 4, false, false,
     "Features:\n MDTM\n SIZE\nEnd"},
    {REPLY_FTP, "220-a\r\n220-b\r\n220 c\r\n", 21, 220, 3, false, false, "a\nb\nc"},
    {REPLY_FTP, "220-a\r\n\r\n2020 was a year\r\n220 c\r\n", 33, 220, 4, false, false, "a\n\n2020 was a year\nc"},
    {REPLY_FTP, "211-a\r\n230 b\r\n211 c\r\n", 21, 211, 3, true, false, "a\n230 b\nc"},
    {REPLY_FTP, "211-a\r\n2110\r\n211\r\n", 18, 211, 3, false, false, "a\n2110\n"},
    {REPLY_FTP, "211-a\r\n 211 b\r\n", 0, 0, 0, false, false, NULL},
    {REPLY_FTP, "211-a\n b\n211 c\n", 15, 211, 3, false, true, "a\n b\nc"},
    {REPLY_FTP, "hello\r\n", 7, -1, 0, false, false, NULL},
};
enum { ROWS = sizeof rows / sizeof *rows };

static void framed_however_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        struct bytes sent = bytes_text(rows[i].sent);
        for (size_t step = 1; step <= sent.len; step++) {
            size_t seen = 0, have = 0;
            struct framing framing = {FRAMING_MORE, 0};
            while (framing.kind == FRAMING_MORE && have < sent.len) {
                have = have + step < sent.len ? have + step : sent.len;
                framing = framing_reply(rows[i].style, bytes_first(sent, have), seen);
                seen = have;
            }
            assert_int_equal(framing.kind, rows[i].length ? FRAMING_MESSAGE : FRAMING_MORE);
            assert_int_equal(framing.length, rows[i].length);
        }
    }
}

enum { TEXT };
static const struct field fields[] = {[TEXT] = {.name = "text", .type = FIELD_TEXT}};
static const struct dataset dataset = {.name = "x", .fields = fields, .field_count = 1};

static void parsed(void **state)
{
    (void)state;
    struct budget budget;
    budget_init(&budget, 0);
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].length == 0)
            continue;
        struct reply reply;
        bool good = reply_parse(rows[i].style, bytes_first(bytes_text(rows[i].sent), rows[i].length), &reply);
        assert_int_equal(good, rows[i].code >= 0);
        if (!good)
            continue;
        assert_int_equal(reply.code, rows[i].code);
        assert_int_equal(reply.line_count, rows[i].lines);
        assert_int_equal(reply.odd, rows[i].odd);
        assert_int_equal(reply.bare_lf, rows[i].bare);
        struct record record;
        record_init(&record, &dataset, &budget);
        reply_record(&reply, rows[i].style, &record, TEXT, 100);
        struct bytes text = record_find_text(&record, TEXT);
        assert_int_equal(text.len, strlen(rows[i].text));
        if (text.len > 0)
            assert_memory_equal(text.at, rows[i].text, text.len);
        record_done(&record);
    }
    assert_int_equal(budget.used, 0);
}

static void unfinished_and_cut(void **state)
{
    (void)state;
    struct reply reply;
    assert_true(reply_parse(REPLY_SMTP, bytes_text("250-a\r\n250-bc"), &reply));
    assert_int_equal(reply.line_count, 2);
    assert_false(reply.odd);
    struct budget budget;
    budget_init(&budget, 0);
    struct record record;
    record_init(&record, &dataset, &budget);
    reply_record(&reply, REPLY_SMTP, &record, TEXT, 3);
    assert_true(bytes_is(record_find_text(&record, TEXT), "a\nb"));
    assert_int_equal(record.truncated[0], 1);
    record_done(&record);
    assert_false(reply_parse(REPLY_SMTP, bytes_text("25"), &reply));
    assert_false(reply_parse(REPLY_SMTP, (struct bytes){0}, &reply));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(framed_however_cut),
        cmocka_unit_test(parsed),
        cmocka_unit_test(unfinished_and_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
