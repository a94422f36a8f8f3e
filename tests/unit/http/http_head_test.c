/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Start lines, header lines and lists.
 */
#include "http/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_bytes(struct bytes actual, const char *expected)
{
    char text[512];
    assert_true(actual.len < sizeof text);
    if (actual.len > 0)
        memcpy(text, actual.at, actual.len);
    text[actual.len] = 0;
    assert_string_equal(text, expected);
}

static void request_lines(void **state)
{
    static const struct {
        const char *line;
        bool readable, odd;
        const char *method, *target, *version;
    } rows[] = {
        {"GET / HTTP/1.1", true, false, "GET", "/", "1.1"},
        {"OPTIONS * HTTP/1.0", true, false, "OPTIONS", "*", "1.0"},
        {"CONNECT a.example:443 HTTP/1.1", true, false, "CONNECT", "a.example:443", "1.1"},
        {"x!#$%&'*+-.^_`|~ /a HTTP/1.1", true, false, "x!#$%&'*+-.^_`|~", "/a", "1.1"},
        {"GET /a b HTTP/1.1", true, true, "GET", "/a b", "1.1"},
        {"GET  /  HTTP/1.1", true, true, "GET", "/", "1.1"},
        {"GET\t/\tHTTP/1.1", true, true, "GET", "/", "1.1"},
        {"GET / HTTP/1.1 ", true, true, "GET", "/", "1.1"},
        {"GET / http/1.1", true, true, "GET", "/", "1.1"},
        {"GET / HTTP/11", true, true, "GET", "/", "11"},
        {"GET HTTP/1.1", true, true, "GET", "", "1.1"},
        {"G(T / HTTP/1.1", true, true, "G(T", "/", "1.1"},
        {"GET /", true, false, "GET", "/", ""},
        {"GET", false, false, "", "", ""},
        {"", false, false, "", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_start start;
        assert_int_equal(http_request_line(bytes_text(rows[i].line), &start), rows[i].readable);
        if (!rows[i].readable)
            continue;
        assert_int_equal(start.odd, rows[i].odd);
        assert_bytes(start.method, rows[i].method);
        assert_bytes(start.target, rows[i].target);
        assert_bytes(start.version, rows[i].version);
    }
}

static void status_lines(void **state)
{
    static const struct {
        const char *line;
        bool odd;
        const char *version;
        unsigned status;
        const char *phrase;
    } rows[] = {
        {"HTTP/1.1 200 OK", false, "1.1", 200, "OK"},
        {"HTTP/1.0 404 Not Found", false, "1.0", 404, "Not Found"},
        {"HTTP/1.1 204", false, "1.1", 204, ""},
        {"HTTP/1.1 204 ", false, "1.1", 204, ""},
        {"HTTP/1.1 999 Odd but a code", false, "1.1", 999, "Odd but a code"},
        {"HTTP/1.1  200 OK", true, "1.1", 200, "OK"},
        {"HTTP/1.1\t200 OK", true, "1.1", 200, "OK"},
        {"http/1.1 200 OK", true, "1.1", 200, "OK"},
        {"HTTP/1.10 200 OK", true, "1.10", 200, "OK"},
        {"HTTP/1.1 200OK", true, "1.1", 200, "OK"},
        {"HTTP/1.1 2000 OK", true, "1.1", 200, "0 OK"},
        {"HTTP/1.1 20 OK", true, "1.1", 0, "20 OK"},
        {"HTTP/1.1 099 Low", true, "1.1", 99, "Low"},
        {"HTTP/1x 200 OK", true, "1x", 200, "OK"},
        {"HTTP/ 200 OK", true, "", 200, "OK"},
        {"HTTP/1.1", true, "1.1", 0, ""},
        {"ICY 200 OK", false, "", 200, "OK"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_start start;
        assert_true(http_status_line(bytes_text(rows[i].line), &start));
        assert_int_equal(start.odd, rows[i].odd);
        assert_bytes(start.version, rows[i].version);
        assert_int_equal(start.status, rows[i].status);
        assert_bytes(start.phrase, rows[i].phrase);
    }
    struct http_start start;
    assert_false(http_status_line(bytes_text("RTSP/1.0 200 OK"), &start));
}

static void header_lines(void **state)
{
    static struct http_scratch scratch;
    (void)state;
    struct http_fields fields = {.rest = bytes_text("Host: a\r\n"
                                                    "Empty:\r\n"
                                                    "Folded: one\r\n  two\r\n\t three \r\n"
                                                    "Spaced : x\n"
                                                    "no colon\r\n"
                                                    ": no name\r\n"
                                                    "Colons: a:b: c\r\n"
                                                    "\r\n"
                                                    "Body: no\r\n")};
    static const struct {
        const char *name, *value;
        unsigned folds;
        bool bad;
    } rows[] = {
        {"Host", "a", 0, false},        {"Empty", "", 0, false}, {"Folded", "one two three", 2, false},
        {"Spaced", "x", 0, true},       {"", "", 0, true},       {"", "no name", 0, true},
        {"Colons", "a:b: c", 0, false},
    };
    struct http_field field;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_false(fields.bare_lf && i <= 3);
        assert_true(http_field_next(&fields, &field));
        assert_bytes(field.name, rows[i].name);
        assert_bytes(http_unfold(&scratch, field.value), rows[i].value);
        assert_int_equal(field.folds, rows[i].folds);
        assert_int_equal(field.bad, rows[i].bad);
    }
    assert_true(fields.bare_lf);
    assert_int_equal(fields.lines, 7);
    assert_false(http_field_next(&fields, &field));
    assert_bytes(fields.rest, "Body: no\r\n");
}

static void header_lines_that_break_off(void **state)
{
    (void)state;
    struct http_fields fields = {.rest = bytes_text("Host: a\r\nCook")};
    struct http_field field;
    assert_true(http_field_next(&fields, &field));
    assert_true(http_field_next(&fields, &field));
    assert_true(field.bad);
    assert_false(http_field_next(&fields, &field));
    assert_false(fields.bare_lf);
}

static void the_scratch_has_an_end(void **state)
{
    static struct http_scratch scratch;
    static uint8_t text[sizeof scratch.text];
    (void)state;
    memset(text, 'x', sizeof text);
    scratch.used = 0;
    http_scratch_add(&scratch, bytes_text("ab"));
    assert_int_equal(http_scratch_add(&scratch, bytes_of(text, sizeof text)).len, sizeof text - 2);
    assert_int_equal(http_scratch_add(&scratch, bytes_text("c")).len, 0);
}

static void lists(void **state)
{
    (void)state;
    struct bytes list = bytes_text("a , \"b,\\\"c\" ,, d=1;e"), element;
    assert_true(http_list_next(&list, ',', &element));
    assert_bytes(element, "a");
    assert_true(http_list_next(&list, ',', &element));
    assert_bytes(element, "\"b,\\\"c\"");
    assert_true(http_list_next(&list, ',', &element));
    assert_bytes(element, "");
    assert_true(http_list_next(&list, ',', &element));
    assert_bytes(element, "d=1;e");
    assert_false(http_list_next(&list, ',', &element));
}

static void parameters(void **state)
{
    struct bytes value;
    (void)state;
    struct bytes list = bytes_text("Path=/; Max-Age = 60 ;name=\"a;b\"; Secure");
    assert_true(http_parameter(list, ';', "max-age", &value));
    assert_bytes(value, "60");
    assert_true(http_parameter(list, ';', "name", &value));
    assert_bytes(value, "a;b");
    assert_false(http_parameter(list, ';', "secure", &value));
    assert_false(http_parameter(bytes_text(""), ';', "x", &value));
}

static void numbers(void **state)
{
    uint64_t value;
    (void)state;
    assert_true(http_number(bytes_text("0"), &value) && value == 0);
    assert_true(http_number(bytes_text("000000000000000000000042"), &value) && value == 42);
    assert_true(http_number(bytes_text("999999999999999999"), &value) && value == 999999999999999999);
    assert_false(http_number(bytes_text("1000000000000000000"), &value));
    assert_false(http_number(bytes_text(""), &value));
    assert_false(http_number(bytes_text("+5"), &value));
    assert_false(http_number(bytes_text("5 "), &value));
    assert_false(http_number(bytes_text("0x5"), &value));
}

static void the_end_of_a_head(void **state)
{
    static const struct {
        const char *text;
        size_t end;
    } rows[] = {
        {"a\r\n\r\nb", 5},  {"a\n\nb", 3},  {"a\r\n\nb", 4}, {"a\n\r\nb", 4},
        {"a\r\n \r\nb", 0}, {"a\r\n\r", 0}, {"a\r\n", 0},    {"a\r\nb\r\n\r\n", 8},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(http_head_end(bytes_text(rows[i].text), 0), rows[i].end);
}

static void knows_headers_in_any_case(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum http_header header;
    } rows[] = {
        {"Age", HTTP_HEADER_AGE},
        {"Authorization", HTTP_HEADER_AUTHORIZATION},
        {"cache-control", HTTP_HEADER_CACHE_CONTROL},
        {"Content-Disposition", HTTP_HEADER_CONTENT_DISPOSITION},
        {"CONTENT-ENCODING", HTTP_HEADER_CONTENT_ENCODING},
        {"Content-Length", HTTP_HEADER_CONTENT_LENGTH},
        {"Content-Range", HTTP_HEADER_CONTENT_RANGE},
        {"Content-Type", HTTP_HEADER_CONTENT_TYPE},
        {"cOOKIE", HTTP_HEADER_COOKIE},
        {"Expect", HTTP_HEADER_EXPECT},
        {"HosT", HTTP_HEADER_HOST},
        {"Location", HTTP_HEADER_LOCATION},
        {"Proxy-Authorization", HTTP_HEADER_PROXY_AUTHORIZATION},
        {"Referer", HTTP_HEADER_REFERER},
        {"Retry-After", HTTP_HEADER_RETRY_AFTER},
        {"Set-Cookie", HTTP_HEADER_SET_COOKIE},
        {"Transfer-Encoding", HTTP_HEADER_TRANSFER_ENCODING},
        {"UpGrade", HTTP_HEADER_UPGRADE},
        {"User-Agent", HTTP_HEADER_USER_AGENT},
        {"", HTTP_HEADER_OTHER},
        {"Hosts", HTTP_HEADER_OTHER},
        {"Hest", HTTP_HEADER_OTHER},
        {"(ost", HTTP_HEADER_OTHER},
        {"Content_Length", HTTP_HEADER_OTHER},
        {"Content-Security-Policy", HTTP_HEADER_OTHER},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(http_header_of(bytes_text(rows[i].name)), rows[i].header);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_headers_in_any_case),
        cmocka_unit_test(request_lines),
        cmocka_unit_test(status_lines),
        cmocka_unit_test(header_lines),
        cmocka_unit_test(header_lines_that_break_off),
        cmocka_unit_test(the_scratch_has_an_end),
        cmocka_unit_test(lists),
        cmocka_unit_test(parameters),
        cmocka_unit_test(numbers),
        cmocka_unit_test(the_end_of_a_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
