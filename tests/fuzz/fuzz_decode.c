/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The decode floor. The input is a row of frames, so that fragments meet each other:
 *     flags 1 (1: strict checksums) | then for each frame: link type 2 | captured 2 | cut off 1 | seconds since the
 * last 1 | captured bytes
 */
#include "harness.h"

#include "decode/decode.h"
#include "util/budget.h"

static void check(const struct packet *packet, enum decode_stop stop)
{
    if ((unsigned)stop >= DECODE_STOP_COUNT || packet->payload.len > packet->payload_length ||
        packet->anomaly_count > LIMIT_PACKET_ANOMALIES)
        abort();
    /* a packet for the flow floor has both ends, and every byte of it can be read */
    if (stop == DECODE_PACKET && (packet->source.ip.family == 0 || packet->destination.ip.family == 0))
        abort();
    volatile uint8_t last = 0;
    for (size_t i = 0; i < packet->payload.len; i++)
        last = bytes_at(packet->payload, i);
    (void)last;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader r = reader_of(bytes_of(data, size));
    struct budget budget;
    budget_init(&budget, 0);
    struct decoder *decoder = decoder_new(&budget, (reader_u8(&r) & 1) != 0);
    if (!decoder)
        return 0;
    struct moment moment = {0};
    while (reader_left(&r) > 0) {
        struct frame frame = {.link_type = reader_u16(&r), .time_digits = 6};
        size_t captured = reader_u16(&r);
        uint8_t cut_off = reader_u8(&r);
        moment.frame++;
        moment.time_ns += (int64_t)reader_u8(&r) * 1000000000;
        frame.moment = moment;
        if (captured > reader_left(&r))
            captured = reader_left(&r);
        struct bytes wire = reader_take(&r, captured);
        /* memory of just that size, so that the sanitizer sees a byte too far */
        uint8_t *copy = fuzz_copy(wire);
        frame.data = bytes_of(copy, captured);
        frame.wire_length = (uint32_t)captured + cut_off;
        struct packet packet;
        check(&packet, decode_frame(decoder, &frame, &packet));
        free(copy);
    }
    decoder_free(decoder);
    if (budget.used != 0)
        abort();
    return 0;
}
