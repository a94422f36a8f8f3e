/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bodies as files.
 */
#include "http/http_play.h"

static void expect_files(const struct step *steps, const char *expected)
{
    static const size_t cuts[] = {1 << 20, 1, 2, 3, 5, 7, 11, 200};
    struct play *play = calloc(1, sizeof *play);
    assert_non_null(play);
    play->only_files = true;
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++)
        assert_string_equal(play_steps(play, 80, false, steps, cuts[i]), expected);
    free(play);
}

static void names_what_was_asked_for(void **state)
{
    static const struct step steps[] = {
        {'C', "GET /docs/plan.txt?x=1 HTTP/1.1\r\nHost: a\r\n\r\n", 0},
        {'S', "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: application/pdf; x=y\r\n\r\nhello", 0},
        {'C', "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0},
        {'S',
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
         "Content-Disposition: attachment; filename=\"a b.json\"; "
         "filename*=UTF-8''a%20%c3%BC.json\r\n\r\n2\r\n{\"\r\n4\r\na\":1\r\n1\r\n}\r\n0\r\n\r\n",
         0},
        {0, NULL, 0},
    };
    (void)state;
    expect_files(steps, "file\n"
                        "overhear.source_path=/docs/plan.txt\n"
                        "file.name=plan.txt\n"
                        "file.extension=txt\n"
                        "overhear.declared_type=application/pdf\n"
                        "overhear.direction=download\n"
                        "overhear.parent=http\n"
                        "file.size=5\n"
                        "file.mime_type=text/plain\n"
                        "file\n"
                        "file.name=a \xc3\xbc.json\n"
                        "file.extension=json\n"
                        "overhear.direction=download\n"
                        "overhear.parent=http\n"
                        "file.size=7\n"
                        "file.mime_type=application/json\n");
}

static void knows_uploads_and_parts(void **state)
{
    static const struct step steps[] = {
        {'C', "PUT /up/x.bin HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n\1\2\3", 0},
        {'S', "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", 0},
        {'C', "POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na=b", 0},
        {'S', "HTTP/1.1 204 No Content\r\n\r\n", 0},
        {'C', "GET /big HTTP/1.1\r\nHost: a\r\n\r\n", 0},
        {'S', "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 100-102/900\r\nContent-Length: 3\r\n\r\nabc", 0},
        {0, NULL, 0},
    };
    (void)state;
    expect_files(steps, "file\n"
                        "overhear.source_path=/up/x.bin\n"
                        "file.name=x.bin\n"
                        "file.extension=bin\n"
                        "overhear.direction=upload\n"
                        "overhear.parent=http\n"
                        "file.size=3\n"
                        "file.mime_type=application/octet-stream\n"
                        "file\n"
                        "overhear.direction=upload\n"
                        "overhear.parent=http\n"
                        "file.size=3\n"
                        "file.mime_type=text/plain\n"
                        "file\n"
                        "overhear.source_path=/big\n"
                        "file.name=big\n"
                        "overhear.direction=download\n"
                        "overhear.offset=100\n"
                        "overhear.parent=http\n"
                        "file.size=3\n"
                        "file.mime_type=text/plain\n");
}

static void takes_the_content_coding_off(void **state)
{
    static const char packed[] =
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 26\r\n\r\n"
        "\x1f\x8b\x08\0\0\0\0\0\x02\x03\xcb\x48\xcd\xc9\xc9\xe7\x02\0\x20\x30\x3a\x36\x06\0\0\0";
    static const struct step steps[] = {
        {'C', "GET /a HTTP/1.1\r\nHost: a\r\n\r\n", 0},
        {'S', packed, sizeof packed - 1},
        {'C', "GET /b HTTP/1.1\r\nHost: a\r\n\r\n", 0},
        {'S', "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 6\r\n\r\nplain\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    expect_files(steps, "file\n"
                        "overhear.source_path=/a\n"
                        "file.name=a\n"
                        "overhear.direction=download\n"
                        "overhear.parent=http\n"
                        "file.size=6\n"
                        "file.mime_type=text/plain\n"
                        "file\n"
                        "overhear.source_path=/b\n"
                        "file.name=b\n"
                        "overhear.direction=download\n"
                        "overhear.parent=http\n"
                        "file.size=6\n"
                        "file.mime_type=text/plain\n");
}

static void says_what_is_missing(void **state)
{
    static const struct step steps[] = {
        {'C', "GET /a HTTP/1.1\r\nHost: a\r\n\r\n", 0},
        {'S', "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nabcde", 0},
        {'s', NULL, 10},
        {'S', "vwxyz", 0},
        {'C', "GET /b HTTP/1.1\r\nHost: a\r\n\r\n", 0},
        {'S', "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nbroken", 0},
        {0, NULL, 0},
    };
    (void)state;
    expect_files(steps, "file incomplete\n"
                        "overhear.source_path=/a\n"
                        "file.name=a\n"
                        "overhear.direction=download\n"
                        "overhear.parent=http\n"
                        "file.size=10\n"
                        "file.mime_type=text/plain\n"
                        "overhear.missing_bytes=10\n"
                        "file incomplete\n"
                        "overhear.source_path=/b\n"
                        "file.name=b\n"
                        "overhear.direction=download\n"
                        "overhear.parent=http\n"
                        "file.size=6\n"
                        "file.mime_type=text/plain\n");
}

static void an_empty_body_is_no_file(void **state)
{
    static const struct step steps[] = {
        {'C', "GET /a HTTP/1.1\r\nHost: a\r\n\r\n", 0},
        {'S', "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0},
        {'C', "HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n", 0},
        {'S', "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", 0},
        {'C', "GET /a HTTP/1.1\r\nHost: a\r\n\r\n", 0},
        {'S', "HTTP/1.1 200 OK\r\n\r\n", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    expect_files(steps, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_what_was_asked_for),     cmocka_unit_test(knows_uploads_and_parts),
        cmocka_unit_test(takes_the_content_coding_off), cmocka_unit_test(says_what_is_missing),
        cmocka_unit_test(an_empty_body_is_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
