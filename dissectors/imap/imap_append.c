/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Messages that the client uploads: APPEND (RFC 3501), several in one (MULTIAPPEND, RFC 3502), put together from parts
 * (CATENATE, RFC 4469), binary (RFC 3516), in place of another one (REPLACE, RFC 8508).
 *
 * Their records wait for the server's verdict, which is one for all messages of a command. Of more than IMAP_APPENDS
 * the oldest does not wait.
 */
#include "imap.h"

static bool is_upload(struct transaction *transaction)
{
    if (!transaction)
        return false;
    enum imap_command command = imap_of(transaction)->command;
    return command == IMAP_COMMAND_APPEND || command == IMAP_COMMAND_REPLACE;
}

/* Does the text end with this word? */
static bool ends_with(struct bytes text, const char *word)
{
    text = bytes_trim(text);
    size_t length = strlen(word);
    return text.len >= length && bytes_is_nocase(bytes_skip(text, text.len - length), word);
}

static bool contains(struct bytes text, const char *word)
{
    size_t length = strlen(word);
    for (size_t i = 0; i + length <= text.len; i++)
        if (bytes_is_nocase(bytes_slice(text, i, length), word))
            return true;
    return false;
}

/* Arguments before the one that is a literal now: behind the mailbox the message comes. */
static bool is_message_next(struct transaction *transaction, struct bytes text)
{
    const struct imap_transaction *own = imap_of(transaction);
    unsigned needed = own->command == IMAP_COMMAND_REPLACE ? 2 : 1, count = 0;
    struct imap_token token;
    while (count < needed && imap_token_next(&text, &token))
        count++;
    return own->appended > 0 || count == needed;
}

static void wait_for_verdict(struct imap_state *state, struct emitter *emitter, struct object *mail,
                             struct transaction *transaction)
{
    struct imap_append *last = &state->appends[IMAP_APPENDS - 1];
    if (last->mail) {
        mail_close(emitter, state->appends[0].mail, OUTCOME_UNKNOWN);
        for (size_t i = 1; i < IMAP_APPENDS; i++)
            state->appends[i - 1] = state->appends[i];
        *last = (struct imap_append){0};
    }
    for (size_t i = 0; i < IMAP_APPENDS; i++)
        if (!state->appends[i].mail) {
            state->appends[i] = (struct imap_append){mail, transaction};
            return;
        }
}

static void begin_mail(struct imap_state *state, struct emitter *emitter, const struct message *message, bool partial)
{
    struct imap_side *own = &state->sides[SIDE_CLIENT];
    const struct mail_start start = {.direction = FILE_UPLOAD, .partial = partial};
    own->mail = mail_begin(emitter, &start, message);
    imap_of(own->current)->appended++;
    if (own->mail)
        wait_for_verdict(state, emitter, own->mail, own->current);
}

bool imap_append_begin(struct imap_state *state, struct emitter *emitter, const struct message *message,
                       struct bytes chunk)
{
    struct imap_side *own = &state->sides[SIDE_CLIENT];
    if (!is_upload(own->current) || !is_message_next(own->current, imap_text_bytes(&own->text)))
        return false;
    if (ends_with(chunk, "URL"))
        return false;
    if (!state->catenate) {
        begin_mail(state, emitter, message, false);
        return true;
    }
    chunk = bytes_trim(chunk);
    if (ends_with(chunk, "TEXT"))
        chunk = bytes_first(chunk, chunk.len - 4);
    if (ends_with(chunk, "("))
        begin_mail(state, emitter, message, true); /* further parts follow */
    return true;
}

/* What the server adds from another message does not cross here, and so nothing of it was lost. */
static void leave_hole(struct emitter *emitter, struct object *mail)
{
    bool was_incomplete = mail->record.incomplete;
    mail_gap(emitter, mail, 1);
    mail->record.incomplete = was_incomplete;
}

void imap_append_text(struct imap_state *state, struct emitter *emitter, const struct message *message,
                      struct bytes chunk)
{
    struct imap_side *own = &state->sides[SIDE_CLIENT];
    if (!is_upload(own->current))
        return;
    if (state->catenate && own->mail && bytes_at(bytes_trim(chunk), 0) == ')')
        imap_append_finish(state, emitter, message);
    if (state->catenate && own->mail && contains(chunk, "URL "))
        leave_hole(emitter, own->mail);
    if (contains(chunk, "CATENATE"))
        state->catenate = true;
}

void imap_append_end(struct imap_state *state, struct emitter *emitter, const struct message *message)
{
    struct imap_side *own = &state->sides[SIDE_CLIENT];
    if (!own->mail || state->catenate)
        return;
    mail_end(emitter, own->mail, message, message->incomplete);
    own->mail = NULL;
}

void imap_append_finish(struct imap_state *state, struct emitter *emitter, const struct message *message)
{
    struct imap_side *own = &state->sides[SIDE_CLIENT];
    if (own->mail && message)
        mail_end(emitter, own->mail, message, message->incomplete);
    own->mail = NULL;
    state->catenate = false;
}

void imap_append_drop(struct imap_state *state, struct emitter *emitter)
{
    struct imap_side *own = &state->sides[SIDE_CLIENT];
    if (!own->mail || state->catenate)
        return;
    for (size_t i = 0; i < IMAP_APPENDS; i++)
        if (state->appends[i].mail == own->mail)
            state->appends[i] = (struct imap_append){0};
    mail_drop(emitter, own->mail);
    own->mail = NULL;
}

void imap_append_close(struct imap_state *state, struct emitter *emitter, const struct transaction *transaction,
                       enum outcome outcome)
{
    size_t kept = 0;
    for (size_t i = 0; i < IMAP_APPENDS; i++) {
        struct imap_append append = state->appends[i];
        state->appends[i] = (struct imap_append){0};
        if (!append.mail)
            continue;
        if (transaction && append.transaction != transaction) {
            state->appends[kept++] = append;
            continue;
        }
        if (append.mail == state->sides[SIDE_CLIENT].mail)
            state->sides[SIDE_CLIENT].mail = NULL;
        mail_close(emitter, append.mail, outcome);
    }
}
