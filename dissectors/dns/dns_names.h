/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Domain names, RFC 1035 sections 3.1 and 4.1.4: labels, each after its length, that may go on elsewhere in
 * the message. A pointer must lead to before everything that this name was read from so far, so that no name
 * can loop and reading one takes at most 255 bytes and as many jumps as there are labels.
 */
#ifndef OVERHEAR_DNS_NAMES_H
#define OVERHEAR_DNS_NAMES_H

#include "dns_text.h"

enum dns_fault_kind {
    DNS_FAULT_NONE,
    DNS_FAULT_SHORT, /* the bytes end in the middle of it */
    DNS_FAULT_LOOP,  /* a pointer that leads to byte `detail`, not backwards */
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

/* The same, but its text is left where it is remembered, until all is forgotten, or is written to `buffer`, which has
 * room for DNS_NAME_TEXT. */
bool dns_name_view(struct dns_names *names, struct bytes message, struct reader *reader, char *buffer,
                   struct bytes *ret_name, struct dns_fault *ret_fault);

/* A hash of a presentation form in which capital and small letters are the same. */
uint64_t dns_name_hash(uint64_t seed, struct bytes name);

#endif
