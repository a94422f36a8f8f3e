/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Domain names, RFC 1035 sections 3.1 and 4.1.4: labels, each after its length, that may go on elsewhere in
 * the message. A pointer must lead to before everything that this name was read from so far, so that no name
 * can loop. Reading one takes at most 255 bytes, and no more pointers than a name can have labels: a pointer to a
 * pointer says nothing, and thousands of them behind each other would be work without an end.
 */
#ifndef OVERHEAR_DNS_NAMES_H
#define OVERHEAR_DNS_NAMES_H

#include "dns_text.h"

#include "overhear/analyzer.h"

enum dns_fault_kind {
    DNS_FAULT_NONE,
    DNS_FAULT_SHORT, /* the bytes end in the middle of it */
    DNS_FAULT_LOOP,  /* a pointer that leads to byte `detail`, not backwards */
    DNS_FAULT_CHAIN, /* goes on through more than `detail` pointers */
    DNS_FAULT_LONG,  /* more than 255 bytes */
    DNS_FAULT_LABEL, /* a length byte of a reserved kind, which is `detail` */
    DNS_FAULT_RDATA, /* does not fit its type */
};

/* What is wrong with a message, and where: an offset into it. */
struct dns_fault {
    enum dns_fault_kind kind;
    size_t at;
    uint64_t detail;
};

/* Reads a name at the reader, which walks over a part of `message`, and adds its presentation form without the
 * last period (the root is `.`) to the text; NULL: only passes over it. Letters stay as they are. False, with
 * the fault told and the reader failed, where it is not a name; the text is then as it was. */
bool dns_name_read(struct bytes message, struct reader *reader, struct dns_text *text, struct dns_fault *ret_fault);

enum { DNS_NAME_BYTES_MAX = 255, DNS_LABEL_MAX = 63 };

/* Past labels and their end. False, and nothing is done, where there is anything else. */
static inline bool dns_name_skip_labels(struct reader *reader)
{
    const struct bytes ahead = reader_peek(reader);
    size_t used = 0;
    uint8_t length = bytes_at(ahead, 0);
    while (length > 0 && length <= DNS_LABEL_MAX) {
        used += length + 1u;
        length = bytes_at(ahead, used);
    }
    if (length > 0 || used >= ahead.len || used >= DNS_NAME_BYTES_MAX)
        return false;
    reader_skip(reader, used + 1);
    return true;
}

/* What was read of one message so far. Nearly every name in an answer is, or ends with, one that stands in the question
 * or in a record before; a pointer to where such a one begins need not be followed. What is full remembers no more. */
enum { DNS_NAMES_KNOWN = 16, DNS_NAMES_TEXT = 1024, DNS_NAMES_SPARE = 384 /* for one more, copied in blocks */ };

struct dns_names {
    unsigned count;
    size_t text_length; /* at most DNS_NAMES_TEXT and one name more */
    struct dns_known_name {
        uint64_t labels; /* bit n: a label begins n bytes after the name, so a name begins there as well */
        uint16_t offset; /* where it begins */
        uint16_t text_at;
        uint8_t length;      /* of a name in bytes, were it not compressed */
        uint8_t text_length; /* its presentation form; where `labels` has more than one bit, without escapes */
    } known[DNS_NAMES_KNOWN];
    char text[DNS_NAMES_TEXT + DNS_NAMES_SPARE];
};

static inline void dns_names_forget(struct dns_names *names)
{
    names->count = 0;
    names->text_length = 0;
}

/* The same as dns_name_read, with the same answer; what it reads it remembers. */
bool dns_name_recall(struct dns_names *names, struct bytes message, struct reader *reader, struct dns_text *text,
                     struct dns_fault *ret_fault);

/* The text of a name that was read before, and its length in bytes; length 0: it was not. */
struct dns_found_name {
    struct bytes text;
    size_t length;
};

/* It does not see that callers ask whether there are names. */
ANALYZER_IS_WRONG("-Wanalyzer-null-dereference")
static inline struct dns_found_name dns_names_find(const struct dns_names *names, size_t offset)
{
    for (unsigned i = 0; i < names->count; i++) {
        const struct dns_known_name *known = &names->known[i];
        size_t inside = offset - known->offset; /* huge, where it is before */
        if (inside < 64 && known->labels >> inside & 1)
            return (struct dns_found_name){bytes_of(names->text + known->text_at + inside, known->text_length - inside),
                                           known->length - inside};
    }
    return (struct dns_found_name){bytes_of(NULL, 0), 0};
}
ANALYZER_MAY_BE_RIGHT

/* The same, but its text is left where it is remembered, until all is forgotten, or is written to `buffer`, which has
 * room for DNS_NAME_TEXT. A pointer to a name that is known, as in nearly all records of an answer, is not a call. */
bool dns_name_view_other(struct dns_names *names, struct bytes message, struct reader *reader, char *buffer,
                         struct bytes *ret_name, struct dns_fault *ret_fault);
static inline bool dns_name_view(struct dns_names *names, struct bytes message, struct reader *reader, char *buffer,
                                 struct bytes *ret_name, struct dns_fault *ret_fault)
{
    enum { POINTER_BITS = 0xc000 };
    const struct bytes ahead = reader_peek(reader);
    const size_t pointer = bytes_u16(ahead, 0);
    if (pointer >= POINTER_BITS && pointer - POINTER_BITS < bytes_offset(message, ahead)) {
        *ret_name = dns_names_find(names, pointer - POINTER_BITS).text;
        if (ret_name->len > 0) {
            reader_skip(reader, 2);
            return true;
        }
    }
    return dns_name_view_other(names, message, reader, buffer, ret_name, ret_fault);
}

/* A hash of a presentation form in which capital and small letters are the same. */
uint64_t dns_name_hash(uint64_t seed, struct bytes name);

#endif
