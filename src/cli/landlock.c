/* SPDX-License-Identifier: BSD-3-Clause */
#include "landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's interface: linux/landlock.h of older systems has only a part of it. */
enum {
    CREATE_VERSION = 1, /* asks for the level */
    RULE_PATH_BENEATH = 1,

    FS_WRITE_FILE = 1 << 1,
    FS_READ_DIR = 1 << 3,
    FS_REMOVE_FILE = 1 << 5,
    FS_MAKE_REGULAR = 1 << 8,
    FS_TRUNCATE = 1 << 14,

    NET_ALL = 3,   /* bind and connect of TCP */
    SCOPE_ALL = 3, /* abstract sockets, signals */
};

struct ruleset_attributes {
    uint64_t handled_fs, handled_net, scoped;
};

struct path_beneath {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

/* How many of the file system's rights each level knows: bits from 0. */
static uint64_t all_rights(int level)
{
    static const unsigned char known[] = {0, 13, 14, 15, 15, 16};
    size_t last = sizeof known / sizeof known[0] - 1;
    return (UINT64_C(1) << known[(size_t)level < last ? (size_t)level : last]) - 1;
}

static size_t attributes_size(int level)
{
    if (level >= 6)
        return sizeof(struct ruleset_attributes);
    return level >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
}

int landlock_level(void)
{
    long level = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);
    return level > 0 ? (int)level : 0;
}

static int allow_folder(int ruleset, const struct sandbox_options *options, size_t index, int level,
                        char ret_error[SANDBOX_ERROR_SIZE])
{
    uint64_t rights = FS_WRITE_FILE | FS_MAKE_REGULAR | FS_TRUNCATE;
    if (!options->only_adds[index])
        rights |= FS_REMOVE_FILE | FS_READ_DIR; /* whoever saves files in it holds it open */
    int given = options->folder_descriptors[index];
    int folder = given > 0 ? given : open(options->folders[index], O_PATH | O_DIRECTORY | O_CLOEXEC);
    const struct path_beneath rule = {.allowed = rights & all_rights(level), .parent = folder};
    if (folder < 0 || syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0) != 0) {
        snprintf(ret_error, SANDBOX_ERROR_SIZE, "sandbox: %.200s: cannot be left writable: %s", options->folders[index],
                 strerror(errno));
        if (folder >= 0 && folder != given)
            close(folder);
        return -1;
    }
    if (folder != given)
        close(folder);
    return 0;
}

int landlock_confine(const struct sandbox_options *options, int level, char ret_error[SANDBOX_ERROR_SIZE])
{
    const struct ruleset_attributes attributes = {
        .handled_fs = all_rights(level), .handled_net = NET_ALL, .scoped = SCOPE_ALL};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, attributes_size(level), 0);
    if (ruleset < 0) {
        snprintf(ret_error, SANDBOX_ERROR_SIZE, "sandbox: Landlock refuses: %s", strerror(errno));
        return -1;
    }
    int result = 0;
    for (size_t i = 0; i < options->folder_count && result == 0; i++)
        result = allow_folder(ruleset, options, i, level, ret_error);
    if (result == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) {
        snprintf(ret_error, SANDBOX_ERROR_SIZE, "sandbox: Landlock refuses: %s", strerror(errno));
        result = -1;
    }
    close(ruleset);
    return result;
}
