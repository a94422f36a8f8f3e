/* SPDX-License-Identifier: BSD-3-Clause */
#include "record_check.h"

#include "harness.h"
#include "json_check.h"

#include "output/output_state.h"
#include "record/notes.h"

#include <stdio.h>

/* One pair for each way of printing; made once, since the plans of the output are slow to make. */
struct printers {
    struct output *json, *transcript;
};

enum { WAYS = 16, COLORED = 1, SECRET = 2, WIDE = 4, VERBOSE = 8, NARROW_COLUMNS = 40, WIDE_COLUMNS = 140 };

static struct printers all_printers[WAYS];

static bool fits(enum field_type type, unsigned kind)
{
    switch (type) {
    case FIELD_TEXT:
        return kind == ITEM_TEXT || kind == ITEM_WORD;
    case FIELD_INTEGER:
    case FIELD_BOOLEAN:
    case FIELD_TIME:
    case FIELD_DURATION:
        return kind == ITEM_INTEGER;
    case FIELD_ADDRESS:
        return kind == ITEM_ADDRESS;
    case FIELD_GROUP:
        return kind == ITEM_GROUP;
    case FIELD_MAP:
        return kind == ITEM_MAP;
    }
    return false;
}

static struct bytes text_of(const struct record *record, uint32_t offset, uint32_t length)
{
    demand(offset <= record->text_length && length <= record->text_length - offset);
    return length > 0 ? bytes_of(record->text + offset, length) : bytes_text("");
}

static void check_address(const struct record *record, const struct item *item)
{
    struct address address;
    demand(item->length == sizeof address);
    memcpy(&address, text_of(record, item->offset, item->length).at, sizeof address);
    demand(address.family == 4 || address.family == 6);
}

/* Returns a number of what it says. */
static uint64_t check_value(const struct record *record, const struct item *item, const struct field *row)
{
    uint64_t sum = (uint64_t)item->kind << 16 | item->field;
    demand(fits(row->type, item->kind));
    switch (item->kind) {
    case ITEM_TEXT:
    case ITEM_MAP:
        demand(item->secret_at <= item->length || item->secret_length == 0);
        fuzz_mix_bytes(&sum, text_of(record, item->offset, item->length));
        fuzz_mix(&sum, (uint64_t)item->secret_at << 32 | item->secret_length);
        if (item->kind == ITEM_MAP)
            fuzz_mix_bytes(&sum, text_of(record, item->key_offset, item->key_length));
        break;
    case ITEM_WORD:
        demand(item->word && strlen(item->word) == item->length);
        fuzz_mix_bytes(&sum, bytes_of(item->word, item->length));
        break;
    case ITEM_INTEGER:
        demand(row->type != FIELD_BOOLEAN || item->integer == 0 || item->integer == 1);
        fuzz_mix(&sum, (uint64_t)item->integer);
        break;
    case ITEM_ADDRESS:
        check_address(record, item);
        fuzz_mix_bytes(&sum, text_of(record, item->offset, item->length));
        break;
    default:
        break;
    }
    fuzz_mix(&sum, item->unexplained);
    return sum;
}

static uint64_t check_note(const struct record *record, uint32_t index)
{
    const struct item *note = &record->items[index];
    uint64_t sum = note->about;
    demand(note->word != NULL && note->length <= 4 && index + note->length < record->item_count);
    demand(note->about < index || note->about == UINT16_MAX);
    fuzz_mix_bytes(&sum, bytes_text(note->word));
    for (uint32_t i = index + 1; i <= index + note->length; i++) {
        const struct item *argument = &record->items[i];
        demand(argument->kind == ITEM_ARGUMENT && argument->field <= ARGUMENT_TIME);
        if (argument->field == ARGUMENT_TEXT)
            fuzz_mix_bytes(&sum, text_of(record, argument->offset, argument->length));
    }
    return sum;
}

/* The tape from beginning to end. */
static void check_tape(uint64_t *sum, const struct record *record)
{
    const struct field *rows = record->dataset->fields;
    unsigned row_count = record->dataset->field_count;
    uint32_t group_end = 0;
    demand(record->item_count <= record->item_capacity && record->text_length <= record->text_capacity);
    demand(record->item_count <= LIMIT_RECORD_ITEMS && record->text_length <= LIMIT_RECORD_BYTES);
    demand(record->open_group == 0 && !record->has_late);
    for (uint32_t i = 0; i < record->item_count; i++) {
        const struct item *item = &record->items[i];
        if (i == group_end) {
            rows = record->dataset->fields;
            row_count = record->dataset->field_count;
        }
        if (item->kind == ITEM_NOTE) {
            fuzz_mix(sum, check_note(record, i));
            i += item->length;
            continue;
        }
        demand(item->field < row_count);
        const struct field *row = &rows[item->field];
        fuzz_mix(sum, check_value(record, item, row));
        if (item->kind != ITEM_GROUP || item->length == 0)
            continue;
        demand(i >= group_end && item->length < record->item_count - i);
        group_end = i + 1 + item->length;
        rows = row->members;
        row_count = row->member_count;
    }
    demand(group_end <= record->item_count);
}

/* What leads to the values: the only value of a field, or all of a list, in their order. */
static void check_chains(const struct record *record)
{
    for (unsigned field = 0; field < record->dataset->field_count; field++) {
        const struct field *row = &record->dataset->fields[field];
        unsigned index = record_first(record, field), last = 0, count = 0;
        for (; index; index = record->items[index - 1].next, count++) {
            demand(index > last && index <= record->item_count && record->items[index - 1].field == field);
            last = index;
        }
        demand(last == 0 || record->last_item[field] == last);
        demand(count <= 1 || (row->flags & FIELD_LIST) || row->type == FIELD_MAP);
    }
}

static void mix_moment(uint64_t *sum, struct moment moment)
{
    fuzz_mix(sum, moment.frame);
    fuzz_mix(sum, (uint64_t)moment.time_ns);
}

static uint64_t check_record(struct record_watch *watch, const struct record *record)
{
    uint64_t sum = 1;
    demand(record->dataset && record->dataset->name);
    watch->records++;
    watch->flows += strcmp(record->dataset->name, "flow") == 0;
    fuzz_mix_bytes(&sum, bytes_text(record->dataset->name));
    fuzz_mix_bytes(&sum, bytes_text(record->protocol));
    fuzz_mix_bytes(&sum, bytes_text(record->icmp_error));
    fuzz_mix(&sum, (uint64_t)record->outcome << 1 | record->incomplete);
    mix_moment(&sum, record->first);
    mix_moment(&sum, record->last);
    mix_moment(&sum, record->request);
    mix_moment(&sum, record->response);
    demand(record->first.frame == 0 || record->last.frame == 0 || record->first.frame <= record->last.frame);
    for (unsigned i = 0; i < RECORD_WORDS; i++)
        fuzz_mix(&sum, record->truncated[i]);
    if (record->conversation)
        fuzz_mix_bytes(&sum, bytes_text(record->conversation->protocol));
    check_tape(&sum, record);
    check_chains(record);
    return sum;
}

static struct printers *printers_of(const struct record_watch *watch)
{
    static struct notes *notes;
    struct printers *printers = &all_printers[watch->way % WAYS];
    if (printers->json)
        return printers;
    if (!notes)
        notes = notes_new();
    struct output_options options = {.format = OUTPUT_JSON,
                                     .descriptor = -1,
                                     .notes = notes,
                                     .show_secrets = (watch->way & SECRET) != 0,
                                     .held = true};
    printers->json = output_new(&options);
    options.format = OUTPUT_TRANSCRIPT;
    options.detail = watch->way & VERBOSE ? DETAIL_VERBOSE : watch->way & COLORED ? DETAIL_BRIEF : DETAIL_NORMAL;
    options.width = watch->way & WIDE ? WIDE_COLUMNS : NARROW_COLUMNS;
    options.color = (watch->way & COLORED) != 0;
    printers->transcript = output_new(&options);
    demand(notes && printers->json && printers->transcript);
    return printers;
}

void record_watch_write(void *context, const struct record *record)
{
    struct record_watch *watch = context;
    watch->sum += check_record(watch, record); /* in whatever order they come */
    if (!watch->writes)
        return;
    const struct printers *printers = printers_of(watch);
    output_record(printers->json, record);
    output_record(printers->transcript, record);
    demand(printers->json->lost_records == 0 && printers->transcript->lost_records == 0);
}

static struct bytes take_printed(struct output *output)
{
    struct bytes text = bytes_of(output->buffer.at, output->buffer.length);
    output->buffer.length = 0;
    output->buffered_records = 0;
    return text;
}

void record_watch_finish(struct record_watch *watch, const char *title)
{
    if (!watch->writes)
        return;
    const struct printers *printers = printers_of(watch);
    struct bytes lines = take_printed(printers->json), page = take_printed(printers->transcript);
    if (title && getenv("OVERHEAR_FUZZ_SHOW"))
        (void)fprintf(stderr, "%s\n%.*s", title, (int)lines.len, (const char *)lines.at);
    while (lines.len > 0) {
        size_t end = bytes_find(lines, '\n', 0);
        demand(end < lines.len && json_line_is_good(bytes_first(lines, end)));
        lines = bytes_skip(lines, end + 1);
    }
    demand(page_is_good(page, (watch->way & COLORED) != 0));
}
