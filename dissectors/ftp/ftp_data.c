/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The data connection: nothing but bytes, until one side closes. What they are was said on the control connection, and
 * stands in the block that both share. A file is handed on as it comes; a listing becomes a record of `ftp`.
 *
 * Which connections are such, only their announcement tells: there is no port, and nothing to recognise. Where the
 * capture has the first bytes before the command that ordered them, they wait for it: the core keeps them while they
 * are few, and a short transfer that is over already is kept here until the connection is forgotten.
 *
 * What begins with the hello of a TLS client is encrypted, whether PROT P was seen or not: behind AUTH TLS it was said
 * unreadably, and after CCC nobody remembers.
 */
#include "ftp.h"

enum { WAITING_BYTES = 32 * 1024, HELD_BYTES = 1024 };

enum purpose {
    PURPOSE_NONE, /* nothing came so far */
    PURPOSE_FILE,
    PURPOSE_LISTING,
};

struct ftp_data {
    uint8_t purpose; /* enum purpose */
    uint8_t sender;  /* enum side; the other one has nothing to say */
    uint8_t kind;    /* enum ftp_kind, of a listing */
    bool decided;    /* what this is has been said, or is waited for no longer */
    bool asked[2];   /* by enum side: the block was looked at since these bytes came */
    bool over;
    bool skip_line; /* of a listing: its beginning is lost, or it is too long */
    bool opaque;    /* in blocks or compressed */
    bool sealed;    /* TLS */
    uint64_t bytes, entries;
    struct object *file;
    struct transaction *listing;
    struct moment held_first, held_last;
    uint8_t held_side; /* enum side */
    size_t held_length, line_length;
    uint8_t held[HELD_BYTES];
    uint8_t line[FTP_LISTING_LINE_BYTES];
};

static struct ftp_transfer *transfer_of(struct emitter *emitter)
{
    return emit_expectation(emitter, emit_announced(emitter));
}

static bool is_stream(uint8_t mode)
{
    return mode == 0 || mode == 'S';
}

/* Is the side that sends the server of the control connection? It listens in passive mode, and calls in active mode. */
static bool server_sends(const struct ftp_transfer *transfer, enum side sender)
{
    bool active = transfer && transfer->data_mode == FTP_DATA_ACTIVE;
    return sender == (active ? SIDE_CLIENT : SIDE_SERVER);
}

static void begin_file(struct ftp_data *data, struct emitter *emitter, const struct ftp_transfer *transfer,
                       const struct message *message)
{
    struct file_start start = {.parent = "ftp", .direction = FILE_DOWNLOAD};
    bool ordered = transfer && transfer->ordered;
    if (ordered ? ftp_is_upload(transfer->kind) : !server_sends(transfer, message->side))
        start.direction = FILE_UPLOAD;
    if (transfer)
        start.parent_conversation = transfer->control;
    if (ordered) {
        start.name = ftp_path_bytes(&transfer->path);
        start.offset = transfer->offset;
        data->opaque = !is_stream(transfer->mode);
    }
    data->purpose = PURPOSE_FILE;
    data->file = file_begin(emitter, &start, message);
    if (data->file && !ordered) /* what it is was not seen: a listing, perhaps */
        data->file->record.incomplete = true;
}

static void begin_listing(struct ftp_data *data, struct emitter *emitter, const struct ftp_transfer *transfer,
                          const struct message *message)
{
    data->purpose = PURPOSE_LISTING;
    data->kind = transfer->kind;
    data->opaque = !is_stream(transfer->mode);
    data->listing = transaction_open(emitter, 0, message);
    if (!data->listing)
        return;
    struct record *record = &data->listing->record;
    data->listing->patient = true;
    record->outcome = OUTCOME_UNKNOWN;
    record_word(record, FTP_COMMAND, transfer->word);
    record_unexplained(record, RECORD_LAST); /* on the control connection it is */
    record_conversation(record, FTP_PARENT_CONVERSATION, transfer->control);
    if (transfer->options_length > 0)
        record_text(record, FTP_ARGUMENT, bytes_of(transfer->options, transfer->options_length));
    if (transfer->path.length > 0)
        record_text(record, FTP_PATH, ftp_path_bytes(&transfer->path));
    if (transfer->user_length > 0)
        record_text(record, FTP_USER_NAME, bytes_of(transfer->user, transfer->user_length));
}

/* FXP: neither end is the client that gave the orders. */
static bool is_elsewhere(const struct emitter *emitter, const struct ftp_transfer *transfer)
{
    const struct conversation *c = emit_conversation(emitter);
    return !ftp_same_address(&c->source.ip, &transfer->client) &&
           !ftp_same_address(&c->destination.ip, &transfer->client);
}

static void begin(struct ftp_data *data, struct emitter *emitter, const struct message *message)
{
    struct ftp_transfer *transfer = transfer_of(emitter);
    data->sender = (uint8_t)message->side;
    if (transfer) {
        transfer->began = true;
        transfer->first_ns = message->first.time_ns;
        transfer->elsewhere = is_elsewhere(emitter, transfer);
    }
    if (transfer && transfer->ordered && ftp_is_listing(transfer->kind))
        begin_listing(data, emitter, transfer, message);
    else
        begin_file(data, emitter, transfer, message);
}

/* --- listings --- */

static void end_line(struct ftp_data *data)
{
    struct bytes line = bytes_of(data->line, data->line_length);
    if (line.len > 0 && bytes_at(line, line.len - 1) == '\r')
        line = bytes_first(line, line.len - 1);
    bool wanted = data->listing && data->entries < FTP_LISTING_ENTRIES;
    if (!data->skip_line && ftp_listing_line(wanted ? &data->listing->record : NULL, data->kind, line))
        data->entries++;
    data->line_length = 0;
    data->skip_line = false;
}

static void take_lines(struct ftp_data *data, struct bytes piece)
{
    while (piece.len > 0) {
        size_t end = bytes_find(piece, '\n', 0);
        /* Of a longer line the beginning is read. */
        data->line_length += bytes_copy(data->line + data->line_length, sizeof data->line - data->line_length,
                                        bytes_first(piece, end));
        if (end < piece.len)
            end_line(data);
        piece = bytes_skip(piece, end + 1);
    }
}

static void fill_listing(struct ftp_data *data, bool incomplete)
{
    struct record *record = &data->listing->record;
    if (data->line_length > 0 && !data->opaque)
        end_line(data);
    record->outcome = incomplete ? OUTCOME_UNKNOWN : OUTCOME_SUCCESS;
    record->incomplete |= incomplete;
    record_integer(record, FTP_DATA_BYTES, (int64_t)data->bytes);
    if (data->opaque)
        return;
    record_integer(record, FTP_LISTING_COUNT, (int64_t)data->entries);
    if (data->entries > FTP_LISTING_ENTRIES) {
        const struct argument kept = {.name = "kept", .kind = ARGUMENT_INTEGER, .integer = FTP_LISTING_ENTRIES};
        record_observe(record, RECORD_LAST, "ftp.listing_cut", &kept, 1);
    }
}

/* --- the hooks --- */

static void count(struct ftp_data *data, struct emitter *emitter, uint64_t length, struct moment moment)
{
    struct ftp_transfer *transfer = transfer_of(emitter);
    data->bytes += length;
    if (!transfer)
        return;
    transfer->bytes = data->bytes;
    transfer->last_ns = moment.time_ns;
}

static void lose(struct ftp_data *data, struct emitter *emitter, uint64_t length)
{
    if (length == 0)
        return;
    if (data->purpose == PURPOSE_FILE) {
        file_gap(emitter, data->file, length);
        return;
    }
    data->line_length = 0;
    data->skip_line = true;
    if (data->listing)
        data->listing->record.incomplete = true;
}

static void take_body(struct ftp_data *data, struct emitter *emitter, const struct message *message)
{
    if (data->over)
        return;
    if (data->purpose == PURPOSE_NONE)
        begin(data, emitter, message);
    if (data->sender != message->side)
        return;
    count(data, emitter, message->length, message->last);
    if (data->opaque) {
        lose(data, emitter, message->length);
        return;
    }
    if (data->purpose == PURPOSE_FILE) {
        file_piece(emitter, data->file, message->bytes, message);
    } else {
        take_lines(data, message->bytes);
        if (data->listing)
            transaction_touch(data->listing, message);
    }
    lose(data, emitter, message->length - message->bytes.len);
}

/* Fewer bytes than the server had said, whichever way it counts what REST passes over. */
static bool is_short(const struct ftp_data *data, const struct ftp_transfer *transfer)
{
    return transfer->has_total && transfer->type == 'I' && is_stream(transfer->mode) &&
           data->bytes + transfer->offset < transfer->total;
}

static void finish(struct ftp_data *data, struct emitter *emitter, const struct message *message, bool incomplete)
{
    struct ftp_transfer *transfer = transfer_of(emitter);
    data->over = true;
    if (transfer) {
        incomplete = incomplete || transfer->broken || is_short(data, transfer);
        transfer->finished = true;
        transfer->incomplete = incomplete;
    }
    if (data->purpose == PURPOSE_FILE) {
        file_end(emitter, data->file, message, incomplete, NULL);
        data->file = NULL;
    } else if (data->listing) {
        struct transaction *listing = data->listing;
        fill_listing(data, incomplete);
        data->listing = NULL;
        transaction_close(emitter, listing);
    }
}

/* Only a message can look at the block, so an empty one is made of the bytes that wait. */
static struct framing ftp_data_frame(void *state_block, enum side side, struct bytes pending, size_t seen)
{
    struct ftp_data *data = state_block;
    (void)seen;
    if (!data->decided && data->held_length == 0) {
        enum text_tls tls = text_tls_begins(pending);
        if (tls == TEXT_TLS_MORE)
            return (struct framing){FRAMING_MORE, 0};
        data->sealed = tls == TEXT_TLS;
        if (data->sealed)
            return (struct framing){FRAMING_BODY, 0};
    }
    if (pending.len > WAITING_BYTES)
        data->decided = true;
    if (data->decided)
        return (struct framing){FRAMING_BODY_END, 0};
    data->asked[side] = !data->asked[side];
    return (struct framing){data->asked[side] ? FRAMING_BODY : FRAMING_MORE, 0};
}

static void decide(struct ftp_data *data, struct emitter *emitter)
{
    const struct ftp_transfer *transfer = transfer_of(emitter);
    data->decided = !transfer || transfer->ordered;
}

/* No file, and no listing that could be read. */
static enum verdict hand_over(struct ftp_data *data, struct emitter *emitter)
{
    struct ftp_transfer *transfer = transfer_of(emitter);
    data->over = true;
    if (transfer)
        transfer->sealed = true;
    emit_hand_over(emitter, "tls");
    return VERDICT_HAND_OVER;
}

/* What was held is waited for no longer. */
static void release(struct ftp_data *data, struct emitter *emitter)
{
    const struct message message = {
        .kind = MESSAGE_BODY,
        .side = data->held_side == SIDE_SERVER ? SIDE_SERVER : SIDE_CLIENT,
        .bytes = bytes_of(data->held, data->held_length),
        .length = data->held_length,
        .first = data->held_first,
        .last = data->held_last,
    };
    data->decided = true;
    data->held_length = 0;
    if (message.length > 0)
        take_body(data, emitter, &message);
}

/* These bytes end before what they are was said. */
static void take_rest(struct ftp_data *data, struct emitter *emitter, const struct message *message)
{
    decide(data, emitter);
    if (!data->decided && data->held_length == 0 && message->bytes.len <= sizeof data->held) {
        data->held_length = bytes_copy(data->held, sizeof data->held, message->bytes);
        data->held_side = (uint8_t)message->side;
        data->held_first = message->first;
        data->held_last = message->last;
        return;
    }
    release(data, emitter);
    take_body(data, emitter, message);
}

static enum verdict ftp_data_message(void *state_block, struct emitter *emitter, const struct message *message)
{
    struct ftp_data *data = state_block;
    if (data->sealed)
        return hand_over(data, emitter);
    if (message->kind == MESSAGE_REST)
        take_rest(data, emitter, message);
    else if (message->kind == MESSAGE_BODY)
        take_body(data, emitter, message);
    else if (!data->decided)
        decide(data, emitter);
    else if (data->purpose != PURPOSE_NONE && data->sender == message->side && !data->over)
        finish(data, emitter, message, message->incomplete);
    return VERDICT_OK;
}

static void ftp_data_gap(void *state_block, struct emitter *emitter, enum side side, uint64_t length)
{
    struct ftp_data *data = state_block;
    struct moment now = emit_now(emitter);
    const struct message message = {.kind = MESSAGE_BODY, .side = side, .first = now, .last = now};
    release(data, emitter);
    if (data->over)
        return;
    if (data->purpose == PURPOSE_NONE)
        begin(data, emitter, &message);
    if (data->sender != side)
        return;
    count(data, emitter, length, now);
    lose(data, emitter, length);
}

static void ftp_data_abandon(void *state_block, struct emitter *emitter, struct transaction *transaction)
{
    struct ftp_data *data = state_block;
    (void)emitter;
    if (data->listing != transaction)
        return;
    fill_listing(data, true);
    data->listing = NULL;
    data->over = true;
}

/* Nothing came: an empty file, or an empty listing, where the server had agreed to send one. */
static void ftp_data_end(void *state_block, struct emitter *emitter, enum end_reason reason)
{
    struct ftp_data *data = state_block;
    const struct ftp_transfer *transfer = transfer_of(emitter);
    const struct conversation *conversation = emit_conversation(emitter);
    struct message message = {.kind = MESSAGE_BODY_END,
                              .first = conversation->first,
                              .last = conversation->last,
                              .incomplete = reason != END_FIN};
    release(data, emitter);
    if (data->over)
        return;
    if (data->purpose == PURPOSE_NONE) {
        if (!transfer || !transfer->ordered || !transfer->answered || transfer->refused)
            return;
        bool server = !ftp_is_upload(transfer->kind);
        message.side = server_sends(transfer, SIDE_SERVER) == server ? SIDE_SERVER : SIDE_CLIENT;
        begin(data, emitter, &message);
    }
    finish(data, emitter, &message, message.incomplete);
}

static const struct port no_ports[] = {{0, 0, NULL}};

const struct dissector ftp_data_dissector = {
    .name = "ftp-data",
    .meaning = "file transfer: the files and listings, on connections that FTP announces",
    .ports = no_ports,
    .dataset = &ftp_dataset,
    .state_size = sizeof(struct ftp_data),
    .message_max = FTP_LINE_BYTES,
    .heeds_others = true,
    .frame = ftp_data_frame,
    .message = ftp_data_message,
    .gap = ftp_data_gap,
    .abandon = ftp_data_abandon,
    .end = ftp_data_end,
};
