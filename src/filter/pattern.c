/* SPDX-License-Identifier: BSD-3-Clause */
#include "pattern.h"

#include "util/utf8.h"

#include <stdio.h>

bool matcher_init(struct matcher *matcher)
{
    *matcher = (struct matcher){.context = pcre2_match_context_create(NULL), .data = pcre2_match_data_create(1, NULL)};
    if (!matcher->context || !matcher->data)
        return false;
    (void)pcre2_set_match_limit(matcher->context, LIMIT_MATCH_STEPS);
    (void)pcre2_set_depth_limit(matcher->context, LIMIT_MATCH_BYTES);
    (void)pcre2_set_heap_limit(matcher->context, LIMIT_MATCH_KIB);
    return true;
}

void matcher_done(struct matcher *matcher)
{
    pcre2_match_data_free(matcher->data);
    pcre2_match_context_free(matcher->context);
}

pcre2_code *pattern_compile(const struct source *source, const struct token *token, struct bytes pattern)
{
    int error;
    size_t offset;
    const uint8_t *at = pattern.len > 0 ? pattern.at : (const uint8_t *)"";
    pcre2_code *code = pcre2_compile(at, pattern.len, PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C,
                                     &error, &offset, NULL);
    if (code)
        return code;
    PCRE2_UCHAR8 reason[160] = "";
    struct span span = {
        token->kind == TOKEN_WORD ? token->span.at + offset : token_pattern_place(source, token, offset), 1};
    (void)pcre2_get_error_message(error, reason, sizeof reason);
    (void)complain(source, span, "expected a regular expression as in Perl (PCRE2)", "the pattern is wrong: %s",
                   (const char *)reason);
    return NULL;
}

bool pattern_matches(struct matcher *matcher, const pcre2_code *pattern, struct bytes text)
{
    struct bytes first = utf8_cut(text, LIMIT_MATCH_BYTES);
    /* What is left out is not an end: $ must not match there. */
    uint32_t options = first.len < text.len ? PCRE2_NOTEOL : 0;
    const uint8_t *at = first.len > 0 ? first.at : (const uint8_t *)"";
    int result = pcre2_match(pattern, at, first.len, 0, options, matcher->data, matcher->context);
    if (result < 0 && (result != PCRE2_ERROR_NOMATCH || first.len < text.len))
        matcher->given_up++;
    return result >= 0;
}
