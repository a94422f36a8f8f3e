/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Frames as seeds: for the targets that eat captures, and for those that eat frames (frames.h).
 */
#include "seeds.h"

#include "frames.h"
#include "harness.h"

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

void seed_frames_write(const struct seed_frames *frames)
{
    for (uint64_t conversation = 0; conversation < CONVERSATIONS_MAX; conversation++)
        write_conversation(frames, conversation);
}
