/* SPDX-License-Identifier: BSD-3-Clause
 *
 * pcap (draft-ietf-opsawg-pcap): one header for the file, one for each frame, all in the byte order of the machine
 * that wrote it, which the first four bytes tell.
 *
 *      0                   1                   2                   3
 *     +---------------------------------------------------------------+
 *     |   a1b2c3d4 microseconds  a1b23c4d nanoseconds  a1b2cd34 modified
 *     +---------------------------------------------------------------+
 *     |         major version         |         minor version         |
 *     +---------------------------------------------------------------+
 *     |                           time zone (0)                       |
 *     |                           accuracy (0)                        |
 *     |                           snap length                         |
 *     +---------------------------------------------------------------+
 *     | FCS length, in its upper half |           link type           |
 *     +---------------------------------------------------------------+
 *
 *     frame:  seconds, fraction, captured length, length on the wire: 32 bits each; the modified form adds interface,
 *             protocol and packet type, which nobody needs: 8 bytes.
 *
 * Left out on purpose: the variants of AIX, Nokia and others that share a magic number and can only be told by trying.
 */
#include "format.h"

#include <stdio.h>

enum {
    FILE_HEADER_BYTES = 24,
    FRAME_HEADER_BYTES = 16,
    FRAME_HEADER_MODIFIED_BYTES = 24,
    VERSION_MAJOR = 2,
    VERSION_MAJOR_OLD_TCPDUMP = 543, /* what one release of the early nineties wrote */
    VERSION_MINOR_UNSURE = 3,
};

static const uint32_t magic_microseconds = 0xa1b2c3d4;
static const uint32_t magic_nanoseconds = 0xa1b23c4d;
static const uint32_t magic_modified = 0xa1b2cd34;

/* The magic number, and the byte order in which it reads right; 0 where it is none of ours. */
static uint32_t find_magic(struct bytes first, bool *ret_little)
{
    for (int order = 0; order < 2; order++) {
        struct reader reader = reader_of(first);
        *ret_little = order == 1;
        uint32_t magic = format_u32(&reader, *ret_little);
        if (magic == magic_microseconds || magic == magic_nanoseconds || magic == magic_modified)
            return magic;
    }
    return 0;
}

bool pcap_format_matches(struct bytes first)
{
    bool little;
    return find_magic(first, &little) != 0;
}

int pcap_format_begin(struct pcap_format *format, struct source *source, char ret_problem[PROBLEM_SIZE])
{
    struct bytes header = source_peek(source, FILE_HEADER_BYTES);
    *format = (struct pcap_format){.header_length = FRAME_HEADER_BYTES};
    uint32_t magic = find_magic(header, &format->little);
    if (header.len < FILE_HEADER_BYTES) {
        format_short(source, "pcap file header", FILE_HEADER_BYTES, header.len, ret_problem);
        return -1;
    }
    struct reader reader = reader_of(header);
    reader_skip(&reader, 4);
    unsigned major = format_u16(&reader, format->little);
    unsigned minor = format_u16(&reader, format->little);
    reader_skip(&reader, 12);
    format->link_type = (uint16_t)(format_u32(&reader, format->little) & 0xffff);
    if (major != VERSION_MAJOR && major != VERSION_MAJOR_OLD_TCPDUMP) {
        snprintf(ret_problem, PROBLEM_SIZE, "pcap version 2 expected, %u.%u found", major, minor);
        return -1;
    }
    format->nanoseconds = magic == magic_nanoseconds;
    if (magic == magic_modified)
        format->header_length = FRAME_HEADER_MODIFIED_BYTES;
    format->lengths_swapped = major == VERSION_MAJOR_OLD_TCPDUMP || minor < VERSION_MINOR_UNSURE;
    format->lengths_unsure = major == VERSION_MAJOR && minor == VERSION_MINOR_UNSURE;
    format->unusual = format->lengths_swapped || format->lengths_unsure || format->header_length != FRAME_HEADER_BYTES;
    source_skip(source, FILE_HEADER_BYTES);
    return 0;
}

static void swap_lengths(uint32_t *captured, uint32_t *wire)
{
    uint32_t length = *captured;
    *captured = *wire;
    *wire = length;
}

struct frame_header {
    uint32_t seconds, fraction, captured, wire;
};

static inline uint32_t number_at(struct bytes header, size_t at, bool little)
{
    uint32_t v = bytes_u32(header, at);
    return little ? v >> 24 | (v >> 8 & 0xff00) | (v << 8 & 0xff0000) | v << 24 : v;
}

static inline struct frame_header read_frame_header(struct bytes header, bool little)
{
    return (struct frame_header){number_at(header, 0, little), number_at(header, 4, little),
                                 number_at(header, 8, little), number_at(header, 12, little)};
}

static void fill_frame(const struct pcap_format *format, const struct frame_header *header, struct bytes data,
                       struct frame *ret_frame)
{
    *ret_frame = (struct frame){
        .data = data,
        /* at most 2^32 s and 2^32 µs: no overflow */
        .moment.time_ns = (int64_t)header->seconds * 1000000000 +
                          (int64_t)header->fraction * (format->nanoseconds ? 1 : 1000),
        .wire_length = header->wire > header->captured ? header->wire : header->captured,
        .link_type = format->link_type,
        .time_digits = format->nanoseconds ? DIGITS_NANOSECONDS : DIGITS_MICROSECONDS,
    };
}

size_t pcap_format_at_hand(const struct pcap_format *format, struct source *source, uint64_t number,
                           struct frame *ret_frames, size_t capacity)
{
    const struct pcap_format usual = *format; /* nothing that is written below can change it */
    const struct bytes ahead = ((struct source_ahead *)source)->bytes;
    struct bytes rest = ahead;
    size_t count = 0;
    while (count < capacity && !usual.unusual && rest.len >= FRAME_HEADER_BYTES) {
        struct frame_header header = read_frame_header(rest, usual.little);
        struct bytes data = bytes_skip(rest, FRAME_HEADER_BYTES);
        if (data.len < header.captured || header.captured > LIMIT_FRAME_BYTES)
            break;
        rest = bytes_skip(data, header.captured);
        fill_frame(&usual, &header, bytes_first(data, header.captured), &ret_frames[count]);
        ret_frames[count].moment.frame = number + count;
        count++;
    }
    source_skip(source, ahead.len - rest.len);
    return count;
}

enum capture_result pcap_format_next(const struct pcap_format *format, struct source *source, struct frame *ret_frame,
                                     char ret_problem[PROBLEM_SIZE])
{
    struct bytes header = source_peek(source, format->header_length);
    if (format_is_at_end(source, header))
        return CAPTURE_END;
    if (header.len < format->header_length)
        return format_short(source, "frame header", format->header_length, header.len, ret_problem);
    struct frame_header words = read_frame_header(header, format->little);
    if (format->lengths_swapped || (format->lengths_unsure && words.captured > words.wire))
        swap_lengths(&words.captured, &words.wire);
    uint32_t captured = words.captured;
    if (captured > LIMIT_FRAME_BYTES) {
        snprintf(ret_problem, PROBLEM_SIZE, "at most %d bytes of frame expected, the header claims %u",
                 LIMIT_FRAME_BYTES, captured);
        return CAPTURE_BROKEN;
    }
    size_t whole = (size_t)format->header_length + captured;
    struct bytes bytes = source_peek(source, whole);
    if (bytes.len < whole)
        return format_short(source, "frame", captured, bytes.len - format->header_length, ret_problem);
    source_skip(source, whole);
    fill_frame(format, &words, bytes_skip(bytes, format->header_length), ret_frame);
    return CAPTURE_FRAME;
}
