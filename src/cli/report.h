/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How the program itself is doing while it listens: stats records, and what it says for SIGUSR1.
 */
#ifndef OVERHEAR_CLI_REPORT_H
#define OVERHEAR_CLI_REPORT_H

#include "engine/stats.h"

struct listening;
struct run;

struct reporter {
    int64_t begun_ns; /* clock_ns when listening began */
    bool has_before;
    struct stats before; /* what the last record said */
};

/* A stats record, past all filters. Where memory is out it is left out. */
void report_write(struct reporter *reporter, struct run *run, struct listening *listening);

/* Two lines on standard error, for a person. */
void report_say(const struct reporter *reporter, struct run *run, struct listening *listening);

#endif
