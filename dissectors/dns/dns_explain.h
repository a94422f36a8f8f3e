/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Observations: what is worth saying about a message and cannot be looked up. The sentences are in notes.json.
 */
#ifndef OVERHEAR_DNS_EXPLAIN_H
#define OVERHEAR_DNS_EXPLAIN_H

#include "dns_message.h"

/* What a query's transaction remembers of it, as far as notes need it. */
struct dns_story {
    bool asked;            /* a query was seen */
    bool everybody;        /* it went to a group of machines */
    bool letters_differ;   /* of the name in query and answer */
    bool after_truncation; /* the same was asked over UDP, and the answer did not fit */
    uint32_t retransmissions;
    bool answered_before;      /* no query is open, but one was, and had its answer */
    uint64_t answer_frame;     /* that answer */
    struct moment first, last; /* of the queries */
    bool zone_transfer;        /* asked for and granted */
    uint32_t transferred;      /* records */
};

/* About the TTL, and about the data, just added to an open group. */
void dns_explain_ttl(struct dns_message *message, enum dns_section section, uint32_t ttl);
void dns_explain_data(struct dns_message *message, enum dns_section section, uint16_t type, struct bytes content);

/* About the class just added to the open group, where the record is a part of an UPDATE. */
bool dns_is_update_part(const struct dns_message *message, enum dns_section section);
void dns_explain_update(struct dns_message *message, enum dns_section section, uint16_t type, uint16_t class_number);

/* A multicast question that comes with records of its own: whoever asks wants the name (RFC 6762 section 8.1). */
bool dns_is_probe(const struct dns_message *message, uint16_t type);

/* About a record as a whole: of a question, of an answer, of a question that nobody answered until now. */
void dns_explain_question(struct dns_message *message, const struct dns_story *story);
void dns_explain_answer(struct dns_message *message, const struct dns_story *story);
void dns_explain_unanswered(struct record *record, const struct dns_story *story, struct moment now);
void dns_explain_retransmissions(struct record *record, const struct dns_story *story);

#endif
