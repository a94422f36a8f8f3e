/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loop over the layers. It knows none of them: identifiers lead from one to the next through a table that is built
 * once from the layers' own rows.
 */
#include "decode.h"

#include "common.h"
#include "fragments.h"
#include "layer.h"
#include "layer_table.h"
#include "util/budget.h"

struct decoder {
    struct budget *budget;
    struct fragments *fragments;
    int64_t now_ns;     /* of the latest frame */
    bool has_fragments; /* some wait, or are still looked at: they have to hear of the time */
    struct common common;
    struct decoder_statistics statistics;
    struct packet fallback;
    struct layer_table table;
};

const char *decode_stop_name(enum decode_stop stop)
{
    static const char *const names[DECODE_STOP_COUNT] = {
        [DECODE_PACKET] = "decoded",
        [DECODE_ICMP] = "ICMP",
        [DECODE_FRAGMENT_WAITING] = "fragment, waiting",
        [DECODE_FRAGMENT_DROPPED] = "fragment, dropped",
        [DECODE_OTHER_TRANSPORT] = "other transport",
        [DECODE_NOT_IP] = "not IP",
        [DECODE_UNKNOWN_LINK] = "unknown link type",
        [DECODE_ENCRYPTED] = "encrypted",
        [DECODE_CUT] = "cut by the snap length",
        [DECODE_MALFORMED] = "malformed",
        [DECODE_TOO_DEEP] = "too deep",
        [DECODE_BAD_CHECKSUM] = "bad checksum",
    };
    return (unsigned)stop < DECODE_STOP_COUNT ? names[stop] : "unknown";
}

struct decoder *decoder_new(struct budget *budget, bool strict_checksums)
{
    struct decoder *decoder = budget_take(budget, sizeof *decoder);
    if (!decoder)
        return NULL;
    decoder->budget = budget;
    decoder->now_ns = INT64_MIN;
    common_init(&decoder->common, strict_checksums);
    layer_table_init(&decoder->table);
    decoder->fragments = fragments_new(budget);
    if (!decoder->fragments) {
        budget_give(budget, decoder, sizeof *decoder);
        return NULL;
    }
    return decoder;
}

void decoder_set_stack(struct decoder *decoder, enum host_stack stack)
{
    fragments_set_stack(decoder->fragments, stack);
}

void decoder_free(struct decoder *decoder)
{
    if (!decoder)
        return;
    fragments_free(decoder->fragments);
    budget_give(decoder->budget, decoder, sizeof *decoder);
}

static enum decode_stop run(struct walk *walk, uint16_t link_type)
{
    bool goes_on = walk_next(walk, LAYER_LINK, link_type);
    while (goes_on) {
        if (walk->layers == LIMIT_LAYERS) {
            walk_anomaly(walk, ANOMALY_DECODE_TOO_DEEP, LIMIT_LAYERS, 0);
            return DECODE_TOO_DEEP;
        }
        walk->layers++;
        goes_on = walk->next->decode(walk);
    }
    return walk->stop;
}

static void go_on(struct decoder *decoder, int64_t time_ns)
{
    if (time_ns > decoder->now_ns)
        decoder->now_ns = time_ns;
    if (decoder->has_fragments) {
        fragments_clock(decoder->fragments, decoder->now_ns);
        decoder->has_fragments = !fragments_are_idle(decoder->fragments);
    }
}

static enum decode_stop walk_layers(struct decoder *decoder, const struct frame *frame, struct packet *ret_packet)
{
    packet_begin(frame, ret_packet);
    fragments_clock(decoder->fragments, decoder->now_ns);
    struct walk walk = {
        .data = frame->data,
        .length = frame->wire_length > frame->data.len ? frame->wire_length : frame->data.len,
        .packet = ret_packet,
        .fallback = &decoder->fallback,
        .table = &decoder->table,
        .fragments = decoder->fragments,
        .strict_checksums = decoder->common.strict_checksums,
    };
    enum decode_stop stop = run(&walk, frame->link_type);
    if (stop == DECODE_UNKNOWN_LINK && decoder->statistics.stops[stop] == 0) {
        decoder->statistics.unknown_link_frame = frame->moment.frame;
        decoder->statistics.unknown_link_type = frame->link_type;
    }
    if (stop == DECODE_MALFORMED && walk.has_fallback) {
        /* A port lied: what looked like a tunnel holds no packet. The datagram around it is what there is. */
        *ret_packet = decoder->fallback;
        stop = DECODE_PACKET;
    }
    decoder->has_fragments = !fragments_are_idle(decoder->fragments);
    return stop;
}

static enum decode_stop count(struct decoder *decoder, const struct packet *packet, enum decode_stop stop)
{
    decoder->statistics.bad_checksums += packet->bad_checksum;
    decoder->statistics.stops[stop]++;
    return stop;
}

enum decode_stop decode_frame(struct decoder *decoder, const struct frame *frame, struct packet *ret_packet)
{
    go_on(decoder, frame->moment.time_ns);
    if (common_decode(&decoder->common, frame, 1, ret_packet) == 1)
        return count(decoder, ret_packet, DECODE_PACKET);
    return count(decoder, ret_packet, walk_layers(decoder, frame, ret_packet));
}

size_t decode_ahead(struct decoder *decoder, const struct frame *frames, size_t count, struct packet *ret_packets)
{
    if (decoder->has_fragments)
        return 0;
    size_t done = common_decode(&decoder->common, frames, count, ret_packets);
    for (size_t i = 0; i < done; i++) {
        if (frames[i].moment.time_ns > decoder->now_ns)
            decoder->now_ns = frames[i].moment.time_ns;
        decoder->statistics.bad_checksums += ret_packets[i].bad_checksum;
    }
    decoder->statistics.stops[DECODE_PACKET] += done;
    return done;
}

enum decode_stop decode_by_layers(struct decoder *decoder, const struct frame *frame, struct packet *ret_packet)
{
    go_on(decoder, frame->moment.time_ns);
    return count(decoder, ret_packet, walk_layers(decoder, frame, ret_packet));
}

void decode_pass(struct decoder *decoder, int64_t time_ns)
{
    go_on(decoder, time_ns);
}

const struct decoder_statistics *decoder_statistics(struct decoder *decoder)
{
    struct fragments_statistics fragments = fragments_statistics(decoder->fragments);
    decoder->statistics.datagrams_reassembled = fragments.reassembled;
    decoder->statistics.datagrams_given_up = fragments.given_up;
    decoder->statistics.fragments_waiting = fragments.waiting;
    return &decoder->statistics;
}
