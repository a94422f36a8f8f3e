/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Landlock alone, without the filter of system calls before it. There is no way back, so each case is a process of its
 * own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/landlock.c"

#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { TRUNCATES = 3, CONNECTS = 4, SIGNALS = 6 };

struct place {
    char folder[64], inside[80], other[80], outside[80];
};

static int tried(int result)
{
    int error = errno;
    if (result >= 0)
        close(result);
    return result >= 0 ? 0 : error;
}

static int make(const char *folder, const char *name, int flags)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return tried(open(path, flags, 0600));
}

static int confine(const struct place *place, bool only_adds, int level)
{
    char error[SANDBOX_ERROR_SIZE] = "";
    const struct sandbox_options options = {
        .folders = {place->inside, place->other}, .folder_count = 2, .only_adds = {only_adds, true}};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return landlock_confine(&options, level, error);
}

/* The line that is not as expected; 0: none. */
static int adding(const struct place *place, int level)
{
    char path[128], other[128];
    snprintf(path, sizeof path, "%s/made", place->inside);
    snprintf(other, sizeof other, "%s/linked", place->inside);
    if (confine(place, true, level) != 0)
        return __LINE__;
    if (make(place->inside, "made", O_WRONLY | O_CREAT) != 0 || make(place->other, "made", O_WRONLY | O_CREAT) != 0)
        return __LINE__;
    if (make(place->inside, "made", O_WRONLY | O_TRUNC) != 0 || make(place->inside, "made", O_RDONLY) != EACCES)
        return __LINE__;
    if (unlink(path) == 0 || errno != EACCES || mkdir(other, 0700) == 0 || symlink("/", other) == 0)
        return __LINE__;
    if (make(place->folder, "made", O_WRONLY | O_CREAT) != EACCES || make("/etc", "passwd", O_RDONLY) != EACCES)
        return __LINE__;
    if (make(place->folder, "outside", O_WRONLY) != EACCES || tried(open("/", O_RDONLY | O_DIRECTORY)) != EACCES)
        return __LINE__;
    if (level >= TRUNCATES && (truncate(place->outside, 0) == 0 || errno != EACCES))
        return __LINE__;
    execl("/bin/true", "true", NULL);
    return errno == EACCES ? 0 : __LINE__;
}

static int removing(const struct place *place, int level)
{
    char path[128], other[128], foreign[128];
    snprintf(path, sizeof path, "%s/made", place->inside);
    snprintf(other, sizeof other, "%s/linked", place->inside);
    snprintf(foreign, sizeof foreign, "%s/stolen", place->inside);
    if (confine(place, false, level) != 0)
        return __LINE__;
    if (make(place->inside, "made", O_WRONLY | O_CREAT) != 0 || link(path, other) != 0 || unlink(path) != 0 ||
        unlink(other) != 0)
        return __LINE__;
    if (tried(open(place->inside, O_RDONLY | O_DIRECTORY)) != 0)
        return __LINE__;
    if (link(place->outside, foreign) == 0 || unlink(place->outside) == 0 || rename(place->outside, foreign) == 0)
        return __LINE__;
    return 0;
}

static int talking(const struct place *place, int level)
{
    const struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = 0x0100, .sin_addr = {0x0100007f}};
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    if (confine(place, true, level) != 0)
        return __LINE__;
    if (level >= CONNECTS &&
        (connect(descriptor, (const struct sockaddr *)&address, sizeof address) == 0 || errno != EACCES))
        return __LINE__;
    if (level >= SIGNALS && (kill(getppid(), 0) == 0 || errno != EPERM))
        return __LINE__;
    return 0;
}

static int run_apart(int (*body)(const struct place *, int), const struct place *place, int level)
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(body(place, level) & 0xff);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void prepare(struct place *place)
{
    snprintf(place->folder, sizeof place->folder, "/tmp/overhear-landlock-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->inside, sizeof place->inside, "%s/inside", place->folder);
    snprintf(place->other, sizeof place->other, "%s/other", place->folder);
    snprintf(place->outside, sizeof place->outside, "%s/outside", place->folder);
    assert_int_equal(mkdir(place->inside, 0700), 0);
    assert_int_equal(mkdir(place->other, 0700), 0);
    assert_int_equal(make(place->folder, "outside", O_WRONLY | O_CREAT), 0);
}

static void clean(const struct place *place)
{
    static const char *const made[] = {"inside/made", "other/made", "inside", "other", "outside", ""};
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", place->folder, made[i]);
        const bool was_not_made = i < 2 && access(path, F_OK) != 0;
        assert_int_equal(remove(path), was_not_made ? -1 : 0);
    }
}

/* All levels that this kernel has: it takes what an older one would, too. */
static void each_level_confines(void **state)
{
    static int (*const bodies[])(const struct place *, int) = {adding, removing, talking};
    int highest = landlock_level();
    (void)state;
    if (highest == 0)
        skip();
    for (int level = 1; level <= highest && level <= 7; level++)
        for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
            struct place place;
            prepare(&place);
            int line = run_apart(bodies[i], &place, level);
            if (line != 0)
                print_error("level %d, case %zu\n", level, i);
            assert_int_equal(line, 0);
            clean(&place);
        }
}

static void a_folder_has_to_be_there(void **state)
{
    char error[SANDBOX_ERROR_SIZE] = "";
    const struct sandbox_options options = {.folders = {"/nowhere"}, .folder_count = 1};
    (void)state;
    if (landlock_level() == 0)
        skip();
    assert_int_equal(landlock_confine(&options, 1, error), -1);
    assert_string_equal(error, "sandbox: /nowhere: cannot be left writable: No such file or directory");
}

static void levels_know_their_rights(void **state)
{
    (void)state;
    assert_int_equal(all_rights(1), 0x1fff);
    assert_int_equal(all_rights(2), 0x3fff);
    assert_int_equal(all_rights(3), 0x7fff);
    assert_int_equal(all_rights(4), 0x7fff);
    assert_int_equal(all_rights(5), 0xffff);
    assert_int_equal(all_rights(7), 0xffff);
    assert_int_equal(all_rights(99), 0xffff);
    assert_int_equal(attributes_size(1), 8);
    assert_int_equal(attributes_size(3), 8);
    assert_int_equal(attributes_size(4), 16);
    assert_int_equal(attributes_size(5), 16);
    assert_int_equal(attributes_size(6), 24);
    assert_int_equal(attributes_size(99), 24);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_level_confines),
        cmocka_unit_test(a_folder_has_to_be_there),
        cmocka_unit_test(levels_know_their_rights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
