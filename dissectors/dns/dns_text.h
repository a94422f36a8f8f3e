/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Text in a buffer of fixed size: what rdata and names are written into before a record copies them.
 * What does not fit is left out and `cut` is set; nothing is ever NUL-ended.
 */
#ifndef OVERHEAR_DNS_TEXT_H
#define OVERHEAR_DNS_TEXT_H

#include "overhear/bytes.h"

enum {
    DNS_NAME_TEXT = 1024,        /* a name of 255 bytes, each of them as \DDD, with room to spare */
    DNS_RDATA_TEXT = 264 * 1024, /* 65535 bytes of rdata, each of them as \DDD */
};

struct dns_text {
    char *buffer;
    size_t length, capacity;
    bool cut;
};

static inline struct dns_text dns_text_in(char *buffer, size_t capacity)
{
    return (struct dns_text){buffer, 0, capacity, false};
}

static inline struct bytes dns_text_bytes(const struct dns_text *text)
{
    return bytes_of(text->buffer, text->length);
}

static inline void dns_text_char(struct dns_text *text, char c)
{
    if (text->length < text->capacity)
        text->buffer[text->length++] = c;
    else
        text->cut = true;
}

/* Where `size` bytes may be written at once; NULL where they do not all fit. What was written is then `taken`. */
static inline char *dns_text_room(struct dns_text *text, size_t size)
{
    return text->capacity - text->length >= size ? text->buffer + text->length : NULL;
}

static inline void dns_text_taken(struct dns_text *text, size_t size)
{
    text->length += size;
}

static inline void dns_text_add(struct dns_text *text, struct bytes more)
{
    size_t added = bytes_copy(text->buffer + text->length, text->capacity - text->length, more);
    text->length += added;
    text->cut = text->cut || added < more.len;
}

void dns_text_string(struct dns_text *text, const char *more);
void dns_text_unsigned(struct dns_text *text, uint64_t value);
/* With leading zeros up to `digits`. */
void dns_text_padded(struct dns_text *text, uint64_t value, unsigned digits);

/* A byte as \DDD. */
void dns_text_escape(struct dns_text *text, uint8_t byte);
/* Between quotes: a quote and a backslash get a backslash, what is not printable becomes \DDD. */
void dns_text_quoted(struct dns_text *text, struct bytes content);

enum { DNS_UNSPLIT = 0, DNS_SPLIT = 56 /* digits of hex or base64 between spaces, as dig prints them */ };
void dns_text_hex(struct dns_text *text, struct bytes content, size_t split);
void dns_text_hex_lower(struct dns_text *text, struct bytes content);
void dns_text_base64(struct dns_text *text, struct bytes content, size_t split);
/* RFC 4648 section 7, without padding: owner names of NSEC3. */
void dns_text_base32hex(struct dns_text *text, struct bytes content);

/* Seconds since 1970 as YYYYMMDDHHMMSS. */
void dns_text_time(struct dns_text *text, uint32_t seconds);
void dns_text_ipv4(struct dns_text *text, struct bytes octets);
void dns_text_ipv6(struct dns_text *text, struct bytes octets);

#endif
