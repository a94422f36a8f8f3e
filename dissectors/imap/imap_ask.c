/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the arguments of a command say.
 */
#include "imap.h"

enum {
    ITEM_BYTES = 64, /* of one thing to fetch */
    ITEMS = 32,      /* things to fetch that one command lists */
};

/* --- mailboxes --- */

static void add_mailbox(struct imap_state *state, struct record *record, unsigned field, const struct imap_token *token)
{
    uint8_t raw[IMAP_NAME_BYTES], name[IMAP_NAME_BYTES];
    struct bytes sent = bytes_of(raw, imap_token_text(token, raw, sizeof raw));
    struct bytes decoded = bytes_of(name, imap_mailbox_decode(sent, state->utf8, name, sizeof name));
    if (token->kind == IMAP_TOKEN_OPEN || token->kind == IMAP_TOKEN_CLOSE || !token->value.at)
        return;
    if (bytes_is_nocase(decoded, "INBOX"))
        decoded = bytes_text("INBOX");
    record_text(record, field, decoded);
    if (!bytes_equal_nocase(sent, decoded)) {
        struct argument argument = {.name = "name", .kind = ARGUMENT_TEXT, .text = decoded};
        record_observe(record, IMAP_ARGUMENT, "imap.mailbox_name", &argument, 1);
        record_observe(record, IMAP_ARGUMENT, "imap.mailbox_coding", NULL, 0);
    }
}

/* The mailbox among the arguments; of RENAME the new name too. */
static void take_mailbox(struct imap_state *state, struct record *record, const struct imap_transaction *own,
                         struct bytes rest)
{
    struct imap_token token;
    unsigned wanted = imap_command_row(own->command)->mailbox;
    for (unsigned i = 1; i < wanted; i++)
        if (!imap_token_next(&rest, &token))
            return;
    if (wanted == 0 || !imap_token_next(&rest, &token))
        return;
    add_mailbox(state, record, IMAP_MAILBOX, &token);
    if (own->command == IMAP_COMMAND_RENAME && imap_token_next(&rest, &token))
        add_mailbox(state, record, IMAP_NEW_MAILBOX, &token);
}

/* --- FETCH --- */

/* `BODY.PEEK[HEADER.FIELDS (DATE FROM)]<0.100>` from the beginning of `text`: how long it is, and where its section
 * begins and ends (of words before a space; the same where there is none). */
static size_t item_length(struct bytes text, size_t *ret_section, size_t *ret_section_end)
{
    size_t i = 0;
    while (i < text.len && bytes_at(text, i) != ' ' && bytes_at(text, i) != ')' && bytes_at(text, i) != '(' &&
           bytes_at(text, i) != '[')
        i++;
    *ret_section = *ret_section_end = i;
    if (bytes_at(text, i) != '[')
        return i;
    size_t close = bytes_find(text, ']', i);
    size_t space = bytes_find(bytes_first(text, close), ' ', i);
    *ret_section_end = space;
    i = close < text.len ? close + 1 : close;
    if (bytes_at(text, i) == '<')
        i = bytes_find(text, '>', i) + 1;
    return i < text.len ? i : text.len;
}

static void add_item(struct record *record, struct bytes text, size_t section, size_t section_end)
{
    uint8_t item[ITEM_BYTES];
    bool has_section = bytes_at(text, section) == '[';
    size_t length = bytes_copy(item, sizeof item - 1, bytes_first(text, section_end));
    for (size_t i = 0; i < length; i++)
        item[i] = byte_upper(item[i]);
    if (has_section && bytes_find(text, ']', section) == text.len) /* it broke off in it: which part it was is lost */
        return;
    if (has_section)
        item[length++] = ']';
    record_text(record, IMAP_ITEMS, bytes_of(item, length));
    uint8_t part = has_section ? bytes_at(text, section + 1) : 0;
    if (part >= '0' && part <= '9') {
        record_unexplained(record, RECORD_LAST);
        record_observe(record, RECORD_LAST, "imap.item_part", NULL, 0);
    }
}

/* Behind the numbers of the messages: one item, or a list of them; lists of modifiers may follow. */
static void take_items(struct record *record, struct imap_transaction *own, struct bytes rest)
{
    struct imap_token set;
    unsigned count = 0, depth = 0;
    if (!imap_token_next(&rest, &set))
        return;
    while (rest.len > 0 && count < ITEMS) {
        uint8_t c = bytes_at(rest, 0);
        size_t section, section_end, length = 1;
        if (c == '(')
            depth++;
        if (c == ')' && (depth == 0 || --depth == 0))
            return;
        if (c != '(' && c != ')' && c != ' ' && c != '\n') {
            length = item_length(rest, &section, &section_end);
            if (length == 0)
                return;
            add_item(record, rest, section, section_end);
            own->uids = own->uids || bytes_is_nocase(bytes_first(rest, length), "UID");
            count++;
            if (depth == 0)
                return;
        }
        rest = bytes_skip(rest, length);
    }
}

/* --- flags --- */

static void take_store(struct record *record, struct bytes rest)
{
    struct imap_token token;
    if (!imap_token_next(&rest, &token) || !imap_token_next(&rest, &token))
        return;
    if (token.kind == IMAP_TOKEN_OPEN) { /* (UNCHANGEDSINCE 12) */
        (void)imap_list_take(&rest);
        if (!imap_token_next(&rest, &token))
            return;
    }
    uint8_t sign = bytes_at(token.value, 0);
    record_observe(record, IMAP_ARGUMENT,
                   sign == '+'   ? "imap.store_add"
                   : sign == '-' ? "imap.store_remove"
                                 : "imap.store_set",
                   NULL, 0);
    imap_flag_list(record, IMAP_FLAGS, rest);
}

static void take_append_flags(struct record *record, struct bytes rest)
{
    struct imap_token token;
    if (imap_token_next(&rest, &token) && imap_token_next(&rest, &token) && token.kind == IMAP_TOKEN_OPEN)
        imap_flag_list(record, IMAP_FLAGS, imap_list_take(&rest));
}

/* --- LIST --- */

static void explain_list(struct record *record, struct bytes rest)
{
    struct imap_token reference, pattern;
    if (!imap_token_next(&rest, &reference) || !imap_token_next(&rest, &pattern))
        return;
    if (pattern.value.len == 0 && pattern.kind == IMAP_TOKEN_QUOTED)
        record_observe(record, IMAP_ARGUMENT, "imap.list_delimiter", NULL, 0);
    else if (bytes_is(pattern.value, "*"))
        record_observe(record, IMAP_ARGUMENT, "imap.list_all", NULL, 0);
    else if (bytes_is(pattern.value, "%"))
        record_observe(record, IMAP_ARGUMENT, "imap.list_level", NULL, 0);
}

/* Does this command work on the mailbox that is open? */
static bool needs_open(enum imap_command command)
{
    switch (command) {
    case IMAP_COMMAND_CHECK:
    case IMAP_COMMAND_CLOSE:
    case IMAP_COMMAND_COPY:
    case IMAP_COMMAND_EXPUNGE:
    case IMAP_COMMAND_FETCH:
    case IMAP_COMMAND_IDLE:
    case IMAP_COMMAND_MOVE:
    case IMAP_COMMAND_REPLACE:
    case IMAP_COMMAND_SEARCH:
    case IMAP_COMMAND_SORT:
    case IMAP_COMMAND_STORE:
    case IMAP_COMMAND_THREAD:
    case IMAP_COMMAND_UNSELECT:
        return true;
    default:
        return false;
    }
}

void imap_ask(struct imap_state *state, struct emitter *emitter, struct transaction *transaction, struct bytes argument)
{
    struct record *record = &transaction->record;
    struct imap_transaction *own = imap_of(transaction);
    if (own->command == IMAP_COMMAND_LOGIN) {
        imap_login(emitter, record, argument);
        return;
    }
    if (own->command == IMAP_COMMAND_AUTHENTICATE) {
        imap_authenticate(state, emitter, transaction, argument);
        return;
    }
    if (argument.len > 0)
        record_text(record, IMAP_ARGUMENT, argument);
    take_mailbox(state, record, own, argument);
    if (needs_open(own->command) && state->open_length > 0)
        record_text(record, IMAP_SELECTED, bytes_of(state->open, state->open_length));
    if (own->command == IMAP_COMMAND_FETCH)
        take_items(record, own, argument);
    else if (own->command == IMAP_COMMAND_STORE)
        take_store(record, argument);
    else if (own->command == IMAP_COMMAND_APPEND)
        take_append_flags(record, argument);
    else if (own->command == IMAP_COMMAND_LIST)
        explain_list(record, argument);
    else if (own->command == IMAP_COMMAND_ID)
        imap_id_list(record, "client", argument);
    if (own->command == IMAP_COMMAND_IDLE) {
        state->mode = IMAP_MODE_IDLE;
        state->exchange = transaction;
        state->idle_asked = false;
    }
}
