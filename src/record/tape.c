/* SPDX-License-Identifier: BSD-3-Clause */
#include "tape.h"

#include "util/utf8.h"

#include <stdlib.h>

static bool reserve(struct tape_notes *notes, size_t count)
{
    if (count <= notes->capacity)
        return true;
    size_t capacity = notes->capacity ? notes->capacity : 64;
    while (capacity < count)
        capacity *= 2;
    uint16_t *first = realloc(notes->first, capacity * sizeof *first);
    if (first)
        notes->first = first;
    uint16_t *next = realloc(notes->next, capacity * sizeof *next);
    if (next)
        notes->next = next;
    if (!first || !next)
        return false;
    notes->capacity = capacity;
    return true;
}

bool tape_notes_build(struct tape_notes *notes, const struct record *record)
{
    notes->any = false;
    uint32_t i = 0;
    while (i < record->item_count && record->items[i].kind != ITEM_NOTE)
        i++;
    if (i == record->item_count)
        return true;
    if (!reserve(notes, record->item_count))
        return false;
    notes->any = true;
    memset(notes->first, 0, record->item_count * sizeof *notes->first);
    /* From the end, so that each chain comes out in the order of the tape. */
    for (uint32_t note = record->item_count; note > 0; note--) {
        const struct item *item = &record->items[note - 1];
        if (item->kind != ITEM_NOTE || item->about >= record->item_count)
            continue;
        notes->next[note - 1] = notes->first[item->about];
        notes->first[item->about] = (uint16_t)note;
    }
    return true;
}

void tape_notes_done(struct tape_notes *notes)
{
    free(notes->first);
    free(notes->next);
    *notes = (struct tape_notes){0};
}

uint32_t tape_group_end(const struct record *record, uint32_t group)
{
    uint32_t left = record->item_count - group - 1;
    uint32_t length = record->items[group].length;
    return group + 1 + (length < left ? length : left);
}

struct tape_text tape_text(const struct record *record, const struct item *item, const struct field *field,
                           bool show_secrets, size_t limit)
{
    struct bytes whole = item->kind == ITEM_WORD ? bytes_of(item->word, item->length)
                                                 : bytes_slice(tape_wire(record), item->offset, item->length);
    if ((field->flags & FIELD_SECRET) && !show_secrets)
        return (struct tape_text){.hides = true};
    struct tape_text text = {.before = utf8_cut(whole, limit)};
    text.cut = text.before.len < whole.len;
    if (item->kind != ITEM_WORD && item->secret_length > 0 && !show_secrets && item->secret_at <= text.before.len) {
        struct bytes shown = text.before;
        text.hides = true;
        text.before = bytes_first(shown, item->secret_at);
        text.after = bytes_skip(bytes_skip(shown, item->secret_at), item->secret_length);
    }
    return text;
}

struct address tape_address(const struct record *record, const struct item *item)
{
    struct address address;
    memcpy(&address, record->text + item->offset, sizeof address);
    return address;
}

struct moment tape_moment(const struct record *record)
{
    if (record->first.frame || record->first.time_ns != 0) /* stats records have a time and no frame */
        return record->first;
    if (record->request.frame)
        return record->request;
    if (record->response.frame || !record->conversation)
        return record->response;
    return record->conversation->first;
}
