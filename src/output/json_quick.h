/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The values that most values are: a short plain text, a word of ours, a number. They are put in a few moves of a fixed
 * size and without a loop, since a processor that has to guess how long each one is loses more time than it takes to
 * copy them.
 */
#ifndef OVERHEAR_OUTPUT_JSON_QUICK_H
#define OVERHEAR_OUTPUT_JSON_QUICK_H

#include "json_state.h"

static_assert(PUT_SHORT + 2 <= JSON_SMALL_VALUE && PUT_NUMBER + 1 <= JSON_SMALL_VALUE, "fits the margin");

/* A word in its quotes. Words are static, so they are known by where they stand; that they have nothing that is escaped
 * is seen once. NULL: it is too long, or has. */
static inline char *json_put_word(struct json_writer *json, const struct item *item, char *at)
{
    size_t place = (size_t)(((uint64_t)(uintptr_t)item->word * UINT64_C(0x9e3779b97f4a7c15)) >> JSON_WORDS_SHIFT);
    const struct json_word *word = &json->words[place];
    if (word->word != item->word || word->length != item->length + 2) {
        word = json_find_word(json, place, item);
        if (!word)
            return NULL;
    }
    memcpy(at, word->text, sizeof word->text);
    return at + word->length;
}

static inline char *json_put_short_text(const struct json_writer *json, const struct record *record,
                                        const struct item *item, char *at)
{
    uint64_t lengths = (uint64_t)item->secret_length << 32 | item->length;
    if (lengths > json->short_text || item->offset > json->short_text_end)
        return NULL;
    *at = '"';
    at = put_if_short(at + 1, record->text + item->offset, item->length);
    return at ? put_character(at, '"') : NULL;
}

/* NULL: it is something else, which is to be put the longer way. The caller has called json_room. */
static inline char *json_put_quick(struct json_writer *json, const struct record *record, const struct item *item,
                                   const struct json_step *step, char *at)
{
    if (item->kind == ITEM_TEXT)
        return json_put_short_text(json, record, item, at);
    if (item->kind == ITEM_WORD)
        return json_put_word(json, item, at);
    if (item->kind != ITEM_INTEGER || step->type == FIELD_TIME)
        return NULL;
    if (step->type == FIELD_BOOLEAN)
        return item->integer ? put_literal(at, "true") : put_literal(at, "false");
    return put_signed(at, item->integer);
}

/* The way from one step to another as json_put_lead puts it, with a comma in front. */
static inline char *json_put_way(const struct json_step *from, struct json_step *to, char *at)
{
    if (to->way_from != from)
        return json_put_new_way(from, to, at);
    memcpy(at, to->way, sizeof to->way);
    return at + to->way_length;
}

#endif
