/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Builds capture files in memory, in either byte order.
 */
#ifndef OVERHEAR_TESTS_CAPTURE_IMAGE_H
#define OVERHEAR_TESTS_CAPTURE_IMAGE_H

#include "overhear/bytes.h"

#include <assert.h>

enum { IMAGE_BYTES = 64 * 1024 };

struct image {
    bool little;
    size_t length;
    uint8_t at[IMAGE_BYTES];
};

static inline struct bytes image_bytes(const struct image *image)
{
    return bytes_of(image->at, image->length);
}

static inline void image_u8(struct image *image, unsigned value)
{
    assert(image->length < IMAGE_BYTES);
    image->at[image->length++] = (uint8_t)value;
}

static inline void image_u16(struct image *image, unsigned value)
{
    image_u8(image, image->little ? value & 0xff : value >> 8);
    image_u8(image, image->little ? value >> 8 : value & 0xff);
}

static inline void image_u32(struct image *image, uint32_t value)
{
    image_u16(image, image->little ? value & 0xffff : value >> 16);
    image_u16(image, image->little ? value >> 16 : value & 0xffff);
}

static inline void image_text(struct image *image, const char *text)
{
    for (; *text != '\0'; text++)
        image_u8(image, (unsigned char)*text);
}

/* --- pcap */

static inline void image_pcap_header(struct image *image, uint32_t magic, unsigned minor, uint32_t link_type)
{
    image_u32(image, magic);
    image_u16(image, 2);
    image_u16(image, minor);
    image_u32(image, 0);
    image_u32(image, 0);
    image_u32(image, 65535);
    image_u32(image, link_type);
}

static inline void image_pcap_frame(struct image *image, uint32_t seconds, uint32_t fraction, uint32_t wire,
                                    const char *data)
{
    image_u32(image, seconds);
    image_u32(image, fraction);
    image_u32(image, (uint32_t)strlen(data));
    image_u32(image, wire);
    image_text(image, data);
}

/* --- pcapng: begin a block, write its body, end it */

static inline size_t image_block_begin(struct image *image, uint32_t type)
{
    size_t start = image->length;
    image_u32(image, type);
    image_u32(image, 0);
    return start;
}

static inline void image_block_end(struct image *image, size_t start)
{
    while (image->length % 4 != 0)
        image_u8(image, 0);
    uint32_t length = (uint32_t)(image->length - start + 4);
    image_u32(image, length);
    size_t end = image->length;
    image->length = start + 4;
    image_u32(image, length);
    image->length = end;
}

static inline void image_section(struct image *image, bool little)
{
    image->little = little;
    size_t start = image_block_begin(image, 0x0a0d0d0a);
    image_u32(image, 0x1a2b3c4d);
    image_u16(image, 1);
    image_u16(image, 0);
    image_u32(image, 0xffffffff);
    image_u32(image, 0xffffffff);
    image_block_end(image, start);
}

/* resolution: if_tsresol; offset: if_tsoffset in seconds. Options are left out where 6 and 0. */
static inline void image_interface(struct image *image, unsigned link_type, uint32_t snap_length, unsigned resolution,
                                   int64_t offset)
{
    size_t start = image_block_begin(image, 1);
    image_u16(image, link_type);
    image_u16(image, 0);
    image_u32(image, snap_length);
    image_u16(image, 2); /* if_name, to be passed over, padded */
    image_u16(image, 5);
    image_text(image, "eth42");
    image_u8(image, 0);
    image_u16(image, 0);
    if (resolution != 6) {
        image_u16(image, 9);
        image_u16(image, 1);
        image_u8(image, resolution);
        image_u8(image, 0);
        image_u16(image, 0);
    }
    if (offset != 0) {
        uint64_t bits = (uint64_t)offset;
        image_u16(image, 14);
        image_u16(image, 8);
        image_u32(image, (uint32_t)(image->little ? bits : bits >> 32));
        image_u32(image, (uint32_t)(image->little ? bits >> 32 : bits));
    }
    image_u32(image, 0); /* opt_endofopt */
    image_block_end(image, start);
}

static inline void image_packet(struct image *image, uint32_t interface, uint64_t time, uint32_t wire, const char *data)
{
    size_t start = image_block_begin(image, 6);
    image_u32(image, interface);
    image_u32(image, (uint32_t)(time >> 32));
    image_u32(image, (uint32_t)time);
    image_u32(image, (uint32_t)strlen(data));
    image_u32(image, wire);
    image_text(image, data);
    image_block_end(image, start);
}

#endif
