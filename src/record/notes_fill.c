/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Observations: a sentence of the catalog with the arguments of a record put into its placeholders.
 */
#include "notes_catalog.h"
#include "util/quantity.h"
#include "util/utf8.h"

enum {
    ARGUMENT_BYTES = 200, /* of one text in a sentence; what is longer ends in an ellipsis */
    VALUE_SIZE = 64,      /* a value that is looked up, as text */
};

/* A text of bounded size that grows to the right; what does not fit is left out. */
struct sentence {
    char *at;
    size_t length, size;
    bool is_json; /* nothing in it has to be escaped */
};

static void add(struct sentence *sentence, struct bytes text)
{
    struct bytes fitting = utf8_cut(text, sentence->size - sentence->length);
    if (fitting.len > 0)
        memcpy(sentence->at + sentence->length, fitting.at, fitting.len);
    sentence->length += fitting.len;
}

/* --- what comes again and again --- */

/* A static word. */
static struct note_text look_word(struct note_cache *cache, const struct note_catalog *catalog, const char *word,
                                  size_t length)
{
    const uint64_t key = (uintptr_t)word;
    if (!cache || !catalog)
        return note_catalog_look(catalog, bytes_of(word, length));
    struct note_cache_row *row = note_cache_row(cache, catalog, key);
    if (row->catalog != catalog || row->key != key || row->kind != ITEM_WORD)
        *row = (struct note_cache_row){catalog, key, ITEM_WORD, note_catalog_look(catalog, bytes_of(word, length))};
    return row->text;
}

/* --- filling --- */

/* `days` in the language of the catalogs. */
static void add_quantity(struct sentence *sentence, struct note_cache *cache, const struct notes *notes,
                         struct quantity quantity)
{
    add(sentence, bytes_text(quantity.number));
    if (!*quantity.unit)
        return;
    struct note_text unit = look_word(cache, notes->units, quantity.unit, strlen(quantity.unit));
    add(sentence, bytes_text(" "));
    add(sentence, unit.plain.at ? unit.plain : bytes_text(quantity.unit));
    sentence->is_json &= unit.plain.at == unit.json.at;
}

/* Bytes of the tape's text; none where there is no text at all. */
static struct bytes wire_text(const struct record *record, uint32_t offset, uint32_t length)
{
    return bytes_slice(bytes_of(record->text, record->text_length), offset, length);
}

static void add_argument(struct sentence *sentence, struct note_cache *cache, const struct notes *notes,
                         const struct record *record, const struct item *argument)
{
    char text[QUANTITY_SIZE];
    switch ((enum argument_kind)argument->field) {
    case ARGUMENT_TEXT: {
        struct bytes value = wire_text(record, argument->offset, argument->length);
        add(sentence, utf8_cut(value, ARGUMENT_BYTES));
        if (value.len > ARGUMENT_BYTES)
            add(sentence, bytes_text("…"));
        sentence->is_json = false;
        break;
    }
    case ARGUMENT_INTEGER:
        add(sentence, bytes_of(text, quantity_integer(argument->integer, text)));
        break;
    case ARGUMENT_DURATION:
        add_quantity(sentence, cache, notes, quantity_duration(argument->integer));
        break;
    case ARGUMENT_SIZE:
        add_quantity(sentence, cache, notes, quantity_size((uint64_t)argument->integer));
        break;
    case ARGUMENT_TIME:
        quantity_time(argument->integer, text);
        add(sentence, bytes_text(text));
        add(sentence, bytes_text(" UTC"));
        break;
    }
}

static const struct item *find_argument(const struct record *record, unsigned note, struct bytes name)
{
    uint32_t count = record->items[note].length;
    for (uint32_t i = 1; i <= count && note + i < record->item_count; i++) {
        const char *word = record->items[note + i].word;
        if (name.len > 0 && strncmp(word, (const char *)name.at, name.len) == 0 && word[name.len] == '\0')
            return &record->items[note + i];
    }
    return NULL;
}

static void fill(struct sentence *sentence, struct note_cache *cache, const struct notes *notes,
                 const struct record *record, unsigned index, struct bytes pattern)
{
    size_t at = 0;
    while (at < pattern.len) {
        size_t open = bytes_find(pattern, '{', at);
        size_t close = bytes_find(pattern, '}', open);
        add(sentence, bytes_slice(pattern, at, open - at));
        if (close == pattern.len) {
            add(sentence, bytes_skip(pattern, open));
            break;
        }
        const struct item *argument = find_argument(record, index, bytes_slice(pattern, open + 1, close - open - 1));
        if (argument)
            add_argument(sentence, cache, notes, record, argument);
        else /* a placeholder that nobody fills stays visible: the catalog is wrong */
            add(sentence, bytes_slice(pattern, open, close + 1 - open));
        at = close + 1;
    }
}

static struct note_text look_pattern(struct note_cache *cache, const struct notes *notes, const struct record *record,
                                     unsigned index)
{
    const char *word = record->items[index].word;
    return look_word(cache, notes->observations, word, strlen(word));
}

struct note_text notes_look_observation(struct note_cache *cache, const struct notes *notes,
                                        const struct record *record, unsigned index, char *buffer, size_t size)
{
    struct note_text pattern = look_pattern(cache, notes, record, index);
    if (pattern.plain.len <= size && bytes_find(pattern.plain, '{', 0) == pattern.plain.len)
        return pattern;
    struct sentence sentence = {.at = buffer, .size = size, .is_json = pattern.json.at == pattern.plain.at};
    fill(&sentence, cache, notes, record, index, pattern.plain);
    struct bytes filled = bytes_of(buffer, sentence.length);
    return (struct note_text){filled, sentence.is_json ? filled : bytes_of(NULL, 0)};
}

size_t notes_fill(const struct notes *notes, const struct record *record, unsigned index, char *ret_text, size_t size)
{
    struct sentence sentence = {.at = ret_text, .size = size};
    fill(&sentence, NULL, notes, record, index, look_pattern(NULL, notes, record, index).plain);
    return sentence.length;
}

/* What is looked up in the catalog: the value's text; of a map its key. */
static struct bytes lookup_text(const struct record *record, const struct item *item, const struct field *field,
                                char buffer[VALUE_SIZE])
{
    struct address address;
    switch ((enum item_kind)item->kind) {
    case ITEM_TEXT: /* a sentence about a secret could tell it */
        if ((field->flags & FIELD_SECRET) || item->secret_length > 0)
            return (struct bytes){NULL, 0};
        return wire_text(record, item->offset, item->length);
    case ITEM_WORD:
        return bytes_of(item->word, item->length);
    case ITEM_MAP:
        return wire_text(record, item->key_offset, item->key_length);
    case ITEM_INTEGER:
        if (field->type == FIELD_BOOLEAN)
            return bytes_text(item->integer ? "true" : "false");
        return bytes_of(buffer, quantity_integer(item->integer, buffer));
    case ITEM_ADDRESS:
        memcpy(&address, record->text + item->offset, sizeof address);
        return bytes_of(buffer, address_text(&address, buffer));
    default:
        return (struct bytes){NULL, 0};
    }
}

struct note_text notes_look_item(struct note_cache *cache, const struct note_catalog *catalog,
                                 const struct record *record, unsigned index, const struct field *field)
{
    char buffer[VALUE_SIZE];
    const struct item *item = &record->items[index];
    if (!catalog || item->unexplained)
        return (struct note_text){0};
    if (item->kind == ITEM_WORD)
        return look_word(cache, catalog, item->word, item->length);
    if (!cache || item->kind != ITEM_INTEGER)
        return note_catalog_look(catalog, lookup_text(record, item, field, buffer));
    const uint64_t key = (uint64_t)item->integer;
    struct note_cache_row *row = note_cache_row(cache, catalog, key);
    if (row->catalog != catalog || row->key != key || row->kind != ITEM_INTEGER)
        *row = (struct note_cache_row){catalog, key, ITEM_INTEGER,
                                       note_catalog_look(catalog, lookup_text(record, item, field, buffer))};
    return row->text;
}

struct bytes notes_of_value(const struct note_catalog *catalog, const struct record *record, unsigned index,
                            const struct field *field)
{
    return notes_look_item(NULL, catalog, record, index, field).plain;
}

size_t notes_about(const struct notes *notes, const struct record *record, unsigned index, const struct field *field,
                   char *ret_text, size_t size)
{
    struct sentence sentence = {.at = ret_text, .size = size};
    if (field->catalog)
        add(&sentence, notes_of_value(notes_catalog(notes, field->catalog), record, index, field));
    for (unsigned i = index + 1; i < record->item_count; i++) {
        if (record->items[i].kind != ITEM_NOTE || record->items[i].about != index)
            continue;
        size_t before = sentence.length;
        if (before > 0)
            add(&sentence, bytes_text("; "));
        size_t filled = notes_fill(notes, record, i, ret_text + sentence.length, size - sentence.length);
        sentence.length = filled > 0 ? sentence.length + filled : before;
    }
    return sentence.length;
}
