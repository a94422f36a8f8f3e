/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Giving up rights has no way back, so each case is a process of its own. Most need root, and are skipped without.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/privileges.c"

#include <stdlib.h>

enum { STRANGER = 12345, OTHER = 23456 };

/* Exit status of the process: 0: as expected; else the line that was not. */
static int run_apart(int (*body)(const char *folder), const char *folder)
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(body(folder));
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void need_root(void)
{
    if (geteuid() != 0 || setgroups(0, NULL) != 0)
        skip();
}

static int becomes_nobody(const char *folder)
{
    char error[256] = "";
    struct identity identity;
    struct capabilities held;
    uid_t users[3];
    gid_t group[3], groups[8];
    (void)folder;
    if (setgroups(2, (const gid_t[]){0, 4}) != 0 || privileges_identity(NULL, &identity, error, sizeof error) != 0)
        return __LINE__ & 0xff;
    if (!identity.changes || strcmp(identity.name, "nobody") != 0 || identity.uid == 0)
        return __LINE__ & 0xff;
    if (privileges_become(&identity, error, sizeof error) != 0 || error[0] != '\0')
        return __LINE__ & 0xff;
    if (getresuid(&users[0], &users[1], &users[2]) != 0 || getresgid(&group[0], &group[1], &group[2]) != 0)
        return __LINE__ & 0xff;
    for (size_t i = 0; i < 3; i++)
        if (users[i] != identity.uid || group[i] != identity.gid)
            return __LINE__ & 0xff;
    if (getgroups(8, groups) != 1 || groups[0] != identity.gid)
        return __LINE__ & 0xff;
    if (get_capabilities(&held) != 0 || held.effective != 0 || held.permitted != 0 || held.inheritable != 0)
        return __LINE__ & 0xff;
    for (unsigned long capability = 0; capability < 40; capability++)
        if (prctl(PR_CAPBSET_READ, capability, 0, 0, 0) != 0)
            return __LINE__ & 0xff;
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 || setuid(0) == 0 || setgid(0) == 0 || setgroups(0, NULL) == 0)
        return __LINE__ & 0xff;
    return 0;
}

static int stays_root_without_capabilities(const char *folder)
{
    char error[256] = "";
    struct identity identity;
    struct capabilities held;
    if (privileges_identity("root", &identity, error, sizeof error) != 0 || identity.uid != 0 ||
        privileges_become(&identity, error, sizeof error) != 0 || geteuid() != 0)
        return __LINE__ & 0xff;
    if (get_capabilities(&held) != 0 || (held.effective | held.permitted | held.inheritable) != 0)
        return __LINE__ & 0xff;
    /* Another's folder was root's to write in. */
    return access(folder, W_OK | X_OK) != 0 && errno == EACCES ? 0 : __LINE__ & 0xff;
}

/* As a program that is set-user-ID root, started by a stranger. */
static int acts_as_its_caller(const char *folder)
{
    char error[256] = "";
    struct identity identity;
    struct capabilities held;
    const uint64_t listen = UINT64_C(1) << CAP_NET_RAW | UINT64_C(1) << CAP_NET_ADMIN;
    (void)folder;
    if (setresgid(STRANGER, 0, 0) != 0 || setresuid(STRANGER, 0, 0) != 0 ||
        privileges_identity(NULL, &identity, error, sizeof error) != 0)
        return __LINE__ & 0xff;
    if (identity.changes || identity.uid != STRANGER || identity.gid != STRANGER)
        return __LINE__ & 0xff;
    if (geteuid() != STRANGER || getegid() != STRANGER || setresuid(-1u, 0, -1u) == 0)
        return __LINE__ & 0xff;
    if (get_capabilities(&held) != 0 || (held.permitted & ~listen) != 0 || held.effective != held.permitted)
        return __LINE__ & 0xff;
    if (privileges_identity("root", &identity, error, sizeof error) == 0 ||
        strcmp(error, "-Z root: only root can become another user") != 0)
        return __LINE__ & 0xff;
    if (privileges_become(&(struct identity){.uid = STRANGER, .gid = STRANGER}, error, sizeof error) != 0)
        return __LINE__ & 0xff;
    return get_capabilities(&held) == 0 && held.permitted == 0 ? 0 : __LINE__ & 0xff;
}

/* As a program that is set-user-ID of somebody else. */
static int gives_back_another_users_rights(const char *folder)
{
    char error[256] = "";
    struct identity identity;
    (void)folder;
    if (setresgid(STRANGER, OTHER, OTHER) != 0 || setresuid(STRANGER, OTHER, OTHER) != 0 ||
        privileges_identity(NULL, &identity, error, sizeof error) != 0 || identity.uid != STRANGER)
        return __LINE__ & 0xff;
    return geteuid() == STRANGER && setresuid(-1u, OTHER, -1u) != 0 && setresgid(-1u, OTHER, -1u) != 0
               ? 0
               : __LINE__ & 0xff;
}

/* Ambient capabilities, as a service manager gives them to a user. */
static int drops_what_it_was_started_with(const char *folder)
{
    char error[256] = "";
    struct identity identity;
    struct capabilities held;
    const uint64_t raw = UINT64_C(1) << CAP_NET_RAW;
    (void)folder;
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 || setresgid(STRANGER, STRANGER, STRANGER) != 0 ||
        setresuid(STRANGER, STRANGER, STRANGER) != 0)
        return __LINE__ & 0xff;
    held = (struct capabilities){raw, raw, raw};
    if (set_capabilities(&held) != 0 || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0) != 0)
        return __LINE__ & 0xff;
    if (privileges_identity(NULL, &identity, error, sizeof error) != 0 || identity.changes ||
        privileges_become(&identity, error, sizeof error) != 0)
        return __LINE__ & 0xff;
    if (get_capabilities(&held) != 0 || (held.effective | held.permitted | held.inheritable) != 0)
        return __LINE__ & 0xff;
    return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_NET_RAW, 0, 0) == 0 ? 0 : __LINE__ & 0xff;
}

static int notices_a_wrong_user(const char *folder)
{
    char error[256] = "";
    const struct identity identity = {.uid = STRANGER, .gid = 0}; /* does not change, but is not who it is */
    (void)folder;
    if (privileges_become(&identity, error, sizeof error) != -1)
        return __LINE__ & 0xff;
    return strcmp(error, "rights cannot be given up: another user or group has stayed") == 0 ? 0 : __LINE__ & 0xff;
}

static void each_apart(void **state)
{
    static int (*const bodies[])(const char *) = {
        becomes_nobody,
        stays_root_without_capabilities,
        acts_as_its_caller,
        gives_back_another_users_rights,
        drops_what_it_was_started_with,
        notices_a_wrong_user,
    };
    char folder[] = "/tmp/overhear-rights-XXXXXX";
    (void)state;
    need_root();
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chown(folder, STRANGER, STRANGER), 0);
    assert_int_equal(chmod(folder, 0755), 0);
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        int line = run_apart(bodies[i], folder);
        if (line != 0)
            print_error("case %zu\n", i);
        assert_int_equal(line, 0);
    }
    rmdir(folder);
}

static void folders_are_looked_at_as_that_user(void **state)
{
    char top[] = "/tmp/overhear-folder-XXXXXX", inner[64], error[400] = "", expected[400];
    const struct identity nobody = {.changes = true, .uid = NOBODY, .gid = NOBODY, .name = "nobody"};
    const struct identity root = {.changes = true, .uid = 0, .gid = 0, .name = "root"};
    (void)state;
    need_root();
    assert_non_null(mkdtemp(top));
    snprintf(inner, sizeof inner, "%s/inner", top);
    assert_int_equal(mkdir(inner, 0700), 0);
    assert_int_equal(chmod(top, 0755), 0);
    assert_true(privileges_can_write_folder(&root, "--extract", inner, error, sizeof error));
    assert_false(privileges_can_write_folder(&nobody, "--extract", inner, error, sizeof error));
    snprintf(
        expected, sizeof expected,
        "--extract %s: expected a folder that nobody can make files in: Permission denied; it is root's: -Z root, or "
        "take another folder",
        inner);
    assert_string_equal(error, expected);

    int descriptor = open(inner, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat status;
    assert_int_equal(privileges_give(&nobody, descriptor, inner, error, sizeof error), 0);
    assert_int_equal(fstat(descriptor, &status), 0);
    assert_int_equal(status.st_uid, NOBODY);
    assert_int_equal(status.st_gid, NOBODY);
    assert_true(privileges_can_write_folder(&nobody, "--extract", inner, error, sizeof error));
    close(descriptor);
    assert_int_equal(privileges_give(&nobody, -1, inner, error, sizeof error), -1);
    snprintf(expected, sizeof expected, "%s: cannot be given to nobody: Bad file descriptor", inner);
    assert_string_equal(error, expected);

    /* Root without capabilities is not more than the owner of what is root's. */
    assert_false(privileges_can_write_folder(&root, "-w", inner, error, sizeof error));
    assert_non_null(strstr(error, "it is nobody's: -Z nobody, or take another folder"));

    /* A folder above that only we can pass through: the folder will be open. */
    assert_int_equal(chmod(top, 0700), 0);
    assert_true(privileges_can_write_folder(&nobody, "--extract", inner, error, sizeof error));
    rmdir(inner);
    rmdir(top);
}

static void a_folder_has_to_be_one(void **state)
{
    char error[400] = "";
    const struct identity same = {.uid = geteuid(), .gid = getegid(), .name = "x"};
    (void)state;
    assert_true(privileges_can_write_folder(&same, "-o", "/tmp", error, sizeof error));
    assert_false(privileges_can_write_folder(&same, "-o", "/nowhere", error, sizeof error));
    assert_string_equal(error, "-o /nowhere: expected a folder that can be written to: No such file or directory");
    assert_false(privileges_can_write_folder(&same, "-o", "/dev/null", error, sizeof error));
    assert_string_equal(error, "-o /dev/null: expected a folder that can be written to: Not a directory");
    assert_int_equal(privileges_give(&same, -1, "x", error, sizeof error), 0); /* nothing changes */
}

static void users_have_to_exist(void **state)
{
    char error[400] = "";
    struct identity identity = {.uid = 7};
    (void)state;
    assert_int_equal(privileges_identity("no-such-user", &identity, error, sizeof error), -1);
    assert_string_equal(error, "-Z no-such-user: there is no such user");
    assert_int_equal(identity.uid, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_apart),
        cmocka_unit_test(folders_are_looked_at_as_that_user),
        cmocka_unit_test(a_folder_has_to_be_one),
        cmocka_unit_test(users_have_to_exist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
