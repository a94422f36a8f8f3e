/* SPDX-License-Identifier: BSD-3-Clause */
#include "display_filter.h"

#include "evaluate.h"
#include "fields.h"
#include "parser.h"
#include "record/common_fields.h"
#include "record/common_values.h"

#include <stdio.h>
#include <stdlib.h>

struct display_filter {
    struct program program;
    struct dataset_table table;
    struct place *places;          /* for each dataset of the table, and one more, the places of each test */
    const struct dataset *further; /* the one more: a dataset that is in no table */
    struct matcher matcher;
    struct community_id *community_id;
    uint8_t *scratch;
    bool show_secrets;
    size_t max_text;
};

static bool program_init(struct program *program, size_t length)
{
    /* Each instruction, test and value takes at least one byte of the expression to write. */
    size_t count = length + 1;
    *program = (struct program){
        .instructions = calloc(count, sizeof *program->instructions),
        .tests = calloc(count, sizeof *program->tests),
        .values = calloc(count, sizeof *program->values),
        .text = calloc(count, 1),
    };
    return program->instructions && program->tests && program->values && program->text;
}

static void program_done(struct program *program)
{
    for (unsigned i = 0; program->tests && i < program->test_count; i++)
        pcre2_code_free(program->tests[i].pattern);
    free(program->instructions);
    free(program->tests);
    free(program->values);
    free(program->text);
}

static void set_places(struct display_filter *filter, size_t row, const struct dataset *dataset)
{
    size_t count = filter->program.test_count;
    for (size_t i = 0; i < count; i++)
        filter->places[row * count + i] = field_place(&filter->program.tests[i].field, dataset);
}

static bool asks_for_community_id(const struct program *program)
{
    for (unsigned i = 0; i < program->test_count; i++)
        if (program->tests[i].field.row == &common_fields[COMMON_COMMUNITY_ID])
            return true;
    return false;
}

/* Everything that asking needs, so that asking itself takes no memory. */
static bool prepare(struct display_filter *filter)
{
    size_t count = filter->program.test_count;
    filter->places = calloc((filter->table.count + 1) * count, sizeof *filter->places);
    filter->scratch = malloc(EVALUATION_SCRATCH);
    if (!filter->places || !filter->scratch)
        return false;
    for (size_t i = 0; i < filter->table.count; i++)
        set_places(filter, i, filter->table.datasets[i]);
    if (!asks_for_community_id(&filter->program))
        return true;
    filter->community_id = community_id_new();
    return filter->community_id != NULL;
}

static bool read_expression(struct display_filter *filter, const char *expression,
                            char ret_error[DISPLAY_FILTER_ERROR_SIZE])
{
    struct parser parser = {
        .source = {.text = bytes_text(expression), .ret_error = ret_error},
        .table = &filter->table,
        .program = &filter->program,
    };
    if (parser.source.text.len > FILTER_EXPRESSION_MAX) {
        (void)snprintf(ret_error, DISPLAY_FILTER_ERROR_SIZE, "-Y: the expression is longer than %d bytes",
                       FILTER_EXPRESSION_MAX);
        return false;
    }
    if (program_init(&filter->program, parser.source.text.len) && matcher_init(&filter->matcher)) {
        if (!parser_read(&parser))
            return false;
        if (prepare(filter))
            return true;
    }
    (void)snprintf(ret_error, DISPLAY_FILTER_ERROR_SIZE, "-Y: out of memory");
    return false;
}

struct display_filter *display_filter_new(const char *expression, bool show_secrets,
                                          char ret_error[DISPLAY_FILTER_ERROR_SIZE])
{
    struct display_filter *filter = calloc(1, sizeof *filter);
    if (!filter) {
        (void)snprintf(ret_error, DISPLAY_FILTER_ERROR_SIZE, "-Y: out of memory");
        return NULL;
    }
    filter->show_secrets = show_secrets;
    filter->max_text = LIMIT_TEXT_BYTES;
    dataset_table_init(&filter->table);
    if (!read_expression(filter, expression, ret_error)) {
        display_filter_free(filter);
        return NULL;
    }
    return filter;
}

void display_filter_free(struct display_filter *filter)
{
    if (!filter)
        return;
    program_done(&filter->program);
    matcher_done(&filter->matcher);
    community_id_free(filter->community_id);
    free(filter->places);
    free(filter->scratch);
    free(filter);
}

void display_filter_max_text(struct display_filter *filter, size_t max_text)
{
    filter->max_text = max_text > 0 ? max_text : LIMIT_TEXT_BYTES;
}

uint64_t display_filter_given_up(const struct display_filter *filter)
{
    return filter->matcher.given_up;
}

/* The places of the record's dataset. One that is in no table is looked up when it comes. */
static const struct place *places_of(struct display_filter *filter, const struct dataset *dataset)
{
    size_t row = 0;
    while (row < filter->table.count && filter->table.datasets[row] != dataset)
        row++;
    if (row == filter->table.count && filter->further != dataset) {
        set_places(filter, row, dataset);
        filter->further = dataset;
    }
    return filter->places + row * filter->program.test_count;
}

bool display_filter_matches(struct display_filter *filter, const struct record *record)
{
    const struct evaluation evaluation = {
        .program = &filter->program,
        .places = places_of(filter, record->dataset),
        .matcher = &filter->matcher,
        .community_id = filter->community_id,
        .show_secrets = filter->show_secrets,
        .max_text = filter->max_text,
        .scratch = filter->scratch,
    };
    return evaluate(&evaluation, record);
}
