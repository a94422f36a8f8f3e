/* SPDX-License-Identifier: BSD-3-Clause */
#include "lexer.h"

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_control(uint8_t c)
{
    return c < 0x20 || c == 0x7f;
}

static bool in_word(uint8_t c)
{
    return !is_control(c) && c != ' ' && !strchr("()[]{},\"'=!<>&|", c);
}

struct sign {
    char first, second; /* second 0: stands alone */
    enum token_kind kind;
};

/* Those of two characters first. */
static const struct sign signs[] = {
    {'=', '=', TOKEN_EQUAL},      {'!', '=', TOKEN_NOT_EQUAL},
    {'<', '=', TOKEN_LESS_EQUAL}, {'>', '=', TOKEN_GREATER_EQUAL},
    {'&', '&', TOKEN_AND},        {'|', '|', TOKEN_OR},
    {'<', 0, TOKEN_LESS},         {'>', 0, TOKEN_GREATER},
    {'!', 0, TOKEN_NOT},          {'(', 0, TOKEN_OPEN},
    {')', 0, TOKEN_CLOSE},        {'{', 0, TOKEN_OPEN_SET},
    {'}', 0, TOKEN_CLOSE_SET},    {'[', 0, TOKEN_OPEN_KEY},
    {']', 0, TOKEN_CLOSE_KEY},    {',', 0, TOKEN_COMMA},
};

static bool take_string(struct lexer *lexer, uint8_t quote, struct token *ret_token)
{
    struct bytes text = lexer->source->text;
    size_t start = lexer->at;
    size_t at = start + 1;
    while (at < text.len && bytes_at(text, at) != quote)
        at += quote == '"' && bytes_at(text, at) == '\\' ? 2 : 1;
    if (at >= text.len)
        return complain(lexer->source, (struct span){start, text.len - start}, NULL,
                        "a text that begins with %c does not end", quote);
    lexer->at = at + 1;
    *ret_token = (struct token){quote == '"' ? TOKEN_STRING : TOKEN_RAW, {start, lexer->at - start}};
    return true;
}

static bool complain_sign(const struct lexer *lexer)
{
    struct bytes text = lexer->source->text;
    struct span span = {lexer->at, 1};
    uint8_t c = bytes_at(text, lexer->at);
    if (c == '=')
        return complain(lexer->source, span, "equal is ==; a text with = in it stands in quotes",
                        "= alone is no operator");
    if (c == '&' || c == '|')
        return complain(lexer->source, span, c == '&' ? "write && or and" : "write || or or", "%c alone is no operator",
                        c);
    return complain(lexer->source, span, "in a text in double quotes it is written \\x and two digits",
                    "a control character");
}

bool lexer_next(struct lexer *lexer, struct token *ret_token)
{
    struct bytes text = lexer->source->text;
    while (lexer->at < text.len && is_blank(bytes_at(text, lexer->at)))
        lexer->at++;
    size_t start = lexer->at;
    if (start == text.len) {
        *ret_token = (struct token){TOKEN_END, {start, 0}};
        return true;
    }
    uint8_t c = bytes_at(text, start);
    if (c == '"' || c == '\'')
        return take_string(lexer, c, ret_token);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        const struct sign *sign = &signs[i];
        if (c != (uint8_t)sign->first || (sign->second && bytes_at(text, start + 1) != (uint8_t)sign->second))
            continue;
        lexer->at += sign->second ? 2 : 1;
        *ret_token = (struct token){sign->kind, {start, lexer->at - start}};
        return true;
    }
    while (lexer->at < text.len && in_word(bytes_at(text, lexer->at)))
        lexer->at++;
    if (lexer->at == start)
        return complain_sign(lexer);
    *ret_token = (struct token){TOKEN_WORD, {start, lexer->at - start}};
    return true;
}

struct bytes token_text(const struct source *source, const struct token *token)
{
    return bytes_slice(source->text, token->span.at, token->span.length);
}

bool token_is(const struct source *source, const struct token *token, const char *word)
{
    return token->kind == TOKEN_WORD && bytes_is(token_text(source, token), word);
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = byte_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The escape at `at`, a backslash; returns its length, 0: there is none such. */
static size_t take_escape(struct bytes inside, size_t at, uint8_t *ret_byte)
{
    static const char letters[] = "\\\"'nrt";
    static const char meanings[] = "\\\"'\n\r\t";
    uint8_t c = bytes_at(inside, at + 1);
    const char *letter = c ? strchr(letters, c) : NULL;
    if (letter) {
        *ret_byte = (uint8_t)meanings[letter - letters];
        return 2;
    }
    int high = hex_digit(bytes_at(inside, at + 2));
    int low = hex_digit(bytes_at(inside, at + 3));
    if (c != 'x' || high < 0 || low < 0)
        return 0;
    *ret_byte = (uint8_t)(high << 4 | low);
    return 4;
}

static struct bytes inside_of(const struct source *source, const struct token *token)
{
    return bytes_slice(source->text, token->span.at + 1, token->span.length - 2);
}

bool token_decode(const struct source *source, const struct token *token, bool pattern, uint8_t *to, size_t *ret_length)
{
    struct bytes inside = inside_of(source, token);
    size_t length = 0;
    for (size_t at = 0; at < inside.len;) {
        uint8_t c = bytes_at(inside, at);
        size_t taken = 1;
        if (c == '\\' && token->kind == TOKEN_STRING) {
            bool quote = bytes_at(inside, at + 1) == '"';
            if (!pattern || quote)
                taken = take_escape(inside, at, &c);
            else if (at + 1 < inside.len) { /* a backslash and what it escapes stay together */
                to[length++] = c;
                c = bytes_at(inside, ++at);
            }
        }
        if (taken == 0)
            return complain(source, (struct span){token->span.at + 1 + at, 2},
                            "\\\\ \\\" \\' \\n \\r \\t and \\xNN are known; in 'single quotes' nothing is escaped",
                            "no escape begins like this");
        to[length++] = c;
        at += taken;
    }
    *ret_length = length;
    return true;
}

size_t token_pattern_place(const struct source *source, const struct token *token, size_t offset)
{
    struct bytes inside = inside_of(source, token);
    size_t at = 0;
    for (size_t passed = 0; passed < offset && at < inside.len; passed++) {
        bool escape = token->kind == TOKEN_STRING && bytes_at(inside, at) == '\\';
        if (escape && bytes_at(inside, at + 1) != '"' && passed + 1 < offset) {
            passed++;
            at++;
        } else if (escape && bytes_at(inside, at + 1) == '"') {
            at++;
        }
        at++;
    }
    return token->span.at + 1 + at;
}
