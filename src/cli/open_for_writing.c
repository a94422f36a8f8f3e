/* SPDX-License-Identifier: BSD-3-Clause */
#include "open_for_writing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int open_for_writing(int folder, const char *name, int flags, unsigned mode)
{
    struct stat status;
    if (geteuid() == 0) {
        bool is_link = fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
        if (is_link && status.st_uid != 0) {
            errno = ELOOP;
            return -1;
        }
        if (!is_link) /* nor may it become one meanwhile */
            flags |= O_NOFOLLOW;
    }
    return openat(folder, name, flags, (mode_t)mode);
}

const char *open_for_writing_problem(int error)
{
    return error == ELOOP ? "it is a symbolic link of somebody else, which root does not follow" : strerror(error);
}
