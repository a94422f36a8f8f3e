/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Targets of requests (RFC 9112 section 3.2) and the parts of an http URL (RFC 3986):
 *
 *     origin      /path?query
 *     absolute    http://user:password@host:port/path?query
 *     authority   host:port                (CONNECT)
 *     asterisk    *                        (OPTIONS)
 */
#include "http.h"

void http_authority_parse(struct bytes text, struct http_url *ret_url)
{
    struct http_url *url = ret_url;
    size_t behind = bytes_find(text, '@', 0) < text.len ? text.len : 0;
    while (behind > 0 && bytes_at(text, behind - 1) != '@')
        behind--;
    if (behind > 0) {
        url->userinfo = bytes_first(text, behind - 1);
        size_t colon = bytes_find(url->userinfo, ':', 0);
        url->username = bytes_first(url->userinfo, colon);
        url->has_password = colon < url->userinfo.len;
        url->password = bytes_skip(url->userinfo, colon + 1);
        text = bytes_skip(text, behind);
    }
    url->authority = text;
    size_t host = 0;
    if (bytes_at(text, 0) == '[') {
        host = bytes_find(text, ']', 0);
        host = host < text.len ? host + 1 : text.len;
    } else {
        host = bytes_find(text, ':', 0);
    }
    url->domain = bytes_first(text, host);
    uint64_t port;
    if (bytes_at(text, host) == ':' && http_number(bytes_skip(text, host + 1), &port) && port <= UINT16_MAX) {
        url->has_port = true;
        url->port = (uint16_t)port;
    }
}

static size_t find_any(struct bytes text, const char *set)
{
    size_t i = 0;
    while (i < text.len && !(bytes_at(text, i) != 0 && strchr(set, bytes_at(text, i))))
        i++;
    return i;
}

static bool is_scheme(struct bytes word)
{
    uint8_t first = byte_lower(bytes_at(word, 0));
    if (first < 'a' || first > 'z')
        return false;
    for (size_t i = 0; i < word.len; i++) {
        uint8_t c = byte_lower(bytes_at(word, i));
        if (!(c >= 'a' && c <= 'z') && !http_is_digit(c) && c != '+' && c != '-' && c != '.')
            return false;
    }
    return true;
}

void http_url_parse(struct bytes text, struct http_url *ret_url)
{
    *ret_url = (struct http_url){0};
    size_t colon = bytes_at(text, 0) == '/' ? 0 : find_any(text, ":/?#");
    struct bytes rest = bytes_skip(text, colon);
    if (bytes_begin(rest, "://") && is_scheme(bytes_first(text, colon))) {
        ret_url->scheme = bytes_first(text, colon);
        rest = bytes_skip(rest, 3);
        size_t end = find_any(rest, "/?#");
        http_authority_parse(bytes_first(rest, end), ret_url);
        rest = bytes_skip(rest, end);
    } else {
        rest = text;
    }
    const struct bytes_cut cut = bytes_find_cut(rest, '?', '#');
    rest = bytes_first(rest, cut.end);
    ret_url->path = bytes_first(rest, cut.mark);
    if (cut.mark < rest.len)
        ret_url->query = bytes_skip(rest, cut.mark + 1);
}

bool http_same_host(const struct http_url *a, const struct http_url *b, bool compare_ports)
{
    enum { DEFAULT_PORT = 80 };
    if (!bytes_equal_nocase(a->domain, b->domain))
        return false;
    unsigned port_a = a->has_port ? a->port : DEFAULT_PORT;
    unsigned port_b = b->has_port ? b->port : DEFAULT_PORT;
    return !compare_ports || port_a == port_b;
}
