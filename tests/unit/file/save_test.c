/* SPDX-License-Identifier: BSD-3-Clause */
#include "file/save.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct folder {
    char path[64];
    struct files files;
};

static int make_folder(void **state)
{
    struct folder *folder = calloc(1, sizeof *folder);
    assert_non_null(folder);
    snprintf(folder->path, sizeof folder->path, "/tmp/save_test_XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    assert_int_equal(files_open(&folder->files, false, folder->path, 0, 100), 0);
    *state = folder;
    return 0;
}

static int remove_folder(void **state)
{
    struct folder *folder = *state;
    files_close(&folder->files);
    int descriptor = open(folder->path, O_RDONLY | O_DIRECTORY);
    static const char *const names[] = {"7-a.txt",         "7-a-1.txt",         "7-a-2.txt", "7-unnamed",
                                        "7-a.txt.partial", "7-a-1.txt.partial", "8-a.txt",   "7-etc_passwd"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlinkat(descriptor, names[i], 0);
    close(descriptor);
    assert_int_equal(rmdir(folder->path), 0); /* nothing else was left there */
    free(folder);
    return 0;
}

static void is_in_folder(const struct folder *folder, const char *name, const char *content)
{
    char path[400], text[256];
    struct stat status;
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    fclose(file);
    assert_string_equal(text, content);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
}

static void save(struct folder *folder, const char *name, const char *content, bool partial, const char *expected)
{
    struct saved_file file;
    assert_true(saved_file_open(&folder->files, &file, bytes_text(name), 7));
    saved_file_add(&folder->files, &file, bytes_text(content));
    saved_file_close(&folder->files, &file, partial);
    assert_string_equal(file.name, expected);
    is_in_folder(folder, expected, content);
}

static void never_writes_over_a_file(void **state)
{
    struct folder *folder = *state;
    save(folder, "a.txt", "one", false, "7-a.txt");
    save(folder, "a.txt", "two", false, "7-a-1.txt");
    save(folder, "dir/a.txt", "three", false, "7-a-2.txt");
    is_in_folder(folder, "7-a.txt", "one");
    save(folder, "", "four", false, "7-unnamed");
    assert_int_equal(folder->files.saved, 4);
    assert_string_equal(folder->files.error, "");
}

static void does_not_follow_a_link(void **state)
{
    struct folder *folder = *state;
    char path[400];
    snprintf(path, sizeof path, "%s/7-a.txt", folder->path);
    assert_int_equal(symlink("/nonexistent/target", path), 0);
    save(folder, "a.txt", "one", false, "7-a-1.txt");
}

static void marks_what_is_partial(void **state)
{
    struct folder *folder = *state;
    save(folder, "a.txt", "half", true, "7-a.txt.partial");
    save(folder, "a.txt", "another half", true, "7-a-1.txt.partial"); /* each of them is marked */
}

static void stops_at_the_limit(void **state)
{
    struct folder *folder = *state;
    struct saved_file file;
    char text[151], expected[101];
    memset(text, 'x', 150);
    text[150] = '\0';
    memset(expected, 'x', 100);
    expected[100] = '\0';
    assert_true(saved_file_open(&folder->files, &file, bytes_text("a.txt"), 7));
    saved_file_add(&folder->files, &file, bytes_text(text));
    saved_file_add(&folder->files, &file, bytes_text(text));
    assert_true(file.cut);
    saved_file_close(&folder->files, &file, false);
    is_in_folder(folder, "7-a.txt.partial", expected);
    assert_string_equal(folder->files.error, ""); /* a wish of the user is no failure */
}

static void leaves_a_hole_for_what_was_lost(void **state)
{
    struct folder *folder = *state;
    struct saved_file file;
    struct stat status;
    char path[400];
    assert_true(saved_file_open(&folder->files, &file, bytes_text("a.txt"), 7));
    saved_file_add(&folder->files, &file, bytes_text("ab"));
    saved_file_skip(&folder->files, &file, 10);
    saved_file_add(&folder->files, &file, bytes_text("cd"));
    saved_file_skip(&folder->files, &file, UINT64_MAX);
    saved_file_add(&folder->files, &file, bytes_text("ef"));
    saved_file_close(&folder->files, &file, true);
    snprintf(path, sizeof path, "%s/%s", folder->path, file.name);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, 14);
}

static void forgets_what_was_none(void **state)
{
    struct folder *folder = *state;
    struct saved_file file;
    assert_true(saved_file_open(&folder->files, &file, bytes_text("a.txt"), 7));
    saved_file_remove(&folder->files, &file);
    assert_int_equal(folder->files.saved, 0);
}

static void says_why_it_cannot_write(void **state)
{
    struct folder *folder = *state;
    struct saved_file file;
    char full[] = "/dev/full";
    assert_true(saved_file_open(&folder->files, &file, bytes_text("a.txt"), 7));
    close(file.descriptor);
    file.descriptor = open(full, O_WRONLY);
    assert_true(file.descriptor >= 0);
    saved_file_add(&folder->files, &file, bytes_text("lost"));
    saved_file_add(&folder->files, &file, bytes_text("lost too"));
    saved_file_close(&folder->files, &file, false);
    char expected[200];
    snprintf(expected, sizeof expected, "cannot write %s/7-a.txt: No space left on device", folder->path);
    assert_string_equal(folder->files.error, expected);
    assert_int_equal(folder->files.not_saved, 1);
}

static void says_which_folder_is_none(void **state)
{
    (void)state;
    struct files files;
    assert_int_equal(files_open(&files, false, "/nonexistent/folder", 0, 1), -1);
    assert_string_equal(files.error, "cannot save files in /nonexistent/folder: No such file or directory");
    assert_int_equal(files.folder, -1);
}

static void makes_names_safe(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t length;
        const char *safe;
    } rows[] = {
        {"report.pdf", 10, "report.pdf"},
        {"../../etc/passwd", 16, "passwd"},
        {"C:\\Windows\\system.ini", 21, "system.ini"},
        {"..", 2, "__"},
        {".", 1, "_"},
        {"", 0, "unnamed"},
        {"a/", 2, "unnamed"},
        {".bashrc", 7, "_bashrc"},
        {"-rf", 3, "_rf"},
        {"a\nb\0c\x1b[2J", 9, "a_b_c_[2J"},
        {"name. ", 6, "name__"},
        {"what?*|<>\":.txt", 15, "what_______.txt"},
        {"Entw\xc3\xbcrfe.txt", 13, "Entw\xc3\xbcrfe.txt"},
        {"Entw\xfcrfe.txt", 12, "Entw_rfe.txt"},
        {"gpj.\xe2\x80\xae"
         "exe",
         10, "gpj._exe"},
    };
    char safe[SAVE_NAME_BYTES];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        safe_file_name(bytes_of(rows[i].name, rows[i].length), safe);
        assert_string_equal(safe, rows[i].safe);
    }
}

static void keeps_the_extension_of_a_long_name(void **state)
{
    (void)state;
    char name[400], safe[SAVE_NAME_BYTES];
    memset(name, 'n', sizeof name);
    memcpy(name + 395, ".docx", 5);
    safe_file_name(bytes_of(name, sizeof name), safe);
    assert_int_equal(strlen(safe), 120);
    assert_string_equal(safe + 112, "nnn.docx");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(never_writes_over_a_file, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(does_not_follow_a_link, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(marks_what_is_partial, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(stops_at_the_limit, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(leaves_a_hole_for_what_was_lost, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(forgets_what_was_none, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(says_why_it_cannot_write, make_folder, remove_folder),
        cmocka_unit_test(says_which_folder_is_none),
        cmocka_unit_test(makes_names_safe),
        cmocka_unit_test(keeps_the_extension_of_a_long_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
