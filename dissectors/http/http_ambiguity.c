/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What two readers take for two things: names of headers that one of them repairs and the other does not, lists of
 * headers that are to be left out on the way, hosts and chunks with bytes that end them early for some, and requests
 * inside the bodies of others, which is what is left to see of a smuggled one when nobody knows which of the two
 * readers is wrong.
 */
#include "http.h"

#include "overhear/text.h"

/* --- header lines --- */

bool http_is_lookalike(struct bytes name)
{
    static const char *const words[][2] = {{"content", "length"}, {"transfer", "encoding"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const struct bytes first = bytes_text(words[i][0]), last = bytes_text(words[i][1]);
        for (size_t before = 0; before <= 1; before++) {
            const struct bytes rest = bytes_skip(name, before);
            if (!bytes_equal_nocase(bytes_first(rest, first.len), first))
                continue;
            for (size_t between = 1; between <= 2; between++)
                if (rest.len <= first.len + between + last.len + 1 &&
                    bytes_equal_nocase(bytes_slice(rest, first.len + between, last.len), last))
                    return true;
        }
    }
    return false;
}

/* A control byte or one beyond ASCII in a name, where whoever reads on must have a way of its own. */
static void tell_odd_names(struct emitter *emitter, struct bytes lines)
{
    struct http_fields fields = {.rest = lines};
    struct http_field field;
    while (http_field_next(&fields, &field)) {
        const size_t odd = bytes_find_unusual(field.name);
        if (odd == field.name.len)
            continue;
        emit_anomaly(emitter, ANOMALY_HTTP_ODD_HEADER_NAME, fields.lines, bytes_at(field.name, odd));
        return;
    }
}

void http_tell_odd_bytes(struct emitter *emitter, struct bytes lines)
{
    if (bytes_find_unusual(lines) == lines.len)
        return;
    text_tell_hidden_line(emitter, lines);
    tell_odd_names(emitter, lines);
}

void http_connection(struct http_connection *connection, struct bytes value)
{
    static const char *const dropped[] = {
        "AUTHORIZATION",     "CONTENT-LENGTH",  "COOKIE",           "FORWARDED",         "HOST",      "ORIGIN",
        "TRANSFER-ENCODING", "X-FORWARDED-FOR", "X-FORWARDED-HOST", "X-FORWARDED-PROTO", "X-REAL-IP", NULL};
    struct bytes element;
    enum { KEEP_ALIVE = 10, CLOSE = 5 }; /* how long nearly all are; nothing of that length matters here */
    if ((value.len == KEEP_ALIVE && byte_lower(bytes_at(value, 0)) == 'k') || value.len == CLOSE)
        return;
    while (http_list_next(&value, ',', &element)) {
        if (bytes_is_nocase(element, "upgrade"))
            connection->upgrade = true;
        else if (bytes_is_nocase(element, "http2-settings"))
            connection->http2_settings = true;
        else if (text_find_word(dropped, element) >= 0)
            connection->drops = true;
    }
}

/* Of ASCII, those that stand in a host: letters, digits and what addresses and names of services need. */
static const bool in_host[256] = {
    ['!'] = true, ['$'] = true, ['%'] = true, ['&'] = true, ['\''] = true, ['('] = true, [')'] = true, ['*'] = true,
    ['+'] = true, ['-'] = true, ['.'] = true, ['0'] = true, ['1'] = true,  ['2'] = true, ['3'] = true, ['4'] = true,
    ['5'] = true, ['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true,  [':'] = true, [';'] = true, ['='] = true,
    ['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true,  ['F'] = true, ['G'] = true, ['H'] = true,
    ['I'] = true, ['J'] = true, ['K'] = true, ['L'] = true, ['M'] = true,  ['N'] = true, ['O'] = true, ['P'] = true,
    ['Q'] = true, ['R'] = true, ['S'] = true, ['T'] = true, ['U'] = true,  ['V'] = true, ['W'] = true, ['X'] = true,
    ['Y'] = true, ['Z'] = true, ['['] = true, [']'] = true, ['_'] = true,  ['a'] = true, ['b'] = true, ['c'] = true,
    ['d'] = true, ['e'] = true, ['f'] = true, ['g'] = true, ['h'] = true,  ['i'] = true, ['j'] = true, ['k'] = true,
    ['l'] = true, ['m'] = true, ['n'] = true, ['o'] = true, ['p'] = true,  ['q'] = true, ['r'] = true, ['s'] = true,
    ['t'] = true, ['u'] = true, ['v'] = true, ['w'] = true, ['x'] = true,  ['y'] = true, ['z'] = true, ['~'] = true,
};

unsigned http_odd_host_byte(struct bytes host)
{
    for (size_t i = 0; i < host.len; i++)
        if (!in_host[bytes_at(host, i)])
            return bytes_at(host, i) + 1u;
    return 0;
}

/* `%0d%0a`, then what can be nothing but the name of a header and its colon. */
static bool is_line_for_header(struct bytes text)
{
    enum { LINE_END = 6 };
    if (!bytes_begin_nocase(text, "%0d%0a"))
        return false;
    size_t end = LINE_END;
    uint8_t c = byte_lower(bytes_at(text, end));
    while ((c >= 'a' && c <= 'z') || c == '-')
        c = byte_lower(bytes_at(text, ++end));
    return end > LINE_END + 2 && (c == ':' || bytes_begin_nocase(bytes_skip(text, end), "%3a"));
}

static void tell_injection(struct emitter *emitter, struct bytes target)
{
    for (size_t at = bytes_find(target, '%', 0); at < target.len; at = bytes_find(target, '%', at + 1)) {
        if (!is_line_for_header(bytes_skip(target, at)))
            continue;
        emit_anomaly(emitter, ANOMALY_HTTP_HEADER_INJECTION, at, 0);
        return;
    }
}

/* RFC 7540 section 3.2: both are named in Connection; and no proxy that knows h2c lets one with a body through. */
static bool is_odd_upgrade(const struct http_head *head, const struct http_body_choice *choice)
{
    struct bytes list = head->upgrade, protocol;
    while (http_list_next(&list, ',', &protocol))
        if (bytes_is_nocase(protocol, "h2c"))
            return !head->connection.upgrade || !head->connection.http2_settings || choice->kind == HTTP_BODY_CHUNKED ||
                   choice->length > 0;
    return false;
}

void http_look_at_request(struct http_state *state, struct emitter *emitter, const struct http_head *head,
                          const struct http_body_choice *choice)
{
    state->inner = (struct http_inner_look){.state = head->holds_messages ? HTTP_INNER_NONE : HTTP_INNER_METHOD};
    if (head->broken_off)
        return;
    tell_injection(emitter, head->start.target);
    if (head->odd_host > 0)
        emit_anomaly(emitter, ANOMALY_HTTP_ODD_HOST, head->odd_host - 1, 0);
    if (head->connection.drops)
        emit_anomaly(emitter, ANOMALY_HTTP_DROPPED_HEADER, 0, 0);
    if (head->odd_expectation)
        emit_anomaly(emitter, ANOMALY_HTTP_ODD_EXPECTATION, 0, 0);
    if (head->upgrade.len > 0 && is_odd_upgrade(head, choice))
        emit_anomaly(emitter, ANOMALY_HTTP_ODD_UPGRADE, 0, 0);
}

/* --- chunks --- */

/* Space before the length, more zeros than a number has digits, controls in an extension: some readers pass over them,
 * others end the line, or the number, there. */
unsigned http_chunk_odd_byte(struct bytes line, bool after_data)
{
    enum { DIGITS = 16 };
    bool bare = false;
    if (after_data)
        http_take_line(&line, &bare);
    line = http_take_line(&line, &bare);
    const uint8_t first = bytes_at(line, 0);
    if (first == ' ' || first == '\t')
        return first + 1u;
    const size_t digits = bytes_find(line, ';', 0);
    if (digits > DIGITS && first == '0' && bytes_trim(bytes_first(line, digits)).len > DIGITS)
        return first + 1u;
    const size_t odd = bytes_find_unusual(line);
    return odd < line.len && bytes_at(line, odd) < ' ' ? bytes_at(line, odd) + 1u : 0;
}

/* --- requests inside of bodies --- */

/* One byte more. False: it is none. */
static bool look_on(struct http_inner_look *look, uint8_t c)
{
    static const char version[] = " HTTP/1.";
    enum { METHOD_LEAST = 3, METHOD_MOST = 16, LINE_MOST = 4096 };
    look->passed++;
    switch (look->state) {
    case HTTP_INNER_METHOD:
        if (c == ' ' && look->passed > METHOD_LEAST)
            look->state = HTTP_INNER_TARGET;
        else if (c < 'A' || c > 'Z' || look->passed > METHOD_MOST)
            return false;
        return true;
    case HTTP_INNER_TARGET:
        look->state = HTTP_INNER_REST;
        return c == '/' || c == 'h' || c == '*';
    case HTTP_INNER_REST:
        look->matched = (uint8_t)(c == (uint8_t)version[look->matched] ? look->matched + 1 : c == ' ');
        return c >= ' ' && c < 0x7f && look->passed < LINE_MOST;
    case HTTP_INNER_NONE:
        break;
    }
    return false;
}

bool http_inner_request(struct http_inner_look *look, struct bytes piece)
{
    enum { VERSION = 8 };
    for (size_t i = 0; i < piece.len && look->state != HTTP_INNER_NONE; i++) {
        if (!look_on(look, bytes_at(piece, i)))
            look->state = HTTP_INNER_NONE;
        if (look->matched < VERSION)
            continue;
        look->state = HTTP_INNER_NONE;
        return true;
    }
    return false;
}
