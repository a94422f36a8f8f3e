/* SPDX-License-Identifier: BSD-3-Clause */
#include "ranking_state.h"

#include "overhear/analyzer.h"

#include <assert.h>
#include <stdlib.h>

enum { SERVER_BYTES = 1 + 16 + 2 };

/* Without a flag it is about all of them. */
static unsigned outcomes_of(const struct tally *tally)
{
    const unsigned outcomes = (tally->flags & TALLY_SUCCESS ? 1U << OUTCOME_SUCCESS : 0) |
                              (tally->flags & TALLY_FAILURE ? 1U << OUTCOME_FAILURE : 0) |
                              (tally->flags & TALLY_UNKNOWN ? 1U << OUTCOME_UNKNOWN : 0);
    return outcomes ? outcomes : ~0U;
}

static bool make_rows(struct ranking_dataset *counted)
{
    const struct dataset *dataset = counted->dataset;
    counted->rows = calloc(dataset->tally_count ? dataset->tally_count : 1, sizeof *counted->rows);
    if (!counted->rows)
        return false;
    for (unsigned i = 0; i < dataset->tally_count; i++) {
        struct ranking_row *row = &counted->rows[counted->row_count];
        row->tally = &dataset->tallies[i];
        row->outcomes = outcomes_of(row->tally);
        const bool understood = ranking_words_parse(&row->words, dataset, row->tally->words);
        assert(understood);
        counted->row_count += understood;
    }
    return true;
}

struct ranking *ranking_new(void)
{
    struct ranking *ranking = calloc(1, sizeof *ranking);
    if (!ranking)
        return NULL;
    const struct dataset *datasets[OPTIONS_DATASETS];
    size_t count = dataset_list(datasets, OPTIONS_DATASETS);
    ranking->key = ranking_key_random();
    for (size_t i = 0; i < count && i < OPTIONS_DATASETS; i++) {
        ranking->datasets[i].dataset = datasets[i];
        ranking->dataset_count++;
        if (!make_rows(&ranking->datasets[i])) {
            ranking_free(ranking);
            return NULL;
        }
    }
    return ranking;
}

void ranking_free(struct ranking *ranking)
{
    if (!ranking)
        return;
    for (size_t i = 0; i < ranking->dataset_count; i++) {
        struct ranking_dataset *counted = &ranking->datasets[i];
        for (unsigned k = 0; k < counted->row_count; k++) {
            if (counted->rows[k].list)
                ranking_list_done(counted->rows[k].list);
            if (counted->rows[k].times)
                ranking_times_done(counted->rows[k].times);
            free(counted->rows[k].list);
            free(counted->rows[k].times);
        }
        free(counted->rows);
    }
    free(ranking);
}

/* Datasets are few: mostly each has its place to itself. */
static struct ranking_dataset *find_dataset(struct ranking *ranking, const struct dataset *dataset)
{
    uint8_t *place = &ranking->places[((uintptr_t)dataset * 0x9e3779b97f4a7c15U) >> 58];
    if (*place > 0 && ranking->datasets[*place - 1].dataset == dataset)
        return &ranking->datasets[*place - 1];
    for (size_t i = 0; i < ranking->dataset_count; i++)
        if (ranking->datasets[i].dataset == dataset) {
            *place = (uint8_t)(i + 1);
            return &ranking->datasets[i];
        }
    return NULL;
}

/* The list is kept in its row. */
ANALYZER_IS_WRONG("-Wanalyzer-malloc-leak")
static struct ranking_list *list_of(struct ranking_row *row)
{
    if (!row->list)
        row->list = calloc(1, sizeof *row->list);
    row->failed = row->failed || !row->list;
    return row->list;
}
ANALYZER_MAY_BE_RIGHT

static void count_server(const struct ranking *ranking, struct ranking_row *row, const struct record *record)
{
    struct ranking_list *list = record->conversation ? list_of(row) : NULL;
    if (!list)
        return;
    const struct endpoint *server = &record->conversation->destination;
    uint8_t text[SERVER_BYTES];
    text[0] = server->ip.family;
    memcpy(text + 1, server->ip.octets, sizeof server->ip.octets);
    text[17] = (uint8_t)(server->port >> 8);
    text[18] = (uint8_t)server->port;
    ranking_list_add(list, &ranking->key, bytes_of(text, sizeof text), record->destination_domain);
}

struct endpoint ranking_server(const struct ranking_entry *entry)
{
    struct bytes text = ranking_entry_text(entry);
    struct endpoint server = {.ip.family = bytes_at(text, 0),
                              .port = (uint16_t)(bytes_at(text, 17) << 8 | bytes_at(text, 18))};
    (void)bytes_copy(server.ip.octets, sizeof server.ip.octets, bytes_slice(text, 1, sizeof server.ip.octets));
    return server;
}

static void count_value(const struct ranking *ranking, struct ranking_row *row, struct bytes text)
{
    struct ranking_list *list = text.len > 0 ? list_of(row) : NULL;
    if (list)
        ranking_list_add(list, &ranking->key, text, bytes_of(NULL, 0));
}

static void count_values(const struct ranking *ranking, struct ranking_row *row, const struct record *record)
{
    uint8_t buffer[RANKING_TEXT] FILLED_LATER;
    const struct ranking_words *words = &row->words;
    if (words->lone < 0) {
        count_value(ranking, row, ranking_words_say(words, record, buffer));
        return;
    }
    const struct ranking_token *token = &words->tokens[words->lone];
    for (unsigned i = record_first(record, token->field); i > 0; i = record->items[i - 1].next) {
        const struct item *item = &record->items[i - 1];
        struct ranking_list *list = ranking_words_are_static(token, item) ? list_of(row) : NULL;
        if (list)
            ranking_list_add_word(list, &ranking->key, bytes_of(item->word, item->length));
        else
            count_value(ranking, row, ranking_words_say_item(words, record, item, buffer));
        if (!(token->row->flags & FIELD_LIST))
            break;
    }
}

/* And so are the times. */
ANALYZER_IS_WRONG("-Wanalyzer-malloc-leak")
static void count_answer(struct ranking_row *row, const struct record *record)
{
    if (record->request.frame == 0 || record->response.frame == 0)
        return;
    if (!row->times)
        row->times = calloc(1, sizeof *row->times);
    row->failed = row->failed || !row->times;
    if (!row->times)
        return;
    const int64_t took_ns = record->response.time_ns - record->request.time_ns;
    ranking_times_add(row->times, took_ns);
    struct ranking_slow *slow = ranking_times_slow(row->times, took_ns);
    if (!slow)
        return;
    uint8_t buffer[RANKING_TEXT] FILLED_LATER;
    struct bytes text = bytes_first(ranking_words_say(&row->words, record, buffer), sizeof slow->text);
    slow->conversation = record->conversation ? record->conversation->id : 0;
    slow->frame = record->request.frame;
    slow->length = (uint16_t)text.len;
    if (text.len > 0)
        memcpy(slow->text, text.at, text.len);
}
ANALYZER_MAY_BE_RIGHT

bool ranking_is_short(const struct ranking *ranking)
{
    bool failed = false;
    for (size_t i = 0; i < ranking->dataset_count; i++)
        for (unsigned k = 0; k < ranking->datasets[i].row_count; k++) {
            const struct ranking_row *row = &ranking->datasets[i].rows[k];
            failed = failed || row->failed || (row->list && row->list->failed) || (row->times && row->times->failed);
        }
    return failed;
}

void ranking_record(struct ranking *ranking, const struct record *record)
{
    struct ranking_dataset *counted = find_dataset(ranking, record->dataset);
    if (!counted)
        return;
    counted->records++;
    for (unsigned i = 0; i < counted->row_count; i++) {
        struct ranking_row *row = &counted->rows[i];
        if (!(row->outcomes >> record->outcome & 1) ||
            (row->words.has_conditions && !ranking_words_hold(&row->words, record)))
            continue;
        switch (row->tally->kind) {
        case TALLY_SERVERS:
            count_server(ranking, row, record);
            break;
        case TALLY_VALUES:
            count_values(ranking, row, record);
            break;
        case TALLY_ANSWERS:
            count_answer(row, record);
            break;
        }
    }
}
