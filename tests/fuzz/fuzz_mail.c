/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A mail in pieces: the first byte says how it is carried and in pieces of how many bytes; a byte 0x01 is a gap. Each
 * piece is copied into memory of exactly its length. What is recorded may not depend on the pieces, so the mail is
 * carried twice.
 */
#include "harness.h"
#include "play.h"

#include "overhear/mail.h"

enum { HASH = 1, PARTIAL = 2, INCOMPLETE = 4, LEAVE = 8, DROP = 16, GAPS = 32 };

struct carrier_state {
    struct object *mail;
};

/* How the mail in hand is carried: in the address of its client, where the hooks find it. */
static unsigned how_of(const struct emitter *emitter)
{
    return emit_conversation(emitter)->source.ip.octets[3];
}

static struct framing carrier_frame(void *state, enum side side, struct bytes pending, size_t seen)
{
    (void)state, (void)side, (void)pending, (void)seen;
    return (struct framing){FRAMING_BODY_END, 0};
}

static enum verdict carrier_message(void *state, struct emitter *emitter, const struct message *message)
{
    struct carrier_state *carrier = state;
    unsigned how = how_of(emitter);
    if (!carrier->mail) {
        const struct mail_start start = {.direction = FILE_DOWNLOAD, .partial = (how & PARTIAL) != 0};
        carrier->mail = mail_begin(emitter, &start, message);
    }
    if (message->kind == MESSAGE_BODY) {
        mail_piece(emitter, carrier->mail, message->bytes, message);
    } else if (how & DROP) {
        mail_drop(emitter, carrier->mail);
    } else if (!(how & LEAVE)) {
        mail_end(emitter, carrier->mail, message, (how & INCOMPLETE) != 0);
        mail_close(emitter, carrier->mail, OUTCOME_SUCCESS);
    }
    return VERDICT_OK;
}

static void carrier_gap(void *state, struct emitter *emitter, enum side side, uint64_t length)
{
    struct carrier_state *carrier = state;
    (void)side;
    mail_gap(emitter, carrier->mail, length);
}

static const struct port ports[] = {{TRANSPORT_TCP, 9, NULL}, {0, 0, NULL}};

static const struct dissector carrier_dissector = {
    .name = "carrier",
    .meaning = "carries mails",
    .ports = ports,
    .more_datasets = mail_datasets,
    .state_size = sizeof(struct carrier_state),
    .message_max = 1024,
    .frame = carrier_frame,
    .message = carrier_message,
    .gap = carrier_gap,
};

const struct dissector *const dissector_registry[] = {&carrier_dissector, NULL};

enum { INPUT_MAX = 1 << 17, PIECE_MAX = 60000, GAP_BYTES = 77 };

static size_t put_step(uint8_t *to, enum play_kind kind, struct bytes data, size_t length)
{
    to[0] = (uint8_t)(kind << 2 | SIDE_CLIENT);
    to[1] = (uint8_t)(length >> 8);
    to[2] = (uint8_t)length;
    return PLAY_STEP + bytes_copy(to + PLAY_STEP, PIECE_MAX, data);
}

/* The mail as a conversation of play.h. */
static struct bytes conversation_of(struct bytes mail, unsigned how)
{
    static uint8_t input[INPUT_MAX];
    size_t length = PLAY_HEADER;
    memset(input, 0, PLAY_HEADER);
    input[1] = how & HASH ? PLAY_HASH : 0;
    input[8] = (uint8_t)how;
    while (mail.len > 0 && length + 2 * PLAY_STEP + PIECE_MAX < sizeof input) {
        size_t end = how & GAPS ? bytes_find(mail, 1, 0) : mail.len;
        struct bytes piece = bytes_first(bytes_first(mail, end), PIECE_MAX);
        length += put_step(input + length, PLAY_DATA, piece, piece.len);
        if (piece.len == end && end < mail.len)
            length += put_step(input + length, PLAY_GAP, bytes_of(NULL, 0), GAP_BYTES);
        mail = bytes_skip(mail, piece.len + (piece.len == end));
    }
    return bytes_of(input, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct play_way way = {TRANSPORT_TCP, 9};
    static uint64_t inputs;
    struct play play = {.ways = &way, .way_count = 1, .number = ++inputs};
    if (size < 2)
        return 0;
    const uint64_t number = fuzz_number(bytes_of(data, size));
    struct bytes input = conversation_of(bytes_of(data + 2, size - 2), data[0]);
    struct record_watch watch = {.writes = fuzz_one_in(number, 4), .way = (unsigned)number & 15},
                        other = {.records = 0};
    int64_t start = fuzz_time_ns();
    uint64_t whole = play_conversations(&play, input, &watch).sum;
    demand(!fuzz_is_slow(fuzz_time_ns() - start, size));
    record_watch_finish(&watch, "--- as it is");
    play.piece = 1 + data[1] % 100u;
    if (fuzz_one_in(number, 2))
        demand(play_conversations(&play, input, &other).sum == whole);
    return 0;
}
