/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Frames as seeds: for the targets that eat captures, and for those that eat frames (frames.h).
 */
#include "seeds.h"

#include "frames.h"
#include "harness.h"

#include "decode/decode.h"
#include "util/budget.h"

enum { KEPT_MAX = 20000, CONVERSATIONS_MAX = 200, FRAME_MAX = 1600 };

struct kept {
    struct frame frame;
    uint8_t *copy;
    uint64_t conversation;
};

struct seed_frames {
    size_t count;
    struct kept kept[KEPT_MAX];
};

struct seed_frames *seed_frames_new(void)
{
    struct seed_frames *frames = calloc(1, sizeof *frames);
    demand(frames != NULL);
    return frames;
}

void seed_frames_free(struct seed_frames *frames)
{
    for (size_t i = 0; i < frames->count; i++)
        free(frames->kept[i].copy);
    free(frames);
}

void seed_frames_add(struct seed_frames *frames, const struct frame *frame, uint64_t conversation)
{
    if (frames->count == KEPT_MAX || frame->data.len > FRAME_MAX)
        return;
    struct kept *kept = &frames->kept[frames->count++];
    *kept = (struct kept){*frame, fuzz_copy(frame->data), conversation};
    kept->frame.data = bytes_of(kept->copy, frame->data.len);
}

/* A classic pcap of the frames of one conversation and of one link type. */
static bool add_pcap(struct seed *seed, const struct frame *frame)
{
    if (seed->length == 0)
        seed_add(seed, bytes_of(frames_pcap_header(frame->link_type).at, FRAMES_PCAP_HEADER));
    if (frame->data.len + FRAMES_PCAP_RECORD > SEED_BYTES - seed->length)
        return false;
    struct frames_record head = frames_pcap_record(frame);
    seed_add(seed, bytes_of(head.at, FRAMES_PCAP_RECORD));
    return seed_add(seed, frame->data);
}

static bool add_row(struct seed *seed, const struct frame *frame)
{
    if (seed->length == 0)
        seed_add_number(seed, 0, 1);
    if (frame->data.len + FRAMES_ROW_HEAD > SEED_BYTES - seed->length)
        return false;
    seed_add_number(seed, frame->link_type, 2);
    seed_add_number(seed, frame->data.len, 2);
    uint32_t cut_off = frame->wire_length - (uint32_t)frame->data.len;
    seed_add_number(seed, cut_off < 255 ? cut_off : 255, 1);
    seed_add_number(seed, 0, 1);
    return seed_add(seed, frame->data);
}

static void write_conversation(const struct seed_frames *frames, uint64_t conversation)
{
    struct seed pcap = {.length = 0}, row = {.length = 0};
    bool go_on = true;
    for (size_t i = 0; i < frames->count && go_on; i++) {
        const struct kept *kept = &frames->kept[i];
        if (kept->conversation == conversation)
            go_on = add_pcap(&pcap, &kept->frame) && add_row(&row, &kept->frame);
    }
    if (pcap.length > 0)
        seed_add_number(&pcap, 0, 1); /* how: the target's last byte */
    seed_write("engine", &pcap);
    seed_write("capture", &pcap);
    seed_write("decode", &row);
}

/* One segment as fuzz_tcp.c reads it: with its own numbers. */
static void add_segment(struct seed *seed, const struct packet *packet, const struct address *client)
{
    enum { WITH_FLAGS = 0x80, LONG = 0x10, OWN_NUMBERS = 0x0f };
    bool is_server = memcmp(&packet->source.ip, client, sizeof *client) != 0;
    seed_add_number(seed, (is_server ? 1u : 0u) | WITH_FLAGS | LONG, 1);
    seed_add_number(seed, OWN_NUMBERS, 1);
    seed_add_number(seed, packet->tcp.flags, 1);
    seed_add_number(seed, packet->tcp.sequence, 4);
    seed_add_number(seed, packet->tcp.acknowledgment, 4);
    seed_add_number(seed, packet->payload_length, 2);
}

static void write_segments(const struct seed_frames *frames, uint64_t conversation)
{
    struct budget budget;
    struct seed seed = {.length = 0};
    struct address client = {.family = 0};
    budget_init(&budget, 0);
    struct decoder *decoder = decoder_new(&budget, false);
    demand(decoder != NULL);
    for (size_t i = 0; i < frames->count; i++) {
        struct packet packet;
        const struct kept *kept = &frames->kept[i];
        if (kept->conversation != conversation || decode_frame(decoder, &kept->frame, &packet) != DECODE_PACKET ||
            packet.transport != TRANSPORT_TCP)
            continue;
        if (client.family == 0)
            client = packet.source.ip;
        add_segment(&seed, &packet, &client);
    }
    decoder_free(decoder);
    seed_write("tcp", &seed);
}

/* A piece as fuzz_fragments.c reads it; frames of Ethernet with IP in them will do. */
static void add_piece(struct seed *seed, struct bytes frame)
{
    enum { IPV4 = 0x0800, IPV6 = 0x86dd, IP_AT = 14, V6_FRAGMENT_AT = 54, FRAGMENT = 44, MORE = 0x2000 };
    uint16_t type = bytes_u16(frame, 12), place = bytes_u16(frame, IP_AT + 6);
    if (type == IPV4 && (place & 0x3fff)) {
        size_t header = (bytes_at(frame, IP_AT) & 0x0fu) * 4u;
        seed_add_number(seed, bytes_u16(frame, IP_AT + 4) & 1, 1);
        seed_add_number(seed, place & 0x1fff, 2);
        seed_add_number(seed, bytes_u16(frame, IP_AT + 2) - header, 2);
        seed_add_number(seed, place & MORE ? 1 : 0, 1);
    } else if (type == IPV6 && bytes_at(frame, IP_AT + 6) == FRAGMENT) {
        place = bytes_u16(frame, V6_FRAGMENT_AT + 2);
        seed_add_number(seed, 4u | (bytes_at(frame, V6_FRAGMENT_AT + 7) & 1u), 1);
        seed_add_number(seed, place >> 3, 2);
        seed_add_number(seed, bytes_u16(frame, IP_AT + 4) - 8u, 2);
        seed_add_number(seed, place & 1, 1);
    }
}

static void write_pieces(const struct seed_frames *frames)
{
    struct seed seed = {.length = 0};
    for (size_t i = 0; i < frames->count; i++)
        add_piece(&seed, frames->kept[i].frame.data);
    seed_write("fragments", &seed);
}

void seed_frames_write(const struct seed_frames *frames)
{
    for (uint64_t conversation = 0; conversation < CONVERSATIONS_MAX; conversation++)
        write_conversation(frames, conversation);
    for (uint64_t conversation = 1; conversation < CONVERSATIONS_MAX; conversation++)
        write_segments(frames, conversation);
    write_pieces(frames);
}
