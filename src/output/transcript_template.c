/* SPDX-License-Identifier: BSD-3-Clause */
#include "transcript_template.h"

#include "text.h"

#include <stdlib.h>

struct parser {
    const struct dataset *dataset;
    const struct notes *notes;
    struct line_template *target;
    size_t optional; /* number + 1 of the TOKEN_OPTIONAL that is open */
};

static bool add_token(struct parser *parser, struct token token)
{
    if (parser->target->token_count == TEMPLATE_TOKENS)
        return false;
    parser->target->tokens[parser->target->token_count++] = token;
    return true;
}

static const struct field *find_row(const struct field *rows, unsigned count, struct bytes name, unsigned *ret_index)
{
    for (unsigned i = 0; i < count; i++) {
        if (!bytes_is(name, rows[i].name))
            continue;
        *ret_index = i;
        return &rows[i];
    }
    return NULL;
}

static enum token_format format_of(struct bytes name)
{
    static const struct {
        const char *name;
        enum token_format format;
    } formats[] = {{"size", FORMAT_SIZE}, {"duration", FORMAT_DURATION}, {"ttl", FORMAT_TTL}, {"list", FORMAT_LIST}};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (bytes_is(name, formats[i].name))
            return formats[i].format;
    return FORMAT_PLAIN;
}

/* {?field} and {^field} ask for a field of the record without showing it. False: it is neither. */
static bool parse_condition(struct parser *parser, struct bytes inside)
{
    uint8_t sign = bytes_at(inside, 0);
    struct token token = {.kind = sign == '?' ? TOKEN_PRESENT : TOKEN_ABSENT};
    if (sign != '?' && sign != '^')
        return false;
    if (find_row(parser->dataset->fields, parser->dataset->field_count, bytes_skip(inside, 1), &token.field))
        add_token(parser, token);
    else
        add_token(parser, (struct token){.kind = TOKEN_WORDS, .words = inside});
    return true;
}

/* What stands between braces. */
static void parse_value(struct parser *parser, struct bytes inside)
{
    if (parse_condition(parser, inside))
        return;
    const struct field *each = parser->target->each;
    struct token token = {.strong = bytes_at(inside, 0) == '!'};
    struct bytes name = bytes_skip(inside, token.strong);
    size_t colon = bytes_find(name, ':', 0);
    token.format = format_of(bytes_skip(name, colon + 1));
    name = bytes_first(name, colon);
    if (each && each->type == FIELD_GROUP) {
        token.kind = TOKEN_MEMBER;
        token.row = find_row(each->members, each->member_count, name, &token.field);
    } else if (each && (bytes_is(name, "key") || bytes_is(name, "value"))) {
        token.kind = bytes_is(name, "key") ? TOKEN_KEY : TOKEN_VALUE;
        token.row = each;
    }
    if (!token.row) {
        token.kind = TOKEN_FIELD;
        token.row = find_row(parser->dataset->fields, parser->dataset->field_count, name, &token.field);
    }
    if (!token.row) {
        token.kind = bytes_is(name, "event.duration") ? TOKEN_ELAPSED : TOKEN_WORDS;
        token.words = inside;
    } else if (parser->notes && token.row->catalog) {
        token.catalog = notes_catalog(parser->notes, token.row->catalog);
    }
    add_token(parser, token);
}

static void parse_bracket(struct parser *parser, bool opens)
{
    size_t here = parser->target->token_count;
    if (!add_token(parser, (struct token){.kind = opens ? TOKEN_OPTIONAL : TOKEN_END, .end = TEMPLATE_TOKENS}))
        return;
    if (!opens && parser->optional)
        parser->target->tokens[parser->optional - 1].end = here;
    parser->optional = opens ? here + 1 : 0;
}

/* Words up to the next sign that means something. */
static size_t words_length(struct bytes text)
{
    size_t length = 0;
    while (length < text.len && !strchr("{[]", bytes_at(text, length)) &&
           !(bytes_at(text, length) == ' ' && bytes_at(text, length + 1) == ' '))
        length++;
    return length;
}

static void parse(struct parser *parser, struct bytes text)
{
    while (text.len > 0) {
        uint8_t sign = bytes_at(text, 0);
        size_t taken = 1;
        size_t close = bytes_find(text, '}', 0);
        if (sign == '{' && close < text.len) {
            parse_value(parser, bytes_slice(text, 1, close - 1));
            taken = close + 1;
        } else if (sign == '[' || sign == ']') {
            parse_bracket(parser, sign == '[');
        } else if (sign == ' ' && bytes_at(text, 1) == ' ') {
            while (bytes_at(text, taken) == ' ')
                taken++;
            add_token(parser, (struct token){.kind = TOKEN_COLUMN});
        } else {
            taken = words_length(text);
            if (taken == 0)
                taken = 1;
            add_token(parser, (struct token){.kind = TOKEN_WORDS, .words = bytes_first(text, taken)});
        }
        text = bytes_skip(text, taken);
    }
}

static bool parse_line(struct line_template *target, const struct dataset *dataset, const struct line *line,
                       const struct notes *notes)
{
    target->line = line;
    if (line->each != LINE_ONCE && line->each >= 0 && (unsigned)line->each < dataset->field_count)
        target->each = &dataset->fields[line->each];
    target->tokens = calloc(TEMPLATE_TOKENS, sizeof *target->tokens);
    if (!target->tokens)
        return false;
    struct parser parser = {.dataset = dataset, .notes = notes, .target = target};
    parse(&parser, bytes_text(line->words));
    return true;
}

/* `name: {name}` for a field; its members or entries for a group or a map. */
static void add_generic_words(struct text_buffer *words, const struct field *row)
{
    text_add_string(words, row->name);
    if (row->type == FIELD_MAP) {
        text_add_string(words, ".{key}: {value}");
    } else if (row->type == FIELD_GROUP) {
        for (unsigned i = 0; i < row->member_count; i++) {
            text_add_string(words, "  [");
            text_add_string(words, row->members[i].name);
            text_add_string(words, ": {");
            text_add_string(words, row->members[i].name);
            text_add_string(words, "}]");
        }
    } else {
        text_add_string(words, ": {");
        text_add_string(words, row->name);
        text_add_string(words, "}");
    }
    text_add(words, "", 1);
}

/* Lines for a dataset that has none. */
static bool make_lines(struct transcript_plan *plan, const struct dataset *dataset)
{
    struct text_buffer words = {0};
    for (unsigned i = 0; i < dataset->field_count; i++)
        add_generic_words(&words, &dataset->fields[i]);
    plan->made_words = words.at;
    plan->made = calloc(dataset->field_count ? dataset->field_count : 1, sizeof *plan->made);
    if (!plan->made || words.failed)
        return false;
    const char *at = words.at;
    for (unsigned i = 0; i < dataset->field_count; i++) {
        enum field_type type = dataset->fields[i].type;
        bool walks = type == FIELD_GROUP || type == FIELD_MAP;
        plan->made[i] = (struct line){SPEAKER_SAME, DETAIL_ALL, walks ? (int)i : LINE_ONCE, at, NULL};
        at += strlen(at) + 1;
    }
    return true;
}

static bool describe_keys(struct line_template *line, const char *const *keys)
{
    enum { LONG = 63 };
    while (keys[line->key_count])
        line->key_count++;
    line->keys = calloc(line->key_count + 1, sizeof *line->keys);
    for (size_t i = 0; line->keys && i < line->key_count; i++) {
        line->keys[i] = bytes_text(keys[i]);
        line->key_lengths |= UINT64_C(1) << (line->keys[i].len < LONG ? line->keys[i].len : LONG);
    }
    return line->keys != NULL;
}

/* What is asked of a line again and again. */
static bool describe(struct line_template *line)
{
    if (line->each)
        line->needs[line->line->each / 64] |= UINT64_C(1) << line->line->each % 64;
    for (size_t i = 0; i < line->token_count; i++) {
        const struct token *token = &line->tokens[i];
        line->is_table |= line->each && token->kind == TOKEN_COLUMN;
    }
    for (size_t i = 0; i < line->token_count; i++) {
        const struct token *token = &line->tokens[i];
        if (token->kind == TOKEN_OPTIONAL)
            i = token->end;
        else if (token->kind == TOKEN_FIELD || token->kind == TOKEN_PRESENT)
            line->needs[token->field / 64] |= UINT64_C(1) << token->field % 64;
    }
    return !line->line->keys || describe_keys(line, line->line->keys);
}

struct transcript_plan *transcript_plan_new(const struct dataset *dataset, const struct notes *notes)
{
    struct transcript_plan *plan = calloc(1, sizeof *plan);
    if (!plan)
        return NULL;
    bool makes = dataset->line_count == 0;
    unsigned count = makes ? dataset->field_count : dataset->line_count;
    plan->lines = calloc(count ? count : 1, sizeof *plan->lines);
    bool done = plan->lines && (!makes || make_lines(plan, dataset));
    const struct line *lines = makes ? plan->made : dataset->lines;
    while (done && plan->count < count) {
        struct line_template *target = &plan->lines[plan->count];
        done = parse_line(target, dataset, &lines[plan->count], notes);
        while (strcmp(lines[target->same_as].words, lines[plan->count].words) != 0)
            target->same_as++;
        done = done && describe(target);
        plan->count++;
    }
    plan->is_anomaly = strcmp(dataset->name, "anomaly") == 0;
    if (done)
        return plan;
    transcript_plan_free(plan);
    return NULL;
}

void transcript_plan_free(struct transcript_plan *plan)
{
    if (!plan)
        return;
    for (size_t i = 0; i < plan->count; i++) {
        free(plan->lines[i].tokens);
        free(plan->lines[i].keys);
    }
    free(plan->lines);
    free(plan->made);
    free(plan->made_words);
    free(plan);
}
