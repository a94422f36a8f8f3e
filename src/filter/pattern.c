/* SPDX-License-Identifier: BSD-3-Clause */
#include "pattern.h"

#include "util/utf8.h"

#include <stdio.h>

enum {
    RUN_BYTES = 16,     /* passed over at once cost as much as a step */
    COMPARED_BYTES = 64 /* likewise, of what a group has matched and is compared with what follows */
};

/* Before each item of the pattern. PCRE2's own limit counts anew from each place where the match may begin, and a run
 * of characters as one step; what a text may cost must not grow with the square of its length. */
static int count_work(pcre2_callout_block *block, void *context)
{
    struct matcher *matcher = context;
    size_t at = block->current_position, before = matcher->place;
    size_t cost = matcher->step_cost + (at > before ? at - before : before - at) / RUN_BYTES;
    matcher->place = at;
    if (cost > matcher->work_left)
        return PCRE2_ERROR_CALLOUT;
    matcher->work_left -= cost;
    return 0;
}

bool matcher_init(struct matcher *matcher)
{
    *matcher = (struct matcher){.context = pcre2_match_context_create(NULL), .data = pcre2_match_data_create(1, NULL)};
    if (!matcher->context || !matcher->data)
        return false;
    (void)pcre2_set_callout(matcher->context, count_work, matcher);
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
    const uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT;
    pcre2_code *code = pcre2_compile(at, pattern.len, options, &error, &offset, NULL);
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
    uint32_t compares = 0; /* with what a group has matched: that may take long without a step */
    (void)pcre2_pattern_info(pattern, PCRE2_INFO_BACKREFMAX, &compares);
    matcher->work_left = LIMIT_MATCH_WORK;
    matcher->step_cost = compares > 0 ? 1 + first.len / COMPARED_BYTES : 1;
    matcher->place = 0;
    int result = pcre2_match(pattern, at, first.len, 0, options, matcher->data, matcher->context);
    if (result < 0 && (result != PCRE2_ERROR_NOMATCH || first.len < text.len))
        matcher->given_up++;
    return result >= 0;
}
