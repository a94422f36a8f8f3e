/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a file is, by its first bytes. Not by its name and not by what the sender declares: those are what an attacker
 * chooses.
 */
#ifndef OVERHEAR_FILE_TYPE_H
#define OVERHEAR_FILE_TYPE_H

#include "overhear/bytes.h"

/* The media type, static text, by the first FILE_TYPE_BYTES (or all, where there are fewer). Never NULL but for no
 * bytes: application/octet-stream where nothing is recognised. */
const char *file_type(struct bytes beginning);

#endif
