/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The lists for people: a few lines beside the closing summary, or all of them.
 */
#include "human.h"
#include "ranking_state.h"
#include "summary_list.h"
#include "util/quantity.h"
#include "util/text_width.h"

#include <stdlib.h>

enum {
    BRIEF_DATASETS = 4,
    BRIEF_HEADLINE = 6,
    BRIEF_ENTRIES = 3,
    FULL_ENTRIES = 10,
    FULL_SLOWEST = 5,
    COUNT_COLUMN = 9,
    LABEL_SIZE = 24,
    LEAST_WORDS = 16,    /* fewer columns of them tell nothing */
    SLOW_NS = 500000000, /* somebody waited */
};

/* What a counter counts, in so many columns. */
static const char *entry_words(const struct ranking_row *row, const struct ranking_entry *entry, size_t columns,
                               char ret_words[SUMMARY_ENTRY])
{
    if (row->tally->kind != TALLY_SERVERS)
        return summary_shorten(ranking_entry_text(entry), columns, ret_words);
    char address[ADDRESS_TEXT_SIZE], name[SUMMARY_ENTRY];
    const struct endpoint server = ranking_server(entry);
    address_text(&server.ip, address);
    if (entry->name_length == 0) {
        snprintf(ret_words, SUMMARY_ENTRY, server.ip.family == 6 ? "[%s]:%u" : "%s:%u", address, server.port);
        return ret_words;
    }
    size_t taken = strlen(address) + strlen(" ():65535");
    summary_shorten(ranking_entry_name(entry), columns > taken + LEAST_WORDS ? columns - taken : LEAST_WORDS, name);
    snprintf(ret_words, SUMMARY_ENTRY, "%.200s (%s):%u", name, address, server.port);
    return ret_words;
}

/* `~` where the count may be too high. */
static const char *entry_count(const struct ranking_entry *entry, char ret_text[HUMAN_SIZE])
{
    char number[HUMAN_SIZE];
    snprintf(ret_text, HUMAN_SIZE, "%s%.30s", entry->error > 0 ? "~" : "", human_count(entry->count, number));
    return ret_text;
}

static const char *duration_words(int64_t duration_ns, char ret_text[QUANTITY_SIZE])
{
    quantity_text(quantity_duration(duration_ns), ret_text);
    return ret_text;
}

/* What the entries told leave over. */
static uint64_t count_others(const struct ranking_list *list, const struct ranking_entry *const *entries, size_t count)
{
    uint64_t others = list->total;
    for (size_t i = 0; i < count; i++)
        others -= entries[i]->count < others ? entries[i]->count : others;
    return others;
}

/* --- a few lines --- */

static void print_headline(struct summary_list *lines, const char *label, const struct ranking_row *row)
{
    const struct ranking_entry *entries[BRIEF_HEADLINE];
    size_t count = ranking_list_first(row->list, entries, BRIEF_HEADLINE);
    char entry[SUMMARY_ENTRY + HUMAN_SIZE], words[SUMMARY_ENTRY], number[HUMAN_SIZE];
    for (size_t i = 0; i < count; i++) {
        snprintf(entry, sizeof entry, "%s %s",
                 entry_words(row, entries[i], lines->width - SUMMARY_LABEL - COUNT_COLUMN, words),
                 entry_count(entries[i], number));
        summary_list_add(lines, label, entry);
    }
    summary_list_add_count(lines, label, "others", count_others(row->list, entries, count));
}

static void print_few(struct summary_list *lines, const char *label, const struct ranking_row *row)
{
    const struct ranking_entry *entries[BRIEF_ENTRIES];
    size_t count = ranking_list_first(row->list, entries, BRIEF_ENTRIES);
    char entry[SUMMARY_ENTRY + HUMAN_SIZE + 4], words[SUMMARY_ENTRY], number[HUMAN_SIZE];
    for (size_t i = 0; i < count; i++) {
        entry_words(row, entries[i], lines->width - SUMMARY_LABEL - COUNT_COLUMN, words);
        if (entries[i]->count > 1)
            snprintf(entry, sizeof entry, "%s (%s)", words, entry_count(entries[i], number));
        else
            snprintf(entry, sizeof entry, "%s", words);
        summary_list_add(lines, label, entry);
    }
    uint64_t others = count_others(row->list, entries, count);
    if (others > 0) {
        snprintf(entry, sizeof entry, "%s %s", human_count(others, number), count > 0 ? "more" : "different ones");
        summary_list_add(lines, label, entry);
    }
}

/* With its words where they fit beside the rest, or where it was so slow that they deserve a line. */
static void print_slowest(struct summary_list *lines, const char *label, const struct ranking_slow *slow)
{
    char duration[QUANTITY_SIZE], where[HUMAN_SIZE] = "", words[SUMMARY_ENTRY] = "";
    char entry[SUMMARY_ENTRY + QUANTITY_SIZE + HUMAN_SIZE + 16];
    if (slow->conversation != 0)
        snprintf(where, sizeof where, " (conversation %llu)", (unsigned long long)slow->conversation);
    snprintf(entry, sizeof entry, "slowest %s", duration_words(slow->duration_ns, duration));
    const size_t own = text_width(entry, strlen(entry)) + 2 + strlen(where) + 1;
    size_t taken = own + (lines->column > 0 ? lines->column + 2 : SUMMARY_LABEL);
    if (taken + LEAST_WORDS > lines->width && slow->duration_ns >= SLOW_NS)
        taken = own + SUMMARY_LABEL;
    if (slow->length > 0 && taken + LEAST_WORDS <= lines->width)
        summary_shorten(bytes_of(slow->text, slow->length), lines->width - taken, words);
    snprintf(entry, sizeof entry, "slowest %s%s%s%s", duration, words[0] ? ": " : "", words, where);
    summary_list_add(lines, label, entry);
}

static void print_times(struct summary_list *lines, const char *label, const struct ranking_times *times)
{
    static const struct {
        const char *name;
        unsigned percent;
    } quantiles[] = {{"median", 50}, {"p95", 95}};
    char entry[SUMMARY_ENTRY], duration[QUANTITY_SIZE];
    for (size_t i = 0; times->count > 1 && i < sizeof quantiles / sizeof *quantiles; i++) {
        snprintf(entry, sizeof entry, "%s %s", quantiles[i].name,
                 duration_words(ranking_times_percentile(times, quantiles[i].percent), duration));
        summary_list_add(lines, label, entry);
    }
    if (times->slow_count > 0)
        print_slowest(lines, label, &times->slowest[0]);
}

static void print_brief_dataset(FILE *to, const struct ranking_dataset *counted, unsigned width)
{
    char label[LABEL_SIZE];
    struct summary_list lines = summary_list_of(to, width);
    for (unsigned i = 0; i < counted->row_count; i++)
        if ((counted->rows[i].tally->flags & TALLY_HEADLINE) && counted->rows[i].list)
            print_headline(&lines, counted->dataset->name, &counted->rows[i]);
    if (lines.column == 0)
        summary_list_add_count(&lines, counted->dataset->name, "records", counted->records);
    summary_list_end(&lines);
    for (unsigned i = 0; i < counted->row_count; i++) {
        const struct ranking_row *row = &counted->rows[i];
        if (!(row->tally->flags & TALLY_BRIEF))
            continue;
        snprintf(label, sizeof label, "  %s", row->tally->title);
        if (row->list)
            print_few(&lines, label, row);
        if (row->times)
            print_times(&lines, label, row->times);
        summary_list_end(&lines);
    }
}

static bool is_brief(const struct ranking_dataset *counted)
{
    for (unsigned i = 0; i < counted->row_count; i++)
        if (counted->records > 0 && (counted->rows[i].tally->flags & (TALLY_BRIEF | TALLY_HEADLINE)))
            return true;
    return false;
}

static int by_records(const void *a, const void *b)
{
    const struct ranking_dataset *const *first = a, *const *second = b;
    if ((*first)->records != (*second)->records)
        return (*first)->records > (*second)->records ? -1 : 1;
    return *first < *second ? -1 : *first > *second;
}

void ranking_print_brief(FILE *to, const struct ranking *ranking, unsigned width)
{
    const struct ranking_dataset *chosen[OPTIONS_DATASETS];
    size_t count = 0;
    for (size_t i = 0; i < ranking->dataset_count; i++)
        if (is_brief(&ranking->datasets[i]))
            chosen[count++] = &ranking->datasets[i];
    if (count > 1)
        qsort(chosen, count, sizeof *chosen, by_records);
    for (size_t i = 0; i < count && i < BRIEF_DATASETS; i++)
        print_brief_dataset(to, chosen[i], width);
    struct summary_list more = summary_list_of(to, width);
    for (size_t i = BRIEF_DATASETS; i < count; i++)
        summary_list_add(&more, "and --summary:", chosen[i]->dataset->name);
    summary_list_end(&more);
}

/* --- all of it --- */

/* Right-aligned by what is seen. */
static void print_aligned(FILE *to, const char *text)
{
    size_t width = text_width(text, strlen(text));
    fprintf(to, "%*s%s  ", width < COUNT_COLUMN ? (int)(COUNT_COLUMN - width) : 0, "", text);
}

static void print_full_list(FILE *to, const struct ranking_row *row, unsigned width)
{
    const struct ranking_entry *entries[FULL_ENTRIES];
    size_t count = ranking_list_first(row->list, entries, FULL_ENTRIES);
    char words[SUMMARY_ENTRY], number[HUMAN_SIZE];
    const char *title = row->tally->title;
    const size_t columns = width - SUMMARY_LABEL - COUNT_COLUMN - 2;
    for (size_t i = 0; i < count; i++) {
        fprintf(to, "  %-*s", SUMMARY_LABEL - 2, title);
        print_aligned(to, entry_count(entries[i], number));
        fprintf(to, "%s\n", entry_words(row, entries[i], columns, words));
        title = "";
    }
    uint64_t others = count_others(row->list, entries, count);
    if (others > 0) {
        fprintf(to, "  %-*s", SUMMARY_LABEL - 2, title);
        print_aligned(to, human_count(others, number));
        fprintf(to, "%s\n", count > 0 ? "others" : "different ones, none of them often");
    }
}

static void print_full_times(FILE *to, const struct ranking_row *row, unsigned width)
{
    const struct ranking_times *times = row->times;
    char number[HUMAN_SIZE], median[QUANTITY_SIZE], high[QUANTITY_SIZE], most[QUANTITY_SIZE], words[SUMMARY_ENTRY];
    fprintf(to, "  %-*smedian %s, p95 %s, slowest %s, of %s\n", SUMMARY_LABEL - 2, row->tally->title,
            duration_words(ranking_times_percentile(times, 50), median),
            duration_words(ranking_times_percentile(times, 95), high), duration_words(times->most_ns, most),
            human_count(times->count, number));
    for (unsigned i = 0; i < times->slow_count && i < FULL_SLOWEST; i++) {
        const struct ranking_slow *slow = &times->slowest[i];
        char where[HUMAN_SIZE] = "";
        if (slow->conversation != 0)
            snprintf(where, sizeof where, "(conversation %llu)", (unsigned long long)slow->conversation);
        size_t taken = SUMMARY_LABEL + COUNT_COLUMN + 2 + 2 + strlen(where);
        summary_shorten(bytes_of(slow->text, slow->length), width > taken + LEAST_WORDS ? width - taken : LEAST_WORDS,
                        words);
        fprintf(to, "  %-*s", SUMMARY_LABEL - 2, i == 0 ? "slowest" : "");
        print_aligned(to, duration_words(slow->duration_ns, median));
        fprintf(to, "%s%s%s\n", words, words[0] ? "  " : "", where);
    }
}

void ranking_print_full(FILE *to, const struct ranking *ranking, unsigned width)
{
    char number[HUMAN_SIZE];
    width = summary_list_of(to, width).width;
    for (size_t i = 0; i < ranking->dataset_count; i++) {
        const struct ranking_dataset *counted = &ranking->datasets[i];
        if (counted->records == 0 || counted->row_count == 0)
            continue;
        fprintf(to, "\n%-*s%s record%s\n", SUMMARY_LABEL, counted->dataset->title,
                human_count(counted->records, number), counted->records == 1 ? "" : "s");
        for (unsigned k = 0; k < counted->row_count; k++) {
            if (counted->rows[k].list)
                print_full_list(to, &counted->rows[k], width);
            if (counted->rows[k].times && counted->rows[k].times->count > 0)
                print_full_times(to, &counted->rows[k], width);
        }
    }
}
