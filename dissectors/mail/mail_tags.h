/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lists of name=value, as DKIM-Signature (RFC 6376 section 3.2), ARC-Seal (RFC 8617) and Authentication-Results (RFC
 * 8601) have them.
 */
#ifndef OVERHEAR_DISSECTORS_MAIL_TAGS_H
#define OVERHEAR_DISSECTORS_MAIL_TAGS_H

#include "mail_scan.h"

/* The next of "a=1; b=2"; the value may still have white space in it. Entries without = are passed over. `rest` moves
 * behind it. False: no more. */
bool mail_tag_next(struct bytes *rest, struct bytes *ret_name, struct bytes *ret_value);

/* The first value of each of these tags; empty where it is not there. False: none of them is. */
bool mail_tags(struct bytes list, const char *const *names, size_t count, struct bytes *ret_values);

/* The next of "dkim=pass (comment) header.d = example.org": words with = between. A word without = has no value. */
bool mail_pair_next(struct bytes *rest, struct bytes *ret_name, struct bytes *ret_value);

/* Adds a value to a member of the open group, without white space; nothing where it is empty. `lower`: in lower case.
 */
void mail_member(struct record *record, unsigned member, struct bytes value, bool lower);

#endif
