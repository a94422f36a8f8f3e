/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Who speaks is known at once where the beginning of a TCP connection was seen. Elsewhere the first bytes may show that
 * client and server are the other way round, so they are held back until their protocol is known, or there are so many
 * of them that nobody will recognise it any more.
 */
#include "follow.h"

#include "follow_files.h"
#include "follow_text.h"
#include "util/write_all.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    HELD_PIECES = 32,
    HELD_DATAGRAMS = 4,      /* of UDP: then nobody is asked any more whose they are */
    HELD_BYTES = 256 * 1024, /* a piece is not larger than a packet */
    BUFFER_FULL = 64 * 1024,
};

struct held_piece {
    bool is_gap;
    enum side side;
    uint64_t length;
    size_t at; /* in held_bytes */
    int64_t time_ns;
};

struct follow {
    struct follow_options options;
    struct stream_tap tap;
    struct follow_files *files; /* of FOLLOW_ALL */

    /* of FOLLOW_ONE */
    const struct conversation *conversation; /* while it lives */
    struct text_buffer out;
    struct follow_text text;
    struct held_piece held[HELD_PIECES];
    size_t held_count;
    struct text_buffer held_bytes;
    bool seen, begun, over;
    bool swapped_late; /* after words of it were written */
    uint64_t said[2], lost[2];
    uint64_t written, unwritten; /* bytes of the output */
    int error;
};

static bool is_text(const struct follow *follow)
{
    return !follow->options.raw;
}

static void write_out(struct follow *follow)
{
    struct text_buffer *out = &follow->out;
    size_t written = 0;
    if (out->failed && follow->error == 0)
        follow->error = ENOMEM;
    if (follow->error == 0 && !write_all(follow->options.descriptor, bytes_of(out->at, out->length), &written))
        follow->error = errno;
    follow->written += written;
    follow->unwritten += out->length - written;
    out->length = 0;
}

/* After each piece: live it is shown at once, else when there is enough of it. */
static void pass_on(struct follow *follow)
{
    if (follow->options.line_buffered && is_text(follow))
        follow_text_pause(&follow->text);
    if (follow->options.line_buffered || follow->out.length >= BUFFER_FULL)
        write_out(follow);
}

static void introduce(struct follow *follow)
{
    if (!follow->begun && is_text(follow))
        follow_text_begin(&follow->text, follow->conversation);
    follow->begun = true;
}

static void take_words(struct follow *follow, enum side side, struct bytes data, int64_t time_ns)
{
    introduce(follow);
    follow->said[side] += data.len;
    if (is_text(follow))
        follow_text_say(&follow->text, side, data, time_ns, follow->conversation->transport == TRANSPORT_UDP);
    else if (side == follow->options.raw_side)
        text_add(&follow->out, (const char *)data.at, data.len);
    pass_on(follow);
}

static void take_gap(struct follow *follow, enum side side, uint64_t length)
{
    introduce(follow);
    follow->lost[side] += length;
    if (is_text(follow))
        follow_text_lost(&follow->text, side, length);
    pass_on(follow);
}

static void release(struct follow *follow)
{
    const size_t count = follow->held_count;
    follow->held_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct held_piece *piece = &follow->held[i];
        if (piece->is_gap)
            take_gap(follow, piece->side, piece->length);
        else
            take_words(follow, piece->side, bytes_of(follow->held_bytes.at + piece->at, (size_t)piece->length),
                       piece->time_ns);
    }
    text_buffer_done(&follow->held_bytes);
}

/* Who is who will not change any more. */
static bool roles_are_known(const struct follow *follow)
{
    const struct conversation *conversation = follow->conversation;
    size_t most = conversation->transport == TRANSPORT_UDP ? HELD_DATAGRAMS : HELD_PIECES;
    return follow->begun || conversation->protocol ||
           (conversation->transport == TRANSPORT_TCP && !conversation->midstream) || follow->held_count >= most ||
           follow->held_bytes.length >= HELD_BYTES || follow->held_bytes.failed;
}

/* True where the piece has to wait, and does. */
static bool hold(struct follow *follow, struct held_piece piece, struct bytes data)
{
    if (roles_are_known(follow)) {
        release(follow);
        return false;
    }
    piece.at = follow->held_bytes.length;
    text_add(&follow->held_bytes, (const char *)data.at, data.len);
    if (follow->held_bytes.failed) {
        release(follow);
        return false;
    }
    follow->held[follow->held_count++] = piece;
    return true;
}

static bool is_meant(struct follow *follow, const struct conversation *conversation)
{
    if (conversation->id != follow->options.conversation || follow->over)
        return false;
    follow->seen = true;
    follow->conversation = conversation;
    return true;
}

static void tap_data(void *context, const struct conversation *conversation, enum side side, struct bytes data,
                     struct moment moment)
{
    struct follow *follow = context;
    if (follow->files)
        follow_files_data(follow->files, conversation, side, data);
    else if (is_meant(follow, conversation) &&
             !hold(follow, (struct held_piece){.side = side, .length = data.len, .time_ns = moment.time_ns}, data))
        take_words(follow, side, data, moment.time_ns);
}

static void tap_gap(void *context, const struct conversation *conversation, enum side side, uint64_t length)
{
    struct follow *follow = context;
    if (follow->files)
        follow_files_gap(follow->files, conversation, side, length);
    else if (is_meant(follow, conversation) &&
             !hold(follow, (struct held_piece){.is_gap = true, .side = side, .length = length},
                   (struct bytes){NULL, 0}))
        take_gap(follow, side, length);
}

static void tap_swap(void *context, const struct conversation *conversation)
{
    struct follow *follow = context;
    if (follow->files) {
        follow_files_swap(follow->files, conversation);
        return;
    }
    if (!is_meant(follow, conversation))
        return;
    for (size_t i = 0; i < follow->held_count; i++)
        follow->held[i].side = side_other(follow->held[i].side);
    if (!follow->begun)
        return;
    uint64_t said = follow->said[SIDE_CLIENT], lost = follow->lost[SIDE_CLIENT];
    follow->said[SIDE_CLIENT] = follow->said[SIDE_SERVER];
    follow->lost[SIDE_CLIENT] = follow->lost[SIDE_SERVER];
    follow->said[SIDE_SERVER] = said;
    follow->lost[SIDE_SERVER] = lost;
    follow->swapped_late = true;
    if (is_text(follow))
        follow_text_swap(&follow->text, conversation);
}

static void add_end(struct follow *follow, enum end_reason reason)
{
    static const char *const words[] = {
        [END_FIN] = "closed",
        [END_RST] = "reset",
        [END_TIMEOUT] = "silent for too long",
        [END_EVICTED] = "given up, memory was needed",
        [END_CAPTURE] = "not over when the capture ended",
    };
    char text[200];
    size_t length = (size_t)snprintf(
        text, sizeof text, "conversation %llu: %s; %llu bytes from the client, %llu from the server",
        (unsigned long long)follow->options.conversation, words[reason], (unsigned long long)follow->said[SIDE_CLIENT],
        (unsigned long long)follow->said[SIDE_SERVER]);
    uint64_t lost = follow->lost[SIDE_CLIENT] + follow->lost[SIDE_SERVER];
    if (lost > 0)
        snprintf(text + length, sizeof text - length, ", %llu lost", (unsigned long long)lost);
    follow_text_remark(&follow->text, text);
}

static void tap_end(void *context, const struct conversation *conversation, enum end_reason reason)
{
    struct follow *follow = context;
    if (follow->files) {
        follow_files_end(follow->files, conversation, reason);
        return;
    }
    if (!is_meant(follow, conversation))
        return;
    release(follow);
    introduce(follow);
    if (is_text(follow)) {
        follow_text_end(&follow->text);
        add_end(follow, reason);
    }
    pass_on(follow);
    follow->conversation = NULL;
    follow->over = true;
}

struct follow *follow_new(const struct follow_options *options)
{
    struct follow *follow = calloc(1, sizeof *follow);
    if (!follow)
        return NULL;
    follow->options = *options;
    follow->tap = (struct stream_tap){follow, tap_data, tap_gap, tap_swap, tap_end};
    follow->text = (struct follow_text){.out = &follow->out, .color = options->color, .times = options->times};
    if (options->mode == FOLLOW_ALL) {
        follow->files = follow_files_new(options->folder_descriptor, options->folder, options->memory);
        if (!follow->files) {
            free(follow);
            return NULL;
        }
    }
    return follow;
}

const struct stream_tap *follow_tap(const struct follow *follow)
{
    return &follow->tap;
}

int follow_flush(struct follow *follow)
{
    if (follow->files) {
        follow_files_flush(follow->files);
    } else {
        if (follow->conversation && roles_are_known(follow))
            release(follow);
        if (is_text(follow))
            follow_text_pause(&follow->text);
        write_out(follow);
    }
    return follow_error(follow, NULL) != 0 ? -1 : 0;
}

int follow_error(const struct follow *follow, const char **ret_text)
{
    if (follow->files)
        return follow_files_error(follow->files, ret_text);
    if (ret_text)
        *ret_text = "the output";
    return follow->error;
}

void follow_written(const struct follow *follow, uint64_t *ret_written, uint64_t *ret_lost)
{
    *ret_written = follow->written;
    *ret_lost = follow->unwritten;
}

uint64_t follow_conversations(const struct follow *follow)
{
    return follow->files ? follow_files_count(follow->files) : follow->seen;
}

bool follow_is_over(const struct follow *follow)
{
    return follow->over;
}

static bool complain_of_one(const struct follow *follow, uint64_t conversations, char ret_text[FOLLOW_TEXT_SIZE])
{
    const unsigned long long number = follow->options.conversation;
    const char *side = follow->options.raw_side == SIDE_CLIENT ? "client" : "server";
    const uint64_t lost = follow->lost[follow->options.raw_side];
    if (!follow->seen && conversations == 0)
        snprintf(ret_text, FOLLOW_TEXT_SIZE, "--follow %llu: there was no conversation", number);
    else if (!follow->seen)
        snprintf(ret_text, FOLLOW_TEXT_SIZE, "--follow %llu: the last conversation has the number %llu", number,
                 (unsigned long long)conversations);
    else if (follow->options.raw && follow->swapped_late)
        snprintf(ret_text, FOLLOW_TEXT_SIZE,
                 "--follow %llu --raw %s: client and server turned out to be the other way round when a part was "
                 "written already",
                 number, side);
    else if (follow->options.raw && lost > 0)
        snprintf(ret_text, FOLLOW_TEXT_SIZE,
                 "--follow %llu --raw %s: %llu bytes that the %s sent are not in the capture, and missing from the "
                 "output",
                 number, side, (unsigned long long)lost, side);
    else
        return false;
    return true;
}

bool follow_complaint(const struct follow *follow, uint64_t conversations, char ret_text[FOLLOW_TEXT_SIZE])
{
    if (!follow->files)
        return complain_of_one(follow, conversations, ret_text);
    const uint64_t unwritten = follow_files_unwritten(follow->files);
    if (unwritten == 0)
        return false;
    snprintf(ret_text, FOLLOW_TEXT_SIZE, "--follow all: %llu bytes could not be written",
             (unsigned long long)unwritten);
    return true;
}

void follow_free(struct follow *follow)
{
    if (!follow)
        return;
    follow_files_free(follow->files);
    text_buffer_done(&follow->out);
    text_buffer_done(&follow->held_bytes);
    free(follow);
}
