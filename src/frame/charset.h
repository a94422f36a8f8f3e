/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Converters of the character sets that we know. Each engine opens those that it meets.
 */
#ifndef OVERHEAR_FRAME_CHARSET_H
#define OVERHEAR_FRAME_CHARSET_H

struct charsets;

/* Opens all of them: while they are held, no engine makes the C library load a file. NULL where memory is out. */
struct charsets *charsets_load(void);

/* NULL is fine. */
void charsets_free(struct charsets *charsets);

#endif
