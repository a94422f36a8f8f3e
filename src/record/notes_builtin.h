/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The catalogs that CMake built in, ended by a row with name NULL.
 */
#ifndef OVERHEAR_RECORD_NOTES_BUILTIN_H
#define OVERHEAR_RECORD_NOTES_BUILTIN_H

#include <stddef.h>

struct builtin_notes {
    const char *name; /* folder/file, for messages */
    const unsigned char *at;
    size_t length;
};

extern const struct builtin_notes builtin_notes[];

#endif
