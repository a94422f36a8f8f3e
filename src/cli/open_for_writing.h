/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opening files that are to be written, perhaps as root, perhaps in a folder where others may write, too.
 */
#ifndef OVERHEAR_CLI_OPEN_FOR_WRITING_H
#define OVERHEAR_CLI_OPEN_FOR_WRITING_H

/* openat for writing. Root follows no symbolic link that belongs to somebody else: whoever may make one in a folder
 * could have any file of root's written over. -1 with errno; ELOOP: such a link. */
int open_for_writing(int folder, const char *name, int flags, unsigned mode);

/* What the errno of open_for_writing means. */
const char *open_for_writing_problem(int error);

#endif
