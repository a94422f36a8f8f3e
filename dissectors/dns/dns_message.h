/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One message, taken apart: header, questions, three sections of records, EDNS (RFC 1035 section 4, RFC 6891).
 */
#ifndef OVERHEAR_DNS_MESSAGE_H
#define OVERHEAR_DNS_MESSAGE_H

#include "dns_fields.h"
#include "dns_names.h"
#include "dns_words.h"

#include "overhear/dissector.h"

enum { DNS_TARGETS = 8 };
enum { DNS_FLAGS_END = 4, DNS_HEADER_BYTES = 12, DNS_QUESTION_BYTES_MIN = 5, DNS_RECORD_BYTES_MIN = 11 };

enum dns_flag {
    DNS_FLAG_QR = 0x8000, /* an answer */
    DNS_FLAG_AA = 0x0400,
    DNS_FLAG_TC = 0x0200,
    DNS_FLAG_RD = 0x0100,
    DNS_FLAG_RA = 0x0080,
    DNS_FLAG_Z = 0x0040,
    DNS_FLAG_AD = 0x0020,
    DNS_FLAG_CD = 0x0010,
};

/* Three protocols share the format and differ in the meaning of some bits. */
enum dns_flavor { DNS_UNICAST, DNS_MULTICAST, DNS_LINK_LOCAL };

enum dns_section { DNS_ANSWER, DNS_AUTHORITY, DNS_ADDITIONAL, DNS_SECTIONS };

/* A zone on its way, which takes many messages: RFC 5936 ends with the SOA that it began with; an incremental
 * one (RFC 1995) has the new SOA once more in between. */
struct dns_transfer {
    bool wanted;      /* the question is AXFR or IXFR over TCP */
    bool changes;     /* the question is IXFR */
    bool incremental; /* and so is the answer */
    bool complete;
    bool serial_known; /* of the asker's copy */
    uint32_t asker_serial;
    uint32_t serial;
    uint32_t records;
    uint32_t ends;
};

struct dns_message {
    struct bytes bytes; /* without the length that TCP puts before it */
    struct reader reader;
    struct dns_names *names; /* read of it so far */
    enum dns_flavor flavor;
    bool cut; /* a part is missing that the sender did send */
    bool answer;
    bool unasked; /* an answer that nobody asked for, where questions are seen: told, and not believed */
    uint16_t id, flags;
    unsigned opcode, rcode;
    uint16_t claimed[1 + DNS_SECTIONS]; /* by the header: questions, then the sections */
    unsigned found[1 + DNS_SECTIONS];
    bool broken; /* what follows cannot be read */

    bool has_question;
    size_t question_end; /* in the bytes */
    uint16_t question_type, question_class;
    bool question_unicast;
    struct bytes question;
    char *question_buffer;

    struct emitter *emitter;
    const struct message *packet;
    struct record *record;
    struct dns_transfer *transfer;
    struct dns_related *related; /* room; NULL: nobody asks */
    bool may_be_unrelated;       /* a record was, at first sight */
    unsigned target_count;
    uint64_t targets[DNS_TARGETS];    /* hashes of the first names that records which are not lead to */
    bool keeps_section[DNS_SECTIONS]; /* the record's own stays */

    size_t written; /* text of the records and questions so far */

    /* what is worth a note */
    struct bytes chain_end; /* where the aliases lead to */
    char *chain_end_buffer; /* of DNS_NAME_TEXT; NULL: what is written is no answer */
    unsigned chain_length;
    uint32_t chain_ttl; /* the shortest of theirs */
    bool has_negative;
    uint32_t negative_ttl;
    unsigned referral_count;
    bool has_opt, wants_signatures;
    bool has_soa;
    uint32_t soa_serial;

    /* of the record in hand */
    struct bytes name, data; /* as text, wherever it stands */
    uint16_t name_class;
    char *name_buffer;
    struct dns_text data_text;
};

/* Buffers for the texts above. */
struct dns_buffers {
    struct dns_names names;
    char question[DNS_NAME_TEXT];
    char name[DNS_NAME_TEXT];
};

/* Reads the header and the first question. False where there is not even a header; of one that the capture cut, the
 * flags are enough. `cut`, `flavor`, `emitter` and `data_text` are set before. */
bool dns_message_begin(struct dns_message *message, struct dns_buffers *buffers, struct bytes bytes);

/* Writes header and first question, then reads and writes all that follows; anomalies are reported. */
void dns_message_write(struct dns_message *message);

/* The field that holds a section: those of an UPDATE are of another kind. */
unsigned dns_section_field(unsigned opcode, unsigned section);

/* Adds the flags to the record, as this flavor calls them. */
void dns_message_write_flags(struct record *record, enum dns_flavor flavor, uint16_t flags);

/* dns_edns.c: an OPT record whose name and type have been read. Returns the upper bits of the response code. */
unsigned dns_edns_write(struct dns_message *message, uint16_t udp_size, uint32_t ttl, struct bytes content);

/* dns_learn.c: what an answer tells of names, of a record in hand whose content is fine. */
void dns_learn_address(struct dns_message *message, uint16_t type, uint32_t ttl, struct bytes content);
void dns_learn_alias(struct dns_message *message, uint32_t ttl);
void dns_learn_pointer(struct dns_message *message, uint32_t ttl);

/* The address that a name below in-addr.arpa or ip6.arpa stands for, in full. False: none. */
bool dns_reverse_address(struct bytes name, struct address *ret_address);

/* A fault becomes an anomaly, unless the capture is to blame. */
void dns_message_fault(struct dns_message *message, const struct dns_fault *fault);

/* The prefix with the number, where there is no word. */
void dns_record_number(struct record *record, unsigned field, const char *prefix, unsigned number);

static inline void dns_record_word(struct record *record, unsigned field, const char *word, const char *prefix,
                                   unsigned number)
{
    if (word)
        record_word(record, field, word);
    else
        dns_record_number(record, field, prefix, number);
}

static inline void dns_record_type(struct record *record, unsigned field, uint16_t type)
{
    const struct dns_word *word = dns_low_type(type);
    if (word)
        record_word_of(record, field, word->text, word->length);
    else
        dns_record_word(record, field, dns_type_word(type), "TYPE", type);
}

static inline void dns_record_class(struct record *record, unsigned field, uint16_t class_number)
{
    if (class_number == DNS_CLASS_IN)
        record_word(record, field, "IN");
    else
        dns_record_word(record, field, dns_other_class_word(class_number), "CLASS", class_number);
}

#endif
