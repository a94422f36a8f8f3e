/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The end of a run: what waits is written, and what is missing is said, to the last record.
 */
#ifndef OVERHEAR_CLI_RUN_END_H
#define OVERHEAR_CLI_RUN_END_H

#include "run.h"

/* Results are written to their end. False where their reader went away: that is no failure, and no cause for words. */
bool run_end_output(struct run *run);

/* What could not be saved, followed, looked at or found. */
void run_end_complain(struct run *run);

#endif
