/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Groups and their members, where a dissector adds millions of them: the same as record_group_begin, record_text and
 * the others, in place, as of a member there is little to ask, and of a whole entry that is asked once. What is not
 * simple goes the long way.
 */
#ifndef OVERHEAR_RECORD_MEMBER_H
#define OVERHEAR_RECORD_MEMBER_H

#include "overhear/record.h"

/* Where the next member goes; all of it is to be assigned. NULL: no group is open, or it is to be added the long way.
 */
static inline struct item *record_member(struct record *record, size_t text_length)
{
    const uint32_t index = record->item_count;
    if (record->open_group == 0 || index >= record->item_capacity ||
        text_length > record->text_capacity - record->text_length)
        return NULL;
    record->item_count = index + 1;
    record->last_value = (uint16_t)(index + 1);
    return &record->items[index];
}

static inline void record_member_word(struct record *record, unsigned member, const char *static_text, size_t length)
{
    struct item *item = record_member(record, 0);
    if (item)
        *item = (struct item){
            .field = (uint16_t)member, .kind = ITEM_WORD, .word = static_text, .length = (uint32_t)length};
    else
        record_word_of(record, member, static_text, length);
}

static inline void record_member_integer(struct record *record, unsigned member, int64_t value)
{
    struct item *item = record_member(record, 0);
    if (item)
        *item = (struct item){.field = (uint16_t)member, .kind = ITEM_INTEGER, .integer = value};
    else
        record_integer(record, member, value);
}

/* A copy of few bytes without a call: two of one size, which overlap. */
static inline void record_member_copy(uint8_t *to, struct bytes text)
{
    if (text.len >= 16 && text.len <= 32) {
        (void)bytes_copy(to, 16, bytes_of(text.at, 16));
        (void)bytes_copy(to + text.len - 16, 16, bytes_of(text.at + text.len - 16, 16));
    } else if (text.len >= 8 && text.len < 16) {
        (void)bytes_copy(to, 8, bytes_of(text.at, 8));
        (void)bytes_copy(to + text.len - 8, 8, bytes_of(text.at + text.len - 8, 8));
    } else {
        (void)bytes_copy(to, text.len, text);
    }
}

static inline void record_member_text(struct record *record, unsigned member, struct bytes text)
{
    struct item *item = record_member(record, text.len);
    if (!item) {
        record_text(record, member, text);
        return;
    }
    const uint32_t offset = record->text_length;
    *item = (struct item){.field = (uint16_t)member, .kind = ITEM_TEXT, .offset = offset, .length = (uint32_t)text.len};
    record->text_length = offset + (uint32_t)text.len;
    record_member_copy(record->text + offset, text);
}

/* A whole entry of a list of groups, with so many members and so much text of theirs: where they go. Each of them is to
 * be assigned, with one of the functions below. NULL: it is to be added the long way. */
static inline struct item *record_entry(struct record *record, unsigned field, unsigned members, size_t text_length)
{
    const uint32_t index = record->item_count;
    const uint64_t bit = UINT64_C(1) << field % 64;
    assert(record->dataset->fields[field].flags & FIELD_LIST && record->open_group == 0);
    if (members >= record->item_capacity - index || text_length > record->text_capacity - record->text_length ||
        record->skipping_group)
        return NULL;
    if (record->present[field / 64] & bit)
        record->items[record->last_item[field] - 1].next = (uint16_t)(index + 1);
    else
        record->first_item[field] = (uint16_t)(index + 1);
    record->present[field / 64] |= bit;
    record->last_item[field] = (uint16_t)(index + 1);
    record->last_value = (uint16_t)(index + 1 + members);
    record->item_count = index + 1 + members;
    record->items[index] = (struct item){.field = (uint16_t)field, .kind = ITEM_GROUP, .length = members};
    return &record->items[index + 1];
}

static inline void record_entry_word(struct item *item, unsigned member, const char *static_text, size_t length)
{
    *item = (struct item){
        .field = (uint16_t)member, .kind = ITEM_WORD, .word = static_text, .length = (uint32_t)length};
}

static inline void record_entry_integer(struct item *item, unsigned member, int64_t value)
{
    *item = (struct item){.field = (uint16_t)member, .kind = ITEM_INTEGER, .integer = value};
}

static inline void record_entry_text(struct record *record, struct item *item, unsigned member, struct bytes text)
{
    const uint32_t offset = record->text_length;
    *item = (struct item){.field = (uint16_t)member, .kind = ITEM_TEXT, .offset = offset, .length = (uint32_t)text.len};
    record->text_length = offset + (uint32_t)text.len;
    record_member_copy(record->text + offset, text);
}

#endif
