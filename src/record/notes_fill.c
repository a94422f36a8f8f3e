/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Observations: a sentence of the catalog with the arguments of a record put into its placeholders.
 */
#include "notes_catalog.h"
#include "util/quantity.h"
#include "util/utf8.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    ARGUMENT_BYTES = 200, /* of one text in a sentence; what is longer ends in an ellipsis */
    VALUE_SIZE = 64,      /* a value that is looked up, as text */
};

/* A text of bounded size that grows to the right; what does not fit is left out. */
struct sentence {
    char *at;
    size_t length, size;
};

static void add(struct sentence *sentence, struct bytes text)
{
    struct bytes fitting = utf8_cut(text, sentence->size - sentence->length);
    if (fitting.len > 0)
        memcpy(sentence->at + sentence->length, fitting.at, fitting.len);
    sentence->length += fitting.len;
}

/* `days` in the language of the catalogs. */
static void add_quantity(struct sentence *sentence, const struct notes *notes, struct quantity quantity)
{
    struct bytes unit = note_catalog_find(notes->units, bytes_text(quantity.unit));
    add(sentence, bytes_text(quantity.number));
    if (*quantity.unit) {
        add(sentence, bytes_text(" "));
        add(sentence, unit.at ? unit : bytes_text(quantity.unit));
    }
}

/* Bytes of the tape's text; none where there is no text at all. */
static struct bytes wire_text(const struct record *record, uint32_t offset, uint32_t length)
{
    return bytes_slice(bytes_of(record->text, record->text_length), offset, length);
}

static void add_argument(struct sentence *sentence, const struct notes *notes, const struct record *record,
                         const struct item *argument)
{
    char text[QUANTITY_SIZE];
    switch ((enum argument_kind)argument->field) {
    case ARGUMENT_TEXT: {
        struct bytes value = wire_text(record, argument->offset, argument->length);
        add(sentence, utf8_cut(value, ARGUMENT_BYTES));
        if (value.len > ARGUMENT_BYTES)
            add(sentence, bytes_text("…"));
        break;
    }
    case ARGUMENT_INTEGER:
        snprintf(text, sizeof text, "%" PRId64, argument->integer);
        add(sentence, bytes_text(text));
        break;
    case ARGUMENT_DURATION:
        add_quantity(sentence, notes, quantity_duration(argument->integer));
        break;
    case ARGUMENT_SIZE:
        add_quantity(sentence, notes, quantity_size((uint64_t)argument->integer));
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
    for (uint32_t i = 1; i <= count && note + i < record->item_count; i++)
        if (bytes_is(name, record->items[note + i].word))
            return &record->items[note + i];
    return NULL;
}

size_t notes_fill(const struct notes *notes, const struct record *record, unsigned index, char *ret_text, size_t size)
{
    struct sentence sentence = {.at = ret_text, .size = size};
    struct bytes pattern = note_catalog_find(notes->observations, bytes_text(record->items[index].word));
    size_t at = 0;
    while (at < pattern.len) {
        size_t open = bytes_find(pattern, '{', at);
        size_t close = bytes_find(pattern, '}', open);
        add(&sentence, bytes_slice(pattern, at, open - at));
        if (close == pattern.len) {
            add(&sentence, bytes_skip(pattern, open));
            break;
        }
        const struct item *argument = find_argument(record, index, bytes_slice(pattern, open + 1, close - open - 1));
        if (argument)
            add_argument(&sentence, notes, record, argument);
        else /* a placeholder that nobody fills stays visible: the catalog is wrong */
            add(&sentence, bytes_slice(pattern, open, close + 1 - open));
        at = close + 1;
    }
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
        return bytes_of(buffer, (size_t)snprintf(buffer, VALUE_SIZE, "%" PRId64, item->integer));
    case ITEM_ADDRESS:
        memcpy(&address, record->text + item->offset, sizeof address);
        return bytes_of(buffer, address_text(&address, buffer));
    default:
        return (struct bytes){NULL, 0};
    }
}

struct note_text notes_look_value(const struct note_catalog *catalog, const struct record *record, unsigned index,
                                  const struct field *field)
{
    char buffer[VALUE_SIZE];
    return catalog && !record->items[index].unexplained
               ? note_catalog_look(catalog, lookup_text(record, &record->items[index], field, buffer))
               : (struct note_text){0};
}

struct bytes notes_of_value(const struct note_catalog *catalog, const struct record *record, unsigned index,
                            const struct field *field)
{
    return notes_look_value(catalog, record, index, field).plain;
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
