/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Room for what comes late is made when the item is added, so that a record can be settled where its budget is out of
 * reach: on another thread.
 */
#include "late.h"

#include "util/lower.h"

#include <assert.h>

uint64_t late_name_hash(struct bytes name)
{
    const uint64_t prime = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t hash = name.len, word = 0;
    size_t i = 0;
    for (; name.len - i >= sizeof word; i += sizeof word) {
        memcpy(&word, name.at + i, sizeof word);
        hash = (hash ^ bytes_lower8(word)) * prime;
        hash ^= hash >> 32;
    }
    if (i == name.len)
        return hash;
    word = 0;
    memcpy(&word, name.at + i, name.len - i);
    hash = (hash ^ bytes_lower8(word)) * prime;
    return hash ^ hash >> 32;
}

void record_server_name(struct record *record, unsigned field, struct bytes otherwise)
{
    uint8_t room[LATE_NAME_BYTES] = {0};
    assert(record->open_group == 0);
    size_t length = bytes_copy(room, sizeof room, otherwise);
    record_text(record, field, bytes_of(room, sizeof room));
    if (record->last_value == 0)
        return;
    struct item *item = &record->items[record->last_value - 1];
    item->kind = ITEM_LATE_NAME;
    item->length = (uint32_t)length;
    record->has_late = true;
}

/* A second one is linked to the first, though the field is no list: when all is settled, at most one is left. */
void record_text_unless_server(struct record *record, unsigned field, struct bytes text)
{
    unsigned first = record_first(record, field);
    assert(record->open_group == 0);
    if (first && (record->items[first - 1].next || bytes_equal_nocase(record_find_text(record, field), text)))
        return;
    record_set_first(record, field, 0, 0);
    record_text(record, field, text);
    unsigned added = record_first(record, field);
    if (added) {
        record->items[added - 1].kind = ITEM_LATE_TEXT;
        record->has_late = true;
    }
    if (first) {
        record->items[first - 1].next = (uint16_t)added;
        record_set_first(record, field, first, first);
    }
}

void record_observe_other_name(struct record *record, int field, const char *observation, const char *argument,
                               struct bytes name)
{
    static const uint8_t room[LATE_NAME_BYTES];
    const struct argument filled = {.name = argument, .text = bytes_of(room, sizeof room)};
    uint64_t hash = late_name_hash(name);
    uint32_t before = record->item_count;
    record_observe(record, field, observation, &filled, 1);
    if (record->item_count == before)
        return;
    record->items[before].kind = ITEM_LATE_NOTE;
    record->items[before].integer = (int64_t)hash;
    record->has_late = true;
}

void record_conversation(struct record *record, unsigned field, uint64_t id)
{
    assert(record->open_group == 0);
    record_integer(record, field, (int64_t)id);
    if (record->last_value == 0)
        return;
    record->items[record->last_value - 1].kind = ITEM_LATE_CONVERSATION;
    record->has_late = true;
}

static void put_name(struct record *record, struct item *item, struct bytes name)
{
    item->length = (uint32_t)bytes_copy(record->text + item->offset, LATE_NAME_BYTES, name);
}

/* It stays on the tape, and nothing leads to it. */
static void leave_out(struct record *record, const struct item *item)
{
    record_set_first(record, item->field, 0, 0);
}

static void settle_text(struct record *record, struct item *item, struct bytes server)
{
    struct item *second = item->next ? &record->items[item->next - 1] : NULL;
    bool is_server = server.len > 0 && bytes_equal_nocase(bytes_of(record->text + item->offset, item->length), server);
    item->kind = ITEM_TEXT;
    item->next = 0;
    if (second) {
        second->kind = ITEM_TEXT;
        if (is_server) {
            item->offset = second->offset;
            item->length = second->length;
        }
    } else if (is_server) {
        leave_out(record, item);
    }
}

static void settle_note(struct record *record, struct item *note, const struct late *late)
{
    note->kind = ITEM_NOTE;
    if (late->server.len > 0 && late->is_other_name(late->context, (uint64_t)note->integer))
        put_name(record, note + 1, late->server);
    else
        note->about = UINT16_MAX; /* about no item at all */
    note->integer = 0;
}

static void settle_conversation(struct record *record, struct item *item, const struct late *late)
{
    uint64_t id = (uint64_t)item->integer;
    uint64_t number = late->conversation_number ? late->conversation_number(late->context, id) : id;
    item->kind = ITEM_INTEGER;
    item->integer = (int64_t)number;
    if (number == 0)
        leave_out(record, item);
}

static void settle(struct record *record, struct item *item, const struct late *late)
{
    switch ((enum item_kind)item->kind) {
    case ITEM_LATE_NAME:
        item->kind = ITEM_TEXT;
        if (late->server.len > 0)
            put_name(record, item, late->server);
        break;
    case ITEM_LATE_TEXT:
        settle_text(record, item, late->server);
        break;
    case ITEM_LATE_NOTE:
        settle_note(record, item, late);
        break;
    case ITEM_LATE_CONVERSATION:
        settle_conversation(record, item, late);
        break;
    default:
        break;
    }
}

void record_settle(struct record *record, const struct late *late)
{
    for (uint32_t i = 0; record->has_late && i < record->item_count; i++)
        settle(record, &record->items[i], late);
    record->has_late = false;
}
