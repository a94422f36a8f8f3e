/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Address lists (RFC 5322 section 3.4): who, and by which name.
 *
 *   Alice <alice@example.org>, "Doe, John" <john@example.org>, bob@example.net (Bob), Team: c@x.org, d@x.org;
 *
 * Comments and white space in an address go, an obsolete route (<@relay,@other:user@host>) too; quotes in a local part
 * and characters beyond ASCII stay. A comment serves as name where there is no other.
 */
#ifndef OVERHEAR_DISSECTORS_MAIL_ADDRESS_H
#define OVERHEAR_DISSECTORS_MAIL_ADDRESS_H

#include "mail_scan.h"

enum { MAIL_ADDRESS_BYTES = 1024 };

struct mail_mailbox {
    bool is_group; /* a group begins: only `name` is set */
    bool has_address;
    struct bytes address; /* may be empty: <> */
    struct bytes name;    /* UTF-8 where it can be; empty: none */
    bool cut;
};

struct mail_addresses {
    struct emitter *emitter;
    struct bytes rest;
    size_t barren; /* see mail_word_at */
    bool inside_group;
    bool no_close; /* no > comes any more, */
    bool no_quote; /* or quotes do not match: from there on they are letters */
    uint8_t address[MAIL_ADDRESS_BYTES];
    uint8_t name[MAIL_ADDRESS_BYTES];
};

void mail_addresses_begin(struct mail_addresses *addresses, struct emitter *emitter, struct bytes value);

/* The next one; its texts are valid until the next call. False: no more. */
bool mail_addresses_next(struct mail_addresses *addresses, struct mail_mailbox *ret_mailbox);

/* All of them: addresses to `field` and names to the field after it, names of groups to MAIL_GROUPS. Returns how many
 * addresses there are. */
unsigned mail_addresses_record(struct emitter *emitter, struct record *record, unsigned field, struct bytes value);

#endif
