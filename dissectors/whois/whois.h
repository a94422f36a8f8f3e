/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the files of this folder share.
 */
#ifndef OVERHEAR_WHOIS_H
#define OVERHEAR_WHOIS_H

#include "overhear/text.h"

enum whois_field {
    WHOIS_QUERY,
    WHOIS_SERVER,
    WHOIS_BYTES,
    WHOIS_TEXT,
    WHOIS_REFERRAL,
    WHOIS_DOMAIN,
    WHOIS_REGISTRAR,
    WHOIS_CREATED,
    WHOIS_UPDATED,
    WHOIS_EXPIRES,
    WHOIS_NAME_SERVERS,
    WHOIS_STATUS,
    WHOIS_NETWORK,
    WHOIS_NETWORK_NAME,
    WHOIS_ORGANIZATION,
    WHOIS_COUNTRY,
    WHOIS_ABUSE,
    WHOIS_FIELD_COUNT,
    WHOIS_NOTHING = WHOIS_FIELD_COUNT
};

enum {
    WHOIS_QUERY_BYTES = 4096,
    WHOIS_LINE_BYTES = 512, /* of a line that is looked at */
    WHOIS_VALUES = 32       /* name servers, and statuses, of one answer */
};

/* What reading one answer line by line has to remember. */
struct whois_reading {
    uint16_t length;       /* of the line in hand */
    uint16_t lines;        /* so far; stays at the highest */
    bool passing;          /* lost bytes: the rest of this line is passed over */
    bool torn;             /* bytes were lost: the text as a whole ends here, lines are read on */
    bool held_return;      /* a CR came last: part of the line's end, or of its text */
    uint8_t section;       /* enum whois_field: a heading whose values stand below it, further to the right */
    uint8_t section_depth; /* how far to the right the heading stands */
    uint8_t name_servers, statuses;
    bool found;   /* a value was recognised */
    bool vacant;  /* the status says that nobody has it */
    bool missing; /* a line says that there is nothing */
    bool refused; /* a line says that too much was asked */
    uint8_t line[WHOIS_LINE_BYTES];
};

extern const struct dataset whois_dataset;

/* The protocol has no word for it: was the answer a no? */
bool whois_is_no(const struct whois_reading *reading);

/* Takes the answer piece by piece. */
void whois_read(struct whois_reading *reading, struct record *record, struct bytes piece);
/* The last line may have no end. */
void whois_read_end(struct whois_reading *reading, struct record *record);

/* Observations, where context has something worth saying. */
void whois_explain_query(struct record *record, struct bytes query);
void whois_explain_answer(const struct whois_reading *reading, struct record *record);

#endif
