/* SPDX-License-Identifier: BSD-3-Clause
 *
 * overhear.truncated: names of fields of which something was left out. Some the record knows; others come of printing,
 * which cuts texts that are longer than --max-text.
 */
#ifndef OVERHEAR_FILTER_TRUNCATED_H
#define OVERHEAR_FILTER_TRUNCATED_H

#include "overhear/record.h"

/* Where a walk over the names stands; begins zeroed. */
struct truncated_cursor {
    unsigned field; /* of the dataset */
    unsigned index; /* of the value or group in its list */
    uint32_t next;  /* index + 1 of the item that is looked at next; 0: the field's first */
    uint32_t group; /* index + 1 of the group that it is a member of; 0: none */
    bool told;      /* the field itself has been named */
};

/* The next name, as the JSON has it (`dns.answers[2].data`), in `room` bytes at `to`. false: there is none. `max_text`:
 * what is printed of one text; secrets are not, unless show_secrets. */
bool truncated_next(const struct record *record, bool show_secrets, size_t max_text, struct truncated_cursor *cursor,
                    uint8_t *to, size_t room, struct bytes *ret_name);

#endif
