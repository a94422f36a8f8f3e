/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Ways over a record's tape that outputs and filters need: which observations belong to which value, and what of a text
 * may be shown.
 */
#ifndef OVERHEAR_RECORD_TAPE_H
#define OVERHEAR_RECORD_TAPE_H

#include "overhear/record.h"

/* Where the observations of a record stand. Zeroed at first, used again for each record. */
struct tape_notes {
    uint16_t *first; /* by item: index + 1 of the first observation about it; 0: none */
    uint16_t *next;  /* by observation: index + 1 of the next one about the same item */
    size_t capacity;
    bool any;
};

/* False: memory is out; as if there were no observations. */
bool tape_notes_build(struct tape_notes *notes, const struct record *record);
void tape_notes_done(struct tape_notes *notes);

/* Index + 1 of the first observation about an item, and of the one after it; 0: none. */
static inline unsigned tape_notes_first(const struct tape_notes *notes, unsigned item)
{
    return notes->any ? notes->first[item] : 0;
}

static inline unsigned tape_notes_next(const struct tape_notes *notes, unsigned note)
{
    return notes->next[note - 1];
}

/* The index after this item and what belongs to it: arguments of an observation; members are not passed over. */
static inline uint32_t tape_after(const struct record *record, uint32_t index)
{
    const struct item *item = &record->items[index];
    return index + 1 + (item->kind == ITEM_NOTE ? item->length : 0);
}

/* The first index after the members of a group. */
uint32_t tape_group_end(const struct record *record, uint32_t group);

/* A text as it may be shown: `before`, then "[hidden]" where `hides`, then `after`. */
struct tape_text {
    struct bytes before, after;
    bool hides;
    bool cut; /* it was longer than the limit */
};

struct tape_text tape_text(const struct record *record, const struct item *item, const struct field *field,
                           bool show_secrets, size_t limit);

static inline struct bytes tape_wire(const struct record *record)
{
    return bytes_of(record->text, record->text_length);
}

static inline struct bytes tape_key(const struct record *record, const struct item *item)
{
    return bytes_slice(tape_wire(record), item->key_offset, item->key_length);
}

struct address tape_address(const struct record *record, const struct item *item);

/* @timestamp: the first moment that the record knows. frame 0: none. */
struct moment tape_moment(const struct record *record);

#endif
