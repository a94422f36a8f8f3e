/* SPDX-License-Identifier: BSD-3-Clause */
#include "privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    NOBODY = 65534,       /* the kernel's own number for it */
    CAPABILITY_BOUND = 64 /* capabilities have numbers below */
};

/* As the kernel has them: two words of 32 bits each. The C library has no function for it. */
struct capabilities {
    uint64_t effective, permitted, inheritable;
};

static int get_capabilities(struct capabilities *ret_capabilities)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct words[_LINUX_CAPABILITY_U32S_3] = {{0}};
    if (syscall(SYS_capget, &header, words) != 0)
        return -1;
    *ret_capabilities = (struct capabilities){
        .effective = words[0].effective | (uint64_t)words[1].effective << 32,
        .permitted = words[0].permitted | (uint64_t)words[1].permitted << 32,
        .inheritable = words[0].inheritable | (uint64_t)words[1].inheritable << 32,
    };
    return 0;
}

static int set_capabilities(const struct capabilities *capabilities)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct words[_LINUX_CAPABILITY_U32S_3] = {
        {(uint32_t)capabilities->effective, (uint32_t)capabilities->permitted, (uint32_t)capabilities->inheritable},
        {(uint32_t)(capabilities->effective >> 32), (uint32_t)(capabilities->permitted >> 32),
         (uint32_t)(capabilities->inheritable >> 32)},
    };
    return (int)syscall(SYS_capset, &header, words);
}

static const char *name_of(const struct identity *identity)
{
    return identity->name[0] != '\0' ? identity->name : "this user";
}

static void take_entry(struct identity *identity, const struct passwd *entry)
{
    identity->uid = entry->pw_uid;
    identity->gid = entry->pw_gid;
    if (strlen(entry->pw_name) < sizeof identity->name)
        snprintf(identity->name, sizeof identity->name, "%s", entry->pw_name);
}

/* What a set-user-ID or set-group-ID bit gave is given back; of root's rights those to listen stay. */
static int act_as_caller(void)
{
    uid_t uid = getuid();
    gid_t gid = getgid();
    if (geteuid() == uid && getegid() == gid)
        return 0;
    bool was_root = geteuid() == 0;
    const uint64_t listen = UINT64_C(1) << CAP_NET_RAW | UINT64_C(1) << CAP_NET_ADMIN;
    struct capabilities held;
    if (get_capabilities(&held) != 0 || (was_root && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) ||
        setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
        return -1;
    if (!was_root || uid == 0)
        return 0;
    held = (struct capabilities){.effective = held.permitted & listen, .permitted = held.permitted & listen};
    return set_capabilities(&held) != 0 || prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) != 0 ? -1 : 0;
}

/* Of that user only: root's own are not to stay. */
static int become_user(const struct identity *identity)
{
    uid_t uid = identity->uid;
    gid_t gid = identity->gid;
    bool has_entry = identity->name[0] != '\0' && getpwnam(identity->name) != NULL;
    bool same = uid == geteuid() && gid == getegid();
    /* Root without the right to change groups is in no position to abuse them. */
    if ((has_entry ? initgroups(identity->name, gid) : setgroups(0, NULL)) != 0 && !(same && errno == EPERM))
        return -1;
    return setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0 ? -1 : 0;
}

/* Tried in a process of its own, because there is no way back. */
static bool can_become(const struct identity *identity)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(become_user(identity) == 0 ? 0 : 1);
    while (child > 0 && waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return true;
    return child < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* -Z. NULL with the message. */
static const struct passwd *find_user(const char *user, char *ret_error, size_t error_size)
{
    errno = 0;
    const struct passwd *entry = getpwnam(user);
    if (!entry) {
        bool failed = errno != 0 && errno != ENOENT && errno != ESRCH && errno != EBADF && errno != EPERM;
        snprintf(ret_error, error_size, "-Z %.64s: %s", user, failed ? strerror(errno) : "there is no such user");
        return NULL;
    }
    if (geteuid() == 0 || entry->pw_uid == geteuid())
        return entry;
    snprintf(ret_error, error_size, "-Z %.64s: only root can become another user", user);
    return NULL;
}

int privileges_identity(const char *user, struct identity *ret_identity, char *ret_error, size_t error_size)
{
    if (act_as_caller() != 0) {
        snprintf(ret_error, error_size, "the rights of the program's owner cannot be given up: %s", strerror(errno));
        return -1;
    }
    const bool is_root = geteuid() == 0;
    struct identity identity = {.changes = is_root, .uid = geteuid(), .gid = getegid()};
    const struct passwd *entry = NULL;
    if (user) {
        entry = find_user(user, ret_error, error_size);
        if (!entry)
            return -1;
    } else if (is_root) {
        entry = getpwnam("nobody");
        identity.uid = identity.gid = NOBODY;
        snprintf(identity.name, sizeof identity.name, "nobody");
    }
    if (entry)
        take_entry(&identity, entry);
    if (!is_root)
        identity.gid = getegid();
    if (is_root && !user && !can_become(&identity))
        identity = (struct identity){.stays = true, .name = "root", .gid = getegid()};
    *ret_identity = identity;
    return 0;
}

/* The bounding set can only be made smaller by who has CAP_SETPCAP; no_new_privs closes the way that it would bound. */
static int drop_capabilities(void)
{
    const struct capabilities none = {0};
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL)
        return -1;
    return set_capabilities(&none);
}

static int drop_bounding_set(void)
{
    for (unsigned long capability = 0; capability < CAPABILITY_BOUND; capability++)
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0)
            return errno == EINVAL || errno == EPERM ? 0 : -1; /* there is none of this number; not allowed */
    return 0;
}

/* Asks the kernel for root. It does not give it, or we would have to end here. */
static bool can_return_to_root(const struct identity *identity)
{
    return (identity->uid != 0 && setresuid((uid_t)-1, 0, (uid_t)-1) == 0) ||
           (identity->gid != 0 && setresgid((gid_t)-1, 0, (gid_t)-1) == 0);
}

/* NULL, or what has stayed. */
static const char *find_leftover(const struct identity *identity)
{
    uid_t users[3];
    gid_t groups[3];
    struct capabilities held;
    if (getresuid(&users[0], &users[1], &users[2]) != 0 || getresgid(&groups[0], &groups[1], &groups[2]) != 0 ||
        get_capabilities(&held) != 0)
        return strerror(errno);
    for (size_t i = 0; i < 3; i++)
        if (users[i] != identity->uid || groups[i] != identity->gid)
            return "another user or group has stayed";
    if ((held.effective | held.permitted | held.inheritable) != 0)
        return "capabilities have stayed";
    if (can_return_to_root(identity))
        return "there is a way back to root";
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? NULL : "new rights can still be had";
}

int privileges_become(const struct identity *identity, char *ret_error, size_t error_size)
{
    if (drop_bounding_set() != 0) {
        snprintf(ret_error, error_size, "capabilities cannot be dropped: %s", strerror(errno));
        return -1;
    }
    if (identity->changes && become_user(identity) != 0) {
        snprintf(ret_error, error_size, "cannot become %s (user %u, group %u): %s%s", name_of(identity), identity->uid,
                 identity->gid, strerror(errno), identity->uid != 0 ? "; -Z names another user" : "");
        return -1;
    }
    if (drop_capabilities() != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        snprintf(ret_error, error_size, "rights cannot be given up: %s", strerror(errno));
        return -1;
    }
    const char *leftover = find_leftover(identity);
    if (leftover)
        snprintf(ret_error, error_size, "rights cannot be given up: %s", leftover);
    return leftover ? -1 : 0;
}

/* errno of making files there as we are now, 0 where it can be done. The folder is open: what lies above it was passed
 * with the rights that opened it. */
static int try_folder(int folder)
{
    return faccessat(folder, ".", W_OK | X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

/* The same as that user, in a process of its own: there is no way back. */
static int try_folder_as(const struct identity *identity, int folder)
{
    char error[256];
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(privileges_become(identity, error, sizeof error) == 0 ? try_folder(folder) : EPERM);
    if (child < 0)
        return errno;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

bool privileges_can_write_folder(const struct identity *identity, const char *option, const char *folder,
                                 char *ret_error, size_t error_size)
{
    struct capabilities held = {0};
    bool loses_rights = identity->changes || get_capabilities(&held) != 0 || held.permitted != 0;
    int opened = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int error = opened < 0 ? errno : loses_rights ? try_folder_as(identity, opened) : try_folder(opened);
    if (opened >= 0)
        close(opened);
    if (error == 0)
        return true;
    struct stat status;
    bool refused = (error == EACCES || error == EPERM) && identity->changes && stat(folder, &status) == 0;
    if (!refused) {
        snprintf(ret_error, error_size, "%s %.200s: expected a folder that can be written to: %s", option, folder,
                 strerror(error));
        return false;
    }
    const struct passwd *owner = status.st_uid != identity->uid ? getpwuid(status.st_uid) : NULL;
    int length = snprintf(ret_error, error_size, "%s %.200s: expected a folder that %s can make files in: %s", option,
                          folder, name_of(identity), strerror(error));
    if (owner && length > 0 && (size_t)length < error_size)
        snprintf(ret_error + length, error_size - (size_t)length, "; it is %.64s's: -Z %.64s, or take another folder",
                 owner->pw_name, owner->pw_name);
    return false;
}

int privileges_give(const struct identity *identity, int descriptor, const char *path, char *ret_error,
                    size_t error_size)
{
    if (!identity->changes || fchown(descriptor, identity->uid, identity->gid) == 0)
        return 0;
    snprintf(ret_error, error_size, "%.200s: cannot be given to %s: %s", path, name_of(identity), strerror(errno));
    return -1;
}
