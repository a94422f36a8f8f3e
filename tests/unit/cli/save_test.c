/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Saving frames: which ones, in which files. Each test works in a folder of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/open_for_writing.c"
#include "cli/save.c"
#include "cli/save_files.c"
#include "cli/save_names.c"
#include "cli/save_queue.c"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { MOST_NAMES = 64, NAME_ROOM = 256 };

static const int64_t second_ns = 1000000000;

/* 2026-11-22 12:00:00 UTC */
static const int64_t noon_ns = 1795348800 * second_ns;

static int enter_folder(void **state)
{
    static char folder[] = "/tmp/overhear-save-XXXXXX";
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    *state = folder;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* The files of the folder, sorted. */
static size_t list(const char *folder, char names[MOST_NAMES][NAME_ROOM])
{
    DIR *directory = opendir(folder);
    size_t count = 0;
    assert_non_null(directory);
    for (const struct dirent *entry = readdir(directory); entry; entry = readdir(directory))
        if (entry->d_name[0] != '.') {
            assert_true(count < MOST_NAMES);
            snprintf(names[count++], NAME_ROOM, "%s", entry->d_name);
        }
    closedir(directory);
    qsort(names, count, NAME_ROOM, compare_names);
    return count;
}

static int leave_folder(void **state)
{
    char names[MOST_NAMES][NAME_ROOM];
    umount2("disk", MNT_DETACH); /* of a test that failed */
    for (size_t i = list(".", names); i > 0; i--)
        if (unlink(names[i - 1]) != 0)
            rmdir(names[i - 1]);
    return chdir("/") == 0 && rmdir(*state) == 0 ? 0 : -1;
}

/* All names of the folder on one line. */
static const char *names_here(void)
{
    static char line[MOST_NAMES * NAME_ROOM];
    char names[MOST_NAMES][NAME_ROOM];
    const size_t count = list(".", names);
    size_t length = 0;
    line[0] = '\0';
    for (size_t i = 0; i < count; i++)
        length += (size_t)snprintf(line + length, sizeof line - length, "%s%s", i > 0 ? " " : "", names[i]);
    return line;
}

/* A frame whose first two bytes are its number. */
static struct frame frame_of(unsigned number, int64_t time_ns, size_t length)
{
    static uint8_t bytes[300000];
    bytes[0] = (uint8_t)(number >> 8);
    bytes[1] = (uint8_t)number;
    return (struct frame){.data = bytes_of(bytes, length),
                          .moment = {number, time_ns},
                          .wire_length = (uint32_t)length,
                          .link_type = 1,
                          .time_digits = 6};
}

/* The numbers of the frames in a file, which must be whole, on one line. */
static const char *frames_in(const char *path)
{
    static char line[65536];
    char error[CAPTURE_ERROR_SIZE] = "";
    struct capture *capture = capture_open_file(path, 1, error);
    struct frame frame;
    size_t length = 0;
    line[0] = '\0';
    if (!capture)
        return error[0] != '\0' ? "no capture" : "";
    enum capture_result result;
    while ((result = capture_next(capture, &frame, error)) == CAPTURE_FRAME) {
        struct reader reader = reader_of(frame.data);
        length += (size_t)snprintf(line + length, sizeof line - length, "%s%u", length > 0 ? " " : "",
                                   reader_u16(&reader));
    }
    capture_close(capture);
    assert_int_equal(result, CAPTURE_END);
    return line;
}

static struct save *open_save(const struct options *options)
{
    char error[SAVE_ERROR_SIZE] = "";
    struct save *save = save_open(options, error);
    if (!save)
        fail_msg("%s", error);
    return save;
}

static void close_save(struct save *save)
{
    char error[SAVE_ERROR_SIZE] = "";
    if (save_close(save, error) != 0)
        fail_msg("%s", error);
}

/* Frame `number`, of a conversation (0: of none) that speaks `protocol`. */
static void give(struct save *save, unsigned number, uint64_t id, const char *protocol)
{
    bool failed = true;
    char error[SAVE_ERROR_SIZE] = "";
    const struct conversation conversation = {.id = id, .protocol = protocol};
    const struct frame frame = frame_of(number, noon_ns + number, 100);
    assert_int_equal(save_frame(save, &frame, id > 0 ? &conversation : NULL, &failed, error), 0);
    assert_false(failed);
}

static struct options only(const char *name)
{
    struct options options = {.save_path = "x.pcap", .only_some = true};
    const struct dataset *datasets[OPTIONS_DATASETS];
    const size_t count = dataset_list(datasets, OPTIONS_DATASETS);
    for (size_t i = 0; i < count; i++)
        options.only[i] = strcmp(datasets[i]->name, name) == 0;
    return options;
}

/* -- which frames -- */

static void saves_all_where_nothing_is_asked_for(void **state)
{
    (void)state;
    const struct options options = {.save_path = "x.pcap"};
    struct save *save = open_save(&options);
    give(save, 1, 0, NULL);
    give(save, 2, 1, NULL);
    give(save, 3, 2, "dns");
    assert_int_equal(save_frames(save), 3);
    assert_int_equal(save_files(save), 1);
    close_save(save);
    assert_string_equal(frames_in("x.pcap"), "1 2 3");
}

static void saves_one_conversation(void **state)
{
    (void)state;
    bool failed = false;
    char error[SAVE_ERROR_SIZE] = "";
    const struct options options = {.save_path = "x.pcap", .conversation = 2};
    struct save *save = open_save(&options);
    give(save, 1, 0, NULL);
    give(save, 2, 1, "dns");
    give(save, 3, 2, NULL);
    give(save, 4, 3, NULL);
    const struct frame piece = frame_of(5, noon_ns, 10);
    assert_int_equal(save_fragment(save, &piece, &failed, error), 0);
    give(save, 6, 2, "tls");
    close_save(save);
    assert_string_equal(frames_in("x.pcap"), "3 5 6");
}

/* Handshakes come before anybody knows; what is wanted is whole and in the order of capture. */
static void waits_for_the_protocol(void **state)
{
    (void)state;
    const struct options options = only("http");
    struct save *save = open_save(&options);
    give(save, 1, 1, NULL); /* will be http */
    give(save, 2, 2, NULL); /* will be dns */
    give(save, 3, 0, NULL); /* ARP */
    give(save, 4, 3, NULL); /* will be http, later */
    give(save, 5, 1, NULL);
    give(save, 6, 2, "dns");
    give(save, 7, 1, "http");
    assert_int_equal(save_frames(save), 1); /* the dns conversation could still become wanted */
    give(save, 8, 1, "http");
    give(save, 9, 3, "http");
    save_ended(save, 2);
    give(save, 10, 1, "http");
    assert_int_equal(save_frames(save), 7);
    close_save(save);
    assert_string_equal(frames_in("x.pcap"), "1 4 5 7 8 9 10");
}

/* STARTTLS: wanted from its second protocol on, and whole all the same; and it stays so. */
static void waits_for_a_second_protocol(void **state)
{
    (void)state;
    const struct options options = only("tls");
    struct save *save = open_save(&options);
    give(save, 1, 1, NULL);
    give(save, 2, 1, "smtp");
    give(save, 3, 2, "dns");
    give(save, 4, 1, "tls");
    give(save, 5, 1, "smtp");
    close_save(save);
    assert_string_equal(frames_in("x.pcap"), "1 2 4 5");
}

static void takes_ports_with_names_of_their_own_and_companions(void **state)
{
    (void)state;
    struct options options = only("dns");
    struct save *save = open_save(&options);
    give(save, 1, 1, "mdns");
    give(save, 2, 2, "http");
    give(save, 3, 3, "ftp-data");
    close_save(save);
    assert_string_equal(frames_in("x.pcap"), "1");
    options = only("ftp");
    save = open_save(&options);
    give(save, 1, 1, "ftp");
    give(save, 2, 2, "http");
    give(save, 3, 3, "ftp-data");
    close_save(save);
    assert_string_equal(frames_in("x.pcap"), "1 3");
}

/* A mail travels in a conversation of another protocol, and is known when it is complete. */
static void waits_for_a_record(void **state)
{
    (void)state;
    const struct options options = only("mail");
    struct save *save = open_save(&options);
    give(save, 1, 1, NULL);
    give(save, 2, 2, "smtp");
    give(save, 3, 1, "smtp");
    give(save, 4, 2, "smtp");
    save_wanted(save, 1);
    give(save, 5, 1, "smtp");
    give(save, 6, 2, "smtp");
    save_ended(save, 2);
    save_ended(save, 1);
    close_save(save);
    assert_string_equal(frames_in("x.pcap"), "1 3 5");
}

static void takes_every_conversation_for_its_flow_record(void **state)
{
    (void)state;
    const struct options options = only("flow");
    struct save *save = open_save(&options);
    give(save, 1, 1, NULL);
    give(save, 2, 0, NULL);
    give(save, 3, 2, NULL);
    assert_int_equal(save_frames(save), 2);
    close_save(save);
    assert_string_equal(frames_in("x.pcap"), "1 3");
}

static void wants_what_both_options_want(void **state)
{
    (void)state;
    struct options options = only("http");
    options.conversation = 2;
    struct save *save = open_save(&options);
    give(save, 1, 1, "http");
    give(save, 2, 2, NULL);
    save_wanted(save, 1);
    give(save, 3, 1, "http");
    give(save, 4, 2, "http");
    close_save(save);
    assert_string_equal(frames_in("x.pcap"), "2 4");
}

static void waits_no_longer_than_its_limit(void **state)
{
    (void)state;
    bool failed = false;
    char error[SAVE_ERROR_SIZE] = "";
    const struct options options = only("http");
    const struct conversation slow = {.id = 1}, web = {.id = 2, .protocol = "http"};
    struct save *save = open_save(&options);
    struct frame frame = frame_of(1, noon_ns, 60);
    assert_int_equal(save_frame(save, &frame, &slow, &failed, error), 0);
    frame = frame_of(2, noon_ns + 30 * second_ns, 60);
    assert_int_equal(save_frame(save, &frame, &slow, &failed, error), 0);
    frame = frame_of(3, noon_ns + LIMIT_SAVE_WAITING_SECONDS * second_ns, 60);
    assert_int_equal(save_frame(save, &frame, &web, &failed, error), 0);
    assert_int_equal(save_frames(save), 0);
    /* one nanosecond more and the first frame is given up; the second waits on, until frames stop coming */
    assert_int_equal(save_flush(save, noon_ns + LIMIT_SAVE_WAITING_SECONDS * second_ns + 1, &failed, error), 0);
    assert_int_equal(save_frames(save), 0);
    assert_int_equal(save_flush(save, noon_ns + 91 * second_ns, &failed, error), 0);
    assert_string_equal(frames_in("x.pcap"), "3");
    frame = frame_of(4, noon_ns + 92 * second_ns, 60);
    const struct conversation known = {.id = 1, .protocol = "http"};
    assert_int_equal(save_frame(save, &frame, &known, &failed, error), 0);
    close_save(save);
    assert_string_equal(frames_in("x.pcap"), "3 4");
}

/* 40 MB of a conversation that nobody wants, and a small one that turns out to be wanted at the end. */
static void overflows_at_the_cost_of_the_largest(void **state)
{
    (void)state;
    bool failed = false;
    char error[SAVE_ERROR_SIZE] = "";
    const struct options options = only("mail");
    const struct conversation small = {.id = 1, .protocol = "smtp"}, large = {.id = 2, .protocol = "http"};
    struct save *save = open_save(&options);
    size_t highest = 0;
    for (unsigned i = 0; i < 4000; i++) {
        const struct frame frame = frame_of(i, noon_ns + i, i % 1000 == 0 ? 100 : 10000);
        assert_int_equal(save_frame(save, &frame, i % 1000 == 0 ? &small : &large, &failed, error), 0);
        highest = save_queue_bytes(save->queue) > highest ? save_queue_bytes(save->queue) : highest;
    }
    assert_true(highest <= LIMIT_SAVE_WAITING_BYTES && highest > LIMIT_SAVE_WAITING_BYTES - 20000);
    assert_true(save_overflowed(save) > 2000);
    save_wanted(save, 1);
    close_save(save);
    assert_string_equal(frames_in("x.pcap"), "0 1000 2000 3000");
}

/* A download that is wanted does not wait in memory behind one small frame that nobody decides. */
static void overflows_at_the_cost_of_what_holds_up_the_wanted(void **state)
{
    (void)state;
    bool failed = false;
    char error[SAVE_ERROR_SIZE] = "";
    const struct options options = only("http");
    const struct conversation undecided = {.id = 1}, other = {.id = 2}, wanted = {.id = 3, .protocol = "http"};
    struct save *save = open_save(&options);
    for (unsigned i = 0; i < 4000; i++) {
        const struct frame frame = frame_of(i, noon_ns + i, i == 1 ? 3000 : 10000);
        const struct conversation *conversation = i == 0 ? &undecided : i == 1 ? &other : &wanted;
        assert_int_equal(save_frame(save, &frame, conversation, &failed, error), 0);
        assert_true(save_queue_bytes(save->queue) <= LIMIT_SAVE_WAITING_BYTES);
    }
    assert_int_equal(save_overflowed(save), 2);
    assert_int_equal(save_frames(save), 3998);
    close_save(save);
}

/* Conversations that are wanted but never end: the table has the same cap. */
static void forgets_conversations_beyond_its_limit(void **state)
{
    (void)state;
    struct save_queue *queue = save_queue_new(100000);
    for (uint64_t id = 1; id <= 10000; id++) {
        assert_true(save_queue_want(queue, id));
        assert_true(save_queue_bytes(queue) <= 100000);
    }
    assert_false(save_queue_is_wanted(queue, 1));
    assert_true(save_queue_is_wanted(queue, 10000));
    const struct frame frame = frame_of(1, noon_ns, 1000);
    for (uint64_t id = 20000; id < 20200; id++) {
        assert_true(save_queue_add(queue, &frame, id));
        assert_true(save_queue_bytes(queue) <= 100000);
    }
    struct frame front;
    assert_false(save_queue_front(queue, &front));
    save_queue_decide(queue);
    assert_true(save_queue_is_empty(queue));
    save_queue_free(queue);
}

/* Whatever order things come in: what is saved is what a look at everything at once would choose. */
static void saves_what_is_wanted_in_order_of_capture(void **state)
{
    (void)state;
    enum { ROUNDS = 200, TALKS = 6, FRAMES = 60 };
    static const char *const protocols[] = {"http", "dns", "smtp", NULL};
    srand(1);
    for (int round = 0; round < ROUNDS; round++) {
        const struct options options = only("http");
        struct save *save = open_save(&options);
        const char *protocol[TALKS + 1];
        unsigned known_at[TALKS + 1];
        bool ends[TALKS + 1], is_wanted[TALKS + 1] = {false};
        char expected[1024] = "";
        size_t length = 0;
        unsigned talk_of[FRAMES + 1];
        for (unsigned talk = 1; talk <= TALKS; talk++) {
            protocol[talk] = protocols[(unsigned)rand() % 4];
            known_at[talk] = (unsigned)rand() % FRAMES;
            ends[talk] = rand() % 2;
        }
        for (unsigned i = 1; i <= FRAMES; i++) {
            const unsigned talk = talk_of[i] = (unsigned)rand() % (TALKS + 1);
            const char *now = talk > 0 && i >= known_at[talk] ? protocol[talk] : NULL;
            is_wanted[talk] = is_wanted[talk] || (now && strcmp(now, "http") == 0);
            give(save, i, talk, now);
        }
        for (unsigned i = 1; i <= FRAMES; i++)
            if (is_wanted[talk_of[i]])
                length += (size_t)snprintf(expected + length, sizeof expected - length, "%s%u", length > 0 ? " " : "",
                                           i);
        for (unsigned talk = 1; talk <= TALKS; talk++)
            if (ends[talk])
                save_ended(save, talk);
        close_save(save);
        assert_string_equal(frames_in("x.pcap"), expected);
    }
}

/* -- names -- */

static const char *name(const char *path, int64_t size, int64_t seconds, unsigned files, int64_t time_ns,
                        unsigned number)
{
    static char text[SAVE_PATH_SIZE];
    const struct options options = {
        .save_path = path, .save_bytes = (uint64_t)size, .save_ns = seconds * second_ns, .save_files = files};
    return save_name(&options, time_ns, number, text) == 0 ? text : "no name";
}

static void names_files_as_tcpdump_does(void **state)
{
    (void)state;
    setenv("TZ", "UTC-2", 1);
    tzset();
    assert_string_equal(name("a", 0, 0, 0, 0, 0), "a");
    assert_string_equal(name("a", 1, 0, 0, 0, 0), "a");
    assert_string_equal(name("a", 1, 0, 0, 0, 12), "a12");
    assert_string_equal(name("a", 1, 0, 1, 0, 0), "a");
    assert_string_equal(name("a", 1, 0, 10, 0, 0), "a0");
    assert_string_equal(name("a", 1, 0, 11, 0, 0), "a00");
    assert_string_equal(name("a", 1, 0, 1000, 0, 7), "a007");
    assert_string_equal(name("a", 1, 0, 1001, 0, 7), "a0007");
    assert_string_equal(name("/b/c/a%H", 1, 0, 0, noon_ns, 0), "a%H");
    assert_string_equal(name("/b/c/a%H-%M.pcap", 0, 60, 3, noon_ns, 0), "a14-00.pcap");
    assert_string_equal(name("a%H", 1, 60, 20, noon_ns, 3), "a1403");
    assert_string_equal(name("b/%Y/c/%j", 0, 60, 0, noon_ns, 0), "2026/c/326");
    assert_string_equal(name("a%F", 0, 60, 0, -1, 0), "a1970-01-01");
    assert_string_equal(name("b/", 0, 0, 0, 0, 0), "no name");
    assert_string_equal(name("%p", 0, 60, 0, noon_ns, 0), "PM");
    setenv("TZ", "UTC", 1);
    tzset();

    struct options options = {.save_path = "/a/b/%Y/%m/c", .save_ns = 1};
    char folder[SAVE_PATH_SIZE];
    assert_int_equal(save_folder(&options, folder), 5);
    assert_string_equal(folder, "/a/b");
    options.save_ns = 0;
    assert_int_equal(save_folder(&options, folder), 11);
    assert_string_equal(folder, "/a/b/%Y/%m");
    options.save_path = "/c";
    assert_int_equal(save_folder(&options, folder), 1);
    assert_string_equal(folder, "/");
    options.save_path = "c";
    assert_int_equal(save_folder(&options, folder), 0);
    assert_string_equal(folder, ".");

    static char deep[SAVE_PATH_SIZE + 10];
    memset(deep, 'a', sizeof deep - 1);
    assert_string_equal(name(deep, 0, 0, 0, 0, 0), "no name");
    assert_string_equal(name(deep, 0, 60, 0, 0, 0), "no name");
    deep[SAVE_PATH_SIZE - 1] = '\0';
    assert_string_equal(name(deep, 0, 0, 0, 0, 0), deep);
    assert_string_equal(name(deep, 1, 0, 0, 0, 1), "no name");
}

/* The same capture through tcpdump: the same files, byte for byte. */
static void rotates_as_tcpdump_does(void **state)
{
    (void)state;
    static const struct {
        const char *arguments;
        unsigned files;
        bool seconds;
    } cases[] = {{"-C 1", 0, false},        {"-C 1 -W 3", 3, false},     {"-C 1 -W 1", 1, false},
                 {"-C 1 -W 12", 12, false}, {"-C 1 -W 100", 100, false}, {"-C 1 -G 9999 -W 3", 3, true},
                 {"-C 1 -G 9999", 0, true}};
    if (system("tcpdump --version >tcpdump.log 2>&1") != 0)
        skip();
    unlink("tcpdump.log");
    mkdir("theirs", 0777);
    const struct options whole = {.save_path = "in.pcap"};
    struct save *save = open_save(&whole);
    for (unsigned i = 1; i <= 5000; i++) {
        bool failed = false;
        char error[SAVE_ERROR_SIZE];
        const struct frame frame = frame_of(i, noon_ns + i * 1000, 60 + i % 1400);
        assert_int_equal(save_frame(save, &frame, NULL, &failed, error), 0);
    }
    close_save(save);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char command[512];
        snprintf(command, sizeof command, "tcpdump -Z root -r in.pcap -w theirs/x%s %s >/dev/null 2>&1",
                 cases[i].seconds ? "%%" : "%%H", cases[i].arguments);
        assert_int_equal(system(command), 0);
        const struct options options = {.save_path = cases[i].seconds ? "x%%" : "x%%H",
                                        .save_bytes = 1000000,
                                        .save_ns = cases[i].seconds ? 9999 * second_ns : 0,
                                        .save_files = cases[i].files};
        char error[CAPTURE_ERROR_SIZE];
        struct capture *capture = capture_open_file("in.pcap", 1, error);
        struct frame frame;
        save = open_save(&options);
        while (capture_next(capture, &frame, error) == CAPTURE_FRAME) {
            bool failed = false;
            assert_int_equal(save_frame(save, &frame, NULL, &failed, error), 0);
        }
        capture_close(capture);
        close_save(save);
        assert_int_equal(system("test \"$(cd theirs && ls)\" = \"$(ls -d x*)\" && "
                                "for f in x*; do cmp \"$f\" \"theirs/$f\" || exit 1; done && rm x* theirs/x*"),
                         0);
    }
    rmdir("theirs");
}

static void rotates_by_the_clock_of_the_capture(void **state)
{
    (void)state;
    bool failed = false;
    char error[SAVE_ERROR_SIZE] = "";
    struct options options = {.save_path = "x-%H%M%S", .save_ns = 60 * second_ns};
    static const int offsets[] = {0, 59, 60, 61, 200, 100, 259, 260};
    struct save *save = open_save(&options);
    assert_string_equal(names_here(), "");
    for (unsigned i = 0; i < 8; i++) {
        const struct frame frame = frame_of(i, noon_ns + offsets[i] * second_ns + 999999999, 60);
        assert_int_equal(save_frame(save, &frame, NULL, &failed, error), 0);
    }
    assert_int_equal(save_files(save), 4);
    assert_int_equal(save_frames(save), 8);
    close_save(save);
    assert_string_equal(names_here(), "x-120000 x-120100 x-120320 x-120420");
    assert_string_equal(frames_in("x-120000"), "0 1");
    assert_string_equal(frames_in("x-120100"), "2 3");
    assert_string_equal(frames_in("x-120320"), "4 5 6");
    assert_string_equal(frames_in("x-120420"), "7");

    /* without a conversion the same file again; -W says how many */
    options = (struct options){.save_path = "y", .save_ns = 60 * second_ns, .save_files = 2};
    save = open_save(&options);
    for (unsigned i = 0; i < 5; i++) {
        const struct frame frame = frame_of(i, noon_ns + i * 40 * second_ns, 60);
        assert_int_equal(save_frame(save, &frame, NULL, &failed, error), i < 4 ? 0 : 1);
        assert_false(failed);
    }
    assert_int_equal(save_files(save), 2);
    close_save(save);
    assert_string_equal(frames_in("y"), "2 3");
}

/* -G with -C: numbers begin anew with each name, and -W does not end it. */
static void rotates_by_both(void **state)
{
    (void)state;
    bool failed = false;
    char error[SAVE_ERROR_SIZE] = "";
    const struct options options = {
        .save_path = "x%M-", .save_ns = 60 * second_ns, .save_bytes = 1000, .save_files = 2};
    struct save *save = open_save(&options);
    for (unsigned i = 0; i < 12; i++) {
        const struct frame frame = frame_of(i, noon_ns + i * 10 * second_ns, 490);
        assert_int_equal(save_frame(save, &frame, NULL, &failed, error), 0);
    }
    close_save(save);
    assert_string_equal(names_here(), "x00-0 x00-1 x01-0 x01-1");
    assert_string_equal(frames_in("x00-0"), "4 5");
    assert_string_equal(frames_in("x00-1"), "2 3");
    assert_string_equal(frames_in("x01-1"), "8 9");
}

/* -- trouble -- */

static void never_writes_over_what_is_read(void **state)
{
    (void)state;
    bool failed = false;
    char error[SAVE_ERROR_SIZE] = "";
    const struct options first = {.save_path = "x1"};
    struct save *save = open_save(&first);
    give(save, 7, 0, NULL);
    close_save(save);
    assert_int_equal(link("x1", "other"), 0);
    assert_int_equal(symlink("x1", "x2"), 0);

    const char *captures[] = {"other"};
    struct options options = {.save_path = "x", .save_bytes = 100, .captures = captures, .capture_count = 1};
    save = open_save(&options);
    give(save, 1, 0, NULL);
    const struct frame frame = frame_of(2, noon_ns, 100);
    assert_int_equal(save_frame(save, &frame, NULL, &failed, error), -1);
    assert_true(failed);
    assert_string_equal(error, "x1: cannot be written: this file is being read, or takes the results");
    assert_int_equal(save_frame(save, &frame, NULL, &failed, error), -1);
    assert_true(failed);
    close_save(save);
    assert_string_equal(frames_in("x1"), "7");
    assert_string_equal(frames_in("x"), "1");
    options.save_path = "./x2";
    assert_null(save_open(&options, error));
    assert_string_equal(error, "./x2: cannot be written: this file is being read, or takes the results");
    options = (struct options){.save_path = "x1", .output_path = "other"};
    assert_null(save_open(&options, error));
}

static void says_what_cannot_be_opened(void **state)
{
    (void)state;
    bool failed = false;
    char error[SAVE_ERROR_SIZE] = "";
    struct options options = {.save_path = "no/x"};
    assert_null(save_open(&options, error));
    assert_string_equal(error, "no/x: the folder cannot be opened: No such file or directory");
    options.save_path = ".";
    assert_null(save_open(&options, error));
    assert_string_equal(error, ".: cannot be written: Is a directory");
    options = (struct options){.save_path = "%F/x", .save_ns = second_ns};
    struct save *save = open_save(&options);
    const struct frame frame = frame_of(2, noon_ns, 100);
    assert_int_equal(save_frame(save, &frame, NULL, &failed, error), -1);
    assert_true(failed);
    assert_string_equal(error, "2026-11-22/x: cannot be written: No such file or directory");
    close_save(save);
}

static void refuses_another_link_type_in_all_files(void **state)
{
    (void)state;
    bool failed = false;
    char error[SAVE_ERROR_SIZE] = "";
    const struct options options = {.save_path = "x", .save_bytes = 10};
    struct save *save = open_save(&options);
    struct frame frame = frame_of(1, noon_ns + 123, 100);
    frame.time_digits = 9;
    assert_int_equal(save_frame(save, &frame, NULL, &failed, error), 0);
    frame = frame_of(2, noon_ns, 100);
    frame.link_type = 101;
    assert_int_equal(save_frame(save, &frame, NULL, &failed, error), -1);
    assert_false(failed);
    assert_string_equal(error, "x: frame 2 has link type 101; a pcap file holds frames of one link type, here 1");
    give(save, 3, 0, NULL);
    close_save(save);
    assert_string_equal(names_here(), "x x1");
    assert_string_equal(frames_in("x1"), "3");
    struct capture *capture = capture_open_file("x1", 1, error);
    assert_int_equal(capture_next(capture, &frame, error), CAPTURE_FRAME);
    assert_int_equal(frame.time_digits, 9); /* like the first file */
    assert_int_equal(frame.moment.time_ns, noon_ns + 3);
    capture_close(capture);
}

/* Frames until writing fails. What is in the file then is whole, and as much as was counted. */
static void fill_up(const char *path)
{
    bool failed = false;
    char error[SAVE_ERROR_SIZE] = "";
    char expected[SAVE_ERROR_SIZE];
    const struct options options = {.save_path = path};
    struct save *save = open_save(&options);
    unsigned number = 0;
    while (!failed && number < 10000) {
        const struct frame frame = frame_of(++number, noon_ns, 1001);
        const int result = save_frame(save, &frame, NULL, &failed, error);
        assert_int_equal(result, failed ? -1 : 0);
    }
    assert_true(failed);
    snprintf(expected, sizeof expected, "%s: writing frames failed: ", path);
    assert_memory_equal(error, expected, strlen(expected));
    const uint64_t frames = save_frames(save);
    assert_int_equal(save_lost(save), number - frames);
    const struct frame further = frame_of(++number, noon_ns, 1001);
    assert_int_equal(save_frame(save, &further, NULL, &failed, error), -1);
    assert_int_equal(save_frames(save), frames);
    assert_int_equal(save_lost(save), number - frames);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, 24 + frames * (16 + 1001));
    assert_true(frames > 900 && frames < 1100);
    close_save(save);
    size_t spaces = 0;
    for (const char *c = frames_in(path); *c != '\0'; c++)
        spaces += *c == ' ';
    assert_int_equal(spaces + 1, frames);
}

static void ends_at_a_whole_frame_where_a_file_may_not_grow(void **state)
{
    (void)state;
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit limit = {1000000, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    fill_up("x");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
}

static void ends_at_a_whole_frame_on_a_full_disk(void **state)
{
    (void)state;
    mkdir("disk", 0700);
    if (mount("none", "disk", "tmpfs", 0, "size=1000k,mode=700") != 0) {
        rmdir("disk");
        skip();
    }
    fill_up("disk/x");
}

/* A process that is killed leaves whole frames: nothing else ever reaches the file. */
static void leaves_whole_frames_when_killed(void **state)
{
    (void)state;
    const pid_t child = fork();
    if (child == 0) {
        const struct options options = {.save_path = "x"};
        struct save *save = open_save(&options);
        for (unsigned i = 1; i <= 10000; i++)
            give(save, i, 0, NULL);
        raise(SIGKILL);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_memory_equal(frames_in("x"), "1 2 3 4 ", 8);
}

static void reaches_the_file_each_second_of_a_live_capture(void **state)
{
    (void)state;
    bool failed = false;
    char error[SAVE_ERROR_SIZE] = "";
    struct options options = {.save_path = "x", .interface_count = 1};
    struct save *save = open_save(&options);
    struct frame frame = frame_of(1, noon_ns, 60);
    assert_int_equal(save_frame(save, &frame, NULL, &failed, error), 0);
    assert_string_equal(frames_in("x"), "1");
    frame = frame_of(2, noon_ns + second_ns - 1, 60);
    assert_int_equal(save_frame(save, &frame, NULL, &failed, error), 0);
    assert_string_equal(frames_in("x"), "1");
    frame = frame_of(3, noon_ns + second_ns, 60);
    assert_int_equal(save_frame(save, &frame, NULL, &failed, error), 0);
    assert_string_equal(frames_in("x"), "1 2 3");
    give(save, 4, 0, NULL);
    assert_string_equal(frames_in("x"), "1 2 3 4"); /* the clock was set back */
    give(save, 5, 0, NULL);
    assert_int_equal(save_flush(save, 0, &failed, error), 0);
    assert_string_equal(frames_in("x"), "1 2 3 4 5");
    close_save(save);

    options = (struct options){.save_path = "y", .line_buffered = true};
    save = open_save(&options);
    give(save, 1, 0, NULL);
    assert_string_equal(frames_in("y"), "1");
    close_save(save);
}

static void ends_quietly_when_nobody_reads_the_pipe(void **state)
{
    (void)state;
    int ends[2];
    bool failed = false;
    char error[SAVE_ERROR_SIZE] = "";
    const int standard_output = dup(STDOUT_FILENO);
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDOUT_FILENO);
    const struct options options = {.save_path = "-", .line_buffered = true};
    struct save *save = save_open(&options, error);
    dup2(standard_output, STDOUT_FILENO);
    close(standard_output);
    close(ends[1]);
    const struct frame frame = frame_of(1, noon_ns, 60);
    assert_int_equal(save_frame(save, &frame, NULL, &failed, error), 0);
    close(ends[0]);
    assert_int_equal(save_frame(save, &frame, NULL, &failed, error), 1);
    assert_false(failed);
    assert_int_equal(save_frame(save, &frame, NULL, &failed, error), 1);
    close_save(save);
}

static void makes_files_for_others_as_the_mask_says(void **state)
{
    (void)state;
    const mode_t before = umask(027);
    const struct options options = {.save_path = "x"};
    struct stat status;
    close_save(open_save(&options));
    umask(before);
    assert_int_equal(stat("x", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
    assert_int_equal(status.st_size, 24);
}

/* Several threads: every frame once, whole. */
struct crowd {
    struct save *save;
    unsigned first;
};

static void *give_many(void *context)
{
    const struct crowd *crowd = context;
    char error[SAVE_ERROR_SIZE] = "";
    bool failed = false;
    for (unsigned i = 0; i < 5000; i++) {
        uint8_t bytes[50] = {(uint8_t)(crowd->first >> 8), (uint8_t)crowd->first};
        const struct conversation conversation = {.id = crowd->first + i % 2, .protocol = i > 4000 ? "http" : NULL};
        const struct frame frame = {
            .data = bytes_of(bytes, sizeof bytes), .moment = {i, noon_ns}, .wire_length = 50, .link_type = 1};
        if (save_frame(crowd->save, &frame, &conversation, &failed, error) != 0)
            return NULL;
    }
    save_ended(crowd->save, crowd->first);
    return context;
}

static void is_shared_by_threads(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    const struct options options = only("http");
    pthread_t threads[THREADS];
    struct crowd crowds[THREADS];
    struct save *save = open_save(&options);
    for (unsigned i = 0; i < THREADS; i++) {
        crowds[i] = (struct crowd){save, 10 * (i + 1)};
        assert_int_equal(pthread_create(&threads[i], NULL, give_many, &crowds[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        assert_non_null(result);
    }
    char error[SAVE_ERROR_SIZE] = "";
    assert_int_equal(save_finish(save, error), 0);
    assert_int_equal(save_frames(save), THREADS * 5000);
    assert_int_equal(save_overflowed(save), 0);
    close_save(save);
    frames_in("x.pcap");
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(saves_all_where_nothing_is_asked_for),
        IN_A_FOLDER(saves_one_conversation),
        IN_A_FOLDER(waits_for_the_protocol),
        IN_A_FOLDER(waits_for_a_second_protocol),
        IN_A_FOLDER(takes_ports_with_names_of_their_own_and_companions),
        IN_A_FOLDER(waits_for_a_record),
        IN_A_FOLDER(takes_every_conversation_for_its_flow_record),
        IN_A_FOLDER(wants_what_both_options_want),
        IN_A_FOLDER(waits_no_longer_than_its_limit),
        IN_A_FOLDER(overflows_at_the_cost_of_the_largest),
        IN_A_FOLDER(overflows_at_the_cost_of_what_holds_up_the_wanted),
        IN_A_FOLDER(forgets_conversations_beyond_its_limit),
        IN_A_FOLDER(saves_what_is_wanted_in_order_of_capture),
        IN_A_FOLDER(names_files_as_tcpdump_does),
        IN_A_FOLDER(rotates_as_tcpdump_does),
        IN_A_FOLDER(rotates_by_the_clock_of_the_capture),
        IN_A_FOLDER(rotates_by_both),
        IN_A_FOLDER(never_writes_over_what_is_read),
        IN_A_FOLDER(says_what_cannot_be_opened),
        IN_A_FOLDER(refuses_another_link_type_in_all_files),
        IN_A_FOLDER(ends_at_a_whole_frame_where_a_file_may_not_grow),
        IN_A_FOLDER(ends_at_a_whole_frame_on_a_full_disk),
        IN_A_FOLDER(leaves_whole_frames_when_killed),
        IN_A_FOLDER(reaches_the_file_each_second_of_a_live_capture),
        IN_A_FOLDER(ends_quietly_when_nobody_reads_the_pipe),
        IN_A_FOLDER(makes_files_for_others_as_the_mask_says),
        IN_A_FOLDER(is_shared_by_threads),
    };
    setenv("TZ", "UTC", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
