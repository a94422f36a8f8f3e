/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Observations: what is worth saying about one exchange beyond what each word in it means. The sentences are in
 * notes.json, under the keys named here.
 */
#include "http.h"

enum { SECOND_NS = 1000000000 };

static struct argument text_argument(const char *name, struct bytes text)
{
    return (struct argument){.name = name, .kind = ARGUMENT_TEXT, .text = text};
}

static struct argument number_argument(const char *name, enum argument_kind kind, uint64_t value)
{
    int64_t integer = value > INT64_MAX ? INT64_MAX : (int64_t)value;
    return (struct argument){.name = name, .kind = kind, .integer = integer};
}

void http_explain_version(struct record *record)
{
    if (!record->wants_notes)
        return;
    struct bytes version = record_find_text(record, HTTP_VERSION);
    if (bytes_is(version, "1.1"))
        record_observe(record, HTTP_VERSION, "http.version_1_1", NULL, 0);
    else if (bytes_is(version, "1.0"))
        record_observe(record, HTTP_VERSION, "http.version_1_0", NULL, 0);
    else if (bytes_is(version, "0.9"))
        record_observe(record, HTTP_VERSION, "http.version_0_9", NULL, 0);
}

void http_explain_credentials(struct record *record, const struct http_credentials *credentials)
{
    if (!record->wants_notes)
        return;
    static const char *const named[] = {
        [HTTP_SCHEME_BASIC] = "http.basic_user", [HTTP_SCHEME_DIGEST] = "http.digest_user"};
    static const char *const nameless[] = {[HTTP_SCHEME_BASIC] = "http.basic",
                                           [HTTP_SCHEME_DIGEST] = "http.digest",
                                           [HTTP_SCHEME_BEARER] = "http.bearer",
                                           [HTTP_SCHEME_OTHER] = "http.credentials"};
    bool has_user = credentials->user.len > 0 && credentials->scheme <= HTTP_SCHEME_DIGEST;
    struct argument user = text_argument("user", credentials->user);
    record_observe(record, RECORD_LAST, has_user ? named[credentials->scheme] : nameless[credentials->scheme], &user,
                   has_user ? 1 : 0);
}

/* Seconds as a duration; more than a hundred years say nothing. */
static bool seconds_argument(struct bytes digits, struct argument *ret_argument)
{
    const uint64_t century = (uint64_t)100 * 365 * 86400;
    uint64_t seconds;
    if (!http_number(digits, &seconds) || seconds > century)
        return false;
    *ret_argument = number_argument("time", ARGUMENT_DURATION, seconds * SECOND_NS);
    return true;
}

void http_explain_seconds(struct record *record, const char *observation, struct bytes seconds)
{
    if (!record->wants_notes)
        return;
    struct argument time;
    if (seconds_argument(seconds, &time))
        record_observe(record, RECORD_LAST, observation, &time, 1);
}

void http_explain_set_cookie(struct record *record, struct bytes cookie)
{
    if (!record->wants_notes)
        return;
    struct bytes age;
    struct argument arguments[2];
    struct bytes pair = bytes_first(cookie, bytes_find(cookie, ';', 0));
    struct bytes name = bytes_trim(bytes_first(pair, bytes_find(pair, '=', 0)));
    struct bytes attributes = bytes_skip(cookie, bytes_find(cookie, ';', 0) + 1);
    arguments[0] = text_argument("name", name);
    if (name.len == 0 || bytes_find(pair, '=', 0) == pair.len)
        return;
    bool has_age = http_parameter(attributes, ';', "max-age", &age);
    if (has_age && bytes_at(age, 0) == '-')
        age = bytes_text("0"); /* less than none (RFC 6265 section 5.2.2) */
    if (has_age && seconds_argument(age, &arguments[1])) {
        bool gone = arguments[1].integer == 0;
        record_observe(record, RECORD_LAST, gone ? "http.cookie_gone" : "http.cookie_kept", arguments, gone ? 1 : 2);
    } else if (http_parameter(attributes, ';', "expires", &age)) {
        arguments[1] = text_argument("date", age);
        record_observe(record, RECORD_LAST, "http.cookie_until", arguments, 2);
    } else {
        record_observe(record, RECORD_LAST, "http.cookie_set", arguments, 1);
    }
}

/* bytes 0-499/1234, bytes 0-499/ *, bytes * /1234 */
void http_explain_content_range(struct record *record, struct bytes value)
{
    if (!record->wants_notes)
        return;
    if (!bytes_begin_nocase(value, "bytes "))
        return;
    value = bytes_trim(bytes_skip(value, 6));
    size_t slash = bytes_find(value, '/', 0), minus = bytes_find(value, '-', 0);
    uint64_t first, last, whole;
    bool has_part = minus < slash && http_number(bytes_first(value, minus), &first) &&
                    http_number(bytes_slice(value, minus + 1, slash - minus - 1), &last) && first <= last;
    bool has_whole = http_number(bytes_skip(value, slash + 1), &whole);
    if (has_part && has_whole) {
        const struct argument arguments[] = {
            number_argument("size", ARGUMENT_SIZE, last - first + 1),
            number_argument("from", ARGUMENT_INTEGER, first),
            number_argument("whole", ARGUMENT_SIZE, whole),
        };
        record_observe(record, RECORD_LAST, "http.part", arguments, 3);
    } else if (has_whole && bytes_at(value, 0) == '*') {
        const struct argument argument = number_argument("whole", ARGUMENT_SIZE, whole);
        record_observe(record, RECORD_LAST, "http.no_such_part", &argument, 1);
    }
}

void http_explain_cache_control(struct record *record, struct bytes value)
{
    if (!record->wants_notes)
        return;
    struct bytes age, element, rest = value;
    struct argument time;
    while (http_list_next(&rest, ',', &element)) {
        if (bytes_is_nocase(element, "no-store")) {
            record_observe(record, RECORD_LAST, "http.no_store", NULL, 0);
            return;
        }
        if (bytes_is_nocase(element, "no-cache")) {
            record_observe(record, RECORD_LAST, "http.no_cache", NULL, 0);
            return;
        }
    }
    if (http_parameter(value, ',', "max-age", &age) && seconds_argument(age, &time))
        record_observe(record, RECORD_LAST, time.integer > 0 ? "http.fresh" : "http.stale", &time,
                       time.integer > 0 ? 1 : 0);
}

/* Digits and periods, or an IPv6 address in brackets. */
static bool is_address(struct bytes domain)
{
    if (bytes_at(domain, 0) == '[')
        return true;
    for (size_t i = 0; i < domain.len; i++)
        if (!http_is_digit(bytes_at(domain, i)) && bytes_at(domain, i) != '.')
            return false;
    return true;
}

/* Of a request that names a path alone: of others the client knows the address of a proxy. */
void http_explain_host(struct record *record, const struct http_start *start, struct bytes value)
{
    if (!record->wants_notes)
        return;
    struct http_url host = {0};
    if (bytes_at(start->target, 0) != '/')
        return;
    http_authority_parse(value, &host);
    struct bytes domain = host.domain;
    if (domain.len > 0 && bytes_at(domain, domain.len - 1) == '.')
        domain = bytes_first(domain, domain.len - 1);
    if (domain.len > 0 && !is_address(domain))
        record_observe_other_name(record, RECORD_LAST, "http.other_name", "name", domain);
}

static bool is_redirect(unsigned status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static void explain_waiting(struct record *record, const struct http_transaction *exchange,
                            const struct message *message)
{
    const struct http_half *request = &exchange->halves[SIDE_CLIENT];
    if (!request->seen)
        return;
    int64_t waited = message->first.time_ns - request->last.time_ns;
    if (request->complete && waited >= SECOND_NS) {
        struct argument time = {.name = "time", .kind = ARGUMENT_DURATION, .integer = waited};
        record_observe(record, HTTP_RESPONSE_STATUS_CODE, "http.slow", &time, 1);
    } else if (!request->complete && !request->incomplete && !http_body_unwanted(exchange)) {
        record_observe(record, HTTP_RESPONSE_STATUS_CODE, "http.early", NULL, 0);
    }
}

void http_explain_status(struct record *record, const struct http_head *head, const struct http_transaction *exchange,
                         const struct message *message)
{
    if (!record->wants_notes)
        return;
    if (is_redirect(exchange->status) && head->location.len > 0 && http_url_secret(head->location).length == 0) {
        struct argument where = text_argument("where", head->location);
        record_observe(record, HTTP_RESPONSE_STATUS_CODE, "http.redirect", &where, 1);
    }
    if (exchange->status == 101 && head->upgrade.len > 0) {
        struct argument protocol = text_argument("protocol", head->upgrade);
        record_observe(record, HTTP_RESPONSE_STATUS_CODE, "http.upgrade", &protocol, 1);
    }
    if (exchange->method == HTTP_METHOD_CONNECT && exchange->status >= 200 && exchange->status < 300) {
        struct argument target = text_argument("target", record_find_text(record, HTTP_URL_ORIGINAL));
        record_observe(record, HTTP_RESPONSE_STATUS_CODE, "http.tunnel", &target, target.text.len > 0 ? 1 : 0);
    }
    explain_waiting(record, exchange, message);
}

static void explain_cut(struct record *record, const struct http_half *response)
{
    bool cut = !response->complete || response->incomplete;
    if (cut && response->body == HTTP_BODY_LENGTH && response->announced > response->body_bytes) {
        const struct argument arguments[] = {
            number_argument("seen", ARGUMENT_SIZE, response->body_bytes),
            number_argument("announced", ARGUMENT_SIZE, response->announced),
        };
        record_observe(record, HTTP_RESPONSE_BODY_BYTES, "http.cut_short", arguments, 2);
    }
}

void http_explain_end(struct record *record, const struct http_transaction *exchange)
{
    if (!record->wants_notes)
        return;
    const struct http_half *response = &exchange->halves[SIDE_SERVER];
    if (!response->seen) { /* of a datagram, an announcement to many, none is due */
        if (!record->conversation || record->conversation->transport == TRANSPORT_TCP)
            record_observe(record, HTTP_REQUEST_METHOD, "http.no_answer", NULL, 0);
        return;
    }
    if (http_body_unwanted(exchange))
        record_observe(record, HTTP_RESPONSE_STATUS_CODE, "http.not_wanted", NULL, 0);
    explain_cut(record, response);
    if (record_has(record, HTTP_RESPONSE_DECODED_BYTES) && response->body_bytes > 0) {
        uint64_t ratio = (exchange->decoded_bytes + response->body_bytes / 2) / response->body_bytes;
        const struct argument argument = number_argument("ratio", ARGUMENT_INTEGER, ratio);
        if (ratio >= 2)
            record_observe(record, HTTP_RESPONSE_DECODED_BYTES, "http.compressed", &argument, 1);
    }
    if (response->body == HTTP_BODY_CHUNKED && response->chunks > 1) {
        const struct argument argument = number_argument("chunks", ARGUMENT_INTEGER, response->chunks);
        record_observe(record, HTTP_RESPONSE_BODY_BYTES, "http.chunks", &argument, 1);
    }
    if (response->body == HTTP_BODY_CLOSE && response->complete && !response->incomplete)
        record_observe(record, HTTP_RESPONSE_BODY_BYTES, "http.until_close", NULL, 0);
}
