/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The tree of parts (RFC 2046), walked as it flows by: one header section at a time, and a stack of the multiparts and
 * messages that are open. Nothing of a part is kept but what its header says.
 *
 * Where senders do not keep to the rules: a header ends at its empty line, at a delimiter, or before the first line
 * that is no field. A delimiter of an outer multipart also ends those inside it. Behind LIMIT_MAIL_DEPTH levels a
 * multipart is a leaf, and so is one without a boundary. A message inside the message is gone into only where it is not
 * encoded, as the RFC wants it.
 */
#include "mail_stream.h"

#include <assert.h>

enum { NESTED_IDENTIFIERS = 16 };

static_assert(ANOMALY_MAIL_ENCODED_CONTAINER - ANOMALY_MAIL_HEADER_TOO_LONG < 32, "a bit for each");

void mail_tell(const struct mail_walk *walk, enum anomaly anomaly, uint64_t a, uint64_t b)
{
    const uint32_t bit = UINT32_C(1) << ((unsigned)anomaly - ANOMALY_MAIL_HEADER_TOO_LONG);
    if (walk->stream->told & bit)
        return;
    walk->stream->told |= bit;
    emit_anomaly(walk->emitter, anomaly, a, b);
}

/* --- header sections --- */

void mail_header_begin(struct mail_stream *stream)
{
    stream->in_header = stream->first_line = true;
    stream->field_open = stream->field_cut = stream->skip_line = stream->header_full = false;
    stream->header_lost = false;
    stream->header_bytes = 0;
    stream->header_fields = 0;
    stream->content = (struct mail_content){0};
}

static struct mail_headers *headers_of(struct mail_stream *stream)
{
    return (struct mail_headers *)(void *)stream->headers;
}

static struct bytes without_eol(struct bytes text)
{
    if (text.len > 0 && bytes_at(text, text.len - 1) == '\n')
        text = bytes_first(text, text.len - 1);
    if (text.len > 0 && bytes_at(text, text.len - 1) == '\r')
        text = bytes_first(text, text.len - 1);
    return text;
}

/* Of a message inside this one, its name is told: forwarded mail can then be found by it. */
static void take_nested_identifier(const struct mail_walk *walk, struct bytes value)
{
    size_t open = bytes_find(value, '<', 0), close = bytes_find(value, '>', open);
    if (close < value.len && walk->stream->nested_identifiers++ < NESTED_IDENTIFIERS)
        record_text(&walk->mail->record, MAIL_NESTED_MESSAGE_ID, bytes_slice(value, open + 1, close - open - 1));
}

/* The field in hand has been seen to its end. */
static void finish_field(const struct mail_walk *walk)
{
    struct mail_stream *stream = walk->stream;
    if (!stream->field_open)
        return;
    stream->field_open = false;
    struct bytes field = bytes_of(stream->field, stream->field_length);
    size_t colon = bytes_find(field, ':', 0);
    struct bytes name = bytes_trim(bytes_first(field, colon));
    struct bytes value = without_eol(bytes_skip(field, colon + 1));
    if (stream->field_cut)
        mail_tell(walk, ANOMALY_MAIL_HEADER_TOO_LONG, MAIL_FIELD_BYTES, 0);
    if (name.len == 0 || colon == field.len)
        return;
    if (!stream->lost && !stream->field_cut)
        mail_look_at_field(walk, bytes_first(field, colon), value);
    if (stream->top_header)
        mail_header_record(walk->emitter, headers_of(stream), &walk->mail->record, name, value);
    else if (bytes_is_nocase(name, "Message-ID"))
        take_nested_identifier(walk, value);
    mail_content_take(walk->emitter, &stream->content, name, value);
}

void mail_header_line(const struct mail_walk *walk, enum mail_header_line kind)
{
    struct mail_stream *stream = walk->stream;
    stream->first_line = false;
    if (kind == MAIL_LINE_FOLDED) {
        stream->skip_line = !stream->field_open;
        return;
    }
    finish_field(walk);
    if (kind == MAIL_LINE_FIELD && ++stream->header_fields > LIMIT_MAIL_HEADER_FIELDS)
        stream->header_full = true;
    if (stream->header_full)
        mail_tell(walk, ANOMALY_MAIL_HEADER_LIMIT, LIMIT_MAIL_HEADER_BYTES, LIMIT_MAIL_HEADER_FIELDS);
    stream->skip_line = kind == MAIL_LINE_OTHER || stream->header_full;
    stream->field_open = !stream->skip_line;
    stream->field_cut = false;
    stream->field_length = 0;
}

void mail_header_text(const struct mail_walk *walk, struct bytes text)
{
    struct mail_stream *stream = walk->stream;
    if (stream->header_full)
        return;
    if (text.len > LIMIT_MAIL_HEADER_BYTES - stream->header_bytes) {
        stream->header_full = true;
        return;
    }
    stream->header_bytes += (uint32_t)text.len;
    if (stream->skip_line || !stream->field_open)
        return;
    size_t room = MAIL_FIELD_BYTES - (size_t)stream->field_length;
    stream->field_cut |= text.len > room;
    stream->field_length += (uint16_t)bytes_copy(&stream->field[stream->field_length], room, text);
}

/* A field of which the end is lost could say anything. */
void mail_header_gap(const struct mail_walk *walk)
{
    struct mail_stream *stream = walk->stream;
    struct bytes field = bytes_of(stream->field, stream->field_length);
    if (bytes_at(field, field.len - 1) == '\n')
        finish_field(walk);
    stream->field_open = false;
    stream->skip_line = stream->header_lost = true;
    stream->first_line = false;
}

/* --- levels --- */

static bool push(const struct mail_walk *walk, const struct mail_level *level)
{
    struct mail_stream *stream = walk->stream;
    if (stream->depth == LIMIT_MAIL_DEPTH) {
        mail_tell(walk, ANOMALY_MAIL_TOO_DEEP, LIMIT_MAIL_DEPTH, 0);
        return false;
    }
    stream->levels[stream->depth++] = *level;
    return true;
}

/* Levels from this one on are over. */
static void pop(const struct mail_walk *walk, unsigned level, bool incomplete)
{
    struct mail_stream *stream = walk->stream;
    for (unsigned i = level; i < stream->depth; i++)
        if (!stream->levels[i].is_message && !stream->lost && !incomplete)
            mail_tell(walk, ANOMALY_MAIL_UNCLOSED_MULTIPART, i + 1, 0);
    stream->depth = (uint8_t)level;
    if (stream->has_nested && stream->nested_level >= level)
        mail_nested_end(walk, incomplete);
}

static bool enter_multipart(const struct mail_walk *walk)
{
    struct mail_stream *stream = walk->stream;
    const struct mail_content *content = &stream->content;
    if (content->boundary_length == 0) {
        mail_tell(walk, ANOMALY_MAIL_NO_BOUNDARY, 0, 0);
        return false;
    }
    struct mail_level level = {.is_digest = bytes_is(bytes_text(content->type), "multipart/digest")};
    level.boundary_length = (uint8_t)bytes_copy(level.boundary, sizeof level.boundary,
                                                bytes_of(content->boundary, content->boundary_length));
    return push(walk, &level);
}

static bool is_message_type(struct bytes type)
{
    return bytes_is(type, "message/rfc822") || bytes_is(type, "message/global") || bytes_is(type, "message/news");
}

static bool is_packed(const struct mail_content *content)
{
    return content->encoding == MAIL_BASE64 || content->encoding == MAIL_QUOTED_PRINTABLE ||
           content->encoding == MAIL_UUENCODE;
}

static bool enter_message(const struct mail_walk *walk)
{
    struct mail_stream *stream = walk->stream;
    if (is_packed(&stream->content))
        return false;
    if (!push(walk, &(struct mail_level){.is_message = true}))
        return false;
    stream->nested++;
    if (!stream->has_nested) {
        stream->has_nested = true;
        stream->nested_level = (uint8_t)(stream->depth - 1);
        mail_nested_begin(walk);
    }
    return true;
}

/* RFC 2045 section 6.4, RFC 2046 section 5.2.1; message/global may be packed (RFC 6532). */
static void tell_packed(const struct mail_walk *walk, struct bytes type)
{
    const bool may_be = !bytes_begin(type, "multipart/") &&
                        (!is_message_type(type) || bytes_is(type, "message/global"));
    if (!may_be && is_packed(&walk->stream->content) && !walk->stream->lost)
        mail_tell(walk, ANOMALY_MAIL_ENCODED_CONTAINER, 0, 0);
}

void mail_header_over(const struct mail_walk *walk)
{
    struct mail_stream *stream = walk->stream;
    finish_field(walk);
    stream->in_header = false;
    if (stream->top_header)
        mail_headers_finish(walk->emitter, headers_of(stream), &walk->mail->record);
    if (!stream->top_header && stream->content.repeated > 0 && !stream->lost)
        mail_tell(walk, ANOMALY_MAIL_AMBIGUOUS_PART, stream->content.repeated, 0);
    stream->top_header = false;
    struct mail_content *content = &stream->content;
    bool is_digest = stream->depth > 0 && stream->levels[stream->depth - 1].is_digest;
    if (is_digest && bytes_text(content->type).len == 0)
        (void)bytes_copy(content->type, sizeof content->type - 1, bytes_text("message/rfc822"));
    struct bytes type = bytes_text(content->type);
    tell_packed(walk, type);
    if (bytes_begin(type, "multipart/") && enter_multipart(walk))
        return;
    if (is_message_type(type) && enter_message(walk))
        mail_header_begin(stream);
    else
        mail_leaf_begin(walk);
}

/* The part in hand is over. */
static void end_part(const struct mail_walk *walk, bool incomplete)
{
    struct mail_stream *stream = walk->stream;
    if (stream->in_header && !incomplete)
        mail_header_over(walk);
    stream->in_header = false;
    mail_leaf_end(walk, incomplete);
}

void mail_delimiter(const struct mail_walk *walk, unsigned level, bool close, struct bytes line)
{
    struct mail_stream *stream = walk->stream;
    if (stream->has_nested && stream->nested_level < level)
        mail_nested_text(walk, line);
    end_part(walk, false);
    pop(walk, level + 1, false);
    if (close)
        stream->depth = (uint8_t)level;
    else
        mail_header_begin(stream);
}

void mail_parts_end(const struct mail_walk *walk, bool incomplete)
{
    struct mail_stream *stream = walk->stream;
    if (stream->in_header) {
        if (incomplete && stream->field_open)
            mail_header_gap(walk);
        finish_field(walk);
        if (stream->top_header)
            mail_headers_finish(walk->emitter, headers_of(stream), &walk->mail->record);
        stream->top_header = stream->in_header = false;
    }
    mail_leaf_end(walk, incomplete);
    pop(walk, 0, incomplete);
}
