/* SPDX-License-Identifier: BSD-3-Clause */
#include "truncated.h"

#include "record/tape.h"
#include "util/utf8.h"

#include <stdio.h>

static bool is_long(const struct item *item, const struct field *row, bool show_secrets, size_t max_text)
{
    if ((row->flags & FIELD_SECRET) && !show_secrets)
        return false;
    return (item->kind == ITEM_TEXT || item->kind == ITEM_WORD || item->kind == ITEM_MAP) && item->length > max_text;
}

/* `name[index].member` or `name.key`. */
static struct bytes put_name(const struct record *record, const struct truncated_cursor *cursor,
                             const struct item *item, const char *member, size_t max_text, uint8_t *to, size_t room)
{
    const struct field *row = &record->dataset->fields[cursor->field];
    char index[24] = "";
    if (row->flags & FIELD_LIST)
        (void)snprintf(index, sizeof index, "[%u]", cursor->index);
    size_t length = bytes_copy(to, room, bytes_text(row->name));
    length += bytes_copy(to + length, room - length, bytes_text(index));
    if (member || row->type == FIELD_MAP)
        length += bytes_copy(to + length, room - length, bytes_text("."));
    if (member)
        length += bytes_copy(to + length, room - length, bytes_text(member));
    else if (row->type == FIELD_MAP)
        length += bytes_copy(to + length, room - length, utf8_cut(tape_key(record, item), max_text));
    return bytes_of(to, length);
}

/* Moves the cursor to the item after the one that it has looked at. */
static void move_on(const struct record *record, struct truncated_cursor *cursor, uint32_t item)
{
    if (cursor->group) {
        cursor->next = tape_after(record, item) + 1;
        if (cursor->next <= tape_group_end(record, cursor->group - 1))
            return;
        item = cursor->group - 1;
        cursor->group = 0;
    } else if (record->items[item].kind == ITEM_GROUP && record->items[item].length > 0) {
        cursor->group = item + 1;
        cursor->next = item + 2;
        return;
    }
    cursor->index++;
    cursor->next = record->items[item].next;
    cursor->told = cursor->told || cursor->next == 0;
}

/* Looks at one item; true where its text will be cut. */
static bool look_at(const struct record *record, bool show_secrets, size_t max_text, struct truncated_cursor *cursor,
                    uint8_t *to, size_t room, struct bytes *ret_name)
{
    const struct field *row = &record->dataset->fields[cursor->field];
    uint32_t index = cursor->next - 1;
    const struct item *item = &record->items[index];
    const char *member = NULL;
    bool found = false;
    if (cursor->group && item->kind != ITEM_NOTE && item->field < row->member_count) {
        member = row->members[item->field].name;
        found = is_long(item, &row->members[item->field], show_secrets, max_text);
    } else if (!cursor->group) {
        found = is_long(item, row, show_secrets, max_text) || (item->kind == ITEM_MAP && item->key_length > max_text);
    }
    if (found)
        *ret_name = put_name(record, cursor, item, member, max_text, to, room);
    move_on(record, cursor, index);
    return found;
}

bool truncated_next(const struct record *record, bool show_secrets, size_t max_text, struct truncated_cursor *cursor,
                    uint8_t *to, size_t room, struct bytes *ret_name)
{
    for (; cursor->field < record->dataset->field_count;
         *cursor = (struct truncated_cursor){.field = cursor->field + 1}) {
        unsigned field = cursor->field;
        if (cursor->next == 0 && !cursor->told) {
            cursor->next = record_first(record, field);
            cursor->told = cursor->next == 0;
            if (record_is_truncated(record, field)) {
                *ret_name = bytes_text(record->dataset->fields[field].name);
                return true;
            }
        }
        while (cursor->next != 0)
            if (look_at(record, show_secrets, max_text, cursor, to, room, ret_name))
                return true;
    }
    return false;
}
