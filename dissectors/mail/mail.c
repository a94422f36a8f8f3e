/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A mail message inside a conversation: RFC 5322 for its header, RFC 2045 to 2049 for what it is made of. Read as it
 * flows by and never held: see mail_stream.h for who does what.
 *
 * Left out on purpose: what text parts say, decryption (S/MIME and PGP parts are attachments of their types),
 * uuencoded files that stand in plain text, and message/partial put together.
 */
#include "mail_stream.h"

_Static_assert(sizeof(struct mail_stream) <= (size_t)27 * 1024, "what a mail that flows by costs");

static void abandon(struct emitter *emitter, struct object *mail);

static const struct object_type mail_type = {
    .dataset = &mail_dataset,
    .state_size = sizeof(struct mail_stream),
    .abandon = abandon,
};

struct object *mail_begin(struct emitter *emitter, const struct mail_start *start, const struct message *message)
{
    struct object *mail = mail_headers_size <= MAIL_HEADERS_BYTES ? object_open(emitter, &mail_type, message) : NULL;
    if (!mail)
        return NULL;
    struct mail_stream *stream = mail->state;
    stream->direction = start->direction;
    stream->partial = start->partial;
    mail->record.incomplete = stream->lost = start->doubtful;
    stream->top_header = true;
    mail_header_begin(stream);
    mail_lines_begin(stream);
    if (start->partial)
        record_boolean(&mail->record, MAIL_PARTIAL, true);
    return mail;
}

void mail_envelope_from(struct object *mail, struct bytes address)
{
    if (mail)
        record_text(&mail->record, MAIL_ENVELOPE_FROM, address);
}

void mail_envelope_to(struct object *mail, struct bytes address)
{
    if (mail)
        record_text(&mail->record, MAIL_ENVELOPE_TO, address);
}

/* Where segments came out of order, what comes later may have been seen before. */
static void touch_end(struct object *mail, const struct message *message)
{
    const struct mail_stream *stream = mail->state;
    if (message && stream->begun && message->last.frame > mail->record.last.frame)
        mail->record.last = message->last;
}

/* The record's moments: from the first byte of the message to the last. */
static void touch(struct object *mail, const struct message *message)
{
    struct mail_stream *stream = mail->state;
    if (!message)
        return;
    if (!stream->begun) {
        stream->begun = true;
        mail->record.first = mail->record.last = message->first;
        *(message->side == SIDE_CLIENT ? &mail->record.request : &mail->record.response) = message->first;
    }
    touch_end(mail, message);
}

void mail_piece(struct emitter *emitter, struct object *mail, struct bytes piece, const struct message *message)
{
    if (!mail || piece.len == 0)
        return;
    struct mail_stream *stream = mail->state;
    if (stream->ended)
        return;
    touch(mail, message);
    stream->bytes += piece.len;
    mail_lines_piece(&(struct mail_walk){emitter, mail, stream, message}, piece);
}

void mail_gap(struct emitter *emitter, struct object *mail, uint64_t length)
{
    if (!mail || length == 0)
        return;
    struct mail_stream *stream = mail->state;
    if (stream->ended)
        return;
    const struct mail_walk walk = {emitter, mail, stream, NULL};
    mail->record.incomplete = stream->lost = true;
    mail_lines_gap(&walk);
    mail_leaf_gap(&walk, length);
}

void mail_end(struct emitter *emitter, struct object *mail, const struct message *message, bool incomplete)
{
    if (!mail)
        return;
    struct mail_stream *stream = mail->state;
    if (stream->ended)
        return;
    const struct mail_walk walk = {emitter, mail, stream, message};
    touch_end(mail, message);
    bool is_cut = incomplete || stream->partial;
    mail->record.incomplete |= incomplete;
    mail_lines_end(&walk, is_cut);
    mail_parts_end(&walk, is_cut);
    stream->ended = true;
    if (stream->attachments > LIMIT_MAIL_ATTACHMENTS)
        mail_tell(&walk, ANOMALY_MAIL_ATTACHMENTS_LIMIT, stream->attachments, LIMIT_MAIL_ATTACHMENTS);
    record_integer(&mail->record, MAIL_BYTES, (int64_t)stream->bytes);
    if (stream->nested > 0)
        record_integer(&mail->record, MAIL_NESTED, stream->nested);
}

void mail_close(struct emitter *emitter, struct object *mail, enum outcome outcome)
{
    if (!mail)
        return;
    mail_end(emitter, mail, NULL, true);
    mail->record.outcome = outcome;
    mail_explain_envelope(&mail->record);
    object_close(emitter, mail);
}

void mail_drop(struct emitter *emitter, struct object *mail)
{
    if (!mail)
        return;
    mail_files_drop(&(struct mail_walk){emitter, mail, mail->state, NULL});
    object_drop(emitter, mail);
}

static void abandon(struct emitter *emitter, struct object *mail)
{
    mail_end(emitter, mail, NULL, true);
    mail->record.outcome = OUTCOME_UNKNOWN;
}
