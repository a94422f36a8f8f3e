/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What two readers take for two things: names, hosts, chunks, and requests inside of bodies.
 */
#include "http/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void lookalikes(void **state)
{
    static const char *const alike[] = {"Content_Length",     "content length",    "Content--Length",
                                        "Content-Length\x01", "~Content-Length",   "Transfer_Encoding",
                                        "Transfer-Encoding'", "transfer\tencoding"};
    static const char *const others[] = {
        "Content-Language",  "Content-Location", "Contents-Lengthen", "X-Content-Length",
        "Content-Length-X",  "ContentLength",    "Transfer-Encoder-", "",
        "Access-Control-Max"};
    (void)state;
    for (size_t i = 0; i < sizeof alike / sizeof alike[0]; i++)
        assert_true(http_is_lookalike(bytes_text(alike[i])));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(http_is_lookalike(bytes_text(others[i])));
}

static void hosts(void **state)
{
    (void)state;
    assert_int_equal(http_odd_host_byte(bytes_text("[2001:db8::1%25eth0]:80")), 0);
    assert_int_equal(http_odd_host_byte(bytes_text("a_b.example:8080")), 0);
    assert_int_equal(http_odd_host_byte(bytes_text("")), 0);
    assert_int_equal(http_odd_host_byte(bytes_text("a,b")), ',' + 1);
    assert_int_equal(http_odd_host_byte(bytes_text("a\\b")), '\\' + 1);
    assert_int_equal(http_odd_host_byte(bytes_text("\xff")), 0xff + 1);
    assert_int_equal(http_odd_host_byte(bytes_of("\0", 1)), 1);
}

static void chunk_lines(void **state)
{
    (void)state;
    assert_int_equal(http_chunk_odd_byte(bytes_text("5\r\n"), false), 0);
    assert_int_equal(http_chunk_odd_byte(bytes_text("5  ;name=\"value\"\r\n"), false), 0);
    assert_int_equal(http_chunk_odd_byte(bytes_text("0000000000000005\r\n"), false), 0);
    assert_int_equal(http_chunk_odd_byte(bytes_text("00000000000000005\r\n"), false), '0' + 1);
    assert_int_equal(http_chunk_odd_byte(bytes_text("0                          \r\n"), false), 0);
    assert_int_equal(http_chunk_odd_byte(bytes_text("\r\n\t5\r\n"), true), '\t' + 1);
    assert_int_equal(http_chunk_odd_byte(bytes_text("\r\n5;\rx\r\n"), true), '\r' + 1);
    assert_int_equal(http_chunk_odd_byte(bytes_text("5;\xc3\xbc\r\n"), false), 0);
}

static void lists_of_connection(void **state)
{
    static const struct {
        const char *value;
        bool drops, upgrade, settings;
    } rows[] = {
        {"keep-alive", false, false, false},
        {"close, TE", false, false, false},
        {"Upgrade", false, true, false},
        {"Upgrade, HTTP2-Settings", false, true, true},
        {"close,content-length", true, false, false},
        {"X-Forwarded-For", true, false, false},
        {"", false, false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_connection connection = {0};
        http_connection(&connection, bytes_text(rows[i].value));
        assert_int_equal(connection.drops, rows[i].drops);
        assert_int_equal(connection.upgrade, rows[i].upgrade);
        assert_int_equal(connection.http2_settings, rows[i].settings);
    }
}

/* In two pieces, cut everywhere, and in pieces of one byte. */
static void requests_in_bodies(void **state)
{
    static const struct {
        const char *body;
        bool found;
    } rows[] = {
        {"GET / HTTP/1.1\r\n", true},
        {"GPOST /a?b HTTP/1.0\r\nX", true},
        {"GET http://a/ HTTP/1.1\r\n", true},
        {"GET / HTTP HTTP/1.1", true},
        {"OPTIONS * HTTP/1.1", true},
        {"GET /\r\n HTTP/1.1\r\n", false},
        {"get / HTTP/1.1\r\n", false},
        {"GET is / HTTP/1.1\r\n", false},
        {"A / HTTP/1.1\r\n", false},
        {"ABCDEFGHIJKLMNOPQ / HTTP/1.1\r\n", false},
        {" GET / HTTP/1.1\r\n", false},
        {"a=b&GET / HTTP/1.1", false},
        {"GET / HTTP/2", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct bytes body = bytes_text(rows[i].body);
        for (size_t cut = 0; cut <= body.len; cut++) {
            struct http_inner_look look = {0};
            bool found = http_inner_request(&look, bytes_first(body, cut));
            assert_int_equal(found + http_inner_request(&look, bytes_skip(body, cut)), rows[i].found);
        }
        struct http_inner_look look = {0};
        int found = 0;
        for (size_t at = 0; at < body.len; at++)
            found += http_inner_request(&look, bytes_slice(body, at, 1));
        assert_int_equal(found, rows[i].found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lookalikes),         cmocka_unit_test(hosts),
        cmocka_unit_test(chunk_lines),        cmocka_unit_test(lists_of_connection),
        cmocka_unit_test(requests_in_bodies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
