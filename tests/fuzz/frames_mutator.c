/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Changes rows of frames (frames.h) so that they still go through decode: what TCP and UDP carry, and then lengths and
 * checksums are made right, and the sequence numbers of what follows; segments are split, moved, repeated, fragmented.
 */
#include "frames.h"
#include "frames_fix.h"
#include "mutator.h"

enum { PLAIN_IN = 8, FRAME_MAX = 60000, IS_ROW = FUZZ_ROWS };

static uint8_t work[FRAME_MAX];

static uint16_t link_type; /* of the capture; each frame of a row has its own */

static uint16_t link_of(const struct mutator *m, size_t part)
{
    const uint8_t *head = m->parts[part].head;
    return IS_ROW ? (uint16_t)(head[0] << 8 | head[1]) : link_type;
}

/* A frame of TCP or UDP, copied to `work`. */
static bool take_frame(const struct mutator *m, size_t part, struct frame_place *ret_place, size_t *ret_length)
{
    struct bytes body = mutator_body(m, part);
    *ret_length = bytes_copy(work, sizeof work, body);
    return *ret_length == body.len && frame_find(body, link_of(m, part), ret_place);
}

static void put_frame(struct mutator *m, size_t part, size_t length, const struct frame_place *place)
{
    if (mutator_below(m, 16) > 0) /* now and then as it is: wrong */
        frame_fix(work, length, place);
    mutator_set_body(m, part, bytes_of(work, length));
}

/* The frames behind `part` of the same connection: the side's own sequence numbers, the other's acknowledgments. */
static void shift_sequence(struct mutator *m, size_t part, uint32_t by)
{
    struct frame_place first, place;
    size_t length;
    if (!take_frame(m, part, &first, &length) || !first.is_tcp)
        return;
    uint32_t ports = frame_get32(work + first.transport);
    for (size_t i = part + 1; i < m->count; i++) {
        if (!take_frame(m, i, &place, &length) || !place.is_tcp)
            continue;
        uint32_t own = frame_get32(work + place.transport);
        bool same = own == ports, other = own == (ports << 16 | ports >> 16);
        uint8_t *number = work + place.transport + (same ? 4 : 8);
        if (!same && !other)
            continue;
        frame_put32(number, frame_get32(number) + by);
        frame_fix(work, length, &place);
        mutator_set_body(m, i, bytes_of(work, length));
    }
}

static void change_payload(struct mutator *m, size_t part, size_t most)
{
    struct frame_place place;
    size_t length;
    if (!take_frame(m, part, &place, &length)) {
        mutator_change_body(m, part, 0, mutator_body(m, part).len);
        return;
    }
    size_t room = length + most < sizeof work ? length + most : sizeof work;
    size_t payload = LLVMFuzzerMutate(work + place.payload, length - place.payload, room - place.payload);
    uint32_t by = (uint32_t)(place.payload + payload - length);
    put_frame(m, part, place.payload + payload, &place);
    if (by != 0 && mutator_below(m, 4) > 0)
        shift_sequence(m, part, by);
}

/* Something in the headers, in its place. */
static void change_headers(struct mutator *m, size_t part)
{
    struct frame_place place;
    size_t length;
    if (!take_frame(m, part, &place, &length)) {
        mutator_change_body(m, part, 0, mutator_body(m, part).len);
        return;
    }
    (void)LLVMFuzzerMutate(work + place.ip, place.payload - place.ip, place.payload - place.ip);
    struct frame_place now;
    bool good = frame_find(bytes_of(work, length), link_of(m, part), &now);
    if (good && mutator_below(m, 4) > 0)
        frame_fix(work, length, &now);
    mutator_set_body(m, part, bytes_of(work, length));
}

static void change_sequence(struct mutator *m, size_t part)
{
    static const uint8_t flags[] = {0x10, 0x18, 0x11, 0x02, 0x12, 0x04, 0x14, 0x38, 0x01, 0x00};
    struct frame_place place;
    size_t length;
    if (!take_frame(m, part, &place, &length) || !place.is_tcp)
        return;
    uint8_t *tcp = work + place.transport;
    switch (mutator_below(m, 4)) {
    case 0:
        frame_put32(tcp + 4, frame_get32(tcp + 4) + (uint32_t)mutator_below(m, 64) - 32);
        break;
    case 1:
        frame_put32(tcp + 8, frame_get32(tcp + 8) + (uint32_t)mutator_below(m, 4096) - 2048);
        break;
    case 2:
        tcp[13] = flags[mutator_below(m, sizeof flags)];
        break;
    default:
        frame_put16(tcp + 18, mutator_below(m, 16)); /* urgent */
        break;
    }
    put_frame(m, part, length, &place);
}

/* One segment becomes two. */
static void split_segment(struct mutator *m, size_t part)
{
    struct frame_place place;
    size_t length;
    if (m->count == MUTATOR_PARTS || !take_frame(m, part, &place, &length) || !place.is_tcp || length == place.payload)
        return;
    size_t at = mutator_below(m, length - place.payload);
    mutator_copy(m, part, part + 1);
    frame_fix(work, place.payload + at, &place);
    mutator_set_body(m, part, bytes_of(work, place.payload + at));
    (void)take_frame(m, part + 1, &place, &length);
    memmove(work + place.payload, work + place.payload + at, length - place.payload - at);
    frame_put32(work + place.transport + 4, frame_get32(work + place.transport + 4) + (uint32_t)at);
    frame_fix(work, length - at, &place);
    mutator_set_body(m, part + 1, bytes_of(work, length - at));
}

/* One packet of IPv4 becomes two fragments. */
static void fragment(struct mutator *m, size_t part)
{
    enum { MORE = 0x2000 };
    struct frame_place place;
    size_t length;
    if (m->count == MUTATOR_PARTS || !take_frame(m, part, &place, &length) || place.is_v6)
        return;
    size_t units = (length - place.transport) / 8, first = 8 * (units > 0 ? 1 + mutator_below(m, units) : 0);
    if (first == 0 || first >= length - place.transport)
        return;
    uint8_t *ip = work + place.ip;
    mutator_copy(m, part, part + 1);
    frame_put16(ip + 2, place.transport - place.ip + first);
    frame_put16(ip + 6, MORE);
    mutator_set_body(m, part, bytes_of(work, place.transport + first));
    memmove(work + place.transport, work + place.transport + first, length - place.transport - first);
    frame_put16(ip + 2, length - place.ip - first);
    frame_put16(ip + 6, first / 8);
    mutator_set_body(m, part + 1, bytes_of(work, length - first));
}

static void change(struct mutator *m, size_t most)
{
    size_t part = mutator_below(m, m->count), other = mutator_below(m, m->count);
    switch (mutator_below(m, 16)) {
    case 0:
        mutator_copy(m, part, other);
        break;
    case 1:
        mutator_remove(m, part);
        break;
    case 2:
        mutator_swap(m, part, other);
        break;
    case 3:
        split_segment(m, part);
        break;
    case 4:
        fragment(m, part);
        break;
    case 5:
    case 6:
        change_sequence(m, part);
        break;
    case 7:
    case 8:
        change_headers(m, part);
        break;
    case 9: /* time, lengths, link type */
        (void)LLVMFuzzerMutate(m->parts[part].head, IS_ROW ? FRAMES_ROW_HEAD : FRAMES_PCAP_RECORD,
                               IS_ROW ? FRAMES_ROW_HEAD : FRAMES_PCAP_RECORD);
        break;
    case 10: /* cut short by the snap length */
        mutator_set_body(m, part, bytes_first(mutator_body(m, part), mutator_below(m, mutator_body(m, part).len + 1)));
        break;
    default:
        change_payload(m, part, most);
        break;
    }
}

static uint32_t little(struct bytes b, size_t at)
{
    return (uint32_t)bytes_at(b, at) | (uint32_t)bytes_at(b, at + 1) << 8 | (uint32_t)bytes_at(b, at + 2) << 16 |
           (uint32_t)bytes_at(b, at + 3) << 24;
}

/* Returns what is behind the last frame. */
static struct bytes read_frames(struct mutator *m, struct bytes input)
{
    const size_t head_size = IS_ROW ? (size_t)FRAMES_ROW_HEAD : (size_t)FRAMES_PCAP_RECORD;
    struct bytes rest = bytes_skip(input, IS_ROW ? 1 : FRAMES_PCAP_HEADER);
    link_type = (uint16_t)little(input, 20);
    while (rest.len > head_size) {
        struct bytes head = bytes_first(rest, head_size);
        size_t length = IS_ROW ? bytes_u16(rest, 2) : little(rest, 8);
        struct bytes body = bytes_slice(rest, head_size, length);
        if (body.len < length || !mutator_add(m, head, body))
            break;
        rest = bytes_skip(rest, head_size + length);
    }
    return rest;
}

static size_t write_frames(struct mutator *m, struct bytes header, struct bytes rest, uint8_t *data, size_t max_size)
{
    const size_t head_size = IS_ROW ? (size_t)FRAMES_ROW_HEAD : (size_t)FRAMES_PCAP_RECORD;
    size_t size = bytes_copy(data, max_size, header);
    for (size_t i = 0; i < m->count; i++) {
        struct bytes body = mutator_body(m, i);
        uint8_t *head = m->parts[i].head;
        if (max_size - size < head_size + body.len + rest.len)
            break;
        if (IS_ROW) {
            frame_put16(head + 2, body.len);
        } else {
            frames_put_little(head + 8, (uint32_t)body.len);
            if (little(bytes_of(head, head_size), 12) < body.len)
                frames_put_little(head + 12, (uint32_t)body.len);
        }
        size += bytes_copy(data + size, max_size - size, bytes_of(head, head_size));
        size += bytes_copy(data + size, max_size - size, body);
    }
    return size + bytes_copy(data + size, max_size - size, rest);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    enum { REST_MAX = 64 };
    struct mutator *m = mutator_begin(seed);
    struct bytes input = bytes_of(data, size);
    uint8_t header[FRAMES_PCAP_HEADER], last[REST_MAX];
    size_t header_size = IS_ROW ? 1 : FRAMES_PCAP_HEADER;
    bool is_capture = IS_ROW || little(input, 0) == 0xa1b2c3d4;
    if (!is_capture || size <= header_size + 1 || mutator_below(m, PLAIN_IN) == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    struct bytes rest = read_frames(m, input);
    if (m->count == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    bytes_copy(header, sizeof header, bytes_first(input, header_size));
    rest = bytes_of(last, bytes_copy(last, sizeof last, rest));
    if (mutator_below(m, 16) == 0 && rest.len > 0)
        last[rest.len - 1] = (uint8_t)mutator_below(m, 256); /* how it is done */
    for (size_t i = mutator_below(m, 3) + 1; i > 0 && m->count > 0; i--)
        change(m, max_size > size ? max_size - size : 0);
    return write_frames(m, bytes_of(header, header_size), rest, data, max_size);
}
