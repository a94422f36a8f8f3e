/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A line's words with the values of the record put in, and beside them what notes say about these values.
 */
#include "put.h"
#include "transcript_state.h"

#include "util/quantity.h"

enum {
    SENTENCE_SIZE = 1024, /* of one observation */
    TAB_COLUMNS = 8,
};

/* Was this said? From now on it was. */
static inline bool was_said(struct said *said, uint64_t hash)
{
    for (size_t i = 0; i < said->count; i++)
        if (said->hashes[i] == hash)
            return true;
    if (said->count < SAID_MAX)
        said->hashes[said->count++] = hash;
    return false;
}

static uint64_t hash_of(const struct transcript *transcript, struct bytes sentence)
{
    return siphash(&transcript->said_key, sentence.at, sentence.len);
}

static void begin_sentence(struct text_buffer *notes)
{
    if (notes->length > 0)
        text_add(notes, "; ", 2);
}

void transcript_say(struct transcript *transcript, struct said *said, struct bytes sentence)
{
    struct text_buffer *notes = &transcript->row.notes;
    if (sentence.len == 0 || was_said(said, hash_of(transcript, sentence)))
        return;
    begin_sentence(notes);
    text_add_terminal(notes, sentence, SIZE_MAX);
}

static void learn_sentence(const struct transcript *transcript, struct sentence *known, struct bytes text)
{
    *known = (struct sentence){.text = text, .hash = hash_of(transcript, text), .is_plain = true};
    for (size_t i = 0; i < text.len; i++)
        if (bytes_at(text, i) < 0x20 || bytes_at(text, i) > 0x7e || bytes_at(text, i) == '\\')
            known->is_plain = false;
}

void transcript_say_fixed(struct transcript *transcript, struct said *said, struct bytes sentence)
{
    struct text_buffer *notes = &transcript->row.notes;
    const uint64_t mixed = (uint64_t)(uintptr_t)sentence.at * UINT64_C(0x9e3779b97f4a7c15);
    struct sentence *known = &transcript->sentences[mixed >> 32 & (SENTENCES_KEPT - 1)];
    if (sentence.len == 0)
        return;
    if (known->text.at != sentence.at || known->text.len != sentence.len)
        learn_sentence(transcript, known, sentence);
    if (was_said(said, known->hash))
        return;
    begin_sentence(notes);
    if (known->is_plain)
        text_add(notes, (const char *)sentence.at, sentence.len);
    else
        text_add_terminal(notes, sentence, SIZE_MAX);
}

static void gather_notes(struct transcript *transcript, const struct record *record, uint32_t index,
                         const struct token *token)
{
    char buffer[SENTENCE_SIZE];
    struct said *told = &transcript->told[transcript->telling].said;
    if (token->catalog)
        transcript_say_fixed(
            transcript, told,
            notes_look_value(&transcript->note_cache, token->catalog, record, index, token->row).plain);
    for (unsigned note = tape_notes_first(&transcript->tape_notes, index); note;
         note = tape_notes_next(&transcript->tape_notes, note)) {
        struct bytes sentence = notes_look_observation(&transcript->note_cache, transcript->options->notes, record,
                                                       note - 1, buffer, sizeof buffer)
                                    .plain;
        struct said *said = record->items[note - 1].length == 0 ? told : &transcript->said_of_record;
        if (sentence.at == (const uint8_t *)buffer)
            transcript_say(transcript, said, sentence);
        else
            transcript_say_fixed(transcript, said, sentence);
    }
}

/* Wire text that may break lines: newlines stay, tabs become spaces. */
static void add_lines(struct text_buffer *text, struct bytes wire)
{
    size_t column = 0;
    for (size_t at = 0; at < wire.len;) {
        size_t newline = bytes_find(wire, '\n', at);
        size_t tab = bytes_find(bytes_first(wire, newline), '\t', at);
        size_t end = newline > at && bytes_at(wire, newline - 1) == '\r' && newline < wire.len ? newline - 1 : newline;
        size_t start = text->length;
        text_add_terminal(text, bytes_slice(wire, at, (tab < newline ? tab : end) - at), SIZE_MAX);
        struct bytes added = bytes_skip(bytes_of(text->at, text->length), start);
        column += text_width((const char *)added.at, added.len);
        if (tab < newline) {
            size_t gap = TAB_COLUMNS - column % TAB_COLUMNS;
            text_add(text, "        ", gap);
            column += gap;
            at = tab + 1;
        } else {
            if (newline + 1 < wire.len) /* one at the very end says nothing */
                text_add(text, "\n", 1);
            column = 0;
            at = newline + 1;
        }
    }
}

/* Wire text that may not: a line end is shown as \n. */
static void add_one_line(struct text_buffer *text, struct bytes wire)
{
    for (size_t at = 0; at < wire.len;) {
        size_t newline = bytes_find(wire, '\n', at);
        text_add_terminal(text, bytes_slice(wire, at, newline - at), SIZE_MAX);
        if (newline < wire.len)
            text_add_string(text, "\\n");
        at = newline + 1;
    }
}

static void add_wire(struct text_buffer *text, struct bytes wire, const struct row_options *options)
{
    if (options->one_line)
        add_one_line(text, wire);
    else
        add_lines(text, wire);
}

/* Keep the first line. True: others followed. */
static bool cut_line(struct bytes *wire)
{
    size_t newline = bytes_find(*wire, '\n', 0);
    if (newline == wire->len)
        return false;
    bool has_more = newline + 1 < wire->len;
    *wire = bytes_first(*wire, newline > 0 && bytes_at(*wire, newline - 1) == '\r' ? newline - 1 : newline);
    return has_more;
}

static void keep_first_line(struct tape_text *shown)
{
    if (cut_line(&shown->before)) {
        shown->hides = false;
        shown->cut = true;
    } else if (shown->hides && cut_line(&shown->after)) {
        shown->cut = true;
    }
}

/* Keep as many lines. True: others followed; how many there were on the wire is not known here. */
static bool keep_lines(struct tape_text *shown, size_t most)
{
    size_t count = 0, end = 0;
    if (most == SIZE_MAX)
        return false;
    for (size_t at = 0; at < shown->before.len && !shown->hides; count++) {
        at = bytes_find(shown->before, '\n', at);
        if (count < most)
            end = at;
        at++;
    }
    if (count <= most + SHORT_SLACK)
        return false;
    shown->before = bytes_first(shown->before, end);
    shown->cut = false;
    return true;
}

/* A text of which all is shown, and nothing is escaped or broken: most are. False: it is another. */
static bool add_plain_text(const struct record *record, const struct item *item, size_t limit, struct text_buffer *text)
{
    if (item->kind == ITEM_WORD && item->length <= limit && put_is_plain(item->word, item->length)) {
        text_add(text, item->word, item->length);
        return true;
    }
    if (item->kind != ITEM_TEXT && item->kind != ITEM_MAP)
        return false;
    if (item->secret_length > 0 || item->length == 0 || item->length > limit)
        return false;
    char *to = text_reserve(text, item->length + PUT_SLACK);
    char *end = to ? put_if_plain(to, bytes_of(record->text + item->offset, item->length),
                                  record->text_capacity - item->offset)
                   : NULL;
    if (end)
        text->length += item->length;
    return end != NULL;
}

static void add_text(const struct transcript *transcript, const struct record *record, const struct item *item,
                     const struct token *token, const struct row_options *options, struct text_buffer *text)
{
    if (add_plain_text(record, item, options->limit, text))
        return;
    struct tape_text shown = tape_text(record, item, token->row, transcript->options->show_secrets, options->limit);
    if (options->first_line)
        keep_first_line(&shown);
    bool has_more = keep_lines(&shown, options->most_lines);
    add_wire(text, shown.before, options);
    if (shown.hides) {
        text_add_string(text, "[hidden]");
        add_wire(text, shown.after, options);
    }
    if (shown.cut)
        text_add_string(text, "…");
    if (has_more)
        text_add_string(text, "\n… and so on (-v shows more)");
}

static void add_quantity(struct text_buffer *text, enum token_format format, int64_t value)
{
    char quantity[QUANTITY_SIZE];
    size_t length = 0;
    if (format == FORMAT_SIZE)
        length = quantity_text(quantity_size(value > 0 ? (uint64_t)value : 0), quantity);
    else if (format == FORMAT_TTL)
        length = quantity_ttl(value, quantity);
    else
        length = quantity_text(quantity_duration(value), quantity);
    text_add(text, quantity, length);
}

static void add_integer(struct text_buffer *text, const struct token *token, int64_t value)
{
    char time[QUANTITY_SIZE];
    if (token->format == FORMAT_SIZE || token->format == FORMAT_TTL || token->format == FORMAT_DURATION ||
        token->row->type == FIELD_DURATION) {
        add_quantity(text, token->format, value);
    } else if (token->row->type == FIELD_BOOLEAN) {
        text_add_string(text, value ? "yes" : "no");
    } else if (token->row->type == FIELD_TIME) {
        text_add(text, time, quantity_time(value, time));
        text_add_string(text, " UTC");
    } else {
        text_add_signed(text, value);
    }
}

static void add_value(struct transcript *transcript, const struct record *record, uint32_t index,
                      const struct token *token, const struct row_options *options)
{
    const struct item *item = &record->items[index];
    struct text_buffer *text = &transcript->row.text;
    char address_words[ADDRESS_TEXT_SIZE];
    if (token->kind == TOKEN_KEY) {
        text_add_terminal(text, tape_key(record, item), options->limit);
    } else if ((token->row->flags & FIELD_SECRET) && !transcript->options->show_secrets) {
        text_add_string(text, "[hidden]");
    } else if (item->kind == ITEM_INTEGER) {
        add_integer(text, token, item->integer);
    } else if (item->kind == ITEM_ADDRESS) {
        struct address address = tape_address(record, item);
        text_add(text, address_words, address_text(&address, address_words));
    } else if (item->kind != ITEM_GROUP) {
        add_text(transcript, record, item, token, options, text);
    }
    /* A map's catalog explains the key, so its sentence stands beside either of the two once. */
    if (options->gathers_notes)
        gather_notes(transcript, record, index, token);
}

/* Index + 1 of the first value of a member at or after `from`; 0: there is none. */
static uint32_t find_member(const struct record *record, uint32_t group, uint32_t from, unsigned member)
{
    uint32_t end = tape_group_end(record, group);
    for (uint32_t i = from; i < end; i = tape_after(record, i))
        if (record->items[i].kind != ITEM_NOTE && record->items[i].field == member)
            return i + 1;
    return 0;
}

/* Index + 1 of the token's first value, and of the one that follows `before` (index + 1); 0: there is none. */
static uint32_t value_of(const struct record *record, const struct token *token, uint32_t entry, uint32_t before)
{
    switch (token->kind) {
    case TOKEN_FIELD:
        return before ? record->items[before - 1].next : record_first(record, token->field);
    case TOKEN_MEMBER:
        return find_member(record, entry, before ? before : entry + 1, token->field);
    case TOKEN_KEY:
    case TOKEN_VALUE:
        return before ? 0 : entry + 1;
    default:
        return 0;
    }
}

static bool is_value(const struct token *token)
{
    return token->kind >= TOKEN_FIELD && token->kind <= TOKEN_ELAPSED;
}

static bool is_there(const struct record *record, const struct token *token, uint32_t entry)
{
    if (token->kind == TOKEN_ELAPSED)
        return record->first.frame && record->last.frame;
    if (token->kind == TOKEN_PRESENT || token->kind == TOKEN_ABSENT)
        return (record_first(record, token->field) != 0) == (token->kind == TOKEN_PRESENT);
    uint32_t value = value_of(record, token, entry, 0);
    /* A size of nothing is nothing to show. */
    return value != 0 && !(token->format == FORMAT_SIZE && record->items[value - 1].integer == 0);
}

static void add_values(struct transcript *transcript, const struct record *record, const struct token *token,
                       const struct row_options *options)
{
    struct text_buffer *text = &transcript->row.text;
    if (token->strong)
        layout_mark(text, options->strong);
    if (token->kind == TOKEN_ELAPSED)
        add_quantity(text, FORMAT_DURATION, record->last.time_ns - record->first.time_ns);
    const char *separator = "";
    for (uint32_t at = value_of(record, token, options->entry, 0); at;
         at = value_of(record, token, options->entry, at)) {
        text_add_string(text, separator);
        add_value(transcript, record, at - 1, token, options);
        separator = token->format == FORMAT_LIST ? " " : ", ";
    }
    if (token->strong)
        layout_mark(text, options->base);
}

/* Are all values there that stand between [ and ]? */
static bool is_whole(const struct record *record, const struct line_template *line, size_t open, uint32_t entry)
{
    for (size_t i = open + 1; i < line->token_count && i < line->tokens[open].end; i++)
        if (is_value(&line->tokens[i]) && !is_there(record, &line->tokens[i], entry))
            return false;
    return true;
}

static void end_cell(struct row *row)
{
    if (row->count < TEMPLATE_COLUMNS)
        row->count++;
    row->ends[row->count - 1] = row->text.length;
}

/* Are all values there that stand outside brackets? Asked first, so that no note is taken for said that is not shown.
 */
static bool is_complete(const struct record *record, const struct line_template *line, uint32_t entry)
{
    for (size_t i = 0; i < line->token_count; i++) {
        const struct token *token = &line->tokens[i];
        bool depends = is_value(token) || token->kind == TOKEN_PRESENT || token->kind == TOKEN_ABSENT;
        if (token->kind == TOKEN_OPTIONAL)
            i = token->end;
        else if (depends && !is_there(record, token, entry))
            return false;
    }
    return true;
}

bool transcript_fill_row(struct transcript *transcript, const struct record *record, const struct line_template *line,
                         const struct row_options *options)
{
    struct row *row = &transcript->row;
    row->text.length = 0;
    row->notes.length = 0;
    row->count = 0;
    if (!is_complete(record, line, options->entry))
        return false;
    if (options->base != STYLE_NORMAL)
        layout_mark(&row->text, options->base);
    bool leaves_out = false; /* what stands in brackets */
    for (size_t i = 0; i < line->token_count; i++) {
        const struct token *token = &line->tokens[i];
        if (token->kind == TOKEN_COLUMN)
            end_cell(row);
        else if (token->kind == TOKEN_OPTIONAL)
            leaves_out = !is_whole(record, line, i, options->entry);
        else if (token->kind == TOKEN_END)
            leaves_out = false;
        else if (leaves_out)
            continue;
        else if (token->kind == TOKEN_WORDS)
            text_add(&row->text, (const char *)token->words.at, token->words.len);
        else if (is_value(token))
            add_values(transcript, record, token, options);
    }
    end_cell(row);
    return layout_has_columns(row->text.at, row->text.length);
}

struct bytes transcript_cell(const struct row *row, size_t number)
{
    size_t start = number ? row->ends[number - 1] : 0;
    return bytes_of(row->text.at ? row->text.at + start : "", row->ends[number] - start);
}

struct bytes transcript_joined_cells(struct transcript *transcript, const char *separator)
{
    struct text_buffer *joined = &transcript->scratch;
    if (transcript->row.count == 1)
        return transcript_cell(&transcript->row, 0);
    joined->length = 0;
    for (size_t i = 0; i < transcript->row.count; i++) {
        struct bytes cell = transcript_cell(&transcript->row, i);
        if (cell.len == 0)
            continue;
        if (joined->length > 0)
            text_add_string(joined, separator);
        text_add(joined, (const char *)cell.at, cell.len);
    }
    return bytes_of(joined->at, joined->length);
}
