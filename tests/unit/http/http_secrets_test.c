/* SPDX-License-Identifier: BSD-3-Clause
 *
 * URLs, and what of a message is a secret.
 */
#include "http/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *text_of(struct bytes bytes, char ret_text[256])
{
    assert_true(bytes.len < 256);
    if (bytes.len > 0)
        memcpy(ret_text, bytes.at, bytes.len);
    ret_text[bytes.len] = 0;
    return ret_text;
}

static void urls(void **state)
{
    static const struct {
        const char *text, *scheme, *user, *password, *domain;
        int port;
        const char *path, *query;
    } rows[] = {
        {"/a/b?c=d?e#f", "", "", "", "", -1, "/a/b", "c=d?e"},
        {"/", "", "", "", "", -1, "/", ""},
        {"/x?u=http://y/", "", "", "", "", -1, "/x", "u=http://y/"},
        {"*", "", "", "", "", -1, "*", ""},
        {"//a/b", "", "", "", "", -1, "//a/b", ""},
        {"http://a.example", "http", "", "", "a.example", -1, "", ""},
        {"http://a.example:8080/x?y", "http", "", "", "a.example", 8080, "/x", "y"},
        {"HTTPS://u:p:q@a/", "HTTPS", "u", "p:q", "a", -1, "/", ""},
        {"http://u@a?q", "http", "u", "", "a", -1, "", "q"},
        {"http://u:p@x@a/", "http", "u", "p@x", "a", -1, "/", ""},
        {"http://[2001:db8::1]:81/", "http", "", "", "[2001:db8::1]", 81, "/", ""},
        {"http://[::1", "http", "", "", "[::1", -1, "", ""},
        {"http://a:99999/", "http", "", "", "a", -1, "/", ""},
        {"1http://a/", "", "", "", "", -1, "1http://a/", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_url url;
        char text[256];
        http_url_parse(bytes_text(rows[i].text), &url);
        assert_string_equal(text_of(url.scheme, text), rows[i].scheme);
        assert_string_equal(text_of(url.username, text), rows[i].user);
        assert_string_equal(text_of(url.password, text), rows[i].password);
        assert_string_equal(text_of(url.domain, text), rows[i].domain);
        assert_int_equal(url.has_port ? url.port : -1, rows[i].port);
        assert_string_equal(text_of(url.path, text), rows[i].path);
        assert_string_equal(text_of(url.query, text), rows[i].query);
    }
}

static bool same(const char *left, const char *right, bool ports)
{
    struct http_url a = {0}, b = {0};
    http_authority_parse(bytes_text(left), &a);
    http_authority_parse(bytes_text(right), &b);
    return http_same_host(&a, &b, ports);
}

static void hosts(void **state)
{
    (void)state;
    assert_true(same("A.example", "a.example:80", true));
    assert_false(same("a.example", "a.example:81", true));
    assert_true(same("a.example", "a.example:81", false));
    assert_false(same("a.example", "b.example", false));
    assert_true(same("[::1]:80", "[::1]", true));
}

/* The value with stars where it is hidden, then the scheme's number and the user. */
static void assert_hidden(const char *text_value, const char *expected)
{
    struct bytes value = bytes_text(text_value);
    static struct http_scratch scratch;
    struct http_credentials credentials;
    char shown[512], text[256];
    scratch.used = 0;
    http_credentials_parse(&scratch, value, &credentials);
    int length = snprintf(shown, sizeof shown, "%.*s|%d|%s", (int)value.len, (const char *)value.at,
                          (int)credentials.scheme, text_of(credentials.user, text));
    assert_in_range(length, 1, (int)sizeof shown - 1);
    assert_true(credentials.secret.at + credentials.secret.length <= value.len);
    memset(shown + credentials.secret.at, '*', credentials.secret.length);
    assert_string_equal(shown, expected);
}

static void credentials(void **state)
{
    (void)state;
    assert_hidden("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Basic ****************************|0|Aladdin");
    assert_hidden("basic   dTpw", "basic   ****|0|u");
    assert_hidden("Basic Og==", "Basic ****|0|");
    assert_hidden("Basic dXNlcg==", "Basic ********|0|");
    assert_hidden("Basic !", "Basic *|0|");
    assert_hidden("Basic", "Basic|3|");
    assert_hidden("Bearer abc def", "Bearer *******|2|");
    assert_hidden("Negotiate YII=", "Negotiate ****|3|");
    assert_hidden("token ghp_1", "token *****|3|");
    assert_hidden("loose-token", "***********|3|");
    assert_hidden("", "|3|");
    assert_hidden("Digest username=\"Mufasa\", uri=\"/,response=x\", response=\"6629\", qop=auth",
                  "Digest username=\"Mufasa\", uri=\"/,response=x\", response=\"****\", qop=auth|1|Mufasa");
    assert_hidden("Digest response=ab, username=u, RESPONSE = \"cd\"",
                  "Digest response=******************************\"|1|u");
}

static void digests_that_hide_nothing_hide_all(void **state)
{
    (void)state;
    assert_hidden("Digest username=\"u\"", "Digest ************|1|u");
    assert_hidden("Digest response=\"\"", "Digest ***********|1|");
}

static void passwords_in_urls(void **state)
{
    static const struct {
        const char *text;
        size_t at, length;
    } rows[] = {
        {"http://u:secret@a/", 9, 6},
        {"http://u:secret@a/?q=x@y", 9, 6},
        {"/login?next=http://u:pw@a/", 21, 2},
        {"<http://u:p@a/>; rel=x, <http://v:q@b/>; rel=y", 10, 25},
        {"http://u@a/", 0, 0},
        {"http://u:@a/", 0, 0},
        {"http://a/u:p@x", 0, 0},
        {"mail@example.org", 0, 0},
        {"//u:p@a", 4, 1},
        {"//", 0, 0},
        {"@//", 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_secret secret = http_url_secret(bytes_text(rows[i].text));
        assert_int_equal(secret.at, rows[i].at);
        assert_int_equal(secret.length, rows[i].length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls),
        cmocka_unit_test(hosts),
        cmocka_unit_test(credentials),
        cmocka_unit_test(digests_that_hide_nothing_hide_all),
        cmocka_unit_test(passwords_in_urls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
