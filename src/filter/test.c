/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One test: its field, its operator, and whether the two go together.
 */
#include "parser.h"
#include "suggest.h"

#include <stdio.h>

struct relation {
    const char *word;
    enum token_kind kind; /* TOKEN_WORD: the word itself */
    enum verb verb;
};

static const struct relation relations[] = {
    {"==", TOKEN_EQUAL, VERB_EQUAL},
    {"!=", TOKEN_NOT_EQUAL, VERB_NOT_EQUAL},
    {"<", TOKEN_LESS, VERB_LESS},
    {"<=", TOKEN_LESS_EQUAL, VERB_LESS_EQUAL},
    {">", TOKEN_GREATER, VERB_GREATER},
    {">=", TOKEN_GREATER_EQUAL, VERB_GREATER_EQUAL},
    {"contains", TOKEN_WORD, VERB_CONTAINS},
    {"matches", TOKEN_WORD, VERB_MATCHES},
    {"in", TOKEN_WORD, VERB_IN},
    {"exists", TOKEN_WORD, VERB_EXISTS},
};

/* What a person may have meant by a word that is no operator. */
static const char *const guesses[][2] = {
    {"eq", "=="},
    {"ne", "!="},
    {"gt", ">"},
    {"ge", ">="},
    {"lt", "<"},
    {"le", "<="},
    {"is", "=="},
    {"equals", "=="},
    {"like", "matches"},
    {"~", "matches"},
    {"=~", "matches"},
    {"AND", "and"},
    {"OR", "or"},
    {"IN", "in"},
    {"CONTAINS", "contains"},
    {"MATCHES", "matches"},
    {"EXISTS", "exists"},
    {"exist", "exists"},
    {"match", "matches"},
    {"contain", "contains"},
    {"not", "not in front of the field: not url.domain contains example"},
};

static const char *type_words(const struct test *test)
{
    if (test->field.subject == SUBJECT_DATASET)
        return "a kind of record";
    if (test->field.subject == SUBJECT_OBJECT)
        return "an object";
    switch (test->field.row->type) {
    case FIELD_TEXT:
        return "text";
    case FIELD_MAP:
        return test->field.has_key ? "text" : "a map of texts";
    case FIELD_INTEGER:
        return "a number";
    case FIELD_BOOLEAN:
        return "true or false";
    case FIELD_ADDRESS:
        return "an address";
    case FIELD_TIME:
        return "a time";
    case FIELD_DURATION:
        return "a duration";
    default:
        return "an object";
    }
}

/* What may be asked of the field; of an object, what is in it. */
static const char *allowed_words(const struct parser *parser, const struct test *test, char hint[SUGGESTION_SIZE])
{
    if (test->field.subject == SUBJECT_DATASET)
        return "it stands alone; what is in it has fields of its own";
    if (test->field.subject == SUBJECT_OBJECT || test->field.row->type == FIELD_GROUP) {
        suggest_field(parser->table, test->field.name, hint);
        return hint;
    }
    switch (test->field.row->type) {
    case FIELD_TEXT:
    case FIELD_MAP:
        return "text is compared with == != contains matches in {...}, or exists";
    case FIELD_BOOLEAN:
        return "it is compared with == != in {...}, exists, or stands alone";
    case FIELD_ADDRESS:
        return "addresses are compared with == != in {...}, or exist: source.ip in {192.0.2.0/24}";
    default:
        return "it is compared with == != < <= > >= in {...}, or exists";
    }
}

static bool is_allowed(const struct test *test, enum verb verb)
{
    if (verb == VERB_EXISTS)
        return true;
    if (test->field.subject != SUBJECT_VALUE || test->field.row->type == FIELD_GROUP)
        return false;
    bool is_text = test->field.row->type == FIELD_TEXT || test->field.row->type == FIELD_MAP;
    bool has_order = !is_text && test->field.row->type != FIELD_BOOLEAN && test->field.row->type != FIELD_ADDRESS;
    if (verb == VERB_CONTAINS || verb == VERB_MATCHES)
        return is_text;
    return has_order || verb < VERB_LESS || verb > VERB_GREATER_EQUAL;
}

/* `["user-agent"]` or `[]` behind what was read of the field. */
static bool read_brackets(struct parser *parser, struct filter_field *field)
{
    const struct source *source = &parser->source;
    if (!parser_advance(parser))
        return false;
    struct token token = parser->token;
    if (token.kind == TOKEN_CLOSE_KEY)
        return parser_advance(parser);
    if (token.kind != TOKEN_STRING && token.kind != TOKEN_RAW)
        return complain(source, token.span, "a name in quotes stands here: http.request.headers[\"user-agent\"]",
                        "values of a list have no numbers: a list fits where one of its values does");
    uint8_t *key = parser_text(parser, token.span.length);
    size_t length;
    if (!token_decode(source, &token, false, key, &length) || !parser_advance(parser))
        return false;
    field->has_key = true;
    field->key = bytes_of(key, length);
    if (parser->token.kind != TOKEN_CLOSE_KEY)
        return complain(source, parser->token.span, NULL, "expected ] behind the name");
    return parser_advance(parser);
}

/* Adds the token in hand to the name, which stands at the end of the program's text. */
static bool read_name_part(struct parser *parser, struct filter_field *field)
{
    struct bytes word = token_text(&parser->source, &parser->token);
    uint8_t *to = parser_text(parser, word.len);
    (void)bytes_copy(to, word.len, word);
    field->name = bytes_of(field->name.at ? field->name.at : to, field->name.len + word.len);
    return parser_advance(parser);
}

/* `dns.answers[].data` is dns.answers.data; a map's entry may stand in brackets. */
static bool read_name(struct parser *parser, struct filter_field *field, struct span *ret_span)
{
    size_t start = parser->token.span.at;
    if (!read_name_part(parser, field))
        return false;
    while (parser->token.kind == TOKEN_OPEN_KEY && !field->has_key) {
        if (!read_brackets(parser, field))
            return false;
        bool goes_on = !field->has_key && parser->token.kind == TOKEN_WORD && parser->token.span.at == parser->end &&
                       bytes_at(token_text(&parser->source, &parser->token), 0) == '.';
        if (goes_on && !read_name_part(parser, field))
            return false;
    }
    *ret_span = (struct span){start, parser->end - start};
    return true;
}

/* Header names are kept in small letters. */
static void lower_key(struct program *program, struct filter_field *field)
{
    size_t at = bytes_offset(bytes_of(program->text, program->text_length), field->key);
    for (size_t i = 0; i < field->key.len; i++)
        program->text[at + i] = byte_lower(program->text[at + i]);
}

static bool find_field(struct parser *parser, struct filter_field *field, struct span span)
{
    bool has_key = field->has_key;
    char quote[QUOTE_SIZE], hint[SUGGESTION_SIZE];
    if (!field_find(parser->table, field)) {
        if (bytes_is(field->name, "exists"))
            snprintf(hint, sizeof hint, "it stands behind a field: dns.response_code exists");
        else
            suggest_field(parser->table, field->name, hint);
        return complain(&parser->source, span, hint, "unknown field '%s'",
                        complaint_quote(&parser->source, span, quote));
    }
    if (has_key && (field->subject != SUBJECT_VALUE || field->row->type != FIELD_MAP))
        return complain(&parser->source, span, "only a map has entries: http.request.headers[\"user-agent\"]",
                        "'%s' is no map", complaint_quote(&parser->source, span, quote));
    if (field->has_key)
        lower_key(parser->program, field);
    return true;
}

static const struct relation *find_relation(const struct parser *parser)
{
    const struct token *token = &parser->token;
    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++)
        if (relations[i].kind == TOKEN_WORD ? token_is(&parser->source, token, relations[i].word)
                                            : token->kind == relations[i].kind)
            return &relations[i];
    return NULL;
}

/* Behind a field without an operator stands what joins tests, or nothing. */
static bool ends_test(const struct parser *parser)
{
    switch (parser->token.kind) {
    case TOKEN_END:
    case TOKEN_CLOSE:
    case TOKEN_AND:
    case TOKEN_OR:
        return true;
    default:
        return token_is(&parser->source, &parser->token, "and") || token_is(&parser->source, &parser->token, "or");
    }
}

static bool complain_operator(const struct parser *parser)
{
    const struct token *token = &parser->token;
    char quote[QUOTE_SIZE], hint[SUGGESTION_SIZE];
    (void)complaint_quote(&parser->source, token->span, quote);
    for (size_t i = 0; i < sizeof guesses / sizeof *guesses; i++)
        if (token_is(&parser->source, token, guesses[i][0])) {
            (void)snprintf(hint, sizeof hint, "did you mean %s?", guesses[i][1]);
            return complain(&parser->source, token->span, hint, "unknown operator '%s'", quote);
        }
    return complain(&parser->source, token->span,
                    "expected == != < <= > >= contains matches in exists, or and, or, the end",
                    token->kind == TOKEN_WORD ? "unknown operator '%s'" : "no operator begins with '%s'", quote);
}

/* A name alone: is it there? A truth alone: is it so? */
static void stand_alone(struct program *program, struct test *test)
{
    test->kind = TEST_EXISTS;
    if (test->field.subject != SUBJECT_VALUE || test->field.row->type != FIELD_BOOLEAN)
        return;
    test->kind = TEST_IN;
    test->first_value = program->value_count;
    test->value_count = 1;
    program->values[program->value_count++] = (struct filter_value){.low = 1, .high = INT64_MAX};
}

bool parser_read_test(struct parser *parser)
{
    struct test *test = &parser->program->tests[parser->program->test_count++];
    struct span span;
    char quote[QUOTE_SIZE], hint[SUGGESTION_SIZE];
    *test = (struct test){.kind = TEST_EXISTS};
    if (!read_name(parser, &test->field, &span) || !find_field(parser, &test->field, span))
        return false;
    if (ends_test(parser)) {
        stand_alone(parser->program, test);
        return true;
    }
    const struct relation *relation = find_relation(parser);
    if (!relation)
        return complain_operator(parser);
    if (!is_allowed(test, relation->verb))
        return complain(&parser->source, parser->token.span, allowed_words(parser, test, hint),
                        "%s is %s, and %s does not apply to it", complaint_quote(&parser->source, span, quote),
                        type_words(test), relation->word);
    if (!parser_advance(parser))
        return false;
    return relation->verb == VERB_EXISTS || parser_read_values(parser, test, relation->verb);
}
