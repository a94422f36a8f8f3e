/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A body is a file: what it is called, and its bytes with all codings taken off.
 */
#include "http.h"

#include "overhear/file.h"

/* `attachment; filename="report.pdf"` (RFC 6266), else the last part of the path that was asked for. Of an upload only
 * what the client calls it. */
static struct bytes name_of(const struct record *record, const struct http_head *head, enum side side)
{
    struct bytes name;
    if (http_parameter(head->disposition, ';', "filename", &name) && name.len > 0)
        return name;
    struct bytes path = record_find_text(record, HTTP_URL_PATH);
    if (side == SIDE_CLIENT && !bytes_is(record_find_text(record, HTTP_REQUEST_METHOD), "PUT"))
        return (struct bytes){NULL, 0};
    return path;
}

/* `bytes 100-199/1000` */
static uint64_t offset_of(struct bytes range)
{
    uint64_t offset;
    if (!bytes_begin_nocase(range, "bytes "))
        return 0;
    range = bytes_trim(bytes_skip(range, 6));
    return http_number(bytes_first(range, bytes_find(range, '-', 0)), &offset) ? offset : 0;
}

void http_file_begin(struct emitter *emitter, struct transaction *transaction, const struct http_head *head,
                     const struct message *message)
{
    struct http_transaction *exchange = http_exchange_of(transaction);
    const struct record *record = &transaction->record;
    bool is_request = message->side == SIDE_CLIENT;
    const struct file_start start = {
        .parent = "http",
        .name = name_of(record, head, message->side),
        .declared_type = record_find_text(record, is_request ? HTTP_REQUEST_MIME_TYPE : HTTP_RESPONSE_MIME_TYPE),
        .direction = is_request ? FILE_UPLOAD : FILE_DOWNLOAD,
        .offset = exchange->status == 206 || is_request ? offset_of(head->content_range) : 0,
    };
    exchange->halves[message->side].file = file_begin(emitter, &start, message);
}

struct decoded {
    struct emitter *emitter;
    struct object *file;
    const struct message *message;
};

static void take_decoded(void *context, struct bytes piece)
{
    const struct decoded *decoded = context;
    file_piece(decoded->emitter, decoded->file, piece, decoded->message);
}

static void inflate_piece(struct http_transaction *exchange, struct emitter *emitter, const struct message *message)
{
    struct http_half *half = &exchange->halves[SIDE_SERVER];
    const struct decoded decoded = {emitter, half->file, message};
    const struct byte_sink sink = {(void *)(uintptr_t)&decoded, take_decoded};
    switch (emit_inflate(emitter, SIDE_SERVER, message->bytes, &exchange->decoded_bytes, &sink)) {
    case INFLATE_OK:
        break;
    case INFLATE_BAD:
        emit_anomaly(emitter, ANOMALY_HTTP_BAD_ENCODING, exchange->decoded_bytes, 0);
        exchange->encoded = false;
        file_gap(emitter, half->file, message->length);
        break;
    case INFLATE_BOMB:
        exchange->encoded = false;
        exchange->bomb = true;
        file_gap(emitter, half->file, message->length);
        break;
    }
}

void http_file_piece(struct transaction *transaction, struct emitter *emitter, const struct message *message)
{
    struct http_transaction *exchange = http_exchange_of(transaction);
    struct http_half *half = &exchange->halves[message->side];
    bool packed = message->side == SIDE_SERVER && exchange->inflating && !exchange->never_encoded;
    /* Some servers say gzip of what they do not pack. */
    bool is_first = half->body_bytes == message->length;
    if (packed && exchange->gzip && is_first && !half->incomplete && bytes_at(message->bytes, 0) != 0x1f) {
        emit_anomaly(emitter, ANOMALY_HTTP_BAD_ENCODING, 0, 0);
        exchange->encoded = packed = false;
        exchange->never_encoded = true;
    }
    if (packed && half->incomplete)
        exchange->encoded = false; /* with a hole in it there is nothing to inflate */
    if (packed && exchange->encoded)
        inflate_piece(exchange, emitter, message);
    else if (packed)
        file_gap(emitter, half->file, message->length);
    else
        file_piece(emitter, half->file, message->bytes, message);
}

struct http_files http_files_take(struct http_transaction *exchange)
{
    struct http_files files = {0};
    for (int side = 0; side < 2; side++) {
        struct http_half *half = &exchange->halves[side];
        files.file[side] = half->file;
        files.empty[side] = half->body_bytes == 0;
        files.incomplete[side] = half->incomplete || !half->complete;
        half->file = NULL;
    }
    return files;
}

void http_files_end(struct emitter *emitter, const struct http_files *files)
{
    for (int side = 0; side < 2; side++)
        if (files->empty[side])
            file_drop(emitter, files->file[side]);
        else
            file_end(emitter, files->file[side], NULL, files->incomplete[side], NULL);
}
