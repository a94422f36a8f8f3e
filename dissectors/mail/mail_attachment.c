/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What is inside a leaf of the tree. Its bytes are decoded and counted; where it is an attachment, overhear/file.h gets
 * them. An attachment is what has a name, what is declared as one, and whatever is neither text nor a report.
 *
 * Where nobody asked for all bytes only the first ones are decoded, to tell the type; the rest is counted as exactly.
 */
#include "mail_stream.h"

/* Decoded bytes go to a file. */
struct taker {
    const struct mail_walk *walk;
    struct object *file;
};

static void take(void *context, struct bytes piece)
{
    const struct taker *taker = context;
    file_piece(taker->walk->emitter, taker->file, piece, taker->walk->message);
}

enum {
    TYPE_TEXT_BYTES = 2 * FILE_TYPE_BYTES, /* decoded at a time, to tell the type */
};

static void feed(const struct mail_walk *walk, struct mail_leaf *leaf, struct bytes text)
{
    struct taker taker = {walk, leaf->file};
    const struct byte_sink sink = {&taker, take};
    bool wants_all = leaf->file && file_wants_all(walk->emitter);
    while (text.len > 0 && leaf->file && (wants_all || leaf->size < FILE_TYPE_BYTES)) {
        struct bytes piece = wants_all ? text : bytes_first(text, TYPE_TEXT_BYTES);
        leaf->size += mail_decode(&leaf->decoder, piece, &sink);
        text = bytes_skip(text, piece.len);
    }
    uint64_t skipped = mail_decode(&leaf->decoder, text, NULL);
    leaf->size += skipped;
    if (skipped > 0)
        file_skip(walk->emitter, leaf->file, skipped);
}

/* The end of what was held back by the encoding. */
static void feed_end(const struct mail_walk *walk, struct mail_leaf *leaf)
{
    struct taker taker = {walk, leaf->file};
    const struct byte_sink sink = {&taker, take};
    leaf->size += mail_decode_end(&leaf->decoder, leaf->file ? &sink : NULL);
    if (leaf->decoder.odd && !walk->stream->lost)
        mail_tell(walk, ANOMALY_MAIL_BAD_ENCODING, 0, 0);
}

/* --- what a part is --- */

/* Reports are read like text: how a delivery went, that a mail was read. */
static bool is_readable(struct bytes type)
{
    return type.len == 0 || bytes_begin(type, "text/") || bytes_begin(type, "multipart/") ||
           bytes_is(type, "message/delivery-status") || bytes_is(type, "message/disposition-notification") ||
           bytes_is(type, "message/global-delivery-status") || bytes_is(type, "message/feedback-report");
}

static bool is_attachment(const struct mail_content *content)
{
    return content->is_attachment || content->name_length > 0 || !is_readable(bytes_text(content->type));
}

static void begin_file(const struct mail_walk *walk, struct mail_leaf *leaf, const struct mail_content *content)
{
    struct mail_stream *stream = walk->stream;
    leaf->kind = MAIL_LEAF_ATTACHMENT;
    leaf->is_listed = stream->attachments++ < LIMIT_MAIL_ATTACHMENTS;
    if (!leaf->is_listed)
        return;
    const struct file_start start = {
        .parent = "mail",
        .name = bytes_of(content->name, content->name_length),
        .declared_type = bytes_text(content->type),
        .direction = stream->direction,
    };
    leaf->file = file_begin(walk->emitter, &start, walk->message);
    if (leaf->file && stream->header_lost) /* its encoding may have been told there, or its beginning be lost, too */
        leaf->file->record.incomplete = leaf->has_gap = true;
}

/* --- what is recorded of it --- */

static struct bytes without_path(struct bytes name)
{
    size_t begin = 0;
    for (size_t i = 0; i < name.len; i++)
        if (bytes_at(name, i) == '/' || bytes_at(name, i) == '\\')
            begin = i + 1;
    return bytes_skip(name, begin);
}

/* Where only a part of the message came, as asked for, nothing is known of a body that did not. */
static bool was_not_asked_for(const struct mail_walk *walk, const struct mail_leaf *leaf)
{
    return walk->stream->partial && leaf->size == 0;
}

static void record_attachment(const struct mail_walk *walk, const struct mail_leaf *leaf,
                              const struct mail_content *content, const struct file_result *result, bool incomplete)
{
    struct record *record = &walk->mail->record;
    struct bytes name = without_path(bytes_of(content->name, content->name_length));
    struct bytes extension = mail_name_extension(name);
    record_group_begin(record, MAIL_ATTACHMENTS);
    if (name.len > 0)
        record_text(record, MAIL_ATTACHMENT_NAME, name);
    if (extension.len > 0)
        record_text(record, MAIL_ATTACHMENT_EXTENSION, extension);
    struct bytes declared = bytes_text(content->type);
    if (declared.len > 0)
        record_text(record, MAIL_ATTACHMENT_MIME_TYPE, declared);
    if (!was_not_asked_for(walk, leaf))
        record_integer(record, MAIL_ATTACHMENT_SIZE, (int64_t)leaf->size);
    mail_explain_attachment(record, content->type, result->mime_type);
    if (result->has_hash)
        record_text(record, MAIL_ATTACHMENT_SHA256, bytes_text(result->sha256));
    if (result->mime_type)
        record_word(record, MAIL_ATTACHMENT_DETECTED_TYPE, result->mime_type);
    if (incomplete || leaf->has_gap)
        record_boolean(record, MAIL_ATTACHMENT_INCOMPLETE, true);
    record_group_end(record);
}

static void end_file(const struct mail_walk *walk, struct mail_leaf *leaf, const struct mail_content *content,
                     bool incomplete)
{
    struct file_result result = {0};
    if (was_not_asked_for(walk, leaf))
        file_drop(walk->emitter, leaf->file);
    else
        file_end(walk->emitter, leaf->file, walk->message, incomplete, &result);
    leaf->file = NULL;
    if (leaf->is_listed)
        record_attachment(walk, leaf, content, &result, incomplete);
}

static const char *encoding_word(enum mail_encoding encoding)
{
    switch (encoding) {
    case MAIL_BASE64:
        return "base64";
    case MAIL_QUOTED_PRINTABLE:
        return "quoted-printable";
    case MAIL_UUENCODE:
        return "uuencode";
    default:
        return NULL;
    }
}

static void record_part(const struct mail_walk *walk, const struct mail_leaf *leaf, const struct mail_content *content)
{
    struct record *record = &walk->mail->record;
    struct bytes type = bytes_text(content->type);
    const char *encoding = encoding_word(content->encoding);
    if (was_not_asked_for(walk, leaf) || walk->stream->parts++ >= LIMIT_MAIL_PARTS)
        return;
    record_group_begin(record, MAIL_PARTS);
    record_text(record, MAIL_PART_TYPE, type.len > 0 ? type : bytes_text("text/plain"));
    if (encoding)
        record_word(record, MAIL_PART_ENCODING, encoding);
    record_integer(record, MAIL_PART_SIZE, (int64_t)leaf->size);
    record_group_end(record);
}

/* --- a leaf --- */

static void tell_names(const struct mail_walk *walk, const struct mail_content *content)
{
    if (content->two_names)
        mail_tell(walk, ANOMALY_MAIL_TWO_NAMES, 0, 0);
    if (mail_name_deceives(bytes_of(content->name, content->name_length)))
        mail_tell(walk, ANOMALY_MAIL_DECEPTIVE_NAME, 0, 0);
}

void mail_leaf_begin(const struct mail_walk *walk)
{
    struct mail_stream *stream = walk->stream;
    struct mail_leaf *leaf = &stream->leaf;
    *leaf = (struct mail_leaf){.kind = MAIL_LEAF_TEXT, .decoder = {.encoding = stream->content.encoding}};
    if (is_attachment(&stream->content)) {
        tell_names(walk, &stream->content);
        begin_file(walk, leaf, &stream->content);
    }
}

void mail_leaf_text(const struct mail_walk *walk, struct bytes text)
{
    struct mail_leaf *leaf = &walk->stream->leaf;
    if (leaf->kind != MAIL_LEAF_NONE)
        feed(walk, leaf, text);
}

static void lose(const struct mail_walk *walk, struct mail_leaf *leaf, uint64_t length)
{
    if (leaf->kind == MAIL_LEAF_NONE)
        return;
    leaf->has_gap = true;
    uint64_t decoded = mail_decode_gap(&leaf->decoder, length);
    file_gap(walk->emitter, leaf->file, decoded > 0 ? decoded : 1);
}

void mail_leaf_gap(const struct mail_walk *walk, uint64_t length)
{
    lose(walk, &walk->stream->leaf, length);
    lose(walk, &walk->stream->nested_leaf, length);
}

void mail_leaf_end(const struct mail_walk *walk, bool incomplete)
{
    struct mail_stream *stream = walk->stream;
    struct mail_leaf *leaf = &stream->leaf;
    if (leaf->kind == MAIL_LEAF_NONE)
        return;
    feed_end(walk, leaf);
    record_part(walk, leaf, &stream->content);
    if (leaf->kind == MAIL_LEAF_ATTACHMENT)
        end_file(walk, leaf, &stream->content, incomplete);
    leaf->kind = MAIL_LEAF_NONE;
}

/* --- a message inside the message --- */

void mail_nested_begin(const struct mail_walk *walk)
{
    struct mail_stream *stream = walk->stream;
    stream->nested_content = stream->content;
    stream->nested_leaf = (struct mail_leaf){.decoder = {.encoding = MAIL_PLAIN}};
    begin_file(walk, &stream->nested_leaf, &stream->nested_content);
}

void mail_nested_text(const struct mail_walk *walk, struct bytes text)
{
    if (walk->stream->has_nested && text.len > 0)
        feed(walk, &walk->stream->nested_leaf, text);
}

void mail_nested_end(const struct mail_walk *walk, bool incomplete)
{
    struct mail_stream *stream = walk->stream;
    end_file(walk, &stream->nested_leaf, &stream->nested_content, incomplete);
    stream->nested_leaf.kind = MAIL_LEAF_NONE;
    stream->has_nested = false;
}

void mail_files_drop(const struct mail_walk *walk)
{
    file_drop(walk->emitter, walk->stream->leaf.file);
    file_drop(walk->emitter, walk->stream->nested_leaf.file);
}
