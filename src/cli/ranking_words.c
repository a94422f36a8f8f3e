/* SPDX-License-Identifier: BSD-3-Clause */
#include "ranking_words.h"

#include "record/tape.h"
#include "util/lower.h"
#include "util/utf8.h"

#include <stdio.h>

static const char ELLIPSIS[] = "\xe2\x80\xa6";

/* --- taking apart --- */

static bool find_row(const struct field *rows, unsigned count, struct bytes name, unsigned *ret_index)
{
    for (unsigned i = 0; i < count; i++)
        if (bytes_is(name, rows[i].name)) {
            *ret_index = i;
            return true;
        }
    return false;
}

/* A field of the dataset, or a member of one of its groups. */
static bool find_field(struct ranking_token *token, const struct dataset *dataset, struct bytes name)
{
    if (find_row(dataset->fields, dataset->field_count, name, &token->field)) {
        token->row = &dataset->fields[token->field];
        return token->row->type != FIELD_GROUP && token->row->type != FIELD_MAP;
    }
    for (unsigned i = 0; i < dataset->field_count; i++) {
        const struct field *group = &dataset->fields[i];
        size_t length = strlen(group->name);
        if (group->type != FIELD_GROUP || !bytes_is(bytes_first(name, length), group->name) ||
            bytes_at(name, length) != '.' ||
            !find_row(group->members, group->member_count, bytes_skip(name, length + 1), &token->member))
            continue;
        token->field = i;
        token->is_member = true;
        token->row = &group->members[token->member];
        return true;
    }
    return false;
}

static bool parse_condition(struct ranking_token *token, const struct dataset *dataset, struct bytes inside)
{
    size_t equal = bytes_find(inside, '=', 0);
    struct bytes name = bytes_first(inside, equal);
    token->literal = bytes_skip(inside, equal + 1);
    if (token->kind == RANKING_PRESENT && bytes_is(name, "network.protocol")) {
        token->kind = RANKING_PROTOCOL;
        return token->literal.len > 0;
    }
    return find_field(token, dataset, name);
}

/* What stands between braces. */
static bool parse_value(struct ranking_token *token, const struct dataset *dataset, struct bytes inside)
{
    uint8_t sign = bytes_at(inside, 0);
    if (sign == '?' || sign == '^') {
        token->kind = sign == '?' ? RANKING_PRESENT : RANKING_ABSENT;
        return parse_condition(token, dataset, bytes_skip(inside, 1));
    }
    token->kind = RANKING_DESTINATION;
    if (bytes_is(inside, "destination"))
        return true;
    size_t bar = bytes_find(inside, '|', 0);
    token->or_destination = bytes_is(bytes_skip(inside, bar + 1), "destination");
    if (bar < inside.len && !token->or_destination)
        return false;
    inside = bytes_first(inside, bar);
    size_t colon = bytes_find(inside, ':', 0);
    struct bytes format = bytes_skip(inside, colon + 1);
    token->kind = RANKING_FIELD;
    token->format = bytes_is(format, "lower")    ? RANKING_LOWER
                    : bytes_is(format, "domain") ? RANKING_DOMAIN
                                                 : RANKING_PLAIN;
    return (format.len == 0 || token->format != RANKING_PLAIN) &&
           find_field(token, dataset, bytes_first(inside, colon));
}

static size_t literal_length(struct bytes text)
{
    size_t length = 0;
    while (length < text.len && !strchr("{}[]", bytes_at(text, length)))
        length++;
    return length;
}

/* One token; returns how many bytes it takes, 0 where it is not understood. */
static size_t parse_token(struct ranking_token *token, const struct dataset *dataset, struct bytes text)
{
    uint8_t sign = bytes_at(text, 0);
    size_t close = bytes_find(text, '}', 0);
    if (sign == '[' || sign == ']') {
        token->kind = sign == '[' ? RANKING_OPEN : RANKING_CLOSE;
        return 1;
    }
    if (sign == '{')
        return close < text.len && parse_value(token, dataset, bytes_slice(text, 1, close - 1)) ? close + 1 : 0;
    token->kind = RANKING_LITERAL;
    token->literal = bytes_first(text, literal_length(text));
    return token->literal.len;
}

static bool is_condition(const struct ranking_token *token)
{
    return token->kind == RANKING_PRESENT || token->kind == RANKING_ABSENT || token->kind == RANKING_PROTOCOL;
}

static int find_lone(const struct ranking_words *words)
{
    int lone = -1;
    for (unsigned i = 0; i < words->count; i++) {
        const struct ranking_token *token = &words->tokens[i];
        if (is_condition(token))
            continue;
        if (lone >= 0 || token->kind != RANKING_FIELD || token->is_member || token->or_destination)
            return -1;
        lone = (int)i;
    }
    return lone;
}

bool ranking_words_parse(struct ranking_words *ret_words, const struct dataset *dataset, const char *words)
{
    struct ranking_words parsed = {.lone = -1};
    struct bytes text = bytes_text(words);
    bool open = false;
    while (text.len > 0) {
        if (parsed.count == RANKING_TOKENS)
            return false;
        struct ranking_token *token = &parsed.tokens[parsed.count++];
        size_t taken = parse_token(token, dataset, text);
        if (taken == 0 || (token->kind == RANKING_OPEN && open) || (token->kind == RANKING_CLOSE && !open))
            return false;
        open = token->kind == RANKING_OPEN || (open && token->kind != RANKING_CLOSE);
        text = bytes_skip(text, taken);
    }
    parsed.lone = find_lone(&parsed);
    for (unsigned i = 0; i < parsed.count; i++)
        parsed.has_conditions |= is_condition(&parsed.tokens[i]);
    *ret_words = parsed;
    return !open;
}

/* --- saying --- */

struct saying {
    uint8_t *at;
    size_t length;
    bool cut;
};

static void add(struct saying *saying, struct bytes text, bool lower)
{
    size_t room = RANKING_TEXT - saying->length;
    uint8_t *to = saying->at + saying->length;
    saying->cut |= text.len > room;
    text = bytes_first(text, room);
    saying->length += bytes_copy(to, room, text);
    for (size_t i = 0; lower && i < text.len; i++)
        to[i] = byte_lower(to[i]);
}

/* Literals bring their spaces along also where the values beside them are absent. */
static void add_literal(struct saying *saying, struct bytes literal)
{
    bool spaced = saying->length == 0 || saying->at[saying->length - 1] == ' ';
    add(saying, bytes_skip(literal, spaced && bytes_at(literal, 0) == ' '), false);
}

/* Cut between characters, with a sign that it was. */
static struct bytes finish(struct saying *saying)
{
    while (saying->length > 0 && saying->at[saying->length - 1] == ' ')
        saying->length--;
    if (saying->cut) {
        saying->length = utf8_cut(bytes_of(saying->at, saying->length), RANKING_TEXT - strlen(ELLIPSIS)).len;
        memcpy(saying->at + saying->length, ELLIPSIS, strlen(ELLIPSIS));
        saying->length += strlen(ELLIPSIS);
    }
    return bytes_of(saying->at, saying->length);
}

static struct bytes part_of(struct bytes text, enum ranking_format format)
{
    if (format != RANKING_DOMAIN)
        return text;
    for (size_t i = text.len; i > 0; i--)
        if (bytes_at(text, i - 1) == '@')
            return bytes_skip(text, i);
    return bytes_first(text, 0);
}

/* In decimal. Status codes are counted so, one a record: without printf. */
static void add_integer(struct saying *saying, int64_t value)
{
    uint8_t digits[20]; /* with a sign */
    size_t at = sizeof digits;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (uint8_t)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0)
        digits[--at] = '-';
    add(saying, bytes_of(digits + at, sizeof digits - at), false);
}

static void add_item(struct saying *saying, const struct record *record, const struct item *item,
                     const struct ranking_token *token)
{
    char text[ADDRESS_TEXT_SIZE];
    if (item->kind == ITEM_ADDRESS) {
        struct address address = tape_address(record, item);
        add(saying, bytes_of(text, address_text(&address, text)), false);
    } else if (item->kind == ITEM_INTEGER && token->row->type == FIELD_BOOLEAN) {
        add(saying, bytes_text(item->integer ? "yes" : "no"), false);
    } else if (item->kind == ITEM_INTEGER) {
        add_integer(saying, item->integer);
    } else if (item->kind == ITEM_TEXT || item->kind == ITEM_WORD) {
        struct tape_text shown = tape_text(record, item, token->row, false, SIZE_MAX);
        if (shown.hides) {
            add(saying, shown.before, token->format != RANKING_PLAIN);
            add(saying, bytes_text("[hidden]"), false);
            add(saying, shown.after, token->format != RANKING_PLAIN);
        } else {
            add(saying, part_of(shown.before, token->format), token->format != RANKING_PLAIN);
        }
    }
}

/* NULL: absent. */
static const struct item *find_item(const struct record *record, const struct ranking_token *token)
{
    if (record_first(record, token->field) == 0)
        return NULL;
    uint32_t index = record_first(record, token->field) - 1U;
    if (!token->is_member)
        return &record->items[index];
    uint32_t end = tape_group_end(record, index);
    for (uint32_t i = index + 1; i < end; i = tape_after(record, i))
        if (record->items[i].kind != ITEM_NOTE && record->items[i].field == token->member)
            return &record->items[i];
    return NULL;
}

static void add_destination(struct saying *saying, const struct record *record)
{
    char text[ADDRESS_TEXT_SIZE + 8];
    const struct conversation *conversation = record->conversation;
    if (!conversation)
        return;
    const struct endpoint *server = &conversation->destination;
    const bool brackets = record->destination_domain.len == 0 && server->ip.family == 6;
    add(saying, bytes_text(brackets ? "[" : ""), false);
    if (record->destination_domain.len > 0)
        add(saying, record->destination_domain, false);
    else
        add(saying, bytes_of(text, address_text(&server->ip, text)), false);
    snprintf(text, sizeof text, "%s:%u", brackets ? "]" : "", server->port);
    add(saying, bytes_text(text), false);
}

/* Without spaces at its end, as everything that is put together. */
static struct bytes say_lower(struct bytes text, uint8_t buffer[RANKING_TEXT])
{
    while (text.len > 0 && bytes_at(text, text.len - 1) == ' ')
        text.len--;
    lower_copy(buffer, text.at, text.len);
    return bytes_of(buffer, text.len);
}

struct bytes ranking_words_say_item(const struct ranking_words *words, const struct record *record,
                                    const struct item *item, uint8_t buffer[RANKING_TEXT])
{
    const struct ranking_token *token = &words->tokens[words->lone];
    /* What can be said as it stands is not copied, and what only has to be in small letters copied once. */
    if (token->format != RANKING_DOMAIN && item->length <= RANKING_TEXT && (token->row->flags & FIELD_SECRET) == 0 &&
        (item->kind == ITEM_WORD || (item->kind == ITEM_TEXT && item->secret_length == 0))) {
        struct bytes text = item->kind == ITEM_WORD ? bytes_of(item->word, item->length)
                                                    : bytes_slice(tape_wire(record), item->offset, item->length);
        return token->format == RANKING_PLAIN ? text : say_lower(text, buffer);
    }
    struct saying saying = {.at = buffer};
    add_item(&saying, record, item, token);
    return finish(&saying);
}

/* The bracket that is open. */
struct bracket {
    bool open, absent; /* something in it is absent */
    size_t before;     /* what was said before it */
};

/* A field or the destination. False: it is absent. */
static bool add_value(struct saying *saying, const struct record *record, const struct ranking_token *token)
{
    const struct item *item = token->kind == RANKING_FIELD ? find_item(record, token) : NULL;
    if (item)
        add_item(saying, record, item, token);
    else if (token->kind == RANKING_DESTINATION || token->or_destination)
        add_destination(saying, record);
    else
        return false;
    return true;
}

/* False: something is absent that may not be. */
static bool add_token(struct saying *saying, struct bracket *bracket, const struct record *record,
                      const struct ranking_token *token)
{
    if (token->kind == RANKING_OPEN) {
        *bracket = (struct bracket){.open = true, .before = saying->length};
    } else if (token->kind == RANKING_CLOSE) {
        saying->length = bracket->absent ? bracket->before : saying->length;
        bracket->open = false;
    } else if (token->kind == RANKING_LITERAL) {
        add_literal(saying, token->literal);
    } else if (!is_condition(token) && !add_value(saying, record, token)) {
        bracket->absent = true;
        return bracket->open;
    }
    return true;
}

struct bytes ranking_words_say(const struct ranking_words *words, const struct record *record,
                               uint8_t buffer[RANKING_TEXT])
{
    struct saying saying = {.at = buffer};
    struct bracket bracket = {0};
    if (words->lone >= 0) {
        const struct item *item = find_item(record, &words->tokens[words->lone]);
        return item ? ranking_words_say_item(words, record, item, buffer) : bytes_of(NULL, 0);
    }
    for (unsigned i = 0; i < words->count; i++)
        if (!add_token(&saying, &bracket, record, &words->tokens[i]))
            return bytes_of(NULL, 0);
    return finish(&saying);
}

/* --- conditions --- */

/* One of A|B. */
static bool is_chosen(struct bytes choices, struct bytes value)
{
    for (size_t bar = 0; choices.len > 0; choices = bytes_skip(choices, bar + 1)) {
        bar = bytes_find(choices, '|', 0);
        if (bytes_equal(bytes_first(choices, bar), value))
            return true;
    }
    return false;
}

static bool holds(const struct ranking_token *token, const struct record *record)
{
    uint8_t buffer[RANKING_TEXT];
    struct saying saying = {.at = buffer};
    if (token->kind == RANKING_PROTOCOL) {
        const char *protocol = record->protocol       ? record->protocol
                               : record->conversation ? record->conversation->protocol
                                                      : NULL;
        return protocol && is_chosen(token->literal, bytes_text(protocol));
    }
    const struct item *item = find_item(record, token);
    if (token->kind == RANKING_ABSENT)
        return !item;
    if (!item || token->literal.len == 0)
        return item != NULL;
    add_item(&saying, record, item, token);
    return is_chosen(token->literal, bytes_of(buffer, saying.length));
}

bool ranking_words_hold(const struct ranking_words *words, const struct record *record)
{
    for (unsigned i = 0; words->has_conditions && i < words->count; i++)
        if (is_condition(&words->tokens[i]) && !holds(&words->tokens[i], record))
            return false;
    return true;
}
