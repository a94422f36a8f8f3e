/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The transcript: a conversation as a person would follow it. Blocks of lines under a header that says who talks to
 * whom; with -q one line a record.
 */
#include "transcript_state.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    FIRST_PLANS = 16,
    BRIEF_TEXT_BYTES = 200, /* of one value in a line that is not wrapped */
    SHORT_ROWS = 10,        /* of a list or text that is cut short */
    SHORT_TEXT_BYTES = 320, /* of one value in it */
};

struct transcript *transcript_new(const struct output_options *options)
{
    struct transcript *transcript = calloc(1, sizeof *transcript);
    if (!transcript)
        return NULL;
    transcript->options = options;
    transcript->hosts = options->notes ? notes_catalog(options->notes, "host") : NULL;
    transcript->icmp_errors = options->notes ? notes_catalog(options->notes, "icmp_error") : NULL;
    transcript->said_key = siphash_key_random();
    return transcript;
}

void transcript_free(struct transcript *transcript)
{
    if (!transcript)
        return;
    for (size_t i = 0; i < transcript->plan_count; i++)
        transcript_plan_free(transcript->plans[i].plan);
    free(transcript->plans);
    tape_notes_done(&transcript->tape_notes);
    text_buffer_done(&transcript->row.text);
    text_buffer_done(&transcript->row.notes);
    text_buffer_done(&transcript->left);
    text_buffer_done(&transcript->right);
    text_buffer_done(&transcript->scratch);
    text_buffer_done(&transcript->line_start);
    free(transcript);
}

/* Datasets are few and static. NULL where memory is out. */
static struct transcript_plan *plan_of(struct transcript *transcript, const struct dataset *dataset)
{
    for (size_t i = 0; i < transcript->plan_count; i++)
        if (transcript->plans[i].dataset == dataset)
            return transcript->plans[i].plan;
    if (transcript->plan_count == transcript->plan_capacity) {
        size_t capacity = transcript->plan_capacity ? 2 * transcript->plan_capacity : FIRST_PLANS;
        void *plans = realloc(transcript->plans, capacity * sizeof *transcript->plans);
        if (!plans)
            return NULL;
        transcript->plans = plans;
        transcript->plan_capacity = capacity;
    }
    struct transcript_plan *plan = transcript_plan_new(dataset, transcript->options->notes);
    if (!plan)
        return NULL;
    transcript->plans[transcript->plan_count].dataset = dataset;
    transcript->plans[transcript->plan_count].plan = plan;
    transcript->plan_count++;
    return plan;
}

/* Is this entry of a map among the keys that the line wants? */
static inline bool is_wanted(const struct record *record, const struct line_template *line, uint32_t item)
{
    if (!line->keys)
        return true;
    struct bytes key = tape_key(record, &record->items[item]);
    if (!(line->key_lengths >> (key.len < 63 ? key.len : 63) & 1))
        return false;
    for (size_t i = 0; i < line->key_count; i++)
        if (bytes_at(line->keys[i], 0) == bytes_at(key, 0) && bytes_equal(line->keys[i], key))
            return true;
    return false;
}

/* Index + 1 of the next entry that the line walks, `before` being the one in hand (0: none yet). A line that
 * stands once has one entry. 0: no more. */
static uint32_t next_entry(const struct record *record, const struct line_template *line, uint32_t before)
{
    if (!line->each)
        return before ? 0 : 1;
    uint32_t at = before ? record->items[before - 1].next : record_first(record, (unsigned)line->line->each);
    while (at && line->each->type == FIELD_MAP && !is_wanted(record, line, at - 1))
        at = record->items[at - 1].next;
    return at;
}

static bool is_short(const struct transcript *transcript, const struct line *line)
{
    return (line->detail & DETAIL_SHORT) && !(transcript->options->detail & DETAIL_VERBOSE);
}

static struct row_options row_options_of(const struct transcript *transcript, const struct record *record,
                                         const struct transcript_plan *plan, const struct line_template *line)
{
    bool failed = record->outcome == OUTCOME_FAILURE && line->line->speaker == SPEAKER_SERVER;
    bool warns = plan->is_anomaly;
    size_t limit = transcript->options->max_text;
    size_t most_lines = SIZE_MAX;
    if (is_short(transcript, line->line) && !line->each)
        most_lines = SHORT_ROWS;
    else if (is_short(transcript, line->line) && limit > SHORT_TEXT_BYTES)
        limit = SHORT_TEXT_BYTES;
    return (struct row_options){.base = warns ? STYLE_WARNING : STYLE_NORMAL,
                                .strong = warns    ? STYLE_WARNING
                                          : failed ? STYLE_FAILURE
                                                   : STYLE_STRONG,
                                .one_line = line->each != NULL,
                                .most_lines = most_lines,
                                .limit = limit};
}

/* May this line be told at this detail, and has the record what it cannot do without? */
static bool is_told(const struct transcript *transcript, const struct record *record, const struct line_template *line)
{
    uint64_t missing = 0;
    if (!(line->line->detail & transcript->options->detail))
        return false;
    for (unsigned word = 0; word < RECORD_WORDS; word++)
        missing |= line->needs[word] & ~record->present[word];
    return missing == 0;
}

/* The widths of a table's columns. One cell that is much longer than a column should be does not count. */
static void measure(struct transcript *transcript, const struct record *record, struct transcript_plan *plan,
                    struct line_template *line)
{
    struct line_template *measured = &plan->lines[line->same_as];
    struct row_options options = row_options_of(transcript, record, plan, line);
    for (uint32_t at = next_entry(record, line, 0); at; at = next_entry(record, line, at)) {
        options.entry = at - 1;
        if (!transcript_fill_row(transcript, record, line, &options))
            continue;
        for (size_t i = 0; i < transcript->row.count; i++) {
            struct bytes cell = transcript_cell(&transcript->row, i);
            size_t width = layout_width((const char *)cell.at, cell.len);
            if (width <= measured->most_width && width > measured->widths[i])
                measured->widths[i] = width;
        }
    }
}

/* How many rows a table has at most, if more than one does not matter. */
static unsigned count_rows(const struct transcript *transcript, const struct record *record,
                           const struct transcript_plan *plan, size_t table)
{
    unsigned count = 0;
    for (size_t i = table; i < plan->count && count < 2; i++) {
        const struct line_template *line = &plan->lines[i];
        if (line->same_as != table || !is_told(transcript, record, line))
            continue;
        for (uint32_t at = next_entry(record, line, 0); at && count < 2; at = next_entry(record, line, at))
            count++;
    }
    return count;
}

/* A table of one row is measured when it is printed. */
static void measure_tables(struct transcript *transcript, const struct record *record, struct transcript_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        plan->lines[i].is_begun = false;
    for (size_t i = 0; i < plan->count; i++) {
        struct line_template *line = &plan->lines[i], *first = &plan->lines[line->same_as];
        if (!line->is_table || !is_told(transcript, record, line))
            continue;
        if (!first->is_begun) {
            memset(first->widths, 0, sizeof first->widths);
            first->is_begun = true;
            first->is_alone = count_rows(transcript, record, plan, line->same_as) == 1;
            first->most_width = (transcript->options->width - WORDS_COLUMN) * 45 / 100;
        }
        if (!first->is_alone)
            measure(transcript, record, plan, line);
    }
}

/* Some lines are for one side's records only. */
static bool is_heard(const struct record *record, const struct line *line)
{
    if (!(line->detail & DETAIL_HEARD) || line->speaker == SPEAKER_SAME)
        return true;
    return (line->speaker == SPEAKER_CLIENT ? record->request : record->response).frame != 0;
}

/* What stands on the margin of a line. `before`: who spoke on the line above in this record. */
static struct margin margin_of(const struct record *record, const struct transcript_plan *plan, const struct line *line,
                               enum speaker before, bool is_first)
{
    struct margin margin = {.column = WORDS_COLUMN};
    struct moment moment = tape_moment(record);
    if (line->speaker == SPEAKER_CLIENT) {
        margin.arrow = "▸";
        margin.style = STYLE_CLIENT;
        moment = record->request;
    } else if (line->speaker == SPEAKER_SERVER) {
        margin.arrow = "◂";
        margin.style = STYLE_SERVER;
        moment = record->response;
    } else if ((line->detail & DETAIL_LAST) && record->last.frame != 0) {
        moment = record->last;
    } else if (plan->is_anomaly) {
        margin.arrow = "!";
        margin.style = STYLE_WARNING;
    } else if (!is_first) {
        margin.column = CONTINUED_COLUMN;
    }
    /* A question that only the answer quotes was not heard. */
    bool heard = moment.frame != 0 || (record->request.frame == 0 && record->response.frame == 0);
    if (!heard && line->speaker != SPEAKER_SAME)
        margin.arrow = NULL;
    bool speaks_on = !is_first && (line->speaker == before || line->speaker == SPEAKER_SAME);
    int64_t start_ns = record->conversation ? record->conversation->first.time_ns : tape_moment(record).time_ns;
    margin.has_time = moment.frame != 0 && !speaks_on;
    margin.offset_ns = moment.time_ns - start_ns;
    return margin;
}

static void print_remark(struct transcript *transcript, const char *remark, struct text_buffer *out)
{
    struct row *row = &transcript->row;
    row->text.length = row->notes.length = 0;
    layout_mark(&row->text, STYLE_DIM);
    text_add_string(&row->text, remark);
    row->ends[0] = row->text.length;
    row->count = 1;
    transcript_place_row(transcript, &(struct margin){.column = CONTINUED_COLUMN}, NULL, out);
}

/* How many rows of this line are printed at most. */
static size_t rows_wanted(const struct transcript *transcript, const struct record *record,
                          const struct line_template *line)
{
    size_t count = 0;
    if (!is_short(transcript, line->line))
        return SIZE_MAX;
    for (uint32_t at = next_entry(record, line, 0); at; at = next_entry(record, line, at))
        count++;
    return count > SHORT_ROWS + SHORT_SLACK ? SHORT_ROWS : SIZE_MAX;
}

static void print_more(struct transcript *transcript, size_t count, struct text_buffer *out)
{
    char remark[64];
    (void)snprintf(remark, sizeof remark, "… and %zu more (-v shows them)", count);
    print_remark(transcript, remark, out);
}

/* All rows of one line; returns how many there were. */
static size_t print_line(struct transcript *transcript, const struct record *record, struct transcript_plan *plan,
                         const struct line_template *line, struct margin margin, struct text_buffer *out)
{
    const struct line_template *widths = line->is_table ? &plan->lines[line->same_as] : NULL;
    struct row_options options = row_options_of(transcript, record, plan, line);
    options.gathers_notes = transcript->options->notes != NULL;
    size_t rows = 0, more = 0, wanted = rows_wanted(transcript, record, line);
    for (uint32_t at = next_entry(record, line, 0); at; at = next_entry(record, line, at)) {
        options.entry = at - 1;
        if (rows == wanted) {
            more++;
            continue;
        }
        if (!transcript_fill_row(transcript, record, line, &options))
            continue;
        if ((line->line->detail & DETAIL_NOTED) && transcript->row.notes.length == 0)
            continue;
        transcript_place_row(transcript, &margin, widths, out);
        margin.has_time = false;
        margin.arrow = NULL;
        rows++;
    }
    if (more > 0)
        print_more(transcript, more, out);
    return rows;
}

/* What a host or router sent back by ICMP stands where the answer would stand. */
static void print_icmp_error(struct transcript *transcript, const struct record *record, struct text_buffer *out)
{
    struct row *row = &transcript->row;
    int64_t start_ns = record->conversation ? record->conversation->first.time_ns : record->last.time_ns;
    struct margin margin = {.has_time = true,
                            .offset_ns = record->last.time_ns - start_ns,
                            .arrow = "◂",
                            .style = STYLE_SERVER,
                            .column = WORDS_COLUMN};
    row->text.length = row->notes.length = 0;
    layout_mark(&row->text, STYLE_FAILURE);
    text_add_string(&row->text, "ICMP ");
    text_add_string(&row->text, record->icmp_error);
    row->ends[0] = row->text.length;
    row->count = 1;
    struct bytes sentence = note_catalog_find(transcript->icmp_errors, bytes_text(record->icmp_error));
    if (sentence.len > 0)
        transcript_say(transcript, &transcript->told[transcript->telling].said, sentence);
    transcript_place_row(transcript, &margin, NULL, out);
}

/* A conversation to which the transcript returns is not explained anew, as with a data connection of FTP in between. */
static void turn_to(struct transcript *transcript, uint64_t conversation)
{
    size_t chosen = 0;
    for (size_t i = 1; i < TOLD_CONVERSATIONS; i++)
        if (transcript->told[i].turn < transcript->told[chosen].turn)
            chosen = i;
    for (size_t i = 0; conversation != 0 && i < TOLD_CONVERSATIONS; i++)
        if (transcript->told[i].conversation == conversation)
            chosen = i;
    struct told *told = &transcript->told[chosen];
    if (conversation == 0 || told->conversation != conversation)
        told->said.count = 0;
    told->conversation = conversation;
    told->turn = ++transcript->turns;
    transcript->telling = chosen;
}

/* Is there a line that may be told? Mostly, if there is, it is. */
static bool tells_anything(const struct transcript *transcript, const struct record *record,
                           const struct transcript_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (is_told(transcript, record, &plan->lines[i]) && is_heard(record, plan->lines[i].line))
            return true;
    return false;
}

/* False: there is nothing to tell. */
static bool begin_block(struct transcript *transcript, const struct record *record, const struct transcript_plan *plan,
                        struct text_buffer *out)
{
    if (!tells_anything(transcript, record, plan))
        return false;
    if (transcript->begun)
        text_add(out, "\n", 1);
    transcript_header(transcript, record, out);
    return true;
}

static void print_block(struct transcript *transcript, const struct record *record, struct transcript_plan *plan,
                        struct text_buffer *out)
{
    char date_before[sizeof transcript->date];
    memcpy(date_before, transcript->date, sizeof date_before);
    size_t start = out->length, telling_before = transcript->telling;
    uint64_t conversation = record->conversation ? record->conversation->id : 0;
    if (!transcript->begun || conversation == 0 || conversation != transcript->conversation) {
        turn_to(transcript, conversation);
        if (!begin_block(transcript, record, plan, out)) {
            transcript->telling = telling_before;
            return;
        }
    }
    enum speaker speaker = SPEAKER_SAME;
    size_t rows = 0;
    measure_tables(transcript, record, plan);
    for (size_t i = 0; i < plan->count && !out->failed; i++) {
        const struct line *line = plan->lines[i].line;
        if (!is_told(transcript, record, &plan->lines[i]) || !is_heard(record, line))
            continue;
        struct margin margin = margin_of(record, plan, line, speaker, rows == 0);
        size_t printed = print_line(transcript, record, plan, &plan->lines[i], margin, out);
        rows += printed;
        if (printed > 0 && line->speaker != SPEAKER_SAME)
            speaker = line->speaker;
    }
    if (rows == 0) { /* nothing to show at this detail: as if it had not been */
        out->length = start;
        transcript->telling = telling_before;
        memcpy(transcript->date, date_before, sizeof date_before);
        return;
    }
    if (record->icmp_error)
        print_icmp_error(transcript, record, out);
    if (record->incomplete)
        print_remark(transcript, "(incomplete: broken off, or not all of it was captured)", out);
    transcript->begun = true;
    transcript->conversation = conversation;
}

/* -q: time, who, what. Not wrapped, so that one line stays one line for grep. */
static void print_brief(struct transcript *transcript, const struct record *record, struct transcript_plan *plan,
                        struct text_buffer *out)
{
    char clock[CLOCK_SIZE];
    char date[sizeof transcript->date];
    struct text_buffer *left = &transcript->left;
    size_t rows = 0;
    transcript_clock(transcript, tape_moment(record).time_ns, true, clock, date);
    layout_mark(left, STYLE_DIM);
    text_add_string(left, clock);
    layout_mark(left, STYLE_NORMAL);
    text_add_string(left, "  ");
    if (record->conversation) {
        transcript_add_endpoints(transcript, record, left);
        text_add_string(left, "  ");
    }
    layout_mark(left, plan->is_anomaly ? STYLE_WARNING : STYLE_STRONG);
    text_add_string(left, record->dataset->title);
    layout_mark(left, STYLE_NORMAL);
    for (size_t i = 0; i < plan->count; i++) {
        const struct line_template *line = &plan->lines[i];
        if (!is_told(transcript, record, line) || !is_heard(record, line->line))
            continue;
        struct row_options options = row_options_of(transcript, record, plan, line);
        const char *separator = "  ";
        options.one_line = options.first_line = true;
        options.most_lines = SIZE_MAX;
        options.limit = transcript->options->max_text < BRIEF_TEXT_BYTES ? transcript->options->max_text
                                                                         : BRIEF_TEXT_BYTES;
        for (uint32_t at = next_entry(record, line, 0); at; at = next_entry(record, line, at)) {
            options.entry = at - 1;
            if (!transcript_fill_row(transcript, record, line, &options))
                continue;
            struct bytes words = transcript_joined_cells(transcript, "  ");
            text_add_string(left, separator);
            text_add(left, (const char *)words.at, words.len);
            separator = ", ";
            rows++;
        }
    }
    if (record->icmp_error) {
        text_add_string(left, " → ICMP ");
        text_add_string(left, record->icmp_error);
    }
    if (record->incomplete)
        text_add_string(left, "  (incomplete)");
    if (rows > 0)
        layout_print(out, left, &transcript->right, 0, transcript->options->color);
    left->length = 0;
}

/* A scratch buffer without memory: the record is lost, and the next one may try again. */
static void pass_failure_on(struct text_buffer *scratch, struct text_buffer *out)
{
    if (!scratch->failed)
        return;
    scratch->failed = false;
    scratch->length = 0;
    out->failed = true;
}

void transcript_record(struct transcript *transcript, const struct record *record, struct text_buffer *out)
{
    struct transcript_plan *plan = plan_of(transcript, record->dataset);
    if (!plan) {
        out->failed = true;
        return;
    }
    transcript->said_of_record.count = 0;
    transcript->tape_notes.any = false;
    if (transcript->options->notes && !tape_notes_build(&transcript->tape_notes, record))
        out->failed = true;
    if (transcript->options->detail & DETAIL_BRIEF)
        print_brief(transcript, record, plan, out);
    else
        print_block(transcript, record, plan, out);
    pass_failure_on(&transcript->row.text, out);
    pass_failure_on(&transcript->row.notes, out);
    pass_failure_on(&transcript->left, out);
    pass_failure_on(&transcript->right, out);
    pass_failure_on(&transcript->scratch, out);
    pass_failure_on(&transcript->line_start, out);
}
