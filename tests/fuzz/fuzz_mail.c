/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A mail in pieces: the first byte says how it is carried and in pieces of how many bytes; a byte 0x01 is a gap. Each
 * piece is copied into memory of exactly its length. What is recorded may not depend on the pieces, so the mail is
 * carried twice.
 */
#include "session_harness.h"

#include "file/save.h"
#include "overhear/mail.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HASH = 1, PARTIAL = 2, INCOMPLETE = 4, LEAVE = 8, DROP = 16, GAPS = 32 };

struct carrier_state {
    struct object *mail;
};

/* How the mail in hand is carried: in the port of its client, where the hooks find it. */
static unsigned how_of(const struct emitter *emitter)
{
    return emit_conversation(emitter)->source.port;
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

/* What is recorded, as a number: FNV-1a over all values. */
static void mix(uint64_t *sum, const void *at, size_t length)
{
    const uint8_t *bytes = at;
    for (size_t i = 0; i < length; i++)
        *sum = (*sum ^ bytes[i]) * 0x100000001b3;
}

static void sum_record(void *context, const struct record *record)
{
    uint64_t *sum = context;
    mix(sum, record->dataset->name, strlen(record->dataset->name));
    mix(sum, &record->incomplete, sizeof record->incomplete);
    for (uint32_t i = 0; i < record->item_count; i++) {
        const struct item *item = &record->items[i];
        mix(sum, &item->field, sizeof item->field);
        mix(sum, &item->length, sizeof item->length);
        if (item->kind == ITEM_INTEGER)
            mix(sum, &item->integer, sizeof item->integer);
        else if (item->kind == ITEM_TEXT)
            mix(sum, record->text + item->offset, item->length);
    }
}

static uint64_t carry(struct bytes mail, unsigned how, size_t cut)
{
    struct budget budget;
    struct files files;
    uint64_t sum = 0xcbf29ce484222325;
    budget_init(&budget, 64 << 20);
    if (files_open(&files, how & HASH, NULL, 0, 0) != 0)
        abort();
    struct session_shared shared = {
        .budget = &budget,
        .names = names_new(&budget),
        .ports = port_map_new(),
        .files = &files,
        .sink = {&sum, sum_record},
        .wants_notes = true,
    };
    struct conversation conversation = {
        .id = 1,
        .transport = TRANSPORT_TCP,
        .source = {.ip = {4, {10, 0, 0, 1}}, .port = (uint16_t)how},
        .destination = {.ip = {4, {10, 0, 0, 2}}, .port = 9},
    };
    struct session session;
    session_init(&session, &shared, &conversation);
    while (mail.len > 0) {
        size_t end = how & GAPS ? bytes_find(mail, 1, 0) : mail.len;
        for (struct bytes rest = bytes_first(mail, end); rest.len > 0; rest = bytes_skip(rest, cut))
            fuzz_piece(&session, 0, bytes_first(rest, cut));
        if (end < mail.len)
            fuzz_piece(&session, 2, bytes_first(mail, 77));
        mail = bytes_skip(mail, end + 1);
    }
    session_end(&session, END_CAPTURE);
    session_shared_done(&shared);
    names_free(shared.names);
    port_map_free(shared.ports);
    files_close(&files);
    if (budget.used != 0)
        abort();
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct bytes mail = bytes_of(data + 2, size - 2);
    unsigned how = data[0];
    if (carry(mail, how, size) != carry(mail, how, 1 + data[1] % 100))
        abort();
    return 0;
}
