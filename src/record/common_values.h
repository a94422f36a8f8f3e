/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The values of the fields that every record has: they stand not on the tape but beside it.
 */
#ifndef OVERHEAR_RECORD_COMMON_VALUES_H
#define OVERHEAR_RECORD_COMMON_VALUES_H

#include "overhear/record.h"

/* In the order of common_fields[]. */
enum common_field {
    COMMON_TIMESTAMP,
    COMMON_DATASET,
    COMMON_DURATION,
    COMMON_OUTCOME,
    COMMON_SOURCE_IP,
    COMMON_SOURCE_PORT,
    COMMON_SOURCE_DOMAIN,
    COMMON_DESTINATION_IP,
    COMMON_DESTINATION_PORT,
    COMMON_DESTINATION_DOMAIN,
    COMMON_NETWORK_TYPE,
    COMMON_TRANSPORT,
    COMMON_PROTOCOL,
    COMMON_COMMUNITY_ID,
    COMMON_VLAN,
    COMMON_CONVERSATION,
    COMMON_FRAME_REQUEST,
    COMMON_FRAME_RESPONSE,
    COMMON_FRAME_FIRST,
    COMMON_FRAME_LAST,
    COMMON_TRUNCATED,
    COMMON_INCOMPLETE,
    COMMON_ICMP_ERROR,
    COMMON_NOTES,
    COMMON_COUNT,
};

/* Borrowed from the record; which one it is, the field's type tells. */
struct common_value {
    struct bytes text;
    const struct address *address;
    int64_t number; /* also of a boolean, a time, a duration */
};

/* false: the record has none. COMMON_COMMUNITY_ID, which has to be computed (community_id.h), COMMON_TRUNCATED, which
 * is a list, and COMMON_NOTES are not answered here. */
bool common_value(const struct record *record, enum common_field field, struct common_value *ret_value);

/* Of an enum transport; NULL: none that has one. */
const char *common_transport_name(uint8_t transport);

#endif
