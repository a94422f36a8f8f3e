/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the user asks for while we work. Handlers only leave word; the loop looks it up between frames.
 */
#ifndef OVERHEAR_CLI_SIGNALS_H
#define OVERHEAR_CLI_SIGNALS_H

#include <stdbool.h>

/* SIGINT and SIGTERM ask to stop, the second of either kills. SIGUSR1 asks for a report where `reports`, else it
 * is as the system has it. SIGHUP asks to open the results anew where `reopens`, else to stop, so that a terminal that
 * is closed loses nothing; but started with SIGHUP ignored (nohup), it goes on. */
void signals_watch(bool reports, bool reopens);

bool signals_stop(void);

/* True once for each time that they were asked for. */
bool signals_take_report(void);
bool signals_take_reopen(void);

#endif
