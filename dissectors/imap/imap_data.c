/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What untagged responses say: first the observations beside the text, then the fields.
 */
#include "imap.h"

enum { CAPABILITY_MOST = 200, ID_MOST = 30, FLAG_MOST = 100 };

static void say(struct record *record, const char *observation)
{
    record_observe(record, RECORD_LAST, observation, NULL, 0);
}

static void say_number(struct record *record, const char *observation, const char *name, uint64_t number)
{
    struct argument argument = {.name = name, .kind = ARGUMENT_INTEGER, .integer = (int64_t)number};
    record_observe(record, RECORD_LAST, observation, &argument, 1);
}

/* Was this bit set? From now on it is. */
static bool set_bit(uint64_t *bits, unsigned bit)
{
    bool was = *bits >> bit & 1;
    *bits |= UINT64_C(1) << bit;
    return was;
}

/* --- lists of words --- */

/* Those that carry a value are explained by what stands before it. */
static void explain_capability(struct record *record, struct bytes word)
{
    static const struct {
        const char *begin, *observation;
    } rows[] = {
        {"APPENDLIMIT=", "imap.capability.appendlimit"},   {"IMAPSIEVE=", "imap.capability.imapsieve"},
        {"MESSAGELIMIT=", "imap.capability.messagelimit"}, {"RIGHTS=", "imap.capability.rights"},
        {"SAVELIMIT=", "imap.capability.savelimit"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!bytes_begin_nocase(word, rows[i].begin))
            continue;
        record_unexplained(record, RECORD_LAST);
        say(record, rows[i].observation);
    }
}

void imap_capabilities(struct record *record, struct bytes words)
{
    struct bytes word;
    for (unsigned i = 0; i < CAPABILITY_MOST && text_word_next(&words, &word); i++) {
        record_text(record, IMAP_CAPABILITIES, word);
        explain_capability(record, word);
    }
}

void imap_flag_list(struct record *record, unsigned field, struct bytes text)
{
    struct imap_token token;
    for (unsigned i = 0; i < FLAG_MOST && imap_token_next(&text, &token); i++)
        if (token.kind == IMAP_TOKEN_ATOM)
            record_text(record, field, token.value);
}

void imap_id_list(struct record *record, const char *side, struct bytes text)
{
    uint8_t name[IMAP_INLINE_BYTES], value[IMAP_NAME_BYTES];
    struct imap_token token;
    if (!imap_token_next(&text, &token) || token.kind != IMAP_TOKEN_OPEN)
        return;
    for (unsigned i = 0; i < ID_MOST && imap_token_next(&text, &token) && token.kind != IMAP_TOKEN_CLOSE; i++) {
        struct bytes key = bytes_of(name, imap_token_text(&token, name, sizeof name));
        if (!imap_token_next(&text, &token) || token.kind == IMAP_TOKEN_CLOSE)
            return;
        if (token.kind == IMAP_TOKEN_ATOM && bytes_is_nocase(token.value, "NIL"))
            continue;
        record_group_begin(record, IMAP_ID);
        record_word(record, IMAP_ID_SIDE, side);
        record_text(record, IMAP_ID_NAME, key);
        record_text(record, IMAP_ID_VALUE, bytes_of(value, imap_token_text(&token, value, sizeof value)));
        record_group_end(record);
    }
}

/* --- LIST (\HasNoChildren \Sent) "/" Sent --- */

struct listed {
    struct bytes attributes;
    struct imap_token delimiter, name;
};

static bool parse_listed(struct bytes text, struct listed *listed)
{
    struct imap_token token;
    if (!imap_token_next(&text, &token) || token.kind != IMAP_TOKEN_OPEN)
        return false;
    listed->attributes = bytes_trim(imap_list_take(&text));
    return imap_token_next(&text, &listed->delimiter) && imap_token_next(&text, &listed->name);
}

static size_t decode_name(const struct imap_state *state, const struct imap_token *token, uint8_t *to, size_t room)
{
    uint8_t raw[IMAP_NAME_BYTES];
    struct bytes name = bytes_of(raw, imap_token_text(token, raw, sizeof raw));
    return imap_mailbox_decode(name, state->utf8, to, room);
}

static void explain_listed(const struct imap_state *state, struct record *record, struct imap_transaction *own,
                           struct bytes text)
{
    uint8_t decoded[IMAP_NAME_BYTES];
    struct listed listed;
    struct bytes attribute;
    if (!parse_listed(text, &listed))
        return;
    while (text_word_next(&listed.attributes, &attribute)) {
        int known = imap_attribute_find(attribute);
        if (known >= 0 && !set_bit(&own->attributes_said, (unsigned)known))
            say(record, imap_attribute_observation(known));
    }
    struct bytes name = bytes_of(decoded, decode_name(state, &listed.name, decoded, sizeof decoded));
    if (bytes_find(listed.name.value, '&', 0) < listed.name.value.len && !bytes_equal(name, listed.name.value)) {
        struct argument argument = {.name = "name", .kind = ARGUMENT_TEXT, .text = name};
        record_observe(record, RECORD_LAST, "imap.mailbox_name", &argument, 1);
        say(record, "imap.mailbox_coding");
    }
}

static void add_listed(const struct imap_state *state, struct record *record, struct imap_transaction *own,
                       struct bytes text)
{
    uint8_t decoded[IMAP_NAME_BYTES];
    struct listed listed;
    bool unknown = !parse_listed(text, &listed) || (listed.name.kind == IMAP_TOKEN_LITERAL && !listed.name.value.at);
    if (unknown || own->listed++ >= IMAP_LISTED)
        return;
    record_group_begin(record, IMAP_MAILBOXES);
    record_text(record, IMAP_MAILBOX_NAME,
                bytes_of(decoded, decode_name(state, &listed.name, decoded, sizeof decoded)));
    if (listed.delimiter.kind == IMAP_TOKEN_QUOTED) {
        uint8_t delimiter[4];
        record_text(record, IMAP_MAILBOX_DELIMITER,
                    bytes_of(delimiter, imap_token_text(&listed.delimiter, delimiter, sizeof delimiter)));
    }
    if (listed.attributes.len > 0)
        record_text(record, IMAP_MAILBOX_ATTRIBUTES, listed.attributes);
    record_group_end(record);
}

/* --- response codes --- */

static void set_number(struct record *record, unsigned field, struct bytes digits)
{
    uint64_t number;
    if (text_number(digits, &number))
        record_set_integer(record, field, (int64_t)number);
}

void imap_code_fields(struct record *record, const struct imap_status *status)
{
    if (bytes_is_nocase(status->code, "CAPABILITY"))
        imap_capabilities(record, status->data);
    else if (bytes_is_nocase(status->code, "UIDVALIDITY"))
        set_number(record, IMAP_UID_VALIDITY, status->data);
    else if (bytes_is_nocase(status->code, "UIDNEXT"))
        set_number(record, IMAP_UID_NEXT, status->data);
    else if (bytes_is_nocase(status->code, "UNSEEN"))
        set_number(record, IMAP_UNSEEN, status->data);
}

static void explain_status(struct imap_state *state, struct record *record, struct imap_transaction *own,
                           struct bytes text)
{
    struct imap_status status;
    imap_status_parse(text, &status);
    int code = imap_code_find(status.code);
    if (code >= 0 && !set_bit(&own->codes_said, (unsigned)code))
        say(record, imap_code_observation(code));
    const bool asked = own->command == IMAP_COMMAND_LOGOUT;
    if (state->kind == IMAP_KIND_BYE && state->greeted && (asked || !state->sides[SIDE_CLIENT].gap))
        say(record, asked ? "imap.bye" : "imap.bye_unasked");
    else if (state->kind == IMAP_KIND_NO)
        say(record, "imap.warning");
    else if (state->kind == IMAP_KIND_BAD)
        say(record, "imap.bad");
}

/* --- numbers --- */

/* SEARCH 2 84 882 (MODSEQ 917162500) */
static uint64_t count_found(const struct imap_state *state, struct bytes text)
{
    uint64_t others = 1;
    size_t open = bytes_find(text, '(', 0);
    if (open < text.len)
        others += 2;
    return state->words > others ? state->words - others : 0;
}

/* ESEARCH (TAG "A282") UID MIN 2 COUNT 3 */
static bool find_count(struct bytes text, uint64_t *ret_count)
{
    struct imap_token token;
    while (imap_token_next(&text, &token))
        if (bytes_is_nocase(token.value, "COUNT") && imap_token_next(&text, &token))
            return text_number(token.value, ret_count);
    return false;
}

static void explain_fetch(struct imap_state *state, struct record *record, struct imap_transaction *own, bool first)
{
    const struct imap_fetch *fetch = &state->fetch;
    bool asked = own->command == IMAP_COMMAND_FETCH || fetch->has_content;
    if (first)
        say_number(record, asked ? "imap.fetch" : "imap.fetch_flags", "number", state->number);
    if (fetch->has_content && !own->content_said) {
        own->content_said = true;
        struct argument argument = {.name = "size", .kind = ARGUMENT_SIZE, .integer = (int64_t)fetch->message_bytes};
        record_observe(record, RECORD_LAST, fetch->has_whole ? "imap.fetch_message" : "imap.fetch_part", &argument, 1);
    }
    for (int flag = 0; flag < 63; flag++)
        if (fetch->flags >> flag & 1 && !set_bit(&own->flags_said, (unsigned)flag))
            say(record, imap_flag_observation(flag));
}

static void explain_number(struct imap_state *state, struct record *record, struct imap_transaction *own, bool first)
{
    bool opening = own->command == IMAP_COMMAND_SELECT || own->command == IMAP_COMMAND_EXAMINE;
    if (state->kind == IMAP_KIND_EXISTS)
        say(record, opening ? "imap.exists" : "imap.exists_now");
    else if (state->kind == IMAP_KIND_RECENT)
        say(record, state->number > 0 ? "imap.recent" : "imap.recent_none");
    else if (first)
        say_number(record, "imap.expunge", "number", state->number);
}

static void explain_found(struct imap_state *state, struct record *record, struct bytes text)
{
    uint64_t count = count_found(state, text);
    if (state->kind == IMAP_KIND_ESEARCH && !find_count(text, &count))
        say(record, "imap.esearch");
    else if (count == 0)
        say(record, "imap.found_none");
    else
        say_number(record, "imap.found", "count", count);
}

void imap_data_explain(struct imap_state *state, struct record *record, struct imap_transaction *own, struct bytes text)
{
    struct bytes rest = text, word;
    bool first = !set_bit(&own->kinds_said, state->kind);
    (void)text_word_next(&rest, &word);
    switch (state->kind) {
    case IMAP_KIND_OK:
    case IMAP_KIND_NO:
    case IMAP_KIND_BAD:
    case IMAP_KIND_BYE:
    case IMAP_KIND_PREAUTH:
        explain_status(state, record, own, rest);
        break;
    case IMAP_KIND_EXISTS:
    case IMAP_KIND_RECENT:
    case IMAP_KIND_EXPUNGE:
        explain_number(state, record, own, first);
        break;
    case IMAP_KIND_FETCH:
        explain_fetch(state, record, own, first);
        break;
    case IMAP_KIND_LIST:
    case IMAP_KIND_LSUB:
    case IMAP_KIND_XLIST:
        if (first)
            say(record, state->kind == IMAP_KIND_LSUB ? "imap.lsub" : "imap.list");
        explain_listed(state, record, own, rest);
        break;
    case IMAP_KIND_STATUS:
        if (first)
            say(record, "imap.status");
        break;
    case IMAP_KIND_SEARCH:
    case IMAP_KIND_SORT:
    case IMAP_KIND_ESEARCH:
        explain_found(state, record, rest);
        break;
    default:
        if (first && imap_kind_row(state->kind)->observation)
            say(record, imap_kind_row(state->kind)->observation);
    }
}

/* --- fields --- */

static void take_enabled(struct imap_state *state, struct record *record, struct bytes words)
{
    struct bytes word, rest = words;
    while (text_word_next(&rest, &word))
        if (bytes_is_nocase(word, "UTF8=ACCEPT") || bytes_is_nocase(word, "IMAP4rev2"))
            state->utf8 = true;
    imap_capabilities(record, words);
}

static void count_fetch(struct imap_state *state, struct record *record, struct imap_transaction *own)
{
    (void)state;
    own->fetched++;
    record_set_integer(record, IMAP_FETCHED_MESSAGES, own->fetched);
    if (own->fetched_bytes > 0)
        record_set_integer(record, IMAP_FETCHED_BYTES, (int64_t)own->fetched_bytes);
}

static void add_found(struct imap_state *state, struct record *record, struct bytes text)
{
    uint64_t count = count_found(state, text);
    if (state->kind != IMAP_KIND_ESEARCH || find_count(text, &count))
        record_set_integer(record, IMAP_FOUND, (int64_t)count);
}

void imap_data_fields(struct imap_state *state, struct record *record, struct imap_transaction *own, struct bytes text)
{
    struct imap_status status;
    struct bytes rest = text, word;
    (void)text_word_next(&rest, &word);
    switch (state->kind) {
    case IMAP_KIND_OK:
        imap_status_parse(rest, &status);
        if (own->command != IMAP_COMMAND_OTHER)
            imap_code_fields(record, &status);
        break;
    case IMAP_KIND_EXISTS:
        record_set_integer(record, IMAP_EXISTS, (int64_t)state->number);
        break;
    case IMAP_KIND_RECENT:
        record_set_integer(record, IMAP_RECENT, (int64_t)state->number);
        break;
    case IMAP_KIND_EXPUNGE:
        record_set_integer(record, IMAP_EXPUNGED, ++own->expunged);
        break;
    case IMAP_KIND_FETCH:
        count_fetch(state, record, own);
        break;
    case IMAP_KIND_FLAGS:
        imap_flag_list(record, IMAP_MAILBOX_FLAGS, rest);
        break;
    case IMAP_KIND_CAPABILITY:
        imap_capabilities(record, rest);
        break;
    case IMAP_KIND_ENABLED:
        take_enabled(state, record, rest);
        break;
    case IMAP_KIND_ID:
        imap_id_list(record, "server", rest);
        break;
    case IMAP_KIND_LIST:
    case IMAP_KIND_LSUB:
    case IMAP_KIND_XLIST:
        add_listed(state, record, own, rest);
        break;
    case IMAP_KIND_SEARCH:
    case IMAP_KIND_SORT:
    case IMAP_KIND_ESEARCH:
        add_found(state, record, rest);
        break;
    default:
        break;
    }
}
