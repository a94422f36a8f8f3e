/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The tape. Items refer to text by offset, so the buffers may move as they grow.
 */
#include "overhear/record.h"

#include "util/budget.h"
#include "util/lower.h"

#include <assert.h>

enum {
    FIRST_ITEMS = 24,
    FIRST_TEXT = 512,
    ARGUMENTS_MAX = 4,
};

static_assert(LIMIT_RECORD_ITEMS < UINT16_MAX, "items are linked by 16-bit numbers");

void record_init(struct record *record, const struct dataset *dataset, struct budget *budget)
{
    assert(dataset->field_count <= LIMIT_RECORD_FIELDS);
    /* All but the links of the fields, which count only where a field is present. */
    memset(record, 0, offsetof(struct record, first_item));
    record->dataset = dataset;
    record->budget = budget;
}

void record_reuse(struct record *record, const struct dataset *dataset)
{
    struct item *items = record->items;
    uint8_t *text = record->text;
    const uint32_t item_capacity = record->item_capacity, text_capacity = record->text_capacity;
    record_init(record, dataset, record->budget);
    record->items = items;
    record->text = text;
    record->item_capacity = item_capacity;
    record->text_capacity = text_capacity;
}

void record_done(struct record *record)
{
    budget_give(record->budget, record->items, record->item_capacity * sizeof *record->items);
    budget_give(record->budget, record->text, record->text_capacity);
    record->items = NULL;
    record->text = NULL;
    record->item_count = record->item_capacity = 0;
    record->text_length = record->text_capacity = 0;
}

void record_clear(struct record *record)
{
    record->item_count = record->text_length = record->whole_text = 0;
    record->open_group = record->last_value = 0;
    record->skipping_group = record->has_late = false;
    memset(record->present, 0, sizeof record->present);
    memset(record->truncated, 0, sizeof record->truncated);
}

static bool grow_items(struct record *record, size_t more)
{
    size_t wanted = record->item_count + more;
    if (wanted <= record->item_capacity)
        return true;
    if (wanted > LIMIT_RECORD_ITEMS)
        return false;
    size_t capacity = record->item_capacity ? record->item_capacity * 2u : FIRST_ITEMS;
    if (capacity > LIMIT_RECORD_ITEMS)
        capacity = LIMIT_RECORD_ITEMS;
    if (capacity < wanted)
        capacity = wanted;
    struct item *items = budget_resize(record->budget, record->items, record->item_capacity * sizeof *items,
                                       capacity * sizeof *items);
    if (!items)
        return false;
    record->items = items;
    record->item_capacity = (uint32_t)capacity;
    return true;
}

static bool grow_text(struct record *record, size_t more)
{
    if (more > LIMIT_RECORD_BYTES - record->text_length)
        return false;
    size_t wanted = record->text_length + more;
    if (wanted <= record->text_capacity)
        return true;
    size_t capacity = record->text_capacity ? record->text_capacity : FIRST_TEXT;
    while (capacity < wanted)
        capacity *= 2;
    uint8_t *text = budget_resize(record->budget, record->text, record->text_capacity, capacity);
    if (!text)
        return false;
    record->text = text;
    record->text_capacity = (uint32_t)capacity;
    return true;
}

/* Room for these texts and `more` bytes. A text may be a piece of this very record, which moves when it grows: it then
 * points to where it is now. */
static bool make_room(struct record *record, struct bytes *texts, size_t count, size_t more)
{
    enum { ELSEWHERE = LIMIT_RECORD_BYTES };
    size_t places[ARGUMENTS_MAX];
    size_t wanted = more;
    assert(count <= ARGUMENTS_MAX);
    for (size_t i = 0; i < count; i++)
        wanted += texts[i].len;
    if (wanted <= record->text_capacity - record->text_length)
        return true;
    for (size_t i = 0; i < count; i++) {
        uintptr_t distance = (uintptr_t)texts[i].at - (uintptr_t)record->text;
        places[i] = texts[i].len > 0 && distance < record->text_length ? distance : ELSEWHERE;
    }
    if (!grow_text(record, wanted))
        return false;
    for (size_t i = 0; i < count; i++)
        if (places[i] != ELSEWHERE)
            texts[i] = bytes_of(record->text + places[i], texts[i].len);
    return true;
}

/* The row of a top-level field, or of a member while a group is open. */
static const struct field *row_of(const struct record *record, unsigned field)
{
    if (record->open_group == 0) {
        assert(field < record->dataset->field_count);
        return &record->dataset->fields[field];
    }
    const struct field *group = &record->dataset->fields[record->items[record->open_group - 1].field];
    assert(field < group->member_count);
    return &group->members[field];
}

static void mark_truncated(struct record *record, unsigned field)
{
    unsigned top = record->open_group ? record->items[record->open_group - 1].field : field;
    record->truncated[top / 64] |= UINT64_C(1) << top % 64;
    record->last_value = 0;
}

/* Whether an item of this field, and so much text, can be put at the end of the tape without a further thought: nearly
 * always. (The capacities never exceed the limits.) */
static inline bool is_simple(const struct record *record, unsigned field, size_t text_length)
{
    return record->item_count < record->item_capacity && !record->skipping_group &&
           (text_length == 0 || text_length <= record->text_capacity - record->text_length) &&
           (record->open_group != 0 || !(record->present[field / 64] >> field % 64 & 1));
}

/* Where it goes; all of it is to be assigned. */
static inline struct item *put_item(struct record *record, unsigned field)
{
    const uint32_t index = record->item_count++;
    record->last_value = (uint16_t)(index + 1);
    if (record->open_group == 0) {
        record->present[field / 64] |= UINT64_C(1) << field % 64;
        record->first_item[field] = record->last_item[field] = (uint16_t)(index + 1);
    }
    return &record->items[index];
}

/* One more value of a list or map that has some already. */
static inline struct item *put_next_item(struct record *record, unsigned field)
{
    const uint32_t index = record->item_count++;
    const uint16_t number = (uint16_t)(index + 1);
    record->items[record->last_item[field] - 1].next = number;
    record->last_item[field] = record->last_value = number;
    return &record->items[index];
}

/* The same where it is not simple. NULL: it may not or cannot be added. */
__attribute__((noinline)) static struct item *add_item_slowly(struct record *record, unsigned field)
{
    if (record->skipping_group)
        return NULL;
    const struct field *row = row_of(record, field);
    bool repeats = (row->flags & FIELD_LIST) || row->type == FIELD_MAP;
    if (record->open_group == 0 && record_first(record, field) && !repeats) {
        record->last_value = 0;
        return NULL;
    }
    if (!grow_items(record, 1)) {
        mark_truncated(record, field);
        return NULL;
    }
    if (record->open_group != 0 || !record_first(record, field))
        return put_item(record, field);
    return put_next_item(record, field);
}

static inline struct item *add_item(struct record *record, unsigned field)
{
    return is_simple(record, field, 0) ? put_item(record, field) : add_item_slowly(record, field);
}

/* A copy of few bytes without a call: moves of one size, of which the last overlaps. Of no bytes there may be no
 * place either. */
static inline void copy_text(uint8_t *base, uint32_t offset, struct bytes text)
{
    if (text.len == 0)
        return;
    uint8_t *to = base + offset;
    if (text.len >= 16 && text.len <= 32) {
        memcpy(to, text.at, 16);
        memcpy(to + text.len - 16, text.at + text.len - 16, 16);
    } else if (text.len >= 8 && text.len < 16) {
        memcpy(to, text.at, 8);
        memcpy(to + text.len - 8, text.at + text.len - 8, 8);
    } else if (text.len >= 4 && text.len < 8) {
        memcpy(to, text.at, 4);
        memcpy(to + text.len - 4, text.at + text.len - 4, 4);
    } else {
        memcpy(to, text.at, text.len);
    }
}

static uint32_t keep_text(struct record *record, struct bytes text)
{
    uint32_t offset = record->text_length;
    if (text.len > 0)
        memcpy(record->text + offset, text.at, text.len);
    record->text_length += (uint32_t)text.len;
    return offset;
}

void record_text_secret(struct record *record, unsigned field, struct bytes text, size_t secret_at,
                        size_t secret_length)
{
    if (!record->skipping_group && !make_room(record, &text, 1, 0)) {
        mark_truncated(record, field);
        return;
    }
    struct item *item = add_item(record, field);
    if (item)
        *item = (struct item){.field = (uint16_t)field,
                              .kind = ITEM_TEXT,
                              .offset = keep_text(record, text),
                              .length = (uint32_t)text.len,
                              .secret_at = (uint32_t)secret_at,
                              .secret_length = (uint32_t)secret_length};
}

void record_text(struct record *record, unsigned field, struct bytes text)
{
    if (!is_simple(record, field, text.len)) {
        record_text_secret(record, field, text, 0, 0);
        return;
    }
    uint32_t offset = record->text_length;
    *put_item(record, field) = (struct item){
        .field = (uint16_t)field, .kind = ITEM_TEXT, .offset = offset, .length = (uint32_t)text.len};
    record->text_length = offset + (uint32_t)text.len;
    copy_text(record->text, offset, text);
}

static inline void set_word(struct item *item, unsigned field, const char *word, size_t length)
{
    *item = (struct item){.field = (uint16_t)field, .kind = ITEM_WORD, .word = word, .length = (uint32_t)length};
}

static inline void set_integer(struct item *item, unsigned field, int64_t value)
{
    *item = (struct item){.field = (uint16_t)field, .kind = ITEM_INTEGER, .integer = value};
}

/* What is not simple is kept out of the functions that nearly all values go through: they then have nothing to save. */
__attribute__((noinline)) static void add_word_slowly(struct record *record, unsigned field, const char *word,
                                                      size_t length)
{
    struct item *item = add_item_slowly(record, field);
    if (item)
        set_word(item, field, word, length);
}

__attribute__((noinline)) static void add_integer_slowly(struct record *record, unsigned field, int64_t value)
{
    struct item *item = add_item_slowly(record, field);
    if (item)
        set_integer(item, field, value);
}

void record_word_of(struct record *record, unsigned field, const char *static_text, size_t length)
{
    if (is_simple(record, field, 0))
        set_word(put_item(record, field), field, static_text, length);
    else
        add_word_slowly(record, field, static_text, length);
}

void record_integer(struct record *record, unsigned field, int64_t value)
{
    if (is_simple(record, field, 0))
        set_integer(put_item(record, field), field, value);
    else
        add_integer_slowly(record, field, value);
}

void record_boolean(struct record *record, unsigned field, bool value)
{
    record_integer(record, field, value);
}

void record_address(struct record *record, unsigned field, const struct address *address)
{
    if (!record->skipping_group && !grow_text(record, sizeof *address)) {
        mark_truncated(record, field);
        return;
    }
    struct item *item = add_item(record, field);
    if (item)
        *item = (struct item){.field = (uint16_t)field,
                              .kind = ITEM_ADDRESS,
                              .offset = keep_text(record, bytes_of(address, sizeof *address)),
                              .length = sizeof *address};
}

void record_set_integer(struct record *record, unsigned field, int64_t value)
{
    if (record->open_group == 0 && record_first(record, field))
        record->items[record->first_item[field] - 1].integer = value;
    else
        record_integer(record, field, value);
}

void record_append(struct record *record, unsigned field, struct bytes text, size_t limit)
{
    if (!record_first(record, field))
        record_text(record, field, (struct bytes){NULL, 0});
    unsigned index = record_first(record, field);
    if (!index)
        return;
    size_t length = record->items[index - 1].length;
    size_t room = limit > length ? limit - length : 0;
    if (text.len > room) {
        mark_truncated(record, field);
        text = bytes_first(text, room);
    }
    bool at_end = record->items[index - 1].offset + length == record->text_length;
    if (text.len == 0 || !make_room(record, &text, 1, at_end ? 0 : length)) {
        if (text.len > 0)
            mark_truncated(record, field);
        return;
    }
    struct item *item = &record->items[index - 1];
    if (!at_end)
        item->offset = keep_text(record, bytes_of(record->text + item->offset, length));
    (void)keep_text(record, text);
    item->length += (uint32_t)text.len;
}

enum { LOWER_STEP = 8 };

/* In whole steps: what stands behind the key is written over. */
static inline void lower_key(uint8_t *key, size_t length)
{
    for (size_t i = 0; i < length; i += LOWER_STEP) {
        uint64_t word;
        memcpy(&word, key + i, sizeof word);
        word = bytes_lower8(word);
        memcpy(key + i, &word, sizeof word);
    }
}

static inline void set_entry(struct item *item, unsigned field, uint32_t key_offset, size_t key_length,
                             size_t value_length)
{
    *item = (struct item){.field = (uint16_t)field,
                          .kind = ITEM_MAP,
                          .offset = key_offset + (uint32_t)key_length,
                          .length = (uint32_t)value_length};
    item->key_offset = key_offset;
    item->key_length = (uint32_t)key_length;
}

/* The same where it is not simple. */
__attribute__((noinline)) static void add_entry_slowly(struct record *record, unsigned field, struct bytes key,
                                                       struct bytes value, size_t secret_at, size_t secret_length)
{
    struct bytes texts[] = {key, value};
    if (!make_room(record, texts, 2, LOWER_STEP)) {
        mark_truncated(record, field);
        return;
    }
    struct item *item = add_item(record, field);
    if (!item)
        return;
    const uint32_t key_offset = keep_text(record, texts[0]);
    lower_key(record->text + key_offset, key.len);
    (void)keep_text(record, texts[1]);
    set_entry(item, field, key_offset, key.len, value.len);
    item->secret_at = (uint32_t)secret_at;
    item->secret_length = (uint32_t)secret_length;
}

void record_map_secret(struct record *record, unsigned field, struct bytes key, struct bytes value, size_t secret_at,
                       size_t secret_length)
{
    size_t room = record->text_capacity - record->text_length;
    bool fits = key.len < room && value.len < room && key.len + value.len + LOWER_STEP <= room;
    if (!fits || record->open_group != 0 || record->skipping_group || record->item_count >= record->item_capacity) {
        add_entry_slowly(record, field, key, value, secret_at, secret_length);
        return;
    }
    assert(record->dataset->fields[field].type == FIELD_MAP);
    struct item *item = record_first(record, field) ? put_next_item(record, field) : put_item(record, field);
    const uint32_t offset = record->text_length;
    uint8_t *to = record->text + offset;
    record->text_length = offset + (uint32_t)(key.len + value.len);
    copy_text(to, 0, key);
    lower_key(to, key.len);
    copy_text(to, (uint32_t)key.len, value);
    set_entry(item, field, offset, key.len, value.len);
    item->secret_at = (uint32_t)secret_at;
    item->secret_length = (uint32_t)secret_length;
}

void record_map(struct record *record, unsigned field, struct bytes key, struct bytes value)
{
    record_map_secret(record, field, key, value, 0, 0);
}

bool record_keep(struct record *record, struct bytes text, struct record_kept *ret_kept)
{
    const uint8_t *from = text.at;
    if (!make_room(record, &text, 1, 0))
        return false;
    *ret_kept = (struct record_kept){.from = from, .offset = keep_text(record, text)};
    return true;
}

/* Where the places of the new item's pieces are known, all of it is put down in one go. */
static inline void set_kept(struct record *record, struct item *item, unsigned field, const struct record_kept *kept,
                            struct bytes key, struct bytes value)
{
    const uint32_t key_offset = kept->offset + (uint32_t)(key.at - kept->from);
    *item = (struct item){.field = (uint16_t)field,
                          .kind = ITEM_MAP,
                          .offset = kept->offset + (uint32_t)(value.at - kept->from),
                          .length = (uint32_t)value.len,
                          .key_offset = key_offset,
                          .key_length = (uint32_t)key.len};
    lower_in_place(record->text + key_offset, key.len, record->text_capacity - key_offset);
}

__attribute__((noinline)) static void map_kept_slowly(struct record *record, unsigned field,
                                                      const struct record_kept *kept, struct bytes key,
                                                      struct bytes value)
{
    struct item *item = add_item(record, field);
    if (item)
        set_kept(record, item, field, kept, key, value);
}

void record_map_kept(struct record *record, unsigned field, const struct record_kept *kept, struct bytes key,
                     struct bytes value)
{
    if (record->item_count < record->item_capacity && record_first(record, field))
        set_kept(record, put_next_item(record, field), field, kept, key, value);
    else
        map_kept_slowly(record, field, kept, key, value);
}

void record_group_begin(struct record *record, unsigned field)
{
    assert(record->open_group == 0 && !record->skipping_group);
    bool goes_on = record->item_count < record->item_capacity && record_first(record, field) &&
                   (record->dataset->fields[field].flags & FIELD_LIST);
    struct item *item = goes_on ? put_next_item(record, field) : add_item(record, field);
    if (!item) {
        record->skipping_group = true;
        return;
    }
    *item = (struct item){.field = (uint16_t)field, .kind = ITEM_GROUP};
    record->open_group = (uint16_t)record->item_count;
}

void record_group_end(struct record *record)
{
    if (record->open_group) {
        struct item *group = &record->items[record->open_group - 1];
        group->length = record->item_count - record->open_group;
    }
    record->open_group = 0;
    record->skipping_group = false;
}

struct bytes record_find_text(const struct record *record, unsigned field)
{
    if (!record_first(record, field))
        return (struct bytes){NULL, 0};
    const struct item *item = &record->items[record->first_item[field] - 1];
    if (item->kind == ITEM_WORD)
        return bytes_of(item->word, item->length);
    /* Where all texts are empty, the tape has no memory for any. */
    if (item->kind == ITEM_TEXT || item->kind == ITEM_MAP || item->kind == ITEM_LATE_NAME ||
        item->kind == ITEM_LATE_TEXT)
        return item->length > 0 ? bytes_of(record->text + item->offset, item->length) : bytes_text("");
    return (struct bytes){NULL, 0};
}

bool record_find_integer(const struct record *record, unsigned field, int64_t *ret_value)
{
    if (!record_first(record, field) || record->items[record->first_item[field] - 1].kind != ITEM_INTEGER)
        return false;
    *ret_value = record->items[record->first_item[field] - 1].integer;
    return true;
}

bool record_has(const struct record *record, unsigned field)
{
    return record_first(record, field) != 0;
}

static bool ends_with_end_of(struct bytes text, struct bytes broken_off)
{
    size_t length = text.len < broken_off.len ? text.len : broken_off.len;
    return length > 0 &&
           bytes_equal_nocase(bytes_skip(text, text.len - length), bytes_skip(broken_off, broken_off.len - length));
}

void record_mark_cut(struct record *record, struct bytes broken_off)
{
    unsigned top = 0;
    uint32_t group_end = 0;
    for (uint32_t i = 0; i < record->item_count; i++) {
        const struct item *item = &record->items[i];
        if (item->kind == ITEM_NOTE || item->kind == ITEM_ARGUMENT)
            continue;
        if (i >= group_end)
            top = item->field;
        if (item->kind == ITEM_GROUP)
            group_end = i + 1 + item->length;
        bool is_text = item->kind == ITEM_TEXT || item->kind == ITEM_MAP;
        /* Where all texts are empty, there is no memory for any. */
        if (is_text && item->length > 0 && item->offset + item->length > record->whole_text &&
            ends_with_end_of(bytes_of(record->text + item->offset, item->length), broken_off))
            record->truncated[top / 64] |= UINT64_C(1) << top % 64;
    }
}

void record_unexplained(struct record *record, int field)
{
    unsigned about = field == RECORD_LAST ? record->last_value : record_first(record, (unsigned)field);
    if (about > 0 && !record->skipping_group)
        record->items[about - 1].unexplained = true;
}

void record_observe(struct record *record, int field, const char *observation, const struct argument *arguments,
                    size_t count)
{
    if (!record->wants_notes || record->skipping_group)
        return;
    unsigned about = field == RECORD_LAST ? record->last_value : record_first(record, (unsigned)field);
    struct bytes texts[ARGUMENTS_MAX];
    assert(count <= ARGUMENTS_MAX);
    for (size_t i = 0; i < count; i++)
        texts[i] = arguments[i].text;
    if (about == 0 || !grow_items(record, 1 + count) || !make_room(record, texts, count, 0))
        return;
    record->items[record->item_count++] = (struct item){
        .kind = ITEM_NOTE, .about = (uint16_t)(about - 1), .word = observation, .length = (uint32_t)count};
    for (size_t i = 0; i < count; i++) {
        struct item *item = &record->items[record->item_count++];
        *item = (struct item){.kind = ITEM_ARGUMENT,
                              .field = (uint16_t)arguments[i].kind,
                              .word = arguments[i].name,
                              .integer = arguments[i].integer,
                              .length = (uint32_t)arguments[i].text.len};
        item->offset = keep_text(record, texts[i]);
    }
}
