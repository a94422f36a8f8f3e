/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Stands where an output stands: every record must be well-formed, and what is printed of it good JSON and a good page.
 */
#ifndef OVERHEAR_FUZZ_RECORD_CHECK_H
#define OVERHEAR_FUZZ_RECORD_CHECK_H

#include "overhear/record.h"

struct record_watch {
    uint64_t records;
    uint64_t flows;
    uint64_t sum; /* of all that is in the records, in whatever order they came */
    bool writes;  /* print them, too */
    unsigned way; /* in one of 16 ways: wide, verbose, with colours, with secrets */
};

/* For struct record_sink: `context` is a struct record_watch. */
void record_watch_write(void *context, const struct record *record);

/* All that was printed since the last call is good. With OVERHEAR_FUZZ_SHOW in the environment it also goes to standard
 * error: `title` is told first. */
void record_watch_finish(struct record_watch *watch, const char *title);

#endif
