/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How long a body is, row by row of RFC 9112 section 6.3, and the lines between chunks.
 */
#include "http/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct row {
    const char *lengths[3], *transfers[3]; /* Content-Length and Transfer-Encoding lines */
    enum http_body request, response;
    uint64_t length;
    unsigned statements, readings; /* 0 or 1: no doubt */
};

static const struct row rows[] = {
    {{0}, {0}, HTTP_BODY_NONE, HTTP_BODY_CLOSE, 0, 0, 0},
    {{"12"}, {0}, HTTP_BODY_LENGTH, HTTP_BODY_LENGTH, 12, 1, 1},
    {{"0"}, {0}, HTTP_BODY_LENGTH, HTTP_BODY_LENGTH, 0, 1, 1},
    {{"12", "12"}, {0}, HTTP_BODY_LENGTH, HTTP_BODY_LENGTH, 12, 2, 1},
    {{"12, 12"}, {0}, HTTP_BODY_LENGTH, HTTP_BODY_LENGTH, 12, 1, 1},
    {{"12", "13"}, {0}, HTTP_BODY_LENGTH, HTTP_BODY_LENGTH, 12, 2, 2},
    {{"12,13, 14"}, {0}, HTTP_BODY_LENGTH, HTTP_BODY_LENGTH, 12, 1, 3},
    {{"+12"}, {0}, HTTP_BODY_NONE, HTTP_BODY_CLOSE, 0, 1, 2},
    {{""}, {0}, HTTP_BODY_NONE, HTTP_BODY_CLOSE, 0, 1, 2},
    {{"x", "12"}, {0}, HTTP_BODY_LENGTH, HTTP_BODY_LENGTH, 12, 2, 2},
    {{0}, {"chunked"}, HTTP_BODY_CHUNKED, HTTP_BODY_CHUNKED, 0, 1, 1},
    {{0}, {"Chunked"}, HTTP_BODY_CHUNKED, HTTP_BODY_CHUNKED, 0, 1, 1},
    {{0}, {"gzip, chunked"}, HTTP_BODY_CHUNKED, HTTP_BODY_CHUNKED, 0, 1, 1},
    {{0}, {"gzip", "chunked"}, HTTP_BODY_CHUNKED, HTTP_BODY_CHUNKED, 0, 2, 2},
    {{"12"}, {"chunked"}, HTTP_BODY_CHUNKED, HTTP_BODY_CHUNKED, 0, 2, 2},
    {{"12"}, {"xchunked"}, HTTP_BODY_LENGTH, HTTP_BODY_CLOSE, 12, 2, 2},
    {{0}, {"xchunked"}, HTTP_BODY_NONE, HTTP_BODY_CLOSE, 0, 1, 2},
    {{0}, {"chunked, identity"}, HTTP_BODY_CHUNKED, HTTP_BODY_CHUNKED, 0, 1, 2},
    {{"12"}, {"identity"}, HTTP_BODY_LENGTH, HTTP_BODY_CLOSE, 12, 2, 2},
    {{0}, {"chunked, chunked"}, HTTP_BODY_CHUNKED, HTTP_BODY_CHUNKED, 0, 1, 2},
    {{0}, {"chunked, gzip"}, HTTP_BODY_NONE, HTTP_BODY_CLOSE, 0, 1, 2},
    {{0}, {""}, HTTP_BODY_NONE, HTTP_BODY_CLOSE, 0, 1, 2},
};

static struct http_lengths gather(const struct row *row)
{
    struct http_lengths lengths = {0};
    for (size_t i = 0; i < 3 && row->lengths[i]; i++)
        http_lengths_content(&lengths, bytes_text(row->lengths[i]));
    for (size_t i = 0; i < 3 && row->transfers[i]; i++)
        http_lengths_transfer(&lengths, bytes_text(row->transfers[i]));
    return lengths;
}

static void lengths_of_bodies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_lengths lengths = gather(&rows[i]);
        struct http_body_choice request = http_body_of_request(&lengths, false);
        struct http_body_choice response = http_body_of_response(&lengths, false, HTTP_METHOD_OTHER, 200);
        print_message("row %zu\n", i);
        assert_int_equal(request.kind, rows[i].request);
        assert_int_equal(response.kind, rows[i].response);
        assert_int_equal(request.length, rows[i].length);
        assert_int_equal(response.length, response.kind == HTTP_BODY_LENGTH ? rows[i].length : 0);
        assert_int_equal(request.statements, rows[i].statements);
        assert_int_equal(response.statements, rows[i].statements);
        assert_int_equal(request.readings, rows[i].readings);
        assert_int_equal(response.readings, rows[i].readings);
    }
}

static void responses_without_body(void **state)
{
    struct http_lengths lengths = {.has_length = true, .length = 9, .length_lines = 1, .transfer_lines = 1};
    (void)state;
    assert_int_equal(http_body_of_response(&lengths, false, HTTP_METHOD_HEAD, 200).kind, HTTP_BODY_NONE);
    assert_int_equal(http_body_of_response(&lengths, false, HTTP_METHOD_OTHER, 204).kind, HTTP_BODY_NONE);
    assert_int_equal(http_body_of_response(&lengths, false, HTTP_METHOD_OTHER, 304).kind, HTTP_BODY_NONE);
    assert_int_equal(http_body_of_response(&lengths, false, HTTP_METHOD_OTHER, 100).kind, HTTP_BODY_NONE);
    assert_int_equal(http_body_of_response(&lengths, false, HTTP_METHOD_OTHER, 304).readings, 0);
    assert_int_equal(http_body_of_response(&lengths, false, HTTP_METHOD_OTHER, 101).kind, HTTP_BODY_TUNNEL);
    assert_int_equal(http_body_of_response(&lengths, false, HTTP_METHOD_CONNECT, 200).kind, HTTP_BODY_TUNNEL);
    assert_int_equal(http_body_of_response(&lengths, false, HTTP_METHOD_CONNECT, 299).kind, HTTP_BODY_TUNNEL);
    assert_int_equal(http_body_of_response(&lengths, false, HTTP_METHOD_CONNECT, 407).kind, HTTP_BODY_CLOSE);
}

static void chunked_is_doubtful_in_1_0(void **state)
{
    struct http_lengths lengths = {0};
    (void)state;
    http_lengths_transfer(&lengths, bytes_text("chunked"));
    assert_int_equal(http_body_of_response(&lengths, true, HTTP_METHOD_OTHER, 200).kind, HTTP_BODY_CHUNKED);
    assert_int_equal(http_body_of_response(&lengths, true, HTTP_METHOD_OTHER, 200).readings, 2);
}

static void chunk_lines(void **state)
{
    static const struct {
        const char *text;
        bool after_data;
        enum framing_kind kind;
        size_t length;
        bool valid;
        uint64_t size;
        bool bare;
    } lines[] = {
        {"5\r\nabc", false, FRAMING_MESSAGE, 3, true, 5, false},
        {"5\nabc", false, FRAMING_MESSAGE, 2, true, 5, true},
        {"fF\r\n", false, FRAMING_MESSAGE, 4, true, 255, false},
        {"0\r\n\r\n", false, FRAMING_MESSAGE, 3, true, 0, false},
        {"000000000000000000000005\r\n", false, FRAMING_MESSAGE, 26, true, 5, false},
        {"fffffffffffffff\r\n", false, FRAMING_MESSAGE, 17, true, 0xfffffffffffffff, false},
        {"1000000000000000\r\n", false, FRAMING_MESSAGE, 18, false, 0, false},
        {"5;name=value\r\n", false, FRAMING_MESSAGE, 14, true, 5, false},
        {" 5 ;x\r\n", false, FRAMING_MESSAGE, 7, true, 5, false},
        {"5 x\r\n", false, FRAMING_MESSAGE, 5, false, 0, false},
        {" \r\n", false, FRAMING_MESSAGE, 3, false, 0, false},
        {"\r\n5\r\n", true, FRAMING_MESSAGE, 5, true, 5, false},
        {"\n5\r\n", true, FRAMING_MESSAGE, 4, true, 5, true},
        {"\r\n5", true, FRAMING_MORE, 0, false, 0, false},
        {"\r", true, FRAMING_MORE, 0, false, 0, false},
        {"5\r", false, FRAMING_MORE, 0, false, 0, false},
        {"5\r\n", true, FRAMING_NONSENSE, 0, false, 0, false},
        {"\rx", true, FRAMING_NONSENSE, 0, false, 0, false},
        {"x\r\n", false, FRAMING_NONSENSE, 0, false, 0, false},
        {"-5\r\n", false, FRAMING_NONSENSE, 0, false, 0, false},
        {"\r\n", false, FRAMING_NONSENSE, 0, false, 0, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct bytes text = bytes_text(lines[i].text);
        struct framing framing = http_chunk_framing(text, 0, lines[i].after_data);
        print_message("line %zu\n", i);
        assert_int_equal(framing.kind, lines[i].kind);
        assert_int_equal(framing.length, lines[i].length);
        /* the same answer when the bytes come one by one */
        struct framing slow = {FRAMING_MORE, 0};
        for (size_t n = 1; n <= text.len && slow.kind == FRAMING_MORE; n++)
            slow = http_chunk_framing(bytes_first(text, n), n - 1, lines[i].after_data);
        assert_int_equal(slow.kind, lines[i].kind);
        assert_int_equal(slow.length, lines[i].length);
        if (framing.kind != FRAMING_MESSAGE)
            continue;
        uint64_t size = 0;
        bool bare = false;
        assert_int_equal(http_chunk_size(bytes_first(text, framing.length), lines[i].after_data, &size, &bare),
                         lines[i].valid);
        assert_int_equal(size, lines[i].size);
        if (lines[i].valid)
            assert_int_equal(bare, lines[i].bare);
    }
}

static void a_chunk_line_has_a_limit(void **state)
{
    static char text[HTTP_CHUNK_LINE_BYTES + 2];
    (void)state;
    memset(text, 'x', sizeof text);
    text[0] = '5';
    text[1] = ';';
    text[HTTP_CHUNK_LINE_BYTES - 1] = '\n';
    assert_int_equal(http_chunk_framing(bytes_of(text, sizeof text), 0, false).kind, FRAMING_MESSAGE);
    text[HTTP_CHUNK_LINE_BYTES - 1] = 'x';
    text[HTTP_CHUNK_LINE_BYTES] = '\n';
    assert_int_equal(http_chunk_framing(bytes_of(text, sizeof text), 0, false).kind, FRAMING_NONSENSE);
    assert_int_equal(http_chunk_framing(bytes_of(text, HTTP_CHUNK_LINE_BYTES - 1), 0, false).kind, FRAMING_MORE);
    assert_int_equal(http_chunk_framing(bytes_of(text, HTTP_CHUNK_LINE_BYTES), HTTP_CHUNK_LINE_BYTES - 1, false).kind,
                     FRAMING_NONSENSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_of_bodies),          cmocka_unit_test(responses_without_body),
        cmocka_unit_test(chunked_is_doubtful_in_1_0), cmocka_unit_test(chunk_lines),
        cmocka_unit_test(a_chunk_line_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
