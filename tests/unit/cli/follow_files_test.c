/* SPDX-License-Identifier: BSD-3-Clause
 *
 * --follow all: files, their names, the index; and what happens when something cannot be written.
 */
#include "follow_play.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum { MANY = 3 * LIMIT_FOLLOW_FILES };

static char folder[64];
static int folder_descriptor;

static void begin_in(const char *path, size_t memory)
{
    begin(&(struct follow_options){
        .mode = FOLLOW_ALL, .folder = path, .folder_descriptor = folder_descriptor, .memory = memory});
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/follow-test-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    folder_descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return folder_descriptor < 0 ? -1 : 0;
}

static int remove_folder(void **state)
{
    (void)state;
    DIR *all = opendir(folder);
    for (struct dirent *entry; all && (entry = readdir(all));)
        unlinkat(folder_descriptor, entry->d_name, 0);
    closedir(all);
    close(folder_descriptor);
    return rmdir(folder);
}

static size_t count_files(const char *path)
{
    size_t count = 0;
    DIR *all = opendir(path);
    assert_non_null(all);
    for (struct dirent *entry; (entry = readdir(all));)
        count += entry->d_name[0] != '.';
    closedir(all);
    return count;
}

static void expect_file(const char *name, const char *expected)
{
    char content[8192];
    struct stat status;
    int descriptor = openat(folder_descriptor, name, O_RDONLY | O_CLOEXEC);
    assert_true(descriptor >= 0);
    ssize_t length = read(descriptor, content, sizeof content - 1);
    assert_true(length >= 0);
    content[length] = '\0';
    assert_string_equal(content, expected);
    assert_int_equal(fstat(descriptor, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    close(descriptor);
}

#define TITLES                                                                                                         \
    "conversation\ttransport\tprotocol\tclient\tserver\tstart\tend\treason\t"                                          \
    "client_bytes\tclient_lost\tclient_file\tserver_bytes\tserver_lost\tserver_file\n"
#define WHEN "2026-11-22T12:00:00.000000Z\t2026-11-22T12:00:00.002500Z"

static void files_and_index(void **state)
{
    (void)state;
    begin_in(folder, 1 << 20);
    assert_int_equal(follow_error(w.follow, NULL), 0);
    say(&talk, SIDE_CLIENT, "GET");
    say(&datagram, SIDE_CLIENT, "one");
    say_bytes(&talk, SIDE_SERVER, "200", 3);
    say(&datagram, SIDE_CLIENT, "two");
    lose(&talk, SIDE_SERVER, 1460);
    say(&talk, SIDE_SERVER, " OK\r\n");
    talk.protocol = "http";
    finish(&talk, END_FIN);
    expect_file("index.tsv", TITLES "3\ttcp\thttp\t10.0.0.2:41234\t192.0.2.1:80\t" WHEN "\tfin\t"
                                    "3\t0\t000003-10.0.0.2.41234-to-192.0.2.1.80\t"
                                    "8\t1460\t000003-192.0.2.1.80-to-10.0.0.2.41234\n");
    finish(&other, END_TIMEOUT); /* had no bytes */
    finish(&datagram, END_CAPTURE);
    assert_int_equal(follow_conversations(w.follow), 2);
    assert_int_equal(follow_flush(w.follow), 0);
    assert_false(follow_complaint(w.follow, 7, w.complaint));
    end();
    expect_file("000003-10.0.0.2.41234-to-192.0.2.1.80", "GET");
    expect_file("000003-192.0.2.1.80-to-10.0.0.2.41234", "200 OK\r\n");
    expect_file("000005-2001_db8__1.4000-to-2001_db8__2.69", "onetwo");
    expect_file("index.tsv", TITLES "3\ttcp\thttp\t10.0.0.2:41234\t192.0.2.1:80\t" WHEN "\tfin\t"
                                    "3\t0\t000003-10.0.0.2.41234-to-192.0.2.1.80\t"
                                    "8\t1460\t000003-192.0.2.1.80-to-10.0.0.2.41234\n"
                                    "5\tudp\t\t[2001:db8::1]:4000\t[2001:db8::2]:69\t" WHEN "\tend_of_capture\t"
                                    "6\t0\t000005-2001_db8__1.4000-to-2001_db8__2.69\t0\t0\t\n");
    assert_int_equal(count_files(folder), 4);
}

/* Who said it to whom does not change when client and server do. */
static void roles_exchanged(void **state)
{
    (void)state;
    begin_in(folder, 1 << 20);
    say(&datagram, SIDE_CLIENT, "answer");
    swap(&datagram);
    say(&datagram, SIDE_CLIENT, "ask");
    say(&datagram, SIDE_SERVER, " again");
    lose(&datagram, SIDE_SERVER, 7);
    swap(&other); /* of which nothing is known */
    finish(&datagram, END_RST);
    end();
    expect_file("000005-2001_db8__1.4000-to-2001_db8__2.69", "answer again");
    expect_file("000005-2001_db8__2.69-to-2001_db8__1.4000", "ask");
    expect_file("index.tsv", TITLES "5\tudp\t\t[2001:db8::2]:69\t[2001:db8::1]:4000\t" WHEN "\trst\t"
                                    "3\t0\t000005-2001_db8__2.69-to-2001_db8__1.4000\t"
                                    "12\t7\t000005-2001_db8__1.4000-to-2001_db8__2.69\n");
}

static void nothing_is_overwritten(void **state)
{
    (void)state;
    const char *place;
    int descriptor = openat(folder_descriptor, "000003-10.0.0.2.41234-to-192.0.2.1.80", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(descriptor, "mine", 4), 4);
    close(descriptor);
    assert_int_equal(symlinkat("elsewhere", folder_descriptor, "000003-192.0.2.1.80-to-10.0.0.2.41234"), 0);
    begin_in("DIR", 1 << 20);
    say(&talk, SIDE_CLIENT, "GET");
    say(&talk, SIDE_SERVER, "200");
    say(&talk, SIDE_SERVER, " OK");
    say(&other, SIDE_SERVER, "fine");
    finish(&talk, END_FIN);
    finish(&other, END_FIN);
    assert_int_equal(follow_flush(w.follow), -1);
    assert_int_equal(follow_error(w.follow, &place), EEXIST);
    assert_string_equal(place, "DIR/000003-10.0.0.2.41234-to-192.0.2.1.80");
    assert_true(follow_complaint(w.follow, 7, w.complaint));
    assert_string_equal(w.complaint, "--follow all: 9 bytes could not be written");
    end();
    expect_file("000003-10.0.0.2.41234-to-192.0.2.1.80", "mine");
    expect_file("000004-192.0.2.1.80-to-10.0.0.2.41235", "fine");
    expect_file("index.tsv", TITLES "3\ttcp\t\t10.0.0.2:41234\t192.0.2.1:80\t" WHEN "\tfin\t0\t3\t\t0\t6\t\n"
                                    "4\ttcp\t\t10.0.0.2:41235\t192.0.2.1:80\t" WHEN
                                    "\tfin\t0\t0\t\t4\t0\t000004-192.0.2.1.80-to-10.0.0.2.41235\n");

    begin_in("DIR", 1 << 20); /* an earlier run's folder */
    assert_int_equal(follow_error(w.follow, &place), EEXIST);
    assert_string_equal(place, "DIR/index.tsv");
    end();
}

static size_t open_descriptors(void)
{
    return count_files("/proc/self/fd");
}

static void converse_with_many(unsigned rounds)
{
    for (unsigned round = 0; round < rounds; round++) {
        for (unsigned i = 0; i < MANY; i++) {
            talk.id = 100 + i;
            say(&talk, SIDE_CLIENT, "ab");
            say(&talk, SIDE_SERVER, "c");
        }
    }
}

static void few_files_are_open(void **state)
{
    (void)state;
    const size_t before = open_descriptors();
    begin_in(folder, 1 << 20);
    converse_with_many(3);
    assert_int_equal(open_descriptors(), before + LIMIT_FOLLOW_FILES + 2); /* and the index, and the output */
    for (unsigned i = 0; i < MANY; i++) {
        talk.id = 100 + i;
        finish(&talk, END_FIN);
    }
    assert_int_equal(open_descriptors(), before + 2);
    assert_int_equal(follow_error(w.follow, NULL), 0);
    assert_int_equal(follow_conversations(w.follow), MANY);
    end();
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(count_files(folder), 2 * MANY + 1);
    expect_file("000100-10.0.0.2.41234-to-192.0.2.1.80", "ababab");
    expect_file("000291-192.0.2.1.80-to-10.0.0.2.41234", "ccc");
}

/* Where the system allows fewer, the program makes do with them. */
static void fewer_descriptors_than_that(void **state)
{
    (void)state;
    struct rlimit was, few;
    begin_in(folder, 1 << 20);
    getrlimit(RLIMIT_NOFILE, &was);
    few = was;
    few.rlim_cur = 20;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    converse_with_many(2);
    setrlimit(RLIMIT_NOFILE, &was);
    assert_int_equal(follow_error(w.follow, NULL), 0);
    end();
    expect_file("000100-10.0.0.2.41234-to-192.0.2.1.80", "abab");
    expect_file("000200-192.0.2.1.80-to-10.0.0.2.41234", "cc");
}

static void memory_has_a_limit(void **state)
{
    (void)state;
    const char *place;
    assert_true(LIMIT_FOLLOW_BYTES / (sizeof(struct entry) + 2 * sizeof(struct entry *)) > 90000);
    begin_in(folder, FIRST_BUCKETS * sizeof(struct entry *) + 10 * sizeof(struct entry));
    converse_with_many(1);
    assert_int_equal(follow_conversations(w.follow), 10);
    assert_int_equal(follow_error(w.follow, &place), ENOMEM);
    assert_memory_equal(place + strlen(folder), "/000110-", 8);
    assert_true(follow_complaint(w.follow, MANY, w.complaint));
    assert_string_equal(w.complaint, "--follow all: 546 bytes could not be written");
    talk.id = 100;
    finish(&talk, END_FIN);
    talk.id = 900; /* there is room again */
    say(&talk, SIDE_CLIENT, "here");
    end();
    expect_file("000900-10.0.0.2.41234-to-192.0.2.1.80", "here");
}

static void many_at_a_time(void **state)
{
    (void)state;
    begin_in(folder, 1 << 20);
    for (unsigned i = 0; i < 3 * FIRST_BUCKETS; i++) {
        talk.id = 1000000 + i;
        lose(&talk, SIDE_CLIENT, i);
    }
    for (unsigned i = 0; i < 3 * FIRST_BUCKETS; i++) {
        talk.id = 1000000 + i;
        assert_int_equal(find(w.follow->files, talk.id)->told[SIDE_CLIENT].lost, i);
        finish(&talk, END_EVICTED);
        assert_null(find(w.follow->files, talk.id));
    }
    assert_int_equal(w.follow->files->entry_count, 0);
    assert_int_equal(w.follow->files->budget.used, w.follow->files->bucket_count * sizeof(struct entry *));
    end();
    assert_int_equal(count_files(folder), 1);
}

/* A full disk, as far as a limit of the process can play one: what is written stays a beginning without a hole. */
static void no_room(void **state)
{
    (void)state;
    struct rlimit was, little;
    const char *place;
    getrlimit(RLIMIT_FSIZE, &was);
    little = was;
    little.rlim_cur = 200; /* more than the index's titles */
    signal(SIGXFSZ, SIG_IGN);
    begin_in("DIR", 1 << 20);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    say_bytes(&talk, SIDE_CLIENT, thousands, 150);
    say_bytes(&talk, SIDE_CLIENT, thousands, 100);
    say_bytes(&talk, SIDE_CLIENT, thousands, 10);
    say(&talk, SIDE_SERVER, "still fine");
    assert_int_equal(follow_error(w.follow, &place), EFBIG);
    assert_string_equal(place, "DIR/000003-10.0.0.2.41234-to-192.0.2.1.80");
    finish(&talk, END_FIN); /* the index is full, too */
    finish(&other, END_FIN);
    setrlimit(RLIMIT_FSIZE, &was);
    finish(&datagram, END_FIN);
    assert_true(follow_complaint(w.follow, 7, w.complaint));
    assert_string_equal(w.complaint, "--follow all: 60 bytes could not be written");
    end();
    struct stat status;
    assert_int_equal(fstatat(folder_descriptor, "000003-10.0.0.2.41234-to-192.0.2.1.80", &status, 0), 0);
    assert_int_equal(status.st_size, 200);
    expect_file("000003-192.0.2.1.80-to-10.0.0.2.41234", "still fine");
}

static void no_such_folder(void **state)
{
    (void)state;
    const char *place;
    int kept = folder_descriptor;
    folder_descriptor = -1;
    begin_in("DIR", 1 << 20);
    assert_int_equal(follow_error(w.follow, &place), EBADF);
    assert_string_equal(place, "DIR/index.tsv");
    say(&talk, SIDE_CLIENT, "x");
    finish(&talk, END_FIN);
    end();
    folder_descriptor = kept;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_and_index, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(roles_exchanged, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(nothing_is_overwritten, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(few_files_are_open, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(fewer_descriptors_than_that, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(memory_has_a_limit, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(many_at_a_time, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(no_room, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(no_such_folder, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
