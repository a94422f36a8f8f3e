/* SPDX-License-Identifier: BSD-3-Clause */
#include "parser.h"

enum {
    /* Between two open parentheses or negations stand at most an `or` and an `and`. */
    STACK_SIZE = 3 * (FILTER_NESTING_MAX + 1),
};

enum pending_kind { PENDING_OPEN, PENDING_OR, PENDING_AND, PENDING_NOT }; /* the later, the closer it binds */

struct pending {
    enum pending_kind kind;
    unsigned
        at; /* of `and` and `or`: the instruction that leads behind the right side; of PENDING_OPEN: where it stands */
};

struct stack {
    struct pending pending[STACK_SIZE];
    unsigned height, nesting;
};

static unsigned emit(struct program *program, enum instruction_kind kind, unsigned target)
{
    program->instructions[program->instruction_count] = (struct instruction){kind, target};
    return program->instruction_count++;
}

bool parser_advance(struct parser *parser)
{
    parser->end = parser->token.span.at + parser->token.span.length;
    return lexer_next(&parser->lexer, &parser->token);
}

uint8_t *parser_text(struct parser *parser, size_t length)
{
    uint8_t *text = parser->program->text + parser->program->text_length;
    parser->program->text_length += length;
    return text;
}

/* Finishes what binds at least as close as `kind`. */
static void reduce(struct program *program, struct stack *stack, enum pending_kind kind)
{
    while (stack->height > 0) {
        const struct pending *top = &stack->pending[stack->height - 1];
        if (top->kind == PENDING_OPEN || top->kind < kind)
            return;
        if (top->kind == PENDING_NOT) {
            (void)emit(program, INSTRUCTION_NOT, 0);
            stack->nesting--;
        } else {
            program->instructions[top->at].target = program->instruction_count;
        }
        stack->height--;
    }
}

static bool push_nesting(struct parser *parser, struct stack *stack, enum pending_kind kind)
{
    if (stack->nesting == FILTER_NESTING_MAX)
        return complain(&parser->source, parser->token.span, "parentheses and negations inside each other are meant",
                        "more than %d levels deep", FILTER_NESTING_MAX);
    stack->nesting++;
    stack->pending[stack->height++] = (struct pending){kind, (unsigned)parser->token.span.at};
    return parser_advance(parser);
}

static void push_operator(struct program *program, struct stack *stack, enum pending_kind kind)
{
    reduce(program, stack, kind);
    unsigned jump = emit(program, kind == PENDING_AND ? INSTRUCTION_JUMP_IF_FALSE : INSTRUCTION_JUMP_IF_TRUE, 0);
    stack->pending[stack->height++] = (struct pending){kind, jump};
}

static bool complain_operand(const struct parser *parser)
{
    static const char hint[] = "expected a field, a kind of record, not or (";
    const struct token *token = &parser->token;
    char quote[QUOTE_SIZE];
    if (token->kind == TOKEN_END)
        return complain(&parser->source, token->span, hint,
                        parser->end == 0 ? "the expression is empty" : "the expression ends too early");
    return complain(&parser->source, token->span,
                    token->kind == TOKEN_STRING || token->kind == TOKEN_RAW
                        ? "a field stands on the left, a value on the right: url.domain == \"example.com\""
                        : hint,
                    "no test begins with '%s'", complaint_quote(&parser->source, token->span, quote));
}

/* What may stand where a test is expected: negations, parentheses, the test. */
static bool read_operand(struct parser *parser, struct stack *stack, bool *is_complete)
{
    const struct token *token = &parser->token;
    if (token->kind == TOKEN_NOT || token_is(&parser->source, token, "not"))
        return push_nesting(parser, stack, PENDING_NOT);
    if (token->kind == TOKEN_OPEN)
        return push_nesting(parser, stack, PENDING_OPEN);
    if (token->kind != TOKEN_WORD || token_is(&parser->source, token, "and") || token_is(&parser->source, token, "or"))
        return complain_operand(parser);
    *is_complete = true;
    (void)emit(parser->program, INSTRUCTION_TEST, parser->program->test_count);
    return parser_read_test(parser);
}

static bool close(struct parser *parser, struct stack *stack)
{
    reduce(parser->program, stack, PENDING_OR);
    if (stack->height == 0)
        return complain(&parser->source, parser->token.span, NULL, "no ( belongs to this )");
    stack->height--;
    stack->nesting--;
    return parser_advance(parser);
}

static bool complain_rest(const struct parser *parser)
{
    char quote[QUOTE_SIZE];
    const struct token *token = &parser->token;
    return complain(&parser->source, token->span, "expected and, or, ) or the end", "'%s' does not belong here",
                    complaint_quote(&parser->source, token->span, quote));
}

bool parser_read(struct parser *parser)
{
    struct stack stack;
    bool is_complete = false; /* a test or a parenthesis stands to the left */
    stack.height = stack.nesting = 0;
    parser->lexer = (struct lexer){&parser->source, 0};
    if (!parser_advance(parser))
        return false;
    for (;;) {
        const struct token *token = &parser->token;
        if (!is_complete) {
            if (!read_operand(parser, &stack, &is_complete))
                return false;
            continue;
        }
        if (token->kind == TOKEN_END)
            break;
        if (token->kind == TOKEN_CLOSE) {
            if (!close(parser, &stack))
                return false;
            continue;
        }
        bool is_and = token->kind == TOKEN_AND || token_is(&parser->source, token, "and");
        if (!is_and && token->kind != TOKEN_OR && !token_is(&parser->source, token, "or"))
            return complain_rest(parser);
        push_operator(parser->program, &stack, is_and ? PENDING_AND : PENDING_OR);
        is_complete = false;
        if (!parser_advance(parser))
            return false;
    }
    reduce(parser->program, &stack, PENDING_OR);
    if (stack.height > 0)
        return complain(&parser->source, (struct span){stack.pending[stack.height - 1].at, 1}, NULL,
                        "this ( is not closed");
    return true;
}
