/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a record leaves open until it is written: see record_server_name in overhear/record.h.
 */
#ifndef OVERHEAR_RECORD_LATE_H
#define OVERHEAR_RECORD_LATE_H

#include "overhear/record.h"

enum { LATE_NAME_BYTES = 255 };

/* What is known when the record is written. */
struct late {
    struct bytes server; /* the name by which the client knows its server, LATE_NAME_BYTES at most; empty: none */
    void *context;
    /* Whether an observation holds about a name with this hash. */
    bool (*is_other_name)(void *context, uint64_t hash);
    /* 0: nobody knows. NULL: the id is the number. */
    uint64_t (*conversation_number)(void *context, uint64_t id);
};

/* What was left open becomes ordinary values and observations, or is gone. Takes no memory. */
void record_settle(struct record *record, const struct late *late);

/* Of a name, without letter case. */
uint64_t late_name_hash(struct bytes name);

#endif
