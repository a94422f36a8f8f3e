/* SPDX-License-Identifier: BSD-3-Clause
 *
 * FETCH responses: `12 FETCH (FLAGS (\Seen) BODY[] {2279}` and so on. They are read as they come, byte by byte over
 * the text between literals, because a message may stand in a literal or in a quoted string, and what it is is said by
 * the item before it. A depth counts the lists; nothing recurs.
 *
 * Whole messages become mails: BODY[], RFC822, BINARY[]. A header alone, some of its fields, or a beginning
 * (`BODY[]<0>`), becomes a partial one. Of everything else only the bytes are counted.
 */
#include "imap.h"

enum { EMPTY_HEADER_BYTES = 2 }; /* none of the fields asked for is there: only the line that ends the header comes */

void imap_fetch_begin(struct imap_fetch *fetch)
{
    *fetch = (struct imap_fetch){.place = IMAP_FETCH_BEFORE};
}

static enum imap_fetch_item item_of(struct bytes name)
{
    static const char *const whole[] = {"BODY[]", "BODY.PEEK[]", "RFC822", "BINARY[]", "BINARY.PEEK[]", NULL};
    static const char *const beginning[] = {"BODY[]<0>", "BINARY[]<0>", NULL};
    static const char *const header[] = {"BODY[HEADER]",
                                         "BODY.PEEK[HEADER]",
                                         "RFC822.HEADER",
                                         "BODY[HEADER]<0>",
                                         "BODY[HEADER.FIELDS ()]",
                                         "BODY[HEADER.FIELDS ()]<0>",
                                         "BODY[HEADER.FIELDS.NOT ()]",
                                         "BODY[HEADER.FIELDS.NOT ()]<0>",
                                         NULL};
    if (text_find_word(whole, name) >= 0)
        return IMAP_ITEM_MESSAGE;
    if (text_find_word(beginning, name) >= 0)
        return IMAP_ITEM_BEGINNING;
    if (text_find_word(header, name) >= 0)
        return IMAP_ITEM_HEADER;
    return bytes_is_nocase(name, "FLAGS") ? IMAP_ITEM_FLAGS : IMAP_ITEM_OTHER;
}

static bool is_mail(const struct imap_fetch *fetch)
{
    return fetch->item == IMAP_ITEM_MESSAGE || fetch->item == IMAP_ITEM_HEADER || fetch->item == IMAP_ITEM_BEGINNING;
}

/* --- messages --- */

static void begin_mail(struct imap_state *state, struct emitter *emitter, const struct message *message)
{
    const struct mail_start start = {.direction = FILE_DOWNLOAD, .partial = state->fetch.item != IMAP_ITEM_MESSAGE};
    state->sides[SIDE_SERVER].mail = mail_begin(emitter, &start, message);
    state->fetch.has_content = true;
    state->fetch.has_whole = !start.partial;
}

void imap_fetch_mail_end(struct imap_state *state, struct emitter *emitter, const struct message *message,
                         bool incomplete)
{
    struct imap_side *own = &state->sides[SIDE_SERVER];
    if (!own->mail)
        return;
    mail_end(emitter, own->mail, message, incomplete);
    mail_close(emitter, own->mail, incomplete ? OUTCOME_UNKNOWN : OUTCOME_SUCCESS);
    own->mail = NULL;
}

bool imap_fetch_literal(struct imap_state *state, struct emitter *emitter, const struct message *message,
                        uint64_t length)
{
    struct imap_fetch *fetch = &state->fetch;
    struct transaction *transaction = state->sides[SIDE_SERVER].current;
    if (fetch->depth != 1 || fetch->place != IMAP_FETCH_VALUE)
        return fetch->depth > 1;
    fetch->place = IMAP_FETCH_IN_VALUE;
    fetch->message_bytes = length;
    if (transaction)
        imap_of(transaction)->fetched_bytes += length;
    bool is_nothing = fetch->item == IMAP_ITEM_HEADER && length <= EMPTY_HEADER_BYTES;
    if (is_mail(fetch) && length > 0 && !is_nothing)
        begin_mail(state, emitter, message);
    return false;
}

void imap_fetch_literal_end(struct imap_state *state, struct emitter *emitter, const struct message *message)
{
    struct imap_fetch *fetch = &state->fetch;
    imap_fetch_mail_end(state, emitter, message, message->incomplete);
    if (fetch->depth == 1 && fetch->place == IMAP_FETCH_IN_VALUE) {
        fetch->place = IMAP_FETCH_BEFORE;
        fetch->name_length = 0;
    }
}

/* --- quoted strings --- */

static bool is_mail_quoted(const struct imap_fetch *fetch)
{
    return fetch->depth == 1 && fetch->place == IMAP_FETCH_IN_VALUE && !fetch->in_section && is_mail(fetch);
}

static void add_quoted(struct imap_state *state, struct emitter *emitter, const struct message *message,
                       struct bytes run)
{
    struct imap_side *own = &state->sides[SIDE_SERVER];
    if (run.len == 0 || !is_mail_quoted(&state->fetch))
        return;
    if (!own->mail) {
        begin_mail(state, emitter, message);
        state->fetch.message_bytes = 0;
    }
    state->fetch.message_bytes += run.len;
    if (own->current)
        imap_of(own->current)->fetched_bytes += run.len;
    mail_piece(emitter, own->mail, run, message);
}

/* Inside quotes from `i` on; returns where to go on. */
static size_t take_quoted(struct imap_state *state, struct emitter *emitter, const struct message *message,
                          struct bytes chunk, size_t i)
{
    struct imap_fetch *fetch = &state->fetch;
    size_t start = i;
    for (; i < chunk.len; i++) {
        uint8_t c = bytes_at(chunk, i);
        if (fetch->escaped) {
            fetch->escaped = false;
        } else if (c == '\\') {
            add_quoted(state, emitter, message, bytes_slice(chunk, start, i - start));
            fetch->escaped = true;
            start = i + 1;
        } else if (c == '"') {
            break;
        }
    }
    add_quoted(state, emitter, message, bytes_slice(chunk, start, i - start));
    if (i == chunk.len)
        return i;
    fetch->in_quote = false;
    if (fetch->depth == 1 && fetch->place == IMAP_FETCH_IN_VALUE && !fetch->in_section) {
        imap_fetch_mail_end(state, emitter, message, false);
        fetch->place = IMAP_FETCH_BEFORE;
        fetch->name_length = 0;
    }
    return i + 1;
}

/* --- everything else --- */

static void add_to_name(struct imap_fetch *fetch, uint8_t c)
{
    if (fetch->name_length < sizeof fetch->name)
        fetch->name[fetch->name_length++] = c;
}

static void end_flag(struct imap_fetch *fetch)
{
    int flag = imap_flag_find(bytes_of(fetch->name, fetch->name_length));
    if (flag >= 0)
        fetch->flags |= UINT64_C(1) << flag;
    fetch->name_length = 0;
}

/* The name of an item is over. */
static void end_name(struct imap_fetch *fetch)
{
    fetch->item = item_of(bytes_of(fetch->name, fetch->name_length));
    fetch->name_length = 0;
    fetch->place = IMAP_FETCH_VALUE;
}

static void end_list(struct imap_fetch *fetch)
{
    fetch->depth--;
    if (fetch->depth <= 1)
        fetch->place = fetch->depth == 1 ? IMAP_FETCH_BEFORE : IMAP_FETCH_AFTER;
    fetch->name_length = 0;
}

/* Which header fields are listed does not matter, and the list may be long: `HEADER.FIELDS ()` is all that is kept. */
static void take_in_section(struct imap_fetch *fetch, uint8_t c)
{
    bool was_in_list = fetch->in_list;
    if (c == '(' || c == ')')
        fetch->in_list = c == '(';
    if (c == '"')
        fetch->in_quote = true;
    else if (!was_in_list || !fetch->in_list)
        add_to_name(fetch, c);
    if (c == ']')
        fetch->in_section = fetch->in_list = false;
}

static void take_name(struct imap_fetch *fetch, uint8_t c)
{
    if (c == ' ') {
        if (fetch->place == IMAP_FETCH_NAME)
            end_name(fetch);
    } else if (c == '(') {
        end_name(fetch);
        fetch->place = IMAP_FETCH_IN_VALUE;
        fetch->depth++;
    } else if (c == ')') {
        end_list(fetch);
    } else if (c == '"') { /* a value without a name */
        fetch->item = IMAP_ITEM_OTHER;
        fetch->place = IMAP_FETCH_IN_VALUE;
        fetch->in_quote = true;
    } else {
        fetch->place = IMAP_FETCH_NAME;
        fetch->in_section = c == '[';
        add_to_name(fetch, c);
    }
}

static void take_value(struct imap_fetch *fetch, uint8_t c)
{
    bool in_flags = fetch->item == IMAP_ITEM_FLAGS && fetch->depth == 2;
    if (c == '(') {
        fetch->depth += fetch->depth < UINT32_MAX;
        fetch->place = IMAP_FETCH_IN_VALUE;
    } else if (c == ')') {
        if (in_flags)
            end_flag(fetch);
        end_list(fetch);
    } else if (c == '"') {
        fetch->in_quote = true;
        fetch->place = IMAP_FETCH_IN_VALUE;
    } else if (c == ' ') {
        if (in_flags)
            end_flag(fetch);
        if (fetch->depth == 1 && fetch->place == IMAP_FETCH_IN_VALUE)
            fetch->place = IMAP_FETCH_BEFORE;
    } else {
        fetch->place = IMAP_FETCH_IN_VALUE;
        if (in_flags)
            add_to_name(fetch, c);
    }
}

static void take_plain(struct imap_fetch *fetch, uint8_t c)
{
    if (fetch->depth == 0) {
        if (c == '(' && fetch->place == IMAP_FETCH_BEFORE)
            fetch->depth = 1;
    } else if (fetch->in_section) {
        take_in_section(fetch, c);
    } else if (fetch->depth == 1 && (fetch->place == IMAP_FETCH_BEFORE || fetch->place == IMAP_FETCH_NAME)) {
        take_name(fetch, c);
    } else {
        take_value(fetch, c);
    }
}

void imap_fetch_text(struct imap_state *state, struct emitter *emitter, const struct message *message,
                     struct bytes chunk)
{
    struct imap_fetch *fetch = &state->fetch;
    struct imap_side *own = &state->sides[SIDE_SERVER];
    size_t i = 0;
    while (i < chunk.len) {
        if (fetch->in_quote) {
            i = take_quoted(state, emitter, message, chunk, i);
            continue;
        }
        take_plain(fetch, bytes_at(chunk, i++));
        if (fetch->depth > IMAP_DEPTH && !own->said_deep) {
            own->said_deep = true;
            emit_anomaly(emitter, ANOMALY_IMAP_TOO_DEEP, IMAP_DEPTH, 0);
        }
    }
}
