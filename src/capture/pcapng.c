/* SPDX-License-Identifier: BSD-3-Clause
 *
 * pcapng (draft-ietf-opsawg-pcapng): a row of blocks. A section begins with a Section Header Block, which tells the
 * byte order of all blocks up to the next one; Interface Description Blocks number its interfaces from 0, each with
 * its own link type, snap length and clock; packet blocks refer to them.
 *
 *     +---------------------------------------------------------------+
 *     |                          block type                           |
 *     |                 total length, a multiple of 4                 |
 *     +---------------------------------------------------------------+
 *     |                       body, then options                      |
 *     +---------------------------------------------------------------+
 *     |                     total length once more                    |
 *     +---------------------------------------------------------------+
 *
 * Read: SHB, IDB (with if_tsresol, if_tsoffset), EPB, SPB and the obsolete Packet Block. All others (names, statistics,
 * decryption secrets, custom) are passed over. The section length is not used: blocks are read one by one, so that -1
 * and wrong lengths do no harm.
 */
#include "format.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    BLOCK_SECTION_HEADER = 0x0a0d0d0a, /* reads the same in both byte orders */
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET_OBSOLETE = 2,
    BLOCK_SIMPLE_PACKET = 3,
    BLOCK_ENHANCED_PACKET = 6,
    BYTE_ORDER_MAGIC = 0x1a2b3c4d,

    BLOCK_HEAD_BYTES = 8,
    BLOCK_OVERHEAD_BYTES = 12, /* type and both lengths */
    SECTION_HEAD_BYTES = 12,   /* type, length, byte-order magic */

    OPTION_END = 0,
    OPTION_TSRESOL = 9,
    OPTION_TSOFFSET = 14,
    TSRESOL_MICROSECONDS = 6,
    TSRESOL_NANOSECONDS = 9,
    TSRESOL_BINARY = 0x80, /* the other bits are a power of 2, not of 10 */

    LINK_TYPE_ETHERNET = 1,
};

/* Wide enough for 64-bit times in any unit, times 10^9. */
__extension__ typedef __int128 wide;

struct pcapng_interface {
    int64_t offset_seconds;
    uint32_t snap_length; /* 0: no limit */
    uint16_t link_type;
    uint8_t resolution; /* if_tsresol */
};

/* Beside enum capture_result: a block without a frame is done. */
enum { BLOCK_DONE = 2 };

struct block {
    uint32_t type;
    uint32_t length;
    bool little;
};

bool pcapng_format_matches(struct bytes first)
{
    struct reader reader = reader_of(first);
    return reader_u32(&reader) == BLOCK_SECTION_HEADER;
}

static int broken(char ret_problem[PROBLEM_SIZE], const char *problem)
{
    snprintf(ret_problem, PROBLEM_SIZE, "%s", problem);
    return CAPTURE_BROKEN;
}

/* Nothing was captured before 1970; so the difference of any two times fits, too. */
static int64_t clamp(wide value)
{
    if (value > INT64_MAX)
        return INT64_MAX;
    return value < 0 ? 0 : (int64_t)value;
}

static wide power_of_ten(unsigned exponent)
{
    wide power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

static int64_t interface_time_ns(const struct pcapng_interface *interface, uint64_t units)
{
    unsigned exponent = interface->resolution & 0x7f;
    wide time;
    if (interface->resolution & TSRESOL_BINARY) /* the product has at most 94 bits */
        time = exponent < 94 ? ((wide)units * 1000000000) >> exponent : 0;
    else if (exponent <= TSRESOL_NANOSECONDS)
        time = (wide)units * power_of_ten(TSRESOL_NANOSECONDS - exponent);
    else /* 2^64 units have 20 digits */
        time = exponent < 29 ? (wide)units / power_of_ten(exponent - TSRESOL_NANOSECONDS) : 0;
    return clamp(time + (wide)interface->offset_seconds * 1000000000);
}

static uint8_t interface_time_digits(const struct pcapng_interface *interface)
{
    unsigned exponent = interface->resolution & 0x7f;
    unsigned finest = interface->resolution & TSRESOL_BINARY ? 20 : 6; /* 2^-20 s is about a microsecond */
    return exponent <= finest ? DIGITS_MICROSECONDS : DIGITS_NANOSECONDS;
}

static int read_section_header(struct pcapng_format *format, struct reader body, char ret_problem[PROBLEM_SIZE])
{
    reader_skip(&body, 4); /* the magic, which next_block has looked at */
    unsigned major = format_u16(&body, format->little);
    unsigned minor = format_u16(&body, format->little);
    reader_skip(&body, 8); /* section length */
    if (!reader_ok(&body))
        return broken(ret_problem, "a section header of at least 28 bytes expected, this one is shorter");
    if (major != 1) {
        snprintf(ret_problem, PROBLEM_SIZE, "pcapng version 1 expected, %u.%u found", major, minor);
        return CAPTURE_BROKEN;
    }
    format->interface_count = 0;
    return BLOCK_DONE;
}

/* Options that run out of their block are left out: the block itself is sound. */
static void read_interface_options(struct pcapng_interface *interface, struct reader options, bool little)
{
    while (reader_left(&options) >= 4) {
        unsigned code = format_u16(&options, little);
        size_t length = format_u16(&options, little);
        struct reader value = reader_sub(&options, length);
        reader_skip(&options, (4 - length % 4) % 4);
        if (code == OPTION_END || !reader_ok(&value))
            return;
        if (code == OPTION_TSRESOL && length == 1)
            interface->resolution = reader_u8(&value);
        if (code == OPTION_TSOFFSET && length == 8) {
            uint64_t first = format_u32(&value, little);
            uint64_t second = format_u32(&value, little);
            interface->offset_seconds = (int64_t)(little ? second << 32 | first : first << 32 | second);
        }
    }
}

static int read_interface(struct pcapng_format *format, struct reader body, char ret_problem[PROBLEM_SIZE])
{
    struct pcapng_interface interface = {.resolution = TSRESOL_MICROSECONDS};
    interface.link_type = format_u16(&body, format->little);
    reader_skip(&body, 2);
    interface.snap_length = format_u32(&body, format->little);
    if (!reader_ok(&body))
        return broken(ret_problem, "an interface description of at least 20 bytes expected, this one is shorter");
    read_interface_options(&interface, body, format->little);
    if (format->interface_count >= LIMIT_INTERFACES) {
        snprintf(ret_problem, PROBLEM_SIZE, "at most %d interfaces expected in a section, here is one more",
                 LIMIT_INTERFACES);
        return CAPTURE_BROKEN;
    }
    if (format->interface_count == format->interface_capacity) {
        uint32_t capacity = format->interface_capacity ? 2 * format->interface_capacity : 4;
        struct pcapng_interface *grown = realloc(format->interfaces, capacity * sizeof *grown);
        if (!grown)
            return broken(ret_problem, "out of memory");
        format->interfaces = grown;
        format->interface_capacity = capacity;
    }
    format->interfaces[format->interface_count++] = interface;
    return BLOCK_DONE;
}

/* What all packet blocks have in common, once their fixed fields are read. */
static int finish_packet(struct pcapng_format *format, struct reader *body, uint32_t interface_id, uint32_t captured,
                         struct frame *ret_frame, char ret_problem[PROBLEM_SIZE])
{
    if (!reader_ok(body))
        return broken(ret_problem, "a packet block with all its fields expected, this one is too short for them");
    if (captured > reader_left(body)) {
        snprintf(ret_problem, PROBLEM_SIZE, "a frame of %u bytes expected, its block has room for %zu", captured,
                 reader_left(body));
        return CAPTURE_BROKEN;
    }
    if (captured > LIMIT_FRAME_BYTES) {
        snprintf(ret_problem, PROBLEM_SIZE, "at most %d bytes of frame expected, the block claims %u",
                 LIMIT_FRAME_BYTES, captured);
        return CAPTURE_BROKEN;
    }
    const struct pcapng_interface *interface = &format->interfaces[interface_id];
    ret_frame->data = reader_take(body, captured);
    ret_frame->link_type = interface->link_type;
    ret_frame->time_digits = interface_time_digits(interface);
    if (ret_frame->wire_length < captured)
        ret_frame->wire_length = captured;
    format->last_time_ns = ret_frame->moment.time_ns;
    return CAPTURE_FRAME;
}

static int check_interface(const struct pcapng_format *format, uint32_t interface_id, char ret_problem[PROBLEM_SIZE])
{
    if (interface_id < format->interface_count)
        return 0;
    snprintf(ret_problem, PROBLEM_SIZE,
             "an interface described in this section expected (there are %u), number %u found", format->interface_count,
             interface_id);
    return -1;
}

/* Enhanced Packet Block: interface 32 bits, time 2 * 32, captured 32, wire 32. The obsolete Packet Block has an
 * interface of 16 bits and a count of drops in the same place. */
static int read_packet(struct pcapng_format *format, struct reader body, bool obsolete, struct frame *ret_frame,
                       char ret_problem[PROBLEM_SIZE])
{
    uint32_t interface_id;
    if (obsolete) {
        interface_id = format_u16(&body, format->little);
        reader_skip(&body, 2);
    } else {
        interface_id = format_u32(&body, format->little);
    }
    uint64_t time_high = format_u32(&body, format->little);
    uint64_t time_low = format_u32(&body, format->little);
    uint32_t captured = format_u32(&body, format->little);
    uint32_t wire = format_u32(&body, format->little);
    if (check_interface(format, interface_id, ret_problem) != 0)
        return CAPTURE_BROKEN;
    int64_t time_ns = interface_time_ns(&format->interfaces[interface_id], time_high << 32 | time_low);
    *ret_frame = (struct frame){.moment.time_ns = time_ns, .wire_length = wire};
    return finish_packet(format, &body, interface_id, captured, ret_frame, ret_problem);
}

/* Simple Packet Block: only the length on the wire; of interface 0, whose snap length says how much was captured. */
static int read_simple_packet(struct pcapng_format *format, struct reader body, struct frame *ret_frame,
                              char ret_problem[PROBLEM_SIZE])
{
    uint32_t wire = format_u32(&body, format->little);
    if (check_interface(format, 0, ret_problem) != 0)
        return CAPTURE_BROKEN;
    uint32_t snap_length = format->interfaces[0].snap_length;
    uint32_t captured = snap_length != 0 && snap_length < wire ? snap_length : wire;
    *ret_frame = (struct frame){.moment.time_ns = format->last_time_ns, .wire_length = wire};
    return finish_packet(format, &body, 0, captured, ret_frame, ret_problem);
}

static bool is_packet_block(uint32_t type)
{
    return type == BLOCK_ENHANCED_PACKET || type == BLOCK_SIMPLE_PACKET || type == BLOCK_PACKET_OBSOLETE;
}

/* Type, byte order and length of the block that begins here. BLOCK_DONE where there is one. */
static int peek_block(const struct pcapng_format *format, struct source *source, struct block *ret_block,
                      char ret_problem[PROBLEM_SIZE])
{
    struct bytes head = source_peek(source, SECTION_HEAD_BYTES);
    if (format_is_at_end(source, head))
        return CAPTURE_END;
    if (head.len < SECTION_HEAD_BYTES)
        return format_short(source, "block", SECTION_HEAD_BYTES, head.len, ret_problem);
    struct reader reader = reader_of(head);
    *ret_block = (struct block){.type = format_u32(&reader, format->little), .little = format->little};
    if (ret_block->type == BLOCK_SECTION_HEADER) {
        struct reader magic = reader_of(bytes_skip(head, BLOCK_HEAD_BYTES));
        uint32_t big = reader_u32(&magic);
        magic = reader_of(bytes_skip(head, BLOCK_HEAD_BYTES));
        ret_block->little = reader_u32le(&magic) == BYTE_ORDER_MAGIC;
        if (!ret_block->little && big != BYTE_ORDER_MAGIC)
            return broken(ret_problem, "the byte-order mark of a pcapng section expected, something else found");
    }
    ret_block->length = format_u32(&reader, ret_block->little);
    if (ret_block->length < BLOCK_OVERHEAD_BYTES || ret_block->length % 4 != 0 ||
        ret_block->length > LIMIT_BLOCK_BYTES) {
        snprintf(ret_problem, PROBLEM_SIZE, "a block of 12 to %d bytes, in fours, expected; this one claims %u",
                 LIMIT_BLOCK_BYTES, ret_block->length);
        return CAPTURE_BROKEN;
    }
    return BLOCK_DONE;
}

static int read_block(struct pcapng_format *format, const struct block *block, struct reader body,
                      struct frame *ret_frame, char ret_problem[PROBLEM_SIZE])
{
    format->little = block->little;
    switch (block->type) {
    case BLOCK_SECTION_HEADER:
        return read_section_header(format, body, ret_problem);
    case BLOCK_INTERFACE:
        return read_interface(format, body, ret_problem);
    case BLOCK_SIMPLE_PACKET:
        return read_simple_packet(format, body, ret_frame, ret_problem);
    case BLOCK_ENHANCED_PACKET:
    case BLOCK_PACKET_OBSOLETE:
        return read_packet(format, body, block->type == BLOCK_PACKET_OBSOLETE, ret_frame, ret_problem);
    default:
        return BLOCK_DONE;
    }
}

/* One block; with stop_at_packet nothing is taken where the next is a packet block, and the answer is END. */
static int next_block(struct pcapng_format *format, struct source *source, bool stop_at_packet, struct frame *ret_frame,
                      char ret_problem[PROBLEM_SIZE])
{
    struct block block = {0};
    int result = peek_block(format, source, &block, ret_problem);
    if (result != BLOCK_DONE)
        return result;
    if (stop_at_packet && is_packet_block(block.type))
        return CAPTURE_END;
    struct bytes bytes = source_peek(source, block.length);
    if (bytes.len < block.length)
        return format_short(source, "block", block.length, bytes.len, ret_problem);
    struct reader trailer = reader_of(bytes_skip(bytes, block.length - 4));
    uint32_t again = format_u32(&trailer, block.little);
    if (again != block.length) {
        snprintf(ret_problem, PROBLEM_SIZE, "a block that ends with its length (%u) expected, %u found", block.length,
                 again);
        return CAPTURE_BROKEN;
    }
    struct bytes body = bytes_slice(bytes, BLOCK_HEAD_BYTES, block.length - BLOCK_OVERHEAD_BYTES);
    result = read_block(format, &block, reader_of(body), ret_frame, ret_problem);
    if (result != CAPTURE_BROKEN)
        source_skip(source, block.length);
    return result;
}

int pcapng_format_begin(struct pcapng_format *format, struct source *source, char ret_problem[PROBLEM_SIZE])
{
    *format = (struct pcapng_format){0};
    struct frame unused;
    int result = next_block(format, source, true, &unused, ret_problem);
    if (result != BLOCK_DONE) {
        pcapng_format_done(format);
        return -1;
    }
    /* Trouble further down is told when it is reached again: a bad block is not skipped. */
    char later[PROBLEM_SIZE];
    while (result == BLOCK_DONE)
        result = next_block(format, source, true, &unused, later);
    return 0;
}

void pcapng_format_done(struct pcapng_format *format)
{
    free(format->interfaces);
    *format = (struct pcapng_format){0};
}

uint16_t pcapng_format_link_type(const struct pcapng_format *format)
{
    return format->interface_count > 0 ? format->interfaces[0].link_type : LINK_TYPE_ETHERNET;
}

enum capture_result pcapng_format_next(struct pcapng_format *format, struct source *source, struct frame *ret_frame,
                                       char ret_problem[PROBLEM_SIZE])
{
    int result = BLOCK_DONE;
    while (result == BLOCK_DONE)
        result = next_block(format, source, false, ret_frame, ret_problem);
    return (enum capture_result)result;
}
