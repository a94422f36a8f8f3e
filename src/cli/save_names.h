/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the files of -w are called: tcpdump's names for -C, -G and -W.
 *
 * -G gives the name's conversions (strftime) the local time at which a file begins; -C adds the file's number to the
 * name, 1 and on for the second and further ones; with -W all have one, with as many leading zeros as the largest
 * needs.
 */
#ifndef OVERHEAR_CLI_SAVE_NAMES_H
#define OVERHEAR_CLI_SAVE_NAMES_H

#include "options.h"

enum { SAVE_PATH_SIZE = 4096 };

/* The folder that holds all files of -w: what stands before the name, or before the first part with a conversion.
 * Returns how many bytes of the path that is, its last '/' included (0: the folder is "."); -1: longer than any path
 * may be. */
int save_folder(const struct options *options, char ret_folder[SAVE_PATH_SIZE]);

/* The name of a file below that folder. It may hold further folders where conversions stand in them. `time_ns`: when
 * the file begins; `number`: how many it is since -G last took another name, from 0. 0; -1: no name comes of it, or too
 * long a one. */
int save_name(const struct options *options, int64_t time_ns, unsigned number, char ret_name[SAVE_PATH_SIZE]);

/* Whether the first file's name depends on when it begins. */
bool save_name_tells_time(const struct options *options);

#endif
