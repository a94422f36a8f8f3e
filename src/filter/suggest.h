/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What somebody perhaps meant who named a field that is none.
 */
#ifndef OVERHEAR_FILTER_SUGGEST_H
#define OVERHEAR_FILTER_SUGGEST_H

#include "fields.h"

enum { SUGGESTION_SIZE = 280 };

/* "did you mean url.domain, source.domain?", at most three names; or where to look. */
void suggest_field(const struct dataset_table *table, struct bytes name, char ret_text[SUGGESTION_SIZE]);

#endif
