/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The two file formats. A reader takes frames from a source one by one and skips what it has used only once it is
 * whole and sound: where it breaks off, source_offset is still where the bad frame or block begins.
 *
 * Both answer with enum capture_result; ret_problem is the part of the message that says what was expected.
 */
#ifndef OVERHEAR_CAPTURE_FORMAT_H
#define OVERHEAR_CAPTURE_FORMAT_H

#include "capture.h"
#include "source.h"

enum { PROBLEM_SIZE = 256 };

/* 1e-6 s and 1e-9 s, as struct frame has them */
enum { DIGITS_MICROSECONDS = 6, DIGITS_NANOSECONDS = 9 };

struct pcap_format {
    bool little; /* byte order of the numbers in the headers */
    bool nanoseconds;
    bool lengths_swapped;  /* very old files have captured and wire length in the other order */
    bool lengths_unsure;   /* version 2.3 was written both ways */
    bool unusual;          /* one of these, or another length of header */
    uint8_t header_length; /* of a frame: 16, or 24 in the modified form */
    uint16_t link_type;
};

struct pcapng_interface;

struct pcapng_format {
    bool little;                         /* of the section in hand */
    struct pcapng_interface *interfaces; /* of the section in hand */
    uint32_t interface_count, interface_capacity;
    int64_t last_time_ns; /* for blocks that have no time */
};

/* Do these first bytes (4 are enough) belong to the format? */
bool pcap_format_matches(struct bytes first);
bool pcapng_format_matches(struct bytes first);

/* Read the file's own header. 0, or -1 with the problem. That of pcapng reads on to the first frame, so that the link
 * type of the first interface is known. */
int pcap_format_begin(struct pcap_format *format, struct source *source, char ret_problem[PROBLEM_SIZE]);
int pcapng_format_begin(struct pcapng_format *format, struct source *source, char ret_problem[PROBLEM_SIZE]);
void pcapng_format_done(struct pcapng_format *format);

/* Of the first interface; 1 (Ethernet) where none is described yet. */
uint16_t pcapng_format_link_type(const struct pcapng_format *format);

/* The next frames, numbered from `number`, as long as they are usual, sound, and lie whole in the buffer. Returns how
 * many there are, at most `capacity`; pcap_format_next knows what the next one is. */
size_t pcap_format_at_hand(const struct pcap_format *format, struct source *source, uint64_t number,
                           struct frame *ret_frames, size_t capacity);

/* Sets everything but moment.frame. */
enum capture_result pcap_format_next(const struct pcap_format *format, struct source *source, struct frame *ret_frame,
                                     char ret_problem[PROBLEM_SIZE]);
enum capture_result pcapng_format_next(struct pcapng_format *format, struct source *source, struct frame *ret_frame,
                                       char ret_problem[PROBLEM_SIZE]);

/* The capture ends here, between two frames or blocks, as it should. */
static inline bool format_is_at_end(const struct source *source, struct bytes header)
{
    return header.len == 0 && source_state(source) == SOURCE_END;
}

/* What a peek that came back short means within a frame or block: NOTHING where a signal came, else BROKEN with the
 * problem. */
enum capture_result format_short(const struct source *source, const char *what, size_t expected, size_t there,
                                 char ret_problem[PROBLEM_SIZE]);

/* Numbers in the byte order of the file. */
static inline uint32_t format_u32(struct reader *reader, bool little)
{
    return little ? reader_u32le(reader) : reader_u32(reader);
}

static inline uint16_t format_u16(struct reader *reader, bool little)
{
    return little ? reader_u16le(reader) : reader_u16(reader);
}

#endif
