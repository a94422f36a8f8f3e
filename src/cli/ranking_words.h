/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The words of a tally (overhear/record.h), taken apart once, and what they say of a record. Secrets are never said.
 */
#ifndef OVERHEAR_CLI_RANKING_WORDS_H
#define OVERHEAR_CLI_RANKING_WORDS_H

#include "overhear/record.h"

enum { RANKING_TEXT = LIMIT_RANKING_BYTES, RANKING_TOKENS = 16 };

enum ranking_token_kind {
    RANKING_LITERAL,
    RANKING_FIELD,
    RANKING_DESTINATION,
    RANKING_PRESENT, /* a condition, as the next two */
    RANKING_ABSENT,
    RANKING_PROTOCOL,
    RANKING_OPEN, /* [ */
    RANKING_CLOSE /* ] */
};

enum ranking_format { RANKING_PLAIN, RANKING_LOWER, RANKING_DOMAIN };

struct ranking_token {
    enum ranking_token_kind kind;
    enum ranking_format format;
    const struct field *row; /* the value's own: of a group's member, that one */
    unsigned field, member;
    bool is_member;
    bool or_destination;  /* where the field is absent */
    struct bytes literal; /* borrowed from the words; of PRESENT and PROTOCOL `A|B`, none: any will do */
};

struct ranking_words {
    struct ranking_token tokens[RANKING_TOKENS];
    unsigned count;
    bool has_conditions;
    int lone; /* the token that is all they say; -1: they say more, or nothing */
};

/* False: a field that the dataset does not have, a word that is not understood, or too many. */
bool ranking_words_parse(struct ranking_words *ret_words, const struct dataset *dataset, const char *words);

/* Whether the conditions hold. */
bool ranking_words_hold(const struct ranking_words *words, const struct record *record);

/* What they say, without a look at the conditions: in `buffer`, or in the record itself. No bytes where a field outside
 * of brackets is absent, or where nothing is left to say. A longer text ends with an ellipsis. */
struct bytes ranking_words_say(const struct ranking_words *words, const struct record *record,
                               uint8_t buffer[RANKING_TEXT]);

/* Whether the item is said by a static text, its word as it stands. */
static inline bool ranking_words_are_static(const struct ranking_token *token, const struct item *item)
{
    return item->kind == ITEM_WORD && token->format == RANKING_PLAIN && item->length > 0 &&
           item->length <= RANKING_TEXT && (token->row->flags & FIELD_SECRET) == 0;
}

/* Of a lone field: what this value of it says. */
struct bytes ranking_words_say_item(const struct ranking_words *words, const struct record *record,
                                    const struct item *item, uint8_t buffer[RANKING_TEXT]);

#endif
