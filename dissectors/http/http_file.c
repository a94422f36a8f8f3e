/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A body is a file: what it is called, and its bytes with all codings taken off.
 */
#include "http.h"

#include "overhear/file.h"

struct extended_name {
    uint8_t raw[256], text[512];
};

static int digit_value(uint8_t c)
{
    uint8_t lower = byte_lower(c);
    return c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* `UTF-8''Logbuch%20der%20M%C3%B6we.zip` (RFC 8187). No bytes: not in that form. */
static struct bytes extended_value(struct emitter *emitter, struct bytes value, struct extended_name *to)
{
    size_t quote = bytes_find(value, '\'', 0), second = bytes_find(value, '\'', quote + 1), length = 0;
    if (second >= value.len)
        return (struct bytes){NULL, 0};
    struct bytes charset = bytes_first(value, quote);
    for (size_t i = second + 1; i < value.len; i++) {
        uint8_t byte = bytes_at(value, i);
        int high = digit_value(bytes_at(value, i + 1)), low = digit_value(bytes_at(value, i + 2));
        if (byte == '%' && high >= 0 && low >= 0) {
            byte = (uint8_t)(high * 16 + low);
            i += 2;
        }
        length += bytes_copy(to->raw + length, sizeof to->raw - length, bytes_of(&byte, 1));
    }
    return bytes_of(to->text, emit_utf8(emitter, charset, bytes_of(to->raw, length), to->text, sizeof to->text));
}

/* `attachment; filename="report.pdf"` (RFC 6266). No bytes: none is declared. */
static struct bytes declared_name(struct emitter *emitter, struct bytes disposition, struct extended_name *to)
{
    struct bytes name;
    if (http_parameter(disposition, ';', "filename*", &name)) {
        name = extended_value(emitter, name, to);
        if (name.len > 0)
            return name;
    }
    return http_parameter(disposition, ';', "filename", &name) ? name : (struct bytes){NULL, 0};
}

/* As declared, else the last part of the path that was asked for. Of an upload only
 * what the client calls it. */
static struct bytes name_of(struct emitter *emitter, const struct record *record, const struct http_head *head,
                            enum side side, struct extended_name *to)
{
    struct bytes name = {NULL, 0};
    if (head->disposition.len > 0)
        name = declared_name(emitter, head->disposition, to);
    if (name.len > 0)
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
    struct extended_name name FILLED_LATER;
    const struct file_start start = {
        .parent = "http",
        .name = name_of(emitter, record, head, message->side, &name),
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
        file_break(emitter, half->file, UINT64_MAX);
        break;
    case INFLATE_BOMB:
        exchange->encoded = false;
        exchange->bomb = true;
        file_break(emitter, half->file, LIMIT_INFLATE_FREE_BYTES);
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
        file_break(emitter, half->file, UINT64_MAX);
    else
        file_piece(emitter, half->file, message->bytes, message);
}

struct http_files http_files_take(struct transaction *transaction)
{
    struct http_transaction *exchange = http_exchange_of(transaction);
    struct http_files files = {.doubtful = transaction->record.incomplete};
    for (int side = 0; side < 2; side++) {
        struct http_half *half = &exchange->halves[side];
        files.file[side] = half->file;
        files.last[side] = half->last;
        files.empty[side] = half->body_bytes == 0;
        files.incomplete[side] = half->incomplete || !half->complete;
        half->file = NULL;
    }
    return files;
}

void http_files_end(struct emitter *emitter, const struct http_files *files)
{
    for (int side = 0; side < 2; side++) {
        const struct message end = {.last = files->last[side]};
        struct object *file = files->file[side];
        if (files->empty[side]) {
            file_drop(emitter, file);
            continue;
        }
        if (file)
            file->record.incomplete = files->doubtful;
        file_end(emitter, file, &end, files->incomplete[side], NULL);
    }
}
