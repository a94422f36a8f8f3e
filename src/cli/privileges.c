/* SPDX-License-Identifier: BSD-3-Clause */
#include "privileges.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int privileges_become(const char *user, char *ret_error, size_t error_size)
{
    errno = 0;
    const struct passwd *entry = getpwnam(user);
    if (!entry) {
        snprintf(ret_error, error_size, "-Z %.64s: there is no such user", user);
        return -1;
    }
    uid_t uid = entry->pw_uid;
    gid_t gid = entry->pw_gid;
    if (geteuid() == uid && uid != 0)
        return 0;
    if (initgroups(user, gid) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0) {
        snprintf(ret_error, error_size, "-Z %.64s: cannot become this user: %s", user, strerror(errno));
        return -1;
    }
    if (uid != 0 && setuid(0) == 0) {
        snprintf(ret_error, error_size, "-Z %.64s: root's rights could be taken back", user);
        return -1;
    }
    return 0;
}
