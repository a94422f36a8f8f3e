/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a field is compared with, read as the field's type wants it. Every comparison of numbers becomes a range, so
 * that only one question is asked of a record: is it in?
 */
#include "literal.h"
#include "parser.h"
#include "pattern.h"

static bool is_value(const struct parser *parser)
{
    static const char *const reserved[] = {"and", "or", "not", "in", "contains", "matches", "exists"};
    const struct token *token = &parser->token;
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (token_is(&parser->source, token, reserved[i]))
            return false;
    return token->kind == TOKEN_WORD || token->kind == TOKEN_STRING || token->kind == TOKEN_RAW;
}

static bool complain_value(const struct parser *parser)
{
    char quote[QUOTE_SIZE];
    const struct token *token = &parser->token;
    if (token->kind == TOKEN_END)
        return complain(&parser->source, token->span, NULL, "a value is missing at the end");
    return complain(&parser->source, token->span,
                    token->kind == TOKEN_WORD ? "in quotes it would be one"
                                              : "a set stands behind in: in {404, 500..599}",
                    "'%s' is no value", complaint_quote(&parser->source, token->span, quote));
}

/* The token's bytes, of a string what is in it. */
static bool decode(struct parser *parser, bool pattern, struct bytes *ret_text)
{
    const struct token *token = &parser->token;
    if (token->kind == TOKEN_WORD) {
        struct bytes word = token_text(&parser->source, token);
        uint8_t *to = parser_text(parser, word.len);
        (void)bytes_copy(to, word.len, word);
        *ret_text = bytes_of(to, word.len);
        return true;
    }
    uint8_t *to = parser_text(parser, token->span.length);
    size_t length;
    if (!token_decode(&parser->source, token, pattern, to, &length))
        return false;
    *ret_text = bytes_of(to, length);
    return true;
}

/* A word that is compared as text, but looks as if it were meant to be more. */
static bool check_bare_text(const struct parser *parser, const struct test *test)
{
    const struct token *token = &parser->token;
    struct bytes word = token_text(&parser->source, token);
    struct address address;
    unsigned prefix;
    char why[LITERAL_WHY_SIZE];
    if (token->kind != TOKEN_WORD)
        return true;
    if (bytes_find(word, '/', 0) < word.len && !literal_address(word, &address, &prefix, why))
        return complain(&parser->source, token->span, "networks go with addresses; in quotes it is a text",
                        "this field is text, and a text is in no network");
    struct filter_field field = {.name = word};
    if (bytes_is(test->field.name, "overhear.truncated")) /* whose values are names of fields */
        return true;
    if (bytes_find(word, '.', 0) < word.len && field_find(parser->table, &field) && field.subject == SUBJECT_VALUE)
        return complain(&parser->source, token->span, "in quotes it is a text", "fields are not compared with fields");
    return true;
}

/* `400..499`: where the dots begin; word.len: nowhere. */
static size_t find_dots(struct bytes word)
{
    size_t at = bytes_find(word, '.', 0);
    while (at < word.len && bytes_at(word, at + 1) != '.')
        at = bytes_find(word, '.', at + 1);
    return at;
}

static const char *scalar_name(enum field_type type)
{
    return type == FIELD_TIME       ? "time"
           : type == FIELD_DURATION ? "duration"
           : type == FIELD_BOOLEAN  ? "truth"
                                    : "number";
}

/* One number, duration, time or truth. */
static const char *read_scalar(enum field_type type, struct bytes text, struct filter_value *ret_value)
{
    if (type == FIELD_TIME)
        return literal_time(text, &ret_value->low, &ret_value->high);
    const char *wrong = type == FIELD_DURATION  ? literal_duration(text, &ret_value->low)
                        : type == FIELD_BOOLEAN ? literal_boolean(text, &ret_value->low)
                                                : literal_integer(text, &ret_value->low);
    ret_value->high = ret_value->low;
    return wrong;
}

/* What < and its like leave of all numbers. Nothing: low is above high. */
static void widen(struct filter_value *value, enum verb verb)
{
    static const struct filter_value nothing = {.low = INT64_MAX, .high = INT64_MIN};
    int64_t low = value->low, high = value->high;
    switch (verb) {
    case VERB_LESS:
        *value = low == INT64_MIN ? nothing : (struct filter_value){.low = INT64_MIN, .high = low - 1};
        break;
    case VERB_LESS_EQUAL:
        value->low = INT64_MIN;
        break;
    case VERB_GREATER:
        *value = high == INT64_MAX ? nothing : (struct filter_value){.low = high + 1, .high = INT64_MAX};
        break;
    case VERB_GREATER_EQUAL:
        value->high = INT64_MAX;
        break;
    default:
        break;
    }
}

static bool read_number(struct parser *parser, enum field_type type, enum verb verb, struct filter_value *value)
{
    const struct source *source = &parser->source;
    const struct token *token = &parser->token;
    char quote[QUOTE_SIZE];
    struct bytes word;
    /* Times have blanks in them, so they may stand in quotes; a number in quotes is a text. */
    if (token->kind != TOKEN_WORD && type != FIELD_TIME)
        return complain(source, token->span,
                        type == FIELD_BOOLEAN ? "expected true or false, without quotes"
                                              : "expected a number, without quotes",
                        "%s is a text", complaint_quote(source, token->span, quote));
    if (!decode(parser, false, &word))
        return false;
    size_t dots = type != FIELD_BOOLEAN ? find_dots(word) : word.len;
    if (dots < word.len && verb != VERB_IN)
        return complain(source, token->span, "a range stands in braces: in {400..499}", "a range is not one value");
    const char *wrong = read_scalar(type, bytes_first(word, dots), value);
    if (!wrong && dots < word.len) {
        struct filter_value to = {.low = 0};
        wrong = read_scalar(type, bytes_skip(word, dots + 2), &to);
        value->high = to.high;
        if (!wrong && value->low > value->high)
            return complain(source, token->span, "the smaller end stands first", "nothing is in this range");
    }
    if (wrong)
        return complain(source, token->span, wrong, "'%s' is no %s", complaint_quote(source, token->span, quote),
                        scalar_name(type));
    widen(value, verb);
    return true;
}

static bool read_address(struct parser *parser, struct filter_value *value)
{
    const struct token *token = &parser->token;
    struct bytes text;
    char quote[QUOTE_SIZE], why[LITERAL_WHY_SIZE];
    if (!decode(parser, false, &text))
        return false;
    const char *wrong = literal_address(text, &value->address, &value->prefix, why);
    if (wrong)
        return complain(&parser->source, token->span, wrong, "'%s' is no address",
                        complaint_quote(&parser->source, token->span, quote));
    return true;
}

static bool read_pattern(struct parser *parser, struct test *test)
{
    struct bytes pattern;
    if (!decode(parser, true, &pattern))
        return false;
    test->pattern = pattern_compile(&parser->source, &parser->token, pattern);
    return test->pattern && parser_advance(parser);
}

/* Reads one value and adds it to those of the test. */
static bool read_value(struct parser *parser, struct test *test, enum verb verb)
{
    if (!is_value(parser))
        return complain_value(parser);
    if (verb == VERB_MATCHES)
        return read_pattern(parser, test);
    struct filter_value *value = &parser->program->values[parser->program->value_count];
    *value = (struct filter_value){.low = 0};
    bool good;
    switch (test->field.row->type) {
    case FIELD_TEXT:
    case FIELD_MAP:
        good = check_bare_text(parser, test) && decode(parser, false, &value->text);
        break;
    case FIELD_ADDRESS:
        good = read_address(parser, value);
        break;
    default:
        good = read_number(parser, test->field.row->type, verb, value);
        break;
    }
    if (!good)
        return false;
    parser->program->value_count++;
    test->value_count++;
    return parser_advance(parser);
}

/* `{ value, value }` */
static bool read_set(struct parser *parser, struct test *test)
{
    if (parser->token.kind != TOKEN_OPEN_SET)
        return complain(&parser->source, parser->token.span, "a set stands in braces: in {404, 500..599}",
                        "expected { behind in");
    size_t start = parser->token.span.at;
    do {
        if (!parser_advance(parser) || !read_value(parser, test, VERB_IN))
            return false;
    } while (parser->token.kind == TOKEN_COMMA);
    if (parser->token.kind == TOKEN_END)
        return complain(&parser->source, (struct span){start, 1}, NULL, "this { is not closed");
    if (parser->token.kind != TOKEN_CLOSE_SET)
        return complain(&parser->source, parser->token.span, "the values of a set are separated by commas",
                        "expected a comma or }");
    return parser_advance(parser);
}

bool parser_read_values(struct parser *parser, struct test *test, enum verb verb)
{
    test->kind = verb == VERB_CONTAINS ? TEST_CONTAINS : verb == VERB_MATCHES ? TEST_MATCHES : TEST_IN;
    test->negated = verb == VERB_NOT_EQUAL;
    test->first_value = parser->program->value_count;
    return verb == VERB_IN ? read_set(parser, test) : read_value(parser, test, verb);
}
