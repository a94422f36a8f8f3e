/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Numbers as people read them, for summary and progress.
 */
#ifndef OVERHEAR_CLI_HUMAN_H
#define OVERHEAR_CLI_HUMAN_H

#include <stddef.h>
#include <stdint.h>

enum { HUMAN_SIZE = 40 };

/* Each writes into ret_text and returns it. */
const char *human_count(uint64_t count, char ret_text[HUMAN_SIZE]);         /* 1 234 567 */
const char *human_bytes(double bytes, char ret_text[HUMAN_SIZE]);           /* 512 B, 1.2 MB */
const char *human_duration(int64_t duration_ns, char ret_text[HUMAN_SIZE]); /* 0.31 s, 4 min 5 s, 2 h 10 min, 3 d 4 h */

#endif
