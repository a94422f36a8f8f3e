/* SPDX-License-Identifier: BSD-3-Clause */
#include "privileges.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int privileges_identity(const char *user, struct identity *ret_identity, char *ret_error, size_t error_size)
{
    *ret_identity = (struct identity){.uid = geteuid(), .gid = getegid()};
    if (!user)
        return 0;
    const struct passwd *entry = getpwnam(user);
    if (!entry) {
        snprintf(ret_error, error_size, "-Z %.64s: there is no such user", user);
        return -1;
    }
    ret_identity->changes = geteuid() == 0;
    ret_identity->uid = entry->pw_uid;
    ret_identity->gid = entry->pw_gid;
    snprintf(ret_identity->name, sizeof ret_identity->name, "%s", user);
    return 0;
}

int privileges_become(const struct identity *identity, char *ret_error, size_t error_size)
{
    uid_t uid = identity->uid;
    gid_t gid = identity->gid;
    if (!identity->changes)
        return 0;
    if (initgroups(identity->name, gid) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0) {
        snprintf(ret_error, error_size, "-Z %.64s: cannot become this user: %s", identity->name, strerror(errno));
        return -1;
    }
    return 0;
}

bool privileges_can_write_folder(const struct identity *identity, const char *option, const char *folder,
                                 char *ret_error, size_t error_size)
{
    (void)identity;
    if (access(folder, W_OK | X_OK) == 0)
        return true;
    snprintf(ret_error, error_size, "%s %s: expected a folder that can be written to: %s", option, folder,
             strerror(errno));
    return false;
}
