/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A question on its way, as it was sent. Nearly every one is answered, and the answer says all of it again: so what is
 * usual is only kept, and taken apart where no answer comes.
 */
#ifndef OVERHEAR_DNS_ASKED_H
#define OVERHEAR_DNS_ASKED_H

#include "dns_explain.h"
#include "dns_message.h"

enum { DNS_ASKED_BYTES = 94 };

struct dns_asked {
    uint8_t length;       /* 0: the question is in the record */
    uint8_t question_end; /* the header ends after DNS_HEADER_BYTES */
    uint8_t bytes[DNS_ASKED_BYTES];
};

/* Keeps a query whose question was read. False, and nothing is done, where it is long or unusual: where taking it apart
 * could find anything but what stands in the record of an answer as well. */
bool dns_asked_keep(struct dns_asked *asked, const struct dns_message *message);

/* Whether the message has the very same question, byte by byte. */
bool dns_asked_again(const struct dns_asked *asked, const struct dns_message *message);

/* The name in question, written to the buffer. */
struct bytes dns_asked_name(const struct dns_asked *asked, char buffer[DNS_NAME_TEXT]);

/* Writes what was kept to the record of the message, in which nothing but flavor, emitter, packet and record is set. */
void dns_asked_write(const struct dns_asked *asked, struct dns_message *message, const struct dns_story *story);

#endif
