/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How long a body is: RFC 9112 section 6.3. Where the statements of a message disagree, request smuggling lives: two
 * readers of the same bytes take different parts of them for the next message. One reading is chosen here, as the
 * RFC wants it where it wants something, and the number of possible ones is told:
 *
 *   - chunked as the last transfer coding wins over every Content-Length;
 *   - several Content-Length that differ: the first valid one counts;
 *   - a Transfer-Encoding that does not end with chunked: a response goes on until the server closes; a request is
 *     read by its Content-Length, and without one has no body;
 *   - `identity` is passed over, as if it were not there.
 */
#include "http.h"

void http_lengths_content(struct http_lengths *lengths, struct bytes value)
{
    struct bytes element;
    lengths->length_lines++;
    if (!lengths->has_length && http_number(value, &lengths->length)) { /* nearly always */
        lengths->has_length = true;
        return;
    }
    if (value.len == 0)
        lengths->invalid = true;
    while (http_list_next(&value, ',', &element)) {
        uint64_t length;
        if (!http_number(element, &length)) {
            lengths->invalid = true;
        } else if (!lengths->has_length) {
            lengths->has_length = true;
            lengths->length = length;
        } else if (lengths->length != length) {
            lengths->other_lengths++;
        }
    }
}

static bool is_known_coding(struct bytes coding)
{
    static const char *const known[] = {"gzip", "x-gzip", "deflate", "compress", "x-compress"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (bytes_is_nocase(coding, known[i]))
            return true;
    return false;
}

void http_lengths_transfer(struct http_lengths *lengths, struct bytes value)
{
    struct bytes coding;
    lengths->transfer_lines++;
    if (lengths->transfer_lines > 1)
        lengths->odd_transfer = true;
    while (http_list_next(&value, ',', &coding)) {
        if (bytes_is_nocase(coding, "identity")) {
            lengths->odd_transfer = true;
            continue;
        }
        if (lengths->chunked)
            lengths->odd_transfer = true;
        lengths->chunked = bytes_is_nocase(coding, "chunked");
        if (!lengths->chunked && !is_known_coding(coding))
            lengths->odd_transfer = true;
    }
    if (value.len == 0 && !lengths->chunked)
        lengths->odd_transfer = true;
}

static void count_readings(const struct http_lengths *lengths, bool version_1_0, struct http_body_choice *choice)
{
    choice->statements = lengths->length_lines + lengths->transfer_lines;
    unsigned readings = (lengths->has_length ? 1 : 0) + lengths->other_lengths + (lengths->invalid ? 1 : 0) +
                        (lengths->transfer_lines > 0 ? 1 : 0);
    /* a lone strange transfer coding, or any in HTTP/1.0, is read by some and not by others */
    bool doubtful = lengths->transfer_lines > 0 && (lengths->odd_transfer || version_1_0);
    bool alone_invalid = lengths->invalid && readings == 1;
    if ((doubtful || alone_invalid || lengths->odd_space) && readings < 2)
        readings = 2;
    choice->readings = readings;
}

struct http_body_choice http_body_of_request(const struct http_lengths *lengths, bool version_1_0)
{
    struct http_body_choice choice = {.kind = HTTP_BODY_NONE};
    count_readings(lengths, version_1_0, &choice);
    /* what nothing but the end of the connection can end, cannot be a request */
    if (lengths->transfer_lines > 0 && !lengths->chunked && choice.readings < 2)
        choice.readings = 2;
    if (lengths->chunked) {
        choice.kind = HTTP_BODY_CHUNKED;
    } else if (lengths->has_length) {
        choice.length = lengths->length;
        choice.kind = HTTP_BODY_LENGTH;
    }
    return choice;
}

bool http_body_is_forbidden(const struct http_lengths *lengths, enum http_method method, unsigned status)
{
    bool tunnel = method == HTTP_METHOD_CONNECT && status >= 200 && status < 300;
    bool announced = lengths->transfer_lines > 0 || (lengths->has_length && lengths->length > 0);
    return announced && (tunnel || status == 101 || status == 204);
}

struct http_body_choice http_body_of_response(const struct http_lengths *lengths, bool version_1_0,
                                              enum http_method method, unsigned status)
{
    struct http_body_choice choice = {.kind = HTTP_BODY_NONE};
    if (status == 101 || (method == HTTP_METHOD_CONNECT && status >= 200 && status < 300)) {
        choice.kind = HTTP_BODY_TUNNEL;
        return choice;
    }
    bool interim = status >= 100 && status < 200;
    if (method == HTTP_METHOD_HEAD || interim || status == 204 || status == 304)
        return choice;
    count_readings(lengths, version_1_0, &choice);
    if (lengths->chunked) {
        choice.kind = HTTP_BODY_CHUNKED;
    } else if (lengths->has_length && lengths->transfer_lines == 0) {
        choice.length = lengths->length;
        choice.kind = HTTP_BODY_LENGTH;
    } else {
        choice.kind = HTTP_BODY_CLOSE;
    }
    return choice;
}
