/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the header lines of a response say.
 */
#include "http.h"

/* name=value; attribute; attribute=value (RFC 6265 section 5.2) */
static void add_set_cookie(struct record *record, struct bytes value)
{
    size_t end = bytes_find(value, ';', 0);
    struct bytes pair = bytes_trim(bytes_first(value, end));
    struct bytes attributes = bytes_trim(bytes_skip(value, end + 1));
    size_t equals = bytes_find(pair, '=', 0);
    record_group_begin(record, HTTP_RESPONSE_COOKIES);
    record_text(record, HTTP_COOKIE_NAME, bytes_trim(bytes_first(pair, equals)));
    if (equals < pair.len)
        record_text(record, HTTP_COOKIE_VALUE, bytes_trim(bytes_skip(pair, equals + 1)));
    if (attributes.len > 0)
        record_text(record, HTTP_COOKIE_ATTRIBUTES, attributes);
    record_group_end(record);
}

void http_response_meaning(struct record *record, enum http_header header, struct bytes value)
{
    switch (header) {
    case HTTP_HEADER_AGE:
        http_explain_seconds(record, "http.age", value);
        break;
    case HTTP_HEADER_CACHE_CONTROL:
        http_explain_cache_control(record, value);
        break;
    case HTTP_HEADER_CONTENT_RANGE:
        http_explain_content_range(record, value);
        break;
    case HTTP_HEADER_CONTENT_TYPE:
        http_mime_type(record, HTTP_RESPONSE_MIME_TYPE, value);
        break;
    case HTTP_HEADER_RETRY_AFTER:
        http_explain_seconds(record, "http.retry_after", value);
        break;
    case HTTP_HEADER_SET_COOKIE:
        http_explain_set_cookie(record, value);
        add_set_cookie(record, value);
        break;
    default:
        break;
    }
}
