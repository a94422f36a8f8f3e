/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What was asked is read in this order: a protocol or kind of record first, if the first word names one; then a value,
 * perhaps with words before it that say of which field (`http header etag`); then a field; then the pieces of a value
 * (cipher suites). What is none of these may be misspelled, or stand inside a sentence.
 */
#include "explain.h"

#include "explain_index.h"
#include "explain_near.h"
#include "explain_page.h"

#include <strings.h>

enum {
    ASKED_SIZE = 256,
    WORD_SHOWN = 80, /* bytes of a word in a message */
    HITS_MAX = 12,   /* sentences shown in which words were found */
    SUGGESTIONS = 3, /* more than that are no help */
    PIECES_MAX = 8,
};

struct query {
    const struct explain_index *index;
    const char *scope; /* of entries; NULL: all */
    const struct dataset *dataset;
    const struct dissector *dissector;
    const char *const *words; /* after the scope */
    size_t count;
    char asked[ASKED_SIZE]; /* all of them */
};

/* Words from `first` on with one separator between them; cut where they are too long to mean anything. */
static struct bytes join(const struct query *query, size_t first, char separator, char ret_text[ASKED_SIZE])
{
    size_t length = 0;
    ret_text[0] = '\0';
    for (size_t i = first; i < query->count && length < ASKED_SIZE; i++) {
        const char between[2] = {i > first ? separator : '\0', '\0'};
        length += (size_t)snprintf(ret_text + length, ASKED_SIZE - length, "%s%s", between, query->words[i]);
    }
    return bytes_text(ret_text);
}

static uint8_t plain(uint8_t c)
{
    return c == '-' || c == '_' || c == '.' ? ' ' : byte_lower(c);
}

/* Without regard to case; `loosely`: nor to how words are joined (close_notify, "close notify"). */
static bool is_same(struct bytes a, struct bytes b, bool loosely)
{
    if (!loosely || a.len != b.len || a.len < 2)
        return bytes_equal_nocase(a, b);
    for (size_t i = 0; i < a.len; i++)
        if (plain(bytes_at(a, i)) != plain(bytes_at(b, i)))
            return false;
    return true;
}

/* Does the word stand in the text, by itself, alone or in the plural? */
static bool has_word(const char *text, const char *word)
{
    const char *const separators = " ._,:;-()";
    const size_t length = strlen(word);
    for (const char *at = text; at && *at != '\0'; at += strspn(at, separators)) {
        const size_t run = strcspn(at, separators);
        const size_t shorter = run < length ? run : length;
        const size_t longer = run < length ? length : run;
        const char end = run < length ? word[shorter] : at[shorter];
        if (strncasecmp(at, word, shorter) == 0 && (longer == shorter || (longer == shorter + 1 && end == 's')))
            return true;
        at += run;
    }
    return false;
}

/* Do the first `count` words say which field is meant? */
static bool is_of_kind(const struct query *query, const struct explain_entry *entry, size_t count)
{
    const char *name = entry->field ? entry->field->name : entry->catalog;
    const char *meaning = entry->field && entry->field->field->meaning ? entry->field->field->meaning : "";
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(name, query->words[i]) != 0 && strcasecmp(entry->catalog, query->words[i]) != 0 &&
            !has_word(name, query->words[i]) && !has_word(meaning, query->words[i]))
            return false;
    return true;
}

static bool is_in_scope(const struct query *query, const struct explain_entry *entry)
{
    return !query->scope || strcmp(entry->scope, query->scope) == 0;
}

/* How many entries were shown. */
static size_t show_values(const struct query *query, struct explain_page *page, size_t kind_words, bool loosely)
{
    char text[ASKED_SIZE];
    const struct bytes value = join(query, kind_words, ' ', text);
    const struct explain_entry *previous = NULL;
    size_t shown = 0;
    for (size_t i = 0; i < query->index->entry_count; i++) {
        const struct explain_entry *entry = &query->index->entries[i];
        if (!is_in_scope(query, entry) || !is_same(entry->value, value, loosely) ||
            !is_of_kind(query, entry, kind_words))
            continue;
        explain_page_entry(page, previous, entry);
        previous = entry;
        shown++;
    }
    return shown;
}

static bool find_values(const struct query *query, struct explain_page *page)
{
    for (int loosely = 0; loosely <= 1; loosely++)
        for (size_t kind_words = 0; kind_words < query->count; kind_words++)
            if (show_values(query, page, kind_words, loosely) > 0)
                return true;
    return false;
}

/* `dns.response_code`, `dns response code`, `response_code`. */
static bool find_fields(const struct query *query, struct explain_page *page)
{
    char text[ASKED_SIZE];
    const struct bytes asked = join(query, 0, '.', text);
    const struct explain_field *found = NULL;
    for (size_t i = 0; i < query->index->field_count; i++) {
        const struct explain_field *field = &query->index->fields[i];
        const struct bytes name = bytes_text(field->name);
        if (query->scope && field->dataset != query->dataset)
            continue;
        if (is_same(name, asked, true)) {
            explain_page_field(page, query->index, field);
            return true;
        }
        const size_t rest = name.len > asked.len ? name.len - asked.len : 0;
        if (!found && query->scope && rest > 0 && bytes_at(name, rest - 1) == '.' &&
            is_same(bytes_skip(name, rest), asked, true))
            found = field;
    }
    if (found)
        explain_page_field(page, query->index, found);
    return found;
}

/* Does the name have all that `asked` is joined of (mime_type)? */
static bool has_joined_words(const char *name, const char *asked)
{
    const char *const joints = "._-";
    char part[ASKED_SIZE];
    for (const char *at = asked + strspn(asked, joints); *at != '\0'; at += strspn(at, joints)) {
        const size_t length = strcspn(at, joints);
        snprintf(part, sizeof part, "%.*s", (int)(length < sizeof part ? length : 0), at);
        if (!has_word(name, part))
            return false;
        at += length;
    }
    return true;
}

static bool has_all_words(const struct query *query, const struct explain_field *field)
{
    for (size_t i = 0; i < query->count; i++)
        if (!has_joined_words(field->name, query->words[i]))
            return false;
    return !query->scope || field->dataset == query->dataset;
}

/* Fields in whose names the words stand: `http header`, `url`, `mime_type`. */
static bool find_fields_by_words(const struct query *query, struct explain_page *page)
{
    enum { COLUMN = 32 };
    const struct explain_field *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < query->index->field_count; i++)
        if (has_all_words(query, &query->index->fields[i])) {
            found = &query->index->fields[i];
            count++;
        }
    if (count == 1)
        explain_page_field(page, query->index, found);
    for (size_t i = 0; count > 1 && i < query->index->field_count; i++)
        if (has_all_words(query, &query->index->fields[i]))
            explain_page_row(page, query->index, &query->index->fields[i], COLUMN);
    return count > 0;
}

static bool is_parts_catalog(const char *catalog)
{
    const char *end = strrchr(catalog, '.');
    return end && strcmp(end, ".parts") == 0;
}

/* The longest piece with which the value begins. */
static const struct explain_entry *find_piece(const struct query *query, struct bytes value)
{
    const struct explain_entry *longest = NULL;
    for (size_t i = 0; i < query->index->entry_count; i++) {
        const struct explain_entry *entry = &query->index->entries[i];
        const struct bytes piece = entry->value;
        if (is_parts_catalog(entry->catalog) && is_in_scope(query, entry) && piece.len <= value.len &&
            bytes_equal_nocase(piece, bytes_first(value, piece.len)) &&
            (piece.len == value.len || bytes_at(value, piece.len) == '_') &&
            (!longest || piece.len > longest->value.len))
            longest = entry;
    }
    return longest;
}

/* A value that is made of pieces, each with a sentence of its own: all of them must be known. */
static bool find_pieces(const struct query *query, struct explain_page *page)
{
    const struct explain_entry *pieces[PIECES_MAX];
    const struct bytes value = bytes_text(query->asked);
    struct bytes rest = value;
    size_t count = 0;
    while (rest.len > 0) {
        const struct explain_entry *piece = count < PIECES_MAX ? find_piece(query, rest) : NULL;
        if (!piece)
            return false;
        pieces[count++] = piece;
        rest = bytes_skip(rest, piece->value.len);
        rest = bytes_skip(rest, rest.len > 0);
    }
    for (size_t i = 0; i < count; i++)
        explain_page_part(page, value, i == 0, pieces[i]);
    return count > 0;
}

static bool is_letter_or_digit(uint8_t c)
{
    return (byte_lower(c) >= 'a' && byte_lower(c) <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

/* Does a word of the text begin so? */
static bool contains(struct bytes text, const char *word)
{
    const size_t length = strlen(word);
    for (size_t i = 0; length > 0 && i + length <= text.len; i++)
        if (bytes_equal_nocase(bytes_slice(text, i, length), bytes_of(word, length)) &&
            (i == 0 || !is_letter_or_digit(bytes_at(text, i - 1))))
            return true;
    return false;
}

/* Sentences in which all words stand. */
static bool find_sentences(const struct query *query, struct explain_page *page)
{
    enum { LEAST_LETTERS = 3 };
    const struct explain_entry *previous = NULL;
    size_t found = 0;
    char more[80];
    if (strlen(query->asked) < LEAST_LETTERS)
        return false;
    for (size_t i = 0; i < query->index->entry_count; i++) {
        const struct explain_entry *entry = &query->index->entries[i];
        bool fits = is_in_scope(query, entry);
        for (size_t word = 0; fits && word < query->count; word++)
            fits = contains(entry->sentence, query->words[word]) || contains(entry->value, query->words[word]);
        if (!fits)
            continue;
        if (found == 0)
            explain_page_remark(page, "Nothing is called that. It is spoken of here:");
        if (found++ < HITS_MAX)
            explain_page_entry(page, previous, entry);
        previous = entry;
    }
    if (found > HITS_MAX) {
        snprintf(more, sizeof more, "… and in %zu more.", found - HITS_MAX);
        explain_page_remark(page, more);
    }
    return found > 0;
}

/* -- nothing was found -- */

struct suggestions {
    unsigned distance;
    size_t count;
    struct {
        const char *scope; /* to be said before it; NULL: none */
        struct bytes text;
    } best[SUGGESTIONS + 1];
};

static void suggest(struct suggestions *suggestions, struct bytes asked, const char *scope, struct bytes candidate)
{
    const unsigned distance = explain_distance(asked, candidate);
    if (distance > suggestions->distance || (explain_is_number(asked) && explain_is_number(candidate)))
        return; /* another number is another thing */
    if (distance < suggestions->distance)
        suggestions->count = 0;
    suggestions->distance = distance;
    for (size_t i = 0; i < suggestions->count; i++)
        if (bytes_equal_nocase(suggestions->best[i].text, candidate))
            return;
    if (suggestions->count > SUGGESTIONS)
        return;
    suggestions->best[suggestions->count].scope = scope;
    suggestions->best[suggestions->count++].text = candidate;
}

/* Values and fields like `asked`, of the scope or of all. */
static void suggest_values(const struct query *query, bool everywhere, struct bytes asked,
                           struct suggestions *suggestions)
{
    for (size_t i = 0; i < query->index->entry_count; i++) {
        const struct explain_entry *entry = &query->index->entries[i];
        if (everywhere || is_in_scope(query, entry))
            suggest(suggestions, asked, query->scope && everywhere ? entry->scope : NULL, entry->value);
    }
    for (size_t i = 0; i < query->index->field_count; i++)
        if (everywhere || !query->scope || query->index->fields[i].dataset == query->dataset)
            suggest(suggestions, asked, NULL, bytes_text(query->index->fields[i].name));
}

static void suggest_scopes(const struct query *query, const char *word, struct suggestions *suggestions)
{
    for (size_t i = 0; i < query->index->dataset_count; i++)
        suggest(suggestions, bytes_text(word), NULL, bytes_text(query->index->datasets[i]->name));
    for (size_t i = 0; dissector_registry[i]; i++)
        suggest(suggestions, bytes_text(word), NULL, bytes_text(dissector_registry[i]->name));
}

static bool is_helpful(const struct suggestions *suggestions)
{
    return suggestions->count > 0 && suggestions->count <= SUGGESTIONS;
}

static void add_suggestions(struct text_buffer *text, const struct suggestions *suggestions)
{
    text_add_string(text, "; did you mean ");
    for (size_t i = 0; i < suggestions->count; i++) {
        if (i > 0)
            text_add_string(text, i + 1 == suggestions->count ? " or " : ", ");
        if (suggestions->best[i].scope) {
            text_add_string(text, suggestions->best[i].scope);
            text_add_string(text, " ");
        }
        text_add_terminal(text, suggestions->best[i].text, WORD_SHOWN);
    }
    text_add_string(text, "?");
}

/* Which fields of the scope have values that can be asked for. */
static void add_kinds(const struct query *query, struct text_buffer *text)
{
    const char *separator = "; expected a value of ";
    const struct explain_field *previous = NULL;
    for (size_t i = 0; i < query->index->entry_count; i++) {
        const struct explain_field *field = query->index->entries[i].field;
        if (!is_in_scope(query, &query->index->entries[i]) || !field || field == previous)
            continue;
        text_add_string(text, separator);
        text_add_string(text, field->name);
        separator = ", ";
        previous = field;
    }
    if (!previous) {
        text_add_string(text, "; 'overhear explain ");
        text_add_string(text, query->scope);
        text_add_string(text, "' tells what is");
    }
}

static void finish_message(struct text_buffer *text, char *ret_error, size_t error_size)
{
    if (text->failed)
        snprintf(ret_error, error_size, "out of memory");
    else
        snprintf(ret_error, error_size, "%.*s", (int)text->length, text->at);
    text_buffer_done(text);
}

/* Two lists of what was perhaps meant: in the scope, else anywhere. */
static bool find_near(const struct query *query, bool everywhere, struct suggestions *suggestions)
{
    const struct bytes asked = bytes_text(query->asked);
    *suggestions = (struct suggestions){.distance = explain_tolerance(asked)};
    suggest_values(query, everywhere, asked, suggestions);
    if (!query->scope)
        suggest_scopes(query, query->asked, suggestions);
    if (query->count > 1 && !is_helpful(suggestions)) { /* the last word may be the value, those before it the kind */
        const struct bytes last = bytes_text(query->words[query->count - 1]);
        *suggestions = (struct suggestions){.distance = explain_tolerance(last)};
        suggest_values(query, everywhere, last, suggestions);
    }
    return is_helpful(suggestions);
}

static void say_unknown(const struct query *query, char *ret_error, size_t error_size)
{
    struct text_buffer text = {0};
    struct suggestions suggestions;
    text_add_string(&text, "nothing is known of '");
    if (!query->scope && query->count > 1) { /* perhaps the protocol is misspelled */
        suggestions = (struct suggestions){.distance = explain_tolerance(bytes_text(query->words[0]))};
        suggest_scopes(query, query->words[0], &suggestions);
        if (is_helpful(&suggestions)) {
            text_add_terminal(&text, bytes_text(query->words[0]), WORD_SHOWN);
            text_add_string(&text, "'");
            add_suggestions(&text, &suggestions);
            finish_message(&text, ret_error, error_size);
            return;
        }
    }
    text_add_terminal(&text, bytes_text(query->asked), WORD_SHOWN);
    text_add_string(&text, "'");
    if (query->scope) {
        text_add_string(&text, " in ");
        text_add_string(&text, query->scope);
    }
    if (find_near(query, false, &suggestions) || find_near(query, true, &suggestions))
        add_suggestions(&text, &suggestions);
    else if (query->scope)
        add_kinds(query, &text);
    else
        text_add_string(&text, "; expected a protocol, or one of its commands, codes, types, headers or fields");
    finish_message(&text, ret_error, error_size);
}

static void find_scope(struct query *query)
{
    const char *word = query->words[0];
    query->dataset = explain_find_dataset(query->index, word);
    query->dissector = explain_find_dissector(word);
    if (query->dataset)
        query->scope = query->dataset->name;
    for (size_t i = 0; !query->scope && i < query->index->entry_count; i++)
        if (strcasecmp(query->index->entries[i].scope, word) == 0)
            query->scope = query->index->entries[i].scope;
    if (!query->scope)
        return;
    query->words++;
    query->count--;
}

/* True where something stands on the page. */
static bool answer(struct query *query, struct explain_page *page)
{
    struct suggestions suggestions;
    if (query->count == 0 && query->dataset) {
        explain_page_dataset(page, query->index, query->dataset, query->dissector);
        return true;
    }
    if (query->count == 0) {
        explain_page_scope(page, query->index, query->scope);
        return true;
    }
    if (find_values(query, page) || find_fields(query, page) || find_pieces(query, page) ||
        find_fields_by_words(query, page))
        return true;
    return (query->count > 1 || !find_near(query, false, &suggestions)) && find_sentences(query, page);
}

int explain_print(FILE *to, const struct explain_options *options, const char *const *words, size_t count,
                  char *ret_error, size_t error_size)
{
    struct explain_index index;
    struct explain_page page;
    int result = -1;
    if (count == 0) {
        snprintf(ret_error, error_size,
                 "explain: expected what is to be explained: 'overhear explain smtp 550', "
                 "'overhear explain dns RRSIG', 'overhear explain http header etag', "
                 "'overhear explain imap'");
        return -1;
    }
    snprintf(ret_error, error_size, "out of memory");
    if (!explain_index_init(&index, options->notes))
        return -1;
    explain_page_init(&page, options->width);
    struct query query = {.index = &index, .words = words, .count = count};
    find_scope(&query);
    join(&query, 0, ' ', query.asked);
    if (answer(&query, &page))
        result = explain_page_print(&page, to, options->color);
    else
        say_unknown(&query, ret_error, error_size);
    explain_page_done(&page);
    explain_index_done(&index);
    return result;
}
