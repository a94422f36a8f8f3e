/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What every record has, whatever its dataset.
 */
#ifndef OVERHEAR_RECORD_COMMON_FIELDS_H
#define OVERHEAR_RECORD_COMMON_FIELDS_H

#include "overhear/record.h"

extern const struct field common_fields[];
extern const size_t common_field_count;

#endif
