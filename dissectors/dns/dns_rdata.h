/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a record says, in the presentation format of its type as `dig` prints it.
 */
#ifndef OVERHEAR_DNS_RDATA_H
#define OVERHEAR_DNS_RDATA_H

#include "dns_names.h"
#include "dns_words.h"

/* Adds the presentation form of `rdata`, a part of `message`, to the text. Where it does not fit its type, adds
 * the form that any type has (RFC 3597: `\# LENGTH HEX`), tells the fault and returns false. `names` are what was read
 * of the message, or NULL. */
bool dns_rdata_write(struct dns_names *names, struct bytes message, struct bytes rdata, uint16_t type,
                     uint16_t class_number, struct dns_text *text, struct dns_fault *ret_fault);

/* The rest is for the files of this subject. */

struct dns_rdata {
    struct dns_names *names;
    struct bytes message;
    struct reader reader; /* over the rdata */
    struct dns_text *text;
    struct dns_fault fault;
};

/* One part of a record's content: reads it and adds it. False where it is not one. */
typedef bool (*dns_part)(struct dns_rdata *rdata);

static inline void dns_part_space(struct dns_rdata *rdata)
{
    dns_text_char(rdata->text, ' ');
}

bool dns_part_name(struct dns_rdata *rdata);
bool dns_part_u8(struct dns_rdata *rdata);
bool dns_part_u16(struct dns_rdata *rdata);
bool dns_part_u32(struct dns_rdata *rdata);
bool dns_part_ipv4(struct dns_rdata *rdata);
bool dns_part_ipv6(struct dns_rdata *rdata);
bool dns_part_string(struct dns_rdata *rdata);
bool dns_part_base64(struct dns_rdata *rdata);
bool dns_part_hex(struct dns_rdata *rdata);

/* dns_rdata_security.c */
bool dns_part_type(struct dns_rdata *rdata);
bool dns_part_time(struct dns_rdata *rdata);
bool dns_part_types(struct dns_rdata *rdata);
bool dns_part_salt(struct dns_rdata *rdata);
bool dns_part_hash(struct dns_rdata *rdata);
bool dns_part_cert(struct dns_rdata *rdata);
bool dns_part_nxt(struct dns_rdata *rdata);
bool dns_part_tsig(struct dns_rdata *rdata);
bool dns_part_tkey(struct dns_rdata *rdata);
bool dns_part_hip(struct dns_rdata *rdata);
bool dns_part_ipseckey(struct dns_rdata *rdata);
bool dns_part_amtrelay(struct dns_rdata *rdata);

/* dns_rdata_svcb.c */
bool dns_part_svcb(struct dns_rdata *rdata);

/* dns_rdata_places.c */
bool dns_part_loc(struct dns_rdata *rdata);
bool dns_part_apl(struct dns_rdata *rdata);
bool dns_part_wks(struct dns_rdata *rdata);
bool dns_part_nsap(struct dns_rdata *rdata);
bool dns_part_a6(struct dns_rdata *rdata);
bool dns_part_eui(struct dns_rdata *rdata);
bool dns_part_locator(struct dns_rdata *rdata);

#endif
