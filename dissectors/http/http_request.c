/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the header lines of a request say, and the URL that it asks for (RFC 9110 section 7.1: the target, or the
 * Host header and the target together).
 */
#include "http.h"

/* Each at the place that its length and its first and last letter give: no two share one. The unit test holds the
 * places against the names. */
enum { KNOWN_PLACES = 32 };

#define ROW(name, header)                                                                                              \
    {                                                                                                                  \
        name, sizeof(name) - 1, header                                                                                 \
    }

static const struct {
    const char *name;
    size_t length;
    enum http_header header;
} known_headers[KNOWN_PLACES] = {
    [0] = ROW("cookie", HTTP_HEADER_COOKIE),
    [6] = ROW("cache-control", HTTP_HEADER_CACHE_CONTROL),
    [7] = ROW("upgrade", HTTP_HEADER_UPGRADE),
    [9] = ROW("proxy-authorization", HTTP_HEADER_PROXY_AUTHORIZATION),
    [10] = ROW("location", HTTP_HEADER_LOCATION),
    [11] = ROW("content-length", HTTP_HEADER_CONTENT_LENGTH),
    [12] = ROW("transfer-encoding", HTTP_HEADER_TRANSFER_ENCODING),
    [13] = ROW("connection", HTTP_HEADER_CONNECTION),
    [15] = ROW("referer", HTTP_HEADER_REFERER),
    [16] = ROW("host", HTTP_HEADER_HOST),
    [17] = ROW("user-agent", HTTP_HEADER_USER_AGENT),
    [19] = ROW("retry-after", HTTP_HEADER_RETRY_AFTER),
    [20] = ROW("set-cookie", HTTP_HEADER_SET_COOKIE),
    [22] = ROW("content-type", HTTP_HEADER_CONTENT_TYPE),
    [23] = ROW("age", HTTP_HEADER_AGE),
    [26] = ROW("authorization", HTTP_HEADER_AUTHORIZATION),
    [28] = ROW("content-encoding", HTTP_HEADER_CONTENT_ENCODING),
    [29] = ROW("expect", HTTP_HEADER_EXPECT),
    [30] = ROW("content-disposition", HTTP_HEADER_CONTENT_DISPOSITION),
    [31] = ROW("content-range", HTTP_HEADER_CONTENT_RANGE),
};

static unsigned place_of(struct bytes name)
{
    const unsigned first = bytes_at(name, 0) | 0x20u, last = bytes_at(name, name.len - 1) | 0x20u;
    return ((unsigned)name.len * 9 + first * 23 + last) % KNOWN_PLACES;
}

enum http_header http_header_of(struct bytes name)
{
    const unsigned place = place_of(name);
    if (known_headers[place].length != name.len || name.len == 0 ||
        !bytes_equal_small(name, bytes_of(known_headers[place].name, name.len)))
        return HTTP_HEADER_OTHER;
    return known_headers[place].header;
}

static bool is_same_host(struct bytes a, struct bytes b)
{
    struct http_url one = {0}, other = {0};
    http_authority_parse(a, &one);
    http_authority_parse(b, &other);
    return http_same_host(&one, &other, true);
}

static void gather_host(struct http_head *head, struct bytes value)
{
    if (head->odd_host == 0)
        head->odd_host = http_odd_host_byte(value);
    if (head->hosts == 0) {
        head->host = value;
        head->hosts = 1;
    } else if (!is_same_host(head->host, value)) {
        head->hosts++;
    }
}

void http_gather_field(struct http_head *head, enum http_header header, struct bytes value)
{
    struct bytes element;
    switch (header) {
    case HTTP_HEADER_CONTENT_LENGTH:
        http_lengths_content(&head->lengths, value);
        break;
    case HTTP_HEADER_TRANSFER_ENCODING:
        http_lengths_transfer(&head->lengths, value);
        break;
    case HTTP_HEADER_CONTENT_ENCODING:
        while (http_list_next(&value, ',', &element)) {
            if (element.len == 0 || bytes_is_nocase(element, "identity"))
                continue;
            head->content_encoding = element;
            head->codings++;
        }
        break;
    case HTTP_HEADER_HOST:
        gather_host(head, value);
        break;
    case HTTP_HEADER_UPGRADE:
        head->upgrade = value;
        break;
    case HTTP_HEADER_EXPECT:
        head->expects = bytes_is_nocase(value, "100-continue");
        head->odd_expectation = !head->expects;
        break;
    case HTTP_HEADER_CONTENT_TYPE:
        head->holds_messages = bytes_begin_nocase(value, "message/") || bytes_begin_nocase(value, "application/http");
        break;
    case HTTP_HEADER_CONNECTION:
        http_connection(&head->connection, value);
        break;
    case HTTP_HEADER_LOCATION:
        head->location = value;
        break;
    case HTTP_HEADER_CONTENT_DISPOSITION:
        head->disposition = value;
        break;
    case HTTP_HEADER_CONTENT_RANGE:
        head->content_range = value;
        break;
    default:
        break;
    }
}

bool http_inflate_format(const struct http_head *head, enum inflate_format *ret_format)
{
    if (head->codings != 1)
        return false;
    if (bytes_is_nocase(head->content_encoding, "gzip") || bytes_is_nocase(head->content_encoding, "x-gzip"))
        *ret_format = INFLATE_GZIP;
    else if (bytes_is_nocase(head->content_encoding, "deflate") || bytes_is_nocase(head->content_encoding, "x-deflate"))
        *ret_format = INFLATE_DEFLATE;
    else
        return false;
    return true;
}

void http_plain_field(struct record *record, const struct http_head *head, unsigned map, struct bytes name,
                      struct bytes value)
{
    struct http_secret secret = head->may_hide ? http_url_secret(value) : (struct http_secret){0, 0};
    record_map_secret(record, map, name, value, secret.at, secret.length);
}

void http_mime_type(struct record *record, unsigned field, struct bytes value)
{
    struct bytes type = bytes_trim(bytes_first(value, bytes_find(value, ';', 0)));
    if (type.len > 0)
        record_text(record, field, type);
}

void http_add_credentials(struct record *record, struct http_head *head, struct http_scratch *scratch,
                          enum http_header header, struct bytes name, struct bytes value)
{
    struct http_credentials credentials;
    http_credentials_parse(scratch, value, &credentials);
    record_map_secret(record, HTTP_REQUEST_HEADERS, name, value, credentials.secret.at, credentials.secret.length);
    http_explain_credentials(record, &credentials);
    if (credentials.user.len > 0)
        record_text(record, HTTP_USER_NAME, credentials.user);
    if (credentials.password.len > 0) {
        record_text(record, HTTP_USER_PASSWORD, credentials.password);
        head->has_credential = true;
    }
    if (credentials.user.len == 0)
        return;
    bool of_server = header == HTTP_HEADER_AUTHORIZATION;
    if (of_server && credentials.scheme == HTTP_SCHEME_BASIC && head->user.len == 0)
        head->user = credentials.user;
}

static void add_cookies(struct record *record, struct bytes value)
{
    struct bytes cookie;
    while (http_list_next(&value, ';', &cookie)) {
        if (cookie.len == 0)
            continue;
        size_t equals = bytes_find(cookie, '=', 0);
        record_group_begin(record, HTTP_REQUEST_COOKIES);
        record_text(record, HTTP_COOKIE_NAME, bytes_trim(bytes_first(cookie, equals)));
        if (equals < cookie.len)
            record_text(record, HTTP_COOKIE_VALUE, bytes_trim(bytes_skip(cookie, equals + 1)));
        record_group_end(record);
    }
}

void http_request_meaning(struct record *record, const struct http_head *head, enum http_header header,
                          struct bytes value)
{
    struct http_secret secret = {0, 0};
    switch (header) {
    case HTTP_HEADER_COOKIE:
        add_cookies(record, value);
        break;
    case HTTP_HEADER_CONTENT_TYPE:
        http_mime_type(record, HTTP_REQUEST_MIME_TYPE, value);
        break;
    case HTTP_HEADER_REFERER:
        if (head->may_hide)
            secret = http_url_secret(value);
        record_text_secret(record, HTTP_REQUEST_REFERRER, value, secret.at, secret.length);
        break;
    case HTTP_HEADER_USER_AGENT:
        record_text(record, HTTP_USER_AGENT, value);
        break;
    default:
        break;
    }
}

static void add_text(struct record *record, unsigned field, struct bytes text)
{
    if (text.len > 0)
        record_text(record, field, text);
}

/* `may_hide`: there is an @ in it, perhaps behind a password. */
static void add_secret_text(struct record *record, unsigned field, struct bytes text, bool may_hide)
{
    if (!may_hide) {
        add_text(record, field, text);
        return;
    }
    struct http_secret secret = http_url_secret(text);
    if (text.len > 0)
        record_text_secret(record, field, text, secret.at, secret.length);
}

/* The address of the server, where no name is asked for. */
static void add_server_address(struct http_scratch *scratch, const struct endpoint *server)
{
    char text[ADDRESS_TEXT_SIZE];
    size_t length = address_text(&server->ip, text);
    bool brackets = server->ip.family == 6;
    http_scratch_add(scratch, bytes_text(brackets ? "[" : ""));
    http_scratch_add(scratch, bytes_of(text, length));
    http_scratch_add(scratch, bytes_text(brackets ? "]" : ""));
    if (server->port == 80)
        return;
    uint8_t digits[6] = {':'};
    size_t count = 1;
    for (unsigned divisor = 10000; divisor > 0; divisor /= 10)
        if (server->port >= divisor || divisor == 1)
            digits[count++] = (uint8_t)('0' + server->port / divisor % 10);
    http_scratch_add(scratch, bytes_of(digits, count));
}

/* `http://` host target */
static void add_full(struct record *record, struct emitter *emitter, struct bytes host, struct bytes target,
                     struct http_scratch *scratch, bool may_hide)
{
    size_t from = scratch->used;
    http_scratch_add(scratch, bytes_text("http://"));
    if (host.len > 0)
        http_scratch_add(scratch, host);
    else
        add_server_address(scratch, &emit_conversation(emitter)->destination);
    if (bytes_is(target, "*"))
        target = bytes_text("");
    else if (bytes_at(target, 0) != '/')
        http_scratch_add(scratch, bytes_text("/"));
    http_scratch_add(scratch, target);
    add_secret_text(record, HTTP_URL_FULL, bytes_of(&scratch->text[from], scratch->used - from), may_hide);
}

static void add_port(struct record *record, struct emitter *emitter, const struct http_url *url, struct bytes scheme)
{
    if (url->has_port)
        record_integer(record, HTTP_URL_PORT, url->port);
    else if (url->domain.len == 0)
        record_integer(record, HTTP_URL_PORT, emit_conversation(emitter)->destination.port);
    else if (bytes_is_nocase(scheme, "http"))
        record_integer(record, HTTP_URL_PORT, 80);
    else if (bytes_is_nocase(scheme, "https"))
        record_integer(record, HTTP_URL_PORT, 443);
}

/* `url`: of the target, which is no authority alone. */
static void add_whole(struct record *record, struct emitter *emitter, const struct http_head *head,
                      const struct http_url *url, struct http_scratch *scratch, bool may_hide)
{
    if (url->scheme.len > 0)
        add_secret_text(record, HTTP_URL_FULL, head->start.target, may_hide);
    else if (!head->broken_off || head->hosts > 0) /* else the host may be in what is lost */
        add_full(record, emitter, head->host, head->start.target, scratch, may_hide);
}

/* What is lost of the line may be of the target; or of a method that makes an authority of it. */
static bool is_target_known(const struct http_head *head)
{
    return !head->broken_line && (!head->broken_method || bytes_at(head->start.target, 0) == '/');
}

unsigned http_request_url(struct record *record, struct emitter *emitter, const struct http_head *head,
                          struct http_scratch *scratch)
{
    struct http_url url = {0}, host = {0};
    struct bytes target = head->start.target, scheme = bytes_text("http");
    bool connect = bytes_is(head->start.method, "CONNECT");
    unsigned hosts = head->hosts;
    bool may_hide = head->may_hide || bytes_find(target, '@', 0) < target.len;
    add_secret_text(record, HTTP_URL_ORIGINAL, target, may_hide);
    if (!is_target_known(head))
        return hosts;
    http_authority_parse(head->host, &host);
    if (connect) {
        http_authority_parse(target, &url);
        add_text(record, HTTP_URL_FULL, url.authority);
        scheme = (struct bytes){0};
    } else {
        http_url_parse(target, &url);
        add_whole(record, emitter, head, &url, scratch, may_hide);
        if (url.scheme.len > 0)
            scheme = url.scheme;
    }
    const struct http_url *asked = url.domain.len > 0 ? &url : &host;
    /* Host beside CONNECT often leaves out the port. */
    if (asked == &url && head->hosts > 0 && !http_same_host(&url, &host, !connect && url.scheme.len == 4))
        hosts++;
    add_text(record, HTTP_URL_SCHEME, scheme);
    add_text(record, HTTP_URL_DOMAIN, asked->domain);
    if (!head->broken_off || asked->domain.len > 0)
        add_port(record, emitter, asked, scheme);
    if (!connect && !bytes_is(url.path, "*"))
        add_text(record, HTTP_URL_PATH, url.path);
    add_text(record, HTTP_URL_QUERY, url.query);
    add_text(record, HTTP_URL_USERNAME, url.username.len > 0 ? url.username : head->user);
    return hosts;
}
