/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The input is a header section: fields are cut out of it as they are, folds stay, and given to both readers.
 */
#include "harness.h"
#include "play.h"

#include "mail/mail_headers.h"

enum { DATAGRAM_MAX = 60000 };

static void check_content(const struct mail_content *content)
{
    if (content->name_length > MAIL_NAME_BYTES || content->boundary_length > MAIL_BOUNDARY_BYTES ||
        !memchr(content->type, 0, MAIL_TYPE_BYTES))
        abort();
}

static void take_field(struct emitter *emitter, struct mail_headers *headers, struct record *record,
                       struct mail_content *content, struct bytes field)
{
    size_t colon = bytes_find(field, ':', 0);
    struct bytes name = bytes_first(field, colon), value = bytes_skip(field, colon + 1);
    mail_header_record(emitter, headers, record, name, bytes_first(value, MAIL_FIELD_BYTES));
    mail_content_take(emitter, content, name, bytes_first(value, MAIL_FIELD_BYTES));
}

static enum verdict take_header(void *state, struct emitter *emitter, const struct message *message)
{
    (void)state;
    uint64_t block[MAIL_HEADERS_BYTES / sizeof(uint64_t)] = {0};
    struct mail_headers *headers = (struct mail_headers *)(void *)block;
    struct mail_content content = {.encoding = MAIL_PLAIN};
    struct transaction *transaction = transaction_open(emitter, 0, message);
    if (!transaction)
        return VERDICT_OK;
    struct bytes rest = message->bytes;
    while (rest.len > 0) {
        size_t end = bytes_find(rest, '\n', 0);
        while (end + 1 < rest.len && (bytes_at(rest, end + 1) == ' ' || bytes_at(rest, end + 1) == '\t'))
            end = bytes_find(rest, '\n', end + 1);
        take_field(emitter, headers, &transaction->record, &content, bytes_first(rest, end));
        rest = bytes_skip(rest, end + 1);
    }
    check_content(&content);
    mail_headers_finish(emitter, headers, &transaction->record);
    transaction_close(emitter, transaction);
    return VERDICT_OK;
}

static const struct port ports[] = {{TRANSPORT_UDP, 9, NULL}, {0, 0, NULL}};
static const struct dissector header_dissector = {
    .name = "header", .ports = ports, .dataset = &mail_dataset, .message_max = 65536, .message = take_header};
const struct dissector *const dissector_registry[] = {&header_dissector, NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct play_way way = {TRANSPORT_UDP, 9};
    static uint8_t input[PLAY_HEADER + PLAY_STEP + DATAGRAM_MAX];
    static uint64_t inputs;
    struct play play = {.ways = &way, .way_count = 1};
    size_t length = bytes_copy(input + PLAY_HEADER + PLAY_STEP, DATAGRAM_MAX, bytes_of(data, size));
    input[PLAY_HEADER + 1] = (uint8_t)(length >> 8);
    input[PLAY_HEADER + 2] = (uint8_t)length;
    const uint64_t number = fuzz_number(bytes_of(data, size));
    struct record_watch watch = {.writes = fuzz_one_in(number, 4), .way = (unsigned)number & 15};
    int64_t start = fuzz_time_ns();
    play.number = ++inputs;
    (void)play_conversations(&play, bytes_of(input, PLAY_HEADER + PLAY_STEP + length), &watch);
    demand(!fuzz_is_slow(fuzz_time_ns() - start, size));
    record_watch_finish(&watch, "--- as it is");
    return 0;
}
