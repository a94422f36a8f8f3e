/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What of a message is a secret: the credentials of Authorization and Proxy-Authorization (RFC 9110 section 11, Basic
 * RFC 7617, Digest RFC 7616, Bearer RFC 6750) and passwords inside URLs. When in doubt, more is hidden than less.
 */
#include "http.h"

#include "overhear/text.h"

/* `user:password`, in base64. */
static void basic_credentials(struct http_scratch *scratch, struct bytes token, struct http_credentials *ret)
{
    enum { PAIR_BYTES = 512 };
    uint8_t pair[PAIR_BYTES];
    struct bytes decoded = bytes_of(pair, base64_decode(bytes_first(token, (size_t)2 * PAIR_BYTES), pair, sizeof pair));
    if (bytes_find(decoded, ':', 0) == decoded.len)
        return;
    decoded = http_scratch_add(scratch, decoded);
    size_t colon = bytes_find(decoded, ':', 0);
    ret->user = bytes_first(decoded, colon);
    ret->password = bytes_skip(decoded, colon + 1);
}

/* From the first `response=` to the last: only a forger sends several, but then all are hidden. */
static void digest_credentials(struct bytes value, struct bytes list, struct http_credentials *ret)
{
    struct bytes element, user;
    if (http_parameter(list, ',', "username", &user))
        ret->user = user;
    struct bytes rest = list;
    while (http_list_next(&rest, ',', &element)) {
        size_t equals = bytes_find(element, '=', 0);
        if (equals == element.len || !bytes_is_nocase(bytes_trim(bytes_first(element, equals)), "response"))
            continue;
        struct bytes hash = bytes_trim(bytes_skip(element, equals + 1));
        if (hash.len >= 2 && bytes_at(hash, 0) == '"' && bytes_at(hash, hash.len - 1) == '"')
            hash = bytes_slice(hash, 1, hash.len - 2);
        if (hash.len == 0)
            continue;
        size_t at = bytes_offset(value, hash);
        if (ret->secret.length == 0)
            ret->secret.at = at;
        ret->secret.length = at + hash.len - ret->secret.at;
    }
}

void http_credentials_parse(struct http_scratch *scratch, struct bytes value, struct http_credentials *ret)
{
    size_t end = 0;
    while (end < value.len && bytes_at(value, end) != ' ' && bytes_at(value, end) != '\t')
        end++;
    *ret = (struct http_credentials){.scheme = HTTP_SCHEME_OTHER, .name = bytes_first(value, end)};
    struct bytes rest = bytes_trim(bytes_skip(value, end));
    if (rest.len == 0) {
        /* no scheme, only a token: that is the secret. A lone name of a scheme is none. */
        if (!bytes_is_nocase(value, "basic") && !bytes_is_nocase(value, "negotiate") && !bytes_is_nocase(value, "ntlm"))
            ret->secret = (struct http_secret){0, value.len};
        ret->name = (struct bytes){0};
        return;
    }
    if (bytes_is_nocase(ret->name, "digest")) {
        ret->scheme = HTTP_SCHEME_DIGEST;
        digest_credentials(value, rest, ret);
        if (ret->secret.length > 0)
            return;
    } else if (bytes_is_nocase(ret->name, "basic")) {
        ret->scheme = HTTP_SCHEME_BASIC;
        basic_credentials(scratch, rest, ret);
    } else if (bytes_is_nocase(ret->name, "bearer")) {
        ret->scheme = HTTP_SCHEME_BEARER;
        ret->password = rest;
    }
    ret->secret = (struct http_secret){bytes_offset(value, rest), rest.len};
}

struct http_secret http_url_secret(struct bytes text)
{
    struct http_secret secret = {0, 0};
    if (bytes_find(text, '@', 0) == text.len)
        return secret;
    size_t from = 0;
    while (from < text.len) {
        size_t slash = bytes_find(text, '/', from);
        from = slash + 1;
        if (bytes_at(text, slash) != '/' || bytes_at(text, slash + 1) != '/')
            continue;
        /* `//user:password@host`: up to what ends an authority */
        struct bytes authority = bytes_skip(text, slash + 2);
        size_t end = 0;
        while (end < authority.len && bytes_at(authority, end) > ' ' && !strchr("/?#<>\"", bytes_at(authority, end)))
            end++;
        struct http_url url = {0};
        http_authority_parse(bytes_first(authority, end), &url);
        if (url.has_password && url.password.len > 0) {
            size_t at = bytes_offset(text, url.password);
            if (secret.length == 0)
                secret.at = at;
            secret.length = at + url.password.len - secret.at;
        }
        from = slash + 2 + end;
    }
    return secret;
}
