/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which records of an answer have nothing to do with its question.
 */
#ifndef OVERHEAR_DNS_RELATED_H
#define OVERHEAR_DNS_RELATED_H

#include "dns_message.h"

/* Of a message with more of any of these, nothing is said. Rounds are needed only where a record stands before the one
 * that leads to it. */
enum { DNS_RELATED_RECORDS = 64, DNS_RELATED_NAMES = 64, DNS_RELATED_ZONES = 128, DNS_RELATED_ROUNDS = 8 };

struct dns_related_record {
    uint64_t owner, target; /* hashes of names; target 0: none */
    uint16_t type, at;
    uint8_t section;
    bool is_known;
};

struct dns_related {
    uint64_t names[DNS_RELATED_NAMES], zones[DNS_RELATED_ZONES];
    unsigned name_count, zone_count, record_count;
    bool full;
    struct dns_related_record records[DNS_RELATED_RECORDS];
    char name[DNS_NAME_TEXT];
};

/* Looks whether the record in hand, whose name and data were read, may have nothing to do with the question. This is
 * cheap; where nothing was found there is nothing. */
void dns_look_for_unrelated(struct dns_message *message, enum dns_section section, uint16_t type);

/* Look at all records of a message that was read to its end, and tell of those that have nothing to do with it. */
void dns_tell_unrelated(const struct dns_message *message);

#endif
