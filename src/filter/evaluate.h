/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One record, one program.
 */
#ifndef OVERHEAR_FILTER_EVALUATE_H
#define OVERHEAR_FILTER_EVALUATE_H

#include "pattern.h"
#include "program.h"
#include "record/community_id.h"

struct evaluation {
    const struct program *program;
    const struct place *places; /* of each test, in the record's dataset */
    struct matcher *matcher;
    struct community_id *community_id; /* NULL where no test asks for it */
    bool show_secrets;
    size_t max_text;  /* for overhear.truncated alone: texts are compared whole */
    uint8_t *scratch; /* LIMIT_RECORD_BYTES and a few more: a text that is hidden in part, put together */
};

enum { EVALUATION_SCRATCH = LIMIT_RECORD_BYTES + 64 };

bool evaluate(const struct evaluation *evaluation, const struct record *record);

#endif
